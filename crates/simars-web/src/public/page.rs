//! `GET /dokumen/{id}/halaman/{n}` and what lies below it: one page to read, its image with the
//! text beside it, and what was searched for marked in both.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, extract};
use simars_access::Action;
use simars_describe::structure::{Anchor, Position};
use simars_record::{Document, FindingCode, Structure, TextSource, WordBox};

use super::sheet::{Sheet, sheet};
use super::table::{self, TableView};
use super::{READER, error};
use crate::address::{brief, with_query};
use crate::content::send;
use crate::document::{Links, find};
use crate::highlight::{mark_anchored, marked_words};
use crate::parts::Look;
use crate::problem::Code;
use crate::reading::{self, PageRead};
use crate::segments::Segments;
use crate::shell::{Shell, Visit};
use crate::state::{Settings, State};
use crate::work::{Places, blocking};
use crate::{coverage, names, parts, query, texts};

/// The parameter that asks for the reading that was not chosen, and its value.
const READING: (&str, &str) = ("bacaan", "lain");

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
    /// The page's own name, where it is not its number.
    label: String,
    /// The article that the page begins in the middle of.
    continues: String,
    marked: bool,
    sheet: Option<Sheet>,
    /// What is to be known of images that are not of the file itself; empty otherwise.
    converted: String,
    has_text: bool,
    /// The text, escaped, with marks.
    html: String,
    /// Where the text comes from.
    source: String,
    /// What was noticed on this page.
    notes: Vec<String>,
    /// The other reading, or the way back from it; empty if there is none.
    other_href: String,
    other_name: &'static str,
    tables: Vec<TableView>,
    previous: String,
    next: String,
}

/// A page and what is needed to show it.
pub(super) struct Opened {
    pub(super) document: Document,
    pub(super) n: u32,
    pub(super) read: PageRead,
    /// The page's own name, if it has one.
    pub(super) label: Option<String>,
    /// Where in the articles of an act it begins.
    pub(super) opening: Option<Position>,
    pub(super) look: Look,
}

/// Answers `GET /dokumen/{id}/halaman/{n}`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
    Segments((id, n)): Segments<(String, String)>,
) -> Response {
    match load(&state, &id, &n).await {
        Ok(opened) => visit.answer(StatusCode::OK, &view(&visit, &state.settings, &opened)),
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

/// Answers `GET` and `HEAD /dokumen/{id}/halaman/{n}/gambar?lebar=`: the page's image.
pub(crate) async fn image(
    extract::State(state): extract::State<Arc<State>>,
    Extension(drawers): Extension<Places>,
    visit: Visit,
    (method, headers): (Method, HeaderMap),
    Segments((id, n)): Segments<(String, String)>,
) -> Response {
    match parts::image(&state, &drawers, READER, &visit.pairs, (&id, &n)).await {
        Ok(content) => send(&method, &headers, content).await,
        Err(problem) => error::page(&visit, &state.settings, problem.code),
    }
}

/// Answers `GET` and `HEAD /dokumen/{id}/halaman/{n}/tabel/{k}.csv`: a table of the page.
pub(crate) async fn table(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
    (method, headers): (Method, HeaderMap),
    Segments((id, n, name)): Segments<(String, String, String)>,
) -> Response {
    match parts::table(&state, READER, (&id, &n), &name).await {
        Ok(content) => send(&method, &headers, content).await,
        Err(problem) => error::page(&visit, &state.settings, problem.code),
    }
}

async fn load(state: &Arc<State>, id: &str, n: &str) -> Result<Opened, Code> {
    let document = find(state, READER, Action::Read, id).await?;
    let n: u32 = n.parse().map_err(|_| Code::PageNotFound)?;
    let read = reading::page(state, document.current(), n).await?.ok_or(Code::PageNotFound)?;
    let structure = reading::structure(state, document.current()).await?;
    let opening = reading::opening(state, &document, n).await?;
    let (holdings, version) = (Arc::clone(&state.holdings), document.current().clone());
    let look = blocking(move || Look::at(&holdings, &version)).await?;
    let label = structure.and_then(|structure| label(&structure, n));
    Ok(Opened { label, document, n, read, opening, look })
}

fn label(structure: &Structure, n: u32) -> Option<String> {
    let label = structure.page_labels.get(n.checked_sub(1)? as usize)?.trim();
    (!label.is_empty() && label != n.to_string()).then(|| label.to_owned())
}

/// One of the readings of a page.
struct Chosen<'a> {
    text: &'a str,
    source: TextSource,
    words: &'a [WordBox],
    confidence: Option<u8>,
    engine: Option<&'a str>,
    /// Whether it is the one that is not used for searching.
    other: bool,
}

fn choose(read: &PageRead, other: bool) -> Chosen<'_> {
    let layout = read.layout.as_ref();
    match layout.and_then(|layout| layout.other.as_deref()).filter(|_| other) {
        Some(kept) => Chosen {
            text: &kept.text,
            source: kept.source,
            words: &kept.words,
            confidence: kept.confidence,
            engine: kept.engine.as_deref(),
            other: true,
        },
        None => Chosen {
            text: &read.text,
            source: read.source,
            words: layout.map(|layout| layout.words.as_slice()).unwrap_or_default(),
            confidence: layout.and_then(|layout| layout.confidence),
            engine: layout.and_then(|layout| layout.engine.as_deref()),
            other: false,
        },
    }
}

/// What the page shows.
pub(super) fn view(visit: &Visit, settings: &Settings, opened: &Opened) -> TextPage {
    let Opened { document, n, read, look, .. } = opened;
    let (language, n, links) = (visit.language, *n, Links::of(document));
    let q = query::value(&visit.pairs, &["q"]).unwrap_or_default();
    let wants_other = query::value(&visit.pairs, &[READING.0]) == Some(READING.1);
    let chosen = choose(read, wants_other);
    let (html, marked) = mark_anchored(chosen.text, q, &anchors(opened, &chosen));
    let html = html.trim_matches('\n').to_owned();
    let boxes = marked_words(chosen.text, q).into_iter();
    let boxes = boxes.filter_map(|word| chosen.words.get(word));
    // A converted page need not have the word at all, let alone in the same place.
    let boxes: Vec<WordBox> = boxes.filter(|_| *look == Look::Pages).copied().collect();
    let q = brief(q);
    let pages = document.current().pages;
    let numbers = [("n", &*n.to_string()), ("pages", &*pages.to_string())];
    let place = texts::fill(language, "page.title", &numbers);
    let page = |n: u32| format!("{}/halaman/{n}", links.page);
    let turn = |n: u32| with_query(&page(n), [("q", q)]);
    let title = names::label(language, document);
    let (other_href, other_name) = other(&page(n), read, &chosen, q);
    let layout = read.layout.as_ref().filter(|_| !chosen.other);
    let tables = layout.map(|layout| layout.tables.as_slice()).unwrap_or_default();
    TextPage {
        shell: visit.shell(settings, &format!("{place} · {title}"), ""),
        canonical: format!("{}{}", visit.origin(settings), page(n)),
        results_href: if q.is_empty() { String::new() } else { with_query("/cari", [("q", q)]) },
        original_href: original(document, n, &links.content),
        label: opened.label.as_ref().map_or_else(String::new, |label| {
            texts::fill(language, "page.label", &[("label", label)])
        }),
        continues: opened
            .opening
            .as_ref()
            .and_then(|opening| opening.at("", 0))
            .map_or_else(String::new, |anchor| {
                texts::fill(language, "page.continues", &[("place", &anchor.label)])
            }),
        sheet: look.has(n).then(|| sheet(language, document, n, read.layout.as_ref(), &boxes)),
        converted: converted(visit, *look, n),
        has_text: !chosen.text.trim().is_empty(),
        source: source(visit, &chosen),
        notes: notes(visit, document, n),
        tables: table::views(language, tables, n, &page(n)),
        previous: if n > 1 { turn(n - 1) } else { String::new() },
        next: if n < pages { turn(n + 1) } else { String::new() },
        document_title: title,
        document_href: links.page,
        place,
        marked,
        html,
        other_href,
        other_name,
    }
}

/// The headings on the page as it is shown; the reading that is not used has none.
fn anchors(opened: &Opened, chosen: &Chosen<'_>) -> Vec<Anchor> {
    let opening = opened.opening.clone().filter(|_| !chosen.other);
    opening.map(|mut position| position.read(chosen.text)).unwrap_or_default()
}

/// Where the reading that is not shown can be read, and how the link to it is called.
fn other(page: &str, read: &PageRead, chosen: &Chosen<'_>, q: &str) -> (String, &'static str) {
    let kept = read.layout.as_ref().is_some_and(|layout| layout.other.is_some());
    match (kept, chosen.other) {
        (false, _) => (String::new(), ""),
        (true, true) => (with_query(page, [("q", q)]), "page.reading_chosen"),
        (true, false) => (with_query(page, [READING, ("q", q)]), "page.reading_other"),
    }
}

/// Where the text comes from, in a sentence.
fn source(visit: &Visit, chosen: &Chosen<'_>) -> String {
    let language = visit.language;
    let sentence = match (chosen.source, chosen.confidence) {
        (TextSource::None, _) => return String::new(),
        (TextSource::Layer, _) => visit.t("page.source_file").to_owned(),
        (TextSource::Ocr, None) => visit.t("page.source_recognised_plain").to_owned(),
        (TextSource::Ocr, Some(confidence)) => {
            let n = confidence.to_string();
            texts::fill(language, "page.source_recognised", &[("n", &n)])
        }
    };
    let engine = chosen.engine.map(|engine| format!(" ({engine})")).unwrap_or_default();
    let kept = if chosen.other { visit.t("page.reading_not_used") } else { "" };
    format!("{sentence}{engine} {kept}").trim_end().to_owned()
}

/// What a reader is told of a converted page.
fn converted(visit: &Visit, look: Look, n: u32) -> String {
    match look {
        Look::Nothing | Look::Pages => String::new(),
        Look::Converted { pages: Some(pages) } if n > pages => {
            let pages = [("pages", &*pages.to_string())];
            texts::fill(visit.language, "page.converted_less", &pages)
        }
        Look::Converted { .. } => visit.t("page.converted").to_owned(),
    }
}

/// What was noticed on this page, each kind once, and whether it waits.
fn notes(visit: &Visit, document: &Document, n: u32) -> Vec<String> {
    let current = document.current();
    let here = |code: FindingCode| {
        current.findings.iter().any(|finding| finding.code == code && finding.page == Some(n))
    };
    let finding = |code: FindingCode| {
        texts::text(visit.language, &format!("finding.{}", code.as_str())).to_owned()
    };
    let found: Vec<FindingCode> = FindingCode::ALL.into_iter().filter(|code| here(*code)).collect();
    let mut notes: Vec<String> = found.iter().copied().map(finding).collect();
    let waits = current.pages_to_recognise.contains(&n);
    if waits && !found.contains(&FindingCode::RecognitionMissing) {
        notes.push(visit.t("page.waits").to_owned());
    } else if found.is_empty() {
        notes.extend(coverage::reason(&current.findings, n).map(finding));
    }
    notes
}

/// The original; a PDF opens at the same page.
fn original(document: &Document, n: u32, content: &str) -> String {
    if document.current().media_type == "application/pdf" {
        format!("{content}#page={n}")
    } else {
        content.to_owned()
    }
}
