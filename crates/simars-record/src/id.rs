//! The permanent name of a document.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A 128-bit random identifier, written as 26 characters of lower-case base32 (RFC 4648 alphabet,
/// no padding). It says nothing about the document, so that it may stand in public even when the
/// document may not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId([u8; 16]);

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Characters in the written form: 128 bits in groups of five.
const LENGTH: usize = 26;

impl DocumentId {
    /// An identifier from 16 random bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 raw bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 26 × 5 = 130 bits: the value is shifted left by two so that it fills whole groups.
        let value = u128::from_be_bytes(self.0);
        let mut text = [0u8; LENGTH];
        for (position, character) in text.iter_mut().enumerate() {
            let shift = 125 - 5 * position as i32 - 2;
            let group = if shift >= 0 { value >> shift } else { value << -shift } & 31;
            *character = ALPHABET[group as usize];
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentId({self})")
    }
}

/// What is wrong with a written identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a document id has 26 characters a-z and 2-7")]
pub struct DocumentIdError;

impl FromStr for DocumentId {
    type Err = DocumentIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != LENGTH {
            return Err(DocumentIdError);
        }
        let mut value = 0u128;
        for (position, character) in text.bytes().enumerate() {
            let group = match character.to_ascii_lowercase() {
                letter @ b'a'..=b'z' => letter - b'a',
                digit @ b'2'..=b'7' => digit - b'2' + 26,
                _ => return Err(DocumentIdError),
            };
            let group = u128::from(group);
            if position + 1 < LENGTH {
                value = value << 5 | group;
            } else if group & 3 == 0 {
                // The last character carries three bits; the other two must be zero, or several
                // spellings would name one document.
                value = value << 3 | group >> 2;
            } else {
                return Err(DocumentIdError);
            }
        }
        Ok(Self(value.to_be_bytes()))
    }
}

impl Serialize for DocumentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DocumentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_forms() {
        assert_eq!(DocumentId([0; 16]).to_string(), "a".repeat(26));
        // RFC 4648 base32 of sixteen 0xff bytes is 25 sevens and a "4" (padding left out).
        assert_eq!(DocumentId([0xff; 16]).to_string(), format!("{}4", "7".repeat(25)));
    }

    #[test]
    fn one_spelling_only() {
        assert!(format!("{}5", "7".repeat(25)).parse::<DocumentId>().is_err());
        for wrong in ["", "a", "../../etc/passwd", &"1".repeat(26), &"é".repeat(13)] {
            assert!(wrong.parse::<DocumentId>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(bytes: [u8; 16]) {
            let id = DocumentId::from_bytes(bytes);
            prop_assert_eq!(id.to_string().parse::<DocumentId>(), Ok(id));
        }
    }
}
