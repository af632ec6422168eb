//! Words side by side, in any of some fields: a query that reads positions only where it must.
//!
//! Two frequent words side by side are one term of the index (a *pair*, see `analyze`), so that a
//! phrase of frequent words reads the short lists of its pairs. And where only the best pages are
//! asked for, the frequencies of the terms bound what a page can score: below what is kept already,
//! its positions are not read.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{Bm25Weight, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

/// The terms of a phrase in one field, each with its place in the phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    terms: Vec<(u32, Term)>,
}

impl Form {
    /// The words as they are, one term each.
    pub(super) fn of_words<'a>(field: Field, words: impl Iterator<Item = &'a str>) -> Self {
        let terms = words.map(|word| Term::from_field_text(field, word));
        Self { terms: (0..).zip(terms).collect() }
    }

    /// The words, neighbours that are both frequent as pairs.
    pub(super) fn of_pairs(
        field: Field,
        words: &[&str],
        pair: impl Fn(&str, &str) -> Option<String>,
    ) -> Self {
        let mut terms = Vec::new();
        let mut covered = 0;
        for at in 0..words.len() {
            let pair_at = |at: usize| pair(words.get(at).copied()?, words.get(at + 1).copied()?);
            // The last word of an odd run of frequent ones is covered by a pair with the one before.
            let found = match pair_at(at) {
                Some(pair) if covered <= at => Some((at, pair, at + 2)),
                None if covered <= at && at > 0 => {
                    pair_at(at - 1).map(|pair| (at - 1, pair, at + 1))
                }
                _ => None,
            };
            let (at, text, after) = match found {
                Some(found) => found,
                None if covered <= at => (at, words[at].to_owned(), at + 1),
                None => continue,
            };
            terms.push((at as u32, Term::from_field_text(field, &text)));
            covered = after;
        }
        Self { terms }
    }
}

/// Pages that have one of the forms.
#[derive(Debug, Clone)]
pub(super) struct Beside {
    forms: Vec<Form>,
    boost: Score,
}

impl Beside {
    /// Each page scores the sum over the forms it has, times `boost`.
    pub(super) fn new(forms: Vec<Form>, boost: Score) -> Self {
        Self { forms: forms.into_iter().filter(|form| !form.terms.is_empty()).collect(), boost }
    }
}

impl Query for Beside {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let mut forms = Vec::with_capacity(self.forms.len());
        for form in &self.forms {
            let similarity = match scoring {
                EnableScoring::Enabled { statistics_provider, .. } => {
                    let terms: Vec<Term> =
                        form.terms.iter().map(|(_, term)| term.clone()).collect();
                    Some(Bm25Weight::for_terms(statistics_provider, &terms)?.boost_by(self.boost))
                }
                EnableScoring::Disabled { .. } => None,
            };
            forms.push((form.clone(), similarity));
        }
        Ok(Box::new(BesideWeight { forms }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        for (_, term) in self.forms.iter().flat_map(|form| &form.terms) {
            visitor(term, true);
        }
    }
}

struct BesideWeight {
    forms: Vec<(Form, Option<Bm25Weight>)>,
}

impl BesideWeight {
    fn pages(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Pages> {
        let mut forms = Vec::with_capacity(self.forms.len());
        for (form, similarity) in &self.forms {
            let similarity = similarity.as_ref().map(|similarity| similarity.boost_by(boost));
            forms.extend(FormPages::open(form, similarity, reader)?);
        }
        let mut pages = Pages { forms, doc: 0, score: 0.0 };
        pages.settle(None);
        Ok(pages)
    }
}

impl Weight for BesideWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let pages = self.pages(reader, boost)?;
        Ok(if pages.doc == TERMINATED { Box::new(EmptyScorer) } else { Box::new(pages) })
    }

    fn for_each_pruning(
        &self,
        mut threshold: Score,
        reader: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score) -> Score,
    ) -> tantivy::Result<()> {
        let mut pages = self.pages(reader, 1.0)?;
        while pages.doc != TERMINATED {
            if pages.score > threshold {
                threshold = callback(pages.doc, pages.score);
            }
            pages.leave(pages.doc);
            pages.settle(Some(threshold));
        }
        Ok(())
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut pages = self.pages(reader, 1.0)?;
        if pages.doc < doc {
            pages.seek(doc);
        }
        if pages.doc != doc {
            return Err(TantivyError::InvalidArgument(format!("page {doc} has no such phrase")));
        }
        Ok(Explanation::new("words side by side", pages.score()))
    }
}

/// The pages of a segment that have one of the forms.
struct Pages {
    forms: Vec<FormPages>,
    doc: DocId,
    score: Score,
}

impl Pages {
    /// Moves to the first page, from where the forms stand on, that has a form indeed; with a
    /// threshold, to the first that has one and scores more.
    fn settle(&mut self, threshold: Option<Score>) {
        loop {
            let doc = self.forms.iter().map(FormPages::doc).min().unwrap_or(TERMINATED);
            self.doc = doc;
            if doc == TERMINATED {
                return;
            }
            let here = || self.forms.iter().filter(|form| form.doc() == doc);
            let may = threshold
                .is_none_or(|threshold| here().map(FormPages::bound).sum::<Score>() > threshold);
            if may
                && let Some(score) = self.score_on(doc)
                && threshold.is_none_or(|threshold| score > threshold)
            {
                self.score = score;
                return;
            }
            self.leave(doc);
        }
    }

    /// What the forms that are on a page score together; `None` if none is there indeed.
    fn score_on(&mut self, doc: DocId) -> Option<Score> {
        let mut score = None;
        for form in self.forms.iter_mut().filter(|form| form.doc() == doc) {
            let count = form.count();
            if count > 0 {
                *score.get_or_insert(0.0) += form.score(count);
            }
        }
        score
    }

    /// Moves the forms that stand on a page away from it.
    fn leave(&mut self, doc: DocId) {
        for form in self.forms.iter_mut().filter(|form| form.doc() == doc) {
            form.advance();
        }
    }
}

impl DocSet for Pages {
    fn advance(&mut self) -> DocId {
        if self.doc != TERMINATED {
            self.leave(self.doc);
            self.settle(None);
        }
        self.doc
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc < target {
            for form in self.forms.iter_mut().filter(|form| form.doc() < target) {
                form.seek(target);
            }
            self.settle(None);
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.forms.iter().map(FormPages::size_hint).max().unwrap_or(0)
    }

    fn cost(&self) -> u64 {
        // Reading positions costs about ten times what passing over a page does.
        self.forms.iter().map(|form| u64::from(form.size_hint()) * 10).sum()
    }
}

impl Scorer for Pages {
    fn score(&mut self) -> Score {
        self.score
    }
}

/// The pages of a segment that have all terms of a form, whether side by side or not.
struct FormPages {
    /// The rarest first; with each how far it stands before the end of the phrase.
    terms: Vec<(u32, SegmentPostings)>,
    similarity: Option<Bm25Weight>,
    norms: FieldNormReader,
    doc: DocId,
    /// Where the phrase may end, and where the next term says it does.
    ends: Vec<u32>,
    others: Vec<u32>,
}

impl FormPages {
    /// `None` if a term is nowhere in the segment.
    fn open(
        form: &Form,
        similarity: Option<Bm25Weight>,
        reader: &SegmentReader,
    ) -> tantivy::Result<Option<Self>> {
        let (Some((_, first)), Some((last, _))) = (form.terms.first(), form.terms.last()) else {
            return Ok(None);
        };
        let record = match form.terms.len() {
            1 => IndexRecordOption::WithFreqs,
            _ => IndexRecordOption::WithFreqsAndPositions,
        };
        let inverted = reader.inverted_index(first.field())?;
        let mut terms = Vec::with_capacity(form.terms.len());
        for (place, term) in &form.terms {
            let Some(postings) = inverted.read_postings(term, record)? else { return Ok(None) };
            terms.push((last - place, postings));
        }
        terms.sort_by_key(|(_, postings)| postings.size_hint());
        let norms = match &similarity {
            Some(_) => reader.get_fieldnorms_reader(first.field())?,
            None => FieldNormReader::constant(reader.max_doc(), 1),
        };
        let (doc, ends, others) = (0, Vec::new(), Vec::new());
        let mut pages = Self { terms, similarity, norms, doc, ends, others };
        pages.align();
        Ok(Some(pages))
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.terms.first().map_or(0, |(_, postings)| postings.size_hint())
    }

    fn advance(&mut self) {
        if let Some((_, rarest)) = self.terms.first_mut() {
            rarest.advance();
        }
        self.align();
    }

    fn seek(&mut self, target: DocId) {
        if let Some((_, rarest)) = self.terms.first_mut()
            && rarest.doc() < target
        {
            rarest.seek(target);
        }
        self.align();
    }

    /// Moves on to the next page that all terms are on.
    fn align(&mut self) {
        let Some(((_, rarest), others)) = self.terms.split_first_mut() else {
            self.doc = TERMINATED;
            return;
        };
        let mut doc = rarest.doc();
        while doc != TERMINATED {
            let next = others.iter_mut().map(|(_, other)| go_to(other, doc)).find(|at| *at > doc);
            doc = match next {
                None => break,
                Some(TERMINATED) => TERMINATED,
                Some(next) => rarest.seek(next),
            };
        }
        self.doc = doc;
    }

    /// The most that this page can score: the phrase is there no more often than any of its terms.
    fn bound(&self) -> Score {
        let least = self.terms.iter().map(|(_, postings)| postings.term_freq()).min();
        self.score(least.unwrap_or(0))
    }

    fn score(&self, count: u32) -> Score {
        match &self.similarity {
            Some(similarity) => similarity.score(self.norms.fieldnorm_id(self.doc), count),
            None => 1.0,
        }
    }

    /// How often the terms stand side by side on this page; without a score to make, whether they do.
    fn count(&mut self) -> u32 {
        let Some(((before, rarest), others)) = self.terms.split_first_mut() else { return 0 };
        if others.is_empty() {
            return rarest.term_freq();
        }
        rarest.positions_with_offset(*before, &mut self.ends);
        for (before, other) in others {
            other.positions_with_offset(*before, &mut self.others);
            keep_common(&mut self.ends, &self.others);
            if self.ends.is_empty() {
                return 0;
            }
        }
        self.ends.len() as u32
    }
}

/// Moves to `doc` or the next page that is there; never backwards.
fn go_to(postings: &mut SegmentPostings, doc: DocId) -> DocId {
    if postings.doc() < doc { postings.seek(doc) } else { postings.doc() }
}

/// Keeps of `ends` what is in `others` as well; both rise.
fn keep_common(ends: &mut Vec<u32>, others: &[u32]) {
    let mut at = 0;
    ends.retain(|end| {
        while others.get(at).is_some_and(|other| other < end) {
            at += 1;
        }
        others.get(at) == Some(end)
    });
}

#[cfg(test)]
mod tests;
