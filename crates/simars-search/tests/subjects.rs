//! Subjects and collections: counted, and searched by.

use simars_search::{Entry, Index, Options, Request};

fn counts(counts: &[(&str, u64)]) -> Vec<(String, u64)> {
    counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[test]
fn what_documents_are_about_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { threads: 1, heap_bytes: 15_000_000, ..Options::default() };
    let index = Index::open(folder.path(), options).unwrap();
    let mut writer = index.writer().unwrap();
    let about = |ordinal, standing, subject, collection| Entry {
        ordinal,
        id: "a",
        standing,
        subject,
        collection,
        pages: vec!["kebun", "kebun lagi"],
        ..Entry::default()
    };
    let entries = [
        about(1, 0, Some("Arsip; Logistik"), Some("Depo")),
        about(2, 0, None, None),
        about(3, 0, Some("Logistik;; "), None),
        about(4, 1, Some("Sandi; Logistik"), Some("Gudang")),
    ];
    // One segment has subjects, another has none.
    for entry in entries.iter().chain([&about(5, 0, None, None)]) {
        writer.put(entry).unwrap();
        writer.commit(entry.ordinal, true).unwrap();
    }
    let ask = |subject: Option<&str>, collection: Option<&str>| {
        let (subject, collection) = (subject.map(str::to_owned), collection.map(str::to_owned));
        index.search(&Request { subject, collection, ..Request::new("kebun", 1) }).unwrap()
    };
    let all = ask(None, None);
    assert_eq!(all.total, 4);
    assert_eq!(all.facets.subject, counts(&[("Logistik", 2), ("Arsip", 1)]));
    assert_eq!(all.facets.collection, counts(&[("Depo", 1)]));
    let some = ask(Some("Logistik"), None);
    assert_eq!((some.total, some.facets.collection), (2, counts(&[("Depo", 1)])));
    assert_eq!(ask(Some("Logistik"), Some("Depo")).total, 1);
    // Closed ones, and those nobody has.
    for subject in ["Sandi", "sandi", "", "Arsip; Logistik"] {
        assert_eq!(ask(Some(subject), None).total, 0, "{subject}");
    }
}
