//! What is asked, and what is answered.

use simars_describe::structure::Anchor;

use simars_record::ForceState;

use crate::scope::Scope;

/// A search. All filters must hold together; an empty `q` browses everything, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What was typed. Any string gives an answer.
    pub q: String,
    /// Every word must be found as it was typed: nothing is corrected, none may be missing.
    pub exact: bool,
    /// Only this kind of act, as a key of `index-schema/kinds.toml`.
    pub kind: Option<String>,
    /// Only numbers of this year.
    pub year: Option<u16>,
    /// Only enacted on or after this day, `YYYY-MM-DD`. Of a document that has only a year, the
    /// year is compared; one without a date is left out by either bound.
    pub from: Option<String>,
    /// Only enacted on or before this day, `YYYY-MM-DD`.
    pub to: Option<String>,
    /// Only from this issuer, as the facet shows it.
    pub issuer: Option<String>,
    /// Only in this collection.
    pub collection: Option<String>,
    /// Only about this subject.
    pub subject: Option<String>,
    /// The day of which it is asked and counted how acts stand, `YYYY-MM-DD`; without it, it is
    /// not.
    pub force_on: Option<String>,
    /// Only acts that stand so on that day; any of these.
    pub force: Vec<ForceState>,
    /// The order of the hits.
    pub sort: Sort,
    /// Which page of hits, from 1; it costs more the greater it is.
    pub page: usize,
    /// Goes on where an answer ended, in the place of a page: its [`Answer::next`]. It costs the same
    /// however far the list goes, and the list does not shift while documents arrive.
    pub cursor: Option<String>,
    /// Hits on a page, 1 to 100; other values are moved to the nearest of these.
    pub per_page: usize,
    /// Which documents may be found.
    pub scope: Scope,
}

impl Request {
    /// A search for `q` without filters: the first ten hits, best first.
    pub fn new(q: impl Into<String>, scope: impl Into<Scope>) -> Self {
        Self {
            q: q.into(),
            exact: false,
            kind: None,
            year: None,
            from: None,
            to: None,
            issuer: None,
            collection: None,
            subject: None,
            force_on: None,
            force: Vec::new(),
            sort: Sort::Relevance,
            page: 1,
            cursor: None,
            per_page: 10,
            scope: scope.into(),
        }
    }
}

/// The order of the hits. What is equal comes newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best first; newest first where nothing was typed.
    #[default]
    Relevance,
    /// Newest first.
    DateDescending,
    /// What was registered last first, whatever its date.
    Arrival,
    /// Oldest first, undated last.
    DateAscending,
    /// By title, case and diacritics aside; untitled last.
    Title,
    /// By number, 2 before 10; unnumbered last.
    Number,
}

/// The answer to a [`Request`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// How many documents were found, on all pages of hits together; with a cursor, without those that
    /// came after the list began.
    pub total: u64,
    /// The documents on the page of hits that was asked for.
    pub hits: Vec<Hit>,
    /// The place of the first of these among all, from 1.
    pub first: u64,
    /// Goes on behind the last of these; none if nothing follows.
    pub next: Option<String>,
    /// What was found, counted.
    pub facets: Facets,
    /// No document had all the words: these have some of them.
    pub relaxed: bool,
    /// What was probably meant, if that is not what was typed.
    pub correction: Option<Correction>,
}

/// What was probably meant: of words that are nowhere, or seldom where others are often. Only words
/// from documents that the asker may find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// What was typed, with the words that were meant.
    pub query: String,
    /// Whether this is what was searched for; otherwise it is worth a try.
    pub applied: bool,
}

/// How many of the found documents have which kind, year, issuer, collection and subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// Kind key and documents, most first.
    pub kind: Vec<(String, u64)>,
    /// Year and documents, newest year first.
    pub year: Vec<(u16, u64)>,
    /// Issuer and documents, most first; at most `facet_values` of `index-schema/schema.toml`.
    pub issuer: Vec<(String, u64)>,
    /// Collection and documents, most first; as many.
    pub collection: Vec<(String, u64)>,
    /// Subject and documents, most first; as many.
    pub subject: Vec<(String, u64)>,
    /// How acts stand on the day of the request, and documents; none where no day was asked for.
    pub force: Vec<(ForceState, u64)>,
}

/// A document that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// [`crate::Entry::ordinal`].
    pub ordinal: u64,
    /// [`crate::Entry::id`].
    pub id: String,
    /// [`crate::Entry::title`].
    pub title: String,
    /// [`crate::Entry::kind`].
    pub kind: Option<String>,
    /// [`crate::Entry::number`].
    pub number: Option<String>,
    /// [`crate::Entry::year`].
    pub year: Option<u16>,
    /// [`crate::Entry::date`].
    pub date: Option<String>,
    /// [`crate::Entry::sha256`].
    pub sha256: String,
    /// How well its best page fits; comparable only within one answer. 0 where nothing was ranked.
    pub score: f32,
    /// The best pages (three at most), in page order. Where nothing was typed: its first page.
    pub pages: Vec<PageHit>,
}

/// A page that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageHit {
    /// The page, from 1.
    pub page: u32,
    /// The article or the point of the dictum that the snippet shows, if the document is an act.
    pub anchor: Option<Anchor>,
    /// HTML: about 240 characters of the page, everything escaped, finds in `<mark>`. Empty for a
    /// page without text.
    pub snippet: String,
}
