//! A page's text made regular, with the way back to the bytes it came from.
//!
//! Layout leaves runs of blanks, headings are spaced out letter by letter, dashes come in many
//! shapes. The patterns of this crate are written for a text without these; evidence needs the
//! bytes as they are. A [`View`] holds both.

use std::ops::Range;

use simars_record::Evidence;

use crate::footer::Footers;

/// The regular form of the beginning of a page: lines trimmed and not empty, one blank between
/// words (a tab where the layout leaves a column's gap), spaced-out words closed.
#[derive(Debug)]
pub(crate) struct View<'a> {
    page: &'a str,
    /// The regular text; lines end with `\n`.
    pub(crate) text: String,
    /// For every byte of `text`, where in the page the character it belongs to begins.
    origin: Vec<u32>,
}

/// As many blanks in a row as this are a gap between columns.
const COLUMN_GAP: usize = 4;

impl<'a> View<'a> {
    /// The view of at most the first `limit` bytes of a page.
    #[cfg(test)]
    pub(crate) fn new(page: &'a str, limit: usize) -> Self {
        Self::without(page, limit, &Footers::default())
    }

    /// The view of at most the first `limit` bytes of a page, without the lines that stand at the
    /// foot of every page.
    pub(crate) fn without(page: &'a str, limit: usize, footers: &Footers) -> Self {
        let end = page.floor_char_boundary(limit.min(u32::MAX as usize));
        let mut view = View { page, text: String::new(), origin: Vec::new() };
        view.text.reserve(end);
        view.origin.reserve(end);
        let mut start = 0;
        for line in page[..end].split_inclusive('\n') {
            if !footers.contains(line) {
                view.add_line(line, start);
            }
            start += line.len();
        }
        view
    }

    fn add_line(&mut self, line: &str, start: usize) {
        let before = self.text.len();
        let spaced = is_spaced_out(line);
        let mut blanks = 0;
        for (offset, character) in line.char_indices() {
            if character.is_whitespace() {
                blanks += 1;
                continue;
            }
            let gap = if self.text.len() == before { None } else { gap_of(blanks, spaced) };
            if let Some(gap) = gap {
                self.push(gap, start + offset - 1);
            }
            blanks = 0;
            match character {
                '\u{ad}' | '\u{2010}' | '\u{2011}' => self.push('-', start + offset),
                other => self.push(other, start + offset),
            }
        }
        if self.text.len() > before {
            self.push('\n', start + line.len() - 1);
        }
    }

    fn push(&mut self, character: char, origin: usize) {
        self.text.push(character);
        self.origin.resize(self.text.len(), origin as u32);
    }

    /// The part of the page that a part of the view came from, without blanks around it.
    pub(crate) fn raw(&self, range: Range<usize>) -> Range<usize> {
        let part = &self.text[range.clone()];
        let start = range.start + (part.len() - part.trim_start().len());
        let Some((last, _)) = part.trim().char_indices().next_back() else {
            return 0..0;
        };
        let first = self.origin[start] as usize;
        let last = self.origin[start + last] as usize;
        let length = self.page[last..].chars().next().map_or(0, char::len_utf8);
        first..last + length
    }

    /// Where the view goes on at or after a byte of the page.
    pub(crate) fn at(&self, raw: usize) -> usize {
        let mut at = self.origin.partition_point(|origin| (*origin as usize) < raw);
        while !self.text.is_char_boundary(at) {
            at += 1;
        }
        at
    }

    /// The passage of the page that a part of the view came from.
    pub(crate) fn evidence(&self, page_number: u32, range: Range<usize>) -> Evidence {
        evidence(self.page, page_number, self.raw(range))
    }
}

/// The passage of a page between two byte offsets, which stand on character boundaries.
pub(crate) fn evidence(page: &str, page_number: u32, range: Range<usize>) -> Evidence {
    Evidence {
        page: page_number,
        start: range.start as u32,
        end: range.end as u32,
        text: page[range].to_owned(),
    }
}

fn gap_of(blanks: usize, spaced: bool) -> Option<char> {
    match blanks {
        0 => None,
        1 if spaced => None,
        count if count >= COLUMN_GAP && !spaced => Some('\t'),
        _ => Some(' '),
    }
}

/// Whether a line's letters are set apart, as in `M E M U T U S K A N`. Rows of single digits in
/// tables are not.
fn is_spaced_out(line: &str) -> bool {
    let (mut tokens, mut letters) = (0, 0);
    for token in line.split_whitespace() {
        tokens += 1;
        let mut characters = token.chars();
        let first_is_letter = characters.next().is_some_and(char::is_alphabetic);
        letters += usize::from(first_is_letter && characters.next().is_none());
    }
    tokens >= 4 && letters * 4 >= tokens * 3
}

/// One blank for every run of white space, none at the ends.
pub(crate) fn collapse(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}

/// Whether most of the letters are capitals. A text without letters has none.
pub(crate) fn is_capitals(text: &str) -> bool {
    let (mut upper, mut lower) = (0, 0);
    for character in text.chars() {
        upper += usize::from(character.is_uppercase());
        lower += usize::from(character.is_lowercase());
    }
    upper > 0 && upper >= lower * 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blanks_and_spaced_letters() {
        let page =
            "  K E P U T U S A N  K E P A L A \n\n NOMOR   12\tTAHUN  2020\r\n kiri      kanan";
        let view = View::new(page, 1000);
        assert_eq!(view.text, "KEPUTUSAN KEPALA\nNOMOR 12 TAHUN 2020\nkiri\tkanan\n");
        let at = view.text.find("KEPUTUSAN").unwrap();
        assert_eq!(&page[view.raw(at..at + 9)], "K E P U T U S A N");
        let at = view.text.find("12 TAHUN").unwrap();
        assert_eq!(view.evidence(3, at..at + 13).text, "12\tTAHUN  2020");
    }

    #[test]
    fn a_soft_hyphen_is_a_hyphen() {
        let page = "UNDANG\u{ad}UNDANG";
        let view = View::new(page, 1000);
        assert_eq!(view.text, "UNDANG-UNDANG\n");
        assert_eq!(view.raw(0..view.text.len()), 0..page.len());
    }

    #[test]
    fn rows_of_votes_stay_apart() {
        assert_eq!(View::new("1 2 3 4 5 6", 99).text, "1 2 3 4 5 6\n");
    }

    proptest! {
        #[test]
        fn every_part_of_a_view_leads_back(page: String, limit in 0usize..80) {
            let view = View::new(&page, limit);
            prop_assert_eq!(view.text.len(), view.origin.len());
            for (at, character) in view.text.char_indices() {
                let evidence = view.evidence(1, at..at + character.len_utf8());
                let range = evidence.start as usize..evidence.end as usize;
                prop_assert_eq!(&page[range], evidence.text.as_str());
            }
        }
    }
}
