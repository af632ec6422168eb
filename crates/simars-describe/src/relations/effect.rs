//! When an act takes effect: *mulai berlaku pada tanggal …*.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use simars_record::{Date, Description, Field};

use super::flow::Flow;
use crate::date;

/// What an act says of itself.
static TAKES_EFFECT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\bini(?:\s+\S+){0,3}?\s+(?:mulai\s+)?berlaku\s+(?:surut\s+)?(?:pada|sejak|terhitung(?:\s+mulai|\s+sejak)?|mulai)?\s*(?:saat|hari|tanggal)?\s*(?P<when>di\s?tetapkan\w*|di\s?undangkan\w*|pengundangan\w*|[0-9][^.;]{5,30})",
    )
    .ok()
});

static PROMULGATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)diundangkan\s+di\b[^\n]{0,60}?\n?[^\n]{0,40}?tanggal[\s:]*").ok()
});

/// Bytes after the word that hold the date.
const WINDOW: usize = 60;

/// The day that the last such sentence of the articles names.
pub(super) fn find(
    flow: &Flow<'_>,
    body: Range<usize>,
    end: usize,
    description: &Description,
) -> Option<Field<Date>> {
    let text = &flow.text[body.clone()];
    let found = TAKES_EFFECT.as_ref()?.captures_iter(text).last()?;
    let (whole, when) = (found.get(0)?, found.name("when")?);
    let shown = flow.evidence(body.start + whole.start()..body.start + whole.end());
    let word = when.as_str().to_lowercase();
    let (day, sure) = if word.contains("tetapkan") {
        let enacted = description.date.as_ref()?;
        (enacted.value, enacted.confidence.min(0.9))
    } else if word.contains("undang") {
        (promulgated(&flow.text[body.start..end])?, 0.85)
    } else {
        (date::first(when.as_str())?.date, 0.9)
    };
    Some(Field::recognised(day, sure, shown?))
}

fn promulgated(text: &str) -> Option<Date> {
    let found = PROMULGATED.as_ref()?.find_iter(text).last()?;
    let rest = &text[found.end()..];
    date::first(&rest[..rest.floor_char_boundary(WINDOW)]).map(|found| found.date)
}
