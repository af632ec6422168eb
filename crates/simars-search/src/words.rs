//! Text to words: where they begin and end, and how they are folded.
//!
//! A *run* is a stretch without blanks such as `12/HK.03.1-Kpt/52/2024`, `undang-undang` or
//! `penetapan`. It is cut into *parts* (letters and digits only). A run with digits and joiners is
//! also one word as a whole, because people search numbers of acts; a hyphenated or dotted one is
//! also its parts joined, because people write `undang-undang`, `D.P.R` and `jum'at` in many ways.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A run of more parts than this is cut: it is a table or noise, not a number.
const PARTS_PER_RUN: usize = 24;

/// What a [`Piece`] is to its run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One part.
    Part,
    /// The whole run with its joiners: `12/hk.03.1-kpt/52/2024`.
    Whole,
    /// The parts of a run without digits, joined: `undangundang`.
    Joined,
}

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// What it is to its run.
    pub(crate) form: Form,
    /// Byte offset where it begins.
    pub(crate) start: usize,
    /// Byte offset where it ends (exclusive).
    pub(crate) end: usize,
    /// Its place in the count of parts; a whole or joined run stands at its first part.
    pub(crate) position: usize,
    /// Lower case, without diacritics, cut to the length a word may have.
    pub(crate) folded: String,
}

/// Reads a text run by run. The pieces are reused: no allocation once it runs.
#[derive(Debug)]
pub(crate) struct Runs<'a> {
    text: &'a str,
    at: usize,
    position: usize,
    word_bytes: usize,
    parts: Vec<(usize, usize)>,
    pieces: Vec<Piece>,
    used: usize,
}

impl<'a> Runs<'a> {
    /// Starts at the beginning of `text`; words are cut to `word_bytes` bytes.
    pub(crate) fn new(text: &'a str, word_bytes: usize) -> Self {
        Self {
            text,
            at: 0,
            position: 0,
            word_bytes,
            parts: Vec::new(),
            pieces: Vec::new(),
            used: 0,
        }
    }

    /// The pieces of the next run; `None` at the end of the text. The run as a whole comes before
    /// its parts, so that positions never go back: a stem may come from both, and tantivy asks that
    /// the positions of a term rise.
    pub(crate) fn next_run(&mut self) -> Option<&[Piece]> {
        loop {
            let shape = self.scan()?;
            self.used = 0;
            let first = self.position;
            let (start, end) = (self.parts[0].0, self.parts[self.parts.len() - 1].1);
            if self.parts.len() > 1 && shape.digits {
                self.push(Form::Whole, start, end, first);
            } else if self.parts.len() > 1 && shape.joins(&self.parts) {
                self.push(Form::Joined, start, end, first);
            }
            for index in 0..self.parts.len() {
                let (start, end) = self.parts[index];
                if self.push(Form::Part, start, end, first + index) {
                    self.position = first + index + 1;
                }
            }
            if self.position > first {
                return Some(&self.pieces[..self.used]);
            }
        }
    }

    /// Finds the next run and its parts.
    fn scan(&mut self) -> Option<Shape> {
        self.parts.clear();
        let mut shape = Shape::default();
        let mut part: Option<usize> = None;
        let mut joiner: Option<char> = None;
        let mut at = self.at;
        while at < self.text.len() {
            let (class, width) = class_at(self.text, at);
            match class {
                Class::Letter | Class::Digit => {
                    if part.is_none() && self.parts.len() == PARTS_PER_RUN {
                        break;
                    }
                    part.get_or_insert(at);
                    shape.add(joiner.take());
                    shape.digits |= class == Class::Digit;
                }
                Class::Joiner(normal) if part.is_some() => {
                    self.parts.extend(part.take().map(|start| (start, at)));
                    joiner = Some(normal);
                }
                Class::Joiner(_) | Class::Other if part.is_none() && self.parts.is_empty() => {}
                Class::Joiner(_) | Class::Other => break,
            }
            at += width;
        }
        self.parts.extend(part.map(|start| (start, at)));
        self.at = at;
        (!self.parts.is_empty()).then_some(shape)
    }

    /// Adds a piece unless nothing is left of it once folded.
    fn push(&mut self, form: Form, start: usize, end: usize, position: usize) -> bool {
        if self.used == self.pieces.len() {
            self.pieces.push(Piece { form, start, end, position, folded: String::new() });
        }
        let piece = &mut self.pieces[self.used];
        piece.form = form;
        (piece.start, piece.end, piece.position) = (start, end, position);
        piece.folded.clear();
        match form {
            Form::Part => fold_into(&self.text[start..end], &mut piece.folded),
            Form::Whole => {
                for letter in self.text[start..end].chars() {
                    fold_letter(as_joiner(letter).unwrap_or(letter), &mut piece.folded);
                }
            }
            Form::Joined => {
                for &(start, end) in &self.parts {
                    fold_into(&self.text[start..end], &mut piece.folded);
                }
            }
        }
        cut(&mut piece.folded, self.word_bytes);
        let kept = !piece.folded.is_empty();
        self.used += usize::from(kept);
        kept
    }
}

/// What joins the parts of a run.
#[derive(Debug, Default)]
struct Shape {
    digits: bool,
    hyphens: bool,
    dots: bool,
    others: bool,
}

impl Shape {
    fn add(&mut self, joiner: Option<char>) {
        match joiner {
            None => {}
            Some('-' | '\'') => self.hyphens = true,
            Some('.') => self.dots = true,
            Some(_) => self.others = true,
        }
    }

    /// Whether the parts are one word when written together: `undang-undang`, `jum'at`, `D.P.R`.
    /// `dan/atau` is not, and neither is a full stop whose blank is missing (`kota.Pasal`).
    fn joins(&self, parts: &[(usize, usize)]) -> bool {
        let initials = parts.iter().all(|(start, end)| end - start == 1);
        !self.others && (!self.dots || (initials && !self.hyphens))
    }
}

/// What a character is to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    /// In its normal form.
    Joiner(char),
    Other,
}

/// The character at byte `at`, which is the start of one: its class, and its width in bytes. Nearly
/// all text is ASCII, and is told byte by byte.
#[inline]
fn class_at(text: &str, at: usize) -> (Class, usize) {
    match text.as_bytes()[at] {
        b'a'..=b'z' | b'A'..=b'Z' => (Class::Letter, 1),
        b'0'..=b'9' => (Class::Digit, 1),
        byte if byte.is_ascii() => {
            (as_joiner(char::from(byte)).map_or(Class::Other, Class::Joiner), 1)
        }
        _ => match text[at..].chars().next() {
            Some(letter) => (class_of(letter), letter.len_utf8()),
            None => (Class::Other, 1),
        },
    }
}

fn class_of(letter: char) -> Class {
    if letter.is_numeric() {
        Class::Digit
    } else if letter.is_alphanumeric() || is_combining_mark(letter) {
        Class::Letter
    } else {
        as_joiner(letter).map_or(Class::Other, Class::Joiner)
    }
}

/// The normal form of a character that may stand inside a run.
fn as_joiner(letter: char) -> Option<char> {
    match letter {
        '/' | '-' | '.' | ':' | '_' | '\'' => Some(letter),
        '\u{2010}' | '\u{2011}' => Some('-'),
        '\u{2019}' | '\u{02bc}' => Some('\''),
        _ => None,
    }
}

/// Appends `word` in lower case and without diacritics.
pub(crate) fn fold_into(word: &str, out: &mut String) {
    if word.is_ascii() {
        let start = out.len();
        out.push_str(word);
        out[start..].make_ascii_lowercase();
        return;
    }
    for letter in word.chars() {
        fold_letter(letter, out);
    }
}

fn fold_letter(letter: char, out: &mut String) {
    if letter.is_ascii() {
        out.push(letter.to_ascii_lowercase());
        return;
    }
    // Lower case comes last: decomposing may bring forth capitals (as in a ligature or a unit sign).
    let plain = std::iter::once(letter).nfkd().filter(|part| part.is_alphanumeric());
    out.extend(plain.flat_map(char::to_lowercase).filter(|part| !is_combining_mark(*part)));
}

/// Cuts a word to at most `limit` bytes, never inside a character.
fn cut(word: &mut String, limit: usize) {
    if word.len() > limit {
        word.truncate(word.floor_char_boundary(limit));
    }
}

/// `text` folded as a whole, blanks collapsed: the form in which titles are put in order.
pub(crate) fn folded(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut runs = Runs::new(text, limit);
    while out.len() < limit
        && let Some(pieces) = runs.next_run()
    {
        for piece in pieces.iter().filter(|piece| piece.form == Form::Part) {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&piece.folded);
        }
    }
    cut(&mut out, limit);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<(usize, String)> {
        let mut runs = Runs::new(text, 80);
        let mut out = Vec::new();
        while let Some(pieces) = runs.next_run() {
            out.extend(pieces.iter().map(|piece| (piece.position, piece.folded.clone())));
        }
        out
    }

    fn check(text: &str, expected: &[(usize, &str)]) {
        let expected: Vec<_> =
            expected.iter().map(|(position, word)| (*position, (*word).to_owned())).collect();
        assert_eq!(words(text), expected, "{text}");
    }

    #[test]
    fn a_number_is_one_word_and_its_parts() {
        check(
            "No. 12/HK.03.1-Kpt/52/2024.",
            &[
                (0, "no"),
                (1, "12/hk.03.1-kpt/52/2024"),
                (1, "12"),
                (2, "hk"),
                (3, "03"),
                (4, "1"),
                (5, "kpt"),
                (6, "52"),
                (7, "2024"),
            ],
        );
    }

    #[test]
    fn hyphenated_words_are_parts_and_joined() {
        check("Undang\u{2011}Undang", &[(0, "undangundang"), (0, "undang"), (1, "undang")]);
        check("D.P.R.", &[(0, "dpr"), (0, "d"), (1, "p"), (2, "r")]);
        check("dan/atau", &[(0, "dan"), (1, "atau")]);
        check("kota.Pasal", &[(0, "kota"), (1, "pasal")]);
    }

    #[test]
    fn case_and_diacritics_fold() {
        check("Crème ÉCOLE e\u{301}tat", &[(0, "creme"), (1, "ecole"), (2, "etat")]);
        check("🗳️ — …", &[]);
    }

    #[test]
    fn titles_fold_for_sorting() {
        assert_eq!(folded("  Tata-Kelola,\nARSIP", 80), "tata kelola arsip");
        assert_eq!(folded("abcdef", 3), "abc");
    }

    proptest! {
        #[test]
        fn any_text_gives_words_that_lie_in_it(text in ".{0,200}") {
            let mut runs = Runs::new(&text, 80);
            let mut last = 0;
            while let Some(pieces) = runs.next_run() {
                for piece in pieces {
                    prop_assert!(text.get(piece.start..piece.end).is_some());
                    prop_assert!(piece.folded.len() <= 80 && !piece.folded.is_empty());
                    prop_assert!(piece.position >= last);
                    last = piece.position;
                }
            }
        }

        #[test]
        fn folding_is_settled_after_once(text in "\\PC{0,40}") {
            let mut once = String::new();
            fold_into(&text, &mut once);
            let mut twice = String::new();
            fold_into(&once, &mut twice);
            prop_assert_eq!(once, twice);
        }
    }
}
