//! The index from outside: what is put in is found, ranked, filtered and quoted.

#![expect(clippy::unwrap_used, reason = "in a test, to panic is to fail")]

use simars_search::{Answer, Entry, Index, Options, Request, Sort};
use tempfile::TempDir;

const OPEN: u16 = 1;

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
        for entry in entries {
            writer.put_new(entry).unwrap();
        }
        writer.commit(1, true).unwrap();
        writer.finish().unwrap();
        Self { index, _folder: folder }
    }

    fn ask(&self, q: &str) -> Answer {
        self.index.search(&Request::new(q, OPEN)).unwrap()
    }

    fn ordinals(&self, q: &str) -> Vec<u64> {
        self.ask(q).hits.iter().map(|hit| hit.ordinal).collect()
    }

    fn sorted(&self, q: &str) -> Vec<u64> {
        let mut ordinals = self.ordinals(q);
        ordinals.sort_unstable();
        ordinals
    }
}

/// Made-up acts of made-up offices.
fn samples() -> Vec<Entry<'static>> {
    let office = Some("Komisi Contoh Provinsi Nusa Tenggara Barat");
    vec![
        Entry {
            ordinal: 1,
            id: "satu",
            kind: Some("keputusan"),
            number: Some("12/HK.03.1-Kpt/52/2024"),
            year: Some(2024),
            title: "Penetapan Jadwal Lomba Layang-Layang",
            date: Some("2024-03-01"),
            issuer: office,
            sha256: "aa",
            pages: vec!["Menimbang bahwa lomba perlu diatur.", "Peserta membawa benang sendiri."],
            ..Entry::default()
        },
        Entry {
            ordinal: 2,
            id: "dua",
            kind: Some("keputusan"),
            number: Some("12"),
            year: Some(2023),
            title: "Susunan Panitia Kebun",
            date: Some("2023-05-20"),
            issuer: office,
            pages: vec!["Mengingat Undang-Undang Nomor 7 Tahun 2017 tentang contoh kebun."],
            ..Entry::default()
        },
        Entry {
            ordinal: 3,
            id: "tiga",
            kind: Some("undang-undang"),
            number: Some("7"),
            year: Some(2017),
            title: "Contoh Kebun",
            date: Some("2017-08-16"),
            issuer: Some("Lembaga Contoh"),
            pages: vec![
                "Pasal 1. Kebun adalah tempat tanaman.",
                "Pasal 2. Pagar kebun wajib dirawat.",
            ],
            ..Entry::default()
        },
        Entry {
            ordinal: 4,
            id: "empat",
            kind: Some("surat"),
            title: "Balasan atas 12/HK.03.1-Kpt/52/2024",
            date: Some("2024-04-02"),
            issuer: Some("Lembaga Contoh"),
            collection: Some("Surat Masuk"),
            pages: vec![
                "Menunjuk keputusan nomor 12/HK.03.1-Kpt/52/2024, \
                 12/HK.03.1-Kpt/52/2024 dan keputusan 12 tahun 2023: rapat pukul 10:30.",
            ],
            ..Entry::default()
        },
        Entry { ordinal: 5, id: "lima", title: "Tanpa halaman", ..Entry::default() },
    ]
}

#[test]
fn the_act_whose_number_it_is_comes_first() {
    let archive = Archive::with(&samples());
    assert_eq!(archive.ordinals("12/HK.03.1-Kpt/52/2024"), [1, 4]);
    assert_eq!(archive.ordinals("12 / hk.03.1-kpt / 52 / 2024")[0], 1);
    assert_eq!(archive.ordinals("keputusan 12 tahun 2023"), [2, 4]);
    assert_eq!(archive.ordinals("keputusan nomor 12 tahun 2024")[0], 1);
    // Without a year, every act with this number stands above those that cite one.
    let mut own = archive.ordinals("keputusan nomor 12");
    own.truncate(2);
    own.sort_unstable();
    assert_eq!(own, [1, 2]);
    let scores = archive.ask("keputusan nomor 12").hits;
    assert!(scores[1].score > 400.0, "{scores:?}");
    for query in ["UU 7/2017", "uu no. 7 tahun 2017", "Undang-Undang Nomor 7 Tahun 2017"] {
        assert_eq!(archive.ordinals(query), [3, 2], "{query}");
    }
}

#[test]
fn words_of_title_and_page_meet() {
    let archive = Archive::with(&samples());
    let answer = archive.ask("layang benang");
    assert_eq!((answer.total, answer.relaxed), (1, false));
    let hit = &answer.hits[0];
    assert_eq!((hit.id.as_str(), hit.sha256.as_str(), hit.year), ("satu", "aa", Some(2024)));
    assert_eq!(hit.pages.len(), 1);
    assert_eq!(hit.pages[0].page, 2);
    assert_eq!(hit.pages[0].snippet, "Peserta membawa <mark>benang</mark> sendiri.");
}

#[test]
fn operators_and_prefixes() {
    let archive = Archive::with(&samples());
    assert_eq!(archive.sorted("kebun"), [2, 3]);
    assert!(archive.sorted("kebun -pagar -panitia").is_empty());
    assert_eq!(archive.sorted("kebun -panitia"), [3]);
    // Unwanted words exclude the document, not only the page they stand on.
    assert_eq!(archive.sorted("kebun -\"pagar kebun\" -\"tidak ada\""), [2]);
    assert_eq!(archive.sorted("benang OR pagar"), [1, 3]);
    assert_eq!(archive.sorted("\"tempat tanaman\""), [3]);
    assert!(archive.ask("\"tanaman tempat\"").relaxed);
    assert_eq!(archive.sorted("nomor:12"), [1, 2]);
    assert_eq!(archive.sorted("nomor:12 tahun:2023 jenis:keputusan"), [2]);
    assert_eq!(archive.sorted("number:7 year:2017 kind:uu"), [3]);
    assert_eq!(archive.sorted("penerbit:\"contoh ntb\""), [1, 2]);
    assert_eq!(archive.sorted("judul:contoh"), [3]);
    assert_eq!(archive.sorted("-kebun"), [1, 4, 5]);
    assert_eq!(archive.sorted("10:30"), [4]);
    assert_eq!(archive.sorted("undang-undang kebun"), [2, 3]);
    assert_eq!(archive.sorted("uu kebun"), [2, 3]);
    assert_eq!(archive.sorted("merawat"), [3]);
    assert_eq!(archive.sorted("yang kebun untuk"), [2, 3]);
    assert_eq!(archive.sorted("kébun"), [2, 3]);
}

#[test]
fn if_no_document_has_all_words_some_do() {
    let archive = Archive::with(&samples());
    let answer = archive.ask("benang zzyzx");
    assert!(answer.relaxed);
    assert_eq!(answer.hits[0].ordinal, 1);
    let nothing = archive.ask("zzyzx qqq");
    assert_eq!((nothing.total, nothing.relaxed), (0, false));
    assert_eq!(archive.ask("benang zzyzx jenis:uu").total, 0);
}

#[test]
fn nothing_typed_browses_newest_first() {
    let archive = Archive::with(&samples());
    let answer = archive.ask(" ");
    assert_eq!(answer.total, 5);
    assert_eq!(archive.ordinals(""), [4, 1, 2, 3, 5]);
    assert_eq!(answer.hits[4].pages, []);
    assert!(answer.hits[0].pages[0].snippet.starts_with("Menunjuk keputusan"));
    assert_eq!(answer.facets.year, [(2024, 1), (2023, 1), (2017, 1)]);
    assert_eq!(answer.facets.kind[0], ("keputusan".to_owned(), 2));
    assert_eq!(answer.facets.issuer.len(), 2);
}

#[test]
fn filters_and_orders() {
    let archive = Archive::with(&samples());
    let base = Request::new("", OPEN);
    let ask = |request: &Request| -> Vec<u64> {
        archive.index.search(request).unwrap().hits.iter().map(|hit| hit.ordinal).collect()
    };
    assert_eq!(ask(&Request { kind: Some("keputusan".into()), ..base.clone() }), [1, 2]);
    assert!(ask(&Request { kind: Some("nihil".into()), ..base.clone() }).is_empty());
    assert_eq!(ask(&Request { year: Some(2017), ..base.clone() }), [3]);
    assert_eq!(ask(&Request { collection: Some("Surat Masuk".into()), ..base.clone() }), [4]);
    assert_eq!(ask(&Request { issuer: Some("Lembaga Contoh".into()), ..base.clone() }), [4, 3]);
    let (from, to) = (Some("2023-05-20".into()), Some("2024-03-01".into()));
    assert_eq!(ask(&Request { from, to, ..base.clone() }), [1, 2]);
    assert_eq!(ask(&Request { to: Some("2017-08-16".into()), ..base.clone() }), [3]);
    let only_year = Archive::with(&[
        Entry { ordinal: 1, id: "a", year: Some(2024), ..Entry::default() },
        Entry { ordinal: 2, id: "b", ..Entry::default() },
    ]);
    for (from, to, total) in [
        (Some("2024-05-01"), None, 1),
        (None, Some("2024-01-01"), 1),
        (Some("2025-01-01"), None, 0),
        (None, Some("2023-12-31"), 0),
    ] {
        let (from, to) = (from.map(str::to_owned), to.map(str::to_owned));
        let request = Request { from: from.clone(), to: to.clone(), ..base.clone() };
        let answer = only_year.index.search(&request).unwrap();
        assert_eq!(answer.total, total, "{from:?} {to:?}");
    }
    assert_eq!(ask(&Request { sort: Sort::DateAscending, ..base.clone() }), [3, 2, 1, 4, 5]);
    assert_eq!(ask(&Request { sort: Sort::Title, ..base.clone() }), [4, 3, 1, 2, 5]);
    assert_eq!(ask(&Request { sort: Sort::Number, ..base.clone() }), [3, 2, 1, 4, 5]);
    assert_eq!(ask(&Request { page: 2, per_page: 2, ..base.clone() }), [2, 3]);
    assert!(ask(&Request { page: usize::MAX, per_page: 500, ..base.clone() }).is_empty());
    assert_eq!(ask(&Request { page: 0, per_page: 0, ..base.clone() }), [4]);
    let error = archive.index.search(&Request { from: Some("kemarin".into()), ..base });
    assert!(error.unwrap_err().to_string().contains("2024-05-20"));
}

#[test]
fn strings_that_people_type_are_answered() {
    let archive = Archive::with(&samples());
    let long = "benang \"kebun -(tahun:".repeat(450);
    let odd = [
        "\"",
        "\"\"",
        "-",
        "--",
        "a OR",
        "OR a",
        ":",
        "tahun:",
        "nomor:\"",
        "()[]{}^~*?\\",
        "🗳️",
        &long,
    ];
    for query in odd {
        archive.ask(query);
    }
    assert_eq!(archive.ask("🗳️").total, 0);
}

#[test]
fn a_find_in_an_act_says_in_which_article() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path(), Options::default()).unwrap();
    let mut writer = index.writer().unwrap();
    let pages = vec![
        "BAB I\nPasal 1\nKetentuan umum.\nPasal 2\n(1) Awal arsip.\n",
        "lanjutan penyimpanan boks.\n(2) Penyusutan berkala.\nPasal 3\nPenutup mangga.\n",
    ];
    let kind = Some("peraturan-bupati");
    let act = Entry {
        ordinal: 1,
        id: "a",
        standing: 1,
        kind,
        title: "Contoh",
        pages: pages.clone(),
        ..Entry::default()
    };
    writer.put(&act).unwrap();
    let report = Entry { ordinal: 2, id: "b", kind: Some("laporan"), ..act };
    writer.put(&report).unwrap();
    writer.commit(1, true).unwrap();
    let anchors = |q: &str| -> Vec<Option<String>> {
        let answer = index.search(&Request::new(q, 0b10)).unwrap();
        let mut hits = answer.hits;
        hits.sort_by_key(|hit| hit.ordinal);
        let label = |hit: simars_search::Hit| {
            hit.pages[0].anchor.as_ref().map(|anchor| anchor.label.clone())
        };
        hits.into_iter().map(label).collect()
    };
    for (q, label) in [
        ("umum", "Pasal 1"),
        ("boks", "Pasal 2 ayat (1)"),
        ("berkala", "Pasal 2 ayat (2)"),
        ("mangga", "Pasal 3"),
    ] {
        assert_eq!(anchors(q), [Some(label.to_owned()), None], "{q}");
    }
}

#[test]
fn acts_are_filtered_and_counted_by_how_they_stand_on_a_day() {
    use simars_record::ForceState;
    use simars_search::InForce;
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path(), Options::default()).unwrap();
    let mut writer = index.writer().unwrap();
    let day = |text: &str| text.parse().ok();
    let act = |ordinal, force| Entry {
        ordinal,
        id: "a",
        standing: 1,
        title: "Contoh",
        pages: vec!["mangga"],
        force,
        ..Entry::default()
    };
    let from = day("2020-01-10");
    let whole = InForce { from, ..InForce::default() };
    for (ordinal, force) in [
        (1, Some(whole)),
        (2, Some(InForce { changed: day("2021-01-01"), ..whole })),
        (3, Some(InForce { until: day("2022-06-01"), changed: day("2021-01-01"), ..whole })),
        (4, None),
        (5, Some(InForce::default())),
    ] {
        writer.put(&act(ordinal, force)).unwrap();
    }
    writer.commit(1, true).unwrap();
    let ask = |on: &str, force: &[ForceState]| {
        let mut request = Request::new("mangga", 0b10);
        request.force_on = Some(on.to_owned());
        request.force = force.to_vec();
        let answer = index.search(&request).unwrap();
        let mut found: Vec<u64> = answer.hits.iter().map(|hit| hit.ordinal).collect();
        found.sort_unstable();
        (found, answer.facets.force)
    };
    let all = (ForceState::InForce, ForceState::Amended);
    assert_eq!(ask("2022-05-31", &[all.0, all.1]).0, [1, 2, 3, 5]);
    assert_eq!(ask("2022-06-01", &[all.0, all.1]).0, [1, 2, 5]);
    assert_eq!(ask("2020-01-09", &[all.0, all.1]).0, [5]);
    assert_eq!(ask("2022-06-01", &[ForceState::Revoked]).0, [3]);
    let (found, counted) = ask("2022-06-01", &[]);
    assert_eq!(found, [1, 2, 3, 4, 5]);
    assert_eq!(
        counted,
        [(ForceState::InForce, 2), (ForceState::Amended, 1), (ForceState::Revoked, 1)]
    );
    let plain = index.search(&Request::new("mangga", 0b10)).unwrap();
    assert!(plain.facets.force.is_empty());
}
