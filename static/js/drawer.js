// The drawer beside a list: its heading takes the focus, or the first field of the form it was opened for; Esc closes
// it, and the focus returns to where it was.
const drawer = document.getElementById("drawer");
const FIELDS = ":is(input:not([type=hidden]), select, textarea)";
const FIRST_FIELD = `#panel .field-error ${FIELDS}, #panel form[method=post] ${FIELDS}`;
let opener = null;

const open = () => drawer.querySelector("[data-drawer]");
const covers = matchMedia("(max-width: 74.99rem)");

// Where the drawer lies over the page, what is beneath it cannot be reached by keyboard.
function mark() {
  const isOpen = Boolean(open());
  document.documentElement.classList.toggle("has-drawer", isOpen);
  for (const part of document.querySelectorAll("main, .topbar")) part.inert = isOpen && covers.matches;
}

function close() {
  drawer.replaceChildren();
  mark();
  if (opener?.isConnected) opener.focus();
  opener = null;
}

if (drawer) {
  mark();
  covers.addEventListener("change", mark);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target === drawer && !drawer.contains(event.detail.elt)) opener = event.detail.elt;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target !== drawer) return;
    mark();
    if (opener) (drawer.querySelector(FIRST_FIELD) ?? drawer.querySelector("#drawer-title"))?.focus();
  });
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
