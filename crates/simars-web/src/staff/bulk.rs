//! `POST /petugas/tinjau`: the same for many documents at once: a field that all of them get, or
//! publication. Each is an act of its own, decided and stated by itself.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::Response;
use simars_access::Action;
use simars_ingest::{Change, Stated};
use simars_record::Description;

use super::frame::Frame;
use super::{Fields, Staff};
use crate::api::acts::act;
use crate::document::find;
use crate::names;
use crate::problem::Code;
use crate::public::error;
use crate::shell::Shell;
use crate::state::State;

/// The fields that many documents can be given at once.
pub(super) const FIELDS: [&str; 6] =
    ["kind", "issuer", "place", "subject", "collection", "classification"];
/// Documents that are changed by one form at most.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "staff_bulk.html")]
struct BulkPage {
    shell: Shell,
    frame: Frame,
    problem: String,
    outcomes: Vec<Outcome>,
}

/// What became of one document.
struct Outcome {
    href: String,
    title: String,
    text: &'static str,
    good: bool,
}

/// What is to be done with each.
struct Wanted {
    described: Option<Description>,
    publish: bool,
}

/// Answers it: `pilih` names the documents, `lalu` says what is to be done (`terapkan`, `terbit`).
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
    fields: Fields,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::Review) {
        return refused;
    }
    let chosen: Vec<&str> = fields.all("pilih").take(MOST).collect();
    let wanted = match wanted(&fields) {
        Ok(wanted) if !chosen.is_empty() => wanted,
        Ok(_) => {
            return tell(&state, &staff, staff.visit.t("staff.none_chosen").to_owned(), vec![]);
        }
        Err(problem) => {
            let problem = problem.unwrap_or_else(|| staff.visit.t("staff.no_field").to_owned());
            return tell(&state, &staff, problem, vec![]);
        }
    };
    let mut outcomes = Vec::with_capacity(chosen.len());
    for id in chosen {
        match one(&state, &staff, id, &wanted).await {
            Ok(outcome) => outcomes.push(outcome),
            Err(code) => return error::page(&staff.visit, &state.settings, code),
        }
    }
    tell(&state, &staff, String::new(), outcomes)
}

fn tell(state: &State, staff: &Staff, problem: String, outcomes: Vec<Outcome>) -> Response {
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (shell, frame) = staff.frame(state, staff.visit.t("staff.outcome"), "staff.review");
    staff.answer(status, &BulkPage { shell, frame, problem, outcomes })
}

/// What the form wants; or what is wrong with it, if there is more to say than that it is empty.
fn wanted(fields: &Fields) -> Result<Wanted, Option<String>> {
    let mut stated = Stated::default();
    for name in FIELDS {
        stated.set(name, fields.get(name)).map_err(Some)?;
    }
    let described = Some(stated.description).filter(|stated| *stated != Description::default());
    let publish = fields.get("lalu") == "terbit";
    if described.is_none() && !publish {
        return Err(None);
    }
    Ok(Wanted { described, publish })
}

async fn one(
    state: &Arc<State>,
    staff: &Staff,
    id: &str,
    wanted: &Wanted,
) -> Result<Outcome, Code> {
    let visit = &staff.visit;
    let outcome = |title: String, key: &'static str, good| Outcome {
        href: if title.is_empty() { String::new() } else { format!("/petugas/dokumen/{id}") },
        title,
        text: visit.t(key),
        good,
    };
    let found = match find(state, staff.who(), Action::Find, id).await {
        Ok(found) => found,
        Err(Code::DocumentNotFound) => return Ok(outcome(String::new(), "staff.gone", false)),
        Err(code) => return Err(code),
    };
    let title = names::shown_title(visit.language, &found);
    let correct = wanted.described.clone().map(|stated| Change::Correct(Box::new(stated)));
    let mut changed = false;
    for change in correct.into_iter().chain(wanted.publish.then_some(Change::Publish)) {
        match act(state, &staff.doer(), found.clone(), change).await {
            Ok(acted) => changed |= acted.changed,
            Err(Code::Forbidden) => return Ok(outcome(title, "staff.may_not", false)),
            Err(Code::SecondPerson) => return Ok(outcome(title, "staff.second_person", false)),
            Err(code) => return Err(code),
        }
    }
    let key = match (changed, wanted.publish) {
        (true, true) => "staff.was_published",
        (true, false) => "staff.was_changed",
        (false, _) => "staff.was_so",
    };
    Ok(outcome(title, key, true))
}
