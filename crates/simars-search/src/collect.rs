//! Pages to documents: groups, filters, counts and ranks what was found.
//!
//! The pages of a document lie side by side in one segment (the writer sends them as one batch,
//! merges stack segments in order), so that a group ends where the document changes: no table of
//! documents is needed. Whether a document may be found is decided at its first page that was
//! found, before anything of it is counted.
//!
//! Counting asks for every page, ranking only for the best documents. So each segment is read
//! twice: once without scores, to count; once for the best, where tantivy leaves out whole blocks
//! of pages that cannot be among them.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::sync::Arc;

use tantivy::query::{EnableScoring, Query, Weight};
use tantivy::{DocId, Score, Searcher, SegmentOrdinal, SegmentReader, TERMINATED, TantivyError};

use crate::columns::{Columns, Counted, Values};
use crate::index::View;
use crate::order::{Found, Order, Place, Rank, best_first, floor, sortable};
use crate::scope::Scope;
use simars_record::ForceState;

/// What to keep of the found pages.
#[derive(Debug, Clone)]
pub(crate) struct Grouping {
    pub(crate) scope: Scope,
    pub(crate) kind: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) collection: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) year: Option<u16>,
    /// Dates as yyyymmdd, both inclusive; given if there is a bound at all.
    pub(crate) dates: Option<(u32, u32)>,
    /// The day as yyyymmdd of which acts are judged, and how they may stand; any way if empty.
    pub(crate) force: Option<(u32, Vec<ForceState>)>,
    /// How documents are ordered; by relevance only if there is a score to order by.
    pub(crate) order: Order,
    /// Documents to keep, best first.
    pub(crate) limit: usize,
    /// Only documents after this place are kept, though all are counted.
    pub(crate) after: Option<Place>,
    /// Documents with a greater ordinal came later and are not wanted.
    pub(crate) newest: u64,
    /// Documents that are not wanted.
    pub(crate) excluded: Arc<HashSet<u64>>,
    /// The columns of each segment.
    pub(crate) columns: Arc<Vec<Arc<Columns>>>,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) total: u64,
    /// The greatest ordinal of them all.
    pub(crate) newest: u64,
    /// In the order of the request.
    pub(crate) found: Vec<Found>,
    pub(crate) kinds: HashMap<String, u64>,
    pub(crate) issuers: HashMap<String, u64>,
    pub(crate) collections: HashMap<String, u64>,
    pub(crate) subjects: HashMap<String, u64>,
    pub(crate) years: BTreeMap<u16, u64>,
    pub(crate) force: BTreeMap<ForceState, u64>,
}

impl Grouping {
    /// Sets how many documents to keep.
    pub(crate) fn keep(&mut self, limit: usize, view: &View) {
        self.limit = limit.min(usize::try_from(view.searcher.num_docs()).unwrap_or(usize::MAX));
    }
}

impl Grouping {
    /// What `query` finds.
    pub(crate) fn gather(
        &self,
        query: &dyn Query,
        searcher: &Searcher,
    ) -> tantivy::Result<Gathered> {
        let counting = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
        let ranking = match self.order {
            Order::Score => Some(query.weight(EnableScoring::enabled_from_searcher(searcher))?),
            Order::Newest | Order::Arrival | Order::Oldest | Order::Title | Order::Number => None,
        };
        let mut all = Gathered::default();
        for (segment, reader) in (0..).zip(searcher.segment_readers()) {
            let mut groups = Groups::new(self, segment)?;
            groups.count_all(counting.as_ref(), reader)?;
            if let Some(ranking) = ranking.as_ref().filter(|_| groups.total > 0) {
                groups.rank_all(ranking.as_ref(), reader)?;
            }
            all.add(groups.harvest()?);
        }
        all.found.sort_unstable_by(best_first);
        all.found.truncate(self.limit);
        Ok(all)
    }
}

impl Gathered {
    /// Adds what another segment has.
    fn add(&mut self, other: Self) {
        self.total += other.total;
        self.newest = self.newest.max(other.newest);
        self.found.extend(other.found);
        add_counts(&mut self.kinds, other.kinds);
        add_counts(&mut self.issuers, other.issuers);
        add_counts(&mut self.collections, other.collections);
        add_counts(&mut self.subjects, other.subjects);
        for (value, count) in other.years {
            *self.years.entry(value).or_default() += count;
        }
        for (value, count) in other.force {
            *self.force.entry(value).or_default() += count;
        }
    }
}

/// A document in the heap.
#[derive(Clone, Copy, PartialEq)]
struct Candidate {
    rank: Rank,
    document: u32,
    page: DocId,
    score: Score,
    /// Ordinal of the label it is sorted by.
    key: u64,
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank.cmp(&other.rank)
    }
}

/// The groups of one segment.
pub(crate) struct Groups {
    grouping: Grouping,
    columns: Arc<Columns>,
    segment: SegmentOrdinal,
    kind: Option<u32>,
    issuer: Option<u32>,
    collection: Option<u32>,
    subject: Option<u32>,
    /// Whether there is a filter that needs more than [`Counted`].
    asks_more: bool,
    /// The document whose pages are being counted.
    counted: Option<u32>,
    total: u64,
    newest: u64,
    after: Option<Rank>,
    kind_counts: Vec<u32>,
    issuer_counts: Vec<u32>,
    /// Empty where no document of the segment has any.
    collection_counts: Vec<u32>,
    subject_counts: Vec<u32>,
    year_counts: Vec<u32>,
    force_counts: BTreeMap<ForceState, u64>,
    /// The document whose pages are being ranked; `None` in its place if it is not wanted.
    ranked: Option<(u32, Option<(Score, DocId)>)>,
    top: BinaryHeap<Reverse<Candidate>>,
}

impl Groups {
    fn new(grouping: &Grouping, segment: SegmentOrdinal) -> tantivy::Result<Self> {
        let columns = grouping.columns.get(segment as usize).cloned();
        let columns = columns.ok_or_else(|| {
            TantivyError::InternalError(format!("segment {segment} has no columns"))
        })?;
        let labels = grouping.order.labels(&columns);
        let after = grouping.after.as_ref().map(|after| after.in_segment(labels)).transpose()?;
        let asks_more = grouping.collection.is_some()
            || grouping.subject.is_some()
            || grouping.dates.is_some()
            || grouping.force.as_ref().is_some_and(|(_, wanted)| !wanted.is_empty())
            || grouping.newest != u64::MAX
            || !grouping.excluded.is_empty();
        Ok(Self {
            grouping: grouping.clone(),
            segment,
            asks_more,
            after,
            kind: columns.kinds.wanted(grouping.kind.as_ref())?,
            issuer: columns.issuers.wanted(grouping.issuer.as_ref())?,
            collection: columns.collections.wanted(grouping.collection.as_ref())?,
            subject: columns.subjects.wanted(grouping.subject.as_ref()),
            kind_counts: vec![0; columns.kinds.len()],
            issuer_counts: vec![0; columns.issuers.len()],
            collection_counts: vec![0; columns.collections.len_telling()],
            subject_counts: vec![0; columns.subjects.len()],
            year_counts: vec![0; columns.year_span.1],
            force_counts: BTreeMap::new(),
            columns,
            counted: None,
            total: 0,
            newest: 0,
            ranked: None,
            top: BinaryHeap::new(),
        })
    }

    /// Counts every document that has a page among those of `weight`. Of long documents, the pages
    /// after the first that is found are passed over.
    fn count_all(&mut self, weight: &dyn Weight, reader: &SegmentReader) -> tantivy::Result<()> {
        let alive = reader.alive_bitset();
        let lives = |doc: DocId| alive.is_none_or(|alive| alive.is_alive(doc));
        if !self.columns.has_long_documents() {
            return weight.for_each_no_score(reader, &mut |docs| {
                docs.iter().filter(|doc| lives(**doc)).for_each(|doc| self.count(*doc));
            });
        }
        let mut scorer = weight.scorer(reader, 1.0)?;
        let mut doc = scorer.doc();
        while doc != TERMINATED {
            let mut next = doc + 1;
            if lives(doc) {
                self.count(doc);
                next = self.columns.end(self.columns.document_of[doc as usize]);
            }
            doc = match next {
                next if next == doc + 1 => scorer.advance(),
                next if next >= reader.max_doc() => TERMINATED,
                next => scorer.seek(next),
            };
        }
        Ok(())
    }

    /// Finds the best documents by their best pages.
    fn rank_all(&mut self, weight: &dyn Weight, reader: &SegmentReader) -> tantivy::Result<()> {
        let alive = reader.alive_bitset();
        weight.for_each_pruning(Score::MIN, reader, &mut |doc, score| {
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                self.rank(doc, score);
            }
            self.threshold()
        })?;
        self.close();
        Ok(())
    }

    /// Whether a document may be found and passes the filters.
    fn fits(&self, document: u32) -> bool {
        let (at, grouping) = (document as usize, &self.grouping);
        let Counted { issuer, kind, year } = self.columns.counted[at];
        // Asked of every document that is found: what most askers ask of it is one look at a bit.
        let standing = self.columns.standings[at];
        let anywhere = standing <= 15 && grouping.scope.anywhere & (1 << standing) != 0;
        (anywhere || grouping.scope.within != 0 && self.columns.is_in(at, grouping.scope))
            && self.kind.is_none_or(|wanted| wanted == u32::from(kind))
            && self.issuer.is_none_or(|wanted| wanted == issuer)
            && grouping.year.is_none_or(|wanted| wanted == year)
            && (!self.asks_more || self.fits_more(document))
    }

    /// The filters that are rarely set.
    fn fits_more(&self, document: u32) -> bool {
        let Values { ordinal, date, collection, force } = self.columns.values[document as usize];
        let stands = |(day, wanted): &(u32, Vec<ForceState>)| {
            wanted.is_empty() || force.on(*day).is_some_and(|stands| wanted.contains(&stands))
        };
        let about = |wanted: u32| self.columns.subjects.of(document).contains(&wanted);
        self.collection.is_none_or(|wanted| wanted == collection)
            && self.subject.is_none_or(about)
            && self.grouping.dates.is_none_or(|bounds| lies_within(date, bounds))
            && self.grouping.force.as_ref().is_none_or(stands)
            && ordinal <= self.grouping.newest
            && !self.grouping.excluded.contains(&ordinal)
    }

    /// Counts the document of this page, once.
    fn count(&mut self, doc: DocId) {
        let document = self.columns.document_of[doc as usize];
        if self.counted == Some(document) {
            return;
        }
        self.counted = Some(document);
        if !self.fits(document) {
            return;
        }
        self.total += 1;
        self.newest = self.newest.max(self.columns.values[document as usize].ordinal);
        let Counted { issuer, kind, year } = self.columns.counted[document as usize];
        add_one(&mut self.kind_counts, usize::from(kind));
        add_one(&mut self.issuer_counts, issuer as usize);
        add_one(&mut self.year_counts, usize::from(year - self.columns.year_span.0));
        if !self.collection_counts.is_empty() {
            let collection = self.columns.values[document as usize].collection;
            add_one(&mut self.collection_counts, collection as usize);
        }
        for subject in self.columns.subjects.of(document) {
            add_one(&mut self.subject_counts, *subject as usize);
        }
        if let Some((day, _)) = &self.grouping.force
            && let Some(stands) = self.columns.values[document as usize].force.on(*day)
        {
            *self.force_counts.entry(stands).or_default() += 1;
        }
        if self.grouping.order == Order::Score {
            return;
        }
        let (mut key, mut first) = (0, u64::from(self.columns.values[document as usize].date));
        match self.grouping.order {
            Order::Score | Order::Newest => {}
            Order::Arrival => first = self.columns.values[document as usize].ordinal,
            Order::Oldest => first = if first == 0 { 0 } else { u64::MAX - first },
            Order::Title | Order::Number => {
                if let Some(labels) = self.grouping.order.labels(&self.columns) {
                    key = labels.ords.get_val(doc);
                    first = labels.rank(key);
                }
            }
        }
        self.offer(document, first, doc, 0.0, key);
    }

    /// Takes a page with its score; pages of a document come one after the other.
    fn rank(&mut self, doc: DocId, score: Score) {
        let document = self.columns.document_of[doc as usize];
        match &mut self.ranked {
            Some((ranked, best)) if *ranked == document => {
                if let Some(best) = best.as_mut().filter(|best| score > best.0) {
                    *best = (score, doc);
                }
            }
            _ => {
                self.close();
                let wanted = self.fits(document);
                self.ranked = Some((document, wanted.then_some((score, doc))));
            }
        }
    }

    /// Ends the document that is being ranked.
    fn close(&mut self) {
        if let Some((document, Some((score, doc)))) = self.ranked.take() {
            self.offer(document, u64::from(sortable(score)), doc, score, 0);
        }
    }

    /// Pages with this score or less need not be shown any more. What equals the worst that is kept
    /// must be: it may be newer.
    fn threshold(&self) -> Score {
        match self.top.peek() {
            Some(worst) if self.top.len() >= self.grouping.limit => {
                floor(worst.0.score).next_down()
            }
            _ => Score::MIN,
        }
    }

    /// Keeps the document if it is among the best.
    fn offer(&mut self, document: u32, first: u64, page: DocId, score: Score, key: u64) {
        let full = self.top.len() >= self.grouping.limit;
        if full && self.top.peek().is_none_or(|worst| first < worst.0.rank.first) {
            return;
        }
        let Values { date, ordinal, .. } = self.columns.values[document as usize];
        let rank = Rank { first, date, ordinal };
        if self.after.is_some_and(|after| rank >= after) {
            return;
        }
        if full && self.top.peek().is_none_or(|worst| rank <= worst.0.rank) {
            return;
        }
        if full {
            self.top.pop();
        }
        self.top.push(Reverse(Candidate { rank, document, page, score, key }));
    }
}

/// Whether a date lies within both bounds. Where only the year is known, the year decides: a
/// document that may lie within them is not withheld. One without any date never does.
fn lies_within(date: u32, (from, to): (u32, u32)) -> bool {
    const YEAR: u32 = 10_000;
    if date != 0 && date.is_multiple_of(YEAR) {
        return (from / YEAR..=to / YEAR).contains(&(date / YEAR));
    }
    date != 0 && (from..=to).contains(&date)
}

fn add_counts(all: &mut HashMap<String, u64>, some: HashMap<String, u64>) {
    for (value, count) in some {
        *all.entry(value).or_default() += count;
    }
}

fn add_one(counts: &mut [u32], at: usize) {
    if let Some(count) = counts.get_mut(at) {
        *count += 1;
    }
}

impl Groups {
    /// What was found in the segment.
    fn harvest(mut self) -> tantivy::Result<Gathered> {
        self.close();
        let mut found = Vec::with_capacity(self.top.len());
        for Reverse(candidate) in std::mem::take(&mut self.top) {
            let Candidate { rank, document, page, score, key } = candidate;
            let text = self
                .grouping
                .order
                .labels(&self.columns)
                .map(|labels| labels.text(key))
                .transpose()?;
            let (segment, ordinal) = (self.segment, rank.ordinal);
            found.push(Found { segment, document, ordinal, page, score, rank, text });
        }
        let counted = self.year_counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let years = counted
            .map(|(at, count)| (self.columns.year_span.0 + at as u16, u64::from(*count)))
            .filter(|(year, _)| *year != 0)
            .collect();
        Ok(Gathered {
            total: self.total,
            newest: self.newest,
            found,
            kinds: self.columns.kinds.counted(&self.kind_counts)?,
            issuers: self.columns.issuers.counted(&self.issuer_counts)?,
            collections: self.columns.collections.counted(&self.collection_counts)?,
            subjects: self.columns.subjects.counted(&self.subject_counts),
            years,
            force: self.force_counts,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::lies_within;

    #[test]
    fn a_year_alone_is_compared_as_a_year() {
        let bounds = (20_240_520, 20_250_110);
        for (date, within) in [
            (20_240_519, false),
            (20_240_520, true),
            (20_250_111, false),
            (20_230_000, false),
            (20_240_000, true),
            (20_250_000, true),
            (20_260_000, false),
            (0, false),
        ] {
            assert_eq!(lies_within(date, bounds), within, "{date}");
        }
        // Open to one side.
        assert!(lies_within(20_240_000, (1, 20_240_101)) && !lies_within(0, (1, u32::MAX)));
        assert!(lies_within(20_240_000, (20_241_231, u32::MAX)));
    }
}
