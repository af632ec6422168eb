// What both checking pages do: tell files apart, hash them off the page's own thread, and show
// progress and verdicts. All words come from the page itself.
"use strict";
(() => {
  const simars = (self.simars = self.simars || {});
  const { HEADER, hashFile, textOf, readPolicy } = simars;

  const texts = JSON.parse(document.getElementById("texts").content.textContent);
  const results = document.getElementById("results");

  function text(key, values = {}) {
    return (texts[key] || key).replace(/\{([a-z]+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? values[name] : whole));
  }

  function template(id) {
    return document.getElementById(id).content.firstElementChild.cloneNode(true);
  }

  const bytesOf = async (file) => new Uint8Array(await file.arrayBuffer());

  // What a file is in a check: "proof", "policy" or "document". A policy is one by its name or by being
  // readable as one; nothing else can be read so by chance.
  async function roleOf(file) {
    const head = textOf(new Uint8Array(await file.slice(0, HEADER.length).arrayBuffer()));
    if (head === HEADER || file.name.endsWith(".tlog-proof")) return "proof";
    if (file.name.endsWith(".policy")) return "policy";
    if (file.size === 0 || file.size > 2 ** 18) return "document";
    try {
      readPolicy(await bytesOf(file));
      return "policy";
    } catch {
      return "document";
    }
  }

  // Files by their roles: { documents, proofs, policies }.
  async function tellApart(files) {
    const found = { documents: [], proofs: [], policies: [] };
    const places = { document: found.documents, proof: found.proofs, policy: found.policies };
    for (const file of files) places[await roleOf(file)].push(file);
    return found;
  }

  const stopped = () => new DOMException("cancelled", "AbortError");

  // The worker's script has an address where there is a server; in a saved page it is a part of it.
  function startWorker() {
    const { worker } = results.dataset;
    if (worker) return new Worker(worker);
    const source = document.getElementById("sha256-source").textContent;
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const started = new Worker(address);
    started.addEventListener("message", () => URL.revokeObjectURL(address), { once: true });
    return started;
  }

  function hashInWorker(worker, file, progress, signal) {
    return new Promise((resolve, reject) => {
      const end = (settle, value) => {
        worker.terminate();
        settle(value);
      };
      signal.addEventListener("abort", () => end(reject, stopped()), { once: true });
      worker.onmessage = ({ data }) => {
        if (data.sha256 !== undefined) end(resolve, data.sha256);
        else if (data.error !== undefined) end(reject, new Error(data.error));
        else progress(data.done, data.total);
      };
      // Where a worker may not run at all, null lets the page do the work itself.
      worker.onerror = () => end(resolve, null);
      worker.postMessage({ file });
    });
  }

  // The SHA-256 of a file in hexadecimal.
  async function hash(file, progress, signal) {
    let worker = null;
    try {
      worker = startWorker();
    } catch {
      // Some browsers refuse workers to saved pages.
    }
    const digest = worker && (await hashInWorker(worker, file, progress, signal));
    if (digest) return digest;
    return hashFile(file, (done, total) => {
      if (signal.aborted) throw stopped();
      progress(done, total);
    });
  }

  function put(card, name, content) {
    const place = card.querySelector(`[data-${name}]`);
    if (!place) return;
    if (content) place.textContent = content;
    else (place.closest("[data-row]") || place).hidden = true;
  }

  // A time as people of the page's language write it.
  function readable(time) {
    const style = { dateStyle: "long", timeStyle: "short" };
    return new Date(time).toLocaleString(document.documentElement.lang, style);
  }

  // The sentence of a reason.
  function sentence({ key, values }) {
    const shown = { ...values };
    for (const name of ["time", "indexed"]) if (shown[name]) shown[name] = readable(shown[name]);
    for (const name of ["number", "size"]) {
      if (typeof shown[name] === "bigint") shown[name] = shown[name].toLocaleString(document.documentElement.lang);
    }
    if (shown.act) shown.act = text(`statement.${shown.act}`);
    return text(key, shown);
  }

  // What is not known neither speaks for the copy nor against it.
  const OPEN = ["check.status_untold", "check.status_shown", "check.publication_unknown"];
  const MARKS = { yes: "✓", no: "✗", open: "?", told: "•" };
  // What is said above everything else: it is no step of the proof, and nobody is to miss it.
  const CAUTIONS = ["force", "doubt"];

  // A proof that nothing is there is neither for nor against the file: its steps are only told.
  function stateOf(reason, outcome) {
    if (outcome === "not-registered") return "told";
    if (reason.holds) return "yes";
    return reason.open || OPEN.includes(reason.key) ? "open" : "no";
  }

  function checkLine(reason, outcome) {
    const state = stateOf(reason, outcome);
    const line = template("check-line");
    line.className = state;
    put(line, "mark", MARKS[state]);
    put(line, "state", text(`check.${state}`));
    put(line, "name", text(`check.name_${reason.check}`));
    put(line, "sentence", sentence(reason));
    return line;
  }

  // A verdict as a card. `seen` may hold links: { page, label, proof }.
  function showVerdict(file, verdict, seen = {}) {
    const card = template(`verdict-${verdict.outcome}`);
    put(card, "file", file.name);
    put(card, "sha256", verdict.sha256);
    put(card, "registered", verdict.registeredAt && readable(verdict.registeredAt));
    // Where there is no proof to check, the verdict is the archive's word, and that has to be seen.
    const isCaution = ({ check, open }) => CAUTIONS.includes(check) || (check === "proof" && open === true);
    const cautions = card.querySelector("[data-cautions]");
    cautions.append(...verdict.reasons.filter(isCaution).map((reason) => {
      const note = template("note-card");
      note.textContent = sentence(reason);
      return note;
    }));
    cautions.hidden = cautions.children.length === 0;
    const steps = verdict.reasons.filter((reason) => !isCaution(reason));
    const checks = card.querySelector("[data-checks]");
    checks.append(...steps.map((reason) => checkLine(reason, verdict.outcome)));
    checks.closest("[data-row]").hidden = steps.length === 0;
    for (const [name, href, label] of [["document", seen.page, seen.label], ["proof", seen.proof, text("verify.proof_download")]]) {
      put(card, name, href && label);
      if (href) card.querySelector(`[data-${name}]`).href = href;
    }
    card.querySelector("[data-proof]").download = `${file.name}.tlog-proof`;
    return card;
  }

  // Hashes one file with progress and a way to stop, then shows what `answer(sha256, say)` makes of it:
  // a card. `say` changes what the progress card says.
  async function check(file, answer) {
    const card = template("progress-card");
    const bar = card.querySelector("progress");
    const button = card.querySelector("button");
    const say = (key) => put(card, "say", text(key, { name: file.name }));
    const stop = new AbortController();
    button.addEventListener("click", () => stop.abort());
    say("verify.progress");
    results.prepend(card);
    try {
      const sha256 = await hash(file, (done, total) => Object.assign(bar, { max: total, value: done }), stop.signal);
      button.remove();
      const shown = await answer(sha256, say);
      card.replaceWith(shown);
      // On a small screen the answer would otherwise stand above what is in sight.
      shown.scrollIntoView();
    } catch (error) {
      if (error.key) put(card, "say", sentence(error));
      else say(error.name === "AbortError" ? "verify.cancelled" : "verify.failed");
      bar.remove();
      button.remove();
    }
  }

  function tell(key, values) {
    const note = template("note-card");
    note.textContent = text(key, values);
    results.prepend(note);
    note.scrollIntoView({ block: "nearest" });
  }

  // Lets files be dropped anywhere on the page; one that misses the field would otherwise replace it.
  function acceptDrops(zone, take) {
    for (const name of ["dragenter", "dragover"]) {
      window.addEventListener(name, (event) => {
        event.preventDefault();
        zone.classList.add("over");
      });
    }
    window.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) zone.classList.remove("over");
    });
    window.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      take([...event.dataTransfer.files]);
    });
  }

  Object.assign(simars, { text, bytesOf, tellApart, showVerdict, check, tell, acceptDrops });
})();
