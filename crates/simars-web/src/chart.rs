//! Charts, drawn on the server as SVG: bars with their names and values, and a table beside them that
//! says the same to those who do not see them. Pure.

use crate::format;
use crate::language::Language;

/// The width of a drawing, in its own units; as many as a narrow screen has pixels.
pub(crate) const WIDTH: u32 = 280;
/// The height of a row, without its name.
const ROW: u32 = 22;
/// The height of a line of a name.
const LINE: u32 = 16;
/// The height of standing bars, with room for what is written above and below.
const STANDING: u32 = 140;
const ABOVE: u32 = 16;
const BELOW: u32 = 20;
/// Names below standing bars are that wide.
const NAME: u32 = 56;
/// The longest line of a name, in characters.
const LETTERS: usize = 34;
/// Bars are no wider than this, with what lies between them.
const WIDEST: u32 = 40;

/// A chart, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chart {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    /// What it shows, in one sentence.
    pub(crate) summary: String,
    pub(crate) height: u32,
    pub(crate) bars: Vec<Bar>,
    pub(crate) labels: Vec<Label>,
    /// The heads of the columns of the table, then its rows.
    pub(crate) heads: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// The same as a file.
    pub(crate) csv: String,
}

impl Chart {
    /// Whether its bars are made of two parts, which have to be told apart.
    pub(crate) fn has_parts(&self) -> bool {
        self.bars.iter().any(|bar| bar.class == "robots")
    }
}

/// One bar, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) class: &'static str,
}

/// A text beside a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) x: u32,
    pub(crate) y: u32,
    /// Where it is held: `start`, `middle` or `end`.
    pub(crate) held: &'static str,
    pub(crate) text: String,
}

/// How long a value is drawn; what is not nothing is seen.
fn scaled(value: u64, greatest: u64, length: u32) -> u32 {
    if value == 0 || greatest == 0 {
        return 0;
    }
    let scaled = u128::from(value) * u128::from(length) / u128::from(greatest);
    (scaled as u32).clamp(1, length)
}

/// Lying bars, one below the other, each under its name.
pub(crate) fn lying(language: Language, values: &[(String, u64)]) -> (Vec<Bar>, Vec<Label>, u32) {
    let greatest = values.iter().map(|(_, value)| *value).max().unwrap_or(0);
    let (mut bars, mut labels) = (Vec::new(), Vec::new());
    let mut y = 0;
    for (name, value) in values {
        let text = format::number(language, *value);
        labels.push(Label { x: WIDTH, y: y + 13, held: "end", text });
        for text in lines(name) {
            labels.push(Label { x: 0, y: y + 13, held: "start", text });
            y += LINE;
        }
        let width = scaled(*value, greatest, WIDTH);
        bars.push(Bar { x: 0, y: y + 2, width, height: 10, class: "people" });
        y += ROW;
    }
    (bars, labels, y)
}

/// A name in lines that are no longer than there is room for; a word that is stands alone.
fn lines(name: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        let word: String = word.chars().take(LETTERS).collect();
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LETTERS => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    if lines.is_empty() { vec![String::new()] } else { lines }
}

/// Standing bars, side by side; each may have a second part on top. Where names would touch, some are
/// left out.
pub(crate) fn standing(
    language: Language,
    values: &[(String, u64, u64)],
) -> (Vec<Bar>, Vec<Label>, u32) {
    let greatest = values.iter().map(|(_, below, above)| below + above).max().unwrap_or(0);
    let step = WIDTH / (values.len() as u32).max(1);
    let step = step.clamp(1, WIDEST);
    let every = NAME.div_ceil(step) as usize;
    let (mut bars, mut labels) = (Vec::new(), Vec::new());
    let floor = ABOVE + STANDING;
    for (place, (name, below, above)) in values.iter().enumerate() {
        let x = place as u32 * step;
        let width = (step * 4 / 5).max(1);
        let whole = scaled(below + above, greatest, STANDING);
        let lower = scaled(*below, greatest, STANDING).min(whole);
        for (height, y, class) in
            [(lower, floor - lower, "people"), (whole - lower, floor - whole, "robots")]
        {
            if height > 0 {
                bars.push(Bar { x, y, width, height, class });
            }
        }
        // Counted from the last, which is what people look for.
        if (values.len() - 1 - place).is_multiple_of(every) {
            let text = name.clone();
            labels.push(Label { x: x + width / 2, y: floor + 14, held: "middle", text });
        }
        if greatest > 0 && below + above == greatest && !labels.iter().any(|label| label.y < ABOVE)
        {
            let text = format::number(language, greatest);
            labels.push(Label { x: x + width / 2, y: ABOVE - 4, held: "middle", text });
        }
    }
    (bars, labels, floor + BELOW)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_value() {
        let values = [("Keputusan".to_owned(), 1_000), ("Surat".to_owned(), 1)];
        let (bars, labels, height) = lying(Language::Indonesian, &values);
        assert_eq!([bars[0].width, bars[1].width], [WIDTH, 1]);
        let texts: Vec<&str> = labels.iter().map(|label| &*label.text).collect();
        assert_eq!(texts, ["1.000", "Keputusan", "1", "Surat"]);
        assert_eq!(height, 2 * (ROW + LINE));
    }

    #[test]
    fn no_name_is_cut() {
        let name = "Resolution of the People’s Consultative Assembly";
        let (bars, labels, height) = lying(Language::English, &[(name.to_owned(), 3)]);
        let texts: Vec<&str> = labels.iter().map(|label| &*label.text).collect();
        assert_eq!(texts, ["3", "Resolution of the People’s", "Consultative Assembly"]);
        assert!(bars[0].y > labels[2].y && bars[0].y + bars[0].height <= height);
    }

    #[test]
    fn nothing_is_written_over_nothing() {
        let (bars, labels, _) = standing(Language::English, &[("2026-11".to_owned(), 0, 0)]);
        assert!(bars.is_empty());
        assert_eq!(labels.len(), 1, "{labels:?}");
    }

    proptest! {
        #[test]
        fn nothing_stands_outside(
            values in prop::collection::vec((any::<u32>(), any::<u32>()), 0..200)
        ) {
            let name = |number: usize| (2000 + number).to_string();
            let values: Vec<(String, u64, u64)> = values.into_iter().enumerate()
                .map(|(place, (a, b))| (name(place), u64::from(a), u64::from(b))).collect();
            let (bars, labels, height) = standing(Language::English, &values);
            for bar in bars {
                prop_assert!(bar.x + bar.width <= WIDTH, "{bar:?}");
                prop_assert!(bar.y >= ABOVE && bar.y + bar.height <= height, "{bar:?}");
            }
            prop_assert!(labels.iter().all(|label| label.x <= WIDTH && label.y <= height));
        }
    }
}
