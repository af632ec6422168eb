// The verification page with JavaScript: files are hashed here, one after the other, only the hashes
// are sent, and the proof that comes back is checked here. A proof file and a policy that are handed
// over with the file are used instead of asking.
"use strict";
(() => {
  const simars = self.simars || {};
  const form = document.getElementById("verify-file");
  const input = form && form.querySelector("input[type=file]");
  if (!input || !simars.check || typeof Worker === "undefined" || !Blob.prototype.arrayBuffer) return;
  const { EXIT, Refused, readPolicy, judge, arrange, text, bytesOf, tellApart, showVerdict, check, tell, acceptDrops } = simars;

  document.documentElement.classList.add("scripted");
  input.multiple = true;
  for (const element of form.querySelectorAll("[data-without-script]")) element.hidden = true;
  for (const element of document.querySelectorAll("[data-with-script]")) element.hidden = false;

  let queue = Promise.resolve();
  // Handed over before the file they are for.
  let held = { proofs: [], policies: [] };

  // The bytes at an address of this server; null if there is nothing there, or not yet.
  async function bytesAt(address) {
    const response = await fetch(address, { headers: { Accept: "text/plain" } });
    if (response.status === 404 || response.status === 503) return null;
    if (!response.ok) throw new Error(`status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  const open = (check, key, values = {}) => ({ check, holds: false, open: true, key, values });

  // The policy that was handed over, or else the archive's own; null if there is none. The second
  // value is what to say about it.
  async function policyFor(policies) {
    const own = policies.length === 0;
    const bytes = own ? await bytesAt("/log/policy") : await bytesOf(policies[policies.length - 1]);
    return { policy: bytes && readPolicy(bytes), notes: own ? [open("policy", "check.policy_own")] : [] };
  }

  // Judges by proof files that were handed over.
  async function judgeByHand(sha256, proofs, policies, alone) {
    const { policy, notes } = await policyFor(policies);
    if (!policy) throw new Refused("offline.no_policy");
    const files = await Promise.all(proofs.map(bytesOf));
    const verdict = judge({ copy: sha256, policy, ...arrange(files, sha256, null, alone) });
    return { ...verdict, reasons: [...verdict.reasons, ...notes] };
  }

  // What other documents say of its being in force: a reason of its own, which no proof shows.
  function force(status) {
    const state = status && status.state;
    if (state !== "revoked" && state !== "amended") return [];
    const by = status.by.length > 0 ? status.by[0].label : "";
    return [{ check: "force", holds: state === "amended", key: `check.force_${state}`, values: { by, since: status.since || "–" } }];
  }

  // What makes the registered file doubtful, however genuine a copy of it is.
  function doubts(reasons) {
    const known = (reasons || []).filter(({ check }) => text(`doubt.${check}`) !== `doubt.${check}`);
    return known.map(({ check }) => ({ check: "doubt", holds: false, key: `doubt.${check}`, values: {} }));
  }

  // What the archive says of the fingerprint, and what its proof shows. The verdict is the more cautious
  // of the two, and each says its own.
  async function judgeByArchive(sha256, policies) {
    const response = await fetch(`/api/v1/verify/${sha256}`, { headers: { Accept: "application/json" } });
    if (response.status !== 200 && response.status !== 404) throw new Error(`status ${response.status}`);
    const answer = await response.json();
    const said = { sha256, outcome: answer.outcome || "not-registered", registeredAt: answer.registered_at || null };
    const links = answer.links || {};
    const seen = { page: links.page, label: answer.label || answer.id };
    const others = [...doubts(answer.reasons), ...force(answer.legal_status)];
    const address = `/api/v1/verify/${sha256}/proof`;
    const [proof, { policy, notes }] = await Promise.all([bytesAt(address), policyFor(policies)]);
    if (!proof || !policy) {
      const key = policy ? "check.proof_unavailable" : "check.no_log";
      return { verdict: { ...said, reasons: [open("proof", key), ...others] }, seen };
    }
    seen.proof = address;
    const proved = judge({ copy: sha256, proof, policy });
    const word = { check: "archive", holds: EXIT[said.outcome] === 0, key: "check.archive_says", values: { title: text(`verdict.${said.outcome}_title`) } };
    const outcome = EXIT[proved.outcome] > EXIT[said.outcome] ? proved.outcome : said.outcome;
    const registeredAt = EXIT[outcome] < 20 ? said.registeredAt : null;
    return { verdict: { ...proved, outcome, registeredAt, reasons: [...proved.reasons, word, ...others, ...notes] }, seen };
  }

  async function take(files) {
    const { documents, proofs, policies } = await tellApart(files);
    held.proofs.push(...proofs);
    held.policies.push(...policies);
    for (const { name } of documents.length === 0 ? [...proofs, ...policies] : []) tell("verify.held", { name });
    if (documents.length === 0) return;
    const given = held;
    held = { proofs: [], policies: given.policies };
    for (const file of documents) {
      await check(file, async (sha256, say) => {
        say("verify.asking");
        if (given.proofs.length > 0) {
          return showVerdict(file, await judgeByHand(sha256, given.proofs, given.policies, documents.length === 1));
        }
        const { verdict, seen } = await judgeByArchive(sha256, given.policies);
        return showVerdict(file, verdict, seen);
      });
    }
  }

  function enqueue(files) {
    if (files.length === 0) return;
    queue = queue.then(() => take(files)).catch(() => tell("verify.failed", { name: files[0].name }));
  }

  input.addEventListener("change", () => {
    enqueue([...input.files]);
    input.value = "";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    enqueue([...input.files]);
  });
  acceptDrops(form, enqueue);
})();
