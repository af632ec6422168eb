//! What is wrong with a row of a schedule, in the reader's language.

use simars_ingest::schedule::Wrong;
use simars_record::classification::CodeError;
use simars_record::retention::{FateError, PhaseError};

use crate::language::Language;
use crate::texts::fill;

/// What is wrong, and what would be right.
pub(super) fn in_words_of(language: Language, wrong: &Wrong) -> String {
    let say = |key: &str, values: &[(&str, &str)]| fill(language, key, values);
    match wrong {
        Wrong::Code(CodeError::Blank { given, instead }) => {
            say("wrong.code_blank", &[("given", given), ("instead", instead)])
        }
        Wrong::Code(CodeError::Form(given)) => say("wrong.code_form", &[("given", given)]),
        Wrong::Twice { code, first } => {
            say("wrong.twice", &[("code", code.as_str()), ("first", &first.to_string())])
        }
        Wrong::TooMany => say("wrong.too_many", &[]),
        Wrong::NoTitle(code) => say("wrong.no_title", &[("code", code.as_str())]),
        Wrong::LongTitle(code) => say("wrong.long_title", &[("code", code.as_str())]),
        Wrong::NoPhase(code) => say("wrong.no_phase", &[("code", code.as_str())]),
        Wrong::Phase(code, error) => {
            let code = code.as_str();
            match error {
                PhaseError::NoNumber(given) | PhaseError::NoYears(given) => {
                    say("wrong.phase_years", &[("code", code), ("given", given)])
                }
                PhaseError::NoEvent(given) => {
                    say("wrong.phase_event", &[("code", code), ("given", given)])
                }
                PhaseError::TooMany(years) => {
                    say("wrong.phase_many", &[("code", code), ("given", &years.to_string())])
                }
                PhaseError::LongEvent => say("wrong.phase_long", &[("code", code)]),
            }
        }
        Wrong::Fate(code, FateError(given)) => {
            say("wrong.fate", &[("code", code.as_str()), ("given", given)])
        }
        Wrong::Mark(code, given) => say("wrong.mark", &[("code", code.as_str()), ("given", given)]),
        Wrong::NoGroup { code, group } => {
            say("wrong.no_group", &[("code", code.as_str()), ("group", group.as_str())])
        }
    }
}
