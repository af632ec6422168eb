// The log's formats (docs/proof.md §2): keys, signed notes, checkpoints, proof files, and the way up
// the tree. Read as strictly as the archive itself does: one text for each thing.
"use strict";
(() => {
  const simars = (self.simars = self.simars || {});
  const { sha256, hex, sameBytes, isPublicKey, verifies } = simars;

  // Why something is not believed: a text's key, what to fill in, and the outcome it leads to.
  class Refused extends Error {
    constructor(key, values = {}, outcome = "proof-damaged") {
      super(key);
      Object.assign(this, { key, values, outcome });
    }
  }

  const LARGEST = 2n ** 63n - 1n;
  const LONGEST_NOTE = 2 ** 20;
  const MOST_SIGNATURES = 100;
  const LONGEST_PATH = 63;

  const utf8 = (text) => new TextEncoder().encode(text);

  // Text of bytes that are UTF-8 throughout; null otherwise. A byte order mark is kept, to be refused.
  function textOf(bytes) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return null;
    }
  }

  // Standard base64 with padding and unused bits zero; null otherwise.
  function fromBase64(text) {
    try {
      const raw = atob(text);
      return btoa(raw) === text ? Uint8Array.from(raw, (character) => character.charCodeAt(0)) : null;
    } catch {
      return null;
    }
  }

  function hashFromBase64(text) {
    const bytes = fromBase64(text);
    return bytes && bytes.length === 32 ? bytes : null;
  }

  // A number without sign or leading zero, at most `largest`; null otherwise.
  function decimal(text, largest = LARGEST) {
    if (!/^(?:0|[1-9][0-9]{0,19})$/.test(text)) return null;
    const number = BigInt(text);
    return number <= largest ? number : null;
  }

  function bigEndian(bytes) {
    return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
  }

  const isName = (text) => text !== "" && !/[\p{White_Space}\p{Cc}+]/u.test(text);

  // A verifier key, name+id+base64(type ‖ key); null if it is none. Type 1 is a log's, 4 a witness's.
  function readKey(text) {
    const parts = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/su.exec(text);
    const data = parts && fromBase64(parts[3]);
    if (!data || !isName(parts[1]) || data.length !== 33) return null;
    const [, name, id] = parts;
    const kind = data[0];
    const key = data.subarray(1);
    const computed = hex(sha256(utf8(name + "\n"), data).subarray(0, 4));
    if ((kind !== 1 && kind !== 4) || computed !== id || !isPublicKey(key)) return null;
    return { name, id, kind, key };
  }

  function readSignature(line) {
    const parts = /^— ([^ ]*) (.*)$/su.exec(line);
    const data = parts && fromBase64(parts[2]);
    if (!data || data.length < 5 || !isName(parts[1])) throw new Refused("check.read_note");
    return { name: parts[1], id: hex(data.subarray(0, 4)), bytes: data.subarray(4) };
  }

  // A signed note: its text and its signature lines, of which nothing is believed yet.
  function readNote(whole) {
    const refused = new Refused("check.read_note");
    const end = whole.lastIndexOf("\n\n");
    const lines = whole.slice(end + 2);
    // eslint-disable-next-line no-control-regex
    if (/[\x00-\x09\x0b-\x1f]/.test(whole) || utf8(whole).length > LONGEST_NOTE) throw refused;
    if (end < 0 || !lines.endsWith("\n")) throw refused;
    const signatures = lines.slice(0, -1).split("\n");
    if (signatures.length > MOST_SIGNATURES) throw refused;
    return { text: whole.slice(0, end + 1), signatures: signatures.map(readSignature) };
  }

  // The text of a checkpoint: which log, how many statements, which root.
  function readCheckpoint(text) {
    const lines = text.split("\n");
    const [origin, size, root] = [lines[0], decimal(lines[1] || ""), hashFromBase64(lines[2] || "")];
    const line = (content) => content !== "" && !/\p{Cc}/u.test(content);
    const ended = lines.pop() === "";
    if (!ended || !line(origin) || size === null || root === null || !lines.slice(3).every(line)) {
      throw new Refused("check.read_checkpoint");
    }
    return { origin, size, root };
  }

  // Whether a key signed a note: null if there is no line of it; the time for a witness, in seconds
  // since 1970. A line that does not fit, or two of one key, condemn the note.
  function signedBy(note, key) {
    const lines = note.signatures.filter(({ name, id }) => name === key.name && id === key.id);
    if (lines.length === 0) return null;
    if (lines.length > 1) throw new Refused("check.signed_twice", { name: key.name });
    const { bytes } = lines[0];
    const witness = key.kind === 4;
    const time = witness ? bigEndian(bytes.subarray(0, 8)) : 0n;
    const message = witness ? `cosignature/v1\ntime ${time}\n${note.text}` : note.text;
    const signature = witness ? bytes.subarray(8) : bytes;
    if (time > LARGEST || !verifies(key.key, utf8(message), signature)) {
      throw new Refused("check.signature_wrong", { name: key.name });
    }
    return { time };
  }

  const HEADER = "c2sp.org/tlog-proof@v1";

  // A proof file from its bytes: { extra, index, path, note }.
  function readProof(bytes) {
    const whole = bytes.length > LONGEST_NOTE ? null : textOf(bytes);
    if (whole === null) throw new Refused("check.read_proof", { line: HEADER });
    let rest = whole;
    const line = (name) => {
      const end = rest.indexOf("\n");
      if (end < 0) throw new Refused("check.read_proof", { line: name });
      const found = rest.slice(0, end);
      rest = rest.slice(end + 1);
      return found;
    };
    if (line(HEADER) !== HEADER) throw new Refused("check.read_proof", { line: HEADER });
    let current = line("index");
    let extra = null;
    if (current.startsWith("extra ")) {
      extra = fromBase64(current.slice(6));
      if (!extra) throw new Refused("check.read_proof", { line: "extra" });
      current = line("index");
    }
    const index = current.startsWith("index ") ? decimal(current.slice(6)) : null;
    if (index === null) throw new Refused("check.read_proof", { line: "index" });
    const path = [];
    for (let hash = line("path"); hash !== ""; hash = line("path")) {
      const sibling = hashFromBase64(hash);
      if (!sibling || path.length === LONGEST_PATH) throw new Refused("check.read_proof", { line: "path" });
      path.push(sibling);
    }
    const note = readNote(rest);
    readCheckpoint(note.text);
    return { extra, index, path, note };
  }

  const leafHash = (entry) => sha256(Uint8Array.of(0), entry);
  const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

  // Whether the path leads from a leaf to the root (RFC 9162 §2.1.3.2). Numbers are BigInt.
  function checkInclusion(leaf, index, size, path, root) {
    if (index >= size) return false;
    let node = index;
    let last = size - 1n;
    let hash = leaf;
    for (const sibling of path) {
      if (last === 0n) return false;
      if ((node & 1n) === 1n || node === last) {
        hash = nodeHash(sibling, hash);
        while ((node & 1n) === 0n && node !== 0n) {
          node >>= 1n;
          last >>= 1n;
        }
      } else {
        hash = nodeHash(hash, sibling);
      }
      node >>= 1n;
      last >>= 1n;
    }
    return last === 0n && sameBytes(hash, root);
  }

  Object.assign(simars, {
    Refused, HEADER, utf8, textOf, decimal, hashFromBase64, readKey, readNote, readCheckpoint, readProof, signedBy,
    leafHash, nodeHash, checkInclusion,
  });
})();
