//! ODT and ODP (OpenDocument 1.3, part 3): paragraphs as lines, tables row by row; pages by soft
//! page breaks or by slide.

use simars_record::{Extracted, Finding, FindingCode};

use crate::Limits;
use crate::package::{ODP, Package};
use crate::sheets::{Break, Sheets};
use crate::xml::{Element, Node};
use crate::{facts, hidden};

/// Elements whose content is not the document's text: deleted text and comments.
const SKIPPED: [&str; 2] = ["tracked-changes", "annotation"];

/// What an image says about itself. Told by the prefix that all writers use: `text:title` is a
/// field, and its content is text like any other.
const OF_IMAGES: [&str; 2] = ["svg:title", "svg:desc"];

/// More spaces in a row than any real text has.
const MOST_SPACES: usize = 1_000;

pub(crate) fn read(mut package: Package<'_>, media_type: &str, limits: &Limits) -> Extracted {
    let mut body = Walker::new("body", limits);
    package.walk("content.xml", |node| body.visit(node));
    if !body.entered {
        package.note(Finding::file(FindingCode::Damaged, "part content.xml: no body in it"));
    }
    // Headers and footers are part of the page styles, shared by all their pages.
    let [before, after] = ["header", "footer"].map(|element| {
        let mut walker = Walker::new(element, limits);
        package.walk("styles.xml", |node| walker.visit(node));
        let pages = walker.sheets.finish("", "", &mut Vec::new());
        pages.into_iter().map(|page| page.text).filter(|text| !text.trim().is_empty()).collect()
    });
    let (before, after): (String, String) = (before, after);
    let (title, structure) = facts::of_open_document(&mut package);
    let mut findings = package.into_findings();
    let pages = body.sheets.finish(&before, &after, &mut findings);
    Extracted {
        media_type: media_type.to_owned(),
        pages,
        findings,
        embedded_title: title,
        reader: if media_type == ODP { "odp" } else { "odt" }.to_owned(),
        structure,
    }
}

struct Walker {
    sheets: Sheets,
    styles: hidden::Styles,
    /// Only text within this element counts.
    within: &'static str,
    inside: u32,
    entered: bool,
    skipping: u32,
    paragraphs: u32,
    notes: u32,
    slides: u32,
}

impl Walker {
    fn new(within: &'static str, limits: &Limits) -> Self {
        let sheets = Sheets::new(limits);
        Self {
            sheets,
            styles: hidden::Styles::default(),
            within,
            inside: 0,
            entered: false,
            skipping: 0,
            paragraphs: 0,
            notes: 0,
            slides: 0,
        }
    }

    fn visit(&mut self, node: Node<'_>) {
        match node {
            Node::Open(element) if self.skipping > 0 || is_skipped(&element) => {
                self.skipping += 1;
            }
            Node::Close(_) if self.skipping > 0 => self.skipping -= 1,
            Node::Text(_) if self.skipping > 0 => {}
            Node::Open(element) => self.open(&element),
            Node::Close(name) => self.close(name),
            Node::Text(text) if self.inside > 0 && self.paragraphs > 0 => {
                self.sheets.text(&collapsed(text));
            }
            Node::Text(_) => {}
        }
    }

    fn open(&mut self, element: &Element<'_>) {
        let name = element.name();
        if name == self.within {
            self.inside += 1;
            self.entered = true;
        }
        if self.inside == 0 {
            self.styles.open(element);
            return;
        }
        match name {
            "p" | "h" => self.paragraphs += 1,
            "note" => {
                self.notes += 1;
                self.sheets.text(" ");
            }
            "s" => {
                let count = element.attribute("c").and_then(|count| count.parse().ok());
                self.sheets.text(&" ".repeat(count.unwrap_or(1).min(MOST_SPACES)));
            }
            "tab" => self.sheets.text("\t"),
            "line-break" => self.sheets.end_line(),
            "soft-page-break" => self.sheets.break_page(Break::Noted),
            "table-row" => self.sheets.begin_row(),
            "page" => {
                if self.slides > 0 {
                    self.sheets.break_page(Break::Asked);
                }
                self.slides += 1;
                if self.styles.hide(element) {
                    self.sheets.hide_slide();
                }
            }
            // What the speaker is to say stands apart from the slide.
            "notes" => self.sheets.text("\n"),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if self.inside == 0 {
            return;
        }
        match name {
            "p" | "h" => {
                self.paragraphs = self.paragraphs.saturating_sub(1);
                // A note stands within a paragraph and does not end it.
                if self.notes > 0 {
                    self.sheets.text(" ");
                } else {
                    self.sheets.end_line();
                }
            }
            "note" => self.notes = self.notes.saturating_sub(1),
            "note-citation" => self.sheets.text(" "),
            "table-cell" | "covered-table-cell" => self.sheets.end_cell(),
            "table-row" => self.sheets.end_row(),
            _ => {}
        }
        if name == self.within {
            self.inside -= 1;
        }
    }
}

fn is_skipped(element: &Element<'_>) -> bool {
    SKIPPED.contains(&element.name()) || OF_IMAGES.contains(&element.full_name())
}

/// White space as in HTML: line ends and indentation in the file mean one space.
fn collapsed(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for character in text.chars() {
        let space = matches!(character, ' ' | '\n' | '\t' | '\r');
        if !space {
            collapsed.push(character);
        } else if !collapsed.ends_with(' ') {
            collapsed.push(' ');
        }
    }
    collapsed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::tests::packed;
    use crate::package::{self, ODT};

    fn odt(body: &str, more: &[(&str, &str)]) -> Vec<u8> {
        let content =
            format!("<o:d xmlns:o='o' xmlns:t='t' xmlns:b='b'><o:body>{body}</o:body></o:d>");
        let mut parts = vec![("mimetype", ODT), ("content.xml", content.as_str())];
        parts.extend_from_slice(more);
        packed(&parts)
    }

    #[test]
    fn paragraphs_tables_notes_and_pages() {
        let bytes = odt(
            "<t:h>Judul</t:h><t:p>satu<t:s t:c='2'/>dua<t:tab/>tiga<t:note><t:note-citation>1\
             </t:note-citation><t:note-body><t:p>catatan</t:p></t:note-body></t:note>.</t:p>\
             <b:table-row><b:table-cell><t:p>No</t:p></b:table-cell><b:table-cell><t:p>Nama</t:p>\
             </b:table-cell></b:table-row><t:soft-page-break/><t:p>akhir\n   baris</t:p>",
            &[],
        );
        let extracted = package::read(&bytes, &Limits::default());
        let texts: Vec<&str> = extracted.pages.iter().map(|page| page.text.as_str()).collect();
        assert_eq!(texts, ["Judul\nsatu  dua\ttiga 1 catatan .\nNo\tNama\n", "akhir baris\n"]);
        assert_eq!(extracted.findings, []);
    }

    #[test]
    fn headers_footers_title_and_deleted_text() {
        let styles = "<o:s xmlns:o='o' xmlns:s='s' xmlns:t='t'><s:header><t:p>KOP</t:p></s:header>\
                      <s:footer><t:p>kaki</t:p></s:footer></o:s>";
        let bytes = odt(
            "<t:tracked-changes><t:p>lama</t:p></t:tracked-changes><t:p>isi</t:p>",
            &[
                ("styles.xml", styles),
                ("meta.xml", "<o:m xmlns:o='o' xmlns:d='d'><d:title>Nama</d:title></o:m>"),
            ],
        );
        let extracted = package::read(&bytes, &Limits::default());
        assert_eq!(extracted.pages[0].text, "KOP\nisi\nkaki\n");
        assert_eq!(extracted.embedded_title.as_deref(), Some("Nama"));
    }

    #[test]
    fn the_title_field_is_text_and_what_images_say_is_not() {
        let bytes = odt(
            "<t:p xmlns:svg='v'>Lampiran <t:title>Jadwal</t:title><b:image><svg:title>logo\
             </svg:title><svg:desc>lingkaran</svg:desc></b:image> ini</t:p>",
            &[],
        );
        let extracted = package::read(&bytes, &Limits::default());
        assert_eq!(extracted.pages[0].text, "Lampiran Jadwal ini\n");
        assert_eq!(extracted.findings, []);
    }

    #[test]
    fn slides_are_pages_with_their_notes() {
        let content = "<o:d xmlns:o='o' xmlns:t='t' xmlns:d='d' xmlns:p='p' xmlns:s='s'><s:style s:name='a'>\
                       <s:drawing-page-properties p:visibility='hidden'/></s:style><o:body><d:page><t:p>satu</t:p>\
                       <p:notes><t:p>catatan</t:p></p:notes></d:page><d:page d:style-name='a'><t:p>dua</t:p></d:page>\
                       </o:body></o:d>";
        let bytes = packed(&[("mimetype", ODP), ("content.xml", content)]);
        let extracted = package::read(&bytes, &Limits::default());
        let texts: Vec<&str> = extracted.pages.iter().map(|page| page.text.as_str()).collect();
        assert_eq!(texts, ["satu\n\ncatatan\n", "dua\n"]);
        assert_eq!(extracted.reader, "odp");
        let told: Vec<_> = extracted.findings.iter().map(|one| (one.code, one.page)).collect();
        assert_eq!(told, [(FindingCode::Hidden, Some(2))]);
    }

    #[test]
    fn a_locked_document_says_so() {
        let manifest = "<m:e xmlns:m='m'><m:encryption-data/></m:e>";
        let bytes = odt("", &[("META-INF/manifest.xml", manifest)]);
        let extracted = package::read(&bytes, &Limits::default());
        assert!(extracted.pages.is_empty());
        assert_eq!(extracted.findings[0].code, FindingCode::Encrypted);
    }
}
