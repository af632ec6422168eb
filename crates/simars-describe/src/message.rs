//! Messages: what the header lines at the top of one say (RFC 5322 §3.6).

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use simars_record::Date;

use crate::date::DateFound;
use crate::number::Repair;
use crate::title::{Title, tidy};

/// What the header of a message says. Ranges are bytes of the page's text.
#[derive(Debug)]
pub(crate) struct Message {
    /// The header lines as a whole: they show that it is a message.
    pub(crate) at: Range<usize>,
    pub(crate) date: Option<DateFound>,
    pub(crate) subject: Option<Title>,
}

/// Most header lines that a reader writes: date, sender, receivers, copies, subject.
const MOST_LINES: usize = 5;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// RFC 5322 §3.3, with or without the day of the week.
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:[A-Za-z]{3},\s*)?((\d{1,2})\s+([A-Za-z]{3})\s+(\d{4}))\b").ok()
});

/// The header of a message, if the page begins with one: a line for the sender among lines that
/// all have a name of the header.
pub(crate) fn find(page: &str) -> Option<Message> {
    let mut message = Message { at: 0..0, date: None, subject: None };
    let mut from_somebody = false;
    let mut start = 0;
    for line in page.split_inclusive('\n').take(MOST_LINES) {
        let Some((name, value)) = line.split_once(": ") else { break };
        let at = start + line.len() - value.len();
        match name {
            "Date" => message.date = date(value, at),
            "From" => from_somebody = true,
            "To" | "Cc" => {}
            "Subject" => message.subject = subject(value.trim_end(), at),
            _ => break,
        }
        start += line.len();
        message.at.end = start - (line.len() - line.trim_end().len());
    }
    from_somebody.then_some(message)
}

fn date(value: &str, at: usize) -> Option<DateFound> {
    let found = DATE.as_ref()?.captures(value)?;
    let name = found[3].to_ascii_lowercase();
    let month = MONTHS.iter().position(|month| *month == name)? as u8 + 1;
    let date = Date::new(found[4].parse().ok()?, month, found[2].parse().ok()?)?;
    let written = found.get(1)?;
    let at = at + written.start()..at + written.end();
    Some(DateFound { date, at, repair: Repair::None })
}

fn subject(value: &str, at: usize) -> Option<Title> {
    let text = tidy(value);
    let letters = text.chars().filter(|sign| sign.is_alphabetic()).count();
    (letters >= 3).then_some(Title { text, at: at..at + value.len(), introduced: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read() {
        let page = "Date: Mon, 20 May 2024 09:15:00 +0700\nFrom: Arsip <a@contoh.example>\n\
                    To: b@contoh.example\nSubject: Permintaan Salinan\n\nYth. Contoh\n";
        let message = find(page).unwrap();
        let date = message.date.unwrap();
        assert_eq!(date.date, Date::new(2024, 5, 20).unwrap());
        assert_eq!(&page[date.at], "20 May 2024");
        let subject = message.subject.unwrap();
        assert_eq!(
            (subject.text.as_str(), &page[subject.at]),
            ("Permintaan Salinan", "Permintaan Salinan")
        );
        assert!(page[message.at].ends_with("Subject: Permintaan Salinan"));
    }

    #[test]
    fn what_is_no_header() {
        for page in ["", "\n", "Date: 20 May 2024\nIsi", "Surat\nFrom: a", "From:a", "Hal: From: a"]
        {
            assert!(find(page).is_none(), "{page:?}");
        }
    }

    #[test]
    fn a_date_that_is_none_is_left_out() {
        for value in ["31 Feb 2024", "20 Mei 2024", "kemarin", "20 May 24", "é"] {
            let page = format!("Date: {value}\nFrom: a\n");
            assert!(find(&page).unwrap().date.is_none(), "{value}");
        }
    }
}
