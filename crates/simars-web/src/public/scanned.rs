//! `/D/{id}/{sha256}/{index}`: where the QR codes of certificates and copies lead.

use std::sync::Arc;

use axum::extract;
use axum::response::{IntoResponse, Redirect, Response};
use simars_certificate::Link;

use super::error;
use crate::problem::Code;
use crate::segments::Segments;
use crate::shell::Visit;
use crate::state::State;

/// Answers `GET /D/{id}/{sha256}`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
    Segments((id, sha256)): Segments<(String, String)>,
) -> Response {
    lead(&state, &visit, Link::read(&id, &sha256, None).ok())
}

/// Answers `GET /D/{id}/{sha256}/{index}`.
pub(crate) async fn get_with_index(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
    Segments((id, sha256, index)): Segments<(String, String, String)>,
) -> Response {
    lead(&state, &visit, Link::read(&id, &sha256, Some(&index)).ok())
}

/// Leads to the verdict on the bytes that the code names, which also leads on to their document.
fn lead(state: &State, visit: &Visit, link: Option<Link>) -> Response {
    match link {
        Some(link) => {
            let verdict = format!("/verifikasi?sha256={}#hasil", link.sha256);
            Redirect::to(&verdict).into_response()
        }
        None => error::page(visit, &state.settings, Code::NotFound),
    }
}
