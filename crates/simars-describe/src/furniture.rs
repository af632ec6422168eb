//! What only a page has: its number, the word that announces the next page, the letterhead and the
//! foot that stand on every page. It belongs to no sentence, and nobody looks for it.
//!
//! Only what is certain is taken for it: a sum at the foot of a table is not.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::head::is_match;
use crate::issuer::is_body;
use crate::kinds;
use crate::signatory::is_office;

/// Lines at the head and at the foot of a page that are looked at.
const HEAD: usize = 4;
const FOOT: usize = 3;
/// Lines of the next page in which the words that announce it stand.
const NEXT: usize = 10;
/// A foot stands on one page in this many, and on two at least.
const ONE_PAGE_IN: usize = 2;
/// Longer lines are running text.
const LONGEST: usize = 120;

/// A page's number between dashes, or after the word.
static NUMBERED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:[-–—]{1,2}\s*[0-9]{1,4}\s*[-–—]{1,2}|(?:halaman|hal\.?|page)\s*[-:]?\s*[0-9]{1,4}(?:\s*(?:dari|/|of)\s*[0-9]{1,4})?)$",
    )
    .ok()
});

/// The words that announce the next page: `Pasal 5 . . .`
static CATCH_WORD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?P<words>.{1,48}?)\s*(?:\.\s*\.\s*\.|…)[\s.…]*$").ok());

/// The address of a site, and the number of the paper: `SK No 012345 A`.
static IMPRESSED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:(?:https?://)?(?:[a-z0-9\-]+\.){2,6}[a-z]{2,6}(?:/\S*)?|SK\s?N[o0]\s?[0-9]{4,7}\s?[A-Z]?)$")
        .ok()
});

/// The texts of a document's pages with blanks in the place of their furniture: as long as they
/// were, so that every word stands where it stood. What stands on every page is kept on the first
/// that has it.
pub fn blanked<'a>(pages: &[&'a str]) -> Vec<Cow<'a, str>> {
    let lines = lines(pages).into_iter();
    pages.iter().zip(lines).map(|(page, lines)| without(page, lines)).collect()
}

/// The lines of each page that are furniture, as bytes without blanks around them.
pub(crate) fn lines(pages: &[&str]) -> Vec<Vec<Range<usize>>> {
    let edges: Vec<Edges> = pages.iter().map(|page| Edges::of(page)).collect();
    let numbering = numbering(pages, &edges);
    let repeated = Repeated::of(pages, &edges);
    let found = |index: usize| {
        let edge = &edges[index];
        let page = pages[index];
        let mut out: Vec<Range<usize>> = Vec::new();
        let lines = edge.head.iter().map(|line| (line, true));
        for (line, at_head) in lines.chain(edge.foot.iter().map(|line| (line, false))) {
            let text = &page[line.clone()];
            let number = is_match(&NUMBERED, text)
                || numbering.is_some_and(|offset| is_number(text, index, offset));
            if number || repeated.has(text, index, at_head) {
                out.push(line.clone());
            }
        }
        if let Some(next) = pages.get(index + 1) {
            let announcing = |line: &&Range<usize>| announces(&page[(*line).clone()], next);
            out.extend(edge.foot.iter().filter(announcing).cloned());
        }
        out
    };
    (0..pages.len()).map(found).collect()
}

fn without(page: &str, mut ranges: Vec<Range<usize>>) -> Cow<'_, str> {
    if ranges.is_empty() {
        return Cow::Borrowed(page);
    }
    ranges.sort_by_key(|range| range.start);
    let mut text = String::with_capacity(page.len());
    for range in ranges {
        // A line of a short page stands at its head and at its foot.
        if range.start < text.len() {
            continue;
        }
        text.push_str(&page[text.len()..range.start]);
        text.extend(std::iter::repeat_n(' ', range.len()));
    }
    text.push_str(&page[text.len()..]);
    Cow::Owned(text)
}

/// The first and the last lines of a page that are not empty, as bytes without blanks around them.
#[derive(Debug, Default)]
struct Edges {
    head: Vec<Range<usize>>,
    foot: Vec<Range<usize>>,
}

impl Edges {
    fn of(page: &str) -> Self {
        let mut lines: Vec<Range<usize>> = Vec::new();
        let mut start = 0;
        for line in page.split_inclusive('\n') {
            let text = line.trim();
            if !text.is_empty() {
                let from = start + (line.len() - line.trim_start().len());
                lines.push(from..from + text.len());
            }
            start += line.len();
        }
        let head = lines.iter().take(HEAD).cloned().collect();
        let foot = lines[lines.len().saturating_sub(FOOT)..].to_vec();
        Self { head, foot }
    }
}

/// How much the numbers that stand alone at the edges of pages are ahead of the count of pages, if
/// several pages agree.
fn numbering(pages: &[&str], edges: &[Edges]) -> Option<i64> {
    let mut counts: HashMap<i64, usize> = HashMap::new();
    for (index, edge) in edges.iter().enumerate() {
        let outer = [edge.head.first(), edge.foot.last()];
        let mut offsets: Vec<i64> = outer
            .into_iter()
            .flatten()
            .filter_map(|line| pages[index][line.clone()].parse::<u16>().ok())
            .map(|number| i64::from(number) - index as i64)
            .collect();
        offsets.dedup();
        offsets.into_iter().for_each(|offset| *counts.entry(offset).or_insert(0) += 1);
    }
    let (offset, count) = counts.into_iter().max_by_key(|&(offset, count)| (count, -offset))?;
    (count >= 2 && count * 3 >= pages.len()).then_some(offset)
}

fn is_number(text: &str, index: usize, offset: i64) -> bool {
    text.parse::<u16>().is_ok_and(|number| i64::from(number) - index as i64 == offset)
}

/// Whether a line at a page's foot is the beginning of the next page, with dots.
fn announces(line: &str, next: &str) -> bool {
    let Some(words) = CATCH_WORD.as_ref().and_then(|word| word.captures(line)) else {
        return false;
    };
    let words = plain(words.name("words").map_or("", |words| words.as_str()));
    // Recognition may have read scraps of an emblem before it.
    let lines = next.match_indices('\n').map(|(at, _)| at + 1);
    let mut begins = std::iter::once(0).chain(lines).filter(|at| !blank_line(&next[*at..]));
    !words.is_empty() && begins.by_ref().take(NEXT).any(|at| plain(&next[at..]).starts_with(&words))
}

fn blank_line(text: &str) -> bool {
    text.lines().next().is_none_or(|line| line.trim().is_empty())
}

/// Letters and digits alone, small; no more than a catch-word may hold.
fn plain(text: &str) -> String {
    let signs = text.chars().take(160).filter(|sign| sign.is_alphanumeric());
    signs.flat_map(char::to_lowercase).take(60).collect()
}

/// The lines that stand on many pages, each with the first page that has it.
struct Repeated {
    heads: HashMap<String, usize>,
    feet: HashMap<String, usize>,
}

impl Repeated {
    fn of(pages: &[&str], edges: &[Edges]) -> Self {
        let with_text = edges.iter().filter(|edge| !edge.head.is_empty()).count();
        let enough = (with_text / ONE_PAGE_IN).max(2);
        let count = |lines: fn(&Edges) -> &Vec<Range<usize>>| {
            let mut seen: HashMap<String, (usize, usize)> = HashMap::new();
            for (index, edge) in edges.iter().enumerate() {
                let mut forms: Vec<String> =
                    lines(edge).iter().map(|line| form(&pages[index][line.clone()])).collect();
                forms.sort_unstable();
                forms.dedup();
                for form in forms {
                    seen.entry(form).or_insert((index, 0)).1 += 1;
                }
            }
            let often = seen.into_iter().filter(|(_, (_, count))| *count >= enough);
            often.map(|(form, (first, _))| (form, first)).collect()
        };
        Self { heads: count(|edge| &edge.head), feet: count(|edge| &edge.foot) }
    }

    /// Whether a line is one of them, and not the first.
    fn has(&self, text: &str, index: usize, at_head: bool) -> bool {
        let impressed = is_match(&IMPRESSED, text);
        if text.len() > LONGEST {
            return false;
        }
        let lines = if at_head { &self.heads } else { &self.feet };
        let later = lines.get(&form(text)).is_some_and(|first| *first < index);
        // The rows over a table stand on every page as well, and so does what closes a part.
        let letterhead = !text.contains(|sign: char| sign.is_lowercase() || sign.is_ascii_digit())
            && (is_body(text) || is_office(text) || text == "SALINAN")
            && kinds::recognise(text).is_none();
        later && (impressed || letterhead)
    }
}

fn form(text: &str) -> String {
    if is_match(&IMPRESSED, text) && text.starts_with("SK") {
        return "SK".to_owned();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(pages: &[&str]) -> Vec<String> {
        let blanked = blanked(pages);
        let each = blanked.iter().zip(pages).map(|(blanked, page)| {
            assert_eq!(blanked.len(), page.len());
            blanked.split_whitespace().collect::<Vec<_>>().join(" ")
        });
        each.collect()
    }

    #[test]
    fn numbers_catch_words_and_letterheads() {
        let pages = [
            "PRESIDEN\nREPUBLIK INDONESIA\nPasal 1\nIsi satu.\nPasal 2 . . .\n",
            "PRESIDEN\nREPUBLIK INDONESIA\n- 2 -\nPasal 2\nIsi dua\n(3) Dalam hal…\nSK No 012345 A\n",
            "PRESIDEN\nREPUBLIK INDONESIA\n- 3 -\n(3) Dalam hal tiga\nlain . . .\nSK No 012346 A\n",
        ];
        assert_eq!(
            words(&pages),
            [
                "PRESIDEN REPUBLIK INDONESIA Pasal 1 Isi satu.",
                "Pasal 2 Isi dua SK No 012345 A",
                "(3) Dalam hal tiga lain . . .",
            ]
        );
    }

    #[test]
    fn numbers_that_stand_alone() {
        let pages = ["Judul\nisi\n1", "isi\n12\n2\n", "isi\n3", "jumlah\n40"];
        assert_eq!(words(&pages), ["Judul isi", "isi 12", "isi", "jumlah 40"]);
        assert_eq!(words(&["suara\n12", "suara\n90"]), ["suara 12", "suara 90"]);
    }

    #[test]
    fn tables_and_sentences_stay() {
        let page = "NO NAMA SUARA\n1 Sampel 20\nCukup jelas.\nJUMLAH 20\n";
        assert_eq!(
            words(&[page, page, page])[2],
            "NO NAMA SUARA 1 Sampel 20 Cukup jelas. JUMLAH 20"
        );
    }

    proptest! {
        #[test]
        fn every_word_stands_where_it_stood(pages in proptest::collection::vec("(PRESIDEN|- 2 -|\\n|1|é|a\\.\\.\\.| |\\PC){0,16}", 0..5)) {
            let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
            for (blanked, page) in blanked(&pages).iter().zip(&pages) {
                prop_assert_eq!(blanked.len(), page.len());
                for (at, sign) in blanked.char_indices().filter(|(_, sign)| *sign != ' ') {
                    prop_assert!(page[at..].starts_with(sign));
                }
            }
        }
    }
}
