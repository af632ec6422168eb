//! The number of a periodical with its month: `Nomor 4 – Desember 2023`.

use std::sync::LazyLock;

use regex::Regex;

use crate::date::is_month;
use crate::number::{Repair, Written, read_year};

static EDITION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?P<n>[0-9]{1,4})\s*[-–—,/|]\s*(?P<m>\pL{3,11})\s+(?P<y>[12][0-9]{3})\b").ok()
});

/// Reads the number with which a text begins, if a month and a year follow it.
pub(crate) fn read(text: &str) -> Option<Written> {
    let found = EDITION.as_ref()?.captures(text)?;
    let (number, month, year) = (found.name("n")?, found.name("m")?, found.name("y")?);
    if !is_month(month.as_str()) {
        return None;
    }
    let (value, _, repair) = read_year(year.as_str())?;
    Some(Written {
        number: number.as_str().to_owned(),
        number_at: number.range(),
        number_repair: Repair::None,
        year: Some((value, year.range(), repair)),
        end: year.end(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_a_month() {
        for (text, expected) in [
            ("4 – Desember 2023 – diterbitkan", Some(("4", 2023))),
            ("12, Nopember 1998", Some(("12", 1998))),
            ("3/Maret 2020", Some(("3", 2020))),
            ("4 – Kegiatan 2023", None),
            ("4 Desember 2023", None),
            ("4 – Desember 3023", None),
        ] {
            let written = read(text);
            let found = written
                .as_ref()
                .map(|it| (it.number.as_str(), it.year.as_ref().map_or(0, |year| year.0)));
            assert_eq!(found, expected, "{text}");
        }
    }
}
