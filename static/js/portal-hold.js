// "I need more time" without leaving the page: what was typed stays.
for (const form of document.querySelectorAll("[data-countdown] form")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const box = form.closest("[data-countdown]");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-countdown]");
      if (!answer.ok || !fresh) throw new Error("not extended");
      box.dataset.countdown = fresh.dataset.countdown;
    } catch {
      form.submit();
    }
  });
}
