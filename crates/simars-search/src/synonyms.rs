//! Words and phrases that mean the same: `synonyms.toml`, and the names of the kinds of acts.
//!
//! Each group has a mark (`=kpu`). A document gets the mark as one more word wherever it has one of
//! the group's phrases; a query that has one looks for the mark. So `KPU` and `komisi pemilihan
//! umum` find each other at the price of one term.

use std::collections::HashMap;

use serde::Deserialize;
use simars_describe::kinds;

use crate::words::{Form, Runs};

/// Phrases have at most this many words.
const LONGEST: usize = 8;
/// Shorter single words count in documents only where they stand in capitals.
const AMBIGUOUS: usize = 3;

/// All groups.
#[derive(Debug, Default)]
pub(crate) struct Synonyms {
    /// Words that occur in phrases, numbered from 1.
    numbers: HashMap<String, u32>,
    /// Phrases by the number of their last word.
    by_last: HashMap<u32, Vec<Phrase>>,
    /// Per mark, all its phrases.
    groups: HashMap<String, Vec<Vec<String>>>,
}

#[derive(Debug)]
struct Phrase {
    numbers: Vec<u32>,
    mark: String,
    capitals: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    group: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    mark: String,
    phrases: Vec<String>,
}

/// The mark of a kind of act.
pub(crate) fn kind_mark(key: &str) -> String {
    format!("=kind:{key}")
}

/// Whether a word is so short that in documents it is an abbreviation only in capitals.
pub(crate) fn is_ambiguous(word: &str) -> bool {
    word.len() <= AMBIGUOUS
}

impl Synonyms {
    /// Reads `synonyms.toml` and adds the kinds of acts.
    pub(crate) fn load(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut synonyms = Self::default();
        for group in &file.group {
            let mark = format!("={}", group.mark);
            for phrase in &group.phrases {
                if !synonyms.add(&mark, phrase)? {
                    return Err(format!("the phrase {phrase:?} stands in two groups"));
                }
            }
        }
        for kind in kinds::all() {
            let mark = kind_mark(&kind.key);
            for name in [&kind.name_id, &kind.key].into_iter().chain(&kind.names) {
                // A name that two kinds share, or that a group has taken, stays with the first.
                synonyms.add(&mark, name)?;
            }
        }
        Ok(synonyms)
    }

    /// Adds a phrase; false if another group has it.
    fn add(&mut self, mark: &str, phrase: &str) -> Result<bool, String> {
        let words = parts(phrase);
        if words.is_empty() || words.len() > LONGEST {
            return Err(format!("the phrase {phrase:?} has not 1 to {LONGEST} words"));
        }
        let mut numbers = Vec::with_capacity(words.len());
        for word in &words {
            let next = self.numbers.len() as u32 + 1;
            numbers.push(*self.numbers.entry(word.clone()).or_insert(next));
        }
        let phrases = self.by_last.entry(numbers[numbers.len() - 1]).or_default();
        if let Some(known) = phrases.iter().find(|known| known.numbers == numbers) {
            return Ok(known.mark == mark);
        }
        let capitals = words.len() == 1 && is_ambiguous(&words[0]);
        phrases.push(Phrase { numbers, mark: mark.to_owned(), capitals });
        self.groups.entry(mark.to_owned()).or_default().push(words);
        Ok(true)
    }

    /// The number of a word, 0 for one that is in no phrase.
    pub(crate) fn number(&self, word: &str) -> u32 {
        self.numbers.get(word).copied().unwrap_or(0)
    }

    /// The marks of the phrases that end with the last word of `trail`.
    pub(crate) fn ending<'a>(
        &'a self,
        trail: &'a Trail,
        in_capitals: bool,
    ) -> impl Iterator<Item = &'a str> {
        let phrases = self.by_last.get(&trail.last()).map_or(&[][..], Vec::as_slice);
        phrases
            .iter()
            .filter(move |phrase| !phrase.capitals || in_capitals)
            .filter(|phrase| trail.ends_with(&phrase.numbers))
            .map(|phrase| phrase.mark.as_str())
    }

    /// The longest phrase that `words` begin with: its length in words, and its mark.
    pub(crate) fn beginning(&self, words: &[String]) -> Option<(usize, &str)> {
        let numbers: Vec<u32> = words.iter().take(LONGEST).map(|word| self.number(word)).collect();
        (1..=numbers.len()).rev().find_map(|length| {
            let phrases = self.by_last.get(&numbers[length - 1])?;
            let found = phrases.iter().find(|phrase| phrase.numbers == numbers[..length])?;
            Some((length, found.mark.as_str()))
        })
    }

    /// All phrases of a group, as folded words.
    pub(crate) fn phrases(&self, mark: &str) -> &[Vec<String>] {
        self.groups.get(mark).map_or(&[], Vec::as_slice)
    }
}

/// The folded words of a phrase.
fn parts(phrase: &str) -> Vec<String> {
    let mut runs = Runs::new(phrase, usize::MAX);
    let mut words = Vec::new();
    while let Some(pieces) = runs.next_run() {
        let parts = pieces.iter().filter(|piece| piece.form == Form::Part);
        words.extend(parts.map(|piece| piece.folded.clone()));
    }
    words
}

/// The numbers of the last words read, newest last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trail([u32; LONGEST]);

impl Trail {
    /// Adds the next word.
    pub(crate) fn push(&mut self, number: u32) {
        self.0.rotate_left(1);
        self.0[LONGEST - 1] = number;
    }

    fn last(&self) -> u32 {
        self.0[LONGEST - 1]
    }

    fn ends_with(&self, numbers: &[u32]) -> bool {
        self.0[LONGEST - numbers.len()..] == *numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn the_longest_phrase_wins() {
        let text = "[[group]]\nmark = \"dpr\"\nphrases = [\"dewan perwakilan rakyat\"]\n\
                    [[group]]\nmark = \"dprd\"\nphrases = [\"dewan perwakilan rakyat daerah\"]\n";
        let synonyms = Synonyms::load(text).unwrap();
        let words = owned(&["dewan", "perwakilan", "rakyat", "daerah", "dan"]);
        assert_eq!(synonyms.beginning(&words), Some((4, "=dprd")));
        assert_eq!(synonyms.beginning(&words[..3]), Some((3, "=dpr")));
        assert_eq!(synonyms.beginning(&words[1..]), None);
    }

    #[test]
    fn kinds_are_synonyms() {
        let synonyms = Synonyms::load("group = []").unwrap();
        let mark = kind_mark("undang-undang");
        assert_eq!(synonyms.beginning(&owned(&["uu"])), Some((1, mark.as_str())));
        assert_eq!(synonyms.beginning(&owned(&["undang", "undang"])), Some((2, mark.as_str())));
        assert!(synonyms.phrases(&mark).contains(&owned(&["undang", "undang"])));
    }

    #[test]
    fn a_phrase_in_two_groups_is_an_error() {
        let text = "[[group]]\nmark = \"a\"\nphrases = [\"satu\"]\n\
                    [[group]]\nmark = \"b\"\nphrases = [\"Satu\"]\n";
        assert!(Synonyms::load(text).unwrap_err().contains("two groups"));
    }
}
