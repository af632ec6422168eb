//! Writing: replacing, removing, journal numbers, repair, and the change to a new schema.

#![expect(clippy::unwrap_used, reason = "in a test, to panic is to fail")]

use std::fs;
use std::path::{Path, PathBuf};

use simars_search::{Entry, Index, Options, Request, SearchError};

fn open(folder: &Path, salt: &str) -> Index {
    let options = Options { threads: 1, heap_bytes: 15_000_000, salt: salt.to_owned() };
    Index::open(folder, options).unwrap()
}

fn entry(ordinal: u64, text: &str) -> Entry<'_> {
    Entry { ordinal, id: "contoh", title: "Contoh", pages: vec![text], ..Entry::default() }
}

fn total(index: &Index, q: &str) -> u64 {
    index.search(&Request::new(q, 1)).unwrap().total
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

fn fill(index: &Index, count: u64, applied: u64, caught_up: bool) {
    let mut writer = index.writer().unwrap();
    for ordinal in 1..=count {
        writer.put(&entry(ordinal, "pohon kelapa")).unwrap();
    }
    writer.commit(applied, caught_up).unwrap();
    writer.finish().unwrap();
}

#[test]
fn entries_are_replaced_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path(), "");
    let mut writer = index.writer().unwrap();
    writer.put_new(&entry(1, "pohon kelapa")).unwrap();
    writer.put_new(&entry(2, "pohon jati")).unwrap();
    writer.commit(7, true).unwrap();
    assert_eq!((total(&index, "pohon"), index.applied()), (2, 7));
    writer.put(&entry(1, "rumput")).unwrap();
    writer.remove(2).unwrap();
    assert_eq!(total(&index, "pohon"), 2);
    writer.commit(9, true).unwrap();
    assert_eq!((total(&index, "pohon"), total(&index, "rumput"), index.applied()), (0, 1, 9));
    drop(writer);
    drop(index);
    let again = open(folder.path(), "");
    assert_eq!((total(&again, "rumput"), again.applied()), (1, 9));
    assert_eq!(again.check().unwrap(), Vec::<PathBuf>::new());
}

#[test]
fn replaced_within_one_commit_only_the_last_shows() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path(), "");
    let mut writer = index.writer().unwrap();
    let make = |standing: u8, pages: Vec<&'static str>| Entry {
        ordinal: 1,
        id: "contoh",
        standing,
        pages,
        ..Entry::default()
    };
    writer.put(&make(0, vec!["pohon jati", "pohon kelapa", "pohon kelapa"])).unwrap();
    writer.put(&make(0, vec!["pohon mangga"])).unwrap();
    writer.put(&make(1, vec!["rumput", "pohon pinus"])).unwrap();
    writer.put(&entry(2, "pohon kelapa")).unwrap();
    writer.commit(1, true).unwrap();

    let ask = |q: &str, scope: u16| index.search(&Request::new(q, scope)).unwrap();
    let open = ask("pohon", 0b01);
    assert_eq!((open.total, open.hits.len(), open.hits[0].ordinal), (1, 1, 2));
    assert_eq!(ask("", 0b01).total, 1);
    let closed = ask("pohon", 0b10);
    assert_eq!((closed.total, closed.hits.len(), closed.hits[0].ordinal), (1, 1, 1));
    let pages: Vec<(u32, &str)> =
        closed.hits[0].pages.iter().map(|page| (page.page, page.snippet.as_str())).collect();
    assert_eq!(pages, [(2, "<mark>pohon</mark> pinus")]);
    assert_eq!(ask("", 0b11).total, 2);
    assert_eq!((ask("jati", 0b11).total, ask("mangga", 0b11).total), (0, 0));
}

#[test]
fn what_is_committed_counts_as_applied_even_if_it_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path(), "");
    fill(&index, 1, 1, true);
    // A folder in the place of the file that readers lock: they are refused, the commit is not.
    let lock = folders(folder.path())[0].join(".tantivy-meta.lock");
    if lock.exists() {
        fs::remove_file(&lock).unwrap();
    }
    fs::create_dir(&lock).unwrap();
    let mut writer = index.writer().unwrap();
    writer.put_new(&entry(2, "pohon jati")).unwrap();
    let error = writer.commit(2, true).unwrap_err().to_string();
    assert!(error.contains("cannot reload the search index"), "{error}");
    assert_eq!((index.applied(), total(&index, "pohon")), (2, 1));
    drop(writer);
    fs::remove_dir(&lock).unwrap();
    assert_eq!((index.applied(), total(&index, "pohon")), (2, 2));
}

#[test]
fn there_is_one_writer() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path(), "");
    let writer = index.writer().unwrap();
    assert!(matches!(index.writer(), Err(SearchError::Busy { .. })));
    drop(writer);
    index.writer().unwrap();
}

#[test]
fn what_is_not_committed_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path(), "");
    fill(&index, 3, 3, true);
    let mut writer = index.writer().unwrap();
    writer.put_new(&entry(4, "pohon")).unwrap();
    drop(writer);
    drop(index);
    let again = open(folder.path(), "");
    assert_eq!((total(&again, "pohon"), again.applied()), (3, 3));
}

#[test]
fn a_new_schema_is_built_beside_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    fill(&open(folder.path(), "old"), 4, 10, true);
    let index = open(folder.path(), "new");
    assert!(index.building());
    assert_eq!((index.applied(), total(&index, "pohon")), (0, 4));
    fill(&index, 2, 5, false);
    assert_eq!((index.applied(), total(&index, "pohon"), index.building()), (5, 4, true));
    assert_eq!(folders(folder.path()).len(), 2);

    // Interrupted, it goes on where it was.
    drop(index);
    let index = open(folder.path(), "new");
    assert_eq!((index.applied(), index.building()), (5, true));
    let mut writer = index.writer().unwrap();
    for ordinal in 3..=5 {
        writer.put_new(&entry(ordinal, "pohon")).unwrap();
    }
    writer.commit(10, true).unwrap();
    assert_eq!((index.applied(), total(&index, "pohon"), index.building()), (10, 5, false));
    assert_eq!(folders(folder.path()).len(), 1);
    writer.put_new(&entry(6, "pohon")).unwrap();
    writer.commit(11, true).unwrap();
    assert_eq!(total(&index, "pohon"), 6);
    drop(writer);
    drop(index);
    let index = open(folder.path(), "new");
    assert_eq!((index.applied(), total(&index, "pohon"), index.building()), (11, 6, false));
}

#[test]
fn what_is_missing_or_damaged_begins_anew() {
    let damages: [fn(&Path); 5] = [
        |index| fs::remove_file(index.join("meta.json")).unwrap(),
        |index| fs::write(index.join("meta.json"), b"{").unwrap(),
        |index| fs::remove_dir_all(index).unwrap(),
        |index| {
            for file in fs::read_dir(index).unwrap().map(|file| file.unwrap().path()) {
                if file.extension().is_some_and(|extension| extension == "term") {
                    fs::remove_file(file).unwrap();
                }
            }
        },
        |index| {
            for file in fs::read_dir(index).unwrap().map(|file| file.unwrap().path()) {
                if file.extension().is_some_and(|extension| extension == "fast") {
                    let half = fs::metadata(&file).unwrap().len() / 2;
                    fs::File::options().write(true).open(&file).unwrap().set_len(half).unwrap();
                }
            }
        },
    ];
    for (number, damage) in damages.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        fill(&open(folder.path(), ""), 2, 2, true);
        damage(&folders(folder.path())[0]);
        let index = open(folder.path(), "");
        assert_eq!(
            (index.applied(), total(&index, "pohon"), index.building()),
            (0, 0, false),
            "{number}"
        );
        fill(&index, 3, 3, true);
        assert_eq!(total(&index, "pohon"), 3);
        assert_eq!(folders(folder.path()).len(), 1, "what was set aside goes");
    }
}

#[test]
fn a_damaged_current_or_an_old_index_that_is_gone_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    fill(&open(folder.path(), ""), 2, 2, true);
    fs::write(folder.path().join("CURRENT"), b"\xff\xfe").unwrap();
    let index = open(folder.path(), "");
    assert_eq!((total(&index, "pohon"), index.building()), (2, false));
    drop(index);
    fs::write(folder.path().join("CURRENT"), "0".repeat(64)).unwrap();
    let index = open(folder.path(), "");
    assert_eq!((total(&index, "pohon"), index.building()), (2, false));
}

#[test]
fn orphans_are_named_and_damage_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path(), "");
    fill(&index, 2, 2, true);
    let inside = &folders(folder.path())[0];
    fs::write(inside.join("0123.idx"), b"left behind").unwrap();
    assert_eq!(index.check().unwrap(), [inside.join("0123.idx")]);
}

#[test]
fn searches_go_on_while_the_writer_writes() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path(), "");
    fill(&index, 50, 1, true);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| (0..200).map(|_| total(&index, "pohon")).min());
        let mut writer = index.writer().unwrap();
        for round in 0..5_u64 {
            for ordinal in 1..=50 {
                writer.put(&entry(ordinal, "pohon kelapa")).unwrap();
            }
            writer.commit(2 + round, true).unwrap();
        }
        assert_eq!(reader.join().unwrap(), Some(50));
    });
}
