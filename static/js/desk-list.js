// Tasks and inbox: the parts of the page that changed are fetched and exchanged, unless somebody is working in them.
import { startLive } from "./desk-live.js";

const list = document.getElementById("live-list");
const updates = document.getElementById("updates");
const prefixes = list.dataset.subjects.split(" ");
let waiting = 0;
let current = -1;

function showWaiting() {
  if (!updates) return;
  const button = updates.querySelector("button");
  updates.hidden = waiting === 0;
  button.textContent = waiting === 1 ? button.dataset.one : button.dataset.many.replace("{n}", waiting);
  if (waiting) document.dispatchEvent(new CustomEvent("announce", { detail: button.textContent }));
}

const parts = (root) => [...root.querySelectorAll("[data-live-part]")];
const busy = (part) => part.contains(document.activeElement) || Boolean(part.querySelector("details[open]"));

async function refresh() {
  if (!list.dataset.refresh) return false;
  try {
    const answer = await fetch(list.dataset.refresh, { redirect: "manual" });
    if (!answer.ok) return false;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts(list)) {
      const news = fresh.getElementById(part.id);
      if (news && !busy(part)) part.replaceWith(document.adoptNode(news));
    }
    return true;
  } catch {
    return false;
  }
}

function onChange(subjects) {
  const mine = subjects.filter((one) => prefixes.some((prefix) => one.startsWith(prefix)));
  if (!mine.length) return;
  if (updates && parts(list).some(busy)) { waiting += mine.length; showWaiting(); return; }
  refresh();
}

async function showAll() {
  document.activeElement?.blur();
  waiting = 0;
  showWaiting();
  await refresh();
}

function step(by) {
  const rows = [...list.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  rows[current]?.classList.remove("is-current");
  current = Math.min(Math.max(current + by, 0), rows.length - 1);
  rows[current].classList.add("is-current");
  (rows[current].querySelector("[data-open-row]") ?? rows[current]).focus();
}

function press(name) {
  const row = list.querySelectorAll("[data-row]")[current] ?? list;
  const button = row.querySelector(`[data-action="${name}"]`) ?? list.querySelector(`[data-action="${name}"]`);
  button?.click();
  return Boolean(button);
}

document.addEventListener("desk:key", (event) => {
  const key = event.detail;
  let handled = true;
  if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
  else if (key === "e") handled = press("done") || press("close");
  else if (key === "r") {
    const reply = list.querySelector(".reply textarea");
    if (reply) reply.focus();
    else showAll();
  } else handled = false;
  if (handled) event.preventDefault();
});

updates?.querySelector("button").addEventListener("click", showAll);
startLive({ path: list.dataset.socket, onChange, onAll: refresh });
