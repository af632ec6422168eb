//! Columns: where a page has a clear gutter, what is left of it is read first.
//!
//! A table has gutters too, but is read row by row. What tells them apart is that the lines of a
//! column are long, fill it, and are many.

use super::rows::Row;

/// Columns within columns are looked for this deep.
const DEEPEST: u32 = 3;
/// A gutter is at least this many font sizes wide.
const GUTTER: f32 = 0.9;
/// A gutter is looked for in the middle part of a page's width.
const MIDDLE: std::ops::Range<f32> = 0.25..0.75;
/// How finely the width is looked at.
const BINS: usize = 160;
/// A column has at least this many lines …
const LINES: usize = 6;
/// … of at least this many letters in the middle …
const LETTERS: usize = 15;
/// … that fill at least this share of its width.
const FILLED: f32 = 0.6;

/// Rows in the order in which they are read.
pub(super) fn reading_order(rows: Vec<Row>) -> Vec<Row> {
    order(rows, 0)
}

fn order(rows: Vec<Row>, depth: u32) -> Vec<Row> {
    if depth == DEEPEST || rows.len() < LINES {
        return rows;
    }
    let Some(gutter) = gutter(&rows) else { return rows };
    let mut ordered = Vec::with_capacity(rows.len());
    let mut band = Vec::new();
    for row in rows {
        if crosses(&row, gutter) {
            end_band(&mut band, gutter, depth, &mut ordered);
            ordered.push(row);
        } else {
            band.push(row);
        }
    }
    end_band(&mut band, gutter, depth, &mut ordered);
    ordered
}

/// Adds the rows of a band, column after column if it has columns.
fn end_band(band: &mut Vec<Row>, gutter: f32, depth: u32, ordered: &mut Vec<Row>) {
    let rows = std::mem::take(band);
    let (left, right) = split(&rows, gutter);
    if is_column(&left) && is_column(&right) {
        ordered.extend(order(left, depth + 1));
        ordered.extend(order(right, depth + 1));
    } else {
        ordered.extend(rows);
    }
}

/// The middle of the emptiest strip near the middle of the page; `None` when text crosses
/// everywhere in most rows.
fn gutter(rows: &[Row]) -> Option<f32> {
    let fragments = || rows.iter().flat_map(|row| &row.fragments);
    let left = fragments().map(|one| one.left).fold(f32::INFINITY, f32::min);
    let right = fragments().map(|one| one.right).fold(f32::NEG_INFINITY, f32::max);
    let width = right - left;
    if !(width.is_finite() && width > 0.0) {
        return None;
    }
    let bin = |x: f32| (((x - left) / width * BINS as f32) as usize).min(BINS - 1);
    let mut inked = [0_usize; BINS];
    for row in rows {
        for (from, to) in segments(row) {
            inked[bin(from)..=bin(to)].iter_mut().for_each(|count| *count += 1);
        }
    }
    let from = (MIDDLE.start * BINS as f32) as usize;
    let to = (MIDDLE.end * BINS as f32) as usize;
    let least = *inked[from..to].iter().min()?;
    if least * 2 > rows.len() {
        return None;
    }
    let empty = |count: &usize| *count == least;
    let (start, length) = longest_stretch(&inked[from..to], empty)?;
    let middle = (from + start) as f32 + length as f32 / 2.0;
    Some(left + middle / BINS as f32 * width)
}

/// Start and length of the longest stretch of items that pass.
fn longest_stretch(items: &[usize], pass: impl Fn(&usize) -> bool) -> Option<(usize, usize)> {
    let mut best = None;
    let mut start = 0;
    for (index, item) in items.iter().enumerate() {
        if !pass(item) {
            start = index + 1;
        } else if best.is_none_or(|(_, length)| index + 1 - start > length) {
            best = Some((start, index + 1 - start));
        }
    }
    best
}

/// The parts of a row between gaps as wide as a gutter.
fn segments(row: &Row) -> Vec<(f32, f32)> {
    let mut segments: Vec<(f32, f32)> = Vec::new();
    for fragment in &row.fragments {
        match segments.last_mut() {
            Some((_, right)) if fragment.left - *right < GUTTER * fragment.size => {
                *right = right.max(fragment.right);
            }
            _ => segments.push((fragment.left, fragment.right)),
        }
    }
    segments
}

fn crosses(row: &Row, gutter: f32) -> bool {
    segments(row).iter().any(|&(left, right)| left < gutter && gutter < right)
}

fn split(rows: &[Row], gutter: f32) -> (Vec<Row>, Vec<Row>) {
    let side = |keep: &dyn Fn(f32) -> bool| {
        let kept = rows.iter().filter_map(|row| {
            let mut row = row.clone();
            row.fragments.retain(|fragment| keep(fragment.left));
            (!row.fragments.is_empty()).then_some(row)
        });
        kept.collect()
    };
    (side(&|left| left < gutter), side(&|left| left >= gutter))
}

/// Whether rows look like running text in a column.
fn is_column(rows: &[Row]) -> bool {
    if rows.len() < LINES {
        return false;
    }
    let extent = |row: &Row| {
        let left = row.fragments.first().map_or(0.0, |one| one.left);
        let right = row.fragments.iter().map(|one| one.right).fold(left, f32::max);
        (left, right)
    };
    let extents: Vec<(f32, f32)> = rows.iter().map(extent).collect();
    let left = extents.iter().map(|one| one.0).fold(f32::INFINITY, f32::min);
    let right = extents.iter().map(|one| one.1).fold(f32::NEG_INFINITY, f32::max);
    let mut fills: Vec<f32> =
        extents.iter().map(|one| (one.1 - one.0) / (right - left).max(1.0)).collect();
    fills.sort_by(f32::total_cmp);
    let letters = |row: &Row| row.fragments.iter().map(|one| one.end - one.start).sum::<usize>();
    let mut lengths: Vec<usize> = rows.iter().map(letters).collect();
    lengths.sort_unstable();
    fills[fills.len() / 2] >= FILLED && lengths[lengths.len() / 2] >= LETTERS
}
