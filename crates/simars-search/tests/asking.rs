//! What people type need not be what the document says: questions, slips, old spellings, too many
//! words.

#![expect(clippy::unwrap_used, reason = "in a test, to panic is to fail")]

use simars_search::{Answer, Entry, Index, Options, Request};
use tempfile::TempDir;

struct Archive {
    index: Index,
    _folder: TempDir,
}

impl Archive {
    /// Documents of one page each, all of the kind `keputusan`: number, title, text.
    fn with(documents: &[(&str, &str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { threads: 1, heap_bytes: 15_000_000, ..Options::default() };
        let index = Index::open(folder.path(), options).unwrap();
        let mut writer = index.writer().unwrap();
        for (ordinal, (number, title, text)) in (1..).zip(documents) {
            let entry = Entry {
                ordinal,
                kind: Some("keputusan"),
                number: Some(number),
                year: Some(2024),
                title,
                pages: vec![text],
                ..Entry::default()
            };
            writer.put_new(&entry).unwrap();
        }
        writer.commit(1, true).unwrap();
        writer.finish().unwrap();
        Self { index, _folder: folder }
    }

    fn ask(&self, q: &str) -> Answer {
        self.index.search(&Request::new(q, 1)).unwrap()
    }

    fn found(&self, q: &str) -> Vec<u64> {
        self.ask(q).hits.iter().map(|hit| hit.ordinal).collect()
    }
}

fn archive() -> Archive {
    Archive::with(&[
        ("41", "Lomba Perahu", "Perahu dayung berangkat dari dermaga timur pada bulan Mei."),
        ("42", "Taman Bacaan", "Taman bacaan adalah ruang tempat warga membaca bersama."),
        (
            "43",
            "Pasar Malam",
            "Pedagang menempati taman kota, lihat keputusan nomor 42 tentang taman.",
        ),
        ("44", "Soerat Lama", "Tjatatan perdjalanan dari tahun lampau, disimpan di metromini."),
    ])
}

#[test]
fn a_question_is_answered_without_its_form() {
    let archive = archive();
    let answer = archive.ask("Apa yang dimaksud dengan taman bacaan?");
    assert_eq!((answer.hits[0].ordinal, answer.relaxed), (2, false));
    // Nobody says when; the page about it is found all the same.
    assert_eq!(archive.found("kapankah perahu dayung tenggelam")[0], 1);
    // Without a question, the same word is looked for.
    assert!(archive.found("dimaksud").is_empty());
}

#[test]
fn a_common_word_brings_in_nothing_beside_a_rare_one() {
    let documents: Vec<(String, String)> =
        (0..40).map(|at| (format!("{at}"), format!("Warga nomor {at} hadir"))).collect();
    let mut all: Vec<(&str, &str, &str)> =
        documents.iter().map(|(number, text)| (number.as_str(), "Daftar", text.as_str())).collect();
    all.push(("90", "Dermaga", "Dermaga timur."));
    let archive = Archive::with(&all);
    assert_eq!(archive.ask("warga dermaga").total, 1);
    // Where enough documents have all the words, only these are found.
    assert_eq!(archive.ask("daftar warga").total, 40);
}

#[test]
fn slips_and_spellings_are_forgiven() {
    let archive = archive();
    for (typed, document) in [
        ("dremaga", 1),
        ("pedagangg pasar", 3),
        ("surat catatan perjalanan", 4),
        ("tjatatan", 4),
        ("metro mini", 4),
        ("berangk", 1),
    ] {
        assert_eq!(archive.found(typed)[0], document, "{typed}");
    }
    let marked = &archive.ask("dremaga").hits[0].pages[0].snippet;
    assert!(marked.contains("<mark>dermaga</mark>"), "{marked}");
    let marked = &archive.ask("perjalanan").hits[0].pages[0].snippet;
    assert!(marked.contains("<mark>perdjalanan</mark>"), "{marked}");
    assert!(archive.found("\"dremaga timur\" jenis:surat").is_empty());
}

#[test]
fn a_bare_number_after_a_kind_is_a_number() {
    let archive = archive();
    for typed in ["keputusan 42", "sk 42", "keputusan 42 2024", "keputusan kpu 42"] {
        let hits = archive.ask(typed).hits;
        assert!(hits[0].ordinal == 2 && hits[0].score > 400.0, "{typed}: {hits:?}");
    }
}

/// What was meant, and whether it was searched for.
fn meant(archive: &Archive, q: &str) -> Option<(String, bool)> {
    let correction = archive.ask(q).correction?;
    Some((correction.query, correction.applied))
}

#[test]
fn what_was_meant_is_said() {
    let archive = archive();
    for (typed, query) in [
        ("dremaga", "dermaga"),
        ("Pedagangg \"pasar malam\"", "pedagang \"pasar malam\""),
        ("tamann DREMAGA!", "taman dermaga!"),
    ] {
        assert_eq!(meant(&archive, typed), Some((query.to_owned(), true)), "{typed}");
    }
    for right in
        ["dermaga timur", "tjatatan", "catatan", "metro mini", "xyzzyx", "", "keputusan 42"]
    {
        assert_eq!(meant(&archive, right), None, "{right}");
    }
    // Literally there is nothing, but what was meant is worth a try.
    let literal = Request { exact: true, ..Request::new("dremaga", 1) };
    let answer = archive.index.search(&literal).unwrap();
    let correction = answer.correction.unwrap();
    assert_eq!((answer.total, correction.query.as_str()), (0, "dermaga"));
    assert!(!correction.applied);
    let literal = Request { exact: true, ..Request::new("dermaga selatan", 1) };
    assert_eq!(archive.index.search(&literal).unwrap().total, 0, "no word may be missing");
}

#[test]
fn a_word_that_is_seldom_is_only_doubted() {
    let documents: Vec<(String, String)> =
        (0..40).map(|at| (format!("{at}"), format!("Warga nomor {at} hadir"))).collect();
    let mut all: Vec<(&str, &str, &str)> =
        documents.iter().map(|(number, text)| (number.as_str(), "Daftar", text.as_str())).collect();
    all.push(("90", "Daftar", "Wraga hadir."));
    let archive = Archive::with(&all);
    assert_eq!(meant(&archive, "wraga hadir"), Some(("warga hadir".to_owned(), false)));
    // By itself it is what was typed.
    assert_eq!(meant(&archive, "wraga"), None);
}

#[test]
fn words_of_closed_documents_are_no_words() {
    let entry = |ordinal, standing, text: &'static str| Entry {
        ordinal,
        standing,
        pages: vec![text],
        ..Entry::default()
    };
    // The closed page has the nearer word, more often, and a word that nobody else has.
    let closed = "dermagah dermagah sandiwara sandiwara rahasia";
    let mut entries = vec![entry(1, 0, "dermaga timur"), entry(2, 0, "taman kota")];
    let answers = |entries: &[Entry<'_>]| {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { threads: 1, heap_bytes: 15_000_000, ..Options::default() };
        let index = Index::open(folder.path(), options).unwrap();
        let mut writer = index.writer().unwrap();
        for entry in entries {
            writer.put_new(entry).unwrap();
            writer.commit(entry.ordinal, true).unwrap();
        }
        let queries = [
            "dermagag",
            "dermagah",
            "sandiwara",
            "sandiwra",
            "taman sandiwara",
            "kota sandi wara",
            "rahasia timur",
        ];
        queries.map(|query| {
            let answer = index.search(&Request::new(query, 1)).unwrap();
            let hits: Vec<u64> = answer.hits.iter().map(|hit| hit.ordinal).collect();
            (query, answer.correction, answer.total, hits, answer.relaxed)
        })
    };
    let without = answers(&entries);
    assert_eq!(without[0].1.as_ref().unwrap().query, "dermaga");
    for ordinal in 3..30 {
        entries.push(entry(ordinal, 1, closed));
    }
    // Word for word as if the closed pages were not there.
    assert_eq!(answers(&entries), without);
}
