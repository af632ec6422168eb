//! Lines that stand at the foot of page after page: they say nothing about the document.

use std::collections::{HashMap, HashSet};

/// The lines at the foot of a document's pages, each with its digits made the same.
#[derive(Debug, Default)]
pub(crate) struct Footers(HashSet<String>);

/// The last lines of a page that are looked at.
const LAST_LINES: usize = 2;
/// A line is a footer if it ends two pages, and one page in this many.
const ONE_PAGE_IN: usize = 4;

impl Footers {
    /// The footers of a document.
    pub(crate) fn of(pages: &[&str]) -> Self {
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut with_text = 0;
        for page in pages {
            let lines = page.lines().rev().map(str::trim).filter(|line| !line.is_empty());
            let last: HashSet<String> = lines.take(LAST_LINES).filter_map(form).collect();
            with_text += usize::from(!last.is_empty());
            for line in last {
                *counts.entry(line).or_insert(0) += 1;
            }
        }
        let enough = (with_text / ONE_PAGE_IN).max(2);
        Self(
            counts
                .into_iter()
                .filter(|(_, count)| *count >= enough)
                .map(|(line, _)| line)
                .collect(),
        )
    }

    /// Whether a line is one of them.
    pub(crate) fn contains(&self, line: &str) -> bool {
        !self.0.is_empty() && form(line.trim()).is_some_and(|line| self.0.contains(&line))
    }
}

/// Longer lines are running text.
const LONGEST: usize = 160;

/// A line with its digits made the same, if it holds letters and is short.
fn form(line: &str) -> Option<String> {
    let letters = line.len() <= LONGEST && line.contains(char::is_alphabetic);
    let same = |sign: char| if sign.is_ascii_digit() { '0' } else { sign };
    letters.then(|| line.chars().map(same).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_several_pages() {
        let pages =
            ["JUDUL\nRESMI - Halaman 1\n", "isi\nRESMI - Halaman 2\n\n", "JUDUL\nlain\nakhir"];
        let footers = Footers::of(&pages);
        assert!(footers.contains(" RESMI - Halaman 9\n"));
        for line in ["JUDUL", "isi", "akhir", "", "12"] {
            assert!(!footers.contains(line), "{line}");
        }
        assert!(!Footers::of(&pages[..1]).contains("RESMI - Halaman 1"));
    }
}
