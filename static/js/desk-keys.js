// Single keys, for those who want them: they can be switched off, never act while somebody types, and the sheet behind
// "?" lists them. A page adds its own through "desk:key" events on the document.
const sheet = document.getElementById("keys-sheet");
const on = sheet?.querySelector("[data-shortcuts]")?.dataset.shortcuts === "on";
const GO_WITHIN = 1500;
let goSince = 0;

const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

function go(key) {
  sheet.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
}

function undo() {
  const button = [...document.querySelectorAll("[data-undo] button")].at(-1);
  button?.click();
  return Boolean(button);
}

function common(key) {
  if (key === "?") sheet.showModal();
  else if (key === "/") document.querySelector("[data-search]")?.focus();
  else if (key === "u") return undo();
  else return false;
  return true;
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (Date.now() - goSince < GO_WITHIN) {
    goSince = 0;
    go(event.key);
    event.preventDefault();
    return;
  }
  if (event.key === "g") { goSince = Date.now(); return; }
  if (common(event.key)) { event.preventDefault(); return; }
  const asked = new CustomEvent("desk:key", { detail: event.key, cancelable: true });
  if (!document.dispatchEvent(asked)) event.preventDefault();
}

if (on) document.addEventListener("keydown", press);
