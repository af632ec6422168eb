//! `/log/…`: the public log as static files (C2SP tlog-tiles), and proofs out of it.

use std::sync::Arc;

use axum::extract;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use simars_access::Action;
use simars_record::{Digest, DocumentId};
use simars_tlog::{ProofFile, Tile};

use crate::auth::Asker;
use crate::document;
use crate::problem::{Code, Problem};
use crate::segments::Segments;
use crate::shell::Visit;
use crate::state::State;
use crate::verdict::judge;
use crate::work::{blocking, failed};

const TEXT: &str = "text/plain; charset=utf-8";
/// A tile never changes under its name.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// A checkpoint is replaced about once a second while documents come in.
const FOR_A_MOMENT: &str = "public, max-age=2";
const FOR_A_WHILE: &str = "public, max-age=300";

/// Answers `GET /log/checkpoint`.
pub(crate) async fn checkpoint(
    extract::State(state): extract::State<Arc<State>>,
) -> Result<Response, Problem> {
    let holdings = Arc::clone(&state.holdings);
    let published =
        blocking(move || holdings.archive().published()).await.map_err(Code::problem)?;
    let note = published.ok_or(Code::NoLog.problem())?.note;
    Ok(sent(note.to_string(), TEXT, FOR_A_MOMENT))
}

/// Answers `GET /log/policy`: whom the operator has others believe.
pub(crate) async fn policy(
    extract::State(state): extract::State<Arc<State>>,
) -> Result<Response, Problem> {
    let holdings = Arc::clone(&state.holdings);
    let read = blocking(move || holdings.archive().log_policy()).await.map_err(Code::problem)?;
    let policy = read.map_err(failed("read the policy of the log")).map_err(Code::problem)?;
    Ok(sent(policy.ok_or(Code::NoLog.problem())?, TEXT, FOR_A_WHILE))
}

/// Answers `GET /log/tile/…`: hash tiles and bundles of entries.
pub(crate) async fn tile(
    extract::State(state): extract::State<Arc<State>>,
    Segments(rest): Segments<String>,
) -> Result<Response, Problem> {
    let tile: Tile = format!("tile/{rest}")
        .parse()
        .map_err(|error| Code::NotFound.problem().detail(format!("{error}")))?;
    let holdings = Arc::clone(&state.holdings);
    let read = blocking(move || holdings.archive().log_tile(&tile)).await.map_err(Code::problem)?;
    let bytes = read.map_err(failed("read a tile of the log")).map_err(Code::problem)?;
    let bytes = bytes.ok_or(Code::NotFound.problem())?;
    Ok(sent(bytes, "application/octet-stream", FOR_EVER))
}

/// Answers `GET /api/v1/documents/{id}/proof`: the proof file of the document's newest version, or
/// of the one in `?version=`, for whoever may read it.
pub(crate) async fn of_document(
    extract::State(state): extract::State<Arc<State>>,
    Asker(who): Asker,
    visit: Visit,
    Segments(id): Segments<String>,
) -> Result<Response, Problem> {
    let found = document::find(&state, who, Action::Read, &id).await.map_err(Code::problem)?;
    let digest = document::version(&found, &visit.pairs).map_err(Code::problem)?.original.sha256;
    let name = found.id;
    let holdings = Arc::clone(&state.holdings);
    let proof = blocking(move || holdings.archive().proof(&found, &digest)).await;
    let proof =
        proof.and_then(|made| made.map_err(failed("make a proof"))).map_err(Code::problem)?;
    shown(&state, proof, Code::NoProofYet, Some(&name)).await
}

/// Answers `GET /api/v1/verify/{sha256}/proof`: the proof file for a copy with this digest, or the
/// proof that no public document has it. What the asker may not verify is answered like what is not
/// there, and so it is in the log: only public files are in its index.
pub(crate) async fn of_copy(
    extract::State(state): extract::State<Arc<State>>,
    Asker(who): Asker,
    Segments(sha256): Segments<String>,
) -> Result<Response, Problem> {
    let digest: Digest = sha256
        .parse()
        .map_err(|error| Code::MalformedDigest.problem().detail(format!("{error}")))?;
    let judged = judge(&state, who, digest).await.map_err(Code::problem)?;
    let known = judged.document.is_some();
    let holdings = Arc::clone(&state.holdings);
    let proof = blocking(move || match &judged.document {
        Some(document) => holdings.archive().proof(document, &digest),
        None => holdings.archive().proof_of_absence(&digest),
    });
    let proof = proof.await.and_then(|made| made.map_err(failed("make a proof")));
    // What is not registered, as far as the asker may know, and not absent either, was public once.
    let otherwise = if known { Code::NoProofYet } else { Code::NotRegistered };
    shown(&state, proof.map_err(Code::problem)?, otherwise, None).await
}

async fn shown(
    state: &Arc<State>,
    proof: Option<ProofFile>,
    otherwise: Code,
    name: Option<&DocumentId>,
) -> Result<Response, Problem> {
    let Some(proof) = proof else {
        let holdings = Arc::clone(&state.holdings);
        let there = blocking(move || holdings.archive().published().is_some()).await;
        let code = if there.map_err(Code::problem)? { otherwise } else { Code::NoLog };
        return Err(code.problem());
    };
    let mut response = sent(proof.to_string(), TEXT, "private, no-cache");
    if let Some(name) = name
        && let Ok(value) =
            HeaderValue::from_str(&format!("attachment; filename=\"{name}.tlog-proof\""))
    {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

fn sent(body: impl IntoResponse, media_type: &'static str, cache: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, cache)];
    (headers, body).into_response()
}
