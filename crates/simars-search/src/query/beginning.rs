//! Words that begin so: the pages are gathered once for all that a search asks of them (counting,
//! ranking, choosing the pages to show), since going through the words and their pages is what
//! takes time.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::index::SegmentId;
use tantivy::query::{
    BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, InvertedIndexReader, Score, SegmentReader, TantivyError};

/// Pages that have a word with this beginning in any of the fields. All score the same.
#[derive(Clone)]
pub(super) struct Beginning {
    fields: Vec<Field>,
    text: String,
    score: Score,
    gathered: Arc<Mutex<HashMap<SegmentId, BitSet>>>,
}

impl Beginning {
    pub(super) fn new(fields: Vec<Field>, text: &str, score: Score) -> Self {
        Self { fields, text: text.to_owned(), score, gathered: Arc::default() }
    }

    fn pages(&self, reader: &SegmentReader) -> tantivy::Result<BitSet> {
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pages) = gathered.get(&reader.segment_id()) {
            return Ok(pages.clone());
        }
        let mut pages = BitSet::with_max_value(reader.max_doc());
        for field in &self.fields {
            let index = reader.inverted_index(*field)?;
            self.gather(&index, &mut pages)?;
        }
        gathered.insert(reader.segment_id(), pages.clone());
        Ok(pages)
    }

    fn gather(&self, index: &InvertedIndexReader, pages: &mut BitSet) -> tantivy::Result<()> {
        let range = index.terms().range().ge(&self.text);
        let mut words = range.lt(format!("{}\u{10ffff}", self.text)).into_stream()?;
        while words.advance() {
            let record = IndexRecordOption::Basic;
            let mut blocks = index.read_block_postings_from_terminfo(words.value(), record)?;
            while !blocks.docs().is_empty() {
                for page in blocks.docs() {
                    pages.insert(*page);
                }
                blocks.advance();
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Beginning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Beginning({:?}: {}*)", self.fields, self.text)
    }
}

impl Query for Beginning {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Beginning {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let pages = BitSetDocSet::from(self.pages(reader)?);
        Ok(Box::new(ConstScorer::new(pages, self.score * boost)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        if !self.pages(reader)?.contains(doc) {
            let text = format!("page {doc} has no word that begins with '{}'", self.text);
            return Err(TantivyError::InvalidArgument(text));
        }
        Ok(Explanation::new("a word that begins so", self.score))
    }
}
