//! Who stands at the door of a staff page: somebody who signed in, or nobody.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use simars_access::people::COOKIE_SECONDS;
use simars_access::{Action, Grant, LoginName, Secret, SecretDigest, Who, ever};
use simars_record::Digest;

use crate::auth::Doer;
use crate::problem::Code;
use crate::public::error;
use crate::query;
use crate::shell::{MARK, Visit};
use crate::state::{Settings, State};
use crate::work::Places;

/// The cookie that holds the secret of a session. It is sent below `/petugas` only.
const COOKIE: &str = "simars-petugas";
/// How many passwords are computed at the same time; each takes a processor and 46 MiB.
const HASHED: usize = 2;
/// How long somebody waits for that.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// The places for those whose password is computed.
pub(crate) fn hashing() -> Extension<Hashing> {
    Extension(Hashing(Places::new(HASHED, PATIENCE)))
}

/// Where passwords are computed.
#[derive(Debug, Clone)]
pub(crate) struct Hashing(pub(super) Places);

/// Somebody who signed in, and the request they make.
#[derive(Debug, Clone)]
pub(crate) struct Staff {
    pub(super) visit: Visit,
    pub(super) login: LoginName,
    pub(super) name: String,
    pub(super) grant: Grant,
    pub(super) session: SecretDigest,
    /// What a form of this session has to show.
    pub(super) mark: String,
}

impl FromRequestParts<Arc<State>> for Staff {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<State>,
    ) -> Result<Self, Self::Rejection> {
        let Ok(visit) = Visit::from_request_parts(parts, state).await;
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        let Some((staff, secret)) = signed_in(&parts.headers, state, &visit) else {
            let back = if reads { parts.uri.path() } else { "/petugas" };
            let address = crate::address::with_query("/petugas/masuk", [("ke", back)]);
            return Err(Redirect::to(&address).into_response());
        };
        if !reads {
            let shown = query::value(&visit.pairs, &[MARK]).unwrap_or_default();
            if shown != mark(&secret) || !is_own(&parts.headers) {
                return Err(error::page(&visit, &state.settings, Code::Forbidden));
            }
        }
        Ok(staff)
    }
}

fn signed_in(headers: &HeaderMap, state: &State, visit: &Visit) -> Option<(Staff, String)> {
    let secret = secret(headers)?;
    let now = state.holdings.archive().now();
    let (login, name, grant) = state.people.look(|people| {
        let (person, _) = people.session(&secret, now)?;
        Some((person.login.clone(), person.name.clone(), person.grant()))
    })?;
    let session = SecretDigest::of(&secret);
    let mark = mark(&secret);
    Some((Staff { visit: visit.clone(), login, name, grant, session, mark }, secret))
}

/// Whose session a request belongs to, and what they may do.
pub(crate) fn by_session(headers: &HeaderMap, state: &State) -> Option<(String, Grant)> {
    let secret = secret(headers)?;
    let now = state.holdings.archive().now();
    state.people.look(|people| {
        let (person, _) = people.session(&secret, now)?;
        Some((person.login.to_string(), person.grant()))
    })
}

/// The secret in the cookie of a session.
pub(super) fn secret(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|cookies| cookies.split(';')).find_map(|cookie| {
        let (name, value) = cookie.trim().split_once('=')?;
        (name == COOKIE).then(|| value.to_owned())
    })
}

/// Made from the secret, which it does not tell.
fn mark(secret: &str) -> String {
    let digest = Digest::of(format!("simars/tanda/{secret}").as_bytes()).to_string();
    digest.chars().take(32).collect()
}

/// Whether the browser says that a page of this server sent it, or says nothing about that
/// (Fetch Metadata, `Sec-Fetch-Site`).
pub(super) fn is_own(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    site.is_none_or(|site| matches!(site, "same-origin" | "none"))
}

/// Sends somebody on with the cookie of their new session.
pub(super) fn let_in(settings: &Settings, secret: &Secret, to: &str) -> Response {
    with_cookie(settings, secret.reveal(), COOKIE_SECONDS, to)
}

/// Sends somebody on without a session.
pub(super) fn let_out(settings: &Settings) -> Response {
    with_cookie(settings, "", 0, "/petugas/masuk")
}

fn with_cookie(settings: &Settings, value: &str, seconds: u64, to: &str) -> Response {
    let public = settings.public_address.as_deref().unwrap_or_default();
    let secure = if public.starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE}={value}; Path=/petugas; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    );
    let mut response = Redirect::to(to).into_response();
    // A cookie of hexadecimal digits and fixed words is a header value.
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

impl Staff {
    /// Who asks, for the one decision.
    pub(super) const fn who(&self) -> Who {
        Who::Person(self.grant)
    }

    /// Who does something, for the log.
    pub(crate) fn doer(&self) -> Doer {
        Doer::signed_in(self.who(), self.login.to_string())
    }

    /// Whether they may do this to any document at all.
    pub(super) fn may(&self, action: Action) -> bool {
        ever(self.who(), action)
    }

    /// The page for somebody who may not do this at all; nothing if they may.
    pub(super) fn refused(&self, state: &State, action: Action) -> Option<Response> {
        (!self.may(action)).then(|| error::page(&self.visit, &state.settings, Code::Forbidden))
    }

    /// Sends a page that nobody keeps.
    pub(super) fn answer(&self, status: StatusCode, page: &impl askama::Template) -> Response {
        unkept(self.visit.answer(status, page))
    }
}

/// Nothing between here and the browser keeps this, nor does the browser.
pub(super) fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The fields of a form, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(pub(super) Vec<(String, String)>);

impl FromRequest<Arc<State>> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, state: &Arc<State>) -> Result<Self, Self::Rejection> {
        let form = Form::<Vec<(String, String)>>::from_request(request, state).await;
        form.map(|Form(fields)| Self(fields)).map_err(IntoResponse::into_response)
    }
}

impl Fields {
    /// A field; empty if it was not sent.
    pub(super) fn get(&self, name: &str) -> &str {
        query::value(&self.0, &[name]).unwrap_or_default()
    }

    /// A field exactly as it was typed: a password.
    pub(super) fn raw(&self, name: &str) -> &str {
        let own = self.0.iter().find(|(field, _)| field == name);
        own.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// Whether a field was sent.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }

    /// All values of a field.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.0.iter().filter(move |(field, _)| field == name);
        own.map(|(_, value)| value.as_str())
    }
}
