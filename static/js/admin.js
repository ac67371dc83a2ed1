// Django's set-up tables have column heads without words (WCAG 2.2, 1.3.1); the words stand in the page, translated.
const words = document.querySelector("[data-empty-head]")?.dataset.emptyHead;
for (const head of document.querySelectorAll("th")) {
  if (words && !head.textContent.trim()) {
    const label = document.createElement("span");
    label.className = "visually-hidden";
    label.textContent = words;
    head.append(label);
  }
}
