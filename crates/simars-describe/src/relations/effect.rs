//! When an act takes effect: *mulai berlaku pada tanggal …*.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use simars_record::{Date, Description, Field, Timestamp};

use super::flow::Flow;
use crate::date;

/// What an act says of itself.
static TAKES_EFFECT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\bini(?:\s+(?:dapat\s+)?disebut\b[^;]{1,260}?\bdan|(?:\s+\S+){0,3}?)\s+(?:mulai\s+)?berlaku\s+(?:surut\s+)?",
        r"(?:(?:setelah\s+)?(?P<count>[0-9]{1,3})\s*(?:\([^)]{0,40}\)\s*)?(?P<unit>hari|bulan|tahun)\s+)?",
        r"(?:pada|sejak|setelah|sesudah|terhitung(?:\s+mulai|\s+sejak)?|mulai)?\s*(?:saat|hari|tangga\pL)?\s*(?:saat|hari|tanggal)?\s*",
        r"(?P<when>di\s?tetapkan\w*|penetapan\w*|di\s?undangkan\w*|pengundangan\w*|di\s?umumkan\w*|[0-9][^.;]{5,30})",
        r"(?:\s*,?\s*(?:dan|serta|dengan)\s+(?:mempunyai\s+daya\s+(?:laku\s+)?)?(?:ber)?(?:laku\s+)?surut\s+(?:sampai|sejak|hingga|mulai|terhitung|pada|dengan|kepada|tanggal|\s){1,30}(?P<back>[0-9][^.;]{5,30}))?",
    ))
    .ok()
});

/// The day that the last such sentence of the articles names.
pub(super) fn find(
    flow: &Flow<'_>,
    body: Range<usize>,
    description: &Description,
) -> Option<Field<Date>> {
    let text = &flow.text[body.clone()];
    let found = TAKES_EFFECT.as_ref()?.captures_iter(text).last()?;
    let whole = found.get(0)?;
    let (day, sure) = day(&found, description)?;
    let shown = flow.evidence(body.start + whole.start()..body.start + whole.end())?;
    Some(Field::recognised(day, sure, shown))
}

fn day(found: &Captures<'_>, description: &Description) -> Option<(Date, f32)> {
    // In force from its promulgation, but for what happened since an earlier day.
    if let Some(back) = found.name("back").and_then(|back| date::first(back.as_str())) {
        return Some((back.date, 0.85));
    }
    let when = found.name("when")?.as_str();
    let word = when.to_lowercase();
    let field = if word.contains("etap") {
        description.date.as_ref()
    } else if word.starts_with(|sign: char| sign.is_ascii_digit()) {
        return Some((date::first(when)?.date, 0.9));
    } else {
        description.promulgated.as_ref()
    };
    let field = field?;
    let sure = field.confidence.min(0.9);
    match (found.name("count"), found.name("unit")) {
        (Some(count), Some(unit)) => {
            let count = count.as_str().parse().ok()?;
            Some((later(field.value, count, &unit.as_str().to_lowercase())?, sure.min(0.8)))
        }
        _ => Some((field.value, sure)),
    }
}

/// So many days, months or years later; the last day of a month that is too short.
fn later(day: Date, count: u16, unit: &str) -> Option<Date> {
    if unit == "hari" {
        let midnight: Timestamp = format!("{day}T00:00:00Z").parse().ok()?;
        return Some(Timestamp::from_unix(midnight.unix() + u64::from(count) * 86_400).date());
    }
    let months = if unit == "tahun" { count.checked_mul(12)? } else { count };
    let month = u16::from(day.month()) - 1 + months;
    let (year, month) = (day.year() + month / 12, (month % 12) as u8 + 1);
    (0..4).find_map(|less| Date::new(year, month, day.day().checked_sub(less)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effect(sentence: &str) -> Option<String> {
        let day = |month| Field::stated(Date::new(2020, month, 30).unwrap());
        let description = Description {
            date: Some(day(1)),
            promulgated: Some(day(11)),
            ..Description::default()
        };
        let page = format!("Peraturan Badan ini {sentence}.\n");
        let flow = Flow::of(&[&page]);
        find(&flow, 0..flow.text.len(), &description).map(|field| field.value.to_string())
    }

    #[test]
    fn days_of_effect() {
        for (sentence, expected) in [
            ("mulai berlaku pada tanggal ditetapkan", Some("2020-01-30")),
            ("mulai berlaku pada tanggal diundangkan", Some("2020-11-30")),
            ("mulai berlaku pada hari diumumkan", Some("2020-11-30")),
            ("mulai berlaku pada tanggal 1 Januari 2025", Some("2025-01-01")),
            (
                "mulai berlaku setelah 6 (enam) bulan terhitung sejak tanggal diundangkan",
                Some("2021-05-30"),
            ),
            ("mulai berlaku 3 bulan setelah tanggal diundangkan", Some("2021-02-28")),
            (
                "mulai berlaku setelah 30 (tiga puluh) hari sejak tanggal diundangkan",
                Some("2020-12-30"),
            ),
            (
                "mulai berlaku pada hari diundangkan dan berlaku surut sampai tanggal 5 Mei 2019",
                Some("2019-05-05"),
            ),
            (
                "mulai berlaku pada hari diundangkan dan mempunyai daya laku surut sampai tanggal 5 Mei 2019",
                Some("2019-05-05"),
            ),
            (
                "dapat disebut \"Peraturan Contoh\", dan mulai berlaku pada hari diundangkan",
                Some("2020-11-30"),
            ),
            ("tidak berlaku bagi pegawai", None),
        ] {
            assert_eq!(effect(sentence).as_deref(), expected, "{sentence}");
        }
    }
}
