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

function told(entry, report) {
  const { item, name, say } = entry;
  const key = { registered: "filed", replaced: "filed", duplicate: "known" }[report.status];
  const more = key ? [report.kind, report.number].filter(Boolean).join(" ") : report.reason;
  say.textContent = (texts[key] || texts.refused) + (more ? ": " + more : "");
  if (key) {
    item.classList.add("good");
  }
  if (report.id) {
    const link = document.createElement("a");
    link.href = "/petugas/dokumen/" + report.id;
    link.textContent = name.textContent;
    name.replaceWith(link);
  }
}

function send(entry) {
  return new Promise((resolve) => {
    const body = new FormData();
    body.append("kelas", document.getElementById("kelas").value);
    body.append("berkas", entry.file, entry.file.name);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) {
        entry.bar.max = event.total;
        entry.bar.value = event.loaded;
      }
    });
    request.addEventListener("loadend", () => {
      entry.bar.remove();
      try {
        told(entry, JSON.parse(request.responseText)[0]);
      } catch {
        entry.say.textContent = texts.failed;
        entry.item.classList.add("warn");
      }
      resolve();
    });
    request.send(body);
  });
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
