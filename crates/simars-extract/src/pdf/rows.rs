//! From fragments to lines: text of one direction at a time, row by row, word by word.

use super::collect::{Fragment, TWICE, UNMAPPED, WORD_GAP};
use super::columns;

/// Above the baseline, as a share of the font size: what a fragment's height is taken to be.
const ASCENT: f32 = 0.75;
/// The same below the baseline.
const DESCENT: f32 = 0.2;
/// A word's box reaches this far below the baseline.
const BOX_DESCENT: f32 = 0.22;
/// On a page of loosely set letters, only a gap of at least this share separates words.
const LOOSE_GAP: f32 = 0.2;
/// Fewer space glyphs than this on a page say nothing about its letters.
const ENOUGH_SPACES: usize = 20;
/// Letters further apart than this share of the font size are no spread word.
const WIDEST_SPREAD: f32 = 0.6;
/// By how much the gaps of a spread word differ at most.
const UNEVEN: f32 = 0.05;
/// A spread word has at least this many letters.
const FEWEST_SPREAD: usize = 4;
/// How many rows back a fragment's row is looked for.
const ROWS_BACK: usize = 8;

/// Fragments on one baseline, from left to right.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) fragments: Vec<Fragment>,
    /// Baseline and size of its widest fragment: what the row is measured by.
    baseline: f32,
    size: f32,
    widest: f32,
}

impl Row {
    fn new(fragment: Fragment) -> Self {
        Self {
            baseline: fragment.baseline,
            size: fragment.size,
            widest: fragment.right - fragment.left,
            fragments: vec![fragment],
        }
    }

    fn add(&mut self, fragment: Fragment) {
        let width = fragment.right - fragment.left;
        if width > self.widest {
            (self.baseline, self.size, self.widest) = (fragment.baseline, fragment.size, width);
        }
        self.fragments.push(fragment);
    }

    /// Whether a fragment stands in this row: on its baseline or, as a superscript does, beside
    /// it for the better part of its height.
    fn takes(&self, fragment: &Fragment) -> bool {
        let top =
            (self.baseline - ASCENT * self.size).max(fragment.baseline - ASCENT * fragment.size);
        let bottom =
            (self.baseline + DESCENT * self.size).min(fragment.baseline + DESCENT * fragment.size);
        let (small, large) = (self.size.min(fragment.size), self.size.max(fragment.size));
        let apart = (self.baseline - fragment.baseline).abs();
        bottom - top >= 0.5 * (ASCENT + DESCENT) * small && apart <= 0.5 * large.min(2.0 * small)
    }
}

/// Left, top, right and bottom in points on the page as it is shown.
pub(super) type Sides = (f32, f32, f32, f32);

/// A page's text and where its words stand.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) text: String,
    /// One box for each word of the text.
    pub(super) boxes: Vec<Sides>,
    /// Whether the word that is being written goes on.
    open: bool,
}

impl Written {
    fn word(&mut self, word: &str, fragment: &Fragment) {
        self.text.push_str(word);
        let (left, top, right, bottom) = sides(fragment);
        match self.boxes.last_mut().filter(|_| self.open) {
            Some(last) => {
                let (low, high) = (f32::min, f32::max);
                *last = (
                    low(last.0, left),
                    low(last.1, top),
                    high(last.2, right),
                    high(last.3, bottom),
                );
            }
            None => self.boxes.push((left, top, right, bottom)),
        }
        self.open = true;
    }

    fn end_word(&mut self, with: char) {
        self.text.push(with);
        self.open = false;
    }
}

/// The box around a fragment, turned back from its own direction onto the page.
fn sides(fragment: &Fragment) -> Sides {
    let (left, right) = (fragment.left, fragment.right);
    let top = fragment.baseline - ASCENT * fragment.size;
    let bottom = fragment.baseline + BOX_DESCENT * fragment.size;
    match fragment.turn {
        0 => (left, top, right, bottom),
        90 => (-bottom, left, -top, right),
        180 => (-right, -bottom, -left, -top),
        270 => (top, -right, bottom, -left),
        turn => {
            let (sin, cos) = f32::from(turn).to_radians().sin_cos();
            let corners = [(left, top), (right, top), (left, bottom), (right, bottom)];
            let corners = corners.map(|(x, y)| (x * cos - y * sin, x * sin + y * cos));
            let fold = |from: f32, pick: fn(f32, f32) -> f32, side: fn(&(f32, f32)) -> f32| {
                corners.iter().map(side).fold(from, pick)
            };
            let (far, x, y) = (f32::INFINITY, |one: &(f32, f32)| one.0, |one: &(f32, f32)| one.1);
            (
                fold(far, f32::min, x),
                fold(far, f32::min, y),
                fold(-far, f32::max, x),
                fold(-far, f32::max, y),
            )
        }
    }
}

/// A page's text in reading order, each line ended by a line feed. Words of which no letter is
/// known are left out.
pub(super) fn written(text: &str, fragments: Vec<Fragment>) -> Written {
    let mut written = Written {
        text: String::with_capacity(text.len() + text.len() / 4),
        boxes: Vec::with_capacity(fragments.len()),
        open: false,
    };
    for fragments in by_direction(fragments) {
        let rows = columns::reading_order(rows(fragments));
        let word_gap = word_gap(&rows);
        for row in rows {
            write_row(&row, word_gap, text, &mut written);
        }
    }
    written
}

/// The gap that separates words, as a share of the font size. Where a page has space glyphs and
/// nearly as many narrow gaps without one, its letters are set loosely, and such gaps mean
/// nothing.
fn word_gap(rows: &[Row]) -> f32 {
    let pairs = || rows.iter().flat_map(|row| row.fragments.windows(2));
    let spaces = pairs().filter(|pair| pair[0].spaced).count();
    let narrow = |pair: &&[Fragment]| {
        !pair[0].spaced && (WORD_GAP..LOOSE_GAP).contains(&gap(&pair[0], &pair[1]))
    };
    let loose = spaces >= ENOUGH_SPACES && pairs().filter(narrow).count() * 2 >= spaces;
    if loose { LOOSE_GAP } else { WORD_GAP }
}

/// Splits fragments by direction, the direction with the most text first.
fn by_direction(fragments: Vec<Fragment>) -> Vec<Vec<Fragment>> {
    let first = fragments.first().map(|fragment| fragment.turn);
    if fragments.iter().all(|fragment| Some(fragment.turn) == first) {
        return vec![fragments];
    }
    let mut groups: Vec<Vec<Fragment>> = Vec::new();
    for fragment in fragments {
        match groups.iter_mut().find(|group| group[0].turn == fragment.turn) {
            Some(group) => group.push(fragment),
            None => groups.push(vec![fragment]),
        }
    }
    let letters =
        |group: &Vec<Fragment>| group.iter().map(|one| one.end - one.start).sum::<usize>();
    groups.sort_by_key(|group| std::cmp::Reverse(letters(group)));
    groups
}

/// Groups fragments of one direction into rows, from top to bottom.
pub(super) fn rows(mut fragments: Vec<Fragment>) -> Vec<Row> {
    fragments.sort_by(|one, other| {
        one.baseline.total_cmp(&other.baseline).then(one.left.total_cmp(&other.left))
    });
    let mut rows: Vec<Row> = Vec::new();
    for fragment in fragments {
        let apart = |row: &Row| (row.baseline - fragment.baseline).abs();
        let near = rows.iter_mut().rev().take(ROWS_BACK).filter(|row| row.takes(&fragment));
        match near.min_by(|one, other| apart(one).total_cmp(&apart(other))) {
            Some(row) => row.add(fragment),
            None => rows.push(Row::new(fragment)),
        }
    }
    rows.sort_by(|one, other| one.baseline.total_cmp(&other.baseline));
    for row in &mut rows {
        row.fragments.sort_by(|one, other| one.left.total_cmp(&other.left));
    }
    rows
}

fn write_row(row: &Row, word_gap: f32, source: &str, written: &mut Written) {
    let word = |fragment: &Fragment| &source[fragment.start..fragment.end];
    let mut fragments: Vec<&Fragment> = Vec::with_capacity(row.fragments.len());
    for fragment in &row.fragments {
        if word(fragment).chars().all(|character| character == UNMAPPED) {
            continue;
        }
        let again = |last: &&Fragment| is_again(last, fragment, word(last) == word(fragment));
        if !fragments.last().is_some_and(again) {
            fragments.push(fragment);
        }
    }
    let mut spread_until = 0;
    for (index, fragment) in fragments.iter().enumerate() {
        if index >= spread_until {
            spread_until = index + spread(&fragments[index..], word);
        }
        written.word(word(fragment), fragment);
        let next = fragments.get(index + 1);
        if next.is_some_and(|next| {
            index + 1 >= spread_until && (fragment.spaced || gap(fragment, next) >= word_gap)
        }) {
            written.end_word(' ');
        }
    }
    if !fragments.is_empty() {
        written.end_word('\n');
    }
}

/// The gap between two neighbours as a share of the larger font size: a superscript is
/// measured by what it follows.
fn gap(fragment: &Fragment, next: &Fragment) -> f32 {
    (next.left - fragment.right) / fragment.size.max(next.size)
}

/// How many fragments from the first on are the letters of one word set with wide spacing:
/// single letters, no space glyphs between them, all gaps alike.
fn spread<'a>(fragments: &[&Fragment], word: impl Fn(&Fragment) -> &'a str) -> usize {
    let single = |fragment: &Fragment| {
        let mut characters = word(fragment).chars();
        characters.next().is_some() && characters.next().is_none()
    };
    let [first, second, ..] = fragments else { return 0 };
    let usual = gap(first, second);
    if !(WORD_GAP..WIDEST_SPREAD).contains(&usual) || !single(first) {
        return 0;
    }
    let alike = |pair: &&[&Fragment]| {
        !pair[0].spaced && single(pair[1]) && (gap(pair[0], pair[1]) - usual).abs() < UNEVEN
    };
    let letters = 1 + fragments.windows(2).take_while(alike).count();
    if letters >= FEWEST_SPREAD { letters } else { 0 }
}

/// Whether a word is the one before it, drawn again to look bold.
fn is_again(last: &Fragment, fragment: &Fragment, same_text: bool) -> bool {
    let near = 2.0 * TWICE * last.size;
    same_text
        && (last.left - fragment.left).abs() < near
        && (last.baseline - fragment.baseline).abs() < near
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment(left: f32, right: f32, baseline: f32, size: f32) -> Fragment {
        Fragment { start: 0, end: 0, left, right, baseline, size, turn: 0, spaced: false }
    }

    #[test]
    fn a_superscript_stays_in_its_row() {
        let rows = rows(vec![
            fragment(0.0, 50.0, 100.0, 12.0),
            fragment(50.0, 54.0, 95.0, 7.0),
            fragment(0.0, 50.0, 113.0, 12.0),
        ]);
        let counts: Vec<usize> = rows.iter().map(|row| row.fragments.len()).collect();
        assert_eq!(counts, [2, 1]);
    }

    #[test]
    fn a_tall_initial_does_not_join_rows() {
        let rows = rows(vec![
            fragment(0.0, 30.0, 126.0, 36.0),
            fragment(30.0, 200.0, 100.0, 12.0),
            fragment(30.0, 200.0, 113.0, 12.0),
            fragment(30.0, 200.0, 126.0, 12.0),
        ]);
        let counts: Vec<usize> = rows.iter().map(|row| row.fragments.len()).collect();
        assert_eq!(counts, [1, 1, 2]);
    }
}
