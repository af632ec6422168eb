//! A check of real folders: what is damaged is found, what is derived is mended.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

use simars_record::{Digest, DocumentId, ObjectRef};

use super::repair::repair;
use super::*;
use crate::Change;
use crate::archive::tests::{checked, open, registered, submission, surroundings};

/// An archive with a log of more than one tile, and one document that changed.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    pub(crate) ids: Vec<DocumentId>,
}

impl Place {
    pub(crate) fn new(documents: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let archive = open(folder.path());
        archive.create_log("arsip.example/log".parse().unwrap(), None).unwrap();
        let mut ids = Vec::new();
        for round in 0..3 {
            let names = (round..documents).step_by(3).map(|number| format!("isi {number}"));
            let group: Vec<_> = names
                .map(|name| archive.place(submission(name.as_bytes(), &format!("teks {name}"))))
                .map(Result::unwrap)
                .collect();
            ids.extend(archive.register_all(&group).unwrap().into_iter().map(registered));
            archive.publish().unwrap();
        }
        archive.change(&ids[0], &Change::Withdraw).unwrap();
        archive.publish().unwrap();
        Self { folder, ids }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> DataFolder {
        DataFolder::new(self.path())
    }

    fn object(&self, bytes: &[u8]) -> PathBuf {
        Objects::new(self.data().objects(), self.data().staging()).path(&Digest::of(bytes))
    }
}

fn parts(report: &Report) -> Vec<Part> {
    let mut parts: Vec<Part> = report.damage.iter().map(|damage| damage.part).collect();
    parts.dedup();
    parts
}

fn options(stop: &AtomicBool) -> Options<'_> {
    Options {
        threads: 2,
        bytes_per_second: None,
        resume: true,
        stop,
        now: surroundings().now,
        progress: &|_| (),
    }
}

fn flip(path: &Path, byte: usize, bit: u8) {
    let mut bytes = fs::read(path).unwrap();
    bytes[byte] ^= 1 << bit;
    fs::write(path, bytes).unwrap();
}

fn mended(place: &Place) -> repair::Repaired {
    let report = checked(&place.data());
    let lock = place.data().lock().unwrap();
    repair(&place.data(), &lock, &report).unwrap()
}

#[test]
fn a_whole_archive_is_sound_open_and_closed() {
    let place = Place::new(300);
    let report = checked(&place.data());
    assert_eq!((&report.damage, &report.notes), (&vec![], &vec![]));
    assert!(report.finished.is_some());
    assert_eq!((report.documents, report.objects), (300, 600));
    assert_eq!(report.statements, 307);
    assert_eq!(report.log_size, Some(307));
    // Two bundles, two tiles of leaf hashes, one above them.
    assert_eq!(report.tiles, 5);
    let archive = open(place.path());
    let while_open = archive.check(|_, _| ()).unwrap();
    assert_eq!(while_open.damage, []);
    assert_eq!(while_open.log_root, report.log_root);
    assert!(!place.path().join("views/check").exists(), "the fresh catalogue stays");
    drop(archive);
    let rounds = Rounds::load(&place.data(), report.begun).unwrap();
    assert_eq!(rounds.last, Some(while_open));
    assert!(!rounds.unfinished());
    assert_eq!(rounds.sound.len(), 256 + 4);
}

#[test]
fn what_a_killed_process_left_half_taken_in_is_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    archive.register(submission(b"satu", "satu")).unwrap();
    let before = archive.applied();
    let two = registered(archive.register(submission(b"dua", "dua")).unwrap());
    drop(archive);
    // All of the second segment is in the catalogue but the note that says so.
    let data = DataFolder::new(folder.path());
    let database = sled::open(data.catalogue()).unwrap();
    database.insert("applied", serde_json::to_vec(&before).unwrap()).unwrap();
    database.flush().unwrap();
    drop(database);
    let report = checked(&data);
    assert_eq!(report.damage, []);
    let notes: Vec<&str> = report.notes.iter().map(|note| note.detail.as_str()).collect();
    assert_eq!(notes, ["it is at segment 1 of 2 and will follow"]);
    assert!(open(folder.path()).document(&two).unwrap().is_some());
    assert_eq!((checked(&data).damage, checked(&data).notes), (vec![], vec![]));
}

#[test]
fn strangers_in_the_store_are_noted_and_are_no_damage() {
    let place = Place::new(3);
    let store = place.path().join("store");
    let nobodys = place.object(b"nobody's");
    fs::create_dir_all(nobodys.parent().unwrap()).unwrap();
    fs::write(&nobodys, b"nobody's").unwrap();
    for stranger in ["objects/ab/readme", "journal/notes.txt", "log/old", "log/tile/0/000.new"] {
        fs::create_dir_all(store.join(stranger).parent().unwrap()).unwrap();
        fs::write(store.join(stranger), b"x").unwrap();
    }
    let report = checked(&place.data());
    assert_eq!(report.damage, []);
    assert_eq!(report.notes.len(), 5, "{:?}", report.notes);
}

#[test]
fn damage_of_each_part_is_told_as_such() {
    type Damaging = fn(&Place);
    let cases: [(Part, Damaging); 9] = [
        (Part::Objects, |place| fs::remove_file(place.object(b"isi 1")).unwrap()),
        (Part::Objects, |place| fs::write(place.object(b"teks isi 2"), b"teks isi 3").unwrap()),
        (Part::Journal, |place| flip(&place.path().join("store/journal/00000003.jsonl"), 90, 0)),
        (Part::Log, |place| flip(&place.path().join("store/log/tile/0/000.p/15"), 100, 3)),
        (Part::Log, |place| {
            fs::remove_file(place.path().join("store/log/tile/entries/000.p/17")).unwrap()
        }),
        (Part::Log, |place| flip(&place.path().join("store/log/checkpoint"), 20, 0)),
        (Part::Log, |place| flip(&place.path().join("store/log/policy"), 30, 0)),
        (Part::Keys, |place| flip(&place.path().join("keys/log.signed"), 20, 0)),
        (Part::Catalogue, |place| {
            let catalogue = Catalogue::open(&place.data().catalogue()).unwrap();
            catalogue.forget(&Digest::of(b"isi 4"));
        }),
    ];
    for (number, (part, damage)) in cases.into_iter().enumerate() {
        let place = Place::new(10);
        damage(&place);
        let report = checked(&place.data());
        assert_eq!(parts(&report), [part], "case {number}: {:?}", report.damage);
    }
}

#[test]
fn a_key_that_signed_more_than_the_journal_has_is_told() {
    let place = Place::new(4);
    let last = Journal::new(place.data().journal()).highest().unwrap();
    fs::remove_dir_all(place.data().views()).unwrap();
    fs::remove_file(place.path().join(format!("store/journal/{last:08}.jsonl"))).unwrap();
    let report = checked(&place.data());
    assert_eq!(parts(&report), [Part::Keys, Part::Log], "{:?}", report.damage);
    assert!(report.damage[0].detail.contains("the journal has only"), "{:?}", report.damage);
}

#[test]
fn views_and_files_of_the_log_are_mended() {
    let place = Place::new(300);
    let whole = checked(&place.data());
    let log = place.path().join("store/log");
    let before = fs::read(log.join("tile/0/000")).unwrap();
    flip(&log.join("tile/0/000"), 100, 3);
    fs::remove_file(log.join("tile/entries/001.p/51")).unwrap();
    fs::write(log.join("checkpoint"), b"nothing").unwrap();
    Catalogue::open(&place.data().catalogue()).unwrap().forget(&Digest::of(b"isi 4"));
    let repaired = mended(&place);
    assert_eq!((repaired.done.len(), &repaired.left), (2, &vec![]), "{repaired:?}");
    assert_eq!(fs::read(log.join("tile/0/000")).unwrap(), before);
    let archive = open(place.path());
    assert!(archive.publish().unwrap().is_some());
    let report = archive.check(|_, _| ()).unwrap();
    assert_eq!((&report.damage, report.log_root), (&vec![], whole.log_root));
}

#[test]
fn what_nothing_vouches_for_is_not_mended() {
    let place = Place::new(4);
    let log = place.path().join("store/log");
    flip(&log.join("tile/0/000.p/11"), 100, 3);
    flip(&log.join("checkpoint"), 20, 0);
    fs::remove_dir_all(place.data().keys()).unwrap();
    fs::remove_file(place.object(b"isi 1")).unwrap();
    let damaged = fs::read(log.join("tile/0/000.p/11")).unwrap();
    let repaired = mended(&place);
    assert_eq!(repaired.done, [""; 0]);
    assert!(repaired.left.iter().any(|left| left.part == Part::Objects));
    assert!(repaired.left.iter().any(|left| left.part == Part::Log));
    assert_eq!(fs::read(log.join("tile/0/000.p/11")).unwrap(), damaged);
    // Nor is anything derived from a damaged journal.
    let place = Place::new(4);
    flip(&place.path().join("store/journal/00000002.jsonl"), 200, 0);
    fs::remove_file(place.path().join("store/log/checkpoint")).unwrap();
    let repaired = mended(&place);
    assert!(repaired.done.is_empty() && !repaired.left.is_empty(), "{repaired:?}");
}

#[test]
fn a_round_that_was_stopped_is_resumed() {
    let place = Place::new(60);
    let archive = open(place.path());
    let (stop, hashed) = (AtomicBool::new(false), AtomicU64::new(0));
    let count = |step: Progress| {
        if step.part == Part::Objects && hashed.fetch_add(1, Ordering::Relaxed) == 40 {
            stop.store(true, Ordering::Relaxed);
        }
    };
    let first = Options { threads: 1, progress: &count, ..options(&stop) };
    let stopped = archive.check_round(&first).unwrap();
    assert_eq!((stopped.finished, &stopped.damage), (None, &vec![]));
    let rounds = Rounds::load(archive.folder(), stopped.begun).unwrap();
    assert!(rounds.unfinished() && rounds.last.is_none());

    let (go_on, again) = (AtomicBool::new(false), AtomicU64::new(0));
    let count = |step: Progress| {
        again.fetch_add(u64::from(step.part == Part::Objects), Ordering::Relaxed);
    };
    let second = Options { progress: &count, ..options(&go_on) };
    let whole = archive.check_round(&second).unwrap();
    assert!(whole.finished.is_some());
    assert_eq!((whole.objects, &whole.damage), (120, &vec![]));
    assert!((60..90).contains(&again.load(Ordering::Relaxed)), "{again:?} of 120 hashed again");
    // Without resuming, everything is looked at.
    again.store(0, Ordering::Relaxed);
    archive.check_round(&Options { resume: false, ..second }).unwrap();
    assert_eq!(again.load(Ordering::Relaxed), 120);
}

#[test]
fn a_round_stops_within_the_journal_too() {
    let place = Place::new(6);
    let archive = open(place.path());
    let stop = AtomicBool::new(false);
    let first = |step: Progress| stop.store(step.done >= 2, Ordering::Relaxed);
    let report = archive.check_round(&Options { progress: &first, ..options(&stop) }).unwrap();
    assert_eq!((report.finished, report.segments, report.objects), (None, 2, 0));
    let rounds = Rounds::load(archive.folder(), report.begun).unwrap();
    assert!(rounds.unfinished() && rounds.sound.is_empty());
}

#[test]
fn a_round_while_others_register_finds_no_damage() {
    let place = Place::new(20);
    let archive = open(place.path());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for number in 0..60 {
                let name = format!("meanwhile {number}");
                let id = registered(archive.register(submission(name.as_bytes(), &name)).unwrap());
                if number % 5 == 0 {
                    archive.change(&id, &Change::Withdraw).unwrap();
                    archive.publish().unwrap();
                }
            }
            done.store(true, Ordering::Relaxed);
        });
        let mut rounds = 0;
        while !done.load(Ordering::Relaxed) || rounds < 2 {
            let report = archive.check(|_, _| ()).unwrap();
            assert_eq!(report.damage, []);
            rounds += 1;
        }
        writer.join().unwrap();
    });
}

#[test]
fn the_size_that_was_stated_counts_too() {
    let place = Place::new(1);
    let objects = Objects::new(place.data().objects(), place.data().staging());
    let stop = AtomicBool::new(false);
    let options = options(&stop);
    let pace = Pace::new(None);
    let check =
        ObjectCheck { objects: &objects, options: &options, pace: &pace, others_write: false };
    let mut rounds = Rounds::load(&place.data(), (options.now)()).unwrap();
    let mut report = Report::begun((options.now)());
    let named = vec![ObjectRef { sha256: Digest::of(b"isi 0"), size_bytes: 6 }];
    check.run(named, &mut rounds, &mut report);
    assert!(report.damage[0].detail.contains("5 bytes, not 6"), "{:?}", report.damage);
}
