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
