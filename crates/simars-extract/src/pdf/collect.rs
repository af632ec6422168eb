//! Collecting what a page draws: pieces of text with their places, and how much images cover.

use encoding_rs::WINDOWS_1252;
use hayro_interpret::font::{Glyph, GlyphRun, PositionedGlyph};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
};

use super::lines::Lines;

/// Glyphs are measured in thousandths of the font size.
const UNITS: f64 = 1000.0;

/// Stands for a glyph whose character the file does not tell.
pub(super) const UNMAPPED: char = '\u{fffd}';

/// A gap of at least this share of the font size between two glyphs separates words.
pub(super) const WORD_GAP: f32 = 0.1;

/// A glyph may reach back over the one before it by this share of the font size (kerning,
/// accents set by hand); further back, something new begins.
const OVERLAP: f32 = 0.35;

/// The same glyph again within this share of the font size is the same glyph, drawn twice to
/// look bold or shadowed.
pub(super) const TWICE: f32 = 0.12;

/// A superscript follows within this share of the font size of what it hangs on …
const HANGING_GAP: f32 = 0.3;
/// … and is at most this large beside it.
const HANGING_SIZE: f32 = 0.85;

/// Text up to this many degrees from an axis is read as along that axis: skewed scans.
const SNAP_DEGREES: f64 = 3.0;

/// A piece of text without spaces inside, drawn at one go. Its place is given in the frame of
/// its own direction: `x` along the reading direction, `y` down across it, in points.
#[derive(Debug, Clone)]
pub(super) struct Fragment {
    /// Where its text stands in [`Collector::text`].
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) left: f32,
    pub(super) right: f32,
    pub(super) baseline: f32,
    /// The font size in points.
    pub(super) size: f32,
    /// The reading direction in degrees clockwise from left-to-right.
    pub(super) turn: i16,
    /// Whether a space glyph follows it.
    pub(super) spaced: bool,
}

/// A device that draws nothing and remembers the text.
#[derive(Debug)]
pub(super) struct Collector {
    pub(super) text: String,
    pub(super) fragments: Vec<Fragment>,
    pub(super) glyphs: u32,
    pub(super) unmapped: u32,
    /// How many of the glyphs are drawn invisibly: those of a recognised layer under or over an
    /// image.
    pub(super) invisible: u32,
    /// In square points.
    pub(super) image_area: f32,
    pub(super) lines: Lines,
    bounds: Rect,
    /// Whether the last fragment may go on.
    open: bool,
    last: Option<Placed>,
    hanging: Option<Hanging>,
}

/// A superscript or subscript is read as standing on the baseline of what it follows, however
/// near the next row is.
#[derive(Debug, Clone, Copy)]
struct Hanging {
    drawn: f32,
    read: f32,
    size: f32,
}

/// One glyph in its frame.
#[derive(Debug, Clone, Copy)]
struct Placed {
    character: char,
    x: f32,
    baseline: f32,
    advance: f32,
    size: f32,
    turn: i16,
}

impl Collector {
    /// `bounds` is the page; what is drawn outside of it is not on it.
    pub(super) fn new(bounds: Rect) -> Self {
        Self {
            text: String::with_capacity(4096),
            fragments: Vec::with_capacity(512),
            glyphs: 0,
            unmapped: 0,
            invisible: 0,
            image_area: 0.0,
            lines: Lines::default(),
            bounds: bounds.inflate(2.0, 2.0),
            open: false,
            last: None,
            hanging: None,
        }
    }

    fn glyph(&mut self, glyph: &PositionedGlyph<'_>, run: &[PositionedGlyph<'_>], place: &Place) {
        let unicode = glyph.as_unicode().or_else(|| by_code(glyph, run));
        let mut buffer = [0; 4];
        let text: &str = match &unicode {
            Some(BfString::Char(character)) => character.encode_utf8(&mut buffer),
            Some(BfString::String(text)) => text,
            None => UNMAPPED.encode_utf8(&mut buffer),
        };
        let Some(first) = text.chars().next() else { return };
        if text.chars().all(is_blank) {
            self.end_fragment(true);
            return;
        }
        self.glyphs += 1;
        self.unmapped += u32::from(unicode.is_none());
        let Some(placed) = place.framed(first) else { return };
        if self.last.is_some_and(|last| last.is_again(&placed)) {
            return;
        }
        self.last = Some(placed);
        let placed = self.lowered(placed);
        self.append(text, &placed);
    }

    /// A glyph on the baseline it is read on (see [`Hanging`]).
    fn lowered(&mut self, placed: Placed) -> Placed {
        let hanging = self.hanging.take();
        let Some(fragment) = self.fragments.last() else { return placed };
        let gap = (placed.x - fragment.right) / fragment.size;
        if fragment.turn != placed.turn || !(-OVERLAP..HANGING_GAP).contains(&gap) {
            return placed;
        }
        let goes_on = |hanging: &Hanging| {
            hanging.size == placed.size && (hanging.drawn - placed.baseline).abs() < 0.1
        };
        let away = (placed.baseline - fragment.baseline).abs() / fragment.size;
        let begins = placed.size < HANGING_SIZE * fragment.size && (0.05..0.6).contains(&away);
        self.hanging = hanging.filter(goes_on).or_else(|| {
            let (drawn, read, size) = (placed.baseline, fragment.baseline, placed.size);
            begins.then_some(Hanging { drawn, read, size })
        });
        Placed { baseline: self.hanging.map_or(placed.baseline, |one| one.read), ..placed }
    }

    fn append(&mut self, text: &str, placed: &Placed) {
        if !self.continues(placed) {
            self.end_fragment(false);
            self.fragments.push(Fragment {
                start: self.text.len(),
                end: self.text.len(),
                left: placed.x,
                right: placed.x,
                baseline: placed.baseline,
                size: placed.size,
                turn: placed.turn,
                spaced: false,
            });
            self.open = true;
        }
        let visible = placed.advance > 0.0;
        text.chars().for_each(|character| push_plain(&mut self.text, character, visible));
        let end = self.text.len();
        if let Some(fragment) = self.fragments.last_mut() {
            fragment.end = end;
            fragment.right = fragment.right.max(placed.x + placed.advance);
        }
    }

    /// Whether a glyph belongs to the word that is being collected.
    fn continues(&self, placed: &Placed) -> bool {
        let Some(fragment) = self.fragments.last().filter(|_| self.open) else { return false };
        let size = fragment.size.max(placed.size);
        let gap = placed.x - fragment.right;
        fragment.turn == placed.turn
            && (fragment.baseline - placed.baseline).abs() < 0.05 * size
            && gap < WORD_GAP * size
            && gap > -OVERLAP * size
            && fragment.size.min(placed.size) > 0.6 * size
    }

    fn end_fragment(&mut self, spaced: bool) {
        if let Some(fragment) = self.fragments.last_mut() {
            fragment.spaced |= spaced && self.open;
        }
        self.open = false;
    }
}

impl Placed {
    /// Whether this is the same glyph at (nearly) the same place as the one before it.
    fn is_again(&self, next: &Self) -> bool {
        let near = TWICE * self.size;
        self.character == next.character
            && self.turn == next.turn
            && (self.x - next.x).abs() < near
            && (self.baseline - next.baseline).abs() < near
    }
}

/// A glyph's place on the page before it is turned into its reading direction.
struct Place {
    origin: Point,
    /// Along the reading direction, one font size long.
    along: (f64, f64),
    size: f64,
    advance: f64,
}

impl Place {
    /// `stretched` tells that the horizontal scale of `transform` is the font's fault, not the
    /// text's (see [`scale_is_stretch`]).
    fn new(glyph: &Glyph<'_>, transform: Affine, vertical: bool, stretched: bool) -> Self {
        let [a, b, c, d, x, y] = transform.as_coeffs();
        let size = c.hypot(d) * UNITS;
        let along = if vertical { (-c, -d) } else { (a, b) };
        let advance = if vertical {
            size
        } else {
            let scale = if stretched { size } else { a.hypot(b) * UNITS };
            advance_units(glyph) / UNITS * scale
        };
        Self { origin: Point::new(x, y), along, size, advance }
    }

    /// `None` when it has no possible place.
    fn framed(&self, character: char) -> Option<Placed> {
        let (x, y) = (self.origin.x, self.origin.y);
        let length = self.along.0.hypot(self.along.1);
        if !(x.is_finite() && y.is_finite() && length > 0.0 && length.is_finite()) {
            return None;
        }
        let turn = turn(self.along);
        let (cos, sin) = match turn {
            0 => (1.0, 0.0),
            90 => (0.0, 1.0),
            180 => (-1.0, 0.0),
            270 => (0.0, -1.0),
            other => {
                let radians = f64::from(other).to_radians();
                (radians.cos(), radians.sin())
            }
        };
        Some(Placed {
            character,
            x: (x * cos + y * sin) as f32,
            baseline: (y * cos - x * sin) as f32,
            advance: self.advance as f32,
            // A font of no height still has a place; keep what divides by it finite.
            size: (self.size as f32).max(0.5),
            turn,
        })
    }
}

/// The direction of a vector in whole degrees, snapped to an axis that is near.
fn turn((x, y): (f64, f64)) -> i16 {
    if x > 0.0 && y.abs() < 0.05 * x {
        return 0;
    }
    let degrees = y.atan2(x).to_degrees().rem_euclid(360.0);
    let axis = (degrees / 90.0).round() * 90.0;
    let snapped = if (degrees - axis).abs() <= SNAP_DEGREES { axis } else { degrees.round() };
    snapped as i16 % 360
}

/// A glyph's advance in thousandths of the font size.
fn advance_units(glyph: &Glyph<'_>) -> f64 {
    let width = match glyph {
        Glyph::Outline(glyph) => glyph.advance_width(),
        Glyph::Type3(glyph) => glyph.advance_width(),
    };
    f64::from(width.unwrap_or(500.0))
}

/// Whether the horizontal scale in a run's transforms stretches glyphs to the widths the file
/// names (a substitute font), rather than being a scale of the text itself. Both look the same
/// in one transform; only the next glyph's place tells them apart.
fn scale_is_stretch(glyphs: &[PositionedGlyph<'_>]) -> bool {
    let mut votes = 0_i32;
    let mut any = false;
    for pair in glyphs.windows(2) {
        let [a, b, c, d, x, y] = pair[0].transform().as_coeffs();
        let (across, up) = (a.hypot(b), c.hypot(d));
        if (across - up).abs() < 0.01 * up {
            continue;
        }
        any = true;
        let [.., next_x, next_y] = pair[1].transform().as_coeffs();
        let step = (next_x - x).hypot(next_y - y);
        let advance = advance_units(&pair[0]);
        votes += if (step - advance * up).abs() < (step - advance * across).abs() { 1 } else { -1 };
    }
    // A single glyph tells nothing; substitutes are more common than scaled text.
    if any { votes >= 0 } else { glyphs.len() == 1 }
}

/// The character of a glyph that has none, by its code: where all other letters of its run have
/// the codes of Windows-1252, it has too. Word processors leave out the dashes and dots.
fn by_code(glyph: &PositionedGlyph<'_>, run: &[PositionedGlyph<'_>]) -> Option<BfString> {
    let code = u8::try_from(glyph.char_code()).ok().filter(|code| *code >= 0x80)?;
    let mut known = 0;
    for other in run {
        match other.as_unicode() {
            Some(BfString::Char(character)) if u32::from(character) == other.char_code() => {
                known += 1;
            }
            Some(_) => return None,
            None => {}
        }
    }
    let bytes = [code];
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(&bytes);
    let character = text.chars().next().filter(|character| !character.is_control())?;
    (known > 0).then_some(BfString::Char(character))
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() || character.is_control() || character == '\u{200b}'
}

/// Adds a character in its plain form: ligatures as their letters, a drawn soft hyphen as the
/// hyphen it is, an undrawn one not at all, the two common bullets of symbol fonts as bullets.
fn push_plain(text: &mut String, character: char, visible: bool) {
    match character {
        '\u{fb00}' => text.push_str("ff"),
        '\u{fb01}' => text.push_str("fi"),
        '\u{fb02}' => text.push_str("fl"),
        '\u{fb03}' => text.push_str("ffi"),
        '\u{fb04}' => text.push_str("ffl"),
        '\u{fb05}' | '\u{fb06}' => text.push_str("st"),
        '\u{ad}' if visible => text.push('-'),
        '\u{ad}' | '\u{feff}' => {}
        // A glyph that stands for several characters is still part of one word.
        _ if is_blank(character) => {}
        '\u{f0b7}' => text.push('\u{2022}'),
        '\u{f0a7}' => text.push('\u{25aa}'),
        _ => text.push(character),
    }
}

impl<'a> Device<'a> for Collector {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let before = self.glyphs;
        let vertical = run.writing_mode() == WritingMode::Vertical;
        let stretched = !vertical && scale_is_stretch(run.glyphs());
        for glyph in run.glyphs() {
            let transform = props.transform * glyph.transform();
            let place = Place::new(glyph, transform, vertical, stretched);
            if self.bounds.contains(place.origin) {
                self.glyph(glyph, run.glyphs(), &place);
            } else {
                self.end_fragment(false);
            }
        }
        if matches!(mode, DrawMode::Invisible) {
            self.invisible += self.glyphs - before;
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let pixels = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let area = props.transform.transform_rect_bbox(pixels).intersect(self.bounds).area();
        if area.is_finite() {
            self.image_area += area as f32;
        }
    }

    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.lines.path(path, props.transform, mode);
    }

    fn draw_rect(&mut self, rect: &Rect, props: DrawProps<'a>, mode: &DrawMode) {
        self.lines.rect(props.transform.transform_rect_bbox(*rect), mode);
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_clip_rect(&mut self, _: &Rect) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
