//! Ruling lines become the cells of tables.

use super::tsv::Word;
use crate::scan::Line;

/// Ends that should meet may miss each other by this many points, and lines that should be one
/// may lie this far apart.
const NEAR: usize = 10;
/// Larger tables are noise.
const MOST_ROWS: usize = 400;
const MOST_COLUMNS: usize = 60;
/// A line that reaches farther than this beyond the last crossing one closes an open side.
const OPEN_SIDE: usize = 40;

/// A cell, its sides in points of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) right: usize,
    pub(super) bottom: usize,
}

/// A ruled table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// Row by row; a cell over several places stands at the first of them.
    pub(super) cells: Vec<Cell>,
}

impl Grid {
    /// The sides of the whole table.
    pub(super) fn area(&self) -> (usize, usize, usize, usize) {
        let cells = &self.cells;
        let least = |side: fn(&Cell) -> usize| cells.iter().map(side).min().unwrap_or(0);
        let most = |side: fn(&Cell) -> usize| cells.iter().map(side).max().unwrap_or(0);
        (
            least(|cell| cell.left),
            least(|cell| cell.top),
            most(|cell| cell.right),
            most(|cell| cell.bottom),
        )
    }

    /// The rows of texts that the words of its cells make.
    pub(super) fn filled(&self, words: &[Vec<Word>]) -> Vec<Vec<String>> {
        let mut rows = vec![vec![String::new(); self.columns]; self.rows];
        for (cell, words) in self.cells.iter().zip(words) {
            let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            rows[cell.row][cell.column] = text.join(" ");
        }
        rows
    }
}

/// The tables drawn on a page, from top to bottom.
pub(super) fn find(lines: &[Line]) -> Vec<Grid> {
    let mut grids: Vec<Grid> = connected(lines).iter().filter_map(|lines| grid(lines)).collect();
    grids.sort_by_key(|grid| (grid.area().1, grid.area().0));
    grids
}

/// Whether two lines meet.
fn meet(one: &Line, other: &Line) -> bool {
    let within =
        |place: usize, (start, end): (usize, usize)| place + NEAR >= start && place <= end + NEAR;
    one.across != other.across
        && within(one.place(), other.reach())
        && within(other.place(), one.reach())
}

/// The lines in groups that hang together.
fn connected(lines: &[Line]) -> Vec<Vec<Line>> {
    // More lines than any page has are noise, and comparing all of them would take long.
    let mut left: Vec<Line> = lines.iter().take(1_500).copied().collect();
    let mut groups = Vec::new();
    while let Some(line) = left.pop() {
        let mut group = vec![line];
        let mut next = 0;
        while let Some(line) = group.get(next).copied() {
            next += 1;
            let (met, others): (Vec<Line>, Vec<Line>) =
                left.into_iter().partition(|other| meet(&line, other));
            group.extend(met);
            left = others;
        }
        groups.push(group);
    }
    groups
}

/// The places of lines, those that belong together as one.
fn places(lines: &[Line], across: bool) -> Vec<usize> {
    let mut found: Vec<usize> =
        lines.iter().filter(|line| line.across == across).map(Line::place).collect();
    found.sort_unstable();
    let groups = found.chunk_by(|one, other| other - one <= NEAR);
    groups.map(|group| group.iter().sum::<usize>() / group.len()).collect()
}

/// The places of lines in one direction, with those of open sides, where the crossing lines end.
fn sides(lines: &[Line], across: bool) -> Vec<usize> {
    let mut found = places(lines, across);
    let crossing = || lines.iter().filter(|line| line.across != across);
    let start = crossing().map(|line| line.reach().0).min();
    let end = crossing().map(|line| line.reach().1).max();
    if let (Some(start), Some(first)) = (start, found.first().copied())
        && start + OPEN_SIDE < first
    {
        found.insert(0, start);
    }
    if let (Some(end), Some(last)) = (end, found.last().copied())
        && last + OPEN_SIDE < end
    {
        found.push(end);
    }
    found
}

/// The table that a group of lines makes; `None` for frames, underlines and the like.
fn grid(lines: &[Line]) -> Option<Grid> {
    let (ys, xs) = (sides(lines, true), sides(lines, false));
    let (rows, columns) = (ys.len().checked_sub(1)?, xs.len().checked_sub(1)?);
    let sized = (1..=MOST_ROWS).contains(&rows) && (2..=MOST_COLUMNS).contains(&columns);
    if !sized || rows * columns < 4 {
        return None;
    }
    // Whether a line is drawn at `place` over most of what lies between two crossing places.
    let drawn = |across: bool, place: usize, (start, end): (usize, usize)| {
        let covered: usize = lines
            .iter()
            .filter(|line| line.across == across && line.place().abs_diff(place) <= NEAR)
            .map(|line| {
                let (from, to) = line.reach();
                to.min(end).saturating_sub(from.max(start))
            })
            .sum();
        covered * 10 >= (end - start) * 6
    };
    let mut owner: Vec<usize> = (0..rows * columns).collect();
    for row in 0..rows {
        for column in 0..columns {
            let at = row * columns + column;
            if column > 0 && !drawn(false, xs[column], (ys[row], ys[row + 1])) {
                merge(&mut owner, at - 1, at);
            }
            if row > 0 && !drawn(true, ys[row], (xs[column], xs[column + 1])) {
                merge(&mut owner, at - columns, at);
            }
        }
    }
    let cells = cells(&owner, columns, &xs, &ys);
    (cells.len() >= 3).then_some(Grid { rows, columns, cells })
}

/// Gives both places and all that hang together with them to the first of them.
fn merge(owner: &mut [usize], one: usize, other: usize) {
    let (one, other) = (owner[one], owner[other]);
    let (first, second) = (one.min(other), one.max(other));
    owner.iter_mut().filter(|owner| **owner == second).for_each(|owner| *owner = first);
}

/// The cells by their owners. Places that hang together without being a rectangle stay apart.
fn cells(owner: &[usize], columns: usize, xs: &[usize], ys: &[usize]) -> Vec<Cell> {
    let mut cells = Vec::new();
    let cell = |(row, column): (usize, usize), (last_row, last_column): (usize, usize)| Cell {
        row,
        column,
        left: xs[column],
        top: ys[row],
        right: xs[last_column + 1],
        bottom: ys[last_row + 1],
    };
    for first in 0..owner.len() {
        let own = || (0..owner.len()).filter(|&at| owner[at] == first);
        let last_row = own().map(|at| at / columns).max();
        let last_column = own().map(|at| at % columns).max();
        let first_column = own().map(|at| at % columns).min();
        let (Some(last_row), Some(last_column), Some(first_column)) =
            (last_row, last_column, first_column)
        else {
            continue;
        };
        let row = first / columns;
        let full = (last_row + 1 - row) * (last_column + 1 - first_column);
        if own().count() == full {
            cells.push(cell((row, first_column), (last_row, last_column)));
        } else {
            cells.extend(own().map(|at| {
                let place = (at / columns, at % columns);
                cell(place, place)
            }));
        }
    }
    cells.sort_unstable_by_key(|cell| (cell.row, cell.column));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn across(y: usize, left: usize, right: usize) -> Line {
        Line { left, right, top: y, bottom: y + 2, across: true }
    }

    fn down(x: usize, top: usize, bottom: usize) -> Line {
        Line { left: x, right: x + 2, top, bottom, across: false }
    }

    #[test]
    fn lines_make_cells_and_missing_lines_join_them() {
        let lines = [
            across(100, 50, 450),
            across(140, 50, 450),
            across(180, 50, 450),
            down(50, 100, 182),
            down(250, 141, 182),
            down(450, 100, 182),
        ];
        let grids = find(&lines);
        assert_eq!((grids[0].rows, grids[0].columns), (2, 2));
        assert_eq!(grids.len(), 1);
        let three: Vec<_> = grids[0].cells.iter().map(|cell| (cell.row, cell.column)).collect();
        // Only three cells are no table worth the name.
        assert_eq!(three, [(0, 0), (1, 0), (1, 1)]);
    }

    #[test]
    fn open_sides_are_closed_and_frames_are_no_tables() {
        let rows = (0..4).map(|row| across(100 + row * 40, 50, 450));
        let open: Vec<Line> = rows.chain([down(200, 100, 222), down(300, 100, 222)]).collect();
        let grids = find(&open);
        assert_eq!((grids[0].rows, grids[0].columns, grids[0].cells.len()), (3, 3, 9));
        let frame =
            [across(10, 10, 500), across(800, 10, 500), down(10, 10, 800), down(500, 10, 800)];
        assert_eq!(find(&frame), []);
    }

    proptest! {
        #[test]
        fn any_lines_are_looked_at(
            sides in prop::collection::vec((0_usize..900, 0_usize..900, 0_usize..900, any::<bool>()), 0..40),
        ) {
            let lines: Vec<Line> = sides
                .into_iter()
                .map(|(at, start, length, is_across)| {
                    if is_across { across(at, start, start + length) } else { down(at, start, start + length) }
                })
                .collect();
            for grid in find(&lines) {
                for cell in &grid.cells {
                    prop_assert!(cell.row < grid.rows && cell.column < grid.columns);
                    prop_assert!(cell.left <= cell.right && cell.top <= cell.bottom);
                }
            }
        }
    }
}
