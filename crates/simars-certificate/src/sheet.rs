//! A page to draw on: lines of text, rules and QR codes. Points from the top left corner.

use krilla::Document;
use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;

use crate::face::{Face, Line};
use crate::{CertificateError, Qr};

/// What a QR code needs white around it, in its own squares.
const QUIET: u32 = 4;

/// How a text is set.
#[derive(Clone, Copy)]
pub(crate) struct Style<'f> {
    pub(crate) face: &'f Face,
    /// In points.
    pub(crate) size: f32,
    /// From one base line to the next, in points.
    pub(crate) leading: f32,
    pub(crate) ink: Ink,
}

/// How dark something is printed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ink {
    Black,
    /// For what repeats or explains; still dark enough to be read by everybody (7:1 on white).
    Gray,
    /// For rules.
    Pale,
}

/// A page under way.
pub(crate) struct Sheet<'d> {
    surface: Surface<'d>,
}

impl Sheet<'_> {
    /// Draws a page of this size and adds it to the document.
    pub(crate) fn add<T>(
        document: &mut Document,
        (width, height): (f32, f32),
        draw: impl FnOnce(&mut Sheet<'_>) -> T,
    ) -> Result<T, CertificateError> {
        let settings = PageSettings::from_wh(width, height)
            .ok_or_else(|| CertificateError::Pdf("impossible page size".to_owned()))?;
        let mut page = document.start_page_with(settings);
        // Surface and page are written when they are dropped, in this order.
        let mut sheet = Sheet { surface: page.surface() };
        Ok(draw(&mut sheet))
    }

    /// Draws a line; `y` is its base line.
    pub(crate) fn line(&mut self, line: &Line, x: f32, y: f32, style: Style<'_>) {
        if line.glyphs.is_empty() {
            return;
        }
        self.ink(style.ink);
        let (font, start) = (style.face.font.clone(), Point::from_xy(x, y));
        self.surface.draw_glyphs(start, &line.glyphs, font, &line.text, style.size, false);
    }

    /// Draws a text in lines no wider than `width` and at most `most` of them, the first of them
    /// below `y`; gives where the next thing may begin.
    pub(crate) fn text(
        &mut self,
        text: &str,
        (x, y): (f32, f32),
        width: f32,
        most: usize,
        style: Style<'_>,
    ) -> f32 {
        let mut bottom = y;
        for line in style.face.lines(text, style.size, width, most) {
            bottom += style.leading;
            self.line(&line, x, bottom - style.leading * 0.25, style);
        }
        bottom
    }

    /// Draws a horizontal rule.
    pub(crate) fn rule(&mut self, x: f32, y: f32, width: f32, ink: Ink) {
        self.ink(ink);
        self.rectangles([(x, y, width, 0.6)]);
    }

    /// Draws a QR code with its white margin as a square of this side.
    pub(crate) fn qr(&mut self, qr: &Qr, x: f32, y: f32, side: f32) {
        let module = side / (qr.side() + 2 * QUIET) as f32;
        let place = |squares: u32| (squares + QUIET) as f32 * module;
        self.ink(Ink::Black);
        let bars = qr.bars().into_iter().map(|(left, top, width)| {
            (x + place(left), y + place(top), width as f32 * module, module)
        });
        self.rectangles(bars);
    }

    fn ink(&mut self, ink: Ink) {
        self.fill(match ink {
            Ink::Black => 0,
            Ink::Gray => 84,
            Ink::Pale => 170,
        });
    }

    fn fill(&mut self, lightness: u8) {
        let paint = luma::Color::new(lightness).into();
        let opacity = NormalizedF32::ONE;
        self.surface.set_fill(Some(Fill { paint, opacity, rule: FillRule::NonZero }));
    }

    fn rectangles(&mut self, rectangles: impl IntoIterator<Item = (f32, f32, f32, f32)>) {
        let mut path = PathBuilder::new();
        for (x, y, width, height) in rectangles {
            if let Some(rectangle) = Rect::from_xywh(x, y, width, height) {
                path.push_rect(rectangle);
            }
        }
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }
}
