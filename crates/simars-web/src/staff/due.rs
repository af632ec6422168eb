//! `GET /petugas/jatuh-tempo`: what falls due in a month, and what waits for somebody. Nothing
//! becomes of a document here: the page tells what is due, and no more.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::Response;
use simars_access::Action;
use simars_ingest::retention::{Counted, Place, Progress};
use simars_record::retention::{Basis, Step};

use super::Staff;
use super::desk::Line;
use super::frame::Frame;
use crate::address::with_query;
use crate::language::Language;
use crate::public::error;
use crate::retention::{Item, Part, Summary, Wanted, part};
use crate::shell::Shell;
use crate::state::State;
use crate::{format, names, query, texts};

#[derive(Template)]
#[template(path = "staff_due.html")]
struct DuePage {
    shell: Shell,
    frame: Frame,
    /// The heading: the list, with its month.
    heading: String,
    /// The month of the form.
    month: String,
    /// Whether what is shown is of a month, and so another can be chosen.
    of_month: bool,
    counts: Vec<String>,
    lists: Vec<Choice>,
    demonstration: bool,
    progress: String,
    documents: Vec<Line>,
    /// Where the list goes on; empty at its end.
    next: String,
}

/// Another list to look at.
struct Choice {
    href: String,
    key: &'static str,
    current: bool,
}

/// Answers it; `?bulan=2026-12` chooses the month, `?daftar=` another list.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::Review) {
        return refused;
    }
    let pairs = &staff.visit.pairs;
    let today = state.holdings.archive().now().date();
    let wanted = match Wanted::read(pairs, today) {
        Ok(wanted) => wanted,
        Err(bad) => return error::page(&staff.visit, &state.settings, bad.problem().code),
    };
    let after = query::value(pairs, &query::CURSOR).and_then(|after| after.parse::<Place>().ok());
    match part(&state, staff.who(), wanted, after).await {
        Ok(found) => staff.answer(StatusCode::OK, &view(&state, &staff, wanted, &found)),
        Err(code) => error::page(&staff.visit, &state.settings, code),
    }
}

fn view(state: &State, staff: &Staff, wanted: Wanted, found: &Part) -> DuePage {
    let (visit, language) = (&staff.visit, staff.visit.language);
    let today = state.holdings.archive().now().date();
    let heading = match wanted {
        Wanted::Month(year, month) => {
            let month = format::month(language, year, month);
            texts::fill(language, "retention.due_in", &[("month", &month)])
        }
        _ => visit.t(wanted.key()).to_owned(),
    };
    let month = match wanted {
        Wanted::Month(..) => wanted.month(),
        _ => Wanted::Month(today.year(), today.month()).month(),
    };
    let this = Choice {
        href: "/petugas/jatuh-tempo".to_owned(),
        key: "retention.due",
        current: matches!(wanted, Wanted::Month(..)),
    };
    let others = Wanted::OTHERS.map(|list| Choice {
        href: format!("/petugas/jatuh-tempo?daftar={}", list.term()),
        key: list.key(),
        current: list == wanted,
    });
    let next = found.next.map(|next| {
        let (name, value) = match wanted {
            Wanted::Month(..) => ("bulan", wanted.month()),
            _ => ("daftar", wanted.term().to_owned()),
        };
        let next = next.to_string();
        with_query("/petugas/jatuh-tempo", [(name, value.as_str()), ("lanjut", &next)])
    });
    let (shell, frame) = staff.frame(state, &heading, "retention.due_menu");
    DuePage {
        shell,
        frame,
        heading,
        month,
        of_month: matches!(wanted, Wanted::Month(..)),
        counts: counts(language, &found.counted),
        lists: std::iter::once(this).chain(others).collect(),
        demonstration: state.holdings.archive().scheme().is_demonstration(),
        progress: progress(language, found.progress),
        documents: found.items.iter().map(|item| line(staff, item)).collect(),
        next: next.unwrap_or_default(),
    }
}

/// The text that names a step.
const fn step_key(step: Step) -> &'static str {
    match step {
        Step::Move => "retention.step_pindah",
        Step::Destroy => "retention.step_musnah",
        Step::HandOver => "retention.step_serah",
        Step::Appraise => "retention.step_nilai",
    }
}

/// How many documents, in all and by what is to be done.
fn counts(language: Language, counted: &Counted) -> Vec<String> {
    let all = total(language, counted);
    let steps = Step::ALL.into_iter().filter(|step| counted.of(*step) > 0).map(|step| {
        let n = format::number(language, counted.of(step));
        format!("{}: {n}", texts::text(language, step_key(step)))
    });
    std::iter::once(all).chain(steps).collect()
}

/// `12 dokumen`, or `lebih dari 1.000 dokumen`.
pub(super) fn total(language: Language, counted: &Counted) -> String {
    let documents = texts::count(language, "documents", counted.total());
    match counted.more {
        true => texts::fill(language, "retention.more_than", &[("documents", &documents)]),
        false => documents,
    }
}

/// While a schedule is coming into force.
fn progress(language: Language, progress: Option<Progress>) -> String {
    progress.map_or_else(String::new, |Progress { placed, of }| {
        let (placed, of) = (format::number(language, placed), format::number(language, of));
        texts::fill(language, "retention.placing", &[("placed", &placed), ("of", &of)])
    })
}

fn line(staff: &Staff, item: &Item) -> Line {
    let language = staff.visit.language;
    let Item { place, document, due } = item;
    let mut facts = Vec::new();
    if let Some(day) = place.day {
        facts.push(format::date(language, day));
    }
    if let Some(step) = place.step {
        facts.push(texts::text(language, step_key(step)).to_owned());
    }
    if let Some(code) = &document.description.classification {
        facts.push(code.value.clone());
    }
    if let Some(due) = due {
        if due.basis == Some(Basis::Document) && place.day.is_some() {
            facts.push(staff.visit.t("retention.provisional").to_owned());
        }
        if let (Some(simars_record::retention::Wait::Event(event)), None) = (&due.waits, place.day)
        {
            facts.push(texts::fill(
                language,
                "retention.waits_event",
                &[("event", event.as_str())],
            ));
        }
    }
    if let Some(hold) = &document.retention.hold {
        facts.push(texts::fill(language, "retention.held_for", &[("reason", &hold.reason)]));
    }
    Line { id: document.id.to_string(), title: names::shown_label(language, document), facts }
}

/// What the first page of the desk shows.
pub(super) struct DueBox {
    pub(super) heading: String,
    pub(super) counts: Vec<String>,
    pub(super) lists: Vec<(String, String)>,
    pub(super) demonstration: bool,
    pub(super) progress: String,
}

impl DueBox {
    pub(super) fn of(language: Language, summary: &Summary) -> Self {
        let month = format::month(language, summary.month.0, summary.month.1);
        let others = Wanted::OTHERS.into_iter().zip(&summary.others);
        let others = others.filter(|(_, counted)| counted.total() > 0).map(|(list, counted)| {
            let href = format!("/petugas/jatuh-tempo?daftar={}", list.term());
            let text = texts::text(language, list.key());
            (href, format!("{text}: {}", total(language, counted)))
        });
        Self {
            heading: texts::fill(language, "retention.due_in", &[("month", &month)]),
            counts: counts(language, &summary.due),
            lists: others.collect(),
            demonstration: summary.demonstration,
            progress: progress(language, summary.progress),
        }
    }
}
