//! Two readings of a cell with a number, and which of them to believe.

use super::tsv::Word;

/// Below this confidence a number is doubtful even when both readings agree.
const SURE: f32 = 45.0;

/// Whether a cell's words are to be read again as a number: mostly digits, or letters that are
/// easily taken for digits.
pub(super) fn looks_numeric(words: &[Word]) -> bool {
    let letters =
        || words.iter().flat_map(|word| word.text.chars()).filter(|one| one.is_alphanumeric());
    let total = letters().count();
    let digits = letters().filter(char::is_ascii_digit).count();
    let like_digits = letters().filter(|one| "OoQlIiSsBZzgqAeD|".contains(*one)).count();
    // A lone letter may be a digit; a word of them is none.
    digits * 2 > total || (total > 0 && total <= 2 && digits + like_digits == total)
}

/// Whether a cell's words are so short that they may be a misread number.
pub(super) fn is_short(words: &[Word]) -> bool {
    words.iter().map(|word| word.text.chars().count()).sum::<usize>() <= 3
}

/// A number as it is written: digits in threes with points, or without, a fraction behind a comma.
pub(super) fn is_plausible(text: &str) -> bool {
    let text = text.trim_end_matches('%');
    let text = text.strip_prefix('-').unwrap_or(text);
    if text.is_empty() {
        // A dash for nothing.
        return true;
    }
    let (whole, fraction) = text.split_once(',').map_or((text, None), |(a, b)| (a, Some(b)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split('.');
    let first = groups.next().unwrap_or_default();
    let grouped = whole.contains('.');
    digits(first)
        && (!grouped || first.len() <= 3)
        && groups.all(|group| group.len() == 3 && digits(group))
        && fraction.is_none_or(digits)
}

/// Whether a number has five digits or more and no point between them. One of four digits with its
/// point taken for a digit has five; years have four.
pub(super) fn is_long_and_bare(text: &str) -> bool {
    text.len() >= 5 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The believed reading of a cell, and whether it is doubtful.
pub(super) fn decide(first: Vec<Word>, second: Vec<Word>) -> (Vec<Word>, bool) {
    let (one, other) = (joined(&first), joined(&second));
    let (one_sure, other_sure) = (confidence(&first), confidence(&second));
    if one == other && !one.is_empty() {
        let doubtful = !is_plausible(&one) || one_sure.max(other_sure) < SURE;
        return (as_one(first, one), doubtful);
    }
    // Digits alone decide whether the two mean the same number.
    let bare = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let same_digits = !one.is_empty() && bare(&one) == bare(&other);
    let first_fits = !one.is_empty() && is_plausible(&one);
    let second_fits = !other.is_empty() && is_plausible(&other);
    let take_first = match (first_fits, second_fits) {
        (true, false) => true,
        (false, true) => false,
        _ => one_sure >= other_sure,
    };
    if take_first || other.is_empty() {
        (as_one(first, one), !(same_digits && first_fits))
    } else {
        (as_one(second, other), !(same_digits && second_fits))
    }
}

pub(super) fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect()
}

fn confidence(words: &[Word]) -> f32 {
    words.iter().map(|word| word.confidence).fold(100.0, f32::min)
}

/// The words as one, in a box around all of them.
pub(super) fn as_one(words: Vec<Word>, text: String) -> Vec<Word> {
    let sure = confidence(&words);
    let all = words.into_iter().reduce(|one, other| Word {
        left: one.left.min(other.left),
        top: one.top.min(other.top),
        right: one.right.max(other.right),
        bottom: one.bottom.max(other.bottom),
        ..one
    });
    all.map(|word| Word { text, confidence: sure, ..word }).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, confidence: f32) -> Vec<Word> {
        let word = |(index, text): (usize, &str)| Word {
            text: text.to_owned(),
            left: index as f32 * 50.0,
            top: 0.0,
            right: index as f32 * 50.0 + 40.0,
            bottom: 12.0,
            confidence,
        };
        text.split_whitespace().enumerate().map(word).collect()
    }

    #[test]
    fn numbers_as_they_are_written() {
        for number in ["0", "17", "1.204", "12.345.678", "1945", "3,5", "98,76%", "-", "-12"] {
            assert!(is_plausible(number), "{number}");
        }
        for number in ["1.20", "1.2045", ".204", "12.", "1945.000", "3,", "1,2,3", "1O4"] {
            assert!(!is_plausible(number), "{number}");
        }
    }

    #[test]
    fn long_numbers_without_points_are_told_from_years() {
        for text in ["172253", "12253"] {
            assert!(is_long_and_bare(text), "{text}");
        }
        for text in ["2024", "17.253", "1225-", ""] {
            assert!(!is_long_and_bare(text), "{text}");
        }
    }

    #[test]
    fn what_may_be_a_number_is_read_again() {
        for cell in ["1.204", "1.2O4", "l", "O", "12 345"] {
            assert!(looks_numeric(&words(cell, 90.0)), "{cell}");
        }
        for cell in ["", "TPS 01", "Suara", "di"] {
            assert!(!looks_numeric(&words(cell, 90.0)), "{cell}");
        }
    }

    #[test]
    fn agreement_is_sure_and_everything_else_is_doubtful() {
        let text = |(words, doubtful): (Vec<Word>, bool)| (words[0].text.clone(), doubtful);
        let sure = decide(words("1 204", 90.0), words("1204", 80.0));
        assert_eq!((sure.0.len(), sure.0[0].right), (1, 90.0));
        assert_eq!(text(sure), ("1204".to_owned(), false));
        assert_eq!(
            text(decide(words("1.204", 60.0), words("1.294", 90.0))),
            ("1.294".to_owned(), true)
        );
        assert_eq!(
            text(decide(words("1.2O4", 95.0), words("1.204", 50.0))),
            ("1.204".to_owned(), true)
        );
        assert_eq!(
            text(decide(words("12.04", 95.0), words("1.204", 50.0))),
            ("1.204".to_owned(), false)
        );
        assert_eq!(text(decide(Vec::new(), words("7", 90.0))), ("7".to_owned(), true));
        assert_eq!(text(decide(words("7", 90.0), Vec::new())), ("7".to_owned(), true));
        assert!(decide(Vec::new(), Vec::new()).1);
        assert!(decide(words("7", 20.0), words("7", 30.0)).1);
    }
}
