//! Signing in with an account of somewhere else: OpenID Connect Core 1.0, authorization code flow
//! with PKCE (RFC 7636), as values. What is fetched is fetched by the caller.
//!
//! The ID token is taken from nowhere but the provider's token endpoint, over TLS; then its
//! signature need not be checked (Core §3.1.3.7, point 6), and is not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use simars_record::{Digest, Timestamp};

use crate::secret::{Random, Secret};

/// How long somebody may take at the provider, in seconds.
pub const PATIENCE: u64 = 600;
/// How far two clocks may differ, in seconds.
const SKEW: u64 = 120;

/// Why somebody cannot come in this way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// The provider says something about itself that cannot be used.
    #[error("the provider's description of itself cannot be used: {0}")]
    Provider(String),
    /// The answer to a code cannot be used.
    #[error("the provider's answer cannot be used: {0}")]
    Answer(String),
    /// The ID token is not for this sign-in.
    #[error("the ID token is not for this sign-in: {0}")]
    Token(&'static str),
}

/// What a provider says about itself (Discovery 1.0 §3), as far as it is needed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Provider {
    /// Its name, exactly as it was configured.
    pub issuer: String,
    /// Where people go to sign in.
    pub authorization_endpoint: String,
    /// Where codes are given in for tokens.
    pub token_endpoint: String,
}

impl Provider {
    /// Where a provider describes itself.
    pub fn address(issuer: &str) -> String {
        format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
    }

    /// Reads what the provider of this name says about itself.
    ///
    /// # Errors
    /// If it calls itself something else, or names an address that is not protected.
    pub fn read(issuer: &str, json: &[u8]) -> Result<Self, OidcError> {
        let read: Self =
            serde_json::from_slice(json).map_err(|error| OidcError::Provider(error.to_string()))?;
        if read.issuer != issuer {
            let detail = format!("it calls itself {:?}, not {issuer:?}", read.issuer);
            return Err(OidcError::Provider(detail));
        }
        for address in [&read.authorization_endpoint, &read.token_endpoint] {
            if !is_protected(address) {
                return Err(OidcError::Provider(format!("{address:?} is not https")));
            }
        }
        Ok(read)
    }
}

/// Whether nobody on the way can read along: https, or this machine itself.
pub fn is_protected(address: &str) -> bool {
    if address.starts_with("https://") {
        return true;
    }
    let Some(rest) = address.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

/// Somebody on their way to the provider and back.
#[derive(Debug)]
pub struct Journey {
    /// Comes back with them: tells this sign-in from others, and from forged ones.
    pub state: String,
    nonce: String,
    verifier: String,
    /// Until when they may come back.
    pub until: Timestamp,
    /// Where they wanted to go.
    pub to: String,
}

impl Journey {
    /// Begins one.
    pub fn new(to: String, now: Timestamp, random: Random<'_>) -> Self {
        let mut secret = || Secret::new(random).reveal().to_owned();
        let (state, nonce, verifier) = (secret(), secret(), secret());
        Self { state, nonce, verifier, until: Timestamp::from_unix(now.unix() + PATIENCE), to }
    }

    /// What to ask of the authorization endpoint (Core §3.1.2.1, RFC 7636 §4.3).
    pub fn question<'a>(&'a self, client: &'a str, back: &'a str) -> [(&'static str, String); 8] {
        let challenge = URL_SAFE_NO_PAD.encode(Digest::of(self.verifier.as_bytes()).as_bytes());
        [
            ("response_type", "code".to_owned()),
            ("scope", "openid profile email".to_owned()),
            ("client_id", client.to_owned()),
            ("redirect_uri", back.to_owned()),
            ("state", self.state.clone()),
            ("nonce", self.nonce.clone()),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
        ]
    }

    /// What to send to the token endpoint (Core §3.1.3.1).
    pub fn exchange(&self, code: &str, back: &str) -> [(&'static str, String); 4] {
        [
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", back.to_owned()),
            ("code_verifier", self.verifier.clone()),
        ]
    }

    /// Who came back, from the token endpoint's answer; `claim` names them.
    ///
    /// # Errors
    /// If the token is of another provider, for another client, for another sign-in, or too old.
    pub fn arrive(
        &self,
        answer: &[u8],
        provider: &Provider,
        client: &str,
        claim: &str,
        now: Timestamp,
    ) -> Result<Arrived, OidcError> {
        let claims = claims(answer)?;
        let text = |name: &str| claims.get(name).and_then(|value| value.as_str());
        let seconds = |name: &str| claims.get(name).and_then(serde_json::Value::as_u64);
        if text("iss") != Some(&provider.issuer) {
            return Err(OidcError::Token("it is of another provider"));
        }
        let audiences: Vec<&str> = match claims.get("aud") {
            Some(serde_json::Value::String(one)) => vec![one],
            Some(serde_json::Value::Array(all)) => {
                all.iter().filter_map(serde_json::Value::as_str).collect()
            }
            _ => Vec::new(),
        };
        if !audiences.contains(&client) || text("azp").is_some_and(|party| party != client) {
            return Err(OidcError::Token("it is for another client"));
        }
        if text("nonce") != Some(&self.nonce) {
            return Err(OidcError::Token("it belongs to another sign-in"));
        }
        if seconds("exp").is_none_or(|end| end + SKEW <= now.unix()) {
            return Err(OidcError::Token("it has ended"));
        }
        if seconds("iat").is_none_or(|made| made > now.unix() + SKEW) {
            return Err(OidcError::Token("it was made later than now"));
        }
        let subject = text("sub").filter(|subject| !subject.is_empty() && subject.len() <= 255);
        let subject = subject.ok_or(OidcError::Token("it names nobody"))?;
        let login = text(claim).ok_or(OidcError::Token("it does not have the claim asked for"))?;
        Ok(Arrived { subject: format!("{} {subject}", provider.issuer), login: login.to_owned() })
    }
}

/// Who came back from a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// Who they are for ever: the provider's name and its own name for them.
    pub subject: String,
    /// The name they sign in with here, as the provider tells it.
    pub login: String,
}

fn claims(answer: &[u8]) -> Result<serde_json::Map<String, serde_json::Value>, OidcError> {
    #[derive(Deserialize)]
    struct Answer {
        id_token: String,
    }
    let wrong = |detail: &dyn std::fmt::Display| OidcError::Answer(detail.to_string());
    let answer: Answer = serde_json::from_slice(answer).map_err(|error| wrong(&error))?;
    let payload = answer.id_token.split('.').nth(1).unwrap_or_default();
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|error| wrong(&error))?;
    serde_json::from_slice(&payload).map_err(|error| wrong(&error))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn provider() -> Provider {
        let json = br#"{"issuer":"https://masuk.example","authorization_endpoint":
            "https://masuk.example/auth","token_endpoint":"https://masuk.example/token","x":1}"#;
        Provider::read("https://masuk.example", json).unwrap()
    }

    fn journey() -> Journey {
        let mut next = 0;
        let mut random = |bytes: &mut [u8]| {
            next += 1;
            bytes.fill(next);
        };
        Journey::new("/petugas".to_owned(), Timestamp::from_unix(NOW), &mut random)
    }

    fn answer(claims: &Value) -> Vec<u8> {
        let token = format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()));
        json!({ "access_token": "x", "id_token": token }).to_string().into_bytes()
    }

    fn good(journey: &Journey) -> Value {
        json!({
            "iss": "https://masuk.example", "aud": "simars", "sub": "248289761001",
            "nonce": journey.nonce, "exp": NOW + 300, "iat": NOW, "preferred_username": "ani",
        })
    }

    #[test]
    fn somebody_arrives_with_a_token_for_this_sign_in_only() {
        let (journey, provider, now) = (journey(), provider(), Timestamp::from_unix(NOW));
        let arrive = |claims: &Value| {
            journey.arrive(&answer(claims), &provider, "simars", "preferred_username", now)
        };
        let arrived = arrive(&good(&journey)).unwrap();
        assert_eq!(arrived.subject, "https://masuk.example 248289761001");
        assert_eq!(arrived.login, "ani");
        let mut several = good(&journey);
        several["aud"] = json!(["lain", "simars"]);
        several["azp"] = json!("simars");
        assert!(arrive(&several).is_ok());
        for (claim, value) in [
            ("iss", json!("https://masuk.example/")),
            ("aud", json!("lain")),
            ("aud", json!(["lain"])),
            ("azp", json!("lain")),
            ("nonce", json!("x")),
            ("nonce", Value::Null),
            ("exp", json!(NOW - SKEW)),
            ("exp", json!("later")),
            ("iat", json!(NOW + SKEW + 1)),
            ("sub", json!("")),
            ("preferred_username", Value::Null),
        ] {
            let mut claims = good(&journey);
            claims[claim] = value;
            assert!(matches!(arrive(&claims), Err(OidcError::Token(_))), "{claim}");
        }
        for bad in [&b""[..], b"{}", br#"{"id_token":"x"}"#, br#"{"id_token":"a.!.c"}"#] {
            let arrived = journey.arrive(bad, &provider, "simars", "sub", now);
            assert!(matches!(arrived, Err(OidcError::Answer(_))));
        }
    }

    #[test]
    fn a_provider_is_who_it_says_and_protected() {
        let read = |issuer, json: Value| Provider::read(issuer, json.to_string().as_bytes());
        let with = |auth: &str, token: &str| {
            json!({"issuer": "https://a.example", "authorization_endpoint": auth,
                   "token_endpoint": token})
        };
        assert!(
            read("https://a.example", with("https://a.example/a", "https://b.example")).is_ok()
        );
        assert!(read("https://a.example/", with("https://a", "https://a")).is_err());
        assert!(read("https://a.example", with("https://a", "http://a.example")).is_err());
        assert!(read("https://a.example", with("javascript:x", "https://a")).is_err());
        assert!(is_protected("http://127.0.0.1:3000/x") && is_protected("http://localhost/x"));
        assert!(!is_protected("http://127.0.0.1.example/") && !is_protected("http://localhost.x"));
    }

    #[test]
    fn the_question_and_the_exchange_fit_together() {
        // RFC 7636, appendix B.
        let journey = Journey {
            verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned(),
            ..journey()
        };
        let question = journey.question("simars", "https://arsip.example/back");
        let challenge = question.iter().find(|(name, _)| *name == "code_challenge").unwrap();
        assert_eq!(challenge.1, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        let exchange = journey.exchange("kode", "https://arsip.example/back");
        assert!(
            exchange
                .iter()
                .any(|(name, value)| *name == "code_verifier" && *value == journey.verifier)
        );
        assert_ne!(journey.state, journey.nonce);
    }
}
