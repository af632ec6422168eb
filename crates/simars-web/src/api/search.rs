//! `GET /api/v1/search`: results as data.

use std::iter::repeat;
use std::sync::Arc;

use axum::Json;
use axum::extract;
use serde::Serialize;
use simars_record::ForceState;
use simars_search::{Answer, Correction, Hit, PageHit};

use crate::auth::{Asker, scope};
use crate::coverage::Coverage;
use crate::find::{Found, Told, run};
use crate::problem::{Code, Problem};
use crate::query;
use crate::shell::Visit;
use crate::state::State;

/// Results on one page unless `per_page` says otherwise.
const PER_PAGE: usize = 10;

/// The answer to a search.
#[derive(Debug, Serialize)]
pub(crate) struct SearchJson {
    total: u64,
    /// `cursor=` of the next page; null if nothing follows. Unlike `page`, it costs the same however
    /// far the list goes.
    next_cursor: Option<String>,
    took_ms: u64,
    hits: Vec<HitJson>,
    facets: FacetsJson,
    relaxed: bool,
    /// What was searched for instead of `q`, words of which are nowhere; null if nothing was.
    corrected: Option<String>,
    /// What was probably meant and is worth a search; null if nothing is.
    did_you_mean: Option<String>,
    /// Whether everything registered before was searched; false while the index is catching up.
    complete: bool,
}

#[derive(Debug, Serialize)]
struct HitJson {
    id: String,
    title: String,
    kind: Option<String>,
    number: Option<String>,
    year: Option<u16>,
    date: Option<String>,
    sha256: String,
    score: f32,
    /// How much of it was read; missing where no catalogue was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Coverage>,
    /// Whether it is in force today; missing for what never is.
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_status: Option<&'static str>,
    pages: Vec<PageJson>,
}

#[derive(Debug, Serialize)]
pub(super) struct PageJson {
    page: u32,
    /// The article or the point of the dictum that the snippet shows; missing where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    anchor: Option<AnchorJson>,
    snippet: String,
}

#[derive(Debug, Serialize)]
struct AnchorJson {
    /// Its name on the page to read: `/dokumen/{id}/halaman/{n}#pasal-12`.
    id: String,
    label: String,
}

#[derive(Debug, Serialize)]
struct FacetsJson {
    kind: Vec<Counted<String>>,
    year: Vec<Counted<u16>>,
    issuer: Vec<Counted<String>>,
    collection: Vec<Counted<String>>,
    subject: Vec<Counted<String>>,
    /// On the day that was asked for, or today.
    legal_status: Vec<Counted<&'static str>>,
}

#[derive(Debug, Serialize)]
struct Counted<T> {
    value: T,
    count: u64,
}

/// Answers `GET /api/v1/search`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    Asker(who): Asker,
    visit: Visit,
) -> Result<Json<SearchJson>, Problem> {
    let (request, bad) = query::read(&visit.pairs, PER_PAGE, scope(who));
    if let Some(bad) = bad.first() {
        return Err(bad.problem());
    }
    Ok(Json(json(run(&state, who, request).await.map_err(Code::problem)?)))
}

/// An answer in the form of the API, for programs that have no server to ask: of an index that has
/// caught up.
///
/// # Errors
/// If it cannot be written as JSON, which no answer is known to cause.
pub fn answer_json(answer: Answer, took_ms: u64) -> serde_json::Result<serde_json::Value> {
    serde_json::to_value(json(Found {
        answer,
        told: Vec::new(),
        milliseconds: took_ms,
        complete: true,
    }))
}

fn json(found: Found) -> SearchJson {
    let Found { answer, told, milliseconds, complete } = found;
    let told = told.into_iter().map(Some).chain(repeat(None));
    let (corrected, did_you_mean) = meant(answer.correction);
    SearchJson {
        total: answer.total,
        next_cursor: answer.next,
        took_ms: milliseconds,
        hits: answer.hits.into_iter().zip(told).map(|(found, told)| hit(found, told)).collect(),
        facets: FacetsJson {
            kind: counted(answer.facets.kind),
            year: counted(answer.facets.year),
            issuer: counted(answer.facets.issuer),
            collection: counted(answer.facets.collection),
            subject: counted(answer.facets.subject),
            legal_status: counted(
                answer
                    .facets
                    .force
                    .into_iter()
                    .map(|(stands, count)| (stands.as_str(), count))
                    .collect(),
            ),
        },
        relaxed: answer.relaxed,
        corrected,
        did_you_mean,
        complete,
    }
}

/// What was searched for instead, and what is worth a search.
pub(super) fn meant(correction: Option<Correction>) -> (Option<String>, Option<String>) {
    match correction {
        None => (None, None),
        Some(Correction { query, applied: true }) => (Some(query), None),
        Some(Correction { query, applied: false }) => (None, Some(query)),
    }
}

fn hit(hit: Hit, told: Option<Told>) -> HitJson {
    let legal_status = told.as_ref().and_then(|told| told.force).map(ForceState::as_str);
    let coverage = told.map(|told| told.coverage);
    let pages = hit.pages.into_iter();
    HitJson {
        id: hit.id,
        title: hit.title,
        kind: hit.kind,
        number: hit.number,
        year: hit.year,
        date: hit.date,
        sha256: hit.sha256,
        score: hit.score,
        coverage,
        legal_status,
        pages: pages.map(page).collect(),
    }
}

pub(super) fn page(page: PageHit) -> PageJson {
    let anchor = page.anchor.map(|anchor| AnchorJson { id: anchor.id, label: anchor.label });
    PageJson { page: page.page, anchor, snippet: page.snippet }
}

fn counted<T>(values: Vec<(T, u64)>) -> Vec<Counted<T>> {
    values.into_iter().map(|(value, count)| Counted { value, count }).collect()
}
