// data-copy="text" copies it; the button stays hidden where copying cannot work.
const able = Boolean(navigator.clipboard);
const show = (root) => root.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = !able; });
show(document);
document.addEventListener("htmx:afterSettle", (event) => show(event.target));

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  document.dispatchEvent(new CustomEvent("announce", { detail: button.dataset.copied }));
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 2000);
});
