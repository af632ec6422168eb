//! `GET /koleksi/jenis/{kind}`: one kind of document, by year, issuer and subject.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::Response;
use simars_describe::kinds;
use simars_search::{Request, Sort};

use super::collections::Group;
use super::items::{Item, items};
use super::{Choice, READER, behind, error, everything};
use crate::address::with_query;
use crate::find::{Found, run};
use crate::problem::Code;
use crate::segments::Segments;
use crate::shell::{Shell, Visit};
use crate::state::{Settings, State};
use crate::{format, names, texts};

/// Documents that are shown, the newest.
const NEWEST: usize = 5;
/// Issuers and subjects that are shown.
const VALUES: usize = 24;

#[derive(Template)]
#[template(path = "browse.html")]
pub(super) struct BrowsePage {
    shell: Shell,
    name: String,
    summary: String,
    notices: Vec<String>,
    groups: Vec<Group>,
    all: String,
    /// The feed of what comes of this kind.
    feed: String,
    items: Vec<Item>,
    first: usize,
}

/// Answers it.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
    Segments(kind): Segments<String>,
) -> Response {
    let request = Request {
        kind: Some(kind.clone()),
        sort: Sort::DateDescending,
        per_page: NEWEST,
        ..everything()
    };
    match run(&state, READER, request).await {
        Ok(found) if found.answer.total == 0 && found.complete && kinds::find(&kind).is_none() => {
            error::page(&visit, &state.settings, Code::NotFound)
        }
        Ok(found) => visit.answer(StatusCode::OK, &view(&visit, &state.settings, &kind, &found)),
        Err(code) => error::page(&visit, &state.settings, code),
    }
}

/// What the page shows.
pub(super) fn view(visit: &Visit, settings: &Settings, kind: &str, found: &Found) -> BrowsePage {
    let language = visit.language;
    let facets = &found.answer.facets;
    let choice = |parameter: &str, value: &str, amount: u64| Choice {
        name: value.to_owned(),
        href: with_query("/cari", [("jenis", kind), (parameter, value)]),
        amount: format::number(language, amount),
    };
    let years = facets.year.iter().map(|(year, n)| choice("tahun", &year.to_string(), *n));
    let named = |parameter: &str, counts: &[(String, u64)]| -> Vec<Choice> {
        counts.iter().take(VALUES).map(|(name, n)| choice(parameter, name, *n)).collect()
    };
    let groups = [
        ("tahun", "collections.by_year", true, years.collect::<Vec<_>>()),
        ("penerbit", "collections.by_issuer", false, named("penerbit", &facets.issuer)),
        ("subjek", "collections.by_subject", false, named("subjek", &facets.subject)),
    ];
    let groups = groups.into_iter().filter(|(.., values)| !values.is_empty());
    let name = names::kinds(language, kind);
    BrowsePage {
        shell: visit.shell(settings, &name, "nav.collections"),
        summary: texts::count(language, "documents", found.answer.total),
        notices: behind(visit, found.complete).into_iter().collect(),
        groups: groups.map(|(id, key, narrow, values)| Group { id, key, narrow, values }).collect(),
        all: with_query("/cari", [("jenis", kind)]),
        feed: crate::feed::address("jenis", kind),
        items: items(visit, "", found),
        first: 1,
        name,
    }
}
