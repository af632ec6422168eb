//! Paper that never had a text layer: pages drawn as gray pixels, a little askew and not clean.
//!
//! The drawing is done here, from the outlines that the PDF interpreter gives, in arithmetic
//! that is the same on every processor: a renderer that chooses its instructions by the machine
//! might give other bytes elsewhere.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::util::TransformExt as _;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, interpret_page,
};
use hayro::hayro_syntax::Pdf;
use hayro::kurbo::{Affine, BezPath, PathEl, Point, Rect, flatten};

/// Dots per inch. Enough to read by machine, small enough to keep.
const DPI: f64 = 150.0;

/// How far the paper lies askew: 1.3 parts in 100, three quarters of a degree.
const SKEW: f64 = 0.013;

/// Samples per pixel in each direction.
const FINE: usize = 4;

/// A page as gray pixels, 0 black to 15 white, row by row.
#[derive(Debug)]
pub(crate) struct Scan {
    /// Pixels across.
    pub(crate) width: usize,
    /// Pixels down.
    pub(crate) height: usize,
    /// The pixels.
    pub(crate) pixels: Vec<u8>,
}

impl Scan {
    /// Two pixels to a byte, rows beginning at whole bytes.
    pub(crate) fn packed(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.pixels.len() / 2 + self.height);
        for row in self.pixels.chunks(self.width) {
            for pair in row.chunks(2) {
                bytes.push(pair[0] << 4 | pair.get(1).copied().unwrap_or(15));
            }
        }
        bytes
    }
}

/// Draws every page of a PDF. `stamps` says where each bears the ring of a rubber stamp, in
/// points from the upper left corner.
pub(crate) fn pages(pdf: Vec<u8>, stamps: &[Option<(f32, f32)>]) -> Result<Vec<Scan>> {
    let pdf = Pdf::new(Arc::new(pdf)).map_err(|error| anyhow!("cannot read back: {error:?}"))?;
    let cache = InterpreterCache::new();
    let mut scans = Vec::new();
    for (index, page) in pdf.pages().iter().enumerate() {
        let (width, height) = page.render_dimensions();
        let scale = DPI / 72.0;
        let (width, height) = (f64::from(width) * scale, f64::from(height) * scale);
        let skew = Affine::new([1.0, SKEW, -SKEW, 1.0, height * SKEW / 2.0, -width * SKEW / 2.0]);
        let fine = Affine::scale(FINE as f64);
        let transform =
            fine * skew * Affine::scale(scale) * page.initial_transform(true).to_kurbo();
        let mut canvas = Canvas::new(width as usize, height as usize);
        let bounds = Rect::new(0.0, 0.0, width * FINE as f64, height * FINE as f64);
        let settings = InterpreterSettings::default();
        let mut context = Context::new(transform, bounds, &cache, pdf.xref(), settings);
        interpret_page(page, &mut context, &mut canvas);
        let mut scan = canvas.develop();
        if let Some(&Some((x, y))) = stamps.get(index) {
            stamp(&mut scan, (f64::from(x) * scale) as i64, (f64::from(y) * scale) as i64);
        }
        soil(&mut scan, index as u64 + 1);
        scans.push(scan);
    }
    Ok(scans)
}

/// Two rings of gray ink around a point.
fn stamp(scan: &mut Scan, x: i64, y: i64) {
    let radius = 95_i64;
    for down in -radius..=radius {
        for across in -radius..=radius {
            let distance = down * down + across * across;
            let outer = (89 * 89..=95 * 95).contains(&distance);
            let inner = (60 * 60..=63 * 63).contains(&distance);
            let place = (y + down) * scan.width as i64 + x + across;
            let pixel = usize::try_from(place).ok().and_then(|place| scan.pixels.get_mut(place));
            if let Some(pixel) = pixel.filter(|_| outer || inner) {
                *pixel = (*pixel).min(9);
            }
        }
    }
}

/// Dust and worn ink from a fixed seed.
fn soil(scan: &mut Scan, seed: u64) {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for pixel in &mut scan.pixels {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        match state >> 52 {
            0..=2 => *pixel = 6,
            3..=90 if *pixel < 8 => *pixel += 4,
            _ => {}
        }
    }
}

/// Collects what is filled, as coverage on a fine grid. The samples draw glyphs and rectangles
/// and nothing else.
struct Canvas {
    width: usize,
    height: usize,
    ink: Vec<bool>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Self {
        Self { width, height, ink: vec![false; width * FINE * height * FINE] }
    }

    /// Fills a path by the non-zero rule, sampling at the centres of the fine grid.
    fn fill(&mut self, path: &BezPath) {
        let lines = lines(path);
        let rows = self.height * FINE;
        let top = lines.iter().map(|(from, to)| from.y.min(to.y)).fold(f64::INFINITY, f64::min);
        let end = lines.iter().map(|(from, to)| from.y.max(to.y)).fold(0.0, f64::max);
        let first = top.max(0.0) as usize;
        for row in first..rows.min(end as usize + 1) {
            let y = row as f64 + 0.5;
            let mut crossings: Vec<(f64, i32)> =
                lines.iter().filter_map(|line| crossing(line, y)).collect();
            crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
            self.fill_row(row, &crossings);
        }
    }

    fn fill_row(&mut self, row: usize, crossings: &[(f64, i32)]) {
        let columns = self.width * FINE;
        let mut winding = 0;
        for pair in crossings.windows(2) {
            winding += pair[0].1;
            if winding != 0 {
                let start = (pair[0].0 + 0.5).max(0.0) as usize;
                let end = ((pair[1].0 + 0.5).max(0.0) as usize).min(columns);
                if start < end {
                    self.ink[row * columns + start..row * columns + end].fill(true);
                }
            }
        }
    }

    /// Fine grid to gray pixels.
    fn develop(&self) -> Scan {
        let columns = self.width * FINE;
        let mut pixels = Vec::with_capacity(self.width * self.height);
        for y in 0..self.height {
            for x in 0..self.width {
                let rows = (y * FINE..(y + 1) * FINE).map(|row| row * columns + x * FINE);
                let inked: usize = rows
                    .map(|start| self.ink[start..start + FINE].iter().filter(|ink| **ink).count())
                    .sum();
                pixels.push((15 - inked * 14 / (FINE * FINE)) as u8);
            }
        }
        Scan { width: self.width, height: self.height, pixels }
    }
}

/// Where a line crosses the height `y`, and whether downwards (1) or upwards (-1).
fn crossing((from, to): &(Point, Point), y: f64) -> Option<(f64, i32)> {
    let x = from.x + (y - from.y) * (to.x - from.x) / (to.y - from.y);
    ((from.y <= y) != (to.y <= y)).then_some((x, if from.y < to.y { 1 } else { -1 }))
}

/// The straight pieces of a path, sub-paths closed.
fn lines(path: &BezPath) -> Vec<(Point, Point)> {
    let mut lines = Vec::new();
    let (mut start, mut last) = (Point::ZERO, Point::ZERO);
    flatten(path, 0.2, |element| match element {
        PathEl::MoveTo(point) => {
            lines.push((last, start));
            (start, last) = (point, point);
        }
        PathEl::LineTo(point) => {
            lines.push((last, point));
            last = point;
        }
        PathEl::ClosePath => {
            lines.push((last, start));
            last = start;
        }
        PathEl::QuadTo(..) | PathEl::CurveTo(..) => {}
    });
    lines.push((last, start));
    lines
}

impl<'a> Device<'a> for Canvas {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, _: &DrawMode) {
        self.fill(&(props.transform * path.clone()));
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            if let Glyph::Outline(outline) = &**glyph {
                self.fill(&(props.transform * glyph.transform() * outline.outline()));
            }
        }
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
