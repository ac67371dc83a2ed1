// The call's chat. Its lines live on the server; the page shows what it is sent.
export class Chat {
  constructor(root, send) {
    this.box = root.querySelector("[data-chat]");
    this.list = this.box.querySelector("[data-lines]");
    this.scroller = this.box.querySelector("[data-scroll]");
    this.template = root.querySelector("template[data-line]");
    this.opener = root.querySelector("[data-act=chat]");
    this.badge = root.querySelector("[data-unread]");
    this.words = root.querySelector("[data-words]").dataset;
    this.seen = new Set();
    this.unread = 0;
    this.box.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      const field = event.target.elements.text;
      if (field.value.trim()) send({ type: "chat", text: field.value });
      field.value = "";
    });
    this.box.querySelector("[data-close]").addEventListener("click", () => this.toggle(false));
  }

  toggle(open = this.box.hidden) {
    this.box.hidden = !open;
    this.opener.setAttribute("aria-expanded", String(open));
    if (open) {
      this.count(0);
      this.box.querySelector("[name=text]").focus();
      this.scroller.scrollTop = this.scroller.scrollHeight;
    } else this.opener.focus();
  }

  take(lines, me) {
    for (const line of lines) {
      if (this.seen.has(line.id)) continue;
      this.seen.add(line.id);
      this.list.append(this.draw(line, line.from === me));
      if (this.box.hidden && line.from !== me) this.count(this.unread + 1);
    }
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  draw(line, isMine) {
    const item = this.template.content.firstElementChild.cloneNode(true);
    item.classList.toggle("is-mine", isMine);
    const role = line.role.charAt(0).toUpperCase() + line.role.slice(1);
    item.querySelector("[data-who]").textContent = isMine ? this.words.you : this.words[`role${role}`];
    const time = item.querySelector("time");
    time.dateTime = line.at;
    time.textContent = new Date(line.at).toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });
    item.querySelector("[data-text]").textContent = line.text;
    return item;
  }

  count(unread) {
    this.unread = unread;
    this.badge.textContent = unread || "";
    this.badge.hidden = !unread;
  }

  clear() {
    this.list.replaceChildren();
    this.seen.clear();
    this.count(0);
    this.box.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
  }
}
