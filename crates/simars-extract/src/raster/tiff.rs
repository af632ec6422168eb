//! Pages of TIFF files as pixels.

use std::io::Cursor;

use image::metadata::Orientation;
use simars_record::FindingCode;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::file::fitted;
use super::picture::{Colour, Picture};
use super::{Fault, MOST_DECODED_BYTES, Size, check_source};

type Source<'a> = Decoder<Cursor<&'a [u8]>>;

pub(super) fn page(bytes: &[u8], page: u32, size: Size) -> Result<Picture, Fault> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MOST_DECODED_BYTES as usize;
    let mut source = Decoder::new(Cursor::new(bytes)).map_err(fault)?.with_limits(limits);
    let index = (page as usize).checked_sub(1).ok_or_else(|| Fault::no_such_page(0, 1))?;
    source.seek_to_image(index).map_err(fault)?;
    let (width, height) = source.dimensions().map_err(fault)?;
    check_source(width, height)?;

    let orientation = source.find_tag_unsigned::<u16>(Tag::Orientation).ok().flatten();
    let orientation = orientation
        .and_then(|value| Orientation::from_exif(u8::try_from(value).ok()?))
        .unwrap_or(Orientation::NoTransforms);
    let stretch = stretch(&mut source);
    let picture = decoded(&mut source, width, height)?;
    Ok(fitted(picture, orientation, stretch, size))
}

/// How much taller a page is on paper than its pixels say: a coarse fax has twice as many across
/// as down.
fn stretch(source: &mut Source<'_>) -> f64 {
    let across = source.get_tag_f64(Tag::XResolution).unwrap_or(1.0);
    let down = source.get_tag_f64(Tag::YResolution).unwrap_or(1.0);
    let stretch = across / down;
    if (0.25..=4.0).contains(&stretch) { stretch } else { 1.0 }
}

fn decoded(source: &mut Source<'_>, width: u32, height: u32) -> Result<Picture, Fault> {
    let layout = source.image_buffer_layout().map_err(fault)?;
    if layout.planes > 1 {
        return Err(Fault::unsupported("cannot decode: colours in separate planes"));
    }
    let colour = source.colortype().map_err(fault)?;
    let samples = match source.read_image().map_err(fault)? {
        DecodingResult::U8(bytes) => bytes,
        DecodingResult::U16(words) => words.into_iter().map(|word| (word >> 8) as u8).collect(),
        _ => return Err(Fault::unsupported("cannot decode: samples of more than 16 bits")),
    };
    let size = (width, height);
    let picture = match colour {
        ColorType::Gray(bits @ (1 | 2 | 4)) => {
            let most = (1_u16 << bits) - 1;
            let levels: Vec<u8> = (0..=most).map(|level| (level * 255 / most) as u8).collect();
            Picture {
                width,
                height,
                colour: Colour::Gray,
                points: unpacked(&samples, size, bits, |index| levels[index]),
            }
        }
        ColorType::Gray(8 | 16) => Picture { width, height, colour: Colour::Gray, points: samples },
        ColorType::RGB(8 | 16) => Picture::from_colours(width, height, samples),
        ColorType::RGBA(8 | 16) => Picture::over_white(width, height, samples),
        ColorType::GrayA(8 | 16) => {
            let rgba =
                samples.chunks_exact(2).flat_map(|pair| [pair[0], pair[0], pair[0], pair[1]]);
            Picture::over_white(width, height, rgba.collect())
        }
        ColorType::CMYK(8 | 16) => Picture::from_colours(width, height, from_cmyk(&samples)),
        ColorType::YCbCr(8) => Picture::from_colours(width, height, from_ycbcr(samples)),
        ColorType::Palette(bits @ (1 | 2 | 4 | 8)) => {
            let table = palette(source, bits)?;
            let indices = unpacked(&samples, size, bits, |index| index as u8);
            let rgb = indices.iter().flat_map(|&index| table[usize::from(index)]);
            Picture::from_colours(width, height, rgb.collect())
        }
        other => return Err(Fault::unsupported(format!("cannot decode: colours as {other:?}"))),
    };
    if picture.points.len() == width as usize * height as usize * picture.colour.channels() {
        Ok(picture)
    } else {
        Err(Fault::damaged("the image has not as many pixels as it says"))
    }
}

/// The samples of rows that begin at whole bytes, each turned by `value`; the first sample of a
/// byte is in its highest bits.
fn unpacked(packed: &[u8], size: (u32, u32), bits: u8, value: impl Fn(usize) -> u8) -> Vec<u8> {
    let (width, height) = (size.0 as usize, size.1 as usize);
    let bits = usize::from(bits);
    let stride = (width * bits).div_ceil(8);
    let mask = (1_usize << bits) - 1;
    let mut points = Vec::with_capacity(width * height);
    for row in packed.chunks_exact(stride).take(height) {
        points.extend((0..width).map(|column| {
            let bit = column * bits;
            value(usize::from(row[bit / 8]) >> (8 - bits - bit % 8) & mask)
        }));
    }
    points
}

/// The colours of a palette: all reds, all greens, all blues, 16 bits each (TIFF 6.0, section 5).
fn palette(source: &mut Source<'_>, bits: u8) -> Result<Vec<[u8; 3]>, Fault> {
    let table = source.get_tag_u16_vec(Tag::ColorMap).map_err(fault)?;
    let count = 1_usize << bits;
    if table.len() < 3 * count {
        return Err(Fault::damaged("the palette is too short"));
    }
    let level = |index: usize| (table[index] >> 8) as u8;
    Ok((0..count).map(|at| [level(at), level(count + at), level(2 * count + at)]).collect())
}

/// Inks to light, without a profile.
fn from_cmyk(samples: &[u8]) -> Vec<u8> {
    let light = |ink: u8, black: u8| {
        let product = u16::from(255 - ink) * u16::from(255 - black);
        ((product + 127) / 255) as u8
    };
    let pixels = samples.chunks_exact(4);
    pixels.flat_map(|inks| [0, 1, 2].map(|channel| light(inks[channel], inks[3]))).collect()
}

/// Luminance and colour differences to red, green, blue (BT.601, full range), in place.
fn from_ycbcr(mut samples: Vec<u8>) -> Vec<u8> {
    for pixel in samples.chunks_exact_mut(3) {
        let (luma, blue, red) =
            (f32::from(pixel[0]), f32::from(pixel[1]) - 128.0, f32::from(pixel[2]) - 128.0);
        // Casting holds the values between 0 and 255.
        pixel[0] = (luma + 1.402 * red + 0.5) as u8;
        pixel[1] = (luma - 0.344_136 * blue - 0.714_136 * red + 0.5) as u8;
        pixel[2] = (luma + 1.772 * blue + 0.5) as u8;
    }
    samples
}

fn fault(error: TiffError) -> Fault {
    match error {
        TiffError::LimitsExceeded => {
            let detail = format!("decoding the image needs more than {MOST_DECODED_BYTES} bytes");
            Fault::new(FindingCode::LimitReached, detail)
        }
        TiffError::UnsupportedError(what) => Fault::unsupported(format!("cannot decode: {what}")),
        other => Fault::damaged(format!("the image cannot be decoded: {other}")),
    }
}
