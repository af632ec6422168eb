//! Tables set sideways: words and lines are brought into the frame in which the text is upright.

use super::cells::Word;
use super::{Placed, Rule};

/// A word of at least this many letters shows by its shape how it runs.
const TELLING_LETTERS: usize = 3;

/// How a page's text runs, clockwise from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Upright,
    /// Down the page.
    Down,
    /// Up the page.
    Up,
}

impl Turn {
    /// What most words are like. That a column of words is read downwards or upwards shows in
    /// the words' order.
    pub(super) fn of(words: &[Placed<'_>]) -> Self {
        let (mut wide, mut tall, mut down) = (0_usize, 0_usize, 0_i32);
        let mut last: Option<&Placed<'_>> = None;
        for word in words {
            if word.text.chars().count() < TELLING_LETTERS {
                continue;
            }
            let (width, height) = (word.right - word.left, word.bottom - word.top);
            if height <= 1.2 * width {
                wide += 1;
                continue;
            }
            tall += 1;
            if let Some(last) = last.replace(word)
                && (last.left - word.left).abs() < 0.3 * width
            {
                down += if word.top > last.top { 1 } else { -1 };
            }
        }
        match tall > wide {
            false => Self::Upright,
            true if down >= 0 => Self::Down,
            true => Self::Up,
        }
    }

    /// The words that have a possible place.
    pub(super) fn words<'a>(self, words: &[Placed<'a>], page: (f32, f32)) -> Vec<Word<'a>> {
        let word = |placed: &Placed<'a>| {
            let area = self.forth((placed.left, placed.top, placed.right, placed.bottom), page);
            let (left, top, right, bottom) = area;
            let (text, confidence) = (placed.text, placed.confidence);
            let word = Word { text, left, top, right, bottom, confidence, taken: false };
            [left, top, right, bottom].iter().all(|side| side.is_finite()).then_some(word)
        };
        words.iter().filter_map(word).collect()
    }

    /// The lines, each from its upper left end.
    pub(super) fn rules(self, rules: &[Rule], page: (f32, f32)) -> Vec<Rule> {
        let rule = |rule: &Rule| {
            let (x0, y0, x1, y1) = self.forth((rule.x0, rule.y0, rule.x1, rule.y1), page);
            [x0, y0, x1, y1].iter().all(|end| end.is_finite()).then_some(Rule { x0, y0, x1, y1 })
        };
        rules.iter().filter_map(rule).collect()
    }

    /// An area of the page in the frame of the text.
    fn forth(
        self,
        (left, top, right, bottom): (f32, f32, f32, f32),
        (width, height): (f32, f32),
    ) -> (f32, f32, f32, f32) {
        match self {
            Self::Upright => ordered(left, top, right, bottom),
            Self::Down => ordered(top, width - right, bottom, width - left),
            Self::Up => ordered(height - bottom, left, height - top, right),
        }
    }

    /// An area of the text's frame on the page.
    pub(super) fn back(
        self,
        (left, top, right, bottom): (f32, f32, f32, f32),
        (width, height): (f32, f32),
    ) -> (f32, f32, f32, f32) {
        match self {
            Self::Upright => (left, top, right, bottom),
            Self::Down => (width - bottom, left, width - top, right),
            Self::Up => (top, height - right, bottom, height - left),
        }
    }
}

fn ordered(left: f32, top: f32, right: f32, bottom: f32) -> (f32, f32, f32, f32) {
    (left.min(right), top.min(bottom), left.max(right), top.max(bottom))
}
