//! Doubtful numbers: a third reading, and the sums that they are part of.
//!
//! Nothing is calculated here that was not read: sums only decide between readings of a cell, and
//! a number that was settled so stays marked as doubtful.

use simars_record::{Table, WordBox};

use super::digits::{as_one, is_plausible, joined};
use super::grid::Grid;
use super::tsv::Word;
use crate::table::check_sums;

/// In a table with more doubtful numbers than this, too much adds up by chance.
const MOST_DOUBTS: usize = 40;

/// A cell whose number is doubtful.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Doubt {
    /// Its place among the cells of all tables.
    pub(super) at: usize,
    /// What was read in it, once or more often.
    pub(super) readings: Vec<Vec<Word>>,
}

impl Doubt {
    /// Adds another reading. Where it is like one before, two are right against one: that is then
    /// what is `believed`.
    pub(super) fn add(&mut self, reading: Vec<Word>, believed: &mut Vec<Word>) {
        let text = joined(&reading);
        let alike = |one: &&Vec<Word>| joined(one) == text && is_plausible(&text);
        if !text.is_empty() && self.readings.iter().any(|one| alike(&one)) {
            *believed = as_one(reading.clone(), text);
        }
        self.readings.push(reading);
    }

    /// Whether it lies between different readings that may all be numbers.
    fn is_between_numbers(&self) -> bool {
        let texts = self.readings.iter().map(|reading| joined(reading));
        let mut numbers = texts.filter(|text| !text.is_empty() && is_plausible(text));
        numbers.next().is_some_and(|first| numbers.any(|other| other != first))
    }

    /// The whole numbers that were read, each once.
    fn numbers(&self) -> Vec<Vec<Word>> {
        let mut numbers: Vec<Vec<Word>> = Vec::new();
        for reading in &self.readings {
            let text = joined(reading);
            let whole = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            let known = numbers.iter().any(|one| joined(one) == text);
            if !text.is_empty() && whole && is_plausible(&text) && !known {
                numbers.push(as_one(reading.clone(), text));
            }
        }
        numbers
    }
}

/// Which of the doubts a third reading could decide, by their places: those between two numbers that
/// could both be written so, and all in tables whose sums are wrong. Elsewhere it would change
/// nothing, and each reading takes time; the numbers stay marked as doubtful either way.
pub(super) fn open(grids: &[Grid], words: &[Vec<Word>], doubts: &[Doubt]) -> Vec<usize> {
    let mut open = Vec::new();
    let mut start = 0;
    for grid in grids {
        let end = start + grid.cells.len();
        let here = || (0..).zip(doubts).filter(|(_, doubt)| (start..end).contains(&doubt.at));
        let few = (1..=MOST_DOUBTS).contains(&here().count());
        let wrong = few && wrong_sums(grid, &words[start..end]) > 0;
        open.extend(
            here().filter(|(_, doubt)| wrong || doubt.is_between_numbers()).map(|(at, _)| at),
        );
        start = end;
    }
    open
}

/// Where sums are wrong with the readings believed so far and fewer of them are with another
/// reading of a doubtful cell, that one is believed. `words` are those of the cells of all tables.
pub(super) fn by_sums(grids: &[Grid], words: &mut [Vec<Word>], doubts: &[Doubt]) {
    let mut start = 0;
    for grid in grids {
        let end = start + grid.cells.len();
        let here: Vec<&Doubt> =
            doubts.iter().filter(|doubt| (start..end).contains(&doubt.at)).collect();
        if here.len() <= MOST_DOUBTS {
            settle(grid, &mut words[start..end], start, &here);
        }
        start = end;
    }
}

fn settle(grid: &Grid, words: &mut [Vec<Word>], start: usize, doubts: &[&Doubt]) {
    let mut wrong = if doubts.is_empty() { 0 } else { wrong_sums(grid, words) };
    for doubt in doubts {
        for number in doubt.numbers() {
            if wrong == 0 {
                return;
            }
            let before = std::mem::replace(&mut words[doubt.at - start], number);
            let now = wrong_sums(grid, words);
            if now < wrong {
                wrong = now;
            } else {
                words[doubt.at - start] = before;
            }
        }
    }
}

/// How many sums are wrong.
fn wrong_sums(grid: &Grid, words: &[Vec<Word>]) -> usize {
    let mut table = Table {
        area: WordBox::default(),
        ruled: true,
        rows: grid.filled(words),
        doubtful: Vec::new(),
        wrong_sums: Vec::new(),
    };
    check_sums(&mut table);
    table.wrong_sums.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::grid::Cell;

    fn word(text: &str) -> Vec<Word> {
        let (left, top, right, bottom) = (0.0, 0.0, 20.0, 10.0);
        vec![Word { text: text.to_owned(), left, top, right, bottom, confidence: 50.0 }]
    }

    fn table(rows: &[[&str; 3]]) -> (Grid, Vec<Vec<Word>>) {
        let places = (0..rows.len()).flat_map(|row| (0..3).map(move |column| (row, column)));
        let (left, top, right, bottom) = (0, 0, 9, 9);
        let cell = |(row, column)| Cell { row, column, left, top, right, bottom };
        let grid = Grid { rows: rows.len(), columns: 3, cells: places.map(cell).collect() };
        (grid, rows.iter().flatten().map(|text| word(text)).collect())
    }

    const VOTES: [[&str; 3]; 5] = [
        ["Partai", "Kota", "Desa"],
        ["Satu", "120", "61"],
        ["Dua", "11", "40"],
        ["Tiga", "203", "9"],
        ["JUMLAH", "400", "110"],
    ];

    #[test]
    fn sums_decide_between_readings() {
        let (grid, mut words) = table(&VOTES);
        let doubt = Doubt { at: 7, readings: vec![word("7"), word("11"), word("77")] };
        by_sums(std::slice::from_ref(&grid), &mut words, &[doubt]);
        assert_eq!(joined(&words[7]), "77");
    }

    #[test]
    fn a_number_that_nobody_read_is_not_made_up() {
        let (grid, mut words) = table(&VOTES);
        let doubt = Doubt { at: 7, readings: vec![word("7"), word("11"), word("1l")] };
        by_sums(std::slice::from_ref(&grid), &mut words, &[doubt]);
        assert_eq!(joined(&words[7]), "11");
        assert_eq!(wrong_sums(&grid, &words), 1);
    }

    #[test]
    fn a_third_reading_is_asked_for_where_it_can_decide() {
        let (grid, words) = table(&VOTES);
        let grids = std::slice::from_ref(&grid);
        let doubt = |at, one, other| Doubt { at, readings: vec![word(one), word(other)] };
        // The sum of the first column is wrong: all doubts of the table are open.
        let doubts = [doubt(4, "120", "l20"), doubt(7, "11", "77")];
        assert_eq!(open(grids, &words, &doubts), [0, 1]);
        let mut right = VOTES;
        right[2][1] = "77";
        let (grid, words) = table(&right);
        let grids = std::slice::from_ref(&grid);
        assert_eq!(wrong_sums(&grid, &words), 0);
        let doubts = [doubt(4, "120", "l20"), doubt(7, "77", "11"), doubt(8, "40", "")];
        assert_eq!(open(grids, &words, &doubts), [1]);
        assert_eq!(open(grids, &words, &[]), [0_usize; 0]);
    }

    #[test]
    fn two_readings_that_agree_are_believed() {
        let mut doubt = Doubt { at: 0, readings: vec![word("7"), word("11")] };
        let mut believed = word("11");
        doubt.add(word("77"), &mut believed);
        assert_eq!(joined(&believed), "11");
        doubt.add(word("7"), &mut believed);
        assert_eq!(joined(&believed), "7");
        doubt.add(Vec::new(), &mut believed);
        assert_eq!((joined(&believed).as_str(), doubt.readings.len()), ("7", 5));
    }
}
