//! The typeface: which shapes a text takes, and how wide it is.

use krilla::Data;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::MetadataProvider;
use skrifa::instance::{LocationRef, Size};

use crate::CertificateError;

/// One cut of the typeface.
#[derive(Clone)]
pub(crate) struct Face {
    pub(crate) font: Font,
    shapes: skrifa::FontRef<'static>,
    /// Units of the design per em.
    em: f32,
}

/// A line of text, ready to be drawn.
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// In ems.
    width: f32,
}

impl Face {
    pub(crate) fn regular() -> Result<Self, CertificateError> {
        Self::read(ttf_noto_sans::REGULAR)
    }

    pub(crate) fn bold() -> Result<Self, CertificateError> {
        Self::read(ttf_noto_sans::BOLD)
    }

    fn read(bytes: &'static [u8]) -> Result<Self, CertificateError> {
        let unreadable = || CertificateError::Pdf("the typeface is not readable".to_owned());
        let font = Font::new(Data::from(bytes), 0).ok_or_else(unreadable)?;
        let shapes = skrifa::FontRef::new(bytes).map_err(|_| unreadable())?;
        let em = f32::from(shapes.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
        Ok(Self { font, shapes, em })
    }

    /// Sets a text in one line. What the typeface has no shape for becomes a question mark: PDF/A
    /// wants a shape for each character. Any white space and control characters become one space.
    pub(crate) fn set(&self, text: &str) -> Line {
        let map = self.shapes.charmap();
        let widths = self.shapes.glyph_metrics(Size::unscaled(), LocationRef::default());
        let mut line = Line { text: String::new(), glyphs: Vec::new(), width: 0.0 };
        for character in tidy(text).chars() {
            let known = map.map(character).filter(|shape| shape.to_u32() != 0);
            let (character, shape) = match known {
                Some(shape) => (character, shape),
                None => ('?', map.map('?').unwrap_or_default()),
            };
            let advance = widths.advance_width(shape).unwrap_or_default() / self.em;
            let start = line.text.len();
            line.text.push(character);
            let range = start..line.text.len();
            let id = GlyphId::new(shape.to_u32());
            line.glyphs.push(KrillaGlyph::new(id, advance, 0.0, 0.0, 0.0, range, None));
            line.width += advance;
        }
        line
    }

    /// Breaks a text into lines no wider than `width` points, at most `most` of them; what does not
    /// fit is cut with an ellipsis. A word that is wider than a line is broken where it ends.
    pub(crate) fn lines(&self, text: &str, size: f32, width: f32, most: usize) -> Vec<Line> {
        let fits = |line: &str| self.set(line).points(size) <= width;
        let mut lines: Vec<String> = vec![String::new()];
        for word in tidy(text).split(' ') {
            let mut word = word;
            loop {
                let current = lines.last().map_or("", String::as_str);
                let joined =
                    if current.is_empty() { word.to_owned() } else { format!("{current} {word}") };
                if fits(&joined) {
                    lines.pop();
                    lines.push(joined);
                    break;
                }
                if !current.is_empty() {
                    lines.push(String::new());
                    continue;
                }
                let ends = word.char_indices().map(|(at, one)| at + one.len_utf8());
                let end = ends.take_while(|&end| fits(&word[..end])).last();
                let first = word.chars().next().map_or(word.len(), char::len_utf8);
                let (now, rest) = word.split_at(end.unwrap_or(first));
                lines.pop();
                lines.push(now.to_owned());
                if rest.is_empty() {
                    break;
                }
                lines.push(String::new());
                word = rest;
            }
            if lines.len() > most {
                break;
            }
        }
        if lines.len() > most {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                while !last.is_empty() && !fits(&format!("{last} …")) {
                    last.pop();
                }
                last.push_str(" …");
            }
        }
        lines.iter().map(|line| self.set(line)).collect()
    }
}

impl Line {
    /// How wide it is in points when it is set in a size in points.
    pub(crate) fn points(&self, size: f32) -> f32 {
        self.width * size
    }
}

/// One line without control characters and without repeated spaces.
fn tidy(text: &str) -> String {
    let words = text.split(|one: char| one.is_whitespace() || one.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letters_have_shapes_and_others_become_question_marks() {
        let face = Face::regular().unwrap();
        let known = "Keputusan № 12/HK.03.1–Kpt/52/2024 “é” … — § ©";
        assert_eq!(face.set(known).text, known);
        assert_eq!(face.set(" a\t\u{0}\u{5b57}\n b").text, "a ? b");
        let bold = Face::bold().unwrap().set("lebar").points(10.0);
        assert!(bold > face.set("lebar").points(10.0));
    }

    #[test]
    fn a_long_title_ends_in_an_ellipsis() {
        let face = Face::regular().unwrap();
        let lines = face.lines(&"penetapan hasil ".repeat(40), 9.0, 200.0, 3);
        assert_eq!(lines.len(), 3);
        assert!(lines[2].text.ends_with(" …") && lines[1].text.ends_with(|c| c != '…'));
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_nothing_is_lost(text in "[a-zA-Z W]{0,200}", width in 12f32..300.0) {
            let face = Face::regular().unwrap();
            let lines = face.lines(&text, 9.0, width, usize::MAX);
            prop_assert!(lines.iter().all(|line| line.points(9.0) <= width));
            let joined: String = lines.iter().map(|line| line.text.replace(' ', "")).collect();
            prop_assert_eq!(joined, text.replace(' ', ""));
        }
    }
}
