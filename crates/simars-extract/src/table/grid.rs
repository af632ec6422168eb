//! The grid of a ruled table: its places, and which of them are one cell.

use super::lines::{Line, Lines, Sets};

/// Two lines nearer than this share of the text's height bound no row or column.
const NARROWEST: f32 = 0.45;
/// A line that covers this share of a place's side closes it.
const CLOSED: f32 = 0.5;
/// A grid of more places than this is a drawing.
const MOST_PLACES: usize = 40_000;

/// Where rows and columns end, and which cell each place belongs to.
#[derive(Debug)]
pub(super) struct Grid {
    /// The columns' sides, from left to right; one more than columns.
    pub(super) across: Vec<f32>,
    /// The rows' sides, from top to bottom; one more than rows.
    pub(super) down: Vec<f32>,
    /// For each place, row by row, the first place of its cell.
    first: Vec<usize>,
}

impl Grid {
    /// `None` if the lines make no grid of at least two places.
    pub(super) fn new(lines: &Lines, height: f32) -> Option<Self> {
        let across = stops(&lines.down, &lines.across, height);
        let down = stops(&lines.across, &lines.down, height);
        let (columns, rows) = (across.len().checked_sub(1)?, down.len().checked_sub(1)?);
        if columns * rows < 2 || columns * rows > MOST_PLACES {
            return None;
        }
        let mut sets = Sets::new(columns * rows);
        let right = closed(&lines.down, &across, &down);
        let below = closed(&lines.across, &down, &across);
        for row in 0..rows {
            for column in 0..columns {
                let place = row * columns + column;
                if column + 1 < columns && !right[(column + 1) * rows + row] {
                    sets.join(place, place + 1);
                }
                if row + 1 < rows && !below[(row + 1) * columns + column] {
                    sets.join(place, place + columns);
                }
            }
        }
        let first = whole_cells(&mut sets, columns, rows);
        Some(Self { across, down, first })
    }

    pub(super) fn columns(&self) -> usize {
        self.across.len() - 1
    }

    pub(super) fn rows(&self) -> usize {
        self.down.len() - 1
    }

    /// The row and column of the cell that a point lies in.
    pub(super) fn cell_at(&self, (x, y): (f32, f32)) -> Option<(usize, usize)> {
        let before = |stops: &[f32], at: f32| {
            let index = stops.partition_point(|&stop| stop <= at);
            (index > 0 && index < stops.len()).then(|| index - 1)
        };
        let (column, row) = (before(&self.across, x)?, before(&self.down, y)?);
        let first = self.first[row * self.columns() + column];
        Some((first / self.columns(), first % self.columns()))
    }

    /// Whether a cell begins at this place.
    pub(super) fn begins(&self, row: usize, column: usize) -> bool {
        let place = row * self.columns() + column;
        self.first[place] == place
    }

    /// Left, top, right, bottom.
    pub(super) fn area(&self) -> (f32, f32, f32, f32) {
        let ends = |stops: &[f32]| {
            (stops.first().copied().unwrap_or(0.0), stops.last().copied().unwrap_or(0.0))
        };
        let ((left, right), (top, bottom)) = (ends(&self.across), ends(&self.down));
        (left, top, right, bottom)
    }
}

/// Where cells end: at each line, and where the lines across them end, since a table may be open
/// at its sides.
fn stops(lines: &[Line], crossing: &[Line], height: f32) -> Vec<f32> {
    let mut places: Vec<f32> = lines.iter().map(|line| line.at).collect();
    places.extend(crossing.iter().map(|line| line.from).min_by(f32::total_cmp));
    places.extend(crossing.iter().map(|line| line.to).max_by(f32::total_cmp));
    places.sort_by(f32::total_cmp);
    let mut stops: Vec<f32> = Vec::new();
    for place in places {
        if stops.last().is_none_or(|&last| place - last > NARROWEST * height) {
            stops.push(place);
        }
    }
    stops
}

/// For each stop and each interval along it, whether a line closes it there.
fn closed(lines: &[Line], stops: &[f32], along: &[f32]) -> Vec<bool> {
    let intervals = along.len() - 1;
    let mut covered = vec![0.0_f32; stops.len() * intervals];
    for line in lines {
        let index = nearest(stops, line.at);
        for (interval, ends) in along.windows(2).enumerate() {
            let overlap = line.to.min(ends[1]) - line.from.max(ends[0]);
            covered[index * intervals + interval] += overlap.max(0.0);
        }
    }
    let needed = |index: usize| CLOSED * (along[index % intervals + 1] - along[index % intervals]);
    covered.iter().enumerate().map(|(index, &length)| length >= needed(index)).collect()
}

fn nearest(stops: &[f32], at: f32) -> usize {
    let after = stops.partition_point(|&stop| stop < at);
    let before = after.saturating_sub(1);
    match stops.get(after) {
        Some(stop) if stop - at < (at - stops[before]).abs() => after,
        _ => before,
    }
}

/// For each place the first place of its cell. Places that run together but are no rectangle
/// (a line is missing somewhere) stay apart: their rows and columns are still right.
fn whole_cells(sets: &mut Sets, columns: usize, rows: usize) -> Vec<usize> {
    let firsts: Vec<usize> = (0..columns * rows).map(|place| sets.first(place)).collect();
    // Rows and columns from first to last, and how many places.
    let mut spans = vec![(usize::MAX, 0, usize::MAX, 0, 0_usize); columns * rows];
    for (place, &first) in firsts.iter().enumerate() {
        let (row, column) = (place / columns, place % columns);
        let span = &mut spans[first];
        *span =
            (span.0.min(row), span.1.max(row), span.2.min(column), span.3.max(column), span.4 + 1);
    }
    let whole = |first: usize| {
        let (top, bottom, left, right, count) = spans[first];
        (bottom - top + 1) * (right - left + 1) == count
    };
    firsts
        .iter()
        .enumerate()
        .map(|(place, &first)| if whole(first) { first } else { place })
        .collect()
}
