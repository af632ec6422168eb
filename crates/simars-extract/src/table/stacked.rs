//! Rows of a ruled table that no line separates: numbers stacked in its cells.

use super::cells::{self, Word};
use super::numbers::Reading;

/// Lines apart by less than this share of the text's height are level.
const LEVEL: f32 = 0.5;
/// So many numbers in one cell are rows, even if no other cell says so.
const MANY: usize = 3;

/// The lines of a cell, and the words of each.
type Lines<'b, 'a> = Vec<Vec<&'b Word<'a>>>;

/// The rows that stand between two drawn lines, as words for each column. They are more than
/// one where columns hold numbers below each other, level with lines of text in another column;
/// each number begins a row.
pub(super) fn rows<'a, 'b>(cells: Vec<Lines<'b, 'a>>, height: f32) -> Vec<Vec<Vec<&'b Word<'a>>>> {
    let Some(starts) = starts(&cells, height) else {
        return vec![cells.iter().map(|lines| lines.concat()).collect()];
    };
    let mut rows = vec![vec![Vec::new(); cells.len()]; starts.len()];
    for (column, lines) in cells.into_iter().enumerate() {
        let level = levels(&lines, &starts, height);
        for line in lines {
            // A cell that says one thing about all rows stands in the first.
            let row = match level * 2 >= starts.len() {
                true => row_of(&line, &starts, height),
                false => 0,
            };
            rows[row][column].extend(line);
        }
    }
    rows
}

fn place(line: &[&Word<'_>]) -> f32 {
    line.first().map_or(0.0, |word| word.middle().1)
}

fn row_of(line: &[&Word<'_>], starts: &[f32], height: f32) -> usize {
    let before = starts.partition_point(|&start| start <= place(line) + LEVEL * height);
    before.saturating_sub(1)
}

/// How many of the starts a line of the cell is level with.
fn levels(lines: &Lines<'_, '_>, starts: &[f32], height: f32) -> usize {
    let level =
        |start: &&f32| lines.iter().any(|line| (place(line) - **start).abs() <= LEVEL * height);
    starts.iter().filter(level).count()
}

/// Where rows begin; `None` if there is one row only.
fn starts(cells: &[Lines<'_, '_>], height: f32) -> Option<Vec<f32>> {
    let is_stack =
        |lines: &&Lines<'_, '_>| lines.len() >= 2 && lines.iter().all(|line| is_number(line));
    let stacks: Vec<&Lines<'_, '_>> = cells.iter().filter(is_stack).collect();
    let longest = stacks.iter().max_by_key(|lines| lines.len())?;
    let starts: Vec<f32> = longest.iter().map(|line| place(line)).collect();
    let agrees = |lines: &&&Lines<'_, '_>| levels(lines, &starts, height) == lines.len();
    let sure =
        stacks.iter().all(|lines| agrees(&lines)) && (stacks.len() >= 2 || starts.len() >= MANY);
    let texts = cells.iter().filter(|lines| !lines.is_empty() && !is_stack(lines));
    let named = texts.clone().next().is_none()
        || texts.clone().any(|lines| levels(lines, &starts, height) == starts.len());
    (sure && named).then_some(starts)
}

/// Whether a line is a number of its own, not the first part of one.
fn is_number(line: &[&Word<'_>]) -> bool {
    let text = cells::text(line);
    Reading::of(&text).is_number() && !text.ends_with(['.', ','])
}
