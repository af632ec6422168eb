// The reading view, made quicker: keys turn pages, the next page's image is fetched while this one is
// read, and the first find is brought into sight. Without this script the page is whole.
"use strict";
(() => {
  const KEPT = "simars-tombol-huruf";
  const link = (rel) => document.querySelector(`.steps a[rel=${rel}]`);

  // Letters as keys can be turned off: people who speak to their machine, or whose hands are not
  // steady, press them without meaning to (WCAG 2.1.4).
  let letters = true;
  try { letters = localStorage.getItem(KEPT) !== "0"; } catch { /* nothing is kept here */ }
  const note = document.querySelector(".keys");
  const button = note && note.querySelector("button");
  const tell = () => {
    note.querySelector("span").textContent = letters ? note.dataset.keys : note.dataset.silent;
    button.textContent = letters ? button.dataset.off : button.dataset.on;
  };
  if (note && (link("prev") || link("next"))) {
    const show = () => { note.hidden = false; };
    // On a telephone a note on keys is in the way, until a key is pressed there all the same.
    if (matchMedia("(hover: none) and (pointer: coarse)").matches) addEventListener("keydown", show, { once: true });
    else show();
    tell();
    button.addEventListener("click", () => {
      letters = !letters;
      try { localStorage.setItem(KEPT, letters ? "1" : "0"); } catch { /* for this page only */ }
      tell();
    });
  }

  const TURNS = { ArrowLeft: "prev", ArrowRight: "next", p: "prev", n: "next" };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable], .scroll, .sheet.large")) return;
    const turn = Object.hasOwn(TURNS, event.key) && TURNS[event.key];
    if (!turn || (event.key.length === 1 && !letters)) return;
    const to = link(turn);
    if (!to) return;
    event.preventDefault();
    to.click();
  });

  const image = document.querySelector(".leaf img");
  const first = document.querySelector(".hits rect");
  const came = performance.getEntriesByType("navigation")[0];
  if (first && !location.hash && (!came || came.type === "navigate")) {
    const box = first.getBoundingClientRect();
    if (box.top < 0 || box.bottom > innerHeight) first.scrollIntoView({ block: "center" });
  }

  // The neighbours only where the line is good and nobody asked to save data.
  const line = navigator.connection;
  const poor = line && (line.saveData || /2g|3g/.test(line.effectiveType || ""));
  if (image && !poor) {
    const ahead = () => ["next", "prev"].filter(link).forEach((rel) => {
      const page = new URL(link(rel).href).pathname;
      const own = new URL(image.currentSrc || image.src);
      new Image().src = `${page}/gambar${own.search}`;
    });
    const later = () => setTimeout(ahead, 300);
    if (document.readyState === "complete") later(); else addEventListener("load", later);
  }
})();
