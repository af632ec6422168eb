//! Keys of notes, in the text forms in which people hand them on (C2SP signed-note v1.0.0).

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey};
use simars_record::Digest;

use crate::encoding::{from_base64, to_base64};

/// Who a key belongs to: not empty, without spaces and `+`; by custom an address without scheme,
/// such as `arsip.example/log`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

/// The first four bytes of a digest over name, type and public key; tells keys apart that share a
/// name. Written as eight lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 4]);

/// What a key is for; part of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Signs a note's text (type `0x01`): the key of a log.
    Ed25519,
    /// Signs a checkpoint together with the time (type `0x04`): the key of a witness.
    Cosignature,
}

/// What is wrong with a written key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty or holds a space, a `+` or a control character.
    #[error("{0:?} is no name of a key; use no spaces, no plus signs and no control characters")]
    Name(String),
    /// The text is not put together as a key is.
    #[error("a verifier key is written <name>+<8 lower-case hex digits>+<base64>")]
    Form,
    /// The secret key's text is not put together as one.
    #[error("a signer key is written PRIVATE+KEY+<name>+<8 lower-case hex digits>+<base64>")]
    SecretForm,
    /// The type of the key is not one that is used here.
    #[error("key type {0} is not supported; use 1 (Ed25519) or 4 (Ed25519 cosignature)")]
    Kind(u8),
    /// The id does not follow from name and key.
    #[error("the key id is {written}, but name and key give {computed}; copy the key again")]
    Id {
        /// The id in the text.
        written: KeyId,
        /// The id as computed.
        computed: KeyId,
    },
    /// The 32 bytes are no public key, or one for which anyone can make signatures.
    #[error("the 32 bytes are no usable Ed25519 public key")]
    Point,
}

impl KeyName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = |character: char| {
            character.is_whitespace() || character.is_control() || character == '+'
        };
        if text.is_empty() || text.contains(wrong) {
            return Err(KeyError::Name(text.chars().take(80).collect()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl KeyId {
    /// An id from its four bytes.
    pub const fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// The four bytes, as they stand before a signature.
    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }

    fn of(name: &KeyName, kind: KeyKind, public: &[u8; 32]) -> Self {
        let mut bytes = Vec::with_capacity(name.0.len() + 34);
        bytes.extend_from_slice(name.0.as_bytes());
        bytes.push(b'\n');
        bytes.push(kind.code());
        bytes.extend_from_slice(public);
        let [a, b, c, d, ..] = *Digest::of(&bytes).as_bytes();
        Self([a, b, c, d])
    }

    /// Reads eight lower-case hexadecimal digits.
    fn read(text: &str) -> Option<Self> {
        let number = u32::from_str_radix(text, 16).ok()?;
        let id = Self(number.to_be_bytes());
        (id.to_string() == text).then_some(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl KeyKind {
    /// The byte that stands for it in ids and texts.
    pub const fn code(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::Cosignature => 4,
        }
    }

    fn from_code(code: u8) -> Result<Self, KeyError> {
        match code {
            1 => Ok(Self::Ed25519),
            4 => Ok(Self::Cosignature),
            other => Err(KeyError::Kind(other)),
        }
    }
}

/// A key that signatures are checked with; public. Written `name+id+base64(type ‖ key)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    id: KeyId,
    kind: KeyKind,
    key: VerifyingKey,
}

impl VerifierKey {
    /// A key from its 32 bytes (RFC 8032 §5.1.5).
    ///
    /// Refused are encodings that several spellings would share, and the few points with which a
    /// signature over anything can be made.
    pub fn new(name: KeyName, kind: KeyKind, public: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(public).map_err(|_| KeyError::Point)?;
        if key.is_weak() || key.to_edwards().compress().as_bytes() != public {
            return Err(KeyError::Point);
        }
        let id = KeyId::of(&name, kind, public);
        Ok(Self { name, id, kind, key })
    }

    /// Whose key it is.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// Its id.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// What it is for.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The 32 bytes of the public key.
    pub fn public(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether the 64 bytes sign the message (RFC 8032 §5.1.7, without the cofactor, as OpenSSL
    /// and browsers do it). Keys with which a signature could fit several messages were refused by
    /// [`VerifierKey::new`], so nothing is gained by the slower strict check.
    pub(crate) fn signs(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, self.id, key_data(self.kind, self.public()))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, written, kind, public) = read_key(text, KeyError::Form)?;
        let key = Self::new(name, kind, &public)?;
        key.expect_id(written)
    }
}

impl VerifierKey {
    fn expect_id(self, written: KeyId) -> Result<Self, KeyError> {
        if self.id == written { Ok(self) } else { Err(KeyError::Id { written, computed: self.id }) }
    }
}

/// A key that signs; secret. There is no `Display`, so that none is printed by accident; its memory
/// is cleared when it is dropped.
#[derive(Clone)]
pub struct SignerKey {
    verifier: VerifierKey,
    key: SigningKey,
}

const SECRET: &str = "PRIVATE+KEY+";

impl SignerKey {
    /// A key from 32 random bytes, which must come from the system's randomness.
    pub fn from_seed(name: KeyName, kind: KeyKind, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        let verifier = VerifierKey::new(name, kind, key.verifying_key().as_bytes())?;
        Ok(Self { verifier, key })
    }

    /// The public half.
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The text to be kept in a file that only the owner can read:
    /// `PRIVATE+KEY+name+id+base64(type ‖ seed)`.
    pub fn to_secret_text(&self) -> String {
        let VerifierKey { name, id, kind, .. } = &self.verifier;
        format!("{SECRET}{name}+{id}+{}", key_data(*kind, self.key.as_bytes()))
    }

    /// Reads what [`SignerKey::to_secret_text`] wrote.
    pub fn from_secret_text(text: &str) -> Result<Self, KeyError> {
        let rest = text.strip_prefix(SECRET).ok_or(KeyError::SecretForm)?;
        let (name, written, kind, seed) = read_key(rest, KeyError::SecretForm)?;
        let signer = Self::from_seed(name, kind, &seed)?;
        let verifier = signer.verifier.expect_id(written)?;
        Ok(Self { verifier, key: signer.key })
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignerKey").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

fn key_data(kind: KeyKind, key: &[u8; 32]) -> String {
    let mut bytes = [0u8; 33];
    bytes[0] = kind.code();
    bytes[1..].copy_from_slice(key);
    to_base64(&bytes)
}

/// The parts of `name+id+base64`. The base64 may hold further plus signs.
fn read_key(text: &str, form: KeyError) -> Result<(KeyName, KeyId, KeyKind, [u8; 32]), KeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(data)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(form);
    };
    let name = name.parse()?;
    let (Some(id), Some(data)) = (KeyId::read(id), from_base64(data)) else {
        return Err(form);
    };
    let Some((kind, key)) = data.split_first() else { return Err(form) };
    let kind = KeyKind::from_code(*kind)?;
    let key = <[u8; 32]>::try_from(key).map_err(|_| form)?;
    Ok((name, id, kind, key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The example key of the specification.
    const KNOWN: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    #[test]
    fn known_key() {
        let key: VerifierKey = KNOWN.parse().unwrap();
        assert_eq!(key.name().as_str(), "example.com/foo");
        assert_eq!(key.id().to_string(), "530d903a");
        assert_eq!(key.kind(), KeyKind::Ed25519);
        assert_eq!(key.to_string(), KNOWN);
    }

    #[test]
    fn wrong_keys_say_what_is_wrong() {
        for (wrong, told) in [
            (String::new(), "written"),
            (KNOWN.replace("530d903a", "530D903A"), "lower-case"),
            (KNOWN.replace("530d903a", "530d903b"), "give 530d903a"),
            (KNOWN.replace("example", "another"), "give"),
            (KNOWN.replace("example.com/foo", "example com"), "no name"),
            (KNOWN.replace("example.com/foo", "a\u{a0}b"), "no name"),
            (KNOWN.replace("+Aek", "+Bek"), "key type 5"),
            (format!("{KNOWN}="), "written"),
            (KNOWN[..KNOWN.len() - 4].to_owned(), "written"),
            (format!("{KNOWN}\n"), "written"),
        ] {
            let error = wrong.parse::<VerifierKey>().unwrap_err().to_string();
            assert!(error.contains(told), "{wrong:?}: {error}");
        }
    }

    #[test]
    fn keys_that_anyone_can_sign_with_are_refused() {
        let name = || "x".parse::<KeyName>().unwrap();
        let mut neutral = [0u8; 32];
        neutral[0] = 1;
        // The same point with the field's prime added: another spelling of y = 1.
        let mut twice = [0xffu8; 32];
        (twice[0], twice[31]) = (0xee, 0x7f);
        for public in [neutral, [0; 32], twice, [0xff; 32]] {
            let refused = VerifierKey::new(name(), KeyKind::Ed25519, &public);
            assert_eq!(refused, Err(KeyError::Point));
        }
    }

    proptest! {
        #[test]
        fn both_halves_read_what_they_write(seed: [u8; 32], name in "[a-z./-]{1,20}", log: bool) {
            let kind = if log { KeyKind::Ed25519 } else { KeyKind::Cosignature };
            let signer = SignerKey::from_seed(name.parse().unwrap(), kind, &seed).unwrap();
            let secret = signer.to_secret_text();
            let again = SignerKey::from_secret_text(&secret).unwrap();
            prop_assert_eq!(again.verifier(), signer.verifier());
            let public = signer.verifier().to_string();
            prop_assert_eq!(public.parse::<VerifierKey>(), Ok(signer.verifier().clone()));
            prop_assert!(SignerKey::from_secret_text(&public).is_err());
            let shown = format!("{signer:?}");
            prop_assert!(!shown.contains(secret.splitn(5, '+').last().unwrap()));
            let signature = signer.sign(b"text");
            prop_assert!(signer.verifier().signs(b"text", &signature));
            prop_assert!(!signer.verifier().signs(b"Text", &signature));
        }

        #[test]
        fn never_panics(text in "(PRIVATE\\+KEY\\+)?[a-z]{0,3}\\+?[0-9a-f]{7,9}\\+?[A-Za-z+/=]{0,48}") {
            let _ = text.parse::<VerifierKey>();
            let _ = SignerKey::from_secret_text(&text);
        }
    }
}
