//! The body that issued a document, in title case.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::head::{Head, is_match};
use crate::lines::{View, collapse, is_capitals};

/// An issuer, where it stands in the view, and how sure it is.
#[derive(Debug)]
pub(crate) struct Issuer {
    pub(crate) name: String,
    pub(crate) at: Range<usize>,
    pub(crate) confidence: f32,
}

/// The first words of bodies that issue documents.
static BODY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:komisi|badan|otoritas|kementerian|pemerintah\s+(?:provinsi|kabupaten|kota|daerah)|dewan|majelis|mahkamah|menteri|presiden|gubernur|bupati|wali\s?kota|sekretariat|sekretaris|arsip\s+nasional|bank\s+indonesia|lembaga|universitas|kejaksaan|kepolisian|direktorat|panitia|ombudsman)\b",
    )
    .ok()
});

/// The person in front of a body: the body issues, whoever signs for it.
static PERSON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:(?:kepala|ketua)\s+(?:badan|komisi|lembaga|dewan|arsip|mahkamah|majelis|kepolisian|otoritas)\b)").ok()
});

/// A part of a body, without the body.
static PART: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)^(?:sekretariat|direktorat)(?:\s+jenderal)?$").ok());

/// What the kind's line names after the kind.
pub(crate) fn of_head(view: &View<'_>, head: &Head) -> Option<Issuer> {
    let phrase = &view.text[head.phrase_at.clone()];
    if let Some(office) = office_in(phrase) {
        let named = collapse(office);
        let name = without_person(&named);
        let start = head.phrase_at.start + phrase.len() - office.len();
        let at = start..head.phrase_at.end;
        let known = head.kind.issuer.as_ref();
        let value = known.cloned().unwrap_or_else(|| title_case(name));
        let confidence = if head.capitals { 0.95 } else { 0.85 };
        return value_is_name(&value).then_some(Issuer { name: value, at, confidence });
    }
    let issuer = head.kind.issuer.clone()?;
    Some(Issuer { name: issuer, at: head.phrase_at.clone(), confidence: 0.9 })
}

/// The office in a kind's line: kinds such as `PERATURAN MENTERI` hold its first word themselves,
/// so it is looked for from the second word of the line on.
pub(crate) fn office_in(phrase: &str) -> Option<&str> {
    let blanks = phrase.match_indices(char::is_whitespace).take(5);
    blanks
        .map(|(at, blank)| phrase[at + blank.len()..].trim_start())
        .find(|rest| is_match(&BODY, rest) || is_match(&PERSON, rest))
}

/// What the letterhead names: the first lines in capitals, above the kind.
pub(crate) fn of_letterhead(view: &View<'_>, before: usize) -> Option<Issuer> {
    let region = &view.text[..before];
    let mut at: Option<Range<usize>> = None;
    let mut start = 0;
    for line in region.split_inclusive('\n').take(10) {
        let text = line.trim_end();
        let range = start..start + text.len();
        start += line.len();
        match &mut at {
            None if is_capitals(text) && is_match(&BODY, text) => at = Some(range),
            Some(found)
                if is_capitals(text)
                    && (continues(text) || is_part(&region[found.clone()]) && is_body(text)) =>
            {
                found.end = range.end;
            }
            None => {}
            Some(_) => break,
        }
    }
    let at = at?;
    let name = title_case(without_person(&collapse(&region[at.clone()])));
    value_is_name(&name).then_some(Issuer { name, at, confidence: 0.8 })
}

/// Whether a text begins with a body that issues documents.
pub(crate) fn is_body(text: &str) -> bool {
    is_match(&BODY, text)
}

/// Whether a line names a part of a body that the next line names: `SEKRETARIAT`.
fn is_part(text: &str) -> bool {
    is_match(&PART, text)
}

/// A second or third line of a letterhead's name.
pub(crate) fn continues(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("").to_lowercase();
    ["provinsi", "kabupaten", "kota", "republik", "nusa", "pemilihan", "umum", "dan", "negara"]
        .contains(&first.as_str())
}

pub(crate) fn without_person(name: &str) -> &str {
    if is_match(&PERSON, name) { name.split_once(' ').map_or(name, |(_, body)| body) } else { name }
}

pub(crate) fn value_is_name(name: &str) -> bool {
    name.len() >= 5 && name.len() <= 160 && !name.contains([';', ':'])
}

/// Small words that stay small, and short ones that are abbreviations.
const SMALL: [&str; 11] =
    ["dan", "di", "ke", "dari", "pada", "untuk", "bagi", "atas", "yang", "serta", "dalam"];
const ABBREVIATIONS: [&str; 10] =
    ["KPU", "RI", "DKPP", "DPR", "DPRD", "MPR", "OJK", "NTB", "NTT", "DKI"];

/// `KOMISI PEMILIHAN UMUM` as `Komisi Pemilihan Umum`; numerals and abbreviations stay.
pub(crate) fn title_case(name: &str) -> String {
    let mut cased = String::with_capacity(name.len());
    for (index, word) in name.split_whitespace().enumerate() {
        if index > 0 {
            cased.push(' ');
        }
        let lower = word.to_lowercase();
        let bare = word.trim_end_matches(['.', ',']);
        let numeral = !bare.is_empty() && bare.bytes().all(|byte| b"IVX".contains(&byte));
        if index > 0 && SMALL.contains(&lower.as_str()) {
            cased.push_str(&lower);
        } else if numeral || ABBREVIATIONS.contains(&bare) {
            cased.push_str(word);
        } else {
            capitalise(&lower, &mut cased);
        }
    }
    cased.trim_end_matches([',', '.']).to_owned()
}

/// Each part of a word with its first letter large: `lubuk-linggau`, `(persero)`.
fn capitalise(lower: &str, into: &mut String) {
    let mut fresh = true;
    for character in lower.chars() {
        if fresh {
            into.extend(character.to_uppercase());
        } else {
            into.push(character);
        }
        fresh = !character.is_alphanumeric() && character != '\'' && character != '’';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_title_case() {
        for (name, cased) in [
            ("KOMISI PEMILIHAN UMUM PROVINSI CONTOH", "Komisi Pemilihan Umum Provinsi Contoh"),
            ("MENTERI HUKUM, HAM, DAN CONTOH,", "Menteri Hukum, Ham, dan Contoh"),
            ("DAERAH TINGKAT II CONTOH-UTARA", "Daerah Tingkat II Contoh-Utara"),
            ("KPU RI", "KPU RI"),
            ("", ""),
        ] {
            assert_eq!(title_case(name), cased);
        }
    }

    #[test]
    fn a_part_and_its_body() {
        let page = "SEKRETARIAT\nKOMISI PEMILIHAN UMUM\nPROVINSI CONTOH\nSURAT EDARAN\n";
        let view = View::new(page, 999);
        let issuer = of_letterhead(&view, view.text.find("SURAT").unwrap()).unwrap();
        assert_eq!(issuer.name, "Sekretariat Komisi Pemilihan Umum Provinsi Contoh");
    }

    #[test]
    fn a_letterhead_over_two_lines() {
        let page = "SALINAN\nKOMISI PEMILIHAN UMUM\nPROVINSI CONTOH\nBERITA ACARA\n";
        let view = View::new(page, 999);
        let before = view.text.find("BERITA").unwrap();
        let issuer = of_letterhead(&view, before).unwrap();
        assert_eq!(issuer.name, "Komisi Pemilihan Umum Provinsi Contoh");
        assert_eq!(&page[view.raw(issuer.at)], "KOMISI PEMILIHAN UMUM\nPROVINSI CONTOH");
    }
}
