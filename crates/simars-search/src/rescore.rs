//! The second look: at the best documents, and at the pages of those that are shown.
//!
//! What a page must have is scored for every page; what merely makes it better (the very word typed,
//! a word in the title) only for the best documents of that first look. Asked of every page, it
//! would cost more than all the rest.

use tantivy::query::{EnableScoring, Query, Weight};
use tantivy::{DocId, DocSet, Score, Searcher, SegmentOrdinal, TERMINATED};

use crate::columns::Columns;
use crate::order::{Found, best_first};

/// Documents that are looked at again. Those beyond keep their order, so that pages of hits join.
pub(crate) const AGAIN: usize = 64;
/// Pages of a document that are shown at most.
const PAGES: usize = 3;

/// Adds the scores of `extras` to the first documents, and puts these in order.
pub(crate) fn rescore(
    found: &mut [Found],
    extras: &[Box<dyn Query>],
    searcher: &Searcher,
) -> tantivy::Result<()> {
    let again = found.len().min(AGAIN);
    let found = &mut found[..again];
    if extras.is_empty() || found.is_empty() {
        return Ok(());
    }
    let scoring = EnableScoring::enabled_from_searcher(searcher);
    let weights: Vec<Box<dyn Weight>> =
        extras.iter().map(|extra| extra.weight(scoring)).collect::<tantivy::Result<_>>()?;
    for segment in 0..searcher.segment_readers().len() as SegmentOrdinal {
        let places = places(found, segment, |one| one.page);
        if places.is_empty() {
            continue;
        }
        for weight in &weights {
            let mut scorer = weight.scorer(searcher.segment_reader(segment), 1.0 as Score)?;
            for &(doc, at) in &places {
                if go_to(scorer.as_mut(), doc) == doc {
                    found[at].add(scorer.score());
                }
            }
        }
    }
    found.sort_by(best_first);
    Ok(())
}

/// The best pages of each document for `query`, in page order.
pub(crate) fn pages(
    found: &[Found],
    query: &dyn Query,
    searcher: &Searcher,
    columns: &[impl AsRef<Columns>],
) -> tantivy::Result<Vec<Vec<DocId>>> {
    let mut pages = vec![Vec::new(); found.len()];
    let weight = query.weight(EnableScoring::enabled_from_searcher(searcher))?;
    for (segment, columns) in (0..).zip(columns) {
        let columns = columns.as_ref();
        let places = places(found, segment, |one| columns.first_page(one.document));
        if places.is_empty() {
            continue;
        }
        let reader = searcher.segment_reader(segment);
        let alive = reader.alive_bitset();
        let mut scorer = weight.scorer(reader, 1.0 as Score)?;
        for (first, at) in places {
            let document = found[at].document;
            let mut best: Vec<(Score, DocId)> = Vec::new();
            let mut doc = go_to(scorer.as_mut(), first);
            while doc != TERMINATED && columns.document_of[doc as usize] == document {
                if alive.is_none_or(|alive| alive.is_alive(doc)) {
                    best.push((scorer.score(), doc));
                }
                doc = scorer.advance();
            }
            // Stable: of equal pages the earlier ones are shown.
            best.sort_by(|a, b| b.0.total_cmp(&a.0));
            best.truncate(PAGES);
            pages[at] = best.into_iter().map(|(_, doc)| doc).collect();
            pages[at].sort_unstable();
        }
    }
    Ok(pages)
}

/// A page of each document in `segment`, in the order of the segment, and where the document stands.
fn places(
    found: &[Found],
    segment: SegmentOrdinal,
    page: impl Fn(&Found) -> DocId,
) -> Vec<(DocId, usize)> {
    let here = found.iter().enumerate().filter(|(_, one)| one.segment == segment);
    let mut places: Vec<(DocId, usize)> = here.map(|(at, one)| (page(one), at)).collect();
    places.sort_unstable();
    places
}

/// Moves to `doc` or the next that is there. Never backwards, and never on from the end: tantivy
/// allows neither.
pub(crate) fn go_to<S: DocSet + ?Sized>(scorer: &mut S, doc: DocId) -> DocId {
    if scorer.doc() < doc { scorer.seek(doc) } else { scorer.doc() }
}
