//! Who read a closed document: stated in the log before anything of it is sent.
//!
//! One statement an hour for each person and document: reading goes page by page. Whoever holds the
//! data folder is not asked: they read the folder itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Extension;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{MatchedPath, RawPathParams, Request, State as Given};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use simars_access::{Action, Grant};
use simars_record::{AccessClass, Actor, DocumentId, Timestamp};

use crate::auth;
use crate::problem::Code;
use crate::staff;
use crate::state::State;
use crate::work::{blocking, failed};

/// The addresses at which something of a document's content is read.
pub(crate) const READS: [&str; 13] = [
    "/api/v1/documents/{id}/content",
    "/api/v1/documents/{id}/text",
    "/api/v1/documents/{id}/search",
    "/api/v1/documents/{id}/pages/{n}",
    "/api/v1/documents/{id}/pages/{n}/tables",
    "/api/v1/documents/{id}/pages/{n}/tables/{name}",
    "/api/v1/documents/{id}/pages/{n}/image",
    "/api/v1/documents/{id}/copy.pdf",
    "/api/v1/documents/{id}/reading.pdf",
    "/petugas/dokumen/{id}",
    "/petugas/dokumen/{id}/berkas",
    "/petugas/dokumen/{id}/banding/{other}",
    "/petugas/dokumen/{id}/halaman/{n}/gambar",
];
/// After so many seconds, reading on is stated once more.
const AGAIN: u64 = 3_600;
/// Readings that are remembered at a time.
const REMEMBERED: usize = 10_000;

/// What was stated lately.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    stated: Mutex<HashMap<(String, DocumentId), Timestamp>>,
}

impl Trail {
    /// Whether it was stated lately that this person read this document.
    fn knows(&self, login: &str, id: DocumentId, now: Timestamp) -> bool {
        let stated = self.stated.lock().unwrap_or_else(PoisonError::into_inner);
        let last = stated.get(&(login.to_owned(), id));
        last.is_some_and(|last| now.unix().saturating_sub(last.unix()) < AGAIN)
    }

    fn note(&self, login: String, id: DocumentId, now: Timestamp) {
        let mut stated = self.stated.lock().unwrap_or_else(PoisonError::into_inner);
        if stated.len() >= REMEMBERED {
            stated.retain(|_, last| now.unix().saturating_sub(last.unix()) < AGAIN);
        }
        if stated.len() < REMEMBERED {
            stated.insert((login, id), now);
        }
    }
}

/// Somebody who signed in, or whose key a program shows.
struct Reader {
    login: String,
    grant: Grant,
}

/// Lets a request pass, and states what was read before the answer goes out. If it cannot be stated,
/// nothing is handed out.
pub(crate) async fn layer(
    Given(state): Given<Arc<State>>,
    Extension(trail): Extension<Arc<Trail>>,
    matched: Option<MatchedPath>,
    params: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let reads = matched.is_some_and(|matched| READS.contains(&matched.as_str()))
        && request.method() != axum::http::Method::POST;
    let reader = if reads { reader(&state, request.headers()) } else { None };
    let ids: Vec<DocumentId> = params.map_or_else(|_| Vec::new(), |params| named(&params));
    let response = next.run(request).await;
    let Some(reader) = reader.filter(|_| response.status().is_success()) else { return response };
    match state_all(&state, trail, reader, ids).await {
        Ok(()) => response,
        Err(code) => code.problem().into_response(),
    }
}

/// The documents that an address names.
fn named(params: &RawPathParams) -> Vec<DocumentId> {
    let named = params.iter().filter(|(name, _)| matches!(*name, "id" | "other"));
    named.filter_map(|(_, id)| id.parse().ok()).collect()
}

fn reader(state: &State, headers: &axum::http::HeaderMap) -> Option<Reader> {
    let (login, grant) =
        auth::by_key(headers, state).or_else(|| staff::by_session(headers, state))?;
    Some(Reader { login, grant })
}

async fn state_all(
    state: &Arc<State>,
    trail: Arc<Trail>,
    reader: Reader,
    ids: Vec<DocumentId>,
) -> Result<(), Code> {
    let state = Arc::clone(state);
    let stated = blocking(move || {
        let archive = state.holdings.archive();
        let now = archive.now();
        for id in ids {
            if trail.knows(&reader.login, id, now) {
                continue;
            }
            let document = archive.document(&id).map_err(failed("look up what was read"))?;
            let Some(document) = document else { continue };
            let standing = auth::standing(&document);
            let role = reader.grant.role_for(Action::Read, standing);
            let Some(role) = role.filter(|_| document.access != AccessClass::Open) else {
                continue;
            };
            let by = Actor { login: reader.login.clone(), role: role.term().to_owned() };
            let stated = state.holdings.state_view(&id, &by);
            stated.map_err(failed("state who read a document"))?;
            trail.note(reader.login.clone(), id, now);
        }
        Ok(())
    });
    stated.await?
}
