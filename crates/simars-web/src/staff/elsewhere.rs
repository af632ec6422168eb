//! `/petugas/masuk/luar`: signing in with an account of somewhere else (OpenID Connect), for people
//! who were added here. Nobody is added by coming.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, extract};
use simars_access::oidc::{Arrived, Journey, PATIENCE, Provider};
use simars_access::{KeepError, LoginName, Secret};
use simars_record::Timestamp;

use super::door::{let_in, unkept};
use super::sign_in::{browser, own_address, page};
use crate::address::with_query;
use crate::limit::told_address;
use crate::problem::Code;
use crate::public::error;
use crate::query;
use crate::shell::Visit;
use crate::state::{Asked, SignOn, State};
use crate::work::{blocking, failed};

/// Where people come back to.
const BACK: &str = "/petugas/masuk/luar/kembali";
/// The cookie that binds a journey to the browser in which it began.
const COOKIE: &str = "simars-luar";
/// Journeys under way at a time.
const MOST: usize = 1_000;

/// Who is on their way, and what the provider said about itself.
#[derive(Debug, Default)]
pub(crate) struct Journeys {
    under_way: Mutex<HashMap<String, Journey>>,
    provider: Mutex<Option<Provider>>,
}

impl Journeys {
    fn begin(&self, journey: Journey, now: Timestamp) -> Result<(), Code> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.retain(|_, journey| journey.until > now);
        if under_way.len() >= MOST {
            return Err(Code::Busy);
        }
        under_way.insert(journey.state.clone(), journey);
        Ok(())
    }

    /// Ends a journey: nobody comes back twice.
    fn end(&self, state: &str, now: Timestamp) -> Option<Journey> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.remove(state).filter(|journey| journey.until > now)
    }

    /// What the provider says about itself; it is asked once.
    fn provider(&self, sign_on: &SignOn) -> Result<Provider, String> {
        let mut known = self.provider.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(provider) = &*known {
            return Ok(provider.clone());
        }
        let described = (sign_on.ask)(&Asked::Get(Provider::address(&sign_on.issuer)))?;
        let provider = Provider::read(&sign_on.issuer, &described);
        let provider = provider.map_err(|error| error.to_string())?;
        Ok(known.insert(provider).clone())
    }
}

/// Answers `GET /petugas/masuk/luar`: sends somebody on to the provider.
pub(crate) async fn leave(
    extract::State(state): extract::State<Arc<State>>,
    Extension(journeys): Extension<Arc<Journeys>>,
    visit: Visit,
) -> Response {
    let sent = send(&state, &journeys, &visit).await;
    sent.unwrap_or_else(|code| error::page(&visit, &state.settings, code))
}

async fn send(
    state: &Arc<State>,
    journeys: &Arc<Journeys>,
    visit: &Visit,
) -> Result<Response, Code> {
    let sign_on = state.settings.sign_on.clone().ok_or(Code::NotFound)?;
    let to = own_address(query::value(&visit.pairs, &["ke"]).unwrap_or_default());
    let now = state.holdings.archive().now();
    let journey = Journey::new(to, now, &mut |bytes| (state.random)(bytes));
    let back = format!("{}{BACK}", visit.origin(&state.settings));
    let question = journey.question(&sign_on.client, &back);
    let mark = journey.state.clone();
    journeys.begin(journey, now)?;
    let (journeys, asked) = (Arc::clone(journeys), Arc::clone(&sign_on));
    let provider = blocking(move || journeys.provider(&asked)).await?;
    let provider = provider.map_err(failed("ask the provider of accounts about itself"))?;
    let pairs = question.iter().map(|(name, value)| (*name, value.as_str()));
    let mut address = with_query("", pairs);
    if provider.authorization_endpoint.contains('?') {
        address.replace_range(..1, "&");
    }
    let address = format!("{}{address}", provider.authorization_endpoint);
    let mut response = Redirect::to(&address).into_response();
    // Lax: it has to come along when the provider sends them back.
    let secure = if back.starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE}={mark}; Path=/petugas/masuk; Max-Age={PATIENCE}; HttpOnly; SameSite=Lax{secure}"
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(unkept(response))
}

/// Answers `GET /petugas/masuk/luar/kembali`: somebody comes back from the provider.
pub(crate) async fn arrive(
    extract::State(state): extract::State<Arc<State>>,
    Extension(journeys): Extension<Arc<Journeys>>,
    visit: Visit,
    headers: HeaderMap,
    address: Option<Extension<extract::ConnectInfo<std::net::SocketAddr>>>,
) -> Response {
    let peer = address.map(|Extension(extract::ConnectInfo(peer))| peer.ip());
    let from = (browser(&headers), told_address(&headers, peer).to_string());
    match come_in(&state, &journeys, &visit, &headers, from).await {
        Ok(Some((secret, to))) => {
            // The browser keeps the strict cookie back as long as the way leads from elsewhere: so
            // it is the page that goes on.
            let mut response = let_in(&state.settings, &secret, &to);
            response.headers_mut().remove(header::LOCATION);
            *response.status_mut() = StatusCode::OK;
            let refresh = HeaderValue::from_str(&format!("0;url={to}"));
            response.headers_mut().extend(refresh.map(|refresh| (header::REFRESH, refresh)));
            unkept(response)
        }
        Ok(None) => {
            let problem = visit.t("staff.not_known_here").to_owned();
            page(&state, &visit, StatusCode::UNAUTHORIZED, problem, ("", "/petugas"))
        }
        Err(code) => error::page(&visit, &state.settings, code),
    }
}

/// The secret of their session, and where they wanted to go; nothing if they may not come in.
async fn come_in(
    state: &Arc<State>,
    journeys: &Arc<Journeys>,
    visit: &Visit,
    headers: &HeaderMap,
    (browser, address): (String, String),
) -> Result<Option<(Secret, String)>, Code> {
    let sign_on = state.settings.sign_on.clone().ok_or(Code::NotFound)?;
    let now = state.holdings.archive().now();
    let given = |name: &'static str| query::value(&visit.pairs, &[name]).unwrap_or_default();
    let mark = given("state");
    if mark.is_empty() || cookie(headers) != Some(mark) {
        return Ok(None);
    }
    let Some(journey) = journeys.end(mark, now) else { return Ok(None) };
    let (to, code) = (journey.to.clone(), given("code").to_owned());
    let back = format!("{}{BACK}", visit.origin(&state.settings));
    let (journeys, asked) = (Arc::clone(journeys), Arc::clone(&sign_on));
    let arrived = blocking(move || -> Result<Arrived, String> {
        let provider = journeys.provider(&asked)?;
        let form = journey.exchange(&code, &back);
        let (user, password) = (asked.client.clone(), asked.secret.clone());
        let form = form.map(|(name, value)| (name.to_owned(), value)).into();
        let post = Asked::Post { address: provider.token_endpoint.clone(), form, user, password };
        let answer = (asked.ask)(&post)?;
        let arrived = journey.arrive(&answer, &provider, &asked.client, &asked.claim, now);
        arrived.map_err(|error| error.to_string())
    });
    let arrived = match arrived.await? {
        Ok(arrived) => arrived,
        Err(detail) => {
            tracing::warn!(detail, "somebody came back from the provider and is not let in");
            return Ok(None);
        }
    };
    let Ok(login) = arrived.login.parse::<LoginName>() else { return Ok(None) };
    let state = Arc::clone(state);
    let signed = blocking(move || {
        state.people.change(|people| {
            let random = &mut |bytes: &mut [u8]| (state.random)(bytes);
            let from = (&*browser, &*address);
            Ok::<_, KeepError>(people.sign_in_from(&login, &arrived.subject, from, now, random))
        })
    });
    let signed = signed.await?.map_err(failed("sign somebody in"))?;
    Ok(signed.map(|secret| (secret, to)))
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|cookies| cookies.split(';')).find_map(|cookie| {
        let (name, value) = cookie.trim().split_once('=')?;
        (name == COOKIE).then_some(value)
    })
}
