// The waiting room keeps itself up to date: after each piece of news, every ten seconds while no socket brings any, and
// every thirty even so, since minutes pass without news.
// All words come from the server; this page only puts them in place, and calls the patient when it is their turn.
const POLL_ALONE = 10000;
const POLL_LINKED = 30000;
const FLASHES = 20;

const room = document.querySelector("[data-room]");
const callPart = document.getElementById("call-part");
const AFTER = new Set(["over", "cancelled"]);
let poll = 0;
let asking = false;
let again = false;
let sound = null;

const stageOf = (root) => root.querySelector("[data-stage]");

// --- Being called in: a tone, the title, a notice of the system ---

function unlockSound() {
  sound ??= window.AudioContext ? new AudioContext() : null;
  sound?.resume();
}

function tone() {
  if (sound?.state !== "running") return;
  for (const [start, pitch] of [[0, 660], [0.25, 880], [0.5, 660], [0.75, 880]]) {
    const voice = sound.createOscillator();
    const loudness = sound.createGain();
    const at = sound.currentTime + start;
    voice.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, at);
    loudness.gain.exponentialRampToValueAtTime(0.3, at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
    voice.connect(loudness).connect(sound.destination);
    voice.start(at);
    voice.stop(at + 0.24);
  }
}

function flashTitle(words) {
  const calm = document.title;
  let left = FLASHES;
  const timer = setInterval(() => {
    left -= 1;
    document.title = left % 2 && document.hidden ? `● ${words}` : calm;
    if (!left || !document.hidden) { clearInterval(timer); document.title = calm; }
  }, 1000);
}

function callIn() {
  const { readyTitle, readyBody } = room.dataset;
  tone();
  say(readyBody);
  if (document.hidden) flashTitle(readyTitle);
  if (document.hidden && window.Notification?.permission === "granted") {
    const notice = new Notification(readyTitle, { body: readyBody, tag: "visit" });
    notice.addEventListener("click", () => { window.focus(); notice.close(); });
  }
}

async function wantAlerts(button) {
  unlockSound();
  await sound?.resume();
  tone();
  if (window.Notification?.permission === "default") await Notification.requestPermission();
  button.querySelector("span").textContent = button.dataset.done;
  button.disabled = true;
  say(button.dataset.done);
}

const say = (words) => document.dispatchEvent(new CustomEvent("announce", { detail: words }));

// --- The stage ---

function setTitle(stage) {
  const [, ...product] = document.title.split(" – ");
  document.title = [stage.dataset.title, ...product].join(" – ");
}

function enter(fresh) {
  const before = stageOf(room).dataset.stage;
  stageOf(room).replaceWith(fresh);
  setTitle(fresh);
  prepare();
  if (fresh.dataset.stage === "call") callPart?.scrollIntoView({ block: "start" });
  if (fresh.dataset.stage === "call" && before !== "call") callIn();
  else say(fresh.querySelector("h1").textContent);
  if (AFTER.has(fresh.dataset.stage)) clearInterval(poll);
}

// Only parts whose words changed are put anew, so that nobody loses what they are writing or where they are.
function refresh(fresh) {
  const stage = stageOf(room);
  for (const part of stage.querySelectorAll("[data-live]")) {
    const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (next && next.dataset.key !== part.dataset.key) replaceKeepingFocus(part, next);
  }
  if (fresh.dataset.spoken && fresh.dataset.spoken !== stage.dataset.spoken) say(fresh.dataset.spoken);
  stage.dataset.spoken = fresh.dataset.spoken;
}

function replaceKeepingFocus(part, next) {
  const focused = part.contains(document.activeElement) ? document.activeElement.value : null;
  part.replaceWith(next);
  if (focused !== null) (next.querySelector(`[value="${CSS.escape(focused)}"]`) ?? next.querySelector("button"))?.focus();
}

async function ask() {
  if (asking) { again = true; return; }
  asking = true;
  try {
    const answer = await fetch(room.dataset.fragmentUrl, { credentials: "same-origin" });
    if (answer.status === 404 || answer.status === 409) { location.reload(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = stageOf(new DOMParser().parseFromString(await answer.text(), "text/html"));
    showLink(true);
    if (fresh.dataset.stage === stageOf(room).dataset.stage) refresh(fresh);
    else enter(fresh);
  } catch {
    showLink(false);
  } finally {
    asking = false;
    if (again) { again = false; ask(); }
  }
}

function showLink(up) {
  const note = room.querySelector("[data-link-down]");
  if (!note || note.hidden === up) return;
  note.hidden = up;
  note.querySelector("span").textContent = up ? "" : room.dataset.down;
  if (!up) say(room.dataset.down);
}

function prepare() {
  const alerts = room.querySelector("[data-alerts]");
  if (alerts) alerts.hidden = !(window.AudioContext || window.Notification);
}

function pollEvery(milliseconds) {
  clearInterval(poll);
  if (!AFTER.has(stageOf(room).dataset.stage)) poll = setInterval(ask, milliseconds);
}

document.addEventListener("room:state", ask);
document.addEventListener("room:link", (event) => {
  pollEvery(event.detail === "up" ? POLL_LINKED : POLL_ALONE);
  ask();
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
addEventListener("online", ask);
for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, unlockSound, { once: true });
room.addEventListener("click", (event) => {
  const button = event.target.closest("[data-alert]");
  if (button) wantAlerts(button);
});

prepare();
pollEvery(POLL_ALONE);
