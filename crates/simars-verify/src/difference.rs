//! Two texts to what differs: word by word, number by number, page by page.
//!
//! What reading and typesetting make different is no difference: where pages and lines end, hyphens
//! at their ends, ligatures, the forms of quotes, dashes and blanks. What was taken for the same so
//! is told ([`Comparison::folded`]). Capital letters, marks and every digit count.

mod align;
mod tokens;

use std::ops::Range;

use align::{Edit, Sort};
use serde::Serialize;
use tokens::{Table, Token, without_hyphens};

/// More differences than this are counted, not shown.
const MOST_DIFFERENCES: usize = 200;
/// A side of a difference with more words than this is shown by its first and last ones.
const LONG: usize = 24;
/// So many words are shown of each end of a long one.
const ENDS: usize = 8;
/// Words shown beside a difference on each side.
const CONTEXT: usize = 6;
/// On a page that was recognised from its picture, a difference of no more words than this may be
/// an error of that recognition.
const DOUBTFUL_WORDS: usize = 3;
/// A page or context in a text without blanks is cut to so many characters.
const CHARACTERS: usize = 600;

/// A page of a text to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextPage<'a> {
    /// Its text, lines ended by `\n`.
    pub text: &'a str,
    /// Whether it was recognised from a picture of the page, so that single letters may be wrong.
    pub recognised: bool,
}

/// What two texts differ in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The differences in the order of the registered text, at most 200.
    pub differences: Vec<Difference>,
    /// How many more there are.
    pub further: usize,
    /// How many of all differences touch a number.
    pub with_numbers: usize,
    /// Words and numbers of the registered text.
    pub words_registered: usize,
    /// Words and numbers of the given text.
    pub words_given: usize,
    /// Words and numbers that stand in both, in the same order.
    pub words_common: usize,
    /// What differs between the two but was taken for the same.
    pub folded: Vec<Folding>,
}

/// One place where two texts differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What stands in the registered text.
    pub registered: Passage,
    /// What stands in its place in the given text.
    pub given: Passage,
    /// The words before it in the registered text.
    pub context_before: String,
    /// The words after it in the registered text.
    pub context_after: String,
    /// Whether a number is among the words that differ.
    pub is_number: bool,
    /// Whether it may be an error of recognition: it is small, and one of the pages was recognised
    /// from a picture.
    pub doubtful: bool,
}

/// One side of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// The page it begins on, from 1; for an empty one the page it would stand on.
    pub page: u32,
    /// The words as they stand there, with single blanks between them; empty if there are none.
    pub words: String,
    /// How many words, numbers and marks it has.
    pub count: usize,
    /// Whether only its first and last words are shown.
    pub shortened: bool,
}

/// What may differ between two readings of the same page and is taken for the same. The written
/// forms are part of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Folding {
    /// Where pages end.
    PageBreaks,
    /// A first or last line that is nothing but the page's own number.
    PageNumbers,
    /// Hyphens between letters, which come with the ends of lines.
    Hyphens,
    /// Blanks inside and between words, but never between digits.
    Blanks,
    /// Ligatures, wide letters, accents written apart.
    Letters,
    /// Soft hyphens and other characters that nobody sees.
    Invisible,
    /// The forms of quotation marks.
    Quotes,
    /// The forms of dashes.
    Dashes,
    /// The forms of bullets.
    Bullets,
    /// The length of dotted lines.
    Leaders,
}

impl Folding {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::PageBreaks,
        Self::PageNumbers,
        Self::Hyphens,
        Self::Blanks,
        Self::Letters,
        Self::Invisible,
        Self::Quotes,
        Self::Dashes,
        Self::Bullets,
        Self::Leaders,
    ];

    /// The written form, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PageBreaks => "page-breaks",
            Self::PageNumbers => "page-numbers",
            Self::Hyphens => "hyphens",
            Self::Blanks => "blanks",
            Self::Letters => "letters",
            Self::Invisible => "invisible",
            Self::Quotes => "quotes",
            Self::Dashes => "dashes",
            Self::Bullets => "bullets",
            Self::Leaders => "leaders",
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl Comparison {
    /// Whether both say the same. True as well of two texts without words, which say nothing.
    pub fn is_same_text(&self) -> bool {
        self.differences.is_empty()
    }

    /// How much of both texts is common, from 0 to 1: twice the common words over all words. 0 for
    /// texts without words.
    pub fn resemblance(&self) -> f32 {
        let all = self.words_registered + self.words_given;
        if all == 0 { 0.0 } else { 2.0 * self.words_common as f32 / all as f32 }
    }
}

/// Compares what is registered with what was given. Takes time in proportion to the texts, however
/// little they have in common.
pub fn compare(registered: &[TextPage<'_>], given: &[TextPage<'_>]) -> Comparison {
    let mut table = Table::default();
    let tokens = [table.read(registered), table.read(given)];
    let sides =
        [Side { pages: registered, tokens: &tokens[0] }, Side { pages: given, tokens: &tokens[1] }];
    let ids = |side: &Side<'_>| side.tokens.iter().map(|token| token.id).collect::<Vec<_>>();
    let mut edits = align::edits(&ids(&sides[0]), &ids(&sides[1]), &table.sorts);
    let pair = Pair { table: &table, sides };
    let mut folded = pair.folded(&edits);
    edits.retain(|edit| match pair.only_typeset(edit) {
        Some(folding) => {
            folded |= folding.bit();
            false
        }
        None => true,
    });
    let edits: Vec<Edit> = edits.into_iter().flat_map(|edit| pair.split(edit)).collect();
    pair.comparison(&edits, folded)
}

/// A text and its tokens.
#[derive(Debug, Clone, Copy)]
struct Side<'a> {
    pages: &'a [TextPage<'a>],
    tokens: &'a [Token],
}

impl Side<'_> {
    fn raw(&self, token: &Token) -> &str {
        let text = self.pages.get(token.page as usize).map_or("", |page| page.text);
        text.get(token.start as usize..token.end as usize).unwrap_or("")
    }

    /// The words of a stretch as a reader sees them.
    fn words(&self, range: Range<usize>) -> String {
        let mut words = String::new();
        for token in &self.tokens[range] {
            if !token.glued && !words.is_empty() {
                words.push(' ');
            }
            let raw = self.raw(token);
            if raw.contains(char::is_whitespace) {
                raw.split_whitespace().for_each(|part| words.push_str(part));
            } else {
                words.push_str(raw);
            }
        }
        if let Some((cut, _)) = words.char_indices().nth(CHARACTERS) {
            words.truncate(cut);
            words.push('…');
        }
        words
    }

    /// The page of the token at `at`, or of the last one, from 1.
    fn page(&self, at: usize) -> u32 {
        let token = self.tokens.get(at).or(self.tokens.last());
        token.map_or(1, |token| token.page + 1)
    }

    fn passage(&self, range: Range<usize>) -> Passage {
        let shortened = range.len() > LONG;
        let words = if shortened {
            let head = self.words(range.start..range.start + ENDS);
            let tail = self.words(range.end - ENDS..range.end);
            format!("{head} … {tail}")
        } else {
            self.words(range.clone())
        };
        Passage { page: self.page(range.start), words, count: range.len(), shortened }
    }

    fn is_recognised(&self, range: &Range<usize>) -> bool {
        let page = self.page(range.start) as usize - 1;
        self.pages.get(page).is_some_and(|page| page.recognised)
    }
}

struct Pair<'a> {
    table: &'a Table,
    sides: [Side<'a>; 2],
}

impl Pair<'_> {
    fn comparison(&self, edits: &[Edit], folded: u16) -> Comparison {
        let [registered, given] = self.sides;
        let count = |range: Range<usize>, side: &Side<'_>| {
            side.tokens[range].iter().filter(|token| self.sort(token) != Sort::Mark).count()
        };
        let words_registered = count(0..registered.tokens.len(), &registered);
        let changed: usize = edits.iter().map(|edit| count(edit.a.clone(), &registered)).sum();
        let shown = edits.iter().take(MOST_DIFFERENCES).map(|edit| self.difference(edit));
        Comparison {
            differences: shown.collect(),
            further: edits.len().saturating_sub(MOST_DIFFERENCES),
            with_numbers: edits.iter().filter(|edit| self.has_number(edit)).count(),
            words_registered,
            words_given: count(0..given.tokens.len(), &given),
            words_common: words_registered - changed,
            folded: Folding::ALL.into_iter().filter(|one| folded & one.bit() != 0).collect(),
        }
    }

    fn sort(&self, token: &Token) -> Sort {
        self.table.sorts[token.id as usize]
    }

    fn key(&self, token: &Token) -> &str {
        &self.table.keys[token.id as usize]
    }

    fn changed<'b>(&'b self, edit: &Edit) -> [&'b [Token]; 2] {
        [&self.sides[0].tokens[edit.a.clone()], &self.sides[1].tokens[edit.b.clone()]]
    }

    fn has_number(&self, edit: &Edit) -> bool {
        let mut tokens = self.changed(edit).into_iter().flatten();
        tokens.any(|token| self.sort(token) == Sort::Number)
    }

    fn difference(&self, edit: &Edit) -> Difference {
        let [registered, given] = self.sides;
        let end = (edit.a.end + CONTEXT).min(registered.tokens.len());
        let recognised = registered.is_recognised(&edit.a) || given.is_recognised(&edit.b);
        Difference {
            registered: registered.passage(edit.a.clone()),
            given: given.passage(edit.b.clone()),
            context_before: registered.words(edit.a.start.saturating_sub(CONTEXT)..edit.a.start),
            context_after: registered.words(edit.a.end..end),
            is_number: self.has_number(edit),
            doubtful: recognised && edit.a.len().max(edit.b.len()) <= DOUBTFUL_WORDS,
        }
    }

    /// What differs among the tokens that were taken for the same.
    fn folded(&self, edits: &[Edit]) -> u16 {
        let [registered, given] = self.sides;
        let mut folded = 0;
        let (mut from_a, mut from_b) = (0, 0);
        let end = Edit {
            a: registered.tokens.len()..registered.tokens.len(),
            b: given.tokens.len()..given.tokens.len(),
        };
        for edit in edits.iter().chain([&end]) {
            let same = registered.tokens[from_a..edit.a.start].iter();
            for (one, other) in same.zip(&given.tokens[from_b..edit.b.start]) {
                if one.page != other.page {
                    folded |= Folding::PageBreaks.bit();
                }
                if one.folded | other.folded != 0 && registered.raw(one) != given.raw(other) {
                    folded |= one.folded | other.folded;
                }
                folded |= (one.folded ^ other.folded) & Folding::PageNumbers.bit();
            }
            (from_a, from_b) = (edit.a.end, edit.b.end);
        }
        folded
    }

    /// What is folded if the two sides say the same but for blanks, or hyphens at the ends of
    /// pages. A blank between digits may make two numbers of one, and counts.
    fn only_typeset(&self, edit: &Edit) -> Option<Folding> {
        let [registered, given] = self.changed(edit);
        if registered.is_empty() || given.is_empty() || registered.len().max(given.len()) > LONG {
            return None;
        }
        let (one, other) = (self.run_together(registered), self.run_together(given));
        if one == other {
            return Some(Folding::Blanks);
        }
        (without_hyphens(&one) == without_hyphens(&other)).then_some(Folding::Hyphens)
    }

    fn run_together(&self, tokens: &[Token]) -> String {
        let numeric = |c: char| c.is_numeric() || matches!(c, '.' | ',' | '-' | '/');
        let mut run = String::new();
        for token in tokens {
            let key = self.key(token);
            if run.ends_with(numeric) && key.starts_with(numeric) {
                run.push(' ');
            }
            run.push_str(key);
        }
        run
    }

    /// As many numbers on both sides are as many differences: the cells of a row.
    fn split(&self, edit: Edit) -> Vec<Edit> {
        let [registered, given] = self.changed(&edit);
        let mut tokens = registered.iter().chain(given);
        let numbers = tokens.all(|token| self.sort(token) == Sort::Number);
        if edit.a.len() != edit.b.len() || edit.a.len() < 2 || !numbers {
            return vec![edit];
        }
        let cells = edit.a.zip(edit.b);
        cells.map(|(a, b)| Edit { a: a..a + 1, b: b..b + 1 }).collect()
    }
}

#[cfg(test)]
mod tests;
