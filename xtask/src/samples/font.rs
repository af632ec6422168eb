//! Measuring and encoding text in the standard typefaces.

use anyhow::{Result, bail};

use super::definition::Face;
use super::widths::{HELVETICA, HELVETICA_BOLD, SPECIAL, TIMES, TIMES_BOLD, Widths};

/// A typeface in one weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Font {
    /// The typeface.
    pub(crate) face: Face,
    /// Whether in bold.
    pub(crate) bold: bool,
}

impl Font {
    /// All four, in the order of their resource names `F0` to `F3`.
    pub(crate) const ALL: [Self; 4] = [
        Self { face: Face::Times, bold: false },
        Self { face: Face::Times, bold: true },
        Self { face: Face::Helvetica, bold: false },
        Self { face: Face::Helvetica, bold: true },
    ];

    /// The place in [`Font::ALL`].
    pub(crate) fn index(self) -> usize {
        usize::from(self.face == Face::Helvetica) * 2 + usize::from(self.bold)
    }

    /// The name by which PDF knows it.
    pub(crate) fn name(self) -> &'static str {
        ["Times-Roman", "Times-Bold", "Helvetica", "Helvetica-Bold"][self.index()]
    }

    /// The width of a character in thousandths of the type size. Characters that no sample may
    /// use count as a space; [`win_ansi`] refuses them.
    pub(crate) fn character_width(self, character: char) -> u16 {
        let table: &Widths = [&TIMES, &TIMES_BOLD, &HELVETICA, &HELVETICA_BOLD][self.index()];
        let ascii = (character as usize).checked_sub(32).and_then(|place| table.get(place));
        let special = SPECIAL.iter().find(|(special, ..)| *special == character);
        match (ascii, special) {
            (Some(&width), _) => width,
            (None, Some((_, _, widths))) => widths[self.index()],
            (None, None) => table[0],
        }
    }

    /// The width of a text in points.
    pub(crate) fn width(self, text: &str, size: f32) -> f32 {
        let thousandths: u32 = text.chars().map(|c| u32::from(self.character_width(c))).sum();
        thousandths as f32 * size / 1000.0
    }

    /// Breaks a text into lines no wider than `width` points. A single word that is wider stands
    /// alone.
    pub(crate) fn wrap(self, text: &str, size: f32, width: f32) -> Vec<String> {
        self.wrap_indented(text, size, width, 0.0)
    }

    /// The same with a first line that is shorter by `indent` points.
    pub(crate) fn wrap_indented(
        self,
        text: &str,
        size: f32,
        width: f32,
        indent: f32,
    ) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            let room = if lines.is_empty() { width - indent } else { width };
            if !line.is_empty() && self.width(&longer, size) > room {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            } else {
                line = longer;
            }
        }
        lines.push(line);
        lines
    }
}

/// A text in Windows-1252, which PDF calls WinAnsiEncoding.
pub(crate) fn win_ansi(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        match SPECIAL.iter().find(|(special, ..)| *special == character) {
            Some((_, code, _)) => bytes.push(*code),
            None if character.is_ascii() => bytes.push(character as u8),
            None => {
                bail!("{character:?} is not among the characters of samples; add it to widths.rs")
            }
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_wide_as_allowed_and_no_wider() {
        let font = Font::ALL[0];
        let text = "Komisi Pemilihan Umum menetapkan hasil pemilihan umum secara nasional";
        let lines = font.wrap(text, 12.0, 150.0);
        assert!(lines.len() > 1 && lines.iter().all(|line| font.width(line, 12.0) <= 150.0));
        assert_eq!(lines.join(" "), text);
        assert_eq!(font.wrap("Pertanggungjawaban", 12.0, 10.0), ["Pertanggungjawaban"]);
    }

    #[test]
    fn characters_outside_the_table_are_refused() {
        assert_eq!(win_ansi("a\u{2013}\u{201c}").unwrap(), [b'a', 0x96, 0x93]);
        assert!(win_ansi("\u{3b1}").is_err());
    }
}
