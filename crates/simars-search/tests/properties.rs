//! Whatever is put in and asked: the answer equals a plain count, and nothing out of scope shows.

#![expect(clippy::unwrap_used, reason = "in a test, to panic is to fail")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use simars_search::{Entry, Index, Options, Request, Sort};

const WORDS: [&str; 5] = ["alfa", "bravo", "gamma", "delta", "rotan"];
const KINDS: [Option<&str>; 3] = [None, Some("keputusan"), Some("surat")];

/// A made-up document: standing, kind, year, date and the words of its pages.
#[derive(Debug, Clone)]
struct Made {
    standing: u8,
    kind: usize,
    year: u16,
    pages: Vec<Vec<usize>>,
}

impl Made {
    fn texts(&self) -> Vec<String> {
        let page = |page: &Vec<usize>| -> String {
            page.iter().map(|word| WORDS[*word]).collect::<Vec<_>>().join(" ")
        };
        self.pages.iter().map(page).collect()
    }

    fn has(&self, word: usize) -> bool {
        self.pages.iter().any(|page| page.contains(&word))
    }
}

fn made() -> impl Strategy<Value = Made> {
    let page = prop::collection::vec(0..WORDS.len(), 0..4);
    (0..4_u8, 0..KINDS.len(), 2020..2023_u16, prop::collection::vec(page, 0..5))
        .prop_map(|(standing, kind, year, pages)| Made { standing, kind, year, pages })
}

/// Puts the documents in, in commits of three; every fourth one twice, so that it is replaced.
fn index(documents: &[Made], folder: &std::path::Path) -> Index {
    let options = Options { threads: 2, heap_bytes: 30_000_000, ..Options::default() };
    let index = Index::open(folder, options).unwrap();
    let mut writer = index.writer().unwrap();
    for (ordinal, made) in documents.iter().enumerate() {
        let texts = made.texts();
        let entry = Entry {
            ordinal: ordinal as u64,
            id: "contoh",
            standing: made.standing,
            kind: KINDS[made.kind],
            year: Some(made.year),
            pages: texts.iter().map(String::as_str).collect(),
            ..Entry::default()
        };
        writer.put_new(&entry).unwrap();
        if ordinal % 3 == 2 {
            writer.commit(ordinal as u64, false).unwrap();
        }
        if ordinal % 4 == 3 {
            writer.put(&entry).unwrap();
        }
    }
    writer.commit(documents.len() as u64, true).unwrap();
    writer.finish().unwrap();
    index
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn grouping_equals_a_plain_count(
        documents in prop::collection::vec(made(), 0..14),
        word in 0..WORDS.len(),
        scope in 0..16_u16,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let index = index(&documents, folder.path());
        let request = Request { per_page: 100, ..Request::new(WORDS[word], scope) };
        let answer = index.search(&request).unwrap();

        let visible = |made: &Made| scope & (1 << made.standing) != 0;
        let expected: BTreeMap<u64, &Made> = documents
            .iter()
            .enumerate()
            .filter(|(_, made)| visible(made) && made.has(word))
            .map(|(ordinal, made)| (ordinal as u64, made))
            .collect();
        let found: BTreeSet<u64> = answer.hits.iter().map(|hit| hit.ordinal).collect();
        prop_assert_eq!(&found, &expected.keys().copied().collect::<BTreeSet<_>>());
        prop_assert_eq!((answer.total, answer.hits.len()), (expected.len() as u64, expected.len()));

        let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
        let mut years: BTreeMap<u16, u64> = BTreeMap::new();
        for made in expected.values() {
            *years.entry(made.year).or_default() += 1;
            if let Some(kind) = KINDS[made.kind] {
                *kinds.entry(kind.to_owned()).or_default() += 1;
            }
        }
        prop_assert_eq!(answer.facets.kind.into_iter().collect::<BTreeMap<_, _>>(), kinds);
        prop_assert_eq!(answer.facets.year.into_iter().collect::<BTreeMap<_, _>>(), years);

        let mut last = f32::INFINITY;
        for hit in &answer.hits {
            prop_assert!(hit.score <= last, "best first");
            last = hit.score;
            let made = expected[&hit.ordinal];
            let with: Vec<u32> = (1_u32..)
                .zip(&made.pages)
                .filter(|(_, page)| page.contains(&word))
                .map(|(number, _)| number)
                .collect();
            let shown: Vec<u32> = hit.pages.iter().map(|page| page.page).collect();
            prop_assert!(shown.is_sorted() && shown.iter().all(|page| with.contains(page)));
            prop_assert_eq!(shown.len(), with.len().min(3));
            let mark = format!("<mark>{}</mark>", WORDS[word]);
            prop_assert!(hit.pages.iter().all(|page| page.snippet.contains(&mark)));
        }
    }

    #[test]
    fn pages_of_hits_make_up_the_whole(
        documents in prop::collection::vec(made(), 0..14),
        per_page in 1..5_usize,
        order in 0..5_usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let index = index(&documents, folder.path());
        let orders =
            [Sort::Relevance, Sort::DateDescending, Sort::DateAscending, Sort::Title, Sort::Number];
        let base = Request { sort: orders[order], ..Request::new("", 0b1111) };
        let all = index.search(&Request { per_page: 100, ..base.clone() }).unwrap();
        prop_assert_eq!(all.hits.len(), documents.len());
        let mut pieces = Vec::new();
        for page in 1..=documents.len() / per_page + 1 {
            let answer = index.search(&Request { page, per_page, ..base.clone() }).unwrap();
            prop_assert_eq!(answer.total, all.total);
            pieces.extend(answer.hits);
        }
        prop_assert_eq!(pieces, all.hits);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_string_is_answered_within_scope(
        queries in prop::collection::vec("(\\PC|[\"\\- :/]|OR |tahun:|nomor:|rahasia|terbuka|-){0,30}", 20),
    ) {
        // One index for all cases would be quicker, but a case must stand alone to be repeated.
        let folder = tempfile::tempdir().unwrap();
        let options = Options { threads: 1, heap_bytes: 15_000_000, ..Options::default() };
        let index = Index::open(folder.path(), options).unwrap();
        let mut writer = index.writer().unwrap();
        let texts = ["naskah terbuka 7/2017 <b>", "naskah rahasia & terbuka"];
        for (standing, text) in (0_u8..).zip(texts) {
            let (ordinal, pages) = (u64::from(standing), vec![text]);
            let entry = Entry { ordinal, standing, kind: Some("surat"), pages, ..Entry::default() };
            writer.put_new(&entry).unwrap();
        }
        writer.commit(1, true).unwrap();
        for query in queries {
            let answer = index.search(&Request::new(query, 0b01)).unwrap();
            prop_assert!(answer.total <= 1);
            prop_assert!(answer.hits.iter().all(|hit| hit.ordinal == 0));
            prop_assert!(answer.facets.kind.iter().all(|(_, count)| *count == 1));
            for page in answer.hits.iter().flat_map(|hit| &hit.pages) {
                let bare = page.snippet.replace("<mark>", "").replace("</mark>", "");
                prop_assert!(!bare.contains(['<', '>']) && !bare.contains("rahasia"));
            }
        }
    }
}
