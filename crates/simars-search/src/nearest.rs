//! The documents whose text is nearest to another one.

use serde::Deserialize;
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, DocId, DocSet, SegmentReader, TERMINATED, TantivyDocument, Term};

use crate::columns::Columns;
use crate::index::{Generation, View};
use crate::scope::Scope;
use crate::{SearchError, Sketch};

/// A document that shares less than this part of a sketch is not near: a letterhead and the closing
/// words are common to many.
const LEAST_SHARE: f32 = 0.1;

/// A document whose text is near to another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// [`crate::Entry::ordinal`].
    pub ordinal: u64,
    /// [`crate::Entry::id`].
    pub id: String,
    /// The part of the sketch that the document's sketch has as well, from 0 to 1: an estimate of how
    /// much of the text stands in the document word for word.
    pub share: f32,
}

/// A candidate, before its name is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    shared: u16,
    ordinal: u64,
    segment: u32,
    page: DocId,
}

/// The documents in `scope` nearest to `sketch`, nearest first, no more than `limit`.
pub(crate) fn nearest(
    sketch: &Sketch,
    scope: Scope,
    limit: usize,
    generation: &Generation,
) -> Result<Vec<Near>, SearchError> {
    // An index of an older schema has no sketches; it answers until its successor has caught up.
    let Some(field) = generation.fields.sketch else { return Ok(Vec::new()) };
    let view = generation.view();
    let least = (sketch.len() as f32 * LEAST_SHARE).ceil().max(1.0) as u16;
    let terms: Vec<Term> = scope
        .standings()
        .flat_map(|standing| sketch.kept(standing))
        .map(|number| Term::from_field_u64(field, number))
        .collect();
    let mut candidates = Vec::new();
    for (segment, reader) in view.searcher.segment_readers().iter().enumerate() {
        let Some(columns) = view.columns.get(segment) else { continue };
        let shared = shared(&terms, reader, columns, field)
            .map_err(SearchError::index("search", &generation.path))?;
        for (document, shared) in shared.into_iter().enumerate() {
            if shared >= least && columns.is_in(document, scope) {
                let page = columns.first_page(document as u32);
                let ordinal = columns.values[document].ordinal;
                candidates.push(Candidate { shared, ordinal, segment: segment as u32, page });
            }
        }
    }
    candidates.sort_unstable_by(|one, other| other.cmp(one));
    candidates.truncate(limit);
    candidates.iter().map(|candidate| named(candidate, sketch, &view, generation)).collect()
}

/// For each document of the segment, how many of the terms it has.
fn shared(
    terms: &[Term],
    reader: &SegmentReader,
    columns: &Columns,
    field: Field,
) -> tantivy::Result<Vec<u16>> {
    let mut shared = vec![0; columns.values.len()];
    let index = reader.inverted_index(field)?;
    let alive = reader.alive_bitset();
    for term in terms {
        let Some(mut postings) = index.read_postings(term, IndexRecordOption::Basic)? else {
            continue;
        };
        let mut page = postings.doc();
        while page != TERMINATED {
            let lives = alive.is_none_or(|alive| alive.is_alive(page));
            let document = columns.document_of.get(page as usize).filter(|_| lives);
            if let Some(count) = document.and_then(|document| shared.get_mut(*document as usize)) {
                *count += 1;
            }
            page = postings.advance();
        }
    }
    Ok(shared)
}

/// What is stored of a document, as far as it is wanted here.
#[derive(Deserialize)]
struct Named {
    id: String,
}

fn named(
    candidate: &Candidate,
    sketch: &Sketch,
    view: &View,
    generation: &Generation,
) -> Result<Near, SearchError> {
    let error = |detail: String| SearchError::index("read", &generation.path)(detail);
    let address = DocAddress::new(candidate.segment, candidate.page);
    let page: TantivyDocument =
        view.searcher.doc(address).map_err(|failure| error(failure.to_string()))?;
    let shown = page.get_first(generation.fields.shown).and_then(|value| value.as_str());
    let named: Named = serde_json::from_str(shown.unwrap_or_default()).map_err(|failure| {
        error(format!("document {} has no first page ({failure})", candidate.ordinal))
    })?;
    let share = f32::from(candidate.shared) / sketch.len().max(1) as f32;
    Ok(Near { ordinal: candidate.ordinal, id: named.id, share })
}
