//! Numbers of acts typed as people say them: `keputusan 457`, `uu 7 2017`, without a word that says
//! that a number follows.

use simars_describe::reference::{Reference, references_in};

/// Years that belong to a number.
const YEARS: std::ops::RangeInclusive<u32> = 1945..=2100;
/// Digits of a number at most.
const DIGITS: usize = 5;

/// A number without a label, among words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unlabelled {
    /// The word it begins with: the first of the kind's name.
    pub(super) from: usize,
    /// One past its last word.
    pub(super) to: usize,
    pub(super) act: Reference,
}

/// The first number in `words` that follows the name of a kind of act, with the year that follows.
/// A year by itself is none.
pub(super) fn find(words: &[&str]) -> Option<Unlabelled> {
    (1..words.len()).filter(|at| is_number(words[*at])).find_map(|at| {
        let year = words.get(at + 1).filter(|word| is_year(word));
        if year.is_none() && is_year(words[at]) {
            return None;
        }
        let before = words[..at].join(" ");
        let dated = year.map(|year| format!(" tahun {year}")).unwrap_or_default();
        let said = format!("{before} nomor {}{dated}", words[at]);
        let act = references_in(&said).pop()?;
        if act.kind.is_none() || act.end != said.len() || act.start >= before.len() {
            return None;
        }
        let from = before[..act.start].split_whitespace().count();
        Some(Unlabelled { from, to: at + 1 + usize::from(year.is_some()), act })
    })
}

fn is_number(word: &str) -> bool {
    (1..=DIGITS).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_year(word: &str) -> bool {
    is_number(word) && word.parse().is_ok_and(|year: u32| YEARS.contains(&year))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kind, number and year.
    type Named = (Option<&'static str>, String, Option<u16>);

    fn found(query: &str) -> Option<(usize, usize, Named)> {
        let words: Vec<&str> = query.split(' ').collect();
        let Unlabelled { from, to, act } = find(&words)?;
        Some((from, to, (act.kind, act.number, act.year)))
    }

    #[test]
    fn kinds_with_a_bare_number() {
        for (query, from, to, kind, number, year) in [
            ("keputusan 457", 0, 2, "keputusan", "457", None),
            ("sk kpu 12 kursi", 0, 3, "keputusan", "12", None),
            ("perubahan uu 7 2017", 1, 4, "undang-undang", "7", Some(2017)),
            ("berita acara 0105 2024 pleno", 0, 4, "berita-acara", "105", Some(2024)),
        ] {
            let expected = (from, to, (Some(kind), number.to_owned(), year));
            assert_eq!(found(query), Some(expected), "{query}");
        }
    }

    #[test]
    fn years_and_other_figures_are_none() {
        for query in
            ["keputusan 2024", "pemilu 2024", "pasal 12", "457", "keputusan tentang 5 calon"]
        {
            assert_eq!(found(query), None, "{query}");
        }
    }
}
