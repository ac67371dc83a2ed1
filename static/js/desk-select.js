// Rows that are chosen, by checkbox or key, and the bar that does something to all of them at once.
const desk = document.getElementById("desk");
const form = document.getElementById("selected");
const count = form?.querySelector("output");
const chosen = new Set();
let last = ""; // where a range begins

const boxes = (root = desk) => [...root.querySelectorAll("input[name=visit]")];

function show() {
  const all = desk.querySelector("[data-select-all]");
  if (all) all.checked = chosen.size > 0 && boxes().every((box) => box.checked);
  if (count) count.textContent = chosen.size === 1 ? count.dataset.one : count.dataset.many.replace("{n}", chosen.size);
}

function set(box, on) {
  box.checked = on;
  box.closest("tr").classList.toggle("is-selected", on);
  if (on) chosen.add(box.value);
  else chosen.delete(box.value);
}

// Rows that came anew are chosen as those before them were; who left the board is chosen no more.
export function keepChosen(root = desk) {
  for (const box of boxes(root)) set(box, chosen.has(box.value));
  if (root !== desk) return;
  const here = new Set(boxes().map((box) => box.value));
  for (const id of chosen) if (!here.has(id)) chosen.delete(id);
  const all = desk.querySelector("[data-select-all]");
  if (all) all.hidden = false;
  show();
}

function toggle(box, isRange) {
  const all = boxes();
  const from = all.findIndex((one) => one.value === last);
  const on = isRange || !chosen.has(box.value);
  if (isRange && from >= 0) {
    const [low, high] = [from, all.indexOf(box)].sort((a, b) => a - b);
    for (const one of all.slice(low, high + 1)) set(one, true);
  } else set(box, on);
  last = box.value;
  show();
}

// "x" chooses the current row, "X" all from the row that was chosen last.
export function chooseRow(row, isRange) {
  const box = row.querySelector("input[name=visit]");
  toggle(box, isRange);
  if (count) document.dispatchEvent(new CustomEvent("announce", { detail: count.textContent }));
}

// The keys that hand over or put off mean the chosen rows while there are any; whether the key was such a one.
export function pressForChosen(key) {
  const owner = form?.querySelector("[name=owner]");
  if (!chosen.size || !owner || !["a", "s"].includes(key)) return false;
  if (key === "a") owner.focus();
  else document.dispatchEvent(new CustomEvent("toast", { detail: form.dataset.oneOnly }));
  return true;
}

function clear() {
  for (const box of boxes()) set(box, false);
  chosen.clear();
  show();
}

desk.addEventListener("click", (event) => {
  const box = event.target.closest("input[name=visit]");
  if (box) {
    set(box, !box.checked); // as it was before the click
    toggle(box, event.shiftKey);
  } else if (event.target.matches("[data-select-all]")) {
    for (const one of boxes()) set(one, event.target.checked);
    show();
  }
});

form?.addEventListener("reset", (event) => { event.preventDefault(); clear(); });

// Printing leaves the page; all else is answered by a toast, and the rows come as they do after any change.
form?.addEventListener("submit", async (event) => {
  if (event.submitter.value === "print") return;
  event.preventDefault();
  const values = new FormData(form, event.submitter);
  await window.htmx.ajax("POST", form.action, { target: "#toasts", swap: "beforeend", source: form, values });
  clear();
});

keepChosen();
