//! Atom feeds (RFC 4287) of what is new: everywhere, in a collection, for a search; in parts that
//! lead on to older documents (RFC 5005 §3).

use std::cmp::Reverse;
use std::sync::Arc;

use crate::auth::scope;
use askama::Template;
use axum::extract;
use axum::response::{IntoResponse, Response};
use simars_access::{Action, may};
use simars_ingest::{Holdings, List, Place};
use simars_record::{Document, Timestamp};
use simars_search::Request;

use crate::address::{brief, encode, with_query};
use crate::auth::standing;
use crate::citation::line;
use crate::document::Links;
use crate::fresh::Made;
use crate::language::Language;
use crate::problem::{Code, Problem};
use crate::public::READER;
use crate::query;
use crate::segments::Segments;
use crate::shell::Visit;
use crate::shelves::Rule;
use crate::state::State;
use crate::work::{blocking, failed};
use crate::{find, format, names, texts};

/// Documents in one part of a feed.
const ENTRIES: usize = 50;
/// Where the next part begins: before this place.
const BEFORE: &str = "sebelum";
/// How long others may keep a feed without asking.
const CACHING: &str = "public, max-age=300";

#[derive(Template)]
#[template(path = "atom.xml", escape = "html")]
struct Feed {
    language: &'static str,
    origin: String,
    title: String,
    office: String,
    /// The address of the feed as a whole, and of this part.
    id: String,
    own: String,
    /// The page for people.
    page: String,
    /// The part that follows; empty at the end.
    next: String,
    updated: String,
    entries: Vec<Entry>,
}

struct Entry {
    title: String,
    page: String,
    content: String,
    media_type: String,
    size_bytes: u64,
    published: String,
    updated: String,
    /// The key of the kind and its name; empty if it is not known.
    kind: (String, String),
    subjects: Vec<String>,
    summary: String,
}

/// What a feed lists, and where it goes on.
struct Part {
    documents: Vec<Document>,
    /// The parameter of the part that follows.
    next: Option<(&'static str, String)>,
}

/// What a feed is called and where it stands.
struct Head {
    title: String,
    path: String,
    /// The parameters that make it what it is.
    pairs: Vec<(String, String)>,
    page: String,
}

/// Answers `GET /feed.atom`: all that is new.
pub(crate) async fn newest(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Result<Response, Problem> {
    let part = newest_of(&state, &visit, Among::All).await?;
    let title = visit.t("feed.newest").to_owned();
    let head =
        Head { title, path: "/feed.atom".to_owned(), pairs: Vec::new(), page: "/".to_owned() };
    answer(&state, &visit, &head, &part)
}

/// Answers `GET /koleksi/{by}/{value}/feed.atom`: what is new in a collection, as `/koleksi` lists
/// them.
pub(crate) async fn collection(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
    Segments((by, value)): Segments<(String, String)>,
) -> Result<Response, Problem> {
    let year = value.parse::<u16>().ok().filter(|year| year.to_string() == value);
    let (name, part) = match (by.as_str(), year) {
        ("jenis", _) => {
            let part = newest_of(&state, &visit, Among::Kind(value.clone())).await?;
            (names::kind(visit.language, &value), part)
        }
        ("tahun", Some(year)) => {
            (value.clone(), newest_of(&state, &visit, Among::Year(year)).await?)
        }
        ("penerbit" | "koleksi" | "subjek", _) => {
            let mut pairs = visit.pairs.clone();
            pairs.retain(|(name, _)| query::PAGE.contains(&name.as_str()) || is_cursor(name));
            pairs.push((by.clone(), value.clone()));
            (value.clone(), found(&state, &pairs).await?)
        }
        _ => return Err(Code::NotFound.problem()),
    };
    let page = with_query("/cari", [(by.as_str(), brief(&value))]);
    let head = Head { title: name, path: address(&by, &value), pairs: Vec::new(), page };
    answer(&state, &visit, &head, &part)
}

/// The address of a collection's feed.
pub(crate) fn address(by: &str, value: &str) -> String {
    let mut path = "/koleksi".to_owned();
    for segment in [by, value] {
        path.push('/');
        encode(&mut path, segment);
    }
    path + "/feed.atom"
}

/// Answers `GET /cari/feed.atom`: what a search finds, what came last first, with the parameters of
/// `/cari` but for the order.
pub(crate) async fn search(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Result<Response, Problem> {
    let part = found(&state, &visit.pairs).await?;
    let q = query::value(&visit.pairs, &["q"]).map(brief).unwrap_or_default();
    let title = match q {
        "" => visit.t("search.title").to_owned(),
        q => texts::fill(visit.language, "search.title_for", &[("q", q)]),
    };
    let mut pairs = visit.pairs.clone();
    pairs.retain(|(name, _)| !query::PAGE.contains(&name.as_str()) && !is_cursor(name));
    let page = with_query("/cari", borrowed(&pairs));
    let head = Head { title, path: "/cari/feed.atom".to_owned(), pairs, page };
    answer(&state, &visit, &head, &part)
}

/// Answers `GET /koleksi/{slug}/feed.atom`: what is on a shelf, what came last first; what was
/// chosen by hand stands in the first part.
pub(crate) async fn shelf(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
    Segments(slug): Segments<String>,
) -> Result<Response, Problem> {
    let shelf = state.shelves.find(&slug).ok_or_else(|| Code::NotFound.problem())?;
    let mut part = Part { documents: Vec::new(), next: None };
    if let Some(rule) = &shelf.rule {
        let mut pairs = visit.pairs.clone();
        pairs.retain(|(name, _)| is_cursor(name));
        part = of_rule(&state, rule, &pairs).await?;
    }
    if query::value(&visit.pairs, &query::CURSOR).is_none() {
        let (holdings, ids) = (Arc::clone(&state.holdings), shelf.listed());
        let chosen = blocking(move || find::listed(&holdings, READER, &ids)).await;
        let mut chosen = chosen.and_then(|chosen| chosen).map_err(Code::problem)?;
        chosen.retain(|one| part.documents.iter().all(|other| other.id != one.id));
        part.documents.extend(chosen);
        part.documents.sort_by_key(|document| Reverse(document.ordinal));
    }
    let page = format!("/koleksi/{slug}");
    let title = shelf.name(visit.language == Language::English).to_owned();
    let head = Head { title, path: format!("{page}/feed.atom"), pairs: Vec::new(), page };
    answer(&state, &visit, &head, &part)
}

/// What a shelf's rule finds, what came last first.
async fn of_rule(
    state: &Arc<State>,
    rule: &Rule,
    pairs: &[(String, String)],
) -> Result<Part, Problem> {
    let (asked, _) = query::read(&by_arrival(pairs), ENTRIES, scope(READER));
    look_up(state, rule.request(&Request { per_page: ENTRIES, ..asked })).await
}

fn is_cursor(name: &str) -> bool {
    query::CURSOR.contains(&name)
}

fn borrowed(pairs: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// Which documents, by their own marks.
enum Among {
    All,
    Kind(String),
    Year(u16),
}

impl Among {
    fn list(&self) -> List<'_> {
        match self {
            Self::All => List::All,
            Self::Kind(kind) => List::Kind(kind),
            Self::Year(year) => List::Year(*year),
        }
    }
}

/// What was changed last, as the catalogue knows it.
async fn newest_of(state: &Arc<State>, visit: &Visit, among: Among) -> Result<Part, Problem> {
    let end = match query::value(&visit.pairs, &[BEFORE]) {
        None => Place::LAST,
        Some(text) => place(text).ok_or_else(|| {
            let detail = format!("{BEFORE} is {text:?}; it takes what the link to this part says");
            Code::BadParameter.problem().detail(detail).with("parameter", BEFORE)
        })?,
    };
    let holdings = Arc::clone(&state.holdings);
    let listed = blocking(move || listed(&holdings, among.list(), end)).await;
    listed.and_then(|listed| listed).map_err(Code::problem)
}

fn listed(holdings: &Holdings, list: List<'_>, end: Place) -> Result<Part, Code> {
    let mut part = Part { documents: Vec::new(), next: None };
    let mut last = end;
    for found in holdings.archive().timed(list, Place::FIRST..end).rev() {
        let (place, document) = found.map_err(failed("list what is new"))?;
        if !may(READER, Action::Find, standing(&document)) {
            continue;
        }
        if part.documents.len() == ENTRIES {
            part.next = Some((BEFORE, format!("{}.{}", last.time.unix(), last.ordinal)));
            break;
        }
        part.documents.push(document);
        last = place;
    }
    Ok(part)
}

fn place(text: &str) -> Option<Place> {
    let (time, ordinal) = text.split_once('.')?;
    let time = Timestamp::from_unix(time.parse().ok()?);
    Some(Place { time, ordinal: ordinal.parse().ok()? })
}

/// What a search finds. Whoever follows it wants to hear of what is filed from now on, of whatever
/// day it may be: so the order is always that of arrival.
async fn found(state: &Arc<State>, pairs: &[(String, String)]) -> Result<Part, Problem> {
    let (request, bad) = query::read(&by_arrival(pairs), ENTRIES, scope(READER));
    if let Some(bad) = bad.first() {
        return Err(bad.problem());
    }
    look_up(state, Request { per_page: ENTRIES, ..request }).await
}

fn by_arrival(pairs: &[(String, String)]) -> Vec<(String, String)> {
    let mut pairs = pairs.to_vec();
    pairs.retain(|(name, _)| !query::SORT.contains(&name.as_str()));
    pairs.push((query::SORT[0].to_owned(), "added".to_owned()));
    pairs
}

async fn look_up(state: &Arc<State>, request: Request) -> Result<Part, Problem> {
    let holdings = Arc::clone(&state.holdings);
    let found = blocking(move || find::looked_up(&holdings, READER, &request)).await;
    let (answer, documents) = found.and_then(|found| found).map_err(Code::problem)?;
    Ok(Part { documents, next: answer.next.map(|cursor| (query::CURSOR[1], cursor)) })
}

fn answer(state: &State, visit: &Visit, head: &Head, part: &Part) -> Result<Response, Problem> {
    let origin = visit.origin(&state.settings);
    let modified = part.documents.iter().map(Document::changed).max();
    let language = visit.chosen();
    let kept = || borrowed(&head.pairs).chain(language);
    let whole = with_query(&head.path, kept());
    let own = with_query(&visit.path, borrowed(&visit.pairs).chain(language));
    let next = part.next.as_ref().map(|(name, value)| {
        format!("{origin}{}", with_query(&head.path, kept().chain([(*name, value.as_str())])))
    });
    let office = state.settings.office(visit.language).to_owned();
    let feed = Feed {
        language: visit.language.tag(),
        title: line(&format!("{} · {office}", head.title)),
        office: line(&office),
        id: format!("{origin}{whole}"),
        own: format!("{origin}{own}"),
        page: format!("{origin}{}", head.page),
        next: next.unwrap_or_default(),
        updated: modified.unwrap_or(Timestamp::from_unix(0)).to_string(),
        entries: part.documents.iter().map(|document| entry(visit, &origin, document)).collect(),
        origin,
    };
    let rendered = feed.render().map_err(failed("write a feed")).map_err(Code::problem)?;
    let made = Made {
        media_type: "application/atom+xml; charset=utf-8",
        text: rendered,
        modified,
        caching: CACHING,
        varies_by: "cookie",
    };
    Ok(made.into_response())
}

fn entry(visit: &Visit, origin: &str, document: &Document) -> Entry {
    let language = visit.language;
    let description = &document.description;
    let current = document.current();
    let links = Links::of(document);
    let kind = description.kind.as_ref().map(|kind| kind.value.as_str()).unwrap_or_default();
    let subjects = description.subject.as_ref().map(|field| field.value.as_str());
    let subjects = subjects.unwrap_or_default().split(';').map(line);
    let date = description.date.as_ref().map(|date| format::date(language, date.value));
    let issuer = description.issuer.as_ref().map(|field| line(&field.value));
    let pages = texts::count(language, "pages", u64::from(current.pages));
    let summary = [issuer, date, Some(pages)].into_iter().flatten().collect::<Vec<_>>();
    Entry {
        title: line(&names::label(language, document)),
        page: format!("{origin}{}", links.page),
        content: format!("{origin}{}", links.content),
        media_type: line(&current.media_type),
        size_bytes: current.original.size_bytes,
        published: published(document).to_string(),
        updated: document.changed().to_string(),
        kind: (line(kind), names::kind(language, kind)),
        subjects: subjects.filter(|subject| !subject.is_empty()).collect(),
        summary: summary.join(" · "),
    }
}

/// When it was put before the public last.
fn published(document: &Document) -> Timestamp {
    let published = document.statements.iter().rev().find(|one| one.kind == "terbit");
    published.map_or(document.versions[0].registered, |statement| statement.time)
}
