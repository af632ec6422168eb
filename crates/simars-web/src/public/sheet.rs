//! The image of a page, with boxes over the words that were searched for.

use simars_record::{Document, Layout, WordBox};

use crate::language::Language;
use crate::{names, parts, texts};

/// The most boxes on one image.
const BOXES: usize = 400;
/// By how much a box is wider than its word on each side, in parts of the page; the box of the
/// next word is not to be touched.
const BESIDE: u16 = 10;
/// By how much it is higher above and below.
const ABOVE: u16 = 20;
/// The proportions of a page that are assumed until the image is there: those of A4.
const A4: (f32, f32) = (595.0, 842.0);

/// A page's image.
pub(super) struct Sheet {
    pub(super) src: String,
    pub(super) srcset: String,
    /// The largest image, to look at closely.
    pub(super) large: String,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) alt: String,
    /// Boxes in ten-thousandths of the image's width and height.
    pub(super) hits: Vec<Hit>,
}

/// A box over a word.
pub(super) struct Hit {
    pub(super) x: u16,
    pub(super) y: u16,
    pub(super) width: u16,
    pub(super) height: u16,
}

/// The image of page `n`.
pub(super) fn sheet(
    language: Language,
    document: &Document,
    n: u32,
    layout: Option<&Layout>,
    boxes: &[WordBox],
) -> Sheet {
    let image = |width: u32| image_address(&document.id.to_string(), n, width);
    let [_, reading, large] = parts::WIDTHS;
    let title = names::title(language, document);
    Sheet {
        src: image(reading),
        srcset: format!("{} {reading}w, {} {large}w", image(reading), image(large)),
        large: image(large),
        width: reading,
        height: height(reading, layout),
        alt: texts::fill(language, "page.image", &[("n", &n.to_string()), ("title", &title)]),
        hits: boxes.iter().take(BOXES).map(hit).collect(),
    }
}

/// The address of a page's image in one of the widths there are.
pub(super) fn image_address(id: &str, n: u32, width: u32) -> String {
    format!("/dokumen/{id}/halaman/{n}/gambar?lebar={width}")
}

fn height(width: u32, layout: Option<&Layout>) -> u32 {
    let size = layout.map(|layout| (layout.width, layout.height));
    let usable = |(width, height): &(f32, f32)| {
        let ratio = height / width;
        ratio.is_finite() && (0.05..20.0).contains(&ratio)
    };
    let (of_width, of_height) = size.filter(usable).unwrap_or(A4);
    // A float to integer cast saturates.
    (width as f32 * of_height / of_width).round() as u32
}

fn hit(word: &WordBox) -> Hit {
    let (x, y) = (word.left.saturating_sub(BESIDE), word.top.saturating_sub(ABOVE));
    Hit {
        x,
        y,
        width: word.right.saturating_add(BESIDE).saturating_sub(x),
        height: word.bottom.saturating_add(ABOVE).saturating_sub(y),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_is_the_layouts_if_it_is_a_shape() {
        let sized = |width, height| Layout { width, height, ..Layout::default() };
        assert_eq!(height(1000, None), 1415);
        assert_eq!(height(1000, Some(&sized(800.0, 400.0))), 500);
        for odd in [sized(0.0, 0.0), sized(1.0, f32::INFINITY), sized(1e9, 1.0)] {
            assert_eq!(height(1000, Some(&odd)), 1415);
        }
    }

    #[test]
    fn a_box_is_a_little_wider_than_its_word() {
        let word = WordBox { left: 10, top: 300, right: 500, bottom: 350, confidence: None };
        let hit = hit(&word);
        assert_eq!((hit.x, hit.y, hit.width, hit.height), (0, 280, 510, 90));
    }
}
