//! The words that the index knows: how many pages have one, and which are like one it does not know.

use std::cell::Cell;
use std::collections::HashMap;

use tantivy::InvertedIndexReader;
use tantivy::postings::TermInfo;
use tantivy::query::{DfaWrapper, FuzzyTermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, TERMINATED, Term};

use crate::index::View;
use crate::scope::Scope;
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

/// Entries of pages that one query may read to learn whether a word is on an open one.
const READ: usize = 100_000;
/// Words like one that is nowhere of which it is asked on how many pages they are.
const WEIGHED: usize = 24;
/// More pages than this are not told apart.
const PAGES: u64 = 1_000;

/// The words of what a search sees, as far as they stand on pages that the asker may find. A word
/// that only others have is no word: neither is it offered, nor does it show that it is there.
pub(crate) struct Vocabulary<'a> {
    view: &'a View,
    scope: Scope,
    left: usize,
    unread: Cell<usize>,
}

impl<'a> Vocabulary<'a> {
    pub(crate) fn new(view: &'a View, scope: Scope) -> Self {
        Self { view, scope, left: LOOKED_AT, unread: Cell::new(READ) }
    }

    /// How many pages have `text` in `field`; 0 if none of them may be found.
    pub(crate) fn pages(&self, field: Field, text: &str) -> u64 {
        let term = Term::from_field_text(field, text);
        // Where the dictionary cannot be read, the search itself will say so.
        match self.view.searcher.doc_freq(&term).unwrap_or(0) {
            0 => 0,
            _ if self.open_pages(field, text, 1) == 0 => 0,
            pages => pages,
        }
    }

    /// How many pages that may be found have `text` in `field`: no more than `most`, and fewer where
    /// very many others have it.
    pub(crate) fn open_pages(&self, field: Field, text: &str, most: u64) -> u64 {
        self.counted(&Term::from_field_text(field, text), most).unwrap_or(0)
    }

    fn counted(&self, term: &Term, most: u64) -> tantivy::Result<u64> {
        let mut open = 0;
        let readers = self.view.searcher.segment_readers().iter().zip(&*self.view.columns);
        for (reader, columns) in readers {
            let index = reader.inverted_index(term.field())?;
            let Some(mut pages) = index.read_postings(term, IndexRecordOption::Basic)? else {
                continue;
            };
            let alive = reader.alive_bitset();
            let mut page = pages.doc();
            while page != TERMINATED && open < most && self.unread.get() > 0 {
                self.unread.set(self.unread.get() - 1);
                let found = columns.may_be_found(page, self.scope);
                open += u64::from(found && alive.is_none_or(|alive| alive.is_alive(page)));
                page = pages.advance();
            }
        }
        Ok(open)
    }

    /// How much a word tells that stands on so many pages (the idf of BM25); 0 for one that is nowhere.
    pub(crate) fn weight(&self, pages: u64) -> f32 {
        if pages == 0 {
            return 0.0;
        }
        let (all, pages) = (self.view.searcher.num_docs() as f32, pages as f32);
        (1.0 + (all - pages + 0.5).max(0.0) / (pages + 0.5)).ln()
    }

    /// The most frequent words of `field` that begin so, at most `most`.
    pub(crate) fn beginning(&mut self, field: Field, text: &str, most: usize) -> Vec<String> {
        let mut found: HashMap<String, u64> = HashMap::new();
        for reader in self.view.searcher.segment_readers() {
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
    fn within_reach(
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
        let mut found: Vec<(String, (usize, u64))> = self.near(field, word).into_iter().collect();
        found.sort_unstable_by(|(one, (slips, pages)), (other, (more, others))| {
            slips.cmp(more).then_with(|| others.cmp(pages)).then_with(|| one.cmp(other))
        });
        let mut open: Vec<(String, usize, u64)> = Vec::new();
        for (known, (slips, _)) in found.into_iter().take(WEIGHED) {
            if open.first().is_some_and(|(_, nearest, _)| *nearest < slips) {
                break;
            }
            let pages = self.open_pages(field, &known, PAGES);
            if pages > 0 {
                open.push((known, slips, pages));
            }
        }
        open.sort_by_key(|(.., pages)| std::cmp::Reverse(*pages));
        open.into_iter().map(|(known, ..)| known).take(MOST).collect()
    }

    /// The words that are like `word`: with how many slips, and on how many pages, whosever.
    fn near(&mut self, field: Field, word: &str) -> HashMap<String, (usize, u64)> {
        let mut found: HashMap<String, (usize, u64)> = HashMap::new();
        let letters = word.len();
        if letters < LEAST_LETTERS || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return found;
        }
        let slips = if letters < LONG { 1 } else { 2 };
        let automaton = FuzzyTermQuery::new(Term::from_field_text(field, word), slips as u8, true);
        let Ok(automaton) = automaton.automaton() else { return found };
        for reader in self.view.searcher.segment_readers() {
            let Ok(index) = reader.inverted_index(field) else { continue };
            let mut known = self.within_reach(&index, word, &automaton);
            if letters >= BEGINNING {
                known.retain(|(known, _)| !known.starts_with(word));
                known.extend(self.begun(&index, word));
            }
            for (known, pages) in known {
                let Some(slips) = likeness(word, known.as_bytes(), slips) else { continue };
                found.entry(known).or_insert((slips, 0)).1 += pages;
            }
        }
        found
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
