//! `GET /dokumen/{id}/halaman/{n}` and what lies below it: one page to read, its image with its words
//! over it or its text alone, and what was searched for marked in both.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, extract};
use simars_access::Action;
use simars_describe::structure::{Anchor, Position};
use simars_record::{Document, FindingCode, Structure, TextSource, WordBox};
use simars_search::Within;

use super::layer::{self, Layer};
use super::reader::{self, Around, Kept, Known, View};
use super::sheet::{self, Sheet, sheet};
use super::table::{self, TableView};
use super::{READER, error};
use crate::address::with_query;
use crate::content::send;
use crate::document::{Links, find};
use crate::flow::flow;
use crate::handout::offered;
use crate::highlight::{mark_anchored, marked_words};
use crate::parts::Look;
use crate::problem::Code;
use crate::reading::{self, PageRead};
use crate::segments::Segments;
use crate::series::neighbours;
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
    /// The page itself, without parameters, and the form that leads to another.
    document_href: String,
    pages_href: String,
    results_href: String,
    original_href: String,
    document_title: String,
    place: String,
    n: u32,
    pages: u32,
    q: String,
    /// The view that was asked for; empty if none was.
    view: &'static str,
    views: Vec<ViewLink>,
    /// Whether the image is shown larger than the screen.
    large: bool,
    /// Whether only the text is shown because the reader saves data.
    saved: bool,
    /// The page's own name, where it is not its number.
    label: String,
    /// The article that the page begins in the middle of.
    continues: String,
    marked: bool,
    sheet: Option<Sheet>,
    layer: Option<Layer>,
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
    around: Around,
}

struct ViewLink {
    href: String,
    key: &'static str,
    current: bool,
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
    /// Whether the reader's browser asks to save data.
    pub(super) saves: bool,
    pub(super) known: Known,
}

/// Answers `GET /dokumen/{id}/halaman/{n}`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
    headers: HeaderMap,
    Segments((id, n)): Segments<(String, String)>,
) -> Response {
    match load(&state, &visit, (&id, &n)).await {
        Ok(mut opened) => {
            opened.saves = headers.get("save-data").is_some_and(|value| value == "on");
            let page = view(&visit, &state.settings, &opened);
            let mut response = visit.answer(StatusCode::OK, &page);
            let vary = HeaderValue::from_static("cookie, save-data");
            response.headers_mut().insert(header::VARY, vary);
            response
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
    Redirect::to(&Kept::of(&visit).to(&format!("{path}/halaman/{n}"))).into_response()
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

async fn load(state: &Arc<State>, visit: &Visit, (id, n): (&str, &str)) -> Result<Opened, Code> {
    let document = find(state, READER, Action::Read, id).await?;
    let n: u32 = n.parse().map_err(|_| Code::PageNotFound)?;
    let read = reading::page(state, document.current(), n).await?.ok_or(Code::PageNotFound)?;
    let structure = reading::structure(state, document.current()).await?;
    let (opening, headings) = reading::opening_and_headings(state, &document, n).await?;
    let (holdings, version) = (Arc::clone(&state.holdings), document.current().clone());
    let look = blocking(move || Look::at(&holdings, &version)).await?;
    let asked = reader::asked(visit);
    let within = if asked.q.is_empty() {
        Within::default()
    } else {
        crate::beside::within(state, READER, &document, asked).await?
    };
    let label = structure.as_ref().and_then(|structure| label(structure, n));
    let series = neighbours(state, READER, &document).await?;
    let offered = offered(state, &document).await?;
    let known = Known { within, headings, structure, series, offered };
    Ok(Opened { label, document, n, read, opening, look, saves: false, known })
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
    let anchors = anchors(opened, &chosen);
    let has_text = !chosen.text.trim().is_empty();
    let view = chosen_view(visit, opened, has_text);
    let kept = Kept::of(visit);
    let (sheet, layer) = match view {
        View::Text => (None, None),
        _ => pictured(visit, opened, &chosen, &anchors),
    };
    // What a link points at is there once: over the image, or else in the text.
    let in_text = if layer.is_some() { &[][..] } else { &anchors[..] };
    let flowing = flow(chosen.text);
    let in_text: Vec<Anchor> = in_text
        .iter()
        .map(|anchor| Anchor { start: flowing.at(anchor.start), ..anchor.clone() })
        .collect();
    let (html, marked) = mark_anchored(&flowing.text, q, &in_text);
    let pages = document.current().pages;
    let numbers = [("n", &*n.to_string()), ("pages", &*pages.to_string())];
    let place = texts::fill(language, "page.title", &numbers);
    let page = |n: u32| format!("{}/halaman/{n}", links.page);
    let title = names::shown_label(language, document);
    let (other_href, other_name) = other(&page(n), read, &chosen, kept);
    let layout = read.layout.as_ref().filter(|_| !chosen.other);
    let tables = layout.map(|layout| layout.tables.as_slice()).unwrap_or_default();
    TextPage {
        shell: visit.shell(settings, &format!("{place} · {title}"), ""),
        canonical: format!("{}{}", visit.origin(settings), page(n)),
        results_href: if q.is_empty() {
            String::new()
        } else {
            with_query("/cari", [("q", kept.q)])
        },
        pages_href: format!("{}/halaman", links.page),
        original_href: original(document, n, &links.content),
        label: opened.label.as_ref().map_or_else(String::new, |label| {
            texts::fill(language, "page.label", &[("label", label)])
        }),
        continues: continues(visit, opened),
        converted: if view == View::Text && look.has(n) {
            String::new()
        } else {
            converted(visit, *look, n)
        },
        views: views(visit, opened, view, has_text),
        view: View::asked(visit).map_or("", View::name),
        large: view == View::Large,
        saved: opened.saves && view == View::Text && look.has(n),
        source: source(visit, &chosen),
        notes: notes(visit, document, n),
        tables: table::views(language, tables, n, &page(n)),
        previous: if n > 1 { kept.to(&page(n - 1)) } else { String::new() },
        next: if n < pages { kept.to(&page(n + 1)) } else { String::new() },
        around: reader::around(visit, document, n, &opened.known),
        q: q.chars().take(reader::TYPED).collect(),
        html: html.trim_matches('\n').to_owned(),
        document_title: title,
        document_href: links.page,
        place,
        marked,
        sheet,
        layer,
        n,
        pages,
        has_text,
        other_href,
        other_name,
    }
}

/// The view that is shown: the one that was asked for, if there is one; the text where there is no
/// image, or where the reader's line is to be spared.
fn chosen_view(visit: &Visit, opened: &Opened, has_text: bool) -> View {
    if !opened.look.has(opened.n) {
        return View::Text;
    }
    match View::asked(visit) {
        Some(View::Text) | None if !has_text => View::Image,
        None if opened.saves => View::Text,
        asked => asked.unwrap_or(View::Image),
    }
}

/// The other ways to look at the page; none where there is only one.
fn views(visit: &Visit, opened: &Opened, shown: View, has_text: bool) -> Vec<ViewLink> {
    if !opened.look.has(opened.n) {
        return Vec::new();
    }
    let path = format!("{}/halaman/{}", Links::of(&opened.document).page, opened.n);
    let link = |view: View| ViewLink {
        href: Kept { view: view.name(), ..Kept::of(visit) }.to(&path),
        key: view.key(),
        current: view == shown,
    };
    let there = View::ALL.into_iter().filter(|view| has_text || *view != View::Text);
    there.map(link).collect()
}

/// The image of the page, and its words over it.
fn pictured(
    visit: &Visit,
    opened: &Opened,
    chosen: &Chosen<'_>,
    anchors: &[Anchor],
) -> (Option<Sheet>, Option<Layer>) {
    let Opened { document, n, read, look, .. } = opened;
    if !look.has(*n) {
        return (None, None);
    }
    // A converted page need not have the word at all, let alone in the same place.
    let own = *look == Look::Pages;
    let words = if own { chosen.words } else { &[] };
    let q = query::value(&visit.pairs, &["q"]).unwrap_or_default();
    let boxes = marked_words(chosen.text, q).into_iter();
    let boxes: Vec<WordBox> = boxes.filter_map(|word| words.get(word)).copied().collect();
    let layout = read.layout.as_ref();
    let sheet = sheet(visit.language, document, *n, layout, &boxes);
    (Some(sheet), layer::layer(chosen.text, words, sheet::ratio(layout), anchors))
}

/// The article that the page begins in the middle of.
fn continues(visit: &Visit, opened: &Opened) -> String {
    let anchor = opened.opening.as_ref().and_then(|opening| opening.at("", 0));
    anchor.map_or_else(String::new, |anchor| {
        texts::fill(visit.language, "page.continues", &[("place", &anchor.label)])
    })
}

/// The headings on the page as it is shown; the reading that is not used has none.
fn anchors(opened: &Opened, chosen: &Chosen<'_>) -> Vec<Anchor> {
    let opening = opened.opening.clone().filter(|_| !chosen.other);
    opening.map(|mut position| position.read(chosen.text)).unwrap_or_default()
}

/// Where the reading that is not shown can be read, and how the link to it is called.
fn other(
    page: &str,
    read: &PageRead,
    chosen: &Chosen<'_>,
    kept: Kept<'_>,
) -> (String, &'static str) {
    let there = read.layout.as_ref().is_some_and(|layout| layout.other.is_some());
    match (there, chosen.other) {
        (false, _) => (String::new(), ""),
        (true, true) => (kept.to(page), "page.reading_chosen"),
        (true, false) => {
            let own = [READING, ("q", kept.q), (reader::VIEW, kept.view)];
            (with_query(page, own), "page.reading_other")
        }
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
