// Follows the recognition of a document while the page is open. Without this script the page says
// how far it was when it was loaded.
"use strict";
for (const box of document.querySelectorAll("[data-events]")) {
  const say = box.querySelector("[role=status]");
  const bar = box.querySelector("progress");
  const events = new EventSource(box.dataset.events);
  events.addEventListener("progress", (event) => {
    const { done, total } = JSON.parse(event.data);
    say.textContent = box.dataset.progress.replace("{done}", done).replace("{total}", total);
    if (total > 0) {
      bar.max = total;
      bar.value = done;
    }
  });
  events.addEventListener("done", () => {
    events.close();
    bar.hidden = true;
    say.textContent = box.dataset.done;
  });
}
