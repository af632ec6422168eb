//! Dates, sizes and numbers as the reader's language writes them.

use simars_record::{Date, Timestamp};

use crate::language::Language;

const MONTHS: [[&str; 12]; 2] = [
    [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ],
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
];

/// A date in words: `20 Mei 2024`, `20 May 2024`.
pub(crate) fn date(language: Language, date: Date) -> String {
    let months = MONTHS[usize::from(language == Language::English)];
    format!("{} {} {}", date.day(), months[usize::from(date.month()) - 1], date.year())
}

/// A month in words: `Mei 2024`.
pub(crate) fn month(language: Language, year: u16, month: u8) -> String {
    let months = MONTHS[usize::from(language == Language::English)];
    let name = months.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or_default();
    format!("{name} {year}")
}

/// A date that comes as text `YYYY-MM-DD`, in words; anything else is given back as it is.
pub(crate) fn written_date(language: Language, text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), |parsed| date(language, parsed))
}

/// A point in time, to the minute, in UTC: `24 November 2026, 08.33 UTC`.
pub(crate) fn time(language: Language, time: Timestamp) -> String {
    let (hour, minute) = (time.unix() / 3_600 % 24, time.unix() / 60 % 60);
    let separator = match language {
        Language::Indonesian => '.',
        Language::English => ':',
    };
    format!("{}, {hour:02}{separator}{minute:02} UTC", date(language, time.date()))
}

/// A whole number with its thousands set apart: `124.128`, `124,128`.
pub(crate) fn number(language: Language, number: u64) -> String {
    let digits = number.to_string();
    let separator = match language {
        Language::Indonesian => '.',
        Language::English => ',',
    };
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// A whole number that may be negative: `-1.204`.
pub(crate) fn signed(language: Language, number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", self::number(language, number.unsigned_abs()))
}

/// A size in bytes, in units of a thousand with one decimal where it helps: `1,2 MB`, `1.2 MB`.
pub(crate) fn size(language: Language, bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    let mut tenths = bytes.div_ceil(100);
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths = tenths.div_ceil(1_000);
        unit += 1;
    }
    let separator = match language {
        Language::Indonesian => ',',
        Language::English => '.',
    };
    let (whole, tenth) = (tenths / 10, tenths % 10);
    if tenth == 0 || whole >= 100 {
        format!("{} {}", number(language, whole), UNITS[unit])
    } else {
        format!("{whole}{separator}{tenth} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Language = Language::Indonesian;
    const EN: Language = Language::English;

    #[test]
    fn dates_and_times() {
        let time_of_day = Timestamp::from_unix(1_795_509_225);
        assert_eq!(time(ID, time_of_day), "24 November 2026, 08.33 UTC");
        assert_eq!(time(EN, time_of_day), "24 November 2026, 08:33 UTC");
        assert_eq!(written_date(ID, "2024-05-20"), "20 Mei 2024");
        assert_eq!(written_date(EN, "2024-05-20"), "20 May 2024");
        assert_eq!(written_date(EN, "kemarin"), "kemarin");
    }

    #[test]
    fn numbers_and_sizes() {
        assert_eq!(number(ID, 124_128), "124.128");
        assert_eq!(number(EN, 999), "999");
        assert_eq!(number(EN, 1_000_000), "1,000,000");
        assert_eq!(signed(ID, -1_204), "-1.204");
        assert_eq!(size(ID, 999), "999 B");
        assert_eq!(size(ID, 1_200_000), "1,2 MB");
        assert_eq!(size(EN, 1_000), "1 kB");
        assert_eq!(size(EN, 999_999), "1 MB");
        assert_eq!(size(EN, 200_000_000), "200 MB");
    }
}
