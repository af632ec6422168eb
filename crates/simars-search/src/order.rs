//! How documents are put in order, and where in that order a list goes on.

use std::cmp::Ordering;

use tantivy::columnar::TermOrdHit;
use tantivy::{DocId, Score, SegmentOrdinal};

use crate::columns::{Columns, Labels};
use crate::request::Sort;

/// By what documents are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Score,
    Newest,
    Arrival,
    Oldest,
    Title,
    Number,
}

impl Order {
    /// The order of a sort; `browse` says that nothing was typed, so that nothing has a score.
    pub(crate) fn of(sort: Sort, browse: bool) -> Self {
        match sort {
            Sort::Relevance if browse => Self::Newest,
            Sort::Relevance => Self::Score,
            Sort::DateDescending => Self::Newest,
            Sort::Arrival => Self::Arrival,
            Sort::DateAscending => Self::Oldest,
            Sort::Title => Self::Title,
            Sort::Number => Self::Number,
        }
    }
}

/// A document that was found.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) segment: SegmentOrdinal,
    /// Its place among the documents of the segment.
    pub(crate) document: u32,
    pub(crate) ordinal: u64,
    /// Its best page if it was scored, else the first one that was found.
    pub(crate) page: DocId,
    pub(crate) score: Score,
    pub(crate) rank: Rank,
    /// The sort key as text, where the rank is one of this segment only.
    pub(crate) text: Option<String>,
}

impl Found {
    /// Adds to the score.
    pub(crate) fn add(&mut self, score: Score) {
        self.score += score;
        self.rank.first = u64::from(sortable(self.score));
    }
}

/// Greater is better: the sort's own key, then newer, then later registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    pub(crate) first: u64,
    pub(crate) date: u32,
    pub(crate) ordinal: u64,
}

/// The order of documents, across segments.
pub(crate) fn best_first(a: &Found, b: &Found) -> Ordering {
    match (&a.text, &b.text) {
        (Some(left), Some(right)) => {
            // Without a title or number: after all that have one.
            let by_text = (left.is_empty(), left).cmp(&(right.is_empty(), right));
            by_text.then_with(|| (b.rank.date, b.ordinal).cmp(&(a.rank.date, a.ordinal)))
        }
        _ => b.rank.cmp(&a.rank),
    }
}

/// A place in the order: what comes after it is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) rank: Rank,
    /// The sort key as text, where there is one; the rank's own key says nothing then.
    pub(crate) text: Option<String>,
}

impl Place {
    /// The place as a rank of one segment: whatever comes after it has a lesser one.
    pub(crate) fn in_segment(&self, labels: Option<&Labels>) -> tantivy::Result<Rank> {
        let Self { rank, text } = self;
        let (Some(labels), Some(text)) = (labels, text) else { return Ok(*rank) };
        if text.is_empty() {
            return Ok(Rank { first: 0, ..*rank });
        }
        Ok(match labels.place(text)? {
            TermOrdHit::Exact(ord) => Rank { first: labels.rank(ord), ..*rank },
            // The next label and all that follow come after the place.
            TermOrdHit::Next(ord) => {
                Rank { first: labels.rank(ord), date: u32::MAX, ordinal: u64::MAX }
            }
        })
    }
}

impl Order {
    /// The column of the order, where it is one of labels.
    pub(crate) fn labels(self, columns: &Columns) -> Option<&Labels> {
        match self {
            Self::Title => Some(&columns.titles),
            Self::Number => Some(&columns.numbers),
            Self::Score | Self::Newest | Self::Arrival | Self::Oldest => None,
        }
    }
}

/// The bits of a score that do not count: the sum of the same scores in another order differs in these,
/// and a list that goes on must meet itself again.
const NOISE: u32 = 0xff;

/// A score, not negative, as a number of the same order, but for the least of differences.
pub(crate) fn sortable(score: Score) -> u32 {
    if score > 0.0 { score.to_bits() & !NOISE } else { 0 }
}

/// The least score that is put in order like this one.
pub(crate) fn floor(score: Score) -> Score {
    Score::from_bits(sortable(score))
}
