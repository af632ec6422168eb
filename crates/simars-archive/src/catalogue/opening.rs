//! Which documents open by themselves, and when: the ends of embargoes.

use simars_record::{Date, Document};

use super::Catalogue;
use crate::ArchiveError;

/// The place of a document among those that open: by day, then in the order of registration.
pub(super) fn key(day: Date, ordinal: u64) -> [u8; 12] {
    let number = u32::from(day.year()) << 16 | u32::from(day.month()) << 8 | u32::from(day.day());
    let mut key = [0; 12];
    key[..4].copy_from_slice(&number.to_be_bytes());
    key[4..].copy_from_slice(&ordinal.to_be_bytes());
    key
}

impl Catalogue {
    /// The documents whose day to open has come, the longest due first, no more than `most`.
    ///
    /// # Errors
    /// If sled cannot read them.
    pub(crate) fn due_to_open(
        &self,
        today: Date,
        most: usize,
    ) -> Result<Vec<Document>, ArchiveError> {
        let mut due = Vec::new();
        for entry in self.opening.range(..=key(today, u64::MAX)) {
            let (key, _) = entry.map_err(|error| self.error(&error))?;
            let document = key.get(4..).map(|ordinal| self.by_key(ordinal)).transpose()?.flatten();
            match document.filter(|document| document.opens.is_some_and(|day| day <= today)) {
                Some(document) => due.push(document),
                // Opened, or put off, since it was noted.
                None => drop(self.opening.remove(&key).map_err(|error| self.error(&error))?),
            }
            if due.len() >= most {
                break;
            }
        }
        Ok(due)
    }
}
