// SHA-256 (FIPS 180-4) of a file, slice by slice, off the page's own thread.
// Takes { file } and posts { done, total } while it works, then { sha256 } or { error }.
"use strict";

// The first 64 primes give the round constants, the first 8 the start values: the first 32 bits of
// the fractional parts of their cube and square roots. Computed in integers, so nothing is copied.
function fractionalRoot(prime, degree) {
  const value = BigInt(prime) << BigInt(32 * degree);
  let low = 0n;
  let high = 1n << 40n;
  while (low + 1n < high) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(degree) <= value) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn) | 0;
}

const primes = [];
for (let candidate = 2; primes.length < 64; candidate++) {
  if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
}
const ROUND = Int32Array.from(primes, (prime) => fractionalRoot(prime, 3));
const START = primes.slice(0, 8).map((prime) => fractionalRoot(prime, 2));

class Sha256 {
  constructor() {
    this.state = Int32Array.from(START);
    this.schedule = new Int32Array(64);
    this.rest = new Uint8Array(64);
    this.restLength = 0;
    this.length = 0;
  }

  update(bytes) {
    this.length += bytes.length;
    let offset = 0;
    if (this.restLength > 0) {
      offset = Math.min(64 - this.restLength, bytes.length);
      this.rest.set(bytes.subarray(0, offset), this.restLength);
      this.restLength += offset;
      if (this.restLength < 64) return;
      this.blocks(this.rest, 0, 64);
      this.restLength = 0;
    }
    const end = bytes.length - ((bytes.length - offset) % 64);
    this.blocks(bytes, offset, end);
    this.rest.set(bytes.subarray(end), 0);
    this.restLength = bytes.length - end;
  }

  blocks(bytes, from, to) {
    const w = this.schedule;
    const state = this.state;
    let [h0, h1, h2, h3, h4, h5, h6, h7] = state;
    for (let at = from; at < to; at += 64) {
      for (let t = 0, i = at; t < 16; t++, i += 4) {
        w[t] = (bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3];
      }
      for (let t = 16; t < 64; t++) {
        const x = w[t - 15];
        const y = w[t - 2];
        const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
      }
      let a = h0, b = h1, c = h2, d = h3, e = h4, f = h5, g = h6, h = h7;
      for (let t = 0; t < 64; t++) {
        const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        const choice = g ^ (e & (f ^ g));
        const one = (h + s1 + choice + ROUND[t] + w[t]) | 0;
        const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        const majority = (a & b) | (c & (a | b));
        h = g; g = f; f = e;
        e = (d + one) | 0;
        d = c; c = b; b = a;
        a = (one + s0 + majority) | 0;
      }
      h0 = (h0 + a) | 0; h1 = (h1 + b) | 0; h2 = (h2 + c) | 0; h3 = (h3 + d) | 0;
      h4 = (h4 + e) | 0; h5 = (h5 + f) | 0; h6 = (h6 + g) | 0; h7 = (h7 + h) | 0;
    }
    state.set([h0, h1, h2, h3, h4, h5, h6, h7]);
  }

  finish() {
    const bits = this.length * 8;
    const padding = new Uint8Array(this.restLength < 56 ? 64 - this.restLength : 128 - this.restLength);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(padding.length - 4, bits >>> 0);
    this.update(padding);
    return Array.from(this.state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const SLICE = 4 * 1024 * 1024;
const SMALL = 64 * 1024 * 1024;

async function hashFile(file, progress) {
  // The browser's own function is the quickest, but wants the whole file in memory and exists on
  // secure pages only.
  if (file.size <= SMALL && self.crypto && self.crypto.subtle) {
    const digest = await self.crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return hex(new Uint8Array(digest));
  }
  const hasher = new Sha256();
  for (let start = 0; start < file.size; start += SLICE) {
    const slice = file.slice(start, Math.min(start + SLICE, file.size));
    hasher.update(new Uint8Array(await slice.arrayBuffer()));
    progress(Math.min(start + SLICE, file.size), file.size);
  }
  return hasher.finish();
}

if (typeof self !== "undefined") {
  self.onmessage = async (message) => {
    const report = (done, total) => self.postMessage({ done, total });
    try {
      self.postMessage({ sha256: await hashFile(message.data.file, report) });
    } catch (error) {
      self.postMessage({ error: String(error) });
    }
  };
}
if (typeof module !== "undefined") module.exports = { Sha256 };
