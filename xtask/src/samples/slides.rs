//! Parts to PPTX (ECMA-376, PresentationML) and ODP (ISO/IEC 26300), as small as these formats
//! allow.

use anyhow::Result;

use super::definition::Facts;
use super::office::{XML, archive, core, manifest, meta};
use super::parts::{Cell, Part};
use super::plain::escaped;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const TYPE: &str = "application/vnd.openxmlformats-officedocument.presentationml";
const SPACES: &str = "xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" \
    xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

/// A line of a slide: its cells with a blank between.
fn line(cells: &[Cell]) -> String {
    cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// A PPTX file.
pub(crate) fn pptx(facts: &Facts, parts: &[Part]) -> Result<Vec<u8>> {
    let numbers = || 1..=parts.len();
    let slides: String = numbers()
        .map(|number| format!("<p:sldId id=\"{}\" r:id=\"rId{number}\"/>", 255 + number))
        .collect();
    let targets: String =
        numbers().map(|one| relation(one, "slide", &format!("slides/slide{one}.xml"))).collect();
    let overrides: String =
        numbers().map(|number| over(&format!("/ppt/slides/slide{number}.xml"), "slide")).collect();
    let relations = |inside: &str| {
        format!("{XML}<Relationships xmlns=\"{PACKAGE}/relationships\">{inside}</Relationships>")
    };
    let package = format!(
        "{}<Relationship Id=\"rId2\" Type=\"{PACKAGE}/relationships/metadata/core-properties\" \
         Target=\"docProps/core.xml\"/>",
        relation(1, "officeDocument", "ppt/presentation.xml")
    );
    let types = format!(
        "{XML}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
         ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Override PartName=\"/docProps/core.xml\" \
         ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>{}{overrides}\
         </Types>",
        over("/ppt/presentation.xml", "presentation.main"),
    );
    let presentation = format!(
        "{XML}<p:presentation {SPACES}><p:sldIdLst>{slides}</p:sldIdLst><p:sldSz cx=\"9144000\" \
         cy=\"6858000\"/><p:notesSz cx=\"6858000\" cy=\"9144000\"/></p:presentation>"
    );
    let mut entries = vec![
        ("[Content_Types].xml".to_owned(), types),
        ("_rels/.rels".to_owned(), relations(&package)),
        ("docProps/core.xml".to_owned(), core(facts)),
        ("ppt/presentation.xml".to_owned(), presentation),
        ("ppt/_rels/presentation.xml.rels".to_owned(), relations(&targets)),
    ];
    let files = (1..)
        .zip(parts)
        .map(|(number, part)| (format!("ppt/slides/slide{number}.xml"), pptx_slide(part)));
    entries.extend(files);
    archive(&entries)
}

fn relation(number: usize, sort: &str, target: &str) -> String {
    format!("<Relationship Id=\"rId{number}\" Type=\"{RELATIONS}/{sort}\" Target=\"{target}\"/>")
}

fn over(part: &str, sort: &str) -> String {
    format!("<Override PartName=\"{part}\" ContentType=\"{TYPE}.{sort}+xml\"/>")
}

fn pptx_slide(part: &Part) -> String {
    let show = if part.hidden { " show=\"0\"" } else { "" };
    let lines: Vec<String> = part.rows.iter().map(|cells| line(cells)).collect();
    let title = pptx_shape(2, "<p:ph type=\"title\"/>", 400_000, std::slice::from_ref(&part.name));
    let body = pptx_shape(3, "<p:ph type=\"body\" idx=\"1\"/>", 1_800_000, &lines);
    format!(
        "{XML}<p:sld {SPACES}{show}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/>\
         <p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{title}{body}</p:spTree></p:cSld></p:sld>"
    )
}

fn pptx_shape(id: u32, place: &str, top: u32, lines: &[String]) -> String {
    let paragraphs = lines.iter().map(|text| {
        format!("<a:p><a:r><a:rPr lang=\"id-ID\"/><a:t>{}</a:t></a:r></a:p>", escaped(text))
    });
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"Teks {id}\"/><p:cNvSpPr/><p:nvPr>{place}\
         </p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x=\"600000\" y=\"{top}\"/><a:ext cx=\"7900000\" \
         cy=\"{}\"/></a:xfrm></p:spPr><p:txBody><a:bodyPr/>{}</p:txBody></p:sp>",
        if id == 2 { 1_200_000 } else { 4_500_000 },
        paragraphs.collect::<String>()
    )
}

const ODP: &str = "application/vnd.oasis.opendocument.presentation";

const ODP_SPACES: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
    xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" \
    xmlns:presentation=\"urn:oasis:names:tc:opendocument:xmlns:presentation:1.0\" \
    xmlns:svg=\"urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0\"";

/// An ODP file.
pub(crate) fn odp(facts: &Facts, parts: &[Part]) -> Result<Vec<u8>> {
    let style = |name: &str, visibility: &str| {
        format!(
            "<style:style style:name=\"{name}\" style:family=\"drawing-page\">\
             <style:drawing-page-properties presentation:visibility=\"{visibility}\"/></style:style>"
        )
    };
    let pages: String = parts.iter().map(odp_page).collect();
    let content = format!(
        "{XML}<office:document-content {ODP_SPACES} office:version=\"1.2\"><office:automatic-styles>\
         {}{}</office:automatic-styles><office:body><office:presentation>{pages}\
         </office:presentation></office:body></office:document-content>",
        style("Tampil", "visible"),
        style("Sembunyi", "hidden"),
    );
    archive(&[
        ("mimetype".to_owned(), ODP.to_owned()),
        ("META-INF/manifest.xml".to_owned(), manifest(ODP)),
        ("meta.xml".to_owned(), meta(facts)),
        ("content.xml".to_owned(), content),
    ])
}

fn odp_page(part: &Part) -> String {
    let style = if part.hidden { "Sembunyi" } else { "Tampil" };
    let frame = |top: &str, height: &str, lines: &[String]| {
        let paragraphs = lines.iter().map(|text| format!("<text:p>{}</text:p>", escaped(text)));
        format!(
            "<draw:frame svg:x=\"2cm\" svg:y=\"{top}\" svg:width=\"22cm\" svg:height=\"{height}\">\
             <draw:text-box>{}</draw:text-box></draw:frame>",
            paragraphs.collect::<String>()
        )
    };
    let lines: Vec<String> = part.rows.iter().map(|cells| line(cells)).collect();
    format!(
        "<draw:page draw:name=\"{}\" draw:style-name=\"{style}\">{}{}</draw:page>",
        escaped(&part.name),
        frame("1cm", "3cm", std::slice::from_ref(&part.name)),
        frame("5cm", "13cm", &lines)
    )
}
