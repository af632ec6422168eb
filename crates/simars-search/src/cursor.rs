//! Where a list of hits goes on: a few bytes that know the last document of the page before.
//!
//! A list does not shift while documents arrive. Those that came after its first page are left out of
//! the others, and it goes on after the last document that was shown, wherever that stands by now: its
//! score is worked out anew, since every document that arrives changes all scores a little. In every
//! order but that by score this is exact; by score, two documents that are next to one another by several
//! words may still change places when what a word tells changes.

use tantivy::query::{EnableScoring, Query};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED, Term};

use crate::index::{Generation, View};
use crate::order::{Found, Place, Rank, sortable};
use crate::rescore::go_to;
use crate::{Request, Sort};

/// The form of what follows; another one is not understood.
const FORM: u8 = 1;
/// The longest sort key, with room for what letters become when they are folded.
const LONGEST_KEY: usize = 300;

/// Which of the queries of a plan found the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Strict,
    Some,
    Relaxed,
}

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// What the request was, in short.
    pub(crate) asked: u32,
    pub(crate) stage: Stage,
    /// No document had all the words.
    pub(crate) relaxed: bool,
    /// Hits that were shown before.
    pub(crate) seen: u64,
    /// The greatest ordinal when the list began.
    pub(crate) newest: u64,
    /// The last document that was shown.
    pub(crate) last: Place,
    /// Whether it is one of those that were looked at again, which are in an order of their own.
    pub(crate) looked_at_again: bool,
}

impl Cursor {
    /// The cursor of a request, if it has one and it was given for this request.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        let cursor = Self::read(request.cursor.as_deref()?)?;
        (cursor.asked == asked(request)).then_some(cursor)
    }

    /// The cursor that goes on behind `last`.
    pub(crate) fn behind(last: &Found, request: &Request) -> Self {
        Self {
            asked: asked(request),
            stage: Stage::Strict,
            relaxed: false,
            seen: 0,
            newest: u64::MAX,
            last: Place { rank: last.rank, text: last.text.clone() },
            looked_at_again: false,
        }
    }

    /// As it is given out: hexadecimal digits.
    pub(crate) fn write(&self) -> String {
        let Rank { first, date, ordinal } = self.last.rank;
        let flags = self.stage as u8 | u8::from(self.looked_at_again) << 2;
        let flags = flags | u8::from(self.last.text.is_some()) << 3 | u8::from(self.relaxed) << 4;
        let mut bytes = vec![FORM, flags];
        bytes.extend(self.asked.to_be_bytes());
        for number in [self.seen, self.newest, first, u64::from(date), ordinal] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend(self.last.text.iter().flat_map(|text| text.bytes()));
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn read(written: &str) -> Option<Self> {
        const NUMBERS: usize = 6;
        let bytes = unhex(written)?;
        let (&[FORM, flags], rest) = bytes.split_first_chunk::<2>()? else { return None };
        let (asked, rest) = rest.split_first_chunk::<4>()?;
        let (numbers, text) = rest.split_at_checked(8 * (NUMBERS - 1))?;
        let mut numbers = numbers.chunks_exact(8).filter_map(|number| number.try_into().ok());
        let mut next = || numbers.next().map(u64::from_be_bytes);
        let (seen, newest, first) = (next()?, next()?, next()?);
        let (date, ordinal) = (u32::try_from(next()?).ok()?, next()?);
        let text = std::str::from_utf8(text).ok()?;
        let stage = match flags & 3 {
            0 => Stage::Strict,
            1 => Stage::Some,
            2 => Stage::Relaxed,
            _ => return None,
        };
        let text = (flags >> 3 & 1 == 1).then(|| text.to_owned());
        let last = Place { rank: Rank { first, date, ordinal }, text };
        let looked_at_again = flags >> 2 & 1 == 1;
        let (asked, relaxed) = (u32::from_be_bytes(*asked), flags >> 4 & 1 == 1);
        let cursor = Self { asked, stage, relaxed, seen, newest, last, looked_at_again };
        // Written again it must be the same: one cursor for one place.
        (cursor.write() == written).then_some(cursor)
    }

    /// The place behind which a list by score goes on now: where its last document stands by now, or
    /// where it stood if it is not there any more.
    pub(crate) fn place_by_score(
        &self,
        query: &dyn Query,
        view: &View,
        generation: &Generation,
    ) -> tantivy::Result<Place> {
        let score = score(self.last.rank.ordinal, query, view, generation)?;
        let first = score.map_or(self.last.rank.first, |score| u64::from(sortable(score)));
        Ok(Place { rank: Rank { first, ..self.last.rank }, text: None })
    }
}

impl Request {
    /// Whether its cursor was given for this request; true if it has none. A cursor of another
    /// request is ignored.
    pub fn takes_cursor(&self) -> bool {
        self.cursor.is_none() || Cursor::of(self).is_some()
    }
}

/// The score of a document's best page.
fn score(
    ordinal: u64,
    query: &dyn Query,
    view: &View,
    generation: &Generation,
) -> tantivy::Result<Option<f32>> {
    let term = Term::from_field_u64(generation.fields.ordinal, ordinal);
    let weight = query.weight(EnableScoring::enabled_from_searcher(&view.searcher))?;
    let mut best: Option<f32> = None;
    for reader in view.searcher.segment_readers() {
        let index = reader.inverted_index(term.field())?;
        let Some(mut pages) = index.read_postings(&term, IndexRecordOption::Basic)? else {
            continue;
        };
        let alive = reader.alive_bitset();
        let mut scorer = weight.scorer(reader, 1.0)?;
        let mut page = pages.doc();
        while page != TERMINATED {
            let lives = alive.is_none_or(|alive| alive.is_alive(page));
            if lives && go_to(scorer.as_mut(), page) == page {
                let score = scorer.score();
                best = Some(best.map_or(score, |best| best.max(score)));
            }
            page = pages.advance();
        }
    }
    Ok(best)
}

/// What a cursor is good for, in short: the same list, on whichever day and in whichever portions.
fn asked(request: &Request) -> u32 {
    let Request {
        q,
        exact,
        kind,
        year,
        from,
        to,
        issuer,
        collection,
        subject,
        force,
        sort,
        scope,
        ..
    } = request;
    let filters = (kind, year, from, to, issuer, collection, subject, force);
    let order = match sort {
        Sort::Relevance => 0,
        Sort::DateDescending => 1,
        Sort::DateAscending => 2,
        Sort::Title => 3,
        Sort::Number => 4,
        Sort::Arrival => 5,
    };
    let all = format!("{q:?} {exact} {filters:?} {order} {scope:?}");
    // FNV-1a: a mistake is to be noticed, not an attack; a made-up cursor shows nothing that its
    // asker may not find.
    all.bytes().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() > 2 * (LONGEST_KEY + 64) || !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = text.as_bytes().chunks_exact(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(byte).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cursor(text: Option<&str>) -> Cursor {
        Cursor {
            asked: 7,
            stage: Stage::Relaxed,
            relaxed: true,
            seen: 30,
            newest: 9,
            last: Place {
                rank: Rank { first: u64::MAX, date: 20_240_520, ordinal: 3 },
                text: text.map(str::to_owned),
            },
            looked_at_again: true,
        }
    }

    #[test]
    fn what_was_written_is_read() {
        for text in [None, Some(""), Some("título 🗳")] {
            let cursor = cursor(text);
            assert_eq!(Cursor::read(&cursor.write()), Some(cursor));
        }
    }

    #[test]
    fn what_was_not_given_is_not_taken() {
        let written = cursor(Some("a")).write();
        for wrong in ["", "0", "zz", "01", &written[2..], &written.to_uppercase(), "é", "+1"] {
            assert_eq!(Cursor::read(wrong), None, "{wrong}");
        }
        let request = Request { cursor: Some(written), ..Request::new("kursi", 1) };
        assert!(!request.takes_cursor() && Request::new("kursi", 1).takes_cursor());
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "[0-9a-f]{0,200}|\\PC{0,40}") {
            let read = Cursor::read(&text);
            prop_assert!(read.is_none_or(|cursor| cursor.write() == text));
        }
    }
}
