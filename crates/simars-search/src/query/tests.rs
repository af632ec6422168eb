//! What is typed is understood, whatever it is.

use std::sync::Arc;

use proptest::prelude::*;

use super::build::Plan;
use super::need::{Choice, Need, understand};
use super::parse::parse;
use crate::analyze::Language;
use crate::index::View;
use crate::schema::{Fields, Prefix, Rules};
use crate::vocabulary::Vocabulary;

fn language() -> Language {
    Language::new(Arc::new(Rules::load().unwrap()))
}

/// What sees an index without any document.
fn empty(language: &Language) -> View {
    let index = tantivy::Index::create_in_ram(language.rules.schema.clone());
    View::open(index.reader().unwrap().searcher(), None).unwrap()
}

fn understood(query: &str) -> Vec<Choice> {
    let language = language();
    understand(query, &parse(query, &language.rules.prefixes), &language)
}

fn needs(query: &str) -> Vec<Need> {
    understood(query).into_iter().flat_map(|choice| choice.any).collect()
}

/// An atom as a test writes it: prefix, quoted, text.
type Cut = (Option<Prefix>, bool, String);

fn exact(need: &Need) -> Vec<&str> {
    match need {
        Need::Word(word) => vec![&word.exact],
        Need::Phrase(words) | Need::Synonym { words, .. } => {
            words.iter().map(|word| word.exact.as_str()).collect()
        }
        Need::Compound { whole, .. } => vec![whole],
        Need::Beginning { text, .. } => vec![text],
        Need::Act(_) | Need::Number(_) | Need::Year(_) | Need::Kind(_) | Need::Within { .. } => {
            Vec::new()
        }
    }
}

#[test]
fn clauses_are_cut() {
    let rules = Rules::load().unwrap();
    let cut = |query: &str| -> Vec<(bool, Vec<Cut>)> {
        let clauses = parse(query, &rules.prefixes).into_iter();
        let atoms = |atoms: Vec<super::parse::Atom>| {
            atoms.into_iter().map(|atom| (atom.prefix, atom.quoted, atom.text)).collect()
        };
        clauses.map(|clause| (clause.not, atoms(clause.any))).collect()
    };
    let bare = |text: &str| (None, false, text.to_owned());
    assert_eq!(
        cut("a OR b -c \u{201c}d e\u{201d} Tahun:2024 judul:\"x y\""),
        [
            (false, vec![bare("a"), bare("b")]),
            (true, vec![bare("c")]),
            (false, vec![(None, true, "d e".to_owned())]),
            (false, vec![(Some(Prefix::Year), false, "2024".to_owned())]),
            (false, vec![(Some(Prefix::Title), true, "x y".to_owned())]),
        ]
    );
    assert_eq!(cut("\"a b"), [(false, vec![bare("a")]), (false, vec![bare("b")])]);
    assert_eq!(
        cut("undang-undang - x"),
        [(false, vec![bare("undang-undang")]), (false, vec![bare("x")])]
    );
    assert_eq!(
        cut("10:30 foo:bar tahun:"),
        [
            (false, vec![bare("10:30")]),
            (false, vec![bare("foo:bar")]),
            (false, vec![bare("tahun:")]),
        ]
    );
    assert_eq!(cut("OR OR"), []);
    // In a title pasted in capitals, ATAU is a word.
    assert_eq!(cut("KOTA ATAU DESA").len(), 3);
    assert_eq!(cut("kota ATAU desa").len(), 1);
}

#[test]
fn numbers_of_acts_are_recognised() {
    let act = |query: &str| match needs(query).as_slice() {
        [Need::Act(act)] => (act.kind, act.keys.clone()),
        other => panic!("{query}: {other:?}"),
    };
    assert_eq!(act("UU 7/2017"), (Some("undang-undang"), vec!["7|2017".to_owned()]));
    assert_eq!(act("keputusan 12 tahun 2024").1, ["12|2024"]);
    assert_eq!(act("12/HK.03.1-Kpt/52/2024").1[0], "12/hk.03.1-kpt/52/2024");
    assert_eq!(act("keputusan nomor 12").1, ["12", "12|"]);
    assert_eq!(act("keputusan nomor 12 tahun 2024").1, ["12|2024"]);
    let mixed = needs("pemilih UU 7/2017, tetap");
    assert!(matches!(mixed.as_slice(), [Need::Word(_), Need::Act(_), Need::Word(_)]), "{mixed:?}");
}

#[test]
fn synonyms_take_their_words_together() {
    let found = needs("anggota komisi pemilihan umum");
    assert_eq!(exact(&found[0]), ["anggota"]);
    assert!(
        matches!(&found[1], Need::Synonym { mark, words } if mark == "=kpu" && words.len() == 3)
    );
    assert!(
        matches!(needs("undang-undang").as_slice(), [Need::Synonym { words, .. }] if words.len() == 2)
    );
}

#[test]
fn compounds_and_prefixes_are_understood() {
    assert!(matches!(needs("10:30").as_slice(), [Need::Compound { digits: true, .. }]));
    assert!(matches!(needs("kupu-kupu").as_slice(), [Need::Compound { digits: false, .. }]));
    assert_eq!(needs("tahun:2024"), [Need::Year(2024)]);
    assert_eq!(needs("jenis:UU"), [Need::Kind("undang-undang".to_owned())]);
    assert_eq!(needs("nomor:012"), [Need::Number(vec!["12|".to_owned()])]);
    assert!(matches!(
        needs("penerbit:\"kpu ntb\"").as_slice(),
        [Need::Within { title: false, units }] if units.len() == 2
    ));
}

#[test]
fn a_star_makes_a_beginning() {
    let begun = |query: &str| match needs(query).as_slice() {
        [Need::Beginning { text, .. }] => Some(text.clone()),
        _ => None,
    };
    assert_eq!(begun("Pemilih*").as_deref(), Some("pemilih"));
    assert_eq!(begun("undang-und*").as_deref(), Some("und"));
    for query in ["*", "p*", "**", "\"pemilih*\"", "pemilih *"] {
        assert_eq!(begun(query), None, "{query}");
    }
}

#[test]
fn long_queries_are_cut() {
    let words: Vec<String> = (0..500).map(|number| format!("kata{number}")).collect();
    assert_eq!(needs(&words.join(" ")).len(), 64);
    assert!(needs(&format!("\"{}\"", words.join(" "))).len() == 1);
}

#[test]
fn nothing_to_look_for_is_told_from_nothing_typed() {
    let language = language();
    let fields = Fields::of(&language.rules.schema).unwrap();
    let view = empty(&language);
    let plan = |query: &str| {
        Plan::new(query, false, &language, fields, &mut Vocabulary::new(&view, 1.into()))
    };
    assert!(plan("  \n").browse);
    for query in ["🗳️", "\"\"", "-", "…", "OR"] {
        assert!(!plan(query).browse && plan(query).relaxed.is_none(), "{query}");
    }
    assert!(plan("yang").relaxed.is_some());
}

proptest! {
    #[test]
    fn any_string_is_planned(query in "(\\PC|[\"\\-:/ ]|OR|tahun:|nomor:|UU 7/2017){0,60}") {
        let language = language();
        let fields = Fields::of(&language.rules.schema).unwrap();
        let view = empty(&language);
        Plan::new(&query, false, &language, fields, &mut Vocabulary::new(&view, 1.into()));
    }
}
