//! The documents in the order in which something was stated last about them: all of them, those of
//! a kind, those of a year. Whoever follows the archive from outside reads these lists, from where
//! they were before, without reading what did not change.

use std::ops::Range;

use simars_record::{Document, Timestamp};

use super::Catalogue;
use crate::ArchiveError;

/// Ends the name of a list in a key. No name holds it.
const END: u8 = 0;

/// One of the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List<'a> {
    /// All documents.
    All,
    /// Those of a kind, by its key.
    Kind(&'a str),
    /// Those whose number is of a year.
    Year(u16),
}

/// A place in such a list: before the document with this ordinal, among those of this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// When something was stated last.
    pub time: Timestamp,
    /// The place in the order of registration.
    pub ordinal: u64,
}

impl Place {
    /// Before everything.
    pub const FIRST: Self = Self { time: Timestamp::from_unix(0), ordinal: 0 };
    /// Behind everything.
    pub const LAST: Self = Self { time: Timestamp::from_unix(u64::MAX), ordinal: u64::MAX };

    /// Where a document stands.
    pub fn of(document: &Document) -> Self {
        Self { time: document.changed(), ordinal: document.ordinal }
    }

    /// Right behind it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self { time: self.time, ordinal: self.ordinal.saturating_add(1) }
    }

    fn read(key: &[u8]) -> Option<Self> {
        let (rest, ordinal) = key.split_last_chunk::<8>()?;
        let (_, time) = rest.split_last_chunk::<8>()?;
        let time = Timestamp::from_unix(u64::from_be_bytes(*time));
        Some(Self { time, ordinal: u64::from_be_bytes(*ordinal) })
    }
}

fn key(list: List<'_>, place: Place) -> Vec<u8> {
    let name = match list {
        List::All => String::new(),
        List::Kind(kind) => format!("jenis {kind}"),
        List::Year(year) => format!("tahun {year}"),
    };
    let (time, ordinal) = (place.time.unix().to_be_bytes(), place.ordinal.to_be_bytes());
    [name.as_bytes(), &[END], &time, &ordinal].concat()
}

/// The keys of a document, one for each list it is in.
fn keys(document: &Document) -> impl Iterator<Item = Vec<u8>> {
    let place = Place::of(document);
    let description = &document.description;
    let kind = description.kind.as_ref().map(|kind| kind.value.as_str());
    // What has the sign in it that ends a name is no key of a kind.
    let kind = kind.filter(|kind| !kind.as_bytes().contains(&END)).map(List::Kind);
    let year = description.year.as_ref().map(|year| List::Year(year.value));
    [Some(List::All), kind, year].into_iter().flatten().map(move |list| key(list, place))
}

/// Takes a document out of where it stood, and puts it where it stands now.
pub(super) fn replace(batch: &mut sled::Batch, before: Option<&Document>, now: &Document) {
    for key in before.into_iter().flat_map(keys) {
        batch.remove(key);
    }
    for key in keys(now) {
        batch.insert(key, b"");
    }
}

impl Catalogue {
    /// The documents of a list between two places, each with its place: what was changed longest ago
    /// comes first. A document that is changed meanwhile is met once more, later, or not where it was.
    pub fn timed(
        &self,
        list: List<'_>,
        between: Range<Place>,
    ) -> impl DoubleEndedIterator<Item = Result<(Place, Document), ArchiveError>> {
        let this = self.clone();
        let range = key(list, between.start)..key(list, between.end.max(between.start));
        self.timed.range(range).filter_map(move |entry| {
            let read = |(key, _): (sled::IVec, sled::IVec)| {
                let Some(place) = Place::read(&key) else { return Ok(None) };
                let document = this.by_key(&place.ordinal.to_be_bytes())?;
                Ok(document.map(|document| (place, document)))
            };
            entry.map_err(|error| this.error(&error)).and_then(read).transpose()
        })
    }

    /// Whether the lists hold a document where it belongs.
    ///
    /// # Errors
    /// If sled cannot read them.
    pub(crate) fn knows_place_of(&self, document: &Document) -> Result<bool, ArchiveError> {
        for key in keys(document) {
            if !self.timed.contains_key(key).map_err(|error| self.error(&error))? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use simars_record::{AuthenticatedCopy, Description, DocumentId, Field};

    use super::*;
    use crate::archive::tests::{open, registered, submission};
    use crate::{Archive, Change};

    fn file(archive: &Archive, kind: &str, year: u16) -> DocumentId {
        let mut filed = submission(format!("{kind} {year}").as_bytes(), "isi");
        filed.description = Description {
            kind: Some(Field::stated(kind.to_owned())),
            year: Some(Field::stated(year)),
            ..Description::default()
        };
        registered(archive.register(filed).unwrap())
    }

    fn ids(archive: &Archive, list: List<'_>) -> Vec<DocumentId> {
        let all = archive.timed(list, Place::FIRST..Place::LAST);
        all.map(|found| found.unwrap().1.id).collect()
    }

    #[test]
    fn each_list_has_its_documents_and_goes_on_anywhere() {
        let folder = tempfile::tempdir().unwrap();
        let archive = open(folder.path());
        let one = file(&archive, "keputusan", 2023);
        let two = file(&archive, "keputusan", 2024);
        let three = file(&archive, "keputusan-bersama", 2024);
        assert_eq!(ids(&archive, List::All), [one, two, three]);
        assert_eq!(ids(&archive, List::Kind("keputusan")), [one, two]);
        assert_eq!(ids(&archive, List::Year(2024)), [two, three]);
        assert!(ids(&archive, List::Kind("")).is_empty());
        let (first, _) =
            archive.timed(List::All, Place::FIRST..Place::LAST).next().unwrap().unwrap();
        let rest: Vec<_> = archive
            .timed(List::All, first.next()..Place::LAST)
            .rev()
            .map(|found| found.unwrap().1.id)
            .collect();
        assert_eq!(rest, [three, two]);
        let before = archive.timed(List::All, Place::FIRST..first);
        assert_eq!(before.count(), 0);
        assert_eq!(archive.timed(List::All, Place::LAST..Place::FIRST).count(), 0);
    }

    #[test]
    fn what_readers_do_not_see_moves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let archive = open(folder.path());
        let (one, two) = (file(&archive, "keputusan", 2023), file(&archive, "keputusan", 2024));
        let of = |id| archive.document(&id).unwrap().unwrap();
        let before = of(one);
        let copied = AuthenticatedCopy { version: 1, file: before.current().text };
        assert!(archive.state_copy(&one, copied).unwrap().is_some());
        archive.change(&one, &Change::Hold("perkara".to_owned())).unwrap();
        let after = of(one);
        assert_eq!(after.statements.len(), before.statements.len() + 2);
        assert_eq!(Place::of(&after), Place::of(&before));
        assert_eq!(ids(&archive, List::All), [one, two]);
        assert!(archive.catalogue().knows_place_of(&after).unwrap());
    }

    #[test]
    fn what_is_described_better_leaves_the_lists_it_was_in() {
        let folder = tempfile::tempdir().unwrap();
        let archive = open(folder.path());
        let id = file(&archive, "keputusan", 2023);
        let better = Description { year: Some(Field::stated(2022)), ..Description::default() };
        archive.change(&id, &Change::Correct(Box::new(better))).unwrap();
        assert!(ids(&archive, List::Year(2023)).is_empty());
        assert_eq!(ids(&archive, List::Year(2022)), [id]);
        assert_eq!(ids(&archive, List::All), [id]);
        let document = archive.document(&id).unwrap().unwrap();
        assert!(archive.catalogue().knows_place_of(&document).unwrap());
        drop(archive);
        // The lists come back with the catalogue.
        std::fs::remove_dir_all(folder.path().join("views/catalogue")).unwrap();
        assert_eq!(ids(&open(folder.path()), List::Year(2022)), [id]);
    }
}
