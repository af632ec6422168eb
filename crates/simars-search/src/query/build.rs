//! What is looked for, as queries; and the words to mark in snippets.

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::beginning::Beginning;
use super::beside::{Beside, Form};
use super::known::{Slip, look_up};
use super::marks::marks;
use super::need::{Act, Choice, Need, Unit, Word, understand};
use super::parse::parse;
use crate::analyze::Language;
use crate::schema::{Fields, Weights};
use crate::snippet::Marks;
use crate::synonyms::{is_ambiguous, kind_mark};
use crate::vocabulary::Vocabulary;

/// A query, or a part of one.
pub(crate) type Part = Box<dyn Query>;

/// How a query is carried out.
#[derive(Debug)]
pub(crate) struct Plan {
    /// All words must be found.
    pub(crate) strict: Part,
    /// Any of the words that tell most, the others for the order; phrases, numbers and prefixes as in
    /// the strict one. `None` if there are no two words.
    pub(crate) some: Option<Part>,
    /// Any word at all; `None` if that would be the same as the strict one.
    pub(crate) relaxed: Option<Part>,
    /// What makes a page that was found a better one.
    pub(crate) extras: Vec<Part>,
    /// Documents with a page that has this are not wanted.
    pub(crate) excluded: Option<Part>,
    /// Nothing was typed: everything is browsed.
    pub(crate) browse: bool,
    /// What snippets mark.
    pub(crate) marks: Marks,
    /// Words that are, or would be, read otherwise than they were typed.
    pub(crate) slips: Vec<Slip>,
}

impl Plan {
    /// The plan for what was typed. Where it is meant literally, all of it must be found as it is.
    pub(crate) fn new(
        typed: &str,
        literal: bool,
        language: &Language,
        fields: Fields,
        vocabulary: &mut Vocabulary<'_>,
    ) -> Self {
        let rules = &language.rules;
        let cut = typed.char_indices().nth(rules.limits.query_characters);
        let typed = typed[..cut.map_or(typed.len(), |(offset, _)| offset)].trim();
        let choices = understand(typed, &parse(typed, &rules.prefixes), language);
        let builder = Builder { fields, weights: rules.weights, language };
        if choices.is_empty() {
            let browse = typed.is_empty();
            let strict: Part = if browse { Box::new(AllQuery) } else { Box::new(EmptyQuery) };
            let marks = Marks::default();
            return Self {
                strict,
                some: None,
                relaxed: None,
                extras: Vec::new(),
                excluded: None,
                browse,
                marks,
                slips: Vec::new(),
            };
        }
        let (unwanted, mut choices): (Vec<Choice>, Vec<Choice>) =
            choices.into_iter().partition(|choice| choice.not);
        drop_stop_words(&mut choices, language);
        let slips = look_up(&mut choices, literal, language, fields, vocabulary);
        let needs = unwanted.iter().flat_map(|choice| &choice.any);
        Self {
            strict: builder.strict(&choices),
            some: builder.some(&choices, rules.limits.telling).filter(|_| !literal),
            relaxed: builder.relaxed(&choices).filter(|_| !literal),
            extras: builder.extras(&choices),
            excluded: (!unwanted.is_empty())
                .then(|| any(needs.map(|need| builder.required(need)).collect())),
            browse: false,
            marks: marks(&choices, language),
            slips,
        }
    }
}

/// Leaves out stop words, and in a question what belongs to its form, unless there is nothing else.
fn drop_stop_words(choices: &mut Vec<Choice>, language: &Language) {
    let questions = &language.rules.questions;
    let question = choices.iter().filter_map(Choice::word).any(|word| questions.asks(&word.exact));
    let stop = |choice: &Choice| {
        choice.word().is_some_and(|word| word.stop || question && questions.frames(&word.exact))
    };
    if choices.iter().any(|choice| !stop(choice)) {
        choices.retain(|choice| !stop(choice));
    }
}

/// Collects what must be found and what merely counts.
#[derive(Default)]
struct Gathered {
    clauses: Vec<(Occur, Part)>,
    required: usize,
}

impl Gathered {
    fn must(&mut self, part: Part) {
        self.clauses.push((Occur::Must, part));
        self.required += 1;
    }

    fn should(&mut self, part: Part) {
        self.clauses.push((Occur::Should, part));
    }

    /// The whole; everything if nothing is required, as where there are only unwanted words.
    ///
    /// A single clause is given as it is, and the others without nesting: only then does tantivy
    /// see that they are plain terms, and passes over pages that cannot be among the best.
    fn finish(mut self) -> Part {
        if self.required == 0 {
            self.must(scored(Box::new(AllQuery), 0.0));
        }
        match self.clauses.pop() {
            Some((_, only)) if self.clauses.is_empty() => only,
            last => {
                self.clauses.extend(last);
                Box::new(BooleanQuery::new(self.clauses))
            }
        }
    }
}

struct Builder<'a> {
    fields: Fields,
    weights: Weights,
    language: &'a Language,
}

impl Builder<'_> {
    fn strict(&self, choices: &[Choice]) -> Part {
        let mut gathered = Gathered::default();
        for choice in choices {
            gathered.must(any(choice.any.iter().map(|need| self.required(need)).collect()));
        }
        gathered.finish()
    }

    /// Any of the words that tell most. A word that stands on very many pages brings in none by
    /// itself where there is one that is much rarer: it only counts for the order.
    fn some(&self, choices: &[Choice], telling: f32) -> Option<Part> {
        let (words, others): (Vec<&Choice>, Vec<&Choice>) =
            choices.iter().partition(|choice| choice.is_words());
        let most = words.iter().map(|choice| choice.weight).fold(0.0, f32::max);
        if words.len() < 2 || most == 0.0 {
            return None;
        }
        let required =
            |choice: &Choice| any(choice.any.iter().map(|need| self.required(need)).collect());
        let mut gathered = Gathered::default();
        let (carriers, followers): (Vec<&Choice>, Vec<&Choice>) =
            words.into_iter().partition(|choice| choice.weight >= most * telling);
        gathered.must(any(carriers.into_iter().map(required).collect()));
        followers.into_iter().for_each(|choice| gathered.should(required(choice)));
        others.into_iter().for_each(|choice| gathered.must(required(choice)));
        Some(gathered.finish())
    }

    /// Any word of those that must all be found in the strict form. What is no matter of words
    /// (prefixes) stays as it is.
    fn relaxed(&self, choices: &[Choice]) -> Option<Part> {
        let mut gathered = Gathered::default();
        let mut words = Vec::new();
        for choice in choices {
            if choice.any.iter().any(Need::is_filter) {
                gathered.must(any(choice.any.iter().map(|need| self.required(need)).collect()));
                continue;
            }
            for need in &choice.any {
                words.extend(need.words());
                if let Need::Act(act) = need {
                    gathered.should(any(self.own(act)));
                }
            }
        }
        let telling: Vec<&Word> = words.iter().copied().filter(|word| !word.stop).collect();
        let chosen = if telling.is_empty() { words } else { telling };
        if chosen.is_empty() {
            return None;
        }
        let parts = chosen.iter().map(|word| self.stem(&word.stem)).collect();
        gathered.must(any(parts));
        Some(gathered.finish())
    }

    /// What must be found for `need`.
    fn required(&self, need: &Need) -> Part {
        let fields = &self.fields;
        match need {
            Need::Word(word) => self.word(word),
            Need::Compound { whole, digits: true, parts } => {
                any(vec![self.stem(whole), self.beside(parts, 1.0)])
            }
            Need::Compound { whole, digits: false, parts } => {
                any(vec![self.stem(whole), self.all(parts)])
            }
            Need::Synonym { mark, words } => {
                let mark = boosted(self.stem(mark), self.weights.synonym);
                match words.as_slice() {
                    // In small letters a short abbreviation has no mark.
                    [word] if is_ambiguous(&word.exact) => any(vec![mark, self.stem(&word.stem)]),
                    _ => mark,
                }
            }
            Need::Phrase(words) => self.beside(words, self.weights.phrase),
            Need::Beginning { text, .. } => {
                let fields = vec![fields.body, fields.head];
                Box::new(Beginning::new(fields, text, self.weights.stem))
            }
            Need::Act(act) => {
                let mut parts = self.own(act);
                parts.push(self.cited(act));
                if act.guessed {
                    parts.push(self.all(&act.words));
                }
                any(parts)
            }
            Need::Number(keys) => {
                let own = any(keys.iter().map(|key| label(fields.key, key)).collect());
                scored(own, self.weights.own_number)
            }
            Need::Year(year) => {
                let term = Term::from_field_u64(fields.year, u64::from(*year));
                scored(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), 0.0)
            }
            Need::Kind(key) => scored(label(fields.kind, key), 0.0),
            Need::Within { title, units } => {
                let field = if *title { fields.title } else { fields.issuer_words };
                all(units.iter().map(|unit| within(field, unit)).collect())
            }
        }
    }

    /// What is asked only of the best documents: the very word, and words in title and head.
    fn extras(&self, choices: &[Choice]) -> Vec<Part> {
        let (fields, weights) = (&self.fields, &self.weights);
        let mut extras = Vec::new();
        let body = |text: &str| boosted(term(fields.body, text), weights.body);
        let head = |text: &str| boosted(term(fields.head, text), weights.head);
        let title = |text: &str| boosted(term(fields.title, text), weights.title);
        let opening =
            |text: &str| fields.opening.map(|field| boosted(term(field, text), weights.opening));
        for need in choices.iter().flat_map(|choice| &choice.any) {
            match need {
                Need::Word(word) => {
                    extras.extend([body(&word.exact), head(&word.stem), title(&word.stem)]);
                    extras.extend(opening(&word.stem));
                    for also in &word.also {
                        let found = [head(&also.stem), title(&also.stem)].into_iter();
                        let found = found.chain(opening(&also.stem));
                        extras.extend(found.map(|part| boosted(part, also.weight)));
                    }
                }
                Need::Compound { whole, .. } => {
                    extras.extend([body(whole), head(whole), title(whole)]);
                    extras.extend(opening(whole));
                }
                Need::Synonym { mark, words } => {
                    let telling = words.iter().filter(|word| !word.stop);
                    extras.extend(telling.map(|word| body(&word.exact)));
                    extras.extend([head(mark), title(mark)]);
                    extras.extend(opening(mark));
                }
                Need::Act(act) => {
                    let telling = act.words.iter().filter(|word| !word.stop);
                    extras.extend(telling.map(|word| head(&word.stem)));
                }
                Need::Phrase(words) => {
                    let title = stems(fields.title, words);
                    extras.push(Box::new(Beside::new(vec![title], weights.title)));
                }
                Need::Beginning { .. }
                | Need::Number(_)
                | Need::Year(_)
                | Need::Kind(_)
                | Need::Within { .. } => {}
            }
        }
        extras.extend(self.whole_title(choices));
        extras
    }

    /// A title that holds all that was typed is what was meant, more likely than a page that does.
    fn whole_title(&self, choices: &[Choice]) -> Option<Part> {
        let words = choices.iter().flat_map(|choice| &choice.any).map(|need| match need {
            Need::Word(word) => Some(vec![self.in_title(word)]),
            Need::Compound { whole, .. } => Some(vec![term(self.fields.title, whole)]),
            Need::Synonym { mark, .. } => Some(vec![term(self.fields.title, mark)]),
            Need::Act(act) => {
                let telling = act.words.iter().filter(|word| !word.stop);
                Some(telling.map(|word| self.in_title(word)).collect())
            }
            _ => None,
        });
        let parts: Vec<Part> = words.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
        (parts.len() > 1).then(|| scored(all(parts), self.weights.whole_title))
    }

    fn in_title(&self, word: &Word) -> Part {
        let stems = std::iter::once(&word.stem).chain(word.also.iter().map(|also| &also.stem));
        any(stems.map(|stem| term(self.fields.title, stem)).collect())
    }

    /// The word, or what stands for it.
    fn word(&self, word: &Word) -> Part {
        let also = word.also.iter().map(|also| boosted(self.stem(&also.stem), also.weight));
        any(std::iter::once(self.stem(&word.stem)).chain(also).collect())
    }

    fn stem(&self, stem: &str) -> Part {
        boosted(term(self.fields.stem, stem), self.weights.stem)
    }

    /// The words side by side, on a page as they are or among what is known of the document.
    fn beside(&self, words: &[Word], boost: f32) -> Part {
        let exact: Vec<&str> = words.iter().map(|word| word.exact.as_str()).collect();
        let forms = vec![self.in_body(&exact), stems(self.fields.head, words)];
        Box::new(Beside::new(forms, boost))
    }

    /// An index of before there were pairs has the words alone.
    fn in_body(&self, words: &[&str]) -> Form {
        let pair = |first: &str, second: &str| {
            self.fields.pairs.then(|| self.language.pair(first, second)).flatten()
        };
        Form::of_pairs(self.fields.body, words, pair)
    }

    /// All of the words; stop words only if there are no others.
    fn all(&self, words: &[Word]) -> Part {
        let telling = words.iter().any(|word| !word.stop);
        let mut stems: Vec<&String> =
            words.iter().filter(|word| !(telling && word.stop)).map(|word| &word.stem).collect();
        stems.sort_unstable();
        stems.dedup();
        all(stems.into_iter().map(|stem| self.stem(stem)).collect())
    }

    /// The act itself, by its keys: far above whatever cites it, unless it is one of these that is
    /// looked for.
    fn own(&self, act: &Act) -> Vec<Part> {
        let mut parts = Vec::new();
        if act.mentioned {
            return act.keys.iter().map(|key| scored(label(self.fields.key, key), 0.0)).collect();
        }
        for (index, key) in act.keys.iter().enumerate() {
            // Later keys say less, so they count less.
            let less = 1.0 / (1 + index) as f32;
            let own = || label(self.fields.key, key);
            if let Some(kind) = act.kind {
                let both = all(vec![own(), label(self.fields.kind, kind)]);
                parts.push(scored(both, self.weights.own_number_and_kind * less));
            }
            parts.push(scored(own(), self.weights.own_number * less));
        }
        parts
    }

    /// Pages that cite the act: its number as it is written there and, if a kind was named, a name
    /// of the kind.
    fn cited(&self, act: &Act) -> Part {
        let mut forms = Vec::new();
        for citation in &act.citations {
            let words: Vec<&str> = citation.iter().map(String::as_str).collect();
            forms.push(Form::of_words(self.fields.head, words.iter().copied()));
            forms.push(self.in_body(&words));
        }
        let cited: Part = Box::new(Beside::new(forms, 1.0));
        let whole = act.whole.as_ref().map(|whole| self.stem(whole));
        let number = boosted(any([cited].into_iter().chain(whole).collect()), self.weights.phrase);
        match act.kind.filter(|_| act.whole.is_none()) {
            Some(kind) => all(vec![number, self.stem(&kind_mark(kind))]),
            None => number,
        }
    }
}

impl Need {
    /// Whether it is no matter of words, and stays required when words are relaxed.
    fn is_filter(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Year(_) | Self::Kind(_) | Self::Within { .. })
    }

    /// The words it is made of.
    fn words(&self) -> Vec<&Word> {
        match self {
            Self::Word(word) => vec![word],
            Self::Compound { parts: words, .. }
            | Self::Synonym { words, .. }
            | Self::Phrase(words) => words.iter().collect(),
            Self::Act(_)
            | Self::Beginning { .. }
            | Self::Number(_)
            | Self::Year(_)
            | Self::Kind(_)
            | Self::Within { .. } => Vec::new(),
        }
    }
}

/// The words of `unit` in `field`.
fn within(field: Field, unit: &Unit) -> Part {
    if unit.phrase {
        return Box::new(Beside::new(vec![stems(field, &unit.words)], 1.0));
    }
    let found = all(unit.words.iter().map(|word| term(field, &word.stem)).collect());
    match &unit.whole {
        Some(whole) => any(vec![term(field, whole), found]),
        None => found,
    }
}

fn term(field: Field, text: &str) -> Part {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

fn label(field: Field, text: &str) -> Part {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

fn boosted(part: Part, weight: f32) -> Part {
    if weight == 1.0 { part } else { Box::new(BoostQuery::new(part, weight)) }
}

fn scored(part: Part, score: f32) -> Part {
    Box::new(ConstScoreQuery::new(part, score))
}

fn any(mut parts: Vec<Part>) -> Part {
    match (parts.pop(), parts.is_empty()) {
        (None, _) => Box::new(EmptyQuery),
        (Some(only), true) => only,
        (Some(last), false) => {
            parts.push(last);
            Box::new(BooleanQuery::union(parts))
        }
    }
}

fn all(mut parts: Vec<Part>) -> Part {
    match (parts.pop(), parts.is_empty()) {
        (None, _) => Box::new(EmptyQuery),
        (Some(only), true) => only,
        (Some(last), false) => {
            parts.push(last);
            Box::new(BooleanQuery::intersection(parts))
        }
    }
}

/// The stems of the words side by side.
fn stems(field: Field, words: &[Word]) -> Form {
    Form::of_words(field, words.iter().map(|word| word.stem.as_str()))
}
