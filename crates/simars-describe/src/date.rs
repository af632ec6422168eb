//! Calendar dates as documents write them: `20 Mei 2024`, `20-05-2024`, and in words.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use simars_record::Date;

use crate::kinds::edits;
use crate::number::{Repair, read_year};

/// A date, where it stands in the text (bytes), and what had to be repaired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateFound {
    pub(crate) date: Date,
    pub(crate) at: Range<usize>,
    pub(crate) repair: Repair,
}

/// Months in every spelling in use, old and new.
const MONTHS: [&[&str]; 12] = [
    &["januari", "djanuari", "jan"],
    &["februari", "pebruari", "feb", "peb"],
    &["maret", "mar"],
    &["april", "apr"],
    &["mei"],
    &["juni", "djuni", "jun"],
    &["juli", "djuli", "jul"],
    &["agustus", "agt", "ags", "agu"],
    &["september", "sept", "sep"],
    &["oktober", "okt"],
    &["november", "nopember", "nov", "nop"],
    &["desember", "des"],
];

/// The month that a word names; a word that recognition damaged names the one nearest to it.
fn month(word: &str) -> Option<(u8, Repair)> {
    let word = word.to_lowercase().replace(' ', "");
    let exact = |names: &[&str]| names.contains(&word.as_str());
    if let Some(at) = MONTHS.iter().position(|names| exact(names)) {
        return Some((at as u8 + 1, Repair::None));
    }
    let word = alike(&word);
    if word.len() > 12 {
        return None;
    }
    let mut nearest: Option<(usize, usize)> = None;
    let mut tied = false;
    for (at, names) in MONTHS.iter().enumerate() {
        for name in names.iter().filter(|name| name.len() >= 4) {
            let distance = edits(&word, &alike(name));
            let allowed = if name.len() >= 7 { 2 } else { 1 };
            if distance > allowed {
                continue;
            }
            match nearest {
                Some((month, best)) if distance == best && month != at => tied = true,
                Some((_, best)) if distance >= best => {}
                _ => (nearest, tied) = (Some((at, distance)), false),
            }
        }
    }
    let (at, distance) = nearest.filter(|_| !tied)?;
    let repair = if distance <= 1 { Repair::Plain } else { Repair::Ambiguous };
    Some((at as u8 + 1, repair))
}

/// Whether a word is a month as it is spelled.
pub(crate) fn is_month(word: &str) -> bool {
    let word = word.to_lowercase();
    MONTHS.iter().any(|names| names.contains(&word.as_str()))
}

/// A word with letters that look alike made the same, so that `Juii` is nearer to `Juli` than to
/// `Juni`.
fn alike(word: &str) -> Vec<char> {
    word.replace("rn", "m").replace('i', "l").chars().collect()
}

/// `20 Mei 2024`, with a year whose digits may have been read as letters.
static WITH_MONTH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?P<d>[0-9oli|]{1,2})[\s.,\-]{1,3}(?P<m>[a-z]{1,11}(?:[ ][a-z]{1,9}){0,3})[\s.,\-]{0,3}(?P<y>[12lz|][0-9olizsbtq|][ 0-9olizsbtq|]{2,5})",
    )
    .ok()
});

/// `20-05-2024`, `20/5/2024`, `20.05.2024`.
static IN_FIGURES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b(?P<d>[0-9]{1,2})\s?[-/.]\s?(?P<m>[0-9]{1,2})\s?[-/.]\s?(?P<y>[0-9]{4})\b").ok()
});

/// `dua puluh bulan Mei tahun dua ribu dua puluh empat`.
static IN_WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let number = r"[a-z]+(?:[\s\-]+[a-z]+){0,3}?";
    Regex::new(&format!(
        r"(?i)\b(?P<d>{number})[\s,]+bulan\s+(?P<m>[a-z]{{3,11}})[\s,]+tahun\s+(?P<y>(?:dua|se)\s?ribu(?:[\s\-]+[a-z]+){{0,7}})"
    ))
    .ok()
});

/// The first date written with the month's name, or in figures.
pub(crate) fn first(text: &str) -> Option<DateFound> {
    let named = WITH_MONTH.as_ref().and_then(|regex| {
        regex.captures_iter(text).find_map(|found| {
            let (month, month_repair) = month(found.name("m")?.as_str())?;
            let (day, year) = (found.name("d")?, found.name("y")?);
            let (digits, day_repair) = day_number(day.as_str())?;
            let (value, length, year_repair) = read_year(year.as_str())?;
            let date = Date::new(value, month, digits)?;
            let repair = month_repair.max(day_repair).max(year_repair);
            Some(DateFound { date, at: day.start()..year.start() + length, repair })
        })
    });
    let figures = IN_FIGURES.as_ref().and_then(|regex| {
        regex.captures_iter(text).find_map(|found| {
            let date = Date::new(
                found.name("y")?.as_str().parse().ok()?,
                found.name("m")?.as_str().parse().ok()?,
                found.name("d")?.as_str().parse().ok()?,
            )?;
            Some(DateFound { date, at: found.get(0)?.range(), repair: Repair::None })
        })
    });
    match (named, figures) {
        (Some(named), Some(figures)) if figures.at.start < named.at.start => Some(figures),
        (named, figures) => named.or(figures),
    }
}

fn day_number(text: &str) -> Option<(u8, Repair)> {
    let mut repair = Repair::None;
    let mut day = 0u8;
    for character in text.chars() {
        let digit = match character {
            '0'..='9' => character as u8 - b'0',
            'O' | 'o' => 0,
            _ => 1,
        };
        if !character.is_ascii_digit() {
            repair = Repair::Plain;
        }
        day = day * 10 + digit;
    }
    // Letters alone may be a word (`lo`, `o`), but not these.
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        Some((day, repair))
    } else if text.bytes().all(|byte| byte == b'I') {
        Some((day, Repair::Ambiguous))
    } else {
        None
    }
}

/// The first date written out in words, as minutes do.
pub(crate) fn first_in_words(text: &str) -> Option<DateFound> {
    IN_WORDS.as_ref()?.captures_iter(text).find_map(|found| {
        let (month, repair) = month(found.name("m")?.as_str())?;
        let (day_text, year_text) = (found.name("d")?, found.name("y")?);
        // What stands before the day (`tanggal`, the day of the week) is no part of it.
        let (day, skipped) = ends_with_number(day_text.as_str())?;
        let (year, length) = begins_with_number(year_text.as_str())?;
        let date = Date::new(year, month, u8::try_from(day).ok()?)?;
        let at = day_text.start() + skipped..year_text.start() + length;
        Some(DateFound { date, at, repair })
    })
}

/// The number that the last words of a text make, and how many bytes stand before them.
fn ends_with_number(text: &str) -> Option<(u16, usize)> {
    let starts = std::iter::once(0).chain(
        text.match_indices(|character: char| !character.is_alphabetic())
            .map(|(at, sign)| at + sign.len()),
    );
    starts.filter_map(|at| whole_number(&text[at..]).map(|value| (value, at))).next()
}

/// The number that the first words of a text make, and its length in bytes.
fn begins_with_number(text: &str) -> Option<(u16, usize)> {
    let mut ends: Vec<usize> = text
        .match_indices(|character: char| !character.is_alphabetic())
        .map(|(at, _)| at)
        .collect();
    ends.push(text.len());
    ends.into_iter().rev().find_map(|at| whole_number(&text[..at]).map(|value| (value, at)))
}

/// A number in Indonesian words, from 1 to 9,999.
fn whole_number(text: &str) -> Option<u16> {
    let lower = text.to_lowercase();
    let joined = lower.replace("se ribu", "seribu").replace("se puluh", "sepuluh");
    let (mut total, mut group, mut pending) = (0u16, 0u16, 0u16);
    let mut any = false;
    for word in joined.split(|character: char| !character.is_alphabetic()) {
        if word.is_empty() {
            continue;
        }
        any = true;
        match word {
            "ribu" if pending > 0 && total == 0 => {
                (total, group, pending) = ((group + pending) * 1000, 0, 0);
            }
            "seribu" if total == 0 => total = 1000,
            "ratus" if pending > 0 => (group, pending) = (group + pending * 100, 0),
            "seratus" => group += 100,
            "puluh" if pending > 0 => (group, pending) = (group + pending * 10, 0),
            "belas" if pending > 0 => (group, pending) = (group + 10 + pending, 0),
            "sepuluh" => group += 10,
            "sebelas" => group += 11,
            _ if pending == 0 => pending = digit_word(word)?,
            _ => return None,
        }
        if total > 9000 || group > 999 {
            return None;
        }
    }
    if any { Some(total + group + pending) } else { None }
}

fn digit_word(word: &str) -> Option<u16> {
    const WORDS: [&str; 9] =
        ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"];
    WORDS.iter().position(|digit| *digit == word).map(|at| at as u16 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn iso(found: Option<DateFound>) -> Option<String> {
        found.map(|found| found.date.to_string())
    }

    #[test]
    fn months_in_every_spelling() {
        for (text, date) in [
            ("pada tanggal 20 Mei 2024", "2024-05-20"),
            ("28 Pebruari 1957.", "1957-02-28"),
            ("27 Nopember 1955", "1955-11-27"),
            ("1 Djuli 1965", "1965-07-01"),
            ("2 Olrtober 2018", "2018-10-02"),
            ("2 Desernber 2018", "2018-12-02"),
            ("9 Scptember 2018", "2018-09-09"),
            ("3 Juii 2018", "2018-07-03"),
            ("23 MEI 2Ol8", "2018-05-23"),
            ("18 Ju li 2016", "2016-07-18"),
            ("7 November 2O2O", "2020-11-07"),
            ("27 Desember1975", "1975-12-27"),
            ("l2 Mei 2020", "2020-05-12"),
            ("II Oktober 1993", "1993-10-11"),
            ("17-11-1946", "1946-11-17"),
            ("1/2/2020", "2020-02-01"),
        ] {
            assert_eq!(iso(first(text)).as_deref(), Some(date), "{text}");
        }
        for text in ["31 Juni 2020", "12 orang 2020", "Pasal 5 ayat 2020", "3 Jumi 20"] {
            assert_eq!(first(text), None, "{text}");
        }
    }

    #[test]
    fn in_words() {
        for (text, date) in [
            (
                "Senin tanggal dua puluh bulan Mei tahun dua ribu dua puluh empat bertempat",
                "2024-05-20",
            ),
            ("tanggal tiga puluh satu bulan Desember tahun dua ribu sebelas,", "2011-12-31"),
            ("Rabu, tanggal Satu bulan Juli tahun Dua Ribu Sembilan Belas", "2019-07-01"),
            (
                "tanggal sembilan bulan April tahun seribu sembilan ratus sembilan puluh sembilan",
                "1999-04-09",
            ),
        ] {
            assert_eq!(iso(first_in_words(text)).as_deref(), Some(date), "{text}");
        }
        let text = "hari Senin tanggal dua puluh bulan Mei tahun dua ribu dua puluh empat, di";
        let at = first_in_words(text).unwrap().at;
        assert_eq!(&text[at], "dua puluh bulan Mei tahun dua ribu dua puluh empat");
        assert_eq!(first_in_words("tanggal tiga puluh bulan Februari tahun dua ribu"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text: String) {
            for found in [first(&text), first_in_words(&text)].into_iter().flatten() {
                prop_assert!(!text[found.at].is_empty());
            }
        }

        #[test]
        fn every_day_is_found(day in 1u8..=28, month in 0usize..12, year in 1945u16..2059) {
            let text = format!("pada tanggal {day} {} {year}", MONTHS[month][0]);
            let found = first(&text).unwrap();
            prop_assert_eq!(found.date, Date::new(year, month as u8 + 1, day).unwrap());
        }
    }
}
