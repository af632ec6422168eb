//! The words of a page over its image: invisible, each at its place, so that they can be selected,
//! copied and found by the browser, without any script.

use simars_describe::structure::Anchor;
use simars_record::WordBox;
use simars_record::layout::PARTS;

/// A page with more words has no layer; its text is there all the same.
const MOST_WORDS: usize = 4_000;
/// How far below the line the letters of a font reach, of its height.
const DESCENT: f32 = 0.22;

/// The layer of a page, in units of which the page is [`PARTS`] wide.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) width: u16,
    pub(super) height: u32,
    pub(super) lines: Vec<Line>,
    pub(super) spots: Vec<Spot>,
}

/// Words that stand on one line.
#[derive(Debug)]
pub(super) struct Line {
    /// Where the letters stand on.
    pub(super) y: u32,
    pub(super) size: u32,
    pub(super) words: Vec<Word>,
}

/// A word at its place.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) x: u16,
    pub(super) width: u16,
    pub(super) text: String,
}

/// A heading that can be pointed at.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) id: String,
    pub(super) y: u32,
    pub(super) height: u32,
}

/// The layer for a text and the places of its words; `None` where these are not known. `ratio` is the
/// page's height by its width.
pub(super) fn layer(
    text: &str,
    places: &[WordBox],
    ratio: f32,
    anchors: &[Anchor],
) -> Option<Layer> {
    if places.is_empty() || places.len() > MOST_WORDS || !(0.05..20.0).contains(&ratio) {
        return None;
    }
    let mut layer =
        Layer { width: PARTS, height: (f32::from(PARTS) * ratio) as u32, ..Layer::default() };
    let mut places = places.iter();
    let mut anchors = anchors.iter().peekable();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let words: Vec<(&str, &WordBox)> = line.split_whitespace().zip(&mut places).collect();
        let end = offset + line.len();
        while let Some(anchor) = anchors.next_if(|anchor| anchor.start < end) {
            layer.point(anchor, words.first().map(|(_, place)| *place), ratio);
        }
        offset = end;
        let runs = words.chunk_by(|(_, one), (_, other)| beside(one, other));
        layer.lines.extend(runs.map(|run| line_of(run, ratio)));
    }
    Some(layer)
}

impl Layer {
    fn point(&mut self, anchor: &Anchor, place: Option<&WordBox>, ratio: f32) {
        let known = self.spots.iter().any(|spot| spot.id == anchor.id);
        if let Some(place) = place.filter(|_| !known) {
            let y = scaled(place.top, ratio);
            let height = scaled(place.bottom, ratio).saturating_sub(y);
            self.spots.push(Spot { id: anchor.id.clone(), y, height });
        }
    }
}

/// Whether two words that follow each other stand on one line, from left to right.
fn beside(one: &WordBox, other: &WordBox) -> bool {
    let middle = other.top.midpoint(other.bottom);
    other.left >= one.left && (one.top..=one.bottom).contains(&middle)
}

fn line_of(run: &[(&str, &WordBox)], ratio: f32) -> Line {
    let top = run.iter().map(|(_, place)| place.top).min().unwrap_or(0);
    let bottom = run.iter().map(|(_, place)| place.bottom).max().unwrap_or(0);
    let size = scaled(bottom, ratio).saturating_sub(scaled(top, ratio)).max(1);
    let words = run.iter().map(|(text, place)| Word {
        x: place.left,
        width: place.right.saturating_sub(place.left).max(1),
        text: (*text).to_owned(),
    });
    Line {
        y: scaled(bottom, ratio).saturating_sub((size as f32 * DESCENT) as u32),
        size,
        words: words.collect(),
    }
}

/// A share of the height in the units of the width.
fn scaled(part: u16, ratio: f32) -> u32 {
    // A float to integer cast saturates.
    (f32::from(part) * ratio).round() as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place(left: u16, top: u16) -> WordBox {
        WordBox { left, top, right: left + 500, bottom: top + 100, confidence: None }
    }

    #[test]
    fn each_word_lies_where_it_stands() {
        let text = "BAB I\n\nKETENTUAN  umum\nlain";
        let anchor =
            |id: &str, start| Anchor { id: id.to_owned(), label: String::new(), level: 0, start };
        let places =
            [place(100, 0), place(700, 0), place(100, 200), place(900, 210), place(0, 999)];
        let anchors = [anchor("bab-i", 0), anchor("lain", 24), anchor("lain", 24)];
        let layer = layer(text, &places, 1.5, &anchors).unwrap();
        assert_eq!((layer.width, layer.height), (10_000, 15_000));
        let words: Vec<Vec<&str>> = layer
            .lines
            .iter()
            .map(|line| line.words.iter().map(|word| word.text.as_str()).collect())
            .collect();
        assert_eq!(words, [vec!["BAB", "I"], vec!["KETENTUAN", "umum"], vec!["lain"]]);
        assert_eq!((layer.lines[1].size, layer.lines[1].words[1].x), (165, 900));
        let spots: Vec<(&str, u32)> =
            layer.spots.iter().map(|spot| (spot.id.as_str(), spot.y)).collect();
        assert_eq!(spots, [("bab-i", 0), ("lain", 1_499)]);
    }

    #[test]
    fn a_line_of_two_columns_of_text_is_two_lines() {
        let places = [place(100, 0), place(5_000, 400), place(700, 0)];
        assert_eq!(layer("a b c", &places, 1.0, &[]).unwrap().lines.len(), 3);
        assert!(layer("", &[], 1.0, &[]).is_none());
        assert!(layer("a", &places[..1], f32::NAN, &[]).is_none());
    }

    proptest! {
        #[test]
        fn no_word_is_lost(text in "[ab \n]{0,40}", at in prop::collection::vec((0..9_000u16, 0..9_000u16), 40)) {
            let count = text.split_whitespace().count();
            let places: Vec<WordBox> =
                at.iter().take(count).map(|(left, top)| place(*left, *top)).collect();
            let found = layer(&text, &places, 1.4, &[]).unwrap_or_default();
            let words: usize = found.lines.iter().map(|line| line.words.len()).sum();
            prop_assert_eq!(words, count);
        }
    }
}
