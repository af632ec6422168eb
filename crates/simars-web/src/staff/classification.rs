//! `/petugas/klasifikasi`: the classification scheme and retention schedule in force, its versions,
//! and a new one: sent as a file, looked at, and only then taken.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::Extension;
use axum::extract::{self, FromRequest, Multipart};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use simars_access::Action;
use simars_ingest::retention::{EntryChange, MOST_BYTES};
use simars_ingest::schedule::WrongRow;
use simars_ingest::{ScheduleFile, ScheduleReport};
use simars_record::schedule::{Entry, Scheme};
use simars_record::{Date, Digest, StatedSchedule};

use super::frame::Frame;
use super::retention::{fate, in_words};
use super::wrong_row::in_words_of;
use super::{Fields, Staff};
use crate::address::with_query;
use crate::api::schedule;
use crate::body::{IDLE, Incoming, Source, in_time};
use crate::language::Language;
use crate::problem::Code;
use crate::public::error;
use crate::shell::Shell;
use crate::state::State;
use crate::work::{blocking, failed};
use crate::{format, query, texts};

/// How many entries a page shows, and how many rows of a preview.
const LISTED: usize = 100;
/// How many files that were looked at wait to be taken; the oldest is forgotten.
const WAITING: usize = 4;

/// Files that were looked at and not taken yet; each is there for whoever sent it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pending(Arc<Mutex<VecDeque<Sent>>>);

#[derive(Debug)]
struct Sent {
    mark: String,
    login: String,
    name: String,
    file: ScheduleFile,
}

/// The place where files wait.
pub(crate) fn pending() -> Extension<Pending> {
    Extension(Pending::default())
}

impl Pending {
    fn keep(&self, sent: Sent) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|one| (&one.login, &one.mark) != (&sent.login, &sent.mark));
        waiting.push_back(sent);
        if waiting.len() > WAITING {
            waiting.pop_front();
        }
    }

    fn take(&self, login: &str, mark: &str) -> Option<Sent> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = waiting.iter().position(|one| one.login == login && one.mark == mark)?;
        waiting.remove(found)
    }
}

#[derive(Template)]
#[template(path = "staff_classification.html")]
struct ClassificationPage {
    shell: Shell,
    frame: Frame,
    problem: String,
    done: bool,
    may_import: bool,
    /// The version whose entries are shown.
    version: Option<VersionLine>,
    versions: Vec<VersionLine>,
    q: String,
    entries: Vec<EntryLine>,
    found: String,
    next: String,
}

struct VersionLine {
    number: String,
    facts: Vec<String>,
    href: String,
    in_force: bool,
    shown: bool,
    demonstration: bool,
}

struct EntryLine {
    code: String,
    title: String,
    active: String,
    inactive: String,
    fate: String,
    note: String,
    demonstration: bool,
    /// How deep it lies, at most 3.
    level: usize,
}

/// What is to be shown on the page.
#[derive(Default)]
struct Told {
    status: StatusCode,
    problem: String,
}

/// Answers `GET /petugas/klasifikasi`; `?q=` looks for entries, `?versi=` shows another version.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::Review) {
        return refused;
    }
    page(&state, &staff, Told::default()).await
}

async fn page(state: &Arc<State>, staff: &Staff, told: Told) -> Response {
    let holdings = Arc::clone(&state.holdings);
    let number = query::value(&staff.visit.pairs, &["versi"]).map(str::parse::<u32>);
    let read = move || -> Result<_, simars_ingest::retention::ArchiveError> {
        let archive = holdings.archive();
        let (versions, in_force) = (archive.schedules()?, archive.schedule_in_force()?);
        let in_force = in_force.map(|version| version.number);
        let number = number.and_then(Result::ok).or(in_force);
        let shown = versions.iter().find(|version| Some(version.number) == number).cloned();
        let scheme = shown.as_ref().map(|version| archive.scheme_of(&version.schedule.entries));
        Ok((versions, in_force, shown, scheme.transpose()?.unwrap_or_default()))
    };
    let read = blocking(read).await.and_then(|read| read.map_err(failed("read the schedule")));
    match read {
        Ok((versions, in_force, shown, scheme)) => {
            let status = told.status;
            let view = view(state, staff, told, (versions, in_force, shown, &scheme));
            staff.answer(status, &view)
        }
        Err(code) => error::page(&staff.visit, &state.settings, code),
    }
}

type Read<'a> = (Vec<StatedSchedule>, Option<u32>, Option<StatedSchedule>, &'a Scheme);

fn view(
    state: &State,
    staff: &Staff,
    told: Told,
    (versions, in_force, shown, scheme): Read<'_>,
) -> ClassificationPage {
    let (visit, language) = (&staff.visit, staff.visit.language);
    let q = query::value(&visit.pairs, &["q"]).unwrap_or_default().to_owned();
    let from = query::value(&visit.pairs, &query::CURSOR).and_then(|from| from.parse().ok());
    let from: usize = from.unwrap_or(0);
    let found: Vec<&Entry> = scheme.entries().filter(|entry| matches(entry, &q)).collect();
    let number = shown.as_ref().map(|version| version.number);
    let asked = shown.as_ref().filter(|_| number != in_force);
    let asked = asked.map(|version| version.number.to_string()).unwrap_or_default();
    let next = (from.saturating_add(LISTED) < found.len()).then(|| {
        let next = (from + LISTED).to_string();
        let pairs = [("q", q.as_str()), ("versi", asked.as_str()), ("lanjut", next.as_str())];
        with_query("/petugas/klasifikasi", pairs)
    });
    let entries = found.iter().skip(from).take(LISTED);
    let line = |version: &StatedSchedule| version_line(language, version, in_force, number);
    let (shell, frame) = staff.frame(state, visit.t("retention.scheme"), "retention.scheme");
    let n = format::number(language, found.len() as u64);
    ClassificationPage {
        shell,
        frame,
        problem: told.problem,
        done: query::value(&visit.pairs, &["diambil"]).is_some(),
        may_import: staff.may(Action::Classify),
        version: shown.as_ref().map(line),
        versions: versions.iter().rev().map(line).collect(),
        entries: entries.map(|entry| entry_line(language, entry)).collect(),
        found: texts::fill(language, "retention.entries", &[("n", &n)]),
        next: next.unwrap_or_default(),
        q,
    }
}

/// Whether all the words stand in an entry, or its code begins with what was typed.
fn matches(entry: &Entry, q: &str) -> bool {
    let q = q.to_lowercase();
    let (code, title) = (entry.code.as_str().to_lowercase(), entry.title.to_lowercase());
    let mut words = q.split_whitespace();
    code.starts_with(q.trim()) || words.all(|word| title.contains(word) || code.contains(word))
}

fn version_line(
    language: Language,
    version: &StatedSchedule,
    in_force: Option<u32>,
    shown: Option<u32>,
) -> VersionLine {
    let schedule = &version.schedule;
    let from = format::date(language, schedule.valid_from);
    let valid = match schedule.valid_to {
        None => texts::fill(language, "retention.valid_from", &[("from", &from)]),
        Some(to) => {
            let to = format::date(language, to);
            texts::fill(language, "retention.valid_between", &[("from", &from), ("to", &to)])
        }
    };
    let n = format::number(language, schedule.count);
    let by = version.by.as_deref();
    let by = by.unwrap_or_else(|| texts::text(language, "staff.by_nobody")).to_owned();
    let facts = vec![
        valid,
        texts::fill(language, "retention.entries", &[("n", &n)]),
        schedule.file_name.clone(),
        format!("{}, {by}", format::time(language, version.time)),
    ];
    VersionLine {
        number: version.number.to_string(),
        facts,
        href: format!("/petugas/klasifikasi?versi={}", version.number),
        in_force: in_force == Some(version.number),
        shown: shown == Some(version.number),
        demonstration: schedule.demonstration,
    }
}

fn entry_line(language: Language, entry: &Entry) -> EntryLine {
    let phase = |phase: &Option<simars_record::retention::Phase>| {
        phase.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string)
    };
    let rule = entry.rule.as_ref();
    EntryLine {
        code: entry.code.to_string(),
        title: entry.title.clone(),
        active: rule.map(|rule| phase(&rule.active)).unwrap_or_default(),
        inactive: rule.map(|rule| phase(&rule.inactive)).unwrap_or_default(),
        fate: rule.map(|rule| in_full(language, rule)).unwrap_or_default(),
        note: entry.note.clone().unwrap_or_default(),
        demonstration: entry.demonstration,
        level: entry.code.level().min(3),
    }
}

fn in_full(language: Language, rule: &simars_record::retention::Rule) -> String {
    let fate = fate(language, rule.fate);
    rule.exception.as_ref().map_or_else(|| fate.to_owned(), |more| format!("{fate}, {more}"))
}

#[derive(Template)]
#[template(path = "staff_classification_look.html")]
struct LookPage {
    shell: Shell,
    frame: Frame,
    name: String,
    mark: String,
    counts: Vec<String>,
    demonstration: bool,
    /// Line, column, and what is wrong.
    errors: Vec<(String, String, String)>,
    more_errors: String,
    notes: Vec<String>,
    changes: Vec<ChangeLine>,
    more_changes: String,
    may_take: bool,
    /// Whether some rows would be left out.
    leave_out: bool,
    today: String,
}

struct ChangeLine {
    code: String,
    key: &'static str,
    before: String,
    after: String,
    documents: String,
}

/// Answers `POST /petugas/klasifikasi/periksa`: a form with the file. Nothing is taken yet.
pub(crate) async fn look(
    extract::State(state): extract::State<Arc<State>>,
    Extension(pending): Extension<Pending>,
    staff: Staff,
    request: extract::Request,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::Classify) {
        return refused;
    }
    let form = Multipart::from_request(request, &state).await.map_err(|_| Code::UnreadableBody);
    let sent = match form {
        Ok(form) => file(form).await,
        Err(code) => Err(code),
    };
    let (name, bytes) = match sent {
        Ok(sent) => sent,
        Err(code @ (Code::TooLarge | Code::UnreadableBody)) => {
            let problem = staff.visit.t("retention.problem_file").to_owned();
            return page(&state, &staff, Told { status: code.status(), problem }).await;
        }
        Err(code) => return error::page(&staff.visit, &state.settings, code),
    };
    match schedule::look(&state, staff.who(), bytes, name.clone()).await {
        Ok((file, report)) => {
            let lines = file.scheme.to_lines().unwrap_or_default();
            let mark = Digest::of(lines.as_bytes()).to_string();
            let login = staff.login.to_string();
            let view = preview(&state, &staff, (&name, &file), mark.clone(), &report);
            pending.keep(Sent { mark, login, name, file });
            staff.answer(StatusCode::OK, &view)
        }
        Err(problem) if problem.code == Code::Refused => {
            let detail = problem.told().to_owned();
            let language = staff.visit.language;
            let problem = texts::fill(language, "retention.no_table", &[("detail", &detail)]);
            page(&state, &staff, Told { status: StatusCode::UNPROCESSABLE_ENTITY, problem }).await
        }
        Err(problem) => error::page(&staff.visit, &state.settings, problem.code),
    }
}

/// The file in a form, with its name.
async fn file(mut form: Multipart) -> Result<(String, Vec<u8>), Code> {
    loop {
        let part = async { form.next_field().await.map_err(|_| Code::UnreadableBody) };
        let Some(part) = in_time(IDLE, part).await? else { return Err(Code::UnreadableBody) };
        let name = part.file_name().map(str::to_owned).filter(|name| !name.is_empty());
        if let (Some("berkas"), Some(name)) = (part.name(), name) {
            let incoming = Incoming::new(Source::Part(Box::new(part)), MOST_BYTES);
            let name = name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(200);
            return Ok((name.collect(), incoming.whole().await?));
        }
    }
}

fn preview(
    state: &State,
    staff: &Staff,
    (name, file): (&str, &ScheduleFile),
    mark: String,
    report: &ScheduleReport,
) -> LookPage {
    let (visit, language) = (&staff.visit, staff.visit.language);
    let count = |key: &str, n: usize| {
        let n = format::number(language, n as u64);
        texts::fill(language, key, &[("n", &n)])
    };
    let more = |all: usize| match all.checked_sub(LISTED) {
        Some(rest) if rest > 0 => count("retention.and_more", rest),
        _ => String::new(),
    };
    let row = |row: &WrongRow| {
        (row.line.to_string(), row.column.to_owned(), in_words_of(language, &row.wrong))
    };
    let note = |row: &WrongRow| {
        let (line, text) = (row.line.to_string(), in_words_of(language, &row.wrong));
        texts::fill(language, "retention.note", &[("line", &line), ("text", &text)])
    };
    let counts = vec![
        count("retention.rows_good", report.entries),
        count("retention.rows_wrong", report.errors.len()),
        count("retention.added", report.added),
        count("retention.changed", report.changed),
        count("retention.gone", report.gone),
        count("retention.same", report.same),
    ];
    let (shell, frame) = staff.frame(state, visit.t("retention.look"), "retention.scheme");
    LookPage {
        shell,
        frame,
        name: name.to_owned(),
        mark,
        counts,
        demonstration: report.demonstration,
        errors: file.errors.iter().take(LISTED).map(row).collect(),
        more_errors: more(report.errors.len()),
        notes: file.notes.iter().take(LISTED).map(note).collect(),
        changes: report.changes.iter().take(LISTED).map(|one| change(language, one)).collect(),
        more_changes: more(report.changes.len()),
        may_take: report.may_be_taken(true),
        leave_out: !report.errors.is_empty(),
        today: state.holdings.archive().now().date().to_string(),
    }
}

fn change(language: Language, change: &EntryChange) -> ChangeLine {
    let words = |entry: &Option<Entry>| {
        entry.as_ref().map_or_else(String::new, |entry| match &entry.rule {
            None => entry.title.clone(),
            Some(rule) => {
                let more = rule.exception.as_ref().map(|more| format!(", {more}"));
                let more = more.unwrap_or_default();
                format!("{}: {}{more}", entry.title, in_words(language, rule))
            }
        })
    };
    let key = match (&change.before, &change.after) {
        (Some(_), Some(_)) => "retention.is_changed",
        (Some(_), None) => "retention.is_gone",
        (None, _) => "retention.is_added",
    };
    let documents = match (change.documents, change.more) {
        (0, _) => "–".to_owned(),
        (n, false) => format::number(language, n),
        (n, true) => format!("> {}", format::number(language, n)),
    };
    let (before, after) = (words(&change.before), words(&change.after));
    ChangeLine { code: change.code.to_string(), key, before, after, documents }
}

/// Answers `POST /petugas/klasifikasi`: what was looked at is taken.
pub(crate) async fn take(
    extract::State(state): extract::State<Arc<State>>,
    Extension(pending): Extension<Pending>,
    staff: Staff,
    fields: Fields,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::Classify) {
        return refused;
    }
    let told = |status, key| Told { status, problem: staff.visit.t(key).to_owned() };
    let date = |name| {
        let given = Some(fields.get(name)).filter(|given| !given.is_empty());
        given.map(str::parse::<Date>).transpose()
    };
    let valid = match (date("sejak"), date("sampai")) {
        (Ok(Some(from)), Ok(to)) if to.is_none_or(|to| from <= to) => (from, to),
        _ => {
            let told = told(StatusCode::UNPROCESSABLE_ENTITY, "retention.problem_valid");
            return page(&state, &staff, told).await;
        }
    };
    let Some(sent) = pending.take(staff.login.as_str(), fields.get("sidik")) else {
        return page(&state, &staff, told(StatusCode::CONFLICT, "retention.problem_again")).await;
    };
    if sent.file.scheme.is_empty() || !sent.file.errors.is_empty() && fields.get("lewati") != "1" {
        let told = told(StatusCode::UNPROCESSABLE_ENTITY, "retention.problem_rows");
        return page(&state, &staff, told).await;
    }
    let by = schedule::classifier(&staff.doer());
    match schedule::take(&state, sent.file, sent.name, valid, by).await {
        Ok(_) => Redirect::to("/petugas/klasifikasi?diambil=1").into_response(),
        Err(code) => error::page(&staff.visit, &state.settings, code),
    }
}
