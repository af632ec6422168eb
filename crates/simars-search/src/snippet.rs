//! The piece of a page that shows why it was found, as HTML.

use std::collections::{HashMap, HashSet};

use crate::analyze::Language;
use crate::passage::window;
use crate::spelling::modern;
use crate::words::Form;

/// A page is searched for finds up to this length; beyond it, it is no page of paper.
const READ_BYTES: usize = 200_000;
/// Weight of one more different word in a snippet, against one more find of the same.
const DIFFERENT: usize = 8;

/// What is marked.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    stems: HashSet<String>,
    /// The stems without their first letter: see [`Snippets::is_marked`].
    tails: Vec<String>,
    runs: HashSet<String>,
    phrases: Vec<Vec<String>>,
}

impl Marks {
    /// Marks every word with this stem.
    pub(crate) fn word(&mut self, stem: String) {
        let tail: String = stem.chars().skip(1).collect();
        if self.stems.insert(stem) {
            self.tails.push(tail);
        }
    }

    /// Marks every run that folds to this.
    pub(crate) fn run(&mut self, folded: String) {
        self.runs.insert(folded);
    }

    /// Marks these folded words where they stand side by side.
    pub(crate) fn phrase(&mut self, words: Vec<String>) {
        if !words.is_empty() && !self.phrases.contains(&words) {
            self.phrases.push(words);
        }
    }
}

/// Makes the snippets of one answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Snippets<'a> {
    marks: &'a Marks,
    language: &'a Language,
}

/// Something to mark: where it is, and which of the things looked for it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Find {
    start: usize,
    end: usize,
    what: u64,
}

impl<'a> Snippets<'a> {
    pub(crate) fn new(marks: &'a Marks, language: &'a Language) -> Self {
        Self { marks, language }
    }

    /// The best piece of `page`, escaped, finds in `<mark>`; its beginning if there is no find. The
    /// second value is where the finds in it begin, in bytes of the page.
    pub(crate) fn of(self, page: &str) -> (String, Option<usize>) {
        let page = &page[..page.floor_char_boundary(READ_BYTES)];
        let finds = merged(self.finds(page));
        let limit = self.language.rules.limits.snippet_characters;
        let best = best(&finds, limit);
        let (start, end) = window(page, best, limit);
        (render(page, start, end, &finds), best.map(|(start, _)| start))
    }

    fn finds(self, page: &str) -> Vec<Find> {
        let mut finds = Vec::new();
        let mut phrases = Phrases::new(&self.marks.phrases);
        let mut runs = self.language.runs(page);
        while let Some(pieces) = runs.next_run() {
            for piece in pieces {
                let (start, end) = (piece.start, piece.end);
                let hit = match piece.form {
                    Form::Part => {
                        phrases.read(&piece.folded, start, end, &mut finds);
                        self.is_marked(&piece.folded)
                    }
                    Form::Whole | Form::Joined => self.marks.runs.contains(&piece.folded),
                };
                if hit {
                    finds.push(Find { start, end, what: name(&piece.folded) });
                }
            }
        }
        finds
    }

    /// Whether the word has one of the stems. Stemming takes letters off both ends and changes at
    /// most the first of what is left, so a word that does not hold the rest of a stem is told
    /// without it; nearly all are.
    fn is_marked(self, folded: &str) -> bool {
        let modern = modern(folded);
        self.marks.tails.iter().any(|tail| holds(modern.as_bytes(), tail.as_bytes()))
            && self.marks.stems.contains(&self.language.stem(folded))
    }
}

/// Whether a word holds some letters side by side. Words are short: looking at the first letter
/// before the others is faster than any search that prepares itself.
fn holds(word: &[u8], letters: &[u8]) -> bool {
    let Some(first) = letters.first() else { return true };
    word.windows(letters.len()).any(|part| part[0] == *first && part == letters)
}

/// A name for what was found, to tell different words apart.
fn name(folded: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    folded.hash(&mut hasher);
    hasher.finish()
}

/// Follows the phrases through a text, word by word.
struct Phrases<'a> {
    phrases: &'a [Vec<String>],
    /// Phrase, words of it seen, where it began.
    open: Vec<(usize, usize, usize)>,
}

impl<'a> Phrases<'a> {
    fn new(phrases: &'a [Vec<String>]) -> Self {
        Self { phrases, open: Vec::new() }
    }

    fn read(&mut self, word: &str, start: usize, end: usize, finds: &mut Vec<Find>) {
        let phrases = self.phrases;
        for index in 0..phrases.len() {
            self.open.push((index, 0, start));
        }
        self.open.retain_mut(|(index, seen, begun)| {
            let phrase = &phrases[*index];
            if phrase[*seen] != word {
                return false;
            }
            *seen += 1;
            if *seen == phrase.len() {
                finds.push(Find { start: *begun, end, what: *index as u64 });
            }
            *seen < phrase.len()
        });
    }
}

/// Finds in order, those that overlap made one.
fn merged(mut finds: Vec<Find>) -> Vec<Find> {
    finds.sort_unstable_by_key(|find| (find.start, std::cmp::Reverse(find.end)));
    let mut apart: Vec<Find> = Vec::with_capacity(finds.len());
    for find in finds {
        match apart.last_mut() {
            Some(last) if find.start < last.end => last.end = last.end.max(find.end),
            _ => apart.push(find),
        }
    }
    apart
}

/// The stretch of at most about `limit` bytes that holds the most different finds, then the most.
fn best(finds: &[Find], limit: usize) -> Option<(usize, usize)> {
    let mut best: Option<(usize, (usize, usize))> = None;
    let mut counts: HashMap<u64, usize> = HashMap::new();
    let mut first = 0;
    for (last, find) in finds.iter().enumerate() {
        *counts.entry(find.what).or_default() += 1;
        while first < last && find.end - finds[first].start > limit {
            if let Some(count) = counts.get_mut(&finds[first].what) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(&finds[first].what);
                }
            }
            first += 1;
        }
        let worth = counts.len() * DIFFERENT + (last - first + 1).min(DIFFERENT - 1);
        if best.is_none_or(|(most, _)| worth > most) {
            best = Some((worth, (finds[first].start, find.end)));
        }
    }
    best.map(|(_, stretch)| stretch)
}

fn render(page: &str, start: usize, end: usize, finds: &[Find]) -> String {
    let mut out = String::with_capacity(end - start + 64);
    if !page[..start].trim().is_empty() {
        out.push_str("… ");
    }
    let mut at = start;
    for find in finds.iter().filter(|find| find.start >= start && find.end <= end) {
        escape(&page[at..find.start], &mut out);
        out.push_str("<mark>");
        escape(&page[find.start..find.end], &mut out);
        out.push_str("</mark>");
        at = find.end;
    }
    escape(&page[at..end], &mut out);
    out.truncate(out.trim_end().len());
    if !page[end..].trim().is_empty() {
        out.push_str(" …");
    }
    out
}

/// Appends text as HTML: five signs escaped, blanks and control characters as one blank.
fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ if letter.is_whitespace() || letter.is_control() => {
                if !out.ends_with(' ') && !out.is_empty() {
                    out.push(' ');
                }
            }
            _ => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::schema::Rules;

    fn language() -> Language {
        Language::new(Arc::new(Rules::load().unwrap()))
    }

    fn snippet(words: &[&str], phrases: &[&[&str]], page: &str) -> String {
        let language = language();
        let mut marks = Marks::default();
        words.iter().for_each(|word| marks.word(language.stem(word)));
        for phrase in phrases {
            marks.phrase(phrase.iter().map(|word| (*word).to_owned()).collect());
        }
        Snippets::new(&marks, &language).of(page).0
    }

    #[test]
    fn words_of_the_same_stem_are_marked_and_signs_escaped() {
        let snippet = snippet(&["tetapkan"], &[], "KPU <b>ditetapkan</b> & \"sah\"");
        assert_eq!(snippet, "KPU &lt;b&gt;<mark>ditetapkan</mark>&lt;/b&gt; &amp; &quot;sah&quot;");
    }

    #[test]
    fn phrases_are_marked_as_one() {
        let snippet = snippet(&[], &[&["kursi", "partai"]], "jumlah kursi\npartai dan kursi lain");
        assert_eq!(snippet, "jumlah <mark>kursi partai</mark> dan kursi lain");
    }

    #[test]
    fn the_best_stretch_is_shown_from_its_sentence_on() {
        let filler = "Tidak ada apa pun di sini. ".repeat(40);
        let page = format!("arsip. {filler}Naskah arsip disimpan di depo. {filler}");
        let snippet = snippet(&["arsip", "depo"], &[], &page);
        assert!(snippet.contains("Naskah <mark>arsip</mark> disimpan di <mark>depo</mark>."));
        assert!(snippet.starts_with("… Naskah") && snippet.ends_with(". …"), "{snippet}");
        assert!(snippet.chars().count() < 300);
    }

    #[test]
    fn a_page_without_finds_shows_its_beginning() {
        let page = "kata ".repeat(100);
        let snippet = snippet(&["lain"], &[], &page);
        assert!(snippet.starts_with("kata kata") && !snippet.contains('<'));
        assert_eq!(Snippets::new(&Marks::default(), &language()).of("").0, "");
    }

    proptest! {
        #[test]
        fn a_word_holds_its_stem_but_for_the_first_letter(
            word in "(me|mem|men|meny|meng|pe|pem|pen|peny|peng|ber|bel|per|ter|di|ke|se)?[a-z]{1,9}(kan|an|i|nya|lah|kah|ku|mu)?",
        ) {
            let stem = language().stem(&word);
            prop_assert!(modern(&word).contains(&stem[1.min(stem.len())..]), "{} {}", word, stem);
        }

        #[test]
        fn no_tag_but_mark(page in "[a-z<>&\"' .\\n🗳é/-]{0,600}", word in "[a-z]{1,3}") {
            let snippet = snippet(&[&word], &[&[&word, &word]], &page);
            let bare = snippet.replace("<mark>", "").replace("</mark>", "");
            prop_assert!(!bare.contains(['<', '>', '"', '\'']), "{}", snippet);
            prop_assert_eq!(snippet.matches("<mark>").count(), snippet.matches("</mark>").count());
            prop_assert!(bare.chars().count() < 240 * 6 + 10);
        }

        #[test]
        fn any_page_is_survived(page in "\\PC{0,700}", word in "\\PC{1,6}") {
            snippet(&[&word], &[&[&word]], &page);
        }
    }
}
