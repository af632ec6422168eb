//! Numbers and bytes as the log's formats write them: one spelling for each value, read strictly.
//!
//! Two spellings of one value would let two different files say the same thing, and then neither
//! the shell nor the browser could be trusted to agree with this crate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use simars_record::Digest;

/// The largest number that the formats may hold: 2^63 − 1, so that readers whose widest number is
/// signed (shells, databases) agree with the others.
pub(crate) const LARGEST: u64 = i64::MAX as u64;

/// Standard base64 with padding (RFC 4648 §4).
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads standard base64: padding where it belongs, no blanks, unused bits zero.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads a hash of 32 bytes in base64.
pub(crate) fn hash_from_base64(text: &str) -> Option<Digest> {
    let bytes: [u8; 32] = from_base64(text)?.try_into().ok()?;
    Some(Digest::from_bytes(bytes))
}

/// Reads a decimal number without sign or leading zero, up to [`LARGEST`].
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (text.len() > 1 && text.starts_with('0')) {
        return None;
    }
    text.parse().ok().filter(|number| *number <= LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_spelling() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("9223372036854775807"), Some(LARGEST));
        for wrong in ["", "00", "01", "+1", "-1", " 1", "1 ", "0x1", "9223372036854775808", "١"] {
            assert_eq!(decimal(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn bytes_have_one_spelling() {
        assert_eq!(from_base64("AQ=="), Some(vec![1]));
        for wrong in ["AQ", "AQ=", "AR==", "AQ==\n", " AQ==", "AQ===", "_w==", "A Q=="] {
            assert_eq!(from_base64(wrong), None, "{wrong:?}");
        }
        assert_eq!(hash_from_base64("AQ=="), None);
    }
}
