//! Takes away what copiers and scanners add: shade, black borders, specks.

use crate::gray::Gray;

use super::Ink;

/// The side of the squares in which the paper's own shade is looked for.
const SQUARE: usize = 64;
/// Paper at least this light everywhere is left as it is.
const LIGHT: u8 = 228;
/// A square darker than this is a picture or a black border and tells nothing about the paper.
const DARK: u8 = 110;
/// How far a black border may reach into the page, as a share of its width or height.
const BORDER: f32 = 0.07;

/// Makes uneven or gray paper white. Paper that is light already stays as it is.
pub(super) fn flatten(picture: &mut Gray) {
    let (columns, rows) = (picture.width.div_ceil(SQUARE), picture.height.div_ceil(SQUARE));
    if columns == 0 || rows == 0 {
        return;
    }
    let mut shades: Vec<u8> = (0..rows * columns)
        .map(|square| shade(picture, square % columns * SQUARE, square / columns * SQUARE))
        .collect();
    let mut paper: Vec<u8> = shades.iter().copied().filter(|&shade| shade >= DARK).collect();
    paper.sort_unstable();
    let Some(&usual) = paper.get(paper.len() / 2) else { return };
    // A tenth may be darker: shaded cells and pictures are part of clean pages.
    if paper[paper.len() / 10] >= LIGHT {
        return;
    }
    shades.iter_mut().filter(|shade| **shade < DARK).for_each(|shade| *shade = usual);
    let smooth = Shades { columns, rows, shades };
    for y in 0..picture.height {
        let Some(row) = picture.points.get_mut(y * picture.width..(y + 1) * picture.width) else {
            return;
        };
        for (x, point) in row.iter_mut().enumerate() {
            let scaled = u32::from(*point) * 255 / smooth.at(x, y).max(1);
            *point = scaled.min(255) as u8;
        }
    }
}

/// The shade of the paper in one square: most of its points are that light or darker.
fn shade(picture: &Gray, left: usize, top: usize) -> u8 {
    let mut counts = [0_u16; 256];
    let mut total = 0_u16;
    for y in (top..(top + SQUARE).min(picture.height)).step_by(2) {
        for x in (left..(left + SQUARE).min(picture.width)).step_by(2) {
            if let Some(point) = picture.points.get(y * picture.width + x) {
                counts[usize::from(*point)] += 1;
                total += 1;
            }
        }
    }
    let mut seen = 0;
    for (value, count) in counts.iter().enumerate() {
        seen += count;
        if u32::from(seen) * 10 >= u32::from(total) * 7 {
            return value as u8;
        }
    }
    255
}

struct Shades {
    columns: usize,
    rows: usize,
    shades: Vec<u8>,
}

impl Shades {
    /// The shade at a point, smoothly between the middles of the squares.
    #[inline]
    fn at(&self, x: usize, y: usize) -> u32 {
        let place = |at: usize, most: usize| {
            let from_middle = (at as i64 - SQUARE as i64 / 2).max(0) as usize;
            let first = (from_middle / SQUARE).min(most - 1);
            (first, (first + 1).min(most - 1), (from_middle % SQUARE) as u32)
        };
        let (left, right, across) = place(x, self.columns);
        let (upper, lower, down) = place(y, self.rows);
        let shade = |column: usize, row: usize| {
            u32::from(self.shades.get(row * self.columns + column).copied().unwrap_or(255))
        };
        let side = SQUARE as u32;
        let top = shade(left, upper) * (side - across) + shade(right, upper) * across;
        let bottom = shade(left, lower) * (side - across) + shade(right, lower) * across;
        (top * (side - down) + bottom * down) / (side * side)
    }
}

/// Makes white what is dark from the very edge inwards, as where a copier saw no paper.
pub(super) fn borders(picture: &mut Gray, threshold: u8) {
    let (width, height) = (picture.width, picture.height);
    let (across, down) = ((width as f32 * BORDER) as usize, (height as f32 * BORDER) as usize);
    let points = &mut picture.points;
    for y in 0..height {
        let row = y * width;
        inwards(points, threshold, across, |step| (step < width).then_some(row + step));
        inwards(points, threshold, across, |step| Some(row + width.checked_sub(step + 1)?));
    }
    for x in 0..width {
        inwards(points, threshold, down, |step| (step < height).then_some(step * width + x));
        inwards(points, threshold, down, |step| Some(height.checked_sub(step + 1)? * width + x));
    }
}

/// Follows the ink from the edge for at most `most` points. A run that is longer is no border
/// but something drawn across the page, and stays.
fn inwards(points: &mut [u8], threshold: u8, most: usize, place: impl Fn(usize) -> Option<usize>) {
    // The outermost points may be light where a scanner frames its picture.
    const FRAME: usize = 3;
    let dark = |step: usize| {
        place(step).and_then(|at| points.get(at)).is_some_and(|point| *point < threshold)
    };
    let Some(start) = (0..FRAME).find(|&step| dark(step)) else { return };
    let length = (start..most).take_while(|&step| dark(step)).count();
    if length < 4 || start + length >= most {
        return;
    }
    // Two more: the soft edge.
    for step in 0..start + length + 2 {
        if let Some(point) = place(step).and_then(|at| points.get_mut(at)) {
            *point = 255;
        }
    }
}

/// Makes single dark points and squares of four white when nothing dark is near them. A full stop
/// at 200 dots per inch is larger even in small print.
pub(super) fn specks(picture: &mut Gray, threshold: u8) {
    let ink = Ink::of(picture, threshold);
    let near = 3_usize;
    for y in 0..ink.height {
        for x in 0..ink.width {
            if ink.row(y)[x] == 0 || !starts_speck(&ink, x, y, near) {
                continue;
            }
            for down in 0..2 {
                let start = (y + down) * ink.width + x;
                let end = (start + 2).min((y + down + 1) * ink.width);
                if let Some(points) = picture.points.get_mut(start..end) {
                    points.fill(255);
                }
            }
        }
    }
}

/// Whether the ink at a point is the upper left corner of a square of at most four, all other
/// points up to `near` away being paper.
fn starts_speck(ink: &Ink, x: usize, y: usize, near: usize) -> bool {
    if ink.is_dark(x + 2, y) || ink.is_dark(x, y + 2) || (x > 0 && ink.is_dark(x - 1, y)) {
        // Most ink ends here, so that looking at all neighbours stays rare.
        return false;
    }
    let (left, right) = (x.saturating_sub(near), (x + 1 + near).min(ink.width.saturating_sub(1)));
    let rows = y.saturating_sub(near)..=(y + 1 + near).min(ink.height.saturating_sub(1));
    let around: usize = rows
        .map(|row| {
            ink.row(row)[left..=right].iter().map(|&point| usize::from(point)).sum::<usize>()
        })
        .sum();
    let own = [(0, 0), (1, 0), (0, 1), (1, 1)];
    let own = own.iter().filter(|(dx, dy)| ink.is_dark(x + dx, y + dy)).count();
    around == own
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filled(width: usize, height: usize, value: u8) -> Gray {
        Gray { width, height, points: vec![value; width * height] }
    }

    fn draw(picture: &mut Gray, (left, top): (usize, usize), (wide, tall): (usize, usize)) {
        for y in top..top + tall {
            picture.points[y * picture.width + left..][..wide].fill(20);
        }
    }

    #[test]
    fn gray_paper_becomes_white_and_white_paper_stays() {
        let mut gray = filled(256, 256, 170);
        draw(&mut gray, (100, 100), (20, 3));
        flatten(&mut gray);
        assert_eq!(gray.points[0], 255);
        assert!(gray.points[100 * 256 + 105] < 60);
        let mut white = filled(256, 256, 250);
        let before = white.clone();
        flatten(&mut white);
        assert_eq!(white, before);
    }

    #[test]
    fn a_black_border_goes_and_a_line_to_the_edge_stays() {
        let mut picture = filled(200, 200, 255);
        draw(&mut picture, (0, 0), (8, 200));
        draw(&mut picture, (60, 50), (140, 3));
        borders(&mut picture, 128);
        assert_eq!(picture.points[100 * 200 + 3], 255);
        assert_eq!(picture.points[51 * 200 + 199], 20);
    }

    #[test]
    fn specks_go_and_full_stops_stay() {
        let mut picture = filled(60, 60, 255);
        draw(&mut picture, (10, 10), (2, 2));
        draw(&mut picture, (30, 30), (3, 3));
        draw(&mut picture, (40, 50), (2, 1));
        draw(&mut picture, (43, 50), (2, 6));
        specks(&mut picture, 128);
        assert_eq!(picture.points[10 * 60 + 10], 255);
        assert_eq!(picture.points[30 * 60 + 30], 20);
        assert_eq!(picture.points[50 * 60 + 40], 20, "near other ink");
    }

    proptest! {
        #[test]
        fn any_small_picture_can_be_cleaned(
            width in 0_usize..30, values in prop::collection::vec(any::<u8>(), 0..900),
        ) {
            let height = values.len().checked_div(width).unwrap_or(0);
            let points = values[..width * height].to_vec();
            let mut picture = Gray { width, height, points };
            flatten(&mut picture);
            borders(&mut picture, 128);
            specks(&mut picture, 128);
            prop_assert_eq!(picture.points.len(), width * height);
        }
    }
}
