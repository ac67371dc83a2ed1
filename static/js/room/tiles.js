// What is seen: one tile a person, and oneself small.
export class Tiles {
  constructor(root) {
    this.place = root.querySelector("[data-tiles]");
    this.template = root.querySelector("template[data-tile]");
    this.self = root.querySelector("[data-self]");
    this.hear = root.querySelector("[data-hear]");
    this.words = root.querySelector("[data-words]").dataset;
    this.all = new Map();
    this.hear.addEventListener("click", () => this.playAll());
  }

  of(peer) {
    if (!this.all.has(peer.pid)) {
      const tile = this.template.content.firstElementChild.cloneNode(true);
      tile.dataset.pid = peer.pid;
      tile.dataset.role = peer.role;
      tile.querySelector("[data-name]").textContent = peer.name || this.words[`role${capital(peer.role)}`];
      this.all.set(peer.pid, tile);
      this.place.append(tile);
      this.count();
    }
    return this.all.get(peer.pid);
  }

  attach(peer) {
    const video = this.of(peer).querySelector("video");
    video.srcObject = peer.stream;
    if (this.sink) video.setSinkId?.(this.sink).catch(() => {});
    this.play(video);
  }

  // A browser may refuse sound before the person touched the page.
  play(video) {
    video.play().catch((error) => { if (error.name === "NotAllowedError") this.hear.hidden = false; });
  }

  playAll() {
    this.hear.hidden = true;
    for (const tile of this.all.values()) this.play(tile.querySelector("video"));
  }

  show(peer) {
    const tile = this.of(peer);
    const { camera, mic, screen } = peer.remote;
    tile.classList.toggle("is-dark", !camera && !screen);
    tile.classList.toggle("is-screen", Boolean(screen));
    tile.querySelector("[data-muted]").hidden = mic;
    const waits = peer.state !== "connected";
    tile.classList.toggle("is-waiting", waits);
    tile.querySelector("[data-reaching]").hidden = !waits;
  }

  drop(pid) {
    const tile = this.all.get(pid);
    if (!tile) return;
    tile.querySelector("video").srcObject = null;
    tile.remove();
    this.all.delete(pid);
    this.count();
  }

  count() {
    this.place.dataset.count = this.all.size;
  }

  useSpeaker(id) {
    this.sink = id;
    for (const tile of this.all.values()) tile.querySelector("video").setSinkId?.(id).catch(() => {});
  }

  showSelf(media) {
    const video = this.self.querySelector("video");
    const track = media.track("video");
    const shown = video.srcObject?.getVideoTracks()[0] ?? null;
    if (track !== shown) video.srcObject = track ? new MediaStream([track]) : null;
    if (track) video.play().catch(() => {});
    this.self.classList.toggle("is-dark", !track);
    this.self.classList.toggle("is-screen", media.isOn.screen);
  }
}

const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);
