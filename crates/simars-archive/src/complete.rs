//! Descriptions that older rules made, filled in by newer ones: in the catalogue alone.
//!
//! Nothing is stated for it, and nothing that was stated changes: what the text says beyond the
//! registered description is derived from the store, as the index is. A person's next correction
//! takes it over into its statement.

use std::sync::atomic::Ordering;

use serde::{Deserialize, Serialize};
use simars_record::{Description, Document, DocumentId};

use crate::{Archive, ArchiveError};

/// How far the documents were looked through for descriptions of older rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completed {
    /// The rules that were used.
    pub rules: u16,
    /// The first ordinal that was not looked at yet.
    pub next: u64,
}

impl Archive {
    /// Fills in what a document's description, made by older rules, has no word for, from what is
    /// `recognised` now. `Ok(None)` if there is no such document or its rules are as new.
    ///
    /// # Errors
    /// If the catalogue cannot be read or written.
    pub fn complete(
        &self,
        id: &DocumentId,
        recognised: Description,
    ) -> Result<Option<Document>, ArchiveError> {
        // Nobody states anything meanwhile.
        let _writer = self.writer();
        let Some(mut document) = self.document(id)? else { return Ok(None) };
        if document.description.rules >= recognised.rules {
            return Ok(None);
        }
        document.description.complete(recognised);
        self.catalogue().put(&document)?;
        self.derived().store(true, Ordering::Relaxed);
        Ok(Some(document))
    }

    /// How far all documents were looked through.
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub fn completed(&self) -> Result<Completed, ArchiveError> {
        self.catalogue().completed()
    }

    /// Notes how far all documents were looked through.
    ///
    /// # Errors
    /// If the catalogue cannot be written.
    pub fn note_completed(&self, completed: Completed) -> Result<(), ArchiveError> {
        self.derived().store(true, Ordering::Relaxed);
        self.catalogue().note_completed(completed)
    }
}

#[cfg(test)]
mod tests {
    use simars_record::Field;

    use super::*;
    use crate::Change;
    use crate::archive::tests::{checked, open, registered, submission};

    #[test]
    fn what_older_rules_left_open_is_filled_in_without_a_statement() {
        let folder = tempfile::tempdir().unwrap();
        let archive = open(folder.path());
        let mut old = submission(b"x", "teks");
        old.description.title = Some(Field::stated("Lama".to_owned()));
        old.description.rules = 0;
        let id = registered(archive.register(old).unwrap());
        let before = archive.applied();
        let recognised = Description {
            title: Some(Field::stated("Baru".to_owned())),
            office: Some(Field::stated("Ketua".to_owned())),
            rules: 1,
            ..Description::default()
        };
        let completed = archive.complete(&id, recognised.clone()).unwrap().unwrap();
        assert_eq!(completed.description.title.as_ref().unwrap().value, "Lama");
        assert_eq!(completed.description.office.as_ref().unwrap().value, "Ketua");
        assert_eq!(archive.applied(), before, "nothing is stated");
        assert!(archive.complete(&id, recognised).unwrap().is_none(), "once is enough");
        let note = Completed { rules: 1, next: 1 };
        archive.note_completed(note).unwrap();
        drop(archive);
        let report = checked(&crate::DataFolder::new(folder.path()));
        assert!(report.damage.is_empty(), "the journal does not contradict it: {report:?}");
        let archive = open(folder.path());

        // A correction states it together with what it corrects; so it is there after a rebuild.
        let correction = Description { year: Some(Field::stated(2020)), ..Description::default() };
        archive.change(&id, &Change::Correct(Box::new(correction))).unwrap();
        drop(archive);
        let archive = open(folder.path());
        assert_eq!(archive.completed().unwrap(), note);
        drop(archive);
        std::fs::remove_dir_all(folder.path().join("views")).unwrap();
        let archive = open(folder.path());
        let document = archive.document(&id).unwrap().unwrap();
        assert_eq!(document.description.office.unwrap().value, "Ketua");
        assert_eq!(archive.completed().unwrap(), Completed::default());
    }
}
