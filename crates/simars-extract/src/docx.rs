//! DOCX (ECMA-376): paragraphs as lines, tables row by row, page breaks where Word noted them.

use simars_record::Extracted;

use crate::Limits;
use crate::facts;
use crate::package::{DOCX, Package};
use crate::sheets::{Break, Sheets};
use crate::xml::{self, Element, Node};

/// Elements whose content is not the document's text: the second form of what stands before it
/// already, and text that was moved elsewhere.
const SKIPPED: [&str; 2] = ["Fallback", "moveFrom"];

pub(crate) fn read(mut package: Package<'_>, limits: &Limits) -> Extracted {
    let mut walker = Walker::new(limits);
    let body = "word/document.xml";
    if let Some(bytes) = package.part(body)
        && let Err(error) = xml::walk(&bytes, |node| walker.visit(node))
    {
        package.note_broken(body, &error);
    }
    let before = side_text(&mut package, &["word/header"], limits);
    let after = ["word/footnotes", "word/endnotes", "word/footer"];
    let after = side_text(&mut package, &after, limits);
    let (title, structure) = facts::of_office_open_xml(&mut package);
    let mut findings = package.into_findings();
    let pages = walker.sheets.finish(&before, &after, &mut findings);
    Extracted {
        media_type: DOCX.to_owned(),
        pages,
        findings,
        embedded_title: title,
        reader: "docx".to_owned(),
        structure,
    }
}

/// The text of parts that stand beside the body, each different one once.
fn side_text(package: &mut Package<'_>, prefixes: &[&str], limits: &Limits) -> String {
    let mut texts: Vec<String> = Vec::new();
    let names: Vec<String> = prefixes.iter().flat_map(|prefix| package.names(prefix)).collect();
    for name in names {
        let Some(bytes) = package.part(&name) else { continue };
        let mut walker = Walker::new(limits);
        if let Err(error) = xml::walk(&bytes, |node| walker.visit(node)) {
            package.note_broken(&name, &error);
        }
        let pages = walker.sheets.finish("", "", &mut Vec::new());
        let lines: Vec<&str> = pages
            .iter()
            .flat_map(|page| page.text.lines())
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        let text = lines.join("\n");
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts.into_iter().map(|text| text + "\n").collect()
}

struct Walker {
    sheets: Sheets,
    /// How deep we are within a skipped element; 0 outside.
    skipping: u32,
    /// Whether we are in a run: a tab outside of one is a tab stop's definition.
    runs: u32,
    in_text: bool,
}

impl Walker {
    fn new(limits: &Limits) -> Self {
        Self { sheets: Sheets::new(limits), skipping: 0, runs: 0, in_text: false }
    }

    fn visit(&mut self, node: Node<'_>) {
        match node {
            Node::Open(element) if self.skipping > 0 || SKIPPED.contains(&element.name()) => {
                self.skipping += 1;
            }
            Node::Close(_) if self.skipping > 0 => self.skipping -= 1,
            Node::Text(_) if self.skipping > 0 => {}
            Node::Open(element) => self.open(&element),
            Node::Close(name) => self.close(name),
            Node::Text(text) if self.in_text => self.sheets.text(text),
            Node::Text(_) => {}
        }
    }

    fn open(&mut self, element: &Element<'_>) {
        match element.name() {
            "r" => self.runs += 1,
            "t" => self.in_text = true,
            "tr" => self.sheets.begin_row(),
            "tab" | "ptab" if self.runs > 0 => self.sheets.text("\t"),
            "cr" => self.sheets.end_line(),
            "noBreakHyphen" => self.sheets.text("-"),
            "lastRenderedPageBreak" => self.sheets.break_page(Break::Noted),
            "br" if element.attribute("type").as_deref() == Some("page") => {
                self.sheets.break_page(Break::Asked);
            }
            "br" => self.sheets.end_line(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "r" => self.runs = self.runs.saturating_sub(1),
            "t" => self.in_text = false,
            "p" => self.sheets.end_line(),
            "tc" => self.sheets.end_cell(),
            "tr" => self.sheets.end_row(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package;
    use crate::package::tests::packed;
    use simars_record::FindingCode;

    fn body(inner: &str) -> String {
        format!("<w:document xmlns:w='w' xmlns:mc='m'><w:body>{inner}</w:body></w:document>")
    }

    fn run(text: &str) -> String {
        format!("<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>")
    }

    fn read_body(inner: &str) -> Extracted {
        package::read(&packed(&[("word/document.xml", &body(inner))]), &Limits::default())
    }

    #[test]
    fn paragraphs_tables_and_pages() {
        let inner = format!(
            "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>{}<w:r><w:tab/></w:r>{}</w:p>\
             <w:tbl><w:tr><w:tc><w:p>{}</w:p><w:p>{}</w:p></w:tc><w:tc><w:p>{}</w:p></w:tc></w:tr></w:tbl>\
             <w:p><w:r><w:br w:type='page'/></w:r></w:p>\
             <w:p><w:r><w:lastRenderedPageBreak/></w:r>{}<w:r><w:lastRenderedPageBreak/></w:r>{}</w:p>",
            run("Nomor"),
            run("12 &amp; 13"),
            run("No"),
            run("urut"),
            run("Nama"),
            run("dua"),
            run("tiga"),
        );
        let extracted = read_body(&inner);
        let texts: Vec<&str> = extracted.pages.iter().map(|page| page.text.as_str()).collect();
        assert_eq!(texts, ["Nomor\t12 & 13\nNo urut\tNama\n", "\ndua", "tiga\n"]);
        assert_eq!(extracted.findings, []);
    }

    #[test]
    fn what_is_not_the_text_is_left_out() {
        let inner = format!(
            "<w:p>{}<w:del><w:r><w:delText>lama</w:delText></w:r></w:del>\
             <mc:AlternateContent><mc:Choice>{}</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>\
             <w:r><w:instrText>PAGE</w:instrText></w:r></w:p>",
            run("baru "),
            run("kotak"),
            run("kotak"),
        );
        assert_eq!(read_body(&inner).pages[0].text, "baru kotak\n");
    }

    #[test]
    fn headers_once_footers_last_and_the_title() {
        let header = format!("<w:hdr xmlns:w='w'><w:p>{}</w:p></w:hdr>", run("KOP"));
        let footer = format!("<w:ftr xmlns:w='w'><w:p>{}</w:p></w:ftr>", run("kaki"));
        let bytes = packed(&[
            ("word/document.xml", &body(&format!("<w:p>{}</w:p>", run("isi")))),
            ("word/header1.xml", &header),
            ("word/header2.xml", &header),
            ("word/footer1.xml", &footer),
            ("docProps/core.xml", "<c:p xmlns:c='c' xmlns:d='d'><d:title>Judul</d:title></c:p>"),
        ]);
        let extracted = package::read(&bytes, &Limits::default());
        assert_eq!(extracted.pages[0].text, "KOP\nisi\nkaki\n");
        assert_eq!(extracted.embedded_title.as_deref(), Some("Judul"));
    }

    #[test]
    fn broken_xml_keeps_what_was_before() {
        let extracted = read_body(&format!("<w:p>{}</w:p></w:x>", run("satu")));
        assert_eq!(extracted.pages[0].text, "satu\n");
        assert_eq!(extracted.findings[0].code, FindingCode::Damaged);
    }
}
