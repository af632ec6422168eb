//! `GET /`: what this is, a place to search, what is new.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::Response;
use simars_access::{Action, may};
use simars_record::Document;
use simars_search::Answer;

use super::{Choice, READER, error, everything};
use crate::address::with_query;
use crate::auth::standing;
use crate::document::page_address;
use crate::problem::Code;
use crate::shell::{Shell, Visit};
use crate::state::{Settings, State};
use crate::work::{blocking, failed};
use crate::{format, names, texts};

/// How many new documents are shown.
const NEWEST: usize = 6;
/// How many of the newest are looked at to find some that may be shown.
const LOOKED_AT: usize = 500;

#[derive(Template)]
#[template(path = "home.html")]
pub(super) struct HomePage {
    shell: Shell,
    examples: Vec<Choice>,
    kinds: Vec<Choice>,
    /// How many documents there are, in words.
    documents: String,
    newest: Vec<NewDocument>,
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
    match load(&state).await {
        Ok((answer, newest)) => {
            visit.answer(StatusCode::OK, &view(&visit, &state.settings, &answer, &newest))
        }
        Err(code) => error::page(&visit, &state.settings, code),
    }
}

async fn load(state: &Arc<State>) -> Result<(Answer, Vec<Document>), Code> {
    let holdings = Arc::clone(&state.holdings);
    blocking(move || {
        let answer =
            holdings.index().search(&everything()).map_err(failed("count the documents"))?;
        let mut newest = Vec::new();
        for document in holdings.archive().newest().take(LOOKED_AT) {
            let document = document.map_err(failed("list the newest documents"))?;
            if may(READER, Action::Find, standing(&document)) {
                newest.push(document);
            }
            if newest.len() == NEWEST {
                break;
            }
        }
        Ok((answer, newest))
    })
    .await?
}

/// What the page shows.
pub(super) fn view(
    visit: &Visit,
    settings: &Settings,
    answer: &Answer,
    newest: &[Document],
) -> HomePage {
    let language = visit.language;
    let example = |key| Choice {
        name: texts::text(language, key).to_owned(),
        href: with_query("/cari", [("q", texts::text(language, key))]),
        amount: String::new(),
    };
    let kinds = answer.facets.kind.iter().map(|(kind, amount)| {
        Choice::filter(language, "jenis", kind, names::kind(language, kind), *amount)
    });
    HomePage {
        shell: visit.shell(settings, "", "nav.home"),
        examples: vec![
            example("home.example_words"),
            example("home.example_number"),
            example("home.example_phrase"),
        ],
        kinds: kinds.take(12).collect(),
        documents: texts::count(language, "documents", answer.total),
        newest: newest.iter().map(|document| new_document(visit, document)).collect(),
    }
}

fn new_document(visit: &Visit, document: &Document) -> NewDocument {
    let language = visit.language;
    let description = &document.description;
    let kind = description.kind.as_ref();
    let number = description.number.as_ref().map(|field| field.value.as_str());
    let year = description.year.as_ref().map(|field| field.value);
    let date = description.date.as_ref();
    NewDocument {
        kind: kind.map(|field| names::kind(language, &field.value)).unwrap_or_default(),
        number: names::number_line(language, number, year),
        date: date.map(|field| format::date(language, field.value)).unwrap_or_default(),
        title: names::title(language, document),
        href: page_address(&document.id.to_string()),
    }
}
