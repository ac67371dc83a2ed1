// The panel beside a call: asked for anew whenever the room or the desk says that something changed, and now and then
// for pages that fell silent. While one of its forms or a link to copy is open, or a button was just pressed, it stays.
import { startLive } from "./desk-live.js";

const panel = document.getElementById("room-panel");
const EVERY = 15000;
let asked = 0;

const inUse = () => Boolean(panel.querySelector("details[open], .notice-link, .htmx-request"));

async function refresh() {
  if (inUse()) return false;
  const now = Date.now();
  if (now - asked < 400) return false;
  asked = now;
  const key = document.activeElement?.closest?.("#room-panel") ? focusKey() : -1;
  await window.htmx.ajax("GET", panel.dataset.panel, { target: "#room-panel", source: panel, swap: "innerHTML show:none" });
  if (key >= 0) parts()[key]?.focus({ preventScroll: true });
  return true;
}

// A form that was opened while the answer was on its way stays open.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.requestConfig.elt === panel && inUse()) detail.shouldSwap = false;
});

const parts = () => [...panel.querySelectorAll("a, button, summary, input, select")];
const focusKey = () => parts().indexOf(document.activeElement);

function tick() {
  for (const time of panel.querySelectorAll("time[data-minutes]")) {
    const minutes = Math.max(0, Math.floor((Date.now() - new Date(time.dateTime)) / 60000));
    time.textContent = panel.dataset.minutesText.replace("{n}", minutes);
  }
}

document.addEventListener("room:state", refresh);
setInterval(refresh, EVERY);
setInterval(tick, 20000);
startLive({
  path: panel.dataset.socket,
  onChange: (subjects) => { if (subjects.includes(panel.dataset.subject)) refresh(); },
  onAll: refresh,
});
