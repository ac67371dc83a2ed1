// Ctrl+K: a dialog that goes to any page, to a visit of the open board, or searches for a patient.
const palette = document.getElementById("palette");
const input = palette?.querySelector("input[name=text]");
const list = document.getElementById("palette-list");
const model = document.getElementById("palette-visit");
const find = palette?.querySelector(".palette-find");
const VISITS_SHOWN = 8;

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// Every word that is typed begins a word of the line.
function matches(line, typed) {
  const words = plain(line).split(/[\s,.:()-]+/);
  return plain(typed).split(/\s+/).filter(Boolean).every((start) => words.some((word) => word.startsWith(start)));
}

function visitLines(typed) {
  const rows = typed.trim() ? [...document.querySelectorAll("tr[data-visit]")] : [];
  const named = rows.map((row) => ({ link: row.querySelector(".c-who a"), time: row.querySelector(".c-time").textContent }));
  return named.filter(({ link }) => matches(link.textContent, typed)).slice(0, VISITS_SHOWN).map(({ link, time }) => {
    const line = model.content.cloneNode(true);
    line.firstElementChild.dataset.visitLine = "";
    line.querySelector("a").href = link.href;
    line.querySelector("span").textContent = `${link.textContent}, ${time}`;
    return line;
  });
}

function show() {
  const typed = input.value;
  for (const line of list.querySelectorAll("[data-visit-line]")) line.remove();
  for (const line of list.children) line.hidden = !matches(line.querySelector("span").textContent, typed);
  list.prepend(...visitLines(typed));
  if (!find) return;
  find.hidden = typed.trim().length < 2;
  const words = find.querySelector("span");
  words.textContent = words.dataset.text.replace("{text}", typed.trim());
}

const places = () => [...list.querySelectorAll("li:not([hidden]) a"), ...palette.querySelectorAll(".palette-find:not([hidden]) button")];

function step(by) {
  const all = [input, ...places()];
  all.at((all.indexOf(document.activeElement) + by) % all.length).focus();
}

if (palette) {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (palette.open) { palette.close(); return; }
    if (document.querySelector("dialog[open]")) return;
    input.value = "";
    show();
    palette.showModal();
  });
  input.addEventListener("input", show);
  palette.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) step(by);
    else if (event.key === "Enter" && event.target === input) places()[0]?.click();
    else return;
    event.preventDefault();
  });
  // A visit of the open board opens beside it.
  list.addEventListener("click", (event) => {
    const link = event.target.closest("[data-visit-line] a");
    const row = link && [...document.querySelectorAll("tr[data-visit] .c-who a")].find((one) => one.href === link.href);
    palette.close();
    if (!row || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    row.click();
  });
}
