//! `GET /`: what this is, a place to search, what is new.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::Response;
use simars_search::Hit;

use super::{Choice, behind, error};
use crate::address::with_query;
use crate::document::page_address;
use crate::find::{Found, everything};
use crate::language::Language;
use crate::shell::{Shell, Visit};
use crate::state::{Settings, State};
use crate::{format, names, texts};

#[derive(Template)]
#[template(path = "home.html")]
pub(super) struct HomePage {
    shell: Shell,
    examples: Vec<Choice>,
    kinds: Vec<Choice>,
    /// How many documents there are, in words.
    documents: String,
    newest: Vec<NewDocument>,
    notices: Vec<String>,
    /// Whether it is certain that there is nothing.
    nothing: bool,
}

struct NewDocument {
    kind: String,
    number: String,
    date: String,
    title: String,
    href: String,
}

/// Answers `GET /`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Response {
    match everything(&state).await {
        Ok(found) => visit.answer(StatusCode::OK, &view(&visit, &state.settings, &found)),
        Err(code) => error::page(&visit, &state.settings, code),
    }
}

/// What the page shows.
pub(super) fn view(visit: &Visit, settings: &Settings, found: &Found) -> HomePage {
    let answer = &found.answer;
    let language = visit.language;
    let example = |q: &str| Choice {
        name: q.to_owned(),
        href: with_query("/cari", [("q", q)]),
        amount: String::new(),
    };
    let numbered = answer.hits.iter().find_map(numbered);
    let kinds = answer.facets.kind.iter().map(|(kind, amount)| {
        Choice::filter(language, "jenis", kind, names::kind(language, kind), *amount)
    });
    HomePage {
        shell: visit.shell(settings, "", "nav.home"),
        examples: [Some(visit.t("home.example_words")), numbered.as_deref()]
            .into_iter()
            .chain([Some(visit.t("home.example_phrase"))])
            .flatten()
            .map(example)
            .collect(),
        kinds: kinds.take(12).collect(),
        documents: texts::count(language, "documents", answer.total),
        newest: answer.hits.iter().map(|hit| new_document(visit, hit)).collect(),
        notices: behind(visit, found.complete).into_iter().collect(),
        nothing: answer.total == 0 && found.complete,
    }
}

/// How people ask for this act by its number.
fn numbered(hit: &Hit) -> Option<String> {
    let number = hit.number.as_deref().filter(|number| number.len() <= 6)?;
    let kind = names::kind(Language::Indonesian, hit.kind.as_deref()?).to_lowercase();
    Some(format!("{kind} {number} tahun {}", hit.year?))
}

fn new_document(visit: &Visit, hit: &Hit) -> NewDocument {
    let language = visit.language;
    let date = hit.date.as_ref();
    NewDocument {
        kind: hit.kind.as_ref().map(|kind| names::kind(language, kind)).unwrap_or_default(),
        number: names::number_line(language, hit.number.as_deref(), hit.year),
        date: date.map(|date| format::written_date(language, date)).unwrap_or_default(),
        title: names::shown_hit_title(language, hit),
        href: page_address(&hit.id),
    }
}
