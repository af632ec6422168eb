//! Ruled tables: the words of a page put into the grids that its lines make.

use super::Found;
use super::cells::{self, Word};
use super::grid::Grid;
use super::lines::Lines;
use super::stacked;

/// A table of one row is the rest of one that began on the page before, or the head of one that
/// goes on on the next: beyond it stand no more words than these, those of a running head. Boxes
/// side by side in the midst of a text are a drawing.
const MOST_BEYOND: usize = 20;
/// Each word is tried in each grid; so many trials are a drawing with letters.
const MOST_TRIALS: usize = 2_000_000;

/// The ruled tables of a page. Marks the words that stand in one.
pub(super) fn find(words: &mut [Word<'_>], lines: &Lines, height: f32) -> Vec<Found> {
    let sets = lines.connected(height);
    let mut grids: Vec<Grid> = sets.iter().filter_map(|set| Grid::new(set, height)).collect();
    if grids.len().saturating_mul(words.len()) > MOST_TRIALS {
        return Vec::new();
    }
    // A table within a cell of another one keeps its own words.
    grids.sort_by(|one, other| size(one).total_cmp(&size(other)));
    grids.iter().filter_map(|grid| fill(grid, words, height)).collect()
}

fn size(grid: &Grid) -> f32 {
    let (left, top, right, bottom) = grid.area();
    (right - left) * (bottom - top)
}

/// Puts words into a grid; `None` if what comes out is a frame rather than a table.
fn fill(grid: &Grid, words: &mut [Word<'_>], height: f32) -> Option<Found> {
    let columns = grid.columns();
    let mut places: Vec<Vec<usize>> = vec![Vec::new(); columns * grid.rows()];
    for (index, word) in words.iter().enumerate().filter(|(_, word)| !word.taken) {
        if let Some((row, column)) = grid.cell_at(word.middle()) {
            places[row * columns + column].push(index);
        }
    }
    let begins = |row: usize, column: usize| grid.begins(row, column);
    let kept_columns: Vec<usize> =
        (0..columns).filter(|&column| (0..grid.rows()).any(|row| begins(row, column))).collect();
    let kept_rows = (0..grid.rows()).filter(|&row| (0..columns).any(|column| begins(row, column)));
    let row = |row: usize| -> Vec<Vec<Vec<&Word<'_>>>> {
        let cell = |&column: &usize| {
            let inside = places[row * columns + column].iter().map(|&index| &words[index]);
            cells::lines(inside, height)
        };
        kept_columns.iter().map(cell).collect()
    };
    let cells: Vec<Vec<Vec<&Word<'_>>>> =
        kept_rows.flat_map(|index| stacked::rows(row(index), height)).collect();
    let found = Found::new(grid.area(), true, &cells);
    if !is_table(&found.rows) || (found.rows.len() == 1 && !at_an_end(grid, words)) {
        return None;
    }
    places.iter().flatten().for_each(|&index| words[index].taken = true);
    Some(found)
}

/// Whether a grid stands where the page begins or ends.
fn at_an_end(grid: &Grid, words: &[Word<'_>]) -> bool {
    let (_, top, _, bottom) = grid.area();
    let above = words.iter().filter(|word| word.middle().1 < top).count();
    let below = words.iter().filter(|word| word.middle().1 > bottom).count();
    above.min(below) <= MOST_BEYOND
}

/// Two rows and two columns at least, or one row of three: the rest of a table on a new page. Two
/// rows that are mostly empty are boxes that touch each other.
fn is_table(rows: &[Vec<String>]) -> bool {
    let columns = rows.first().map_or(0, Vec::len);
    let filled = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count();
    let cells: usize = rows.iter().map(filled).sum();
    let used_columns =
        (0..columns).filter(|&column| rows.iter().any(|row| !row[column].is_empty())).count();
    let used_rows = rows.iter().filter(|row| filled(row) > 0).count();
    let boxes = rows.len() <= 2 && cells * 2 < rows.len() * columns;
    used_columns >= 2 && cells >= 3 && (used_rows >= 2 || used_columns >= 3) && !boxes
}
