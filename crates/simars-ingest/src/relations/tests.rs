//! Acts that amend and revoke each other, for those who may see them and those who may not.

use simars_archive::{Change, DataFolder, Outcome, Reading, Received, Submission, Surroundings};
use simars_record::{
    AccessClass, ActName, DocumentId, Extracted, Field, Page, Source, TextSource, Timestamp,
};

use super::*;

fn open(folder: &std::path::Path) -> Archive {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let random = |bytes: &mut [u8]| {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let digest = simars_record::Digest::of(&number.to_be_bytes());
        bytes.copy_from_slice(&digest.as_bytes()[..bytes.len()]);
    };
    let now = || Timestamp::from_unix(1_795_509_225);
    Archive::open(DataFolder::new(folder), Surroundings { now, random }).unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A decision of this number, in effect from a day, that does something to another.
struct Filed<'a> {
    number: &'a str,
    from: &'a str,
    does: Option<(RelationKind, &'a str)>,
    access: AccessClass,
    publication: Publication,
}

impl<'a> Filed<'a> {
    fn new(number: &'a str, from: &'a str) -> Self {
        let (access, publication) = (AccessClass::Open, Publication::Published);
        Self { number, from, does: None, access, publication }
    }

    fn file(&self, archive: &Archive) -> DocumentId {
        let relations = self.does.map(|(kind, number)| {
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
        });
        let description = Description {
            kind: Some(Field::stated("keputusan".to_owned())),
            number: Some(Field::stated(self.number.to_owned())),
            year: Some(Field::stated(2024)),
            issuer: Some(Field::stated("Badan Contoh".to_owned())),
            effective: Some(Field::stated(day(self.from))),
            relations: relations.into_iter().collect(),
            ..Description::default()
        };
        let extracted = Extracted {
            media_type: "text/plain".to_owned(),
            pages: vec![Page::new("isi", TextSource::Layer)],
            findings: Vec::new(),
            embedded_title: None,
            reader: "text".to_owned(),
            structure: None,
        };
        let submission = Submission {
            unit: None,
            opens: None,
            rendition: None,
            stack: None,
            original: Received::from_bytes(format!("{} {:?}", self.number, self.does).into_bytes()),
            reading: Reading::new(extracted),
            file_name: "contoh.txt".to_owned(),
            description,
            access: self.access,
            publication: self.publication,
            by: None,
        };
        match archive.register(submission).unwrap() {
            Outcome::Registered(id) => id,
            Outcome::Duplicate(id) => panic!("{id} should be new"),
        }
    }
}

fn state(archive: &Archive, id: &DocumentId, who: Who, on: &str) -> (ForceState, Option<Date>) {
    let document = archive.document(id).unwrap().unwrap();
    let force = force(archive, &document, who, day(on)).unwrap().unwrap();
    (force.state, force.since)
}

#[test]
fn an_act_is_in_force_until_another_says_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let id = Filed::new("5", "2024-01-10").file(&archive);
    let at = |on| state(&archive, &id, Who::Anyone, on);
    assert_eq!(at("2024-01-09"), (ForceState::NotYet, Some(day("2024-01-10"))));
    assert_eq!(at("2024-01-10"), (ForceState::InForce, Some(day("2024-01-10"))));
    Filed { does: Some((RelationKind::Amends, "5")), ..Filed::new("6", "2024-03-01") }
        .file(&archive);
    assert_eq!(at("2024-03-01"), (ForceState::Amended, Some(day("2024-03-01"))));
    Filed { does: Some((RelationKind::Revokes, "5")), ..Filed::new("7", "2024-06-01") }
        .file(&archive);
    assert_eq!(at("2024-05-31"), (ForceState::Amended, Some(day("2024-03-01"))));
    assert_eq!(at("2024-06-01"), (ForceState::Revoked, Some(day("2024-06-01"))));
}

#[test]
fn what_is_closed_or_not_published_changes_nothing_for_the_public() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let id = Filed::new("5", "2024-01-10").file(&archive);
    let revokes = Some((RelationKind::Revokes, "5"));
    Filed { does: revokes, access: AccessClass::Restricted, ..Filed::new("6", "2024-02-01") }
        .file(&archive);
    let draft =
        Filed { does: revokes, publication: Publication::Draft, ..Filed::new("7", "2024-03-01") };
    let draft = draft.file(&archive);
    let at = |who| state(&archive, &id, who, "2024-12-31").0;
    assert_eq!(at(Who::Anyone), ForceState::InForce);
    assert_eq!(at(Who::Owner), ForceState::Revoked, "the owner may see the closed one");
    archive.change(&draft, &Change::Publish).unwrap();
    assert_eq!(at(Who::Anyone), ForceState::Revoked);
    archive.change(&draft, &Change::Withdraw).unwrap();
    assert_eq!(at(Who::Anyone), ForceState::InForce);
}

#[test]
fn descriptions_of_older_rules_are_looked_through_once() {
    use crate::complete::{complete, look_through};
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let ids = ["1", "2", "3"].map(|number| Filed::new(number, "2024-01-01").file(&archive));
    let look = |stop: bool, until: u64| {
        let mut seen = Vec::new();
        let end = |document: &Document| document.ordinal >= until;
        let done = look_through::<ArchiveError>(
            &archive,
            || stop,
            end,
            |document| {
                seen.push(document.id);
                let (document, changed) = complete(&archive, document.clone(), "SALINAN\nisi")?;
                assert!(changed && document.description.copy.is_some());
                assert_eq!(document.description.effective.unwrap().value, day("2024-01-01"));
                Ok(())
            },
        );
        (done.unwrap(), seen)
    };
    assert_eq!(look(true, 9), (false, vec![]), "it can be stopped");
    assert_eq!(look(false, 2), (true, ids[..2].to_vec()), "only what the index has");
    assert_eq!(look(false, 9), (true, ids[2..].to_vec()), "it goes on where it ended");
    assert_eq!(look(false, 9), (true, vec![]));
    assert_eq!(archive.document(&ids[0]).unwrap().unwrap().statements.len(), 1);
}
