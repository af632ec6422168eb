//! What every page shares: its language, its frame, and the answer it is sent in.

use std::convert::Infallible;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::address::{brief, with_query};
use crate::language::Language;
use crate::state::Settings;
use crate::{assets, query, texts};

/// The parameter and the cookie that choose the language.
const LANGUAGE: &str = "bahasa";

/// The parameter that shows that a form was made for the session that sends it.
pub(crate) const MARK: &str = "tanda";

/// So many parameters are kept when the language is changed: more than any page has.
const MIRRORED: usize = 12;

/// One request for a page: its address, its parameters, and the language of the reader.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) language: Language,
    pub(crate) path: String,
    /// The parameters of the address, decoded, without the language.
    pub(crate) pairs: Vec<(String, String)>,
    /// Where the reader reached this server, for addresses to copy: `http://host`.
    host: Option<String>,
    /// Whether the address itself chose the language, so that a cookie is to remember it.
    chosen: bool,
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let mut pairs = query::pairs(&parts.uri);
        let wanted = pairs.iter().find(|(name, _)| name == LANGUAGE);
        let chosen = wanted.and_then(|(_, tag)| Language::from_tag(tag));
        pairs.retain(|(name, _)| name != LANGUAGE);
        let language = chosen.or_else(|| remembered(&parts.headers)).unwrap_or_default();
        let path = parts.uri.path().to_owned();
        let host = host(&parts.headers);
        Ok(Self { language, path, pairs, host, chosen: chosen.is_some() })
    }
}

fn remembered(headers: &HeaderMap) -> Option<Language> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|cookies| cookies.split(';')).find_map(|cookie| {
        let (name, value) = cookie.trim().split_once('=')?;
        if name == LANGUAGE { Language::from_tag(value) } else { None }
    })
}

/// The host the request names, if it is nothing but a host and a port.
fn host(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    (host.len() <= 255 && host.bytes().all(plain)).then(|| host.to_owned())
}

impl Visit {
    /// The address under which this reader reaches the server: the configured one, or the one
    /// the request came to.
    pub(crate) fn origin(&self, settings: &Settings) -> String {
        match (&settings.public_address, &self.host) {
            (Some(address), _) => address.trim_end_matches('/').to_owned(),
            (None, Some(host)) => format!("http://{host}"),
            (None, None) => "http://127.0.0.1:8080".to_owned(),
        }
    }

    /// A text in the reader's language.
    pub(crate) fn t(&self, key: &'static str) -> &'static str {
        texts::text(self.language, key)
    }

    /// The parameter that chose the language, if the address itself did.
    pub(crate) fn chosen(&self) -> Option<(&'static str, &'static str)> {
        self.chosen.then(|| (LANGUAGE, self.language.tag()))
    }

    /// The frame of a page.
    pub(crate) fn shell(&self, settings: &Settings, title: &str, place: &'static str) -> Shell {
        let office = settings.office(self.language).to_owned();
        let other = self.language.other().tag();
        // What shows that a form was made for a session is no part of an address to follow.
        let pairs = self.pairs.iter().filter(|(name, _)| name != MARK).take(MIRRORED);
        let pairs = pairs.map(|(name, value)| (brief(name), brief(value)));
        // One slash: two would make the next part of the path the name of another server.
        let path = format!("/{}", self.path.trim_start_matches(['/', '\\']));
        let other_language = with_query(&path, pairs.clone().chain([(LANGUAGE, other)]));
        // Whoever reads this may have come by any name of the server.
        let origin = self.origin(settings);
        let plain = format!("{origin}{}", with_query(&path, pairs));
        Shell {
            language: self.language,
            title: if title.is_empty() {
                format!("SIMARS · {} · {office}", self.t("site.library"))
            } else {
                format!("{title} · SIMARS · {office}")
            },
            summary: format!("{} · {office}", self.t("site.tagline")),
            office,
            place,
            plain,
            other_language,
        }
    }

    /// Sends a page.
    pub(crate) fn answer(&self, status: StatusCode, page: &impl Template) -> Response {
        let html = match page.render() {
            Ok(html) => html,
            Err(error) => {
                tracing::error!(%error, path = self.path, "a page could not be rendered");
                let text = self.t("error.internal_title").to_owned();
                return (StatusCode::INTERNAL_SERVER_ERROR, text).into_response();
            }
        };
        let mut response = (status, Html(html)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(self.language.tag()));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("cookie"));
        if self.chosen {
            let cookie = match self.language {
                Language::Indonesian => "bahasa=id; Path=/; Max-Age=31536000; SameSite=Lax",
                Language::English => "bahasa=en; Path=/; Max-Age=31536000; SameSite=Lax",
            };
            headers.insert(header::SET_COOKIE, HeaderValue::from_static(cookie));
        }
        response
    }
}

/// The frame around a page's own content.
#[derive(Debug, Clone)]
pub(crate) struct Shell {
    pub(crate) language: Language,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) office: String,
    /// The key of the menu entry this page belongs to; empty for none.
    pub(crate) place: &'static str,
    /// This page in the other language.
    pub(crate) other_language: String,
    /// This page without a language, which makes it Indonesian; with the server's name, for machines.
    pub(crate) plain: String,
}

/// One language that a page can be read in.
pub(crate) struct Tongue {
    pub(crate) tag: &'static str,
    /// Two letters that everybody knows it by.
    pub(crate) code: &'static str,
    /// What it calls itself.
    pub(crate) name: &'static str,
    pub(crate) current: bool,
}

/// One entry of the main menu.
pub(crate) struct Place {
    pub(crate) href: &'static str,
    pub(crate) key: &'static str,
    pub(crate) current: bool,
}

impl Shell {
    /// A text in the page's language.
    pub(crate) fn t<'a>(&self, key: &'a str) -> &'a str {
        texts::text(self.language, key)
    }

    /// A text with one thing filled in.
    pub(crate) fn fill(&self, key: &str, name: &str, value: &str) -> String {
        texts::fill(self.language, key, &[(name, value)])
    }

    /// One of the three texts of a verdict: `title`, `means` or `not`.
    pub(crate) fn verdict(&self, outcome: &str, part: &str) -> String {
        texts::text(self.language, &format!("verdict.{outcome}_{part}")).to_owned()
    }

    /// The address of a page in a language: Indonesian is what comes unasked.
    pub(crate) fn address_in(plain: &str, language: Language) -> String {
        let sign = if plain.contains('?') { '&' } else { '?' };
        match language {
            Language::Indonesian => plain.to_owned(),
            Language::English => format!("{plain}{sign}{LANGUAGE}={}", language.tag()),
        }
    }

    /// The one address under which search engines are to know this page in its language.
    pub(crate) fn canonical(&self, plain: &str) -> String {
        Self::address_in(plain, self.language)
    }

    /// The same page in each language, by its tag; `x-default` is for all others. Nothing where
    /// parameters make it one of many views, such as a list of results.
    pub(crate) fn alternates(&self) -> Vec<(&'static str, String)> {
        if self.plain.contains('?') {
            return Vec::new();
        }
        let [id, en] = [Language::Indonesian, Language::English]
            .map(|language| (language.tag(), Self::address_in(&self.plain, language)));
        let other = ("x-default", self.plain.clone());
        vec![id, en, other]
    }

    /// The address of a built-in file.
    pub(crate) fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    /// The languages, each under its own name, in an order that does not change.
    pub(crate) fn tongues(&self) -> [Tongue; 2] {
        Language::ALL.map(|language| Tongue {
            tag: language.tag(),
            code: language.code(),
            name: texts::text(language, "site.language_name"),
            current: language == self.language,
        })
    }

    /// The main menu.
    pub(crate) fn places(&self) -> [Place; 4] {
        [
            ("/cari", "nav.search"),
            ("/koleksi", "nav.collections"),
            ("/verifikasi", "nav.verify"),
            ("/tentang", "nav.about"),
        ]
        .map(|(href, key)| Place { href, key, current: key == self.place })
    }
}
