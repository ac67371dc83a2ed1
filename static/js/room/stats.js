// How good the line is: looked at every two seconds, reported every ten. Counters of a rebuilt connection begin anew,
// so only differences within one connection count; what a browser does not tell is null.
const LOOK_EVERY = 2000;
const LOOKS = 5;

export class Stats {
  // peer(): the connection that matters; send(report)
  constructor({ peer, send }) {
    Object.assign(this, { peer, send });
    this.timer = setInterval(() => this.look(), LOOK_EVERY);
    this.forget();
  }

  forget() {
    this.first = null;
    this.last = null;
    this.rtts = [];
    this.looks = 0;
  }

  stop() {
    clearInterval(this.timer);
  }

  async look() {
    const peer = this.peer();
    if (peer?.state !== "connected") { this.forget(); return; }
    const { pc } = peer;
    if (pc !== this.pc) { this.forget(); this.pc = pc; }
    const seen = read(await pc.getStats());
    if (seen.rtt !== null) this.rtts.push(seen.rtt);
    if (!this.first) { this.first = seen; return; }
    this.last = seen;
    this.looks += 1;
    if (this.looks < LOOKS) return;
    this.send(report(this.first, this.last, this.rtts, peer.remote.camera || peer.remote.screen));
    this.forget();
    this.first = seen;
  }
}

// The figures of one moment; counters since the connection began.
function read(reports) {
  const all = [...reports.values()];
  const inbound = (kind) => all.find((each) => each.type === "inbound-rtp" && each.kind === kind) ?? {};
  const transport = all.find((each) => each.type === "transport" && each.selectedCandidatePairId);
  const pair = reports.get(transport?.selectedCandidatePairId)
    ?? all.find((each) => each.type === "candidate-pair" && each.nominated && each.state === "succeeded") ?? {};
  return {
    at: performance.now(), audio: inbound("audio"), video: inbound("video"),
    rtt: pair.currentRoundTripTime ?? null, up: pair.availableOutgoingBitrate ?? null,
    path: reports.get(pair.localCandidateId)?.candidateType ?? null,
  };
}

function report(first, last, rtts, hasPicture) {
  const gain = (kind, name) => difference(first[kind][name], last[kind][name]);
  const lost = gain("audio", "packetsLost");
  const received = gain("audio", "packetsReceived");
  const seconds = (last.at - first.at) / 1000;
  return {
    type: "stats",
    rtt_ms: times(rtts.length ? rtts.reduce((sum, each) => sum + each) / rtts.length : null, 1000),
    loss_percent: times(share(lost, lost === null || received === null ? null : lost + received), 100),
    concealed_percent: times(share(gain("audio", "concealedSamples"), gain("audio", "totalSamplesReceived")), 100),
    jitter_ms: times(last.audio.jitter ?? null, 1000),
    buffer_ms: times(share(gain("audio", "jitterBufferDelay"), gain("audio", "jitterBufferEmittedCount")), 1000),
    fps: hasPicture ? times(share(gain("video", "framesDecoded"), seconds), 1) : null,
    freeze_seconds: hasPicture ? gain("video", "totalFreezesDuration") : null,
    up_kbps: times(last.up, 0.001),
    path: last.path,
  };
}

const difference = (before, after) => (before === undefined || after === undefined ? null : Math.max(0, after - before));
const share = (part, whole) => (part === null || !whole ? null : part / whole);
const times = (value, factor) => (value === null ? null : Math.round(value * factor * 100) / 100);
