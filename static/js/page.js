// What every page needs: fresh pages after "back", focus on what went wrong, menus and dialogs that close politely.

// A page from the back/forward cache may belong to somebody who has signed out since.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

const announcer = () => document.getElementById("announcer");

// One polite place for everything that is said aloud: dispatch "announce" with {detail: "words"}.
document.addEventListener("announce", (event) => { if (announcer()) announcer().textContent = event.detail; });

function focusErrors(root) {
  root.querySelector?.("[data-error-summary]")?.focus();
}
focusErrors(document);
document.addEventListener("htmx:afterSettle", (event) => focusErrors(event.target));

// A link of the error summary goes to its control, with the label in view.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a");
  const control = link && document.getElementById(link.hash.slice(1));
  if (!control) return;
  event.preventDefault();
  (control.closest(".field") ?? control).scrollIntoView();
  control.focus({ preventScroll: true });
});

// Menus close on a click elsewhere and on Esc, which also hides the words of a hovered mark.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopImmediatePropagation();
  }
  document.body.classList.add("tips-off");
});
for (const type of ["pointerover", "focusin"]) {
  document.addEventListener(type, () => document.body.classList.remove("tips-off"));
}

// data-dialog-open="id" opens a dialog; a link with it leads to the same thing without script.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  const dialog = opener && document.getElementById(opener.dataset.dialogOpen);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
});

// data-print prints the page; data-autosubmit sends its form as soon as a choice is made (its button stays for others).
document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });
document.addEventListener("change", (event) => event.target.closest("[data-autosubmit]")?.form?.requestSubmit());

// A form that is on its way is not sent twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches("[hx-post]") || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});

for (const button of document.querySelectorAll("[data-print][hidden]")) button.hidden = false;
