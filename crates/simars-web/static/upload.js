// Sends files one after the other, each with its progress; files and folders may be dropped.
// Without this script the form sends all of them at once.
"use strict";
const form = document.getElementById("unggah");
const input = document.getElementById("berkas");
const list = document.getElementById("hasil");
const texts = form.dataset;
const queue = [];
let busy = false;

function add(file) {
  const item = document.createElement("li");
  const name = document.createElement("strong");
  name.textContent = file.webkitRelativePath || file.name;
  const say = document.createElement("span");
  say.className = "soft small";
  say.textContent = texts.waiting;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", name.textContent);
  bar.value = 0;
  item.append(name, document.createElement("br"), say, " ", bar);
  list.append(item);
  queue.push({ file, item, name, say, bar });
}

const outcomes = { registered: "filed", replaced: "filed", duplicate: "known" };

// What became of one document, in words.
function outcome(report) {
  const key = outcomes[report.status];
  const more = key ? [report.kind, report.number].filter(Boolean).join(" ") : report.reason;
  let words = (texts[key] || texts.refused) + (more ? ": " + more : "");
  if (report.stack) {
    words += " (" + fill(texts.pages, report.stack) + ")";
  }
  if (report.findings?.includes("not-split")) {
    words += ". " + texts.whole;
  }
  return words;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

function linked(report, text) {
  const link = document.createElement("a");
  link.href = "/petugas/dokumen/" + report.id;
  link.textContent = text;
  return link;
}

function told(entry, report) {
  const { item, name, say } = entry;
  if (outcomes[report.status]) {
    item.classList.add("good");
  }
  if (!report.parts?.length) {
    say.textContent = outcome(report);
    if (report.id) {
      name.replaceWith(linked(report, name.textContent));
    }
    return;
  }
  // A stack: one line for each document that lay in it.
  say.textContent = fill(texts.stack, { count: report.parts.length });
  const parts = document.createElement("ul");
  for (const part of report.parts) {
    const line = document.createElement("li");
    const words = document.createElement("span");
    words.className = "soft small";
    words.textContent = " " + outcome(part);
    line.append(part.id ? linked(part, part.path) : part.path, words);
    parts.append(line);
  }
  item.append(parts);
}

// One request of the protocol for uploads that go on where they were cut off (tus 1.0.0).
function ask(method, address, headers, body, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, address + new URL(form.action).search);
    request.setRequestHeader("Tus-Resumable", "1.0.0");
    for (const [name, value] of Object.entries(headers)) {
      request.setRequestHeader(name, value);
    }
    request.upload.addEventListener("progress", (event) => progress?.(event.loaded));
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", reject);
    request.send(body ?? null);
  });
}

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function begin(file) {
  const facts = { filename: file.name, access: document.getElementById("kelas").value };
  const from = form.elements.namedItem("rendition_of");
  if (from?.value) facts.rendition_of = from.value;
  if (document.getElementById("utuh")?.checked) facts.split = "no";
  const metadata = Object.entries(facts).map(([key, value]) => key + " " + base64(value)).join(",");
  const headers = { "Upload-Length": file.size, "Upload-Metadata": metadata };
  const begun = await ask("POST", "/petugas/unggahan", headers);
  if (begun.status !== 201) {
    throw new Error(begun.status);
  }
  return begun.getResponseHeader("Location");
}

// Sends what is missing until nothing is; a dropped line is waited for, longer each time.
async function goOn(entry, address) {
  entry.bar.max = entry.file.size || 1;
  for (let tries = 0; ; ) {
    try {
      const here = await ask("HEAD", address, {});
      const offset = Number(here.getResponseHeader("Upload-Offset"));
      if (here.status === 404 || here.status === 403) {
        throw Object.assign(new Error(here.status), { final: true });
      }
      if (here.status === 200 && offset < entry.file.size) {
        const headers = { "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" };
        const sent = await ask("PATCH", address, headers, entry.file.slice(offset), (loaded) => {
          entry.bar.value = offset + loaded;
          tries = 0;
        });
        if (sent.status !== 204) {
          throw new Error(sent.status);
        }
      }
      const outcome = await ask("GET", address, {});
      return JSON.parse(outcome.responseText).report;
    } catch (error) {
      tries += 1;
      if (error.final || tries > 12) {
        throw error;
      }
      await pause(Math.min(30000, 500 * 2 ** tries));
    }
  }
}

async function send(entry) {
  try {
    told(entry, await goOn(entry, await begin(entry.file)));
  } catch {
    entry.say.textContent = texts.failed;
    entry.item.classList.add("warn");
  }
  entry.bar.remove();
}

async function work() {
  if (busy) {
    return;
  }
  busy = true;
  while (queue.length > 0) {
    await send(queue.shift());
  }
  busy = false;
}

async function walk(entry) {
  if (entry.isFile) {
    add(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A reader gives a folder in parts.
    const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) {
      return;
    }
    for (const inner of part) {
      await walk(inner);
    }
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  [...input.files].forEach(add);
  input.value = "";
  work();
});
form.addEventListener("dragover", (event) => {
  event.preventDefault();
  form.classList.add("over");
});
form.addEventListener("dragleave", () => form.classList.remove("over"));
form.addEventListener("drop", async (event) => {
  event.preventDefault();
  form.classList.remove("over");
  // The list of what was dropped is gone once this function waits.
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  for (const entry of entries) {
    await walk(entry);
  }
  work();
});
