//! What is asked: drawn from the pages themselves, by a seeded rule.

use std::collections::{HashMap, HashSet};

use super::texts::Sentences;
use crate::bench::Chance;

/// Every so many-th document is looked at to see how frequent words and phrases are.
const SAMPLED: usize = 20;

/// A query, in a form that every engine can be asked in.
#[derive(Debug, Clone)]
pub(super) struct Query {
    pub(super) form: Form,
    pub(super) words: Vec<String>,
    /// Only of this year and kind.
    pub(super) only: Option<(u64, &'static str)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// All the words.
    Words,
    /// Words that begin so.
    Beginning,
    /// A word with a slip.
    Slip,
    /// The words side by side.
    Phrase,
}

/// Queries of a class.
#[derive(Debug)]
pub(super) struct Class {
    pub(super) name: &'static str,
    pub(super) queries: Vec<Query>,
}

impl Query {
    fn new(form: Form, words: &[String]) -> Self {
        Self { form, words: words.to_vec(), only: None }
    }

    /// As people type it.
    pub(super) fn typed(&self) -> String {
        let words = self.words.join(" ");
        match self.form {
            Form::Words | Form::Slip => words,
            Form::Beginning => format!("{words}*"),
            Form::Phrase => format!("\"{words}\""),
        }
    }
}

/// A page as its words, with the year and kind of its document.
struct Page {
    words: Vec<String>,
    year: u64,
    kind: &'static str,
}

/// Some of the pages, and on how many of them words and phrases stand.
struct Sample {
    pages: Vec<Page>,
    words: HashMap<String, usize>,
    phrases: HashMap<[String; 3], usize>,
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

impl Sample {
    fn take(sentences: &Sentences, pages: usize) -> Self {
        let mut sample = Self { pages: Vec::new(), words: HashMap::new(), phrases: HashMap::new() };
        for document in sentences.documents(pages).step_by(SAMPLED) {
            for page in &document.pages {
                let words = words(page);
                for word in words.iter().collect::<HashSet<_>>() {
                    *sample.words.entry(word.clone()).or_default() += 1;
                }
                let (kind, year) = (document.kind, document.year);
                sample.pages.push(Page { words, year, kind });
            }
        }
        for page in &sample.pages {
            let threes: HashSet<&[String]> = page.words.windows(3).collect();
            for three in threes {
                if let [a, b, c] = three {
                    let three = [a.clone(), b.clone(), c.clone()];
                    *sample.phrases.entry(three).or_default() += 1;
                }
            }
        }
        sample
    }

    /// On which share of the pages a word stands.
    fn share(&self, word: &str) -> f64 {
        self.words.get(word).copied().unwrap_or(0) as f64 / self.pages.len() as f64
    }

    fn phrase_share(&self, words: &[String]) -> f64 {
        let [a, b, c] = words else { return 0.0 };
        let three = [a.clone(), b.clone(), c.clone()];
        self.phrases.get(&three).copied().unwrap_or(0) as f64 / self.pages.len() as f64
    }

    /// Different queries made from `count` places in the pages at which `make` finds something.
    fn draw(
        &self,
        seed: u64,
        count: usize,
        make: impl Fn(&Page, usize) -> Option<Query>,
    ) -> Vec<Query> {
        let mut chance = Chance(seed);
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        for _ in 0..2_000_000 {
            if found.len() == count {
                break;
            }
            let page = &self.pages[chance.below(self.pages.len() as u64) as usize];
            let place = chance.below(page.words.len() as u64) as usize;
            if let Some(query) = make(page, place).filter(|query| seen.insert(query.typed())) {
                found.push(query);
            }
        }
        found
    }
}

/// Whether it is a word that somebody would look for by itself.
fn telling(word: &str) -> bool {
    word.len() > 4 && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// All classes, with `count` queries each; fewer where the pages do not give so many.
pub(super) fn classes(sentences: &Sentences, pages: usize, count: usize) -> Vec<Class> {
    let sample = Sample::take(sentences, pages);
    let within = |word: &str, least: f64, most: f64| {
        telling(word) && (least..most).contains(&sample.share(word))
    };
    let term = |seed, least: f64, most: f64| {
        sample.draw(seed, count, |page, at| {
            let word = &page.words[at..=at];
            within(&word[0], least, most).then(|| Query::new(Form::Words, word))
        })
    };
    let two = |seed, first: (f64, f64), second: (f64, f64)| {
        sample.draw(seed, count, |page, at| {
            let other =
                page.words[at + 1..].iter().find(|word| within(word, second.0, second.1))?;
            let one = &page.words[at];
            let both = [one.clone(), other.clone()];
            (within(one, first.0, first.1) && one != other).then(|| Query::new(Form::Words, &both))
        })
    };
    let filtered = |seed| {
        sample.draw(seed, count, |page, at| {
            let word = &page.words[at..=at];
            let query = Query::new(Form::Words, word);
            let only = Some((page.year, page.kind));
            within(&word[0], 0.01, 0.33).then_some(Query { only, ..query })
        })
    };
    let beginning = sample.draw(5, count, |page, at| {
        let word = page.words[at].get(..4)?.to_owned();
        (page.words[at].len() > 6 && telling(&page.words[at]))
            .then(|| Query::new(Form::Beginning, &[word]))
    });
    let slip = sample.draw(6, count, |page, at| {
        let word = &page.words[at];
        let letter = if word.contains('x') { 'q' } else { 'x' };
        let wrong = format!("{}{letter}{}", word.get(..4)?, word.get(5..)?);
        (word.len() > 6
            && telling(word)
            && sample.share(word) > 0.000_1
            && sample.share(&wrong) == 0.0)
            .then(|| Query::new(Form::Slip, &[wrong]))
    });
    let phrase = |seed, fits: &dyn Fn(&[String]) -> bool| {
        sample.draw(seed, count, |page, at| {
            let three = page.words.get(at..at + 3)?;
            fits(three).then(|| Query::new(Form::Phrase, three))
        })
    };
    let frequent = |three: &[String]| three.iter().all(|word| sample.share(word) > 0.05);
    let rare = |three: &[String]| three.iter().any(|word| sample.share(word) < 0.001);
    let everywhere = |three: &[String]| sample.phrase_share(three) > 0.01;
    let class = |name, queries| Class { name, queries };
    vec![
        class("term on 5 to 33 % of the pages", term(1, 0.05, 0.33)),
        class("term on 0.05 to 1 %", term(2, 0.000_5, 0.01)),
        class("term on less than 0.02 %", term(3, 0.0, 0.000_2)),
        class("AND of two, one frequent", two(4, (0.05, 0.33), (0.001, 0.02))),
        class("AND of two, both frequent", two(9, (0.05, 0.33), (0.05, 0.33))),
        class("prefix of four letters", beginning),
        class("fuzzy, one slip", slip),
        class("filtered by year and kind", filtered(8)),
        class("phrase of three frequent words", phrase(10, &frequent)),
        class("phrase of three with a rare one", phrase(11, &rare)),
        class("phrase of three on over 1 % of the pages", phrase(12, &everywhere)),
    ]
}
