//! The pages of one document on which something stands.
//!
//! On every page the index also knows the words of the title. Inside a document these say nothing: a
//! page counts if there is something on it to mark.

use tantivy::query::EnableScoring;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet, SegmentOrdinal, TERMINATED, Term};

use crate::analyze::Language;
use crate::hit::Reader;
use crate::index::{Generation, View};
use crate::query::{Part, Plan};
use crate::rescore::go_to;
use crate::scope::Scope;
use crate::search::correction;
use crate::snippet::Snippets;
use crate::vocabulary::Vocabulary;
use crate::{Correction, PageHit, SearchError};

/// Pages that are read for one answer.
const READ: usize = 2_000;

/// What is looked for in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inside<'a> {
    /// [`crate::Entry::ordinal`] of the document.
    pub ordinal: u64,
    /// As [`crate::Request::q`]; nothing is found for an empty one.
    pub q: &'a str,
    /// As [`crate::Request::exact`].
    pub exact: bool,
    /// As [`crate::Request::scope`].
    pub scope: Scope,
    /// Pages with finds that are passed over.
    pub skip: usize,
    /// Pages that are shown at most.
    pub limit: usize,
}

/// The pages of a document on which something was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Within {
    /// How many there are.
    pub total: usize,
    /// Whether the document is so long that there may be more.
    pub more: bool,
    /// Those that are shown, in page order.
    pub pages: Vec<PageHit>,
    /// No page had all the words: these have some of them.
    pub relaxed: bool,
    /// As [`crate::Answer::correction`].
    pub correction: Option<Correction>,
}

/// Where a document lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lies {
    pub(crate) segment: SegmentOrdinal,
    pub(crate) document: u32,
}

/// Where the document with this ordinal lies, if it may be found.
pub(crate) fn locate(
    ordinal: u64,
    scope: Scope,
    view: &View,
    generation: &Generation,
) -> tantivy::Result<Option<Lies>> {
    let term = Term::from_field_u64(generation.fields.ordinal, ordinal);
    let readers = view.searcher.segment_readers().iter().zip(&*view.columns);
    for (segment, (reader, columns)) in (0..).zip(readers) {
        let index = reader.inverted_index(term.field())?;
        let Some(mut pages) = index.read_postings(&term, IndexRecordOption::Basic)? else {
            continue;
        };
        let alive = reader.alive_bitset();
        let mut page = pages.doc();
        while page != TERMINATED {
            if alive.is_none_or(|alive| alive.is_alive(page)) {
                let document = columns.document_of[page as usize];
                let open = columns.may_be_found(page, scope);
                return Ok(open.then_some(Lies { segment, document }));
            }
            page = pages.advance();
        }
    }
    Ok(None)
}

/// Answers from `generation`.
pub(crate) fn within(
    inside: &Inside<'_>,
    generation: &Generation,
    language: &Language,
) -> Result<Within, SearchError> {
    let view = generation.view();
    let error = |error| SearchError::index("search", &generation.path)(error);
    let Some(lies) = locate(inside.ordinal, inside.scope, &view, generation).map_err(error)? else {
        return Ok(Within::default());
    };
    let mut vocabulary = Vocabulary::new(&view, inside.scope);
    let plan = Plan::new(inside.q, inside.exact, language, generation.fields, &mut vocabulary);
    if plan.browse {
        return Ok(Within::default());
    }
    let snippets = Snippets::new(&plan.marks, language);
    let reader = Reader { view: &view, generation, snippets };
    let queries = [Some(&plan.strict), plan.some.as_ref(), plan.relaxed.as_ref()];
    let mut answer = Within::default();
    for (stage, query) in queries.into_iter().enumerate() {
        let Some(query) = query else { continue };
        let pages = pages(query, lies, &view).map_err(error)?;
        answer = read(&pages, lies, inside, &reader)?;
        answer.relaxed = stage > 0 && answer.total > 0;
        if answer.total > 0 {
            break;
        }
    }
    answer.correction = correction(inside.q, &plan.slips, inside.exact, language);
    Ok(answer)
}

/// The pages of a document that a query finds.
fn pages(query: &Part, lies: Lies, view: &View) -> tantivy::Result<Vec<DocId>> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(&view.searcher))?;
    let reader = view.searcher.segment_reader(lies.segment);
    let range = view.columns[lies.segment as usize].pages_of(lies.document);
    let alive = reader.alive_bitset();
    let mut scorer = weight.scorer(reader, 1.0)?;
    let mut found = Vec::new();
    let mut page = go_to(scorer.as_mut(), range.start);
    while range.contains(&page) {
        if alive.is_none_or(|alive| alive.is_alive(page)) {
            found.push(page);
        }
        page = scorer.advance();
    }
    Ok(found)
}

/// Reads the pages, and keeps those that have something to mark.
fn read(
    pages: &[DocId],
    lies: Lies,
    inside: &Inside<'_>,
    reader: &Reader<'_>,
) -> Result<Within, SearchError> {
    let columns = &reader.view.columns[lies.segment as usize];
    let mut answer = Within { more: pages.len() > READ, ..Within::default() };
    for &page in pages.iter().take(READ) {
        let stored = reader.page(DocAddress::new(lies.segment, page))?;
        let (hit, marked) = reader.page_hit(columns.page_number(page), &stored);
        if !marked {
            continue;
        }
        answer.total += 1;
        if answer.total > inside.skip && answer.pages.len() < inside.limit {
            answer.pages.push(hit);
        }
    }
    Ok(answer)
}
