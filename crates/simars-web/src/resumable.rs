//! Uploads that go on where they were cut off: tus 1.0.0 with the extensions *creation* and
//! *termination* (<https://tus.io/protocols/resumable-upload>), at `/api/v1/uploads` for programs
//! and at `/petugas/unggahan` for the pages of those who work here.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json, extract};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use simars_access::Action;
use simars_ingest::pipeline::Stacks;
use simars_ingest::uploads::{Plan, Progress, UploadId};
use simars_ingest::{Report, Stated};
use simars_record::Publication;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::api::upload::{Wanted, may_file, may_render, stacks, veiled};
use crate::auth::Doer;
use crate::body::{Incoming, Source, feed};
use crate::problem::{Code, Problem};
use crate::staff::Staff;
use crate::state::State;
use crate::work::{Places, blocking, failed};

/// The version of the protocol.
const VERSION: &str = "1.0.0";
/// What the bytes of a `PATCH` are called.
const BYTES: &str = "application/offset+octet-stream";
/// The longest `Upload-Metadata`.
const METADATA_BYTES: usize = 16 << 10;
/// How long a client that comes again waits for the end of its own dropped line.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who is at work on which upload, so that two never write to one.
#[derive(Debug, Clone, Default)]
pub(crate) struct AtWork(Arc<Mutex<HashMap<UploadId, Arc<Line>>>>);

/// The place of one upload.
#[derive(Debug)]
struct Line {
    free: Arc<Semaphore>,
    /// Tells whoever is at work that the client is here again: the line before was dropped.
    again: Notify,
}

impl AtWork {
    /// Takes the place of an upload; whoever holds it is sent away.
    async fn take(&self, id: UploadId) -> Result<(Arc<Line>, OwnedSemaphorePermit), Code> {
        let line = {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            lines.retain(|known, line| *known == id || Arc::strong_count(line) > 1);
            let new = || Line { free: Arc::new(Semaphore::new(1)), again: Notify::new() };
            Arc::clone(lines.entry(id).or_insert_with(|| Arc::new(new())))
        };
        line.again.notify_waiters();
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&line.free).acquire_owned()).await;
        let place = place.ok().and_then(Result::ok).ok_or(Code::Busy)?;
        Ok((line, place))
    }
}

/// Whoever uploads: what they may do, and what is theirs.
struct Uploader {
    doer: Doer,
    /// Below which address.
    base: &'static str,
}

/// Answers the addresses for programs.
pub(crate) async fn for_programs(
    extract::State(state): extract::State<Arc<State>>,
    Extension(at_work): Extension<AtWork>,
    Extension(slots): Extension<Places>,
    doer: Doer,
    request: extract::Request,
) -> Response {
    let uploader = Uploader { doer, base: "/api/v1/uploads" };
    answer(&state, &at_work, &slots, &uploader, request).await
}

/// Answers the addresses for the page of those who work here.
pub(crate) async fn for_staff(
    extract::State(state): extract::State<Arc<State>>,
    Extension(at_work): Extension<AtWork>,
    Extension(slots): Extension<Places>,
    staff: Staff,
    request: extract::Request,
) -> Response {
    let uploader = Uploader { doer: staff.doer(), base: "/petugas/unggahan" };
    answer(&state, &at_work, &slots, &uploader, request).await
}

async fn answer(
    state: &Arc<State>,
    at_work: &AtWork,
    slots: &Places,
    uploader: &Uploader,
    request: extract::Request,
) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let id = path.strip_prefix(uploader.base).and_then(|rest| rest.strip_prefix('/'));
    let answered = match (&method, id) {
        (&Method::OPTIONS, _) => Ok(StatusCode::NO_CONTENT.into_response()),
        (&Method::POST, None) => begin(state, uploader, request.headers()).await,
        (&Method::HEAD | &Method::GET, Some(id)) => {
            look(state, at_work, uploader, id, &method).await
        }
        (&Method::PATCH, Some(id)) => append(state, at_work, slots, uploader, id, request).await,
        (&Method::DELETE, Some(id)) => end(state, at_work, uploader, id, request.headers()).await,
        _ => Err(Code::MethodNotAllowed.problem()),
    };
    let mut response = answered.unwrap_or_else(IntoResponse::into_response);
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let allowed = match id {
            None => "OPTIONS, POST",
            Some(_) => "DELETE, GET, HEAD, OPTIONS, PATCH",
        };
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    }
    let limit = limit_bytes(state).to_string();
    let headers = response.headers_mut();
    headers.insert("tus-resumable", HeaderValue::from_static(VERSION));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if method == Method::OPTIONS {
        headers.insert("tus-version", HeaderValue::from_static(VERSION));
        headers.insert("tus-extension", HeaderValue::from_static("creation,termination"));
        if let Ok(limit) = HeaderValue::from_str(&limit) {
            headers.insert("tus-max-size", limit);
        }
    }
    response
}

fn limit_bytes(state: &State) -> u64 {
    state.settings.upload_limit_bytes.min(state.holdings.settings().max_file_bytes)
}

/// Every request but `OPTIONS` and `GET` says which version it speaks.
fn speaks(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.get("tus-resumable").is_some_and(|version| version == VERSION) {
        return Ok(());
    }
    let detail = format!("send the header Tus-Resumable: {VERSION}");
    Err(Code::PreconditionFailed.problem().detail(detail))
}

fn number(headers: &HeaderMap, name: &'static str) -> Result<u64, Problem> {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.parse().ok()).ok_or_else(|| {
        let detail = format!("the header {name} takes a whole number");
        Code::BadParameter.problem().detail(detail).with("parameter", name)
    })
}

/// `POST`: begins an upload. 201 with its address.
async fn begin(
    state: &Arc<State>,
    uploader: &Uploader,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    uploader.doer.require(Action::File)?;
    speaks(headers)?;
    let length = number(headers, "upload-length")?;
    if length > limit_bytes(state) {
        let detail = format!("the limit is {} bytes", limit_bytes(state));
        return Err(Code::TooLarge.problem().detail(detail));
    }
    let metadata = headers.get("upload-metadata").and_then(|value| value.to_str().ok());
    let mut plan = plan(metadata.unwrap_or_default())?;
    plan.draft |= uploader.base.starts_with("/petugas");
    let mut stated = Stated::default();
    for (column, value) in &plan.stated {
        stated.set(column, value).map_err(|detail| bad(column, &detail))?;
    }
    let publication = if plan.draft { Publication::Draft } else { Publication::Published };
    // What becomes of a stack stands in the plan.
    let stacks = Stacks::Split;
    let mut wanted = Wanted { name: plan.name.clone(), publication, stated, stacks };
    let by = may_file(state, &uploader.doer, &mut wanted).map_err(Code::problem)?;
    may_render(state, &uploader.doer, &wanted).await.map_err(Code::problem)?;
    if let Some(unit) = wanted.stated.unit {
        plan.stated.push(("unit".to_owned(), unit.to_string()));
    }
    let plan = Plan {
        length,
        owner: uploader.doer.owner(),
        by: by.map(|by| (by.login, by.role)),
        touched: state.holdings.archive().now(),
        ..plan
    };
    let mut id = [0; 32];
    (state.random)(&mut id);
    let holdings = Arc::clone(&state.holdings);
    let begun =
        blocking(move || holdings.uploads().begin(id, &plan)).await.map_err(Code::problem)?;
    let id = begun.map_err(|error| match error.kind() {
        io::ErrorKind::QuotaExceeded => Code::TooMany.problem(),
        _ => failed("begin an upload")(error).problem(),
    })?;
    let location = format!("{}/{id}", uploader.base);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)]).into_response())
}

/// Reads `Upload-Metadata`: pairs of a key and a value in base 64. What clients send by themselves
/// about a file is passed over; any other key is a column of import lists, and one that is not is
/// refused: a misspelled access class must not open a closed document.
fn plan(metadata: &str) -> Result<Plan, Problem> {
    let mut plan = Plan {
        length: 0,
        name: String::new(),
        stated: Vec::new(),
        draft: false,
        whole: false,
        owner: String::new(),
        by: None,
        touched: simars_record::Timestamp::from_unix(0),
        report: None,
    };
    if metadata.len() > METADATA_BYTES {
        return Err(bad("upload-metadata", "too long"));
    }
    for pair in metadata.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value =
            STANDARD.decode(value.trim()).ok().and_then(|value| String::from_utf8(value).ok());
        let value = value.ok_or_else(|| bad(key, "the value is not base 64 of UTF-8"))?;
        match key {
            "filename" | "name" => plan.name = value,
            "filetype" | "type" | "relativePath" => {}
            "draft" => plan.draft = matches!(value.as_str(), "" | "1" | "true"),
            "split" => {
                let stacks = stacks(&value).map_err(|detail| bad(key, &detail))?;
                plan.whole = stacks == Stacks::Whole;
            }
            column => plan.stated.push((column.to_owned(), value)),
        }
    }
    if plan.name.trim().is_empty() {
        return Err(bad("filename", "missing; it names the document's file"));
    }
    Ok(plan)
}

fn bad(parameter: &str, detail: &str) -> Problem {
    let problem = Code::BadParameter.problem().detail(format!("{parameter}: {detail}"));
    problem.with("parameter", parameter)
}

/// `HEAD`: how many bytes have come. `GET`: the same as JSON, with the report once it is filed.
async fn look(
    state: &Arc<State>,
    at_work: &AtWork,
    uploader: &Uploader,
    id: &str,
    method: &Method,
) -> Result<Response, Problem> {
    let id: UploadId = id.parse().map_err(|()| Code::NotFound.problem())?;
    // Whoever asks has lost the line before: what is still being written of it ends first.
    let (_line, _place) = at_work.take(id).await.map_err(Code::problem)?;
    let Progress { offset, plan } = progress(state, uploader, id).await.map_err(Code::problem)?;
    if *method == Method::HEAD {
        let headers = [("upload-offset", offset), ("upload-length", plan.length)];
        return Ok(headers.map(|(name, value)| (name, value.to_string())).into_response());
    }
    // A crash may have come between the last byte and the filing.
    let report = match plan.report {
        None if offset == plan.length => {
            Some(finish(state, uploader, id).await.map_err(Code::problem)?)
        }
        report => report,
    };
    let report = match report {
        Some(report) => {
            Some(veiled(state, uploader.doer.who, report).await.map_err(Code::problem)?)
        }
        None => None,
    };
    Ok(Json(json!({ "offset": offset, "length": plan.length, "report": report })).into_response())
}

async fn progress(state: &Arc<State>, uploader: &Uploader, id: UploadId) -> Result<Progress, Code> {
    let (holdings, owner) = (Arc::clone(&state.holdings), uploader.doer.owner());
    let progress = blocking(move || holdings.uploads().progress(id, &owner)).await?;
    progress.map_err(failed("look for an upload"))?.ok_or(Code::NotFound)
}

/// `PATCH`: more bytes. 204 with how many have come; once it is whole it is filed first.
async fn append(
    state: &Arc<State>,
    at_work: &AtWork,
    slots: &Places,
    uploader: &Uploader,
    id: &str,
    request: extract::Request,
) -> Result<Response, Problem> {
    let id: UploadId = id.parse().map_err(|()| Code::NotFound.problem())?;
    speaks(request.headers())?;
    if request.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind != BYTES) {
        return Err(Code::UnsupportedType.problem().detail(format!("send Content-Type: {BYTES}")));
    }
    let offset = number(request.headers(), "upload-offset")?;
    let (line, place) = at_work.take(id).await.map_err(Code::problem)?;
    let Progress { offset: here, plan } =
        progress(state, uploader, id).await.map_err(Code::problem)?;
    if offset != here {
        let detail = format!("{here} bytes have come; go on there");
        return Err(Code::WrongOffset.problem().detail(detail).with("offset", here));
    }
    if here == plan.length {
        // Whoever missed the answer to the last bytes asks for it again.
        finish(state, uploader, id).await.map_err(Code::problem)?;
        return Ok((StatusCode::NO_CONTENT, [("upload-offset", here.to_string())]).into_response());
    }
    let slot = slots.take().await.map_err(Code::problem)?;
    let uploads = state.holdings.uploads();
    let incoming = Incoming::new(Source::Raw(request.into_body()), plan.length - offset);
    let fed = feed(incoming, move |reader| {
        let kept = uploads.append(id, offset, plan.length, reader);
        drop(slot);
        (kept, place)
    });
    let (kept, place) = tokio::select! {
        fed = fed => fed.map(|(given, _)| given).map_err(Code::problem)?,
        () = line.again.notified() => return Err(Code::Busy.problem()),
    };
    let now = kept.map_err(failed("keep what was uploaded")).map_err(Code::problem)?;
    if now == plan.length {
        finish(state, uploader, id).await.map_err(Code::problem)?;
    }
    drop(place);
    Ok((StatusCode::NO_CONTENT, [("upload-offset", now.to_string())]).into_response())
}

/// Files what has come whole.
async fn finish(state: &Arc<State>, uploader: &Uploader, id: UploadId) -> Result<Report, Code> {
    let (holdings, who) = (Arc::clone(&state.holdings), uploader.doer.who);
    let finished = blocking(move || holdings.uploads().finish(id, &holdings, who)).await?;
    finished.map_err(failed("file an upload"))?.ok_or(Code::Internal)
}

/// `DELETE`: what has come is forgotten. A document that was filed stays.
async fn end(
    state: &Arc<State>,
    at_work: &AtWork,
    uploader: &Uploader,
    id: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let id: UploadId = id.parse().map_err(|()| Code::NotFound.problem())?;
    speaks(headers)?;
    let (_line, _place) = at_work.take(id).await.map_err(Code::problem)?;
    progress(state, uploader, id).await.map_err(Code::problem)?;
    let holdings = Arc::clone(&state.holdings);
    let ended = blocking(move || holdings.uploads().end(id)).await.map_err(Code::problem)?;
    ended.map_err(failed("end an upload")).map_err(Code::problem)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
