//! What is being typed, understood as far as it goes.

use simars_describe::{kinds, reference};

use super::keys::words;
use crate::analyze::Language;
use crate::words::folded;

/// Characters that are read; nobody types more before choosing.
const CHARACTERS: usize = 120;
/// Words that must be found; more say nothing new.
const WORDS: usize = 8;
/// Words that stand before a number and before its year.
const LABELS: [&str; 5] = ["nomor", "no", "no.", "number", "nr"];
const YEARS: [&str; 4] = ["tahun", "th", "th.", "year"];

/// What is being typed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    /// All of it, folded.
    pub(super) whole: String,
    /// The words that are complete, and the beginning of the last one.
    pub(super) words: Vec<String>,
    pub(super) begun: Option<String>,
    /// A number that is being typed.
    pub(super) number: Option<Number>,
    /// The same without the kind of act it begins with, if it begins with one.
    pub(super) of_kind: Option<OfKind>,
}

/// A number of an act, as far as it is typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// What the canonical number begins with.
    pub(super) begins: String,
    /// What its year begins with; may be empty.
    pub(super) year: String,
    /// The kinds it may be of; empty for any.
    pub(super) kinds: Vec<&'static str>,
    /// Words of the title that follow the number.
    pub(super) words: Vec<String>,
}

/// Words of a title behind a kind of act.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OfKind {
    pub(super) kinds: Vec<&'static str>,
    pub(super) words: Vec<String>,
    pub(super) begun: Option<String>,
}

impl Typed {
    pub(super) fn read(text: &str, language: &Language) -> Self {
        let cut = text.char_indices().nth(CHARACTERS).map_or(text.len(), |(offset, _)| offset);
        let text = &text[..cut];
        let (words, begun) = split(text, language);
        Self {
            whole: folded(text, 4 * CHARACTERS),
            number: number(text, language),
            of_kind: of_kind(text, language),
            words,
            begun,
        }
    }
}

/// The complete words of a text, and the word that is still being typed.
fn split(text: &str, language: &Language) -> (Vec<String>, Option<String>) {
    let complete = !text.ends_with(char::is_alphanumeric);
    let start = text.rfind(|letter: char| !letter.is_alphanumeric());
    let start = start.map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8));
    let (done, last) = if complete { (text, "") } else { text.split_at(start) };
    let mut words = words(done, language);
    words.truncate(WORDS);
    let begun = folded(last, CHARACTERS);
    (words, Some(begun).filter(|begun| !begun.is_empty()))
}

fn number(text: &str, language: &Language) -> Option<Number> {
    let lower = text.to_lowercase();
    let tokens: Vec<&str> = lower.split_whitespace().collect();
    let at =
        tokens.iter().position(|token| token.starts_with(|first: char| first.is_ascii_digit()))?;
    let before: Vec<&str> =
        tokens[..at].iter().copied().filter(|token| !LABELS.contains(token)).collect();
    let kinds = match before.is_empty() {
        true => Vec::new(),
        false => Some(kinds_called(&before.join(" "))).filter(|kinds| !kinds.is_empty())?,
    };
    let (mut begins, mut year) = (tokens[at], "");
    // The year may be written behind a stroke, as in 7/2017.
    if let Some((number, after)) = begins.split_once('/')
        && [number, after].iter().all(|part| is_year(part) || part.is_empty())
    {
        (begins, year) = (number, after);
    }
    let mut rest =
        tokens[at + 1..].iter().copied().filter(|token| !YEARS.contains(token)).peekable();
    if let Some(given) = rest.next_if(|token| is_year(token)) {
        year = given;
    }
    let begins = reference::canonical_number(begins);
    let words = words(&rest.collect::<Vec<_>>().join(" "), language);
    let number = Number { begins, year: year.to_owned(), kinds, words };
    Some(number).filter(|number| !number.begins.is_empty())
}

/// Whether it may be a year, or the beginning of one; or a short number.
fn is_year(text: &str) -> bool {
    (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A kind of act, perhaps with who issues it, and at least a letter of the title behind.
fn of_kind(text: &str, language: &Language) -> Option<OfKind> {
    let text = text.trim_start();
    let mut ends = text.match_indices(' ').map(|(at, _)| at);
    let (mut at, mut kind) = ends.find_map(|at| Some((at, kinds::recognise(&text[..at])?)))?;
    for end in ends {
        // The name goes on, as in `keputusan bersama`, or an office follows it.
        let longer = kinds::recognise(&text[..end]).filter(|longer| longer.key != kind.key);
        let office = || kinds::recognise(&format!("{} {}", kind.name_id, &text[at + 1..end]));
        let Some(next) = longer.or_else(office) else { break };
        (at, kind) = (end, next);
    }
    let (words, begun) = split(&text[at..], language);
    let (kinds, empty) = (vec![kind.key.as_str()], words.is_empty() && begun.is_none());
    (!empty).then_some(OfKind { kinds, words, begun })
}

/// The kinds of acts of which a name begins so: `kep` may become a decision of many offices.
fn kinds_called(begins: &str) -> Vec<&'static str> {
    let begins = folded(begins, 4 * CHARACTERS);
    if let Some(kind) = kinds::recognise(&begins) {
        return vec![&kind.key];
    }
    let called = |name: &String| folded(name, 4 * CHARACTERS).starts_with(&begins);
    let fits = |kind: &&kinds::Kind| {
        [&kind.key, &kind.name_id, &kind.abbreviation].into_iter().chain(&kind.names).any(called)
    };
    kinds::all().iter().filter(fits).map(|kind| kind.key.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::schema::Rules;

    fn typed(text: &str) -> Typed {
        Typed::read(text, &Language::new(Arc::new(Rules::load().unwrap())))
    }

    #[test]
    fn the_last_word_is_still_being_typed() {
        let words = |text| {
            let Typed { words, begun, .. } = typed(text);
            (words.join(" "), begun.unwrap_or_default())
        };
        assert_eq!(words("Perolehan kur"), ("perolehan".to_owned(), "kur".to_owned()));
        assert_eq!(words("perolehan kursi "), ("perolehan kursi".to_owned(), String::new()));
        assert_eq!(words("daftar dan jum'a"), ("daftar jum".to_owned(), "a".to_owned()));
        assert_eq!(words(" "), (String::new(), String::new()));
    }

    #[test]
    fn numbers_are_read_as_they_are_typed() {
        let number = |text: &str| {
            let Number { begins, year, kinds, words } = typed(text).number?;
            Some((begins, year, kinds.contains(&"keputusan"), kinds.len(), words.join(" ")))
        };
        let some = |begins: &str, year: &str, decision, kinds, words: &str| {
            Some((begins.to_owned(), year.to_owned(), decision, kinds, words.to_owned()))
        };
        assert_eq!(number("45"), some("45", "", false, 0, ""));
        assert_eq!(number("No. 045"), some("45", "", false, 0, ""));
        assert_eq!(number("keputusan 45 tahun 20"), some("45", "20", true, 1, ""));
        assert_eq!(number("SK KPU nomor 45/2024"), some("45", "2024", true, 1, ""));
        assert_eq!(number("keputusan 45 2024 kursi"), some("45", "2024", true, 1, "kursi"));
        assert_eq!(number("12/HK.03"), some("12/hk.03", "", false, 0, ""));
        assert_eq!(number("layang 45"), None);
        assert!(
            number("kep 45").is_some_and(|(begins, _, decision, ..)| begins == "45" && decision)
        );
    }

    #[test]
    fn a_kind_may_stand_before_the_title() {
        let of_kind = typed("keputusan kpu penetapan kur").of_kind.unwrap();
        assert_eq!(
            (of_kind.kinds, of_kind.words),
            (vec!["keputusan"], vec!["penetapan".to_owned()])
        );
        assert_eq!(of_kind.begun.as_deref(), Some("kur"));
        assert_eq!(typed("keputusan").of_kind, None);
    }
}
