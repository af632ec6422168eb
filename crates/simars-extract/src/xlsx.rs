//! XLSX (ECMA-376, SpreadsheetML): each sheet a page, hidden ones too.

use std::collections::HashMap;

use simars_record::Extracted;
use simars_record::layout::Structure;

use crate::Limits;
use crate::facts;
use crate::grid::Grid;
use crate::numbers::Format;
use crate::package::{Package, XLSX};
use crate::xml::{self, Element, Node};

pub(crate) fn read(mut package: Package<'_>, limits: &Limits) -> Extracted {
    let (title, structure) = facts::of_office_open_xml(&mut package);
    let relations = package.relations("xl/workbook.xml");
    let workbook = Workbook::read(&mut package);
    let texts = shared_texts(&mut package);
    let formats = formats(&mut package);
    let mut grid = Grid::new(limits);
    for named in &workbook.sheets {
        let Some(part) = relations.get(&named.relation) else { continue };
        let Some(bytes) = package.part(part) else { continue };
        grid.begin_sheet(&named.name, named.hidden);
        let mut sheet = Sheet {
            grid: &mut grid,
            texts: &texts,
            formats: &formats,
            from_1904: workbook.from_1904,
            next: 0,
            cell: None,
            taking: false,
            phonetic: 0,
        };
        if let Err(error) = xml::walk(&bytes, |node| sheet.visit(node)) {
            package.note_broken(part, &error);
        }
        grid.end_sheet();
        if grid.is_full() {
            break;
        }
    }
    let mut findings = package.into_findings();
    let (pages, outline) = grid.finish(&mut findings);
    let structure = Structure { outline, ..structure.map(|one| *one).unwrap_or_default() };
    Extracted {
        media_type: XLSX.to_owned(),
        pages,
        findings,
        embedded_title: title,
        reader: "xlsx".to_owned(),
        structure: facts::known(structure),
    }
}

#[derive(Default)]
struct Workbook {
    sheets: Vec<Named>,
    from_1904: bool,
}

/// A sheet as the workbook names it.
struct Named {
    name: String,
    /// The id of the relation that leads to it.
    relation: String,
    hidden: bool,
}

impl Workbook {
    fn read(package: &mut Package<'_>) -> Self {
        let mut workbook = Self::default();
        package.walk("xl/workbook.xml", |node| {
            let Node::Open(element) = node else { return };
            match element.name() {
                "sheet" => {
                    let name = element.text_attribute("name").unwrap_or_default();
                    let relation = element.attribute("id").unwrap_or_default();
                    let state = element.attribute("state");
                    let hidden = matches!(state.as_deref(), Some("hidden" | "veryHidden"));
                    workbook.sheets.push(Named { name, relation, hidden });
                }
                "workbookPr" => {
                    let value = element.attribute("date1904");
                    workbook.from_1904 = matches!(value.as_deref(), Some("1" | "true"));
                }
                _ => {}
            }
        });
        workbook
    }
}

/// The texts that cells name by their index.
fn shared_texts(package: &mut Package<'_>) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let (mut taking, mut phonetic) = (false, 0_u32);
    package.walk("xl/sharedStrings.xml", |node| match node {
        Node::Open(element) => match element.name() {
            "si" => texts.push(String::new()),
            "t" => taking = phonetic == 0,
            "rPh" => phonetic += 1,
            _ => {}
        },
        Node::Close("t") => taking = false,
        Node::Close("rPh") => phonetic = phonetic.saturating_sub(1),
        Node::Text(text) if taking => {
            if let Some(last) = texts.last_mut() {
                last.push_str(text);
            }
        }
        Node::Close(_) | Node::Text(_) => {}
    });
    texts
}

/// How the cells of each style show their numbers.
fn formats(package: &mut Package<'_>) -> Vec<Format> {
    let mut own: HashMap<u32, Format> = HashMap::new();
    let mut formats = Vec::new();
    let mut of_cells = false;
    package.walk("xl/styles.xml", |node| match node {
        Node::Open(element) => match element.name() {
            "numFmt" => {
                let code = element.text_attribute("formatCode").unwrap_or_default();
                own.insert(number(&element, "numFmtId"), Format::from_code(&code));
            }
            "cellXfs" => of_cells = true,
            "xf" if of_cells => {
                let id = number(&element, "numFmtId");
                formats.push(own.get(&id).copied().unwrap_or_else(|| Format::built_in(id)));
            }
            _ => {}
        },
        Node::Close("cellXfs") => of_cells = false,
        Node::Close(_) | Node::Text(_) => {}
    });
    formats
}

fn number(element: &Element<'_>, attribute: &str) -> u32 {
    element.attribute(attribute).and_then(|value| value.parse().ok()).unwrap_or(0)
}

/// A cell in the making.
struct Cell {
    column: usize,
    style: usize,
    sort: String,
    value: String,
}

struct Sheet<'a> {
    grid: &'a mut Grid,
    texts: &'a [String],
    formats: &'a [Format],
    from_1904: bool,
    /// The column of a cell that does not name its own.
    next: usize,
    cell: Option<Cell>,
    /// Whether we are in a cell's value.
    taking: bool,
    /// How deep we are in how a text is pronounced.
    phonetic: u32,
}

impl Sheet<'_> {
    fn visit(&mut self, node: Node<'_>) {
        if self.grid.is_full() {
            return;
        }
        match node {
            Node::Open(element) => self.open(&element),
            Node::Close("v" | "t") => self.taking = false,
            Node::Close("rPh") => self.phonetic = self.phonetic.saturating_sub(1),
            Node::Close("c") => self.end_cell(),
            Node::Close("row") => {
                self.grid.end_row(1);
                self.next = 0;
            }
            Node::Text(text) => {
                if let Some(cell) = self.cell.as_mut().filter(|_| self.taking) {
                    cell.value.push_str(text);
                }
            }
            Node::Close(_) => {}
        }
    }

    fn open(&mut self, element: &Element<'_>) {
        match element.name() {
            "c" => {
                let place = element.attribute("r");
                let column = place.as_deref().and_then(column).unwrap_or(self.next);
                self.next = column.saturating_add(1);
                self.cell = Some(Cell {
                    column,
                    style: number(element, "s") as usize,
                    sort: element.attribute("t").unwrap_or_default(),
                    value: String::new(),
                });
            }
            "v" | "t" => self.taking = self.phonetic == 0,
            "rPh" => self.phonetic += 1,
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        let value = cell.value.trim();
        let text = match cell.sort.as_str() {
            "s" => {
                let index: Option<usize> = value.parse().ok();
                index.and_then(|index| self.texts.get(index)).cloned().unwrap_or_default()
            }
            "b" => if value == "1" { "TRUE" } else { "FALSE" }.to_owned(),
            "str" | "inlineStr" | "e" | "d" => cell.value,
            _ => match value.parse::<f64>() {
                Ok(number) => {
                    let format = self.formats.get(cell.style).copied().unwrap_or(Format::General);
                    format.shown(number, self.from_1904)
                }
                Err(_) => cell.value,
            },
        };
        self.grid.cell(cell.column, &text);
    }
}

/// The index of the column in a place such as `AB12`.
fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic).take(4);
    let count = letters.fold(0_usize, |sum, letter| {
        sum * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    count.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::{self, tests::packed};
    use simars_record::FindingCode;

    const RELATIONS: &str = "<R><Relationship Id='r1' Target='worksheets/sheet1.xml'/>\
        <Relationship Id='r2' Target='/xl/worksheets/sheet2.xml'/></R>";

    #[test]
    fn sheets_rows_texts_and_numbers() {
        let workbook = "<w xmlns:r='r'><sheets><sheet name='Rekap &amp; Hasil' r:id='r2'/>\
             <sheet name='Tersembunyi' state='hidden' r:id='r1'/></sheets></w>";
        let styles = "<s><numFmts><numFmt numFmtId='164' formatCode='#,##0'/></numFmts><cellStyleXfs>\
             <xf numFmtId='9'/></cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='164'/>\
             <xf numFmtId='14'/></cellXfs></s>";
        let first = "<w><sheetData><row><c r='A1' t='s'><v>1</v></c><c r='C1' s='1'><v>1234567</v></c>\
             <c><f>1+1</f><v>2</v></c></row><row><c r='A2' s='2'><v>45336</v></c>\
             <c r='B2' t='inlineStr'><is><r><t>dua </t></r><r><t>kata</t></r></is></c></row></sheetData></w>";
        let bytes = packed(&[
            ("xl/workbook.xml", workbook),
            ("xl/_rels/workbook.xml.rels", RELATIONS),
            (
                "xl/sharedStrings.xml",
                "<s><si><t>x</t></si><si><t>No</t><rPh><t>y</t></rPh></si></s>",
            ),
            ("xl/styles.xml", styles),
            ("xl/worksheets/sheet1.xml", "<w><row><c t='b'><v>1</v></c></row></w>"),
            ("xl/worksheets/sheet2.xml", first),
        ]);
        let extracted = package::read(&bytes, &Limits::default());
        let texts: Vec<&str> = extracted.pages.iter().map(|page| page.text.as_str()).collect();
        let rekap = "Rekap & Hasil\nNo\t\t1.234.567\t2\n2024-02-14\tdua kata\n";
        assert_eq!(texts, [rekap, "Tersembunyi\nTRUE\n"]);
        let [finding] = extracted.findings.as_slice() else { panic!("{:?}", extracted.findings) };
        assert_eq!((finding.code, finding.page), (FindingCode::Hidden, Some(2)));
        assert!(finding.detail.starts_with("sheet Tersembunyi is hidden"), "{}", finding.detail);
        assert_eq!(extracted.structure.unwrap().outline[1].page, Some(2));
    }

    #[test]
    fn columns_are_letters() {
        assert_eq!(column("A1"), Some(0));
        assert_eq!(column("XFD1048576"), Some(16_383));
        assert_eq!(column("12"), None);
    }
}
