//! The lines that a page draws: strokes along an axis, and filled rectangles so thin that they
//! are lines too.

use hayro_interpret::DrawMode;
use hayro_interpret::kurbo::{Affine, BezPath, PathEl, Point, Rect};

use crate::table::Rule;

/// A filled shape of at most this many points across is a line …
const THIN: f64 = 2.5;
/// … if it is at least this long.
const SHORTEST: f64 = 4.0;
/// A stroke leaves its axis by at most this many points.
const STRAIGHT: f64 = 0.5;
/// A page of more lines than this is a drawing; further ones are only counted.
const MOST: usize = 20_001;

/// Lines in points on the page as it is shown.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) rules: Vec<Rule>,
    /// How many other shapes are drawn.
    pub(super) shapes: u32,
}

impl Lines {
    /// Adds what a drawn path has of lines.
    pub(super) fn path(&mut self, path: &BezPath, transform: Affine, mode: &DrawMode) {
        let filled = matches!(mode, DrawMode::Fill(_) | DrawMode::FillAndStroke(..));
        let stroked = matches!(mode, DrawMode::Stroke(_) | DrawMode::FillAndStroke(..));
        let mut shape = Shape::default();
        for element in path.elements() {
            match *element {
                PathEl::MoveTo(point) => {
                    self.end(&shape, filled);
                    shape = Shape::at(transform * point);
                }
                PathEl::LineTo(point) => {
                    let point = transform * point;
                    if stroked {
                        self.stroke(shape.last, point);
                    }
                    shape.line_to(point);
                }
                PathEl::ClosePath => {
                    if stroked {
                        self.stroke(shape.last, shape.first);
                    }
                    shape.last = shape.first;
                }
                PathEl::QuadTo(_, point) | PathEl::CurveTo(_, _, point) => {
                    shape.line_to(transform * point);
                    shape.curved = true;
                }
            }
        }
        self.end(&shape, filled);
    }

    /// Adds a rectangle, already on the page.
    pub(super) fn rect(&mut self, rect: Rect, mode: &DrawMode) {
        match mode {
            DrawMode::Fill(_) => self.fill(rect),
            DrawMode::Stroke(_) | DrawMode::FillAndStroke(..) => {
                let corners = [
                    Point::new(rect.x0, rect.y0),
                    Point::new(rect.x1, rect.y0),
                    Point::new(rect.x1, rect.y1),
                    Point::new(rect.x0, rect.y1),
                ];
                (0..4).for_each(|side| self.stroke(corners[side], corners[(side + 1) % 4]));
            }
            DrawMode::Invisible => {}
        }
    }

    fn end(&mut self, shape: &Shape, filled: bool) {
        if shape.curved {
            self.shapes = self.shapes.saturating_add(1);
        } else if filled && shape.points > 1 {
            self.fill(shape.bounds);
        }
    }

    fn fill(&mut self, rect: Rect) {
        let (width, height) = (rect.width(), rect.height());
        let middle = rect.center();
        if height <= THIN && width >= SHORTEST {
            self.add((rect.x0, middle.y), (rect.x1, middle.y));
        } else if width <= THIN && height >= SHORTEST {
            self.add((middle.x, rect.y0), (middle.x, rect.y1));
        } else {
            self.shapes = self.shapes.saturating_add(1);
        }
    }

    fn stroke(&mut self, from: Point, to: Point) {
        let (across, down) = ((to.x - from.x).abs(), (to.y - from.y).abs());
        if across.min(down) <= STRAIGHT && across.max(down) > STRAIGHT {
            self.add((from.x, from.y), (to.x, to.y));
        } else {
            self.shapes = self.shapes.saturating_add(1);
        }
    }

    fn add(&mut self, (x0, y0): (f64, f64), (x1, y1): (f64, f64)) {
        if self.rules.len() < MOST {
            let (x0, y0, x1, y1) = (x0 as f32, y0 as f32, x1 as f32, y1 as f32);
            self.rules.push(Rule { x0, y0, x1, y1 });
        }
    }
}

/// One closed or open piece of a path.
#[derive(Debug, Default)]
struct Shape {
    first: Point,
    last: Point,
    bounds: Rect,
    points: u32,
    curved: bool,
}

impl Shape {
    fn at(point: Point) -> Self {
        let bounds = Rect::from_points(point, point);
        Self { first: point, last: point, bounds, points: 1, curved: false }
    }

    fn line_to(&mut self, point: Point) {
        self.bounds = self.bounds.union_pt(point);
        self.last = point;
        self.points += 1;
    }
}
