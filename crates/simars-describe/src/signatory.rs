//! Who signed: the name under the office that follows the date of enactment.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::head::is_match;
use crate::lines::collapse;

/// Who signed.
#[derive(Debug)]
pub(crate) struct Signatory {
    pub(crate) page: usize,
    pub(crate) at: Range<usize>,
    pub(crate) name: String,
    pub(crate) confidence: f32,
}

/// The office under which a name stands.
static OFFICE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:presiden|ketua|kepala|menteri|gubernur|bupati|wali\s?kota|rektor|sekretaris|direktur|pimpinan|komisi|komisioner|badan|republik|provinsi|kabupaten|pejabat|plt|plh|inspektur|panglima|pembuat|majelis|otoritas|bidang|anggota|negara|umum|indonesia)\b",
    )
    .ok()
});

/// Whether a line names an office.
pub(crate) fn is_office(text: &str) -> bool {
    is_match(&OFFICE, text)
}

/// The mark that stands for the signature in a copy.
static TTD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^[^\pL\pN]*(?:t\s?t\s?d|cap|ttd\s*/\s*cap|cap\s*/\s*ttd)[^\pL\pN]*$").ok()
});

/// A person's name: two to seven words with large first letters, titles included.
static NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:\p{Lu}[\pL'’.\-]*,?)(?:[ ]\p{Lu}[\pL'’.\-]*,?){0,7}$").ok());

/// The name under the office that follows the date of enactment. Left out when unsure: more than
/// one column, no office or one that may go on, a line that is no name.
pub(crate) fn signatory(page: &str, start: usize, page_index: usize) -> Option<Signatory> {
    let mut at = start + page[start..].find('\n')? + 1;
    // Whether an office stands above, whether it is complete, and whether *ttd* stands below it.
    let (mut office, mut complete, mut signed) = (false, false, false);
    for line in page[at..].split_inclusive('\n').take(30) {
        let begin = at + (line.len() - line.trim_start().len());
        at += line.len();
        let text = line.trim();
        if text.is_empty() {
            complete |= office;
            continue;
        }
        if text.chars().count() <= 2 {
            continue;
        }
        if text.contains("   ") {
            return None;
        }
        if is_match(&TTD, text) {
            signed = true;
        } else if is_office(text) || !signed && office && text.ends_with(',') {
            if signed {
                return None;
            }
            (office, complete) = (true, text.ends_with([',', '.']));
        } else if office && (signed || complete) {
            let name = tidy_name(text);
            if !is_match(&NAME, &name)
                || name.chars().filter(|sign| sign.is_alphabetic()).count() < 4
            {
                return None;
            }
            let confidence = if signed { 0.85 } else { 0.7 };
            let at = begin..begin + text.len();
            return Some(Signatory { page: page_index, at, name, confidence });
        } else {
            return None;
        }
    }
    None
}

/// The name under the mark of a signature with an office above it, in any of the pages: a letter
/// has its date at the top. If there are several, the first is doubtful.
pub(crate) fn by_mark(pages: &[&str]) -> Option<Signatory> {
    let mut first: Option<Signatory> = None;
    for (index, page) in pages.iter().enumerate() {
        if !["ttd", "TTD", "Ttd"].iter().any(|mark| page.contains(mark)) {
            continue;
        }
        let mut office: Option<usize> = None;
        let mut at = 0;
        for line in page.split_inclusive('\n') {
            let text = line.trim();
            if is_match(&TTD, text)
                && let Some(before) = office.and_then(|start| start.checked_sub(1))
                && let Some(found) = signatory(page, before, index)
            {
                match &mut first {
                    None => first = Some(Signatory { confidence: MARKED, ..found }),
                    Some(first) if first.name != found.name => first.confidence = SEVERAL,
                    Some(_) => {}
                }
            }
            if !text.is_empty() {
                office = (text.ends_with(',') && text.chars().count() < 100).then_some(at);
            }
            at += line.len();
        }
    }
    first
}

/// How sure a name is that only the mark of a signature shows, alone and among several.
const MARKED: f32 = 0.8;
const SEVERAL: f32 = 0.6;

fn tidy_name(text: &str) -> String {
    let name = collapse(text);
    let degree = name.rsplit([' ', ',']).next().is_some_and(|last| last.matches('.').count() > 1);
    if degree { name } else { name.trim_end_matches(['.', ',']).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_signed_far_from_its_date() {
        let page = "isi.\nKETUA,\n\nttd\n\nBUDI SAMPEL\nTembusan:\n";
        let found = by_mark(&["", page]).unwrap();
        assert_eq!(
            (found.page, found.name.as_str(), &page[found.at]),
            (1, "BUDI SAMPEL", "BUDI SAMPEL")
        );
        assert!(found.confidence > 0.75);
        let copy = format!("{page}KEPALA BAGIAN,\nttd\nSITI SAMPEL\n");
        let found = by_mark(&[&copy]).unwrap();
        assert_eq!((found.name.as_str(), found.confidence < 0.75), ("BUDI SAMPEL", true));
        assert!(by_mark(&["isi\nttd\nBUDI SAMPEL", "1. Budi Sampel ttd"]).is_none());
    }
}
