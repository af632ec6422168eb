// Ed25519 signatures (RFC 8032 §5.1), checked and never made: nothing here is secret, so nothing
// here needs to take the same time whatever the numbers are.
//
// The browser's own function is not asked. Not every browser has it, it is missing on plain HTTP, and
// browsers differ on rare signatures; the answer must be the same everywhere, and be that of the
// other checkers of this project. A check takes some milliseconds.
"use strict";
(() => {
  const simars = (self.simars = self.simars || {});

  // SHA-512 (FIPS 180-4). The first 80 primes give the round constants, the first 8 the start values:
  // the first 64 bits of the fractional parts of their cube and square roots.
  function fractionalRoot(prime, degree) {
    const value = BigInt(prime) << BigInt(64 * degree);
    let low = 0n;
    let high = 1n << 72n;
    while (low + 1n < high) {
      const middle = (low + high) >> 1n;
      if (middle ** BigInt(degree) <= value) low = middle;
      else high = middle;
    }
    return BigInt.asUintN(64, low);
  }

  function firstPrimes(count) {
    const primes = [];
    for (let candidate = 2; primes.length < count; candidate++) {
      if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
    }
    return primes;
  }

  const ROUND = firstPrimes(80).map((prime) => fractionalRoot(prime, 3));
  const START = firstPrimes(8).map((prime) => fractionalRoot(prime, 2));
  const word = (number) => BigInt.asUintN(64, number);
  const turn = (x, by) => (x >> by) | word(x << (64n - by));

  function digestBlock(state, view, at) {
    const w = [];
    for (let t = 0; t < 16; t++) w.push(view.getBigUint64(at + 8 * t));
    for (let t = 16; t < 80; t++) {
      const x = w[t - 15], y = w[t - 2];
      const s0 = turn(x, 1n) ^ turn(x, 8n) ^ (x >> 7n);
      const s1 = turn(y, 19n) ^ turn(y, 61n) ^ (y >> 6n);
      w.push(word(w[t - 16] + s0 + w[t - 7] + s1));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 80; t++) {
      const s1 = turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n);
      const one = h + s1 + (g ^ (e & (f ^ g))) + ROUND[t] + w[t];
      const s0 = turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n);
      const two = s0 + ((a & b) | (c & (a | b)));
      [h, g, f, e, d, c, b, a] = [g, f, e, word(d + one), c, b, a, word(one + two)];
    }
    return [a, b, c, d, e, f, g, h].map((value, index) => word(state[index] + value));
  }

  // The 64 bytes of the digest of some short bytes.
  function sha512(bytes) {
    const padded = new Uint8Array(Math.ceil((bytes.length + 17) / 128) * 128);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n);
    let state = START;
    for (let at = 0; at < padded.length; at += 128) state = digestBlock(state, view, at);
    const digest = new Uint8Array(64);
    const words = new DataView(digest.buffer);
    state.forEach((value, index) => words.setBigUint64(8 * index, value));
    return digest;
  }

  // The field, the group's order, and the curve −x² + y² = 1 + d·x²·y².
  const P = 2n ** 255n - 19n;
  const L = 2n ** 252n + 27742317777372353535851937790883648493n;
  const mod = (number) => {
    const rest = number % P;
    return rest < 0n ? rest + P : rest;
  };
  function power(base, exponent) {
    let result = 1n;
    for (let square = mod(base); exponent > 0n; exponent >>= 1n) {
      if (exponent & 1n) result = mod(result * square);
      square = mod(square * square);
    }
    return result;
  }
  const invert = (number) => power(number, P - 2n);
  const D = mod(-121665n * invert(121666n));
  const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);

  function fromLittleEndian(bytes) {
    let number = 0n;
    for (let index = bytes.length - 1; index >= 0; index--) number = (number << 8n) | BigInt(bytes[index]);
    return number;
  }

  // Points are [X, Y, Z, T] with x = X/Z, y = Y/Z, xy = T/Z (Hisil, Wong, Carter, Dawson 2008).
  const NEUTRAL = [0n, 1n, 1n, 0n];

  function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
    const a = mod((y1 - x1) * (y2 - x2));
    const b = mod((y1 + x1) * (y2 + x2));
    const c = mod(mod(2n * t1 * t2) * D);
    const d = mod(2n * z1 * z2);
    const e = b - a, f = d - c, g = d + c, h = b + a;
    return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
  }

  function double([x, y, z]) {
    const a = mod(x * x);
    const b = mod(y * y);
    const h = a + b;
    const e = h - mod((x + y) * (x + y));
    const g = a - b;
    const f = mod(2n * z * z) + g;
    return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
  }

  // The point that 32 bytes stand for (RFC 8032 §5.1.3); null if they stand for none, or are not the
  // one spelling of it.
  function decompress(bytes) {
    const sign = bytes[31] >> 7;
    const y = BigInt.asUintN(255, fromLittleEndian(bytes));
    if (y >= P) return null;
    const u = mod(y * y - 1n);
    const v = mod(D * y * y + 1n);
    let x = mod(u * v ** 3n * power(u * v ** 7n, (P - 5n) / 8n));
    const found = mod(v * x * x);
    if (found === mod(-u)) x = mod(x * ROOT_OF_MINUS_ONE);
    else if (found !== u) return null;
    if (x === 0n && sign === 1) return null;
    if (Number(x & 1n) !== sign) x = P - x;
    return [x, y, 1n, mod(x * y)];
  }

  function compress([x, y, z]) {
    const inverse = invert(z);
    let number = mod(y * inverse) | ((mod(x * inverse) & 1n) << 255n);
    const bytes = new Uint8Array(32);
    for (let index = 0; index < 32; index++, number >>= 8n) bytes[index] = Number(number & 255n);
    return bytes;
  }

  const BASE = decompress(Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 0x58 : 0x66)));

  const sameBytes = (one, other) => one.length === other.length && one.every((byte, index) => byte === other[index]);

  // Whether 32 bytes are a public key: a point in its one spelling, and none of the eight with which
  // a signature over anything can be made.
  function isPublicKey(bytes) {
    const point = bytes.length === 32 ? decompress(bytes) : null;
    if (!point) return false;
    const [x, y, z] = double(double(double(point)));
    return x !== 0n || y !== z;
  }

  // Whether the 64 bytes are a signature of the message (RFC 8032 §5.1.7, without the cofactor): the
  // second half is below the order, and the first half is, byte for byte, s·B − k·A.
  function verifies(publicKey, message, signature) {
    if (signature.length !== 64 || !isPublicKey(publicKey)) return false;
    const s = fromLittleEndian(signature.subarray(32));
    if (s >= L) return false;
    const [x, y, z, t] = decompress(publicKey);
    const minusKey = [mod(-x), y, z, mod(-t)];
    const hashed = new Uint8Array(64 + message.length);
    hashed.set(signature.subarray(0, 32));
    hashed.set(publicKey, 32);
    hashed.set(message, 64);
    const k = fromLittleEndian(sha512(hashed)) % L;
    const both = add(BASE, minusKey);
    let sum = NEUTRAL;
    for (let bit = 252n; bit >= 0n; bit--) {
      sum = double(sum);
      const ofBase = (s >> bit) & 1n;
      const ofKey = (k >> bit) & 1n;
      if (ofBase && ofKey) sum = add(sum, both);
      else if (ofBase) sum = add(sum, BASE);
      else if (ofKey) sum = add(sum, minusKey);
    }
    return sameBytes(compress(sum), signature.subarray(0, 32));
  }

  Object.assign(simars, { sha512, isPublicKey, verifies, sameBytes });
})();
