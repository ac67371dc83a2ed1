// Idle time-out: asks the server how long is left, warns, extends, and never throws typed text away.
const dialog = document.getElementById("session-dialog");
const LONGEST_WAIT = 60;

if (dialog) watch(dialog);

function watch(box) {
  const warnAt = Number(box.dataset.warnSeconds);
  const line = box.querySelector("[data-seconds]");
  let endsAt = 0;
  let poll = 0;
  let tick = 0;

  const secondsLeft = () => Math.round((endsAt - Date.now()) / 1000);
  const token = () => document.querySelector('meta[name="csrf-token"]').content;

  function panel(name) {
    for (const part of box.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== name;
    document.body.classList.toggle("signed-out", name === "ended");
    if (!box.open) box.showModal();
  }

  function words(seconds) {
    if (seconds > 90) return line.dataset.minutesText.replace("{n}", Math.round(seconds / 60));
    return seconds === 1 ? line.dataset.one : line.dataset.secondsText.replace("{n}", Math.max(seconds, 0));
  }

  function count() {
    const left = secondsLeft();
    line.textContent = words(left);
    if (left <= 0) ask();
  }

  function settle(left) {
    clearTimeout(poll);
    clearInterval(tick);
    endsAt = Date.now() + left * 1000;
    if (left <= warnAt) {
      panel("warning");
      count();
      tick = setInterval(count, 1000);
      poll = setTimeout(ask, 15000);
      return;
    }
    document.body.classList.remove("signed-out");
    if (box.open) box.close();
    poll = setTimeout(ask, Math.min(left - warnAt + 1, LONGEST_WAIT) * 1000);
  }

  function ended() {
    clearTimeout(poll);
    clearInterval(tick);
    panel("ended");
  }

  // After signing in again elsewhere the page's forms need the new token.
  function renewToken(value) {
    if (!value) return;
    document.querySelector('meta[name="csrf-token"]').content = value;
    for (const input of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) input.value = value;
    if (document.body.hasAttribute("hx-headers")) document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": value }));
  }

  async function request(url, options = {}) {
    try {
      const answer = await fetch(url, { ...options, headers: { Accept: "application/json", ...options.headers }, redirect: "manual" });
      if (!answer.ok) return answer.status < 500 ? ended() : retry();
      const data = await answer.json();
      renewToken(data.csrf_token);
      return data.idle_seconds_left > 0 ? settle(data.idle_seconds_left) : ended();
    } catch {
      return retry();
    }
  }

  // The network is away: the time still runs, so count on by ourselves.
  function retry() {
    clearTimeout(poll);
    if (endsAt && secondsLeft() <= 0) return ended();
    poll = setTimeout(ask, 15000);
  }

  const ask = () => request(box.dataset.sessionUrl);
  const extend = () => request(box.dataset.extendUrl, { method: "POST", headers: { "X-CSRFToken": token() } });

  box.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!document.body.classList.contains("signed-out")) extend();
  });
  box.querySelector("[data-extend]").addEventListener("click", extend);
  box.querySelector("[data-continue]").addEventListener("click", async () => {
    await ask();
    box.querySelector("[data-still]").hidden = !box.open;
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  ask();
}
