//! `POST /api/v1/documents` and `PUT …/content`: a document is filed, or a new version of one.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use axum::extract;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Value, json};
use simars_access::{Action, Standing, Who, may};
use simars_ingest::pipeline::{Filing, Stacks};
use simars_ingest::{Holdings, Report, Stated, Status};
use simars_record::{Actor, Publication};

use super::recognition::events_address;
use crate::auth::Doer;
use crate::body::{Incoming, Source, feed};
use crate::document;
use crate::problem::{Code, Problem};
use crate::segments::Segments;
use crate::shell::Visit;
use crate::state::State;
use crate::work::Places;

/// How many uploads are worked on at the same time; each holds a thread.
const UPLOADS: usize = 32;
/// How long an upload waits for another to end before it is sent away.
const PATIENCE: Duration = Duration::from_secs(5);

/// The places for uploads, all free. One that finds none waits a little, then is told to come back.
pub(crate) fn slots() -> Places {
    Places::new(UPLOADS, PATIENCE)
}

/// What is to be done with the bytes that follow.
#[derive(Debug, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) name: String,
    pub(crate) publication: Publication,
    pub(crate) stated: Stated,
    /// What becomes of it if it is a stack of papers with separator sheets.
    pub(crate) stacks: Stacks,
}

/// Answers `POST /api/v1/documents?name=…`: the body is the file. 201 once it is registered
/// durably, 200 if the same bytes were registered before, with the same report that the command
/// line prints. A stack of papers with separator sheets becomes several documents, which the report
/// lists as `parts`; `split=no` keeps it one.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    Extension(slots): Extension<Places>,
    doer: Doer,
    visit: Visit,
    request: extract::Request,
) -> Result<Response, Problem> {
    doer.require(Action::File)?;
    let mut wanted = read(&visit.pairs)?;
    let by = may_file(&state, &doer, &mut wanted).map_err(Code::problem)?;
    may_render(&state, &doer, &wanted).await.map_err(Code::problem)?;
    let who = doer.who;
    let (report, size_bytes) = take(&state, &slots, request, move |holdings, reader| {
        holdings.ingest(reader, &wanted.filing(who, by.as_ref()))
    })
    .await?;
    answer(&veiled(&state, doer.who, report).await.map_err(Code::problem)?, size_bytes)
}

/// Answers `PUT /api/v1/documents/{id}/content?name=…`: the body takes the place of the newest
/// version, which stays as an older one. 200 with the same report as for a new document.
pub(crate) async fn put(
    extract::State(state): extract::State<Arc<State>>,
    Extension(slots): Extension<Places>,
    doer: Doer,
    Segments(id): Segments<String>,
    visit: Visit,
    request: extract::Request,
) -> Result<Response, Problem> {
    doer.require(Action::Describe)?;
    let found = document::find(&state, doer.who, Action::Find, &id).await.map_err(Code::problem)?;
    let by = doer.act(&state, Action::Describe, &found).map_err(Code::problem)?;
    let wanted = read(&visit.pairs)?;
    if wanted.stated.description.classification.is_some() {
        doer.act(&state, Action::Classify, &found).map_err(Code::problem)?;
    }
    // Who may see a document is changed by an act of its own.
    for (given, parameter) in [
        (wanted.publication == Publication::Draft, "draft"),
        (wanted.stated.access.is_some(), "access"),
        (wanted.stated.opens.is_some(), "opens"),
        (wanted.stated.unit.is_some(), "unit"),
        (wanted.stated.rendition_of.is_some(), "rendition_of"),
        (wanted.stacks == Stacks::Whole, "split"),
    ] {
        if given {
            let detail = format!("{parameter} is no matter of a new version; send an act");
            return Err(Code::BadParameter.problem().detail(detail).with("parameter", parameter));
        }
    }
    let (report, size_bytes) = take(&state, &slots, request, move |holdings, reader| {
        holdings.replace(&found.id, reader, &wanted.name, &wanted.stated, by.as_ref())
    })
    .await?;
    let report = report.ok_or_else(|| Code::DocumentNotFound.problem())?;
    answer(&veiled(&state, doer.who, report).await.map_err(Code::problem)?, size_bytes)
}

impl Wanted {
    /// How it is to be filed for this asker.
    pub(crate) fn filing<'a>(&'a self, who: Who, by: Option<&'a Actor>) -> Filing<'a> {
        let Self { name, publication, stated, stacks } = self;
        let (publication, stacks) = (*publication, *stacks);
        Filing { path: name, stated, publication, by, who, stacks }
    }
}

/// What a parameter or field called `split` says.
pub(crate) fn stacks(value: &str) -> Result<Stacks, String> {
    match value {
        "" | "1" | "true" | "yes" => Ok(Stacks::Split),
        "0" | "false" | "no" => Ok(Stacks::Whole),
        _ => Err("split takes yes or no".to_owned()),
    }
}

/// A report without what it tells of other documents that this asker may not find: only that the
/// same bytes are here already.
pub(crate) async fn veiled(state: &Arc<State>, who: Who, report: Report) -> Result<Report, Code> {
    if report.parts.is_empty() {
        return veiled_one(state, who, report).await;
    }
    let mut parts = Vec::with_capacity(report.parts.len());
    for part in &report.parts {
        parts.push(veiled_one(state, who, part.clone()).await?);
    }
    Ok(report.of_stack(parts))
}

async fn veiled_one(state: &Arc<State>, who: Who, report: Report) -> Result<Report, Code> {
    let (Status::Duplicate, Some(id)) = (report.status, report.id) else { return Ok(report) };
    match document::find(state, who, Action::Find, &id.to_string()).await {
        Ok(_) => Ok(report),
        Err(Code::DocumentNotFound) => {
            let Report { path, sha256, reason, stack, .. } = report;
            let reason = reason.unwrap_or_default();
            let veiled = Report::refused(&path, sha256, reason);
            Ok(Report { status: Status::Duplicate, stack, ..veiled })
        }
        Err(code) => Err(code),
    }
}

/// Refuses a rendition of a document that this person may not read: it would tell that it is there.
pub(crate) async fn may_render(
    state: &Arc<State>,
    doer: &Doer,
    wanted: &Wanted,
) -> Result<(), Code> {
    if let Some(of) = wanted.stated.rendition_of {
        document::find(state, doer.who, Action::Read, &of.to_string()).await?;
    }
    Ok(())
}

/// Refuses what this person may not file, or not publish at once; gives what the log says of who
/// did it.
///
/// What somebody files who works for one unit belongs to it.
pub(crate) fn may_file(
    state: &State,
    doer: &Doer,
    wanted: &mut Wanted,
) -> Result<Option<Actor>, Code> {
    let stated = &mut wanted.stated;
    stated.unit = stated.unit.or(doer.who.unit());
    let (access, unit) = (stated.class(), stated.unit);
    let standing = Standing { access, publication: Publication::Draft, unit };
    if !may(doer.who, Action::File, standing) {
        return Err(Code::Forbidden);
    }
    // How long it is kept follows from its code.
    let classifies = wanted.stated.description.classification.is_some();
    if classifies && !may(doer.who, Action::Classify, standing) {
        return Err(Code::Forbidden);
    }
    let at_once = wanted.publication == Publication::Published;
    if at_once && !may(doer.who, Action::Publish, standing) {
        return Err(Code::SecondPerson);
    }
    let by = doer.actor(Action::File, standing);
    if at_once && state.settings.two_persons && by.is_some() {
        return Err(Code::SecondPerson);
    }
    Ok(by)
}

/// Lets `work` read the body of a request on a thread of its own. Gives what the work gave, and
/// how many bytes there were.
async fn take<T: Send + 'static>(
    state: &Arc<State>,
    slots: &Places,
    request: extract::Request,
    work: impl FnOnce(&Holdings, &mut dyn Read) -> T + Send + 'static,
) -> Result<(T, u64), Problem> {
    let slot = slots.take().await.map_err(Code::problem)?;
    let holdings = Arc::clone(&state.holdings);
    let limit_bytes = state.settings.upload_limit_bytes.min(holdings.settings().max_file_bytes);
    let incoming = Incoming::new(Source::Raw(request.into_body()), limit_bytes);
    let work = move |reader: &mut dyn Read| {
        // Held until the work ends, also when the client goes away before that.
        let _slot = slot;
        work(&holdings, reader)
    };
    feed(incoming, work).await.map_err(|code| {
        if code == Code::TooLarge {
            let detail = format!("the limit is {limit_bytes} bytes");
            code.problem().detail(detail).with("limit_bytes", limit_bytes)
        } else {
            code.problem()
        }
    })
}

fn answer(report: &Report, size_bytes: u64) -> Result<Response, Problem> {
    let location = report.id.map(|id| format!("/api/v1/documents/{id}")).unwrap_or_default();
    match report.status {
        Status::Registered => {
            Ok((StatusCode::CREATED, [(header::LOCATION, location)], told(report)).into_response())
        }
        Status::Duplicate | Status::Replaced => {
            Ok((StatusCode::OK, [(header::LOCATION, location)], told(report)).into_response())
        }
        Status::Refused => {
            // A file that came whole and has bytes is taken, whatever it holds: if not, the fault
            // is on this side.
            let code = if size_bytes > 0 { Code::Internal } else { Code::Refused };
            let reason = report.reason.clone().unwrap_or_default();
            tracing::warn!(name = report.path, reason, "an upload was not taken");
            Err(code.problem().detail(reason).with("report", json!(report)))
        }
    }
}

/// The report; with the address at which recognition can be followed, if pages wait for it.
fn told(report: &Report) -> Json<Value> {
    let followed = |told: &mut Value, report: &Report| {
        if let (Some(id), 1..) = (&report.id, report.pages_to_recognise) {
            told["events"] = json!(events_address(id));
        }
    };
    let mut told = json!(report);
    followed(&mut told, report);
    for (index, part) in report.parts.iter().enumerate() {
        followed(&mut told["parts"][index], part);
    }
    Json(told)
}

/// Reads what is known about the file. A parameter that is not known is refused: a misspelled
/// access class must not open a closed document.
fn read(pairs: &[(String, String)]) -> Result<Wanted, Problem> {
    let mut wanted = Wanted {
        name: String::new(),
        publication: Publication::Published,
        stated: Stated::default(),
        stacks: Stacks::Split,
    };
    for (parameter, value) in pairs {
        let read = match parameter.as_str() {
            "name" => {
                value.clone_into(&mut wanted.name);
                Ok(())
            }
            "draft" => match value.as_str() {
                "" | "1" | "true" => {
                    wanted.publication = Publication::Draft;
                    Ok(())
                }
                "0" | "false" => Ok(()),
                _ => Err("draft takes 1 or 0".to_owned()),
            },
            "split" => stacks(value).map(|stacks| wanted.stacks = stacks),
            column => wanted.stated.set(column, value),
        };
        read.map_err(|detail| {
            let problem = Code::BadParameter.problem().detail(format!("{parameter}: {detail}"));
            problem.with("parameter", parameter.as_str())
        })?;
    }
    if wanted.name.trim().is_empty() {
        let detail = "name is missing; send ?name=FILE.pdf, it names the download";
        return Err(Code::BadParameter.problem().detail(detail).with("parameter", "name"));
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_upload_that_finds_no_place_is_told_to_come_back() {
        let slots = Places::new(UPLOADS, Duration::from_millis(1));
        let mut taken = Vec::new();
        for _ in 0..UPLOADS {
            taken.push(slots.take().await.unwrap());
        }
        let refused = slots.take().await;
        assert_eq!(refused.map(drop), Err(Code::Busy));
        let answer = Code::Busy.problem().into_response();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()[header::RETRY_AFTER], "5");
        taken.pop();
        assert!(slots.take().await.is_ok(), "a place that was left can be taken again");
    }
}
