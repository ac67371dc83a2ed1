// The test of a device before a video visit: one step after the other, then the form that tells the clinic.
import { close, offer, open } from "./media.js";
import { measure } from "./network.js";
import { listen, tone } from "./sound.js";
import { Step } from "./step.js";
import { canCall, describe } from "./system.js";

const root = document.querySelector("[data-device-test]");
const form = root.querySelector("form[data-report]");
const about = describe(navigator.userAgent, navigator.maxTouchPoints);
const VOICE_LIMIT = 12000; // ms
let sent = false;
let told = false;

const note = (name, value) => { form.elements[name].value = value ?? ""; };

function send() {
  sent = true;
  form.submit();
}

const broken = () => form.elements.works_in_browser.value === ""
  || ["camera", "microphone"].some((name) => ["blocked", "none", "busy"].includes(form.elements[name].value));

// Whoever gives up with something broken is called by the clinic; whoever just leaves is not. A phone that is put away
// says no more than "hidden"; whoever comes back and passes takes the call off the clinic's list again.
function giveUp() {
  if (sent || told || !broken()) return;
  told = true;
  navigator.sendBeacon(form.action, new FormData(form));
}
addEventListener("pagehide", giveUp);
document.addEventListener("visibilitychange", () => { if (document.hidden) giveUp(); });

async function browser() {
  const step = new Step("browser");
  step.begin();
  if (canCall() && !about.inApp) return step.end("ok");
  step.say(about.inApp ? "in-app" : "old");
  step.show("stuck");
  step.find('[data-do="on"]').hidden = !canCall();
  step.find('[data-do="tell"]').hidden = canCall();
  if (!canCall()) note("works_in_browser", "");
  if ((await step.pressed()) === "tell") return send();
  return step.end("ok");
}

// Opens a camera or microphone until it works or the person goes on without; answers the stream or null.
async function take(step, kind, name, deviceId = "") {
  for (;;) {
    step.show("wait");
    const { stream, wrong } = await open(kind, deviceId);
    if (stream) return stream;
    note(name, wrong);
    step.say(wrong);
    step.show("stuck");
    step.find("[data-help]").hidden = wrong !== "blocked";
    if ((await step.pressed()) === "on") {
      step.end(wrong);
      return null;
    }
  }
}

async function camera() {
  const step = new Step("camera");
  step.begin();
  const list = step.find("select");
  for (let chosen = ""; ;) {
    const stream = await take(step, "video", "camera", chosen);
    if (!stream) return;
    step.find("video").srcObject = stream;
    await offer(list, "video", stream);
    note("camera", "ok");
    step.say("see");
    step.show("work");
    const what = await step.pressed();
    close(stream);
    if (what === "next") return step.end("ok");
    chosen = list.value;
  }
}

async function microphone() {
  const step = new Step("microphone");
  step.begin();
  const list = step.find("select");
  const meter = step.find("meter");
  for (let chosen = ""; ;) {
    const stream = await take(step, "audio", "microphone", chosen);
    if (!stream) return;
    await offer(list, "audio", stream);
    step.say("speak");
    step.show("work");
    step.find("[data-silent]").hidden = true;
    const ear = listen(stream, (level) => { meter.value = level; }, VOICE_LIMIT);
    const heard = await Promise.race([ear.heard, step.pressed()]);
    const what = heard === false ? await deaf(step) : heard;
    ear.stop();
    close(stream);
    if (what === true || what === "on") {
      note("microphone", what === true ? "ok" : "silent");
      return step.end(what === true ? "ok" : "silent");
    }
    chosen = list.value;
  }
}

function deaf(step) {
  step.say("silent");
  step.find("[data-silent]").hidden = false;
  return step.pressed();
}

async function speaker() {
  const step = new Step("speaker");
  step.begin();
  step.show("work");
  for (let refused = 0; ;) {
    const what = await step.pressed();
    if (what === "yes") break;
    if (what === "no") {
      refused += 1;
      if (refused === 2) return finish(step, "speaker", "no");
      step.say("louder");
    } else {
      await tone();
      step.find("[data-asked]").hidden = false;
    }
  }
  return finish(step, "speaker", "ok");
}

function finish(step, name, value) {
  note(name, value);
  step.end(value);
}

async function network() {
  const step = new Step("network");
  step.begin();
  step.show("work");
  const { ping, down, up } = root.dataset;
  const figures = await measure({ ping, down, up, token: form.elements.csrfmiddlewaretoken.value });
  for (const [name, value] of Object.entries(figures)) note(name, value);
  step.end(figures.rtt_ms === null && figures.up_kbps === null ? "unknown" : "ok");
}

for (const each of root.querySelectorAll("[data-for]")) each.hidden = !about.help.includes(each.dataset.for);
note("browser", about.browser);
note("system", about.system);
document.querySelector("[data-without-script]").hidden = true;
root.hidden = false;

root.querySelector("[data-start]").addEventListener("click", async (event) => {
  event.currentTarget.closest("[data-intro]").hidden = true;
  root.querySelector("[data-steps]").hidden = false;
  for (const step of [browser, camera, microphone, speaker, network]) await step();
  send();
}, { once: true });
