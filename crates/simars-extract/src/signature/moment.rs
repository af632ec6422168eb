//! Times as certificates, time stamps and PDF dictionaries write them.

use simars_record::Timestamp;

use super::tlv::{GENERALIZED_TIME, Tlv, UTC_TIME};

/// A time in ASN.1. Fractions of a second are dropped: RFC 3161 allows them.
pub(super) fn asn1(element: Tlv<'_>) -> Option<Timestamp> {
    let text = std::str::from_utf8(element.body).ok()?;
    match element.tag {
        UTC_TIME => {
            let century = if *text.as_bytes().first()? >= b'5' { "19" } else { "20" };
            compact(&format!("{century}{text}"))
        }
        GENERALIZED_TIME => compact(text),
        _ => None,
    }
}

/// A date of a PDF (ISO 32000-2, 7.9.4), for example `D:20261124153000+08'00'`.
pub(super) fn pdf(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    compact(text.strip_prefix("D:").unwrap_or(text))
}

/// `YYYY[MM[DD[hh[mm[ss[.fff]]]]]]` and then nothing, `Z` or a difference to UTC such as
/// `+0800` or `+08'00'`.
fn compact(text: &str) -> Option<Timestamp> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if !matches!(digits, 4 | 6 | 8 | 10 | 12 | 14) {
        return None;
    }
    let (written, zone) = text.split_at(digits);
    let field = |from: usize, otherwise: &'static str| {
        written.get(from..from + 2).unwrap_or(otherwise).to_owned()
    };
    let (month, day) = (field(4, "01"), field(6, "01"));
    let (hour, minute, second) = (field(8, "00"), field(10, "00"), field(12, "00"));
    // A leap second has no place in seconds since the epoch.
    let second = if second == "60" { "59".to_owned() } else { second };
    let local = format!("{}-{month}-{day}T{hour}:{minute}:{second}Z", &written[..4]);
    let local: Timestamp = local.parse().ok()?;
    let seconds = local.unix().checked_add_signed(-difference(zone)?)?;
    Some(Timestamp::from_unix(seconds))
}

/// Seconds that a clock is ahead of UTC.
fn difference(zone: &str) -> Option<i64> {
    let zone = match zone.strip_prefix(['.', ',']) {
        Some(fraction) => fraction.trim_start_matches(|digit: char| digit.is_ascii_digit()),
        None => zone,
    };
    let mut digits = zone.bytes().filter(u8::is_ascii_digit).map(|digit| i64::from(digit - b'0'));
    let sign = match zone.chars().next() {
        None | Some('Z') => return Some(0),
        Some('+') => 1,
        Some('-') => -1,
        Some(_) => return None,
    };
    let mut two = || Some(digits.next()? * 10 + digits.next()?);
    let hours = two()?;
    let minutes = two().unwrap_or(0);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_all_their_forms() {
        for (text, expected) in [
            ("D:20261124153005+08'00'", "2026-11-24T07:30:05Z"),
            ("D:20261124153005-0330", "2026-11-24T19:00:05Z"),
            ("20261124153005.123Z", "2026-11-24T15:30:05Z"),
            ("D:2026", "2026-01-01T00:00:00Z"),
            ("D:20261124235960Z", "2026-11-24T23:59:59Z"),
        ] {
            assert_eq!(pdf(text).map(|time| time.to_string()).as_deref(), Some(expected));
        }
        for wrong in ["", "D:20261", "D:20261324", "D:19691231+09", "D:2026+99"] {
            assert_eq!(pdf(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn two_digits_of_a_year_are_of_two_centuries() {
        let utc = |text: &str| {
            let mut raw = vec![UTC_TIME, text.len() as u8];
            raw.extend_from_slice(text.as_bytes());
            asn1(Tlv::only(&raw).unwrap()).map(|time| time.date().year())
        };
        assert_eq!(utc("490101000000Z"), Some(2049));
        assert_eq!(utc("990101000000Z"), Some(1999));
        assert_eq!(utc("9901\u{e9}"), None);
    }
}
