//! Where the words of a page stand, its tables, and the reading that was not chosen.
//!
//! A layout object is JSON lines, so that it can be read in any year with any tool:
//!
//! ```text
//! {"format":"simars/tata-letak@v1","structure":{…}}
//! {"source":"layer","layout":{"width":595.3,"height":841.9,"words":[[1204,811,1530,946],…]}}
//! {"source":"none"}
//! ```
//!
//! The first line tells the format and what the file says about itself; each further line is one
//! page, in order. The words' texts are not repeated: they are the words of the page's text.

use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Page, SignatureCheck, TextSource};

/// The first line's `format`.
pub const LAYOUT_FORMAT: &str = "simars/tata-letak@v1";

/// Boxes are measured in this many parts of the page's width and height.
pub const PARTS: u16 = 10_000;

/// The layout of one page as it is shown, that is, after its rotation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// The page's width in points (1/72 inch); for an image without a resolution, in pixels.
    pub width: f32,
    /// The page's height in the same unit.
    pub height: f32,
    /// One box for each word of the page's text, in the text's order. A word is what
    /// [`str::split_whitespace`] gives.
    pub words: Vec<WordBox>,
    /// The tables found on the page, from top to bottom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    /// How sure recognition was of the page, 0 to 100; `None` for a text layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// Which engine recognised the page, for example `tesseract 5.3.0 ind`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// The reading of the same page that was not chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Box<Reading>>,
}

/// A reading of a page that is kept beside the chosen one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Where it comes from.
    pub source: TextSource,
    /// Its text.
    pub text: String,
    /// One box for each of its words.
    pub words: Vec<WordBox>,
    /// As in [`Layout::confidence`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// As in [`Layout::engine`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
}

/// A box in [`PARTS`] of the page's width and height, from its upper left corner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WordBox {
    /// The left side.
    pub left: u16,
    /// The upper side.
    pub top: u16,
    /// The right side; never before the left one.
    pub right: u16,
    /// The lower side; never above the upper one.
    pub bottom: u16,
    /// How sure recognition was, 0 to 100; `None` for a word of a text layer.
    pub confidence: Option<u8>,
}

impl WordBox {
    /// A box from lengths in any unit, on a page of the given size in the same unit. What lies
    /// outside of the page is brought to its edge; what is no number becomes zero.
    pub fn on_page(
        (left, top, right, bottom): (f32, f32, f32, f32),
        (width, height): (f32, f32),
        confidence: Option<u8>,
    ) -> Self {
        let part = |value: f32, of: f32| {
            let share = value / of.max(f32::MIN_POSITIVE) * f32::from(PARTS);
            // A float to integer cast saturates, and makes zero of what is no number.
            (share.round() as u16).min(PARTS)
        };
        let (left, right) = (part(left.min(right), width), part(left.max(right), width));
        let (top, bottom) = (part(top.min(bottom), height), part(top.max(bottom), height));
        Self { left, top, right, bottom, confidence }
    }

    /// The smallest box around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
            confidence: self.confidence.min(other.confidence),
        }
    }
}

impl Serialize for WordBox {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let numbers = [self.left, self.top, self.right, self.bottom];
        let mut array =
            serializer.serialize_seq(Some(4 + usize::from(self.confidence.is_some())))?;
        numbers.iter().try_for_each(|number| array.serialize_element(number))?;
        if let Some(confidence) = self.confidence {
            array.serialize_element(&confidence)?;
        }
        array.end()
    }
}

impl<'de> Deserialize<'de> for WordBox {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let numbers = Vec::<u16>::deserialize(deserializer)?;
        let (&[left, top, right, bottom], rest) = numbers
            .split_first_chunk::<4>()
            .ok_or_else(|| serde::de::Error::custom("a box has four sides"))?;
        let confidence = match rest {
            [] => None,
            [confidence @ 0..=100] => Some(*confidence as u8),
            _ => return Err(serde::de::Error::custom("a box has at most one confidence")),
        };
        if left > right || top > bottom || right > PARTS || bottom > PARTS {
            return Err(serde::de::Error::custom("a box lies within the page"));
        }
        Ok(Self { left, top, right, bottom, confidence })
    }
}

/// A table of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Where it stands.
    pub area: WordBox,
    /// Whether lines are drawn around its cells; otherwise its columns are only aligned.
    pub ruled: bool,
    /// Its rows from top to bottom; all have the same number of cells. A cell is one line of
    /// text; one that spans several places has its text in the first of them.
    pub rows: Vec<Vec<String>>,
    /// Cells whose digits recognition is not sure of, or that two readings read differently.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubtful: Vec<Cell>,
    /// Columns whose numbers do not add up to the sum that stands below them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrong_sums: Vec<WrongSum>,
}

/// The place of a cell in [`Table::rows`], counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The row.
    pub row: u32,
    /// The column.
    pub column: u32,
}

/// A sum that is not the sum of what it stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongSum {
    /// Where the stated sum stands.
    pub cell: Cell,
    /// The sum as stated.
    pub stated: i64,
    /// The sum of the numbers.
    pub counted: i64,
}

/// What a file says about itself beside its pages. Nothing of it is believed; it is shown. Only
/// [`Structure::checked`] is not the file's own word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Structure {
    /// The version of the format, for example `PDF 1.7`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format_version: Option<String>,
    /// The program that wrote the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub producer: Option<String>,
    /// The program in which the document was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<String>,
    /// When the file says it was made, as written there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// When the file says it was last changed, as written there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// The archival format that its metadata claims, for example `PDF/A-2b`; not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pdf_a_claim: Option<String>,
    /// Whether it carries XMP metadata (ISO 16684-1).
    pub xmp: bool,
    /// How it is encrypted, for example `RC4 128`, though it opens without a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<String>,
    /// How many signatures are in it; whether they hold is said by `checked`.
    pub signatures: u32,
    /// What came of checking its signatures when it was read; `None` if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<Box<SignatureCheck>>,
    /// How many times it was saved by adding to its end; 1 if never changed so.
    pub revisions: u32,
    /// Its table of contents, in order; at most 1,000 entries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outline: Vec<OutlineEntry>,
    /// The pages' own names where they differ from 1, 2, 3 …; one for each page, or empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub page_labels: Vec<String>,
    /// Files inside the file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// A line of a table of contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutlineEntry {
    /// What it says.
    pub title: String,
    /// How deep it stands, from 0.
    pub level: u8,
    /// The page it leads to, counted from 1, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
}

/// A file inside a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name, without folders.
    pub name: String,
    /// Its size, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// Its type, as found by looking or as stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    structure: Option<Structure>,
}

/// One page's line.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct PageLayout {
    /// Where the page's text comes from.
    pub source: TextSource,
    /// Its layout, if the page has positions.
    #[serde(default)]
    pub layout: Option<Layout>,
}

#[derive(Serialize)]
struct Line<'a> {
    source: TextSource,
    #[serde(skip_serializing_if = "Option::is_none")]
    layout: Option<&'a Layout>,
}

/// The layout object of a file; `None` if it has neither positions nor a structure to tell.
pub fn write_layout(pages: &[Page], structure: Option<&Structure>) -> Option<Vec<u8>> {
    if structure.is_none() && pages.iter().all(|page| page.layout.is_none()) {
        return None;
    }
    let mut bytes = Vec::new();
    let head = Head { format: LAYOUT_FORMAT.to_owned(), structure: structure.cloned() };
    let mut add = |line: Result<String, serde_json::Error>| {
        bytes.extend_from_slice(line.ok()?.as_bytes());
        bytes.push(b'\n');
        Some(())
    };
    add(serde_json::to_string(&head))?;
    for page in pages {
        let line = Line { source: page.source, layout: page.layout.as_deref() };
        add(serde_json::to_string(&line))?;
    }
    Some(bytes)
}

/// Reads one page's line of a layout object; pages are counted from 1.
///
/// `None` if the object has no such page, or is none that this version understands.
pub fn read_layout_page(object: &str, page: u32) -> Option<PageLayout> {
    let mut lines = object.lines();
    let head: Head = serde_json::from_str(lines.next()?).ok()?;
    if head.format != LAYOUT_FORMAT {
        return None;
    }
    serde_json::from_str(lines.nth(page.checked_sub(1)? as usize)?).ok()
}

/// Reads all pages' lines of a layout object, in order.
///
/// `None` if it is no layout object that this version understands.
pub fn read_layout(object: &str) -> Option<(Option<Structure>, Vec<PageLayout>)> {
    let mut lines = object.lines();
    let head: Head = serde_json::from_str(lines.next()?).ok()?;
    if head.format != LAYOUT_FORMAT {
        return None;
    }
    let pages: Result<Vec<_>, _> = lines.map(serde_json::from_str).collect();
    Some((head.structure, pages.ok()?))
}

/// Reads what a layout object tells about the file as a whole.
pub fn read_structure(object: &str) -> Option<Structure> {
    let head: Head = serde_json::from_str(object.lines().next()?).ok()?;
    head.structure.filter(|_| head.format == LAYOUT_FORMAT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn boxed(sides: (f32, f32, f32, f32)) -> WordBox {
        WordBox::on_page(sides, (100.0, 200.0), None)
    }

    #[test]
    fn boxes_are_parts_of_the_page() {
        let sides = boxed((10.0, 20.0, 50.0, 40.0));
        assert_eq!(
            (sides.left, sides.top, sides.right, sides.bottom),
            (1_000, 1_000, 5_000, 2_000)
        );
        let outside = boxed((-1.0, -5.0, 900.0, 40.0));
        assert_eq!(boxed((f32::NAN, 0.0, f32::NAN, 0.0)), WordBox::default());
        assert_eq!((outside.left, outside.top, outside.right), (0, 0, PARTS));
    }

    #[test]
    fn a_page_is_found_by_its_number() {
        let layout =
            Layout { width: 100.0, words: vec![boxed((1.0, 1.0, 2.0, 2.0))], ..Layout::default() };
        let pages = [
            Page::new("", TextSource::None),
            Page::new("a", TextSource::Layer).with_layout(layout.clone()),
        ];
        let object = String::from_utf8(write_layout(&pages, None).unwrap()).unwrap();
        assert_eq!(read_layout_page(&object, 1).unwrap().layout, None);
        assert_eq!(read_layout_page(&object, 2).unwrap().layout, Some(layout));
        assert_eq!(read_layout_page(&object, 3), None);
        assert_eq!(read_layout_page(&object, 0), None);
        assert_eq!(read_layout(&object).unwrap().1.len(), 2);
        assert_eq!(read_layout_page(&object.replace("@v1", "@v9"), 1), None);
        assert_eq!(write_layout(&pages[..1], None), None);
    }

    #[test]
    fn a_layout_without_a_box_for_each_word_is_dropped() {
        let page = Page::new("two words", TextSource::Layer);
        let one = Layout { words: vec![WordBox::default()], ..Layout::default() };
        assert_eq!(page.clone().with_layout(one).layout, None);
        let two = Layout { words: vec![WordBox::default(); 2], ..Layout::default() };
        assert!(page.with_layout(two).layout.is_some());
    }

    proptest! {
        #[test]
        fn boxes_survive_their_written_form(
            sides in any::<(f32, f32, f32, f32)>(),
            size in (0.1_f32..2e4, 0.1_f32..2e4),
            confidence in prop::option::of(0_u8..=100),
        ) {
            let sides = WordBox::on_page(sides, size, confidence);
            let json = serde_json::to_string(&sides).unwrap();
            prop_assert_eq!(serde_json::from_str::<WordBox>(&json).unwrap(), sides);
        }

        #[test]
        fn no_line_makes_the_reader_panic(object in any::<String>(), page in any::<u32>()) {
            let _ = read_layout_page(&object, page);
            let _ = read_layout(&format!("{{\"format\":\"{LAYOUT_FORMAT}\"}}\n{object}"));
        }
    }
}
