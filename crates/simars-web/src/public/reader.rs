//! What stands around a page that is read: where else in the document something was found, its
//! headings, its pages, its neighbours in the series, and what can be taken along.

use std::collections::BTreeSet;

use simars_describe::structure::Anchor;
use simars_record::{Document, Structure};
use simars_search::{PageHit, Within};

use super::structure;
use crate::address::{brief, with_query};
use crate::beside::Asked;
use crate::citation::Form;
use crate::document::{Links, page_address};
use crate::handout::Offered;
use crate::language::Language;
use crate::series::Neighbours;
use crate::shell::Visit;
use crate::{names, query, texts};

/// The parameter that chooses a view.
pub(super) const VIEW: &str = "tampil";
/// So many pages with finds are known on a page.
const FOUND: usize = 100;
/// So many of them are shown with what stands there, around the page that is read.
const SHOWN: usize = 9;
/// Documents with more pages list the nearest only.
const LISTED: u32 = 400;
/// So many before and after the page.
const NEAR: u32 = 60;
/// Lines of the file's own table of contents.
const OUTLINE: usize = 150;
/// The longest query that the field for it takes, in characters.
pub(super) const TYPED: usize = 500;
/// A label is cut to so many characters.
const LABEL: usize = 90;

/// How a page is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// Its image, as wide as the screen.
    Image,
    /// Its image, larger than the screen.
    Large,
    /// Its text alone.
    Text,
}

impl View {
    pub(super) const ALL: [Self; 3] = [Self::Image, Self::Large, Self::Text];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Image => "gambar",
            Self::Large => "besar",
            Self::Text => "teks",
        }
    }

    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Image => "reader.image",
            Self::Large => "reader.large",
            Self::Text => "reader.text",
        }
    }

    /// The view that an address asks for.
    pub(super) fn asked(visit: &Visit) -> Option<Self> {
        let asked = query::value(&visit.pairs, &[VIEW])?;
        Self::ALL.into_iter().find(|view| view.name() == asked)
    }
}

/// What links from a page to another take along.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept<'a> {
    pub(super) q: &'a str,
    pub(super) view: &'a str,
}

impl<'a> Kept<'a> {
    pub(super) fn of(visit: &'a Visit) -> Self {
        Self {
            q: brief(query::value(&visit.pairs, &["q"]).unwrap_or_default()),
            view: View::asked(visit).map_or("", View::name),
        }
    }

    /// An address with that.
    pub(super) fn to(self, path: &str) -> String {
        with_query(path, [("q", self.q), (VIEW, self.view)])
    }
}

/// What is looked for in the document whose page is read.
pub(super) fn asked(visit: &Visit) -> Asked {
    let q = query::value(&visit.pairs, &["q"]).unwrap_or_default().to_owned();
    Asked { q, exact: false, page: 1, per_page: FOUND }
}

/// What is known around a page.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The pages with finds; nothing if nothing was looked for.
    pub(super) within: Within,
    /// The headings of an act, each with its page.
    pub(super) headings: Vec<(u32, Anchor)>,
    /// What the file says about itself.
    pub(super) structure: Option<Structure>,
    pub(super) series: Neighbours,
    pub(super) offered: Offered,
}

/// What is shown around a page.
pub(super) struct Around {
    pub(super) found: Found,
    pub(super) contents: Vec<ContentLine>,
    pub(super) pages: Vec<PageItem>,
    /// The document before it in its series, and the one after it.
    pub(super) previous: Option<Link>,
    pub(super) next: Option<Link>,
    pub(super) files: Vec<File>,
}

/// Where something was found in the document.
pub(super) struct Found {
    /// In words; empty if nothing was looked for.
    pub(super) summary: String,
    pub(super) relaxed: bool,
    /// What was probably meant, and a search for it.
    pub(super) meant: Option<Link>,
    pub(super) pages: Vec<FoundPage>,
    /// All pages with finds; empty if they are all shown.
    pub(super) all: String,
    /// The nearest page with finds before this one and after it.
    pub(super) earlier: String,
    pub(super) later: String,
}

pub(super) struct FoundPage {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) current: bool,
    /// HTML in which everything but `<mark>` is escaped.
    pub(super) snippet: String,
}

pub(super) struct ContentLine {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) page: u32,
    pub(super) level: u8,
    /// Whether the page that is read lies in this part.
    pub(super) current: bool,
}

pub(super) struct PageItem {
    pub(super) n: u32,
    pub(super) href: String,
    pub(super) current: bool,
    pub(super) found: bool,
    /// Whether pages are left out before it.
    pub(super) gap: bool,
}

pub(super) struct Link {
    pub(super) href: String,
    pub(super) name: String,
}

/// Something to take along.
pub(super) struct File {
    pub(super) href: String,
    /// The key of its name, or the name of a form of citation.
    pub(super) name: &'static str,
}

/// What is shown around page `n`.
pub(super) fn around(visit: &Visit, document: &Document, n: u32, known: &Known) -> Around {
    let kept = Kept::of(visit);
    let address = page_address(&document.id.to_string());
    let neighbour = |other: &Document| Link {
        href: page_address(&other.id.to_string()),
        name: cut(&names::shown_label(visit.language, other)),
    };
    let with_finds: BTreeSet<u32> = known.within.pages.iter().map(|hit| hit.page).collect();
    Around {
        found: found(visit.language, &address, kept, n, &known.within),
        contents: contents(&address, kept, n, document.current().pages, known),
        pages: pages(kept, n, document.current().pages, &with_finds),
        previous: known.series.previous.as_ref().map(neighbour),
        next: known.series.next.as_ref().map(neighbour),
        files: files(document, known.offered),
    }
}

fn found(language: Language, address: &str, kept: Kept<'_>, n: u32, within: &Within) -> Found {
    let to = |hit: &PageHit| {
        let fragment = hit.anchor.as_ref().map(|anchor| format!("#{}", anchor.id));
        kept.to(&format!("{address}/halaman/{}", hit.page)) + &fragment.unwrap_or_default()
    };
    let total = texts::count(language, "pages", within.total as u64);
    let key = if within.more { "inside.found_more" } else { "inside.found" };
    let hits = &within.pages;
    // Those around this page: the list shows where in the document the reader is.
    let at = hits.partition_point(|hit| hit.page < n);
    let start = at.saturating_sub(SHOWN / 2).min(hits.len().saturating_sub(SHOWN));
    let page = |hit: &PageHit| {
        let place = texts::fill(language, "search.page_hit", &[("n", &hit.page.to_string())]);
        FoundPage {
            href: to(hit),
            name: match &hit.anchor {
                Some(anchor) => format!("{}, {place}", anchor.label),
                None => place,
            },
            current: hit.page == n,
            snippet: hit.snippet.clone(),
        }
    };
    let shown: Vec<FoundPage> = hits.iter().skip(start).take(SHOWN).map(page).collect();
    Found {
        summary: match (kept.q.is_empty(), within.total) {
            (true, _) => String::new(),
            (false, 0) => texts::text(language, "inside.nothing").to_owned(),
            (false, _) => texts::fill(language, key, &[("pages", &total)]),
        },
        relaxed: within.relaxed,
        meant: within.correction.as_ref().map(|meant| Link {
            href: Kept { q: brief(&meant.query), ..kept }.to(&format!("{address}/halaman/{n}")),
            name: meant.query.clone(),
        }),
        all: if shown.len() < within.total {
            with_query(address, [("q", kept.q)]) + "#dalam"
        } else {
            String::new()
        },
        pages: shown,
        earlier: hits.iter().rfind(|hit| hit.page < n).map(to).unwrap_or_default(),
        later: hits.iter().find(|hit| hit.page > n).map(to).unwrap_or_default(),
    }
}

/// The headings of an act; of anything else, what the file itself has for a table of contents.
fn contents(address: &str, kept: Kept<'_>, n: u32, pages: u32, known: &Known) -> Vec<ContentLine> {
    let line = |title: &str, page: u32, level: u8, fragment: &str| ContentLine {
        title: cut(title),
        href: kept.to(&format!("{address}/halaman/{page}")) + fragment,
        page,
        level: level.min(5),
        current: false,
    };
    let mut lines: Vec<ContentLine> = structure::shown(&known.headings)
        .map(|(page, anchor)| line(&anchor.label, *page, anchor.level, &format!("#{}", anchor.id)))
        .collect();
    if lines.is_empty() {
        let outline = known.structure.iter().flat_map(|structure| &structure.outline);
        let outline = outline.filter_map(|entry| {
            let page = entry.page.filter(|page| (1..=pages).contains(page))?;
            Some(line(&entry.title, page, entry.level, ""))
        });
        lines = outline.take(OUTLINE).collect();
    }
    // The heading that the page begins under, and those on it.
    let before = lines.iter().rposition(|line| line.page < n);
    for (at, line) in lines.iter_mut().enumerate() {
        line.current = line.page == n || Some(at) == before;
    }
    lines
}

fn pages(kept: Kept<'_>, n: u32, pages: u32, found: &BTreeSet<u32>) -> Vec<PageItem> {
    let near = |page: u32| pages <= LISTED || page.abs_diff(n) <= NEAR;
    let listed = (1..=pages).filter(|page| near(*page) || *page == 1 || *page == pages);
    let mut last = 0;
    let item = |page: u32| {
        let gap = page > last + 1;
        last = page;
        PageItem {
            n: page,
            // Beside this page: the list is long, and its addresses need not be.
            href: kept.to(&page.to_string()),
            current: page == n,
            found: found.contains(&page),
            gap,
        }
    };
    listed.map(item).collect()
}

fn files(document: &Document, offered: Offered) -> Vec<File> {
    let links = Links::of(document);
    let current = document.current();
    let has_text = current.pages > current.pages_without_text;
    let file = |there: bool, href: String, name| there.then_some(File { href, name });
    let files = [
        file(true, links.content, "document.download"),
        file(has_text, links.text, "document.text"),
        file(offered.log.is_some(), format!("{}/proof", links.data), "handout.proof"),
        file(offered.certificate, format!("{}/certificate.pdf", links.data), "handout.certificate"),
        file(offered.copy, format!("{}/copy.pdf", links.data), "handout.copy"),
    ];
    let cite = Form::ALL.into_iter().filter(|form| *form != Form::Csv).map(|form| File {
        href: format!("{}/citation/{}", links.data, form.name()),
        name: form.shown(),
    });
    files.into_iter().flatten().chain(cite).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LABEL) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
