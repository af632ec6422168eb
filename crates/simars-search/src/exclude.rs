//! The documents that have an unwanted word on any of their pages.
//!
//! Excluding page by page would leave the other pages of such a document in the answer.

use std::collections::HashSet;
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader, TantivyError};

use crate::columns::Columns;

/// Collects the ordinals of the documents that were found.
#[derive(Debug, Clone)]
pub(crate) struct Ordinals {
    /// The columns of each segment.
    pub(crate) columns: Arc<Vec<Arc<Columns>>>,
}

/// The ordinals of one segment.
pub(crate) struct SegmentOrdinals {
    columns: Arc<Columns>,
    found: HashSet<u64>,
}

impl Collector for Ordinals {
    type Fruit = HashSet<u64>;
    type Child = SegmentOrdinals;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        _: &SegmentReader,
    ) -> tantivy::Result<SegmentOrdinals> {
        let columns = self.columns.get(segment as usize).cloned().ok_or_else(|| {
            TantivyError::InternalError(format!("segment {segment} has no columns"))
        })?;
        Ok(SegmentOrdinals { columns, found: HashSet::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<HashSet<u64>>) -> tantivy::Result<HashSet<u64>> {
        Ok(fruits.into_iter().flatten().collect())
    }
}

impl SegmentCollector for SegmentOrdinals {
    type Fruit = HashSet<u64>;

    fn collect(&mut self, doc: DocId, _: Score) {
        let document = self.columns.document_of[doc as usize];
        self.found.insert(self.columns.values[document as usize].ordinal);
    }

    fn harvest(self) -> HashSet<u64> {
        self.found
    }
}
