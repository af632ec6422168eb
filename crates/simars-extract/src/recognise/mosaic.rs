//! Cells cut out of a picture and set below each other, so that the engine reads each by itself.

use crate::gray::Gray;

use super::grid::Cell;
use super::tsv::{Line, Word};

/// White around each cell. The engine wants room between lines that do not belong together.
const PAD: usize = 14;
/// What is cut off inside of a cell's sides: the rest of its lines.
const INSET: usize = 4;
/// The engine takes no picture higher than 32,767 points.
const MOST_HEIGHT: usize = 30_000;

/// A cell's place in the mosaic.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece {
    /// Which of the cells it is.
    cell: usize,
    /// Which of the pictures it is in.
    picture: usize,
    top: usize,
    bottom: usize,
    /// Its upper left corner in the page's picture.
    from: (usize, usize),
}

/// Cells below each other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mosaic {
    pub(super) pictures: Vec<Gray>,
    pieces: Vec<Piece>,
    /// How many points of a mosaic are one of the page.
    scale: f32,
}

/// The part of a cell that has ink: left, top, right, bottom, ends not included.
fn inked(page: &Gray, threshold: u8, cell: &Cell) -> Option<(usize, usize, usize, usize)> {
    let (left, top) = (cell.left + INSET, cell.top + INSET);
    let right = cell.right.saturating_sub(INSET).min(page.width);
    let bottom = cell.bottom.saturating_sub(INSET).min(page.height);
    let mut found: Option<(usize, usize, usize, usize)> = None;
    for y in top..bottom {
        let row = page.points.get(y * page.width + left..y * page.width + right)?;
        let dark = |point: &u8| *point < threshold;
        let (Some(first), Some(last)) = (row.iter().position(dark), row.iter().rposition(dark))
        else {
            continue;
        };
        let own = (left + first, y, left + last + 1, y + 1);
        found = Some(found.map_or(own, |all| (all.0.min(own.0), all.1, all.2.max(own.2), own.3)));
    }
    // Less is a rest of a line, not a letter.
    found.filter(|(left, top, right, bottom)| bottom - top >= 4 && right - left >= 2)
}

impl Mosaic {
    /// Sets those of the cells that have ink below each other, `enlarge` times their size (1 or 2).
    pub(super) fn of(page: &Gray, threshold: u8, cells: &[Cell], enlarge: usize) -> Self {
        let parts: Vec<_> = cells
            .iter()
            .enumerate()
            .filter_map(|(at, cell)| Some((at, inked(page, threshold, cell)?)))
            .collect();
        let width = parts.iter().map(|(_, part)| part.2 - part.0).max().unwrap_or(0);
        let width = width * enlarge + 2 * PAD * enlarge;
        let mut mosaic = Self { pictures: Vec::new(), pieces: Vec::new(), scale: enlarge as f32 };
        let mut rows: Vec<u8> = vec![255; width * PAD * enlarge];
        for (cell, (left, top, right, bottom)) in parts {
            let height = (bottom - top + PAD) * enlarge;
            if rows.len() / width.max(1) + height > MOST_HEIGHT {
                mosaic.finish(&mut rows, width);
                rows.resize(width * PAD * enlarge, 255);
            }
            let start = rows.len() / width.max(1);
            mosaic.pieces.push(Piece {
                cell,
                picture: mosaic.pictures.len(),
                top: start,
                bottom: start + height,
                from: (left, top),
            });
            for y in 0..(bottom - top) * enlarge {
                let row = enlarged(page, (left, top, right, bottom), enlarge, y);
                rows.resize(rows.len() + PAD * enlarge, 255);
                rows.extend_from_slice(&row);
                rows.resize(rows.len() + width - row.len() - PAD * enlarge, 255);
            }
            rows.resize(rows.len() + width * PAD * enlarge, 255);
        }
        if !mosaic.pieces.is_empty() {
            mosaic.finish(&mut rows, width);
        }
        mosaic
    }

    /// For each of `count` cells, whether it has ink.
    pub(super) fn inked(&self, count: usize) -> Vec<bool> {
        let mut inked = vec![false; count];
        for piece in &self.pieces {
            if let Some(cell) = inked.get_mut(piece.cell) {
                *cell = true;
            }
        }
        inked
    }

    fn finish(&mut self, rows: &mut Vec<u8>, width: usize) {
        let points = std::mem::take(rows);
        self.pictures.push(Gray { width, height: points.len() / width.max(1), points });
    }

    /// Brings lines read from the mosaic home: for each of `count` cells its words, in their
    /// places on the page's picture. `first` is the number of the mosaic's first picture.
    pub(super) fn by_cell(&self, lines: &[Line], first: u32, count: usize) -> Vec<Vec<Word>> {
        let mut cells = vec![Vec::new(); count];
        for line in lines {
            let Some(picture) = line.picture.checked_sub(first) else { continue };
            for word in &line.words {
                let middle = (word.top + word.bottom) / 2.0;
                let holds = |piece: &&Piece| {
                    piece.picture == picture as usize
                        && (piece.top as f32..piece.bottom as f32).contains(&middle)
                };
                let Some(piece) = self.pieces.iter().find(holds) else { continue };
                let right = |x: f32| x / self.scale - PAD as f32 + piece.from.0 as f32;
                let down = |y: f32| (y - piece.top as f32) / self.scale + piece.from.1 as f32;
                if let Some(words) = cells.get_mut(piece.cell) {
                    words.push(Word {
                        left: right(word.left).max(0.0),
                        right: right(word.right).max(0.0),
                        top: down(word.top).max(0.0),
                        bottom: down(word.bottom).max(0.0),
                        ..word.clone()
                    });
                }
            }
        }
        cells
    }
}

/// A row of a part of a picture made larger, its points blended into each other: edges like steps
/// are read as serifs.
fn enlarged(
    page: &Gray,
    (left, top, right, bottom): (usize, usize, usize, usize),
    enlarge: usize,
    y: usize,
) -> Vec<u8> {
    // Where the middle of a new point lies among the middles of the old ones.
    let between = |at: usize, from: usize, to: usize| {
        let place = ((at as f32 + 0.5) / enlarge as f32 - 0.5).max(0.0);
        let first = (from + place as usize).min(to.saturating_sub(1));
        (first, (first + 1).min(to.saturating_sub(1)), place.fract())
    };
    let point = |x: usize, y: usize| {
        f32::from(page.points.get(y * page.width + x).copied().unwrap_or(u8::MAX))
    };
    let blend = |one: f32, other: f32, share: f32| one + (other - one) * share;
    let (above, below, down) = between(y, top, bottom);
    let blended = |x: usize| {
        let (before, after, across) = between(x, left, right);
        let upper = blend(point(before, above), point(after, above), across);
        let lower = blend(point(before, below), point(after, below), across);
        blend(upper, lower, down).round() as u8
    };
    (0..(right - left) * enlarge).map(blended).collect()
}

/// Makes the inside of a table white on the page's picture.
pub(super) fn blank(page: &mut Gray, (left, top, right, bottom): (usize, usize, usize, usize)) {
    for y in top..=bottom.min(page.height.saturating_sub(1)) {
        let end = (y * page.width + right + 1).min((y + 1) * page.width);
        if let Some(points) = page.points.get_mut(y * page.width + left..end) {
            points.fill(255);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_mosaic_come_home() {
        let mut page = Gray { width: 200, height: 100, points: vec![255; 20_000] };
        let cell =
            |left, top| Cell { row: 0, column: 0, left, top, right: left + 60, bottom: top + 30 };
        let cells = [cell(10, 10), cell(70, 10), cell(130, 50)];
        for (left, top) in [(20, 18), (150, 60)] {
            (top..top + 10).for_each(|y| page.points[y * 200 + left..][..20].fill(0));
        }
        for enlarge in [1, 2] {
            let mosaic = Mosaic::of(&page, 128, &cells, enlarge);
            assert_eq!((mosaic.pictures.len(), mosaic.pieces.len()), (1, 2));
            let picture = &mosaic.pictures[0];
            assert_eq!(picture.points.len(), picture.width * picture.height);
            let dark: Vec<usize> =
                (0..picture.points.len()).filter(|at| picture.points[*at] < 128).collect();
            assert_eq!(dark.len(), 2 * 200 * enlarge * enlarge);
            let (first, last) = (dark[dark.len() / 2], dark[dark.len() - 1]);
            let word = Word {
                text: "7".to_owned(),
                left: (first % picture.width) as f32,
                top: (first / picture.width) as f32,
                right: (last % picture.width + 1) as f32,
                bottom: (last / picture.width + 1) as f32,
                confidence: 90.0,
            };
            let line = Line { picture: 2, words: vec![word] };
            let home = mosaic.by_cell(&[line], 2, 3);
            assert_eq!((home[0].len(), home[1].len()), (0, 0));
            let sides = (home[2][0].left, home[2][0].top, home[2][0].right, home[2][0].bottom);
            assert_eq!(sides, (150.0, 60.0, 170.0, 70.0));
        }
    }

    #[test]
    fn nothing_makes_no_picture() {
        let page = Gray { width: 0, height: 0, points: Vec::new() };
        let cell = Cell { row: 0, column: 0, left: 5, top: 5, right: 90, bottom: 90 };
        assert_eq!(Mosaic::of(&page, 128, &[cell], 1).pictures, []);
    }
}
