//! `/petugas/masuk` and `/petugas/keluar`: in and out.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, extract};
use simars_access::people::Attempt;
use simars_access::{KeepError, LoginName, SignIn, password};

use super::door::{Hashing, is_own, let_in, let_out, secret, unkept};
use super::{Fields, Staff, passkey};
use crate::limit::told_address;
use crate::problem::Code;
use crate::public::error;
use crate::shell::{Shell, Visit};
use crate::state::State;
use crate::work::{blocking, failed};
use crate::{query, texts};

#[derive(Template)]
#[template(path = "staff_sign_in.html")]
struct SignInPage {
    shell: Shell,
    problem: String,
    login: String,
    /// Where to go afterwards.
    to: String,
    /// What people call the provider of accounts that they may come from as well; empty for none.
    elsewhere: String,
    /// Whether passkeys can be used under the address by which people know this server.
    passkeys: bool,
}

/// Answers `GET /petugas/masuk`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
    headers: HeaderMap,
) -> Response {
    let now = state.holdings.archive().now();
    let known = secret(&headers)
        .is_some_and(|secret| state.people.look(|people| people.session(&secret, now).is_some()));
    let to = own_address(query::value(&visit.pairs, &["ke"]).unwrap_or_default());
    if known {
        return Redirect::to(&to).into_response();
    }
    page(&state, &visit, StatusCode::OK, String::new(), ("", &to))
}

/// Answers `POST /petugas/masuk`.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    Extension(Hashing(hashing)): Extension<Hashing>,
    visit: Visit,
    headers: HeaderMap,
    address: Option<Extension<extract::ConnectInfo<std::net::SocketAddr>>>,
    fields: Fields,
) -> Response {
    if !is_own(&headers) {
        return error::page(&visit, &state.settings, Code::Forbidden);
    }
    let to = own_address(fields.get("ke"));
    let shown: String = fields.get("nama").chars().take(40).collect();
    let answer = |status, key: &'static str| {
        page(&state, &visit, status, visit.t(key).to_owned(), (&shown, &to))
    };
    let Ok(login) = shown.parse::<LoginName>() else {
        return answer(StatusCode::UNAUTHORIZED, "staff.wrong");
    };
    let Ok(_place) = hashing.take().await else {
        return error::page(&visit, &state.settings, Code::Busy);
    };
    let peer = address.map(|Extension(extract::ConnectInfo(peer))| peer.ip());
    let from =
        Origin { address: told_address(&headers, peer).to_string(), browser: browser(&headers) };
    match sign_in(&state, login, &fields, from).await {
        Ok(SignIn::In(secret)) => let_in(&state.settings, &secret, &to),
        Ok(SignIn::Second) => answer(StatusCode::UNAUTHORIZED, "staff.second_needed"),
        Ok(SignIn::Wrong) => answer(StatusCode::UNAUTHORIZED, "staff.wrong"),
        Ok(SignIn::Wait(seconds)) => {
            let seconds = [("seconds", &*seconds.to_string())];
            let problem = texts::fill(visit.language, "staff.wait", &seconds);
            page(&state, &visit, StatusCode::TOO_MANY_REQUESTS, problem, (&shown, &to))
        }
        Err(code) => error::page(&visit, &state.settings, code),
    }
}

/// Answers `POST /petugas/keluar`.
pub(crate) async fn leave(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
) -> Response {
    let short = staff.session.short();
    let ended = state.people.change(|people| {
        people.end_session(&staff.login, &short);
        Ok::<_, KeepError>(())
    });
    match ended.map_err(failed("end a session")) {
        Ok(()) => let_out(&state.settings),
        Err(code) => error::page(&staff.visit, &state.settings, code),
    }
}

struct Origin {
    address: String,
    browser: String,
}

/// Looks the name up, computes the password, and asks again with what came out of that.
async fn sign_in(
    state: &Arc<State>,
    login: LoginName,
    fields: &Fields,
    from: Origin,
) -> Result<SignIn, Code> {
    let (password, number) = (fields.raw("sandi").to_owned(), fields.get("kode").to_owned());
    let state = Arc::clone(state);
    let signed = blocking(move || {
        let now = state.holdings.archive().now();
        let kept = match state.people.look(|people| people.password_of(&login, now)) {
            Ok(kept) => kept,
            Err(seconds) => return Ok(SignIn::Wait(seconds)),
        };
        let attempt = Attempt {
            login: &login,
            password_is_right: password::is_right(&password, kept.as_deref()),
            number: &number,
            browser: &from.browser,
            address: &from.address,
        };
        if !attempt.password_is_right {
            // Only noted in memory: whoever guesses does not make the disk work.
            return Ok(state
                .people
                .look(|people| people.sign_in(&attempt, now, &mut |bytes| (state.random)(bytes))));
        }
        state.people.change(|people| {
            let signed = people.sign_in(&attempt, now, &mut |bytes| (state.random)(bytes));
            Ok::<_, KeepError>(signed)
        })
    });
    signed.await?.map_err(failed("sign somebody in"))
}

pub(super) fn page(
    state: &State,
    visit: &Visit,
    status: StatusCode,
    problem: String,
    (login, to): (&str, &str),
) -> Response {
    let shell = visit.shell(&state.settings, visit.t("staff.sign_in"), "");
    let elsewhere = state.settings.sign_on.as_ref().map(|one| one.label.clone());
    let elsewhere = elsewhere.unwrap_or_default();
    let page = SignInPage {
        shell,
        problem,
        login: login.to_owned(),
        to: to.to_owned(),
        elsewhere,
        passkeys: passkey::place(state, visit).is_some(),
    };
    unkept(visit.answer(status, &page))
}

/// An address below `/petugas`; anything else would let a link lead elsewhere after signing in.
pub(super) fn own_address(wanted: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._".contains(&byte);
    let own = wanted == "/petugas" || wanted.starts_with("/petugas/");
    let leads = !wanted.contains("//") && !wanted.contains("..");
    let fits = own && leads && wanted.len() < 200 && wanted.bytes().all(plain);
    if fits && wanted != "/petugas/masuk" { wanted.to_owned() } else { "/petugas".to_owned() }
}

/// The browser as it calls itself.
pub(super) fn browser(headers: &HeaderMap) -> String {
    let name = headers.get(header::USER_AGENT).and_then(|name| name.to_str().ok());
    name.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_nowhere_else() {
        assert_eq!(own_address("/petugas/tinjau"), "/petugas/tinjau");
        for bad in [
            "",
            "/",
            "//evil.example",
            "/petugas//evil",
            "https://evil.example",
            "/petugas/../x",
            "/petugasx",
            "/petugas/masuk",
            "/petugas/\r\nx",
        ] {
            assert_eq!(own_address(bad), "/petugas", "{bad:?}");
        }
    }
}
