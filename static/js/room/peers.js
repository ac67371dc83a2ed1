// One connection to one other person. One side always makes the offers (the server says which), so offers never cross:
// when both may offer, some calls connect with a black picture and nothing cures them.
const GATHER_FOR = 50; // ms: candidates travel together
const JUST_BUILT = 3000;

export class Peer {
  // hooks: send(message), ice(), media (LocalMedia), onStream(peer), onState(peer), onBuild(peer)
  constructor(meeting, hooks) {
    const { pid, role, name, page, offerer, media } = meeting;
    Object.assign(this, { pid, role, name, page, offerer, remote: media, hooks });
    this.isHere = true;
    this.relayOnly = false;
    this.epoch = 0; // of the connection; a rebuilt one has a higher one, and signals of older ones are dropped
    this.metAt = performance.now();
    this.chain = Promise.resolve();
    this.stream = new MediaStream();
  }

  get state() {
    return this.pc?.connectionState ?? "new";
  }

  build(epoch = Math.max(Date.now(), this.epoch + 1)) {
    this.close();
    this.epoch = epoch;
    this.builtAt = performance.now();
    this.wasUp = false;
    this.stream = new MediaStream();
    const iceTransportPolicy = this.relayOnly ? "relay" : "all";
    const pc = this.pc = new RTCPeerConnection({ iceServers: this.hooks.ice(), iceTransportPolicy });
    this.listen(pc);
    // Both kinds always, with or without a camera: what is switched on later replaces a track and needs no new offer.
    if (this.offerer) {
      for (const kind of ["audio", "video"]) {
        const transceiver = pc.addTransceiver(kind, { direction: "sendrecv", streams: [this.hooks.media.stream] });
        transceiver.sender.replaceTrack(this.hooks.media.track(kind));
      }
    }
    this.hooks.onBuild(this);
  }

  listen(pc) {
    const mine = (act) => (event) => { if (pc === this.pc) act(event); };
    pc.ontrack = mine((event) => { this.stream.addTrack(event.track); this.hooks.onStream(this); });
    pc.onicecandidate = mine((event) => { if (event.candidate) this.gather(event.candidate); });
    pc.onconnectionstatechange = mine(() => {
      if (pc.connectionState === "connected") this.wasUp = true;
      this.hooks.onState(this);
    });
    pc.onnegotiationneeded = mine(() => { if (this.offerer) this.inTurn(() => this.describe(pc)); });
  }

  inTurn(step) {
    this.chain = this.chain.then(step).catch(() => {}); // a fault shows as "not connected", and time mends it
    return this.chain;
  }

  async describe(pc) {
    await pc.setLocalDescription();
    if (pc !== this.pc) return;
    this.signal({ description: pc.localDescription });
    this.described = true;
    this.sendGathered();
  }

  gather(candidate) {
    (this.gathered ??= []).push(candidate);
    this.gathering ??= setTimeout(() => this.sendGathered(), GATHER_FOR);
  }

  sendGathered() {
    clearTimeout(this.gathering);
    this.gathering = null;
    if (this.described && this.gathered?.length) this.signal({ candidates: this.gathered.splice(0) });
  }

  signal(what) {
    this.hooks.send({ type: "sig", to: this.pid, epoch: this.epoch, ...what });
  }

  receive(signal) {
    this.inTurn(() => this.handle(signal));
  }

  async handle(signal) {
    const { epoch, description, candidates } = signal;
    if (signal.need_reset) {
      if (this.offerer && performance.now() - (this.builtAt ?? 0) > JUST_BUILT) this.build();
      return;
    }
    if (epoch < this.epoch) return;
    if (signal.need_restart) { if (this.offerer) this.pc?.restartIce(); return; }
    if (description?.type === "offer" && !this.offerer) await this.answer(epoch, description);
    else if (description && epoch === this.epoch && this.pc?.signalingState === "have-local-offer") {
      await this.pc.setRemoteDescription(description);
    }
    if (candidates && epoch === this.epoch) await this.add(candidates);
  }

  async answer(epoch, description) {
    if (epoch > this.epoch || !this.pc) this.build(epoch);
    const pc = this.pc;
    await pc.setRemoteDescription(description);
    for (const transceiver of pc.getTransceivers()) {
      transceiver.direction = "sendrecv";
      transceiver.sender.setStreams?.(this.hooks.media.stream);
      await transceiver.sender.replaceTrack(this.hooks.media.track(transceiver.receiver.track.kind));
    }
    await this.describe(pc);
  }

  async add(candidates) {
    for (const candidate of candidates) {
      try { await this.pc.addIceCandidate(candidate); } catch { /* of a description that was rolled back */ }
    }
  }

  async replace(kind, track) {
    const found = this.pc?.getTransceivers().find((each) => each.receiver.track.kind === kind);
    await found?.sender.replaceTrack(track);
  }

  restart() {
    if (this.offerer) this.pc?.restartIce();
    else this.signal({ need_restart: true });
  }

  reset() {
    if (this.offerer) this.build();
    else this.signal({ need_reset: true });
  }

  // The page of the other side is the same as before, or was loaded anew: then its old connection is dead.
  meetAgain(meeting) {
    const isNew = meeting.page !== this.page;
    Object.assign(this, { page: meeting.page, remote: meeting.media, isHere: true, metAt: performance.now() });
    if (isNew) {
      this.close();
      this.epoch = this.offerer ? this.epoch : 0; // its clock may be behind the old one's
      this.relayOnly = false;
      if (this.offerer) this.build();
    } else if (this.state !== "connected") {
      if (this.wasUp) this.restart();
      else this.reset();
    }
  }

  close() {
    clearTimeout(this.gathering);
    this.gathering = null;
    this.gathered = [];
    this.described = false;
    this.pc?.close();
    this.pc = null;
  }
}
