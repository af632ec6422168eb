//! Ruled tables: each cell read by itself, numbers twice.

use std::path::Path;
use std::time::{Duration, Instant};

use simars_record::layout::Cell as Place;
use simars_record::{Table, WordBox};

use super::Engine;
use super::digits::{decide, is_long_and_bare, is_plausible, is_short, joined, looks_numeric};
use super::engine::Mode;
use super::grid::{Cell, Grid};
use super::mosaic::Mosaic;
use super::settle::{self, Doubt};
use super::tsv::Word;
use crate::scan::{Frame, Scan};
use crate::table::check_sums;

/// A table whose cells have been read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ruled {
    grid: Grid,
    /// The words of each of the grid's cells.
    cells: Vec<Vec<Word>>,
    /// Whether the number in each of them is doubtful.
    doubtful: Vec<bool>,
}

/// Reads the cells of all tables of a page.
pub(super) fn read(
    scan: &Scan,
    grids: &[Grid],
    engine: &Engine,
    program: &Path,
    deadline: Instant,
) -> Result<Vec<Ruled>, String> {
    let left = || deadline.saturating_duration_since(Instant::now()).max(Duration::from_secs(1));
    let all: Vec<_> = grids.iter().flat_map(|grid| grid.cells.iter().copied()).collect();
    let look = |cells: &[_], enlarge, mode| -> Result<(Vec<Vec<Word>>, Vec<bool>), String> {
        let mosaic = Mosaic::of(&scan.picture, scan.notes.threshold, cells, enlarge);
        if mosaic.pictures.is_empty() {
            return Ok((vec![Vec::new(); cells.len()], vec![false; cells.len()]));
        }
        let lines = engine.read(program, &mosaic.pictures, mode, left())?;
        Ok((mosaic.by_cell(&lines, 1, cells.len()), mosaic.inked(cells.len())))
    };
    let (mut first, inked) = look(&all, 1, Mode::Block)?;
    let again = numeric(grids, &first, &inked);
    let numbers: Vec<_> = again.iter().map(|&at| all[at]).collect();
    let (second, _) = look(&numbers, 2, Mode::Numbers)?;
    let mut pairs = Vec::new();
    for (&at, second) in again.iter().zip(second) {
        let (believed, doubtful) = decide(first[at].clone(), second.clone());
        let before = std::mem::replace(&mut first[at], believed);
        pairs.push((doubtful, Doubt { at, readings: vec![before, second] }));
    }
    let odd = without_points(grids, &first, &again);
    let doubts = pairs.into_iter().filter(|(doubtful, pair)| *doubtful || odd.contains(&pair.at));
    let mut doubts: Vec<Doubt> = doubts.map(|(_, doubt)| doubt).collect();
    // At the size of the page again, but each doubtful number among its like only: what stands
    // beside a number sways the engine.
    let open = settle::open(grids, &first, &doubts);
    let cells: Vec<_> = open.iter().map(|&doubt| all[doubts[doubt].at]).collect();
    let (third, _) = look(&cells, 1, Mode::Numbers)?;
    for (doubt, third) in open.into_iter().zip(third) {
        let doubt = &mut doubts[doubt];
        doubt.add(third, &mut first[doubt.at]);
    }
    settle::by_sums(grids, &mut first, &doubts);
    let mut doubtful = vec![false; all.len()];
    doubts.iter().for_each(|doubt| doubtful[doubt.at] = true);
    let (mut words, mut doubts) = (first.into_iter(), doubtful.into_iter());
    let share = grids.iter().map(|grid| Ruled {
        grid: grid.clone(),
        cells: words.by_ref().take(grid.cells.len()).collect(),
        doubtful: doubts.by_ref().take(grid.cells.len()).collect(),
    });
    Ok(share.collect())
}

/// Which of the cells of all tables are to be read again: those that look like a number, and
/// within a column of numbers also what is short, or was not read at all: it may be a digit.
fn numeric(grids: &[Grid], words: &[Vec<Word>], inked: &[bool]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut start = 0;
    for grid in grids {
        let mut numbers = vec![0_usize; grid.columns];
        let mut texts = vec![0_usize; grid.columns];
        let numbered = || (start..).zip(&grid.cells);
        for (at, cell) in numbered().filter(|(at, _)| !words[*at].is_empty()) {
            let counts = if looks_numeric(&words[at]) { &mut numbers } else { &mut texts };
            counts[cell.column] += 1;
        }
        found.extend(numbered().filter_map(|(at, cell)| {
            let in_numbers = numbers[cell.column] >= texts[cell.column];
            let reread = looks_numeric(&words[at])
                || (words[at].is_empty() && inked[at])
                || (in_numbers && is_short(&words[at]) && inked[at]);
            reread.then_some(at)
        }));
        start += grid.cells.len();
    }
    found
}

/// The cells among `numbers` with a long number without points, in tables that otherwise write long
/// numbers with them: both readings may have taken the point for a digit, and then they agree.
fn without_points(grids: &[Grid], words: &[Vec<Word>], numbers: &[usize]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut start = 0;
    for grid in grids {
        let end = start + grid.cells.len();
        let here = numbers.iter().copied().filter(|at| (start..end).contains(at));
        let texts: Vec<_> = here.map(|at| (at, joined(&words[at]))).collect();
        let bare: Vec<usize> =
            texts.iter().filter(|(_, text)| is_long_and_bare(text)).map(|(at, _)| *at).collect();
        let grouped = texts.iter().filter(|(_, text)| text.contains('.') && is_plausible(text));
        if grouped.count() > bare.len() {
            found.extend(bare);
        }
        start = end;
    }
    found
}

impl Ruled {
    /// Where the table begins on the picture, from above.
    pub(super) fn top(&self) -> f32 {
        self.grid.area().1 as f32
    }

    /// All words of the table.
    pub(super) fn words(&self) -> impl Iterator<Item = &Word> {
        self.cells.iter().flatten()
    }

    /// The words of each row that has any, in their order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Vec<&Word>> {
        (0..self.grid.rows)
            .map(|row| {
                let cells = self.grid.cells.iter().zip(&self.cells);
                cells.filter(|(cell, _)| cell.row == row).flat_map(|(_, words)| words).collect()
            })
            .filter(|words: &Vec<&Word>| !words.is_empty())
    }

    /// The table as it stands in a layout.
    pub(super) fn table(&self, frame: &Frame) -> Table {
        let (left, top, right, bottom) = self.grid.area();
        let sides = frame.box_on_page((left as f32, top as f32, right as f32, bottom as f32));
        let rows = self.grid.filled(&self.cells);
        let doubts = self.grid.cells.iter().zip(&self.doubtful).filter(|(_, doubt)| **doubt);
        let place =
            |(cell, _): (&Cell, _)| Place { row: cell.row as u32, column: cell.column as u32 };
        let doubtful = doubts.map(place).collect();
        let area = WordBox::on_page(sides, frame.shown(), None);
        let mut table = Table { area, ruled: true, rows, doubtful, wrong_sums: Vec::new() };
        check_sums(&mut table);
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_number_without_points_among_others_with_them_is_doubtful() {
        let cell = |row| Cell { row, column: 0, left: 0, top: 0, right: 9, bottom: 9 };
        let grid = Grid { rows: 4, columns: 1, cells: (0..4).map(cell).collect() };
        let word = |text: &str| {
            let (left, top, right, bottom) = (0.0, 0.0, 20.0, 10.0);
            vec![Word { text: text.to_owned(), left, top, right, bottom, confidence: 90.0 }]
        };
        let odd = |texts: [&str; 4]| {
            let words: Vec<_> = texts.iter().map(|text| word(text)).collect();
            without_points(std::slice::from_ref(&grid), &words, &[0, 1, 2, 3])
        };
        assert_eq!(odd(["1.204", "172253", "19.002", "2024"]), [1]);
        assert_eq!(odd(["12045", "172253", "19.002", "7"]), [0_usize; 0]);
    }
}
