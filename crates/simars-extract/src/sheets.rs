//! Collecting the text of a document that flows: paragraphs, tables and page breaks.

use simars_record::{Finding, FindingCode, Page, TextSource};

use crate::{Limits, hidden};

/// How sure a page break is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Break {
    /// The author asked for it.
    Asked,
    /// The program that laid the text out noted it. Such a note repeats a break asked for.
    Noted,
}

/// Pages in the making. Rows of a table become lines, their cells are separated by tabs.
#[derive(Debug)]
pub(crate) struct Sheets {
    done: Vec<String>,
    current: String,
    /// How many tables deep we are.
    rows: u32,
    text_left: usize,
    pages: usize,
    limit_reached: bool,
    /// One for each hidden slide.
    hidden: Vec<Finding>,
}

impl Sheets {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            done: Vec::new(),
            current: String::new(),
            rows: 0,
            text_left: limits.text_bytes,
            pages: limits.pages as usize,
            limit_reached: false,
            hidden: Vec::new(),
        }
    }

    /// Characters as they stand.
    pub(crate) fn text(&mut self, text: &str) {
        if self.limit_reached || text.len() > self.text_left {
            self.limit_reached = true;
            return;
        }
        self.text_left -= text.len();
        self.current.push_str(text);
    }

    /// The end of a paragraph or of a line within one.
    pub(crate) fn end_line(&mut self) {
        if self.rows == 0 {
            self.trim_end();
            self.text("\n");
        } else if !self.current.ends_with(['\n', '\t', ' ']) {
            self.text(" ");
        }
    }

    pub(crate) fn begin_row(&mut self) {
        self.rows += 1;
    }

    pub(crate) fn end_cell(&mut self) {
        self.trim_end();
        self.text(if self.rows > 1 { " " } else { "\t" });
    }

    pub(crate) fn end_row(&mut self) {
        self.rows = self.rows.saturating_sub(1);
        if self.rows == 0 {
            while self.current.ends_with(['\t', ' ']) {
                self.current.pop();
            }
            self.text("\n");
        }
    }

    pub(crate) fn break_page(&mut self, sort: Break) {
        if sort == Break::Noted && self.current.trim().is_empty() {
            return;
        }
        if self.done.len() + 1 >= self.pages {
            self.limit_reached = true;
            return;
        }
        self.done.push(std::mem::take(&mut self.current));
    }

    /// The page in the making is a slide that is not shown.
    pub(crate) fn hide_slide(&mut self) {
        // Where no further page is begun, the slide has none to be told of.
        if !self.limit_reached {
            self.hidden.push(hidden::finding(self.done.len() + 1, "the slide"));
        }
    }

    fn trim_end(&mut self) {
        while self.current.ends_with(' ') {
            self.current.pop();
        }
    }

    /// The pages, with `before` at the top of the first and `after` at the end of the last.
    pub(crate) fn finish(
        mut self,
        before: &str,
        after: &str,
        findings: &mut Vec<Finding>,
    ) -> Vec<Page> {
        self.done.push(self.current);
        if let Some(first) = self.done.first_mut() {
            first.insert_str(0, before);
        }
        if let Some(last) = self.done.last_mut() {
            last.push_str(after);
        }
        if self.limit_reached {
            let detail = "the document has more text or pages than the limits allow";
            findings.push(Finding::file(FindingCode::LimitReached, detail));
        }
        let pages: Vec<Page> =
            self.done.iter().map(|text| Page::new(text, TextSource::Layer)).collect();
        if pages.iter().all(|page| !page.has_text()) {
            let detail = format!("no text on any of {} pages", pages.len());
            findings.push(Finding::file(FindingCode::NoText, detail));
        }
        findings.extend(self.hidden);
        pages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sheets: Sheets) -> Vec<String> {
        sheets.finish("", "", &mut Vec::new()).into_iter().map(|page| page.text).collect()
    }

    #[test]
    fn tables_become_lines() {
        let mut sheets = Sheets::new(&Limits::default());
        for row in [["No", "Partai"], ["1", "A"]] {
            sheets.begin_row();
            for cell in row {
                sheets.text(cell);
                sheets.end_line();
                sheets.end_cell();
            }
            sheets.end_row();
        }
        assert_eq!(texts(sheets), ["No\tPartai\n1\tA\n"]);
    }

    #[test]
    fn a_noted_break_repeats_an_asked_one() {
        let mut sheets = Sheets::new(&Limits::default());
        sheets.text("a");
        sheets.break_page(Break::Asked);
        sheets.break_page(Break::Noted);
        sheets.text("b");
        sheets.break_page(Break::Noted);
        sheets.text("c");
        assert_eq!(texts(sheets), ["a", "b", "c"]);
    }

    #[test]
    fn limits_end_the_text_with_a_finding() {
        let mut sheets = Sheets::new(&Limits { text_bytes: 3, ..Limits::default() });
        sheets.text("abc");
        sheets.text("d");
        let mut findings = Vec::new();
        assert_eq!(sheets.finish("", "", &mut findings)[0].text, "abc");
        assert_eq!(findings[0].code, FindingCode::LimitReached);
    }
}
