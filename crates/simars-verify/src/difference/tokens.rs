//! A text to tokens that can be compared: words, numbers and marks, folded.

use std::borrow::Cow;
use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Folding, TextPage};
use crate::difference::align::Sort;

/// A token of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    /// Its page, as an index.
    pub(super) page: u32,
    /// Where it stands in the page's text, in bytes.
    pub(super) start: u32,
    pub(super) end: u32,
    /// The same for all tokens that are compared as the same.
    pub(super) id: u32,
    /// Whether nothing stands between it and the token before.
    pub(super) glued: bool,
    /// What was folded, as bits of [`Folding::bit`].
    pub(super) folded: u16,
}

/// The tokens of both texts, with ids from one table.
#[derive(Debug, Default)]
pub(super) struct Table {
    ids: HashMap<String, u32>,
    pub(super) keys: Vec<String>,
    pub(super) sorts: Vec<Sort>,
}

impl Table {
    /// The tokens of a text.
    pub(super) fn read(&mut self, pages: &[TextPage<'_>]) -> Vec<Token> {
        let mut tokens = Vec::new();
        for (page, read) in pages.iter().enumerate() {
            let number = page + 1;
            let (text, unnumbered) = without_number(read.text, number);
            let first = tokens.len();
            let mut reader = Reader { table: self, text, page: page as u32, tokens: &mut tokens };
            reader.read();
            if unnumbered && let Some(token) = tokens.get_mut(first) {
                token.folded |= Folding::PageNumbers.bit();
            }
        }
        tokens
    }

    fn id(&mut self, key: &str) -> u32 {
        if let Some(id) = self.ids.get(key) {
            return *id;
        }
        let id = self.keys.len() as u32;
        self.ids.insert(key.to_owned(), id);
        self.keys.push(key.to_owned());
        self.sorts.push(sort(key));
        id
    }
}

fn sort(key: &str) -> Sort {
    if key.chars().any(char::is_numeric) {
        Sort::Number
    } else if key.chars().any(char::is_alphabetic) {
        Sort::Word
    } else {
        Sort::Mark
    }
}

/// The text without a first or last line that is nothing but the page's own number, blanked so that
/// places stay; and whether there was one. Another number there is not taken for a page number.
fn without_number(text: &str, number: usize) -> (Cow<'_, str>, bool) {
    let own = |line: &str| {
        line.trim_matches(|c: char| c.is_whitespace() || "-–—.".contains(c)) == number.to_string()
    };
    let mut blanked = text.to_owned();
    let mut found = false;
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    for line in [lines().next(), lines().next_back()].into_iter().flatten() {
        if own(line) {
            let start = line.as_ptr() as usize - text.as_ptr() as usize;
            blanked.replace_range(start..start + line.len(), &" ".repeat(line.len()));
            found = true;
        }
    }
    if found { (Cow::Owned(blanked), true) } else { (Cow::Borrowed(text), false) }
}

struct Reader<'a> {
    table: &'a mut Table,
    text: Cow<'a, str>,
    page: u32,
    tokens: &'a mut Vec<Token>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let text = std::mem::take(&mut self.text);
        let mut at = 0;
        while let Some((start, end)) = next_chunk(&text, at) {
            at = end;
            self.chunk(&text, start, end);
        }
    }

    /// A stretch without blanks: marks, the word or number with what stands inside it, marks.
    fn chunk(&mut self, text: &str, start: usize, end: usize) {
        let chunk = &text[start..end];
        let is_core = |c: char| c.is_alphanumeric() || is_combining_mark(c);
        let Some(mut first) = chunk.find(is_core) else {
            self.marks(text, start, end, false);
            return;
        };
        let after = |(at, c): (usize, char)| at + c.len_utf8();
        let last = chunk.char_indices().rev().find(|(_, c)| is_core(*c)).map_or(end, after);
        // A sign belongs to its number.
        let signed = chunk[first..].starts_with(|c: char| c.is_ascii_digit());
        if signed && first == 1 && chunk.starts_with(['-', '+']) {
            first = 0;
        }
        self.marks(text, start, start + first, false);
        self.push(text, start + first, start + last, first > 0);
        self.marks(text, start + last, end, true);
    }

    fn marks(&mut self, text: &str, start: usize, end: usize, mut glued: bool) {
        let mut at = start;
        while let Some(mark) = text[at..end].chars().next() {
            // However many dots lead to a number, they are one leader.
            let run = text[at..end].chars().take_while(|c| *c == mark && is_leader(*c)).count();
            let length = mark.len_utf8() * run.max(1);
            self.push(text, at, at + length, glued);
            (at, glued) = (at + length, true);
        }
    }

    fn push(&mut self, text: &str, start: usize, end: usize, glued: bool) {
        let (key, folded) = fold(&text[start..end]);
        if key.is_empty() {
            return;
        }
        let id = self.table.id(&key);
        let (page, start, end) = (self.page, start as u32, end as u32);
        self.tokens.push(Token { page, start, end, id, glued, folded });
    }
}

fn is_leader(mark: char) -> bool {
    matches!(mark, '.' | '_' | '…' | '·')
}

/// The next stretch without blanks; one that a hyphen at the end of its line goes on in the next.
fn next_chunk(text: &str, at: usize) -> Option<(usize, usize)> {
    let start = at + text[at..].find(|c: char| !c.is_whitespace())?;
    let mut end = end_of(text, start);
    while let Some(next) = continued(text, start, end) {
        end = end_of(text, next);
    }
    Some((start, end))
}

fn end_of(text: &str, start: usize) -> usize {
    text[start..].find(char::is_whitespace).map_or(text.len(), |length| start + length)
}

/// Where a word goes on that a hyphen ends at the end of its line.
fn continued(text: &str, start: usize, end: usize) -> Option<usize> {
    let mut letters = text[start..end].chars().rev();
    let hyphen = letters.next().is_some_and(|c| matches!(c, '-' | '\u{ad}' | '\u{2010}'));
    if !hyphen || !letters.next().is_some_and(char::is_alphanumeric) {
        return None;
    }
    let (blank, rest) = text[end..].split_once('\n')?;
    if !blank.trim().is_empty() {
        return None;
    }
    let next = rest.find(|c: char| c != ' ' && c != '\t')?;
    let start = end + blank.len() + 1 + next;
    text[start..].starts_with(char::is_alphanumeric).then_some(start)
}

/// A token as it is compared, and what was folded for that.
fn fold(raw: &str) -> (Cow<'_, str>, u16) {
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'-';
    if raw.bytes().all(plain) && !raw.starts_with("..") && !raw.starts_with("__") {
        return (Cow::Borrowed(raw), 0);
    }
    let mut folded = 0;
    let composed: String = if raw.is_ascii() { raw.to_owned() } else { raw.nfc().collect() };
    let mut key = String::with_capacity(raw.len());
    for letter in composed.chars() {
        let why = fold_letter(letter, &mut key);
        folded |= why.map_or(0, Folding::bit);
    }
    if composed != raw {
        folded |= Folding::Letters.bit();
    }
    let marks = key.chars().next().filter(|first| is_leader(*first));
    if let Some(first) =
        marks.filter(|first| key.chars().count() > 1 && key.chars().all(|c| c == *first))
    {
        folded |= Folding::Leaders.bit();
        return (Cow::Owned(first.to_string().repeat(3)), folded);
    }
    let unhyphenated = without_hyphens(&key);
    if unhyphenated.len() < key.len() {
        folded |= Folding::Hyphens.bit();
    }
    (Cow::Owned(unhyphenated), folded)
}

/// Writes a letter as it is compared; says what was folded, if anything. Powers, fractions and the
/// digits of other scripts stay what they are: 10² is not 102.
fn fold_letter(letter: char, key: &mut String) -> Option<Folding> {
    let (folded, why) = match letter {
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => ("", Folding::Invisible),
        'ﬀ' => ("ff", Folding::Letters),
        'ﬁ' => ("fi", Folding::Letters),
        'ﬂ' => ("fl", Folding::Letters),
        'ﬃ' => ("ffi", Folding::Letters),
        'ﬄ' => ("ffl", Folding::Letters),
        'ﬅ' | 'ﬆ' => ("st", Folding::Letters),
        '‘' | '’' | '‚' | '‛' | '′' | '`' | '´' => ("'", Folding::Quotes),
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => ("\"", Folding::Quotes),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' | '－' => {
            ("-", Folding::Dashes)
        }
        '…' => ("...", Folding::Leaders),
        '▪' | '●' | '·' | '◦' | '‣' | '■' | '○' | '\u{e000}'..='\u{f8ff}' => {
            ("•", Folding::Bullets)
        }
        '！'..='～' => {
            let ascii = u32::from(letter) - u32::from('！') + u32::from('!');
            key.extend(char::from_u32(ascii));
            return Some(Folding::Letters);
        }
        blank if blank.is_whitespace() => ("", Folding::Hyphens),
        control if control.is_control() => ("", Folding::Invisible),
        _ => {
            key.push(letter);
            return None;
        }
    };
    key.push_str(folded);
    Some(why)
}

/// Without the hyphens between two letters, which come and go with the ends of lines. Between
/// digits they stay.
pub(super) fn without_hyphens(key: &str) -> String {
    let mut before = None;
    let mut letters = key.chars().peekable();
    let mut kept = String::with_capacity(key.len());
    while let Some(letter) = letters.next() {
        let between = before.is_some_and(char::is_alphabetic)
            && letters.peek().is_some_and(|next| next.is_alphabetic());
        if letter != '-' || !between {
            kept.push(letter);
        }
        before = Some(letter);
    }
    kept
}
