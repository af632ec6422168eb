//! The typed text, cut into clauses. There are no syntax errors: what has no meaning as an operator
//! is a word, and what has none as a word is nothing.

use std::collections::HashMap;

use crate::schema::Prefix;
use crate::words::fold_into;

/// What must, or must not, be found: one of its atoms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clause {
    /// `-word`: must not be found.
    pub(super) not: bool,
    /// `a OR b` has two.
    pub(super) any: Vec<Atom>,
}

/// A word, phrase or prefixed value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Atom {
    /// `tahun:` and the like.
    pub(super) prefix: Option<Prefix>,
    /// It stood in quotation marks.
    pub(super) quoted: bool,
    /// A star stood behind it: words that begin so.
    pub(super) beginning: bool,
    /// The text without prefix, quotation marks and star.
    pub(super) text: String,
    /// Byte offsets of all of it in the query.
    pub(super) start: usize,
    /// Exclusive.
    pub(super) end: usize,
}

impl Atom {
    /// Whether it is a word by itself, which may belong together with its neighbours.
    pub(super) fn is_bare(&self) -> bool {
        self.prefix.is_none() && !self.quoted && !self.beginning
    }
}

/// Cuts `query` into clauses.
pub(super) fn parse(query: &str, prefixes: &HashMap<String, Prefix>) -> Vec<Clause> {
    // A title pasted in capitals may hold ATAU as a word; OR is no Indonesian word.
    let shouted = !query.chars().any(char::is_lowercase);
    let mut reader = Reader { query, at: 0, prefixes };
    let mut clauses: Vec<Clause> = Vec::new();
    let mut or = false;
    while let Some(begin) = reader.skip_blanks() {
        let not = reader.take_minus();
        let Some(atom) = reader.atom(begin) else { continue };
        if atom.is_bare() && !not && is_or(&atom.text, shouted) {
            or = true;
            continue;
        }
        match clauses.last_mut() {
            Some(last) if or && !not && !last.not => last.any.push(atom),
            _ => clauses.push(Clause { not, any: vec![atom] }),
        }
        or = false;
    }
    clauses
}

fn is_or(text: &str, shouted: bool) -> bool {
    text == "OR" || text == "|" || text == "||" || (text == "ATAU" && !shouted)
}

struct Reader<'a> {
    query: &'a str,
    at: usize,
    prefixes: &'a HashMap<String, Prefix>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.query[self.at..]
    }

    /// Moves to the next character that is no blank; where that is.
    fn skip_blanks(&mut self) -> Option<usize> {
        let rest = self.rest();
        let blanks = rest.len() - rest.trim_start().len();
        self.at += blanks;
        (self.at < self.query.len()).then_some(self.at)
    }

    /// Takes a minus that stands before something.
    fn take_minus(&mut self) -> bool {
        let bare = self.rest().trim_start_matches(['-', '\u{2212}']);
        let minus = bare.len() < self.rest().len();
        let binds = bare.chars().next().is_some_and(|letter| !letter.is_whitespace());
        if minus {
            self.at = self.query.len() - bare.len();
        }
        minus && binds
    }

    /// The word, phrase or prefixed value that stands here. `None` if there is nothing but an
    /// operator's remains.
    fn atom(&mut self, start: usize) -> Option<Atom> {
        let prefix = self.take_prefix();
        let phrase = self.take_phrase();
        let quoted = phrase.is_some();
        let text = phrase.unwrap_or_else(|| self.take_word());
        let text = text.trim();
        let begun = text.strip_suffix('*').filter(|begun| {
            prefix.is_none()
                && !quoted
                && begun.chars().filter(|c| c.is_alphanumeric()).count() >= 2
        });
        let (beginning, text) = (begun.is_some(), begun.unwrap_or(text).to_owned());
        (!text.is_empty()).then_some(Atom { prefix, quoted, beginning, text, start, end: self.at })
    }

    /// `name:` of the language, if a value follows at once.
    fn take_prefix(&mut self) -> Option<Prefix> {
        let rest = self.rest();
        let colon = rest.find(|letter: char| !letter.is_alphabetic())?;
        let value = rest[colon..].strip_prefix(':')?;
        value.chars().next().filter(|letter| !letter.is_whitespace())?;
        let mut name = String::new();
        fold_into(&rest[..colon], &mut name);
        let prefix = self.prefixes.get(&name).copied()?;
        self.at += colon + 1;
        Some(prefix)
    }

    /// What stands in quotation marks, if they are closed. Unclosed ones are skipped.
    fn take_phrase(&mut self) -> Option<String> {
        let query = self.query;
        let mut letters = query[self.at..].chars();
        let open = letters.next().filter(|letter| is_quote(*letter))?;
        let inside = letters.as_str();
        self.at += open.len_utf8();
        let close = inside.find(is_quote)?;
        let text = inside[..close].to_owned();
        let width = inside[close..].chars().next().map_or(0, char::len_utf8);
        self.at += close + width;
        Some(text)
    }

    /// Everything up to a blank or quotation mark.
    fn take_word(&mut self) -> String {
        let rest = self.rest();
        let end = rest.find(|letter: char| letter.is_whitespace() || is_quote(letter));
        let word = rest[..end.unwrap_or(rest.len())].to_owned();
        self.at += word.len();
        word
    }
}

fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}')
}
