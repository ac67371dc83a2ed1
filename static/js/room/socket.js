// The room's socket: comes back by itself, and never speaks faster than the server allows.
const FIRST_WAIT = 250;
const LONGEST_WAIT = 8000;
const BEAT_EVERY = 15000;
const SILENT_FOR = 40000; // the server says something every 15 seconds
const AT_ONCE = 12; // of the 20 messages a second that the server takes
const REFILL_EVERY = 80;
const FINAL = new Set([4401, 4403, 4409, 4410]);

export class RoomSocket {
  constructor(path, { onMessage, onDown, onBye }) {
    Object.assign(this, { path, onMessage, onDown, onBye });
    this.page = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    this.unsent = []; // chat lines said while the socket was down
    this.waiting = [];
    this.tokens = AT_ONCE;
    this.wait = FIRST_WAIT;
    setInterval(() => this.beat(), BEAT_EVERY);
    setInterval(() => this.refill(), REFILL_EVERY);
    addEventListener("online", () => this.check());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.check(); });
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  open() {
    clearTimeout(this.again);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = this.socket = new WebSocket(`${scheme}//${location.host}${this.path}`);
    this.waiting = [];
    socket.addEventListener("open", () => this.send({ type: "hello", v: 1, page: this.page }));
    socket.addEventListener("message", (event) => { if (socket === this.socket) this.hear(event); });
    socket.addEventListener("close", (event) => { if (socket === this.socket) this.closed(event.code); });
  }

  hear(event) {
    const message = JSON.parse(event.data);
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.reopen(), SILENT_FOR);
    if (message.type === "welcome") this.wait = FIRST_WAIT;
    if (message.type === "ping") this.beat(); // timers of a page in the background are too slow; messages are not
    this.onMessage(message);
    if (message.type === "welcome") for (const said of this.unsent.splice(0)) this.send(said);
  }

  closed(code) {
    clearTimeout(this.silence);
    this.onDown();
    if (FINAL.has(code)) { this.final = true; this.onBye(code); return; }
    this.again = setTimeout(() => this.open(), this.wait * (0.5 + Math.random()));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  reopen() {
    if (this.final) return;
    const old = this.socket;
    this.socket = null;
    old?.close();
    this.onDown();
    this.open();
  }

  // The network came back or the page did: an open socket may be dead and not know it.
  check() {
    if (this.final || !this.socket) return;
    if (!this.isOpen) { if (this.socket.readyState === WebSocket.CLOSED) { this.wait = FIRST_WAIT; this.open(); } return; }
    this.beat();
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.reopen(), 5000);
  }

  beat() {
    if (this.isOpen) this.send({ type: "beat" });
  }

  // A signal that can't be sent now is dropped: after the socket is back both sides look at what stands, and mend it.
  send(message) {
    if (!this.isOpen) { if (message.type === "chat") this.unsent.push(message); return; }
    this.waiting.push(message);
    this.flush();
  }

  flush() {
    while (this.waiting.length && this.tokens > 0 && this.isOpen) {
      this.tokens -= 1;
      this.socket.send(JSON.stringify(this.waiting.shift()));
    }
  }

  refill() {
    this.tokens = Math.min(AT_ONCE, this.tokens + 1);
    this.flush();
  }
}
