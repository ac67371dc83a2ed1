// What was typed into a form of the drawer stays while the page is open: it is there again when the same form is
// opened. It is kept in this page's memory alone, never in the browser's storage.
const FIELDS = "textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=file], [type=password])";
const drawer = document.getElementById("drawer");
const sent = new WeakSet();
const drafts = new Map(); // a form's address: { a field's name: what was typed }

const forms = () => [...drawer.querySelectorAll("#panel form[method=post]")];

// A form that came back with errors holds what was typed as its own values.
function typed(form) {
  const isRefused = Boolean(form.querySelector(".field-error"));
  const fields = [...form.querySelectorAll(FIELDS)].filter((one) => one.value !== one.defaultValue || isRefused);
  return Object.fromEntries(fields.map((one) => [one.name, one.value]));
}

// Keeps what is typed into the open forms; whether there was anything.
export function keepDrafts() {
  let kept = false;
  for (const form of forms()) {
    if (sent.has(form)) continue;
    const values = typed(form);
    if (Object.values(values).some(Boolean)) {
      drafts.set(form.action, values);
      kept = true;
    } else drafts.delete(form.action);
  }
  return kept;
}

export function bringDrafts() {
  for (const form of forms()) {
    for (const [name, value] of Object.entries(drafts.get(form.action) ?? {})) {
      const field = form.elements.namedItem(name);
      if (field && !form.querySelector(".field-error")) field.value = value;
    }
  }
}

// What arrived is no draft any more; what the server refused comes back in the form itself.
drawer?.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target;
  if (!form.matches("form[method=post]")) return;
  sent.add(form);
  drafts.delete(form.action);
});
for (const failure of ["htmx:sendError", "htmx:responseError"]) {
  drawer?.addEventListener(failure, (event) => sent.delete(event.target));
}
