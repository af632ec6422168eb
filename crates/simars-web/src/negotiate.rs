//! Which of several forms of an answer is sent: the one that the asker likes best (RFC 9110 §12.5.1).

use axum::http::{HeaderMap, header};

/// The place of the form that is sent, among the media types of all forms; those that come first are
/// preferred. Who accepts none of them is sent the first: a reader is never turned away for a header.
pub(crate) fn choose(headers: &HeaderMap, forms: &[&str]) -> usize {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let accepted = accepted.collect::<Vec<_>>().join(",").to_ascii_lowercase();
    let ranges: Vec<Range<'_>> = accepted.split(',').filter_map(Range::read).collect();
    let mut best = (0, 0);
    for (place, form) in forms.iter().enumerate() {
        let fitting = ranges.iter().filter(|range| range.covers(form));
        let quality =
            fitting.max_by_key(|range| range.exactness()).map_or(0, |range| range.quality);
        if quality > best.1 {
            best = (place, quality);
        }
    }
    best.0
}

/// What an asker says of some media types.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    /// How much they are liked, in thousandths.
    quality: u32,
}

impl<'a> Range<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let quality = parts.find_map(|part| part.strip_prefix("q=")).map(thousandths);
        Some(Self { kind, subtype, quality: quality.unwrap_or(Some(1_000))? })
    }

    fn covers(&self, form: &str) -> bool {
        let Some((kind, subtype)) = form.split_once('/') else { return false };
        (self.kind == "*" || self.kind == kind) && (self.subtype == "*" || self.subtype == subtype)
    }

    fn exactness(&self) -> u8 {
        u8::from(self.kind != "*") + u8::from(self.subtype != "*")
    }
}

/// A weight of at most three decimals.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !matches!(whole, "0" | "1") || decimals.len() > 3 || !digits(decimals) {
        return None;
    }
    let decimals: u32 = format!("{decimals:0<3}").parse().ok()?;
    Some((whole.parse::<u32>().ok()? * 1_000 + decimals).min(1_000))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FORMS: [&str; 3] = ["text/html", "application/ld+json", "application/json"];

    fn chosen(accept: &str) -> usize {
        let mut headers = HeaderMap::new();
        if let Ok(value) = accept.parse() {
            headers.insert(header::ACCEPT, value);
        }
        choose(&headers, &FORMS)
    }

    #[test]
    fn the_form_that_is_liked_best() {
        for (accept, place) in [
            ("", 0),
            ("*/*", 0),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 0),
            ("application/ld+json", 1),
            ("Application/LD+JSON; profile=x", 1),
            ("application/json", 2),
            ("application/json;q=0.5, application/ld+json;q=0.9, text/html;q=0.1", 1),
            ("application/*", 1),
            ("application/*, application/ld+json;q=0", 2),
            ("text/html;q=0, */*;q=0.1", 1),
            ("image/png", 0),
            ("application/json;q=2", 0),
            ("application/json;q=1.000", 2),
            ("application/json;q=0.0001", 0),
        ] {
            assert_eq!(chosen(accept), place, "{accept}");
        }
    }

    proptest! {
        #[test]
        fn any_header_chooses_something(accept in "[a-z/*;=0-9., +q]{0,60}") {
            prop_assert!(chosen(&accept) < FORMS.len());
        }
    }
}
