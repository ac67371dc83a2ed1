// The drawer beside a list: its heading takes the focus, or the first field of the form it was opened for; Esc closes
// it, and the focus returns to where it was ("drawer:closed" tells the list).
import { bringDrafts, keepDrafts } from "./desk-drafts.js";

const drawer = document.getElementById("drawer");
const FIELDS = ":is(input:not([type=hidden]), select, textarea)";
const FIRST_FIELD = `#panel .field-error ${FIELDS}, #panel form[method=post] ${FIELDS}`;
let opener = null;
let newest = null; // the request that was sent last
let isQuiet = false; // it only refreshes what is open, and leaves the focus where it is

const open = () => drawer.querySelector("[data-drawer]");
const covers = matchMedia("(max-width: 74.99rem)");

// Where the drawer lies over the page, what is beneath it cannot be reached by keyboard.
function mark() {
  const isOpen = Boolean(open());
  document.documentElement.classList.toggle("has-drawer", isOpen);
  for (const part of document.querySelectorAll("main, .topbar")) part.inert = isOpen && covers.matches;
}

function keep() {
  if (keepDrafts() && drawer.dataset.kept) document.dispatchEvent(new CustomEvent("toast", { detail: drawer.dataset.kept }));
}

function close() {
  keep();
  newest = null; // what is still on its way comes too late
  drawer.replaceChildren();
  mark();
  if (opener?.isConnected) opener.focus();
  opener = null;
  document.dispatchEvent(new CustomEvent("drawer:closed"));
}

function remember({ detail }) {
  if (detail.target !== drawer) return;
  newest = detail.xhr;
  isQuiet = detail.elt.matches("[data-visit-drawer]") && !drawer.contains(document.activeElement);
  if (!drawer.contains(detail.elt)) opener = detail.elt;
}

// Of two visits asked for in a hurry the later one is shown; what a form answers is never lost.
function admit({ detail }) {
  if (detail.target !== drawer) return;
  if (detail.xhr !== newest && detail.requestConfig.verb === "get") detail.shouldSwap = false;
  else keep();
}

function settle({ detail }) {
  if (detail.target !== drawer) return;
  mark();
  bringDrafts();
  if (opener && !isQuiet) (drawer.querySelector(FIRST_FIELD) ?? drawer.querySelector("#drawer-title"))?.focus();
}

if (drawer) {
  mark();
  covers.addEventListener("change", mark);
  document.addEventListener("htmx:beforeRequest", remember);
  document.addEventListener("htmx:beforeSwap", admit);
  document.addEventListener("htmx:afterSettle", settle);
  drawer.addEventListener("click", (event) => {
    const link = event.target.closest("[data-drawer-close]");
    if (!link) return;
    event.preventDefault();
    history.pushState({}, "", link.href);
    close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !open() || document.querySelector("dialog[open]")) return;
    const field = document.activeElement;
    if (drawer.contains(field) && field.matches("input, textarea") && field.value !== field.defaultValue) {
      drawer.querySelector("#drawer-title").focus(); // typed words stay: the first Esc only leaves the field
      return;
    }
    drawer.querySelector("[data-drawer-close]")?.click();
  });
}
