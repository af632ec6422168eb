//! `GET /koleksi`: the shelves, and all that is open by kind, year and issuer.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::Response;

use super::shelf::{Card, Glance, cards, glances};
use super::{Choice, behind, error};
use crate::address::encode;
use crate::find::{Found, everything};
use crate::language::Language;
use crate::names;
use crate::shell::{Shell, Visit};
use crate::state::{Settings, State};

/// The feeds that the page tells of.
const MOST_FEEDS: usize = 60;

#[derive(Template)]
#[template(path = "collections.html")]
pub(super) struct CollectionsPage {
    shell: Shell,
    notices: Vec<String>,
    /// Whether it is certain that there is nothing.
    nothing: bool,
    shelves: Vec<Card>,
    /// The shelves about one region each.
    regions: Vec<Card>,
    groups: Vec<Group>,
    /// The feeds of the collections.
    feeds: Vec<Choice>,
}

/// Documents by something that they have.
pub(super) struct Group {
    pub(super) id: &'static str,
    pub(super) key: &'static str,
    /// Whether its names are short.
    pub(super) narrow: bool,
    pub(super) values: Vec<Choice>,
}

impl Group {
    /// Whether its names are words of the documents rather than of the page.
    pub(super) fn in_indonesian(&self) -> bool {
        matches!(self.id, "penerbit" | "subjek")
    }
}

/// Answers `GET /koleksi`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Response {
    let looked = match glances(&state).await {
        Ok(shelves) => everything(&state).await.map(|found| (found, shelves)),
        Err(code) => Err(code),
    };
    match looked {
        Ok((found, shelves)) => {
            visit.answer(StatusCode::OK, &view(&visit, &state.settings, &found, &shelves))
        }
        Err(code) => error::page(&visit, &state.settings, code),
    }
}

/// What the page shows.
pub(super) fn view(
    visit: &Visit,
    settings: &Settings,
    found: &Found,
    shelves: &[Glance],
) -> CollectionsPage {
    let language = visit.language;
    let facets = &found.answer.facets;
    let kinds = facets.kind.iter().map(|(kind, amount)| {
        let mut href = "/koleksi/jenis/".to_owned();
        encode(&mut href, kind);
        Choice {
            href,
            ..Choice::filter(language, "jenis", kind, names::kind(language, kind), *amount)
        }
    });
    let years = facets.year.iter().map(|(year, amount)| {
        let year = year.to_string();
        Choice::filter(language, "tahun", &year, year.clone(), *amount)
    });
    let issuers = facets.issuer.iter().map(|(issuer, amount)| {
        Choice::filter(language, "penerbit", issuer, issuer.clone(), *amount)
    });
    let subjects = facets.subject.iter().map(|(subject, amount)| {
        Choice::filter(language, "subjek", subject, subject.clone(), *amount)
    });
    let groups = [
        ("jenis", "collections.by_kind", false, kinds.collect::<Vec<_>>()),
        ("tahun", "collections.by_year", true, years.collect()),
        ("penerbit", "collections.by_issuer", false, issuers.collect()),
        ("subjek", "collections.by_subject", false, subjects.collect()),
    ];
    let feeds = feeds(language, found);
    let groups = groups.into_iter().filter(|(.., values)| !values.is_empty());
    CollectionsPage {
        shell: visit.shell(settings, visit.t("collections.title"), "nav.collections"),
        notices: behind(visit, found.complete).into_iter().collect(),
        nothing: found.answer.total == 0 && found.complete,
        shelves: cards(visit, shelves, false),
        regions: cards(visit, shelves, true),
        groups: groups.map(|(id, key, narrow, values)| Group { id, key, narrow, values }).collect(),
        feeds,
    }
}

fn feeds(language: Language, found: &Found) -> Vec<Choice> {
    let facets = &found.answer.facets;
    let feed = |by: &str, value: &str, name: String| {
        let href = crate::feed::address(by, value);
        Choice { name, href, amount: String::new() }
    };
    let kinds =
        facets.kind.iter().map(|(kind, _)| feed("jenis", kind, names::kind(language, kind)));
    let years = facets.year.iter().map(|(year, _)| year.to_string());
    let years = years.map(|year| feed("tahun", &year, year.clone()));
    kinds.chain(years).take(MOST_FEEDS).collect()
}
