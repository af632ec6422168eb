//! Sums stated in a table, checked against the numbers above them.
//!
//! A wrong alarm about a vote count is worse than none: where a column can be understood in more
//! than one way (subtotals, sums carried over from a page before), a sum is called wrong only if
//! it is wrong in every way.

use simars_record::layout::{Cell, WrongSum};
use simars_record::{Finding, FindingCode, Table};

use super::numbers::{Reading, grouped, ordinal};

/// Labels of a row that holds the sum of the rows above it.
const SUMS: [&str; 22] = [
    "jumlah",
    "jml",
    "total",
    "jumlah akhir",
    "jumlah total",
    "jumlah seluruh",
    "jumlah seluruhnya",
    "jumlah keseluruhan",
    "total akhir",
    "total jumlah",
    "total keseluruhan",
    "total seluruh",
    "total seluruhnya",
    "grand total",
    "subtotal",
    "sub total",
    "sub jumlah",
    "subjumlah",
    "jumlah suara",
    "total suara",
    "jumlah perolehan suara",
    "jumlah seluruh suara",
];
/// First words of labels that may be sums, or name something else ("jumlah kursi").
const MAYBE: [&str; 7] = ["jumlah", "jml", "total", "subtotal", "sub", "grand", "rekapitulasi"];
/// A sum brought over from the page before is a number like others.
const CARRIED: [&str; 2] = ["pindahan", "dipindahkan"];
/// Words in the head of a column that has no sums.
const NO_SUM: [&str; 9] =
    ["%", "persen", "tahun", "no", "nomor", "kode", "rata-rata", "peringkat", "rasio"];
/// Rows among which the row that counts the columns is looked for.
const HEAD_ROWS: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Data,
    /// A label for the rows below it.
    Label,
    Sum,
    /// Perhaps a sum.
    Maybe,
}

/// Fills [`Table::wrong_sums`].
pub(crate) fn check_sums(table: &mut Table) {
    table.wrong_sums.clear();
    let Some(body) = Body::of(&table.rows) else { return };
    let mut wrong = body.below();
    wrong.extend(body.beside());
    wrong.sort_by_key(|sum| (sum.cell.row, sum.cell.column));
    wrong.dedup_by_key(|sum| sum.cell);
    table.wrong_sums = wrong;
}

/// A finding for each wrong sum of the table that is the `place`th of its page; both are counted
/// from 1, as are the rows and columns named. Where a number that was added up is doubtful, it is
/// the reading that is called wrong, and not the document.
pub(crate) fn wrong_sums(table: &Table, place: u32, page: u32) -> Vec<Finding> {
    let finding = |sum: &WrongSum| {
        let (row, column) = (sum.cell.row, sum.cell.column);
        let beside = |cell: &Cell| cell.row == row || (cell.column == column && cell.row <= row);
        let doubtful = table.doubtful.iter().any(beside);
        let mut detail = format!(
            "page {page}, table {place}, row {}, column {}: stated {}, counted {}",
            row + 1,
            column + 1,
            grouped(sum.stated),
            grouped(sum.counted)
        );
        if doubtful {
            detail.push_str(", some of it from doubtful digits");
            return Finding::page(FindingCode::DoubtfulDigits, page, detail);
        }
        Finding::page(FindingCode::WrongSum, page, detail)
    };
    table.wrong_sums.iter().map(finding).collect()
}

/// A table as it is read for its sums.
struct Body<'a> {
    rows: &'a [Vec<String>],
    readings: Vec<Vec<Reading>>,
    kinds: Vec<Kind>,
    /// The first row below the head.
    start: usize,
    /// Whether its rows are counted, from 1.
    counted: bool,
    /// Columns whose numbers may be summed up.
    columns: Vec<usize>,
}

impl<'a> Body<'a> {
    /// `None` if there is nothing to check, or the table goes on from another page: its rows are
    /// counted from more than 1.
    fn of(rows: &'a [Vec<String>]) -> Option<Self> {
        let width = rows.first()?.len();
        let readings: Vec<Vec<Reading>> =
            rows.iter().map(|row| row.iter().map(|cell| Reading::of(cell)).collect()).collect();
        let start = head(rows, &readings);
        let counting = (0..width.min(2)).find(|&column| counts(&readings[start..], column));
        let from = counting
            .and_then(|column| readings[start..].iter().find_map(|row| row[column].whole()));
        if from.is_some_and(|first| first != 1) {
            return None;
        }
        let columns = (0..width)
            .filter(|&column| Some(column) != counting && summed(&rows[..start], column))
            .collect();
        let kinds = rows.iter().zip(&readings).map(|(row, readings)| kind(row, readings)).collect();
        Some(Self { rows, readings, kinds, start, counted: from.is_some(), columns })
    }

    /// Sums below their numbers.
    fn below(&self) -> Vec<WrongSum> {
        let mut kinds = self.kinds.clone();
        let unnamed = self.unnamed_sum();
        if let Some(row) = unnamed {
            kinds[row] = Kind::Sum;
        }
        let mut wrong = Vec::new();
        let (mut right, mut checked) = (0_usize, 0_usize);
        for &column in &self.columns {
            let result = self.column(column, &kinds);
            checked += usize::from(result.right + result.wrong.len() > 0);
            right += usize::from(result.right > 0 && result.wrong.is_empty());
            wrong.extend(result.wrong);
        }
        // Where no column adds up, what is called a sum is one of something else; a table without
        // a head may have begun on another page.
        let plain = unnamed.is_none() && (self.start > 0 || self.counted);
        let believed = right >= 1 || (plain && checked <= 2);
        if believed { wrong } else { Vec::new() }
    }

    /// The last row, if it alone has no words.
    fn unnamed_sum(&self) -> Option<usize> {
        let last = self.rows.len() - 1;
        let worded = |row: &usize| self.readings[*row].contains(&Reading::Text);
        let data: Vec<usize> =
            (self.start..last).filter(|&row| self.kinds[row] == Kind::Data).collect();
        let alone = data.len() >= 3
            && data.iter().all(worded)
            && last > self.start
            && !worded(&last)
            && self.kinds[last] == Kind::Data;
        alone.then_some(last)
    }

    fn column(&self, column: usize, kinds: &[Kind]) -> Checked {
        let mut running = Running::default();
        let mut checked = Checked::default();
        for (row, (readings, &kind)) in self.readings.iter().zip(kinds).enumerate() {
            let reading = readings[column];
            match (kind, reading) {
                _ if row < self.start => {}
                (Kind::Label, _) | (Kind::Sum | Kind::Maybe, Reading::Empty) => {}
                (Kind::Data, Reading::Whole(number)) => running.add(number),
                (Kind::Sum | Kind::Maybe, Reading::Whole(stated)) if running.rows > 0 => {
                    let right = running.is_sum(stated);
                    if !right && kind == Kind::Maybe {
                        break;
                    }
                    if right {
                        checked.right += 1;
                    } else {
                        let cell = Cell { row: row as u32, column: column as u32 };
                        let counted = running.nearest(stated);
                        checked.wrong.push(WrongSum { cell, stated, counted });
                    }
                    running.close(stated);
                }
                // A cell that cannot be read: nothing below it can be checked.
                _ => break,
            }
        }
        checked
    }

    /// Sums in a last column, of the numbers to their left. A single row says little: most rows
    /// must add up before one is called wrong.
    fn beside(&self) -> Vec<WrongSum> {
        let width = self.rows.first().map_or(0, Vec::len);
        let named = |column: usize| {
            self.rows[..self.start].iter().any(|row| SUMS.contains(&plain(&row[column]).as_str()))
        };
        let last = width.saturating_sub(1);
        if self.start == 0 || !named(last) || (0..last).any(named) {
            return Vec::new();
        }
        let parts: Vec<usize> = self.columns.iter().copied().filter(|&one| one < last).collect();
        let parts: Vec<usize> = parts
            .into_iter()
            .filter(|&column| {
                let mut numbers = self.readings[self.start..].iter().map(|row| row[column]);
                numbers.any(Reading::is_number)
            })
            .collect();
        let (mut right, mut wrong) = (0_usize, Vec::new());
        for (row, readings) in self.readings.iter().enumerate().skip(self.start) {
            let Some(stated) = readings[last].whole() else { continue };
            let numbers: Option<Vec<i64>> =
                parts.iter().map(|&column| readings[column].whole()).collect();
            let Some(numbers) = numbers.filter(|numbers| numbers.len() >= 2) else { continue };
            let counted = numbers.iter().fold(0, |sum: i64, &number| sum.saturating_add(number));
            if counted == stated {
                right += 1;
            } else {
                let cell = Cell { row: row as u32, column: last as u32 };
                wrong.push(WrongSum { cell, stated, counted });
            }
        }
        if right >= 2 && right >= 2 * wrong.len() { wrong } else { Vec::new() }
    }
}

#[derive(Debug, Default)]
struct Checked {
    right: usize,
    wrong: Vec<WrongSum>,
}

/// What has been added up so far in a column.
#[derive(Debug, Default)]
struct Running {
    /// Numbers since the last sum, and how many rows they are.
    group: i64,
    group_rows: usize,
    /// All numbers.
    all: i64,
    rows: usize,
    /// All sums of groups as stated.
    sums: i64,
    groups: usize,
}

impl Running {
    fn add(&mut self, number: i64) {
        self.group = self.group.saturating_add(number);
        self.all = self.all.saturating_add(number);
        self.group_rows += 1;
        self.rows += 1;
    }

    fn ways(&self) -> impl Iterator<Item = i64> {
        let group = (self.group_rows > 0).then_some(self.group);
        let sums = (self.groups > 1).then_some(self.sums);
        // Rows without a sum of their own may follow those that have one.
        let rest = (self.groups > 0).then_some(self.sums.saturating_add(self.group));
        [group, Some(self.all), sums, rest].into_iter().flatten()
    }

    fn is_sum(&self, stated: i64) -> bool {
        self.ways().any(|way| way == stated)
    }

    fn nearest(&self, stated: i64) -> i64 {
        self.ways().min_by_key(|way| way.abs_diff(stated)).unwrap_or(self.all)
    }

    fn close(&mut self, stated: i64) {
        if self.group_rows > 0 {
            self.sums = self.sums.saturating_add(stated);
            self.groups += 1;
        }
        (self.group, self.group_rows) = (0, 0);
    }
}

/// Where the head ends: after the row that counts the columns, or before the first row with
/// numbers that are no years.
fn head(rows: &[Vec<String>], readings: &[Vec<Reading>]) -> usize {
    let counts_columns = |row: &Vec<String>| {
        let filled = row.iter().filter(|cell| !cell.is_empty());
        let ordinals: Option<Vec<u32>> = filled.map(|cell| ordinal(cell)).collect();
        ordinals.is_some_and(|all| all.len() >= 3 && all.iter().zip(1..).all(|(one, n)| *one == n))
    };
    if let Some(row) = rows.iter().take(HEAD_ROWS).position(counts_columns) {
        return row + 1;
    }
    let year =
        |reading: &Reading| reading.whole().is_some_and(|number| (1900..2100).contains(&number));
    let is_data = |row: &Vec<Reading>| row.iter().any(|one| one.is_number() && !year(one));
    readings.iter().position(is_data).unwrap_or(rows.len())
}

/// Whether a column counts the rows.
fn counts(readings: &[Vec<Reading>], column: usize) -> bool {
    let numbers: Vec<i64> = readings.iter().filter_map(|row| row[column].whole()).collect();
    let steps = numbers.windows(2).filter(|pair| pair[1] == pair[0] + 1).count();
    numbers.len() >= 2 && steps * 5 >= (numbers.len() - 1) * 4
}

/// Whether what stands in the head above a column lets it have a sum.
fn summed(head: &[Vec<String>], column: usize) -> bool {
    let refuses = |cell: &str| {
        let cell = plain(cell);
        cell.contains('%') || cell.split(' ').any(|word| NO_SUM.contains(&word))
    };
    !head.iter().any(|row| refuses(&row[column]))
}

fn kind(row: &[String], readings: &[Reading]) -> Kind {
    if !readings.iter().any(|reading| reading.is_number()) {
        return Kind::Label;
    }
    let mut labels = row.iter().zip(readings).filter(|(_, reading)| **reading == Reading::Text);
    let Some((label, _)) = labels.next() else { return Kind::Data };
    let label = plain(label);
    if labels.next().is_none() && names_a_sum(&label) {
        return Kind::Sum;
    }
    let carried = label.split(' ').any(|word| CARRIED.contains(&word));
    let first = label.split(' ').next().unwrap_or_default();
    if MAYBE.contains(&first) && !carried { Kind::Maybe } else { Kind::Data }
}

/// Whether a label is that of a sum, perhaps of a numbered group: "jumlah II".
fn names_a_sum(label: &str) -> bool {
    let group = |word: &str| {
        word.chars().all(|one| matches!(one, 'i' | 'v' | 'x')) || word.chars().count() == 1
    };
    let whole = match label.rsplit_once(' ') {
        Some((whole, last)) if group(last) => whole,
        _ => label,
    };
    SUMS.contains(&whole)
}

/// A label in small letters, without what stands around its words.
fn plain(label: &str) -> String {
    let words = label.split_whitespace().map(|word| {
        word.trim_matches(|sign: char| !sign.is_alphanumeric() && sign != '%').to_lowercase()
    });
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
