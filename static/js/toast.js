// Toasts: they wait while pointed at or focused, and say themselves once. The server may send one as
// HX-Trigger: {"toast": "words"}, or put components/toast.html into #toasts.
const place = document.getElementById("toasts");

function say(words) {
  document.dispatchEvent(new CustomEvent("announce", { detail: words }));
}

function start(toast) {
  if (toast.dataset.started) return;
  toast.dataset.started = "1";
  say(toast.querySelector("p").textContent);
  let left = Number(toast.dataset.seconds);
  const timer = setInterval(() => {
    if (toast.matches(":hover, :focus-within") || document.hidden) return;
    left -= 1;
    if (left <= 0) { clearInterval(timer); toast.remove(); }
  }, 1000);
}

function startAll() {
  place?.querySelectorAll("[data-toast]").forEach(start);
}

if (place) {
  startAll();
  new MutationObserver(startAll).observe(place, { childList: true });
}

document.addEventListener("toast", (event) => {
  const toast = document.createElement("div");
  const words = document.createElement("p");
  toast.className = "toast-item";
  toast.dataset.toast = "";
  toast.dataset.seconds = "6";
  words.textContent = event.detail.value ?? event.detail;
  toast.append(words);
  place?.append(toast);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-toast-close]")) event.target.closest("[data-toast]").remove();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.matches?.("[data-undo]") && event.detail.successful) event.target.closest("[data-toast]")?.remove();
});
