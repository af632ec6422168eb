//! Recognition over the API: how it stands, ordering it anew, and following it.

use std::sync::Arc;

use axum::extract;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use simars_access::Action;
use simars_ingest::Recognition;
use simars_record::DocumentId;

use crate::auth::{Asker, Doer};
use crate::body::{Incoming, Source};
use crate::document;
use crate::events::stream;
use crate::problem::{Code, Problem};
use crate::segments::Segments;
use crate::serve::Ending;
use crate::state::State;
use crate::work::{Places, blocking, failed};

/// The longest body of an order, in bytes.
const ORDER_BYTES: u64 = 1_000;

/// What is to be read again.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Order {
    /// Whether all pages are recognised, also those whose own text is good.
    all: bool,
}

/// Answers `GET /api/v1/recognition`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    asker: Asker,
) -> Result<Json<Recognition>, Problem> {
    asker.require(Action::Review)?;
    let holdings = Arc::clone(&state.holdings);
    let stands = blocking(move || holdings.recognition()).await;
    Ok(Json(stands.map_err(Code::problem)?))
}

/// Answers `POST /api/v1/documents/{id}/extract`: the original is read again, and the text
/// replaced if it comes out otherwise. The body may be `{"all": true}`.
pub(crate) async fn extract(
    extract::State(state): extract::State<Arc<State>>,
    doer: Doer,
    Segments(id): Segments<String>,
    request: extract::Request,
) -> Result<Response, Problem> {
    doer.require(Action::Describe)?;
    let order = order(Incoming::new(Source::Raw(request.into_body()), ORDER_BYTES)).await?;
    let found = document::find(&state, doer.who, Action::Find, &id).await.map_err(Code::problem)?;
    doer.act(&state, Action::Describe, &found).map_err(Code::problem)?;
    let id = found.id;
    let holdings = Arc::clone(&state.holdings);
    let ordered = blocking(move || holdings.extract_again(&id, order.all));
    let ordered = ordered.await.map_err(Code::problem)?;
    if !ordered.map_err(failed("order a new reading")).map_err(Code::problem)? {
        return Err(Code::DocumentNotFound.problem());
    }
    let events = events_address(&id);
    let body = Json(serde_json::json!({ "id": id, "all": order.all, "events": events }));
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, events)], body).into_response())
}

async fn order(body: Incoming<'_>) -> Result<Order, Problem> {
    let bytes = body.whole().await.map_err(Code::problem)?;
    if bytes.trim_ascii().is_empty() {
        return Ok(Order::default());
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        let detail = format!("the body takes {{\"all\": true}} or nothing: {error}");
        Code::BadParameter.problem().detail(detail).with("parameter", "all")
    })
}

/// Where the progress of a document can be followed.
pub(crate) fn events_address(id: &DocumentId) -> String {
    format!("/api/v1/documents/{id}/events")
}

/// Answers `GET /api/v1/documents/{id}/events`: how recognition goes on, until it is done.
pub(crate) async fn events(
    extract::State(state): extract::State<Arc<State>>,
    Extension(watchers): Extension<Places>,
    ending: Option<Extension<Ending>>,
    Asker(who): Asker,
    Segments(id): Segments<String>,
) -> Result<Response, Problem> {
    let found = document::find(&state, who, Action::Read, &id).await.map_err(Code::problem)?;
    let place = watchers.take().await.map_err(Code::problem)?;
    Ok(stream(state, who, found.id, place, ending.map(|Extension(ending)| ending)))
}
