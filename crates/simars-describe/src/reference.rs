//! Numbers of acts as people write them, in documents and in search boxes.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use simars_record::ActName;

use crate::kinds::{self, Kind};
use crate::number::{self, Repair, Written};
pub use crate::number::{canonical_number, keys};
use crate::relations::mention::mentions;

/// The number of an act that a text mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The kind of act, as a key of the table of kinds, if it is named.
    pub kind: Option<&'static str>,
    /// The number in its canonical spelling (see [`canonical_number`]).
    pub number: String,
    /// The year that belongs to it.
    pub year: Option<u16>,
    /// Whether letters had to be read as digits to make out the number or the year.
    pub repaired: bool,
    /// Byte offset in the text where the mention begins: at the kind if it is named.
    pub start: usize,
    /// Byte offset where it ends (exclusive).
    pub end: usize,
}

/// Where a number may begin: after *nomor* or *no.*, or at digits that a slash or a year follows.
static PLACES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?P<label>n[o0]m[o0e]r|no|nr)\b[\s.:]{0,4}|\b[0-9]{1,5}[a-z]?(?:\s?/|\s+(?:tahun|thn|th)\b)",
    )
    .ok()
});

/// How far before its number the kind of an act may begin, in bytes.
const REACH: usize = 200;

/// All numbers of acts in a text, in order, without overlaps. A number is taken for an act's if a
/// kind stands before it (`UU 7/2017`), or the word *nomor* with a year or a code after it
/// (`nomor 12 tahun 2024`), or if it is a code with letters (`12/HK.03.1-Kpt/52/2024`). A text
/// that is nothing but a number with its year (`12 tahun 2024`) is one, too.
pub fn references_in(text: &str) -> Vec<Reference> {
    let mut references = Vec::new();
    let Some(places) = PLACES.as_ref() else {
        return references;
    };
    let first = text.len() - text.trim_start().len();
    let whole_text = first..text.trim_end().len();
    let mut done = 0;
    while let Some(place) = places.captures_at(text, done) {
        let Some(whole) = place.get(0) else { break };
        let labelled = place.name("label").is_some();
        let number_start = if labelled { whole.end() } else { whole.start() };
        match number::read(&text[number_start..]) {
            Some(written) => {
                let last_end = references.last().map_or(0, |last: &Reference| last.end);
                let before = last_end..whole.start();
                let found = accept(
                    text,
                    &whole_text,
                    before,
                    whole.start(),
                    number_start,
                    labelled,
                    &written,
                );
                // Figures with slashes hold no mention that begins among them: each would have
                // figures before it instead of a kind. Tables are read once, not per figure.
                let figures = !labelled && written.is_code() && !has_letters(&written.number);
                let refused = if figures { number_start + written.end } else { whole.end() };
                done = found.as_ref().map_or(refused.max(whole.end()), |reference| reference.end);
                references.extend(found);
            }
            None => done = whole.end(),
        }
    }
    references
}

/// The mention whose number was read, if it is one. `whole` is the text without blanks around it,
/// `before` what has not been read as part of another mention, `start` where the label or the
/// number begins.
fn accept(
    text: &str,
    whole: &Range<usize>,
    before: Range<usize>,
    start: usize,
    number_start: usize,
    labelled: bool,
    written: &Written,
) -> Option<Reference> {
    let end = number_start + written.end;
    let code = written.is_code() && has_letters(&written.number);
    // Tables are full of figures with a slash. Nothing makes these a mention, so that what stands
    // before them need not be read.
    if !code && !labelled && written.year.is_none() {
        return None;
    }
    let from = text.ceil_char_boundary(before.start.max(before.end.saturating_sub(REACH)));
    let before = from..before.end;
    let named = kind_before(&text[before.clone()]);
    let alone = start == whole.start && end >= whole.end;
    let dated = written.year.is_some();
    // Two years, as in `1973/1974`, are a financial year.
    let alone = alone && number::read_year(&written.number).is_none();
    let accepted = code || dated && (labelled || alone) || named.is_some() && (dated || labelled);
    if !accepted || named.is_none() && follows_gazette(&text[before.clone()]) {
        return None;
    }
    let marked = || if code { kinds::by_number(&written.number) } else { None };
    let kind = named.map(|(kind, _)| kind).or_else(marked);
    Some(Reference {
        kind: kind.map(|kind| kind.key.as_str()),
        number: canonical_number(&written.number),
        year: written.year.as_ref().map(|year| year.0),
        repaired: written.number_repair > Repair::None
            || year_is_damaged(text, number_start, written),
        start: named.map_or(start, |(_, offset)| before.start + offset),
        end,
    })
}

/// Whether letters were read for digits of a year. One of two digits, as codes have it, is not
/// damaged.
fn year_is_damaged(text: &str, number_start: usize, written: &Written) -> bool {
    written.year.as_ref().is_some_and(|(_, at, repair)| {
        let digits = text.get(number_start + at.start..number_start + at.end);
        *repair > Repair::None
            && !digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// The act that a text names, with who issued it; `own_issuer` is who is meant where it says
/// nothing. `None` if it names none, or more than one.
pub fn act_named(text: &str, own_issuer: Option<&str>) -> Option<ActName> {
    let mut named = mentions(text, own_issuer).into_iter();
    let first = named.next()?;
    named.next().is_none().then_some(first.name)
}

/// Whether a gazette stands right before a number: its numbers are no acts.
fn follows_gazette(text: &str) -> bool {
    let mut words = text.rsplit(|sign: char| !sign.is_alphabetic()).filter(|word| !word.is_empty());
    words.by_ref().take(5).any(|word| {
        ["lembaran", "berita", "staatsblad", "stbl"].iter().any(|it| word.eq_ignore_ascii_case(it))
    })
}

fn has_letters(number: &str) -> bool {
    number.bytes().filter(u8::is_ascii_alphabetic).count() >= 2
}

/// The kind that stands last before a number, with its byte offset, if nothing but the name of an
/// office stands between.
fn kind_before(text: &str) -> Option<(&'static Kind, usize)> {
    let found = kinds::ANYWHERE.as_ref()?.find_iter(text).last()?;
    let between = &text[found.end()..];
    let only_words = between
        .chars()
        .all(|sign| sign.is_alphabetic() || sign.is_whitespace() || ",-/'’".contains(sign));
    let breaks = ["tentang", "lembaran", "berita", "pada", "dengan", "yang", "tanggal", "dan atau"];
    let broken = between.split_whitespace().any(|word| {
        let word = word.to_lowercase();
        breaks.contains(&word.trim_matches(','))
    });
    if !only_words || broken {
        return None;
    }
    kinds::recognise(found.as_str()).map(|kind| (kind, found.start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn short(text: &str) -> Vec<(Option<&'static str>, String, Option<u16>)> {
        let references = references_in(text).into_iter();
        references.map(|found| (found.kind, found.number, found.year)).collect()
    }

    #[test]
    fn in_search_boxes() {
        for (text, kind, number, year) in [
            ("Undang-Undang Nomor 7 Tahun 2017", Some("undang-undang"), "7", Some(2017)),
            ("UU 7/2017", Some("undang-undang"), "7", Some(2017)),
            ("uu no. 7 th. 2017", Some("undang-undang"), "7", Some(2017)),
            ("UU No 7 Thn 2017", Some("undang-undang"), "7", Some(2017)),
            ("uu 7 tahun 2017 pasal 5", Some("undang-undang"), "7", Some(2017)),
            ("keputusan 12 tahun 2024", Some("keputusan"), "12", Some(2024)),
            ("keputusan kpu ntb 12 tahun 2024", Some("keputusan"), "12", Some(2024)),
            ("nomor 12 tahun 2024", None, "12", Some(2024)),
            ("12 tahun 2024", None, "12", Some(2024)),
            ("12/2024", None, "12", Some(2024)),
            ("12/HK.03.1-Kpt/52/2024", Some("keputusan"), "12/hk.03.1-kpt/52/2024", Some(2024)),
            ("NOMOR : 15/Kpts/KPU/TAHUN 2017", Some("keputusan"), "15/kpts/kpu/2017", Some(2017)),
            ("9/Kpts/KPU-Prov-099/2012", Some("keputusan"), "9/kpts/kpu-prov-099/2012", Some(2012)),
            ("PKPU 6/2024", Some("peraturan-kpu"), "6", Some(2024)),
            (
                "berita acara nomor 238/PL.01-BA/99/2022",
                Some("berita-acara"),
                "238/pl.01-ba/99/2022",
                Some(2022),
            ),
            ("Keputusan KPU nomor 12", Some("keputusan"), "12", None),
        ] {
            assert_eq!(short(text), [(kind, number.to_owned(), year)], "{text}");
        }
        for text in [
            "",
            "no",
            "12",
            "pasal 12",
            "5 dan/atau 6",
            "hasil pemilu 2024",
            "1973/1974",
            "usia 17 tahun 2 bulan",
            "Lembaran Negara Nomor 93 Tahun 1998",
        ] {
            assert_eq!(short(text), [], "{text}");
        }
    }

    #[test]
    fn in_documents() {
        let text = "Undang-Undang Nomor 7 Tahun 2017 tentang Hal Contoh (Lembaran Negara Republik \
                    Indonesia Tahun 2017 Nomor 182, Tambahan Lembaran Negara Nomor 6109) \
                    sebagaimana diubah dengan Peraturan Pemerintah Pengganti Undang-Undang Nomor \
                    1 Tahun 2022; Peraturan Komisi Pemilihan Umum Nomor 6 Tahun 2024";
        let found: Vec<_> =
            short(text).into_iter().map(|(kind, number, _)| (kind, number)).collect();
        assert_eq!(
            found,
            [
                (Some("undang-undang"), "7".to_owned()),
                (Some("perppu"), "1".to_owned()),
                (Some("peraturan-kpu"), "6".to_owned()),
            ]
        );
        let first = &references_in(text)[0];
        assert_eq!(&text[first.start..first.end], "Undang-Undang Nomor 7 Tahun 2017");
    }

    #[test]
    fn over_line_ends_and_damage() {
        let text = "Peraturan Menteri Contoh\nRepublik Indonesia NOMOR\n5 TAHUN 2O18";
        assert_eq!(short(text), [(Some("peraturan-menteri"), "5".to_owned(), Some(2018))]);
    }

    #[test]
    fn large_texts_of_figures_are_read() {
        // A reader that looks back over the whole text at every figure would not end on these.
        for piece in ["1/ ", "no 1 ", "lembaran no 1/2020 ", "uu ", "nomor "] {
            let text = piece.repeat(600_000 / piece.len());
            let found = references_in(&text);
            assert!(found.is_empty(), "{piece}: {:?}", found.first());
        }
    }

    proptest! {
        #[test]
        fn mentions_follow_each_other(text in "(UU |nomor |keputusan |[0-9]{1,3}|/| tahun |2024|\\PC){0,12}") {
            let mut end = 0;
            for found in references_in(&text) {
                prop_assert!(found.start >= end && found.end > found.start);
                prop_assert!(text.get(found.start..found.end).is_some());
                end = found.end;
            }
        }
    }
}
