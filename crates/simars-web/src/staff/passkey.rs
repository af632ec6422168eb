//! `/petugas/masuk/passkey` and `/petugas/akun/passkey`: coming in with a passkey, adding and
//! forgetting one. The browser asks the authenticator by a script; what the page sends afterwards is
//! a form like any other.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json, extract};
use serde_json::json;
use simars_access::passkey::challenge::Challenges;
use simars_access::passkey::{Candidate, PasskeyError, Place};
use simars_access::people::passkey::Entered;
use simars_access::{AccessError, KeepError, Person, password};

use super::account::{self, Failed};
use super::door::{Hashing, is_own, let_in, unkept};
use super::fields::sentence;
use super::sign_in::{browser, own_address, page};
use super::{Fields, Staff};
use crate::format;
use crate::language::Language;
use crate::limit::{Limiter, Rate, told_address};
use crate::problem::Code;
use crate::public::error;
use crate::shell::Visit;
use crate::state::State;
use crate::work::{blocking, failed};

/// How many challenges one address is given, and all together. A whole office may come in at eight
/// from one address; and in the five minutes that a challenge is good for, no more are given than are
/// remembered.
const FOR_ONE: Rate = Rate { burst: 60, interval: Duration::from_secs(1) };
const FOR_ALL: Rate = Rate { burst: 600, interval: Duration::from_millis(50) };

/// Challenges that were given and not answered, and how often they are given.
#[derive(Debug)]
pub(crate) struct Passkeys {
    challenges: Mutex<Challenges>,
    limiter: Limiter,
}

impl Default for Passkeys {
    fn default() -> Self {
        Self { challenges: Mutex::default(), limiter: Limiter::new(FOR_ONE, FOR_ALL) }
    }
}

impl Passkeys {
    fn challenges(&self) -> MutexGuard<'_, Challenges> {
        self.challenges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where passkeys count: under the public address, or on this machine itself; `None` where browsers
/// know none.
pub(super) fn place(state: &State, visit: &Visit) -> Option<Place> {
    Place::of(&visit.origin(&state.settings))
}

/// A passkey of the list.
pub(super) struct PasskeyLine {
    pub(super) short: String,
    pub(super) label: String,
    pub(super) added: String,
    /// When somebody last came in with it; empty for never.
    pub(super) used: String,
}

/// The passkeys of somebody, for their own page.
pub(super) fn lines(language: Language, person: &Person) -> Vec<PasskeyLine> {
    let passkeys = person.passkeys.iter();
    let line = passkeys.map(|passkey| PasskeyLine {
        short: passkey.short(),
        label: passkey.label.clone(),
        added: format::time(language, passkey.added),
        used: passkey.used.map(|used| format::time(language, used)).unwrap_or_default(),
    });
    line.collect()
}

/// Answers `POST /petugas/masuk/passkey/mulai`: a challenge, as JSON.
pub(crate) async fn begin_entering(
    extract::State(state): extract::State<Arc<State>>,
    Extension(passkeys): Extension<Arc<Passkeys>>,
    visit: Visit,
    headers: HeaderMap,
    address: Option<Extension<ConnectInfo<SocketAddr>>>,
) -> Response {
    let Some(place) = place(&state, &visit) else {
        return Code::NotFound.problem().into_response();
    };
    if !is_own(&headers) {
        return Code::Forbidden.problem().into_response();
    }
    let peer = address.map(|Extension(ConnectInfo(peer))| peer.ip());
    if let Err(wait) = passkeys.limiter.take_for(told_address(&headers, peer)) {
        let wait = AccessError::Wait(wait.as_secs_f64().ceil() as u64);
        return said(visit.language, &wait);
    }
    let now = state.holdings.archive().now();
    let begun = passkeys.challenges().begin_entering(&place, now);
    given(visit.language, begun)
}

/// Answers `POST /petugas/masuk/passkey`: lets whoever shows a passkey in.
pub(crate) async fn enter(
    extract::State(state): extract::State<Arc<State>>,
    Extension(passkeys): Extension<Arc<Passkeys>>,
    visit: Visit,
    headers: HeaderMap,
    address: Option<Extension<ConnectInfo<SocketAddr>>>,
    fields: Fields,
) -> Response {
    let Some(place) = place(&state, &visit) else {
        return error::page(&visit, &state.settings, Code::NotFound);
    };
    if !is_own(&headers) {
        return error::page(&visit, &state.settings, Code::Forbidden);
    }
    let to = own_address(fields.get("ke"));
    let peer = address.map(|Extension(ConnectInfo(peer))| peer.ip());
    let from = (browser(&headers), told_address(&headers, peer).to_string());
    let answer = fields.raw("jawaban").to_owned();
    match show(&state, &passkeys, answer, place, from).await {
        Ok(Entered::In(secret)) => let_in(&state.settings, &secret, &to),
        Ok(Entered::Wait(seconds)) => {
            let problem = sentence(visit.language, &AccessError::Wait(seconds));
            page(&state, &visit, StatusCode::TOO_MANY_REQUESTS, problem, ("", &to))
        }
        Ok(Entered::Refused(error)) => {
            tracing::info!(%error, "a passkey is not taken at the door");
            let problem = visit.t("staff.passkey_wrong").to_owned();
            page(&state, &visit, StatusCode::UNAUTHORIZED, problem, ("", &to))
        }
        Err(code) => error::page(&visit, &state.settings, code),
    }
}

/// Why nobody came in.
enum Outside {
    Entered(Entered),
    Keep(KeepError),
}

impl From<KeepError> for Outside {
    fn from(error: KeepError) -> Self {
        Self::Keep(error)
    }
}

async fn show(
    state: &Arc<State>,
    passkeys: &Arc<Passkeys>,
    answer: String,
    place: Place,
    (browser, address): (String, String),
) -> Result<Entered, Code> {
    let now = state.holdings.archive().now();
    let shown = match passkeys.challenges().end_entering(&answer, now) {
        Ok(shown) => shown,
        Err(error) => return Ok(Entered::Refused(error)),
    };
    let state = Arc::clone(state);
    let entered = blocking(move || {
        state.people.change(|people| {
            let random = &mut |bytes: &mut [u8]| (state.random)(bytes);
            match people.enter(shown, &place, (&browser, &address), now, random) {
                Entered::In(secret) => Ok(secret),
                other => Err(Outside::Entered(other)),
            }
        })
    });
    match entered.await? {
        Ok(secret) => Ok(Entered::In(secret)),
        Err(Outside::Entered(entered)) => Ok(entered),
        Err(Outside::Keep(error)) => Err(failed("sign somebody in")(error)),
    }
}

/// Answers `POST /petugas/akun/passkey/mulai`: a challenge for a new passkey, as JSON, to whoever shows
/// the password and the second factor once more.
pub(crate) async fn begin_adding(
    extract::State(state): extract::State<Arc<State>>,
    Extension(passkeys): Extension<Arc<Passkeys>>,
    Extension(Hashing(hashing)): Extension<Hashing>,
    staff: Staff,
    fields: Fields,
) -> Response {
    let Some(place) = place(&state, &staff.visit) else {
        return Code::NotFound.problem().into_response();
    };
    let Ok(_place) = hashing.take().await else {
        return Code::Busy.problem().into_response();
    };
    let language = staff.visit.language;
    match candidate(&state, &staff, &fields).await {
        Ok(candidate) => {
            let now = state.holdings.archive().now();
            let mut challenges = passkeys.challenges();
            given(language, challenges.begin_adding(&place, &candidate, staff.session, now))
        }
        Err(Failed::Access(problem)) => said(language, &problem),
        Err(Failed::Code(code)) => code.problem().into_response(),
    }
}

async fn candidate(
    state: &Arc<State>,
    staff: &Staff,
    fields: &Fields,
) -> Result<Candidate, Failed> {
    let (password, number) = (fields.raw("sandi").to_owned(), fields.get("kode").to_owned());
    let (state, login) = (Arc::clone(state), staff.login.clone());
    let found = blocking(move || {
        let now = state.holdings.archive().now();
        let kept = state.people.look(|people| people.password_of(&login, now));
        let right = password::is_right(&password, kept.map_err(AccessError::Wait)?.as_deref());
        state.people.change(|people| {
            people.confirm(&login, right, &number, now)?;
            let random = &mut |bytes: &mut [u8]| (state.random)(bytes);
            Ok::<_, Failed>(people.candidate(&login, random)?)
        })
    });
    found.await?
}

/// Answers `POST /petugas/akun/passkey`: keeps a passkey that was made, or forgets one.
pub(crate) async fn change(
    extract::State(state): extract::State<Arc<State>>,
    Extension(passkeys): Extension<Arc<Passkeys>>,
    staff: Staff,
    fields: Fields,
) -> Response {
    let forgotten = fields.get("hapus");
    let now = state.holdings.archive().now();
    let changed = if !forgotten.is_empty() {
        state.people.change(|people| Ok(people.forget_passkey(&staff.login, forgotten)?))
    } else if let Some(place) = place(&state, &staff.visit) {
        let answer = fields.raw("jawaban");
        let made = passkeys.challenges().end_adding(answer, &place, staff.session, now);
        made.map_err(|error| AccessError::from(error).into()).and_then(|made| {
            state.people.change(|people| {
                Ok::<_, Failed>(people.add_passkey(&staff.login, made, fields.get("untuk"), now)?)
            })
        })
    } else {
        Err(Code::NotFound.into())
    };
    if let Err(Failed::Access(error)) = &changed {
        tracing::info!(%error, "a passkey is not added");
    }
    account::after(&state, &staff, changed)
}

/// A challenge for the browser, or why there is none.
fn given(language: Language, begun: Result<String, PasskeyError>) -> Response {
    match begun {
        Ok(options) => {
            let headers = [(header::CONTENT_TYPE, "application/json")];
            unkept((headers, options).into_response())
        }
        Err(error) => said(language, &error.into()),
    }
}

/// What the script shows to the person.
fn said(language: Language, problem: &AccessError) -> Response {
    let status = match problem {
        AccessError::Wait(_) | AccessError::Passkey(PasskeyError::Busy) => {
            StatusCode::TOO_MANY_REQUESTS
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let told = json!({ "sentence": sentence(language, problem) });
    unkept((status, Json(told)).into_response())
}
