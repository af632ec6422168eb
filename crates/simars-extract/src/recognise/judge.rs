//! Whether a reading can be trusted: how sure the engine was, and whether ink was passed over.

use crate::gray::Gray;

use super::tsv::Word;

/// The side of the squares in which ink is compared with words.
const SQUARE: usize = 16;
/// A square with so much ink, in hundredths, holds letters; less is dirt, more is a picture.
const LETTERS: std::ops::RangeInclusive<usize> = 6..=55;

/// How much of a page's writing lies within the words that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Coverage {
    /// Squares that look like writing.
    pub(super) written: usize,
    /// Those of them that a word covers.
    pub(super) read: usize,
}

impl Coverage {
    /// Compares a picture's ink with the words read on it.
    pub(super) fn of<'a>(
        picture: &Gray,
        threshold: u8,
        words: impl Iterator<Item = &'a Word>,
    ) -> Self {
        let (columns, rows) = (picture.width / SQUARE, picture.height / SQUARE);
        let mut ink = vec![0_usize; columns * rows];
        for (y, row) in picture.points.chunks_exact(picture.width.max(1)).enumerate() {
            let Some(start) = (y / SQUARE < rows).then_some(y / SQUARE * columns) else { break };
            for (square, points) in row.chunks_exact(SQUARE).enumerate() {
                if let Some(count) = ink.get_mut(start + square) {
                    *count += points.iter().filter(|point| **point < threshold).count();
                }
            }
        }
        let mut covered = vec![false; columns * rows];
        for word in words {
            let place = |length: f32| (length.max(0.0) / SQUARE as f32) as usize;
            let (left, right) =
                (place(word.left), place(word.right).min(columns.saturating_sub(1)));
            for row in place(word.top)..=place(word.bottom).min(rows.saturating_sub(1)) {
                let start = row * columns;
                let squares = covered.get_mut(start + left..(start + right + 1).max(start + left));
                squares.into_iter().for_each(|squares| squares.fill(true));
            }
        }
        let written = |ink: &usize| LETTERS.contains(&(ink * 100 / (SQUARE * SQUARE)));
        let squares = || ink.iter().zip(&covered).filter(|(ink, _)| written(ink));
        Self { written: squares().count(), read: squares().filter(|(_, read)| **read).count() }
    }

    /// Squares of writing that no word covers.
    fn passed_over(self) -> usize {
        self.written - self.read
    }

    /// What is doubtful about a reading, in words; `None` if nothing is.
    pub(super) fn doubt(self, confidence: Option<u8>) -> Option<String> {
        // A seal takes about 150 squares; a page of text has thousands.
        let passed_over = self.passed_over();
        if passed_over > 250 && passed_over * 4 > self.written {
            let share = self.read * 100 / self.written.max(1);
            return Some(format!("only {share} % of what looks like writing was read"));
        }
        match confidence {
            Some(sure) if sure < 65 => Some(format!("recognition is only {sure} % sure")),
            _ => None,
        }
    }

    /// Whether the page may stand on its side or on its head.
    pub(super) fn is_hopeless(self, confidence: Option<u8>, letters: usize) -> bool {
        let unsure = confidence.is_none_or(|sure| sure < 50);
        self.written > 120 && (unsure || letters * 4 < self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word((left, top, right, bottom): (f32, f32, f32, f32)) -> Word {
        Word { text: "kata".to_owned(), left, top, right, bottom, confidence: 90.0 }
    }

    #[test]
    fn ink_without_words_is_noticed() {
        let (width, height) = (640, 640);
        let stroke = |at: usize| if at.is_multiple_of(4) { 0 } else { 255 };
        let points = (0..width * height).map(stroke).collect();
        let picture = Gray { width, height, points };
        let all = [word((0.0, 0.0, 640.0, 640.0))];
        let whole = Coverage::of(&picture, 128, all.iter());
        assert_eq!(whole, Coverage { written: 1600, read: 1600 });
        assert_eq!(whole.doubt(Some(90)), None);
        assert!(whole.doubt(Some(40)).is_some());
        let half = [word((0.0, 0.0, 640.0, 310.0))];
        let half = Coverage::of(&picture, 128, half.iter());
        assert_eq!(half.read, 800);
        assert_eq!(
            half.doubt(Some(95)).as_deref(),
            Some("only 50 % of what looks like writing was read")
        );
        assert!(half.is_hopeless(Some(95), 30) && !half.is_hopeless(Some(95), 2_000));
        let outside = [word((1e9, 1e9, 2e9, 2e9))];
        assert_eq!(Coverage::of(&picture, 128, outside.iter()).read, 0);
    }

    #[test]
    fn an_empty_page_is_no_doubt() {
        let picture = Gray { width: 0, height: 0, points: Vec::new() };
        let coverage = Coverage::of(&picture, 128, std::iter::empty());
        assert_eq!(coverage.doubt(None), None);
        assert!(!coverage.is_hopeless(None, 0));
    }
}
