// What proof files say of a copy (docs/proof.md §3, §4): the same outcomes, exit codes and checks as
// every other checker of this project.
"use strict";
(() => {
  const simars = (self.simars = self.simars || {});
  const { Refused, hex, readProof, readExtra, judgeCheckpoint, checkInclusion, checkStatus, checkAbsence, isAbout, fromHex } = simars;

  const EXIT = {
    genuine: 0, "older-version": 10, withdrawn: 10, "not-published": 10, disposed: 11, altered: 20,
    "not-registered": 21, "not-in-log": 21, "policy-not-met": 22, "proof-damaged": 23,
  };
  const REGISTERED = ["genuine", "older-version", "withdrawn", "not-published", "disposed"];
  // The last second of the year 9999: a later one has no written form.
  const LAST_SECOND = 253402300799n;

  const reason = (check, holds, key, values = {}) => ({ check, holds, key, values });
  const written = (seconds) => new Date(Number(seconds > LAST_SECOND ? LAST_SECOND : seconds) * 1000).toISOString().replace(".000Z", "Z");

  // A statement that is proved to be in a log of the policy, with what else its proof tells.
  function prove(bytes, policy) {
    const proof = readProof(bytes);
    if (!proof.extra) throw new Refused("check.no_statement");
    const { statement, status, absence } = readExtra(proof.extra);
    const judged = judgeCheckpoint(policy, proof.note);
    const { size, root } = judged.checkpoint;
    if (!checkInclusion(fromHex(statement.leaf), proof.index, size, proof.path, root)) throw new Refused("check.path_wrong");
    if (status) checkStatus(status, statement, judged.checkpoint);
    return { statement, status, absence, index: proof.index, judged };
  }

  // The proof of a later statement, if it can be one about the same document.
  function proveLater(bytes, policy, first) {
    const later = prove(bytes, policy);
    const same = later.statement.objek === first.statement.objek && later.judged.log === first.judged.log;
    if (!same) throw new Refused("check.later_other");
    if (later.index <= first.index) throw new Refused("check.later_earlier");
    return later;
  }

  function integrity(statement, copy, nonce) {
    const holds = isAbout(statement, copy, nonce);
    if (holds === null) throw new Refused("check.nonce_missing");
    const form = statement.konten.form === "tertutup" ? "closed" : "public";
    return reason("integrity", holds, `check.integrity_${form}_${holds ? "yes" : "no"}`);
  }

  function inclusion({ statement, index, judged }) {
    const values = { time: statement.waktu, number: index + 1n, size: judged.checkpoint.size, log: judged.log };
    return reason("inclusion", true, "check.inclusion", values);
  }

  function witnesses({ judged }, policy) {
    const { times, quorumMet } = judged;
    const values = { seen: times.length, all: policy.witnesses.length };
    if (!quorumMet) return reason("witnesses", false, "check.witnesses_few", values);
    if (times.length === 0) return reason("witnesses", true, "check.witnesses_none", values);
    values.time = written(times.reduce((one, other) => (one > other ? one : other)));
    return reason("witnesses", true, "check.witnesses_met", values);
  }

  // All statements that are shown, in the order of the log. An index that leaves out one of them speaks
  // against itself.
  function shownBy(proofs) {
    const shown = [];
    const knows = ({ leaf }) => shown.some((one) => one.leaf === leaf);
    let covered = 0n;
    for (const { statement, status, index } of proofs) {
      if (!knows(statement) && index < covered) throw new Refused("check.status_left_out");
      for (const one of [statement, ...(status ? status.later : [])]) {
        if (!knows(one)) shown.push(one);
      }
      if (status && status.index > covered) covered = status.index;
    }
    return shown;
  }

  // How the document stands by these statements: { publication, disposed, newest }. `publication` is
  // null when they do not say.
  function standingBy(shown) {
    const said = { daftar: "draft", terbit: "published", cabut: "withdrawn" };
    let publication = null;
    let before = null;
    for (const statement of shown) {
      const follows = before !== null && statement.sebelum === before.leaf;
      if (Object.hasOwn(said, statement.jenis)) publication = said[statement.jenis];
      // Only what is published is named outright.
      else if (statement.konten.form === "sha256") publication = "published";
      else if (!follows) publication = null;
      before = statement;
    }
    return {
      publication,
      disposed: shown.some(({ jenis }) => jenis === "musnah"),
      newest: shown.map(({ versi }) => versi).reduce((one, other) => (one > other ? one : other)),
    };
  }

  function outcomeOf({ publication, disposed, newest }, own) {
    if (disposed) return "disposed";
    if (publication === "withdrawn") return "withdrawn";
    if (publication !== "published") return "not-published";
    return newest > own ? "older-version" : "genuine";
  }

  function statusReason(first, later, shown, { newest }, outcome) {
    const last = shown[shown.length - 1];
    const proof = later.length > 0 ? later[later.length - 1] : first;
    const values = { act: last.jenis, time: last.waktu, size: proof.judged.checkpoint.size };
    const older = newest > first.statement.versi;
    if (older) Object.assign(values, { own: first.statement.versi, newest });
    const told = proof.status !== null || shown.length > 1;
    let key = told ? "check.status_shown" : "check.status_untold";
    if (proof.status) {
      key = "check.status_proved";
      Object.assign(values, { indexed: proof.status.indexed.waktu, size: proof.status.index });
    }
    return reason("status", told && outcome === "genuine", older ? `${key}_older` : key, values);
  }

  function absent(proven, copy, policy) {
    checkAbsence(proven.absence, copy, proven.statement, proven.index);
    const seen = witnesses(proven, policy);
    const told = reason("absence", false, "check.absence", { time: proven.statement.waktu, size: proven.index });
    return { outcome: seen.holds ? "not-registered" : "policy-not-met", registeredAt: null, reasons: [told, inclusion(proven), seen] };
  }

  function tryJudge({ copy, proof, policy, nonce, later: texts }) {
    const first = prove(proof, policy);
    if (first.absence) return absent(first, copy, policy);
    const later = texts.map((text) => proveLater(text, policy, first));
    later.sort((one, other) => (one.index < other.index ? -1 : Number(one.index > other.index)));
    const same = integrity(first.statement, copy, nonce);
    // Each proof has its own checkpoint; the one that was seen by too few is the one to name.
    const unseen = [first, ...later].find(({ judged }) => !judged.quorumMet) || first;
    const seen = witnesses(unseen, policy);
    const shown = shownBy([first, ...later]);
    const standing = standingBy(shown);
    const stands = outcomeOf(standing, first.statement.versi);
    const outcome = !same.holds ? "altered" : !seen.holds ? "policy-not-met" : stands;
    const { publication } = standing;
    const reasons = [
      same, inclusion(first), seen,
      reason("publication", publication === "published", `check.publication_${publication || "unknown"}`),
      statusReason(first, later, shown, standing, stands),
    ];
    const begun = first.statement.sebelum === "-" && REGISTERED.includes(outcome);
    return { outcome, registeredAt: begun ? first.statement.waktu : null, reasons };
  }

  // Judges a copy (its SHA-256 in hexadecimal) by a proof file's bytes, a policy that was read, later
  // proof files and a nonce of 32 bytes. Gives { sha256, outcome, exit, registeredAt, reasons }; each
  // reason is { check, holds, key, values }. When more than one thing is wrong, the outcome is the first
  // of: the proof does not hold, it is of another log, it is of another file, too few witnesses.
  function judge({ copy, proof, policy, nonce = null, later = [] }) {
    let verdict;
    try {
      verdict = tryJudge({ copy, proof, policy, nonce, later });
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      const { outcome, key, values } = refused;
      verdict = { outcome, registeredAt: null, reasons: [reason("proof", false, key, values)] };
    }
    return { sha256: copy, exit: EXIT[verdict.outcome], ...verdict };
  }

  // Which of several proof files is the one for this copy, and which tell what was stated later: the
  // first in the log that is about the copy comes first. A file that is no proof is put before all, so
  // that it is not passed over. If the copy is not alone, proofs about other documents are left to
  // the other copies.
  function arrange(files, copy, nonce, alone) {
    const read = files.map((bytes) => {
      try {
        const { index, extra } = readProof(bytes);
        const { statement } = readExtra(extra || new Uint8Array());
        return { bytes, index, object: statement.objek, rank: isAbout(statement, copy, nonce) === true ? 1 : 2 };
      } catch (refused) {
        if (!(refused instanceof Refused)) throw refused;
        return { bytes, index: -1n, object: null, rank: 0 };
      }
    });
    read.sort((one, other) => one.rank - other.rank || (one.index < other.index ? -1 : Number(one.index > other.index)));
    const [first, ...others] = read;
    const belongs = ({ object }) => alone || object === first.object;
    return { proof: first.bytes, later: others.filter(belongs).map(({ bytes }) => bytes) };
  }

  Object.assign(simars, { judge, arrange, EXIT });
})();
