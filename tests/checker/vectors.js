// The checker's own functions against the project's vectors, published ones, and the browser's own
// cryptography. Runs in a page that has the checker's scripts. Gives { count, wrong }: how many
// questions were asked, and what was answered wrongly.
"use strict";
const { hex, fromHex, utf8, sha256, sha512, verifies, isPublicKey, judge, text, Refused } = self.simars;
const wrong = [];
let count = 0;

function expect(what, found, expected) {
  count += 1;
  if (found !== expected) wrong.push(`${what}: ${found}, expected ${expected}`);
}

// A refusal is an answer; anything else that is thrown is a mistake of the scripts.
function accepts(read) {
  try {
    return Boolean(read());
  } catch (error) {
    if (!(error instanceof Refused)) wrong.push(String(error.stack));
    return false;
  }
}

function judgeCase(files, { file, proof, policy, nonce, later }) {
  const bytes = (path) => fromHex(files[path]);
  return judge({
    copy: hex(sha256(bytes(file))), proof: bytes(proof), policy: self.simars.readPolicy(bytes(policy)),
    nonce: nonce ? fromHex(nonce) : null, later: (later || []).map(bytes),
  });
}

// Every case, and that each of its reasons is a sentence with nothing left to fill in.
function askCases({ files, cases }) {
  for (const question of cases) {
    const verdict = judgeCase(files, question);
    expect(question.name, verdict.outcome, question.outcome);
    expect(`${question.name}, exit code`, verdict.exit, question.exit);
    const doubts = verdict.reasons.filter(({ holds }) => !holds);
    expect(`${question.name}, reasons`, doubts.length > 0 || verdict.outcome === "genuine", true);
    for (const { key, values } of verdict.reasons) {
      const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
      const sentence = text(key, shown);
      expect(`${key} is a sentence`, sentence !== key && !/[{}]/.test(sentence), true);
    }
  }
}

function askFormats(formats) {
  const { readKey, readNote, readCheckpoint, readProof, readPolicy } = self.simars;
  const readers = {
    "verifier key": readKey,
    note: readNote,
    checkpoint: readCheckpoint,
    proof: (written) => readProof(utf8(written)),
    policy: (written) => readPolicy(utf8(written)),
  };
  for (const { format, text: written, accepted } of formats) {
    // The checker is handed proof files and reads no tiles.
    if (format === "tile path") continue;
    expect(`${format} ${JSON.stringify(written)}`, accepts(() => readers[format](written)), accepted);
  }
}

function askTree({ inclusion }) {
  const { checkInclusion, leafHash } = self.simars;
  for (const { what, entry, index, size, path, root, holds } of inclusion) {
    const found = checkInclusion(leafHash(utf8(entry)), BigInt(index), BigInt(size), path.map(fromHex), fromHex(root));
    expect(`${what}: ${entry} at ${index} of ${size}`, found, holds);
  }
}

// No single bit of a good proof can be changed without its being noticed.
function askFlips({ files, cases }, name, every) {
  const question = cases.find((one) => one.name === name);
  const good = fromHex(files[question.proof]);
  for (let bit = 0; bit < good.length * 8; bit += every) {
    const flipped = good.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    const { exit } = judgeCase({ ...files, [question.proof]: hex(flipped) }, question);
    expect(`${name}, bit ${bit}`, exit >= 20, true);
  }
}

// FIPS 180-4 and its examples.
function askDigests() {
  const long = utf8("a".repeat(1000000));
  const twoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  const known = [
    [sha256, utf8(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    [sha256, utf8("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [sha256, utf8(twoBlocks), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"],
    [sha256, long, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
    [sha512, utf8("abc"), "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"],
  ];
  for (const [digest, bytes, expected] of known) expect(`${digest.name} of ${bytes.length} bytes`, hex(digest(bytes)), expected);
}

// RFC 8032 §7.1: public key, message, signature.
const SIGNATURES = [
  [
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
  [
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  ],
];

function littleEndian(number) {
  return Uint8Array.from({ length: 32 }, (_, index) => Number((number >> BigInt(8 * index)) & 255n));
}

function askSignatures() {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  for (const [key, message, signature] of SIGNATURES) {
    const parts = [key, message, signature].map(fromHex);
    expect(`the signature by ${key}`, verifies(...parts), true);
    // The same signature in a second spelling: the order added to its second half.
    const second = parts[2].slice();
    const s = second.slice(32).reverse().reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
    second.set(littleEndian(s + order), 32);
    expect("a signature in a second spelling", verifies(parts[0], parts[1], second), false);
    expect("another message", verifies(parts[0], utf8("another"), parts[2]), false);
    expect("another key", verifies(fromHex(SIGNATURES[key === SIGNATURES[0][0] ? 1 : 0][0]), parts[1], parts[2]), false);
  }
  const prime = 2n ** 255n - 19n;
  // y = 1 and y = −1, their second spellings, y = 0, and two numbers that are no y of a point.
  for (const y of [1n, prime - 1n, prime + 1n, 0n, prime, 2n, 2n ** 255n - 1n, 1n + 2n ** 255n]) {
    expect(`y = ${y}`, isPublicKey(littleEndian(y)), false);
  }
  expect("a public key", isPublicKey(fromHex(SIGNATURES[0][0])), true);
}

// The browser's own functions, where it has them, agree on digests of every length around the blocks
// and on signatures by new keys.
async function askTheBrowser() {
  for (let length = 0; length <= 300; length++) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    for (const [name, digest] of [["SHA-256", sha256], ["SHA-512", sha512]]) {
      const expected = hex(new Uint8Array(await crypto.subtle.digest(name, bytes)));
      expect(`${name} of ${length} bytes`, hex(digest(bytes)), expected);
    }
  }
  for (let length = 0; length < 40; length++) {
    const { publicKey, privateKey } = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
    const key = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
    const message = crypto.getRandomValues(new Uint8Array(length));
    const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, message));
    expect("a signature by the browser", verifies(key, message, signature), true);
    signature[length] ^= 1 << (length % 8);
    const expected = await crypto.subtle.verify("Ed25519", publicKey, signature, message);
    expect("a changed signature by the browser", verifies(key, message, signature), expected);
  }
}

async function askEverything(given) {
  askCases(given);
  askFormats(given.formats);
  askTree(given.tree);
  askFlips(given, "witnessed-by-two", 53);
  askDigests();
  askSignatures();
  await askTheBrowser();
  return { count, wrong };
}
