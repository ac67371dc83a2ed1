// The call of a visit: the server says when it may begin and who is in it, and what the browsers tell each other passes
// through its socket. The page hears what stands: `room:state` (the whole picture) and `room:link` ("up" or "down").
import { Chat } from "./chat.js";
import { Controls } from "./controls.js";
import { LocalMedia, isSupported } from "./media.js";
import { Peer } from "./peers.js";
import { RoomSocket } from "./socket.js";
import { Stats } from "./stats.js";
import { Tiles } from "./tiles.js";
import { Watchdog } from "./watchdog.js";

const PANELS = { 4401: "seat", 4403: "seat", 4409: "elsewhere", 4410: "over" };

class Call {
  constructor(root) {
    this.root = root;
    this.words = root.querySelector("[data-words]").dataset;
    this.status = root.querySelector("[data-status]");
    this.peers = new Map();
    this.phase = "away"; // away (not admitted) → ready (a button away) → joining → in
    this.isLinked = false;
    this.ice = [];
    this.socket = new RoomSocket(root.dataset.socket, {
      onMessage: (message) => this.hear(message),
      onDown: () => this.linked(false),
      onBye: (code) => this.bye(code),
    });
    if (isSupported()) this.prepare();
    else this.panel("unsupported");
    this.socket.open();
  }

  prepare() {
    this.tiles = new Tiles(this.root);
    this.chat = new Chat(this.root, (message) => this.socket.send(message));
    this.media = new LocalMedia({
      onChange: () => this.mediaChanged(),
      onTrack: (kind, track) => { for (const { peer } of this.peers.values()) peer.replace(kind, track); },
    });
    this.controls = new Controls(this.root, this.acts());
    this.stats = new Stats({ peer: () => this.mainPeer(), send: (report) => this.socket.send(report) });
    addEventListener("online", () => this.restartAll());
    navigator.connection?.addEventListener?.("change", () => this.restartAll());
  }

  acts() {
    return {
      mic: () => this.media.toggleMic(),
      camera: () => this.media.toggleCamera(),
      screen: () => this.media.toggleScreen(),
      chat: () => this.chat.toggle(),
      escape: () => { if (!this.chat.box.hidden) this.chat.toggle(false); },
      leave: () => this.leave(),
      join: () => this.join(),
      here: () => location.reload(),
      rejoin: () => this.rejoin(),
      sound: () => { this.closeDialogs(); if (this.media.tracks.video) this.media.toggleCamera(); },
      again: () => { this.closeDialogs(); this.media.start(); },
      device: (kind, id) => this.device(kind, id),
    };
  }

  // What the server says

  hear(message) {
    const handlers = {
      welcome: () => { this.me = message.you.pid; this.state(message); this.linked(true); },
      state: () => this.state(message),
      meet: () => this.meet(message),
      gone: () => this.gone(message),
      sig: () => this.signal(message),
      media: () => this.remoteMedia(message),
      chat: () => this.chat?.take(message.lines, this.me),
      ice: () => this.renew(message.media.ice),
      ping: () => { if (this.phase === "in") this.tellMedia("media"); },
      quality: () => this.quality(message),
      full: () => { this.leave(); this.panel("full"); },
    };
    handlers[message.type]?.();
  }

  state(message) {
    const { media, chat, you, type, v, seq, ...snapshot } = message;
    document.dispatchEvent(new CustomEvent("room:state", { detail: snapshot }));
    if (!this.media) return;
    if (media) this.renew(media.ice);
    if (!snapshot.admitted) this.end();
    else if (this.phase === "away") this.admitted();
    else if (this.phase === "in" && type === "welcome") this.tellMedia("join");
    if (chat) this.chat.take(chat, this.me);
    this.sessionState = snapshot.state;
    this.describe();
  }

  linked(isUp) {
    if (isUp === this.isLinked) return;
    this.isLinked = isUp;
    document.dispatchEvent(new CustomEvent("room:link", { detail: isUp ? "up" : "down" }));
    this.describe();
  }

  bye(code) {
    this.end();
    this.panel(PANELS[code]);
  }

  // In and out

  admitted() {
    this.root.hidden = false;
    if (this.root.dataset.joinsAlone === "true") this.join();
    else { this.phase = "ready"; this.panel("join"); }
  }

  async join() {
    this.phase = "joining";
    this.panel("");
    await this.media.start();
    if (this.phase !== "joining") { this.media.stop(); return; } // hung up, or put on hold, while the question stood
    this.phase = "in";
    this.tellMedia("join");
    this.controls.listDevices(this.media.tracks);
    this.describe();
  }

  leave() {
    this.socket.send({ type: "leave" });
    this.hangUp();
    this.phase = "ready";
    this.panel("left");
  }

  rejoin() {
    this.closeDialogs();
    this.socket.send({ type: "leave" });
    this.hangUp();
    this.join();
  }

  end() {
    if (!this.media) return;
    this.hangUp();
    this.chat.clear();
    this.phase = "away";
    this.root.hidden = true;
  }

  hangUp() {
    this.phase = "ready";
    for (const pid of [...this.peers.keys()]) this.drop(pid);
    this.media.stop();
    this.closeDialogs();
  }

  // The others

  meet(meeting) {
    if (this.phase !== "in") return;
    const known = this.peers.get(meeting.pid);
    if (known) known.peer.meetAgain(meeting);
    else this.connect(meeting);
    this.tiles.show(this.peers.get(meeting.pid).peer);
    this.tellMedia("media");
    this.describe();
  }

  connect(meeting) {
    const peer = new Peer(meeting, {
      send: (message) => this.socket.send(message),
      ice: () => this.ice,
      media: this.media,
      onStream: () => this.tiles.attach(peer),
      onState: () => this.peerChanged(peer),
      onBuild: () => this.peers.get(peer.pid)?.watchdog.built(),
    });
    const watchdog = new Watchdog(peer, {
      isLinked: () => this.isLinked,
      hasRelay: () => this.ice.some((each) => [each.urls].flat().some((url) => url.startsWith("turn"))),
      onTrouble: () => this.offerPhone(),
    });
    this.peers.set(peer.pid, { peer, watchdog });
    if (peer.offerer) peer.build();
  }

  peerChanged(peer) {
    this.tiles.show(peer);
    this.tellMedia("media");
    this.describe();
  }

  signal(message) {
    const known = this.peers.get(message.from)?.peer;
    if (known && known.page === message.page) known.receive(message);
  }

  gone({ pid, reason }) {
    const known = this.peers.get(pid)?.peer;
    if (!known) return;
    if (reason === "socket") known.isHere = false; // sound and picture may well go on
    else this.drop(pid);
    this.tellMedia("media");
    this.describe();
  }

  drop(pid) {
    const { peer, watchdog } = this.peers.get(pid);
    watchdog.stop();
    peer.close();
    this.peers.delete(pid);
    this.tiles.drop(pid);
  }

  remoteMedia(message) {
    const known = this.peers.get(message.from)?.peer;
    if (known) { known.remote = message.media; this.tiles.show(known); }
  }

  renew(ice) {
    this.ice = ice;
    for (const { peer } of this.peers.values()) {
      if (peer.pc) peer.pc.setConfiguration({ ...peer.pc.getConfiguration(), iceServers: ice });
    }
  }

  restartAll() {
    for (const { peer } of this.peers.values()) if (peer.wasUp && peer.isHere) peer.restart();
  }

  // The one whose line is judged: the provider for a patient, the patient for staff, else the first that stands.
  mainPeer() {
    const peers = [...this.peers.values()].map((each) => each.peer).filter((each) => each.state === "connected");
    return peers.find((each) => each.role === (this.root.dataset.role === "patient" ? "provider" : "patient")) ?? peers[0];
  }

  // What this side says and shows

  tellMedia(type) {
    if (this.phase !== "in") return;
    const connected = [...this.peers.values()].filter(({ peer }) => peer.state === "connected").map(({ peer }) => peer.pid);
    this.socket.send({ type, ...this.media.isOn, connected });
  }

  mediaChanged() {
    this.tiles.showSelf(this.media);
    this.controls.show(this.media.isOn);
    const { audio, video } = this.media.problems;
    const code = audio ? `mic_${audio}` : video ? `camera_${video}` : "";
    const place = this.root.querySelector("[data-problem]");
    place.hidden = !code;
    for (const each of place.querySelectorAll("[data-code]")) each.hidden = each.dataset.code !== code;
    this.tellMedia("media");
    if (this.phase === "in") this.controls.listDevices(this.media.tracks);
  }

  device(kind, id) {
    if (kind === "audiooutput") this.tiles.useSpeaker(id);
    else this.media.choose(kind === "videoinput" ? "video" : "audio", id);
  }

  quality({ level, tip }) {
    const place = this.root.querySelector("[data-tip]");
    place.dataset.level = level;
    place.textContent = tip;
    place.hidden = !tip;
  }

  offerPhone() {
    this.root.querySelector("[data-phone-offer]").hidden = false;
  }

  describe() {
    if (this.phase !== "in" && this.phase !== "joining") return;
    const states = [...this.peers.values()].map(({ peer }) => peer.state);
    const isUp = states.includes("connected");
    const { alone, connecting, reconnecting, connected, noLink } = this.words;
    if (isUp) this.root.querySelector("[data-phone-offer]").hidden = true;
    const wasUp = [...this.peers.values()].some(({ peer }) => peer.wasUp);
    const words = !states.length ? alone : isUp ? (this.isLinked ? connected : noLink) : wasUp ? reconnecting : connecting;
    this.root.dataset.call = !states.length ? "alone" : isUp ? "connected" : wasUp ? "reconnecting" : "connecting";
    if (this.status.textContent !== words) this.status.textContent = words;
  }

  // One of the designed messages instead of the stage; "" shows the stage.
  panel(name) {
    for (const each of this.root.querySelectorAll("[data-panel]")) each.hidden = each.dataset.panel !== name;
    this.root.querySelector("[data-stage]").hidden = Boolean(name);
    this.root.querySelector("[data-bar]").hidden = Boolean(name);
    if (!name) return;
    this.root.hidden = name === "over";
    delete this.root.dataset.call;
    const shown = this.root.querySelector(`[data-panel="${name}"]`);
    document.dispatchEvent(new CustomEvent("announce", { detail: shown?.querySelector("h2")?.textContent ?? "" }));
  }

  closeDialogs() {
    for (const each of this.root.querySelectorAll("dialog[open]")) each.close();
  }
}

const root = document.querySelector("[data-call-room]");
if (root) new Call(root);
