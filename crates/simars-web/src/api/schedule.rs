//! `/api/v1/schedule`: the classification scheme and retention schedule in force, a new version of
//! it, and what falls due by it; `/api/v1/documents/{id}/retention`: the same for one document.

use std::sync::Arc;

use axum::{Json, extract};
use serde::Serialize;
use simars_access::{Action, Standing, Who};
use simars_describe::classify::{Suggestion, Why};
use simars_ingest::retention::Place;
use simars_ingest::{ScheduleFile, ScheduleReport, retention::MOST_BYTES};
use simars_record::retention::{Due, Step};
use simars_record::schedule::Entry;
use simars_record::{
    AccessClass, Actor, Code as Classification, Date, DocumentId, Publication, Retention,
    StatedSchedule,
};

use crate::auth::{Asker, Doer};
use crate::body::{Incoming, Source};
use crate::document;
use crate::language::Language;
use crate::names;
use crate::problem::{Code, Problem};
use crate::query;
use crate::retention::{CountedJson, Part, Wanted, part, standings};
use crate::segments::Segments;
use crate::shell::Visit;
use crate::state::State;
use crate::work::{blocking, failed};

/// A schedule as data.
#[derive(Debug, Serialize)]
pub(crate) struct ScheduleJson {
    /// The version whose entries these are; null if there is none.
    version: Option<StatedSchedule>,
    /// The number of the version in force; null if there is none.
    in_force: Option<u32>,
    versions: Vec<StatedSchedule>,
    entries: Vec<Entry>,
}

/// Answers `GET /api/v1/schedule`; `?version=` asks for another than the one in force.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    asker: Asker,
    visit: Visit,
) -> Result<Json<ScheduleJson>, Problem> {
    asker.require(Action::Review)?;
    let wanted = query::value(&visit.pairs, &["version", "versi"]).map(str::parse::<u32>);
    let wanted = wanted.transpose().map_err(|_| bad("version", "version takes a whole number"))?;
    let holdings = Arc::clone(&state.holdings);
    let read = move || -> Result<_, simars_ingest::retention::ArchiveError> {
        let archive = holdings.archive();
        let (versions, in_force) = (archive.schedules()?, archive.schedule_in_force()?);
        let in_force = in_force.map(|version| version.number);
        let number = wanted.or(in_force);
        let version = versions.iter().find(|version| Some(version.number) == number).cloned();
        let scheme = version.as_ref().map(|version| archive.scheme_of(&version.schedule.entries));
        let entries = scheme.transpose()?.unwrap_or_default().entries().cloned().collect();
        Ok(ScheduleJson { version, in_force, versions, entries })
    };
    let read = blocking(read).await.map_err(Code::problem)?;
    let json = read.map_err(failed("read the schedule")).map_err(Code::problem)?;
    if let (Some(wanted), None) = (wanted, &json.version) {
        return Err(bad("version", &format!("there is no version {wanted}")));
    }
    Ok(Json(json))
}

fn bad(parameter: &str, detail: &str) -> Problem {
    Code::BadParameter.problem().detail(detail).with("parameter", parameter)
}

/// What somebody who may classify is, for the log; a schedule is about no document.
pub(crate) fn classifier(doer: &Doer) -> Option<Actor> {
    let (access, publication) = (AccessClass::Open, Publication::Draft);
    let standing = Standing { access, publication, unit: doer.who.unit() };
    doer.actor(Action::Classify, standing)
}

/// The first and the last day of a version.
pub(crate) type Valid = (Date, Option<Date>);

/// Answers `POST /api/v1/schedule?name=&valid_from=&valid_to=&dry_run=1&skip_wrong=1`: the body is
/// the file. 200 with what changes; `stated` holds the version once it is taken. A file with wrong
/// rows is refused as a whole unless `skip_wrong` leaves them out.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    doer: Doer,
    visit: Visit,
    request: extract::Request,
) -> Result<Json<ScheduleReport>, Problem> {
    doer.require(Action::Classify)?;
    let pairs = &visit.pairs;
    let name = query::value(pairs, &["name"]).unwrap_or("schedule").to_owned();
    let date = |parameter| {
        let given = query::value(pairs, &[parameter]).map(str::parse::<Date>).transpose();
        given.map_err(|error| bad(parameter, &error.to_string()))
    };
    let today = state.holdings.archive().now().date();
    let valid = (date("valid_from")?.unwrap_or(today), date("valid_to")?);
    if valid.1.is_some_and(|to| to < valid.0) {
        return Err(bad("valid_to", "it ends before it begins"));
    }
    let given = |parameter| query::value(pairs, &[parameter]).is_some_and(|value| value != "0");
    let (dry, leave_out) = (given("dry_run"), given("skip_wrong"));
    let body = Incoming::new(Source::Raw(request.into_body()), MOST_BYTES);
    let bytes = body.whole().await.map_err(Code::problem)?;
    let (file, mut report) = look(&state, doer.who, bytes, name.clone()).await?;
    if dry {
        return Ok(Json(report));
    }
    if !report.may_be_taken(leave_out) {
        let detail = match report.errors.first() {
            Some(first) => format!(
                "{} of {} rows cannot be used, the first: {first}",
                report.errors.len(),
                report.rows
            ),
            None => "no row of it can be used".to_owned(),
        };
        let report = serde_json::to_value(&report).unwrap_or_default();
        return Err(Code::Refused.problem().detail(detail).with("report", report));
    }
    let by = classifier(&doer);
    report.stated = Some(take(&state, file, name, valid, by).await.map_err(Code::problem)?);
    Ok(Json(report))
}

/// Reads a schedule file, and says what it changes.
pub(crate) async fn look(
    state: &Arc<State>,
    who: Who,
    bytes: Vec<u8>,
    name: String,
) -> Result<(ScheduleFile, ScheduleReport), Problem> {
    let holdings = Arc::clone(&state.holdings);
    let look = move || {
        let file = holdings.read_schedule(&bytes, &name);
        let file = file.map_err(|detail| Code::Refused.problem().detail(detail))?;
        let report = holdings.look_at_schedule(&file, &standings(who, Action::Find));
        let report = report.map_err(failed("compare schedules")).map_err(Code::problem)?;
        Ok((file, report))
    };
    blocking(look).await.map_err(Code::problem)?
}

/// States a schedule that was looked at.
pub(crate) async fn take(
    state: &Arc<State>,
    file: ScheduleFile,
    name: String,
    valid: Valid,
    by: Option<Actor>,
) -> Result<StatedSchedule, Code> {
    let holdings = Arc::clone(&state.holdings);
    let taken = move || holdings.take_schedule(&file.scheme, &name, valid, by.as_ref());
    blocking(taken).await?.map_err(failed("state a schedule"))
}

/// What falls due, as data.
#[derive(Debug, Serialize)]
pub(crate) struct DueListJson {
    list: &'static str,
    /// The month; empty for the other lists.
    month: String,
    counts: CountedJson,
    documents: Vec<DueItem>,
    /// Where the list goes on; null at its end.
    next: Option<String>,
    /// While a schedule is coming into force: so many documents are placed by it, of so many.
    placing: Option<[u64; 2]>,
}

#[derive(Debug, Serialize)]
struct DueItem {
    id: DocumentId,
    label: String,
    code: Option<String>,
    day: Option<Date>,
    step: Option<Step>,
    due: Option<Due>,
    held: bool,
}

/// Answers `GET /api/v1/schedule/due?month=2026-12`, or `?list=`; `?cursor=` continues an answer.
pub(crate) async fn due(
    extract::State(state): extract::State<Arc<State>>,
    asker: Asker,
    visit: Visit,
) -> Result<Json<DueListJson>, Problem> {
    asker.require(Action::Review)?;
    let today = state.holdings.archive().now().date();
    let wanted = Wanted::read(&visit.pairs, today).map_err(|bad| bad.problem())?;
    let after = query::value(&visit.pairs, &query::CURSOR).map(str::parse::<Place>).transpose();
    let after = after.map_err(|()| bad("cursor", "cursor takes the end of next in an answer"))?;
    let found = part(&state, asker.0, wanted, after).await.map_err(Code::problem)?;
    Ok(Json(due_list(wanted, found)))
}

fn due_list(wanted: Wanted, found: Part) -> DueListJson {
    let items = found.items.into_iter().map(|item| DueItem {
        id: item.document.id,
        label: names::label(Language::Indonesian, &item.document),
        code: item.document.description.classification.as_ref().map(|code| code.value.clone()),
        day: item.place.day,
        step: item.place.step,
        due: item.due,
        held: item.document.retention.hold.is_some(),
    });
    let asked = match wanted {
        Wanted::Month(..) => format!("month={}", wanted.month()),
        _ => format!("list={}", wanted.name()),
    };
    DueListJson {
        list: wanted.name(),
        month: wanted.month(),
        counts: found.counted.into(),
        documents: items.collect(),
        next: found.next.map(|next| format!("/api/v1/schedule/due?{asked}&cursor={next}")),
        placing: found.progress.map(|progress| [progress.placed, progress.of]),
    }
}

/// The retention of one document, as data.
#[derive(Debug, Serialize)]
pub(crate) struct RetentionJson {
    id: DocumentId,
    /// What it is classified as.
    code: Option<String>,
    /// The entry of the scheme in force with this code; null if there is none.
    entry: Option<Entry>,
    /// What was stated about its retention.
    stated: Retention,
    /// When what falls due; null without a rule.
    due: Option<Due>,
    suggestions: Vec<SuggestionJson>,
}

#[derive(Debug, Serialize)]
struct SuggestionJson {
    code: Classification,
    confidence: f32,
    /// `number`, `alike` or `words`.
    because: &'static str,
    words: Vec<String>,
}

impl From<Suggestion> for SuggestionJson {
    fn from(one: Suggestion) -> Self {
        let (because, words) = match one.why {
            Why::Number => ("number", Vec::new()),
            Why::Alike { .. } => ("alike", Vec::new()),
            Why::Words(words) => ("words", words),
        };
        Self { code: one.code, confidence: one.confidence, because, words }
    }
}

/// Answers `GET /api/v1/documents/{id}/retention`.
pub(crate) async fn of_document(
    extract::State(state): extract::State<Arc<State>>,
    asker: Asker,
    Segments(id): Segments<String>,
) -> Result<Json<RetentionJson>, Problem> {
    let who = asker.0;
    let found = document::find(&state, who, Action::Review, &id).await.map_err(Code::problem)?;
    let holdings = Arc::clone(&state.holdings);
    let json = move || -> Result<RetentionJson, simars_ingest::IngestError> {
        let archive = holdings.archive();
        let entry = archive.code_of(&found).and_then(|code| archive.scheme().get(&code).cloned());
        let suggested = holdings.suggest_codes(&found, &standings(who, Action::Find))?;
        Ok(RetentionJson {
            id: found.id,
            code: found.description.classification.as_ref().map(|code| code.value.clone()),
            entry,
            due: archive.due(&found),
            suggestions: suggested.into_iter().map(SuggestionJson::from).collect(),
            stated: found.retention,
        })
    };
    let json = blocking(json).await.map_err(Code::problem)?;
    json.map(Json).map_err(failed("tell a document's retention")).map_err(Code::problem)
}
