//! A finished page: what is drawn where, and the text it shows.

use super::definition::Paper;
use super::font::Font;

/// A page. Positions are points from the upper left corner.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sheet {
    /// What is drawn, in reading order.
    pub(crate) marks: Vec<Mark>,
    /// The text of the body without page furniture, words separated by single spaces.
    pub(crate) text: String,
    /// The first words of the body, for the catch-word of the page before.
    pub(crate) first_words: String,
}

/// One thing drawn.
#[derive(Debug, Clone)]
pub(crate) enum Mark {
    /// A line of text on its baseline.
    Text(TextMark),
    /// A filled rectangle.
    Bar {
        /// Left edge.
        x: f32,
        /// Upper edge.
        y: f32,
        /// Width.
        width: f32,
        /// Height.
        height: f32,
    },
}

/// A line of text.
#[derive(Debug, Clone)]
pub(crate) struct TextMark {
    /// Where it begins.
    pub(crate) x: f32,
    /// The baseline.
    pub(crate) y: f32,
    /// Its typeface.
    pub(crate) font: Font,
    /// Its size in points.
    pub(crate) size: f32,
    /// What every space is widened by, in points: justified text.
    pub(crate) stretch: f32,
    /// What it says.
    pub(crate) text: String,
}

impl Paper {
    /// Width and height in points.
    pub(crate) fn points(self) -> (f32, f32) {
        match self {
            Self::F4 => (612.0, 936.0),
            Self::A4 => (595.0, 842.0),
            Self::A5 => (420.0, 595.0),
        }
    }
}

impl Sheet {
    /// Adds body text to what the page shows.
    pub(crate) fn say(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.text.is_empty() {
            self.first_words = text.split(' ').take(2).collect::<Vec<_>>().join(" ");
        } else {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }
}
