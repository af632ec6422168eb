//! The tables of a page, as tables of HTML.

use simars_record::Table;
use simars_record::layout::Cell;

use crate::language::Language;
use crate::{format, texts};

/// A table as it is shown.
pub(super) struct TableView {
    /// Its place on the page, from 1.
    pub(super) number: usize,
    pub(super) caption: String,
    /// What is in doubt, in sentences.
    pub(super) warnings: Vec<String>,
    /// Its first row, if that names the columns.
    pub(super) head: Vec<CellView>,
    pub(super) rows: Vec<Vec<CellView>>,
    /// The table as a file.
    pub(super) csv: String,
}

/// One cell.
pub(super) struct CellView {
    pub(super) text: String,
    /// Whether it is a number, which stands to the right.
    pub(super) number: bool,
    /// What is wrong with it, for those who do not see the mark; empty if nothing is.
    pub(super) doubt: String,
}

/// The tables of page `n`; `page` is the page's address.
pub(super) fn views(language: Language, tables: &[Table], n: u32, page: &str) -> Vec<TableView> {
    let views = tables.iter().zip(1..).map(|(table, number)| {
        let cells = cells(language, table);
        let (head, rows) = split(cells);
        TableView {
            number,
            caption: caption(language, table, n, number),
            warnings: warnings(language, table),
            head,
            rows,
            csv: format!("{page}/tabel/{number}.csv"),
        }
    });
    views.collect()
}

fn caption(language: Language, table: &Table, n: u32, number: usize) -> String {
    let key = if table.ruled { "table.ruled" } else { "table.aligned" };
    let kind = texts::text(language, key);
    let values = [("k", &*number.to_string()), ("n", &*n.to_string()), ("kind", kind)];
    texts::fill(language, "table.caption", &values)
}

fn warnings(language: Language, table: &Table) -> Vec<String> {
    let mut warnings = Vec::new();
    if !table.doubtful.is_empty() {
        let n = format::number(language, table.doubtful.len() as u64);
        warnings.push(texts::fill(language, "table.doubtful_cells", &[("n", &n)]));
    }
    for sum in &table.wrong_sums {
        let column = (u64::from(sum.cell.column) + 1).to_string();
        let (stated, counted) =
            (format::signed(language, sum.stated), format::signed(language, sum.counted));
        let values = [("column", &*column), ("stated", &*stated), ("counted", &*counted)];
        warnings.push(texts::fill(language, "table.wrong_sum", &values));
    }
    warnings
}

fn cells(language: Language, table: &Table) -> Vec<Vec<CellView>> {
    let rows = table.rows.iter().zip(0..).map(|(row, row_number)| {
        let row = row.iter().zip(0..).map(|(text, column)| {
            let place = Cell { row: row_number, column };
            CellView {
                text: text.clone(),
                number: is_number(text),
                doubt: doubt(language, table, place).to_owned(),
            }
        });
        row.collect()
    });
    rows.collect()
}

fn doubt(language: Language, table: &Table, place: Cell) -> &'static str {
    if table.wrong_sums.iter().any(|sum| sum.cell == place) {
        texts::text(language, "table.cell_wrong_sum")
    } else if table.doubtful.contains(&place) {
        texts::text(language, "table.cell_doubtful")
    } else {
        ""
    }
}

/// The first row names the columns if it holds no number, and another row does.
fn split(mut rows: Vec<Vec<CellView>>) -> (Vec<CellView>, Vec<Vec<CellView>>) {
    let has_number = |row: &Vec<CellView>| row.iter().any(|cell| cell.number);
    let named =
        rows.first().is_some_and(|first| !has_number(first)) && rows.iter().skip(1).any(has_number);
    if named { (rows.remove(0), rows) } else { (Vec::new(), rows) }
}

/// Whether a cell is a number as tables write them: `1.204`, `12,5 %`, `-`, `(3)`.
fn is_number(text: &str) -> bool {
    let text = text.trim();
    text == "-"
        || (text.contains(|one: char| one.is_ascii_digit())
            && text.chars().all(|one| one.is_ascii_digit() || " .,%()-−".contains(one)))
}

#[cfg(test)]
mod tests {
    use simars_record::WordBox;
    use simars_record::layout::WrongSum;

    use super::*;

    fn table(rows: &[&[&str]]) -> Table {
        let row = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
        Table {
            area: WordBox::default(),
            ruled: false,
            rows: rows.iter().map(row).collect(),
            doubtful: vec![Cell { row: 1, column: 1 }],
            wrong_sums: vec![WrongSum {
                cell: Cell { row: 2, column: 1 },
                stated: 1_300,
                counted: 1_204,
            }],
        }
    }

    #[test]
    fn doubts_stand_at_their_cells_and_above_the_table() {
        let made = table(&[&["Partai", "Suara"], &["Contoh", "1.204"], &["Jumlah", "1.300"]]);
        let views = views(Language::English, &[made], 7, "/dokumen/x/halaman/7");
        let [view] = views.as_slice() else { panic!("one table") };
        assert_eq!(view.csv, "/dokumen/x/halaman/7/tabel/1.csv");
        assert_eq!((view.head.len(), view.rows.len()), (2, 2));
        assert!(view.rows[0][1].number && !view.rows[0][0].number);
        assert_eq!(view.rows[0][1].doubt, "doubtful");
        assert_eq!(view.rows[1][1].doubt, "not the sum of the column");
        assert_eq!(view.warnings.len(), 2);
        assert!(view.warnings[1].contains("1,300") && view.warnings[1].contains("1,204"));
    }

    #[test]
    fn only_a_row_of_names_is_a_head() {
        let rows = |rows: &[&[&str]]| split(cells(Language::English, &table(rows))).0.len();
        assert_eq!(rows(&[&["1", "a"], &["2", "b"]]), 0);
        assert_eq!(rows(&[&["a", "b"], &["c", "d"]]), 0);
        assert_eq!(rows(&[]), 0);
    }
}
