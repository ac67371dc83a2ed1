// Shows beside a message template how its words would read, while they are typed.
(() => {
  const box = () => document.getElementById("message-preview");
  let timer = 0;

  function field(name) {
    const input = document.getElementById(`id_${name}`);
    return input ? input.value : box().dataset[name] || "";
  }

  async function refresh() {
    const data = new FormData();
    for (const name of ["key", "channel", "language", "subject", "body"]) data.set(name, field(name));
    data.set("csrfmiddlewaretoken", document.querySelector('input[name="csrfmiddlewaretoken"]').value);
    const answer = await fetch(box().dataset.url, { method: "POST", body: data });
    if (answer.ok) box().innerHTML = await answer.text();
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(refresh, 400);
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (!box()) return;
    box().closest("form").addEventListener("input", soon);
    if (field("body")) refresh();
  });
})();
