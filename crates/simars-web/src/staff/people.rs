//! `/petugas/orang`: who works here, and what each may do.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use simars_access::{AccessError, Action, Grant, LoginName, Person, Role, Roles};
use simars_record::{AccessClass, UnitChoice};

use super::account::Failed;
use super::fields::sentence;
use super::frame::Frame;
use super::{Fields, Staff};
use crate::public::error;
use crate::segments::Segments;
use crate::shell::Shell;
use crate::state::State;
use crate::{format, names};

#[derive(Template)]
#[template(path = "staff_people.html")]
struct PeoplePage {
    shell: Shell,
    frame: Frame,
    problem: String,
    /// The link for whoever was just invited: their name and the address.
    link: Option<(String, String)>,
    people: Vec<PersonLine>,
    roles: Vec<Choice>,
    classes: Vec<Choice>,
}

struct PersonLine {
    login: String,
    name: String,
    active: bool,
    /// The unit they work for; empty for all of them.
    unit: String,
    /// What there is to know: invited, second factor, added when.
    facts: Vec<String>,
    roles: Vec<Choice>,
    classes: Vec<Choice>,
}

struct Choice {
    value: &'static str,
    name: &'static str,
    chosen: bool,
}

/// The text that names a role.
pub(super) const fn role_key(role: Role) -> &'static str {
    match role {
        Role::Administrator => "role.administrator",
        Role::Archivist => "role.archivist",
        Role::Approver => "role.approver",
        Role::Officer => "role.officer",
        Role::Reader => "role.reader",
        Role::Verifier => "role.verifier",
    }
}

/// Answers `GET /petugas/orang`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::Administer) {
        return refused;
    }
    page(&state, &staff, StatusCode::OK, String::new(), None)
}

/// Answers `POST /petugas/orang`: somebody new.
pub(crate) async fn add(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
    fields: Fields,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::Administer) {
        return refused;
    }
    let now = state.holdings.archive().now();
    let added = fields.get("nama").parse::<LoginName>().map_err(|_| AccessError::BadName.into());
    let added = added.and_then(|login| {
        let rights = grant(&fields)?;
        state.people.change(|people| {
            let random = &mut |bytes: &mut [u8]| (state.random)(bytes);
            let name = fields.get("lengkap");
            let secret = people.add(login.clone(), name, rights, now, random)?;
            Ok::<_, Failed>((login.to_string(), secret))
        })
    });
    answer(&state, &staff, added.map(Some))
}

/// Answers `POST /petugas/orang/{login}`: what somebody may do, whether they may come in, or a new
/// link for them.
pub(crate) async fn change(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
    Segments(login): Segments<String>,
    fields: Fields,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::Administer) {
        return refused;
    }
    let now = state.holdings.archive().now();
    let changed = login.parse::<LoginName>().map_err(|_| AccessError::BadName.into());
    let changed = changed.and_then(|login| {
        state.people.change(|people| match fields.get("buat") {
            "undangan" => {
                let random = &mut |bytes: &mut [u8]| (state.random)(bytes);
                let secret = people.invite(&login, now, random)?;
                Ok::<_, Failed>(Some((login.to_string(), secret)))
            }
            _ => {
                let active = fields.get("aktif") == "1";
                people.change(&login, grant(&fields)?, active)?;
                Ok(None)
            }
        })
    });
    answer(&state, &staff, changed)
}

/// What the form says that somebody may do.
fn grant(fields: &Fields) -> Result<Grant, AccessError> {
    let roles = fields.all("peran").filter_map(|role| role.parse::<Role>().ok()).collect();
    let clearance = fields.get("kelas").parse().unwrap_or_default();
    let unit: UnitChoice = fields.get("unit").parse()?;
    Ok(Grant { roles, clearance, unit: unit.0 })
}

/// What became of a change: the page with the link for whoever was invited, or again.
fn answer(
    state: &State,
    staff: &Staff,
    changed: Result<Option<(String, simars_access::Secret)>, Failed>,
) -> Response {
    match changed {
        Ok(None) => Redirect::to("/petugas/orang").into_response(),
        Ok(Some((login, secret))) => {
            let origin = staff.visit.origin(&state.settings);
            let address = format!("{origin}/petugas/undangan/{}", secret.reveal());
            page(state, staff, StatusCode::OK, String::new(), Some((login, address)))
        }
        Err(Failed::Access(problem)) => {
            let problem = sentence(staff.visit.language, &problem);
            page(state, staff, StatusCode::UNPROCESSABLE_ENTITY, problem, None)
        }
        Err(Failed::Code(code)) => error::page(&staff.visit, &state.settings, code),
    }
}

fn page(
    state: &State,
    staff: &Staff,
    status: StatusCode,
    problem: String,
    link: Option<(String, String)>,
) -> Response {
    let people: Vec<Person> = state.people.look(|people| people.all().cloned().collect());
    let (shell, frame) = staff.frame(state, staff.visit.t("staff.people"), "staff.people");
    let page = PeoplePage {
        shell,
        frame,
        problem,
        link,
        people: people.iter().map(|person| line(state, staff, person)).collect(),
        roles: role_choices(staff, Roles::default()),
        classes: class_choices(staff, AccessClass::Open),
    };
    staff.answer(status, &page)
}

fn line(state: &State, staff: &Staff, person: &Person) -> PersonLine {
    let visit = &staff.visit;
    let now = state.holdings.archive().now();
    let mut facts = Vec::new();
    if let Some(until) = person.invited_until(now) {
        let until = format::time(visit.language, until);
        facts.push(crate::texts::fill(visit.language, "staff.invited", &[("until", &until)]));
    } else if !person.has_password() {
        facts.push(visit.t("staff.no_password").to_owned());
    }
    let second = person.second_factor().is_some();
    facts.push(
        visit.t(if second { "staff.with_second" } else { "staff.without_second" }).to_owned(),
    );
    if !person.passkeys.is_empty() {
        let n = person.passkeys.len().to_string();
        facts.push(crate::texts::fill(visit.language, "staff.with_passkeys", &[("n", &n)]));
    }
    PersonLine {
        login: person.login.to_string(),
        name: person.name.clone(),
        active: person.active,
        unit: person.unit.map_or_else(String::new, |unit| unit.to_string()),
        facts,
        roles: role_choices(staff, person.roles),
        classes: class_choices(staff, person.clearance),
    }
}

fn role_choices(staff: &Staff, chosen: Roles) -> Vec<Choice> {
    let choice = |role: Role| Choice {
        value: role.as_str(),
        name: staff.visit.t(role_key(role)),
        chosen: chosen.has(role),
    };
    Role::ALL.into_iter().map(choice).collect()
}

fn class_choices(staff: &Staff, chosen: AccessClass) -> Vec<Choice> {
    let choice = |class: AccessClass| Choice {
        value: class.as_str(),
        name: names::access(staff.visit.language, class),
        chosen: class == chosen,
    };
    AccessClass::ALL.into_iter().map(choice).collect()
}
