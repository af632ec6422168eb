//! Tables of a page: rows and columns out of words with places and the lines drawn around them.
//!
//! A table is *ruled* where lines separate its cells, and *aligned* where only gutters do. Ruled
//! ones are found first; what stands in none of them is looked at for aligned columns, and there
//! a table missed is better than a table made up.

mod aligned;
mod cells;
mod grid;
mod lines;
mod numbers;
mod ruled;
mod stacked;
mod sums;
#[cfg(test)]
mod tests;
mod turn;

use simars_record::layout::Cell;
use simars_record::{Table, WordBox};

use self::cells::Word;
use self::lines::Lines;
use self::turn::Turn;

pub(crate) use self::sums::{check_sums, wrong_sums};

/// Digits that recognition read with less confidence than this are doubtful.
const SURE: u8 = 80;

/// Fewer words than this are no table.
const FEWEST_WORDS: usize = 4;

/// More pieces of lines than this are a drawing, not a table.
const MOST_RULES: usize = 20_000;

/// A word and where it stands, in points or pixels, `y` down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Placed<'a> {
    pub(crate) text: &'a str,
    pub(crate) left: f32,
    pub(crate) top: f32,
    pub(crate) right: f32,
    pub(crate) bottom: f32,
    /// How sure recognition was, 0 to 100; `None` for a word of a text layer.
    pub(crate) confidence: Option<u8>,
}

/// A piece of a drawn line that is parallel to a side of the page, in the unit of the words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rule {
    pub(crate) x0: f32,
    pub(crate) y0: f32,
    pub(crate) x1: f32,
    pub(crate) y1: f32,
}

/// A table before it is brought into the form that is kept.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    /// Left, top, right, bottom in the frame in which the text is upright.
    area: (f32, f32, f32, f32),
    ruled: bool,
    rows: Vec<Vec<String>>,
    doubtful: Vec<Cell>,
}

impl Found {
    /// From the words of each cell, in reading order.
    fn new(area: (f32, f32, f32, f32), ruled: bool, cells: &[Vec<Vec<&Word<'_>>>]) -> Self {
        let mut doubtful = Vec::new();
        for (row, cells) in (0..).zip(cells) {
            for (column, words) in (0..).zip(cells) {
                if words.iter().any(|word| word.has_doubtful_digits()) {
                    doubtful.push(Cell { row, column });
                }
            }
        }
        let text = |words: &Vec<&Word<'_>>| cells::text(words);
        let rows = cells.iter().map(|row| row.iter().map(text).collect()).collect();
        Self { area, ruled, rows, doubtful }
    }
}

/// The tables of a page, from top to bottom. `words` stand in reading order; `page` is the
/// page's width and height. Text that runs up or down the page is looked at as it is read. Sums
/// are not checked yet: see [`check_sums`].
pub(crate) fn find(words: &[Placed<'_>], rules: &[Rule], page: (f32, f32)) -> Vec<Table> {
    if words.len() < FEWEST_WORDS {
        return Vec::new();
    }
    let rules = if rules.len() > MOST_RULES { &[] } else { rules };
    let turn = Turn::of(words);
    let mut words = turn.words(words, page);
    let Some(height) = cells::usual_height(&words) else { return Vec::new() };
    let lines = Lines::new(&turn.rules(rules, page), height);
    let mut found = ruled::find(&mut words, &lines, height);
    words.retain(|word| !word.taken);
    found.extend(aligned::find(&words, height));
    found.sort_by(|one, other| {
        one.area.1.total_cmp(&other.area.1).then(one.area.0.total_cmp(&other.area.0))
    });
    let table = |found: Found| Table {
        area: WordBox::on_page(turn.back(found.area, page), page, None),
        ruled: found.ruled,
        rows: found.rows,
        doubtful: found.doubtful,
        wrong_sums: Vec::new(),
    };
    found.into_iter().map(table).collect()
}
