// Suggestions while somebody types into a search field: a list beneath it that the arrow keys walk
// through, as the ARIA pattern of a combobox has it. Without this script the field is a plain field;
// where a suggestion does not come, nothing is shown.
"use strict";
for (const field of document.querySelectorAll("input[data-suggest]")) {
  const { suggest, list: title, one, many, none, subject } = field.dataset;
  const PAUSE = 120;
  let shown = [];
  let chosen = -1;
  let typed = field.value;
  let timer = 0;
  let asking = null;

  const list = document.createElement("ul");
  list.id = `${field.id}-saran`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", title);
  list.hidden = true;
  const told = document.createElement("p");
  told.className = "hidden-label";
  told.setAttribute("role", "status");
  field.form.append(list, told);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id], ["aria-haspopup", "listbox"]]) {
    field.setAttribute(name, value);
  }

  function close() {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    list.replaceChildren();
    shown = [];
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function choose(at) {
    chosen = at;
    for (const [index, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(index === at));
    if (at < 0) {
      field.removeAttribute("aria-activedescendant");
      return;
    }
    field.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function part(name, text) {
    const element = document.createElement("span");
    element.className = name;
    element.textContent = text;
    return element;
  }

  function option(suggestion, index) {
    const item = document.createElement("li");
    item.id = `${list.id}-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    if (suggestion.type === "subject") item.append(part("about", `${subject} `), part("name", suggestion.subject));
    else {
      if (suggestion.label) item.append(part("about", `${suggestion.label} `));
      item.append(part("name", suggestion.title));
    }
    // Before the field loses the focus and the list goes.
    item.addEventListener("pointerdown", (event) => event.preventDefault());
    item.addEventListener("click", () => location.assign(suggestion.href));
    return item;
  }

  function show(suggestions) {
    close();
    shown = suggestions;
    const amount = shown.length;
    told.textContent = amount === 0 ? none : (amount === 1 ? one : many).replace("{n}", String(amount));
    if (amount === 0) return;
    list.replaceChildren(...shown.map(option));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const address = `${suggest}?q=${encodeURIComponent(typed)}&bahasa=${document.documentElement.lang}`;
    try {
      const answer = await fetch(address, { signal });
      const { suggestions } = answer.ok ? await answer.json() : { suggestions: [] };
      if (!signal.aborted && document.activeElement === field) show(suggestions);
    } catch {
      // Given up, or the link is poor: the field goes on without suggestions.
    }
  }

  field.addEventListener("input", () => {
    typed = field.value;
    clearTimeout(timer);
    if (typed.trim() === "") close();
    else timer = setTimeout(ask, PAUSE);
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const open = !list.hidden;
    if (event.key === "Escape" && open) {
      close();
    } else if (event.key === "ArrowDown" && !open && typed.trim() !== "") {
      typed = field.value;
      ask();
    } else if (event.key === "ArrowDown" && open) {
      choose(chosen + 1 < shown.length ? chosen + 1 : -1);
    } else if (event.key === "ArrowUp" && open) {
      choose(chosen < 0 ? shown.length - 1 : chosen - 1);
    } else if (event.key === "Enter" && open && chosen >= 0) {
      location.assign(shown[chosen].href);
    } else {
      return;
    }
    event.preventDefault();
  });
}
