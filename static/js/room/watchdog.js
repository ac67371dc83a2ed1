// Mends a connection by time, not by its state alone: a browser may never say "failed".
const CONNECTS_WITHIN = 8000;
const RESTART_AFTER = 3000;
const LATER_TRIES = 15000;

export class Watchdog {
  // hooks: isLinked(), hasRelay(), onTrouble(peer)
  constructor(peer, hooks) {
    Object.assign(this, { peer, hooks });
    this.resets = 0;
    this.timer = setInterval(() => this.look(performance.now()), 500);
    this.built();
  }

  // From now on the new connection has its time.
  built() {
    this.since = performance.now();
    this.restartedAt = 0;
  }

  look(now) {
    const { peer } = this;
    if (peer.state === "connected") {
      this.resets = 0;
      this.since = now;
      this.restartedAt = 0;
      return;
    }
    if (!this.hooks.isLinked() || !peer.isHere) { this.since = now; return; } // nothing can be told to the other side
    if (peer.wasUp && !this.restartedAt) {
      if (peer.state === "failed" || now - this.since > RESTART_AFTER) { this.restartedAt = now; peer.restart(); }
      return;
    }
    if (now - (this.restartedAt || this.since) > (this.resets < 3 ? CONNECTS_WITHIN : LATER_TRIES)) this.reset(now);
  }

  reset(now) {
    this.resets += 1;
    this.since = now;
    this.restartedAt = 0;
    if (this.resets === 2) this.peer.relayOnly = this.hooks.hasRelay();
    if (this.resets === 3) this.hooks.onTrouble(this.peer);
    this.peer.reset();
  }

  stop() {
    clearInterval(this.timer);
  }
}
