// Policies (docs/proof.md §3, C2SP tlog-policy): which logs are believed, and which witnesses must have
// seen the same.
"use strict";
(() => {
  const simars = (self.simars = self.simars || {});
  const { Refused, textOf, decimal, hex, readKey, readCheckpoint, signedBy } = simars;
  const LONGEST = 2 ** 18;

  // What was read so far; each method takes the items of a line after its first word.
  class Draft {
    constructor() {
      Object.assign(this, { logs: [], witnesses: [], groups: [], quorum: undefined });
      this.names = new Map();
      this.members = new Set();
      this.keys = { 1: new Set(), 4: new Set() };
    }

    key(item, kind) {
      // Names are octets; a key must be text.
      const text = textOf(Uint8Array.from(item, (character) => character.charCodeAt(0)));
      const key = text === null ? null : readKey(text);
      if (!key || key.kind !== kind || this.keys[kind].has(hex(key.key))) return null;
      this.keys[kind].add(hex(key.key));
      return key;
    }

    define(name, member) {
      if (name === "none" || this.names.has(name)) return false;
      this.names.set(name, member);
      return true;
    }

    log(items) {
      const key = items.length === 1 || items.length === 2 ? this.key(items[0], 1) : null;
      if (key) this.logs.push(key);
      return key !== null;
    }

    witness(items) {
      if (items.length !== 2 && items.length !== 3) return false;
      const key = this.key(items[1], 4);
      if (!key || !this.define(items[0], { witness: this.witnesses.length })) return false;
      this.witnesses.push(key);
      return true;
    }

    group([name, needed, ...names]) {
      if (name === undefined || needed === undefined) return false;
      for (const member of names) {
        if (!this.names.has(member) || this.members.has(member)) return false;
        this.members.add(member);
      }
      const words = { any: 1n, all: BigInt(names.length) };
      const count = Object.hasOwn(words, needed) ? words[needed] : decimal(needed);
      if (count === null || count < 1n || count > BigInt(names.length)) return false;
      if (!this.define(name, { group: this.groups.length })) return false;
      this.groups.push({ needed: Number(count), members: names.map((member) => this.names.get(member)) });
      return true;
    }

    setQuorum(items) {
      if (items.length !== 1 || this.quorum !== undefined) return false;
      this.quorum = items[0] === "none" ? null : this.names.get(items[0]);
      return this.quorum !== undefined;
    }

    line(line) {
      // eslint-disable-next-line no-control-regex
      if (/[\x00-\x08\x0a-\x1f\x7f]/.test(line)) return false;
      const [first, ...items] = line.split(/[ \t]/).filter((item) => item !== "");
      if (first === undefined || first.startsWith("#")) return true;
      if (first === "log") return this.log(items);
      if (first === "witness") return this.witness(items);
      if (first === "group") return this.group(items);
      return first === "quorum" && this.setQuorum(items);
    }
  }

  // A policy from the bytes of its file; the refusal says which line is wrong.
  function readPolicy(bytes) {
    const refuse = (line) => {
      throw new Refused("check.read_policy", { line: String(line) }, "policy-unreadable");
    };
    if (bytes.length > LONGEST) refuse(1);
    // Octets as they are, so that names need not be UTF-8.
    const lines = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("").split("\n");
    const unended = lines.pop();
    const draft = new Draft();
    lines.forEach((line, index) => draft.line(line) || refuse(index + 1));
    if (unended !== "") refuse(lines.length + 1);
    if (draft.quorum === undefined) refuse(Math.max(lines.length, 1));
    const { logs, witnesses, groups, quorum } = draft;
    return { logs, witnesses, groups, quorum };
  }

  function quorumMet({ groups, quorum }, present) {
    if (quorum === null) return true;
    const met = [];
    const holds = ({ witness, group }) => (witness === undefined ? met[group] : present[witness]);
    // Groups are made of what was defined before them, so one walk in order is enough.
    for (const { needed, members } of groups) met.push(members.filter(holds).length >= needed);
    return holds(quorum);
  }

  // Judges a checkpoint: the log's signature, which must be there, and those of the witnesses. A wrong
  // signature by any known key condemns the whole.
  function judgeCheckpoint(policy, note) {
    const checkpoint = readCheckpoint(note.text);
    const known = policy.logs.filter(({ name }) => name === checkpoint.origin);
    const signers = known.filter((key) => signedBy(note, key) !== null);
    const log = { log: checkpoint.origin };
    if (known.length === 0) throw new Refused("check.unknown_log", log, "not-in-log");
    if (signers.length === 0) throw new Refused("check.unknown_key", log, "not-in-log");
    const seen = policy.witnesses.map((key) => signedBy(note, key));
    const times = seen.filter((found) => found !== null).map(({ time }) => time);
    return { checkpoint, log: checkpoint.origin, times, quorumMet: quorumMet(policy, seen.map((found) => found !== null)) };
  }

  Object.assign(simars, { readPolicy, judgeCheckpoint });
})();
