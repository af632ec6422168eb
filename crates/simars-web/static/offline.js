// The saved page: a file, its proof files and a policy to a verdict, without asking anybody.
"use strict";
(() => {
  const { readPolicy, judge, arrange, fromHex, utf8, bytesOf, tellApart, showVerdict, check, tell, acceptDrops, text } = self.simars;
  const form = document.getElementById("check");
  const field = (name) => form.elements.namedItem(name);
  // What was dropped rather than chosen in a field.
  let dropped = { documents: [], proofs: [] };
  // A policy that came as a file, and how its field shows it.
  let policyFile = { shown: null, bytes: null };

  form.hidden = false;

  function showTaken(name, files) {
    const place = form.querySelector(`[data-taken="${name}"]`);
    place.textContent = files.map((file) => text("offline.chosen", { name: file.name })).join(" · ");
  }

  async function takePolicy(file) {
    const bytes = await bytesOf(file);
    field("policy").value = new TextDecoder().decode(bytes);
    policyFile = { shown: field("policy").value, bytes };
  }

  async function take(files) {
    const { documents, proofs, policies } = await tellApart(files);
    if (documents.length > 0) {
      dropped.documents = documents;
      field("file").value = "";
      showTaken("file", documents);
    }
    if (proofs.length > 0) {
      dropped.proofs = [...dropped.proofs, ...proofs];
      showTaken("proof", dropped.proofs);
    }
    for (const policy of policies) await takePolicy(policy);
  }

  // The policy as it stands in its field, or as it stands in the file that it was taken from: a field
  // has line ends of its own. What is typed may lack its last newline.
  function policyGiven() {
    const written = field("policy").value;
    return readPolicy(written === policyFile.shown ? policyFile.bytes : utf8(written.replace(/\n*$/, "\n")));
  }

  function nonceWritten() {
    const written = field("nonce").value.trim().toLowerCase();
    if (written === "") return null;
    return /^[0-9a-f]{64}$/.test(written) ? fromHex(written) : undefined;
  }

  async function run() {
    const documents = [...field("file").files, ...dropped.documents];
    const proofs = [...field("proof").files, ...dropped.proofs];
    const nonce = nonceWritten();
    if (documents.length === 0) return tell("offline.no_file");
    if (proofs.length === 0) return tell("offline.no_proof");
    if (field("policy").value.trim() === "") return tell("offline.no_policy");
    if (nonce === undefined) return tell("offline.bad_nonce");
    let policy;
    try {
      policy = policyGiven();
    } catch ({ key, values }) {
      return tell(key, values);
    }
    const files = await Promise.all(proofs.map(bytesOf));
    for (const file of documents) {
      await check(file, async (copy) => {
        const evidence = arrange(files, copy, nonce, documents.length === 1);
        return showVerdict(file, judge({ copy, policy, nonce, ...evidence }));
      });
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run().catch(() => tell("verify.failed", { name: "" }));
  });
  // What is chosen in a field takes the place of what was dropped.
  field("file").addEventListener("change", () => {
    dropped.documents = [];
    showTaken("file", []);
  });
  field("proof").addEventListener("change", () => {
    dropped.proofs = [];
    showTaken("proof", []);
  });
  field("policy_file").addEventListener("change", async ({ target }) => {
    for (const file of target.files) await takePolicy(file);
  });
  acceptDrops(form, take);
})();
