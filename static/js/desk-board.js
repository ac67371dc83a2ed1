// The board: rows that change in place, the keyboard's current row, the drawer and the menu of a row.
import { startLive } from "./desk-live.js";
import { chooseRow, keepChosen } from "./desk-select.js";

const desk = document.getElementById("desk");
const updates = document.getElementById("updates");
const rowMenu = document.getElementById("row-menu");
const boardUrl = location.pathname.startsWith("/desk/visits/") ? null : location.href;
const waiting = new Set(); // subjects whose row belongs somewhere else by now
let currentId = "";

const rows = () => [...desk.querySelectorAll("tr[data-visit]")];
const rowOf = (id) => document.getElementById(`visit-${id}`);
const visitIds = (subjects) => subjects.filter((one) => one.startsWith("visit:")).map((one) => one.slice(6));
const inUse = () => desk.matches(":hover") || desk.contains(document.activeElement) || rowMenu.matches(":popover-open");

// --- Where the focus was, in words that survive a swap of the row ---

const PARTS = "input, a, button";

function focusKey(row) {
  const element = document.activeElement;
  if (!row?.contains(element)) return "";
  const index = [...row.querySelectorAll(PARTS)].indexOf(element);
  return element.dataset.key ? `[data-key="${element.dataset.key}"]` : index;
}

function refocus(row, key) {
  if (key === "") return;
  const found = typeof key === "string" ? row.querySelector(key) : row.querySelectorAll(PARTS)[key];
  (found ?? row.querySelector("a")).focus({ preventScroll: true });
}

// --- Swaps ---

function makeRow(html) {
  const holder = document.createElement("template");
  holder.innerHTML = `<table>${html}</table>`;
  return holder.content.querySelector("tr");
}

function swapRow(row, html) {
  const key = focusKey(row);
  const fresh = makeRow(html);
  const place = { band: row.dataset.band, sort: row.dataset.sort };
  row.replaceWith(fresh);
  keepChosen(fresh);
  refocus(fresh, key);
  if (fresh.dataset.visit === currentId) fresh.classList.add("is-current");
  return fresh.dataset.band === place.band && fresh.dataset.sort === place.sort;
}

function swapCounters(html) {
  const old = document.getElementById("counters");
  const index = [...old.querySelectorAll("a")].indexOf(document.activeElement);
  old.outerHTML = html;
  if (index >= 0) document.querySelectorAll("#counters a")[index]?.focus();
}

function showWaiting() {
  const button = updates.querySelector("button");
  updates.hidden = waiting.size === 0;
  button.textContent = waiting.size === 1 ? button.dataset.one : button.dataset.many.replace("{n}", waiting.size);
  if (waiting.size) document.dispatchEvent(new CustomEvent("announce", { detail: button.textContent }));
}

async function fetchText(url) {
  try {
    const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

async function refreshAll() {
  const html = await fetchText(desk.dataset.board);
  if (html === null) return false;
  const current = rowOf(currentId);
  const key = focusKey(current);
  desk.innerHTML = html;
  keepChosen();
  waiting.clear();
  showWaiting();
  const row = rowOf(currentId);
  row?.classList.add("is-current");
  if (row && key !== "") refocus(row, key);
  return true;
}

async function refreshRows(ids) {
  const text = await fetchText(`${desk.dataset.rows}&ids=${ids.join(",")}`);
  if (text === null) return;
  const news = JSON.parse(text);
  swapCounters(news.counters);
  for (const { id, html } of news.rows) {
    const row = rowOf(id);
    if (!row || !swapRow(row, html)) waiting.add(id);
  }
  for (const id of news.gone) if (rowOf(id)) waiting.add(id);
  if (waiting.size && !inUse()) await refreshAll();
  showWaiting();
}

function onChange(subjects) {
  const ids = visitIds(subjects);
  if (ids.length > 50) refreshAll();
  else if (ids.length || subjects.some((one) => one.startsWith("task:"))) refreshRows(ids);
  for (const id of ids) refreshDrawer(id);
}

// --- Drawer ---

const openDrawer = () => document.querySelector("[data-visit-drawer]");

function open(url, source) {
  if (source.closest("tr[data-visit]")) setCurrent(source.closest("tr[data-visit]"));
  const push = url.split("?")[0];
  window.htmx.ajax("GET", url, { target: "#drawer", source, swap: "innerHTML show:none", push });
}

// Somebody else changed the open visit: show it, unless a form is being filled in.
function refreshDrawer(id) {
  const box = openDrawer();
  if (!box || box.dataset.visitDrawer !== id || "busy" in box.dataset || box.contains(document.activeElement)) return;
  window.htmx.ajax("GET", box.dataset.refresh, { target: "#drawer", swap: "innerHTML show:none" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-opens-drawer], tr[data-visit] a:not([data-row-menu])");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (rowMenu.matches(":popover-open")) rowMenu.hidePopover();
  open(link.href, rowOf(link.closest("[data-menu-of]")?.dataset.menuOf)?.querySelector("[data-row-menu]") ?? link);
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "drawer" || !boardUrl) return;
  const close = document.querySelector("#drawer [data-drawer-close]");
  if (close) close.href = boardUrl;
});

// --- A button of a row: the server says how it went, the row comes by the socket or, without one, by itself ---

document.addEventListener("submit", (event) => {
  if (event.target.id !== "row-form") return;
  event.preventDefault();
  send(event.submitter.formAction, event.submitter);
  if (rowMenu.matches(":popover-open")) rowMenu.hidePopover();
});

const sending = new Set();

// A second press of a hurried hand is not a second wish.
async function send(url, source) {
  if (sending.has(url)) return;
  sending.add(url);
  const values = { csrfmiddlewaretoken: document.querySelector("#row-form input").value };
  try {
    await window.htmx.ajax("POST", url, { target: "#toasts", swap: "beforeend", source: source.isConnected ? source : desk, values });
  } finally {
    sending.delete(url);
  }
}

document.addEventListener("changed", (event) => { if (!live.isUp()) onChange(event.detail.subjects); });

// --- The menu of a row ---

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-row-menu]");
  if (!button || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const html = await fetchText(`${button.href}menu/`);
  if (html === null) { location.href = button.href; return; }
  const row = button.closest("tr");
  rowMenu.innerHTML = html;
  rowMenu.dataset.menuOf = row.dataset.visit;
  setCurrent(row);
  rowMenu.showPopover();
  const at = button.getBoundingClientRect();
  const below = innerHeight - at.bottom > rowMenu.offsetHeight + 8;
  rowMenu.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - rowMenu.offsetHeight - 4)}px`;
  rowMenu.style.left = `${Math.max(8, at.right - rowMenu.offsetWidth)}px`;
  rowMenu.querySelector("a, button")?.focus();
});

rowMenu.addEventListener("keydown", (event) => {
  const items = [...rowMenu.querySelectorAll("a, button")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
});

// --- Keyboard ---

function setCurrent(row) {
  rowOf(currentId)?.classList.remove("is-current");
  currentId = row.dataset.visit;
  row.classList.add("is-current");
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const index = all.findIndex((row) => row.dataset.visit === currentId);
  const row = all[index < 0 ? 0 : Math.min(Math.max(index + by, 0), all.length - 1)];
  setCurrent(row);
  row.querySelector(".c-who a").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

const PANELS = { m: "message", n: "note", t: "task", a: "assign", s: "snooze" };

function onRow(key) {
  const row = rowOf(currentId);
  if (!row) return false;
  const link = row.querySelector(".c-who a");
  if (key === "Enter") open(link.href, link);
  else if (key === "c") send(`${link.href}confirm/`, link);
  else if (key === "x" || key === "X") chooseRow(row, key === "X");
  else if (PANELS[key]) open(`${link.href}?panel=${PANELS[key]}`, link);
  else return false;
  return true;
}

document.addEventListener("desk:key", (event) => {
  const key = event.detail;
  if (key === "Enter" && document.activeElement?.closest("a, button, summary")) return;
  const handled = key === "j" || key === "k" ? (step(key === "j" ? 1 : -1), true)
    : key === "r" ? (refreshAll(), true)
        : onRow(key);
  if (handled) event.preventDefault();
});

updates.querySelector("button").addEventListener("click", refreshAll);

// --- Minutes run on by themselves ---

function tick() {
  for (const time of desk.querySelectorAll("time[data-minutes]")) {
    const minutes = Math.max(0, Math.floor((Date.now() - new Date(time.dateTime)) / 60000));
    time.textContent = desk.dataset.minutesText.replace("{n}", minutes);
  }
}
setInterval(tick, 20000);

const live = startLive({ path: desk.dataset.socket, onChange, onAll: refreshAll });
