//! `/api/v1/documents/{id}/certificate.pdf`, `…/copy.pdf` and `…/reading.pdf`.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use simars_access::Action;
use simars_record::{Document, Version};

use crate::auth::Asker;
use crate::content::{Content, send};
use crate::document;
use crate::handout;
use crate::parts;
use crate::problem::{Code, Problem};
use crate::segments::Segments;
use crate::shell::Visit;
use crate::state::State;
use crate::work::Places;

/// How many copies are asked for at the same time: each holds a thread while it is made.
const COPIERS: usize = 4;
/// How long one waits for another to be made.
const PATIENCE: Duration = Duration::from_secs(10);

/// The places for those who ask for copies, all free.
pub(crate) fn copiers() -> Places {
    Places::new(COPIERS, PATIENCE)
}

/// Answers `GET` and `HEAD /api/v1/documents/{id}/certificate.pdf`: the certificate of the newest
/// version; `?version=` chooses an older one.
pub(crate) async fn certificate(
    extract::State(state): extract::State<Arc<State>>,
    asker: Result<Asker, Problem>,
    visit: Visit,
    method: Method,
    headers: HeaderMap,
    Segments(id): Segments<String>,
) -> Response {
    answer((&method, &headers), certified(&state, asker, &visit, &id).await).await
}

/// Answers `GET` and `HEAD /api/v1/documents/{id}/copy.pdf`: the authenticated copy of the newest
/// version; `?version=` chooses an older one.
pub(crate) async fn copy(
    extract::State(state): extract::State<Arc<State>>,
    Extension(copiers): Extension<Places>,
    asker: Result<Asker, Problem>,
    visit: Visit,
    method: Method,
    headers: HeaderMap,
    Segments(id): Segments<String>,
) -> Response {
    let handed_out = method == Method::GET;
    let content = copied(&state, &copiers, asker, (&visit, &id), handed_out).await;
    answer((&method, &headers), content).await
}

/// Answers `GET` and `HEAD /api/v1/documents/{id}/reading.pdf`: the newest version of an office
/// document as a PDF to read; `?version=` chooses an older one.
pub(crate) async fn reading(
    extract::State(state): extract::State<Arc<State>>,
    Extension(drawers): Extension<Places>,
    asker: Result<Asker, Problem>,
    visit: Visit,
    method: Method,
    headers: HeaderMap,
    Segments(id): Segments<String>,
) -> Response {
    answer((&method, &headers), converted(&state, &drawers, asker, &visit, &id).await).await
}

async fn converted(
    state: &Arc<State>,
    drawers: &Places,
    asker: Result<Asker, Problem>,
    visit: &Visit,
    id: &str,
) -> Result<Content, Problem> {
    let (found, version) = wanted(state, asker, visit, id).await?;
    parts::reading_pdf(state, drawers, &found, &version).await
}

async fn certified(
    state: &Arc<State>,
    asker: Result<Asker, Problem>,
    visit: &Visit,
    id: &str,
) -> Result<Content, Problem> {
    let (found, version) = wanted(state, asker, visit, id).await?;
    handout::certificate(state, &found, &version).await
}

async fn copied(
    state: &Arc<State>,
    copiers: &Places,
    asker: Result<Asker, Problem>,
    (visit, id): (&Visit, &str),
    handed_out: bool,
) -> Result<Content, Problem> {
    let (found, version) = wanted(state, asker, visit, id).await?;
    handout::copy(state, copiers, (&found, &version), handed_out).await
}

/// The document and the version that are asked for: whoever may have the bytes may have what is
/// made of them and said of them.
async fn wanted(
    state: &Arc<State>,
    asker: Result<Asker, Problem>,
    visit: &Visit,
    id: &str,
) -> Result<(Document, Version), Problem> {
    let Asker(who) = asker?;
    let found = document::find(state, who, Action::Read, id).await.map_err(Code::problem)?;
    let version = document::version(&found, &visit.pairs).map_err(Code::problem)?.clone();
    Ok((found, version))
}

async fn answer(
    (method, headers): (&Method, &HeaderMap),
    content: Result<Content, Problem>,
) -> Response {
    match content {
        Ok(content) => send(method, headers, content).await,
        Err(problem) => problem.into_response(),
    }
}
