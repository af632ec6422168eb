//! The archive on a real folder: registering, reopening, losing its views, being damaged.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use proptest::prelude::*;

use simars_record::layout::read_layout_page;
use simars_record::{
    AccessClass, Description, Extracted, Field, Layout, Page, Publication, TextSource, WordBox,
};

use super::*;
use crate::check::{Options, Report, check_folder};
use crate::{Change, Outcome, Placed, Reading, Received, Replaced, Replacement, Submission};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// Distinct bytes on every call: what ids and nonces need, without chance.
fn counting(bytes: &mut [u8]) {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    bytes.copy_from_slice(&Digest::of(&number.to_be_bytes()).as_bytes()[..bytes.len()]);
}

pub(crate) fn surroundings() -> Surroundings {
    Surroundings { now: || Timestamp::from_unix(1_795_509_225), random: counting }
}

/// Checks a folder that is not open.
pub(crate) fn checked(folder: &DataFolder) -> Report {
    let lock = folder.lock().unwrap();
    let options = Options {
        threads: 2,
        bytes_per_second: None,
        resume: false,
        stop: &AtomicBool::new(false),
        now: surroundings().now,
        progress: &|_| (),
    };
    check_folder(folder, &lock, &options).unwrap()
}

pub(crate) fn open(folder: &std::path::Path) -> Archive {
    Archive::open(DataFolder::new(folder), surroundings()).unwrap()
}

fn extracted(text: &str) -> Extracted {
    Extracted {
        media_type: "text/plain".to_owned(),
        pages: vec![Page::new(text, TextSource::Layer)],
        findings: Vec::new(),
        embedded_title: None,
        reader: "text".to_owned(),
        structure: None,
    }
}

pub(crate) fn submission(bytes: &[u8], text: &str) -> Submission {
    Submission {
        original: Received::from_bytes(bytes.to_vec()),
        reading: Reading::new(extracted(text)),
        file_name: "contoh.txt".to_owned(),
        description: Description::default(),
        access: AccessClass::Open,
        unit: None,
        opens: None,
        rendition: None,
        stack: None,
        publication: Publication::Published,
        by: None,
    }
}

pub(crate) fn registered(outcome: Outcome) -> DocumentId {
    match outcome {
        Outcome::Registered(id) => id,
        Outcome::Duplicate(id) => panic!("{id} should be new"),
    }
}

#[test]
fn what_is_registered_is_there_after_reopening_and_without_views() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let id = registered(archive.register(submission(b"isi", "isi berkas")).unwrap());
    let before = archive.document(&id).unwrap().unwrap();
    let tree = archive.applied();
    drop(archive);

    let archive = open(folder.path());
    assert_eq!(archive.document(&id).unwrap(), Some(before.clone()));
    drop(archive);

    fs::remove_dir_all(folder.path().join("views")).unwrap();
    let archive = open(folder.path());
    assert_eq!(archive.document(&id).unwrap(), Some(before.clone()));
    assert_eq!(archive.applied(), tree);
    assert_eq!(archive.text(&before.current().text).unwrap(), "isi berkas");
    assert!(archive.check(|_, _| ()).unwrap().damage.is_empty());
}

#[test]
fn the_same_bytes_are_registered_once() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let group = [submission(b"a", "a"), submission(b"a", "lain"), submission(b"b", "b")]
        .map(|submission| archive.place(submission).unwrap());
    let outcomes = archive.register_all(&group).unwrap();
    let first = registered(outcomes[0]);
    assert_eq!(outcomes[1], Outcome::Duplicate(first));
    registered(outcomes[2]);
    assert_eq!(archive.register(submission(b"a", "a")).unwrap(), Outcome::Duplicate(first));
    assert_eq!(archive.applied().documents, 2);
    assert_eq!(archive.applied().end.segment, 1, "duplicates make no segment");
}

#[test]
fn callers_at_the_same_time_get_their_own_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let ids: Vec<DocumentId> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..24u8)
            .map(|caller| {
                let archive = &archive;
                // Every digest comes from two callers.
                let bytes = [caller / 2];
                scope.spawn(move || match archive.register(submission(&bytes, "x")).unwrap() {
                    Outcome::Registered(id) | Outcome::Duplicate(id) => (bytes, id),
                })
            })
            .collect();
        let mut found: Vec<_> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
        found.sort();
        for pair in found.chunks(2) {
            assert_eq!(pair[0], pair[1]);
        }
        found.into_iter().map(|(_, id)| id).collect()
    });
    assert_eq!(archive.applied().documents, 12);
    assert!(ids.iter().all(|id| archive.document(id).unwrap().is_some()));
}

#[test]
fn a_large_file_goes_through_staging_and_leaves_nothing_there() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let mut incoming = archive.receive();
    for part in 0..40u32 {
        incoming.write_all(&vec![part as u8; 50_000]).unwrap();
    }
    let received = incoming.finish().unwrap();
    assert!(received.bytes().is_none() && received.path().is_some());
    let object = received.object();
    assert_eq!(object.size_bytes, 2_000_000);
    let large = Submission { original: received, ..submission(b"", "teks") };
    registered(archive.register(large).unwrap());
    let stored = crate::object::digest_of_file(&archive.objects.path(&object.sha256)).unwrap();
    assert_eq!(stored, object.sha256);

    let mut given_up = archive.receive();
    given_up.write_all(&vec![1; 600_000]).unwrap();
    drop(given_up);
    assert_eq!(fs::read_dir(folder.path().join("staging")).unwrap().count(), 0);
}

#[test]
fn a_second_process_is_told_who_owns_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    archive.announce("127.0.0.1:8080".to_owned()).unwrap();
    let error = Archive::open(DataFolder::new(folder.path()), surroundings()).unwrap_err();
    let text = error.to_string();
    assert!(text.contains(&std::process::id().to_string()) && text.contains(":8080"), "{text}");
}

#[test]
fn a_catalogue_that_will_not_open_is_built_again() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let id = registered(archive.register(submission(b"isi", "isi")).unwrap());
    drop(archive);
    for damage in ["db", "conf"] {
        fs::write(folder.path().join("views/catalogue").join(damage), b"not sled at all").unwrap();
        let archive = open(folder.path());
        assert!(archive.document(&id).unwrap().is_some(), "{damage}");
    }
}

#[test]
fn a_catalogue_of_another_history_is_built_again() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let id = registered(open(one.path()).register(submission(b"a", "a")).unwrap());
    let foreign = registered(open(other.path()).register(submission(b"b", "b")).unwrap());
    fs::remove_dir_all(one.path().join("views")).unwrap();
    fs::rename(other.path().join("views"), one.path().join("views")).unwrap();
    let archive = open(one.path());
    assert!(archive.document(&id).unwrap().is_some());
    assert_eq!(archive.document(&foreign).unwrap(), None);
}

#[test]
fn a_catalogue_that_was_open_when_the_machine_went_down_is_built_again() {
    let folder = tempfile::tempdir().unwrap();
    let id = registered(open(folder.path()).register(submission(b"a", "a")).unwrap());
    let mark = folder.path().join("views/catalogue.open");
    assert!(!mark.exists(), "an orderly end leaves no mark");
    // A catalogue that lost an entry its note speaks of.
    let catalogue = Catalogue::open(&folder.path().join("views/catalogue"));
    catalogue.unwrap().forget(&Digest::of(b"a"));
    fs::write(&mark, "another boot").unwrap();
    let archive = open(folder.path());
    assert_eq!(archive.find(&Digest::of(b"a")).unwrap().unwrap().id, id);
}

#[test]
fn a_folder_is_checked_however_damaged_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    registered(archive.register(submission(b"satu", "teks satu")).unwrap());
    registered(archive.register(submission(b"dua", "teks dua")).unwrap());
    drop(archive);
    let data = DataFolder::new(folder.path());
    assert_eq!(checked(&data).damage, []);
    fs::remove_dir_all(folder.path().join("views")).unwrap();
    fs::remove_file(folder.path().join("store/journal/00000001.jsonl")).unwrap();
    assert!(Archive::open(data.clone(), surroundings()).is_err());
    let report = checked(&data);
    assert!(report.damage[0].path.ends_with("00000001.jsonl"), "{report:?}");
    assert_eq!(report.segments, 1);
}

#[test]
fn a_leftover_under_a_digest_is_not_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let path = archive.objects.path(&Digest::of(b"isi"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, b"is").unwrap();
    registered(archive.register(submission(b"isi", "isi")).unwrap());
    assert_eq!(fs::read(&path).unwrap(), b"isi");
}

#[test]
fn damage_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    registered(archive.register(submission(b"satu", "teks satu")).unwrap());
    registered(archive.register(submission(b"dua", "teks dua")).unwrap());
    assert_eq!(archive.check(|_, _| ()).unwrap().damage, []);

    fs::write(archive.objects.path(&Digest::of(b"teks satu")), b"teks Satu").unwrap();
    fs::remove_file(archive.objects.path(&Digest::of(b"dua"))).unwrap();
    let segment = archive.journal.path(1);
    let altered = fs::read_to_string(&segment).unwrap().replace("contoh.txt", "contxh.txt");
    fs::write(&segment, altered).unwrap();
    let report = archive.check(|_, _| ()).unwrap();
    let found: Vec<&str> = report.damage.iter().map(|damage| damage.detail.as_str()).collect();
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.iter().any(|detail| detail.contains("commits to")), "{found:?}");
    assert!(found.iter().any(|detail| detail.contains("does not continue")), "{found:?}");
}

#[test]
fn history_grows_by_changes_and_survives_a_rebuild() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let draft = Submission { publication: Publication::Draft, ..submission(b"x", "x") };
    let id = registered(archive.register(draft).unwrap());
    archive.change(&id, &Change::Publish).unwrap().unwrap();
    archive.change(&id, &Change::Access(AccessClass::Secret)).unwrap().unwrap();
    let document = archive.change(&id, &Change::Withdraw).unwrap().unwrap();
    let kinds: Vec<&str> =
        document.statements.iter().map(|statement| statement.kind.as_str()).collect();
    assert_eq!(kinds, ["daftar", "terbit", "akses", "cabut"]);
    assert_eq!(document.publication, Publication::Withdrawn);
    assert_eq!(archive.change(&DocumentId::from_bytes([9; 16]), &Change::Publish).unwrap(), None);
    let public = fs::read_to_string(archive.journal.path(3)).unwrap();
    let statement = archive.journal.read(3).unwrap().lines[0].statement.to_string();
    assert!(public.contains("akses") && !statement.contains("sha256:"), "{statement}");
    drop(archive);
    fs::remove_dir_all(folder.path().join("views")).unwrap();
    assert_eq!(open(folder.path()).document(&id).unwrap(), Some(document));
}

#[test]
fn a_change_that_changes_nothing_states_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let id = registered(archive.register(submission(b"x", "x")).unwrap());
    let statements = |change| archive.change(&id, &change).unwrap().unwrap().statements.len();
    assert_eq!(statements(Change::Publish), 1);
    assert_eq!(statements(Change::Access(AccessClass::Open)), 1);
    assert_eq!(statements(Change::Withdraw), 2);
    assert_eq!(statements(Change::Withdraw), 2);
    assert_eq!(statements(Change::Publish), 3);
}

#[test]
fn corrections_of_different_fields_do_not_undo_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let id = registered(archive.register(submission(b"x", "x")).unwrap());
    let title =
        Description { title: Some(Field::stated("Judul".to_owned())), ..Description::default() };
    let year = Description { year: Some(Field::stated(2024)), ..Description::default() };
    // Both were written by people who saw the document as it was before.
    let corrections = [title, year].map(|stated| Change::Correct(Box::new(stated)));
    std::thread::scope(|scope| {
        for correction in &corrections {
            scope.spawn(|| archive.change(&id, correction).unwrap().unwrap());
        }
    });
    let document = archive.document(&id).unwrap().unwrap();
    assert_eq!(document.title(), "Judul");
    assert_eq!(document.description.year.map(|year| year.value), Some(2024));
    assert_eq!(document.statements.len(), 3);
}

#[test]
fn a_replaced_file_stays_as_an_older_version() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let stated =
        Description { title: Some(Field::stated("Judul".to_owned())), ..Description::default() };
    let first = Submission { description: stated, ..submission(b"lama", "lama") };
    let id = registered(archive.register(first).unwrap());
    let other = registered(archive.register(submission(b"lain", "lain")).unwrap());
    let described = Description {
        title: Some(Field::hinted("Lain".to_owned(), 0.5)),
        ..Description::default()
    };
    let replace = |id: &DocumentId, bytes: &[u8]| {
        let Submission { original, reading, .. } = submission(bytes, "baru");
        let file_name = "baru.txt";
        archive.replace(
            id,
            Replacement { original, reading, file_name, described: &described, by: None },
        )
    };
    let Some(Replaced::Done(document)) = replace(&id, b"baru").unwrap() else {
        panic!("not replaced");
    };
    assert_eq!(document.versions.len(), 2);
    assert_eq!((document.current().number, &*document.current().file_name), (2, "baru.txt"));
    assert_eq!(document.title(), "Judul", "what a person stated stays");
    assert_eq!(document.statements[1].kind, "ganti");
    for bytes in [b"lama", b"baru"] {
        assert_eq!(archive.find(&Digest::of(bytes)).unwrap().unwrap().id, id);
    }
    // The same bytes are never registered twice, wherever they are.
    for (bytes, known) in [(b"baru", id), (b"lama", id), (b"lain", other)] {
        assert_eq!(replace(&id, bytes).unwrap(), Some(Replaced::Duplicate(known)));
    }
    assert_eq!(replace(&DocumentId::from_bytes([9; 16]), b"siapa").unwrap(), None);
    assert!(archive.check(|_, _| ()).unwrap().damage.is_empty());
    drop(archive);
    fs::remove_dir_all(folder.path().join("views")).unwrap();
    assert_eq!(open(folder.path()).document(&id).unwrap(), Some(*document));
}

#[test]
fn a_folder_that_cannot_be_written_gives_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("berkas");
    fs::write(&file, "x").unwrap();
    let error = Archive::open(DataFolder::new(file.join("data")), surroundings()).unwrap_err();
    assert!(error.to_string().starts_with("cannot create"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// The archive against the simplest thing that could be right: a map from bytes to an id.
    #[test]
    fn behaves_like_a_map(groups in prop::collection::vec(prop::collection::vec(0u8..12, 1..6), 1..8), reopen_at in 0usize..8) {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = open(folder.path());
        let mut model: BTreeMap<u8, DocumentId> = BTreeMap::new();
        for (round, group) in groups.iter().enumerate() {
            if round == reopen_at {
                drop(archive);
                archive = open(folder.path());
            }
            let place = |byte: &u8| archive.place(submission(&[*byte], "teks")).unwrap();
            let placed: Vec<Placed> = group.iter().map(place).collect();
            for (byte, outcome) in group.iter().zip(archive.register_all(&placed).unwrap()) {
                match (model.get(byte), outcome) {
                    (Some(known), Outcome::Duplicate(id)) => prop_assert_eq!(*known, id),
                    (None, Outcome::Registered(id)) => { model.insert(*byte, id); }
                    (known, outcome) => prop_assert!(false, "{:?} {:?}", known, outcome),
                }
            }
        }
        prop_assert_eq!(archive.applied().documents as usize, model.len());
        let ordinals: Vec<u64> = archive.from(0).map(|document| document.unwrap().ordinal).collect();
        prop_assert_eq!(ordinals, (0..model.len() as u64).collect::<Vec<_>>());
        for (byte, id) in &model {
            prop_assert_eq!(archive.find(&Digest::of(&[*byte])).unwrap().unwrap().id, *id);
        }
    }
}

#[test]
fn a_document_read_again_has_its_new_text_and_keeps_what_was_stated() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path());
    let mut first = extracted("");
    first.pages[0].recognise = true;
    let stated =
        Description { title: Some(Field::stated("Judul".to_owned())), ..Default::default() };
    let submission = Submission {
        reading: Reading::new(first),
        description: stated,
        ..submission(b"pindaian", "")
    };
    let id = registered(archive.register(submission).unwrap());
    assert_eq!(archive.document(&id).unwrap().unwrap().current().pages_to_recognise, [1]);

    let words = vec![WordBox::default(); 2];
    let layout = Layout { words, confidence: Some(91), ..Layout::default() };
    let mut second = extracted("");
    second.pages = vec![Page::new("isi keputusan", TextSource::Ocr).with_layout(layout)];
    let recognised = Description {
        title: Some(Field::hinted("lain".to_owned(), 0.5)),
        number: Some(Field::hinted("7".to_owned(), 0.9)),
        ..Default::default()
    };
    let reading = Reading::new(second);
    let document = archive.read_again(&id, 1, reading, &recognised).unwrap().unwrap();
    let current = document.current();
    assert_eq!((current.pages_recognised, current.confidence), (1, Some(91)));
    assert!(current.pages_to_recognise.is_empty() && current.pages_without_text == 0);
    assert_eq!(archive.text(&current.text).unwrap(), "isi keputusan");
    let layout = archive.text(&current.layout.unwrap()).unwrap();
    assert_eq!(read_layout_page(&layout, 1).unwrap().layout.unwrap().words.len(), 2);
    assert_eq!((document.title(), document.description.number.is_some()), ("Judul", true));
    assert_eq!(document.statements[1].kind, "baca");
    // A version that is not there is not touched.
    let late = archive.read_again(&id, 2, Reading::new(extracted("x")), &recognised).unwrap();
    assert_eq!(late.as_ref(), Some(&document));

    drop(archive);
    assert_eq!(checked(&DataFolder::new(folder.path())).damage, []);
    fs::remove_dir_all(folder.path().join("views")).unwrap();
    let archive = open(folder.path());
    assert_eq!(archive.document(&id).unwrap().unwrap(), document);
}
