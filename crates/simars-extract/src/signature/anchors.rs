//! Trust anchors: from what somebody configured to the child that needs them.
//!
//! They travel as arguments, each certificate as hexadecimal digits, because standard input is
//! the file.

use std::sync::Arc;

use simars_record::{Digest, Finding, FindingCode};

/// The most anchors, and the most bytes of one: together less than arguments may have.
const MOST_ANCHORS: usize = 32;
const MOST_BYTES: usize = 16 << 10;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The certificates that are trusted to vouch for others. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Anchors {
    /// As arguments, in hexadecimal digits.
    arguments: Arc<[String]>,
    digests: Arc<[Digest]>,
}

impl Anchors {
    /// Takes certificates, each DER or PEM (also several in one). The same one twice is one.
    ///
    /// # Errors
    /// If one is no certificate, or they are too many or too large: the finding says so.
    pub fn new(certificates: &[Vec<u8>]) -> Result<Self, Finding> {
        let mut taken: Vec<Vec<u8>> = Vec::new();
        for given in certificates {
            let found = match std::str::from_utf8(given) {
                Ok(text) if text.contains(BEGIN) => pem(text).ok_or_else(wrong)?,
                _ => vec![given.clone()],
            };
            taken.extend(found);
        }
        taken.sort();
        taken.dedup();
        if taken.len() > MOST_ANCHORS || taken.iter().any(|der| der.len() > MOST_BYTES) {
            let detail = format!(
                "at most {MOST_ANCHORS} trust anchors of at most {MOST_BYTES} bytes are possible"
            );
            return Err(Finding::file(FindingCode::LimitReached, detail));
        }
        if taken.iter().any(|der| super::certificate(der).is_none()) {
            return Err(wrong());
        }
        let hex = |der: &Vec<u8>| der.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self {
            arguments: taken.iter().map(hex).collect(),
            digests: taken.iter().map(|der| Digest::of(der)).collect(),
        })
    }

    /// The digest of each certificate's encoded form (DER).
    pub fn digests(&self) -> &[Digest] {
        &self.digests
    }

    /// What the child is told.
    pub(crate) fn arguments(&self) -> &[String] {
        &self.arguments
    }
}

/// The certificates of arguments.
pub(crate) fn decoded(arguments: &[String]) -> Option<Vec<Vec<u8>>> {
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let decode = |argument: &String| {
        let (pairs, left) = argument.as_bytes().as_chunks::<2>();
        if left.is_empty() { pairs.iter().map(byte).collect() } else { None }
    };
    arguments.iter().map(decode).collect()
}

/// What is told about an anchor that cannot be used.
pub(super) fn wrong() -> Finding {
    let detail = "a trust anchor is no certificate; give each as DER or PEM";
    Finding::file(FindingCode::ReaderFailed, detail)
}

/// The certificates in a PEM text (RFC 7468); what stands around them is left out.
fn pem(text: &str) -> Option<Vec<Vec<u8>>> {
    let mut blocks = text.split(BEGIN);
    blocks.next();
    blocks.map(|block| base64(block.split_once(END)?.0)).collect()
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use simars_testkit::signing::{Key, Person, Role};

    use super::*;

    fn certificate() -> Vec<u8> {
        Person::new("Akar Uji", Key::p256(1), Role::Issuer, None).certificate
    }

    #[test]
    fn certificates_are_read_from_text() {
        let text = format!("x\n{BEGIN}\nAAEC\n/w==\n{END}\n{BEGIN}\r\n+/8=\r\n{END}\n");
        assert_eq!(pem(&text), Some(vec![vec![0, 1, 2, 0xff], vec![0xfb, 0xff]]));
        assert_eq!(pem(&format!("{BEGIN}\n*\n{END}")), None);
        assert_eq!(pem(&format!("{BEGIN}\nAAEC")), None);
    }

    #[test]
    fn anchors_arrive_as_they_were_given() {
        let anchors = Anchors::new(&[certificate(), certificate()]).unwrap();
        assert_eq!(anchors.digests(), [Digest::of(&certificate())]);
        assert_eq!(decoded(anchors.arguments()), Some(vec![certificate()]));
        assert!(Anchors::new(&[]).unwrap().digests().is_empty());
    }

    #[test]
    fn what_is_no_anchor_is_told() {
        assert!(Anchors::new(&[b"no certificate".to_vec()]).is_err());
        assert!(Anchors::new(&[Vec::new()]).is_err());
        assert!(Anchors::new(&[format!("{BEGIN}\nAAEC\n{END}").into_bytes()]).is_err());
        let many: Vec<_> = (0..=MOST_ANCHORS).map(|number| vec![number as u8]).collect();
        assert_eq!(Anchors::new(&many).unwrap_err().code, FindingCode::LimitReached);
        assert_eq!(decoded(&["0g".to_owned()]), None);
        assert_eq!(decoded(&["000".to_owned()]), None);
    }
}
