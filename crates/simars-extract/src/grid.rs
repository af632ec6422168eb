//! Collecting spreadsheets: each sheet begins a page with its name, each row is a line, cells are
//! separated by tabs so that rows can be taken out again.

use simars_record::layout::OutlineEntry;
use simars_record::{Finding, FindingCode, Page, TextSource};

use crate::{Limits, hidden, paginate};

/// As many columns as any program has.
const MOST_COLUMNS: usize = 16_384;

/// As many sheets as are listed by name; further ones are read all the same.
const MOST_LISTED: usize = 1_000;

/// Sheets in the making.
#[derive(Debug)]
pub(crate) struct Grid {
    pages: Vec<Page>,
    outline: Vec<OutlineEntry>,
    sheet: String,
    /// The row in the making, without the empty cells at its end.
    row: String,
    /// How many cells `row` has.
    columns: usize,
    text_left: usize,
    most_pages: usize,
    limit_reached: bool,
    /// One for each hidden sheet.
    hidden: Vec<Finding>,
}

impl Grid {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            pages: Vec::new(),
            outline: Vec::new(),
            sheet: String::new(),
            row: String::new(),
            columns: 0,
            text_left: limits.text_bytes,
            most_pages: limits.pages as usize,
            limit_reached: false,
            hidden: Vec::new(),
        }
    }

    /// Whether nothing more will be taken.
    pub(crate) fn is_full(&self) -> bool {
        self.limit_reached
    }

    /// Begins a sheet with its name as the first line.
    pub(crate) fn begin_sheet(&mut self, name: &str, is_hidden: bool) {
        let name = one_line(name);
        if is_hidden && self.hidden.len() < MOST_LISTED {
            self.hidden.push(hidden::finding(self.pages.len() + 1, &format!("sheet {name}")));
        }
        if self.outline.len() < MOST_LISTED {
            let page = u32::try_from(self.pages.len() + 1).ok();
            self.outline.push(OutlineEntry { title: name.clone(), level: 0, page });
        }
        self.row = name;
        self.end_row(1);
    }

    /// A cell in the column with this index, counted from 0. Columns come in order.
    pub(crate) fn cell(&mut self, column: usize, text: &str) {
        let text = one_line(text);
        if text.is_empty() {
            return;
        }
        let tabs = column.saturating_sub(self.columns.saturating_sub(1));
        let size = self.row.len() + tabs + text.len();
        if column >= MOST_COLUMNS || size > self.text_left {
            self.limit_reached = true;
            return;
        }
        let tabs = if self.columns == 0 { column } else { tabs };
        self.row.extend(std::iter::repeat_n('\t', tabs));
        self.row.push_str(&text);
        self.columns = column.max(self.columns) + 1;
    }

    /// Ends a row that stands there `times` times. Empty rows are one empty line together.
    pub(crate) fn end_row(&mut self, times: usize) {
        let row = std::mem::take(&mut self.row) + "\n";
        self.columns = 0;
        let blank = row.len() == 1;
        if blank && self.sheet.ends_with("\n\n") {
            return;
        }
        for _ in 0..if blank { 1 } else { times } {
            if self.limit_reached || row.len() > self.text_left {
                self.limit_reached = true;
                return;
            }
            self.text_left -= row.len();
            self.sheet.push_str(&row);
        }
    }

    /// Ends the sheet: its text becomes one page or several.
    pub(crate) fn end_sheet(&mut self) {
        let mut sheet = std::mem::take(&mut self.sheet);
        sheet.truncate(sheet.trim_end().len());
        sheet.push('\n');
        for part in paginate::pages(&sheet) {
            if self.pages.len() >= self.most_pages {
                self.limit_reached = true;
                return;
            }
            self.pages.push(Page::new(part, TextSource::Layer));
        }
    }

    /// The pages, and the names of the sheets with the pages on which they begin.
    pub(crate) fn finish(self, findings: &mut Vec<Finding>) -> (Vec<Page>, Vec<OutlineEntry>) {
        if self.limit_reached {
            let detail = "the sheets have more text, columns or pages than the limits allow";
            findings.push(Finding::file(FindingCode::LimitReached, detail));
        }
        if self.pages.iter().all(|page| !page.has_text()) {
            let detail = format!("no text on any of {} pages", self.pages.len());
            findings.push(Finding::file(FindingCode::NoText, detail));
        }
        findings.extend(self.hidden);
        (self.pages, self.outline)
    }
}

/// A cell's text without what separates cells and rows.
fn one_line(text: &str) -> String {
    let separates = |character: char| character.is_control();
    let parts = text.trim().split(separates).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_keep_their_columns() {
        let mut grid = Grid::new(&Limits::default());
        grid.begin_sheet("Rekap", false);
        for (column, text) in [(0, "No"), (1, "Nama\nlengkap"), (4, "Suara")] {
            grid.cell(column, text);
        }
        grid.end_row(1);
        grid.end_row(9);
        grid.end_row(1);
        grid.cell(2, "x");
        grid.end_row(2);
        grid.end_sheet();
        let mut findings = Vec::new();
        let (pages, outline) = grid.finish(&mut findings);
        assert_eq!(pages[0].text, "Rekap\nNo\tNama lengkap\t\t\tSuara\n\n\t\tx\n\t\tx\n");
        assert_eq!((outline[0].title.as_str(), outline[0].page), ("Rekap", Some(1)));
        assert_eq!(findings, []);
    }

    #[test]
    fn a_sheet_is_never_cut_silently() {
        let mut grid = Grid::new(&Limits { text_bytes: 10, ..Limits::default() });
        grid.begin_sheet("A", false);
        grid.cell(0, "12345");
        grid.end_row(1_000_000);
        grid.end_sheet();
        let mut findings = Vec::new();
        assert_eq!(grid.finish(&mut findings).0[0].text, "A\n12345\n");
        assert_eq!(findings[0].code, FindingCode::LimitReached);
    }
}
