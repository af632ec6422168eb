//! What the page of a document shows of the inside of it and of what is like it.

use simars_record::Document;
use simars_search::{PageHit, Similar, Within};

use super::READER;
use crate::address::{brief, with_query};
use crate::auth::scope;
use crate::beside::Asked;
use crate::document::page_address;
use crate::language::Language;
use crate::query;
use crate::shell::Visit;
use crate::{names, texts};

/// Pages with finds that are shown at once.
const PER_PAGE: usize = 20;
/// Similar documents that are shown.
pub(super) const SIMILAR: usize = 5;

/// What is looked for in the document.
pub(super) fn asked(visit: &Visit) -> Asked {
    let (request, _) = query::read(&visit.pairs, PER_PAGE, scope(READER));
    Asked { q: request.q, exact: request.exact, page: request.page, per_page: PER_PAGE }
}

/// The search inside a document, and what came of it.
pub(super) struct WithinView {
    pub(super) q: String,
    /// What came of it, in words; empty if nothing was looked for.
    pub(super) summary: String,
    pub(super) relaxed: bool,
    /// What was probably meant: whether it was searched for, the words, a search for them.
    pub(super) meant: Option<(bool, String, String)>,
    pub(super) pages: Vec<PageLink>,
    pub(super) previous: String,
    pub(super) next: String,
}

/// A page with finds.
pub(super) struct PageLink {
    pub(super) href: String,
    pub(super) name: String,
    /// HTML in which everything but `<mark>` is escaped.
    pub(super) snippet: String,
}

/// A document that is about the same.
pub(super) struct SimilarLink {
    pub(super) href: String,
    pub(super) facts: String,
    pub(super) title: String,
    pub(super) same_text: bool,
}

/// What is shown of the inside of a document.
pub(super) fn within(
    language: Language,
    document: &Document,
    asked: &Asked,
    within: &Within,
) -> WithinView {
    let address = page_address(&document.id.to_string());
    let q = brief(&asked.q);
    let turn = |page: usize| {
        let page = page.to_string();
        with_query(&address, [("q", q), ("halaman", &page)]) + "#dalam"
    };
    let shown = asked.page.saturating_sub(1).saturating_mul(asked.per_page) + within.pages.len();
    let total = texts::count(language, "pages", within.total as u64);
    let key = if within.more { "inside.found_more" } else { "inside.found" };
    let page = |page: &PageHit| page_link(language, &address, q, page);
    WithinView {
        q: asked.q.clone(),
        summary: match (asked.q.is_empty(), within.total) {
            (true, _) => String::new(),
            (false, 0) => texts::text(language, "inside.nothing").to_owned(),
            (false, _) => texts::fill(language, key, &[("pages", &total)]),
        },
        relaxed: within.relaxed,
        meant: within.correction.as_ref().map(|meant| {
            let href = with_query(&address, [("q", brief(&meant.query))]) + "#dalam";
            (meant.applied, meant.query.clone(), href)
        }),
        pages: within.pages.iter().map(page).collect(),
        previous: if asked.page > 1 { turn(asked.page - 1) } else { String::new() },
        next: if shown < within.total { turn(asked.page.max(1) + 1) } else { String::new() },
    }
}

fn page_link(language: Language, address: &str, q: &str, page: &PageHit) -> PageLink {
    let n = page.page.to_string();
    let place = texts::fill(language, "search.page_hit", &[("n", &n)]);
    let anchor = page.anchor.as_ref();
    let fragment = anchor.map(|anchor| format!("#{}", anchor.id)).unwrap_or_default();
    PageLink {
        href: with_query(&format!("{address}/halaman/{n}"), [("q", q)]) + &fragment,
        name: anchor.map_or_else(|| place.clone(), |anchor| format!("{}, {place}", anchor.label)),
        snippet: page.snippet.clone(),
    }
}

/// What is shown of the documents that are like this one.
pub(super) fn similar(language: Language, similar: &[Similar]) -> Vec<SimilarLink> {
    let link = |Similar { hit, same_text }: &Similar| {
        let kind = hit.kind.as_ref().map(|kind| names::kind(language, kind)).unwrap_or_default();
        let number = names::number_line(language, hit.number.as_deref(), hit.year);
        SimilarLink {
            href: page_address(&hit.id),
            facts: [kind, number].join(" ").trim().to_owned(),
            title: names::shown_hit_title(language, hit),
            same_text: *same_text,
        }
    };
    similar.iter().map(link).collect()
}
