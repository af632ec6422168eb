//! Letters and minutes: what stands in labelled lines (`Nomor :`, `Perihal :`) instead of a head.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::closing::is_date_line;
use crate::head::is_match;
use crate::kinds::{self, Kind};
use crate::lines::{View, collapse};
use crate::number::{self, Written};
use crate::title::{Title, tidy};

/// What the labelled lines of a letter say. Ranges are bytes of the view's text.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) kind: &'static Kind,
    pub(crate) kind_at: Range<usize>,
    /// Whether the number's mark says which kind of letter it is.
    pub(crate) kind_is_marked: bool,
    pub(crate) number: (usize, Written),
    pub(crate) subject: Option<Title>,
}

/// Bytes of the page in which the labelled lines stand.
const REACH: usize = 2_500;

static NUMBER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?im)^(?:nomor|no\.?)\s*:[ \t]*").ok());

static SUBJECT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?im)^(?:perihal|hal)\s*:[ \t]*").ok());

static NEXT_LABEL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:nomor|sifat|lampiran|lamp|kepada|yth|dari|tanggal|dasar|di\s*[-–]|dengan\s+hormat)\b|^[^\pL]*$")
        .ok()
});

/// The labelled lines of a letter, if the text has both a number and a subject in them.
pub(crate) fn find_letter(view: &View<'_>) -> Option<Letter> {
    let region = &view.text[..view.text.floor_char_boundary(REACH)];
    // Both words are needed; most texts have neither.
    if !region.contains(':') {
        return None;
    }
    let subject_start = SUBJECT.as_ref()?.find(region)?.end();
    let label = NUMBER.as_ref()?.find(region)?;
    let written = number::read(&region[label.end()..])?;
    let subject = subject(region, subject_start);
    let marked = kinds::by_number(&written.number);
    let kind = marked.or_else(|| kinds::find("surat"))?;
    let number_at = label.end() + written.number_at.start..label.end() + written.number_at.end;
    let kind_at = if marked.is_some() { number_at } else { label.range() };
    let number = (label.end(), written);
    Some(Letter { kind, kind_at, kind_is_marked: marked.is_some(), number, subject })
}

/// The subject of a page with a labelled line for it.
pub(crate) fn find_subject(view: &View<'_>) -> Option<Title> {
    let region = &view.text[..view.text.floor_char_boundary(REACH)];
    subject(region, SUBJECT.as_ref()?.find(region)?.end())
}

/// The subject that begins at an offset. It may run over several lines; what stands in another
/// column is no part of it.
fn subject(region: &str, start: usize) -> Option<Title> {
    let mut parts: Vec<&str> = Vec::new();
    let mut at = start;
    let mut end = start;
    for line in region[start..].split_inclusive('\n').take(4) {
        let text = line.split('\t').next().unwrap_or(line).trim_end();
        let next = !parts.is_empty() && (is_match(&NEXT_LABEL, text) || is_date_line(text));
        if next {
            break;
        }
        parts.push(text);
        end = at + text.len();
        at += line.len();
        // A column beside it, or a full stop: what follows is another part.
        if text.ends_with('.') {
            break;
        }
    }
    let text = tidy(&collapse(&parts.join(" ")));
    let letters = text.chars().filter(|sign| sign.is_alphabetic()).count();
    (letters >= 3).then_some(Title { text, at: start..end, introduced: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation() {
        let page = "KOP\nNomor    : 12/PL.01-Und/99/2024          Contoh, 20 Mei 2024\n\
                    Sifat    : Biasa\nHal      : Undangan Rapat\n           Pleno Terbuka\n\nYth. Sampel\n";
        let view = View::new(page, 9_999);
        let letter = find_letter(&view).unwrap();
        assert_eq!(letter.kind.key, "undangan");
        assert_eq!(letter.number.1.number, "12/PL.01-Und/99/2024");
        assert_eq!(letter.subject.unwrap().text, "Undangan Rapat Pleno Terbuka");
    }

    #[test]
    fn a_date_line_under_the_subject_is_no_part_of_it() {
        let page =
            "Nomor : 12/PL.01-SD/99/2024\nHal : Permintaan\nData\nKota Sampel, 20 Mei 2024\nYth. X";
        let view = View::new(page, 9_999);
        assert_eq!(find_letter(&view).unwrap().subject.unwrap().text, "Permintaan Data");
    }

    #[test]
    fn labels_whose_column_came_apart() {
        let page = "Nomor\n\n: 12/PL.01-SD/99/2024\n\nSifat\n\n: Biasa\n\nHal\n\n: Data\nSampel, 20 Mei 2024\n";
        let view = View::new(page, 9_999);
        let letter = find_letter(&view).unwrap();
        assert_eq!(letter.number.1.number, "12/PL.01-SD/99/2024");
        assert_eq!(letter.subject.unwrap().text, "Data");
    }

    #[test]
    fn no_letter_without_a_subject() {
        assert!(find_letter(&View::new("Nomor : 12\nIsi", 99)).is_none());
        assert!(find_letter(&View::new("Pasal 1", 99)).is_none());
    }
}
