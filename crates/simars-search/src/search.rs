//! From a request to its answer.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::DocId;

use crate::analyze::Language;
use crate::collect::{Gathered, Grouping};
use crate::hit::Reader;
use crate::index::{Generation, View};
use crate::order::{Found, Order};
use crate::query::{Part, Plan, Slip};
use crate::rescore::pages;
use crate::snippet::Snippets;
use crate::turn::{Turned, turn};
use crate::vocabulary::Vocabulary;
use crate::words::Form;
use crate::write::date_as_number;
use crate::{Answer, Correction, Facets, Request, SearchError};

/// Answers `request` from `generation`.
pub(crate) fn answer(
    request: &Request,
    generation: &Generation,
    language: &Language,
) -> Result<Answer, SearchError> {
    let view = generation.view();
    let error = |error| SearchError::index("search", &generation.path)(error);
    let mut vocabulary = Vocabulary::new(&view, request.scope);
    let (q, exact) = (&request.q, request.exact);
    let plan = Plan::new(q, exact, language, generation.fields, &mut vocabulary);
    let turned = turn(request, &plan, language.rules.limits.enough, &view, generation)?;
    let Turned { mut gathered, shown, query, relaxed, seen, next } = turned;
    let facets = facets(&mut gathered, language.rules.limits.facet_values);
    let Gathered { total, found, .. } = gathered;
    let shown = &found[shown];
    let pages = if plan.browse {
        shown.iter().map(|found| vec![found.page]).collect()
    } else {
        best_pages(shown, &plan.strict, query, &view).map_err(error)?
    };
    let snippets = Snippets::new(&plan.marks, language);
    let reader = Reader { view: &view, generation, snippets };
    let hits = shown.iter().zip(&pages).map(|(found, pages)| reader.hit(found, pages));
    let hits = hits.collect::<Result<_, _>>()?;
    let correction = correction(q, &plan.slips, exact, language);
    Ok(Answer { total, hits, first: seen.saturating_add(1), next, facets, relaxed, correction })
}

/// What was typed, with the words that were meant.
pub(crate) fn correction(
    typed: &str,
    slips: &[Slip],
    exact: bool,
    language: &Language,
) -> Option<Correction> {
    let mut query = String::new();
    let mut at = 0;
    for piece in language.pieces(typed).iter().filter(|piece| piece.form == Form::Part) {
        let Some(slip) = slips.iter().find(|slip| slip.typed == piece.folded) else { continue };
        query.push_str(&typed[at..piece.start]);
        query.push_str(&slip.meant);
        at = piece.end;
    }
    query.push_str(&typed[at..]);
    let applied = !exact && slips.iter().any(|slip| slip.nowhere);
    (at > 0).then_some(Correction { query, applied })
}

/// The pages to show: those with all the words; of a document that has no such page, those by which
/// it was found.
fn best_pages(
    shown: &[Found],
    strict: &Part,
    found_by: &Part,
    view: &View,
) -> tantivy::Result<Vec<Vec<DocId>>> {
    let mut best = pages(shown, strict.as_ref(), &view.searcher, &view.columns)?;
    if best.iter().all(|pages| !pages.is_empty()) {
        return Ok(best);
    }
    let others = pages(shown, found_by.as_ref(), &view.searcher, &view.columns)?;
    for (best, others) in best.iter_mut().zip(others) {
        if best.is_empty() {
            *best = others;
        }
    }
    Ok(best)
}

/// What to keep of what is found; of documents, none yet. `browse` says that nothing was typed.
pub(crate) fn grouping(
    request: &Request,
    browse: bool,
    view: &View,
) -> Result<Grouping, SearchError> {
    let date = |field: &'static str, value: Option<&String>, open: u32| match value {
        None => Ok(open),
        Some(value) => {
            date_as_number(value).ok_or_else(|| SearchError::Date { field, value: value.clone() })
        }
    };
    let bounded = request.from.is_some() || request.to.is_some();
    // 1 as the least: a document without a date is not before anything.
    let from = date("from", request.from.as_ref(), 1)?;
    let to = date("to", request.to.as_ref(), u32::MAX)?;
    let force_on = date("force_on", request.force_on.as_ref(), 0)?;
    Ok(Grouping {
        scope: request.scope,
        kind: request.kind.clone(),
        issuer: request.issuer.clone(),
        collection: request.collection.clone(),
        subject: request.subject.clone(),
        year: request.year,
        dates: bounded.then_some((from, to)),
        force: (force_on > 0).then(|| (force_on, request.force.clone())),
        order: Order::of(request.sort, browse),
        limit: 0,
        after: None,
        newest: u64::MAX,
        excluded: Arc::default(),
        columns: view.columns.clone(),
    })
}

fn facets(gathered: &mut Gathered, limit: usize) -> Facets {
    let most_first = |counts: &mut HashMap<String, u64>| {
        let mut counts: Vec<(String, u64)> = std::mem::take(counts).into_iter().collect();
        counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts.truncate(limit);
        counts
    };
    Facets {
        kind: most_first(&mut gathered.kinds),
        year: gathered.years.iter().rev().map(|(year, count)| (*year, *count)).collect(),
        issuer: most_first(&mut gathered.issuers),
        collection: most_first(&mut gathered.collections),
        subject: most_first(&mut gathered.subjects),
        force: std::mem::take(&mut gathered.force).into_iter().collect(),
    }
}
