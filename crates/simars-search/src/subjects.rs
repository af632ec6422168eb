//! The subjects of the documents of a segment: any number to each.

use std::collections::HashMap;

use tantivy::{DocId, SegmentReader};

use crate::schema::SUBJECT;

/// Read once and used by all searches: 4 bytes for a document, 4 for each subject of one, and the
/// subjects themselves, of which a search that finds much would otherwise look up each.
#[derive(Default)]
pub(crate) struct Subjects {
    /// Where the subjects of each document begin in `ords`; empty if no document has any.
    begins: Vec<u32>,
    ords: Vec<u32>,
    /// In alphabetical order, which is that of their ordinals.
    texts: Vec<Box<str>>,
}

impl Subjects {
    /// Reads them of the documents with these first pages.
    pub(crate) fn open(
        reader: &SegmentReader,
        first_pages: impl Iterator<Item = DocId>,
    ) -> tantivy::Result<Self> {
        // An index of before they were there has none.
        let Some(column) = reader.fast_fields().str(SUBJECT)? else { return Ok(Self::default()) };
        let (mut begins, mut ords) = (Vec::new(), Vec::new());
        for page in first_pages {
            begins.push(ords.len() as u32);
            ords.extend(column.term_ords(page).filter_map(|ord| u32::try_from(ord).ok()));
        }
        let mut texts = Vec::with_capacity(column.num_terms());
        let mut stream = column.dictionary().stream()?;
        while stream.advance() {
            texts.push(String::from_utf8_lossy(stream.key()).into_owned().into_boxed_str());
        }
        Ok(Self { begins, ords, texts })
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
        self.texts.len()
    }

    /// The ordinal of `value`: `None` for any, an impossible one for a value that is not there.
    pub(crate) fn wanted(&self, value: Option<&String>) -> Option<u32> {
        let at = |value: &String| self.texts.binary_search_by(|text| (**text).cmp(value.as_str()));
        value
            .map(|value| at(value).ok().and_then(|ord| u32::try_from(ord).ok()).unwrap_or(u32::MAX))
    }

    /// Counts per ordinal as counts per subject.
    pub(crate) fn counted(&self, counts: &[u32]) -> HashMap<String, u64> {
        let counted = self.texts.iter().zip(counts).filter(|(_, count)| **count > 0);
        counted.map(|(text, count)| (text.to_string(), u64::from(*count))).collect()
    }
}
