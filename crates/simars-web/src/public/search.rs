//! `GET /cari`: documents that match, with the pages and the passages that do.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use simars_search::{Answer, Correction, Request, Sort};

use super::items::{Item, items, short};
use super::{Choice, READER, behind, error};
use crate::address::{brief, with_query};
use crate::auth::scope;
use crate::citation::Form;
use crate::find::{Found, run};
use crate::query::{self, BadParameter, SORTS};
use crate::relations::force_key;
use crate::shell::{Shell, Visit};
use crate::state::{Settings, State};
use crate::{format, names, texts};

/// Results on one page: enough to scan, and light on a poor link.
const PER_PAGE: usize = 10;
/// Years shown to narrow a search.
const YEARS: usize = 10;
/// Kinds shown to narrow a search, and as many issuers.
const NAMES: usize = 12;
/// Subjects shown to narrow a search, and as many collections.
const SUBJECTS: usize = 8;
/// Pages that have a number; those behind them are reached one after the other.
const NUMBERED: usize = 50;
/// The parameters that say where in the list a page stands.
const PLACE: [&str; 2] = ["halaman", "lanjut"];
/// How long the search took, for whoever looks at such things (W3C Server Timing).
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
/// The longest query the search field takes, in characters.
const TYPED: usize = 500;

#[derive(Template)]
#[template(path = "search.html")]
pub(super) struct SearchPage {
    shell: Shell,
    q: String,
    /// Filters that a new search keeps.
    kept: Vec<Kept>,
    kept_without_dates: Vec<Kept>,
    notices: Vec<String>,
    chips: Vec<Choice>,
    /// This search without filters.
    clear: String,
    summary: String,
    orders: Vec<Order>,
    relaxed: bool,
    corrected: Option<Corrected>,
    /// The place of the first result among all, from 1.
    first: usize,
    items: Vec<Item>,
    previous: String,
    /// The first page, where there is no way back to the one before.
    start: String,
    next: String,
    place: String,
    facets: Vec<Facet>,
    /// The feed of what this search finds.
    feed: String,
    /// The forms in which the whole list can be saved.
    exports: &'static [Form],
    dated: bool,
    /// The day on which acts are to be in force; empty if none was asked for.
    force_on: String,
    from: String,
    to: String,
}

#[derive(Clone)]
struct Kept {
    name: &'static str,
    value: String,
}

/// What was probably meant.
struct Corrected {
    /// Whether it is what was searched for.
    applied: bool,
    query: String,
    /// A search for it.
    href: String,
    /// What was typed, and a search for just that.
    typed: String,
    literally: String,
}

struct Order {
    name: &'static str,
    href: String,
    current: bool,
}

struct Facet {
    key: &'static str,
    values: Vec<Choice>,
}

impl Facet {
    /// Whether its values are words of the documents rather than of the page.
    fn in_indonesian(&self) -> bool {
        matches!(self.key, "search.issuer" | "field.subject" | "field.collection")
    }
}

/// Answers `GET /cari`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Response {
    let (request, bad) = query::read(&visit.pairs, PER_PAGE, scope(READER));
    match run(&state, READER, request.clone()).await {
        Ok(found) => {
            let search = Search { request, bad, found };
            let mut page = visit.answer(StatusCode::OK, &view(&visit, &state.settings, &search));
            // Not on the page: it would be another page each time.
            if let Ok(timing) =
                HeaderValue::try_from(format!("search;dur={}", search.found.milliseconds))
            {
                page.headers_mut().insert(SERVER_TIMING, timing);
            }
            page
        }
        Err(code) => error::page(&visit, &state.settings, code),
    }
}

/// A search and what came of it.
pub(super) struct Search {
    pub(super) request: Request,
    pub(super) bad: Vec<BadParameter>,
    pub(super) found: Found,
}

/// What the page shows.
pub(super) fn view(visit: &Visit, settings: &Settings, search: &Search) -> SearchPage {
    let Search { request, found, .. } = search;
    let answer = &found.answer;
    let language = visit.language;
    let title = if request.q.is_empty() {
        visit.t("search.title").to_owned()
    } else {
        texts::fill(language, "search.title_for", &[("q", &short(&request.q))])
    };
    let total = answer.total as usize;
    let last_page = total.div_ceil(request.per_page).max(1);
    let page = (answer.first.max(1) as usize - 1) / request.per_page + 1;
    // No longer than the field for it takes.
    let q: String = request.q.chars().take(TYPED).collect();
    let kept = |without: &[&str]| -> Vec<Kept> {
        let filters = parameters(request).into_iter();
        filters
            .filter(|(name, _)| !["q", "persis", "halaman"].contains(name))
            .filter(|(name, _)| !without.contains(name))
            .map(|(name, value)| Kept { name, value })
            .collect()
    };
    let mut kept_without_dates = kept(&["dari", "sampai", "berlaku_pada"]);
    kept_without_dates.push(Kept { name: "q", value: q.clone() });
    SearchPage {
        shell: visit.shell(settings, &title, "nav.search"),
        q,
        kept: kept(&[]),
        kept_without_dates,
        notices: notices(visit, search),
        chips: chips(visit, request),
        clear: with_query("/cari", [("q", brief(&request.q))]),
        summary: summary(visit, found),
        orders: orders(visit, request),
        relaxed: answer.relaxed,
        corrected: answer.correction.as_ref().map(|correction| corrected(request, correction)),
        first: answer.first.max(1) as usize,
        items: items(visit, &request.q, found),
        previous: previous(request, page, last_page),
        start: if request.cursor.is_some() {
            address(request, &PLACE, None)
        } else {
            String::new()
        },
        next: next(request, answer, page),
        place: place(visit, page, last_page),
        facets: facets(visit, request, answer),
        feed: address_at("/cari/feed.atom", request, &PLACE, None),
        exports: if answer.total > 0 { &Form::ALL } else { &[] },
        force_on: request.force_on.clone().unwrap_or_default(),
        dated: request.from.is_some() || request.to.is_some() || request.force_on.is_some(),
        from: request.from.clone().unwrap_or_default(),
        to: request.to.clone().unwrap_or_default(),
    }
}

/// The page before, by its number; behind a cursor there is none.
fn previous(request: &Request, page: usize, last_page: usize) -> String {
    if page < 2 || request.cursor.is_some() {
        return String::new();
    }
    let before = (page - 1).min(last_page).to_string();
    address(request, &PLACE, Some(("halaman", &before)))
}

/// The page that follows: by its number as long as that is cheap, then by a cursor.
fn next(request: &Request, answer: &Answer, page: usize) -> String {
    let Some(cursor) = &answer.next else { return String::new() };
    if page < NUMBERED && request.cursor.is_none() {
        address(request, &PLACE, Some(("halaman", &(page + 1).to_string())))
    } else {
        address(request, &PLACE, Some(("lanjut", cursor)))
    }
}

fn place(visit: &Visit, page: usize, last_page: usize) -> String {
    let number = |number: usize| format::number(visit.language, number as u64);
    let values = [("n", &*number(page)), ("total", &*number(last_page))];
    texts::fill(visit.language, "search.page_of", &values)
}

fn corrected(request: &Request, correction: &Correction) -> Corrected {
    let anew = ["q", "persis", "halaman"];
    Corrected {
        applied: correction.applied,
        query: short(&correction.query),
        href: address(request, &anew, Some(("q", brief(&correction.query)))),
        typed: short(&request.q),
        literally: address(request, &["persis", "halaman"], Some(("persis", "1"))),
    }
}

fn summary(visit: &Visit, found: &Found) -> String {
    texts::count(visit.language, "documents", found.answer.total)
}

fn notices(visit: &Visit, search: &Search) -> Vec<String> {
    let behind = behind(visit, search.found.complete);
    search.bad.iter().map(|bad| notice(visit, bad)).chain(behind).collect()
}

fn notice(visit: &Visit, bad: &BadParameter) -> String {
    let key = match bad.name {
        "year" => "search.year",
        "from" => "search.from",
        "to" => "search.to",
        "in_force_on" => "search.in_force_on",
        "legal_status" => "force.heading",
        "sort" => "search.sort",
        "exact" => "search.exact",
        _ => "search.pages",
    };
    let values = [("name", visit.t(key)), ("value", bad.value.as_str())];
    texts::fill(visit.language, "search.ignored", &values)
}

/// The search as parameters, by the names readers see.
fn parameters(request: &Request) -> Vec<(&'static str, String)> {
    let text = |value: &Option<String>| brief(value.as_deref().unwrap_or_default()).to_owned();
    let sort = SORTS.iter().find(|(sort, ..)| *sort == request.sort && *sort != Sort::Relevance);
    let page = if request.page > 1 { request.page.to_string() } else { String::new() };
    let all = [
        ("q", brief(&request.q).to_owned()),
        ("persis", if request.exact { "1".to_owned() } else { String::new() }),
        ("jenis", text(&request.kind)),
        ("tahun", request.year.map(|year| year.to_string()).unwrap_or_default()),
        ("penerbit", text(&request.issuer)),
        ("koleksi", text(&request.collection)),
        ("subjek", text(&request.subject)),
        ("dari", text(&request.from)),
        ("sampai", text(&request.to)),
        ("berlaku_pada", text(&request.force_on)),
        ("keberlakuan", stands(request)),
        ("urut", sort.map(|(_, name, _)| (*name).to_owned()).unwrap_or_default()),
        ("halaman", page),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// The one way in which acts are asked to stand; empty if none or several.
fn stands(request: &Request) -> String {
    match request.force.as_slice() {
        [stands] => stands.as_str().to_owned(),
        _ => String::new(),
    }
}

/// This search with some parameters left out and one set.
fn address(request: &Request, without: &[&str], with: Option<(&str, &str)>) -> String {
    address_at("/cari", request, without, with)
}

fn address_at(
    path: &str,
    request: &Request,
    without: &[&str],
    with: Option<(&str, &str)>,
) -> String {
    let parameters = parameters(request);
    let kept = parameters
        .iter()
        .filter(|(name, _)| !without.contains(name))
        .map(|(name, value)| (*name, value.as_str()));
    with_query(path, kept.chain(with))
}

fn chips(visit: &Visit, request: &Request) -> Vec<Choice> {
    let language = visit.language;
    let written = |key: &'static str, value: &str| {
        format!("{}: {}", visit.t(key), format::written_date(language, value))
    };
    let chips = parameters(request).into_iter().filter_map(|(name, value)| {
        let shown = match name {
            "persis" => visit.t("search.exact").to_owned(),
            "jenis" => short(&names::kind(language, &value)),
            "tahun" | "penerbit" | "koleksi" | "subjek" => short(&value),
            "dari" => written("search.from", &value),
            "sampai" => written("search.to", &value),
            "berlaku_pada" => written("search.in_force_on", &value),
            "keberlakuan" => visit.t(force_key(*request.force.first()?)).to_owned(),
            _ => return None,
        };
        let href = address(request, &[name, "halaman"], None);
        Some(Choice { name: shown, href, amount: String::new() })
    });
    chips.collect()
}

fn orders(visit: &Visit, request: &Request) -> Vec<Order> {
    // Without words there is nothing to fit best: newest first is the order then.
    let browsing = request.q.is_empty();
    let first = if browsing { Sort::DateDescending } else { Sort::Relevance };
    let asked = if request.sort == Sort::Relevance { first } else { request.sort };
    let orders = SORTS.iter().map(|(sort, name, key)| Order {
        name: visit.t(key),
        href: if *sort == first {
            address(request, &["urut", "halaman"], None)
        } else {
            address(request, &["urut", "halaman"], Some(("urut", *name)))
        },
        current: *sort == asked,
    });
    orders.filter(|order| !browsing || order.name != visit.t("search.sort_relevance")).collect()
}

fn facets(visit: &Visit, request: &Request, answer: &Answer) -> Vec<Facet> {
    let language = visit.language;
    let choice = |parameter: &str, value: &str, name: String, amount: u64| Choice {
        name,
        href: address(request, &[parameter, "halaman"], Some((parameter, value))),
        amount: format::number(language, amount),
    };
    let facets = &answer.facets;
    let kinds = facets
        .kind
        .iter()
        .take(NAMES)
        .map(|(kind, amount)| choice("jenis", kind, names::kind(language, kind), *amount));
    let years = facets
        .year
        .iter()
        .take(YEARS)
        .map(|(year, amount)| choice("tahun", &year.to_string(), year.to_string(), *amount));
    let named = |parameter: &'static str, counts: &[(String, u64)], most| -> Vec<Choice> {
        let counts = counts.iter().take(most);
        counts.map(|(name, amount)| choice(parameter, name, name.clone(), *amount)).collect()
    };
    let stands = facets.force.iter().map(|(stands, amount)| {
        let name = visit.t(force_key(*stands)).to_owned();
        choice("keberlakuan", stands.as_str(), name, *amount)
    });
    let all = [
        (request.force.len() != 1, Facet { key: "force.heading", values: stands.collect() }),
        (request.kind.is_none(), Facet { key: "search.kind", values: kinds.collect() }),
        (request.year.is_none(), Facet { key: "search.year", values: years.collect() }),
        (
            request.issuer.is_none(),
            Facet { key: "search.issuer", values: named("penerbit", &facets.issuer, NAMES) },
        ),
        (
            request.subject.is_none(),
            Facet { key: "field.subject", values: named("subjek", &facets.subject, SUBJECTS) },
        ),
        (
            request.collection.is_none(),
            Facet {
                key: "field.collection",
                values: named("koleksi", &facets.collection, SUBJECTS),
            },
        ),
    ];
    // What is chosen already stands above the results, where it can be taken back.
    all.into_iter()
        .filter(|(open, facet)| *open && !facet.values.is_empty())
        .map(|(_, facet)| facet)
        .collect()
}
