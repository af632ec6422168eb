//! `GET /api/v1/documents/{id}/jsonld`: a document as linked data.

use std::sync::Arc;

use axum::extract;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use simars_access::{Action, Who};

use crate::auth::Asker;
use crate::problem::{Code, Problem};
use crate::segments::Segments;
use crate::shell::Visit;
use crate::state::State;
use crate::{document, linked, relations};

/// Answers it.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    Asker(who): Asker,
    visit: Visit,
    Segments(id): Segments<String>,
) -> Result<Response, Problem> {
    let document = document::find(&state, who, Action::Find, &id).await.map_err(Code::problem)?;
    let related = relations::related(&state, &document, who).await.map_err(Code::problem)?;
    let told = linked::of(&document, &related, &visit.origin(&state.settings));
    let caching = match who {
        Who::Anyone => "public, no-cache",
        Who::Owner | Who::Person(_) => "private, no-cache",
    };
    let headers = [
        (header::CONTENT_TYPE, "application/ld+json"),
        (header::CACHE_CONTROL, caching),
        (header::VARY, "authorization"),
    ];
    Ok((headers, told.to_string()).into_response())
}
