//! How many acts of each kind were stated in each month, counted once for each segment: so that a
//! report need not read the journal.

use std::collections::BTreeMap;

use simars_record::StatementKind;
use simars_record::statement::ARCHIVE;

use super::Catalogue;
use crate::ArchiveError;
use crate::journal::Segment;

/// A month: the year, and the month from 1.
pub type Month = (u16, u8);

/// What was done in a month: by the written form of the kind of act; [`FILED`] counts documents that
/// came in, however they were stated.
pub type Acts = BTreeMap<String, u64>;

/// The name under which documents are counted that came in.
pub const FILED: &str = "masuk";

fn key((year, month): Month, segment: u64) -> [u8; 11] {
    let mut key = [0; 11];
    key[..2].copy_from_slice(&year.to_be_bytes());
    key[2] = month;
    key[3..].copy_from_slice(&segment.to_be_bytes());
    key
}

impl Catalogue {
    /// Counts the acts of a segment; counting it twice changes nothing.
    pub(super) fn count_acts(&self, segment: &Segment) -> Result<(), ArchiveError> {
        let mut months: BTreeMap<Month, Acts> = BTreeMap::new();
        for line in segment.lines.iter().filter(|line| line.statement.object != ARCHIVE) {
            let statement = &line.statement;
            let day = statement.time.date();
            let acts = months.entry((day.year(), day.month())).or_default();
            *acts.entry(statement.kind.as_str().to_owned()).or_default() += 1;
            let first = statement.previous.is_none()
                && matches!(statement.kind, StatementKind::Registered | StatementKind::Published);
            if first {
                *acts.entry(FILED.to_owned()).or_default() += 1;
            }
        }
        for (month, acts) in months {
            let value = serde_json::to_vec(&acts).map_err(|error| self.error(&error))?;
            let key = key(month, segment.header.segment);
            self.monthly.insert(key, value).map_err(|error| self.error(&error))?;
        }
        Ok(())
    }

    /// What was done in each month from the first to the last, both inclusive; months without acts
    /// are left out.
    ///
    /// # Errors
    /// If sled cannot read it.
    pub fn acts_by_month(
        &self,
        first: Month,
        last: Month,
    ) -> Result<BTreeMap<Month, Acts>, ArchiveError> {
        let mut months: BTreeMap<Month, Acts> = BTreeMap::new();
        for entry in self.monthly.range(key(first, 0)..=key(last, u64::MAX)) {
            let (key, value) = entry.map_err(|error| self.error(&error))?;
            let counted: Acts =
                serde_json::from_slice(&value).map_err(|error| self.error(&error))?;
            let month = (u16::from_be_bytes([key[0], key[1]]), key[2]);
            let acts = months.entry(month).or_default();
            for (kind, count) in counted {
                *acts.entry(kind).or_default() += count;
            }
        }
        Ok(months)
    }
}
