//! The words that the index knows: how many pages have one, and which are like one it does not know.

use std::collections::HashMap;

use tantivy::InvertedIndexReader;
use tantivy::postings::TermInfo;
use tantivy::query::{DfaWrapper, FuzzyTermQuery};
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use crate::spelling::distance;

/// Terms that one query may look through in search of similar words, in all its segments together.
const LOOKED_AT: usize = 300_000;
/// Shorter words have too many that are like them.
const LEAST_LETTERS: usize = 4;
/// From this length on, two slips are forgiven.
const LONG: usize = 8;
/// A word of at least this length is also taken for the beginning of a longer one.
const BEGINNING: usize = 5;
/// Similar words that stand for one that is nowhere.
const MOST: usize = 5;

/// The words of what a search sees. Which pages they are on is not told: a word may stand only where
/// the asker may not look.
pub(crate) struct Vocabulary<'a> {
    searcher: &'a Searcher,
    left: usize,
}

impl<'a> Vocabulary<'a> {
    pub(crate) fn new(searcher: &'a Searcher) -> Self {
        Self { searcher, left: LOOKED_AT }
    }

    /// How many pages have `text` in `field`.
    pub(crate) fn pages(&self, field: Field, text: &str) -> u64 {
        // Where the dictionary cannot be read, the search itself will say so.
        self.searcher.doc_freq(&Term::from_field_text(field, text)).unwrap_or(0)
    }

    /// How much a word tells that stands on so many pages (the idf of BM25); 0 for one that is nowhere.
    pub(crate) fn weight(&self, pages: u64) -> f32 {
        if pages == 0 {
            return 0.0;
        }
        let (all, pages) = (self.searcher.num_docs() as f32, pages as f32);
        (1.0 + (all - pages + 0.5).max(0.0) / (pages + 0.5)).ln()
    }

    /// The most frequent words of `field` that begin so, at most `most`.
    pub(crate) fn beginning(&mut self, field: Field, text: &str, most: usize) -> Vec<String> {
        let mut found: HashMap<String, u64> = HashMap::new();
        for reader in self.searcher.segment_readers() {
            let Ok(index) = reader.inverted_index(field) else { continue };
            for (known, pages) in self.begun(&index, text) {
                *found.entry(known).or_default() += pages;
            }
        }
        let mut found: Vec<(String, u64)> = found.into_iter().collect();
        found.sort_unstable_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        found.into_iter().map(|(known, _)| known).take(most).collect()
    }

    /// The words of a segment that begin so, each with how many pages it is on.
    fn begun(&mut self, index: &InvertedIndexReader, text: &str) -> Vec<(String, u64)> {
        let range = index.terms().range().ge(text).lt(format!("{text}\u{10ffff}"));
        let (mut found, Ok(mut terms)) = (Vec::new(), range.into_stream()) else {
            return Vec::new();
        };
        while self.left > 0 && terms.advance() {
            self.left -= 1;
            found.extend(named(terms.key(), terms.value()));
        }
        found
    }

    /// Those that share the first letter of `word` and lie near it.
    fn near(
        &mut self,
        index: &InvertedIndexReader,
        word: &str,
        automaton: &DfaWrapper,
    ) -> Vec<(String, u64)> {
        let first = word.as_bytes()[0];
        let near = index.terms().search(automaton).ge([first]).lt([first + 1]);
        let (mut found, Ok(mut terms)) = (Vec::new(), near.into_stream()) else {
            return Vec::new();
        };
        while self.left > 0 && terms.advance() {
            self.left -= 1;
            found.extend(named(terms.key(), terms.value()));
        }
        found
    }

    /// The words of `field` that are most like `word`, the likeliest first: those with the fewest
    /// slips, then those on the most pages. The first letter is taken to be right.
    pub(crate) fn like(&mut self, field: Field, word: &str) -> Vec<String> {
        let letters = word.len();
        if letters < LEAST_LETTERS || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Vec::new();
        }
        let slips = if letters < LONG { 1 } else { 2 };
        let mut found: HashMap<String, (usize, u64)> = HashMap::new();
        let automaton = FuzzyTermQuery::new(Term::from_field_text(field, word), slips as u8, true);
        let Ok(automaton) = automaton.automaton() else { return Vec::new() };
        for reader in self.searcher.segment_readers() {
            let Ok(index) = reader.inverted_index(field) else { continue };
            let mut known = self.near(&index, word, &automaton);
            if letters >= BEGINNING {
                known.retain(|(known, _)| !known.starts_with(word));
                known.extend(self.begun(&index, word));
            }
            for (known, pages) in known {
                let Some(slips) = likeness(word, known.as_bytes(), slips) else { continue };
                found.entry(known).or_insert((slips, 0)).1 += pages;
            }
        }
        let mut found: Vec<(String, (usize, u64))> = found.into_iter().collect();
        let nearest = found.iter().map(|(_, (slips, _))| *slips).min();
        found.retain(|(_, (slips, _))| Some(*slips) == nearest);
        found.sort_unstable_by(|(one, (_, pages)), (other, (_, others))| {
            others.cmp(pages).then_with(|| one.cmp(other))
        });
        found.into_iter().map(|(known, _)| known).take(MOST).collect()
    }
}

fn named(key: &[u8], term: &TermInfo) -> Option<(String, u64)> {
    let known = std::str::from_utf8(key).ok()?;
    Some((known.to_owned(), u64::from(term.doc_freq)))
}

/// How far `known` is from `word`, in half slips; `None` if it is too far, or the word itself. That
/// it begins with the word counts more than one slip and less than two.
fn likeness(word: &str, known: &[u8], slips: usize) -> Option<usize> {
    let word = word.as_bytes();
    if known == word {
        return None;
    }
    match distance(word, known, slips) {
        Some(slips) => Some(2 * slips),
        None => (word.len() >= BEGINNING && known.starts_with(word)).then_some(3),
    }
}

#[cfg(test)]
mod tests {
    use super::likeness;

    #[test]
    fn slips_and_beginnings_are_like() {
        assert_eq!(likeness("pemilihan", b"pemiliham", 2), Some(2));
        assert_eq!(likeness("pemilihan", b"pemlihna", 2), Some(4));
        assert_eq!(likeness("arsip", b"arsiparis", 1), Some(3));
        assert_eq!(likeness("arsip", b"arsip", 1), None);
        assert_eq!(likeness("arsip", b"resep", 1), None);
    }
}
