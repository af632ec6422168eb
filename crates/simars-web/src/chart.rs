//! Charts, drawn on the server as SVG: bars with their names and values, and a table beside them that
//! says the same to those who do not see them. Pure.

use crate::format;
use crate::language::Language;

/// The width of a drawing, in its own units; as many as a narrow screen has pixels.
pub(crate) const WIDTH: u32 = 340;
/// The height of a row with its name.
const ROW: u32 = 34;
/// The height of standing bars, with room for what is written above and below.
const STANDING: u32 = 140;
const ABOVE: u32 = 16;
const BELOW: u32 = 20;
/// Names below standing bars are that wide.
const NAME: u32 = 44;
/// The longest name of a row, in characters.
const LETTERS: usize = 38;

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
    for ((name, value), place) in values.iter().zip(0..) {
        let y = place * ROW;
        let mut text: String = name.chars().take(LETTERS).collect();
        if text.len() < name.len() {
            text.push('…');
        }
        labels.push(Label { x: 0, y: y + 13, held: "start", text });
        let text = format::number(language, *value);
        labels.push(Label { x: WIDTH, y: y + 13, held: "end", text });
        let width = scaled(*value, greatest, WIDTH);
        bars.push(Bar { x: 0, y: y + 18, width, height: 10, class: "people" });
    }
    (bars, labels, values.len() as u32 * ROW)
}

/// Standing bars, side by side; each may have a second part on top. Where names would touch, some are
/// left out.
pub(crate) fn standing(
    language: Language,
    values: &[(String, u64, u64)],
) -> (Vec<Bar>, Vec<Label>, u32) {
    let greatest = values.iter().map(|(_, below, above)| below + above).max().unwrap_or(0);
    let step = WIDTH / (values.len() as u32).max(1);
    let step = step.clamp(1, 60);
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
        if below + above == greatest && !labels.iter().any(|label| label.y < ABOVE) {
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
        assert_eq!(texts, ["Keputusan", "1.000", "Surat", "1"]);
        assert_eq!(height, 2 * ROW);
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
