//! `GET /api/v1/documents/{id}/search` and `/similar`: inside a document, and beside it.

use std::sync::Arc;

use axum::Json;
use axum::extract;
use serde::Serialize;
use simars_access::Action;
use simars_search::Similar;

use super::search::{PageJson, meant, page};
use crate::auth::{Asker, scope};
use crate::beside::{self, Asked};
use crate::document;
use crate::problem::{Code, Problem};
use crate::query::{self, value};
use crate::segments::Segments;
use crate::shell::Visit;
use crate::state::State;

/// Pages in one answer unless `per_page` says otherwise.
const PER_PAGE: usize = 20;
/// Similar documents unless `limit` says otherwise, and at most.
const LIMIT: usize = 5;
const MOST: usize = 20;

/// The pages of a document on which something was found.
#[derive(Debug, Serialize)]
pub(crate) struct WithinJson {
    /// How many there are.
    total: usize,
    /// Whether the document is so long that there may be more.
    more: bool,
    pages: Vec<PageJson>,
    /// No page had all the words.
    relaxed: bool,
    corrected: Option<String>,
    did_you_mean: Option<String>,
}

/// Answers `GET /api/v1/documents/{id}/search`.
pub(crate) async fn within(
    extract::State(state): extract::State<Arc<State>>,
    Asker(who): Asker,
    visit: Visit,
    Segments(id): Segments<String>,
) -> Result<Json<WithinJson>, Problem> {
    let document = document::find(&state, who, Action::Read, &id).await.map_err(Code::problem)?;
    let (request, bad) = query::read(&visit.pairs, PER_PAGE, scope(who));
    if let Some(bad) = bad.first() {
        return Err(bad.problem());
    }
    let asked = Asked {
        q: request.q,
        exact: request.exact,
        page: request.page,
        per_page: request.per_page,
    };
    let found = beside::within(&state, who, &document, asked).await.map_err(Code::problem)?;
    let (corrected, did_you_mean) = meant(found.correction);
    Ok(Json(WithinJson {
        total: found.total,
        more: found.more,
        pages: found.pages.into_iter().map(page).collect(),
        relaxed: found.relaxed,
        corrected,
        did_you_mean,
    }))
}

/// Documents that are about the same, likest first.
#[derive(Debug, Serialize)]
pub(crate) struct SimilarJson {
    documents: Vec<OneJson>,
}

#[derive(Debug, Serialize)]
struct OneJson {
    id: String,
    title: String,
    kind: Option<String>,
    number: Option<String>,
    year: Option<u16>,
    date: Option<String>,
    /// How like it is, from 0 to 1.
    score: f32,
    /// Whether it says much the same word for word.
    same_text: bool,
}

/// Answers `GET /api/v1/documents/{id}/similar`.
pub(crate) async fn similar(
    extract::State(state): extract::State<Arc<State>>,
    Asker(who): Asker,
    visit: Visit,
    Segments(id): Segments<String>,
) -> Result<Json<SimilarJson>, Problem> {
    let document = document::find(&state, who, Action::Find, &id).await.map_err(Code::problem)?;
    let limit = match value(&visit.pairs, &["limit"]) {
        None => LIMIT,
        Some(given) => query::amount("limit", given, MOST).map_err(|bad| bad.problem())?,
    };
    let found = beside::similar(&state, who, &document, limit).await.map_err(Code::problem)?;
    let one = |Similar { hit, same_text }| OneJson {
        id: hit.id,
        title: hit.title,
        kind: hit.kind,
        number: hit.number,
        year: hit.year,
        date: hit.date,
        score: hit.score,
        same_text,
    };
    Ok(Json(SimilarJson { documents: found.into_iter().map(one).collect() }))
}
