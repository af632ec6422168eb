//! The words that were searched for, marked in a whole page of text.

use std::collections::HashSet;

use simars_describe::structure::Anchor;

/// More words than anyone types; it bounds the work on a long query.
const MOST_WORDS: usize = 64;
/// A searched word this long also marks longer words that begin with it.
const SHORTEST_PREFIX: usize = 5;

/// The text as HTML, everything escaped, with the words of the query in `<mark>`; and whether
/// there were any.
pub(crate) fn mark(text: &str, query: &str) -> (String, bool) {
    let wanted = Wanted::read(query);
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    let mut found = false;
    let mut rest = text;
    while let Some(start) = rest.find(char::is_alphanumeric) {
        let (between, tail) = rest.split_at(start);
        let end = tail.find(|character: char| !character.is_alphanumeric()).unwrap_or(tail.len());
        let (word, after) = tail.split_at(end);
        escape(&mut html, between);
        if wanted.has(word) {
            found = true;
            html.push_str("<mark>");
            escape(&mut html, word);
            html.push_str("</mark>");
        } else {
            escape(&mut html, word);
        }
        rest = after;
    }
    escape(&mut html, rest);
    (html, found)
}

/// The same, with an element before each anchor that its id names; an id that comes again is left
/// out.
pub(crate) fn mark_anchored(text: &str, query: &str, anchors: &[Anchor]) -> (String, bool) {
    let mut html = String::new();
    let mut found = false;
    let mut seen = HashSet::new();
    let mut at = 0;
    for anchor in anchors.iter().filter(|anchor| seen.insert(&anchor.id)) {
        let Some(piece) = text.get(at..anchor.start) else { continue };
        let (marked, any) = mark(piece, query);
        html.push_str(&marked);
        html.push_str("<span id=\"");
        escape(&mut html, &anchor.id);
        html.push_str("\"></span>");
        found |= any;
        at = anchor.start;
    }
    let (marked, any) = mark(&text[at..], query);
    html.push_str(&marked);
    (html, found | any)
}

/// Which words of a text hold a word of the query: their places among the words that
/// [`str::split_whitespace`] gives, from 0. They are the words that [`mark`] marks.
pub(crate) fn marked_words(text: &str, query: &str) -> Vec<usize> {
    let wanted = Wanted::read(query);
    let held = |word: &str| {
        word.split(|character: char| !character.is_alphanumeric())
            .any(|part| !part.is_empty() && wanted.has(part))
    };
    let words = text.split_whitespace().enumerate();
    words.filter(|(_, word)| held(word)).map(|(place, _)| place).collect()
}

/// A snippet without the signs that only lay a text out: Markdown's headings, rules of tables and
/// emphasis. The dots at its ends hold on to the words beside them.
pub(crate) fn tidy(snippet: &str) -> String {
    let only = |word: &str, of: &[char]| word.chars().all(|character| of.contains(&character));
    let lays_out = |word: &str| {
        only(word, &['#'])
            || (only(word, &['|', '-', ':', '=']) && (word.contains('|') || word.contains("---")))
    };
    let words = snippet.split_whitespace().filter(|word| !lays_out(word));
    let tidied = words.collect::<Vec<_>>().join(" ").replace("**", "").replace('`', "");
    let begun = tidied.strip_prefix("… ").map(|rest| format!("…\u{a0}{rest}")).unwrap_or(tidied);
    begun.strip_suffix(" …").map(|rest| format!("{rest}\u{a0}…")).unwrap_or(begun)
}

/// The words to mark.
struct Wanted {
    words: HashSet<String>,
}

impl Wanted {
    fn read(query: &str) -> Self {
        let words = query
            .split_whitespace()
            .filter(|part| !part.starts_with('-') && !matches!(*part, "OR" | "AND" | "ATAU"))
            // `nomor:12` looks for 12.
            .map(|part| part.rsplit_once(':').map_or(part, |(_, value)| value))
            .flat_map(|part| part.split(|character: char| !character.is_alphanumeric()))
            .filter(|word| word.chars().count() > 1 || word.bytes().all(|b| b.is_ascii_digit()))
            .filter(|word| !word.is_empty())
            .take(MOST_WORDS)
            .map(fold)
            .collect();
        Self { words }
    }

    fn has(&self, word: &str) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let word = fold(word);
        self.words.contains(&word)
            || self.words.iter().any(|wanted| {
                wanted.len() >= SHORTEST_PREFIX
                    && !wanted.bytes().any(|byte| byte.is_ascii_digit())
                    && word.starts_with(wanted.as_str())
            })
    }
}

fn fold(word: &str) -> String {
    word.to_lowercase()
}

/// Appends text with what HTML would take for markup escaped.
fn escape(html: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_marked_whatever_their_case() {
        let (html, found) = mark("Rapat PLENO & rapatnya, <b>plen</b>", "pleno \"rapat\" -b");
        assert!(found);
        assert_eq!(
            html,
            "<mark>Rapat</mark> <mark>PLENO</mark> &amp; <mark>rapatnya</mark>, &lt;b&gt;plen&lt;/b&gt;"
        );
        assert_eq!(mark("12/HK.03", "nomor:12").0, "<mark>12</mark>/HK.03");
        assert!(!mark("2024", "20").1);
        assert!(!mark("apa saja", "").1);
    }

    #[test]
    fn a_snippet_is_words_and_marks() {
        let snippet =
            "… ## Membaca <mark>status</mark> | Status | Arti | | --- | :---: | **aktif** - `ya` …";
        assert_eq!(
            tidy(snippet),
            "…\u{a0}Membaca <mark>status</mark> Status Arti aktif - ya\u{a0}…"
        );
        assert_eq!(tidy("Pasal 1: nomor #12 … dst."), "Pasal 1: nomor #12 … dst.");
    }

    #[test]
    fn the_places_of_marked_words_are_told() {
        let text = "Rapat PLENO\n\n(pleno), kursi 12/HK";
        assert_eq!(marked_words(text, "pleno 12"), [1, 2, 4]);
        assert!(marked_words(text, "").is_empty());
    }

    proptest! {
        #[test]
        fn whatever_is_marked_has_a_place(text: String, query: String) {
            prop_assert_eq!(mark(&text, &query).1, !marked_words(&text, &query).is_empty());
        }

        #[test]
        fn nothing_but_marks_is_markup(text: String, query: String) {
            let (html, _) = mark(&text, &query);
            let bare = html.replace("<mark>", "").replace("</mark>", "");
            prop_assert!(!bare.contains(['<', '>', '"', '\'']));
            let mut escaped = String::new();
            escape(&mut escaped, &text);
            prop_assert_eq!(bare, escaped);
        }
    }
}
