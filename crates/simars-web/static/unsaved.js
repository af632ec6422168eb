// Keeps what is typed into the form of a document until it is saved.
"use strict";
{
  const form = document.getElementById("uraian");
  const to = form.dataset.unsaved;
  let timer = 0;
  let typed = false;
  const written = () => new URLSearchParams(new FormData(form));
  const keep = async () => {
    if (!typed) return;
    typed = false;
    try {
      const reply = await fetch(to, { method: "POST", body: written() });
      if (!reply.ok) typed = true;
    } catch {
      // The line is down: what is typed next tries again.
      typed = true;
    }
  };
  form.addEventListener("input", () => {
    typed = true;
    clearTimeout(timer);
    timer = setTimeout(keep, 800);
  });
  // What is saved now needs no keeping.
  form.addEventListener("submit", () => {
    typed = false;
    clearTimeout(timer);
  });
  addEventListener("pagehide", () => {
    if (typed) navigator.sendBeacon(to, written());
  });
}
