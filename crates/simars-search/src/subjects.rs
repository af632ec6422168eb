//! The subjects of the documents of a segment: any number to each.

use std::collections::HashMap;

use tantivy::columnar::StrColumn;
use tantivy::{DocId, SegmentReader};

use crate::schema::SUBJECT;

/// Read once and used by all searches: 4 bytes for a document, and 4 for each subject of one.
#[derive(Default)]
pub(crate) struct Subjects {
    /// Where the subjects of each document begin in `ords`; empty if no document has any.
    begins: Vec<u32>,
    ords: Vec<u32>,
    texts: Option<StrColumn>,
}

impl Subjects {
    /// Reads them of the documents with these first pages.
    pub(crate) fn open(
        reader: &SegmentReader,
        first_pages: impl Iterator<Item = DocId>,
    ) -> tantivy::Result<Self> {
        // An index of before they were there has none.
        let Some(texts) = reader.fast_fields().str(SUBJECT)? else { return Ok(Self::default()) };
        let (mut begins, mut ords) = (Vec::new(), Vec::new());
        for page in first_pages {
            begins.push(ords.len() as u32);
            ords.extend(texts.term_ords(page).filter_map(|ord| u32::try_from(ord).ok()));
        }
        Ok(Self { begins, ords, texts: Some(texts) })
    }

    /// The ordinals of a document's subjects.
    pub(crate) fn of(&self, document: u32) -> &[u32] {
        let at = |document: usize| self.begins.get(document).map(|begin| *begin as usize);
        match at(document as usize) {
            None => &[],
            Some(begin) => &self.ords[begin..at(document as usize + 1).unwrap_or(self.ords.len())],
        }
    }

    /// How many different subjects there are.
    pub(crate) fn len(&self) -> usize {
        self.texts.as_ref().map_or(0, |texts| texts.num_terms())
    }

    /// The ordinal of `value`: `None` for any, an impossible one for a value that is not there.
    pub(crate) fn wanted(&self, value: Option<&String>) -> tantivy::Result<Option<u32>> {
        let Some(value) = value else { return Ok(None) };
        let Some(texts) = &self.texts else { return Ok(Some(u32::MAX)) };
        let ord = texts.dictionary().term_ord(value)?.and_then(|ord| u32::try_from(ord).ok());
        Ok(Some(ord.unwrap_or(u32::MAX)))
    }

    /// Counts per ordinal as counts per subject.
    pub(crate) fn counted(&self, counts: &[u32]) -> tantivy::Result<HashMap<String, u64>> {
        let mut by_text = HashMap::new();
        let Some(texts) = &self.texts else { return Ok(by_text) };
        for (ord, count) in (0..).zip(counts).filter(|(_, count)| **count > 0) {
            let mut text = String::new();
            texts.ord_to_str(ord, &mut text)?;
            by_text.insert(text, u64::from(*count));
        }
        Ok(by_text)
    }
}
