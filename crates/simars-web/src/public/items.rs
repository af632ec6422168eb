//! Documents as items of a list: of results, of a shelf, of what is new.

use simars_record::{Document, ForceState};
use simars_search::Hit;

use super::covered::unread;
use super::sheet::image_address;
use crate::address::{brief, with_query};
use crate::document::page_address;
use crate::find::{Found, Told};
use crate::highlight::tidy;
use crate::relations::force_key;
use crate::shell::Visit;
use crate::{format, names, parts, texts};

/// Pages of a document that a result shows; where there are so many, there may be more.
const MOST_PAGES: usize = 3;

/// A document in a list.
pub(super) struct Item {
    pub(super) kind: String,
    pub(super) number: String,
    pub(super) date: String,
    pub(super) title: String,
    pub(super) href: String,
    /// A small image of its first page; empty if there is none.
    pub(super) image: String,
    pub(super) pages: Vec<PageLink>,
    /// A search inside it, where more pages may have what was looked for; empty otherwise.
    pub(super) inside: String,
    /// What part of it could not be read; empty if all was.
    pub(super) unread: String,
    /// How sure recognition was of it; empty if it was not needed.
    pub(super) sure: String,
    /// How it stands and by which act, if it is not simply in force; empty otherwise.
    pub(super) force: String,
    /// The page of that act; empty if it is not known.
    pub(super) force_href: String,
}

/// A page of it that was found.
pub(super) struct PageLink {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) label: String,
    /// HTML in which everything but `<mark>` is escaped.
    pub(super) snippet: String,
}

/// What a search found, when this was typed.
pub(super) fn items(visit: &Visit, q: &str, found: &Found) -> Vec<Item> {
    let told = found.told.iter().map(Some).chain(std::iter::repeat(None));
    let hits = found.answer.hits.iter().zip(told);
    hits.map(|(hit, told)| item(visit, q, hit, told)).collect()
}

/// A document that was not searched for.
pub(super) fn of_document(visit: &Visit, document: &Document, told: &Told) -> Item {
    let language = visit.language;
    let description = &document.description;
    let number = description.number.as_ref().map(|field| field.value.as_str());
    let kind = description.kind.as_ref();
    let date = description.date.as_ref();
    let id = document.id.to_string();
    Item {
        kind: kind.map(|field| names::kind(language, &field.value)).unwrap_or_default(),
        number: names::number_line(language, number, description.year.as_ref().map(|y| y.value)),
        date: date.map(|field| format::date(language, field.value)).unwrap_or_default(),
        title: names::shown_title(language, document),
        href: page_address(&id),
        image: image(&id, Some(told)),
        pages: Vec::new(),
        inside: String::new(),
        unread: unread(language, told.coverage.pages, told.coverage.pages_without_text),
        sure: sure(visit, Some(told)),
        force: force(visit, Some(told)),
        force_href: force_href(Some(told)),
    }
}

fn item(visit: &Visit, q: &str, hit: &Hit, told: Option<&Told>) -> Item {
    let language = visit.language;
    let kind = hit.kind.as_ref();
    let date = hit.date.as_ref();
    let title = names::shown_hit_title(language, hit);
    let pages = hit.pages.iter().filter(|page| !page.snippet.is_empty() && !q.is_empty());
    let pages = pages.map(|page| {
        let n = page.page.to_string();
        let path = format!("{}/halaman/{n}", page_address(&hit.id));
        let place = texts::fill(language, "search.page_hit", &[("n", &n)]);
        let anchor = page.anchor.as_ref();
        let fragment = anchor.map(|anchor| format!("#{}", anchor.id)).unwrap_or_default();
        // As people cite it: the article first, then the page.
        let name =
            anchor.map_or_else(|| place.clone(), |anchor| format!("{}, {place}", anchor.label));
        PageLink {
            href: with_query(&path, [("q", brief(q))]) + &fragment,
            // What is seen comes first, so that whoever speaks to their machine can say it.
            label: format!("{name}: {}", short(&title)),
            name,
            snippet: tidy(&page.snippet),
        }
    });
    Item {
        kind: kind.map(|kind| names::kind(language, kind)).unwrap_or_default(),
        number: names::number_line(language, hit.number.as_deref(), hit.year),
        date: date.map(|date| format::written_date(language, date)).unwrap_or_default(),
        href: page_address(&hit.id),
        image: image(&hit.id, told),
        pages: pages.collect(),
        inside: if hit.pages.len() < MOST_PAGES || q.is_empty() {
            String::new()
        } else {
            with_query(&page_address(&hit.id), [("q", brief(q))]) + "#dalam"
        },
        sure: sure(visit, told),
        force: force(visit, told),
        force_href: force_href(told),
        unread: told.map_or_else(String::new, |told| {
            unread(language, told.coverage.pages, told.coverage.pages_without_text)
        }),
        title,
    }
}

fn image(id: &str, told: Option<&Told>) -> String {
    let there = told.is_some_and(|told| told.has_images);
    if there { image_address(id, 1, parts::WIDTHS[0]) } else { String::new() }
}

/// How it stands, and by which act: `Dicabut oleh Kpt 7/2022`.
fn force(visit: &Visit, told: Option<&Told>) -> String {
    let Some(state) = told.and_then(|told| told.force) else { return String::new() };
    if state == ForceState::InForce {
        return String::new();
    }
    let how = visit.t(force_key(state));
    match told.and_then(|told| told.by.as_ref()) {
        None => how.to_owned(),
        Some((_, act)) => {
            let act = names::short_act(act);
            texts::fill(visit.language, "search.force_by", &[("how", how), ("act", &act)])
        }
    }
}

fn force_href(told: Option<&Told>) -> String {
    let by = told.filter(|told| told.force != Some(ForceState::InForce));
    let by = by.and_then(|told| told.by.as_ref());
    by.map(|(id, _)| page_address(id)).unwrap_or_default()
}

fn sure(visit: &Visit, told: Option<&Told>) -> String {
    let coverage = told.map(|told| &told.coverage).filter(|one| one.pages_recognised > 0);
    let confidence = coverage.and_then(|coverage| coverage.confidence);
    confidence.map_or_else(String::new, |confidence| {
        texts::fill(visit.language, "search.recognised", &[("n", &confidence.to_string())])
    })
}

/// A text cut to what fits a heading or a label.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 80;
    if text.chars().count() <= MOST {
        text.to_owned()
    } else {
        text.chars().take(MOST).chain(['…']).collect()
    }
}
