//! What every page has besides its text: page number, catch-word, and the mark of a sample.

use super::definition::{Face, Facts};
use super::font::Font;
use super::forms::MARK;
use super::page::{Mark, Sheet, TextMark};

/// Adds the furniture to finished pages.
pub(crate) fn add(facts: &Facts, sheets: &mut [Sheet]) {
    let (width, height) = facts.paper.points();
    let next_words: Vec<String> =
        sheets.iter().skip(1).map(|sheet| sheet.first_words.clone()).collect();
    for (index, sheet) in sheets.iter_mut().enumerate() {
        let font = Font { face: facts.face, bold: false };
        let centred = |text: String, y: f32, font: Font, size: f32| {
            let x = (width - font.width(&text, size)) / 2.0;
            Mark::Text(TextMark { x, y, font, size, stretch: 0.0, text })
        };
        if index > 0 {
            let number = format!("- {} -", index + 1);
            sheet.marks.insert(0, centred(number, 38.0, font, facts.size));
        }
        if let Some(words) = next_words.get(index).filter(|_| facts.catch_words) {
            let text = format!("{words} . . .");
            let x = width - 62.0 - font.width(&text, facts.size);
            let y = height - 56.0;
            let mark = TextMark { x, y, font, size: facts.size, stretch: 0.0, text };
            sheet.marks.push(Mark::Text(mark));
        }
        let small = Font { face: Face::Helvetica, bold: false };
        sheet.marks.push(centred(MARK.to_owned(), height - 26.0, small, 7.0));
    }
}
