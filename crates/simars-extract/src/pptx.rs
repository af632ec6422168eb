//! PPTX (ECMA-376, PresentationML): each slide a page, its notes after an empty line.

use simars_record::Extracted;

use crate::Limits;
use crate::facts;
use crate::package::{PPTX, Package};
use crate::sheets::{Break, Sheets};
use crate::xml::{Element, Node};

/// Frames that repeat what every slide has.
const FURNITURE: [&str; 4] = ["sldNum", "dt", "ftr", "hdr"];

pub(crate) fn read(mut package: Package<'_>, limits: &Limits) -> Extracted {
    let (title, structure) = facts::of_office_open_xml(&mut package);
    let mut order = Vec::new();
    package.walk("ppt/presentation.xml", |node| {
        if let Node::Open(element) = node
            && element.name() == "sldId"
        {
            // The slide's own number is an `id` too: only the one with a prefix is the relation.
            order.extend(element.prefixed_attribute("id"));
        }
    });
    let relations = package.relations("ppt/presentation.xml");
    let mut walker = Walker::new(limits);
    let slides = order.iter().filter_map(|id| relations.get(id));
    for (index, slide) in slides.enumerate() {
        if index > 0 {
            walker.sheets.break_page(Break::Asked);
        }
        package.walk(slide, |node| walker.visit(node));
        walker.reset();
        let beside = package.relations(slide);
        if let Some(notes) = beside.values().find(|part| part.contains("notesSlide")) {
            walker.sheets.text("\n");
            package.walk(notes, |node| walker.visit(node));
            walker.reset();
        }
    }
    let mut findings = package.into_findings();
    let pages = walker.sheets.finish("", "", &mut findings);
    Extracted {
        media_type: PPTX.to_owned(),
        pages,
        findings,
        embedded_title: title,
        reader: "pptx".to_owned(),
        structure,
    }
}

struct Walker {
    sheets: Sheets,
    in_text: bool,
    /// Whether we are in a frame that is left out.
    furniture: bool,
    /// How deep we are in the second form of what stands before it already.
    fallback: u32,
}

impl Walker {
    fn new(limits: &Limits) -> Self {
        Self { sheets: Sheets::new(limits), in_text: false, furniture: false, fallback: 0 }
    }

    /// Forgets what a broken part left open.
    fn reset(&mut self) {
        self.in_text = false;
        self.furniture = false;
        self.fallback = 0;
    }

    fn visit(&mut self, node: Node<'_>) {
        match node {
            Node::Open(element) if self.fallback > 0 || element.name() == "Fallback" => {
                self.fallback += 1;
            }
            Node::Close(_) if self.fallback > 0 => self.fallback -= 1,
            Node::Text(_) if self.fallback > 0 => {}
            Node::Open(element) => self.open(&element),
            Node::Close("sp") => self.furniture = false,
            Node::Close(_) | Node::Text(_) if self.furniture => {}
            Node::Close(name) => self.close(name),
            Node::Text(text) if self.in_text => self.sheets.text(text),
            Node::Text(_) => {}
        }
    }

    fn open(&mut self, element: &Element<'_>) {
        match element.name() {
            "ph" => {
                let sort = element.attribute("type").unwrap_or_default();
                self.furniture = FURNITURE.contains(&sort.as_str());
            }
            _ if self.furniture => {}
            "sld" if matches!(element.attribute("show").as_deref(), Some("0" | "false")) => {
                self.sheets.hide_slide();
            }
            "t" => self.in_text = true,
            "tr" => self.sheets.begin_row(),
            "br" => self.sheets.end_line(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
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
    use crate::package::{self, tests::packed};
    use simars_record::FindingCode;

    fn slide(inner: &str) -> String {
        format!("<p:sld xmlns:p='p' xmlns:a='a'>{inner}</p:sld>")
    }

    fn shape(sort: &str, text: &str) -> String {
        format!(
            "<p:sp><p:nvPr><p:ph type='{sort}'/></p:nvPr><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp>"
        )
    }

    #[test]
    fn slides_in_their_order_with_tables_and_notes() {
        let cell = |text: &str| format!("<a:tc><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:tc>");
        let table = format!("<a:tr>{}{}</a:tr>", cell("No"), cell("Nama"));
        let first = slide(&(shape("title", "Judul") + &table + &shape("sldNum", "1")));
        let hidden = slide(&shape("body", "akhir")).replace("<p:sld ", "<p:sld show='0' ");
        let bytes = packed(&[
            (
                "ppt/presentation.xml",
                "<p xmlns:r='r'><sldId id='256' r:id='b'/><sldId id='257' r:id='a'/></p>",
            ),
            (
                "ppt/_rels/presentation.xml.rels",
                "<R><Relationship Id='a' Target='slides/slide1.xml'/>\
                 <Relationship Id='b' Target='slides/slide2.xml'/></R>",
            ),
            ("ppt/slides/slide1.xml", &hidden),
            ("ppt/slides/slide2.xml", &first),
            (
                "ppt/slides/_rels/slide2.xml.rels",
                "<R><Relationship Id='n' Target='../notesSlides/notesSlide1.xml'/></R>",
            ),
            ("ppt/notesSlides/notesSlide1.xml", &slide(&shape("body", "catatan"))),
        ]);
        let extracted = package::read(&bytes, &Limits::default());
        let texts: Vec<&str> = extracted.pages.iter().map(|page| page.text.as_str()).collect();
        assert_eq!(texts, ["Judul\nNo\tNama\n\ncatatan\n", "akhir\n"]);
        let told: Vec<_> = extracted.findings.iter().map(|one| (one.code, one.page)).collect();
        assert_eq!(told, [(FindingCode::Hidden, Some(2))]);
    }
}
