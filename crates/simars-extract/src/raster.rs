//! Pages as pixels: for the eye and for recognition.
//!
//! Whatever the file is, a page comes out upright, on white, eight bits a channel, never larger
//! than [`MOST_PIXELS`]. All of this runs in the child process.

mod encode;
mod file;
mod pdf;
mod picture;
mod shrink;
mod tiff;

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro::hayro_syntax::Pdf;
use simars_record::{Finding, FindingCode};

use crate::Kind;
use crate::gray::Gray;

pub(crate) use picture::Picture;

/// The most pixels of a page that is drawn; a larger page is drawn smaller.
const MOST_PIXELS: f64 = 40e6;

/// The most pixels of a side; WebP ends at 16,383.
const MOST_SIDE: f64 = 16_000.0;

/// The most pixels of an image that is decoded: an A3 page at 600 dots per inch has 70 million.
const MOST_SOURCE_PIXELS: u64 = 100_000_000;

/// The most bytes a decoder may ask for.
const MOST_DECODED_BYTES: u64 = 320 << 20;

/// The long side in inches that a page is taken for when it is given as an image: folio, the
/// longest sheet of the offices. What an image says about its own resolution is often wrong.
const IMAGE_LONG_SIDE: f64 = 13.0;

/// An image for recognition is made smaller only by more than this. A little less is no quicker to
/// read, and blurs letters that had no points to spare; a sheet longer than most, such as legal
/// paper, is taken for a shorter one with more points than wanted.
const WORTH_SHRINKING: f64 = 0.85;

/// How large a page is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Size {
    /// In dots per inch of the paper.
    Dpi(f32),
    /// So many pixels wide.
    Width(u32),
}

/// Draws one page, counted from 1, of a PDF or an image. An image is made smaller, but never
/// larger than it is.
///
/// # Errors
/// The finding, for that page: the file is broken or locked, has no such page, is too large, or
/// is of a kind that has no pages to look at.
pub(crate) fn page(bytes: Vec<u8>, kind: Kind, page: u32, size: Size) -> Result<Picture, Finding> {
    Pages::open(bytes, kind, page)?.draw(page, size)
}

/// A file that is open, for whoever draws more than one of its pages.
pub(crate) enum Pages {
    Pdf(Box<Pdf>),
    Image(Vec<u8>),
    Tiff(Vec<u8>),
}

impl Pages {
    /// Opens a file to draw pages, `page` first.
    ///
    /// # Errors
    /// As [`page`].
    pub(crate) fn open(bytes: Vec<u8>, kind: Kind, page: u32) -> Result<Self, Finding> {
        guarded(page, || match kind {
            Kind::Pdf => pdf::open(bytes).map(Box::new).map(Self::Pdf),
            Kind::Image => Ok(Self::Image(bytes)),
            Kind::Tiff => Ok(Self::Tiff(bytes)),
            _ => Err(Fault::unsupported("files of this type have no page images")),
        })
    }

    /// Draws one page as [`page`] does.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn draw(&self, page: u32, size: Size) -> Result<Picture, Finding> {
        guarded(page, || match self {
            Self::Pdf(pdf) => pdf::page(pdf, page, size),
            Self::Image(bytes) => file::page(bytes, page, size),
            Self::Tiff(bytes) => tiff::page(bytes, page, size),
        })
    }
}

/// What foreign decoders give; they panic now and then.
fn guarded<T>(page: u32, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Finding> {
    let fault = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(given)) => return Ok(given),
        Ok(Err(fault)) => fault,
        Err(_) => Fault::new(FindingCode::ReaderFailed, "drawing the page failed"),
    };
    Err(Finding::page(fault.code, page, fault.detail))
}

/// Draws one page as [`page`] does and gives it as a PNG or JPEG file.
///
/// # Errors
/// As [`page`].
pub(crate) fn page_file(
    bytes: Vec<u8>,
    kind: Kind,
    page: u32,
    size: Size,
) -> Result<Vec<u8>, Finding> {
    let picture = self::page(bytes, kind, page, size)?;
    encode::encode(&picture).map_err(|fault| Finding::page(fault.code, page, fault.detail))
}

/// The picture in gray.
pub(crate) fn gray(picture: Picture) -> Gray {
    let picture = picture.into_gray();
    Gray { width: picture.width as usize, height: picture.height as usize, points: picture.points }
}

/// Why a page could not be drawn.
#[derive(Debug)]
struct Fault {
    code: FindingCode,
    detail: String,
}

impl Fault {
    fn new(code: FindingCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    fn unsupported(detail: impl Into<String>) -> Self {
        Self::new(FindingCode::Unsupported, detail)
    }

    fn damaged(detail: impl Into<String>) -> Self {
        Self::new(FindingCode::Damaged, detail)
    }

    fn no_such_page(page: u32, count: usize) -> Self {
        Self::damaged(format!("there is no page {page}; the file has {count}"))
    }
}

/// Checks that an image of this size may be decoded.
fn check_source(width: u32, height: u32) -> Result<(), Fault> {
    if width == 0 || height == 0 {
        return Err(Fault::damaged("the image has no pixels"));
    }
    if u64::from(width) * u64::from(height) > MOST_SOURCE_PIXELS {
        let detail = format!(
            "the image has {width} × {height} pixels; up to {MOST_SOURCE_PIXELS} are decoded"
        );
        return Err(Fault::new(FindingCode::LimitReached, detail));
    }
    Ok(())
}

/// The pixels to draw when `width` × `height` are wanted: as many, or fewer in the same
/// proportion when that is too many.
fn bounded(width: f64, height: f64) -> (u32, u32) {
    let area = (MOST_PIXELS / (width * height)).sqrt();
    let factor = area.min(MOST_SIDE / width).min(MOST_SIDE / height).min(1.0);
    let side = |wanted: f64| (wanted * factor).round().clamp(1.0, MOST_SIDE) as u32;
    (side(width), side(height))
}

/// The pixels to give of an upright image of `width` × `height`; `stretch` is how much taller it
/// is on paper than its pixels say.
fn image_target(width: u32, height: u32, stretch: f64, size: Size) -> (u32, u32) {
    // Squared by making the finer side coarser, so that nothing is invented.
    let wide = f64::from(width) * (1.0 / stretch).min(1.0);
    let tall = f64::from(height) * stretch.min(1.0);
    let wanted = match size {
        Size::Dpi(dpi) => f64::from(dpi) * IMAGE_LONG_SIDE / wide.max(tall),
        Size::Width(pixels) => f64::from(pixels) / wide,
    };
    let least = match size {
        Size::Dpi(_) => WORTH_SHRINKING,
        Size::Width(_) => 1.0,
    };
    let factor = if wanted < least { wanted } else { 1.0 };
    bounded(wide * factor, tall * factor)
}

#[cfg(test)]
mod tests;
