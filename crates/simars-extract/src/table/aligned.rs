//! Tables without lines: rows of text whose pieces stand below each other.
//!
//! Much stands below each other that is no table: clauses and their numbers, labels and values,
//! tables of contents, two columns of prose, signatures side by side. So a block of text is a
//! table only if at least three columns, or two of which the second holds numbers, keep to their
//! edges, and none of them is prose.

use super::Found;
use super::cells::{self, Word};
use super::numbers::Reading;

/// Words further apart than this share of the text's height stand in different pieces.
const PIECE_GAP: f32 = 1.0;
/// Columns are at least this share of the text's height apart.
const GUTTER: f32 = 0.6;
/// Rows are at most this many heights apart.
const ROW_STEP: f32 = 3.0;
/// A line that goes on in one column follows within this many heights.
const GOES_ON: f32 = 1.8;
/// A line belongs to the row below it if that is nearer by this factor.
const NEARER: f32 = 1.3;
/// An edge is kept by pieces that start or end within this share of the height of it …
const EDGE: f32 = 0.6;
/// … if this share of them does.
const KEEPING: f32 = 0.75;
/// So many words in a cell on average are prose.
const PROSE: f32 = 7.0;
/// No sheet of paper has more columns.
const MOST_COLUMNS: usize = 60;
/// Dots in a row that lead to a page number.
const LEADER: &str = "....";

/// Words that stand together in one line.
#[derive(Debug, Clone)]
struct Piece<'b, 'a> {
    words: Vec<&'b Word<'a>>,
    text: String,
    left: f32,
    right: f32,
}

#[derive(Debug, Clone)]
struct Row<'b, 'a> {
    pieces: Vec<Piece<'b, 'a>>,
    top: f32,
    middle: f32,
    bottom: f32,
}

/// The aligned tables among words that stand in no ruled one.
pub(super) fn find(words: &[Word<'_>], height: f32) -> Vec<Found> {
    let rows: Vec<Row<'_, '_>> =
        cells::lines(words, height).iter().filter_map(|line| row(line, height)).collect();
    blocks(&rows, height).into_iter().filter_map(|block| table(block, height)).collect()
}

fn row<'b, 'a>(line: &[&'b Word<'a>], height: f32) -> Option<Row<'b, 'a>> {
    let first = line.first()?;
    let mut row =
        Row { pieces: Vec::new(), top: first.top, middle: first.middle().1, bottom: first.bottom };
    for &word in line {
        row.top = row.top.min(word.top);
        row.bottom = row.bottom.max(word.bottom);
        match row.pieces.last_mut() {
            Some(piece) if word.left - piece.right < PIECE_GAP * height => {
                piece.text.push(' ');
                piece.text.push_str(word.text);
                piece.words.push(word);
                piece.right = piece.right.max(word.right);
            }
            _ => row.pieces.push(Piece {
                text: word.text.to_owned(),
                words: vec![word],
                left: word.left,
                right: word.right,
            }),
        }
    }
    Some(row)
}

/// Whether a row may stand in a table at all: it leads to no page number, and is no label with
/// its value.
fn possible(row: &Row<'_, '_>) -> bool {
    let leads = |piece: &Piece<'_, '_>| piece.text.contains(LEADER) || piece.text.contains('…');
    let value = |piece: &Piece<'_, '_>| piece.text.starts_with(':');
    let label = matches!(row.pieces.as_slice(), [label, _] if label.text.ends_with(':'));
    !label && !row.pieces.iter().any(|piece| leads(piece) || value(piece))
}

/// Runs of rows with several pieces; a row of one piece may stand between them.
fn blocks<'r, 'b, 'a>(rows: &'r [Row<'b, 'a>], height: f32) -> Vec<&'r [Row<'b, 'a>]> {
    let mut blocks = Vec::new();
    let mut start = 0;
    while start < rows.len() {
        if rows[start].pieces.len() < 2 || !possible(&rows[start]) {
            start += 1;
            continue;
        }
        let (mut end, mut last) = (start + 1, start + 1);
        while let Some(row) = rows.get(end) {
            let near = row.middle - rows[end - 1].middle <= ROW_STEP * height;
            if !near || !possible(row) || end - last >= 3 {
                break;
            }
            end += 1;
            if row.pieces.len() > 1 {
                last = end;
            }
        }
        blocks.push(&rows[start..last]);
        start = last;
    }
    blocks
}

fn table(block: &[Row<'_, '_>], height: f32) -> Option<Found> {
    let columns = columns(block, height);
    if !(2..=MOST_COLUMNS).contains(&columns.len()) {
        return None;
    }
    let cells = joined(block, &columns, height);
    if !is_table(block, &columns, &cells, height) {
        return None;
    }
    let left = columns.first()?.0;
    let right = columns.last()?.1;
    let top = block.first()?.top;
    let bottom = block.iter().map(|row| row.bottom).fold(top, f32::max);
    Some(Found::new((left, top, right, bottom), false, &cells))
}

/// What the pieces of the rows with the usual number of pieces or more cover from left to right.
fn columns(block: &[Row<'_, '_>], height: f32) -> Vec<(f32, f32)> {
    let mut counts: Vec<usize> =
        block.iter().map(|row| row.pieces.len()).filter(|&count| count > 1).collect();
    counts.sort_unstable();
    let usual = counts.get(counts.len() / 2).copied().unwrap_or(2);
    let mut spans: Vec<(f32, f32)> = block
        .iter()
        .filter(|row| row.pieces.len() >= usual)
        .flat_map(|row| row.pieces.iter().map(|piece| (piece.left, piece.right)))
        .collect();
    spans.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut columns: Vec<(f32, f32)> = Vec::new();
    for span in spans {
        match columns.last_mut() {
            Some(last) if span.0 - last.1 < GUTTER * height => last.1 = last.1.max(span.1),
            _ => columns.push(span),
        }
    }
    columns
}

/// The first column that a piece stands in.
fn column_of(piece: &Piece<'_, '_>, columns: &[(f32, f32)]) -> usize {
    let shared = |column: &(f32, f32)| piece.right.min(column.1) - piece.left.max(column.0);
    columns.iter().position(|column| shared(column) > 0.0).unwrap_or_else(|| {
        let before = columns.iter().take_while(|column| column.0 <= piece.left).count();
        before.saturating_sub(1)
    })
}

/// Whether a row is one piece that goes on what stands above it in the same column.
fn goes_on(before: &Row<'_, '_>, row: &Row<'_, '_>, columns: &[(f32, f32)], height: f32) -> bool {
    let [piece] = row.pieces.as_slice() else { return false };
    let column = columns[column_of(piece, columns)];
    let within = piece.right <= column.1 + GUTTER * height;
    within && row.middle - before.middle <= GOES_ON * height
}

/// The words of each cell. A row of one piece goes on the row above it, or begins the row below
/// it if that is nearer.
fn joined<'b, 'a>(
    block: &[Row<'b, 'a>],
    columns: &[(f32, f32)],
    height: f32,
) -> Vec<Vec<Vec<&'b Word<'a>>>> {
    let mut cells: Vec<Vec<Vec<&Word<'_>>>> = Vec::new();
    let step = |index: usize| match (
        index.checked_sub(1).map(|before| &block[before]),
        block.get(index),
    ) {
        (Some(before), Some(row)) => row.middle - before.middle,
        _ => f32::INFINITY,
    };
    let mut begun = false;
    for (index, row) in block.iter().enumerate() {
        let on = index > 0 && goes_on(&block[index - 1], row, columns, height);
        let begins = row.pieces.len() == 1
            && step(index + 1) * NEARER < step(index)
            && step(index + 1) <= GOES_ON * height;
        if (!on || begins) && !begun || cells.is_empty() {
            cells.push(vec![Vec::new(); columns.len()]);
        }
        begun = begins;
        if let Some(cells) = cells.last_mut() {
            for piece in &row.pieces {
                cells[column_of(piece, columns)].extend(&piece.words);
            }
        }
    }
    cells
}

fn is_table(
    block: &[Row<'_, '_>],
    columns: &[(f32, f32)],
    rows: &[Vec<Vec<&Word<'_>>>],
    height: f32,
) -> bool {
    if rows.len() < 3 {
        return false;
    }
    let mut numeric = 0;
    let mut last_numeric = false;
    for (index, &column) in columns.iter().enumerate() {
        let pieces: Vec<&Piece<'_, '_>> = block
            .iter()
            .flat_map(|row| &row.pieces)
            .filter(|piece| column_of(piece, columns) == index)
            .collect();
        let words: usize = pieces.iter().map(|piece| piece.words.len()).sum();
        let filled = rows.iter().filter(|row| !row[index].is_empty()).count();
        if filled * 2 < rows.len()
            || filled < 3
            || words as f32 > PROSE * pieces.len() as f32
            || !keeps_an_edge(&pieces, column, height)
        {
            return false;
        }
        let numbers = pieces.iter().filter(|piece| Reading::of(&piece.text).is_number()).count();
        last_numeric = numbers * 10 >= pieces.len() * 7;
        numeric += usize::from(last_numeric && index > 0);
    }
    match columns.len() {
        2 => last_numeric && rows.len() >= 4,
        _ => numeric > 0 || rows.len() >= 5,
    }
}

/// Whether most pieces start at the column's left side, end at its right one, or stand in its
/// middle.
fn keeps_an_edge(pieces: &[&Piece<'_, '_>], (left, right): (f32, f32), height: f32) -> bool {
    let near = |distance: f32| distance.abs() <= EDGE * height;
    let share = |keeps: &dyn Fn(&Piece<'_, '_>) -> bool| {
        pieces.iter().filter(|piece| keeps(piece)).count() as f32 >= KEEPING * pieces.len() as f32
    };
    let middle = f32::midpoint(left, right);
    share(&|piece| near(piece.left - left))
        || share(&|piece| near(piece.right - right))
        || share(&|piece| near(f32::midpoint(piece.left, piece.right) - middle))
}
