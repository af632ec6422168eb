//! The pixels of a page.

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, RgbImage};

/// How many channels a picture has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    /// One byte a pixel, 0 is black.
    Gray,
    /// Three bytes a pixel: red, green, blue.
    Rgb,
}

impl Colour {
    /// Bytes of a pixel.
    pub(crate) fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb => 3,
        }
    }
}

/// A picture, row by row from the upper left corner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) colour: Colour,
    /// Exactly `width * height * colour.channels()` bytes.
    pub(crate) points: Vec<u8>,
}

impl Picture {
    /// A picture of red, green, blue and opacity, laid on white. Comes out gray when it has no
    /// colours.
    pub(super) fn over_white(width: u32, height: u32, mut rgba: Vec<u8>) -> Self {
        if rgba.chunks_exact(4).any(|pixel| pixel[3] != 255) {
            for pixel in rgba.chunks_exact_mut(4) {
                let opacity = u16::from(pixel[3]);
                let paper = (255 - opacity) * 255;
                for ink in &mut pixel[..3] {
                    *ink = ((u16::from(*ink) * opacity + paper + 127) / 255) as u8;
                }
            }
        }
        if let Some(points) = gray_only(&rgba, 4) {
            return Self { width, height, colour: Colour::Gray, points };
        }
        let mut points = vec![0; rgba.len() / 4 * 3];
        for (point, pixel) in points.chunks_exact_mut(3).zip(rgba.chunks_exact(4)) {
            point.copy_from_slice(&pixel[..3]);
        }
        Self { width, height, colour: Colour::Rgb, points }
    }

    /// A decoded image, on white.
    pub(super) fn from_decoded(image: DynamicImage) -> Self {
        let (width, height) = (image.width(), image.height());
        match image {
            DynamicImage::ImageLuma8(gray) => {
                Self { width, height, colour: Colour::Gray, points: gray.into_raw() }
            }
            DynamicImage::ImageLuma16(_) => {
                let points = image.into_luma8().into_raw();
                Self { width, height, colour: Colour::Gray, points }
            }
            DynamicImage::ImageRgb8(rgb) => Self::from_colours(width, height, rgb.into_raw()),
            DynamicImage::ImageRgb16(_) | DynamicImage::ImageRgb32F(_) => {
                Self::from_colours(width, height, image.into_rgb8().into_raw())
            }
            _ => Self::over_white(width, height, image.into_rgba8().into_raw()),
        }
    }

    /// A picture of red, green and blue, gray when it has no colours.
    pub(super) fn from_colours(width: u32, height: u32, points: Vec<u8>) -> Self {
        match gray_only(&points, 3) {
            Some(points) => Self { width, height, colour: Colour::Gray, points },
            None => Self { width, height, colour: Colour::Rgb, points },
        }
    }

    /// The picture in gray, as bright as it looks (BT.601, in 1/256).
    pub(super) fn into_gray(mut self) -> Self {
        if self.colour == Colour::Gray {
            return self;
        }
        let pixels = self.points.len() / 3;
        for index in 0..pixels {
            let at = index * 3;
            let part = |offset: usize, share: u32| u32::from(self.points[at + offset]) * share;
            self.points[index] = ((part(0, 77) + part(1, 150) + part(2, 29) + 128) >> 8) as u8;
        }
        self.points.truncate(pixels);
        Self { colour: Colour::Gray, ..self }
    }

    /// The picture turned upright.
    pub(super) fn turned(self, orientation: Orientation) -> Self {
        if orientation == Orientation::NoTransforms {
            return self;
        }
        let (width, height) = (self.width, self.height);
        let image = match self.colour {
            Colour::Gray => GrayImage::from_raw(width, height, self.points).map(Into::into),
            Colour::Rgb => RgbImage::from_raw(width, height, self.points).map(Into::into),
        };
        let mut image: DynamicImage = image.unwrap_or_default();
        image.apply_orientation(orientation);
        let (width, height) = (image.width(), image.height());
        Self { width, height, colour: self.colour, points: image.into_bytes() }
    }
}

/// One byte for each of the pixels of `size` bytes, if all of them are gray.
fn gray_only(pixels: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut each = pixels.chunks_exact(size);
    let gray = each.all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]);
    gray.then(|| pixels.chunks_exact(size).map(|pixel| pixel[0]).collect())
}
