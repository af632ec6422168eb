//! When an act was promulgated: *Diundangkan di … pada tanggal …*.

use std::sync::LazyLock;

use regex::Regex;
use simars_record::{Date, Field};

use crate::date;
use crate::lines::evidence;
use crate::number::Repair;

/// At a line's beginning or after a column's gap. Old acts were announced (*diumumkan*) instead.
static PROMULGATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?m)(?:^[ \t]*(?:[-–][ ]?[0-9]{1,3}[ ]?[-–]?[ \t]*)?|[ \t]{2,}|\t|[.;)][ ])D[ ]?(?i:i[ ]?(?:(?P<announced>u[ ]?m[ ]?u[ ]?m)|u[ ]?n[ ]?d[ ]?a[ ]?n[ ]?g)[ ]?k[ ]?a[ ]?n)\b(?:[ \t]*(?i:d[ ]?i)\b[^\n]{0,80})?",
    )
    .ok()
});

static TANGGAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*[\pL .,:]{0,60}?\s*(?:pada\s+)?t[ ]?a[ ]?n[ ]?g[ ]?g?[ ]?a[ ]?l\b[\s,:.]*")
        .ok()
});

/// Bytes after the word that hold the date.
const WINDOW: usize = 220;
/// How sure the day is: of a promulgation, of an announcement, and of one that does not fit the
/// enactment or had another column beside it.
const SURE: f32 = 0.95;
const ANNOUNCED: f32 = 0.8;
const DOUBTFUL: f32 = 0.6;

/// The day of promulgation; the first one that fits the day of enactment, else the first. What
/// was left open for a pen is none.
pub(crate) fn find(pages: &[&str], enacted: Option<Date>) -> Option<Field<Date>> {
    let mut first: Option<Field<Date>> = None;
    for (index, page) in pages.iter().enumerate() {
        // Cheap and nearly always the answer.
        if !["ndang", "NDANG", "mumkan", "MUMKAN", "n d a n g"]
            .iter()
            .any(|word| page.contains(word))
        {
            continue;
        }
        for found in PROMULGATED.iter().flat_map(|regex| regex.captures_iter(page)) {
            let Some(at) = found.get(0).map(|whole| whole.range()) else { continue };
            let announced = found.name("announced").is_some();
            let Some(field) = dated(page, index, at.start, announced, enacted) else { continue };
            if field.confidence > DOUBTFUL {
                return Some(field);
            }
            first.get_or_insert(field);
        }
    }
    first
}

fn dated(
    page: &str,
    index: usize,
    start: usize,
    announced: bool,
    enacted: Option<Date>,
) -> Option<Field<Date>> {
    let word = page[start..].find(['D']).map_or(start, |at| start + at);
    let rest = &page[word..];
    let rest = &rest[..rest.floor_char_boundary(WINDOW)];
    // The other column of the same lines has a date of its own.
    let beside = ["itetapkan", "ITETAPKAN", "isahkan", "ISAHKAN"]
        .iter()
        .filter_map(|word| rest.find(word))
        .min();
    let first_line = rest.find('\n').unwrap_or(rest.len());
    let in_columns = beside.is_some_and(|at| at < first_line);
    let rest = match beside {
        Some(at) if !in_columns => &rest[..rest.floor_char_boundary(at)],
        _ => rest,
    };
    let place_end = rest.find("di").filter(|at| *at < 20).map_or("Diundangkan".len(), |at| at);
    let tail = rest.get(place_end..)?;
    let announcing = TANGGAL.as_ref()?.find(tail)?;
    let from = place_end + announcing.end();
    let line = &rest[from..];
    // In the same line, or the next where columns came apart.
    let line = &line[..line.match_indices('\n').nth(1).map_or(line.len(), |(at, _)| at)];
    let day = date::first(line).filter(|day| day.at.start <= 40)?;
    let fits =
        enacted.is_none_or(|enacted| day.date >= enacted && day.date.year() - enacted.year() <= 2);
    let sure = match (fits && !in_columns, announced) {
        (false, _) => DOUBTFUL,
        (true, true) => ANNOUNCED,
        (true, false) => SURE,
    };
    let sure = match day.repair {
        Repair::None => sure,
        Repair::Plain => sure.min(0.8),
        Repair::Ambiguous => sure.min(0.65),
    };
    let at = word + from + day.at.start..word + from + day.at.end;
    Some(Field::recognised(day.date, sure, evidence(page, index as u32 + 1, at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(page: &str, enacted: Option<(u16, u8, u8)>) -> Option<(String, bool)> {
        let enacted = enacted.and_then(|(year, month, day)| Date::new(year, month, day));
        let found = find(&["", page], enacted)?;
        let shown = found.evidence.unwrap();
        assert_eq!(page[shown.start as usize..shown.end as usize], shown.text);
        assert_eq!(shown.page, 2);
        Some((found.value.to_string(), found.confidence > 0.75))
    }

    #[test]
    fn days_of_promulgation() {
        let sure = |date: &str| Some((date.to_owned(), true));
        for (page, expected) in [
            ("Diundangkan di Contoh\npada tanggal 3 Mei 2020\nMENTERI,", sure("2020-05-03")),
            ("   Diundangkan di Contoh pada\n  tanggal 3 Mei 2020", sure("2020-05-03")),
            ("Diundangkan\npada tanggal 3 Mei 2020.", sure("2020-05-03")),
            ("Diumumkan\npada tanggal 3 Mei 2020.", sure("2020-05-03")),
            ("Diundangkan di Contoh\n\npada tanggal\n3 Mei 2020", sure("2020-05-03")),
            ("D i u n d a n g k a n di Contoh\npada tanggal 3 Mei 2020", sure("2020-05-03")),
            ("Diundangkan di Contoh\npada tanggal\nMENTERI CONTOH\n", None),
            ("yang diundangkan di Contoh pada tanggal 3 Mei 2020", None),
            (
                "Ditetapkan di A\npada tanggal 1 Mei 2020\nX\nDiundangkan di B\npada tanggal 2 Mei 2020",
                sure("2020-05-02"),
            ),
            (
                "Diundangkan di B     Ditetapkan di A\npada tanggal 2 Mei 2020   pada tanggal 1 Mei 2020",
                Some(("2020-05-02".to_owned(), false)),
            ),
            ("Diundangkan di B\npada tanggal 2 Mei 1999", Some(("1999-05-02".to_owned(), false))),
        ] {
            assert_eq!(day(page, Some((2020, 5, 1))), expected, "{page}");
        }
    }

    proptest! {
        #[test]
        fn any_page_is_read(page in "(Diundangkan|di | Kota|\\n|tanggal |1 Mei 2020|Ditetapkan|\\PC| ){0,16}") {
            if let Some(shown) = find(&[&page], None).and_then(|found| found.evidence) {
                prop_assert_eq!(page.get(shown.start as usize..shown.end as usize), Some(&*shown.text));
            }
        }
    }
}
