// Keeps a page up to date: a socket says which subjects changed, the page asks for them by itself.
// While the socket is down the page asks for everything every 30 seconds, and says since when it is alone.
const QUIET_FOR = 45000; // two heartbeats and a half
const POLL_EVERY = 30000;
const SIGNED_OUT = new Set([4401, 4403]);

export function startLive({ path, onChange, onAll }) {
  const box = document.querySelector("[data-live]");
  let socket = null;
  let tries = 0;
  let silence = 0;
  let poll = 0;
  let wasDown = false;
  let lastAt = new Date();

  const clock = () => lastAt.toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });

  function show(state) {
    if (!box || box.dataset.state === state) return;
    box.dataset.state = state;
    box.textContent = state === "up" ? box.dataset.upText : box.dataset.downText.replace("{time}", clock());
  }

  function heard() {
    lastAt = new Date();
    clearTimeout(silence);
    silence = setTimeout(() => socket?.close(), QUIET_FOR);
  }

  async function ask() {
    if (await onAll()) lastAt = new Date();
  }

  function up() {
    tries = 0;
    clearInterval(poll);
    show("up");
    if (wasDown) ask();
    wasDown = false;
  }

  function down(event) {
    clearTimeout(silence);
    if (!wasDown) poll = setInterval(ask, POLL_EVERY);
    wasDown = true;
    show("down");
    if (SIGNED_OUT.has(event.code)) { clearInterval(poll); return; }
    tries += 1;
    setTimeout(connect, Math.min(1000 * 2 ** Math.min(tries, 5), 30000) * (0.5 + Math.random() / 2));
  }

  function connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(`${scheme}//${location.host}${path}`);
    let greeted = false;
    socket.addEventListener("message", (event) => {
      const news = JSON.parse(event.data);
      heard();
      if (!greeted) { greeted = true; up(); }
      if (news.type === "changed") onChange(news.subjects);
    });
    socket.addEventListener("close", down);
  }

  connect();
  addEventListener("online", () => { if (wasDown && socket?.readyState === WebSocket.CLOSED) connect(); });
  return { isUp: () => !wasDown };
}
