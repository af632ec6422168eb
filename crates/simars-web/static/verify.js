// The verification page with JavaScript: files are hashed here, one after the other, and only the
// hashes are sent. All words come from the page itself.
"use strict";
(() => {
  const form = document.getElementById("verify-file");
  const input = form && form.querySelector("input[type=file]");
  const list = document.getElementById("results");
  if (!input || !list || typeof Worker === "undefined" || !Blob.prototype.arrayBuffer) return;

  document.documentElement.classList.add("scripted");
  input.multiple = true;
  for (const element of form.querySelectorAll("[data-without-script]")) element.hidden = true;
  for (const element of document.querySelectorAll("[data-with-script]")) element.hidden = false;

  let queue = Promise.resolve();

  function template(id) {
    return document.getElementById(id).content.firstElementChild.cloneNode(true);
  }

  function say(card, key, name) {
    card.querySelector("[data-say]").textContent = list.dataset[key].replace("{name}", name);
  }

  function hash(file, progress) {
    return new Promise((resolve, reject) => {
      const worker = new Worker(list.dataset.worker);
      worker.onmessage = ({ data }) => {
        if (data.sha256 === undefined && data.error === undefined) return progress(data);
        worker.terminate();
        if (data.sha256) resolve(data.sha256);
        else reject(new Error(data.error));
      };
      worker.onerror = (event) => {
        worker.terminate();
        reject(new Error(event.message));
      };
      worker.postMessage({ file });
    });
  }

  async function ask(sha256) {
    const response = await fetch("/api/v1/verify/" + sha256, { headers: { Accept: "application/json" } });
    if (response.status !== 200 && response.status !== 404) throw new Error("status " + response.status);
    return response.json();
  }

  function put(card, name, text) {
    const place = card.querySelector("[data-" + name + "]");
    if (!place) return;
    if (text) place.textContent = text;
    else (place.closest("[data-row]") || place).hidden = true;
  }

  function show(file, sha256, answer) {
    const card = template("verdict-" + (answer.outcome || "not-registered"));
    put(card, "file", file.name);
    put(card, "sha256", sha256);
    const when = answer.registered_at && new Date(answer.registered_at);
    const style = { dateStyle: "long", timeStyle: "short" };
    put(card, "registered", when && when.toLocaleString(document.documentElement.lang, style));
    const link = card.querySelector("a[data-document]");
    if (link) {
      if (answer.links && answer.links.page) {
        link.href = answer.links.page;
        link.textContent = answer.label || answer.id;
      } else {
        link.closest("[data-row]").hidden = true;
      }
    }
    return card;
  }

  async function check(file) {
    const card = template("progress-card");
    const bar = card.querySelector("progress");
    list.prepend(card);
    say(card, "progress", file.name);
    try {
      const sha256 = await hash(file, ({ done, total }) => {
        bar.max = total;
        bar.value = done;
      });
      say(card, "asking", file.name);
      card.replaceWith(show(file, sha256, await ask(sha256)));
    } catch {
      say(card, "failed", file.name);
      bar.remove();
    }
  }

  function take(files) {
    for (const file of files) queue = queue.then(() => check(file));
  }

  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take([...input.files]);
  });
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    form.addEventListener(name, () => form.classList.remove("over"));
  }
  // A file dropped beside the field would otherwise replace the page.
  for (const name of ["dragover", "drop"]) {
    window.addEventListener(name, (event) => event.preventDefault());
  }
  form.addEventListener("drop", (event) => take([...event.dataTransfer.files]));
})();
