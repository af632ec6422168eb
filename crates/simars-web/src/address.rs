//! Addresses with parameters, written so that any text survives in them.

use std::fmt::Write as _;

/// A path with a query string; pairs with an empty value are left out.
pub(crate) fn with_query<'a>(
    path: &str,
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut address = path.to_owned();
    let mut separator = '?';
    for (name, value) in pairs {
        if !value.is_empty() {
            address.push(separator);
            separator = '&';
            encode(&mut address, name);
            address.push('=');
            encode(&mut address, value);
        }
    }
    address
}

/// As much of a text as goes into links, of which a page has many: 200 characters, and fewer where
/// they become long when they are encoded.
pub(crate) fn brief(text: &str) -> &str {
    const CHARACTERS: usize = 200;
    const ENCODED_BYTES: usize = 300;
    let mut encoded = 0;
    let fitting = text.chars().take(CHARACTERS).take_while(|&character| {
        let plain = u8::try_from(character).is_ok_and(is_unreserved);
        encoded += if plain { 1 } else { 3 * character.len_utf8() };
        encoded <= ENCODED_BYTES
    });
    &text[..fitting.map(char::len_utf8).sum()]
}

/// Percent-encodes everything but the unreserved characters (RFC 3986 §2.3).
pub(crate) fn encode(address: &mut String, text: &str) {
    for byte in text.bytes() {
        if is_unreserved(byte) {
            address.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(address, "%{byte:02X}");
        }
    }
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_may_stand_in_a_parameter() {
        let pairs = [("q", "12/HK 03 & \"é\""), ("tahun", ""), ("jenis", "keputusan")];
        assert_eq!(
            with_query("/cari", pairs),
            "/cari?q=12%2FHK%2003%20%26%20%22%C3%A9%22&jenis=keputusan"
        );
        assert_eq!(with_query("/cari", []), "/cari");
    }

    #[test]
    fn what_goes_into_links_is_short_however_it_is_encoded() {
        assert_eq!(brief("perolehan kursi"), "perolehan kursi");
        assert_eq!(brief(&"a".repeat(10_000)).len(), 200);
        for text in ["é", "\u{1f600}", "\"", "a \u{1f600}"] {
            let mut encoded = String::new();
            encode(&mut encoded, brief(&text.repeat(10_000)));
            assert!((280..=300).contains(&encoded.len()), "{text}: {}", encoded.len());
        }
    }
}
