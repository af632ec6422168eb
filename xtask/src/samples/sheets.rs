//! Parts to XLSX (ECMA-376, SpreadsheetML) and ODS (ISO/IEC 26300), as small as these formats
//! allow. Figures are numbers, shown with points between thousands.

use anyhow::Result;

use super::definition::Facts;
use super::office::{XML, archive, core, manifest, meta};
use super::parts::{Cell, Part};
use super::plain::escaped;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// A cell's style that shows thousands: the built-in format 3, `#,##0`.
const STYLES: &str = "<fonts count=\"1\"><font/></fonts><fills count=\"1\"><fill/></fills>\
    <borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs>\
    <cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"3\" applyNumberFormat=\"1\"/></cellXfs>";

/// An XLSX file.
pub(crate) fn xlsx(facts: &Facts, parts: &[Part]) -> Result<Vec<u8>> {
    let numbered = || (1..).zip(parts);
    let sheets: String = numbered()
        .map(|(number, part)| {
            let state = if part.hidden { " state=\"hidden\"" } else { "" };
            let name = escaped(&part.name);
            format!("<sheet name=\"{name}\" sheetId=\"{number}\"{state} r:id=\"rId{number}\"/>")
        })
        .collect();
    let targets: String = numbered()
        .map(|(number, _)| relation(number, "worksheet", &format!("worksheets/sheet{number}.xml")))
        .collect();
    let styles = relation(parts.len() + 1, "styles", "styles.xml");
    let overrides: String = numbered()
        .map(|(number, _)| over(&format!("/xl/worksheets/sheet{number}.xml"), "worksheet"))
        .collect();
    let mut entries = vec![
        (
            "[Content_Types].xml".to_owned(),
            format!(
                "{XML}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
                 ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                 <Override PartName=\"/docProps/core.xml\" \
                 ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>\
                 {}{}{overrides}</Types>",
                over("/xl/workbook.xml", "sheet.main"),
                over("/xl/styles.xml", "styles"),
            ),
        ),
        (
            "_rels/.rels".to_owned(),
            format!(
                "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\">{}<Relationship Id=\"rId2\" \
                 Type=\"{PACKAGE}/relationships/metadata/core-properties\" \
                 Target=\"docProps/core.xml\"/></Relationships>",
                relation(1, "officeDocument", "xl/workbook.xml")
            ),
        ),
        ("docProps/core.xml".to_owned(), core(facts)),
        (
            "xl/workbook.xml".to_owned(),
            format!(
                "{XML}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>{sheets}</sheets>\
                 </workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!(
                "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\">{targets}{styles}\
                 </Relationships>"
            ),
        ),
        (
            "xl/styles.xml".to_owned(),
            format!("{XML}<styleSheet xmlns=\"{MAIN}\">{STYLES}</styleSheet>"),
        ),
    ];
    entries.extend(numbered().map(|(number, part)| {
        let rows: String = (1..).zip(&part.rows).map(|(row, cells)| xlsx_row(row, cells)).collect();
        let sheet =
            format!("{XML}<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
        (format!("xl/worksheets/sheet{number}.xml"), sheet)
    }));
    archive(&entries)
}

fn relation(number: usize, sort: &str, target: &str) -> String {
    format!("<Relationship Id=\"rId{number}\" Type=\"{RELATIONS}/{sort}\" Target=\"{target}\"/>")
}

fn over(part: &str, sort: &str) -> String {
    format!("<Override PartName=\"{part}\" ContentType=\"{TYPE}.{sort}+xml\"/>")
}

fn xlsx_row(row: usize, cells: &[Cell]) -> String {
    let cells = ('A'..='Z').zip(cells).map(|(column, cell)| match cell.number {
        Some(number) => format!("<c r=\"{column}{row}\" s=\"1\"><v>{number}</v></c>"),
        None => {
            let text = escaped(&cell.text);
            format!("<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
        }
    });
    format!("<row r=\"{row}\">{}</row>", cells.collect::<String>())
}

const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";

const ODS_SPACES: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\"";

/// An ODS file.
pub(crate) fn ods(facts: &Facts, parts: &[Part]) -> Result<Vec<u8>> {
    let style = |name: &str, display: bool| {
        format!(
            "<style:style style:name=\"{name}\" style:family=\"table\"><style:table-properties \
             table:display=\"{display}\"/></style:style>"
        )
    };
    let tables: String = parts.iter().map(ods_table).collect();
    let content = format!(
        "{XML}<office:document-content {ODS_SPACES} office:version=\"1.2\"><office:automatic-styles>\
         {}{}</office:automatic-styles><office:body><office:spreadsheet>{tables}\
         </office:spreadsheet></office:body></office:document-content>",
        style("Tampil", true),
        style("Sembunyi", false),
    );
    archive(&[
        ("mimetype".to_owned(), ODS.to_owned()),
        ("META-INF/manifest.xml".to_owned(), manifest(ODS)),
        ("meta.xml".to_owned(), meta(facts)),
        ("content.xml".to_owned(), content),
    ])
}

fn ods_table(part: &Part) -> String {
    let style = if part.hidden { "Sembunyi" } else { "Tampil" };
    let columns = part.rows.iter().map(Vec::len).max().unwrap_or(1);
    let rows: String = part
        .rows
        .iter()
        .map(|cells| {
            let cells: String = cells.iter().map(ods_cell).collect();
            format!("<table:table-row>{cells}</table:table-row>")
        })
        .collect();
    format!(
        "<table:table table:name=\"{}\" table:style-name=\"{style}\"><table:table-column \
         table:number-columns-repeated=\"{columns}\"/>{rows}</table:table>",
        escaped(&part.name)
    )
}

fn ods_cell(cell: &Cell) -> String {
    let value = match cell.number {
        Some(number) => format!("office:value-type=\"float\" office:value=\"{number}\""),
        None => "office:value-type=\"string\"".to_owned(),
    };
    format!("<table:table-cell {value}><text:p>{}</text:p></table:table-cell>", escaped(&cell.text))
}
