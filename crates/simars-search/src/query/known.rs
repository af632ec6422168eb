//! What the index knows of the words: how much each tells, and what may stand for it.

use super::need::{Also, Choice, Need, Word};
use crate::analyze::Language;
use crate::schema::Fields;
use crate::vocabulary::Vocabulary;

/// Words of a query for which similar ones are looked for: each costs a walk through the dictionary.
const CORRECTED: usize = 4;
/// Words that begin as was typed, of which the finds are marked.
const MARKED: usize = 50;
/// Among other words, one on no more pages than this may be a slip that somebody made before …
const SELDOM: u64 = 3;
/// … if one like it is on so many times as many.
const MUCH_MORE: u64 = 10;

/// A word that was probably meant otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slip {
    /// The word as it was typed, folded.
    pub(crate) typed: String,
    /// What was probably meant.
    pub(crate) meant: String,
    /// Whether the word itself is nowhere, so that all that is found is what was meant.
    pub(crate) nowhere: bool,
}

/// Weighs the choices, and finds what may stand for their words: two words written as one, and for a
/// word that is nowhere those that are like it. Where words are meant literally, nothing stands for
/// them. The second value is what would be, or is, read otherwise.
pub(super) fn look_up(
    choices: &mut [Choice],
    literal: bool,
    language: &Language,
    fields: Fields,
    vocabulary: &mut Vocabulary<'_>,
) -> Vec<Slip> {
    if !literal {
        join(choices, language, fields, vocabulary);
    }
    let similar = language.rules.weights.similar;
    let mut slips = Vec::new();
    let mut corrected = 0;
    let doubted = if choices.len() > 1 { SELDOM } else { 0 };
    for choice in choices {
        if let [Need::Word(word)] = choice.any.as_mut_slice()
            && word.also.is_empty()
            && corrected < CORRECTED
            && let own = vocabulary.open_pages(fields.stem, &word.stem, doubted + 1)
            && own <= doubted
        {
            corrected += 1;
            let mut like = vocabulary.like(fields.body, &word.exact);
            let enough = MUCH_MORE * own;
            like.retain(|exact| vocabulary.open_pages(fields.body, exact, enough) >= enough);
            if let Some(meant) = like.first().cloned() {
                slips.push(Slip { typed: word.exact.clone(), meant, nowhere: own == 0 });
            }
            if !literal {
                like.into_iter().for_each(|exact| add(word, exact, similar, language));
            }
        }
        for need in &mut choice.any {
            if let Need::Beginning { text, stems } = need {
                let words = vocabulary.beginning(fields.body, text, MARKED);
                stems.extend(words.iter().map(|word| language.stem(word)));
            }
        }
        let known = choice.any.iter().map(|need| pages(need, fields, vocabulary)).sum();
        choice.weight = vocabulary.weight(known);
    }
    slips
}

/// `metro mini` also finds `metromini`, if that is a word.
fn join(choices: &mut [Choice], language: &Language, fields: Fields, vocabulary: &Vocabulary<'_>) {
    for at in 1..choices.len() {
        let (Some(first), Some(second)) = (choices[at - 1].word(), choices[at].word()) else {
            continue;
        };
        let joined = format!("{}{}", first.exact, second.exact);
        if first.stop || second.stop || vocabulary.pages(fields.body, &joined) == 0 {
            continue;
        }
        for place in [at - 1, at] {
            if let [Need::Word(word)] = choices[place].any.as_mut_slice() {
                add(word, joined.clone(), 1.0, language);
            }
        }
    }
}

fn add(word: &mut Word, exact: String, weight: f32, language: &Language) {
    let stem = language.stem(&exact);
    if stem != word.stem && word.also.iter().all(|also| also.stem != stem) {
        word.also.push(Also { exact, stem, weight });
    }
}

/// On how many pages it is found, about.
fn pages(need: &Need, fields: Fields, vocabulary: &Vocabulary<'_>) -> u64 {
    let stem = |stem: &str| vocabulary.pages(fields.stem, stem);
    match need {
        Need::Word(word) => {
            stem(&word.stem) + word.also.iter().map(|also| stem(&also.stem)).sum::<u64>()
        }
        Need::Compound { whole, parts, .. } => {
            stem(whole) + parts.iter().map(|part| stem(&part.stem)).min().unwrap_or(0)
        }
        Need::Synonym { mark, .. } => stem(mark),
        _ => 0,
    }
}
