//! Inside a document, and beside it.

#![expect(clippy::unwrap_used, reason = "in a test, to panic is to fail")]

use simars_search::{Entry, Index, Inside, Options, Similar, Within};
use tempfile::TempDir;

struct Archive {
    index: Index,
    _folder: TempDir,
}

impl Archive {
    fn with(entries: &[Entry<'_>]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { threads: 1, heap_bytes: 15_000_000, ..Options::default() };
        let index = Index::open(folder.path(), options).unwrap();
        let mut writer = index.writer().unwrap();
        for half in entries.chunks(entries.len().div_ceil(2)) {
            half.iter().for_each(|entry| writer.put(entry).unwrap());
            writer.commit(1, true).unwrap();
        }
        Self { index, _folder: folder }
    }

    fn within(&self, ordinal: u64, q: &str) -> Within {
        let inside = Inside { ordinal, q, exact: false, scope: 1.into(), skip: 0, limit: 10 };
        self.index.within(&inside).unwrap()
    }

    fn similar(&self, ordinal: u64, scope: u16) -> Vec<Similar> {
        self.index.similar(ordinal, scope, 5).unwrap()
    }
}

fn pages(within: &Within) -> Vec<u32> {
    within.pages.iter().map(|page| page.page).collect()
}

#[test]
fn the_pages_on_which_it_stands_are_found_and_no_others() {
    let book = Entry {
        ordinal: 2,
        title: "Buku Perahu",
        kind: Some("peraturan-kpu"),
        pages: vec![
            "Perahu dayung",
            "Dermaga timur",
            "Perahu di dermaga",
            "",
            "Pasal 7\nDayung perahu.",
        ],
        ..Entry::default()
    };
    let other = Entry { ordinal: 1, pages: vec!["perahu"], ..Entry::default() };
    let closed = Entry { ordinal: 3, standing: 1, pages: vec!["perahu"], ..Entry::default() };
    let archive = Archive::with(&[other, book.clone(), closed]);
    // The title says it on every page; what counts is what the page says.
    let found = archive.within(2, "perahu");
    assert_eq!((pages(&found), found.total, found.relaxed), (vec![1, 3, 5], 3, false));
    assert!(found.pages[0].snippet.starts_with("<mark>Perahu</mark>"));
    assert_eq!(found.pages[2].anchor.as_ref().unwrap().label, "Pasal 7");
    // The title has the one word, the page the other.
    assert_eq!(pages(&archive.within(2, "perahu dermaga")), [2, 3]);
    assert_eq!(pages(&archive.within(2, "\"perahu di dermaga\"")), [3]);
    let relaxed = archive.within(2, "dermaga pelangi");
    assert_eq!((pages(&relaxed), relaxed.relaxed), (vec![2, 3], true));
    let corrected = archive.within(2, "dremaga");
    assert_eq!(
        (pages(&corrected), corrected.correction.unwrap().query),
        (vec![2, 3], "dermaga".into())
    );
    for nothing in ["", " ", "pelangi", "🗳"] {
        assert_eq!(archive.within(2, nothing).total, 0, "{nothing}");
    }
    for (ordinal, scope) in [(3, 1), (9, 1), (2, 2), (2, 0)] {
        let inside =
            Inside { ordinal, q: "perahu", exact: false, scope: scope.into(), skip: 0, limit: 10 };
        assert_eq!(archive.index.within(&inside).unwrap(), Within::default());
    }
    let inside =
        Inside { ordinal: 2, q: "perahu", exact: false, scope: 1.into(), skip: 1, limit: 1 };
    let some = archive.index.within(&inside).unwrap();
    assert_eq!((pages(&some), some.total), (vec![3], 3));
}

const COMMON: &str = "Menimbang bahwa keputusan ini perlu ditetapkan oleh komisi.";

fn entries() -> Vec<(u64, u8, &'static str, String)> {
    let text = |about: &str| format!("{COMMON} {about} {about} {COMMON}");
    let mut all = vec![
        (1, 0, "Lomba Perahu Dayung", text("perahu dayung dermaga berlabuh")),
        (2, 0, "Perahu Layar", text("perahu layar dermaga berlabuh")),
        (3, 0, "Taman Bacaan", text("taman bacaan perpustakaan warga")),
        (4, 1, "Perahu Rahasia", text("perahu dayung dermaga berlabuh sandi")),
        (5, 0, "Lomba Perahu Dayung", text("perahu dayung dermaga berlabuh")),
    ];
    all.extend((10..40).map(|ordinal| (ordinal, 0, "Daftar", text("warga hadir rapat"))));
    all
}

fn archive() -> Archive {
    let entries = entries();
    let entry =
        |(ordinal, standing, title, text): &'static (u64, u8, &'static str, String)| Entry {
            ordinal: *ordinal,
            standing: *standing,
            title,
            pages: vec![text],
            ..Entry::default()
        };
    let entries: &'static [_] = Box::leak(entries.into_boxed_slice());
    Archive::with(&entries.iter().map(entry).collect::<Vec<_>>())
}

#[test]
fn what_is_about_the_same_is_found_within_scope() {
    let archive = archive();
    let told = |similar: &[Similar]| -> Vec<(u64, bool)> {
        similar.iter().map(|similar| (similar.hit.ordinal, similar.same_text)).collect()
    };
    let open = archive.similar(1, 1);
    assert_eq!(told(&open), [(5, true), (2, false)]);
    assert!(open.iter().all(|similar| (0.0..=1.0).contains(&similar.hit.score)));
    let all = told(&archive.similar(1, 3));
    assert_eq!(all.len(), 3);
    assert!(all.iter().any(|(ordinal, _)| *ordinal == 4));
    // Nothing is like it, or it is not there, or not for this asker.
    assert_eq!(archive.similar(3, 1), []);
    assert_eq!(archive.similar(99, 1), []);
    assert_eq!(archive.similar(4, 1), []);
    assert_eq!(archive.index.similar(1, 1, 0).unwrap(), []);
}

#[test]
fn an_index_of_deleted_documents_is_survived() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { threads: 1, heap_bytes: 15_000_000, ..Options::default() };
    let index = Index::open(folder.path(), options).unwrap();
    let mut writer = index.writer().unwrap();
    // More pages are deleted than live, and a word is on more deleted ones than there are documents.
    for round in 0..6 {
        for ordinal in 1..20 {
            let text = "perahu dayung dermaga ".repeat(ordinal as usize % 3 + 1);
            writer
                .put(&Entry { ordinal, title: "Perahu", pages: vec![&text], ..Entry::default() })
                .unwrap();
        }
        writer.commit(round + 1, true).unwrap();
    }
    for ordinal in 3..20 {
        writer.remove(ordinal).unwrap();
    }
    writer.commit(9, true).unwrap();
    let found = index.similar(1, 1, 5).unwrap();
    assert_eq!(found.iter().map(|similar| similar.hit.ordinal).collect::<Vec<_>>(), [2]);
}
