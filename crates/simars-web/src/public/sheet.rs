//! The image of a page, with boxes over the words that were searched for.

use simars_record::{Document, Evidence, Layout, WordBox};

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
pub(crate) struct Sheet {
    pub(crate) src: String,
    pub(crate) srcset: String,
    /// The images for a narrow screen.
    pub(crate) narrow: String,
    /// The largest image, to look at closely.
    pub(crate) large: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) alt: String,
    /// Boxes in ten-thousandths of the image's width and height.
    pub(crate) hits: Vec<Hit>,
}

/// A box over a word.
pub(crate) struct Hit {
    pub(crate) x: u16,
    pub(crate) y: u16,
    pub(crate) width: u16,
    pub(crate) height: u16,
}

/// The image of page `n`.
pub(crate) fn sheet(
    language: Language,
    document: &Document,
    n: u32,
    layout: Option<&Layout>,
    boxes: &[WordBox],
) -> Sheet {
    let image = |width: u32| image_address(&document.id.to_string(), n, width);
    let [_, small, reading, large] = parts::WIDTHS;
    let title = names::shown_title(language, document);
    Sheet {
        src: image(reading),
        srcset: format!("{} {reading}w, {} {large}w", image(reading), image(large)),
        narrow: format!("{} {small}w, {} {reading}w", image(small), image(reading)),
        large: image(large),
        width: reading,
        height: height(reading, layout),
        alt: texts::fill(language, "page.image", &[("n", &n.to_string()), ("title", &title)]),
        hits: boxes.iter().take(BOXES).map(hit).collect(),
    }
}

impl Sheet {
    /// The same image at the addresses of those who work here, below this one.
    pub(crate) fn below(self, base: &str) -> Self {
        let own = |address: &str| {
            let mut parts = address.split("/dokumen/");
            let first = parts.next().unwrap_or_default().to_owned();
            parts.fold(first, |whole, part| {
                let rest = part.split_once('/').map_or("", |(_, rest)| rest);
                format!("{whole}{base}/{rest}")
            })
        };
        Self {
            src: own(&self.src),
            srcset: own(&self.srcset),
            narrow: own(&self.narrow),
            large: own(&self.large),
            ..self
        }
    }
}

/// The boxes of the words that a passage of the page's text touches.
pub(crate) fn evidence_boxes(text: &str, layout: &Layout, evidence: &Evidence) -> Vec<WordBox> {
    let (start, end) = (evidence.start as usize, evidence.end as usize);
    let base = text.as_ptr() as usize;
    // Parts of the text lie within it: the difference of their places is their offset.
    let words = text.split_whitespace().map(|word| {
        let from = word.as_ptr() as usize - base;
        (from, from + word.len())
    });
    let touched = words.zip(&layout.words).filter(|((from, to), _)| *from < end && *to > start);
    touched.map(|(_, place)| *place).collect()
}

/// The address of a page's image in one of the widths there are.
pub(crate) fn image_address(id: &str, n: u32, width: u32) -> String {
    format!("/dokumen/{id}/halaman/{n}/gambar?lebar={width}")
}

fn height(width: u32, layout: Option<&Layout>) -> u32 {
    // A float to integer cast saturates.
    (width as f32 * ratio(layout)).round() as u32
}

/// The height of a page by its width.
pub(crate) fn ratio(layout: Option<&Layout>) -> f32 {
    let size = layout.map(|layout| (layout.width, layout.height));
    let usable = |(width, height): &(f32, f32)| {
        let ratio = height / width;
        ratio.is_finite() && (0.05..20.0).contains(&ratio)
    };
    let (of_width, of_height) = size.filter(usable).unwrap_or(A4);
    of_height / of_width
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
