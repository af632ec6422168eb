//! What a browser is told to do with a file: show it or save it, and under which name.

use crate::address::encode;

/// Whether a browser may show files of this type in its own window. Everything that could carry
/// a script, above all HTML and SVG, is only ever saved.
pub(crate) fn is_shown(media_type: &str) -> bool {
    matches!(
        essence(media_type),
        "application/pdf" | "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "text/plain"
    )
}

/// The media type without its parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// The value of Content-Type: what was found in the content, if it is written as a media type;
/// text is told to be UTF-8 only when it is known to be.
pub(crate) fn content_type(media_type: &str) -> &str {
    let plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let known =
        essence(media_type).split_once('/').is_some_and(|(kind, name)| plain(kind) && plain(name));
    if known && media_type.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        media_type
    } else {
        "application/octet-stream"
    }
}

/// The value of Content-Disposition (RFC 6266), with the name in plain ASCII for old programs and
/// in UTF-8 for all others (RFC 8187).
pub(crate) fn disposition(shown: bool, file_name: &str) -> String {
    let name = safe_name(file_name);
    let ascii: String = name
        .chars()
        .map(|character| match character {
            '"' | '\\' | '%' => '_',
            ' '..='~' => character,
            _ => '_',
        })
        .collect();
    let mut value =
        format!("{}; filename=\"{ascii}\"", if shown { "inline" } else { "attachment" });
    if ascii != name {
        value.push_str("; filename*=UTF-8''");
        encode(&mut value, &name);
    }
    value
}

/// The last part of a name, without anything a file system or a terminal could trip over.
fn safe_name(file_name: &str) -> String {
    let last = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last
        .chars()
        .filter(|character| !character.is_control() && !is_invisible(*character))
        .map(|character| if "<>:|?*\"".contains(character) { '_' } else { character })
        .take(150)
        .collect();
    let name = name.trim_matches([' ', '.']);
    if name.is_empty() { "berkas".to_owned() } else { name.to_owned() }
}

/// Marks that turn or hide text: with them `exe.pdf` can be written to look like another name.
const fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_made_safe() {
        for (name, expected) in [
            ("Keputusan 12.pdf", "inline; filename=\"Keputusan 12.pdf\""),
            ("../../etc/passwd", "inline; filename=\"passwd\""),
            ("C:\\x\\a\"b.pdf", "inline; filename=\"a_b.pdf\""),
            ("a\r\nSet-Cookie: x.pdf", "inline; filename=\"aSet-Cookie_ x.pdf\""),
            ("..", "inline; filename=\"berkas\""),
            ("é.pdf", "inline; filename=\"_.pdf\"; filename*=UTF-8''%C3%A9.pdf"),
            ("100%.pdf", "inline; filename=\"100_.pdf\"; filename*=UTF-8''100%25.pdf"),
            ("fdp.\u{202e}exe", "inline; filename=\"fdp.exe\""),
        ] {
            assert_eq!(disposition(true, name), expected, "{name:?}");
        }
        assert!(disposition(false, "a.svg").starts_with("attachment; "));
    }

    #[test]
    fn only_harmless_types_are_shown() {
        assert!(is_shown("application/pdf") && is_shown("text/plain; charset=utf-8"));
        for saved in ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "", "x"] {
            assert!(!is_shown(saved), "{saved}");
        }
        assert_eq!(content_type("text/plain; charset=utf-8"), "text/plain; charset=utf-8");
        for odd in ["", "text", "text/\r\nx", "a b/c", "text/é"] {
            assert_eq!(content_type(odd), "application/octet-stream", "{odd}");
        }
    }

    proptest! {
        #[test]
        fn the_value_is_always_a_header(name: String) {
            let value = disposition(false, &name);
            prop_assert!(value.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            prop_assert_eq!(value.matches('"').count(), 2);
        }
    }
}
