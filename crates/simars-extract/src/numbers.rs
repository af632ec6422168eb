//! Numbers of spreadsheets as people see them.
//!
//! A spreadsheet stores a number and how to show it, but not in which country: points and commas
//! are set here as in Indonesia (1.234,5), and days in the one form that nobody can misread
//! (2024-02-14).

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// As few digits as tell it.
    General,
    /// With this many decimals, in groups of three digits or not.
    Fixed {
        decimals: usize,
        grouped: bool,
    },
    /// In hundredths, with this many decimals.
    Percent {
        decimals: usize,
    },
    Day,
    Time,
    DayAndTime,
}

/// More decimals than a stored number has.
const MOST_DECIMALS: usize = 15;

impl Format {
    /// One of the formats that have a number and no code (ECMA-376, part 1, section 18.8.30).
    pub(crate) fn built_in(id: u32) -> Self {
        match id {
            1 => Self::Fixed { decimals: 0, grouped: false },
            2 => Self::Fixed { decimals: 2, grouped: false },
            3 | 37 | 38 | 41 | 42 => Self::Fixed { decimals: 0, grouped: true },
            4 | 39 | 40 | 43 | 44 => Self::Fixed { decimals: 2, grouped: true },
            9 => Self::Percent { decimals: 0 },
            10 => Self::Percent { decimals: 2 },
            14..=17 | 27..=31 | 36 | 50..=58 => Self::Day,
            18..=21 | 32..=35 | 45..=47 => Self::Time,
            22 => Self::DayAndTime,
            _ => Self::General,
        }
    }

    /// From a format's code; only its first section, for positive numbers, is looked at.
    pub(crate) fn from_code(code: &str) -> Self {
        let code = plain(code);
        let has = |letters: &[char]| code.contains(letters);
        let (day, time) = (has(&['y', 'd']), has(&['h', 's']));
        match (day, time) {
            (true, true) => return Self::DayAndTime,
            (true, false) => return Self::Day,
            (false, true) => return Self::Time,
            (false, false) if has(&['m']) => return Self::Day,
            (false, false) => {}
        }
        let digits = |character: &char| matches!(character, '0' | '#' | '?');
        if !has(&['0', '#', '?']) || has(&['e', '/']) {
            return Self::General;
        }
        let decimals = code
            .split_once('.')
            .map_or(0, |(_, after)| after.chars().take_while(digits).count().min(MOST_DECIMALS));
        if has(&['%']) {
            return Self::Percent { decimals };
        }
        Self::Fixed { decimals, grouped: has(&[',']) }
    }

    /// The number as shown. Days are counted from 1899-12-30, or from 1904-01-01.
    pub(crate) fn shown(self, number: f64, from_1904: bool) -> String {
        if !number.is_finite() {
            return String::new();
        }
        match self {
            Self::General => general(number),
            Self::Fixed { decimals, grouped } => fixed(number, decimals, grouped),
            Self::Percent { decimals } => format!("{}%", fixed(number * 100.0, decimals, false)),
            Self::Day | Self::Time | Self::DayAndTime => {
                moment(self, number, from_1904).unwrap_or_else(|| general(number))
            }
        }
    }
}

/// A code's first section in small letters, without colours, quoted words and escaped signs.
fn plain(code: &str) -> String {
    let mut plain = String::new();
    let mut characters = code.chars();
    while let Some(character) = characters.next() {
        match character {
            ';' => break,
            '"' => drop(characters.by_ref().find(|&one| one == '"')),
            '[' => {
                let inside: String = characters.by_ref().take_while(|&one| one != ']').collect();
                // Hours, minutes and seconds in brackets count on beyond a day.
                if matches!(inside.to_ascii_lowercase().as_str(), "h" | "hh" | "mm" | "ss") {
                    plain.push('s');
                }
            }
            '\\' | '_' | '*' => drop(characters.next()),
            other => plain.push(other.to_ascii_lowercase()),
        }
    }
    // The word stands for a number as it comes, and holds letters of days.
    plain.replace("general", "")
}

/// Fifteen digits are what a spreadsheet's number has; further ones are noise (0,30000000000000004).
fn general(number: f64) -> String {
    let exponent = number.abs().max(f64::MIN_POSITIVE).log10().floor();
    let decimals = (14.0 - exponent).clamp(0.0, 20.0) as usize;
    let text = format!("{number:.decimals$}");
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text.as_str(),
    };
    if text == "-0" { "0".to_owned() } else { text.replace('.', ",") }
}

fn fixed(number: f64, decimals: usize, grouped: bool) -> String {
    let text = format!("{:.decimals$}", number.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut shown = String::new();
    let zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if number < 0.0 && !zero {
        shown.push('-');
    }
    for (index, digit) in whole.chars().enumerate() {
        if grouped && index > 0 && (whole.len() - index).is_multiple_of(3) {
            shown.push('.');
        }
        shown.push(digit);
    }
    if !fraction.is_empty() {
        shown.push(',');
        shown.push_str(fraction);
    }
    shown
}

/// A day, a time of day or both; `None` outside of the years 1900 to 9999.
fn moment(format: Format, number: f64, from_1904: bool) -> Option<String> {
    let seconds = (number * 86_400.0).round();
    if !(0.0..=2_958_466.0 * 86_400.0).contains(&seconds) {
        return None;
    }
    let seconds = seconds as i64;
    let (days, seconds) = (seconds / 86_400, seconds % 86_400);
    let hours = if format == Format::Time { days * 24 } else { 0 } + seconds / 3600;
    let time = match seconds % 60 {
        0 => format!("{hours:02}:{:02}", seconds / 60 % 60),
        rest => format!("{hours:02}:{:02}:{rest:02}", seconds / 60 % 60),
    };
    // Days before 1970-01-01: of 1899-12-30, and of 1904-01-01. The first count holds a
    // 29 February 1900 that never was, so that earlier days are one too many.
    let base = if from_1904 { 24_107 } else { 25_569 };
    let early = i64::from(!from_1904 && days < 60);
    let (year, month, day) = civil(days + early - base);
    Some(match format {
        Format::Time => time,
        Format::DayAndTime => format!("{year:04}-{month:02}-{day:02} {time}"),
        _ => format!("{year:04}-{month:02}-{day:02}"),
    })
}

/// The day of the Gregorian calendar so many days after 1970-01-01: years are counted from March,
/// so that the leap day is the last of its year.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let calendar_month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(calendar_month <= 2), calendar_month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_noise() {
        for (number, shown) in [
            (0.1 + 0.2, "0,3"),
            (1e15, "1000000000000000"),
            (12_345.0, "12345"),
            (-0.5, "-0,5"),
            (0.0, "0"),
            (1.5e-5, "0,000015"),
        ] {
            assert_eq!(Format::General.shown(number, false), shown);
        }
    }

    #[test]
    fn codes_say_how() {
        for (code, number, shown) in [
            ("#,##0", 1_234_567.0, "1.234.567"),
            ("#,##0.00;[Red]-#,##0.00", -1234.5, "-1.234,50"),
            ("0.0%", 0.1234, "12,3%"),
            ("dd/mm/yyyy", 45_336.0, "2024-02-14"),
            ("[$-421]dd mmmm yyyy;@", 45_336.0, "2024-02-14"),
            ("yyyy-mm-dd hh:mm", 45_336.5, "2024-02-14 12:00"),
            ("[h]:mm", 1.5, "36:00"),
            ("\"Rp\"#,##0", 1000.0, "1.000"),
            ("General", 7.25, "7,25"),
            ("General \"suara\"", 7.0, "7"),
            ("@", 7.0, "7"),
        ] {
            assert_eq!(Format::from_code(code).shown(number, false), shown, "{code}");
        }
    }

    #[test]
    fn days_count_from_either_year() {
        assert_eq!(Format::Day.shown(1.0, false), "1900-01-01");
        assert_eq!(Format::Day.shown(61.0, false), "1900-03-01");
        assert_eq!(Format::Day.shown(0.0, true), "1904-01-01");
        assert_eq!(Format::Day.shown(-1.0, false), "-1");
        assert_eq!(Format::Day.shown(1e300, false).len(), 301);
    }
}
