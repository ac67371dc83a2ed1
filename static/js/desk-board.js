// The board: rows that change in place, the keyboard's current row, the drawer and the menu of a row.
import { currentRow, currentUrl, isCurrent, linkOf, openDrawer, rowAway, rowOf, setCurrent } from "./desk-current.js";
import { startLive } from "./desk-live.js";
import { isOwn, noteOwn, onOwnAct, visitOf } from "./desk-own.js";
import { chooseRow, keepChosen, pressForChosen } from "./desk-select.js";

const desk = document.getElementById("desk");
const updates = document.getElementById("updates");
const rowMenu = document.getElementById("row-menu");
const boardUrl = location.pathname.startsWith("/desk/visits/") ? null : location.href;
const waiting = new Set(); // subjects whose row belongs somewhere else by now

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
  if (isCurrent(fresh.dataset.visit)) fresh.classList.add("is-current");
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
  const key = focusKey(currentRow());
  desk.innerHTML = html;
  keepChosen();
  waiting.clear();
  showWaiting();
  const row = currentRow();
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
  if (waiting.size && (!inUse() || ids.some((id) => waiting.has(id) && isOwn(id)))) await refreshAll();
  showWaiting();
}

function onChange(subjects) {
  const ids = visitIds(subjects);
  if (ids.length > 50) refreshAll();
  else if (ids.length || subjects.some((one) => one.startsWith("task:"))) refreshRows(ids);
  for (const id of ids) if (!isOwn(id)) refreshDrawer(id);
}

// --- Drawer ---

// Going from visit to visit in the open drawer is one step for the browser's "back".
function open(url, source) {
  const row = source.closest("tr[data-visit]");
  if (row) setCurrent(row.dataset.visit);
  const history = { [openDrawer() ? "replace" : "push"]: url.split("?")[0] };
  window.htmx.ajax("GET", url, { target: "#drawer", source, swap: "innerHTML show:none", ...history });
}

const FIELDS = "#panel form[method=post] :is(textarea, select, input:not([type=hidden]))";

// The open visit changed: show it, unless a form is being filled in or, for what others did, somebody is in there.
function refreshDrawer(id, isOwnAct = false) {
  const box = openDrawer();
  if (box?.dataset.visitDrawer !== id || !isCurrent(id) || box.querySelector(FIELDS)) return;
  const focus = document.activeElement;
  if (!isOwnAct && ("busy" in box.dataset || (box.contains(focus) && focus.id !== "drawer-title"))) return;
  window.htmx.ajax("GET", box.dataset.refresh, { target: "#drawer", source: box, swap: "innerHTML show:none" });
}

onOwnAct((id, isElsewhere) => { if (isElsewhere) refreshDrawer(id, true); });

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-opens-drawer], tr[data-visit] a:not([data-row-menu], [data-leaves])");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (rowMenu.matches(":popover-open")) rowMenu.hidePopover();
  open(link.href, rowOf(link.closest("[data-menu-of]")?.dataset.menuOf)?.querySelector("[data-row-menu]") ?? link);
});

document.addEventListener("htmx:afterSwap", (event) => {
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
  const from = source.isConnected ? source : desk;
  try {
    await window.htmx.ajax("POST", url, { target: "#toasts", swap: "beforeend", source: from, values });
    if (!from.isConnected) refreshDrawer(visitOf(url), true); // its row came anew meanwhile, and nobody heard the answer
  } finally {
    sending.delete(url);
  }
}

document.addEventListener("changed", ({ detail: { subjects } }) => {
  noteOwn(visitIds(subjects));
  if (!live.isUp()) onChange(subjects);
  else if (visitIds(subjects).some((id) => waiting.has(id))) refreshAll();
});

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
  if (!openDrawer()) setCurrent(row.dataset.visit);
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

function step(by) {
  const row = rowAway(by);
  if (!row) return;
  if (openDrawer()) {
    if (!isCurrent(row.dataset.visit)) open(linkOf(row).href, linkOf(row));
  } else {
    setCurrent(row.dataset.visit);
    linkOf(row).focus({ preventScroll: true });
  }
  row.scrollIntoView({ block: "nearest" });
}

const PANELS = { m: "message", n: "note", t: "task", a: "assign", s: "snooze" };

function onVisit(key) {
  const [url, row] = [currentUrl(), currentRow()];
  if (!url) return false;
  const source = row ? linkOf(row) : document.getElementById("drawer-title");
  if (key === "Enter") open(url, source);
  else if (key === "c") send(`${url}confirm/`, source);
  else if (PANELS[key]) open(`${url}?panel=${PANELS[key]}`, source);
  else if (row && (key === "x" || key === "X")) chooseRow(row, key === "X");
  else return false;
  return true;
}

document.addEventListener("desk:key", (event) => {
  const key = event.detail;
  if (key === "Enter" && document.activeElement?.closest("a, button, summary")) return;
  const handled = key === "j" || key === "k" ? (step(key === "j" ? 1 : -1), true)
    : key === "r" ? (refreshAll(), true)
        : (!openDrawer() && pressForChosen(key)) || onVisit(key);
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

// What nobody tells, such as a page that fell silent, is asked for now and then; in place while the board is in use.
if (desk.dataset.every) {
  const ids = () => [...desk.querySelectorAll("tr[data-visit]")].map((row) => row.dataset.visit);
  setInterval(() => { if (inUse() && ids().length) refreshRows(ids()); else refreshAll(); }, 1000 * desk.dataset.every);
}

const live = startLive({ path: desk.dataset.socket, onChange, onAll: refreshAll });
