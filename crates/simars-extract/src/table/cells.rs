//! Words, the lines of text they stand in, and the text of a cell.

use super::SURE;

/// Words whose middles are apart by less than this share of the usual height stand in one line.
const SAME_LINE: f32 = 0.5;

/// A word in the frame in which the text is upright.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
    pub(super) confidence: Option<u8>,
    /// Whether a table has it already.
    pub(super) taken: bool,
}

impl Word<'_> {
    pub(super) fn middle(&self) -> (f32, f32) {
        (f32::midpoint(self.left, self.right), f32::midpoint(self.top, self.bottom))
    }

    pub(super) fn has_doubtful_digits(&self) -> bool {
        self.confidence.is_some_and(|confidence| confidence < SURE)
            && self.text.bytes().any(|byte| byte.is_ascii_digit())
    }
}

/// The height of the word in the middle of all words by height: what everything is measured by.
pub(super) fn usual_height(words: &[Word<'_>]) -> Option<f32> {
    let mut heights: Vec<f32> = words.iter().map(|word| word.bottom - word.top).collect();
    let middle = heights.len() / 2;
    if heights.is_empty() {
        return None;
    }
    let (_, &mut height, _) = heights.select_nth_unstable_by(middle, f32::total_cmp);
    (height > 0.0).then_some(height)
}

/// Words line by line, each line from left to right.
pub(super) fn lines<'a, 'b>(
    words: impl IntoIterator<Item = &'b Word<'a>>,
    height: f32,
) -> Vec<Vec<&'b Word<'a>>>
where
    'a: 'b,
{
    let mut words: Vec<&Word<'_>> = words.into_iter().collect();
    words.sort_by(|one, other| one.middle().1.total_cmp(&other.middle().1));
    let mut lines: Vec<Vec<&Word<'_>>> = Vec::new();
    let mut base = f32::NEG_INFINITY;
    for word in words {
        let middle = word.middle().1;
        match lines.last_mut() {
            Some(line) if middle - base < SAME_LINE * height => line.push(word),
            _ => {
                base = middle;
                lines.push(vec![word]);
            }
        }
    }
    for line in &mut lines {
        line.sort_by(|one, other| one.left.total_cmp(&other.left));
    }
    lines
}

/// Words as one line of text.
pub(super) fn text(words: &[&Word<'_>]) -> String {
    let mut text = String::new();
    for word in words {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word.text);
    }
    text
}
