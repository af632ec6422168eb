//! Who signed, and in which office: what stands under the date of enactment, or under the words
//! that certify a copy.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::head::is_match;
use crate::issuer::title_case;
use crate::lines::{collapse, is_capitals};

/// What stands under a date: an office and a name, as far as they can be told.
#[derive(Debug, Default)]
pub(crate) struct Signed {
    pub(crate) page: usize,
    pub(crate) office: Option<Part>,
    pub(crate) name: Option<Part>,
}

/// An office or a name, and the bytes of the page where it stands.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) at: Range<usize>,
    pub(crate) text: String,
    pub(crate) confidence: f32,
}

/// The office under which a name stands.
static OFFICE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:presiden|ketua|kepala|menteri|gubernur|bupati|wali\s?kota|rektor|sekretaris|direktur|pimpinan|komisi|komisioner|badan|republik|provinsi|kabupaten|pejabat|plt|plh|inspektur|panglima|pembuat|majelis|otoritas|bidang|anggota|negara|umum|indonesia)\b",
    )
    .ok()
});

/// Words of lower offices and of bodies, which certify copies.
static LOWER_OFFICE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:sekretariat|kementerian|deputi|biro|bagian|sub\s?bagian|kabag|kasubbag|asisten|jenderal|direktorat|kabinet|lembaga|dewan|kantor|dinas|pengadilan|panitera|hukum)\b",
    )
    .ok()
});

/// Who acts for another: *atas nama*, *untuk beliau*.
static FOR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?P<for>a\s?\.\s?n|an|atas\s+nama|u\s?\.\s?b|ub)\b\s?\.?(?:\s|$)").ok()
});

/// Whether a line names an office.
pub(crate) fn is_office(text: &str) -> bool {
    is_match(&OFFICE, text)
}

/// The mark that stands for the signature in a copy.
static TTD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^[^\pL\pN]*(?:t\s?t\s?d|cap|ttd\s*/\s*cap|cap\s*/\s*ttd|(?:telah\s+)?di\s?tandatangani(?:\s+secara\s+elektronik)?)[^\pL\pN]*$").ok()
});

/// A person's name: two to seven words with large first letters, titles included.
static NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:\p{Lu}[\pL'’.\-]*,?)(?:[ ]\p{Lu}[\pL'’.\-]*,?){0,7}$").ok());

/// Lines after the date in which office and name stand.
const LINES: usize = 30;
/// The longest office, in bytes.
const LONGEST_OFFICE: usize = 300;

/// The office and the name that follow a date of enactment. What cannot be told is left out: more
/// than one column, no office or one that may go on, a line that is no name.
pub(crate) fn signed(page: &str, start: usize, page_index: usize) -> Signed {
    under(page, start, page_index, is_office)
}

/// The same under the words that certify a copy.
pub(crate) fn certified(page: &str, start: usize, page_index: usize) -> Signed {
    under(page, start, page_index, |text| is_office(text) || is_match(&LOWER_OFFICE, text))
}

fn under(
    page: &str,
    start: usize,
    page_index: usize,
    names_office: impl Fn(&str) -> bool,
) -> Signed {
    let mut found = Signed { page: page_index, ..Signed::default() };
    let Some(line_end) = page[start..].find('\n') else { return found };
    let mut at = start + line_end + 1;
    let mut office = OfficeLines::default();
    // Whether *ttd* stands below the office.
    let mut signed = false;
    for line in page[at..].split_inclusive('\n').take(LINES) {
        let begin = at + (line.len() - line.trim_start().len());
        at += line.len();
        let text = line.trim();
        let range = begin..begin + text.len();
        if text.is_empty() {
            office.complete |= !office.lines.is_empty();
            continue;
        }
        if text.chars().count() <= 2 {
            continue;
        }
        let begun = !office.lines.is_empty();
        if text.contains("   ") {
            break;
        }
        if is_match(&TTD, text) {
            signed = true;
        } else if names_office(text)
            || is_match(&FOR, text)
            || !signed && begun && text.ends_with(',')
        {
            if signed {
                // What follows is signed by somebody else.
                break;
            }
            office.push(range, text);
        } else {
            if begun && (signed || office.complete) {
                found.name = name(text, range, signed);
            }
            break;
        }
    }
    found.office = office.part(signed, found.name.is_some());
    found
}

fn name(text: &str, at: Range<usize>, signed: bool) -> Option<Part> {
    let name = tidy_name(text);
    let letters = name.chars().filter(|sign| sign.is_alphabetic()).count();
    let confidence = if signed { 0.85 } else { 0.7 };
    (is_match(&NAME, &name) && letters >= 4).then_some(Part { at, text: name, confidence })
}

/// The lines of an office.
#[derive(Default)]
struct OfficeLines {
    lines: Vec<(Range<usize>, String)>,
    /// Whether nothing of it can follow.
    complete: bool,
}

impl OfficeLines {
    fn push(&mut self, at: Range<usize>, text: &str) {
        self.complete = text.ends_with([',', '.']);
        self.lines.push((at, collapse(text)));
    }

    /// The office in one line, if its end is certain.
    fn part(self, signed: bool, named: bool) -> Option<Part> {
        let (first, last) = (self.lines.first()?, self.lines.last()?);
        let at = first.0.start..last.0.end;
        let ends = signed || named || self.complete && last.1.ends_with(',');
        if !ends || at.len() > LONGEST_OFFICE {
            return None;
        }
        let mut written = String::new();
        let mut capitals = false;
        for (_, line) in &self.lines {
            // A body in capitals, and below it an office of it.
            let below = capitals && !is_capitals(line) && !written.ends_with(',');
            capitals = is_capitals(line);
            written.push_str(if below { ", " } else { " " });
            written.push_str(&recased(line));
        }
        let text = office_name(&written);
        let confidence = if signed || last.1.ends_with(',') { 0.85 } else { 0.7 };
        (text.len() >= 5).then_some(Part { at, text, confidence })
    }
}

/// A line in capitals with a capital only where words begin.
fn recased(line: &str) -> String {
    if !is_capitals(line) {
        return line.to_owned();
    }
    let comma = if line.ends_with(',') { "," } else { "" };
    title_case(line) + comma
}

/// An office with *a.n.* and *u.b.* as they are usually written.
fn office_name(written: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    for word in written.trim_end_matches([',', '.']).split_whitespace() {
        let letters: String = word.chars().filter(|sign| sign.is_alphabetic()).collect();
        let dotted = word.contains('.');
        words.push(match letters.to_lowercase().as_str() {
            "an" if dotted || words.is_empty() => "a.n.",
            "ub" if dotted || words.last().is_some_and(|last| last.ends_with(',')) => "u.b.",
            _ => word,
        });
    }
    words.join(" ")
}

/// The name under the mark of a signature with an office above it, in any of the pages: a letter
/// has its date at the top. If there are several, the first is doubtful.
pub(crate) fn by_mark(pages: &[&str]) -> Option<Signed> {
    let mut first: Option<Signed> = None;
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
            {
                settle(&mut first, signed(page, before, index));
            }
            if !text.is_empty() {
                office = (text.ends_with(',') && text.chars().count() < 100).then_some(at);
            }
            at += line.len();
        }
    }
    first
}

/// Keeps the first of several names; another one makes it doubtful.
fn settle(first: &mut Option<Signed>, mut found: Signed) {
    let Some(name) = &mut found.name else { return };
    match first.as_mut().and_then(|first| first.name.as_mut()) {
        None => {
            name.confidence = MARKED;
            *first = Some(found);
        }
        Some(known) if known.text != name.text => known.confidence = SEVERAL,
        Some(_) => {}
    }
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
        let name = found.name.unwrap();
        assert_eq!(
            (found.page, name.text.as_str(), &page[name.at]),
            (1, "BUDI SAMPEL", "BUDI SAMPEL")
        );
        assert!(name.confidence > 0.75);
        let copy = format!("{page}KEPALA BAGIAN,\nttd\nSITI SAMPEL\n");
        let name = by_mark(&[&copy]).unwrap().name.unwrap();
        assert_eq!((name.text.as_str(), name.confidence < 0.75), ("BUDI SAMPEL", true));
        assert!(by_mark(&["isi\nttd\nBUDI SAMPEL", "1. Budi Sampel ttd"]).is_none());
    }

    #[test]
    fn offices() {
        for (page, office, name) in [
            (
                "pada tanggal 1 Mei 2024\nKETUA KOMISI PEMILIHAN UMUM\nPROVINSI CONTOH,\nttd.\nBUDI SAMPEL\n",
                "Ketua Komisi Pemilihan Umum Provinsi Contoh",
                "BUDI SAMPEL",
            ),
            (
                "1 Mei 2024\na.n. KETUA KOMISI CONTOH,\nSEKRETARIS,\n\nttd\n\nSiti Sampel, S.H.\n",
                "a.n. Ketua Komisi Contoh, Sekretaris",
                "Siti Sampel, S.H.",
            ),
            (
                "1 Mei 2024\nA.N. MENTERI CONTOH\nSEKRETARIS JENDERAL,\nU.B.\nKEPALA BIRO UMUM,\nttd\nBUDI SAMPEL\n",
                "a.n. Menteri Contoh Sekretaris Jenderal, u.b. Kepala Biro Umum",
                "BUDI SAMPEL",
            ),
            ("1 Mei 2024\nPRESIDEN CONTOH,\n\n\n12 halaman\n", "Presiden Contoh", ""),
            (
                "1 Mei 2024\nMENTERI CONTOH,\nDitandatangani secara elektronik\nBUDI SAMPEL\n",
                "Menteri Contoh",
                "BUDI SAMPEL",
            ),
            ("1 Mei 2024\nisi surat yang lain\n", "", ""),
        ] {
            let found = signed(page, 0, 0);
            let text = |part: Option<Part>| part.map(|part| part.text).unwrap_or_default();
            assert_eq!((text(found.office).as_str(), text(found.name).as_str()), (office, name));
        }
    }
}
