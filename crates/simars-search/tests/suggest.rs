//! What is suggested while somebody types, and what never is.

#![expect(clippy::unwrap_used, reason = "in a test, to panic is to fail")]

use simars_search::{Entry, Index, Options, Suggestions, Writer};
use tempfile::TempDir;

/// Documents of standing 0 alone.
const OPEN: u16 = 1;

struct Archive {
    index: Index,
    writer: Writer,
    _folder: TempDir,
}

impl Archive {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { threads: 1, heap_bytes: 15_000_000, ..Options::default() };
        let index = Index::open(folder.path(), options).unwrap();
        let writer = index.writer().unwrap();
        Self { index, writer, _folder: folder }
    }

    fn with(entries: &[Entry<'_>]) -> Self {
        let mut archive = Self::new();
        // Two segments: what is suggested must not depend on where a document lies.
        for half in entries.chunks(entries.len().div_ceil(2)) {
            half.iter().for_each(|entry| archive.writer.put(entry).unwrap());
            archive.writer.commit(1, true).unwrap();
        }
        archive
    }

    fn ask(&self, typed: &str, scope: u16) -> Suggestions {
        self.index.suggest(typed, scope, 5).unwrap()
    }

    fn documents(&self, typed: &str) -> Vec<String> {
        self.ask(typed, OPEN).documents.into_iter().map(|document| document.id).collect()
    }

    fn subjects(&self, typed: &str, scope: u16) -> Vec<String> {
        self.ask(typed, scope).subjects.into_iter().map(|subject| subject.name).collect()
    }
}

fn decision<'a>(ordinal: u64, number: &'a str, title: &'a str, date: &'a str) -> Entry<'a> {
    Entry {
        ordinal,
        id: number,
        kind: Some("keputusan"),
        number: Some(number),
        year: date[..4].parse().ok(),
        title,
        date: Some(date),
        pages: vec!["isi"],
        ..Entry::default()
    }
}

fn samples() -> Vec<Entry<'static>> {
    let law =
        Entry { kind: Some("undang-undang"), id: "uu", ..decision(6, "45", "Kebun", "2017-01-01") };
    vec![
        decision(1, "45", "Jadwal Lomba Layang-Layang", "2024-03-01"),
        decision(2, "450", "Susunan Panitia Lomba", "2023-05-20"),
        decision(3, "12/HK.03.1-Kpt/52/2024", "Perolehan Kursi Lomba", "2024-05-20"),
        Entry {
            subject: Some("Logistik Pemilu; Arsip"),
            ..decision(4, "9", "Kotak Suara", "2022-01-01")
        },
        Entry { subject: Some("Arsip Vital"), ..decision(5, "8", "Susunan Acara", "2021-01-01") },
        law,
    ]
}

#[test]
fn a_number_finds_its_act_first() {
    let archive = Archive::with(&samples());
    assert_eq!(archive.documents("45"), ["45", "uu", "450"]);
    assert_eq!(archive.documents("kep 45"), ["45", "450"]);
    assert_eq!(archive.documents("keputusan nomor 45 tahun 20"), ["45", "450"]);
    assert_eq!(archive.documents("45/2024"), ["45"]);
    assert_eq!(archive.documents("keputusan 45 2023"), ["450"]);
    assert_eq!(archive.documents("uu 45"), ["uu"]);
    assert_eq!(archive.documents("12/hk"), ["12/HK.03.1-Kpt/52/2024"]);
    assert_eq!(archive.documents("45 susun"), ["450"]);
    assert!(archive.ask("45", OPEN).documents.iter().all(|document| document.by_number));
    assert_eq!(archive.documents("46"), [""; 0]);
}

#[test]
fn a_title_is_found_by_its_words() {
    let archive = Archive::with(&samples());
    assert_eq!(archive.documents("lomb"), ["12/HK.03.1-Kpt/52/2024", "45", "450"]);
    // What begins so comes before what is newer.
    assert_eq!(archive.documents("susunan p"), ["450"]);
    assert_eq!(archive.documents("susunan"), ["450", "8"]);
    assert_eq!(archive.documents("lomba pani"), ["450"]);
    assert_eq!(archive.documents("Keputusan KPU jadwal lom"), ["45"]);
    assert_eq!(archive.documents("jadwal  "), ["45"]);
    assert_eq!(archive.documents("layang-lay"), ["45"]);
    for nothing in ["", " ", "l", "jadwal kursi", "lombaaa", "\0", "\u{10ffff}", "yang", "🗳 🗳"]
    {
        assert_eq!(archive.ask(nothing, OPEN), Suggestions::default(), "{nothing}");
    }
}

#[test]
fn a_subject_is_found_by_any_of_its_words() {
    let archive = Archive::with(&samples());
    assert_eq!(archive.subjects("ars", OPEN), ["Arsip", "Arsip Vital"]);
    assert_eq!(archive.subjects("pemilu", OPEN), ["Logistik Pemilu"]);
    assert_eq!(archive.subjects("arsip vit", OPEN), ["Arsip Vital"]);
    assert_eq!(archive.ask("logistik", OPEN).subjects[0].ids, ["9"]);
}

#[test]
fn nothing_is_told_of_what_the_asker_may_not_find() {
    let closed = Entry {
        standing: 1,
        subject: Some("Rahasia Dapur"),
        ..decision(9, "777", "Sandi Gudang", "2024-01-01")
    };
    let mut archive = Archive::with(&samples());
    archive.writer.put(&closed).unwrap();
    archive.writer.commit(2, true).unwrap();
    for typed in ["777", "kep 77", "sandi", "gud", "rahasia", "dapur"] {
        assert_eq!(archive.ask(typed, OPEN), Suggestions::default(), "{typed}");
        assert_ne!(archive.ask(typed, 2), Suggestions::default(), "{typed}");
    }
    // Open for a while, it leaves its words in the dictionary when it is closed, but they are not told.
    for (standing, known) in [(0, true), (1, false)] {
        archive.writer.put(&Entry { standing, ..closed.clone() }).unwrap();
        archive.writer.commit(3, true).unwrap();
        for typed in ["777", "sandi", "dapur"] {
            assert_eq!(archive.ask(typed, OPEN) != Suggestions::default(), known, "{typed}");
        }
    }
    archive.writer.remove(9).unwrap();
    archive.writer.commit(4, true).unwrap();
    assert_eq!(archive.ask("dapur", u16::MAX), Suggestions::default());
}

#[test]
fn what_may_never_be_found_is_never_suggested() {
    let mut archive = Archive::new();
    let never = Entry { standing: 16, ..decision(1, "5", "Layang", "2024-01-01") };
    archive.writer.put(&never).unwrap();
    archive.writer.commit(1, true).unwrap();
    assert_eq!(archive.ask("layang", u16::MAX), Suggestions::default());
    assert_eq!(archive.ask("5", u16::MAX), Suggestions::default());
}
