//! Images of one page as pixels: JPEG, PNG, GIF, WebP.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};
use simars_record::FindingCode;

use super::picture::Picture;
use super::shrink::shrink;
use super::{Fault, MOST_DECODED_BYTES, Size, check_source, image_target};

pub(super) fn page(bytes: &[u8], page: u32, size: Size) -> Result<Picture, Fault> {
    if page != 1 {
        return Err(Fault::no_such_page(page, 1));
    }
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| Fault::damaged(format!("the image cannot be read: {error}")))?;
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_DECODED_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(fault)?;
    let (width, height) = decoder.dimensions();
    check_source(width, height)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(fault)?;
    Ok(fitted(Picture::from_decoded(image), orientation, 1.0, size))
}

/// A decoded picture in the size that is wanted, turned upright. `stretch`: how much taller it is
/// on paper than its pixels say, before it is turned.
pub(super) fn fitted(
    picture: Picture,
    orientation: Orientation,
    stretch: f64,
    size: Size,
) -> Picture {
    let sideways = matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    // Made smaller first: turning is cheaper afterwards.
    let (width, height) = if sideways {
        let (width, height) = image_target(picture.height, picture.width, 1.0 / stretch, size);
        (height, width)
    } else {
        image_target(picture.width, picture.height, stretch, size)
    };
    shrink(picture, width, height).turned(orientation)
}

fn fault(error: ImageError) -> Fault {
    match error {
        ImageError::Limits(_) => {
            let detail = format!("decoding the image needs more than {MOST_DECODED_BYTES} bytes");
            Fault::new(FindingCode::LimitReached, detail)
        }
        ImageError::Unsupported(what) => Fault::unsupported(format!("cannot decode: {what}")),
        other => Fault::damaged(format!("the image cannot be decoded: {other}")),
    }
}
