//! Pages to documents: one pass over the found pages that groups, filters, counts and ranks.
//!
//! The pages of a document lie side by side in one segment (the writer sends them as one batch,
//! merges stack segments in order), so that a group ends where the ordinal changes: no table of
//! documents is needed. Whether a document may be found is decided at its first page, before
//! anything of it is counted.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use crate::columns::{Columns, Labels};
use crate::request::Sort;

/// Pages of a document that are kept at most.
pub(crate) const PAGES: usize = 3;

/// What to keep of the found pages.
#[derive(Debug, Clone)]
pub(crate) struct Grouping {
    pub(crate) scope: u16,
    pub(crate) kind: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) collection: Option<String>,
    pub(crate) year: Option<u64>,
    /// Dates as yyyymmdd, both inclusive; given if there is a bound at all.
    pub(crate) dates: Option<(u64, u64)>,
    pub(crate) sort: Sort,
    /// Documents to keep, best first.
    pub(crate) limit: usize,
    /// Whether scores matter.
    pub(crate) scored: bool,
    /// Documents that are not wanted.
    pub(crate) excluded: Arc<HashSet<u64>>,
    /// The columns of each segment.
    pub(crate) columns: Arc<Vec<Arc<Columns>>>,
}

/// A document that was found, with its best pages.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) ordinal: u64,
    pub(crate) segment: SegmentOrdinal,
    pub(crate) score: Score,
    /// Number and address within the segment, best first.
    pub(crate) pages: Vec<(u32, DocId)>,
    rank: Rank,
    /// The sort key as text, where the rank is one of this segment only.
    text: Option<String>,
}

impl Found {
    /// The address of a page of it.
    pub(crate) fn address(&self, page: DocId) -> DocAddress {
        DocAddress::new(self.segment, page)
    }

    /// The address of its first page. Pages lie side by side from 1 on; a document without pages
    /// has one numbered 0.
    pub(crate) fn first_page(&self) -> DocAddress {
        let (number, doc) = self.pages.first().copied().unwrap_or_default();
        self.address(doc.saturating_sub(number.saturating_sub(1)))
    }
}

/// Everything that was found.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) total: u64,
    /// In the order of the request.
    pub(crate) found: Vec<Found>,
    pub(crate) kinds: HashMap<String, u64>,
    pub(crate) issuers: HashMap<String, u64>,
    pub(crate) years: BTreeMap<u64, u64>,
}

/// Greater is better: the sort's own key, then newer, then later registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    first: u64,
    date: u64,
    ordinal: u64,
}

impl Collector for Grouping {
    type Fruit = Gathered;
    type Child = Groups;

    fn for_segment(&self, segment: SegmentOrdinal, _: &SegmentReader) -> tantivy::Result<Groups> {
        Groups::new(self, segment)
    }

    fn requires_scoring(&self) -> bool {
        self.scored
    }

    fn merge_fruits(&self, fruits: Vec<tantivy::Result<Gathered>>) -> tantivy::Result<Gathered> {
        let mut all = Gathered::default();
        for fruit in fruits {
            let fruit = fruit?;
            all.total += fruit.total;
            all.found.extend(fruit.found);
            for (value, count) in fruit.kinds {
                *all.kinds.entry(value).or_default() += count;
            }
            for (value, count) in fruit.issuers {
                *all.issuers.entry(value).or_default() += count;
            }
            for (value, count) in fruit.years {
                *all.years.entry(value).or_default() += count;
            }
        }
        all.found.sort_unstable_by(best_first);
        all.found.truncate(self.limit);
        Ok(all)
    }
}

fn best_first(a: &Found, b: &Found) -> Ordering {
    match (&a.text, &b.text) {
        (Some(left), Some(right)) => {
            // Without a title or number: after all that have one.
            let by_text = (left.is_empty(), left).cmp(&(right.is_empty(), right));
            by_text.then_with(|| (b.rank.date, b.ordinal).cmp(&(a.rank.date, a.ordinal)))
        }
        _ => b.rank.cmp(&a.rank),
    }
}

/// The group that is being read.
#[derive(Clone, Copy)]
struct Group {
    ordinal: u64,
    /// Its first page that was found: carries the values of the document.
    doc: DocId,
    admitted: bool,
    pages: [(Score, DocId); PAGES],
    used: usize,
}

/// A document in the heap.
#[derive(Clone, Copy, PartialEq)]
struct Candidate {
    rank: Rank,
    score: Score,
    pages: [(Score, DocId); PAGES],
    used: usize,
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
    kind: Option<u64>,
    issuer: Option<u64>,
    collection: Option<u64>,
    group: Option<Group>,
    total: u64,
    kind_counts: Vec<u32>,
    issuer_counts: Vec<u32>,
    year_counts: Vec<u32>,
    top: BinaryHeap<Reverse<Candidate>>,
}

impl Groups {
    fn new(grouping: &Grouping, segment: SegmentOrdinal) -> tantivy::Result<Self> {
        let columns = grouping.columns.get(segment as usize).cloned();
        let columns = columns.ok_or_else(|| {
            tantivy::TantivyError::InternalError(format!("segment {segment} has no columns"))
        })?;
        Ok(Self {
            grouping: grouping.clone(),
            segment,
            kind: columns.kinds.wanted(grouping.kind.as_ref())?,
            issuer: columns.issuers.wanted(grouping.issuer.as_ref())?,
            collection: columns.collections.wanted(grouping.collection.as_ref())?,
            kind_counts: vec![0; columns.kinds.len()],
            issuer_counts: vec![0; columns.issuers.len()],
            year_counts: vec![0; columns.year_span.1],
            columns,
            group: None,
            total: 0,
            top: BinaryHeap::new(),
        })
    }

    /// The column of the sort, where it is one of labels.
    fn order(&self) -> Option<&Labels> {
        match self.grouping.sort {
            Sort::Title => Some(&self.columns.titles),
            Sort::Number => Some(&self.columns.numbers),
            Sort::Relevance | Sort::DateDescending | Sort::DateAscending => None,
        }
    }

    /// Whether the document of this page may be found and passes the filters; if so it is counted.
    fn admit(&mut self, doc: DocId) -> bool {
        let standing = self.columns.standings.get_val(doc);
        if standing > 15 || self.grouping.scope & (1 << standing) == 0 {
            return false;
        }
        let excluded = &self.grouping.excluded;
        if !excluded.is_empty() && excluded.contains(&self.columns.ordinals.get_val(doc)) {
            return false;
        }
        let kind = self.columns.kinds.ords.get_val(doc);
        let issuer = self.columns.issuers.ords.get_val(doc);
        let year = self.columns.years.get_val(doc);
        let fits = self.kind.is_none_or(|wanted| wanted == kind)
            && self.issuer.is_none_or(|wanted| wanted == issuer)
            && self.grouping.year.is_none_or(|wanted| wanted == year)
            && self
                .collection
                .is_none_or(|wanted| wanted == self.columns.collections.ords.get_val(doc))
            && self
                .grouping
                .dates
                .is_none_or(|(from, to)| (from..=to).contains(&self.columns.dates.get_val(doc)));
        if fits {
            self.total += 1;
            add_one(&mut self.kind_counts, kind);
            add_one(&mut self.issuer_counts, issuer);
            add_one(&mut self.year_counts, year.wrapping_sub(self.columns.year_span.0));
        }
        fits
    }

    /// Ends the group that is being read: its document takes its place among the best.
    fn close(&mut self) {
        let Some(group) = self.group.take().filter(|group| group.admitted) else { return };
        let score = group.pages[0].0;
        let date = self.columns.dates.get_val(group.doc);
        let order = self.order();
        let key = order.map_or(0, |order| order.ords.get_val(group.doc));
        let first = match self.grouping.sort {
            Sort::Relevance if self.grouping.scored => u64::from(sortable(score)),
            Sort::Relevance | Sort::DateDescending => date,
            Sort::DateAscending if date == 0 => 0,
            Sort::DateAscending => u64::MAX - date,
            Sort::Title | Sort::Number => order.map_or(0, |order| order.rank(key)),
        };
        let rank = Rank { first, date, ordinal: group.ordinal };
        let full = self.top.len() >= self.grouping.limit;
        if full && self.top.peek().is_none_or(|worst| rank <= worst.0.rank) {
            return;
        }
        if full {
            self.top.pop();
        }
        let Group { pages, used, .. } = group;
        self.top.push(Reverse(Candidate { rank, score, pages, used, key }));
    }
}

fn add_one(counts: &mut [u32], at: u64) {
    if let Some(count) = usize::try_from(at).ok().and_then(|at| counts.get_mut(at)) {
        *count += 1;
    }
}

/// A score, not negative, as a number of the same order.
fn sortable(score: Score) -> u32 {
    if score > 0.0 { score.to_bits() } else { 0 }
}

impl SegmentCollector for Groups {
    type Fruit = tantivy::Result<Gathered>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let ordinal = self.columns.ordinals.get_val(doc);
        match &mut self.group {
            Some(group) if group.ordinal == ordinal => {
                if group.admitted && self.grouping.scored {
                    group.add(doc, score);
                }
            }
            _ => {
                self.close();
                let admitted = self.admit(doc);
                let pages = [(score, doc); PAGES];
                self.group = Some(Group { ordinal, doc, admitted, pages, used: 1 });
            }
        }
    }

    fn harvest(mut self) -> tantivy::Result<Gathered> {
        self.close();
        let mut found = Vec::with_capacity(self.top.len());
        for Reverse(candidate) in std::mem::take(&mut self.top) {
            let text = self.order().map(|order| order.text(candidate.key)).transpose()?;
            let number = |doc| u32::try_from(self.columns.pages.get_val(doc)).unwrap_or(0);
            let pages = &candidate.pages[..candidate.used];
            found.push(Found {
                ordinal: candidate.rank.ordinal,
                segment: self.segment,
                score: candidate.score,
                pages: pages.iter().map(|(_, doc)| (number(*doc), *doc)).collect(),
                rank: candidate.rank,
                text,
            });
        }
        let counted = self.year_counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let years = counted
            .map(|(at, count)| (self.columns.year_span.0 + at as u64, u64::from(*count)))
            .filter(|(year, _)| *year != 0)
            .collect();
        Ok(Gathered {
            total: self.total,
            found,
            kinds: self.columns.kinds.counted(&self.kind_counts)?,
            issuers: self.columns.issuers.counted(&self.issuer_counts)?,
            years,
        })
    }
}

impl Group {
    /// Keeps the page if it is among the best of its document; earlier pages win ties.
    fn add(&mut self, doc: DocId, score: Score) {
        let worse = self.pages[..self.used].iter().position(|(other, _)| score > *other);
        let place = worse.unwrap_or(self.used);
        if place >= PAGES {
            return;
        }
        self.used = (self.used + 1).min(PAGES);
        self.pages[place..self.used].rotate_right(1);
        self.pages[place] = (score, doc);
    }
}
