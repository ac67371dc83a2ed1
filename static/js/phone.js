// The demo's phone: new messages show by themselves, and an answer is sent without leaving the page.
// Without script the same page works by reloading.

const EVERY = 2000;
const screen = document.querySelector('[data-phone-part="thread"]');
const toEnd = () => { if (screen) screen.scrollTop = screen.scrollHeight; };

async function refresh(part) {
  const address = new URL(part.dataset.url, location.href);
  address.searchParams.set("part", part.dataset.phonePart);
  address.searchParams.set("seen", part.dataset.seen ?? "");
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (answer.status !== 200) return;
  const atEnd = part.scrollHeight - part.scrollTop - part.clientHeight < 80;
  const first = !part.dataset.seen;
  part.dataset.seen = answer.headers.get("X-Seen");
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  if (first && fresh.textContent === part.textContent) return;
  // Only what is new is added, so that a screen reader says it once.
  const [old, now] = [part.querySelector("ol"), fresh.querySelector("ol")];
  if (old && now && now.children.length > old.children.length) {
    old.append(...[...now.children].slice(old.children.length));
  } else {
    part.replaceChildren(...fresh.childNodes);
  }
  if (atEnd && part === screen) toEnd();
}

async function refreshAll() {
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-phone-part]")) {
    try { await refresh(part); } catch { /* the server is away; the next round asks again */ }
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-phone-reply]");
  if (!form) return;
  event.preventDefault();
  const data = new FormData(form, event.submitter);
  form.reset();
  await fetch(form.action, { method: "POST", body: data });
  await refreshAll();
  toEnd();
});

toEnd();
setInterval(refreshAll, EVERY);
