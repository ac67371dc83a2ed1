// Tells colleagues that somebody is writing an answer, and takes their notice away when it is old.
const AGAIN_AFTER = 10000;
const box = document.querySelector("[data-replying-url]");
let told = 0;

function tell() {
  if (Date.now() - told < AGAIN_AFTER) return;
  told = Date.now();
  const token = box.querySelector('input[name="csrfmiddlewaretoken"]').value;
  fetch(box.dataset.replyingUrl, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual" }).catch(() => {});
}

box?.addEventListener("input", tell);

let shown = null;
setInterval(() => {
  const notice = document.getElementById("inbox-replying")?.firstElementChild;
  if (!notice) { shown = null; return; }
  if (shown?.notice === notice) { if (Date.now() - shown.since > 30000) notice.remove(); return; }
  shown = { notice, since: Date.now() };
}, 5000);
