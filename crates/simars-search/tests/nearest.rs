//! The nearest document: found through what was altered, and only among what the asker may find.

#![expect(clippy::unwrap_used, reason = "in a test, to panic is to fail")]

use simars_search::{Entry, Index, Options, Sketch};
use tempfile::TempDir;

const OPEN: u8 = 4;
const CLOSED: u8 = 5;
const PUBLIC: u16 = 1 << OPEN;
const EVERYTHING: u16 = 0xfff;

struct Archive {
    index: Index,
    _folder: TempDir,
}

impl Archive {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { threads: 1, heap_bytes: 15_000_000, ..Options::default() };
        Self { index: Index::open(folder.path(), options).unwrap(), _folder: folder }
    }

    fn put(&self, ordinal: u64, standing: u8, text: &str) {
        let id = format!("dokumen-{ordinal}");
        let pages = text.split('\u{c}').collect();
        let mut writer = self.index.writer().unwrap();
        writer.put(&Entry { ordinal, standing, id: &id, pages, ..Entry::default() }).unwrap();
        writer.commit(ordinal, true).unwrap();
        writer.finish().unwrap();
    }

    fn near(&self, text: &str, scope: u16) -> Vec<(u64, f32)> {
        let near = self.index.nearest(&Sketch::of(text.split('\u{c}')), scope, 3).unwrap();
        for one in &near {
            assert_eq!(one.id, format!("dokumen-{}", one.ordinal));
        }
        near.into_iter().map(|one| (one.ordinal, one.share)).collect()
    }
}

/// A made-up list of two pages: the same words for every place, other numbers.
fn list(place: &str, seed: usize) -> String {
    let rows = |from: usize| -> String {
        (from..from + 40)
            .map(|n| {
                format!(
                    "Partai Buah {n} memperoleh {}.{:03} suara sah\n",
                    n % 7 + 1,
                    n * seed % 1_000
                )
            })
            .collect()
    };
    format!("DAFTAR SUARA {place}\n{}\u{c}{}", rows(0), rows(40))
}

#[test]
fn an_altered_copy_finds_its_original() {
    let archive = Archive::new();
    for (ordinal, place) in (1..).zip(["Utara", "Selatan", "Timur", "Barat"]) {
        archive.put(ordinal, OPEN, &list(place, 100 + ordinal as usize));
    }
    let original = list("Timur", 103);
    let altered = original.replacen("060 suara", "860 suara", 1).replace('\u{c}', "\n");
    let found = archive.near(&altered, PUBLIC);
    assert_eq!(found[0].0, 3);
    assert!(found[0].1 > 0.85, "{found:?}");
    assert!(found.iter().skip(1).all(|(_, share)| *share < 0.5), "{found:?}");
    assert_eq!(archive.near(&original, PUBLIC)[0], (3, 1.0));
    assert_eq!(
        archive.near("Panduan merawat taman kota yang asri dan hijau sepanjang tahun.", PUBLIC),
        []
    );
    assert_eq!(archive.near("dua kata", PUBLIC), []);
    assert_eq!(archive.near("", PUBLIC), []);
}

#[test]
fn what_is_not_open_is_not_near() {
    let archive = Archive::new();
    let text = list("Utara", 77);
    archive.put(1, CLOSED, &text);
    archive.put(2, OPEN, &list("Selatan", 78));
    assert!(archive.near(&text, PUBLIC).iter().all(|(ordinal, _)| *ordinal == 2));
    assert_eq!(archive.near(&text, EVERYTHING)[0].0, 1);
    assert_eq!(archive.near(&text, 0), []);
    // An answer is the same whether the closed document is there or not.
    let without = Archive::new();
    without.put(2, OPEN, &list("Selatan", 78));
    assert_eq!(archive.near(&text, PUBLIC), without.near(&text, PUBLIC));
}

#[test]
fn the_newest_standing_and_text_count() {
    let archive = Archive::new();
    let (text, other) = (list("Utara", 77), list("Kota", 501));
    archive.put(1, OPEN, &text);
    assert_eq!(archive.near(&text, PUBLIC)[0].0, 1);
    archive.put(1, CLOSED, &text);
    assert_eq!(archive.near(&text, PUBLIC), []);
    archive.put(1, OPEN, &other);
    assert_eq!(archive.near(&other, PUBLIC), [(1, 1.0)]);
    assert!(archive.near(&text, PUBLIC).iter().all(|(_, share)| *share < 0.5));
    let mut writer = archive.index.writer().unwrap();
    writer.remove(1).unwrap();
    writer.commit(9, true).unwrap();
    drop(writer);
    assert_eq!(archive.near(&other, EVERYTHING), []);
}

#[test]
fn no_more_are_named_than_were_asked_for() {
    let archive = Archive::new();
    for ordinal in 1..6 {
        archive.put(ordinal, OPEN, &list("Utara", 77));
    }
    // What is equally near: the latest registered first.
    let found: Vec<u64> =
        archive.near(&list("Utara", 77), PUBLIC).iter().map(|one| one.0).collect();
    assert_eq!(found, [5, 4, 3]);
}
