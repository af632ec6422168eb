//! `/petugas/akun`: one's own password, second factor, passkeys, sessions and keys.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, extract};
use simars_access::people::check_password;
use simars_access::second::Enrolment;
use simars_access::{AccessError, KeepError, Roles, password};

use super::door::Hashing;
use super::fields::sentence;
use super::frame::{Frame, Picture, qr_picture};
use super::passkey::{self, PasskeyLine};
use super::{Fields, Staff};
use crate::problem::Code;
use crate::public::error;
use crate::shell::Shell;
use crate::state::State;
use crate::work::{blocking, failed};
use crate::{format, names};

/// How long a key lasts, in days, if nothing else was asked for; and at most.
const KEY_DAYS: (u32, u32) = (90, 366);

/// Why a change was not made.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The person is told.
    Access(AccessError),
    /// It is not their fault.
    Code(Code),
}

impl From<AccessError> for Failed {
    fn from(error: AccessError) -> Self {
        Self::Access(error)
    }
}

impl From<KeepError> for Failed {
    fn from(error: KeepError) -> Self {
        Self::Code(failed("keep who works here")(error))
    }
}

impl From<Code> for Failed {
    fn from(code: Code) -> Self {
        Self::Code(code)
    }
}

#[derive(Template)]
#[template(path = "staff_account.html")]
struct AccountPage {
    shell: Shell,
    frame: Frame,
    login: String,
    roles: Vec<&'static str>,
    clearance: String,
    problem: String,
    /// Shown once: a new key, or the codes for the day on which the telephone is lost.
    shown: Vec<String>,
    shown_key: &'static str,
    /// A second factor to be set up: the secret and its picture.
    enrolment: Option<(String, Picture)>,
    /// How many recovery codes are left, if there is a second factor.
    second: Option<usize>,
    passkeys: Vec<PasskeyLine>,
    /// Whether passkeys can be used under the address by which people know this server.
    passkeys_count: bool,
    sessions: Vec<SessionLine>,
    keys: Vec<KeyLine>,
    own_roles: Vec<(&'static str, &'static str)>,
}

struct SessionLine {
    short: String,
    browser: String,
    address: String,
    last: String,
    current: bool,
}

struct KeyLine {
    short: String,
    label: String,
    roles: String,
    until: String,
}

/// What is shown beside what always is.
#[derive(Default)]
struct Beside {
    problem: String,
    shown: Vec<String>,
    shown_key: &'static str,
    enrolment: Option<Enrolment>,
}

/// Answers `GET /petugas/akun`; `?faktor=baru` begins to set up a second factor.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
) -> Response {
    let wanted = crate::query::value(&staff.visit.pairs, &["faktor"]) == Some("baru");
    let enrolment = wanted.then(|| Enrolment::new(&mut |bytes| (state.random)(bytes)));
    page(&state, &staff, StatusCode::OK, Beside { enrolment, ..Beside::default() })
}

/// Answers `POST /petugas/akun/sandi`: another password.
pub(crate) async fn password(
    extract::State(state): extract::State<Arc<State>>,
    Extension(Hashing(hashing)): Extension<Hashing>,
    staff: Staff,
    fields: Fields,
) -> Response {
    let Ok(_place) = hashing.take().await else {
        return error::page(&staff.visit, &state.settings, Code::Busy);
    };
    let changed = change_password(&state, &staff, &fields).await;
    after(&state, &staff, changed)
}

async fn change_password(state: &Arc<State>, staff: &Staff, fields: &Fields) -> Result<(), Failed> {
    let (old, new) = (fields.raw("lama").to_owned(), fields.raw("sandi").to_owned());
    if new != fields.raw("lagi") {
        return Err(AccessError::Different.into());
    }
    check_password(&new, &staff.login)?;
    let (state, login, session) = (Arc::clone(state), staff.login.clone(), staff.session);
    let changed = blocking(move || {
        let now = state.holdings.archive().now();
        let kept = state.people.look(|people| people.password_of(&login, now));
        let right = password::is_right(&old, kept.map_err(AccessError::Wait)?.as_deref());
        // Whoever came by an open session may not try passwords here without end.
        state
            .people
            .change(|people| Ok::<_, Failed>(people.confirm_password(&login, right, now)?))?;
        let hash = password::hash(&new, &mut |bytes| (state.random)(bytes));
        state.people.change(|people| Ok(people.set_password(&login, hash, session)?))
    });
    changed.await?
}

/// Answers `POST /petugas/akun/faktor`: sets up a second factor, or takes it away.
pub(crate) async fn second(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
    fields: Fields,
) -> Response {
    let now = state.holdings.archive().now();
    let number = fields.get("kode");
    if fields.get("hapus") == "1" {
        let removed = state
            .people
            .change(|people| Ok::<_, Failed>(people.remove_second(&staff.login, number, now)?));
        return after(&state, &staff, removed);
    }
    let enrolment = Enrolment { secret: fields.get("rahasia").to_owned() };
    let again = enrolment.clone();
    let set = state.people.change(|people| {
        let random = &mut |bytes: &mut [u8]| (state.random)(bytes);
        Ok::<_, Failed>(people.set_second(&staff.login, enrolment, number, now, random)?)
    });
    match set {
        Ok(shown) => {
            let beside = Beside { shown, shown_key: "staff.recovery_codes", ..Beside::default() };
            page(&state, &staff, StatusCode::OK, beside)
        }
        Err(Failed::Access(problem)) => {
            let problem = sentence(staff.visit.language, &problem);
            let beside = Beside { problem, enrolment: Some(again), ..Beside::default() };
            page(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, beside)
        }
        Err(Failed::Code(code)) => error::page(&staff.visit, &state.settings, code),
    }
}

/// Answers `POST /petugas/akun/sesi`: ends one session, or all.
pub(crate) async fn sessions(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
    fields: Fields,
) -> Response {
    let ended = state.people.change(|people| {
        match fields.get("sesi") {
            "" => people.end_sessions(&staff.login),
            short => people.end_session(&staff.login, short),
        }
        Ok(())
    });
    after(&state, &staff, ended)
}

/// Answers `POST /petugas/akun/kunci`: a new key for a program, or the end of one.
pub(crate) async fn keys(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
    fields: Fields,
) -> Response {
    let ended = fields.get("hapus");
    if !ended.is_empty() {
        let removed = state.people.change(|people| Ok(people.remove_key(&staff.login, ended)?));
        return after(&state, &staff, removed);
    }
    let now = state.holdings.archive().now();
    let roles: Roles = fields.all("peran").filter_map(|role| role.parse().ok()).collect();
    let days = fields.get("hari").parse().unwrap_or(KEY_DAYS.0).clamp(1, KEY_DAYS.1);
    let made = state.people.change(|people| {
        let random = &mut |bytes: &mut [u8]| (state.random)(bytes);
        let label = fields.get("untuk");
        Ok::<_, Failed>(people.add_key(&staff.login, label, (roles, days), now, random)?)
    });
    match made {
        Ok(secret) => {
            let shown = vec![secret.reveal().to_owned()];
            let beside = Beside { shown, shown_key: "staff.new_key", ..Beside::default() };
            page(&state, &staff, StatusCode::OK, beside)
        }
        Err(error) => after(&state, &staff, Err(error)),
    }
}

/// The page again, or what went wrong.
pub(super) fn after(state: &State, staff: &Staff, changed: Result<(), Failed>) -> Response {
    match changed {
        Ok(()) => Redirect::to("/petugas/akun").into_response(),
        Err(Failed::Access(problem)) => {
            let problem = sentence(staff.visit.language, &problem);
            let beside = Beside { problem, ..Beside::default() };
            page(state, staff, StatusCode::UNPROCESSABLE_ENTITY, beside)
        }
        Err(Failed::Code(code)) => error::page(&staff.visit, &state.settings, code),
    }
}

fn page(state: &State, staff: &Staff, status: StatusCode, beside: Beside) -> Response {
    let visit = &staff.visit;
    let (language, now) = (visit.language, state.holdings.archive().now());
    let issuer = state.settings.office(language).to_owned();
    let enrolment = beside.enrolment.map(|enrolment| {
        let address = enrolment.address(&issuer, staff.login.as_str());
        (enrolment.secret, qr_picture(&address))
    });
    let (second, passkeys, keys, sessions) = state.people.look(|people| {
        let person = people.person(&staff.login);
        let second = person.and_then(|person| person.second_factor());
        let passkeys = person.map(|person| passkey::lines(language, person)).unwrap_or_default();
        let keys = person.into_iter().flat_map(|person| &person.keys);
        let keys: Vec<KeyLine> = keys
            .filter(|key| key.until > now)
            .map(|key| KeyLine {
                short: key.secret.short(),
                label: key.label.clone(),
                roles: key.roles.to_string(),
                until: format::time(language, key.until),
            })
            .collect();
        let sessions = people.sessions_of(&staff.login, now);
        let sessions: Vec<SessionLine> = sessions
            .into_iter()
            .map(|session| SessionLine {
                short: session.secret.short(),
                browser: session.browser.clone(),
                address: session.address.clone(),
                last: format::time(language, session.last),
                current: session.secret == staff.session,
            })
            .collect();
        (second.map(|second| second.recovery_left()), passkeys, keys, sessions)
    });
    let (shell, frame) = staff.frame(state, visit.t("staff.account"), "staff.account");
    let page = AccountPage {
        shell,
        frame,
        login: staff.login.to_string(),
        roles: staff
            .grant
            .roles
            .iter()
            .map(|role| visit.t(super::people::role_key(role)))
            .collect(),
        clearance: names::access(language, staff.grant.clearance).to_owned(),
        problem: beside.problem,
        shown: beside.shown,
        shown_key: beside.shown_key,
        enrolment,
        second,
        passkeys,
        passkeys_count: passkey::place(state, visit).is_some(),
        sessions,
        keys,
        own_roles: staff
            .grant
            .roles
            .iter()
            .map(|role| (role.as_str(), visit.t(super::people::role_key(role))))
            .collect(),
    };
    staff.answer(status, &page)
}
