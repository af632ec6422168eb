// Asks the authenticator for a passkey where the browser can; until then the page says nothing of them.
"use strict";
if (window.PublicKeyCredential && navigator.credentials) {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  // What the server asks for, with bytes where the browser wants bytes.
  function readable(options) {
    const publicKey = { ...options, challenge: bytes(options.challenge) };
    if (options.user) publicKey.user = { ...options.user, id: bytes(options.user.id) };
    for (const list of ["excludeCredentials", "allowCredentials"]) {
      if (options[list]) publicKey[list] = options[list].map(({ type, id }) => ({ type, id: bytes(id) }));
    }
    return { publicKey };
  }

  // What the server needs of an answer, and no more.
  function written({ id, type, response }, parts) {
    const told = {};
    for (const part of parts) told[part] = response[part] && text(response[part]);
    return JSON.stringify({ id, type, response: told });
  }

  const acts = {
    create: async (options) =>
      written(await navigator.credentials.create(readable(options)), ["clientDataJSON", "attestationObject"]),
    get: async (options) =>
      written(await navigator.credentials.get(readable(options)), ["clientDataJSON", "authenticatorData", "signature", "userHandle"]),
  };

  // A page that the browser had kept has been used up.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const problem = form.querySelector("[role=alert]");
    const { passkey, begin, failed, known } = form.dataset;
    let busy = false;

    async function send() {
      const reply = await fetch(begin, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      const told = await reply.json();
      if (!reply.ok) return told.sentence || failed;
      form.elements.jawaban.value = await acts[passkey](told);
      // The password was shown once; that is enough.
      for (const secret of form.querySelectorAll("[data-once]")) secret.disabled = true;
      form.submit();
      return "";
    }

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      problem.hidden = true;
      try {
        problem.textContent = await send();
      } catch (error) {
        problem.textContent = error.name === "InvalidStateError" && known ? known : failed;
      }
      // Without a problem the page is about to give way to another.
      busy = problem.textContent === "";
      problem.hidden = busy;
    });
    form.hidden = false;
    form.closest("[hidden]")?.removeAttribute("hidden");
  }
}
