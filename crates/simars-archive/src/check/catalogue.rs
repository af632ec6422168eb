//! The catalogue beside the journal: a fresh one is made and compared document by document.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use simars_record::{Document, DocumentId};

use super::report::{Part, Report};
use crate::catalogue::{Applied, Catalogue};
use crate::journal::{Journal, Segment};
use crate::{ArchiveError, DataFolder};

/// At most so many documents that differ are told.
const TOLD: usize = 1_000;

/// A catalogue that is made anew from the journal, and goes away at the end.
pub(super) struct Fresh {
    catalogue: Option<Catalogue>,
    applied: Applied,
    folder: PathBuf,
}

impl Drop for Fresh {
    fn drop(&mut self) {
        self.catalogue = None;
        drop(fs::remove_dir_all(&self.folder));
    }
}

impl Fresh {
    pub(super) fn new(data: &DataFolder) -> Result<Self, ArchiveError> {
        let folder = data.views().join("check");
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(ArchiveError::io("remove", &folder))?;
        }
        let catalogue = Some(Catalogue::open(&folder)?);
        Ok(Self { catalogue, applied: Applied::default(), folder })
    }

    /// Takes in the next segment.
    pub(super) fn take(&mut self, segment: &Segment) -> Result<(), ArchiveError> {
        if let Some(catalogue) = &self.catalogue {
            self.applied = catalogue.apply(&self.applied, segment)?;
        }
        Ok(())
    }

    /// Takes in what the journal has gained, up to this segment.
    pub(super) fn follow(&mut self, journal: &Journal, last: u64) -> Result<(), ArchiveError> {
        while self.applied.end.segment < last {
            self.take(&journal.read(self.applied.end.segment + 1)?)?;
        }
        Ok(())
    }

    /// The documents that the other catalogue knows otherwise, or not, or alone.
    pub(super) fn differing(&self, other: &Catalogue) -> Result<Vec<DocumentId>, ArchiveError> {
        let Some(fresh) = &self.catalogue else { return Ok(Vec::new()) };
        guarded(other, || {
            let mut found = Vec::new();
            for document in fresh.from(0) {
                let document = document?;
                if !same(fresh, other, &document)? {
                    found.push(document.id);
                }
            }
            for document in other.from(0) {
                let id = document?.id;
                if fresh.document(&id)?.is_none() {
                    found.push(id);
                }
            }
            found.truncate(TOLD);
            Ok(found)
        })
    }

    /// Whether the other catalogue knows this document as the journal tells it.
    pub(super) fn agrees(&self, other: &Catalogue, id: &DocumentId) -> Result<bool, ArchiveError> {
        let Some(fresh) = &self.catalogue else { return Ok(true) };
        guarded(other, || match fresh.document(id)? {
            Some(document) => same(fresh, other, &document),
            None => Ok(other.document(id)?.is_none()),
        })
    }

    /// Compares how far a catalogue says it has come.
    pub(super) fn compare_end(&self, other: &Applied, data: &DataFolder, report: &mut Report) {
        report.documents = self.applied.documents;
        let (own, other) = (&self.applied, other);
        if own.end.segment == other.end.segment && own.end.sha256 != other.end.sha256 {
            // Whatever a segment holds that nothing else vouches for shows here.
            let path = Journal::new(data.journal()).path(own.end.segment);
            let detail = "it is not the segment that the catalogue has followed; hint: compare it \
                          with a backup, one of the two is damaged";
            report.damaged(Part::Journal, &path, detail);
        } else if own != other {
            let detail =
                "what it notes of the journal and the log is not so; delete views/ to rebuild";
            report.damaged(Part::Catalogue, &data.catalogue(), detail);
        }
    }

    /// Compares the versions of the retention schedule that a catalogue knows.
    pub(super) fn compare_schedules(
        &self,
        other: &Catalogue,
        data: &DataFolder,
        report: &mut Report,
    ) -> Result<(), ArchiveError> {
        let Some(fresh) = &self.catalogue else { return Ok(()) };
        if fresh.schedules()? != guarded(other, || other.schedules())? {
            let detail = "its versions of the schedule are not the journal's; delete views/";
            report.damaged(Part::Catalogue, &data.catalogue(), detail);
        }
        Ok(())
    }

    pub(super) fn tell(differing: &[DocumentId], data: &DataFolder, report: &mut Report) {
        for id in differing {
            let detail = format!("{id} is not as the journal tells; delete views/ to rebuild");
            report.damaged(Part::Catalogue, &data.catalogue(), detail);
        }
    }
}

fn same(fresh: &Catalogue, other: &Catalogue, document: &Document) -> Result<bool, ArchiveError> {
    let Some(known) = other.document(&document.id)? else { return Ok(false) };
    if known != *document && known != completed(document, &known) {
        return Ok(false);
    }
    for version in &document.versions {
        let digest = &version.original.sha256;
        let id = |found: Option<Document>| found.map(|found| found.id);
        if id(fresh.find(digest)?) != id(other.find(digest)?) {
            return Ok(false);
        }
    }
    let listed = !other.lists_are_whole()? || other.lists(&known)?;
    Ok(listed && other.knows_names_of(&known)? && other.knows_place_of(&known)?)
}

/// The document with what newer rules may have filled in beside what was stated.
fn completed(document: &Document, known: &Document) -> Document {
    let mut completed = document.clone();
    if known.description.rules > document.description.rules {
        completed.description.complete(known.description.clone());
    }
    completed
}

/// sled 0.34 panics on some kinds of damage; here that is what was looked for.
fn guarded<T>(
    other: &Catalogue,
    compare: impl FnOnce() -> Result<T, ArchiveError>,
) -> Result<T, ArchiveError> {
    catch_unwind(AssertUnwindSafe(compare)).unwrap_or_else(|_| {
        let detail = "sled panicked while reading it".to_owned();
        Err(ArchiveError::Catalogue { path: other.path().to_owned(), detail })
    })
}
