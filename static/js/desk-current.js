// The one visit that keys act on: the drawer's while it is open, else the row that was stepped to or used last.
const desk = document.getElementById("desk");
let id = "";

export const openDrawer = () => document.querySelector("[data-visit-drawer]");
export const rowOf = (visit) => document.getElementById(`visit-${visit}`);
export const linkOf = (row) => row.querySelector(".c-who a");
export const isCurrent = (visit) => visit === id;
export const currentRow = () => rowOf(id);

export function setCurrent(visit) {
  currentRow()?.classList.remove("is-current");
  id = visit;
  currentRow()?.classList.add("is-current");
}

// The address of the current visit, which may be open beside a board that has no row for it.
export function currentUrl() {
  const box = openDrawer();
  if (box && isCurrent(box.dataset.visitDrawer)) return box.dataset.refresh.replace(/refresh\/$/, "");
  return currentRow() ? linkOf(currentRow()).href : "";
}

// The row so many steps away; the first or last one where there is none, and the first where no row is current.
export function rowAway(by) {
  const all = [...desk.querySelectorAll("tr[data-visit]")];
  const index = all.indexOf(currentRow());
  return all[index < 0 ? 0 : Math.min(Math.max(index + by, 0), all.length - 1)];
}

// What the drawer shows is current, however it came there.
function follow() {
  const box = openDrawer();
  if (box) setCurrent(box.dataset.visitDrawer);
}

document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target?.id === "drawer") follow(); });
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.target?.id === "drawer" && !event.detail.successful) follow();
});
document.addEventListener("drawer:closed", () => {
  const row = currentRow();
  if (row && !row.contains(document.activeElement)) linkOf(row).focus({ preventScroll: true });
});
