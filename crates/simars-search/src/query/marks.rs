//! What snippets mark.

use super::need::{Choice, Need};
use crate::analyze::Language;
use crate::snippet::Marks;

/// What snippets mark: all that was looked for.
pub(super) fn marks(choices: &[Choice], language: &Language) -> Marks {
    let mut marks = Marks::default();
    for need in choices.iter().flat_map(|choice| &choice.any) {
        match need {
            Need::Word(word) => {
                marks.word(word.stem.clone());
                word.also.iter().for_each(|also| marks.word(also.stem.clone()));
            }
            Need::Compound { whole, digits, parts } => {
                marks.run(whole.clone());
                if *digits {
                    marks.phrase(parts.iter().map(|part| part.exact.clone()).collect());
                } else {
                    parts.iter().for_each(|part| marks.word(part.stem.clone()));
                }
            }
            Need::Synonym { mark, words } => {
                let telling = words.iter().filter(|word| !word.stop);
                telling.for_each(|word| marks.word(word.stem.clone()));
                language
                    .rules
                    .synonyms
                    .phrases(mark)
                    .iter()
                    .cloned()
                    .for_each(|phrase| marks.phrase(phrase));
            }
            Need::Beginning { stems, .. } => stems.iter().for_each(|stem| marks.word(stem.clone())),
            Need::Phrase(words) => {
                marks.phrase(words.iter().map(|word| word.exact.clone()).collect());
            }
            Need::Act(act) => {
                act.citations.iter().cloned().for_each(|citation| marks.phrase(citation));
                act.whole.iter().cloned().for_each(|whole| marks.run(whole));
            }
            Need::Within { units, .. } => {
                let words = units.iter().flat_map(|unit| &unit.words).filter(|word| !word.stop);
                words.for_each(|word| marks.word(word.stem.clone()));
            }
            Need::Number(_) | Need::Year(_) | Need::Kind(_) => {}
        }
    }
    marks
}
