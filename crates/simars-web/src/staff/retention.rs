//! What a document's page says of its code and its retention, and
//! `POST /petugas/dokumen/{id}/retensi`, where whoever may states them.

use std::sync::Arc;

use axum::extract;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use simars_access::{Action, may};
use simars_describe::classify::{Suggestion, Why};
use simars_ingest::retention::{LONGEST_REASON, holding};
use simars_ingest::{Change, IngestError};
use simars_record::retention::{Basis, Fate, PhaseName, Rule, Wait};
use simars_record::schedule::{Entry, Scheme};
use simars_record::{Date, Document};

use super::document::{Returned, show};
use super::{Fields, Staff};
use crate::api::acts::act;
use crate::auth::standing;
use crate::document::find;
use crate::language::Language;
use crate::problem::Code;
use crate::public::error;
use crate::retention::standings;
use crate::segments::Segments;
use crate::shell::Visit;
use crate::state::State;
use crate::work::{blocking, failed};
use crate::{format, texts};

/// The code and the retention of a document.
pub(super) struct RetentionView {
    /// What it is classified as; empty if it has no code.
    pub(super) code: String,
    /// What the entry says; empty if the scheme in force does not have the code.
    pub(super) title: String,
    pub(super) demonstration: bool,
    /// Whether there is a scheme at all.
    pub(super) scheme: bool,
    /// The rule, in words; empty if there is none.
    pub(super) rule: String,
    /// What only a person can judge.
    pub(super) exception: String,
    /// How the days came about, a sentence each.
    pub(super) steps: Vec<String>,
    /// The days that somebody can state: a name, a label, the value.
    pub(super) events: Vec<EventField>,
    /// Why it is held; empty if it is not.
    pub(super) hold: String,
    pub(super) hold_since: String,
    pub(super) suggestions: Vec<SuggestionLine>,
    /// Whether this person may state any of it.
    pub(super) may: bool,
    pub(super) longest_reason: usize,
}

pub(super) struct EventField {
    pub(super) phase: &'static str,
    pub(super) label: String,
    pub(super) value: String,
}

pub(super) struct SuggestionLine {
    pub(super) code: String,
    pub(super) title: String,
    pub(super) why: String,
}

impl RetentionView {
    /// Nothing for whom the review of the document does not concern.
    pub(super) async fn of(
        state: &Arc<State>,
        staff: &Staff,
        document: &Document,
    ) -> Result<Option<Self>, Code> {
        let who = staff.who();
        if !may(who, Action::Review, standing(document)) {
            return Ok(None);
        }
        let holdings = Arc::clone(&state.holdings);
        let known = document.clone();
        let read = move || -> Result<_, IngestError> {
            let suggested = holdings.suggest_codes(&known, &standings(who, Action::Find))?;
            let archive = holdings.archive();
            Ok((archive.scheme(), archive.code_of(&known), archive.due(&known), suggested))
        };
        let read = blocking(read).await?.map_err(failed("tell a document's retention"))?;
        let (scheme, code, due, suggested) = read;
        let visit = &staff.visit;
        let entry = code.as_ref().and_then(|code| scheme.get(code));
        let rule = entry.and_then(|entry| entry.rule.as_ref());
        let hold = document.retention.hold.as_ref();
        let steps = match (rule, due) {
            (Some(rule), Some(due)) => steps(visit, rule, &due, hold.is_some()),
            _ => Vec::new(),
        };
        let code = document.description.classification.as_ref().map(|code| code.value.clone());
        let code = code.unwrap_or_default();
        // Whoever has given it a code that there is needs no other.
        let wanted = entry.is_none();
        let others = suggested.into_iter().filter(|one| wanted && one.code.as_str() != code);
        Ok(Some(Self {
            title: entry.map(|entry| entry.title.clone()).unwrap_or_default(),
            demonstration: entry.is_some_and(|entry| entry.demonstration),
            scheme: !scheme.is_empty(),
            rule: rule.map(|rule| in_words(visit.language, rule)).unwrap_or_default(),
            exception: rule.and_then(|rule| rule.exception.clone()).unwrap_or_default(),
            steps,
            events: events(visit, document, rule),
            hold: hold.map(|hold| hold.reason.clone()).unwrap_or_default(),
            hold_since: hold.map(|hold| since(visit, hold)).unwrap_or_default(),
            suggestions: others.map(|one| suggestion(visit, &scheme, one)).collect(),
            may: may(who, Action::Classify, standing(document)),
            longest_reason: LONGEST_REASON,
            code,
        }))
    }
}

fn since(visit: &Visit, hold: &simars_record::retention::Hold) -> String {
    let time = format::time(visit.language, hold.since);
    let by = hold.by.as_deref().unwrap_or_else(|| visit.t("staff.by_nobody"));
    texts::fill(visit.language, "retention.held_since", &[("time", &time), ("by", by)])
}

/// The days that can be stated for a document: those that its rule knows, and whatever was stated
/// already.
fn events(visit: &Visit, document: &Document, rule: Option<&Rule>) -> Vec<EventField> {
    let stated = &document.retention;
    let written = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let label = |event: Option<&String>| match event {
        Some(event) => texts::fill(visit.language, "retention.event", &[("event", event)]),
        None => visit.t("retention.closed").to_owned(),
    };
    let mut fields = Vec::new();
    if rule.is_some() || stated.event.is_some() {
        let event = rule.and_then(|rule| rule.active.as_ref()?.after.as_ref());
        fields.push(EventField {
            phase: "active",
            label: label(event),
            value: written(stated.event),
        });
    }
    let event = rule.and_then(|rule| rule.inactive.as_ref()?.after.as_ref());
    if event.is_some() || stated.inactive_event.is_some() {
        let value = written(stated.inactive_event);
        fields.push(EventField { phase: "inactive", label: label(event), value });
    }
    fields
}

/// A rule in a line: `aktif 2 Tahun, inaktif 3 Tahun, musnah`.
pub(super) fn in_words(language: Language, rule: &Rule) -> String {
    let phase = |phase: &Option<simars_record::retention::Phase>| {
        phase.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string)
    };
    let fate = fate(language, rule.fate);
    let (active, inactive) = (phase(&rule.active), phase(&rule.inactive));
    let values = [("active", active.as_str()), ("inactive", &inactive), ("fate", fate)];
    texts::fill(language, "retention.rule", &values)
}

pub(super) fn fate(language: Language, fate: Fate) -> &'static str {
    let key = match fate {
        Fate::Destroyed => "retention.fate_musnah",
        Fate::Permanent => "retention.fate_permanen",
        Fate::Appraised => "retention.fate_dinilai-kembali",
    };
    texts::text(language, key)
}

/// How the days of a document came about, a sentence each.
fn steps(
    visit: &Visit,
    rule: &Rule,
    due: &simars_record::retention::Due,
    held: bool,
) -> Vec<String> {
    let language = visit.language;
    let mut told = Vec::new();
    let mut tell = |key: &str, day: Date| {
        told.push(texts::fill(language, key, &[("day", &format::date(language, day))]));
    };
    if let (Some(from), Some(basis)) = (due.from, due.basis) {
        let key = match basis {
            Basis::Stated => "retention.from_stated",
            Basis::Document => "retention.from_document",
        };
        tell(key, from);
    }
    if let Some(day) = due.inactive {
        tell("retention.until_inactive", day);
    }
    if let Some(day) = due.over {
        let key = match rule.fate {
            Fate::Destroyed => "retention.then_musnah",
            Fate::Permanent => "retention.then_permanen",
            Fate::Appraised => "retention.then_dinilai-kembali",
        };
        tell(key, day);
    }
    match &due.waits {
        Some(Wait::Event(event)) => {
            told.push(texts::fill(language, "retention.waits_event", &[("event", event)]));
        }
        Some(Wait::Close) => told.push(visit.t("retention.waits_close").to_owned()),
        None => {}
    }
    if held {
        told.push(visit.t("retention.held_all").to_owned());
    }
    told
}

fn suggestion(visit: &Visit, scheme: &Scheme, one: Suggestion) -> SuggestionLine {
    let language = visit.language;
    let why = match one.why {
        Why::Number => visit.t("retention.by_number").to_owned(),
        Why::Alike { same, of } => {
            let (same, of) = (same.to_string(), of.to_string());
            texts::fill(language, "retention.by_alike", &[("same", &same), ("of", &of)])
        }
        Why::Words(words) => {
            texts::fill(language, "retention.by_words", &[("words", &words.join(", "))])
        }
    };
    let sure = ((one.confidence * 100.0).round() as u32).to_string();
    let title = scheme.get(&one.code).map(|entry: &Entry| entry.title.clone());
    SuggestionLine {
        code: one.code.to_string(),
        title: title.unwrap_or_default(),
        why: texts::fill(language, "retention.sure", &[("sure", &sure), ("why", &why)]),
    }
}

/// Answers it: `lalu` says what is stated: `klasifikasi`, `peristiwa`, `tahan` or `lepas`.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
    Segments(id): Segments<String>,
    fields: Fields,
) -> Response {
    let done = change(&state, &staff, &id, &fields).await;
    done.unwrap_or_else(|code| error::page(&staff.visit, &state.settings, code))
}

async fn change(
    state: &Arc<State>,
    staff: &Staff,
    id: &str,
    fields: &Fields,
) -> Result<Response, Code> {
    let found = find(state, staff.who(), Action::Find, id).await?;
    staff.doer().act(state, Action::Classify, &found)?;
    let visit = &staff.visit;
    let change = match fields.get("lalu") {
        "klasifikasi" => {
            let classified = state.holdings.classifying_as(fields.get("kode"));
            classified.map_err(|_| "retention.problem_code")
        }
        "peristiwa" => {
            let phase = match fields.get("tahap") {
                "inactive" => PhaseName::Inactive,
                _ => PhaseName::Active,
            };
            let day = Some(fields.get("tanggal")).filter(|day| !day.is_empty());
            let day = day.map(str::parse::<Date>).transpose();
            day.map(|day| Change::Event(phase, day)).map_err(|_| "retention.problem_date")
        }
        "tahan" => holding(fields.get("alasan")).map_err(|_| "retention.problem_reason"),
        "lepas" => Ok(Change::Release),
        _ => return Err(Code::BadParameter),
    };
    match change {
        Ok(change) => {
            act(state, &staff.doer(), found, change).await?;
            Ok(Redirect::to(&format!("/petugas/dokumen/{id}#retensi")).into_response())
        }
        Err(problem) => {
            let problem = visit.t(problem).to_owned();
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            show(state, staff, id, Returned { status, problem, ..Returned::default() }).await
        }
    }
}
