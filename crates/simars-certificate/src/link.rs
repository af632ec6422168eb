//! What a QR code says: which document, which bytes, where in the log.
//!
//! `HTTPS://ARSIP.EXAMPLE/D/<id>/<SHA-256 in base32>/<index>`: capitals and digits only, because a
//! QR code holds them in two thirds of the room. The index may be missing. Scheme and host are the
//! same in capitals (RFC 3986 §6.2.2.1); the server reads the path in either case.

use std::fmt::Write as _;

use simars_record::{Digest, DocumentId};

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Characters of a digest: 256 bits in groups of five.
const DIGEST_LENGTH: usize = 52;

/// What is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The document.
    pub id: DocumentId,
    /// The bytes of its original.
    pub sha256: Digest,
    /// Where the statement stands in the log, from 0.
    pub index: Option<u64>,
}

/// Why a path names nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// The first part.
    #[error("the first part is no document id: 26 characters a-z and 2-7")]
    Id,
    /// The second part.
    #[error("the second part is no SHA-256 in base32: 52 characters a-z and 2-7")]
    Digest,
    /// The third part.
    #[error("the third part is no place in the log: digits without a leading zero")]
    Index,
}

impl Link {
    /// The whole address in capitals; `public_address` is that of the server, without a path, such
    /// as `https://arsip.example`.
    pub fn address(&self, public_address: &str) -> String {
        let host = public_address.trim_end_matches('/').to_ascii_uppercase();
        let id = self.id.to_string().to_ascii_uppercase();
        let mut address = format!("{host}/D/{id}/{}", write_digest(&self.sha256));
        if let Some(index) = self.index {
            // Writing to a string cannot fail.
            let _ = write!(address, "/{index}");
        }
        address
    }

    /// Reads the parts of the path, in capitals or not.
    ///
    /// # Errors
    /// If one of them is not what it should be.
    pub fn read(id: &str, sha256: &str, index: Option<&str>) -> Result<Self, LinkError> {
        let id = id.parse().map_err(|_| LinkError::Id)?;
        let sha256 = read_digest(sha256).ok_or(LinkError::Digest)?;
        let index = index.map(|index| read_index(index).ok_or(LinkError::Index)).transpose()?;
        Ok(Self { id, sha256, index })
    }
}

fn write_digest(digest: &Digest) -> String {
    let mut text = String::with_capacity(DIGEST_LENGTH);
    let (mut bits, mut held) = (0u32, 0);
    for byte in digest.as_bytes() {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(char::from(ALPHABET[(bits >> held & 31) as usize]));
        }
    }
    // 51 groups take 255 bits; the last bit stands in a group of its own, four zeros behind it.
    text.push(char::from(ALPHABET[(bits << (5 - held) & 31) as usize]));
    text
}

fn read_digest(text: &str) -> Option<Digest> {
    if text.len() != DIGEST_LENGTH {
        return None;
    }
    let mut bytes = Vec::with_capacity(32);
    let (mut bits, mut held) = (0u32, 0);
    for character in text.bytes() {
        let character = character.to_ascii_uppercase();
        let group = ALPHABET.iter().position(|&letter| letter == character)?;
        bits = (bits << 5 | group as u32) & 0xfff;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    let rest_is_zero = bits & ((1 << held) - 1) == 0;
    let bytes: [u8; 32] = bytes.try_into().ok()?;
    // One spelling only.
    rest_is_zero.then(|| Digest::from_bytes(bytes))
}

fn read_index(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    (plain && !leading_zero).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn link(id: u8, sha256: Digest, index: Option<u64>) -> Link {
        Link { id: DocumentId::from_bytes([id; 16]), sha256, index }
    }

    #[test]
    fn a_known_address() {
        // RFC 4648 §10: "foobar" is MZXW6YTBOI.
        let mut bytes = [0; 32];
        bytes[..6].copy_from_slice(b"foobar");
        let address = link(3, Digest::from_bytes(bytes), Some(7)).address("https://arsip.example/");
        let digest = format!("MZXW6YTBOI{}", "A".repeat(42));
        let id = "AMBQGAYDAMBQGAYDAMBQGAYDAM";
        assert_eq!(address, format!("HTTPS://ARSIP.EXAMPLE/D/{id}/{digest}/7"));
        // 15 % of a code of this size may be damaged, and it is 41 squares wide at most.
        assert!(crate::Qr::of(&address).unwrap().side() <= 41);
    }

    #[test]
    fn what_is_no_link_is_refused() {
        let id = "ambqgaydambqgaydambqgaydam";
        let digest = "a".repeat(52);
        assert!(Link::read(id, &digest, None).is_ok());
        for (id, digest, index, error) in [
            ("ambq", digest.clone(), None, LinkError::Id),
            (id, "a".repeat(51), None, LinkError::Digest),
            (id, format!("{}1", "a".repeat(51)), None, LinkError::Digest),
            (id, format!("{}b", "a".repeat(51)), None, LinkError::Digest),
            (id, format!("{}é", "a".repeat(50)), None, LinkError::Digest),
            (id, digest.clone(), Some("07"), LinkError::Index),
            (id, digest.clone(), Some(""), LinkError::Index),
            (id, digest.clone(), Some("+7"), LinkError::Index),
            (id, digest, Some("99999999999999999999"), LinkError::Index),
        ] {
            assert_eq!(Link::read(id, &digest, index), Err(error));
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(id: u8, sha256: [u8; 32], index: Option<u64>, small: bool) {
            let link = link(id, Digest::from_bytes(sha256), index);
            let mut address = link.address("http://127.0.0.1:8080");
            if small {
                address.make_ascii_lowercase();
            }
            let mut parts = address.split('/').skip(4);
            let (id, sha256) = (parts.next().unwrap(), parts.next().unwrap());
            prop_assert_eq!(Link::read(id, sha256, parts.next()), Ok(link));
        }

        #[test]
        fn never_panics(id in ".{0,30}", sha256 in "[a-zA-Z0-9é]{0,60}", index in ".{0,4}") {
            let _ = Link::read(&id, &sha256, Some(&index));
        }
    }
}
