//! Numbers of acts, as they are written after *Nomor*, and their one spelling for comparing.
//!
//! Recognition from images leaves letters where digits were (`2O2O`, `4l`) and `j` where `/` was.
//! They are read as digits only here, where a number or a year is expected.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::edition;

/// What had to be done to read a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Repair {
    /// Nothing.
    #[default]
    None,
    /// Letters were read as the digits they nearly always stand for.
    Plain,
    /// Letters were read as digits, and could be something else.
    Ambiguous,
}

/// A number with its year. All ranges are bytes of the text it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// As written, without blanks around `/`, `-` and `.`, and repaired.
    pub(crate) number: String,
    pub(crate) number_at: Range<usize>,
    pub(crate) number_repair: Repair,
    pub(crate) year: Option<(u16, Range<usize>, Repair)>,
    /// Where the whole ends.
    pub(crate) end: usize,
}

impl Written {
    /// Whether it has more parts than a running number, as in `12/HK.03.1-Kpt/52/2024`.
    pub(crate) fn is_code(&self) -> bool {
        self.number.contains('/')
    }
}

/// `12 TAHUN 2024`, `M.07-XY.03 Tahun 2009`, `91 Prp Tahun 1960`.
static WITH_YEAR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let number = r"(?P<n>[0-9ol|]{1,2}[ ][0-9ol|]{1,3}|[0-9a-z|]{1,8}(?:[ ]?[.\-–][ ]?[0-9a-z|]{1,12}){0,6})";
    let mark = r"(?:[ ]?\(?(?:prps|prp|drt|pnps|darurat)\b\.?\)?)?";
    Regex::new(&format!(
        r"(?i)^{number}{mark}[\s,.]*(?:t[a-z^]{{1,2}}h[a-z]{{1,3}}n|thn|th)[\s.:,]*(?P<y>[0-9olizsbtq|])"
    ))
    .ok()
});

/// `12/HK.03.1-Kpt/52/2024`, `15/Kpts/KPU/TAHUN 2017`, `IV/MXX/1997`.
static CODE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let first = r"[0-9a-z|.\-–]+(?:[ ]?[\-–][ ]?[0-9a-z.]+){0,4}\s?/\s?";
    let inner = r"[0-9a-z|.()_&\-–]+(?:\s?[\-–]\s?[0-9a-z.]+|[ ][a-z.][0-9a-z.\-]*){0,4}\s?/\s?";
    let last = r"(?:tahun\s+)?[0-9a-z|.\-–]+";
    Regex::new(&format!(r"(?i)^(?P<n>{first}(?:{inner}){{0,8}}{last})")).ok()
});

/// A code whose slashes were read as `j`: `4 jpl.01.5-kptj3313jkpu-kabjxj2018`.
static CODE_WITH_J: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?P<n>[0-9ol|]{1,5} ?j ?[0-9a-z.\-]+(?: ?j ?[0-9a-z.\-]+){0,8}j ?[0-9oli|]{4})\b",
    )
    .ok()
});

/// A number that stands alone.
static PLAIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?P<n>[0-9a-z|]{1,12}(?:[ ]?[.\-–][ ]?[0-9a-z|]{1,12}){0,6})").ok()
});

fn captures<'t>(regex: &LazyLock<Option<Regex>>, text: &'t str) -> Option<Captures<'t>> {
    regex.as_ref().and_then(|regex| regex.captures(text))
}

/// The longest number that is read.
const LONGEST: usize = 160;

/// Reads the number with which a text begins.
pub(crate) fn read(text: &str) -> Option<Written> {
    let text = &text[..text.floor_char_boundary(LONGEST)];
    read_with_year(text)
        .or_else(|| edition::read(text))
        .or_else(|| read_code(text))
        .or_else(|| read_plain(text))
}

fn read_with_year(text: &str) -> Option<Written> {
    let found = captures(&WITH_YEAR, text)?;
    let number_at = found.name("n")?.range();
    let year_start = found.name("y")?.start();
    let (year, length, year_repair) = read_year(&text[year_start..])?;
    let compacted = compact(&text[number_at.clone()]);
    let torn = compacted.contains(' ');
    let (number, number_repair) = match repair_digits(&compacted.replace(' ', "")) {
        Some((number, _)) if torn => (number, Repair::Ambiguous),
        Some(repaired) => repaired,
        None if compacted.bytes().any(|byte| byte.is_ascii_digit()) => (compacted, Repair::None),
        None => return None,
    };
    let end = year_start + length;
    Some(Written {
        number,
        number_at,
        number_repair,
        year: Some((year, year_start..end, year_repair)),
        end,
    })
}

fn read_code(text: &str) -> Option<Written> {
    let (found, slashes_lost) = match captures(&CODE_WITH_J, text) {
        Some(found) => (found, true),
        None => (captures(&CODE, text)?, false),
    };
    let whole = found.name("n")?;
    let raw = whole.as_str().trim_end_matches(['.', '-', '–']);
    let repaired = if slashes_lost { raw.replace(['j', 'J'], "/") } else { raw.to_owned() };
    let compacted = compact(&repaired);
    let mut parts: Vec<String> = compacted.split('/').map(str::to_owned).collect();
    let mut repair = if slashes_lost { Repair::Ambiguous } else { Repair::None };
    let first = parts.first_mut()?;
    match repair_digits(first) {
        Some((number, how)) if has_digit(first) => {
            *first = number;
            repair = repair.max(how);
        }
        _ if has_digit(first) || is_roman(first) => {}
        _ => return None,
    }
    let number_at = whole.start()..whole.start() + raw.len();
    let year = year_of_code(&mut parts, &text[number_at.clone()]);
    let year = year
        .map(|(year, at, how)| (year, number_at.start + at.start..number_at.start + at.end, how));
    let end = number_at.end;
    if let ([first, _], Some(year)) = (parts.as_slice(), &year) {
        // `7/2017`: the number is the first part alone.
        let length = text[number_at.start..]
            .find('/')
            .map_or(0, |at| text[number_at.start..number_at.start + at].trim_end().len());
        let number_at = number_at.start..number_at.start + length;
        let (number, year) = (first.clone(), Some(year.clone()));
        return Some(Written { number, number_at, number_repair: repair, year, end });
    }
    Some(Written { number: parts.join("/"), number_at, number_repair: repair, year, end })
}

/// The year in the last part of a code, with its place in the raw text; the part is repaired.
fn year_of_code(parts: &mut [String], raw: &str) -> Option<(u16, Range<usize>, Repair)> {
    let previous_is_month = parts.len() > 2 && is_roman(&parts[parts.len() - 2]);
    let last = parts.last_mut()?;
    let in_words = last.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("tahun"));
    let digits = if in_words { last[5..].trim_start() } else { last.as_str() };
    let tail = |length: usize| raw.len().saturating_sub(length)..raw.len();
    if let Some((year, length, repair)) = read_year(digits)
        && length == digits.len()
    {
        let at = tail(digits.len());
        *last = last.replace(digits, &year.to_string());
        return Some((year, at, repair));
    }
    // `V-99`, `I-03`, or `99` after a month in Roman numerals.
    let (before, short) = last.rsplit_once('-').unwrap_or(("", last));
    let known_place = is_roman(before) || before.is_empty() && previous_is_month;
    if known_place && short.len() == 2 && short.bytes().all(|byte| byte.is_ascii_digit()) {
        let short: u16 = short.parse().ok()?;
        let year = if short >= 45 { 1900 + short } else { 2000 + short };
        return Some((year, tail(2), Repair::Ambiguous));
    }
    let (before, long) = last.rsplit_once(['-', '.'])?;
    let year: u16 = long.parse().ok().filter(|year| YEARS.contains(year))?;
    if before.is_empty() { None } else { Some((year, tail(4), Repair::Plain)) }
}

fn read_plain(text: &str) -> Option<Written> {
    let number_at = captures(&PLAIN, text)?.name("n")?.range();
    let compacted = compact(&text[number_at.clone()]);
    if !has_digit(&compacted) {
        return None;
    }
    let (number, number_repair) = repair_digits(&compacted).unwrap_or((compacted, Repair::None));
    let end = number_at.end;
    Some(Written { number, number_at, number_repair, year: None, end })
}

/// Years that acts can have. Later ones are misread: 2077 stands where 2017 was.
const YEARS: std::ops::RangeInclusive<u16> = 1900..=2059;

/// Reads the year with which a text begins: the year, its length in bytes, what was repaired.
/// Blanks between its digits are allowed.
pub(crate) fn read_year(text: &str) -> Option<(u16, usize, Repair)> {
    let (mut year, mut digits, mut length) = (0u16, 0, 0);
    let mut repair = Repair::None;
    let mut blank_before = true;
    for (at, character) in text.char_indices() {
        if digits == 4 {
            let glued =
                character.is_ascii_digit() || repair > Repair::None && character.is_alphanumeric();
            if glued {
                return None;
            }
            break;
        }
        if character == ' ' && !blank_before {
            blank_before = true;
            continue;
        }
        let (digit, how) = digit_in_year(character)?;
        year = year * 10 + digit;
        repair = repair.max(how);
        digits += 1;
        length = at + character.len_utf8();
        blank_before = false;
    }
    if digits == 4 && YEARS.contains(&year) { Some((year, length, repair)) } else { None }
}

fn digit_in_year(character: char) -> Option<(u16, Repair)> {
    match character {
        '0'..='9' => Some((character as u16 - '0' as u16, Repair::None)),
        'O' | 'o' | 'Q' => Some((0, Repair::Plain)),
        'l' | 'I' | 'i' | 'L' | '|' => Some((1, Repair::Plain)),
        'S' | 's' => Some((5, Repair::Plain)),
        'Z' | 'z' => Some((2, Repair::Plain)),
        'B' => Some((8, Repair::Plain)),
        't' => Some((1, Repair::Ambiguous)),
        'T' => Some((7, Repair::Ambiguous)),
        _ => None,
    }
}

/// Reads a running number whose digits may have been read as letters. `None` if it is no such
/// number. One letter after the digits (`12A`) belongs to it.
fn repair_digits(token: &str) -> Option<(String, Repair)> {
    if token.is_empty() {
        return None;
    }
    if token.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((token.to_owned(), Repair::None));
    }
    let last = token.chars().next_back()?;
    let before = &token[..token.len() - last.len_utf8()];
    let numbered = !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit());
    if numbered && last.is_ascii_alphabetic() && !"OoQIilL".contains(last) {
        let doubtful = matches!(last, 'S' | 'Z' | 'B' | 'T' | 's' | 'z');
        let repair = if doubtful { Repair::Ambiguous } else { Repair::None };
        return Some((token.to_owned(), repair));
    }
    let mut repair = if has_digit(token) { Repair::Plain } else { Repair::Ambiguous };
    let mut digits = String::with_capacity(token.len());
    for character in token.chars() {
        let (digit, how) = match character {
            't' => return None,
            'T' if !has_digit(token) => return None,
            'S' | 's' | 'Z' | 'z' | 'B' | 'i' | 'T' => {
                (digit_in_year(character)?.0, Repair::Ambiguous)
            }
            _ => digit_in_year(character)?,
        };
        repair = repair.max(how);
        digits.push(char::from(b'0' + digit as u8));
    }
    Some((digits, repair))
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_roman(text: &str) -> bool {
    !text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| b"IVXLC".contains(&byte))
}

/// No blanks around `/`, `-` and `.`, one blank elsewhere.
pub(crate) fn compact(text: &str) -> String {
    let mut compacted = crate::lines::collapse(&text.replace('–', "-"));
    for sign in ["/", "-", "."] {
        compacted = compacted.replace(&format!(" {sign}"), sign);
        compacted = compacted.replace(&format!("{sign} "), sign);
    }
    compacted
}

/// One spelling of a number for comparing: lower case, no blanks around `/`, `-` and `.`, no
/// leading zeros, no word *nomor* or *tahun* in it, and what was misread by recognition from
/// images repaired. `05-Q / Ka-X/II-03` gives `5-q/ka-x/ii-03`.
pub fn canonical_number(number: &str) -> String {
    let lower = number.to_lowercase();
    let mut text = compact(without_label(&lower));
    if !text.contains('/')
        && captures(&CODE_WITH_J, &text).is_some_and(|found| found[0].len() == text.len())
    {
        text = compact(&text.replace('j', "/"));
    }
    let mut parts: Vec<String> = text.split('/').map(str::to_owned).collect();
    let count = parts.len();
    if let Some(first) = parts.first_mut() {
        if has_digit(first)
            && let Some((digits, _)) = repair_digits(first)
        {
            *first = digits;
        }
        let zeros = first.len() - first.trim_start_matches('0').len();
        let digits = first.bytes().take_while(u8::is_ascii_digit).count();
        first.drain(..zeros.min(digits.saturating_sub(1)));
    }
    if let Some(last) = parts.last_mut().filter(|_| count > 1) {
        let digits = last.strip_prefix("tahun ").unwrap_or(last);
        if let Some((year, length, _)) = read_year(digits)
            && length == digits.len()
        {
            *last = year.to_string();
        }
    }
    parts.join("/")
}

/// Without *nomor*, *no.* and what separates it from the number.
fn without_label(text: &str) -> &str {
    let mut rest = text.trim();
    loop {
        let after = ["nomor", "no"].iter().find_map(|label| rest.strip_prefix(label));
        let Some(after) = after.filter(|after| !after.starts_with(char::is_alphanumeric)) else {
            return rest;
        };
        rest = after.trim_start_matches([' ', '\t', '\n', '.', ':']);
    }
}

/// The keys under which a document with this number is found: the whole number in its canonical
/// spelling, and the running number with the year, as `12|2024`. The year is taken from the
/// number if none is given.
pub fn keys(number: &str, year: Option<u16>) -> Vec<String> {
    let canonical = canonical_number(number);
    if canonical.is_empty() {
        return Vec::new();
    }
    let year = year.or_else(|| {
        let last = canonical.rsplit('/').next().filter(|_| canonical.contains('/'))?;
        read_year(last).map(|(year, _, _)| year)
    });
    let digits: String = canonical.chars().take_while(char::is_ascii_digit).collect();
    let mut keys = vec![canonical];
    if let Some(year) = year.filter(|_| !digits.is_empty()) {
        keys.push(format!("{digits}|{year}"));
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn short(text: &str) -> Option<(String, Option<u16>, Repair)> {
        let written = read(text)?;
        let year_repair = written.year.as_ref().map_or(Repair::None, |year| year.2);
        let repair = written.number_repair.max(year_repair);
        Some((written.number, written.year.map(|year| year.0), repair))
    }

    #[test]
    fn forms_of_all_eras() {
        for (text, number, year) in [
            ("457 TAHUN 2022 TENTANG", "457", Some(2022)),
            ("7 Th. 2017", "7", Some(2017)),
            ("12A TAHUN 2010", "12A", Some(2010)),
            ("91 Prp Tahun 1960", "91", Some(1960)),
            ("94 Tahun 1960jo. yang lain", "94", Some(1960)),
            ("7 TAHUN 20 15", "7", Some(2015)),
            ("M.XY-07.ZZ.03.02 TAHUN 2009", "M.XY-07.ZZ.03.02", Some(2009)),
            ("93 TAHUN 1971 (93/1971)", "93", Some(1971)),
            ("9/Kpts/KPU-Prov-099/2012\nTENTANG", "9/Kpts/KPU-Prov-099/2012", Some(2012)),
            ("15/Kpts/KPU/TAHUN 2017", "15/Kpts/KPU/TAHUN 2017", Some(2017)),
            ("10/Kpts/KPU Kab.Contoh-099/2015", "10/Kpts/KPU Kab.Contoh-099/2015", Some(2015)),
            ("99/HK.03.1 - Kpt / 99/Prov/IX/2017", "99/HK.03.1-Kpt/99/Prov/IX/2017", Some(2017)),
            ("931/PMX.09/2013 tentang", "931/PMX.09/2013", Some(2013)),
            ("IV/MXX/1997", "IV/MXX/1997", Some(1997)),
            ("05-Q/Ka-CONTOH/II-03", "05-Q/Ka-CONTOH/II-03", Some(2003)),
            ("7/2017", "7", Some(2017)),
            ("12", "12", None),
        ] {
            let found = short(text).map(|(number, year, _)| (number, year));
            assert_eq!(found, Some((number.to_owned(), year)), "{text}");
        }
        for text in ["", "URUT", "dan/atau", "- 3 -", "tahun 2020"] {
            assert_eq!(short(text), None, "{text}");
        }
    }

    #[test]
    fn misread_digits() {
        for (text, number, year, repair) in [
            ("96 TAHUN 2O2O", "96", 2020, Repair::Plain),
            ("4l TAHUN 2Ol8", "41", 2018, Repair::Plain),
            ("5O TAHUN 2OO8", "50", 2008, Repair::Plain),
            ("l TAHUN 2018", "1", 2018, Repair::Ambiguous),
            ("4 TAHUN 2OLT", "4", 2017, Repair::Ambiguous),
            ("T8TAHUN 2019", "78", 2019, Repair::Ambiguous),
            ("1 97 TAHUN 2021", "197", 2021, Repair::Ambiguous),
            ("9TAHVN 2022", "9", 2022, Repair::None),
            ("905 Tp^HUN 2021", "905", 2021, Repair::None),
            ("5S TAHUN 2018", "5S", 2018, Repair::Ambiguous),
            (
                "4 jpl.01.5-kptj9913jkpu-kabjxj2018",
                "4/pl.01.5-kpt/9913/kpu-kab/x/2018",
                2018,
                Repair::Ambiguous,
            ),
        ] {
            assert_eq!(short(text), Some((number.to_owned(), Some(year), repair)), "{text}");
        }
    }

    #[test]
    fn ranges_show_what_stands_there() {
        let text = "4l TAHUN 2O18, dan";
        let written = read(text).unwrap();
        assert_eq!(&text[written.number_at], "4l");
        assert_eq!(&text[written.year.unwrap().1], "2O18");
        assert_eq!(&text[..written.end], "4l TAHUN 2O18");
        let text = "07 / 2017.";
        let written = read(text).unwrap();
        assert_eq!(&text[written.number_at], "07");
        assert_eq!(&text[written.year.unwrap().1], "2017");
    }

    #[test]
    fn canonical_spellings() {
        for (number, canonical) in [
            ("12 / HK.03.1 - Kpt/52 /2024", "12/hk.03.1-kpt/52/2024"),
            ("007", "7"),
            ("0", "0"),
            ("Nomor : 05", "5"),
            ("15/Kpts/KPU/TAHUN 2017", "15/kpts/kpu/2017"),
            ("4 jpl.01.5-kptj3313jkpu-kabjxj2018", "4/pl.01.5-kpt/3313/kpu-kab/x/2018"),
            ("l2/Kpts/X/2Ol8", "12/kpts/x/2018"),
            ("05-Q/Ka-CONTOH/II-03", "5-q/ka-contoh/ii-03"),
            ("", ""),
        ] {
            assert_eq!(canonical_number(number), canonical, "{number}");
        }
    }

    #[test]
    fn keys_of_documents() {
        assert_eq!(keys("12", Some(2024)), ["12", "12|2024"]);
        assert_eq!(keys("012/HK.03.1-Kpt/52/2024", None), ["12/hk.03.1-kpt/52/2024", "12|2024"]);
        assert_eq!(keys("IV/MXX/1997", Some(1997)), ["iv/mxx/1997"]);
        assert!(keys(" ", Some(2024)).is_empty());
    }

    proptest! {
        #[test]
        fn canonical_is_final(number in "[0-9A-Za-z/.\\- ]{0,24}|\\PC{0,12}") {
            let once = canonical_number(&number);
            prop_assert_eq!(canonical_number(&once), once);
        }

        #[test]
        fn any_text_is_read(text: String, more in "[0-9oOlISB|]{1,3} ?(TAHUN|/) ?\\PC{0,12}") {
            for text in [text, more] {
                if let Some(written) = read(&text) {
                    prop_assert!(text.is_char_boundary(written.end));
                    prop_assert!(!text[written.number_at].is_empty());
                    if let Some((_, at, _)) = written.year {
                        prop_assert!(!text[at].is_empty());
                    }
                }
            }
        }
    }
}
