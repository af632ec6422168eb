//! From a plan to the documents on the page of hits that was asked for.

use std::ops::Range;
use std::sync::Arc;

use crate::collect::{Gathered, Grouping};
use crate::cursor::{Cursor, Stage};
use crate::exclude::Ordinals;
use crate::index::{Generation, View};
use crate::order::{Found, Order};
use crate::query::{Part, Plan};
use crate::rescore::{AGAIN, rescore};
use crate::search::grouping;
use crate::{Request, SearchError};

/// Most hits on a page of hits.
const PER_PAGE: usize = 100;

/// The documents of a page of hits, and what was found beside them.
pub(crate) struct Turned<'p> {
    pub(crate) gathered: Gathered,
    /// Which of the found ones are shown.
    pub(crate) shown: Range<usize>,
    /// The query by which they were found.
    pub(crate) query: &'p Part,
    /// No document had all the words.
    pub(crate) relaxed: bool,
    /// Hits that stand before them.
    pub(crate) seen: u64,
    /// Goes on behind the last of them.
    pub(crate) next: Option<String>,
}

/// Finds the documents of the page of hits that `request` asks for. `enough` is that of
/// `index-schema/schema.toml`.
pub(crate) fn turn<'p>(
    request: &Request,
    plan: &'p Plan,
    enough: u64,
    view: &View,
    generation: &Generation,
) -> Result<Turned<'p>, SearchError> {
    let error = |error| SearchError::index("search", &generation.path)(error);
    let mut grouping = grouping(request, plan.browse, view)?;
    if let Some(query) = &plan.excluded {
        let ordinals = Ordinals { columns: view.columns.clone() };
        grouping.excluded = Arc::new(view.searcher.search(query, &ordinals).map_err(error)?);
    }
    match Cursor::of(request) {
        None => first(request, plan, enough, view, grouping),
        Some(cursor) => next(request, plan, &cursor, view, generation, grouping),
    }
    .map_err(error)
}

/// A page by its number.
fn first<'p>(
    request: &Request,
    plan: &'p Plan,
    enough: u64,
    view: &View,
    mut grouping: Grouping,
) -> tantivy::Result<Turned<'p>> {
    let per_page = per_page(request);
    let offset = (request.page.max(1) - 1).saturating_mul(per_page);
    let end = offset.saturating_add(per_page);
    grouping.keep(end.saturating_add(1).max(AGAIN), view);
    let (mut query, mut stage) = (&plan.strict, Stage::Strict);
    let mut gathered = grouping.gather(query.as_ref(), &view.searcher)?;
    let complete = gathered.total;
    // All words where that leaves enough to choose from; else what tells most of them, among which
    // those with all words are; else any.
    if let Some(some) = plan.some.as_ref().filter(|_| complete < enough) {
        (query, stage) = (some, Stage::Some);
        gathered = grouping.gather(query.as_ref(), &view.searcher)?;
    }
    if let Some(relaxed) = plan.relaxed.as_ref().filter(|_| gathered.total == 0) {
        (query, stage) = (relaxed, Stage::Relaxed);
        gathered = grouping.gather(query.as_ref(), &view.searcher)?;
    }
    let relaxed = complete == 0 && gathered.total > 0;
    let by_score = grouping.order == Order::Score;
    if by_score {
        rescore(&mut gathered.found, &plan.extras, &view.searcher)?;
    }
    let found = gathered.found.len();
    let shown = offset.min(found)..end.min(found);
    let last = gathered.found[shown.clone()].last().filter(|_| found > end);
    let next = last.map(|last| {
        let again = by_score && end <= AGAIN;
        let cursor =
            Cursor { stage, relaxed, newest: gathered.newest, ..Cursor::behind(last, request) };
        Cursor { seen: end as u64, looked_at_again: again, ..cursor }.write()
    });
    Ok(Turned { gathered, shown, query, relaxed, seen: offset as u64, next })
}

/// The page behind a cursor. Nothing in front of it is kept, except where it stands among those that
/// are looked at again: these are few, and put in order once more.
fn next<'p>(
    request: &Request,
    plan: &'p Plan,
    cursor: &Cursor,
    view: &View,
    generation: &Generation,
    mut grouping: Grouping,
) -> tantivy::Result<Turned<'p>> {
    let per_page = per_page(request);
    let query = match cursor.stage {
        Stage::Strict => &plan.strict,
        Stage::Some => plan.some.as_ref().unwrap_or(&plan.strict),
        Stage::Relaxed => plan.relaxed.as_ref().unwrap_or(&plan.strict),
    };
    let by_score = grouping.order == Order::Score;
    let again = by_score && cursor.looked_at_again;
    grouping.newest = cursor.newest;
    grouping.keep(if again { AGAIN + per_page + 1 } else { per_page + 1 }, view);
    grouping.after = match (again, by_score) {
        (true, _) => None,
        (false, true) => Some(cursor.place_by_score(query.as_ref(), view, generation)?),
        (false, false) => Some(cursor.last.clone()),
    };
    let mut gathered = grouping.gather(query.as_ref(), &view.searcher)?;
    let mut from = 0;
    if again {
        rescore(&mut gathered.found, &plan.extras, &view.searcher)?;
        from = behind(&gathered.found[..AGAIN.min(gathered.found.len())], cursor);
    }
    let found = gathered.found.len();
    let shown = from..(from + per_page).min(found);
    let last = gathered.found[shown.clone()].last().filter(|_| found > shown.end);
    let next = last.map(|last| {
        let Cursor { stage, relaxed, newest, seen, .. } = *cursor;
        let seen = seen.saturating_add(shown.len() as u64);
        let looked_at_again = again && shown.end <= AGAIN;
        let next = Cursor::behind(last, request);
        Cursor { stage, relaxed, newest, seen, looked_at_again, ..next }.write()
    });
    let (relaxed, seen) = (cursor.relaxed, cursor.seen);
    Ok(Turned { gathered, shown, query, relaxed, seen, next })
}

/// The first place behind the cursor's document; behind where it stood, if it is not there.
fn behind(found: &[Found], cursor: &Cursor) -> usize {
    let last = &cursor.last.rank;
    match found.iter().position(|found| found.ordinal == last.ordinal) {
        Some(at) => at + 1,
        None => found.partition_point(|found| found.rank >= *last),
    }
}

fn per_page(request: &Request) -> usize {
    request.per_page.clamp(1, PER_PAGE)
}
