//! What the clauses mean: numbers of acts, synonyms, stop words.

use simars_describe::{kinds, reference};

use super::parse::{Atom, Clause};
use super::unlabelled::{self, Unlabelled};
use crate::analyze::Language;
use crate::schema::Prefix;
use crate::words::{Form, Piece, folded};

/// Something that is looked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Need {
    /// A word.
    Word(Word),
    /// A word with joiners: as a whole, or its parts.
    Compound { whole: String, digits: bool, parts: Vec<Word> },
    /// Words that stand for a group of synonyms.
    Synonym { mark: String, words: Vec<Word> },
    /// Words side by side.
    Phrase(Vec<Word>),
    /// Words that begin so; and the stems of the most frequent ones, as far as the index knows any.
    Beginning { text: String, stems: Vec<String> },
    /// An act, by its number.
    Act(Act),
    /// The own number, by its keys.
    Number(Vec<String>),
    /// The year of the number.
    Year(u16),
    /// The kind of act.
    Kind(String),
    /// Words that must stand in the title or issuer.
    Within { title: bool, units: Vec<Unit> },
}

/// A word as the index has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    /// Folded.
    pub(super) exact: String,
    /// Its stem.
    pub(super) stem: String,
    /// Says nothing by itself.
    pub(super) stop: bool,
    /// What may stand for it, as far as the index knows any.
    pub(super) also: Vec<Also>,
}

/// Another word that may stand for one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Also {
    /// Folded.
    pub(super) exact: String,
    /// Its stem.
    pub(super) stem: String,
    /// What it counts, against the word itself.
    pub(super) weight: f32,
}

/// Words of a title or issuer that belong together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unit {
    /// One word that stands for all of them, if there is one.
    pub(super) whole: Option<String>,
    pub(super) words: Vec<Word>,
    /// They must stand side by side.
    pub(super) phrase: bool,
}

/// An act that was named by its number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Act {
    /// Keys of the number, the most telling first.
    pub(super) keys: Vec<String>,
    /// The kind that was named with it.
    pub(super) kind: Option<&'static str>,
    /// How texts cite it, as folded words.
    pub(super) citations: Vec<Vec<String>>,
    /// Nothing but a kind and a bare number was typed: perhaps no act was meant.
    pub(super) guessed: bool,
    /// Another act is looked for, which names this one.
    pub(super) mentioned: bool,
    /// The number as one word, if it is one.
    pub(super) whole: Option<String>,
    /// All words that were typed.
    pub(super) words: Vec<Word>,
}

/// Needs of which one must be met, or must not.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    pub(super) not: bool,
    pub(super) any: Vec<Need>,
    /// How much it tells: the rarer, the more; 0 for what the index does not know.
    pub(super) weight: f32,
}

impl Choice {
    /// The one bare word it is.
    pub(super) fn word(&self) -> Option<&Word> {
        match self.any.as_slice() {
            [Need::Word(word)] => Some(word),
            _ => None,
        }
    }

    /// Whether it is words that were typed without any sign, so that it may be missing.
    pub(super) fn is_words(&self) -> bool {
        let [need] = self.any.as_slice() else { return false };
        matches!(need, Need::Word(_) | Need::Compound { .. } | Need::Synonym { .. })
    }
}

/// The label under which a document is found by the first part of its number alone.
pub(crate) fn first_number_key(number: &str) -> Option<String> {
    let canonical = reference::canonical_number(number);
    let first: String = canonical.chars().take_while(char::is_ascii_alphanumeric).collect();
    (!first.is_empty()).then(|| format!("{first}|"))
}

/// What `clauses` of `query` look for. Empty if there is nothing in it that can be looked for.
pub(super) fn understand(query: &str, clauses: &[Clause], language: &Language) -> Vec<Choice> {
    let mut budget = language.rules.limits.query_words;
    let mut choices = Vec::new();
    let mut acts = reference::references_in(query).into_iter().peekable();
    let mut at = 0;
    while at < clauses.len() && budget > 0 {
        let bare = bare_stretch(&clauses[at..]);
        if bare == 0 {
            let clause = &clauses[at];
            let needs = clause.any.iter().filter_map(|atom| single(atom, language, &mut budget));
            let any: Vec<Need> = needs.collect();
            if !any.is_empty() {
                choices.push(Choice { not: clause.not, any, weight: 0.0 });
            }
            at += 1;
            continue;
        }
        let atoms: Vec<&Atom> =
            clauses[at..at + bare].iter().map(|clause| &clause.any[0]).collect();
        at += bare;
        let mut next = 0;
        while next < atoms.len() && budget > 0 {
            while acts.next_if(|act| act.start < atoms[next].start).is_some() {}
            let covered = match acts.peek() {
                Some(act) => covered(&atoms[next..], act.start, act.end),
                None => 0,
            };
            if covered > 0
                && let Some(act) = acts.next()
            {
                let text = joined(&atoms[next..next + covered]);
                let words = words(&text, language, &mut budget);
                choices.push(one(Need::Act(act_of(&act, words))));
                next += covered;
                continue;
            }
            let stop = acts.peek().map_or(usize::MAX, |act| act.start);
            let plain = atoms[next..].iter().skip(1).take_while(|atom| atom.start < stop).count();
            let plain = &atoms[next..=next + plain];
            next += plain.len();
            choices.extend(plain_needs(plain, language, &mut budget).into_iter().map(one));
        }
    }
    mark_mentions(&mut choices, language);
    choices
}

/// `perubahan atas UU 7/2017` looks for what changes that act, not for the act.
fn mark_mentions(choices: &mut [Choice], language: &Language) {
    for at in 1..choices.len() {
        let before = choices[at - 1].word().map(|word| word.exact.clone());
        if let [Need::Act(act)] = choices[at].any.as_mut_slice() {
            act.mentioned = before.is_some_and(|word| language.rules.questions.mentions(&word));
        }
    }
}

/// Bare words without a number that says it is one; it may be there all the same.
fn plain_needs(atoms: &[&Atom], language: &Language, budget: &mut usize) -> Vec<Need> {
    let texts: Vec<&str> = atoms.iter().map(|atom| atom.text.as_str()).collect();
    let Some(Unlabelled { from, to, act }) = unlabelled::find(&texts) else {
        return stretch(&joined(atoms), language, budget);
    };
    let mut needs = stretch(&joined(&atoms[..from]), language, budget);
    let words = words(&joined(&atoms[from..to]), language, budget);
    needs.push(Need::Act(Act { guessed: true, ..act_of(&act, words) }));
    needs.extend(stretch(&joined(&atoms[to..]), language, budget));
    needs
}

fn one(need: Need) -> Choice {
    Choice { not: false, any: vec![need], weight: 0.0 }
}

/// How many clauses from the first on are bare words that may belong together.
fn bare_stretch(clauses: &[Clause]) -> usize {
    let bare =
        |clause: &&Clause| !clause.not && matches!(clause.any.as_slice(), [atom] if atom.is_bare());
    clauses.iter().take_while(bare).count()
}

/// How many atoms from the first on lie in a reference that begins with the first; 0 if it does
/// not begin here or ends within an atom.
fn covered(atoms: &[&Atom], start: usize, end: usize) -> usize {
    if atoms[0].start != start {
        return 0;
    }
    let inside = atoms.iter().take_while(|atom| atom.start < end).count();
    let tail = &atoms[inside - 1];
    // A comma or full stop after the number belongs to the atom, not to the reference.
    let ends = tail.end <= end
        || tail.text.trim_end_matches(|letter: char| !letter.is_alphanumeric()).len()
            <= end - tail.start;
    if ends { inside } else { 0 }
}

fn joined(atoms: &[&Atom]) -> String {
    atoms.iter().map(|atom| atom.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The parts of `text` as words, as far as the budget goes.
fn words(text: &str, language: &Language, budget: &mut usize) -> Vec<Word> {
    let pieces = language.pieces(text);
    let parts = pieces.iter().filter(|piece| piece.form == Form::Part).take(*budget);
    let words: Vec<Word> = parts.map(|piece| word(&piece.folded, language)).collect();
    *budget -= words.len();
    words
}

fn word(folded: &str, language: &Language) -> Word {
    Word {
        exact: folded.to_owned(),
        stem: language.stem(folded),
        stop: language.rules.stop_words.contains(folded) || language.rules.questions.asks(folded),
        also: Vec::new(),
    }
}

/// Bare words side by side: synonyms are found across them, the rest are words and compounds.
fn stretch(text: &str, language: &Language, budget: &mut usize) -> Vec<Need> {
    let pieces = language.pieces(text);
    let (parts, runs): (Vec<Piece>, Vec<Piece>) =
        pieces.into_iter().partition(|piece| piece.form == Form::Part);
    let folded: Vec<String> = parts.iter().map(|piece| piece.folded.clone()).collect();
    let mut needs = Vec::new();
    let mut at = 0;
    while at < parts.len() && *budget > 0 {
        let make = |from: usize, to: usize| -> Vec<Word> {
            folded[from..to].iter().map(|part| word(part, language)).collect()
        };
        let run = runs.iter().find(|run| run.position == parts[at].position);
        let run_parts =
            run.map_or(1, |run| parts[at..].iter().filter(|part| part.end <= run.end).count());
        let (length, need) = match (language.rules.synonyms.beginning(&folded[at..]), run) {
            // A synonym may not end within a number: `PP/2024-1` is not the act PP.
            (Some((length, mark)), run)
                if run.is_none_or(|run| run.form == Form::Joined) && length >= run_parts =>
            {
                (length, Need::Synonym { mark: mark.to_owned(), words: make(at, at + length) })
            }
            (_, Some(run)) => {
                let need = Need::Compound {
                    whole: run.folded.clone(),
                    digits: run.form == Form::Whole,
                    parts: make(at, at + run_parts),
                };
                (run_parts, need)
            }
            (_, None) => (1, Need::Word(word(&folded[at], language))),
        };
        *budget = budget.saturating_sub(length);
        at += length;
        needs.push(need);
    }
    needs
}

/// An atom that stands for itself: quoted, prefixed, negated or one of several.
fn single(atom: &Atom, language: &Language, budget: &mut usize) -> Option<Need> {
    match atom.prefix {
        None if atom.beginning => beginning(&atom.text, language, budget),
        None if atom.quoted => phrase(words(&atom.text, language, budget)),
        None => {
            let mut needs = stretch(&atom.text, language, budget);
            // One atom is one run or, with odd joiners, a few: those are meant side by side.
            if needs.len() > 1 { phrase(words(&atom.text, language, budget)) } else { needs.pop() }
        }
        Some(Prefix::Year) => match atom.text.parse() {
            Ok(year) => Some(Need::Year(year)),
            Err(_) => phrase(words(&atom.text, language, budget)),
        },
        Some(Prefix::Kind) => Some(Need::Kind(match kinds::recognise(&atom.text) {
            Some(kind) => kind.key.clone(),
            None => folded(&atom.text, language.rules.limits.word_bytes).replace(' ', "-"),
        })),
        Some(Prefix::Number) => number(&atom.text),
        Some(Prefix::Title) if atom.quoted => {
            let words = words(&atom.text, language, budget);
            let units = vec![Unit { whole: None, words, phrase: true }];
            (!units[0].words.is_empty()).then_some(Need::Within { title: true, units })
        }
        Some(prefix @ (Prefix::Issuer | Prefix::Title)) => {
            let needs = stretch(&atom.text, language, budget).into_iter();
            let units: Vec<Unit> = needs.filter_map(unit).collect();
            let title = prefix == Prefix::Title;
            (!units.is_empty()).then_some(Need::Within { title, units })
        }
    }
}

fn unit(need: Need) -> Option<Unit> {
    let (whole, words) = match need {
        Need::Word(word) => (None, vec![word]),
        Need::Compound { whole, parts, .. } => (Some(whole), parts),
        Need::Synonym { mark, words } => (Some(mark), words),
        _ => return None,
    };
    Some(Unit { whole, words, phrase: false })
}

/// `pemilih*`: of several parts, as in `undang-und*`, the last one is the beginning of a word.
fn beginning(text: &str, language: &Language, budget: &mut usize) -> Option<Need> {
    let text = words(text, language, budget).pop()?.exact;
    Some(Need::Beginning { text, stems: Vec::new() })
}

fn phrase(words: Vec<Word>) -> Option<Need> {
    (!words.is_empty()).then_some(Need::Phrase(words))
}

/// `nomor:12` finds all numbers that begin with 12; `nomor:12/HK.03.1-Kpt/52/2024` only that one.
fn number(text: &str) -> Option<Need> {
    let canonical = reference::canonical_number(text);
    if canonical.contains(['/', '-']) {
        return Some(Need::Number(vec![canonical]));
    }
    first_number_key(text).map(|key| Need::Number(vec![key]))
}

fn act_of(act: &reference::Reference, words: Vec<Word>) -> Act {
    let coded = act.number.contains('/');
    let mut keys = reference::keys(&act.number, act.year);
    if !coded {
        // The bare number would find every act with this number, of any year.
        keys.retain(|key| act.year.is_none() || *key != act.number);
    }
    if !coded && act.year.is_none() {
        // Without a year, also the acts whose coded number begins with this one. `12-A` begins
        // none: its first part alone would be another number.
        let first = first_number_key(&act.number);
        keys.extend(first.filter(|key| key.trim_end_matches('|') == act.number));
    }
    let mut citations = Vec::new();
    if coded {
        citations.push(words_of_number(&act.number));
    } else if let Some(year) = act.year {
        let (number, year) = (act.number.clone(), year.to_string());
        citations.push(vec![number.clone(), "tahun".to_owned(), year.clone()]);
        citations.push(vec![number, year]);
    } else {
        citations.push(vec!["nomor".to_owned(), act.number.clone()]);
    }
    let whole = coded.then(|| act.number.clone());
    Act { keys, kind: act.kind, citations, guessed: false, mentioned: false, whole, words }
}

fn words_of_number(number: &str) -> Vec<String> {
    number
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}
