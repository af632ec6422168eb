//! Ruling lines: found, and taken out without cutting letters.

use serde::{Deserialize, Serialize};

use crate::gray::Gray;

use super::Ink;

/// The shortest lines: longer than any stroke of a letter at 200 dots per inch.
const LEAST_ACROSS: usize = 90;
const LEAST_DOWN: usize = 64;
/// Breaks of this many points within a run are bridged.
const GAP: usize = 3;
/// Thicker things are bars or pictures. A thin line that still falls a little counts as thick as
/// the band it lies in.
const THICKEST: usize = 18;
/// Pieces of one line lie at most this far apart along it and across it.
const JOIN_ALONG: usize = 24;
const JOIN_ACROSS: usize = 4;

/// A ruling line, as the band of points it lies in, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) right: usize,
    pub(crate) bottom: usize,
    /// Whether it goes across the page; otherwise it goes down.
    pub(crate) across: bool,
}

impl Line {
    /// The middle of the band: a row for a line across, a column otherwise.
    pub(crate) fn place(&self) -> usize {
        if self.across { (self.top + self.bottom) / 2 } else { (self.left + self.right) / 2 }
    }

    /// Where it begins and ends, along itself.
    pub(crate) fn reach(&self) -> (usize, usize) {
        if self.across { (self.left, self.right) } else { (self.top, self.bottom) }
    }
}

/// A stretch of ink along a row or a column: its place and its ends.
#[derive(Debug, Clone, Copy)]
struct Run {
    place: usize,
    start: usize,
    end: usize,
}

/// The ruling lines of a picture.
#[derive(Debug)]
pub(super) struct Found {
    /// The lines, in pieces.
    lines: Vec<Line>,
    /// For each point, whether it is ink of a line.
    ruled: Vec<bool>,
}

impl Found {
    /// How many lines, counting each piece.
    pub(super) fn count(&self) -> usize {
        self.lines.len()
    }

    /// Marks the points of a run.
    fn mark(&mut self, width: usize, run: &Run, across: bool) {
        for at in run.start..=run.end {
            let (x, y) = if across { (at, run.place) } else { (run.place, at) };
            if let Some(point) = self.ruled.get_mut(y * width + x) {
                *point = true;
            }
        }
    }
}

/// All ruling lines, in pieces.
pub(super) fn find(ink: &Ink) -> Found {
    let mut found = Found { lines: Vec::new(), ruled: vec![false; ink.points.len()] };
    for across in [true, false] {
        let runs = if across { runs_across(ink) } else { runs_down(ink) };
        for band in bands(&runs) {
            let (along, aside) = ((band.start, band.end), (band.first, band.last));
            let ((left, right), (top, bottom)) =
                if across { (along, aside) } else { (aside, along) };
            let line = Line { left, top, right, bottom, across };
            if across && is_text(ink, &line) {
                continue;
            }
            found.lines.push(line);
            let runs = band.runs.iter().filter_map(|run| runs.get(*run));
            runs.for_each(|run| found.mark(ink.width, run, across));
        }
    }
    found
}

/// Whether a line across is none, but a row of feet or heads of letters that touch each other, as
/// serifs in tight print do: there every stem goes on above or below. Of a ruling line only the few
/// lines and letters do that cross it.
fn is_text(ink: &Ink, line: &Line) -> bool {
    /// How far ink goes on at a stem, at least.
    const STEM: usize = 3;
    /// In tight print more than a third of the row are stems; of ruling lines hardly a twentieth is
    /// crossed.
    const STEMS: usize = 5;
    let goes_on = |x: usize| {
        let above = (1..=STEM).all(|step| step <= line.top && ink.is_dark(x, line.top - step));
        above || (1..=STEM).all(|step| ink.is_dark(x, line.bottom + step))
    };
    let stems = (line.left..=line.right).filter(|&x| goes_on(x)).count();
    stems * STEMS > line.right + 1 - line.left
}

/// A run that is being followed.
#[derive(Debug, Clone, Copy, Default)]
struct Followed {
    start: usize,
    last: usize,
    dark: usize,
}

impl Followed {
    fn begin(at: usize) -> Self {
        Self { start: at, last: at, dark: 1 }
    }

    /// The run, if it is long and dense enough for a line.
    fn finish(self, place: usize, least: usize) -> Option<Run> {
        let length = self.last + 1 - self.start;
        let dense = self.dark * 100 >= length * 88;
        (self.dark > 0 && length >= least && dense).then_some(Run {
            place,
            start: self.start,
            end: self.last,
        })
    }
}

fn runs_across(ink: &Ink) -> Vec<Run> {
    let mut runs = Vec::new();
    for y in 0..ink.height {
        let mut followed = Followed::default();
        for (x, _) in ink.row(y).iter().enumerate().filter(|(_, point)| **point == 1) {
            follow(&mut followed, x, |ended| runs.extend(ended.finish(y, LEAST_ACROSS)));
        }
        runs.extend(followed.finish(y, LEAST_ACROSS));
    }
    runs
}

fn runs_down(ink: &Ink) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut columns = vec![Followed::default(); ink.width];
    for y in 0..ink.height {
        let points = ink.row(y).iter().zip(&mut columns).enumerate();
        for (x, (_, followed)) in points.filter(|(_, (point, _))| **point == 1) {
            follow(followed, y, |ended| runs.extend(ended.finish(x, LEAST_DOWN)));
        }
    }
    for (x, followed) in columns.into_iter().enumerate() {
        runs.extend(followed.finish(x, LEAST_DOWN));
    }
    runs.sort_unstable_by_key(|run| (run.place, run.start));
    runs
}

#[inline]
fn follow(followed: &mut Followed, at: usize, ended: impl FnOnce(Followed)) {
    if followed.dark > 0 && at - followed.last <= GAP + 1 {
        followed.last = at;
        followed.dark += 1;
    } else {
        ended(*followed);
        *followed = Followed::begin(at);
    }
}

#[derive(Debug)]
struct Band {
    start: usize,
    end: usize,
    first: usize,
    last: usize,
    /// Which runs it is made of.
    runs: Vec<usize>,
}

impl Band {
    fn join(&mut self, other: Self) {
        self.start = self.start.min(other.start);
        self.end = self.end.max(other.end);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.runs.extend(other.runs);
    }
}

/// Puts runs that lie beside each other together. `runs` are in the order of their places.
fn bands(runs: &[Run]) -> Vec<Band> {
    let mut open: Vec<Band> = Vec::new();
    let mut done = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let mut own = Band {
            start: run.start,
            end: run.end,
            first: run.place,
            last: run.place,
            runs: vec![index],
        };
        let mut at = 0;
        while let Some(band) = open.get(at) {
            if band.last + 2 < run.place {
                done.push(open.swap_remove(at));
            } else if run.start <= band.end + GAP && band.start <= run.end + GAP {
                own.join(open.swap_remove(at));
            } else {
                at += 1;
            }
        }
        open.push(own);
    }
    done.extend(open);
    done.retain(|band| {
        let (length, thick) = (band.end - band.start + 1, band.last - band.first + 1);
        thick <= THICKEST && length >= thick * 6
    });
    done
}

/// Takes the lines out of the picture and gives them back, their pieces joined.
///
/// At each place along a line the ink that crosses the band is looked at: where it goes on
/// beyond the band it belongs to a letter, or to another line, and only then it stays.
pub(super) fn erase(picture: &mut Gray, ink: &Ink, found: Found) -> Vec<Line> {
    let Found { lines, ruled } = found;
    for line in &lines {
        let (start, end) = line.reach();
        for along in start..=end {
            erase_across(picture, ink, &ruled, line, along);
        }
    }
    join(lines)
}

/// Takes a line out at one place along it.
fn erase_across(picture: &mut Gray, ink: &Ink, ruled: &[bool], line: &Line, along: usize) {
    /// Ink may go this far beyond the band before it is a letter's.
    const BEYOND: usize = 2;
    let (from, to, most) = if line.across {
        (line.top, line.bottom, ink.height)
    } else {
        (line.left, line.right, ink.width)
    };
    let index = |across: usize| {
        if line.across { across * ink.width + along } else { along * ink.width + across }
    };
    // The band of a line that still falls a little is wider than the line is here.
    let is_ruled = |across: &usize| ruled.get(index(*across)) == Some(&true);
    let (Some(first), Some(last)) = ((from..=to).find(is_ruled), (from..=to).rev().find(is_ruled))
    else {
        return;
    };
    let letter = |across: usize| {
        let at = index(across);
        ink.points.get(at) == Some(&1) && ruled.get(at) == Some(&false)
    };
    let above = (1..=BEYOND + 1).all(|step| first.checked_sub(step).is_some_and(letter));
    let below = (1..=BEYOND + 1).all(|step| last + step < most && letter(last + step));
    if above || below {
        return;
    }
    // The soft edge goes with the line, as far as it is no letter.
    let from = first.saturating_sub(BEYOND);
    for across in from..=(last + BEYOND).min(most.saturating_sub(1)) {
        if let Some(point) = picture.points.get_mut(index(across)) {
            *point = 255;
        }
    }
}

/// Joins the pieces of lines that were broken.
fn join(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_unstable_by_key(|line| (line.across, line.place(), line.reach()));
    let mut joined: Vec<Line> = Vec::new();
    for line in lines {
        let (start, end) = line.reach();
        let fits = |other: &&mut Line| {
            let (other_start, other_end) = other.reach();
            other.across == line.across
                && other.place().abs_diff(line.place()) <= JOIN_ACROSS
                && start <= other_end + JOIN_ALONG
                && other_start <= end + JOIN_ALONG
        };
        match joined.iter_mut().rev().take(64).find(fits) {
            Some(other) => {
                other.left = other.left.min(line.left);
                other.top = other.top.min(line.top);
                other.right = other.right.max(line.right);
                other.bottom = other.bottom.max(line.bottom);
            }
            None => joined.push(line),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn paper(width: usize, height: usize) -> Gray {
        Gray { width, height, points: vec![255; width * height] }
    }

    fn draw(picture: &mut Gray, (left, top): (usize, usize), (wide, tall): (usize, usize)) {
        for y in top..top + tall {
            picture.points[y * picture.width + left..][..wide].fill(0);
        }
    }

    fn found(picture: &mut Gray) -> Vec<Line> {
        let ink = Ink::of(picture, 128);
        let lines = find(&ink);
        erase(picture, &ink, lines)
    }

    #[test]
    fn lines_go_and_letters_on_them_stay() {
        let mut picture = paper(300, 200);
        draw(&mut picture, (20, 50), (250, 3));
        draw(&mut picture, (60, 10), (3, 180));
        draw(&mut picture, (120, 30), (5, 30));
        let lines = found(&mut picture);
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[1].left, lines[1].right, lines[1].place()), (20, 269, 51));
        assert_eq!((lines[0].top, lines[0].bottom, lines[0].place()), (10, 189, 61));
        assert_eq!(picture.points[51 * 300 + 200], 255);
        assert_eq!(picture.points[51 * 300 + 61], 255, "the crossing");
        assert_eq!(picture.points[51 * 300 + 122], 0, "within the letter");
        assert_eq!(picture.points.iter().filter(|point| **point == 0).count(), 5 * 30);
    }

    #[test]
    fn a_broken_line_is_one() {
        let mut picture = paper(400, 40);
        draw(&mut picture, (10, 20), (150, 2));
        draw(&mut picture, (170, 21), (200, 2));
        let lines = found(&mut picture);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].reach(), (10, 369));
    }

    #[test]
    fn bars_and_text_are_no_lines() {
        let mut picture = paper(300, 120);
        draw(&mut picture, (20, 10), (200, 30));
        for x in (20..280).step_by(9) {
            draw(&mut picture, (x, 80), (5, 14));
        }
        let before = picture.clone();
        assert_eq!(found(&mut picture), []);
        assert_eq!(picture, before);
    }

    #[test]
    fn feet_of_letters_that_touch_are_no_line() {
        let mut picture = paper(300, 120);
        for x in (20..260).step_by(12) {
            draw(&mut picture, (x, 80), (4, 14));
        }
        draw(&mut picture, (20, 94), (238, 1));
        let before = picture.clone();
        assert_eq!(found(&mut picture), []);
        assert_eq!(picture, before);
    }

    proptest! {
        #[test]
        fn any_small_picture_can_be_searched(values in prop::collection::vec(0_u8..2, 200 * 4)) {
            let points = values.iter().map(|value| value * 255).collect();
            let mut picture = Gray { width: 200, height: 4, points };
            for line in found(&mut picture) {
                prop_assert!(line.right < 200 && line.bottom < 4);
            }
        }
    }
}
