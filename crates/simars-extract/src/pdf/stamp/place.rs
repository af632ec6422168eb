//! Where on a page the strip goes: below its foot as the eye sees it.

use hayro_syntax::page::{Page as PdfPage, Rotation};

/// The part of a page's width that the strip takes at most.
const MOST_WIDTH: f64 = 0.94;
/// The largest side of a page (ISO 32000-2, 7.7.3.3, Annex C), in its units.
const MOST_SIDE: f64 = 14_400.0;

/// A rectangle in the page's own coordinates: left, bottom, right, top.
type Rectangle = [f64; 4];

/// A page with its strip.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// What was seen of the page before.
    seen: Rectangle,
    media: Rectangle,
    /// How far the page is turned clockwise, in quarters of a full turn.
    quarters: u8,
    /// The size of the strip on the page, in its units, and how much of its own that is.
    strip: (f64, f64),
    scale: f64,
}

impl Place {
    /// Plans a page for a strip of this size in points; what is wrong with the page otherwise.
    pub(super) fn of(page: &PdfPage<'_>, strip: (f32, f32)) -> Result<Self, &'static str> {
        let seen = page.intersected_crop_box();
        let rectangle = |of: hayro_syntax::object::Rect| [of.x0, of.y0, of.x1, of.y1];
        let quarters = match page.rotation() {
            Rotation::None => 0,
            Rotation::Horizontal => 1,
            Rotation::Flipped => 2,
            Rotation::FlippedHorizontal => 3,
        };
        // How many points a unit is (ISO 32000-2, 7.7.3.3).
        let unit = page.raw().get::<f32>("UserUnit").filter(|unit| unit.is_finite() && *unit > 0.0);
        Self::new(
            (rectangle(seen), rectangle(page.media_box())),
            quarters,
            f64::from(unit.unwrap_or(1.0)),
            (f64::from(strip.0), f64::from(strip.1)),
        )
    }

    fn new(
        (seen, media): (Rectangle, Rectangle),
        quarters: u8,
        unit: f64,
        strip: (f64, f64),
    ) -> Result<Self, &'static str> {
        let [left, bottom, right, top] = seen;
        let possible = |side: f64| side.is_finite() && (1.0..=MOST_SIDE).contains(&side);
        if !possible(right - left) || !possible(top - bottom) {
            return Err("its size is impossible");
        }
        let width = if quarters.is_multiple_of(2) { right - left } else { top - bottom };
        let scale = (1.0 / unit).min(width * MOST_WIDTH / strip.0);
        let strip = (strip.0 * scale, strip.1 * scale);
        Ok(Self { seen, media, quarters, strip, scale })
    }

    /// What is seen of the page afterwards.
    fn grown(&self, [left, bottom, right, top]: Rectangle) -> Rectangle {
        let more = self.strip.1;
        match self.quarters {
            0 => [left, bottom - more, right, top],
            1 => [left, bottom, right + more, top],
            2 => [left, bottom, right, top + more],
            _ => [left - more, bottom, right, top],
        }
    }

    /// Width and height as the eye sees them, with the strip.
    pub(super) fn size(&self) -> (f32, f32) {
        let [left, bottom, right, top] = self.grown(self.seen);
        let (width, height) = ((right - left) as f32, (top - bottom) as f32);
        if self.quarters.is_multiple_of(2) { (width, height) } else { (height, width) }
    }

    /// The boxes that the page is to have: left, bottom, right, top. Both, because one that the
    /// page inherits would hide the strip.
    pub(super) fn boxes(&self) -> [(&'static str, [f32; 4]); 2] {
        let seen = self.grown(self.seen);
        // The medium holds all that is seen, and keeps what it had.
        let media = [
            self.media[0].min(seen[0]),
            self.media[1].min(seen[1]),
            self.media[2].max(seen[2]),
            self.media[3].max(seen[3]),
        ];
        let numbers = |rectangle: Rectangle| rectangle.map(|number| number as f32);
        [("MediaBox", numbers(media)), ("CropBox", numbers(seen))]
    }

    /// The instructions that come before those of the page: save, and keep to the old page.
    pub(super) fn head(&self) -> String {
        let [left, bottom, right, top] = self.seen;
        format!("q {left} {bottom} {} {} re W n\n", right - left, top - bottom)
    }

    /// From the coordinates of the strip to those of the page.
    pub(super) fn matrix(&self) -> [f64; 6] {
        let [left, bottom, right, top] = self.seen;
        let (scale, (width, height)) = (self.scale, self.strip);
        let across = if self.quarters.is_multiple_of(2) { right - left } else { top - bottom };
        // From the left edge as the eye sees it, and below the old foot.
        let (aside, below) = ((across - width) / 2.0, height);
        let matrix = match self.quarters {
            0 => [scale, 0.0, 0.0, scale, left + aside, bottom - below],
            1 => [0.0, scale, -scale, 0.0, right + below, bottom + aside],
            2 => [-scale, 0.0, 0.0, -scale, right - aside, top + below],
            _ => [0.0, -scale, scale, 0.0, left - below, top - aside],
        };
        matrix.map(|number| (number * 1e5).round() / 1e5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRIP: (f64, f64) = (400.0, 40.0);
    const SEEN: Rectangle = [10.0, 20.0, 510.0, 820.0];

    fn place(quarters: u8) -> Place {
        Place::new((SEEN, [0.0, 0.0, 600.0, 900.0]), quarters, 1.0, STRIP).unwrap()
    }

    /// Where a corner of the strip comes to lie.
    fn corner(place: &Place, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = place.matrix();
        (a * x + c * y + e, b * x + d * y + f)
    }

    #[test]
    fn the_strip_lies_in_what_is_new_of_the_page() {
        for (quarters, grown, low, high) in [
            (0, [10.0, -20.0, 510.0, 820.0], (60.0, -20.0), (460.0, 20.0)),
            (1, [10.0, 20.0, 550.0, 820.0], (550.0, 220.0), (510.0, 620.0)),
            (2, [10.0, 20.0, 510.0, 860.0], (460.0, 860.0), (60.0, 820.0)),
            (3, [-30.0, 20.0, 510.0, 820.0], (-30.0, 620.0), (10.0, 220.0)),
        ] {
            let place = place(quarters);
            let boxes = place.boxes();
            assert_eq!(boxes[1], ("CropBox", grown.map(|number| number as f32)));
            // The strip's lower left and upper right corners.
            assert_eq!(corner(&place, 0.0, 0.0), low, "{quarters}");
            assert_eq!(corner(&place, 400.0, 40.0), high, "{quarters}");
            assert_eq!(place.head(), "q 10 20 500 800 re W n\n");
        }
        assert_eq!(place(0).size(), (500.0, 840.0));
        assert_eq!(place(1).size(), (800.0, 540.0));
        assert_eq!(place(0).boxes()[0], ("MediaBox", [0.0, -20.0, 600.0, 900.0]));
    }

    #[test]
    fn a_narrow_page_has_a_smaller_strip_and_units_count() {
        let seen = [0.0, 0.0, 200.0, 300.0];
        let narrow = Place::new((seen, seen), 0, 1.0, STRIP).unwrap();
        assert_eq!(narrow.scale, 0.47);
        let units = Place::new((SEEN, SEEN), 0, 2.0, STRIP).unwrap();
        assert_eq!(units.strip, (200.0, 20.0));
    }

    #[test]
    fn impossible_pages_are_refused() {
        for seen in [
            [0.0, 0.0, 0.0, 100.0],
            [0.0, 0.0, 1e9, 100.0],
            [0.0, 0.0, f64::NAN, 100.0],
            [0.0, f64::NEG_INFINITY, 100.0, 100.0],
        ] {
            assert!(Place::new((seen, seen), 0, 1.0, STRIP).is_err());
        }
    }
}
