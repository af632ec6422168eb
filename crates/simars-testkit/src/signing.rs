//! Makes keys, certificates, signed messages and time stamps for tests. All names are invented.

use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use rsa::traits::PublicKeyParts as _;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const P384: &[u8] = &[0x2b, 0x81, 4, 0, 0x22];
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
const STAMP_INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1, 4];
const STAMP: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 14];
const BOUND: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 47];
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3];
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4];
const SIGNING_TIME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5];
const STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];

/// An element with what is inside.
pub fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut element = vec![tag];
    match body.len() {
        length @ 0..0x80 => element.push(length as u8),
        length @ 0x80..0x100 => element.extend([0x81, length as u8]),
        length => element.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    element.extend(body);
    element
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    der(0x30, parts)
}

fn oid(oid: &[u8]) -> Vec<u8> {
    der(6, &[oid])
}

fn integer(digits: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if digits.first().is_some_and(|&digit| digit >= 0x80) { &[0] } else { &[] };
    der(2, &[sign, digits])
}

/// A digest algorithm.
#[derive(Debug, Clone, Copy)]
pub enum Hash {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// The digest of bytes.
    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    fn algorithm(self) -> Vec<u8> {
        let sha2 = |number| vec![0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, number];
        let name = match self {
            Self::Sha1 => vec![0x2b, 0x0e, 3, 2, 0x1a],
            Self::Sha256 => sha2(1),
            Self::Sha384 => sha2(2),
            Self::Sha512 => sha2(3),
        };
        sequence(&[&oid(&name), &[5, 0]])
    }
}

/// A key to sign with.
#[derive(Debug)]
pub enum Key {
    /// On the curve P-256.
    P256(p256::ecdsa::SigningKey),
    /// On the curve P-384.
    P384(p384::ecdsa::SigningKey),
    /// RSA as in PKCS #1 v1.5.
    Rsa(Box<rsa::PrivateKey>),
    /// RSA with PSS.
    RsaPss(Box<rsa::PrivateKey>),
}

impl Key {
    /// The same key for the same seed, which is not zero.
    pub fn p256(seed: u8) -> Self {
        Self::P256(p256::ecdsa::SigningKey::from_slice(&[seed; 32]).expect("a key"))
    }

    /// The same key for the same seed, which is not zero.
    pub fn p384(seed: u8) -> Self {
        Self::P384(p384::ecdsa::SigningKey::from_slice(&[seed; 48]).expect("a key"))
    }

    /// A new key.
    pub fn rsa() -> Self {
        Self::Rsa(Box::new(rsa::PrivateKey::new(&mut getrandom::SysRng, 1024).expect("a key")))
    }

    /// A new key.
    pub fn rsa_pss() -> Self {
        Self::RsaPss(Box::new(rsa::PrivateKey::new(&mut getrandom::SysRng, 1024).expect("a key")))
    }

    fn public(&self) -> Vec<u8> {
        let (algorithm, bits) = match self {
            Self::P256(key) => {
                let point = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
                (sequence(&[&oid(EC), &oid(P256)]), point)
            }
            Self::P384(key) => {
                let point = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
                (sequence(&[&oid(EC), &oid(P384)]), point)
            }
            Self::Rsa(key) | Self::RsaPss(key) => {
                let modulus = key.n().as_ref().to_be_bytes();
                let numbers = sequence(&[&integer(&modulus), &integer(&[1, 0, 1])]);
                (sequence(&[&oid(RSA), &[5, 0]]), numbers)
            }
        };
        sequence(&[&algorithm, &der(3, &[&[0], &bits])])
    }

    fn algorithm(&self, hash: Hash) -> Vec<u8> {
        let ecdsa = |last| oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, last]);
        let rsa = |last| oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, last]);
        match (self, hash) {
            (Self::P256(_) | Self::P384(_), Hash::Sha1) => panic!("not made"),
            (Self::P256(_) | Self::P384(_), Hash::Sha256) => sequence(&[&ecdsa(2)]),
            (Self::P256(_) | Self::P384(_), Hash::Sha384) => sequence(&[&ecdsa(3)]),
            (Self::P256(_) | Self::P384(_), Hash::Sha512) => sequence(&[&ecdsa(4)]),
            (Self::Rsa(_), Hash::Sha1) => sequence(&[&rsa(5), &[5, 0]]),
            (Self::Rsa(_), Hash::Sha256) => sequence(&[&rsa(11), &[5, 0]]),
            (Self::Rsa(_), Hash::Sha384) => sequence(&[&rsa(12), &[5, 0]]),
            (Self::Rsa(_), Hash::Sha512) => sequence(&[&rsa(13), &[5, 0]]),
            (Self::RsaPss(_), hash) => {
                let inner = hash.algorithm();
                let mask = sequence(&[&oid(MGF1), &inner]);
                let salt = der(0xa2, &[&integer(&[hash.of(&[]).len() as u8])]);
                let parameters = sequence(&[&der(0xa0, &[&inner]), &der(0xa1, &[&mask]), &salt]);
                sequence(&[&oid(RSA_PSS), &parameters])
            }
        }
    }

    fn sign(&self, hash: Hash, bytes: &[u8]) -> Vec<u8> {
        let hashed = hash.of(bytes);
        match self {
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature =
                    key.sign_prehash(&hashed).expect("it works for what is made here");
                signature.to_der().as_bytes().to_vec()
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::Signature =
                    key.sign_prehash(&hashed).expect("it works for what is made here");
                signature.to_der().as_bytes().to_vec()
            }
            Self::Rsa(key) => match hash {
                Hash::Sha1 => key.sign(rsa::Pkcs1v15Sign::new::<Sha1>(), &hashed),
                Hash::Sha256 => key.sign(rsa::Pkcs1v15Sign::new::<Sha256>(), &hashed),
                Hash::Sha384 => key.sign(rsa::Pkcs1v15Sign::new::<Sha384>(), &hashed),
                Hash::Sha512 => key.sign(rsa::Pkcs1v15Sign::new::<Sha512>(), &hashed),
            }
            .expect("it works for what is made here"),
            Self::RsaPss(key) => {
                let random = &mut getrandom::SysRng;
                match hash {
                    Hash::Sha1 => key.sign_with_rng(random, rsa::Pss::<Sha1>::new(), &hashed),
                    Hash::Sha256 => key.sign_with_rng(random, rsa::Pss::<Sha256>::new(), &hashed),
                    Hash::Sha384 => key.sign_with_rng(random, rsa::Pss::<Sha384>::new(), &hashed),
                    Hash::Sha512 => key.sign_with_rng(random, rsa::Pss::<Sha512>::new(), &hashed),
                }
                .expect("it works for what is made here")
            }
        }
    }
}

/// The issuer of the certificates in `samples/`. Its key is no secret: it vouches for nothing.
pub fn sample_root() -> Person {
    Person::new("Penerbit Sertifikat Contoh", Key::p256(11), Role::Issuer, None)
}

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// To issue certificates.
    Issuer,
    /// To sign documents.
    Signer,
    /// To stamp time.
    Stamper,
}

/// Somebody with a key and a certificate.
#[derive(Debug)]
pub struct Person {
    /// What they are called.
    pub name: String,
    /// Their key.
    pub key: Key,
    /// Their certificate, in DER.
    pub certificate: Vec<u8>,
    serial: u8,
    issuer: String,
}

fn name(name: &str) -> Vec<u8> {
    let part = |number, text: &str| {
        let attribute = sequence(&[&oid(&[0x55, 4, number]), &der(0x0c, &[text.as_bytes()])]);
        der(0x31, &[&attribute])
    };
    sequence(&[&part(10, "Kantor Contoh, Unit Uji"), &part(3, name)])
}

impl Person {
    /// Issued by `issuer`, or by themselves.
    pub fn new(called: &str, key: Key, role: Role, issuer: Option<&Self>) -> Self {
        let issuer_name = issuer.map_or(called, |issuer| &issuer.name).to_owned();
        let issuer_key = issuer.map_or(&key, |issuer| &issuer.key);
        let extension = |number: u8, body: &[u8]| {
            sequence(&[&oid(&[0x55, 0x1d, number]), &[1, 1, 0xff], &der(4, &[body])])
        };
        let extensions = match role {
            Role::Issuer => vec![
                extension(19, &sequence(&[&[1, 1, 0xff]])),
                extension(15, &der(3, &[&[1, 0x06]])),
            ],
            Role::Signer => vec![extension(15, &der(3, &[&[6, 0xc0]]))],
            Role::Stamper => vec![extension(37, &sequence(&[&oid(STAMPING)]))],
        };
        let extensions = der(0xa3, &[&sequence(&[&extensions.concat()])]);
        let serial = called.bytes().fold(1_u8, u8::wrapping_add) & 0x7f | 1;
        let algorithm = issuer_key.algorithm(Hash::Sha256);
        let validity =
            sequence(&[&der(0x17, &[b"200101000000Z"]), &der(0x18, &[b"20300101000000Z"])]);
        let signed = sequence(&[
            &der(0xa0, &[&integer(&[2])]),
            &integer(&[serial]),
            &algorithm,
            &name(&issuer_name),
            &validity,
            &name(called),
            &key.public(),
            &extensions,
        ]);
        let signature = issuer_key.sign(Hash::Sha256, &signed);
        let certificate = sequence(&[&signed, &algorithm, &der(3, &[&[0], &signature])]);
        Self { name: called.to_owned(), key, certificate, serial, issuer: issuer_name }
    }

    /// A detached signature over `content`, with a certificate for each of `with` and, if `stamper`
    /// is given, a time stamp.
    pub fn sign(
        &self,
        hash: Hash,
        content: &[u8],
        with: &[&Self],
        stamper: Option<&Self>,
    ) -> Vec<u8> {
        let message = Message { content: None, kind: DATA, hash, with };
        self.message(&message, &hash.of(content), stamper)
    }

    /// A time stamp over `content`.
    pub fn stamp(&self, content: &[u8]) -> Vec<u8> {
        let imprint = sequence(&[&Hash::Sha256.algorithm(), &der(4, &[&Hash::Sha256.of(content)])]);
        let info = sequence(&[
            &integer(&[1]),
            &oid(&[0x2a, 3]),
            &imprint,
            &integer(&[9]),
            &der(0x18, &[b"20261124083005.25Z"]),
        ]);
        let hash = Hash::Sha256;
        let message = Message { content: Some(&info), kind: STAMP_INFO, hash, with: &[] };
        self.message(&message, &hash.of(&info), None)
    }

    fn message(&self, message: &Message<'_>, digest: &[u8], stamper: Option<&Self>) -> Vec<u8> {
        let hash = message.hash;
        let attribute = |name: &[u8], value: &[u8]| sequence(&[&oid(name), &der(0x31, &[value])]);
        let bound = der(4, &[&Hash::Sha256.of(&self.certificate)]);
        let bound = sequence(&[&sequence(&[&sequence(&[&bound])])]);
        let attributes = [
            attribute(CONTENT_TYPE, &oid(message.kind)),
            attribute(SIGNING_TIME, &der(0x17, &[b"261124083000Z"])),
            attribute(MESSAGE_DIGEST, &der(4, &[digest])),
            attribute(BOUND, &bound),
        ]
        .concat();
        let signature = self.key.sign(hash, &der(0x31, &[&attributes]));
        let unsigned =
            stamper.map(|stamper| der(0xa1, &[&attribute(STAMP, &stamper.stamp(&signature))]));
        let signer = sequence(&[
            &integer(&[1]),
            &sequence(&[&name(&self.issuer), &integer(&[self.serial])]),
            &hash.algorithm(),
            &der(0xa0, &[&attributes]),
            &self.key.algorithm(hash),
            &der(4, &[&signature]),
            &unsigned.unwrap_or_default(),
        ]);
        let content = message.content.map(|content| der(0xa0, &[&der(4, &[content])]));
        let mut certificates = self.certificate.clone();
        message.with.iter().for_each(|person| certificates.extend(&person.certificate));
        let data = sequence(&[
            &integer(&[1]),
            &der(0x31, &[&hash.algorithm()]),
            &sequence(&[&oid(message.kind), &content.unwrap_or_default()]),
            &der(0xa0, &[&certificates]),
            &der(0x31, &[&signer]),
        ]);
        sequence(&[&oid(SIGNED_DATA), &der(0xa0, &[&data])])
    }
}

struct Message<'a> {
    content: Option<&'a [u8]>,
    kind: &'static [u8],
    hash: Hash,
    with: &'a [&'a Person],
}
