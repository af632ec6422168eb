//! Clean pictures become scans.

use image::GrayImage;
use image::codecs::jpeg::JpegEncoder;

use crate::Result;

/// What happens to a picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Damage {
    pub(crate) name: &'static str,
    /// The largest skew in degrees, to either side.
    pub(crate) skew: f32,
    /// How often it is softened over its neighbours.
    pub(crate) blur: u32,
    /// The spread of the noise, in shades of 256.
    pub(crate) noise: f32,
    /// The quality of the JPEG, 1 to 100.
    pub(crate) quality: u8,
}

/// A scan by a good device.
pub(crate) const SCAN: Damage =
    Damage { name: "scan", skew: 0.3, blur: 0, noise: 6.0, quality: 75 };
/// A bad, skewed copy.
pub(crate) const BAD: Damage = Damage { name: "bad", skew: 3.0, blur: 1, noise: 14.0, quality: 40 };

/// Chance that can be repeated (xorshift by Marsaglia).
#[derive(Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 0 up to `most`, without it.
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        (self.next() >> 11) % most.max(1)
    }

    /// From -1 to 1, evenly.
    fn even(&mut self) -> f32 {
        self.below(1 << 20) as f32 / (1 << 19) as f32 - 1.0
    }

    /// Nearly normal, spread 1: four even ones added.
    fn normal(&mut self) -> f32 {
        (0..4).map(|_| self.even()).sum::<f32>() * 0.866
    }
}

/// The spoiled picture as a JPEG file.
pub(crate) fn jpeg(picture: &GrayImage, damage: Damage, chance: &mut Chance) -> Result<Vec<u8>> {
    let mut picture = skewed(picture, chance.even() * damage.skew);
    (0..damage.blur).for_each(|_| picture = softened(&picture));
    for point in picture.iter_mut() {
        // Paper is not quite white and ink not quite black.
        let shade = 25.0 + f32::from(*point) * 0.86 + chance.normal() * damage.noise;
        *point = shade.clamp(0.0, 255.0) as u8;
    }
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, damage.quality).encode_image(&picture)?;
    Ok(bytes)
}

fn skewed(picture: &GrayImage, degrees: f32) -> GrayImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (width, height) = picture.dimensions();
    let (middle_x, middle_y) = (width as f32 / 2.0, height as f32 / 2.0);
    GrayImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (x as f32 - middle_x, y as f32 - middle_y);
        let (at_x, at_y) = (middle_x + dx * cos + dy * sin, middle_y - dx * sin + dy * cos);
        let (left, top) = (at_x.floor(), at_y.floor());
        let (right, down) = (at_x - left, at_y - top);
        let shade = |x: f32, y: f32| {
            let inside = x >= 0.0 && y >= 0.0 && x < width as f32 && y < height as f32;
            if inside { f32::from(picture.get_pixel(x as u32, y as u32).0[0]) } else { 255.0 }
        };
        let upper = shade(left, top) * (1.0 - right) + shade(left + 1.0, top) * right;
        let lower = shade(left, top + 1.0) * (1.0 - right) + shade(left + 1.0, top + 1.0) * right;
        image::Luma([(upper * (1.0 - down) + lower * down) as u8])
    })
}

/// Every point mixed with its eight neighbours, the near ones more (1 2 1 in both directions).
fn softened(picture: &GrayImage) -> GrayImage {
    let (width, height) = picture.dimensions();
    GrayImage::from_fn(width, height, |x, y| {
        let mut sum = 0_u32;
        for (dx, dy) in (0..9).map(|at| (at % 3, at / 3)) {
            let near_x = (x + dx).saturating_sub(1).min(width - 1);
            let near_y = (y + dy).saturating_sub(1).min(height - 1);
            let weight = (2 - u32::from(dx != 1)) * (2 - u32::from(dy != 1));
            sum += weight * u32::from(picture.get_pixel(near_x, near_y).0[0]);
        }
        image::Luma([(sum / 16) as u8])
    })
}
