//! With pairs or without, and with tantivy's own phrases: the same pages.

use std::sync::Arc;

use proptest::prelude::*;
use tantivy::collector::DocSetCollector;
use tantivy::query::{BooleanQuery, PhraseQuery, TermQuery};
use tantivy::{Searcher, TantivyDocument};

use super::*;
use crate::analyze::Language;
use crate::schema::{Fields, Rules};

/// Frequent words, and two that are not.
const WORDS: [&str; 7] = ["dan", "yang", "pasal", "dalam", "ayat", "pagar", "kebun"];

struct Made {
    language: Language,
    searcher: Searcher,
    body: Field,
}

/// An index of these pages, in two segments; every seventh page is deleted.
fn made(pages: &[String]) -> Made {
    let language = Language::new(Arc::new(Rules::load().unwrap()));
    let fields = Fields::of(&language.rules.schema).unwrap();
    let mut index = tantivy::Index::create_in_ram(language.rules.schema.clone());
    index.set_tokenizers(language.tokenizers());
    let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
    writer.set_merge_policy(Box::new(tantivy::indexer::NoMergePolicy));
    for half in pages.chunks(pages.len().div_ceil(2).max(1)) {
        for (ordinal, page) in (0..).zip(half) {
            let mut document = TantivyDocument::new();
            document.add_text(fields.body, page);
            document.add_u64(fields.ordinal, ordinal % 7);
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();
    }
    writer.delete_term(Term::from_field_u64(fields.ordinal, 6));
    writer.commit().unwrap();
    let searcher = index.reader().unwrap().searcher();
    Made { language, searcher, body: fields.body }
}

impl Made {
    fn with_pairs(&self, words: &[&str]) -> Beside {
        let pair = |first: &str, second: &str| self.language.pair(first, second);
        Beside::new(vec![Form::of_pairs(self.body, words, pair)], 2.0)
    }

    fn of_words(&self, words: &[&str]) -> Beside {
        Beside::new(vec![Form::of_words(self.body, words.iter().copied())], 2.0)
    }

    fn by_tantivy(&self, words: &[&str]) -> Box<dyn Query> {
        let terms: Vec<Term> =
            words.iter().map(|word| Term::from_field_text(self.body, word)).collect();
        match terms.as_slice() {
            [only] => Box::new(TermQuery::new(only.clone(), IndexRecordOption::WithFreqs)),
            _ => Box::new(PhraseQuery::new(terms)),
        }
    }

    fn found(&self, query: &dyn Query) -> Vec<tantivy::DocAddress> {
        let found = self.searcher.search(query, &DocSetCollector).unwrap();
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort_unstable();
        found
    }

    /// The scores of the best `most` pages of the first segment: all looked at, and with the others
    /// passed over.
    fn best(&self, query: &dyn Query, most: usize) -> [Vec<u32>; 2] {
        let scoring = EnableScoring::enabled_from_searcher(&self.searcher);
        let weight = query.weight(scoring).unwrap();
        let reader = self.searcher.segment_reader(0);
        let (mut all, mut kept): (Vec<Score>, Vec<Score>) = (Vec::new(), Vec::new());
        weight.for_each(reader, &mut |_, score| all.push(score)).unwrap();
        weight
            .for_each_pruning(Score::MIN, reader, &mut |_, score| {
                kept.push(score);
                kept.sort_by(|one, other| other.total_cmp(one));
                kept.truncate(most);
                if kept.len() < most { Score::MIN } else { kept[most - 1] }
            })
            .unwrap();
        all.sort_by(|one, other| other.total_cmp(one));
        all.truncate(most);
        [all, kept].map(|scores| scores.into_iter().map(Score::to_bits).collect())
    }
}

/// Words by their places in [`WORDS`], as text; full stops and hyphens do not part them.
fn text(places: &[usize]) -> String {
    let words: Vec<&str> = places.iter().map(|place| WORDS[place % WORDS.len()]).collect();
    words.chunks(5).map(|words| words.join(" ")).collect::<Vec<_>>().join(".\n")
}

#[test]
fn frequent_neighbours_are_covered_by_pairs() {
    let made = made(&[]);
    let terms = |words: &[&str]| -> Vec<(u32, String)> {
        let Beside { forms, .. } = made.with_pairs(words);
        let terms = forms[0].terms.iter();
        let text = |term: &Term| term.value().as_str().unwrap().to_owned();
        terms.map(|(at, term)| (*at, text(term))).collect()
    };
    let pair = |at, text: &str| (at, text.to_owned());
    assert_eq!(terms(&["dan", "yang"]), [pair(0, " dan yang")]);
    assert_eq!(terms(&["dan", "yang", "ayat"]), [pair(0, " dan yang"), pair(1, " yang ayat")]);
    assert_eq!(
        terms(&["pagar", "dan", "kebun", "dalam", "pasal"]),
        [pair(0, "pagar"), pair(1, "dan"), pair(2, "kebun"), pair(3, " dalam pasal")]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn phrases_find_the_same_pages(
        pages in prop::collection::vec(prop::collection::vec(0..7_usize, 0..30), 1..40),
        phrases in prop::collection::vec(prop::collection::vec(0..7_usize, 1..6), 1..8),
        both in any::<bool>(),
    ) {
        let pages: Vec<String> = pages.iter().map(|page| text(page)).collect();
        let made = made(&pages);
        for phrase in &phrases {
            let words: Vec<&str> = phrase.iter().map(|place| WORDS[*place]).collect();
            let expected = made.found(made.by_tantivy(&words).as_ref());
            prop_assert_eq!(&made.found(&made.with_pairs(&words)), &expected, "{:?}", &words);
            prop_assert_eq!(&made.found(&made.of_words(&words)), &expected, "{:?}", &words);
            let [all, kept] = made.best(&made.with_pairs(&words), 3);
            prop_assert_eq!(all, kept, "{:?}", &words);
            // As a part of another query, it is moved about.
            let word = || made.by_tantivy(&["kebun"]);
            let parts = |phrase: Box<dyn Query>| match both {
                true => BooleanQuery::intersection(vec![word(), phrase]),
                false => BooleanQuery::union(vec![word(), phrase]),
            };
            let ours = parts(Box::new(made.with_pairs(&words)));
            let theirs = parts(made.by_tantivy(&words));
            prop_assert_eq!(made.found(&ours), made.found(&theirs), "{:?}", &words);
        }
    }

    #[test]
    fn any_of_the_forms_will_do(
        pages in prop::collection::vec(prop::collection::vec(0..7_usize, 0..30), 1..40),
        one in prop::collection::vec(0..7_usize, 1..4),
        other in prop::collection::vec(0..7_usize, 1..4),
    ) {
        let pages: Vec<String> = pages.iter().map(|page| text(page)).collect();
        let made = made(&pages);
        let words = |places: &[usize]| -> Vec<&str> { places.iter().map(|at| WORDS[*at]).collect() };
        let (one, other) = (words(&one), words(&other));
        let forms = [&one, &other].map(|words| made.with_pairs(words).forms.remove(0));
        let ours = Beside::new(forms.into(), 1.0);
        let theirs = BooleanQuery::union(vec![made.by_tantivy(&one), made.by_tantivy(&other)]);
        prop_assert_eq!(made.found(&ours), made.found(&theirs), "{:?} {:?}", &one, &other);
        let [all, kept] = made.best(&ours, 3);
        prop_assert_eq!(all, kept, "{:?} {:?}", &one, &other);
    }
}
