//! The log of an archive on a real folder: growing, proving, being cut back.

use std::fs;
use std::path::Path;

use simars_record::{AuthenticatedCopy, Document, DocumentId, ObjectRef};
use simars_tlog::status::After;
use simars_tlog::{Extra, Policy, ProofFile};

use super::*;
use crate::archive::tests::{open, registered, submission};
use crate::{Change, Outcome};

const ORIGIN: &str = "arsip.example/log";

fn register(archive: &Archive, name: &str) -> DocumentId {
    registered(archive.register(submission(name.as_bytes(), name)).unwrap())
}

fn begun(folder: &Path) -> Archive {
    let archive = open(folder);
    archive.create_log(ORIGIN.parse().unwrap(), Some("https://arsip.example/log")).unwrap();
    archive
}

fn document(archive: &Archive, id: &DocumentId) -> Document {
    archive.document(id).unwrap().unwrap()
}

fn proof(archive: &Archive, id: &DocumentId) -> ProofFile {
    let document = document(archive, id);
    archive.proof(&document, &document.current().original.sha256).unwrap().unwrap()
}

/// Checks a proof as a stranger would; gives what it shows.
fn believed(archive: &Archive, proof: &ProofFile) -> Extra {
    let policy = Policy::from_bytes(&archive.log_policy().unwrap().unwrap()).unwrap();
    let judged = policy.judge(&proof.note).unwrap();
    let extra = Extra::from_bytes(proof.extra.as_deref().unwrap()).unwrap();
    assert!(proof.leads_from(&extra.statement.leaf_hash(), &judged.checkpoint));
    if let After::Status(status) = &extra.after {
        status.check(&extra.statement, &judged.checkpoint).unwrap();
    }
    extra
}

fn kinds(extra: &Extra) -> Vec<&'static str> {
    let After::Status(status) = &extra.after else { panic!("no status in {extra}") };
    let later = status.later.iter().map(|statement| statement.kind.as_str());
    [extra.statement.kind.as_str()].into_iter().chain(later).collect()
}

fn unsigned<T: std::fmt::Debug>(outcome: Result<T, ArchiveError>) -> String {
    match outcome.unwrap_err() {
        ArchiveError::Unsigned { detail } => detail,
        other => panic!("another error: {other}"),
    }
}

#[test]
fn every_document_is_proved_with_its_status() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let before = register(&archive, "before the log was begun");
    assert_eq!(archive.publish().unwrap(), None, "no log begins by itself");
    archive.create_log(ORIGIN.parse().unwrap(), None).unwrap();
    let after = register(&archive, "after");
    let document = document(&archive, &after);
    let digest = document.current().original.sha256;
    assert_eq!(archive.proof(&document, &digest).unwrap(), None, "not published yet");
    archive.publish().unwrap().unwrap();
    for id in [&before, &after] {
        assert_eq!(kinds(&believed(&archive, &proof(&archive, id))), ["terbit"]);
    }
    archive.change(&after, &Change::Withdraw).unwrap();
    let published = archive.publish().unwrap().unwrap();
    assert_eq!(kinds(&believed(&archive, &proof(&archive, &after))), ["terbit", "cabut"]);
    assert_eq!(archive.publish().unwrap(), Some(published.clone()), "nothing new, nothing signed");
    drop(archive);
    // Another process, and one without views, shows the same.
    for _ in 0..2 {
        let archive = open(folder.path());
        assert_eq!(archive.publish().unwrap(), Some(published.clone()));
        assert_eq!(kinds(&believed(&archive, &proof(&archive, &after))), ["terbit", "cabut"]);
        assert!(archive.check(|_, _| ()).unwrap().damage.is_empty());
        drop(archive);
        fs::remove_dir_all(folder.path().join("views")).unwrap();
    }
}

#[test]
fn a_file_that_is_not_there_is_proved_to_be_absent() {
    let folder = tempfile::tempdir().unwrap();
    let archive = begun(folder.path());
    let id = register(&archive, "there");
    archive.publish().unwrap();
    let there = document(&archive, &id).current().original.sha256;
    assert_eq!(archive.proof_of_absence(&there).unwrap(), None);
    let missing = Digest::of(b"missing");
    let proof = archive.proof_of_absence(&missing).unwrap().unwrap();
    let extra = believed(&archive, &proof);
    let After::Absence(absence) = &extra.after else { panic!("no absence in {extra}") };
    absence.check(&missing, &extra.statement, proof.index).unwrap();
    assert!(absence.check(&there, &extra.statement, proof.index).is_err());
}

#[test]
fn an_authenticated_copy_is_proved_like_its_original() {
    let folder = tempfile::tempdir().unwrap();
    let archive = begun(folder.path());
    let id = register(&archive, "decision");
    let file = ObjectRef { sha256: Digest::of(b"the copy"), size_bytes: 8 };
    let copy = AuthenticatedCopy { version: 1, file };
    let document = archive.state_copy(&id, copy).unwrap().unwrap();
    let statements = archive.applied().end.statements;
    assert_eq!(archive.state_copy(&id, copy).unwrap(), Some(document.clone()), "stated once");
    assert_eq!(archive.applied().end.statements, statements);
    assert_eq!(archive.find(&file.sha256).unwrap(), Some(document.clone()));
    archive.publish().unwrap();
    let of_copy = archive.proof(&document, &file.sha256).unwrap().unwrap();
    assert_eq!(kinds(&believed(&archive, &of_copy)), ["salinan"]);
    assert_eq!(kinds(&believed(&archive, &proof(&archive, &id))), ["terbit", "salinan"]);
    archive.change(&id, &Change::Withdraw).unwrap();
    let other = AuthenticatedCopy { version: 1, file: ObjectRef { size_bytes: 9, ..file } };
    assert_eq!(archive.state_copy(&id, other).unwrap(), None, "it is not before everyone");
}

#[test]
fn checkpoints_continue_each_other_over_full_tiles() {
    let folder = tempfile::tempdir().unwrap();
    let archive = begun(folder.path());
    let mut heads = vec![archive.publish().unwrap().unwrap().head];
    let mut ids = Vec::new();
    for round in 0..9 {
        let group: Vec<_> = (0..70)
            .map(|number| {
                let name = format!("{round} {number}");
                archive.place(submission(name.as_bytes(), &name)).unwrap()
            })
            .collect();
        for outcome in archive.register_all(&group).unwrap() {
            ids.push(registered(outcome));
        }
        let head = archive.publish().unwrap().unwrap().head;
        for old in &heads {
            let path = archive.log_consistency(old.size).unwrap().unwrap();
            assert!(check_consistency(old, &head, &path), "{old:?} {head:?}");
        }
        heads.push(head);
    }
    assert_eq!(archive.log_consistency(1 << 20).unwrap(), None);
    for id in &ids {
        believed(&archive, &proof(&archive, id));
    }
    let log = folder.path().join("store/log/tile");
    for full in ["0/000", "0/001", "entries/000", "entries/001"] {
        assert!(log.join(full).is_file(), "{full}");
        assert!(!log.join(format!("{full}.p")).exists(), "partial tiles of {full} stay");
    }
}

/// Copies a folder with everything in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

#[test]
fn an_old_copy_of_the_store_is_not_signed() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let yesterday = folder.path().join("yesterday");
    let archive = begun(folder.path());
    register(&archive, "yesterday");
    archive.publish().unwrap();
    drop(archive);
    copy(&store, &yesterday);
    let archive = open(folder.path());
    let today = register(&archive, "today");
    archive.publish().unwrap();
    drop(archive);
    fs::remove_dir_all(&store).unwrap();
    copy(&yesterday, &store);
    let archive = open(folder.path());
    assert!(archive.document(&today).unwrap().is_none());
    let detail = unsigned(archive.publish());
    assert!(detail.contains("an older copy"), "{detail}");
    // Registering goes on; but what is another history stays unsigned, however long it gets.
    for number in 0..5 {
        register(&archive, &format!("another history {number}"));
    }
    let detail = unsigned(archive.publish());
    assert!(detail.contains("not those that were signed"), "{detail}");
    assert!(archive.published().is_none());
}

#[test]
fn a_key_that_does_not_know_what_it_signed_signs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    drop(begun(folder.path()));
    fs::remove_file(folder.path().join("keys/log.signed")).unwrap();
    let archive = open(folder.path());
    let detail = unsigned(archive.publish());
    assert!(detail.contains("simars log resume"), "{detail}");
    assert!(archive.published().is_some(), "what was shown is shown further");
    unsigned(archive.add_log_key());
    let shown = fs::read_to_string(folder.path().join("store/log/checkpoint")).unwrap();
    archive.resume_log(&shown.parse().unwrap()).unwrap();
    assert!(archive.publish().unwrap().is_some());
    unsigned(archive.resume_log(&shown.replace("— ", "— x").parse().unwrap()));
    drop(archive);
    // Without any key there is a log to be shown, and none to be signed.
    fs::remove_dir_all(folder.path().join("keys")).unwrap();
    let archive = open(folder.path());
    let detail = unsigned(archive.publish());
    assert!(detail.contains("key is missing"), "{detail}");
    assert!(archive.published().is_some());
    let detail = unsigned(archive.create_log(ORIGIN.parse().unwrap(), None));
    assert!(detail.contains("already"), "{detail}");
    assert!(!folder.path().join("keys").exists(), "a key was made for nothing");
}

#[test]
fn a_log_is_begun_once() {
    let folder = tempfile::tempdir().unwrap();
    let archive = begun(folder.path());
    let before = archive.published();
    let detail = unsigned(archive.create_log("another.example/log".parse().unwrap(), None));
    assert!(detail.contains("already"), "{detail}");
    unsigned(archive.create_log(ORIGIN.parse().unwrap(), None));
    assert_eq!(archive.publish().unwrap(), before);
    let mode = fs::metadata(folder.path().join("keys/log")).unwrap().permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
}

#[test]
fn the_key_changes_by_overlap() {
    let folder = tempfile::tempdir().unwrap();
    let archive = begun(folder.path());
    let policy = || Policy::from_bytes(&archive.log_policy().unwrap().unwrap()).unwrap();
    let old = policy();
    let id = register(&archive, "before");
    archive.publish().unwrap();
    let before = proof(&archive, &id);
    unsigned(archive.finish_log_key());
    let key = archive.add_log_key().unwrap();
    unsigned(archive.add_log_key());
    // While both sign, whoever knows only the old key, or only the new one, can check.
    let during = archive.published().unwrap().note;
    assert_eq!(during.signatures().len(), 2);
    old.judge(&during).unwrap();
    let new = Policy::from_bytes(format!("log {key}\nquorum none\n").as_bytes()).unwrap();
    new.judge(&during).unwrap();
    assert_eq!(archive.finish_log_key().unwrap(), key);
    register(&archive, "after");
    let after = archive.publish().unwrap().unwrap().note;
    assert!(old.judge(&after).is_err());
    new.judge(&after).unwrap();
    // What the archive publishes as policy believes the proofs of both times.
    believed(&archive, &before);
    believed(&archive, &proof(&archive, &id));
    drop(archive);
    let archive = open(folder.path());
    assert!(archive.publish().unwrap().is_some());
}

#[test]
fn a_log_whose_beginning_was_cut_off_signs_nothing_and_can_be_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    // The key was made, and then the power failed.
    Keys::create(&keys, ORIGIN.parse().unwrap(), &[7; 32]).unwrap();
    let archive = open(folder.path());
    let id = register(&archive, "before");
    assert_eq!(archive.publish().unwrap(), None);
    assert!(!keys.join("log.signed").exists());
    archive.create_log(ORIGIN.parse().unwrap(), None).unwrap();
    assert_eq!(kinds(&believed(&archive, &proof(&archive, &id))), ["terbit"]);
    assert!(archive.check(|_, _| ()).unwrap().damage.is_empty());
}

#[test]
fn damaged_tiles_are_not_signed_over() {
    for (file, at) in [("tile/0/000.p/4", 40), ("tile/entries/000.p/4", 60), ("checkpoint", 30)] {
        let folder = tempfile::tempdir().unwrap();
        let archive = begun(folder.path());
        register(&archive, "first");
        archive.publish().unwrap();
        drop(archive);
        let path = folder.path().join("store/log").join(file);
        let mut bytes = fs::read(&path).unwrap();
        bytes[at] ^= 1;
        fs::write(&path, bytes).unwrap();
        let archive = open(folder.path());
        let outcome = archive.register(submission(b"second", "second")).unwrap();
        assert!(matches!(outcome, Outcome::Registered(_)));
        assert!(archive.publish().is_err(), "{file}");
    }
}
