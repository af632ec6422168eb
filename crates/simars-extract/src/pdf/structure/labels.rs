//! The pages' own names (ISO 32000-2, 12.4.2).

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Deref};

use hayro_syntax::object::{Dict, Name, String as PdfString};

use super::super::decoded;
use super::{Source, tree};
use crate::answer::clean_title;

/// A name begins with at most so many characters that do not count.
const MOST_PREFIX: usize = 64;
/// From here on, Roman numerals and repeated letters would only grow longer.
const MOST_ROMAN: u32 = 4_999;
const MOST_LETTERS: u32 = 26 * 10;

/// How a run of pages is named.
#[derive(Debug, Default)]
struct Run {
    style: Option<u8>,
    prefix: String,
    start: u32,
}

/// One name for each page that is read, or none at all if they are 1, 2, 3 ….
pub(super) fn read(source: &Source<'_>) -> Vec<String> {
    let Some(root) = source.catalog.get::<Dict<'_>>("PageLabels") else { return Vec::new() };
    let mut runs = BTreeMap::new();
    let mut looked_at = 0;
    tree::walk(source, root, "Nums", |(page, run)| {
        let page = page.into_number().and_then(|page| usize::try_from(page.as_i64()).ok());
        if let (Some(page), Some(run)) = (page, source.dictionary(run)) {
            runs.insert(page, Run::of(&run));
        }
        looked_at += 1;
        if looked_at < source.pages { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    let labels = named(source.pages, &runs);
    let differ = labels.iter().zip(1_u32..).any(|(label, number)| *label != number.to_string());
    if differ { labels } else { Vec::new() }
}

fn named(pages: usize, runs: &BTreeMap<usize, Run>) -> Vec<String> {
    // Pages before the first run have their numbers.
    let counted = Run { style: Some(b'D'), prefix: String::new(), start: 1 };
    let mut current = (0, &counted);
    let mut labels = Vec::with_capacity(pages);
    for page in 0..pages {
        if let Some(run) = runs.get(&page) {
            current = (page, run);
        }
        let (first, run) = current;
        labels.push(run.label((page - first) as u32));
    }
    labels
}

impl Run {
    fn of(dictionary: &Dict<'_>) -> Self {
        let style = dictionary.get::<Name<'_>>("S");
        let prefix = dictionary.get::<PdfString<'_>>("P").and_then(|prefix| decoded(&prefix));
        Self {
            style: style.and_then(|style| style.deref().first().copied()),
            prefix: prefix.unwrap_or_default().chars().take(MOST_PREFIX).collect(),
            start: dictionary.get::<u32>("St").unwrap_or(1),
        }
    }

    /// The name of the page that comes `after` others of the run.
    fn label(&self, after: u32) -> String {
        let number = self.start.saturating_add(after);
        let counted = match self.style {
            Some(b'D') => number.to_string(),
            Some(b'R') => roman(number),
            Some(b'r') => roman(number).to_lowercase(),
            Some(b'A') => letters(number, b'A'),
            Some(b'a') => letters(number, b'a'),
            _ => String::new(),
        };
        clean_title(&format!("{}{counted}", self.prefix)).unwrap_or_default()
    }
}

fn roman(mut number: u32) -> String {
    const NUMERALS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if number == 0 || number > MOST_ROMAN {
        return number.to_string();
    }
    let mut written = String::new();
    for (value, numeral) in NUMERALS {
        while number >= value {
            written.push_str(numeral);
            number -= value;
        }
    }
    written
}

/// A to Z, AA to ZZ (each letter twice), AAA ….
fn letters(number: u32, first: u8) -> String {
    if number == 0 || number > MOST_LETTERS {
        return number.to_string();
    }
    let index = number - 1;
    let letter = char::from(first + (index % 26) as u8);
    std::iter::repeat_n(letter, (index / 26 + 1) as usize).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_and_letters_count() {
        let romans =
            [(1, "I"), (4, "IV"), (9, "IX"), (14, "XIV"), (1777, "MDCCLXXVII"), (1994, "MCMXCIV")];
        for (number, written) in romans {
            assert_eq!(roman(number), written);
        }
        let lettered = [(1, "A"), (26, "Z"), (27, "AA"), (52, "ZZ"), (53, "AAA")];
        for (number, written) in lettered {
            assert_eq!(letters(number, b'A'), written);
        }
    }

    #[test]
    fn no_label_grows_without_end() {
        for number in [0, MOST_ROMAN + 1, u32::MAX] {
            assert_eq!(roman(number), number.to_string());
            assert_eq!(letters(number, b'a'), number.to_string());
        }
    }

    #[test]
    fn runs_follow_each_other() {
        let run = |style: Option<u8>, prefix: &str, start| Run {
            style,
            prefix: prefix.to_owned(),
            start,
        };
        let runs =
            [(1, run(Some(b'r'), "", 3)), (3, run(Some(b'D'), "L-", 7)), (4, run(None, "Peta", 1))];
        assert_eq!(named(6, &runs.into()), ["1", "iii", "iv", "L-7", "Peta", "Peta"]);
    }
}
