//! What a file's name says. Names lie, so this only fills what the text does not give.

use std::sync::LazyLock;

use regex::Regex;

use crate::kinds::{self, Kind};
use crate::lines::collapse;
use crate::reference::references_in;

/// What a file's name says.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    pub(crate) kind: Option<&'static Kind>,
    pub(crate) number: Option<String>,
    pub(crate) year: Option<u16>,
    /// The name made readable.
    pub(crate) title: Option<String>,
}

/// `UU-2008-014`: kind, year and number, as collections name their files.
static YEAR_FIRST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?P<k>[a-z]{2,12}) (?P<y>(?:19|20)[0-9]{2}) (?P<n>[0-9]{1,4})\b").ok()
});

/// `Keputusan 12 2024`: a slash is no sign for file names, so a blank stands for it.
static NUMBER_FIRST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?P<k>[a-z]{2,12})(?: (?:no|nomor)\.?)? (?P<n>[0-9]{1,4}) (?P<y>(?:19|20)[0-9]{2})\b").ok()
});

/// Reads a file's name, with or without folders and extension.
pub(crate) fn read(file_name: &str) -> Hints {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let stem = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && is_extension(extension) => stem,
        _ => name,
    };
    let words = collapse(&stem.replace("%20", " ").replace(['_', '-', '+'], " "));
    let mut hints = Hints::default();
    if let Some(found) = references_in(&words).into_iter().next() {
        hints.kind = found.kind.and_then(kinds::find);
        hints.number = Some(found.number);
        hints.year = found.year;
    } else if let Some((kind, number, year)) =
        coded(&YEAR_FIRST, &words).or_else(|| coded(&NUMBER_FIRST, &words))
    {
        hints.kind = Some(kind);
        hints.number = Some(number);
        hints.year = Some(year);
    } else {
        let first: Vec<&str> = words.split(' ').take(3).collect();
        hints.kind =
            (1..=first.len()).rev().find_map(|count| kinds::recognise(&first[..count].join(" ")));
    }
    hints.title = words.chars().any(char::is_alphabetic).then_some(words);
    hints
}

fn coded(pattern: &LazyLock<Option<Regex>>, words: &str) -> Option<(&'static Kind, String, u16)> {
    pattern.as_ref()?.captures_iter(words).find_map(|found| {
        let kind = kinds::recognise(found.name("k")?.as_str())?;
        let number = crate::number::canonical_number(found.name("n")?.as_str());
        Some((kind, number, found.name("y")?.as_str().parse().ok()?))
    })
}

fn is_extension(text: &str) -> bool {
    (1..=5).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        for (name, kind, number, year) in [
            ("UU Nomor 7 Tahun 2017.pdf", Some("undang-undang"), Some("7"), Some(2017)),
            ("pp-2008-014.pdf", Some("peraturan-pemerintah"), Some("14"), Some(2008)),
            ("Keputusan_12_2024.docx", Some("keputusan"), Some("12"), Some(2024)),
            ("folder/Berita_Acara_Pleno.pdf", Some("berita-acara"), None, None),
            ("scan0001.pdf", None, None, None),
        ] {
            let hints = read(name);
            assert_eq!(hints.kind.map(|kind| kind.key.as_str()), kind, "{name}");
            assert_eq!((hints.number.as_deref(), hints.year), (number, year), "{name}");
        }
        assert_eq!(
            read("Berita_Acara%20Pleno-1.pdf").title.as_deref(),
            Some("Berita Acara Pleno 1")
        );
        assert_eq!(read("").title, None);
    }
}
