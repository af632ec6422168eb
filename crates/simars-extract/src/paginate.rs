//! Cutting a long text without page breaks into parts that a search hit can name.

use simars_record::page::PAGE_BREAK;

/// A text up to this many characters stays whole.
const WHOLE: usize = 6_000;
/// A part has at least this many characters before a cut is looked for …
const SHORTEST: usize = 2_000;
/// … and at most this many.
const LONGEST: usize = 3_500;

/// The pages of a text, none of which loses a character: put together again they give the text,
/// up to the page breaks between them.
pub(crate) fn pages(text: &str) -> Vec<&str> {
    if text.contains(PAGE_BREAK) {
        // A break ends a page; what follows the last one is a page only if there is something.
        let text = text.strip_suffix(PAGE_BREAK).unwrap_or(text);
        return text.split(PAGE_BREAK).collect();
    }
    if text.len() <= WHOLE || text.chars().count() <= WHOLE {
        return vec![text];
    }
    let mut pages = Vec::with_capacity(text.len() / SHORTEST);
    let mut rest = text;
    while let Some(cut) = cut(rest) {
        let (page, after) = rest.split_at(cut);
        pages.push(page);
        rest = after;
    }
    pages.push(rest);
    pages
}

/// Where the next page ends: after a paragraph, else after a line, else after a word, else where
/// the longest page ends. `None` when what is left is one page.
fn cut(text: &str) -> Option<usize> {
    let mut starts = text.char_indices().map(|(start, _)| start);
    let from = starts.nth(SHORTEST)?;
    let to = starts.nth(LONGEST - SHORTEST)?;
    let window = &text[from..to];
    let after = |separator: &str| Some(from + window.rfind(separator)? + separator.len());
    Some(after("\n\n").or_else(|| after("\n")).or_else(|| after(" ")).unwrap_or(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_stay_whole() {
        let text = "é".repeat(WHOLE);
        assert_eq!(pages(&text), [text.as_str()]);
        assert_eq!(pages(""), [""]);
    }

    #[test]
    fn form_feeds_are_page_breaks() {
        assert_eq!(pages("satu\u{c}dua\u{c}"), ["satu", "dua"]);
        assert_eq!(pages("satu\u{c}\u{c}tiga"), ["satu", "", "tiga"]);
    }

    #[test]
    fn long_texts_are_cut_at_paragraphs_and_lose_nothing() {
        let paragraph = format!("{}\n\n", "kata demi kata\n".repeat(40));
        let text = paragraph.repeat(30);
        let parts = pages(&text);
        assert!(parts.len() > 3);
        assert_eq!(parts.concat(), text);
        assert!(parts.iter().all(|part| part.ends_with("\n\n") && part.len() <= LONGEST));
    }

    #[test]
    fn a_text_without_any_break_is_cut_between_characters() {
        let text = "ü".repeat(20_000);
        let parts = pages(&text);
        assert_eq!(parts.concat(), text);
        assert!(parts.iter().all(|part| part.chars().count() <= LONGEST + 1));
    }
}
