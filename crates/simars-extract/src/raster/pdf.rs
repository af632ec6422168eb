//! Pages of PDFs as pixels.

use std::sync::Arc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::peniko::ImageAlphaType;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use simars_record::FindingCode;

use super::picture::Picture;
use super::{Fault, Size, bounded};

/// The longest side of a page that is drawn, in points. ISO 32000-2 allows 14,400 units; hayro
/// panics on a side of a million.
const MOST_POINTS: f32 = 100_000.0;

pub(super) fn open(bytes: Vec<u8>) -> Result<Pdf, Fault> {
    Pdf::new(Arc::new(bytes)).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
            Fault::new(FindingCode::Encrypted, "a password is needed to draw it")
        }
        _ => Fault::damaged("the file cannot be opened to draw its pages"),
    })
}

pub(super) fn page(pdf: &Pdf, page: u32, size: Size) -> Result<Picture, Fault> {
    let pages = pdf.pages();
    let index = (page as usize).checked_sub(1);
    let found = index.and_then(|index| pages.get(index));
    let found = found.ok_or_else(|| Fault::no_such_page(page, pages.len()))?;

    let (wide, tall) = found.render_dimensions();
    let possible = |side: f32| side > 0.0 && side <= MOST_POINTS;
    if !possible(wide) || !possible(tall) {
        let detail = format!("the page says it is {wide} × {tall} points large");
        return Err(Fault::damaged(detail));
    }
    let scale = match size {
        Size::Dpi(dpi) => f64::from(dpi) / 72.0,
        Size::Width(pixels) => f64::from(pixels) / f64::from(wide),
    };
    let (width, height) = bounded(f64::from(wide) * scale, f64::from(tall) * scale);
    // The renderer rounds down, so a little more than the number is asked for.
    let settings = PixmapSettings {
        x_scale: (width as f32 + 0.01) / wide,
        y_scale: (height as f32 + 0.01) / tall,
        bg_color: WHITE,
    };
    let cache = RenderCache::new();
    let interpreter = InterpreterSettings::default();
    let pixmap = render(found, &cache, &interpreter, &RenderSettings::default(), &settings);
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    // On a white ground every pixel is opaque, so that premultiplied is the same as not.
    Ok(Picture::over_white(width, height, pixmap.take_rgba8(ImageAlphaType::AlphaPremultiplied)))
}
