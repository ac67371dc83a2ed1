// This side's camera, microphone and screen. Nothing is asked for before start().
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const PICTURE = { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 24, max: 30 }, facingMode: "user" };
const CAUSES = { NotAllowedError: "blocked", SecurityError: "blocked", NotFoundError: "absent", OverconstrainedError: "absent" };

export const isSupported = () => Boolean(globalThis.RTCPeerConnection && navigator.mediaDevices?.getUserMedia);

export class LocalMedia {
  // onChange(): what is sent or shown changed; onTrack(kind, track): another track goes out
  constructor({ onChange, onTrack }) {
    Object.assign(this, { onChange, onTrack });
    this.stream = new MediaStream(); // names what belongs together; the other side keeps lips and sound in step by it
    this.tracks = { audio: null, video: null };
    this.screen = null;
    this.isMuted = false;
    this.devices = {};
    this.problems = { audio: "", video: "" };
    navigator.mediaDevices.addEventListener?.("devicechange", () => this.onChange());
  }

  get isOn() {
    return { mic: Boolean(this.tracks.audio) && !this.isMuted, camera: Boolean(this.tracks.video), screen: Boolean(this.screen) };
  }

  track(kind) {
    return (kind === "video" && this.screen) || this.tracks[kind];
  }

  async start({ video = true } = {}) {
    const kinds = video ? ["audio", "video"] : ["audio"];
    try {
      this.take(await this.ask(kinds)); // one question for both
    } catch {
      for (const kind of kinds) await this.startOne(kind);
    }
    this.onChange();
  }

  async startOne(kind) {
    try {
      this.take(await this.ask([kind]));
    } catch (error) {
      this.problems[kind] = CAUSES[error.name] ?? "busy";
    }
  }

  ask(kinds) {
    const wanted = { audio: SOUND, video: PICTURE };
    const chosen = (kind) => {
      const id = this.devices[kind];
      return id ? { ...wanted[kind], facingMode: undefined, deviceId: { exact: id } } : wanted[kind];
    };
    return navigator.mediaDevices.getUserMedia(Object.fromEntries(kinds.map((kind) => [kind, chosen(kind)])));
  }

  take(stream) {
    for (const track of stream.getTracks()) this.use(track.kind, track);
  }

  use(kind, track) {
    this.tracks[kind]?.stop();
    this.tracks[kind] = track;
    this.problems[kind] = "";
    if (kind === "audio") track.enabled = !this.isMuted;
    track.onended = () => { if (this.tracks[kind] === track) this.drop(kind, "absent"); }; // unplugged
    this.onTrack(kind, this.track(kind));
  }

  drop(kind, problem = "") {
    this.tracks[kind]?.stop();
    this.tracks[kind] = null;
    this.problems[kind] = problem;
    this.onTrack(kind, this.track(kind));
    this.onChange();
  }

  async toggleMic() {
    if (!this.tracks.audio) await this.startOne("audio");
    else {
      this.isMuted = !this.isMuted;
      this.tracks.audio.enabled = !this.isMuted;
    }
    this.onChange();
  }

  // Off means off: the camera's light goes out.
  async toggleCamera() {
    if (this.tracks.video) { this.drop("video"); return; }
    await this.startOne("video");
    this.onChange();
  }

  async choose(kind, id) {
    this.devices[kind] = id;
    if (this.tracks[kind]) { await this.startOne(kind); this.onChange(); }
  }

  async toggleScreen() {
    if (this.screen) { this.endScreen(); return; }
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } } });
      [this.screen] = stream.getVideoTracks();
    } catch { return; } // the person changed their mind
    this.screen.contentHint = "detail";
    this.screen.onended = () => this.endScreen();
    this.onTrack("video", this.screen);
    this.onChange();
  }

  endScreen() {
    this.screen?.stop();
    this.screen = null;
    this.onTrack("video", this.tracks.video);
    this.onChange();
  }

  stop() {
    for (const track of [this.tracks.audio, this.tracks.video, this.screen]) track?.stop();
    this.tracks = { audio: null, video: null };
    this.screen = null;
    this.problems = { audio: "", video: "" };
    this.onChange();
  }
}
