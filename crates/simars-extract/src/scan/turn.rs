//! Turning pictures, and finding places of the turned picture on the page.

use serde::{Deserialize, Serialize};

use crate::gray::Gray;

/// How a prepared picture lies on the page it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Frame {
    /// By how many quarters of a turn, clockwise, the page was turned first.
    pub(crate) quarters: u8,
    /// Width and height of the page's picture after that, in points.
    pub(crate) page: (f32, f32),
    /// Width and height of the prepared picture.
    pub(crate) picture: (f32, f32),
    /// By how many degrees the page's lines fell towards the right.
    pub(crate) skew: f32,
}

impl Frame {
    /// The frame of a picture that was not turned.
    pub(crate) fn straight(size: (f32, f32)) -> Self {
        Self { quarters: 0, page: size, picture: size, skew: 0.0 }
    }

    /// Whether all lengths are such as pictures have.
    pub(crate) fn is_possible(&self) -> bool {
        let (page, picture) = (self.page, self.picture);
        let lengths = [page.0, page.1, picture.0, picture.1];
        lengths.iter().all(|length| (1.0..1e6).contains(length)) && self.skew.abs() < 90.0
    }

    /// Width and height of the page as it is shown, in points of the picture.
    pub(crate) fn shown(&self) -> (f32, f32) {
        let (width, height) = self.page;
        if self.quarters % 2 == 1 { (height, width) } else { (width, height) }
    }

    /// Where a point of the prepared picture lies on the page as it is shown.
    pub(crate) fn on_page(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let (along_rows, along_columns) = self.slants();
        let (dx, dy) = (x - self.picture.0 / 2.0, y - self.picture.1 / 2.0);
        let down = dy + dx * along_columns;
        let level = (self.page.0 / 2.0 + dx + down * along_rows, self.page.1 / 2.0 + down);
        let (width, height) = self.shown();
        match self.quarters % 4 {
            0 => level,
            1 => (level.1, height - level.0),
            2 => (width - level.0, height - level.1),
            _ => (width - level.1, level.0),
        }
    }

    /// The two slants that make the turn: how far a row moves for each row, and a column for each
    /// column. Together they level the lines exactly and leave lengths nearly as they are.
    fn slants(&self) -> (f32, f32) {
        let slope = self.skew.to_radians().tan();
        (-slope, slope * (1.0 - slope * slope))
    }

    /// The smallest upright box of the page around a box (left, top, right, bottom) of the
    /// picture.
    pub(crate) fn box_on_page(&self, sides: (f32, f32, f32, f32)) -> (f32, f32, f32, f32) {
        let (left, top, right, bottom) = sides;
        let corners = [(left, top), (right, top), (left, bottom), (right, bottom)];
        let corners = corners.map(|corner| self.on_page(corner));
        let least =
            |pick: fn(&(f32, f32)) -> f32| corners.iter().map(pick).fold(f32::MAX, f32::min);
        let most = |pick: fn(&(f32, f32)) -> f32| corners.iter().map(pick).fold(f32::MIN, f32::max);
        (least(|at| at.0), least(|at| at.1), most(|at| at.0), most(|at| at.1))
    }
}

/// Turns a picture whose lines fall by `skew` degrees so that they are level. The new picture is
/// large enough for all of the old one; its new corners are white.
///
/// Two slants make the turn: along the rows, then along the columns. Each looks at four points in
/// one direction (the cubic of Catmull and Rom), which keeps narrow letters apart where a mean of
/// neighbours would run them together, and is quick, since all points of a row move alike.
pub(super) fn upright(picture: &Gray, skew: f32) -> (Gray, Frame) {
    let (width, height) = (picture.width as f32, picture.height as f32);
    let slope = skew.to_radians().tan().abs();
    let new_width = (width + height * slope).ceil();
    let new_height = (height + new_width * slope).ceil();
    let frame =
        Frame { quarters: 0, page: (width, height), picture: (new_width, new_height), skew };
    let slanted = along_rows(picture, &frame);
    (along_columns(&slanted, &frame), frame)
}

/// The weights of four neighbouring points, in 1/256, for a place `fraction` behind the second.
fn weights(fraction: f32) -> [i32; 4] {
    let (t, tt, ttt) = (fraction, fraction * fraction, fraction * fraction * fraction);
    let exact = [
        -0.5 * t + tt - 0.5 * ttt,
        1.0 - 2.5 * tt + 1.5 * ttt,
        0.5 * t + 2.0 * tt - 1.5 * ttt,
        -0.5 * tt + 0.5 * ttt,
    ];
    let mut weights = exact.map(|weight| (weight * 256.0).round() as i32);
    weights[1] += 256 - weights.iter().sum::<i32>();
    weights
}

#[inline]
fn mixed(weights: [i32; 4], points: [u8; 4]) -> u8 {
    let mix = |at: usize| weights[at] * i32::from(points[at]);
    ((mix(0) + mix(1) + mix(2) + mix(3) + 128) >> 8).clamp(0, 255) as u8
}

/// The first slant: as wide as the new picture, as high as the old one.
fn along_rows(picture: &Gray, frame: &Frame) -> Gray {
    let width = frame.picture.0 as usize;
    let mut points = vec![255; width * picture.height];
    // White on both sides, so that every point has its four.
    let margin = width + 4;
    let mut padded = vec![255; picture.width + 2 * margin];
    for y in 0..picture.height {
        let (Some(from), Some(to)) = (
            picture.points.get(y * picture.width..(y + 1) * picture.width),
            points.get_mut(y * width..(y + 1) * width),
        ) else {
            break;
        };
        let Some(middle) = padded.get_mut(margin..margin + picture.width) else { break };
        middle.copy_from_slice(from);
        let shift = (frame.page.0 - frame.picture.0) / 2.0
            + (y as f32 + 0.5 - frame.page.1 / 2.0) * frame.slants().0;
        let weights = weights(shift - shift.floor());
        let start = margin as i64 + shift.floor() as i64 - 1;
        let Some(source) = usize::try_from(start).ok().and_then(|start| padded.get(start..)) else {
            continue;
        };
        for (point, four) in to.iter_mut().zip(source.windows(4)) {
            *point = mixed(weights, [four[0], four[1], four[2], four[3]]);
        }
    }
    Gray { width, height: picture.height, points }
}

/// The second slant: as large as the new picture.
fn along_columns(picture: &Gray, frame: &Frame) -> Gray {
    let (width, height) = (picture.width, frame.picture.1 as usize);
    let columns: Vec<(i64, [i32; 4])> = (0..width)
        .map(|x| {
            let shift = (frame.page.1 - frame.picture.1) / 2.0
                + (x as f32 + 0.5 - frame.picture.0 / 2.0) * frame.slants().1;
            (shift.floor() as i64 - 1, weights(shift - shift.floor()))
        })
        .collect();
    let white = vec![255; width];
    let row = |y: i64| {
        let inside = usize::try_from(y).ok().filter(|&y| y < picture.height);
        let row = inside.and_then(|y| picture.points.get(y * width..(y + 1) * width));
        row.unwrap_or(&white)
    };
    let mut points = vec![255; width * height];
    for (y, to) in points.chunks_exact_mut(width.max(1)).enumerate() {
        let mut x = 0;
        // Columns that begin in the same row are done together.
        for group in columns.chunk_by(|one, other| one.0 == other.0) {
            let first = y as i64 + group[0].0;
            let span = x..x + group.len();
            let four = [row(first), row(first + 1), row(first + 2), row(first + 3)]
                .map(|row| &row[span.clone()]);
            for (at, (point, (_, weights))) in to[span.clone()].iter_mut().zip(group).enumerate() {
                *point = mixed(*weights, [four[0][at], four[1][at], four[2][at], four[3][at]]);
            }
            x = span.end;
        }
    }
    Gray { width, height, points }
}

/// Turns a picture by quarters of a full turn, clockwise.
pub(super) fn quarter(picture: &Gray, quarters: u8) -> Gray {
    let (width, height) = (picture.width, picture.height);
    let (new_width, new_height) = if quarters % 2 == 1 { (height, width) } else { (width, height) };
    let mut points = Vec::with_capacity(picture.points.len());
    for y in 0..new_height {
        for x in 0..new_width {
            let (from_x, from_y) = match quarters % 4 {
                0 => (x, y),
                1 => (y, height - 1 - x),
                2 => (width - 1 - x, height - 1 - y),
                _ => (width - 1 - y, x),
            };
            points.push(picture.points.get(from_y * width + from_x).copied().unwrap_or(255));
        }
    }
    Gray { width: new_width, height: new_height, points }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn turning_levels_a_falling_line_and_keeps_its_place() {
        let (width, height) = (300_usize, 200_usize);
        let slope = 3.0_f32.to_radians().tan();
        let mut points = vec![255; width * height];
        for x in 20..280 {
            let y = (90.0 + x as f32 * slope).round() as usize;
            (y..y + 3).for_each(|y| points[y * width + x] = 0);
        }
        let (turned, frame) = upright(&Gray { width, height, points }, 3.0);
        let rows: Vec<usize> = (0..turned.points.len())
            .filter(|at| turned.points[*at] < 100)
            .map(|at| at / turned.width)
            .collect();
        let (first, last) = (rows[0], rows[rows.len() - 1]);
        assert!(last - first < 5, "{first} {last}");
        let (x, y) = frame.on_page((turned.width as f32 / 2.0, (first + last) as f32 / 2.0 + 0.5));
        assert!((x - 150.0).abs() < 3.0 && (y - (91.5 + 150.0 * slope)).abs() < 2.0, "{x} {y}");
    }

    #[test]
    fn four_quarters_are_a_full_turn() {
        let picture = Gray { width: 3, height: 2, points: vec![1, 2, 3, 4, 5, 6] };
        let once = quarter(&picture, 1);
        assert_eq!((once.width, once.height, once.points.clone()), (2, 3, vec![4, 1, 5, 2, 6, 3]));
        assert_eq!(quarter(&quarter(&once, 1), 2), picture);
        assert_eq!(quarter(&once, 3), picture);
    }

    #[test]
    fn places_come_back_from_a_quarter_turn() {
        let picture = Gray { width: 3, height: 2, points: (1..=6).collect() };
        for quarters in 0..4 {
            let turned = quarter(&picture, quarters);
            let size = (turned.width as f32, turned.height as f32);
            let frame = Frame { quarters, ..Frame::straight(size) };
            assert_eq!(frame.shown(), (3.0, 2.0));
            for at in 0..6 {
                let place = ((at % turned.width) as f32 + 0.5, (at / turned.width) as f32 + 0.5);
                let (x, y) = frame.on_page(place);
                assert_eq!(picture.points[y as usize * 3 + x as usize], turned.points[at]);
            }
        }
    }

    proptest! {
        #[test]
        fn any_small_picture_can_be_turned(
            width in 0_usize..12, height in 0_usize..12, skew in -8.0_f32..8.0,
        ) {
            let picture = Gray { width, height, points: vec![90; width * height] };
            let (turned, frame) = upright(&picture, skew);
            prop_assert_eq!(turned.points.len(), turned.width * turned.height);
            prop_assert!(frame.on_page((0.0, 0.0)).0.is_finite());
        }
    }
}
