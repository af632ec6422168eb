//! `/petugas/undangan/{secret}`: whoever was given a link chooses a password.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, extract};
use simars_access::people::check_password;
use simars_access::{AccessError, LoginName, password};

use super::Fields;
use super::account::Failed;
use super::door::{Hashing, is_own, unkept};
use crate::problem::Code;
use crate::public::error;
use crate::segments::Segments;
use crate::shell::{Shell, Visit};
use crate::state::State;
use crate::work::blocking;

#[derive(Template)]
#[template(path = "staff_invitation.html")]
struct InvitationPage {
    shell: Shell,
    problem: String,
    /// Whether the first administrator is to choose a name too.
    first: bool,
    login: String,
    name: String,
}

/// Answers `GET /petugas/undangan/{secret}`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
    Segments(secret): Segments<String>,
) -> Response {
    match invited(&state, &secret) {
        Some(who) => page(&state, &visit, StatusCode::OK, String::new(), who),
        None => error::page(&visit, &state.settings, Code::NotFound),
    }
}

/// Answers `POST /petugas/undangan/{secret}`.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    Extension(Hashing(hashing)): Extension<Hashing>,
    visit: Visit,
    headers: HeaderMap,
    Segments(secret): Segments<String>,
    fields: Fields,
) -> Response {
    if !is_own(&headers) {
        return error::page(&visit, &state.settings, Code::Forbidden);
    }
    let Some(who) = invited(&state, &secret) else {
        return error::page(&visit, &state.settings, Code::NotFound);
    };
    let Ok(_place) = hashing.take().await else {
        return error::page(&visit, &state.settings, Code::Busy);
    };
    match accept(&state, secret, &who, &fields).await {
        Ok(()) => Redirect::to("/petugas/masuk").into_response(),
        Err(Failed::Access(problem)) => {
            let problem = super::fields::sentence(visit.language, &problem);
            let asked = Invited {
                login: if who.first { fields.get("nama").to_owned() } else { who.login },
                name: if who.first { fields.get("lengkap").to_owned() } else { who.name },
                ..who
            };
            page(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, problem, asked)
        }
        Err(Failed::Code(code)) => error::page(&visit, &state.settings, code),
    }
}

struct Invited {
    first: bool,
    login: String,
    name: String,
}

/// Whom the link is for.
fn invited(state: &State, secret: &str) -> Option<Invited> {
    let now = state.holdings.archive().now();
    state.people.look(|people| {
        if people.is_first(secret, now) {
            return Some(Invited { first: true, login: String::new(), name: String::new() });
        }
        let person = people.invited(secret, now).ok()?;
        let (login, name) = (person.login.to_string(), person.name.clone());
        Some(Invited { first: false, login, name })
    })
}

async fn accept(
    state: &Arc<State>,
    secret: String,
    who: &Invited,
    fields: &Fields,
) -> Result<(), Failed> {
    let (password, again) = (fields.raw("sandi").to_owned(), fields.raw("lagi"));
    let login = if who.first { fields.get("nama") } else { &who.login };
    let login: LoginName = login.parse().map_err(|_| Failed::Access(AccessError::BadName))?;
    if password != again {
        return Err(Failed::Access(AccessError::Different));
    }
    check_password(&password, &login)?;
    let (first, name) = (who.first, fields.get("lengkap").to_owned());
    let state = Arc::clone(state);
    let accepted = blocking(move || {
        let now = state.holdings.archive().now();
        let hash = password::hash(&password, &mut |bytes| (state.random)(bytes));
        state.people.change(|people| {
            if first {
                let random = &mut |bytes: &mut [u8]| (state.random)(bytes);
                people.accept_first(&secret, (login, &name), hash, now, random)?;
            } else {
                people.accept(&secret, hash, now)?;
            }
            Ok::<_, Failed>(())
        })
    });
    accepted.await?
}

fn page(
    state: &State,
    visit: &Visit,
    status: StatusCode,
    problem: String,
    Invited { first, login, name }: Invited,
) -> Response {
    let shell = visit.shell(&state.settings, visit.t("staff.choose_password"), "");
    let page = InvitationPage { shell, problem, first, login, name };
    unkept(visit.answer(status, &page))
}
