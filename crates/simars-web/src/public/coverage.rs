//! `GET /cakupan`: open documents of which a part could not be read, and how reading stands.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Extension, extract};
use simars_access::{Action, may};
use simars_ingest::{Holdings, Recognition};
use simars_record::Document;

use super::covered::{CoverageLine, Reading};
use super::{READER, covered, error};
use crate::address::with_query;
use crate::auth::standing;
use crate::document::page_address;
use crate::ledger::{Ledger, Totals};
use crate::problem::Code;
use crate::query;
use crate::shell::{Shell, Visit};
use crate::state::{Settings, State};
use crate::work::{blocking, failed};
use crate::{format, names, reading, texts};

/// Documents on one page of the list.
const LISTED: usize = 25;

#[derive(Template)]
#[template(path = "coverage.html")]
pub(super) struct CoveragePage {
    shell: Shell,
    /// What all open documents come to.
    totals: Vec<Total>,
    /// How recognition stands, in sentences.
    recognition: Vec<String>,
    summary: String,
    items: Vec<Item>,
    previous: String,
    next: String,
    place: String,
}

struct Total {
    key: &'static str,
    value: String,
}

struct Item {
    title: String,
    href: String,
    lines: Vec<CoverageLine>,
    notes: Vec<String>,
}

/// What there is to show.
pub(super) struct Listed {
    pub(super) totals: Totals,
    pub(super) recognition: Recognition,
    /// The documents on this page of the list.
    pub(super) documents: Vec<(Document, Reading)>,
    /// Which page of the list this is, from 1, and how many there are.
    pub(super) page: usize,
    pub(super) pages: usize,
}

/// Answers `GET /cakupan`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    Extension(ledger): Extension<Ledger>,
    visit: Visit,
) -> Response {
    match load(&state, ledger, &visit).await {
        Ok(listed) => visit.answer(StatusCode::OK, &view(&visit, &state.settings, &listed)),
        Err(code) => error::page(&visit, &state.settings, code),
    }
}

async fn load(state: &Arc<State>, ledger: Ledger, visit: &Visit) -> Result<Listed, Code> {
    let asked = query::value(&visit.pairs, &query::PAGE).and_then(|page| page.parse().ok());
    let page = asked.unwrap_or(1).max(1);
    let holdings = Arc::clone(&state.holdings);
    let (mut listed, documents) = blocking(move || list(&holdings, &ledger, page)).await??;
    let engine = listed.recognition.engine.is_some();
    for document in documents {
        let blank = reading::blank_pages(state, document.current()).await?;
        listed.documents.push((document, Reading { blank, progress: None, engine }));
    }
    Ok(listed)
}

fn list(
    holdings: &Holdings,
    ledger: &Ledger,
    page: usize,
) -> Result<(Listed, Vec<Document>), Code> {
    let listing = ledger.list(holdings, READER, Action::Find)?;
    let pages = listing.incomplete.len().div_ceil(LISTED).max(1);
    let page = page.min(pages);
    let mut documents = Vec::new();
    for (_, id) in listing.incomplete.iter().skip((page - 1) * LISTED).take(LISTED) {
        let document = holdings.archive().document(id).map_err(failed("look up a document"))?;
        // It may have been closed since it was listed.
        documents.extend(document.filter(|found| may(READER, Action::Find, standing(found))));
    }
    let recognition = holdings.recognition();
    let listed = Listed { totals: listing.totals, recognition, documents: Vec::new(), page, pages };
    Ok((listed, documents))
}

/// What the page shows.
pub(super) fn view(visit: &Visit, settings: &Settings, listed: &Listed) -> CoveragePage {
    let Listed { totals, page, pages, .. } = listed;
    let turn = |page: usize| with_query("/cakupan", [("halaman", &*page.to_string())]);
    let number = |number: usize| format::number(visit.language, number as u64);
    let place = [("n", &*number(*page)), ("total", &*number(*pages))];
    let documents = texts::count(visit.language, "documents", totals.documents_incomplete);
    CoveragePage {
        shell: visit.shell(settings, visit.t("coverage.title"), "nav.about"),
        totals: total_lines(visit, totals),
        recognition: recognition(visit, &listed.recognition),
        summary: if totals.documents_incomplete == 0 {
            visit.t("coverage.all_read").to_owned()
        } else {
            texts::fill(visit.language, "coverage.incomplete", &[("documents", &documents)])
        },
        items: listed
            .documents
            .iter()
            .map(|(found, reading)| item(visit, found, reading))
            .collect(),
        previous: if *page > 1 { turn(page - 1) } else { String::new() },
        next: if page < pages { turn(page + 1) } else { String::new() },
        place: texts::fill(visit.language, "search.page_of", &place),
    }
}

fn total_lines(visit: &Visit, totals: &Totals) -> Vec<Total> {
    let lines = [
        ("coverage.total_documents", totals.documents),
        ("coverage.total_pages", totals.pages),
        ("coverage.total_from_file", totals.pages_from_file),
        ("coverage.total_recognised", totals.pages_recognised),
        ("coverage.total_waiting", totals.pages_to_recognise),
        ("coverage.total_without_text", totals.pages_without_text),
    ];
    let lines = lines.into_iter();
    lines
        .map(|(key, number)| Total { key, value: format::number(visit.language, number) })
        .collect()
}

/// How recognition stands. What is under way may concern closed documents, so that only the public
/// part is told: whether there is an engine, and which.
fn recognition(visit: &Visit, recognition: &Recognition) -> Vec<String> {
    match &recognition.engine {
        Some(engine) => {
            vec![texts::fill(visit.language, "coverage.engine", &[("engine", engine)])]
        }
        None => vec![visit.t("coverage.no_engine_here").to_owned()],
    }
}

fn item(visit: &Visit, document: &Document, reading: &Reading) -> Item {
    let language = visit.language;
    let notes = covered::notes(language, document.current(), reading);
    let note = |note: covered::Note| match note.place.as_str() {
        "" => note.text,
        place => format!("{} ({place})", note.text),
    };
    Item {
        title: names::shown_label(language, document),
        href: page_address(&document.id.to_string()),
        lines: covered::view(language, document, reading).lines,
        notes: notes.into_iter().map(note).collect(),
    }
}
