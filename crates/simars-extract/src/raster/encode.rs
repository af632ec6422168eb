//! A picture as a file for browsers: PNG with few colours for writing, JPEG for photographs.
//!
//! Measured on 30 real pages of 1,000 pixels' width: a page of writing in 16 levels of gray takes
//! 53 KB as PNG and 148 KB as JPEG of quality 75, is crisper, and costs a third of the time; a
//! scan takes 75 KB instead of 141. WebP without loss takes 116 and 145 KB. A photograph shows
//! bands in so few colours and becomes a JPEG.

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use png::{BitDepth, ColorType, Compression, Encoder, Filter};
use simars_record::FindingCode;

use super::Fault;
use super::picture::{Colour, Picture};

/// Writing stands on paper: so much of a page has the one most frequent colour. Pages of writing
/// measured .71 and more, scans included, pages of photographs .56 and less.
const PAPER_SHARE: f64 = 0.65;

/// The quality of photographs, of 100.
const JPEG_QUALITY: u8 = 78;

/// Colours that a byte can name.
const MOST_COLOURS: usize = 256;

/// Each channel in 4 bits gives so many colours.
const CODES: usize = 1 << 12;

/// The picture as a PNG or JPEG file.
pub(super) fn encode(picture: &Picture) -> Result<Vec<u8>, Fault> {
    let codes = codes(picture);
    let mut counts = vec![0_u32; CODES];
    for &code in &codes {
        counts[usize::from(code)] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    if f64::from(most) < PAPER_SHARE * codes.len() as f64 {
        return jpeg(picture);
    }
    png(picture.width, picture.height, &codes, &Palette::new(&counts))
}

fn failed(error: impl std::fmt::Display) -> Fault {
    Fault::new(FindingCode::ReaderFailed, format!("the page image could not be written: {error}"))
}

/// Each pixel in 4 bits a channel: `0xrgb`.
fn codes(picture: &Picture) -> Vec<u16> {
    let level = |byte: u8| (u16::from(byte) * 15 + 127) / 255;
    match picture.colour {
        Colour::Gray => picture.points.iter().map(|&gray| level(gray) * 0x111).collect(),
        Colour::Rgb => {
            let pixels = picture.points.chunks_exact(3);
            pixels.map(|rgb| level(rgb[0]) << 8 | level(rgb[1]) << 4 | level(rgb[2])).collect()
        }
    }
}

/// The most frequent colours, and which of them each code is shown as.
struct Palette {
    colours: Vec<u16>,
    index: Vec<u8>,
}

impl Palette {
    fn new(counts: &[u32]) -> Self {
        let mut used: Vec<u16> =
            (0..CODES as u16).filter(|&code| counts[usize::from(code)] > 0).collect();
        used.sort_by_key(|&code| std::cmp::Reverse(counts[usize::from(code)]));
        let colours = &used[..used.len().min(MOST_COLOURS)];
        let mut index = vec![0; CODES];
        for &code in &used {
            let nearest = (0..colours.len()).min_by_key(|&at| distance(code, colours[at]));
            index[usize::from(code)] = nearest.unwrap_or(0) as u8;
        }
        Self { colours: colours.to_vec(), index }
    }
}

fn channels(code: u16) -> [u8; 3] {
    [code >> 8, code >> 4 & 15, code & 15].map(|level| level as u8)
}

fn distance(one: u16, other: u16) -> u32 {
    let pairs = channels(one).into_iter().zip(channels(other));
    pairs.map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
}

fn png(width: u32, height: u32, codes: &[u16], palette: &Palette) -> Result<Vec<u8>, Fault> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(ColorType::Indexed);
    let colours = palette.colours.iter().flat_map(|&code| channels(code));
    encoder.set_palette(colours.map(|level| level * 17).collect::<Vec<u8>>());
    encoder.set_compression(Compression::Balanced);
    // Differences between neighbours mean nothing where numbers name colours.
    encoder.set_filter(Filter::NoFilter);
    let index = |code: u16| palette.index[usize::from(code)];
    let data = if palette.colours.len() <= 16 {
        encoder.set_depth(BitDepth::Four);
        let mut data = Vec::with_capacity(codes.len() / 2 + height as usize);
        for row in codes.chunks(width as usize) {
            let mut pairs = row.chunks_exact(2);
            data.extend(pairs.by_ref().map(|pair| index(pair[0]) << 4 | index(pair[1])));
            data.extend(pairs.remainder().iter().map(|&code| index(code) << 4));
        }
        data
    } else {
        encoder.set_depth(BitDepth::Eight);
        codes.iter().map(|&code| index(code)).collect::<Vec<u8>>()
    };
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&data).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(file)
}

fn jpeg(picture: &Picture) -> Result<Vec<u8>, Fault> {
    let colour = match picture.colour {
        Colour::Gray => ExtendedColorType::L8,
        Colour::Rgb => ExtendedColorType::Rgb8,
    };
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY)
        .encode(&picture.points, picture.width, picture.height, colour)
        .map_err(failed)?;
    Ok(file)
}
