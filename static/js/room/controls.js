// The buttons: each says what it does (data-act), its look and its words follow what is on.
export class Controls {
  // acts: name → function; a name that is absent does nothing
  constructor(root, acts) {
    this.root = root;
    this.bar = root.querySelector("[data-bar]");
    this.words = root.querySelector("[data-words]").dataset;
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (button) acts[button.dataset.act]?.();
    });
    root.addEventListener("change", (event) => {
      if (event.target.dataset.device) acts.device(event.target.dataset.device, event.target.value);
    });
    addEventListener("keydown", (event) => this.key(event, acts));
    if (!navigator.mediaDevices?.getDisplayMedia) this.button("screen").hidden = true; // phones have none
  }

  key(event, acts) {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (this.root.hidden || this.bar.hidden || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") acts.escape();
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.key === "m") acts.mic();
    if (event.key === "v") acts.camera();
  }

  button(act) {
    return this.bar.querySelector(`[data-act=${act}]`);
  }

  show({ mic, camera, screen }) {
    this.press("mic", !mic, mic ? this.words.mute : this.words.unmute);
    this.press("camera", !camera, camera ? this.words.cameraOff : this.words.cameraOn);
    this.press("screen", screen, screen ? this.words.screenOff : this.words.screenOn);
  }

  press(act, isOff, label) {
    const button = this.button(act);
    button.classList.toggle("is-off", isOff);
    button.querySelector("[data-label]").textContent = label;
  }

  // Names of devices are known only once one of them is in use.
  async listDevices(tracks) {
    const found = await navigator.mediaDevices.enumerateDevices();
    for (const select of this.root.querySelectorAll("select[data-device]")) {
      const kind = select.dataset.device;
      const options = found.filter((each) => each.kind === kind && each.deviceId);
      const current = tracks[kind === "videoinput" ? "video" : "audio"]?.getSettings().deviceId;
      select.replaceChildren(...options.map((each, index) => option(each, index, kind === "audiooutput" ? select.value : current)));
      const useless = kind === "audiooutput" && !("setSinkId" in HTMLMediaElement.prototype);
      select.closest("[data-choice]").hidden = useless || options.length < 1;
    }
  }
}

function option(device, index, current) {
  const label = device.label || String(index + 1);
  return new Option(label, device.deviceId, false, device.deviceId === current);
}
