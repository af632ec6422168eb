//! `/petugas/unggah`: files in, as many as somebody drops. With JavaScript each goes on its own,
//! with its progress; without it they come in one form.

use std::sync::Arc;

use askama::Template;
use axum::extract::multipart::Field;
use axum::extract::{self, FromRequest, Multipart};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use simars_access::Action;
use simars_ingest::pipeline::Stacks;
use simars_ingest::{Report, Stated, Status};
use simars_record::{AccessClass, FindingCode, Publication};

use super::Staff;
use super::frame::Frame;
use super::separators::pages_of;
use crate::api::upload::{self, Wanted, may_file, may_render, veiled};
use crate::body::{IDLE, Incoming, Source, feed, in_time};
use crate::problem::Code;
use crate::public::error;
use crate::shell::Shell;
use crate::state::State;
use crate::texts::fill;
use crate::work::Places;
use crate::{names, query, texts};

/// The files one form may hold.
const FILES: usize = 200;

#[derive(Template)]
#[template(path = "staff_upload.html")]
struct UploadPage {
    shell: Shell,
    frame: Frame,
    classes: Vec<(&'static str, &'static str)>,
    outcomes: Vec<OutcomeLine>,
    problem: String,
    /// The document that the files are to be made from, leaving out parts; empty for none.
    rendition_of: String,
    /// The end of the address that takes one file from the script.
    mark: String,
}

struct OutcomeLine {
    name: String,
    text: String,
    href: String,
    good: bool,
}

/// Answers `GET /petugas/unggah`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::File) {
        return refused;
    }
    staff.answer(StatusCode::OK, &view(&state, &staff, Vec::new(), String::new()))
}

/// Answers `POST /petugas/unggah`: a form with any number of files. With `Accept:
/// application/json` the reports come as JSON.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    Extension(slots): Extension<Places>,
    staff: Staff,
    request: extract::Request,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::File) {
        return refused;
    }
    let accept = request.headers().get(axum::http::header::ACCEPT);
    let as_json = accept.is_some_and(|accept| accept.as_bytes() == b"application/json");
    let taken = match Multipart::from_request(request, &state).await {
        Ok(form) => take(&state, &slots, &staff, form).await,
        Err(_) => Err(Code::UnreadableBody),
    };
    match taken {
        Ok(reports) if as_json => Json(reports).into_response(),
        Ok(reports) => {
            let lines = reports.iter().flat_map(|report| outcomes(&staff, report)).collect();
            staff.answer(StatusCode::OK, &view(&state, &staff, lines, String::new()))
        }
        Err(code) if as_json => code.problem().into_response(),
        Err(Code::TooLarge) => {
            let problem = staff.visit.t("verify.too_large").to_owned();
            staff.answer(StatusCode::PAYLOAD_TOO_LARGE, &view(&state, &staff, Vec::new(), problem))
        }
        Err(code) => error::page(&staff.visit, &state.settings, code),
    }
}

/// Files each part that is a file. The class comes before the files in the form.
async fn take(
    state: &Arc<State>,
    slots: &Places,
    staff: &Staff,
    mut form: Multipart,
) -> Result<Vec<Report>, Code> {
    let limit_bytes =
        state.settings.upload_limit_bytes.min(state.holdings.settings().max_file_bytes);
    let (mut access, mut of, mut stacks) = (AccessClass::Open, None, Stacks::Split);
    let mut reports = Vec::new();
    while reports.len() < FILES {
        let part = async { form.next_field().await.map_err(|_| Code::UnreadableBody) };
        let Some(part) = in_time(IDLE, part).await? else { break };
        let file_name = part.file_name().map(str::to_owned);
        match (part.name(), file_name) {
            (Some("kelas"), _) => {
                access = text_of(part).await?.parse().map_err(|_| Code::BadParameter)?;
            }
            (Some("split"), _) => {
                stacks = upload::stacks(&text_of(part).await?).map_err(|_| Code::BadParameter)?;
            }
            (Some("rendition_of"), _) => {
                let value = text_of(part).await?;
                if !value.is_empty() {
                    of = Some(value.parse().map_err(|_| Code::BadParameter)?);
                }
            }
            (Some("berkas"), Some(name)) if !name.is_empty() => {
                let stated = Stated { access: Some(access), rendition_of: of, ..Stated::default() };
                // A draft: somebody looks at it before it is published.
                let publication = Publication::Draft;
                let mut wanted = Wanted { name, publication, stated, stacks };
                let by = may_file(state, &staff.doer(), &mut wanted)?;
                may_render(state, &staff.doer(), &wanted).await?;
                let slot = slots.take().await?;
                let holdings = Arc::clone(&state.holdings);
                let incoming = Incoming::new(Source::Part(Box::new(part)), limit_bytes);
                let who = staff.who();
                let (report, _) = feed(incoming, move |reader| {
                    let _slot = slot;
                    holdings.ingest(reader, &wanted.filing(who, by.as_ref()))
                })
                .await?;
                reports.push(veiled(state, staff.who(), report).await?);
            }
            _ => {}
        }
    }
    Ok(reports)
}

/// A short field of the form.
async fn text_of(part: Field<'_>) -> Result<String, Code> {
    in_time(IDLE, async { part.text().await.map_err(|_| Code::UnreadableBody) }).await
}

/// What became of a file: of each of its documents, if it was a stack.
fn outcomes(staff: &Staff, report: &Report) -> Vec<OutcomeLine> {
    let (language, count) = (staff.visit.language, report.parts.len().to_string());
    let stack = (!report.parts.is_empty()).then(|| OutcomeLine {
        name: report.path.clone(),
        text: fill(language, "separator.stack", &[("count", &count)]),
        href: String::new(),
        good: report.status != Status::Refused,
    });
    let documents = report.documents().iter().map(|document| outcome(staff, document));
    stack.into_iter().chain(documents).collect()
}

fn outcome(staff: &Staff, report: &Report) -> OutcomeLine {
    let language = staff.visit.language;
    let key = match report.status {
        Status::Registered | Status::Replaced => "staff.filed",
        Status::Duplicate => "staff.known",
        Status::Refused => "staff.not_taken",
    };
    let reason = report.reason.as_deref().filter(|_| report.status == Status::Refused);
    let known = report.kind.as_ref().map(|kind| {
        let number = names::number_line(language, report.number.as_deref(), report.year);
        format!("{} {number}", names::kind(language, kind))
    });
    let more = reason.map(str::to_owned).or(known).unwrap_or_default();
    let text = texts::text(language, key);
    let mut text = if more.is_empty() { text.to_owned() } else { format!("{text}: {more}") };
    if let Some(stack) = &report.stack {
        text = format!("{text} ({})", pages_of(language, stack));
    }
    if report.findings.contains(&FindingCode::NotSplit) {
        text = format!("{text}. {}", texts::text(language, "finding.not-split"));
    }
    OutcomeLine {
        name: report.path.clone(),
        text,
        href: report.id.map(|id| format!("/petugas/dokumen/{id}")).unwrap_or_default(),
        good: report.status != Status::Refused,
    }
}

fn view(state: &State, staff: &Staff, outcomes: Vec<OutcomeLine>, problem: String) -> UploadPage {
    let language = staff.visit.language;
    let (shell, frame) = staff.frame(state, staff.visit.t("staff.upload"), "staff.upload");
    let classes = AccessClass::ALL.into_iter().filter(|class| *class <= staff.grant.clearance);
    UploadPage {
        rendition_of: query::value(&staff.visit.pairs, &["dari"]).unwrap_or_default().to_owned(),
        mark: frame.mark.clone(),
        shell,
        frame,
        classes: classes.map(|class| (class.as_str(), names::access(language, class))).collect(),
        outcomes,
        problem,
    }
}
