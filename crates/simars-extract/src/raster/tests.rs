//! Tests of pages as pixels, with files made here.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageFormat, RgbaImage};

use super::picture::Colour;
use super::*;

/// A PDF of one page of this size, whose lower half is black and whose upper left quarter is red.
fn pdf(width: f32, height: f32) -> Vec<u8> {
    let (half_width, half_height) = (width / 2.0, height / 2.0);
    let drawing = format!(
        "0 g 0 0 {width} {half_height} re f 1 0 0 rg 0 {half_height} {half_width} {half_height} re f"
    );
    let page =
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R >>");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        page,
        format!("<< /Length {} >>\nstream\n{drawing}\nendstream", drawing.len()),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = file.len();
    file += "xref\n0 5\n0000000000 65535 f \n";
    for offset in offsets {
        file += &format!("{offset:010} 00000 n \n");
    }
    file += &format!("trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.into_bytes()
}

fn point(picture: &Picture, x: u32, y: u32) -> &[u8] {
    let channels = picture.colour.channels();
    let at = (y * picture.width + x) as usize * channels;
    &picture.points[at..at + channels]
}

#[test]
fn a_pdf_page_is_drawn_in_the_size_that_is_wanted() {
    let picture = page(pdf(200.0, 300.0), Kind::Pdf, 1, Size::Width(240)).unwrap();
    assert_eq!((picture.width, picture.height, picture.colour), (240, 360, Colour::Rgb));
    assert_eq!(picture.points.len(), 240 * 360 * 3);
    assert_eq!(point(&picture, 20, 20), [255, 0, 0]);
    assert_eq!(point(&picture, 220, 20), [255; 3]);
    assert_eq!(point(&picture, 20, 340), [0; 3]);
    let picture = page(pdf(200.0, 300.0), Kind::Pdf, 1, Size::Dpi(144.0)).unwrap();
    assert_eq!((picture.width, picture.height), (400, 600));
    let gray = gray(picture);
    assert_eq!((gray.width, gray.height, gray.points.len()), (400, 600, 240_000));
    assert_eq!((gray.points[0], gray.points[399], gray.points[239_999]), (77, 255, 0));
}

#[test]
fn huge_and_impossible_pages_are_bounded_or_refused() {
    let poster = page(pdf(9_000.0, 300.0), Kind::Pdf, 1, Size::Dpi(200.0)).unwrap();
    assert_eq!((poster.width, poster.height), (16_000, 533));
    for (width, height) in [(1e6, 1e6), (2e5, 10.0)] {
        let finding = page(pdf(width, height), Kind::Pdf, 1, Size::Width(240)).unwrap_err();
        assert_eq!((finding.code, finding.page), (FindingCode::Damaged, Some(1)));
    }
    assert_eq!(bounded(1e9, 1e9), (6325, 6325));
}

#[test]
fn what_has_no_such_page_is_a_finding() {
    let finding = page(pdf(200.0, 300.0), Kind::Pdf, 2, Size::Width(240)).unwrap_err();
    assert_eq!(finding.code, FindingCode::Damaged);
    assert_eq!(finding.detail, "there is no page 2; the file has 1");
    assert!(page(pdf(200.0, 300.0), Kind::Pdf, 0, Size::Width(240)).is_err());
    assert!(page(png(&quarters()), Kind::Image, 2, Size::Width(240)).is_err());
    let finding = page(b"teks".to_vec(), Kind::Text, 1, Size::Width(240)).unwrap_err();
    assert_eq!(finding.code, FindingCode::Unsupported);
    for kind in [Kind::Pdf, Kind::Image, Kind::Tiff] {
        assert!(page(b"II*\0garbage".to_vec(), kind, 1, Size::Width(240)).is_err());
    }
}

/// 40 × 20 pixels: left red, right blue, below the middle half transparent.
fn quarters() -> RgbaImage {
    RgbaImage::from_fn(40, 20, |x, y| {
        let opacity = if y < 10 { 255 } else { 0 };
        if x < 20 { [255, 0, 0, opacity] } else { [0, 0, 255, opacity] }.into()
    })
}

fn png(image: &RgbaImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn an_image_lies_on_white_and_never_grows() {
    let mut files = vec![png(&quarters())];
    for format in [ImageFormat::Gif, ImageFormat::WebP] {
        let mut bytes = Cursor::new(Vec::new());
        quarters().write_to(&mut bytes, format).unwrap();
        files.push(bytes.into_inner());
    }
    for bytes in files {
        let picture = page(bytes.clone(), Kind::Image, 1, Size::Width(1000)).unwrap();
        assert_eq!((picture.width, picture.height), (40, 20));
        assert_eq!(point(&picture, 3, 3), [255, 0, 0]);
        assert_eq!(point(&picture, 33, 3), [0, 0, 255]);
        assert_eq!(point(&picture, 3, 13), [255; 3]);
        let small = page(bytes, Kind::Image, 1, Size::Width(4)).unwrap();
        assert_eq!((small.width, small.height), (4, 2));
        assert_eq!(point(&small, 1, 0), [255, 0, 0]);
        assert_eq!(point(&small, 2, 0), [0, 0, 255]);
    }
}

#[test]
fn a_turned_photograph_is_set_upright() {
    // Exif: little-endian, one entry, orientation (0x0112), short, one value: 6, turned to the
    // left and to be turned right.
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let rgb: Vec<u8> = (0..20 * 40)
        .flat_map(|index| if index % 40 < 20 { [255, 0, 0] } else { [0, 0, 255] })
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    encoder.set_exif_metadata(exif.to_vec()).unwrap();
    encoder.write_image(&rgb, 40, 20, ExtendedColorType::Rgb8).unwrap();
    let picture = page(bytes, Kind::Image, 1, Size::Width(1000)).unwrap();
    assert_eq!((picture.width, picture.height), (20, 40));
    let (top, below) = (point(&picture, 10, 3), point(&picture, 10, 36));
    assert!(top[0] > 200 && top[2] < 60, "{top:?}");
    assert!(below[2] > 200 && below[0] < 60, "{below:?}");
}

#[test]
fn gray_stays_gray_and_means_are_right() {
    let rgba = RgbaImage::from_fn(6, 2, |x, _| {
        let level = [0, 90, 30][x as usize % 3];
        [level, level, level, 255].into()
    });
    let picture = page(png(&rgba), Kind::Image, 1, Size::Width(2)).unwrap();
    assert_eq!((picture.width, picture.height, picture.colour), (2, 1, Colour::Gray));
    assert_eq!(picture.points, [40, 40]);
    let uneven =
        Picture { width: 5, height: 1, colour: Colour::Gray, points: vec![0, 0, 100, 200, 200] };
    assert_eq!(shrink::shrink(uneven, 2, 1).points, [20, 180]);
}

#[test]
fn recognition_gets_a_scan_in_its_resolution() {
    // 300 dots per inch on paper of 13 inches.
    assert_eq!(image_target(2550, 3900, 1.0, Size::Dpi(200.0)), (1700, 2600));
    // Legal paper at that very resolution, which is longer than it is taken for.
    assert_eq!(image_target(1700, 2800, 1.0, Size::Dpi(200.0)), (1700, 2800));
    // Smaller than that stays as it is.
    assert_eq!(image_target(600, 800, 1.0, Size::Dpi(200.0)), (600, 800));
    // A coarse fax: 204 × 98 dots per inch.
    let (width, height) = image_target(1728, 1078, 204.0 / 98.0, Size::Dpi(200.0));
    assert_eq!((width, height), (830, 1078));
}

/// Entries of a page: tag, type, count, value.
type Entries = Vec<(u16, u16, u32, u32)>;

/// Writes a TIFF: for each page its entries and its one strip.
fn tiff(pages: &[(Entries, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for (entries, strip) in pages {
        let data = bytes.len() as u32;
        bytes.extend_from_slice(strip);
        bytes.resize(bytes.len().next_multiple_of(2), 0);
        let directory = bytes.len() as u32;
        bytes[link..link + 4].copy_from_slice(&directory.to_le_bytes());
        let mut entries = entries.clone();
        entries.push((273, 4, 1, data));
        entries.push((279, 4, 1, strip.len() as u32));
        entries.sort_unstable();
        bytes.extend_from_slice(&(entries.len() as u16).to_le_bytes());
        for (tag, kind, count, value) in entries {
            bytes.extend_from_slice(&tag.to_le_bytes());
            bytes.extend_from_slice(&kind.to_le_bytes());
            bytes.extend_from_slice(&count.to_le_bytes());
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        link = bytes.len();
        bytes.extend_from_slice(&[0; 4]);
    }
    bytes
}

fn entries(width: u32, height: u32, bits: u32, compression: u32, photometric: u32) -> Entries {
    vec![
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, bits),
        (259, 3, 1, compression),
        (262, 3, 1, photometric),
        (277, 3, 1, 1),
        (278, 4, 1, height),
    ]
}

#[test]
fn each_page_of_a_tiff_is_drawn() {
    // Two white lines of 16 pixels in the code of ITU-T T.6: V0 for each (a single 1), then the
    // end of the block.
    let white = vec![0b1100_0000, 0b0000_0100, 0b0000_0000, 0b0100_0000];
    let file = tiff(&[
        (entries(10, 2, 1, 1, 1), vec![0b1010_0000, 0b0100_0000, 0, 0]),
        (entries(3, 1, 8, 1, 0), vec![255, 0, 55]),
        (entries(16, 2, 1, 4, 0), white),
        (entries(3, 1, 4, 1, 1), vec![0x0f, 0x80]),
    ]);
    let draw = |page_number| page(file.clone(), Kind::Tiff, page_number, Size::Width(500));
    let first = draw(1).unwrap();
    assert_eq!((first.width, first.height, first.colour), (10, 2, Colour::Gray));
    assert_eq!(first.points[..10], [255, 0, 255, 0, 0, 0, 0, 0, 0, 255]);
    assert_eq!(draw(2).unwrap().points, [0, 255, 200]);
    assert_eq!(draw(3).unwrap().points, [255; 32]);
    assert_eq!(draw(4).unwrap().points, [0, 255, 136]);
    assert_eq!(draw(5).unwrap_err().page, Some(5));
}

#[test]
fn cut_and_lying_files_are_findings() {
    let whole = png(&quarters());
    for length in (0..whole.len() - 16).step_by(7) {
        assert!(page(whole[..length].to_vec(), Kind::Image, 1, Size::Width(9)).is_err());
    }
    let mut huge = whole.clone();
    huge[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
    assert!(page(huge, Kind::Image, 1, Size::Width(9)).is_err());
    let flood = tiff(&[(entries(60_000, 60_000, 8, 1, 1), vec![0; 10])]);
    let finding = page(flood, Kind::Tiff, 1, Size::Width(9)).unwrap_err();
    assert_eq!(finding.code, FindingCode::LimitReached);
}

#[test]
fn writing_becomes_few_colours_and_a_photograph_does_not() {
    let mut points = vec![255; 30 * 20];
    points[7..90].copy_from_slice(&[3, 250, 100, 60].repeat(21)[..83]);
    let writing = Picture { width: 30, height: 20, colour: Colour::Gray, points };
    let file = encode::encode(&writing).unwrap();
    assert!(file.starts_with(b"\x89PNG"));
    let back = page(file, Kind::Image, 1, Size::Width(30)).unwrap();
    assert_eq!(back.colour, Colour::Gray);
    let errors = back.points.iter().zip(&writing.points).map(|(a, b)| a.abs_diff(*b));
    assert!(errors.max().unwrap() <= 8);

    let points = (0..30 * 20).map(|index| (index % 256) as u8).collect();
    let photograph = Picture { points, ..writing };
    assert!(encode::encode(&photograph).unwrap().starts_with(&[0xff, 0xd8]));
}

#[test]
fn rare_colours_become_their_nearest() {
    // All 4,096 colours once, on white.
    let colours = (0..4096_u32).flat_map(|code| [code >> 8, code >> 4 & 15, code & 15]);
    let mut points: Vec<u8> = colours.map(|level| (level * 17) as u8).collect();
    points.resize(64 * 256 * 3, 255);
    let page_picture = Picture { width: 64, height: 256, colour: Colour::Rgb, points };
    let file = encode::encode(&page_picture).unwrap();
    assert!(file.starts_with(b"\x89PNG"));
    let back = page(file, Kind::Image, 1, Size::Width(64)).unwrap();
    assert_eq!(point(&back, 0, 255), [255; 3]);
    let near = point(&back, 63, 63);
    assert_eq!(near, [255; 3]);
}
