//! Pages as image files, made in the child and checked by the parent.

use std::fs::File;
use std::io;

use simars_record::{Finding, FindingCode};

use crate::answer::Work;
use crate::extractor::memory_file;
use crate::raster::{self, Size};
use crate::{Extractor, Kind};

/// The most bytes of a page image.
pub(crate) const MOST_BYTES: usize = 8 << 20;

/// The widest image that is made, in pixels.
const MOST_WIDTH: u32 = 4000;

/// The first byte of a child's answer: a finding in JSON follows, or the image.
const FINDING: u8 = 0;
const IMAGE: u8 = 1;

/// The image of one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageImage {
    /// `image/png` or `image/jpeg`.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl PageImage {
    /// Recognises a page image by its first and last bytes; `None` for anything else, and for one
    /// that is cut.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        if bytes.len() > MOST_BYTES {
            return None;
        }
        let (media_type, (width, height)) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            ("image/png", png_size(&bytes)?)
        } else {
            ("image/jpeg", jpeg_size(&bytes)?)
        };
        let possible = 1..=16_384;
        let sized = possible.contains(&width) && possible.contains(&height);
        sized.then_some(Self { media_type, bytes, width, height })
    }
}

/// Whether files of this media type have pages to look at.
pub(crate) fn kind_of(media_type: &str) -> Option<Kind> {
    match media_type {
        "application/pdf" => Some(Kind::Pdf),
        "image/jpeg" | "image/png" | "image/gif" | "image/webp" => Some(Kind::Image),
        "image/tiff" => Some(Kind::Tiff),
        _ => None,
    }
}

impl Extractor {
    /// Draws one page, counted from 1, of a PDF or an image, `width` pixels wide (an image that is
    /// smaller stays as it is, and a page that is very tall becomes narrower). A child process
    /// draws, at low priority.
    ///
    /// # Errors
    /// The finding: files of this media type have no pages to look at, the page cannot be drawn,
    /// or the limits are reached.
    pub fn page_image(
        &self,
        file: &File,
        media_type: &str,
        page: u32,
        width: u32,
    ) -> Result<PageImage, Finding> {
        let Some(kind) = kind_of(media_type) else {
            let detail = format!("files of the type {media_type} have no page images");
            return Err(Finding::page(FindingCode::Unsupported, page, detail));
        };
        let work = Work::Image { page, width: width.clamp(1, MOST_WIDTH) };
        let answer = self.have_done(file, kind, work, |body| decode(body, page));
        answer.unwrap_or_else(|finding| Err(Finding { page: Some(page), ..finding }))
    }

    /// [`Extractor::page_image`] for a PDF whose bytes are in memory.
    ///
    /// # Errors
    /// As there.
    pub fn page_image_of_pdf(
        &self,
        pdf: &[u8],
        page: u32,
        width: u32,
    ) -> Result<PageImage, Finding> {
        let file = memory_file(pdf).map_err(|error| {
            let detail = format!("the page could not be drawn: {error}");
            Finding::page(FindingCode::ReaderFailed, page, detail)
        })?;
        self.page_image(&file, "application/pdf", page, width)
    }
}

/// The child's side: the body of its answer.
pub(crate) fn draw(bytes: Vec<u8>, kind: Kind, page: u32, width: u32) -> io::Result<Vec<u8>> {
    let finding = match raster::page_file(bytes, kind, page, Size::Width(width)) {
        Ok(file) if file.len() <= MOST_BYTES => return Ok([&[IMAGE], file.as_slice()].concat()),
        Ok(file) => {
            let detail = format!("the page image has {} bytes; limit {MOST_BYTES}", file.len());
            Finding::page(FindingCode::LimitReached, page, detail)
        }
        Err(finding) => finding,
    };
    let mut body = vec![FINDING];
    serde_json::to_writer(&mut body, &finding)?;
    Ok(body)
}

/// The parent's side: the image, or the finding that the child has about the page.
fn decode(body: &[u8], page: u32) -> Result<Result<PageImage, Finding>, &'static str> {
    let (kind, rest) = body.split_first().ok_or("the answer is empty")?;
    match *kind {
        IMAGE => {
            let image = PageImage::from_bytes(rest.to_vec());
            image.map(Ok).ok_or("the answer is no page image")
        }
        FINDING => {
            let finding: Finding =
                serde_json::from_slice(rest).map_err(|_| "the finding is not readable")?;
            let detail = finding.detail.chars().filter(|character| !character.is_control());
            Ok(Err(Finding::page(finding.code, page, detail.take(300).collect::<String>())))
        }
        _ => Err("the answer is not possible"),
    }
}

/// Width and height of a PNG (its first chunk must be the header), and whether its end is there.
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let whole = bytes.get(12..16)? == b"IHDR" && bytes.ends_with(b"IEND\xae\x42\x60\x82");
    whole.then_some((number(16)?, number(20)?))
}

/// Width and height of a JPEG, from its frame header (ITU-T T.81, B.2.2), and whether its end is
/// there.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if !bytes.starts_with(&[0xff, 0xd8]) || !bytes.ends_with(&[0xff, 0xd9]) {
        return None;
    }
    let number = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let mut at = 2;
    loop {
        let [mark, kind] = *bytes.get(at..at + 2)? else { return None };
        match (mark, kind) {
            (0xff, 0xc0..=0xc2) => {
                return Some((u32::from(number(at + 7)?), u32::from(number(at + 5)?)));
            }
            // The picture itself begins without a frame.
            (0xff, 0xda) => return None,
            (0xff, _) => at += 2 + usize::from(number(at + 2)?.max(2)),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::jpeg::JpegEncoder;
    use image::codecs::png::PngEncoder;
    use image::{ExtendedColorType, ImageEncoder};

    fn files() -> [(Vec<u8>, &'static str); 2] {
        let (mut png, mut jpeg) = (Vec::new(), Vec::new());
        let points = [7; 30 * 20];
        PngEncoder::new(&mut png).write_image(&points, 30, 20, ExtendedColorType::L8).unwrap();
        JpegEncoder::new(&mut jpeg).write_image(&points, 30, 20, ExtendedColorType::L8).unwrap();
        [(png, "image/png"), (jpeg, "image/jpeg")]
    }

    #[test]
    fn images_are_recognised_and_cut_ones_are_not() {
        for (bytes, media_type) in files() {
            let image = PageImage::from_bytes(bytes.clone()).unwrap();
            assert_eq!((image.media_type, image.width, image.height), (media_type, 30, 20));
            for length in 0..bytes.len() {
                assert_eq!(PageImage::from_bytes(bytes[..length].to_vec()), None);
            }
            for lie in [0_u8, 0xff] {
                let mut lying = bytes.clone();
                lying[..12].fill(lie);
                assert_eq!(PageImage::from_bytes(lying), None);
            }
        }
        assert_eq!(PageImage::from_bytes(vec![0xff; 100]), None);
    }

    #[test]
    fn an_answer_is_believed_only_when_it_is_possible() {
        let [(png, _), _] = files();
        assert!(decode(&[&[IMAGE], png.as_slice()].concat(), 1).unwrap().is_ok());
        for wrong in [&[][..], &[IMAGE], &[FINDING], &[FINDING, b'{'], &[7], &png] {
            assert!(decode(wrong, 1).is_err());
        }
        let mut body = draw(b"no pdf".to_vec(), Kind::Pdf, 3, 240).unwrap();
        let finding = decode(&body, 3).unwrap().unwrap_err();
        assert_eq!((finding.code, finding.page), (FindingCode::Damaged, Some(3)));
        body[0] = IMAGE;
        assert!(decode(&body, 3).is_err());
    }
}
