//! Backups of real folders, put back and compared document by document and proof by proof.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use simars_record::DocumentId;

use super::restore::{Restored, restore};
use super::*;
use crate::archive::tests::{checked, open, registered, submission, surroundings};
use crate::check::tests::Place;
use crate::{Archive, Change};

fn save(data: &DataFolder, into: &Path) -> Result<Backup, ArchiveError> {
    backup(data, into, false, (surroundings().now)(), |_, _| ())
}

fn put_back(from: &Path, into: &Path) -> Restored {
    restore(from, &DataFolder::new(into), |_, _| ()).unwrap()
}

fn verified(folder: &Path) -> Report {
    let stop = AtomicBool::new(false);
    let options = Options {
        threads: 1,
        bytes_per_second: None,
        resume: false,
        stop: &stop,
        now: surroundings().now,
        progress: &|_| (),
    };
    verify(folder, &options).unwrap()
}

/// Every file below a folder with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(root, &path, found),
                false => {
                    let name = path.strip_prefix(root).unwrap().to_owned();
                    found.insert(name, fs::read(&path).unwrap());
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found);
    found
}

fn proofs(archive: &Archive, ids: &[DocumentId]) -> Vec<String> {
    let proof = |id: &DocumentId| {
        let document = archive.document(id).unwrap().unwrap();
        let digest = document.current().original.sha256;
        archive.proof(&document, &digest).unwrap().unwrap().to_string()
    };
    ids.iter().map(proof).collect()
}

fn more(archive: &Archive, name: &str) -> DocumentId {
    registered(archive.register(submission(name.as_bytes(), name)).unwrap())
}

#[test]
fn every_document_and_every_proof_comes_back() {
    let place = Place::new(300);
    let other = tempfile::tempdir().unwrap();
    let (saved, back) = (other.path().join("saved"), other.path().join("back"));
    let archive = open(place.path());
    archive.publish().unwrap();
    let done = backup(archive.folder(), &saved, true, (surroundings().now)(), |_, _| ()).unwrap();
    assert_eq!((done.copied_objects, done.manifest.objects), (600, 600));
    assert_eq!((done.manifest.missing.len(), done.keys), (0, true));
    assert_eq!(verified(&saved).damage, []);
    let mode = |name: &str| fs::metadata(saved.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("keys"), mode("keys/log")), (0o700, 0o600));
    assert!(!saved.join("keys/log.signed").exists());

    let restored = put_back(&saved, &back);
    assert_eq!((restored.objects, restored.damage.len(), restored.keys), (600, 0, true));
    // The whole store is the same, byte for byte.
    assert_eq!(files(&back.join("store")), files(&place.path().join("store")));
    let again = open(&back);
    let all = |archive: &Archive| archive.from(0).map(Result::unwrap).collect::<Vec<_>>();
    assert_eq!(all(&again), all(&archive));
    // It signs nothing before it was told the newest checkpoint; then it goes on with the same.
    let refused = again.publish().unwrap_err().to_string();
    assert!(refused.contains("simars log resume"), "{refused}");
    assert_eq!(proofs(&again, &place.ids), proofs(&archive, &place.ids), "proofs need no key");
    let newest = archive.published().unwrap();
    again.resume_log(&newest.note).unwrap();
    assert_eq!(again.publish().unwrap(), Some(newest));
    assert_eq!(proofs(&again, &place.ids), proofs(&archive, &place.ids));
    more(&again, "after it was put back");
    assert!(again.publish().unwrap().is_some());
    drop(again);
    assert_eq!(checked(&DataFolder::new(&back)).damage, []);
}

#[test]
fn an_older_backup_does_not_sign_what_contradicts_the_newest_checkpoint() {
    let place = Place::new(3);
    let other = tempfile::tempdir().unwrap();
    let (saved, back) = (other.path().join("saved"), other.path().join("back"));
    let archive = open(place.path());
    archive.publish().unwrap();
    backup(archive.folder(), &saved, true, (surroundings().now)(), |_, _| ()).unwrap();
    more(&archive, "after the backup");
    let newest = archive.publish().unwrap().unwrap();
    put_back(&saved, &back);
    let again = open(&back);
    again.resume_log(&newest.note).unwrap();
    let refused = again.publish().unwrap_err().to_string();
    assert!(refused.contains("an older copy"), "{refused}");
    for number in 0..9 {
        more(&again, &format!("another history {number}"));
    }
    assert!(again.publish().is_err(), "another history was signed");
}

#[test]
fn without_keys_the_copy_is_whole_and_signs_nothing() {
    let place = Place::new(3);
    let other = tempfile::tempdir().unwrap();
    let (saved, back) = (other.path().join("saved"), other.path().join("back"));
    save(&place.data(), &saved).unwrap();
    assert!(!saved.join("keys").exists());
    let restored = put_back(&saved, &back);
    assert!(!restored.keys && !back.join("keys").exists());
    let again = open(&back);
    let refused = again.publish().unwrap_err().to_string();
    assert!(refused.contains("key is missing"), "{refused}");
    let archive = open(place.path());
    archive.publish().unwrap();
    assert_eq!(proofs(&again, &place.ids), proofs(&archive, &place.ids));
    drop(again);
    assert_eq!(checked(&DataFolder::new(&back)).damage, []);
}

#[test]
fn what_a_backup_has_is_not_copied_again() {
    let place = Place::new(6);
    let other = tempfile::tempdir().unwrap();
    let saved = other.path().join("saved");
    let first = save(&place.data(), &saved).unwrap();
    let archive = open(place.path());
    more(&archive, "new");
    archive.publish().unwrap();
    let second = save(archive.folder(), &saved).unwrap();
    assert_eq!((second.copied_objects, second.copied_segments), (1, 2));
    assert_eq!(second.manifest.objects, first.manifest.objects + 1);
    assert!(second.manifest.log.unwrap().size > first.manifest.log.unwrap().size);
    let third = save(archive.folder(), &saved).unwrap();
    assert_eq!((third.copied_objects, third.copied_segments), (0, 0));
    assert_eq!(verified(&saved).damage, []);
}

#[test]
fn a_run_that_was_not_finished_leaves_the_backup_before_it() {
    let place = Place::new(6);
    let other = tempfile::tempdir().unwrap();
    let (saved, back) = (other.path().join("saved"), other.path().join("back"));
    save(&place.data(), &saved).unwrap();
    let manifest = fs::read(saved.join("backup.json")).unwrap();
    let archive = open(place.path());
    let new = more(&archive, "new");
    archive.publish().unwrap();
    save(archive.folder(), &saved).unwrap();
    // As if the second run had ended before its last step, and the disk had lost some of it.
    fs::write(saved.join("backup.json"), &manifest).unwrap();
    let object = archive.document(&new).unwrap().unwrap().current().original;
    let lost = Objects::new(saved.join("store/objects"), PathBuf::new()).path(&object.sha256);
    fs::write(&lost, vec![0; object.size_bytes as usize]).unwrap();
    assert_eq!(verified(&saved).damage, []);
    let restored = put_back(&saved, &back);
    assert_eq!(restored.manifest.statements + 2, archive.applied().end.statements);
    let again = save(archive.folder(), &saved).unwrap();
    assert_eq!((again.copied_objects, again.copied_segments), (1, 2));
    assert_eq!(verified(&saved).damage, []);
}

#[test]
fn a_backup_is_consistent_while_others_write() {
    let place = Place::new(20);
    let other = tempfile::tempdir().unwrap();
    let saved = other.path().join("saved");
    let archive = open(place.path());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for number in 0..40 {
                let id = more(&archive, &format!("meanwhile {number}"));
                if number % 4 == 0 {
                    archive.change(&id, &Change::Withdraw).unwrap();
                    archive.publish().unwrap();
                }
            }
            done.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        let mut runs = 0;
        while !done.load(std::sync::atomic::Ordering::Relaxed) || runs < 2 {
            let run = save(archive.folder(), &saved).unwrap();
            assert!(run.manifest.log.unwrap().size <= run.manifest.statements);
            assert_eq!(verified(&saved).damage, []);
            runs += 1;
        }
        writer.join().unwrap();
    });
    let back = other.path().join("back");
    save(archive.folder(), &saved).unwrap();
    put_back(&saved, &back);
    assert_eq!(open(&back).applied(), archive.applied());
}

#[test]
fn another_history_and_strange_folders_are_refused() {
    let (one, another) = (Place::new(2), Place::new(3));
    let other = tempfile::tempdir().unwrap();
    let saved = other.path().join("saved");
    let refused = |outcome: Result<Backup, ArchiveError>| match outcome.unwrap_err() {
        ArchiveError::Backup { detail, .. } => detail,
        error => panic!("another error: {error}"),
    };
    save(&one.data(), &saved).unwrap();
    let detail = refused(save(&another.data(), &saved));
    assert!(detail.contains("another history"), "{detail}");
    let last = Journal::new(one.data().journal()).highest().unwrap();
    fs::remove_file(one.path().join(format!("store/journal/{last:08}.jsonl"))).unwrap();
    let detail = refused(save(&one.data(), &saved));
    assert!(detail.contains("older copy"), "{detail}");
    assert_eq!(verified(&saved).damage, []);
    assert!(refused(save(&another.data(), one.path())).contains("not empty"));
    assert!(refused(save(&another.data(), &another.path().join("b"))).contains("data folder"));
    let into = DataFolder::new(another.path());
    assert!(restore(&saved, &into, |_, _| ()).unwrap_err().to_string().contains("not empty"));
    let none = restore(other.path(), &DataFolder::new(other.path().join("x")), |_, _| ());
    assert!(none.unwrap_err().to_string().contains("no finished backup"));
}

#[test]
fn damage_is_told_and_the_rest_is_saved() {
    let place = Place::new(6);
    let other = tempfile::tempdir().unwrap();
    let (saved, back) = (other.path().join("saved"), other.path().join("back"));
    let objects = Objects::new(place.data().objects(), place.data().staging());
    let path = objects.path(&Digest::of(b"isi 3"));
    let whole = fs::read(&path).unwrap();
    fs::write(&path, b"isi x").unwrap();
    let run = save(&place.data(), &saved).unwrap();
    assert_eq!((run.damage.len(), run.manifest.missing.len()), (1, 1));
    assert_eq!(verified(&saved).damage.len(), 1);
    let restored = put_back(&saved, &back);
    assert_eq!((restored.damage.len(), restored.objects), (1, 11));
    fs::write(&path, whole).unwrap();
    let run = save(&place.data(), &saved).unwrap();
    assert_eq!((run.damage.len(), run.copied_objects), (0, 1));
    // What rots in the backup is found by verifying, and when it is put back.
    let kept = Objects::new(saved.join("store/objects"), PathBuf::new());
    fs::write(kept.path(&Digest::of(b"isi 4")), b"isi x").unwrap();
    fs::write(saved.join("store/log/tile/0/000.p/13"), b"x").unwrap();
    assert_eq!(verified(&saved).damage.len(), 2);
    let restored = put_back(&saved, &other.path().join("again"));
    assert_eq!(restored.damage.len(), 1, "tiles are derived from the journal");
    let segment = saved.join("store/journal/00000002.jsonl");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[300] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let into = other.path().join("third");
    assert!(restore(&saved, &DataFolder::new(&into), |_, _| ()).is_err());
    assert!(!DataFolder::new(&into).exists(), "half an archive could be opened");
    // A damaged journal is not saved over a whole one.
    let segment = place.path().join("store/journal/00000003.jsonl");
    fs::write(&segment, b"x").unwrap();
    assert!(save(&place.data(), &saved).is_err());
}
