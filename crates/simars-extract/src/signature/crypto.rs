//! Digests and signatures: which algorithm an identifier means, and whether a signature holds.
//!
//! Signatures name their digests by kind, SHA-384 and SHA-512 among them, so this file uses `sha2`
//! itself (ARCHITECTURE.md §5a). What the archive calls by a digest is digested by
//! [`simars_record::Hasher`] only.

use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss, PublicKey};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::tlv::{INTEGER, OID, SEQUENCE, Tlv, dotted};

const MD5: &str = "1.2.840.113549.2.5";
const RSA: &str = "1.2.840.113549.1.1.1";
const RSA_PSS: &str = "1.2.840.113549.1.1.10";
const EC: &str = "1.2.840.10045.2.1";
const P256: &str = "1.2.840.10045.3.1.7";
const P384: &str = "1.3.132.0.34";
const MASK_MGF1: &str = "1.2.840.113549.1.1.8";

/// A digest algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// The algorithm that an identifier in dotted form means.
    pub(super) fn named(oid: &str) -> Option<Self> {
        Some(match oid {
            "1.3.14.3.2.26" => Self::Sha1,
            "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "2.16.840.1.101.3.4.2.2" => Self::Sha384,
            "2.16.840.1.101.3.4.2.3" => Self::Sha512,
            _ => return None,
        })
    }

    /// The digest of several parts, one after the other.
    pub(super) fn of(self, parts: &[&[u8]]) -> Vec<u8> {
        fn run<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
            let mut digest = D::new();
            parts.iter().for_each(|part| digest.update(part));
            digest.finalize().to_vec()
        }
        match self {
            Self::Sha1 => run::<Sha1>(parts),
            Self::Sha256 => run::<Sha256>(parts),
            Self::Sha384 => run::<Sha384>(parts),
            Self::Sha512 => run::<Sha512>(parts),
        }
    }

    /// The name people know it by.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }
}

/// Why there is no answer to whether a signature holds.
pub(super) type Unsupported = String;

/// How something was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Pkcs1(Hash),
    /// With the length of the salt in bytes.
    Pss(Hash, usize),
    Ecdsa(Hash),
}

impl Scheme {
    /// The scheme of an AlgorithmIdentifier. `hash` is what is used where the identifier names
    /// the kind of key only, as is usual in signed messages.
    pub(super) fn read(algorithm: Tlv<'_>, hash: Option<Hash>) -> Result<Self, Unsupported> {
        let mut parts = algorithm.children();
        let oid = parts.next_if(OID).map(|oid| dotted(oid.body)).unwrap_or_default();
        let given = || hash.ok_or_else(|| "no digest algorithm is named".to_owned());
        Ok(match oid.as_str() {
            RSA => Self::Pkcs1(given()?),
            "1.2.840.113549.1.1.5" => Self::Pkcs1(Hash::Sha1),
            "1.2.840.113549.1.1.11" => Self::Pkcs1(Hash::Sha256),
            "1.2.840.113549.1.1.12" => Self::Pkcs1(Hash::Sha384),
            "1.2.840.113549.1.1.13" => Self::Pkcs1(Hash::Sha512),
            RSA_PSS => return pss(parts.next()),
            EC => Self::Ecdsa(given()?),
            "1.2.840.10045.4.1" => Self::Ecdsa(Hash::Sha1),
            "1.2.840.10045.4.3.2" => Self::Ecdsa(Hash::Sha256),
            "1.2.840.10045.4.3.3" => Self::Ecdsa(Hash::Sha384),
            "1.2.840.10045.4.3.4" => Self::Ecdsa(Hash::Sha512),
            _ => return Err(format!("the signature algorithm {oid} is not supported")),
        })
    }

    /// The digest algorithm.
    pub(super) fn hash(self) -> Hash {
        match self {
            Self::Pkcs1(hash) | Self::Pss(hash, _) | Self::Ecdsa(hash) => hash,
        }
    }

    /// The name people know it by.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pkcs1(_) => "RSA",
            Self::Pss(..) => "RSA-PSS",
            Self::Ecdsa(_) => "ECDSA",
        }
    }

    /// Whether `signature` over `parts` was made with the key in a SubjectPublicKeyInfo.
    pub(super) fn holds(
        self,
        key: Tlv<'_>,
        parts: &[&[u8]],
        signature: &[u8],
    ) -> Result<bool, Unsupported> {
        let hashed = self.hash().of(parts);
        let mut fields = key.children();
        let algorithm = fields.next_if(SEQUENCE).ok_or("the key is not readable")?;
        let bits = fields.next().and_then(Tlv::bits).ok_or("the key is not readable")?;
        let mut algorithm = algorithm.children();
        let kind = algorithm.next_if(OID).map(|oid| dotted(oid.body)).unwrap_or_default();
        match (self, kind.as_str()) {
            (Self::Pkcs1(hash), RSA) => {
                let key = rsa_key(bits)?;
                Ok(key.verify(pkcs1(hash), &hashed, signature).is_ok())
            }
            (Self::Pss(hash, salt), RSA | RSA_PSS) => {
                Ok(pss_holds(&rsa_key(bits)?, hash, salt, &hashed, signature))
            }
            (Self::Ecdsa(_), EC) => {
                let curve = algorithm.next_if(OID).map(|oid| dotted(oid.body)).unwrap_or_default();
                ecdsa_holds(&curve, bits, &hashed, signature)
            }
            _ => Err(format!("a key of kind {kind} does not fit {}", self.name())),
        }
    }
}

fn pkcs1(hash: Hash) -> Pkcs1v15Sign {
    match hash {
        Hash::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    }
}

fn pss_holds(key: &PublicKey, hash: Hash, salt: usize, hashed: &[u8], signature: &[u8]) -> bool {
    let held = match hash {
        Hash::Sha1 => key.verify(Pss::<Sha1>::new_with_salt(salt), hashed, signature),
        Hash::Sha256 => key.verify(Pss::<Sha256>::new_with_salt(salt), hashed, signature),
        Hash::Sha384 => key.verify(Pss::<Sha384>::new_with_salt(salt), hashed, signature),
        Hash::Sha512 => key.verify(Pss::<Sha512>::new_with_salt(salt), hashed, signature),
    };
    held.is_ok()
}

fn ecdsa_holds(
    curve: &str,
    point: &[u8],
    hashed: &[u8],
    signature: &[u8],
) -> Result<bool, Unsupported> {
    let no_key = |_| "the key is no point of its curve".to_owned();
    match curve {
        P256 => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).map_err(no_key)?;
            let signature = p256::ecdsa::Signature::from_der(signature);
            Ok(signature.is_ok_and(|signature| key.verify_prehash(hashed, &signature).is_ok()))
        }
        P384 => {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(point).map_err(no_key)?;
            let signature = p384::ecdsa::Signature::from_der(signature);
            Ok(signature.is_ok_and(|signature| key.verify_prehash(hashed, &signature).is_ok()))
        }
        _ => Err(format!("the curve {curve} is not supported")),
    }
}

fn rsa_key(bits: &[u8]) -> Result<PublicKey, Unsupported> {
    let numbers = || {
        let mut numbers = Tlv::only(bits)?.tagged(SEQUENCE)?.children();
        Some((numbers.next_if(INTEGER)?.body, numbers.next_if(INTEGER)?.body))
    };
    let (modulus, exponent) = numbers().ok_or("the RSA key is not readable")?;
    if modulus.len() > PublicKey::MAX_SIZE / 8 + 1 || exponent.len() > 8 {
        return Err("the RSA key is too large".to_owned());
    }
    let number = BoxedUint::from_be_slice_vartime;
    PublicKey::new(number(without_sign(modulus)), number(without_sign(exponent)))
        .map_err(|error| format!("the RSA key cannot be used: {error}"))
}

fn without_sign(integer: &[u8]) -> &[u8] {
    let zeros = integer.iter().take_while(|&&byte| byte == 0).count();
    &integer[zeros..]
}

/// RSASSA-PSS-params (RFC 4055, 3.1); what is left out means SHA-1 and 20 bytes of salt.
fn pss(parameters: Option<Tlv<'_>>) -> Result<Scheme, Unsupported> {
    let mut hash = Hash::Sha1;
    let mut mask = Hash::Sha1;
    let mut salt = 20;
    let wrong = || "the parameters of RSA-PSS are not readable".to_owned();
    for field in parameters.into_iter().flat_map(Tlv::children) {
        let inner = field.inner().ok_or_else(wrong)?;
        match field.tag {
            0xa0 => hash = digest_algorithm(inner)?,
            0xa1 => {
                let mut parts = inner.children();
                let oid = parts.next_if(OID).map(|oid| dotted(oid.body)).unwrap_or_default();
                if oid != MASK_MGF1 {
                    return Err(format!("the mask {oid} of RSA-PSS is not supported"));
                }
                mask = digest_algorithm(parts.next().ok_or_else(wrong)?)?;
            }
            0xa2 => salt = small_number(inner).ok_or_else(wrong)?,
            0xa3 if small_number(inner) == Some(1) => {}
            _ => return Err(wrong()),
        }
    }
    if hash != mask {
        return Err("RSA-PSS with two digest algorithms is not supported".to_owned());
    }
    Ok(Scheme::Pss(hash, salt))
}

fn small_number(element: Tlv<'_>) -> Option<usize> {
    match *element.tagged(INTEGER)?.body {
        [number] if number < 0x80 => Some(usize::from(number)),
        [0, number] => Some(usize::from(number)),
        _ => None,
    }
}

/// The digest algorithm of an AlgorithmIdentifier.
pub(super) fn digest_algorithm(algorithm: Tlv<'_>) -> Result<Hash, Unsupported> {
    let oid = algorithm.children().next_if(OID).map(|oid| dotted(oid.body)).unwrap_or_default();
    Hash::named(&oid).ok_or_else(|| match oid.as_str() {
        MD5 => "MD5 proves nothing any more and is not supported".to_owned(),
        _ => format!("the digest algorithm {oid} is not supported"),
    })
}
