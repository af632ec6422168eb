//! Who published a book or a report, where and when: the last lines of its cover, or the sentence
//! *diterbitkan oleh ...* in its colophon.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::issuer::{continues, is_body, title_case, value_is_name};
use crate::lines::{View, collapse, is_capitals};
use crate::number::{Repair, read_year};

/// A value and where it stands in the view.
#[derive(Debug)]
pub(crate) struct Found<T> {
    pub(crate) value: T,
    pub(crate) at: Range<usize>,
}

/// What an imprint says.
#[derive(Debug, Default)]
pub(crate) struct Imprint {
    pub(crate) issuer: Option<Found<String>>,
    pub(crate) place: Option<Found<String>>,
    pub(crate) year: Option<Found<u16>>,
}

/// `Diterbitkan oleh Komisi Contoh, 2024.`
static PUBLISHED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\bditerbitkan\s+oleh\s*:?\s*(?P<body>\pL[^,.;:()\n]{3,150}(?:\n[^,.;:()\n]{3,80})?)(?:[,\s]+(?P<year>[12][0-9]{3})\b)?",
    )
    .ok()
});

/// The imprint of a page.
pub(crate) fn find(view: &View<'_>) -> Imprint {
    let cover = on_cover(view).unwrap_or_default();
    let sentence = in_sentence(view).unwrap_or_default();
    Imprint {
        issuer: cover.issuer.or(sentence.issuer),
        place: cover.place,
        year: cover.year.or(sentence.year),
    }
}

/// Body, place and year, each on a line of its own.
fn on_cover(view: &View<'_>) -> Option<Imprint> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for line in view.text.split_inclusive('\n') {
        lines.push(start..start + line.trim_end().len());
        start += line.len();
    }
    let text = |at: usize| &view.text[lines[at].clone()];
    (2..lines.len()).find_map(|at| {
        let year = whole_year(text(at))?;
        let place = place(text(at - 1))?;
        let last = at - 2;
        let two = last > 0 && continues(text(last)) && is_body(text(last - 1));
        let first = if two { last - 1 } else { last };
        let body = lines[first].start..lines[last].end;
        Some(Imprint {
            issuer: Some(Found { value: body_name(&view.text[body.clone()])?, at: body }),
            place: Some(Found { value: place, at: lines[at - 1].clone() }),
            year: Some(Found { value: year, at: lines[at].clone() }),
        })
    })
}

/// The year that a line consists of.
fn whole_year(line: &str) -> Option<u16> {
    let (year, length, repair) = read_year(line)?;
    (length == line.len() && repair == Repair::None).then_some(year)
}

/// The place that a line consists of: up to three words with a large first letter.
fn place(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let named = words.len() <= 3
        && words.iter().all(|word| {
            word.starts_with(char::is_uppercase) && word.chars().all(char::is_alphabetic)
        });
    let name = if is_capitals(line) { title_case(line) } else { line.to_owned() };
    (named && !is_body(line) && name.len() >= 3).then_some(name)
}

/// The name of a body, in title case.
fn body_name(text: &str) -> Option<String> {
    let name = collapse(text);
    let name = if is_capitals(&name) { title_case(&name) } else { name };
    (is_body(&name) && value_is_name(&name)).then_some(name)
}

/// What the sentence in the colophon says.
fn in_sentence(view: &View<'_>) -> Option<Imprint> {
    let found = PUBLISHED.as_ref()?.captures(&view.text)?;
    let body = found.name("body")?;
    // The next line goes on with the name only if it looks like it.
    let name = match body.as_str().split_once('\n') {
        Some((first, second)) if !continues(second) => first,
        _ => body.as_str(),
    };
    let at = body.start()..body.start() + name.len();
    let issuer = body_name(name).map(|value| Found { value, at });
    let year = found.name("year").filter(|_| name.len() == body.len());
    let year = year
        .and_then(|year| whole_year(year.as_str()).map(|value| Found { value, at: year.range() }));
    issuer.map(|issuer| Imprint { issuer: Some(issuer), place: None, year })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(page: &str) -> (Option<String>, Option<String>, Option<u16>) {
        let found = find(&View::new(page, 9_999));
        (
            found.issuer.map(|it| it.value),
            found.place.map(|it| it.value),
            found.year.map(|it| it.value),
        )
    }

    #[test]
    fn covers_and_colophons() {
        let body = Some("Komisi Pemilihan Umum Provinsi Contoh".to_owned());
        let place = Some("Kota Sampel".to_owned());
        for (page, expected) in [
            (
                "MODUL\nKOMISI PEMILIHAN UMUM\nPROVINSI CONTOH\nKOTA SAMPEL\n2023\n",
                (body.clone(), place.clone(), Some(2023)),
            ),
            (
                "Judul\nKomisi Pemilihan Umum Provinsi Contoh\nKota Sampel\n2023",
                (body.clone(), place, Some(2023)),
            ),
            (
                "# Panduan\nDiterbitkan oleh Komisi Pemilihan Umum\nProvinsi Contoh, 2024.\n",
                (body.clone(), None, Some(2024)),
            ),
            (
                "diterbitkan oleh Komisi Pemilihan Umum Provinsi Contoh\nGudang baru\n",
                (body, None, None),
            ),
            ("Surat itu diterbitkan oleh pejabat pada 2020\nPasal\n2021\n", (None, None, None)),
            ("Tabel\nLaki-laki\n2021\n", (None, None, None)),
        ] {
            assert_eq!(short(page), expected, "{page}");
        }
    }
}
