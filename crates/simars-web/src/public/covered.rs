//! How much of a document could be read, in words.

use simars_ingest::Pages;
use simars_record::{Document, FindingCode, Version};

use crate::coverage::{Coverage, unreadable};
use crate::language::Language;
use crate::{format, texts};

/// What is known of the reading of a document beside its version.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    /// The pages without text.
    pub(crate) blank: Vec<u32>,
    /// How far recognition is; `None` if nothing is under way.
    pub(crate) progress: Option<Pages>,
    /// Whether an engine for recognition is installed.
    pub(crate) engine: bool,
}

/// What the document's page says about its coverage.
pub(super) struct CoverageView {
    pub(super) lines: Vec<CoverageLine>,
    pub(super) progress: Option<ProgressView>,
}

/// One line: so many pages, and how it is with them.
#[derive(Default)]
pub(super) struct CoverageLine {
    pub(super) text: String,
    /// Which pages, if that helps.
    pub(super) pages: String,
    /// What more there is to say.
    pub(super) why: String,
    pub(super) good: bool,
}

/// Recognition that is under way.
pub(super) struct ProgressView {
    pub(super) events: String,
    pub(super) text: String,
    pub(super) done: u32,
    pub(super) total: u32,
}

/// What is said about a document.
pub(super) fn view(language: Language, document: &Document, reading: &Reading) -> CoverageView {
    let version = document.current();
    let coverage = Coverage::of(version);
    let mut lines = Vec::new();
    let pages = |key, count: u32| {
        let pages = texts::count(language, "pages", u64::from(count));
        texts::fill(language, key, &[("pages", &pages)])
    };
    let mut good = |text| lines.push(CoverageLine { text, good: true, ..CoverageLine::default() });
    if coverage.pages_from_file > 0 {
        good(pages("coverage.from_file", coverage.pages_from_file));
    }
    if coverage.pages_recognised > 0 {
        let recognised = pages("coverage.recognised", coverage.pages_recognised);
        good(format!("{recognised}{}", confidence(language, coverage.confidence)));
    }
    let mut line = |key, count: u32, list: String, why: String| {
        lines.push(CoverageLine { text: pages(key, count), pages: list, why, good: false });
    };
    if coverage.pages_to_recognise > 0 {
        let why = if reading.engine { "" } else { texts::text(language, "coverage.no_engine") };
        let pages = page_list(language, &version.pages_to_recognise);
        line("coverage.waiting", coverage.pages_to_recognise, pages, why.to_owned());
    }
    for (reason, pages) in unreadable(version, &reading.blank) {
        let why = reason.map(|code| finding(language, code)).unwrap_or_default();
        let list = page_list(language, &pages);
        line("coverage.unreadable", pages.len() as u32, list, why);
    }
    CoverageView { lines, progress: progress(language, document, reading) }
}

fn progress(language: Language, document: &Document, reading: &Reading) -> Option<ProgressView> {
    let Pages { done, total } = reading.progress?;
    Some(ProgressView {
        events: format!("/api/v1/documents/{}/events", document.id),
        text: texts::fill(
            language,
            "coverage.progress",
            &[("done", &done.to_string()), ("total", &total.to_string())],
        ),
        done,
        total,
    })
}

fn confidence(language: Language, confidence: Option<u8>) -> String {
    let n = confidence.map(|confidence| confidence.to_string());
    n.map(|n| texts::fill(language, "coverage.confidence", &[("n", &n)])).unwrap_or_default()
}

fn finding(language: Language, code: FindingCode) -> String {
    texts::text(language, &format!("finding.{}", code.as_str())).to_owned()
}

/// Something that was noticed, with the pages it concerns.
pub(super) struct Note {
    pub(super) text: String,
    pub(super) place: String,
}

/// What was noticed while reading, each kind of finding once; without what the coverage says
/// already.
pub(super) fn notes(language: Language, version: &Version, reading: &Reading) -> Vec<Note> {
    let lost = unreadable(version, &reading.blank);
    let noted = FindingCode::ALL.into_iter().filter_map(|code| {
        let found: Vec<_> = version.findings.iter().filter(|found| found.code == code).collect();
        if found.is_empty() {
            return None;
        }
        let mut pages: Vec<u32> = found.iter().filter_map(|found| found.page).collect();
        pages.sort_unstable();
        pages.dedup();
        let reason = lost.iter().any(|(reason, lost)| *reason == Some(code) && *lost == pages);
        let waits =
            code == FindingCode::RecognitionMissing && !version.pages_to_recognise.is_empty();
        let blank = code == FindingCode::NoText && !reading.blank.is_empty();
        let said = reason || waits || blank;
        (!said).then(|| Note { text: finding(language, code), place: page_list(language, &pages) })
    });
    noted.collect()
}

/// In one line: so many of so many pages without text; empty if all have some.
pub(crate) fn unread(language: Language, pages: u32, without_text: u32) -> String {
    let number = |number: u32| format::number(language, u64::from(number));
    match (pages, without_text) {
        (_, 0) => String::new(),
        (pages, lost) if lost >= pages => texts::text(language, "coverage.none_read").to_owned(),
        (pages, lost) => {
            let values = [("n", &*number(lost)), ("total", &*number(pages))];
            texts::fill(language, "coverage.part_unread", &values)
        }
    }
}

/// Pages in words, neighbours as a range: `halaman 1, 3–5`.
pub(super) fn page_list(language: Language, pages: &[u32]) -> String {
    const SHOWN: usize = 8;
    if let [page] = pages {
        return texts::fill(language, "document.on_page", &[("n", &page.to_string())]);
    }
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &page in pages {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == page => *last = page,
            _ => ranges.push((page, page)),
        }
    }
    if ranges.is_empty() {
        return String::new();
    }
    let range = |&(first, last): &(u32, u32)| {
        if first == last { first.to_string() } else { format!("{first}–{last}") }
    };
    let mut list = ranges.iter().take(SHOWN).map(range).collect::<Vec<_>>().join(", ");
    if ranges.len() > SHOWN {
        let more = (ranges.len() - SHOWN).to_string();
        list.push(' ');
        list.push_str(&texts::fill(language, "document.and_more", &[("n", &more)]));
    }
    texts::fill(language, "document.on_pages", &[("list", &list)])
}
