//! `GET /koleksi/{slug}`: one shelf, and `GET /koleksi/terbaru`: what came last.

mod glance;

use std::sync::Arc;

use crate::auth::scope;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Extension, extract};
use simars_ingest::Holdings;
use simars_record::Document;
use simars_search::{Request, Sort};

use super::items::{Item, items, of_document, short};
use super::{Choice, READER, behind, error};
use crate::address::{brief, with_query};
use crate::counts::Counts;
use crate::find::{self, Found, Told, run};
use crate::language::Language;
use crate::problem::Code;
use crate::query::{self, SORTS};
use crate::segments::Segments;
use crate::shell::{Shell, Visit};
use crate::shelves::Shelf;
use crate::state::{Settings, State};
use crate::work::blocking;
use crate::{format, names, texts};

pub(crate) use glance::Glance;
pub(super) use glance::{Card, cards, glances};

/// Documents on one page of a shelf.
const PER_PAGE: usize = 20;
/// Values of a facet that are shown.
const VALUES: usize = 12;
/// The longest query that the field for it takes, in characters.
const TYPED: usize = 500;

#[derive(Template)]
#[template(path = "shelf.html")]
pub(super) struct ShelfPage {
    shell: Shell,
    canonical: String,
    address: String,
    name: String,
    about: String,
    /// Its feed; empty if it has none.
    feed: String,
    notices: Vec<String>,
    /// What was put on it by hand; shown on its first page only.
    listed: Vec<Item>,
    /// Whether there is a rule, and so a list to be searched and turned.
    ruled: bool,
    q: String,
    kept: Vec<(&'static str, String)>,
    chips: Vec<Choice>,
    summary: String,
    orders: Vec<(&'static str, String, bool)>,
    items: Vec<Item>,
    first: usize,
    previous: String,
    next: String,
    place: String,
    facets: Vec<(&'static str, Vec<Choice>)>,
}

/// A shelf and what is on it for whoever asks.
pub(super) struct Opened {
    pub(super) shelf: Shelf,
    /// What was put on it by hand, and what lists say of that.
    pub(super) listed: Vec<(Document, Told)>,
    /// What the reader asked for beside the rule.
    pub(super) asked: Request,
    /// What belongs on it by its rule.
    pub(super) found: Option<Found>,
    /// Whether everything registered before was looked through.
    pub(super) complete: bool,
    /// Whether more follows on a shelf that has no rule.
    pub(super) more: bool,
}

/// Answers `GET /koleksi/{slug}`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
    Segments(slug): Segments<String>,
) -> Response {
    match load(&state, &visit, &slug).await {
        Ok(opened) => visit.answer(StatusCode::OK, &view(&visit, &state.settings, &opened)),
        Err(code) => error::page(&visit, &state.settings, code),
    }
}

/// Answers `GET /koleksi/terbaru`: what was registered last, newest first.
pub(crate) async fn newest(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Response {
    let shelf = own("terbaru", "shelf.newest", "shelf.newest_about");
    let (asked, _) = query::read(&visit.pairs, PER_PAGE, scope(READER));
    let past = (asked.page.max(1) - 1).saturating_mul(PER_PAGE);
    // One more than is shown tells whether there is another page.
    let listed = move |holdings: &Holdings| find::newest(holdings, READER, (past, PER_PAGE + 1));
    kept_by_itself(&state, &visit, shelf, asked.page, listed).await
}

/// Answers `GET /koleksi/terbanyak-dibaca`: what people read most lately.
pub(crate) async fn most_read(
    extract::State(state): extract::State<Arc<State>>,
    Extension(counts): Extension<Counts>,
    visit: Visit,
) -> Response {
    let shelf = own("terbanyak-dibaca", "statistics.most_read", "shelf.most_read_about");
    let listed = move |holdings: &Holdings| {
        let read = counts.most_read(holdings, PER_PAGE)?;
        Ok(read.into_iter().map(|(document, _)| document).collect())
    };
    kept_by_itself(&state, &visit, shelf, 1, listed).await
}

/// A shelf that nobody has to keep.
fn own(slug: &str, name: &'static str, about: &'static str) -> Shelf {
    let text = |language, key| texts::text(language, key).to_owned();
    Shelf {
        slug: slug.to_owned(),
        name_id: text(Language::Indonesian, name),
        name_en: text(Language::English, name),
        about_id: text(Language::Indonesian, about),
        about_en: text(Language::English, about),
        ..Shelf::default()
    }
}

/// The page of such a shelf, with the documents that `list` finds.
async fn kept_by_itself(
    state: &Arc<State>,
    visit: &Visit,
    shelf: Shelf,
    page: usize,
    list: impl FnOnce(&Holdings) -> Result<Vec<Document>, Code> + Send + 'static,
) -> Response {
    let holdings = Arc::clone(&state.holdings);
    let listed = blocking(move || {
        let mut documents = list(&holdings)?;
        let more = documents.len() > PER_PAGE;
        documents.truncate(PER_PAGE);
        let told = find::tell_of(&holdings, READER, &documents)?;
        Ok((documents.into_iter().zip(told).collect(), more))
    });
    let opened = listed.await.and_then(|listed: Result<_, Code>| listed);
    let opened = opened.map(|(listed, more)| Opened {
        shelf,
        listed,
        asked: Request { page, ..Request::new("", scope(READER)) },
        found: None,
        complete: true,
        more,
    });
    match opened {
        Ok(opened) => visit.answer(StatusCode::OK, &view(visit, &state.settings, &opened)),
        Err(code) => error::page(visit, &state.settings, code),
    }
}

async fn load(state: &Arc<State>, visit: &Visit, slug: &str) -> Result<Opened, Code> {
    let shelf = state.shelves.find(slug).ok_or(Code::NotFound)?;
    let (asked, _) = query::read(&visit.pairs, PER_PAGE, scope(READER));
    // A shelf is turned by numbers; a cursor belongs to another search.
    let asked = Request { cursor: None, per_page: PER_PAGE, ..asked };
    let (holdings, ids) = (Arc::clone(&state.holdings), shelf.listed());
    let listed = blocking(move || {
        let documents = find::listed(&holdings, READER, &ids)?;
        let told = find::tell_of(&holdings, READER, &documents)?;
        Ok::<_, Code>(documents.into_iter().zip(told).collect())
    });
    let listed = listed.await??;
    let found = match &shelf.rule {
        Some(rule) => Some(run(state, READER, rule.request(&asked)).await?),
        None => None,
    };
    let complete = found.as_ref().is_none_or(|found| found.complete);
    Ok(Opened { shelf, listed, asked, found, complete, more: false })
}

/// What the page shows.
pub(super) fn view(visit: &Visit, settings: &Settings, opened: &Opened) -> ShelfPage {
    let Opened { shelf, listed, asked, found, complete, more } = opened;
    let english = visit.language == Language::English;
    let turn = Turn { slug: &shelf.slug, asked };
    let total = found.as_ref().map_or(0, |found| found.answer.total);
    let last_page = (total as usize).div_ceil(PER_PAGE).clamp(1, 1_000);
    let ruled = shelf.rule.is_some();
    let page = if ruled { asked.page.min(last_page) } else { asked.page.max(1) };
    let goes_on = if ruled { page < last_page } else { *more };
    let of = [("n", page), ("total", last_page)]
        .map(|(name, number)| (name, format::number(visit.language, number as u64)));
    let of = of.each_ref().map(|(name, number)| (*name, number.as_str()));
    let narrowed = asked.page > 1 || !turn.parameters(&["urut", "halaman"]).is_empty();
    // Only a rule can be narrowed; what was chosen is shown before it, or alone.
    let chosen = listed.iter().filter(|_| !ruled || !narrowed);
    ShelfPage {
        shell: visit.shell(settings, shelf.name(english), "nav.collections"),
        canonical: format!("{}{}", visit.origin(settings), turn.path()),
        address: turn.path(),
        name: shelf.name(english).to_owned(),
        // What is read most is no news.
        feed: match shelf.slug.as_str() {
            "terbanyak-dibaca" => String::new(),
            "terbaru" => "/feed.atom".to_owned(),
            _ => format!("{}/feed.atom", turn.path()),
        },
        about: shelf.about(english).to_owned(),
        notices: behind(visit, *complete).into_iter().collect(),
        listed: chosen.map(|(document, told)| of_document(visit, document, told)).collect(),
        ruled,
        q: asked.q.chars().take(TYPED).collect(),
        kept: turn.parameters(&["q", "halaman"]),
        chips: chips(visit, turn),
        summary: texts::count(visit.language, "documents", total),
        orders: orders(visit, turn),
        items: found.as_ref().map(|found| items(visit, &asked.q, found)).unwrap_or_default(),
        first: (page - 1) * PER_PAGE + 1,
        previous: if page > 1 { turn.to_page(page - 1) } else { String::new() },
        next: if goes_on { turn.to_page(page + 1) } else { String::new() },
        place: texts::fill(visit.language, "search.page_of", &of),
        facets: found.as_ref().map(|found| facets(visit, turn, found)).unwrap_or_default(),
    }
}

/// The addresses of a shelf's pages.
#[derive(Clone, Copy)]
struct Turn<'a> {
    slug: &'a str,
    asked: &'a Request,
}

impl Turn<'_> {
    fn path(self) -> String {
        format!("/koleksi/{}", self.slug)
    }

    /// What was asked for beside the rule, without some of it.
    fn parameters(self, without: &[&str]) -> Vec<(&'static str, String)> {
        let Request { q, kind, year, issuer, subject, sort, page, .. } = self.asked;
        let text = |text: &Option<String>| brief(text.as_deref().unwrap_or_default()).to_owned();
        let order = SORTS.iter().find(|(known, ..)| known == sort && *sort != Sort::Relevance);
        let all = [
            ("q", brief(q).to_owned()),
            ("jenis", text(kind)),
            ("tahun", year.map(|year| year.to_string()).unwrap_or_default()),
            ("penerbit", text(issuer)),
            ("subjek", text(subject)),
            ("urut", order.map(|(_, name, _)| (*name).to_owned()).unwrap_or_default()),
            ("halaman", if *page > 1 { page.to_string() } else { String::new() }),
        ];
        let kept = |(name, value): &(&str, String)| !value.is_empty() && !without.contains(name);
        all.into_iter().filter(kept).collect()
    }

    fn address(self, without: &[&str], with: Option<(&str, &str)>) -> String {
        let kept = self.parameters(without);
        let kept = kept.iter().map(|(name, value)| (*name, value.as_str()));
        with_query(&self.path(), kept.chain(with))
    }

    fn to_page(self, page: usize) -> String {
        let page = page.to_string();
        let page = Some(("halaman", page.as_str())).filter(|(_, page)| *page != "1");
        self.address(&["halaman"], page)
    }
}

fn chips(visit: &Visit, turn: Turn<'_>) -> Vec<Choice> {
    let narrowed = turn.parameters(&["q", "urut", "halaman"]);
    let chip = |(name, value): (&'static str, String)| Choice {
        name: match name {
            "jenis" => names::kind(visit.language, &value),
            _ => short(&value),
        },
        href: turn.address(&[name, "halaman"], None),
        amount: String::new(),
    };
    narrowed.into_iter().map(chip).collect()
}

fn orders(visit: &Visit, turn: Turn<'_>) -> Vec<(&'static str, String, bool)> {
    // Newest first is the order of a shelf in which nothing was typed.
    let browsing = turn.asked.q.is_empty();
    let first = if browsing { Sort::DateDescending } else { Sort::Relevance };
    let shown = SORTS.iter().filter(|(sort, ..)| !browsing || *sort != Sort::Relevance);
    let order = |(sort, name, key): &(Sort, &'static str, &'static str)| {
        let with = Some(("urut", *name)).filter(|_| *sort != first);
        let asked = turn.asked.sort;
        let current = *sort == asked || (*sort == first && asked == Sort::Relevance);
        (visit.t(key), turn.address(&["urut", "halaman"], with), current)
    };
    shown.map(order).collect()
}

fn facets(visit: &Visit, turn: Turn<'_>, found: &Found) -> Vec<(&'static str, Vec<Choice>)> {
    let language = visit.language;
    let facets = &found.answer.facets;
    let choice = |parameter: &str, value: &str, name: String, amount: u64| Choice {
        name,
        href: turn.address(&[parameter, "halaman"], Some((parameter, value))),
        amount: format::number(language, amount),
    };
    let kinds = facets
        .kind
        .iter()
        .map(|(kind, amount)| choice("jenis", kind, names::kind(language, kind), *amount));
    let years = facets.year.iter().map(|(year, amount)| {
        let year = year.to_string();
        choice("tahun", &year, year.clone(), *amount)
    });
    let named = |parameter: &'static str, counts: &[(String, u64)]| -> Vec<Choice> {
        let counts = counts.iter().take(VALUES);
        counts.map(|(name, amount)| choice(parameter, name, name.clone(), *amount)).collect()
    };
    let all = [
        ("search.kind", kinds.take(VALUES).collect::<Vec<_>>()),
        ("search.year", years.take(VALUES).collect()),
        ("search.issuer", named("penerbit", &facets.issuer)),
        ("field.subject", named("subjek", &facets.subject)),
    ];
    // One value narrows nothing.
    all.into_iter().filter(|(_, values)| values.len() > 1).collect()
}
