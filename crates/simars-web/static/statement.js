// Statements, and what the line `extra` of a proof file tells beside its statement: how the document
// stood when the log was signed, or that a file was not in the archive (docs/proof.md §2, §2a).
"use strict";
(() => {
  const simars = (self.simars = self.simars || {});
  const { Refused, sha256, hex, sameBytes, utf8, textOf, decimal, hashFromBase64, leafHash, nodeHash, checkInclusion } = simars;

  const STATEMENT = "simars/pernyataan@v1";
  const STATUS = "simars/kedudukan@v1";
  const ABSENCE = "simars/ketiadaan@v1";
  const LONGEST_EXTRA = 512 * 1024;
  const DEPTH = 16;
  // The object of statements about the archive itself.
  const ARCHIVE = "a".repeat(26);
  const KINDS = ["daftar", "terbit", "koreksi", "ganti", "akses", "baca", "salinan", "lihat", "retensi", "cabut", "musnah", "kunci", "indeks", "jadwal"];
  const LARGEST_U32 = 2n ** 32n - 1n;
  const LARGEST_U64 = 2n ** 64n - 1n;

  const refuse = (line) => {
    throw new Refused("check.read_statement", { line });
  };

  // Whether a text is a real point in time from 1970 to 9999, written in the one way.
  function isTime(text) {
    const form = /^(?:19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;
    const time = form.test(text) ? Date.parse(text) : NaN;
    return !Number.isNaN(time) && new Date(time).toISOString() === text.replace("Z", ".000Z");
  }

  // What a statement is about: a public file, a commitment, the map's root, a key, or a schedule.
  function readContent(text) {
    const parts = /^(sha256|tertutup|indeks|kunci|jadwal):([0-9a-f]{64})(?: ([0-9]+))?$/.exec(text);
    if (!parts) return null;
    const [, form, digest, written] = parts;
    const counted = form === "sha256" || form === "indeks" || form === "jadwal";
    if (counted !== (written !== undefined)) return null;
    const count = counted ? decimal(written, LARGEST_U64) : 0n;
    return count === null ? null : { form, digest, count };
  }

  // The lines of a statement in their order: the key, and what its value becomes; null refuses it.
  const matching = (pattern) => (text) => (pattern.test(text) ? text : null);
  const LINES = [
    ["jenis", (text) => (KINDS.includes(text) ? text : null)],
    ["objek", matching(/^[a-z2-7]{25}[aeimquy4]$/)],
    ["versi", (text) => decimal(text, LARGEST_U32)],
    ["sebelum", matching(/^(?:-|[0-9a-f]{64})$/)],
    ["konten", readContent],
    ["metadata", matching(/^tertutup:[0-9a-f]{64}$/)],
    ["peran", matching(/^[a-z0-9-]{1,64}$/)],
    ["waktu", (text) => (isTime(text) ? text : null)],
  ];

  // What is left to read of some lines; the last one was ended by a newline.
  class Reader {
    constructor(text) {
      this.lines = text.split("\n");
      this.ended = this.lines.pop() === "";
      this.at = 0;
    }

    get done() {
      return this.at === this.lines.length;
    }

    next() {
      return this.done ? null : this.lines[this.at++];
    }

    // The value of the next line if it has this key; null, and nothing is read, if it has not.
    value(key) {
      const line = this.done ? "" : this.lines[this.at];
      if (!line.startsWith(key + " ")) return null;
      this.at += 1;
      return line.slice(key.length + 1);
    }

    statement() {
      const from = this.at;
      if (this.next() !== STATEMENT) refuse(STATEMENT);
      const statement = {};
      for (const [key, read] of LINES) {
        const written = this.value(key);
        const value = written === null ? null : read(written);
        if (value === null) refuse(key);
        statement[key] = value;
      }
      statement.leaf = hex(leafHash(utf8(this.lines.slice(from, this.at).join("\n") + "\n")));
      return statement;
    }

    hashes(key) {
      const hashes = [];
      for (let value = this.value(key); value !== null; value = this.value(key)) {
        hashes.push(hashFromBase64(value) || refuse(key));
      }
      return hashes;
    }

    map() {
      const siblings = this.hashes("cabang");
      const entries = [];
      for (let entry = this.value("isi"); entry !== null; entry = this.value("isi")) {
        const parts = /^([0-9a-f]{64}) ([0-9a-f]{64})$/.exec(entry);
        entries.push(parts ? parts.slice(1) : refuse("isi"));
      }
      return { siblings, entries };
    }

    status() {
      const later = [];
      while (!this.done && this.lines[this.at] === STATEMENT) later.push(this.statement());
      const written = this.value("indeks");
      const index = written === null ? null : decimal(written);
      if (index === null) refuse("indeks");
      return { later, index, indexed: this.statement(), path: this.hashes("jalan"), map: this.map() };
    }
  }

  // The bytes of the line `extra`: { statement, status, absence }, of which the last two may be null.
  function readExtra(bytes) {
    const text = bytes.length <= LONGEST_EXTRA ? textOf(bytes) : null;
    if (text === null) refuse("extra");
    const reader = new Reader(text);
    const read = { statement: reader.statement(), status: null, absence: null };
    if (!reader.ended) refuse("waktu");
    if (reader.done) return read;
    if (reader.next() !== "") refuse(STATUS);
    const header = reader.next();
    if (header === STATUS) read.status = reader.status();
    else if (header === ABSENCE) read.absence = { map: reader.map() };
    else refuse(STATUS);
    if (!reader.done) refuse("isi");
    return read;
  }

  const fromHex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  const bucketOf = (key) => parseInt(key.slice(0, 4), 16);
  const keyOf = (line) => hex(sha256(utf8(line + "\n")));

  // The root that a shown bucket leads to, seen as the bucket of `key`; null if it cannot be that one.
  function rootOfMap({ siblings, entries }, key) {
    const bucket = bucketOf(key);
    const belong = entries.every(([held]) => bucketOf(held) === bucket);
    const ascend = entries.every(([held], place) => place === 0 || entries[place - 1][0] < held);
    if (!belong || !ascend || siblings.length !== DEPTH) return null;
    let hash = sha256(Uint8Array.of(2), ...entries.flat().map(fromHex));
    for (const [level, sibling] of siblings.entries()) {
      hash = (bucket >> level) & 1 ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    }
    return hash;
  }

  // What the map maps a key to, once the bucket is seen to lead to the root in the statement of the
  // index, which stands at `index` and covers what stands before it; undefined if the key is not there.
  function lookUp(map, key, indexed, index) {
    const isIndex = indexed.jenis === "indeks" && indexed.objek === ARCHIVE && indexed.konten.form === "indeks";
    if (!isIndex || indexed.konten.count !== index) throw new Refused("check.status_no_index");
    const root = rootOfMap(map, key);
    if (!root || hex(root) !== indexed.konten.digest) throw new Refused("check.status_map");
    const found = map.entries.find(([held]) => held === key);
    return found && found[1];
  }

  // Sees that these were all statements about the document from `first` on when the log was signed.
  function checkStatus(status, first, checkpoint) {
    let leaf = first.leaf;
    for (const later of status.later) {
      if (later.objek !== first.objek || later.sebelum !== leaf) throw new Refused("check.status_chain");
      leaf = later.leaf;
    }
    const { index, indexed, path, map } = status;
    const latest = lookUp(map, keyOf(`objek ${first.objek}`), indexed, index);
    if (!checkInclusion(fromHex(indexed.leaf), index, checkpoint.size, path, checkpoint.root)) {
      throw new Refused("check.status_not_in_log");
    }
    if (latest !== leaf) throw new Refused("check.status_not_latest");
  }

  // Sees that the file was not among the public ones by the index that stands at `index`.
  function checkAbsence(absence, copy, indexed, index) {
    if (lookUp(absence.map, keyOf(`konten sha256:${copy}`), indexed, index) !== undefined) {
      throw new Refused("check.absence_present");
    }
  }

  // Whether a statement is about the bytes with this digest; null if it names them by a commitment and
  // there is no nonce (32 bytes) to open it.
  function isAbout(statement, copy, nonce) {
    const { form, digest } = statement.konten;
    if (form === "sha256") return digest === copy;
    if (form !== "tertutup") return false;
    return nonce ? sameBytes(sha256(utf8("simars/v1"), nonce, fromHex(copy)), fromHex(digest)) : null;
  }

  Object.assign(simars, { readExtra, checkStatus, checkAbsence, isAbout, fromHex });
})();
