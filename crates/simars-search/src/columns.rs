//! The columns of a segment, read once and used by all searches.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::schema::{FORCE, GROUP};
use crate::scope::Scope;
use crate::subjects::Subjects;
use simars_record::ForceState;
use tantivy::columnar::{Cardinality, Column, ColumnValues, StrColumn, TermOrdHit};
use tantivy::{DocId, SegmentReader, TantivyError};

/// A column of numbers, one for each page.
pub(crate) type Numbers = Arc<dyn ColumnValues<u64>>;

/// The values of a column as they lie there, if every page has one; the writer sees to that.
fn dense(column: Column<u64>) -> Numbers {
    match column.get_cardinality() {
        Cardinality::Full => column.values,
        Cardinality::Optional | Cardinality::Multivalued => column.first_or_default_col(0),
    }
}

/// A column of labels: their term ordinals, and their texts.
pub(crate) struct Labels {
    pub(crate) ords: Numbers,
    texts: StrColumn,
    /// The texts unpacked, once they have been asked for: looking one up takes longer than counting
    /// a hundred documents.
    unpacked: OnceLock<Vec<String>>,
    /// "" is among the texts, and then it is ordinal 0.
    has_empty: bool,
}

impl Labels {
    fn open(reader: &SegmentReader, name: &str) -> tantivy::Result<Self> {
        let missing = || TantivyError::SchemaError(format!("no column {name:?}"));
        let texts = reader.fast_fields().str(name)?.ok_or_else(missing)?;
        let has_empty = texts.dictionary().term_ord("")? == Some(0);
        let unpacked = OnceLock::new();
        Ok(Self { ords: dense(texts.ords().clone()), texts, unpacked, has_empty })
    }

    /// How many different labels there are.
    pub(crate) fn len(&self) -> usize {
        self.texts.num_terms()
    }

    /// The same, but 0 if "" is the only one.
    pub(crate) fn len_telling(&self) -> usize {
        if self.has_empty && self.len() == 1 { 0 } else { self.len() }
    }

    /// The ordinal of `value`: `None` for any, an impossible one for a value that is not there.
    pub(crate) fn wanted(&self, value: Option<&String>) -> tantivy::Result<Option<u32>> {
        let Some(value) = value else { return Ok(None) };
        Ok(Some(self.texts.dictionary().term_ord(value)?.map_or(u32::MAX, short)))
    }

    /// Where `text` is among the labels, or would be.
    pub(crate) fn place(&self, text: &str) -> tantivy::Result<TermOrdHit> {
        Ok(self.texts.dictionary().term_ord_or_next(text)?)
    }

    /// The label of an ordinal.
    pub(crate) fn text(&self, ord: u64) -> tantivy::Result<String> {
        let mut text = String::new();
        self.texts.ord_to_str(ord, &mut text)?;
        Ok(text)
    }

    /// The place of a label in alphabetical order, greater for earlier ones, 0 for "".
    pub(crate) fn rank(&self, ord: u64) -> u64 {
        if self.has_empty && ord == 0 { 0 } else { u64::MAX - ord }
    }

    /// Counts per ordinal as counts per label; "" is no label.
    pub(crate) fn counted(&self, counts: &[u32]) -> tantivy::Result<HashMap<String, u64>> {
        let texts = self.unpacked()?;
        let counted = counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let telling = counted.filter(|(ord, _)| *ord > 0 || !self.has_empty);
        let by_text = telling.map(|(ord, count)| (texts[ord].clone(), u64::from(*count)));
        Ok(by_text.collect())
    }

    /// All texts, in the order of their ordinals.
    fn unpacked(&self) -> tantivy::Result<&[String]> {
        if let Some(texts) = self.unpacked.get() {
            return Ok(texts);
        }
        let mut all = Vec::with_capacity(self.len());
        let mut texts = self.texts.dictionary().stream()?;
        while texts.advance() {
            all.push(String::from_utf8_lossy(texts.key()).into_owned());
        }
        Ok(self.unpacked.get_or_init(|| all))
    }
}

/// What every search asks of a document: small, so that what many searches touch stays in the
/// processor's cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Ordinals of the labels.
    pub(crate) issuer: u32,
    pub(crate) kind: u16,
    pub(crate) year: u16,
}

/// What only some searches ask of a document, or of few documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Values {
    pub(crate) ordinal: u64,
    /// yyyymmdd.
    pub(crate) date: u32,
    /// Ordinal of the label.
    pub(crate) collection: u32,
    pub(crate) force: Force,
}

/// From when to when an act is in force, as yyyymmdd; see `index-schema/schema.toml`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Force {
    pub(crate) from: u32,
    pub(crate) changed: u32,
    pub(crate) until: u32,
}

impl Force {
    /// How it stands on a day; `None` for what is never in force.
    pub(crate) fn on(self, day: u32) -> Option<ForceState> {
        let begun = |since: u32| since != 0 && since <= day;
        match self.from {
            0 => None,
            _ if begun(self.until) => Some(ForceState::Revoked),
            from if from > day => Some(ForceState::NotYet),
            _ if begun(self.changed) => Some(ForceState::Amended),
            _ => Some(ForceState::InForce),
        }
    }
}

/// All columns of a segment. What searches ask of pages and documents lies unpacked in memory: 4
/// bytes for a page and 41 for a document.
pub(crate) struct Columns {
    /// The document of each page, as its place in `documents`.
    pub(crate) document_of: Vec<u32>,
    /// The first page of each document, and one past the last page of all.
    starts: Vec<DocId>,
    /// The access standings of the documents, in the order of their pages. More than 15 is no
    /// standing: such a document is never found.
    pub(crate) standings: Vec<u8>,
    /// The groups they belong to, in the same order; empty if none does.
    groups: Vec<u64>,
    /// In the same order.
    pub(crate) counted: Vec<Counted>,
    /// In the same order.
    pub(crate) values: Vec<Values>,
    pages: Numbers,
    pub(crate) kinds: Labels,
    pub(crate) issuers: Labels,
    pub(crate) collections: Labels,
    pub(crate) subjects: Subjects,
    pub(crate) titles: Labels,
    pub(crate) numbers: Labels,
    /// The least year of the segment, and how many years it spans.
    pub(crate) year_span: (u16, usize),
}

impl Columns {
    pub(crate) fn open(reader: &SegmentReader) -> tantivy::Result<Self> {
        let numbers =
            |name: &str| -> tantivy::Result<Numbers> { Ok(dense(reader.fast_fields().u64(name)?)) };
        let (ordinals, dates) = (numbers("ordinal")?, numbers("date")?);
        let (years, standings) = (numbers("year")?, numbers("standing")?);
        // An index of before these were there has none.
        let groups = numbers(GROUP).ok();
        let [begins, changes, ends] = FORCE.map(|name| numbers(name).ok());
        let force = |column: &Option<Numbers>, page| {
            column.as_ref().map_or(0, |column| u32::try_from(column.get_val(page)).unwrap_or(0))
        };
        let kinds = Labels::open(reader, "kind")?;
        let issuers = Labels::open(reader, "issuer")?;
        let collections = Labels::open(reader, "collection")?;
        let (pages, alive) = (reader.max_doc(), reader.alive_bitset());
        let mut document_of = Vec::with_capacity(pages as usize);
        let (mut opened, mut counted, mut values) = (Vec::new(), Vec::new(), Vec::<Values>::new());
        let mut grouped = Vec::new();
        let (mut lived, mut starts) = (true, Vec::new());
        for page in 0..pages {
            let ordinal = ordinals.get_val(page);
            // Replaced before it was committed, a document lies beside its successor: the deleted
            // pages must not lend theirs to it.
            let lives = alive.is_none_or(|alive| alive.is_alive(page));
            let changed = std::mem::replace(&mut lived, lives) != lives;
            if changed || values.last().is_none_or(|last| last.ordinal != ordinal) {
                starts.push(page);
                opened.push(u8::try_from(standings.get_val(page)).unwrap_or(u8::MAX));
                grouped.push(groups.as_ref().map_or(0, |groups| groups.get_val(page)));
                counted.push(Counted {
                    issuer: short(issuers.ords.get_val(page)),
                    kind: u16::try_from(kinds.ords.get_val(page)).unwrap_or(u16::MAX),
                    year: u16::try_from(years.get_val(page)).unwrap_or(0),
                });
                values.push(Values {
                    ordinal,
                    date: u32::try_from(dates.get_val(page)).unwrap_or(0),
                    collection: short(collections.ords.get_val(page)),
                    force: Force {
                        from: force(&begins, page),
                        changed: force(&changes, page),
                        until: force(&ends, page),
                    },
                });
            }
            document_of.push(values.len() as u32 - 1);
        }
        starts.push(pages);
        if grouped.iter().all(|group| *group == 0) {
            grouped = Vec::new();
        }
        let first_pages = (0..pages).filter(|page| {
            let before = page.checked_sub(1).map(|before| document_of[before as usize]);
            before != Some(document_of[*page as usize])
        });
        let subjects = Subjects::open(reader, first_pages)?;
        let spans = || counted.iter().map(|document| document.year);
        let (first, last) = (spans().min().unwrap_or(0), spans().max().unwrap_or(0));
        Ok(Self {
            document_of,
            starts,
            standings: opened,
            groups: grouped,
            year_span: (first, usize::from(last - first) + 1),
            counted,
            values,
            pages: numbers("page")?,
            kinds,
            issuers,
            collections,
            subjects,
            titles: Labels::open(reader, "title_order")?,
            numbers: Labels::open(reader, "number_order")?,
        })
    }

    /// The first page of a document of the segment.
    pub(crate) fn first_page(&self, document: u32) -> DocId {
        self.starts[document as usize]
    }

    /// One past the last page of a document of the segment.
    pub(crate) fn end(&self, document: u32) -> DocId {
        self.starts[document as usize + 1]
    }

    /// Whether documents have several pages, so that it pays to pass over those of one that has
    /// been counted.
    pub(crate) fn has_long_documents(&self) -> bool {
        self.document_of.len() > 2 * self.values.len()
    }

    /// The pages of a document of the segment, deleted ones among them.
    pub(crate) fn pages_of(&self, document: u32) -> std::ops::Range<DocId> {
        self.first_page(document)..self.first_page(document + 1)
    }

    /// Whether the document of a page is in `scope`.
    pub(crate) fn may_be_found(&self, page: DocId, scope: Scope) -> bool {
        let document = self.document_of.get(page as usize);
        document.is_some_and(|document| self.is_in(*document as usize, scope))
    }

    /// Whether a document of the segment is in `scope`.
    pub(crate) fn is_in(&self, document: usize, scope: Scope) -> bool {
        let group = || self.groups.get(document).copied().unwrap_or(0);
        // Most askers ask for all groups alike.
        let group = if scope.group == 0 { 0 } else { group() };
        self.standings.get(document).is_some_and(|standing| scope.has(*standing, group))
    }

    /// The number of a page: from 1; 0 for a document without pages.
    pub(crate) fn page_number(&self, page: DocId) -> u32 {
        u32::try_from(self.pages.get_val(page)).unwrap_or(0)
    }
}

/// A label's ordinal. There are fewer labels than pages, and pages are counted in 32 bits.
fn short(ord: u64) -> u32 {
    u32::try_from(ord).unwrap_or(u32::MAX)
}

impl std::fmt::Debug for Columns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Columns").field("years", &self.year_span).finish_non_exhaustive()
    }
}
