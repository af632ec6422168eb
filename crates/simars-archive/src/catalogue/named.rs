//! Which act has which number, and who names it: two indexes over all descriptions.
//!
//! A reference to an act that is not in the archive waits here under the act's number, and is found
//! when the act arrives. The keys are coarse (running number and year); what is found is compared
//! with the whole name.

use simars_record::{ActName, Document, Relation, RelationKind};

use super::Catalogue;
use crate::ArchiveError;

/// Ends the number in a key. No number holds it.
const END: u8 = 0;

/// The trees of the indexes.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// number, ordinal: the documents that have a number.
    acts: sled::Tree,
    /// number, kind of relation, ordinal: the documents that name it.
    naming: sled::Tree,
    /// ordinal, number: the acts whose force a document bears on, or bore on before it was
    /// described better.
    bearing: sled::Tree,
}

/// What is to be written.
#[derive(Default)]
pub(super) struct Batches {
    acts: sled::Batch,
    naming: sled::Batch,
    bearing: sled::Batch,
}

impl Named {
    pub(super) fn open(database: &sled::Db) -> sled::Result<Self> {
        Ok(Self {
            acts: database.open_tree("acts")?,
            naming: database.open_tree("naming")?,
            bearing: database.open_tree("bearing")?,
        })
    }

    pub(super) fn write(&self, batches: Batches) -> sled::Result<()> {
        self.acts.apply_batch(batches.acts)?;
        self.naming.apply_batch(batches.naming)?;
        self.bearing.apply_batch(batches.bearing)
    }
}

impl Batches {
    /// Takes out what a document was called and named before, and puts in what it is now.
    pub(super) fn replace(&mut self, before: Option<&Document>, now: &Document) {
        let ordinal = now.ordinal.to_be_bytes();
        if let Some(document) = before {
            for key in keys(document) {
                match key {
                    Key::Act(key) => self.acts.remove(key),
                    Key::Naming(key) => self.naming.remove(key),
                }
            }
        }
        for key in keys(now) {
            match key {
                Key::Act(key) => self.acts.insert(key, b""),
                Key::Naming(key) => self.naming.insert(key, b""),
            }
        }
        let bearing = now.description.relations.iter().filter(|known| known.kind.bears_on_force());
        for number in bearing.filter_map(|relation| relation.target.bucket()) {
            self.bearing.insert([&ordinal[..], number.as_bytes()].concat(), b"");
        }
    }
}

enum Key {
    Act(Vec<u8>),
    Naming(Vec<u8>),
}

fn keys(document: &Document) -> Vec<Key> {
    let ordinal = document.ordinal.to_be_bytes();
    let own = ActName::of(&document.description).and_then(|name| name.bucket());
    let own = own.map(|number| Key::Act(key(&number, &[], &ordinal)));
    let said = document.description.relations.iter().filter(|relation| !relation.is_denied());
    let named = said.filter_map(|relation| {
        let number = relation.target.bucket()?;
        Some(Key::Naming(key(&number, &[code(relation.kind)], &ordinal)))
    });
    own.into_iter().chain(named).collect()
}

fn key(number: &str, kind: &[u8], ordinal: &[u8]) -> Vec<u8> {
    [number.as_bytes(), &[END], kind, ordinal].concat()
}

const fn code(kind: RelationKind) -> u8 {
    match kind {
        RelationKind::Revokes => 1,
        RelationKind::Amends => 2,
        RelationKind::Implements => 3,
        RelationKind::Annexes => 4,
        RelationKind::Cites => 5,
    }
}

/// Whether a document is a piece of an act, filed by itself: it repeats the act's number and is not
/// the act.
fn is_annex(document: &Document) -> bool {
    let mut relations = document.description.relations.iter();
    relations.any(|relation| relation.kind == RelationKind::Annexes)
}

impl Catalogue {
    /// The documents that are the act with this name, oldest first. More than one if it was filed
    /// more than once.
    pub fn acts_called<'a>(
        &'a self,
        name: &'a ActName,
    ) -> impl Iterator<Item = Result<Document, ArchiveError>> + 'a {
        let number = name.bucket();
        let found = number.map(|number| self.named.acts.scan_prefix(key(&number, &[], &[])));
        found.into_iter().flatten().filter_map(move |entry| {
            let document = self.with_ordinal(entry).transpose()?;
            let means = |document: &Document| {
                ActName::of(&document.description).is_some_and(|own| name.means(&own))
                    && !is_annex(document)
            };
            document.map(|document| Some(document).filter(means)).transpose()
        })
    }

    /// The documents that name this act in this way, newest first, each with what it says. An annex
    /// is no act: nothing names it.
    pub fn naming<'a>(
        &'a self,
        act: &'a Document,
        kind: RelationKind,
    ) -> impl Iterator<Item = Result<(Document, Relation), ArchiveError>> + 'a {
        let own = ActName::of(&act.description).filter(|_| !is_annex(act));
        let number = own.as_ref().and_then(ActName::bucket);
        let prefix = number.map(|number| key(&number, &[code(kind)], &[]));
        let found = prefix.map(|prefix| self.named.naming.scan_prefix(prefix).rev());
        found.into_iter().flatten().filter_map(move |entry| {
            let document = self.with_ordinal(entry).transpose()?;
            let says = |document: Document| {
                let own = own.as_ref()?;
                let mut relations = document.description.relations.iter();
                let says =
                    |one: &&Relation| one.kind == kind && !one.is_denied() && one.target.means(own);
                let relation = relations.find(says)?.clone();
                (document.id != act.id).then_some((document, relation))
            };
            document.map(says).transpose()
        })
    }

    /// The documents on whose force this one bears, or bore before it was described better: those
    /// whose number it names, and perhaps a few more.
    ///
    /// # Errors
    /// If sled cannot read them.
    pub fn touched_in_force(&self, document: &Document) -> Result<Vec<Document>, ArchiveError> {
        let ordinal = document.ordinal.to_be_bytes();
        let mut touched = Vec::new();
        for entry in self.named.bearing.scan_prefix(ordinal) {
            let (bearing, _) = entry.map_err(|error| self.error(&error))?;
            let prefix = [&bearing[ordinal.len()..], &[END]].concat();
            for entry in self.named.acts.scan_prefix(prefix) {
                touched.extend(self.with_ordinal(entry)?.filter(|found| found.id != document.id));
            }
        }
        Ok(touched)
    }

    /// Whether the indexes hold what a document is called and names.
    ///
    /// # Errors
    /// If sled cannot read them.
    pub(crate) fn knows_names_of(&self, document: &Document) -> Result<bool, ArchiveError> {
        for key in keys(document) {
            let held = match key {
                Key::Act(key) => self.named.acts.contains_key(key),
                Key::Naming(key) => self.named.naming.contains_key(key),
            };
            if !held.map_err(|error| self.error(&error))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The document whose ordinal ends a key.
    fn with_ordinal(
        &self,
        entry: sled::Result<(sled::IVec, sled::IVec)>,
    ) -> Result<Option<Document>, ArchiveError> {
        let (key, _) = entry.map_err(|error| self.error(&error))?;
        match key.len().checked_sub(size_of::<u64>()) {
            Some(at) => self.by_key(&key[at..]),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use simars_record::{Description, DocumentId, Field, Source};

    use super::*;
    use crate::Archive;
    use crate::Change;
    use crate::archive::tests::{open, registered, submission};

    fn decision(number: &str, relations: Vec<Relation>) -> Description {
        Description {
            kind: Some(Field::stated("keputusan".to_owned())),
            number: Some(Field::stated(number.to_owned())),
            year: Some(Field::stated(2024)),
            issuer: Some(Field::stated("Badan Contoh".to_owned())),
            relations,
            ..Description::default()
        }
    }

    fn relation(kind: RelationKind, number: &str) -> Relation {
        let target = ActName {
            kind: Some("keputusan".to_owned()),
            number: number.to_owned(),
            year: Some(2024),
            issuer: Some("Badan Contoh".to_owned()),
        };
        Relation {
            kind,
            target,
            in_part: false,
            confidence: 0.9,
            evidence: None,
            source: Source::Text,
        }
    }

    fn file(archive: &Archive, description: Description) -> DocumentId {
        let bytes = serde_json::to_vec(&description).unwrap();
        let mut filed = submission(&bytes, "isi");
        filed.description = description;
        registered(archive.register(filed).unwrap())
    }

    fn naming(archive: &Archive, id: &DocumentId, kind: RelationKind) -> Vec<DocumentId> {
        let act = archive.document(id).unwrap().unwrap();
        archive.naming(&act, kind).map(|found| found.unwrap().0.id).collect()
    }

    #[test]
    fn a_reference_is_found_whichever_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let archive = open(folder.path());
        let revoking = file(&archive, decision("7", vec![relation(RelationKind::Revokes, "5")]));
        let target = relation(RelationKind::Revokes, "5").target;
        assert_eq!(archive.acts_called(&target).count(), 0, "an open reference");
        let old = file(&archive, decision("5", Vec::new()));
        let citing = file(&archive, decision("8", vec![relation(RelationKind::Cites, "5")]));
        let _other = file(&archive, decision("55", vec![relation(RelationKind::Cites, "50")]));
        let called: Vec<_> = archive.acts_called(&target).map(|found| found.unwrap().id).collect();
        assert_eq!(called, [old]);
        assert_eq!(naming(&archive, &old, RelationKind::Revokes), [revoking]);
        assert_eq!(naming(&archive, &old, RelationKind::Cites), [citing]);
        assert!(naming(&archive, &revoking, RelationKind::Cites).is_empty());
        drop(archive);
        // The indexes come back with the catalogue.
        std::fs::remove_dir_all(folder.path().join("views/catalogue")).unwrap();
        let archive = open(folder.path());
        assert_eq!(naming(&archive, &old, RelationKind::Revokes), [revoking]);
    }

    #[test]
    fn what_is_described_better_is_no_longer_found_as_before() {
        let folder = tempfile::tempdir().unwrap();
        let archive = open(folder.path());
        let old = file(&archive, decision("5", Vec::new()));
        let id = file(&archive, decision("7", vec![relation(RelationKind::Revokes, "5")]));
        let better = decision("7", vec![relation(RelationKind::Cites, "5")]);
        archive.change(&id, &Change::Correct(Box::new(better))).unwrap();
        assert!(naming(&archive, &old, RelationKind::Revokes).is_empty());
        assert_eq!(naming(&archive, &old, RelationKind::Cites), [id]);
        let corrected = archive.document(&id).unwrap().unwrap();
        let touched = archive.touched_in_force(&corrected).unwrap();
        assert_eq!(touched.iter().map(|found| found.id).collect::<Vec<_>>(), [old]);
    }

    #[test]
    fn an_annex_is_not_the_act() {
        let folder = tempfile::tempdir().unwrap();
        let archive = open(folder.path());
        let act = file(&archive, decision("5", Vec::new()));
        let annex = file(&archive, decision("5", vec![relation(RelationKind::Annexes, "5")]));
        let name = relation(RelationKind::Annexes, "5").target;
        let called: Vec<_> = archive.acts_called(&name).map(|found| found.unwrap().id).collect();
        assert_eq!(called, [act]);
        assert_eq!(naming(&archive, &act, RelationKind::Annexes), [annex]);
        assert!(naming(&archive, &annex, RelationKind::Annexes).is_empty());
    }

    #[test]
    fn a_catalogue_of_another_version_is_built_again() {
        let folder = tempfile::tempdir().unwrap();
        let archive = open(folder.path());
        let id = file(&archive, decision("5", Vec::new()));
        drop(archive);
        let path = folder.path().join("views/catalogue");
        let database = sled::open(&path).unwrap();
        database.insert(super::super::FORMAT, b"1").unwrap();
        database.flush().unwrap();
        drop(database);
        assert!(Catalogue::open(&path).is_err());
        let archive = open(folder.path());
        assert!(archive.history_changed());
        assert!(archive.document(&id).unwrap().is_some());
    }
}
