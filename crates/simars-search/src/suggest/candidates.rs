//! The look into the dictionary of what can be suggested.

use tantivy::index::InvertedIndexReader;
use tantivy::postings::{SegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocSet, SegmentOrdinal, TERMINATED};

use super::keys::{BETWEEN, Sort, head};
use super::typed::Number;
use crate::columns::Columns;
use crate::index::View;
use crate::rescore::go_to;
use crate::scope::Scope;

/// Words of the dictionary that one look passes over in a segment.
const PASSED: usize = 2_000;
/// Of the words that begin as the last one does, so many are followed: those in the most titles.
const FOLLOWED: usize = 12;
/// Entries of documents that one look reads in all segments together.
const READ: usize = 120_000;
/// What it costs to look one document up among the entries of a word, against reading one entry.
const LOOKED_UP: usize = 8;
/// A word in more than one of so many titles is common.
const COMMON: usize = 4;
/// A title that is longer as it is compared may have been cut.
const CUT: usize = 100;
/// Documents that bear witness to a subject.
const WITNESSES: usize = 3;
/// Documents with a number that are looked at for the words behind it, for each that is wanted.
const COMPARED: usize = 20;
/// Digits of a year; one that is typed has fewer.
const YEAR_DIGITS: u32 = 4;

/// A document that could be meant; the greater comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    /// How well it fits, where that is known.
    fit: u32,
    date: u32,
    pub(super) ordinal: u64,
    segment: SegmentOrdinal,
    document: u32,
}

/// One look, and what it may still read.
pub(super) struct Look<'a> {
    view: &'a View,
    field: Field,
    scope: Scope,
    left: usize,
}

impl<'a> Look<'a> {
    pub(super) fn new(view: &'a View, field: Field, scope: Scope) -> Self {
        Self { view, field, scope, left: READ }
    }

    /// The documents whose number begins so, no more than `limit`: that number itself first, then
    /// shorter ones, then newer ones.
    pub(super) fn by_number(
        &mut self,
        number: &Number,
        limit: usize,
    ) -> tantivy::Result<Vec<Candidate>> {
        let mut keys = Vec::new();
        for (segment, standing) in self.places() {
            let (index, _) = self.segment(segment)?;
            let head = head(standing, Sort::Number);
            for (key, info) in stretch(&index, &format!("{head}{}", number.begins))? {
                let rest = &key[head.len() + number.begins.len()..];
                let whole = rest.is_empty() || rest.starts_with(['/', '.', '-']);
                let fit = u32::from(whole) * 1_000 + 999 - key.len().min(999) as u32;
                keys.push((fit, segment, info));
            }
        }
        keys.sort_by_key(|(fit, segment, _)| (std::cmp::Reverse(*fit), *segment));
        let enough = if number.words.is_empty() { limit } else { COMPARED * limit };
        let mut found: Vec<Candidate> = Vec::new();
        // What fits best is read first, and of what fits less well no more than is wanted.
        for group in keys.chunk_by(|one, other| one.0 == other.0) {
            for (fit, segment, info) in group {
                let mut best = Best::new(enough);
                self.of_number(number, *segment, info, |candidate| {
                    best.take(Candidate { fit: *fit, ..candidate });
                })?;
                found.extend(best.finish());
            }
            if found.len() >= enough {
                break;
            }
        }
        found.sort_unstable_by(|one, other| other.cmp(one));
        // The words behind the number must be in the title.
        let mut kept = Vec::new();
        for candidate in found {
            if kept.len() < limit && self.has_words(candidate, &number.words)? {
                kept.push(candidate);
            }
        }
        Ok(kept)
    }

    /// The documents of a number that are of the right kind and year.
    fn of_number(
        &mut self,
        number: &Number,
        segment: SegmentOrdinal,
        info: &TermInfo,
        mut take: impl FnMut(Candidate),
    ) -> tantivy::Result<()> {
        let (index, columns) = self.segment(segment)?;
        let kinds = wanted(columns, &number.kinds)?;
        let years = years(&number.year);
        self.each(&index, info, segment, |document| {
            let counted = columns.counted[document as usize];
            let of_kind = number.kinds.is_empty() || kinds.contains(&counted.kind);
            if of_kind && years.contains(&counted.year) {
                take(candidate(columns, segment, document));
            }
        })
    }

    fn has_words(&self, candidate: Candidate, words: &[String]) -> tantivy::Result<bool> {
        if words.is_empty() {
            return Ok(true);
        }
        let title = self.title(candidate)?;
        // Where it is cut, the word may stand behind the end.
        let cut = title.len() > CUT;
        Ok(cut
            || words
                .iter()
                .all(|word| title.split(' ').any(|other| other.starts_with(word.as_str()))))
    }

    /// The newest documents in whose titles all of `words` stand and one that begins as `begun`, of
    /// these kinds if any are given.
    pub(super) fn by_title(
        &mut self,
        words: &[String],
        begun: Option<&str>,
        kinds: &[&str],
        limit: usize,
    ) -> tantivy::Result<Vec<Candidate>> {
        let mut best = Best::new(limit);
        if words.is_empty() && begun.is_none() {
            return Ok(Vec::new());
        }
        for (segment, standing) in self.places() {
            let (index, columns) = self.segment(segment)?;
            let kinds_here = wanted(columns, kinds)?;
            let Some(having) = self.having(&index, columns, segment, standing, words, begun)?
            else {
                continue;
            };
            for (document, _) in having.iter().enumerate().filter(|(_, has)| **has) {
                if kinds.is_empty() || kinds_here.contains(&columns.counted[document].kind) {
                    best.take(candidate(columns, segment, document as u32));
                }
            }
        }
        let mut found = best.finish();
        if words.len() + usize::from(begun.is_some()) > 1 {
            let mut all = Vec::with_capacity(found.len());
            for candidate in found {
                if self.has_words(candidate, words)? {
                    all.push(candidate);
                }
            }
            found = all;
        }
        Ok(found)
    }

    /// Which documents of a segment have these words, but for the most common; `None` if one is nowhere.
    fn having(
        &mut self,
        index: &InvertedIndexReader,
        columns: &Columns,
        segment: SegmentOrdinal,
        standing: u8,
        words: &[String],
        begun: Option<&str>,
    ) -> tantivy::Result<Option<Vec<bool>>> {
        let head = head(standing, Sort::Word);
        let mut having: Option<Vec<bool>> = None;
        let mut complete = Vec::new();
        for word in words {
            let Some(info) = index.terms().get(format!("{head}{word}"))? else { return Ok(None) };
            complete.push(vec![info]);
        }
        complete.sort_by_key(|infos| infos.iter().map(|info| info.doc_freq).min());
        // A word of very many titles keeps few back, and is cheaper to see in those that are compared.
        let others = usize::from(begun.is_some());
        let documents = columns.values.len();
        let many = |infos: &Vec<TermInfo>| infos[0].doc_freq as usize * COMMON > documents;
        while complete.len() + others > 1 && complete.last().is_some_and(many) {
            complete.pop();
        }
        if let Some(begun) = begun {
            let mut terms = stretch(index, &format!("{head}{begun}"))?;
            if terms.is_empty() {
                return Ok(None);
            }
            // The very word, if it is one, is always followed.
            let this = format!("{head}{begun}");
            terms.sort_by_key(|(key, info)| (*key != this, std::cmp::Reverse(info.doc_freq)));
            complete.push(terms.into_iter().take(FOLLOWED).map(|(_, info)| info).collect());
        }
        for infos in complete {
            let mut here = vec![false; columns.values.len()];
            let few = having.as_ref().map(|having| having.iter().filter(|has| **has).count());
            for info in infos {
                if let (Some(having), Some(few)) = (&having, few)
                    && few * LOOKED_UP < info.doc_freq as usize
                {
                    self.look_up(index, &info, columns, having, &mut here)?;
                    continue;
                }
                self.each(index, &info, segment, |document| {
                    let at = document as usize;
                    here[at] |= having.as_ref().is_none_or(|having| having[at]);
                })?;
            }
            having = Some(here);
        }
        Ok(having)
    }

    /// Marks in `here` which of the documents of `having` a key has. They have been found before, so
    /// that they may be.
    fn look_up(
        &mut self,
        index: &InvertedIndexReader,
        info: &TermInfo,
        columns: &Columns,
        having: &[bool],
        here: &mut [bool],
    ) -> tantivy::Result<()> {
        let mut postings = index.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
        let documents = having.iter().enumerate().filter(|(at, has)| **has && !here[*at]);
        let wanted: Vec<usize> = documents.map(|(at, _)| at).collect();
        for at in wanted {
            self.left = self.left.saturating_sub(LOOKED_UP);
            let page = columns.first_page(at as u32);
            if self.left == 0 {
                break;
            }
            here[at] = go_to(&mut postings, page) == page;
        }
        Ok(())
    }

    /// The subjects that have a word beginning so, each with documents that have it.
    pub(super) fn subjects(
        &mut self,
        begins: &str,
        limit: usize,
    ) -> tantivy::Result<Vec<(String, Vec<Candidate>)>> {
        let mut found: Vec<(String, u32, Vec<Candidate>)> = Vec::new();
        if begins.is_empty() {
            return Ok(Vec::new());
        }
        for (segment, standing) in self.places() {
            let (index, _) = self.segment(segment)?;
            for (key, info) in
                stretch(&index, &format!("{}{begins}", head(standing, Sort::Subject)))?
            {
                let Some((_, name)) = key.split_once(BETWEEN) else { continue };
                let pages = self.witnesses(&index, &info, segment)?;
                // Nobody may know it any more whose documents are all gone or closed.
                if pages.is_empty() {
                    continue;
                }
                match found.iter_mut().find(|(known, ..)| known == name) {
                    Some((_, amount, known)) => {
                        *amount += info.doc_freq;
                        known.extend(pages);
                    }
                    None => found.push((name.to_owned(), info.doc_freq, pages)),
                }
            }
        }
        found.sort_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
        let found = found.into_iter().take(limit).map(|(name, _, mut pages)| {
            pages.truncate(WITNESSES);
            (name, pages)
        });
        Ok(found.collect())
    }

    /// A few documents of a key.
    fn witnesses(
        &mut self,
        index: &InvertedIndexReader,
        info: &TermInfo,
        segment: SegmentOrdinal,
    ) -> tantivy::Result<Vec<Candidate>> {
        let columns: &'a Columns = &self.view.columns[segment as usize];
        let mut found = Vec::new();
        self.each(index, info, segment, |document| {
            if found.len() < WITNESSES {
                found.push(candidate(columns, segment, document));
            }
        })?;
        Ok(found)
    }

    /// A title as it is compared: folded, and cut where it is long.
    pub(super) fn title(&self, candidate: Candidate) -> tantivy::Result<String> {
        let labels = &self.view.columns[candidate.segment as usize].titles;
        labels.text(labels.ords.get_val(self.address(candidate).doc_id))
    }

    /// Where its first page is.
    pub(super) fn address(&self, candidate: Candidate) -> DocAddress {
        let columns = &self.view.columns[candidate.segment as usize];
        DocAddress::new(candidate.segment, columns.first_page(candidate.document))
    }

    /// The segments, each with every standing that may be found.
    fn places(&self) -> Vec<(SegmentOrdinal, u8)> {
        let segments = 0..self.view.columns.len() as SegmentOrdinal;
        let standings = self.scope.standings();
        segments
            .flat_map(|segment| standings.clone().map(move |standing| (segment, standing)))
            .collect()
    }

    fn segment(
        &self,
        segment: SegmentOrdinal,
    ) -> tantivy::Result<(std::sync::Arc<InvertedIndexReader>, &'a Columns)> {
        let reader = self.view.searcher.segment_reader(segment);
        Ok((reader.inverted_index(self.field)?, &self.view.columns[segment as usize]))
    }

    /// Calls `take` with each document of a key that is there and may be found, as far as it may
    /// still be read.
    fn each(
        &mut self,
        index: &InvertedIndexReader,
        info: &TermInfo,
        segment: SegmentOrdinal,
        mut take: impl FnMut(u32),
    ) -> tantivy::Result<()> {
        let alive = self.view.searcher.segment_reader(segment).alive_bitset();
        let columns: &Columns = &self.view.columns[segment as usize];
        let mut postings: SegmentPostings =
            index.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
        let mut page = postings.doc();
        while page != TERMINATED && self.left > 0 {
            self.left -= 1;
            let document = columns.document_of[page as usize];
            let open = columns.is_in(document as usize, self.scope);
            if open && alive.is_none_or(|alive| alive.is_alive(page)) {
                take(document);
            }
            page = postings.advance();
        }
        Ok(())
    }
}

/// A document as a candidate.
fn candidate(columns: &Columns, segment: SegmentOrdinal, document: u32) -> Candidate {
    let values = &columns.values[document as usize];
    Candidate { fit: 0, date: values.date, ordinal: values.ordinal, segment, document }
}

/// The greatest of many candidates.
struct Best {
    kept: Vec<Candidate>,
    limit: usize,
    /// No lesser one is among the greatest.
    least: Option<Candidate>,
}

impl Best {
    fn new(limit: usize) -> Self {
        Self { kept: Vec::new(), limit, least: None }
    }

    fn take(&mut self, candidate: Candidate) {
        if self.least.is_some_and(|least| candidate < least) {
            return;
        }
        self.kept.push(candidate);
        if self.kept.len() >= 4 * self.limit.max(8) {
            self.sort();
            self.least = self.kept.last().copied();
        }
    }

    fn sort(&mut self) {
        self.kept.sort_unstable_by(|one, other| other.cmp(one));
        self.kept.truncate(self.limit);
    }

    /// The greatest first.
    fn finish(mut self) -> Vec<Candidate> {
        self.sort();
        self.kept
    }
}

/// The years that begin so.
fn years(begins: &str) -> std::ops::RangeInclusive<u16> {
    let digits = u32::try_from(begins.len()).unwrap_or(YEAR_DIGITS).min(YEAR_DIGITS);
    let span = 10_u16.pow(YEAR_DIGITS - digits);
    let first = begins.parse::<u16>().unwrap_or(0).saturating_mul(span);
    first..=first.saturating_add(span - 1)
}

/// The ordinals that these kinds have in the segment.
fn wanted(columns: &Columns, kinds: &[&str]) -> tantivy::Result<Vec<u16>> {
    let mut ordinals = Vec::new();
    for kind in kinds {
        let ordinal = columns.kinds.wanted(Some(&(*kind).to_owned()))?;
        ordinals.extend(ordinal.and_then(|ordinal| u16::try_from(ordinal).ok()));
    }
    Ok(ordinals)
}

/// The keys that begin so, as far as they are passed over.
fn stretch(index: &InvertedIndexReader, begins: &str) -> tantivy::Result<Vec<(String, TermInfo)>> {
    let mut terms = index.terms().range().ge(begins.as_bytes()).into_stream()?;
    let mut found = Vec::new();
    while found.len() < PASSED && terms.advance() && terms.key().starts_with(begins.as_bytes()) {
        if let Ok(key) = std::str::from_utf8(terms.key()) {
            found.push((key.to_owned(), terms.value().clone()));
        }
    }
    Ok(found)
}
