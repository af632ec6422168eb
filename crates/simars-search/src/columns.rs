//! The columns of a segment, opened once and used by all searches.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::columnar::{Cardinality, Column, ColumnValues, StrColumn};
use tantivy::{SegmentReader, TantivyError};

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
    /// "" is among the texts, and then it is ordinal 0.
    has_empty: bool,
}

impl Labels {
    fn open(reader: &SegmentReader, name: &str) -> tantivy::Result<Self> {
        let missing = || TantivyError::SchemaError(format!("no column {name:?}"));
        let texts = reader.fast_fields().str(name)?.ok_or_else(missing)?;
        let has_empty = texts.dictionary().term_ord("")? == Some(0);
        Ok(Self { ords: dense(texts.ords().clone()), texts, has_empty })
    }

    /// How many different labels there are.
    pub(crate) fn len(&self) -> usize {
        self.texts.num_terms()
    }

    /// The ordinal of `value`: `None` for any, an impossible one for a value that is not there.
    pub(crate) fn wanted(&self, value: Option<&String>) -> tantivy::Result<Option<u64>> {
        let Some(value) = value else { return Ok(None) };
        Ok(Some(self.texts.dictionary().term_ord(value)?.unwrap_or(u64::MAX)))
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
        let mut by_text = HashMap::new();
        for (ord, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            if ord > 0 || !self.has_empty {
                by_text.insert(self.text(ord as u64)?, u64::from(*count));
            }
        }
        Ok(by_text)
    }
}

/// All columns of a segment.
pub(crate) struct Columns {
    pub(crate) ordinals: Numbers,
    pub(crate) pages: Numbers,
    pub(crate) standings: Numbers,
    pub(crate) years: Numbers,
    pub(crate) dates: Numbers,
    pub(crate) kinds: Labels,
    pub(crate) issuers: Labels,
    pub(crate) collections: Labels,
    pub(crate) titles: Labels,
    pub(crate) numbers: Labels,
    /// The least year of the segment, and how many years it spans.
    pub(crate) year_span: (u64, usize),
}

impl Columns {
    pub(crate) fn open(reader: &SegmentReader) -> tantivy::Result<Self> {
        let numbers =
            |name: &str| -> tantivy::Result<Numbers> { Ok(dense(reader.fast_fields().u64(name)?)) };
        let years = numbers("year")?;
        let first = years.min_value();
        // Years are u16 where they are written, so a span is small whatever the file says.
        let span = u16::try_from(years.max_value().saturating_sub(first)).unwrap_or(u16::MAX);
        Ok(Self {
            ordinals: numbers("ordinal")?,
            pages: numbers("page")?,
            standings: numbers("standing")?,
            year_span: (first, usize::from(span) + 1),
            years,
            dates: numbers("date")?,
            kinds: Labels::open(reader, "kind")?,
            issuers: Labels::open(reader, "issuer")?,
            collections: Labels::open(reader, "collection")?,
            titles: Labels::open(reader, "title_order")?,
            numbers: Labels::open(reader, "number_order")?,
        })
    }
}

impl std::fmt::Debug for Columns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Columns").field("years", &self.year_span).finish_non_exhaustive()
    }
}
