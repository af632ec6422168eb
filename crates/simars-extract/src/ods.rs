//! ODS (OpenDocument 1.3, part 3, section 9): each table a page. Cells carry their text as shown.

use simars_record::Extracted;
use simars_record::layout::Structure;

use crate::Limits;
use crate::facts;
use crate::grid::Grid;
use crate::hidden;
use crate::package::{ODS, Package};
use crate::xml::{Element, Node};

pub(crate) fn read(mut package: Package<'_>, limits: &Limits) -> Extracted {
    let (title, structure) = facts::of_open_document(&mut package);
    let mut walker = Walker::new(limits);
    package.walk("content.xml", |node| walker.visit(node));
    let mut findings = package.into_findings();
    let (pages, outline) = walker.grid.finish(&mut findings);
    let structure = Structure { outline, ..structure.map(|one| *one).unwrap_or_default() };
    Extracted {
        media_type: ODS.to_owned(),
        pages,
        findings,
        embedded_title: title,
        reader: "ods".to_owned(),
        structure: facts::known(structure),
    }
}

struct Walker {
    grid: Grid,
    styles: hidden::Styles,
    /// How many tables deep we are; a table in a cell is part of the cell's text.
    tables: u32,
    skipping: u32,
    paragraphs: u32,
    column: usize,
    /// How many times the row stands there, and the cell.
    rows: usize,
    cells: usize,
    text: String,
}

impl Walker {
    fn new(limits: &Limits) -> Self {
        Self {
            grid: Grid::new(limits),
            styles: hidden::Styles::default(),
            tables: 0,
            skipping: 0,
            paragraphs: 0,
            column: 0,
            rows: 1,
            cells: 1,
            text: String::new(),
        }
    }

    fn visit(&mut self, node: Node<'_>) {
        if self.grid.is_full() {
            // What was read of the sheet is still to become pages.
            if matches!(node, Node::Close("table")) && self.tables > 0 {
                self.grid.end_sheet();
                self.tables = 0;
            }
            return;
        }
        match node {
            Node::Open(element) if self.skipping > 0 || element.name() == "annotation" => {
                self.skipping += 1;
            }
            Node::Close(_) if self.skipping > 0 => self.skipping -= 1,
            Node::Open(element) => self.open(&element),
            Node::Close(name) => self.close(name),
            Node::Text(text) if self.skipping == 0 && self.paragraphs > 0 => {
                self.text.push_str(text);
            }
            Node::Text(_) => {}
        }
    }

    fn open(&mut self, element: &Element<'_>) {
        self.styles.open(element);
        match element.name() {
            "table" => {
                self.tables += 1;
                if self.tables == 1 {
                    let name = element.text_attribute("name").unwrap_or_default();
                    self.grid.begin_sheet(&name, self.styles.hide(element));
                }
            }
            "table-row" if self.tables == 1 => {
                self.rows = times(element, "number-rows-repeated");
                self.column = 0;
            }
            "table-cell" | "covered-table-cell" if self.tables == 1 => {
                self.cells = times(element, "number-columns-repeated");
                self.text.clear();
            }
            "p" | "h" if self.tables > 0 => self.paragraphs += 1,
            "s" | "tab" | "line-break" => self.text.push(' '),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "table" => {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    self.grid.end_sheet();
                }
            }
            "table-row" if self.tables == 1 => self.grid.end_row(self.rows),
            "table-cell" | "covered-table-cell" if self.tables == 1 => self.end_cell(),
            "p" | "h" if self.paragraphs > 0 => {
                self.paragraphs -= 1;
                self.text.push(' ');
            }
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.trim().is_empty() {
            for column in self.column..self.column.saturating_add(self.cells) {
                self.grid.cell(column, &text);
                if self.grid.is_full() {
                    break;
                }
            }
        }
        self.column = self.column.saturating_add(self.cells);
    }
}

fn times(element: &Element<'_>, attribute: &str) -> usize {
    element.attribute(attribute).and_then(|value| value.parse().ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::{self, tests::packed};
    use simars_record::FindingCode;

    fn read_tables(tables: &str, limits: &Limits) -> Extracted {
        let content =
            format!("<o:d xmlns:o='o' xmlns:t='t' xmlns:b='b'><o:body>{tables}</o:body></o:d>");
        package::read(&packed(&[("mimetype", ODS), ("content.xml", &content)]), limits)
    }

    #[test]
    fn tables_rows_and_repeated_cells() {
        let extracted = read_tables(
            "<b:table b:name='Rekap'><b:table-row><b:table-cell><t:p>No</t:p></b:table-cell>\
             <b:table-cell b:number-columns-repeated='2'/><b:table-cell><o:annotation><t:p>ulasan</t:p>\
             </o:annotation><t:p>1.234</t:p></b:table-cell></b:table-row>\
             <b:table-row b:number-rows-repeated='2'><b:table-cell b:number-columns-repeated='2'>\
             <t:p>0</t:p></b:table-cell></b:table-row><b:table-row b:number-rows-repeated='1048570'>\
             <b:table-cell b:number-columns-repeated='16384'/></b:table-row></b:table>\
             <b:table b:name='Dua'/>",
            &Limits::default(),
        );
        let texts: Vec<&str> = extracted.pages.iter().map(|page| page.text.as_str()).collect();
        assert_eq!(texts, ["Rekap\nNo\t\t\t1.234\n0\t0\n0\t0\n", "Dua\n"]);
        assert_eq!(extracted.findings, []);
    }

    #[test]
    fn hidden_tables_are_read_and_told_of() {
        let style = |name: &str, display: &str| {
            format!(
                "<s:style xmlns:s='s' s:name='{name}' s:family='table'><s:table-properties \
                 b:display='{display}'/></s:style>"
            )
        };
        let table = |name: &str, style: &str| {
            format!(
                "<b:table b:name='{name}' b:style-name='{style}'><b:table-row><b:table-cell>\
                 <t:p>1</t:p></b:table-cell></b:table-row></b:table>"
            )
        };
        let all = [style("a", "true"), style("b", "false"), table("Satu", "a"), table("Dua", "b")];
        let extracted = read_tables(&all.concat(), &Limits::default());
        assert_eq!(extracted.pages[1].text, "Dua\n1\n");
        let told: Vec<_> = extracted.findings.iter().map(|one| (one.code, one.page)).collect();
        assert_eq!(told, [(FindingCode::Hidden, Some(2))]);
    }

    #[test]
    fn a_cell_repeated_without_end_is_a_finding() {
        let extracted = read_tables(
            "<b:table b:name='A'><b:table-row b:number-rows-repeated='18446744073709551615'>\
             <b:table-cell b:number-columns-repeated='16000'><t:p>x</t:p></b:table-cell></b:table-row></b:table>",
            &Limits { text_bytes: 100_000, ..Limits::default() },
        );
        assert!(extracted.pages[0].text.len() < 200_000);
        assert_eq!(extracted.findings[0].code, FindingCode::LimitReached);
    }
}
