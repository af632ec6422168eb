//! How much of each document was read, kept in memory and brought up to date from the journal: a
//! list of what is incomplete must not go through the whole catalogue each time it is asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use simars_access::{Action, Standing, Who, may};
use simars_ingest::Holdings;
use simars_record::{Document, DocumentId};

use crate::auth::standing;
use crate::coverage::Coverage;
use crate::problem::Code;
use crate::work::failed;

/// What is known of one document.
#[derive(Debug, Clone)]
struct Row {
    id: DocumentId,
    standing: Standing,
    coverage: Coverage,
}

#[derive(Debug, Default)]
struct Rows {
    /// The last segment of the journal that was taken in; `None` before the first look.
    segment: Option<u64>,
    /// By their place in the order of registration.
    rows: BTreeMap<u64, Row>,
}

/// The coverage of all documents.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<Rows>>);

/// What all documents an asker may see come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Totals {
    pub(crate) documents: u64,
    /// Documents of which a part was not read, waits, or is in doubt.
    pub(crate) documents_incomplete: u64,
    pub(crate) pages: u64,
    pub(crate) pages_from_file: u64,
    pub(crate) pages_recognised: u64,
    pub(crate) pages_to_recognise: u64,
    pub(crate) pages_without_text: u64,
}

/// Incomplete documents an asker may see, newest first, each with its place in the order of
/// registration; and what all documents come to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listing {
    pub(crate) totals: Totals,
    pub(crate) incomplete: Vec<(u64, DocumentId)>,
}

impl Ledger {
    /// Lists what is incomplete. Reads the catalogue: whole the first time, afterwards only what
    /// the journal says has changed. One request at a time does that; others wait for it.
    pub(crate) fn list(
        &self,
        holdings: &Holdings,
        who: Who,
        action: Action,
    ) -> Result<Listing, Code> {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rows.follow(holdings)?;
        let mut listing = Listing::default();
        for (&ordinal, row) in rows.rows.iter().rev() {
            if may(who, action, row.standing) {
                listing.totals.add(&row.coverage);
                if !row.coverage.complete {
                    listing.incomplete.push((ordinal, row.id));
                }
            }
        }
        Ok(listing)
    }
}

impl Rows {
    fn follow(&mut self, holdings: &Holdings) -> Result<(), Code> {
        let archive = holdings.archive();
        // Asked before the look: what is read is at least as new as this.
        let end = archive.applied().end.segment;
        match self.segment {
            None => {
                for document in archive.from(0) {
                    self.take(&document.map_err(failed("list the documents"))?);
                }
            }
            Some(known) => {
                (known + 1..=end).try_for_each(|segment| self.take_segment(holdings, segment))?
            }
        }
        self.segment = Some(end);
        Ok(())
    }

    /// Takes in the documents that a segment speaks of, as they are now.
    fn take_segment(&mut self, holdings: &Holdings, segment: u64) -> Result<(), Code> {
        let archive = holdings.archive();
        for id in archive.touched_by(segment).map_err(failed("read what has changed"))? {
            let document = archive.document(&id).map_err(failed("look up a document"))?;
            if let Some(document) = document {
                self.take(&document);
            }
        }
        Ok(())
    }

    fn take(&mut self, document: &Document) {
        let row = Row {
            id: document.id,
            standing: standing(document),
            coverage: Coverage::of(document.current()),
        };
        self.rows.insert(document.ordinal, row);
    }
}

impl Totals {
    fn add(&mut self, coverage: &Coverage) {
        self.documents += 1;
        self.documents_incomplete += u64::from(!coverage.complete);
        self.pages += u64::from(coverage.pages);
        self.pages_from_file += u64::from(coverage.pages_from_file);
        self.pages_recognised += u64::from(coverage.pages_recognised);
        self.pages_to_recognise += u64::from(coverage.pages_to_recognise);
        self.pages_without_text += u64::from(coverage.pages_without_text);
    }
}
