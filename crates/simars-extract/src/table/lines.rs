//! Drawn lines: pieces of the same line joined, and lines that touch each other.

use super::Rule;

/// Lines apart by less than this share of the text's height are one line, drawn double.
const DOUBLE: f32 = 0.3;
/// Pieces of a line are joined over gaps of this share of the text's height.
const GAP: f32 = 0.35;
/// A line shorter than this share of the text's height bounds no cell.
const SHORTEST: f32 = 0.6;
/// Lines touch that miss each other by this share of the text's height.
const TOUCH: f32 = 0.4;
/// More crossings than this to look at are a drawing.
const MOST_PAIRS: usize = 4_000_000;

/// A line parallel to an axis: `at` across it, `from` and `to` along it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub(super) at: f32,
    pub(super) from: f32,
    pub(super) to: f32,
}

impl Line {
    fn length(&self) -> f32 {
        self.to - self.from
    }
}

/// The lines of a page, or of one table.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lines {
    /// From left to right, `at` is their y.
    pub(super) across: Vec<Line>,
    /// From top to bottom, `at` is their x.
    pub(super) down: Vec<Line>,
}

impl Lines {
    /// Joins pieces to lines. Pieces that are neither wide nor tall (the corners that some
    /// programs draw) are left out; the gaps where they stood are closed.
    pub(super) fn new(rules: &[Rule], height: f32) -> Self {
        let (mut across, mut down) = (Vec::new(), Vec::new());
        for rule in rules {
            let (wide, tall) = (rule.x1 - rule.x0, rule.y1 - rule.y0);
            if wide > 2.0 * tall {
                let at = f32::midpoint(rule.y0, rule.y1);
                across.push(Line { at, from: rule.x0, to: rule.x1 });
            } else if tall > 2.0 * wide {
                let at = f32::midpoint(rule.x0, rule.x1);
                down.push(Line { at, from: rule.y0, to: rule.y1 });
            }
        }
        Self { across: joined(across, height), down: joined(down, height) }
    }

    /// Lines that touch each other, set by set.
    pub(super) fn connected(&self, height: f32) -> Vec<Self> {
        let (across, down) = (self.across.len(), self.down.len());
        if across < 2 || down == 0 || across.saturating_mul(down) > MOST_PAIRS {
            return Vec::new();
        }
        let mut sets = Sets::new(across + down);
        let near = TOUCH * height;
        let on = |at: f32, line: &Line| (line.from - near..=line.to + near).contains(&at);
        for (index, one) in self.across.iter().enumerate() {
            for (other_index, other) in self.down.iter().enumerate() {
                if on(one.at, other) && on(other.at, one) {
                    sets.join(index, across + other_index);
                }
            }
        }
        let mut found: Vec<Self> = vec![Self::default(); across + down];
        for (index, line) in self.across.iter().enumerate() {
            found[sets.first(index)].across.push(*line);
        }
        for (index, line) in self.down.iter().enumerate() {
            found[sets.first(across + index)].down.push(*line);
        }
        found.retain(|lines| lines.across.len() >= 2 && !lines.down.is_empty());
        found
    }
}

fn joined(mut pieces: Vec<Line>, height: f32) -> Vec<Line> {
    pieces.sort_by(|one, other| one.at.total_cmp(&other.at));
    let mut lines = Vec::new();
    let mut start = 0;
    while start < pieces.len() {
        let first = pieces[start].at;
        let count = pieces[start..].partition_point(|piece| piece.at - first < DOUBLE * height);
        let band = &mut pieces[start..start + count.max(1)];
        band.sort_by(|one, other| one.from.total_cmp(&other.from));
        join_band(band, GAP * height, &mut lines);
        start += count.max(1);
    }
    lines.retain(|line| line.length() >= SHORTEST * height);
    lines
}

/// Joins the pieces of one band; a line's place across is that of its pieces by their lengths.
fn join_band(band: &[Line], gap: f32, lines: &mut Vec<Line>) {
    let mut current: Option<(Line, f32)> = None;
    for piece in band {
        match &mut current {
            Some((line, weight)) if piece.from <= line.to + gap => {
                let total = (*weight + piece.length()).max(f32::MIN_POSITIVE);
                line.at += (piece.at - line.at) * (piece.length() / total).min(1.0);
                line.to = line.to.max(piece.to);
                *weight = total;
            }
            _ => {
                lines.extend(current.take().map(|(line, _)| line));
                current = Some((*piece, piece.length()));
            }
        }
    }
    lines.extend(current.map(|(line, _)| line));
}

/// Disjoint sets of numbers; the first of a set stands for it.
#[derive(Debug)]
pub(super) struct Sets(Vec<usize>);

impl Sets {
    pub(super) fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// The smallest number of the set.
    pub(super) fn first(&mut self, mut index: usize) -> usize {
        while self.0[index] != index {
            self.0[index] = self.0[self.0[index]];
            index = self.0[index];
        }
        index
    }

    pub(super) fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        self.0[one.max(other)] = one.min(other);
    }
}
