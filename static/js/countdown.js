// How long a chosen time is kept. Spoken at whole minutes only: a ticking clock read aloud helps nobody.
for (const box of document.querySelectorAll("[data-countdown]")) {
  const end = () => new Date(box.dataset.countdown); // read anew each time: more time may have been asked for
  const text = box.querySelector("[data-countdown-text]");
  let shown = "";

  const words = (seconds) => {
    if (seconds <= 0) return box.dataset.overText;
    if (seconds < 60) return box.dataset.soonText;
    const minutes = Math.floor(seconds / 60);
    return minutes === 1 ? box.dataset.minuteText : box.dataset.minutesText.replace("{n}", minutes);
  };

  const draw = () => {
    const seconds = Math.round((end() - Date.now()) / 1000);
    const now = words(seconds);
    if (now === shown) return;
    const spoken = shown && (seconds <= 120);
    shown = now;
    text.textContent = now;
    box.classList.toggle("hold-late", seconds <= 120);
    if (spoken) document.dispatchEvent(new CustomEvent("announce", { detail: now }));
  };

  draw();
  setInterval(draw, 1000);
}
