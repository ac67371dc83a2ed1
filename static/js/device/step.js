// One step of the test page: shows the words that the server has written for what happens.
const announce = (words) => document.dispatchEvent(new CustomEvent("announce", { detail: words }));

export class Step {
  constructor(name) {
    this.root = document.querySelector(`[data-step="${name}"]`);
  }

  find(selector) { return this.root.querySelector(selector); }

  begin() {
    this.root.dataset.state = "now";
    this.find("h2").focus();
  }

  // Shows one part ("work", "stuck", …) of the step and hides the others; none with "".
  show(part) {
    for (const each of this.root.querySelectorAll("[data-part]")) each.hidden = each.dataset.part !== part;
  }

  // Shows the words for a result, and says them aloud.
  say(result) {
    for (const each of this.root.querySelectorAll("[data-result]")) each.hidden = each.dataset.result !== result;
    announce(this.find(`[data-result="${result}"]`)?.innerText ?? "");
  }

  end(result) {
    this.show("");
    this.say(result);
    this.root.dataset.state = "done";
  }

  // Which of the step's buttons is pressed next ("change" for another device in the list).
  pressed() {
    return new Promise((resolve) => {
      const control = new AbortController();
      const settle = (what) => { control.abort(); resolve(what); };
      this.root.addEventListener("click", (event) => {
        const button = event.target.closest("[data-do]");
        if (button) settle(button.dataset.do);
      }, control);
      this.root.addEventListener("change", () => settle("change"), control);
    });
  }
}
