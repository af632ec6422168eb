//! What reading a file gives: pages of text, and findings for what could not be read.

use serde::{Deserialize, Serialize};

use crate::layout::{Layout, Structure, write_layout};

/// Separates pages in a text object and in the plain-text download. A page's own text never
/// holds one.
pub const PAGE_BREAK: char = '\u{c}';

/// One page of text, in reading order, lines ended by `\n`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The page's text; empty when none could be read.
    pub text: String,
    /// Where the text comes from.
    pub source: TextSource,
    /// Where its words stand, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<Box<Layout>>,
    /// Whether the page is to be recognised: it is an image, or its text layer cannot be used or
    /// comes from a recognition of unknown quality.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recognise: bool,
}

impl Page {
    /// A page with the characters taken out that have no place in text: the page break, NUL and
    /// other control characters except line feed and tab.
    pub fn new(text: &str, source: TextSource) -> Self {
        let text: String = text
            .chars()
            .filter(|&character| !character.is_control() || matches!(character, '\n' | '\t'))
            .collect();
        let source = if text.trim().is_empty() { TextSource::None } else { source };
        Self { text, source, layout: None, recognise: false }
    }

    /// The page with the places of its words. A layout that has not one box for each word is
    /// dropped: it would point at the wrong ones.
    #[must_use]
    pub fn with_layout(mut self, layout: Layout) -> Self {
        let sized = layout.width.is_finite() && layout.height.is_finite();
        let whole = sized && self.text.split_whitespace().count() == layout.words.len();
        self.layout = whole.then(|| Box::new(layout));
        self
    }

    /// Whether the page has any text to search.
    pub fn has_text(&self) -> bool {
        self.source != TextSource::None
    }
}

/// Where a page's text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextSource {
    /// The text the file itself carries.
    Layer,
    /// Optical character recognition.
    Ocr,
    /// No text could be read.
    None,
}

/// What was noticed while reading a file. Findings never stop a registration; they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of thing was noticed.
    pub code: FindingCode,
    /// The page, counted from 1; `None` when it concerns the whole file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// What exactly, in one English line for logs and the API.
    pub detail: String,
}

impl Finding {
    /// A finding about the whole file.
    pub fn file(code: FindingCode, detail: impl Into<String>) -> Self {
        Self { code, page: None, detail: detail.into() }
    }

    /// A finding about one page, counted from 1.
    pub fn page(code: FindingCode, page: u32, detail: impl Into<String>) -> Self {
        Self { code, page: Some(page), detail: detail.into() }
    }
}

/// The kinds of findings. The interface has a sentence for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingCode {
    /// A page has no text yet (a scan waiting for recognition).
    NoText,
    /// The file is locked with a password.
    Encrypted,
    /// The file is damaged; what could be read was read.
    Damaged,
    /// Reading took too long and was stopped.
    TimedOut,
    /// Reading needed too much memory or crashed.
    ReaderFailed,
    /// The name says one type, the content another.
    TypeMismatch,
    /// The first reader failed and a simpler one answered.
    FallbackReader,
    /// The character encoding was guessed.
    EncodingGuessed,
    /// This type of file cannot be read for text.
    Unsupported,
    /// A limit on pages, size or expansion was reached; the rest was not read.
    LimitReached,
    /// A page's letters carry no usable character codes.
    UnmappedGlyphs,
    /// A page waits for recognition, and no engine is installed.
    RecognitionMissing,
    /// Recognition could not read a page.
    RecognitionFailed,
    /// Recognition read a page, but is not sure of it.
    Doubtful,
    /// Digits of a table are doubtful.
    DoubtfulDigits,
    /// The numbers of a table's column do not add up to the sum stated below them.
    WrongSum,
    /// The file carries a text layer that is worse than what recognition read; both are kept.
    LayerReplaced,
    /// Files inside the file were not read.
    Attachments,
    /// A sheet or slide that the file hides; it was read like the others.
    Hidden,
    /// All text was read, but where its words stand is known for the first pages only.
    Unplaced,
    /// Separator sheets lie in it, but it was filed as one document.
    NotSplit,
}

impl FindingCode {
    /// All codes, for tables that must cover them.
    pub const ALL: [Self; 21] = [
        Self::NoText,
        Self::Encrypted,
        Self::Damaged,
        Self::TimedOut,
        Self::ReaderFailed,
        Self::TypeMismatch,
        Self::FallbackReader,
        Self::EncodingGuessed,
        Self::Unsupported,
        Self::LimitReached,
        Self::UnmappedGlyphs,
        Self::RecognitionMissing,
        Self::RecognitionFailed,
        Self::Doubtful,
        Self::DoubtfulDigits,
        Self::WrongSum,
        Self::LayerReplaced,
        Self::Attachments,
        Self::Hidden,
        Self::Unplaced,
        Self::NotSplit,
    ];

    /// The written form, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoText => "no-text",
            Self::Encrypted => "encrypted",
            Self::Damaged => "damaged",
            Self::TimedOut => "timed-out",
            Self::ReaderFailed => "reader-failed",
            Self::TypeMismatch => "type-mismatch",
            Self::FallbackReader => "fallback-reader",
            Self::EncodingGuessed => "encoding-guessed",
            Self::Unsupported => "unsupported",
            Self::LimitReached => "limit-reached",
            Self::UnmappedGlyphs => "unmapped-glyphs",
            Self::RecognitionMissing => "recognition-missing",
            Self::RecognitionFailed => "recognition-failed",
            Self::Doubtful => "doubtful",
            Self::DoubtfulDigits => "doubtful-digits",
            Self::WrongSum => "wrong-sum",
            Self::LayerReplaced => "layer-replaced",
            Self::Attachments => "attachments",
            Self::Hidden => "hidden",
            Self::Unplaced => "unplaced",
            Self::NotSplit => "not-split",
        }
    }
}

/// All that was read from one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Extracted {
    /// The type found by looking at the content, for example `application/pdf`.
    pub media_type: String,
    /// The pages in order. A file that cannot be read has none.
    pub pages: Vec<Page>,
    /// What was noticed.
    pub findings: Vec<Finding>,
    /// The title that the file's own metadata carries, if any.
    pub embedded_title: Option<String>,
    /// Which reader answered, for example `hayro` or `docx`.
    pub reader: String,
    /// What the file says about itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub structure: Option<Box<Structure>>,
}

impl Extracted {
    /// How many pages have no text.
    pub fn pages_without_text(&self) -> u32 {
        self.pages.iter().filter(|page| !page.has_text()).count() as u32
    }

    /// The numbers of the pages that are to be recognised, counted from 1.
    pub fn pages_to_recognise(&self) -> Vec<u32> {
        let numbered = self.pages.iter().zip(1..);
        numbered.filter_map(|(page, number)| page.recognise.then_some(number)).collect()
    }

    /// The layout object (see [`crate::layout`]), if there is anything to say in it.
    pub fn layout_object(&self) -> Option<Vec<u8>> {
        write_layout(&self.pages, self.structure.as_deref())
    }

    /// The text object: all pages, separated by [`PAGE_BREAK`]. For a one-page UTF-8 text this
    /// is the text itself.
    pub fn joined_text(&self) -> String {
        let capacity = self.pages.iter().map(|page| page.text.len() + 1).sum();
        let mut joined = String::with_capacity(capacity);
        for (index, page) in self.pages.iter().enumerate() {
            if index > 0 {
                joined.push(PAGE_BREAK);
            }
            joined.push_str(&page.text);
        }
        joined
    }
}

/// The pages of a text object, in order.
pub fn split_pages(text: &str) -> impl Iterator<Item = &str> {
    text.split(PAGE_BREAK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_code_has_its_written_form() {
        for code in FindingCode::ALL {
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, format!("{:?}", code.as_str()));
        }
    }

    #[test]
    fn a_blank_page_has_no_text() {
        assert!(!Page::new(" \n\t", TextSource::Layer).has_text());
        assert!(Page::new("x", TextSource::Layer).has_text());
    }

    proptest! {
        #[test]
        fn pages_survive_joining(texts in prop::collection::vec(any::<String>(), 1..8)) {
            let pages: Vec<Page> =
                texts.iter().map(|text| Page::new(text, TextSource::Layer)).collect();
            let extracted = Extracted {
                media_type: "text/plain".to_owned(),
                pages: pages.clone(),
                findings: Vec::new(),
                embedded_title: None,
                reader: "text".to_owned(),
                structure: None,
            };
            let joined = extracted.joined_text();
            let split: Vec<&str> = split_pages(&joined).collect();
            let expected: Vec<&str> = pages.iter().map(|page| page.text.as_str()).collect();
            prop_assert_eq!(split, expected);
        }
    }
}
