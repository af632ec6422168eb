//! Blocks to DOCX (ECMA-376) and ODT (ISO/IEC 26300), as small as these formats allow.

use std::io::{Cursor, Write as _};

use anyhow::Result;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::definition::Facts;
use super::forms::MARK;
use super::markup::{Block, Table};
use super::plain::escaped;

/// A DOCX file.
pub(crate) fn docx(facts: &Facts, blocks: &[Block]) -> Result<Vec<u8>> {
    let body: String = blocks.iter().map(docx_block).collect();
    let mark = docx_paragraph(MARK, "center", false);
    let document = format!(
        "{XML}<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
         <w:body>{body}{mark}<w:sectPr><w:pgSz w:w=\"12240\" w:h=\"18720\"/>\
         <w:pgMar w:top=\"1134\" w:right=\"1134\" w:bottom=\"1134\" w:left=\"1418\" w:header=\"720\" \
         w:footer=\"720\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>"
    );
    archive(&[
        ("[Content_Types].xml".to_owned(), format!("{XML}{DOCX_TYPES}")),
        ("_rels/.rels".to_owned(), format!("{XML}{DOCX_RELATIONS}")),
        ("docProps/core.xml".to_owned(), core(facts)),
        ("word/document.xml".to_owned(), document),
    ])
}

/// What an Office Open XML file says about itself.
pub(crate) fn core(facts: &Facts) -> String {
    format!(
        "{XML}<cp:coreProperties \
         xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title></cp:coreProperties>",
        escaped(facts.title.as_deref().unwrap_or_default())
    )
}

/// The line that every part begins with.
pub(crate) const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

const DOCX_TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Override PartName=\"/docProps/core.xml\" \
    ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>\
    <Override PartName=\"/word/document.xml\" \
    ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";

const DOCX_RELATIONS: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"rId1\" \
    Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
    Target=\"word/document.xml\"/><Relationship Id=\"rId2\" \
    Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" \
    Target=\"docProps/core.xml\"/></Relationships>";

fn docx_paragraph(text: &str, alignment: &str, bold: bool) -> String {
    let bold = if bold { "<w:rPr><w:b/></w:rPr>" } else { "" };
    let tabs = text.split('\t').map(|text| {
        format!("<w:r>{bold}<w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(text))
    });
    let runs = tabs.collect::<Vec<_>>().join("<w:r><w:tab/></w:r>");
    format!("<w:p><w:pPr><w:jc w:val=\"{alignment}\"/></w:pPr>{runs}</w:p>")
}

fn docx_block(block: &Block) -> String {
    match block {
        Block::Heading(text) => docx_paragraph(text, "center", true),
        Block::Centre { text, bold } => docx_paragraph(text, "center", *bold),
        Block::Paragraph(text) => docx_paragraph(text, "both", false),
        Block::Item { mark, text, .. } => docx_paragraph(&format!("{mark}\t{text}"), "both", false),
        Block::Part { .. } => docx_paragraph(&part_line(block), "both", false),
        Block::Table(table) => docx_table(table),
        Block::Aside { right, lines } => {
            let alignment = if *right { "right" } else { "left" };
            lines.iter().map(|line| docx_paragraph(line, alignment, false)).collect()
        }
        Block::Gap | Block::Rule => docx_paragraph("", "left", false),
        Block::Columns(_) | Block::Contents | Block::PageBreak => String::new(),
    }
}

/// The three columns of a part, with tabs between.
fn part_line(block: &Block) -> String {
    let Block::Part { label, mark, text } = block else { return String::new() };
    let start = if label.is_empty() { "\t\t".to_owned() } else { format!("{label}\t:\t") };
    if mark.is_empty() { format!("{start}{text}") } else { format!("{start}{mark}\t{text}") }
}

fn docx_table(table: &Table) -> String {
    let mut xml =
        "<w:tbl><w:tblPr><w:tblW w:w=\"0\" w:type=\"auto\"/></w:tblPr><w:tblGrid>".to_owned();
    xml.push_str(&"<w:gridCol/>".repeat(table.columns.len()));
    xml.push_str("</w:tblGrid>");
    for (index, row) in table.rows.iter().enumerate() {
        let cells = row.iter().map(|cell| docx_paragraph(cell, "left", index == 0));
        let cells: String = cells.map(|cell| format!("<w:tc>{cell}</w:tc>")).collect();
        xml.push_str(&format!("<w:tr>{cells}</w:tr>"));
    }
    xml.push_str("</w:tbl>");
    xml
}

/// An ODT file.
pub(crate) fn odt(facts: &Facts, blocks: &[Block]) -> Result<Vec<u8>> {
    let body: String = blocks.iter().map(odt_block).collect();
    let content = format!(
        "{XML}<office:document-content {ODT_SPACES} office:version=\"1.2\"><office:automatic-styles>\
         <style:style style:name=\"Tengah\" style:family=\"paragraph\">\
         <style:paragraph-properties fo:text-align=\"center\"/></style:style>\
         </office:automatic-styles><office:body><office:text>{body}{}</office:text></office:body>\
         </office:document-content>",
        odt_paragraph(MARK, true)
    );
    archive(&[
        ("mimetype".to_owned(), ODT.to_owned()),
        ("META-INF/manifest.xml".to_owned(), manifest(ODT)),
        ("meta.xml".to_owned(), meta(facts)),
        ("content.xml".to_owned(), content),
    ])
}

const ODT: &str = "application/vnd.oasis.opendocument.text";

/// What an OpenDocument file says about itself.
pub(crate) fn meta(facts: &Facts) -> String {
    format!(
        "{XML}<office:document-meta {ODT_SPACES} office:version=\"1.2\"><office:meta>\
         <dc:title>{}</dc:title></office:meta></office:document-meta>",
        escaped(facts.title.as_deref().unwrap_or_default())
    )
}

const ODT_SPACES: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
    xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" \
    xmlns:dc=\"http://purl.org/dc/elements/1.1/\"";

/// The list of an OpenDocument file's parts.
pub(crate) fn manifest(media_type: &str) -> String {
    format!(
        "{XML}<manifest:manifest \
         xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" \
         manifest:version=\"1.2\"><manifest:file-entry manifest:full-path=\"/\" \
         manifest:media-type=\"{media_type}\"/>\
         <manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>\
         <manifest:file-entry manifest:full-path=\"meta.xml\" manifest:media-type=\"text/xml\"/>\
         </manifest:manifest>"
    )
}

fn odt_paragraph(text: &str, centred: bool) -> String {
    let style = if centred { " text:style-name=\"Tengah\"" } else { "" };
    format!("<text:p{style}>{}</text:p>", escaped(text).replace('\t', "<text:tab/>"))
}

fn odt_block(block: &Block) -> String {
    match block {
        Block::Heading(text) => {
            format!("<text:h text:outline-level=\"1\">{}</text:h>", escaped(text))
        }
        Block::Centre { text, .. } => odt_paragraph(text, true),
        Block::Paragraph(text) => odt_paragraph(text, false),
        Block::Item { mark, text, .. } => odt_paragraph(&format!("{mark}\t{text}"), false),
        Block::Part { .. } => odt_paragraph(&part_line(block), false),
        Block::Table(table) => odt_table(table),
        Block::Aside { lines, .. } => lines.iter().map(|line| odt_paragraph(line, false)).collect(),
        Block::Gap | Block::Rule => odt_paragraph("", false),
        Block::Columns(_) | Block::Contents | Block::PageBreak => String::new(),
    }
}

fn odt_table(table: &Table) -> String {
    let columns = table.columns.len();
    let mut xml =
        format!("<table:table><table:table-column table:number-columns-repeated=\"{columns}\"/>");
    for row in &table.rows {
        let cells = row.iter().map(|cell| {
            format!("<table:table-cell>{}</table:table-cell>", odt_paragraph(cell, false))
        });
        xml.push_str(&format!("<table:table-row>{}</table:table-row>", cells.collect::<String>()));
    }
    xml.push_str("</table:table>");
    xml
}

/// A zip of texts, every entry of the same fixed time. The type of an OpenDocument file has to stand first
/// and uncompressed.
pub(crate) fn archive(entries: &[(String, String)]) -> Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        let method = match name.as_str() {
            "mimetype" => CompressionMethod::Stored,
            _ => CompressionMethod::Deflated,
        };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(0o644);
        writer.start_file(name.as_str(), options)?;
        writer.write_all(text.as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}
