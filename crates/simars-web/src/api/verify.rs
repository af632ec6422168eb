//! `/api/v1/verify`: what this archive says about a copy.

use std::sync::Arc;

use axum::Json;
use axum::extract::{self, FromRequest, Multipart};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use simars_access::Who;
use simars_record::{Digest, DocumentId, Timestamp};
use simars_verify::{Outcome, Reason};

use crate::auth::Asker;
use crate::body::{IDLE, Incoming, Source, in_time};
use crate::document::Links;
use crate::language::Language;
use crate::names;
use crate::problem::{Code, Problem};
use crate::relations::ForceJson;
use crate::segments::Segments;
use crate::state::State;
use crate::verdict::{Judged, hash, judge};

/// The part of a form that holds the file.
const FILE_PART: &str = "file";

/// What is said of a copy whose bytes are registered. What the asker may not see is null.
#[derive(Debug, Serialize)]
struct VerifiedJson {
    sha256: Digest,
    registered: bool,
    outcome: Outcome,
    id: DocumentId,
    /// Kind, number and title in one line.
    label: Option<String>,
    title: Option<String>,
    kind: Option<String>,
    number: Option<String>,
    year: Option<u16>,
    status: &'static str,
    /// What other documents say of its being in force; no statement of the log says so.
    legal_status: Option<ForceJson>,
    registered_at: Option<Timestamp>,
    reasons: Vec<Reason>,
    links: Option<Links>,
}

/// Answers `GET /api/v1/verify/{sha256}`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    Asker(who): Asker,
    Segments(sha256): Segments<String>,
) -> Result<Response, Problem> {
    let digest: Digest = sha256
        .parse()
        .map_err(|error| Code::MalformedDigest.problem().detail(format!("{error}")))?;
    answer(&state, who, digest).await
}

/// Answers `POST /api/v1/verify`: the file itself, as the body or as the part `file` of a form.
/// It is hashed as it comes and kept nowhere.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    Asker(who): Asker,
    request: extract::Request,
) -> Result<Response, Problem> {
    let limit_bytes = state.settings.upload_limit_bytes;
    let hashed = if is_form(&request) {
        match Multipart::from_request(request, &()).await {
            Ok(form) => hash_form(form, limit_bytes).await,
            Err(_) => Err(Code::UnreadableBody),
        }
    } else {
        hash(Incoming::new(Source::Raw(request.into_body()), limit_bytes)).await
    };
    let (digest, _) = hashed.map_err(|code| match code {
        Code::TooLarge => {
            let detail = format!("the limit is {limit_bytes} bytes");
            code.problem().detail(detail).with("limit_bytes", limit_bytes)
        }
        code => code.problem(),
    })?;
    answer(&state, who, digest).await
}

/// Whether the body is a form that may hold a file.
pub(crate) fn is_form(request: &extract::Request) -> bool {
    let media_type = request.headers().get(header::CONTENT_TYPE);
    media_type.and_then(|value| value.to_str().ok()).is_some_and(|value| {
        value.trim_start().to_ascii_lowercase().starts_with("multipart/form-data")
    })
}

/// The digest and the size of the file in a form.
pub(crate) async fn hash_form(
    mut form: Multipart,
    limit_bytes: u64,
) -> Result<(Digest, u64), Code> {
    loop {
        let part = async { form.next_field().await.map_err(|_| Code::UnreadableBody) };
        let Some(part) = in_time(IDLE, part).await? else {
            return Err(Code::UnreadableBody);
        };
        if part.name() == Some(FILE_PART) {
            return hash(Incoming::new(Source::Part(Box::new(part)), limit_bytes)).await;
        }
    }
}

async fn answer(state: &Arc<State>, who: Who, digest: Digest) -> Result<Response, Problem> {
    let judged = judge(state, who, digest).await.map_err(Code::problem)?;
    match json(judged) {
        Some(json) => Ok(Json(json).into_response()),
        None => Err(not_registered(digest)),
    }
}

fn json(judged: Judged) -> Option<VerifiedJson> {
    let Judged { verdict, document, findable, force } = judged;
    let document = document?;
    let seen = Some(&document).filter(|_| findable);
    let description = seen.map(|document| &document.description);
    Some(VerifiedJson {
        sha256: verdict.sha256,
        registered: verdict.outcome.is_registered(),
        outcome: verdict.outcome,
        id: document.id,
        label: seen.map(|document| names::label(Language::Indonesian, document)),
        title: seen.map(|document| names::title(Language::Indonesian, document)),
        kind: description.and_then(|known| known.kind.as_ref()).map(|field| field.value.clone()),
        number: description
            .and_then(|known| known.number.as_ref())
            .map(|field| field.value.clone()),
        year: description.and_then(|known| known.year.as_ref()).map(|field| field.value),
        status: names::publication(document.publication),
        legal_status: force.as_ref().map(ForceJson::of),
        registered_at: verdict.registered_at,
        reasons: verdict.reasons,
        links: seen.map(Links::of),
    })
}

fn not_registered(digest: Digest) -> Problem {
    Code::NotRegistered
        .problem()
        .detail(
            "none of the public documents here is, bit for bit, this file; that does not make it \
             a forgery: a scan, a print or a re-saved file of a genuine document has another \
             SHA-256",
        )
        .with("sha256", digest.to_string())
        .with("registered", false)
        .with("outcome", Outcome::NotRegistered.as_str())
}
