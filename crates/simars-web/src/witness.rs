//! The witness over HTTP (C2SP tlog-witness v1.0.0); a server of its own, without an archive.
//!
//! Its two addresses are open to everybody by the protocol: what it gives out is signed and public,
//! and what it takes in is believed only if a log that it follows has signed it.

mod folder;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use simars_record::Digest;
use simars_tlog::witness::{LONGEST_REQUEST, Refusal};
use tokio::net::TcpListener;

pub use folder::{Answered, Witness, WitnessError};

const TEXT: &str = "text/plain; charset=utf-8";
/// The type by which an answer tells the size that was cosigned last.
const SIZE: &str = "text/x.tlog.size";
/// A checkpoint is at most this old when it comes out of a cache.
const FOR_A_MOMENT: &str = "public, max-age=60";
/// Who sends nothing, or slowly, is not waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Every address of a witness.
pub fn router(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin}/checkpoint", get(checkpoint))
        .layer(DefaultBodyLimit::max(LONGEST_REQUEST))
        .with_state(witness)
}

/// Serves a witness until `shutdown` is done, and lets requests under way end.
///
/// # Errors
/// If the listener fails.
pub async fn serve(
    listener: TcpListener,
    witness: Arc<Witness>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router(witness)).with_graceful_shutdown(shutdown).await
}

/// Answers `POST /add-checkpoint`: the cosignature, or the reason why there is none.
async fn add_checkpoint(State(witness): State<Arc<Witness>>, request: Request) -> Response {
    let body = Bytes::from_request(request, &());
    let body = match tokio::time::timeout(PATIENCE, body).await {
        Ok(Ok(body)) => body,
        Ok(Err(refused)) => return refused.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    let asked = move || witness.add(&String::from_utf8_lossy(&body));
    match tokio::task::spawn_blocking(asked).await {
        Ok(Ok(signature)) => sent(StatusCode::OK, TEXT, format!("{signature}\n")),
        Ok(Err(Answered::Refused(refusal))) => refused(&refusal),
        Ok(Err(Answered::Failed(error))) => {
            tracing::error!(%error, "could not keep what was to be cosigned");
            failed()
        }
        Err(error) => {
            tracing::error!(%error, "could not work on a thread");
            failed()
        }
    }
}

fn refused(refusal: &Refusal) -> Response {
    tracing::info!(status = refusal.status(), reason = %refusal, "not cosigned");
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    match refusal {
        Refusal::Conflict(size) => sent(status, SIZE, format!("{size}\n")),
        other => sent(status, TEXT, format!("{other}\n")),
    }
}

fn failed() -> Response {
    let said = "the witness cannot keep its state; nothing was cosigned\n".to_owned();
    sent(StatusCode::INTERNAL_SERVER_ERROR, TEXT, said)
}

/// Answers `GET /<hex of SHA-256 of the log's name>/checkpoint`: what was cosigned last.
async fn checkpoint(State(witness): State<Arc<Witness>>, Path(origin): Path<String>) -> Response {
    let note = origin.parse::<Digest>().ok().and_then(|origin| witness.newest(&origin));
    match note {
        Some(note) => {
            let mut answer = sent(StatusCode::OK, TEXT, note);
            let moment = header::HeaderValue::from_static(FOR_A_MOMENT);
            answer.headers_mut().insert(header::CACHE_CONTROL, moment);
            answer
        }
        None => sent(StatusCode::NOT_FOUND, TEXT, "nothing of this log was cosigned\n".to_owned()),
    }
}

fn sent(status: StatusCode, media_type: &'static str, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-store")], text)
        .into_response()
}

#[cfg(test)]
mod tests;
