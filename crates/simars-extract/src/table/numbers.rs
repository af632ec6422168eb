//! Numbers as they stand in Indonesian tables: points between thousands, a comma before decimals.

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    Empty,
    /// A whole number; a dash and the word for nothing are zero.
    Whole(i64),
    /// Of figures, but no whole number: decimals, percents, codes, or spoilt by recognition.
    Figures,
    Text,
}

impl Reading {
    pub(super) fn of(cell: &str) -> Self {
        let cell = cell.trim();
        if cell.is_empty() {
            return Self::Empty;
        }
        if cell.chars().all(|sign| matches!(sign, '-' | '–' | '—')) {
            return Self::Whole(0);
        }
        if cell.eq_ignore_ascii_case("nihil") {
            return Self::Whole(0);
        }
        if let Some(number) = whole(cell) {
            return Self::Whole(number);
        }
        let figure = |character: char| {
            character.is_ascii_digit() || matches!(character, '.' | ',' | '%' | '-' | ' ')
        };
        let plain = cell.strip_prefix("Rp").unwrap_or(cell).trim_start();
        let figures = plain.starts_with(|first: char| first.is_ascii_digit() || first == '-')
            && plain.chars().all(figure);
        if figures { Self::Figures } else { Self::Text }
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Whole(_) | Self::Figures)
    }

    pub(super) fn whole(self) -> Option<i64> {
        match self {
            Self::Whole(number) => Some(number),
            Self::Empty | Self::Figures | Self::Text => None,
        }
    }
}

/// A whole number, with points between thousands or without. Digits after a zero in front are a
/// code.
fn whole(cell: &str) -> Option<i64> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let negative = digits.len() < cell.len();
    let mut groups = digits.split('.');
    let first = groups.next()?;
    let all_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    if first.is_empty() || !all_digits(first) || (first.starts_with('0') && digits.len() > 1) {
        return None;
    }
    let mut plain = first.to_owned();
    for group in groups {
        if first.len() > 3 || group.len() != 3 || !all_digits(group) {
            return None;
        }
        plain.push_str(group);
    }
    let number: i64 = plain.parse().ok()?;
    Some(if negative { -number } else { number })
}

/// The number a cell of a row that counts the columns has: `3`, `(3)` or `3.`.
pub(super) fn ordinal(cell: &str) -> Option<u32> {
    let inside = cell.trim().trim_start_matches('(').trim_end_matches([')', '.']);
    inside.parse().ok()
}

/// A number as it is written, with points between thousands.
pub(super) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "-".to_owned() } else { String::new() };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_told_from_other_figures() {
        for (cell, reading) in [
            ("1.234.567", Reading::Whole(1_234_567)),
            ("1234", Reading::Whole(1234)),
            ("-12", Reading::Whole(-12)),
            ("-", Reading::Whole(0)),
            ("NIHIL", Reading::Whole(0)),
            ("0", Reading::Whole(0)),
            ("", Reading::Empty),
            ("12,5", Reading::Figures),
            ("1.23", Reading::Figures),
            ("1234.567", Reading::Figures),
            ("12 %", Reading::Figures),
            ("007", Reading::Figures),
            ("99999999999999999999", Reading::Figures),
            ("Rp1.500,00", Reading::Figures),
            ("12 TPS", Reading::Text),
            ("(1)", Reading::Text),
        ] {
            assert_eq!(Reading::of(cell), reading, "{cell}");
        }
        assert_eq!((ordinal("(3)"), ordinal("12."), ordinal("x")), (Some(3), Some(12), None));
    }
}
