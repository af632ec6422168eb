//! `GET /dokumen/{id}/halaman/{n}`: the text of one page, with what was searched for marked.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use simars_access::Action;
use simars_record::Document;

use super::{READER, error};
use crate::address::{brief, with_query};
use crate::document::{self, Links, find};
use crate::highlight::mark;
use crate::problem::Code;
use crate::segments::Segments;
use crate::shell::{Shell, Visit};
use crate::state::{Settings, State};
use crate::{names, query, texts};

#[derive(Template)]
#[template(path = "page.html")]
pub(super) struct TextPage {
    shell: Shell,
    canonical: String,
    document_href: String,
    results_href: String,
    original_href: String,
    document_title: String,
    place: String,
    marked: bool,
    has_text: bool,
    /// The text, escaped, with marks.
    html: String,
    previous: String,
    next: String,
}

/// Answers `GET /dokumen/{id}/halaman/{n}`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
    Segments((id, n)): Segments<(String, String)>,
) -> Response {
    match load(&state, &id, &n).await {
        Ok((document, n, text)) => {
            visit.answer(StatusCode::OK, &view(&visit, &state.settings, &document, n, &text))
        }
        Err(code) => error::page(&visit, &state.settings, code),
    }
}

/// Answers `GET /dokumen/{id}/halaman?n=`, where a form without JavaScript leads: goes on to the
/// page itself.
pub(crate) async fn go_to(visit: Visit, Segments(id): Segments<String>) -> Response {
    let n = query::value(&visit.pairs, &["n"]).and_then(|n| n.parse::<u32>().ok()).unwrap_or(1);
    let mut path = "/dokumen/".to_owned();
    crate::address::encode(&mut path, &id);
    Redirect::to(&format!("{path}/halaman/{n}")).into_response()
}

async fn load(state: &Arc<State>, id: &str, n: &str) -> Result<(Document, u32, String), Code> {
    let document = find(state, READER, Action::Read, id).await?;
    let n: u32 = n.parse().map_err(|_| Code::PageNotFound)?;
    let page = document::page(state, document.current(), n).await?.ok_or(Code::PageNotFound)?;
    Ok((document, n, page))
}

/// What the page shows.
pub(super) fn view(
    visit: &Visit,
    settings: &Settings,
    document: &Document,
    n: u32,
    text: &str,
) -> TextPage {
    let language = visit.language;
    let q = query::value(&visit.pairs, &["q"]).unwrap_or_default();
    let (html, marked) = mark(text.trim_matches('\n'), q);
    let q = brief(q);
    let links = Links::of(document);
    let pages = document.current().pages;
    let numbers = [("n", &*n.to_string()), ("pages", &*pages.to_string())];
    let place = texts::fill(language, "page.title", &numbers);
    let turn = |n: u32| with_query(&format!("{}/halaman/{n}", links.page), [("q", q)]);
    let label = names::label(language, document);
    TextPage {
        shell: visit.shell(settings, &format!("{place} · {label}"), ""),
        canonical: format!("{}{}/halaman/{n}", visit.origin(settings), links.page),
        results_href: if q.is_empty() { String::new() } else { with_query("/cari", [("q", q)]) },
        original_href: original(document, n, &links.content),
        document_title: label,
        place,
        marked,
        has_text: !text.trim().is_empty(),
        html,
        previous: if n > 1 { turn(n - 1) } else { String::new() },
        next: if n < pages { turn(n + 1) } else { String::new() },
        document_href: links.page,
    }
}

/// The original; a PDF opens at the same page.
fn original(document: &Document, n: u32, content: &str) -> String {
    if document.current().media_type == "application/pdf" {
        format!("{content}#page={n}")
    } else {
        content.to_owned()
    }
}
