//! The XMP metadata (ISO 16684-1): the archival format it claims, and what the information
//! dictionary does not say.

use hayro_syntax::Filter;
use hayro_syntax::object::Stream;
use simars_record::layout::Structure;

use super::Source;
use crate::answer::clean_title;
use crate::xml::{self, Element, Node};

/// More than this is no description of a document.
const MOST_BYTES: usize = 4 << 20;
/// One byte can unpack to a thousand.
const MOST_PACKED_BYTES: usize = 64 << 10;

/// Adds what the metadata of the whole file says.
pub(super) fn add(source: &Source<'_>, structure: &mut Structure) {
    let Some(stream) = source.catalog.get::<Stream<'_>>("Metadata") else { return };
    structure.xmp = true;
    if let Some(xml) = unpacked(&stream) {
        let said = Said::read(&xml);
        structure.pdf_a_claim = said.claim();
        let add = |value: &mut Option<String>, said: Option<String>| {
            *value = value.take().or_else(|| clean_title(&said?));
        };
        add(&mut structure.producer, said.producer);
        add(&mut structure.creator, said.creator);
        add(&mut structure.created, said.created);
        add(&mut structure.modified, said.modified);
    }
}

fn unpacked(stream: &Stream<'_>) -> Option<Vec<u8>> {
    let filters = stream.filters();
    let most = match filters.as_slice() {
        [] => MOST_BYTES,
        [Filter::FlateDecode] => MOST_PACKED_BYTES,
        // Nobody packs a page of text twice but to make it burst.
        _ => return None,
    };
    let packed = stream.raw_data();
    if packed.len() > most {
        return None;
    }
    if filters.is_empty() {
        return Some(packed.into_owned());
    }
    Some(stream.decoded_data().ok()?.into_owned())
}

#[derive(Debug, Default)]
struct Said {
    part: Option<String>,
    conformance: Option<String>,
    producer: Option<String>,
    creator: Option<String>,
    created: Option<String>,
    modified: Option<String>,
}

impl Said {
    /// A property is written as an element or as an attribute of the description; the first one
    /// counts.
    fn read(xml: &[u8]) -> Self {
        let mut said = Self::default();
        let mut open: Option<String> = None;
        let mut text = String::new();
        // What comes before a damage has been visited, and that is enough.
        let _ = xml::walk(xml, |node| match node {
            Node::Open(element) => {
                if element.name() == "Description" {
                    said.attributes(&element);
                }
                open = Some(element.full_name().to_owned());
                text.clear();
            }
            Node::Text(piece) => text.push_str(piece),
            Node::Close(_) => {
                if let Some(slot) = open.take().and_then(|name| said.slot(&name)) {
                    slot.get_or_insert_with(|| text.trim().to_owned());
                }
            }
        });
        said
    }

    fn attributes(&mut self, element: &Element<'_>) {
        for name in PROPERTIES {
            if let Some(value) = element.full_attribute(name)
                && let Some(slot) = self.slot(name)
            {
                slot.get_or_insert(value);
            }
        }
    }

    fn slot(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "pdfaid:part" => &mut self.part,
            "pdfaid:conformance" => &mut self.conformance,
            "pdf:Producer" => &mut self.producer,
            "xmp:CreatorTool" => &mut self.creator,
            "xmp:CreateDate" => &mut self.created,
            "xmp:ModifyDate" => &mut self.modified,
            _ => return None,
        })
    }

    /// `PDF/A-2b`; the fourth part may have no level.
    fn claim(&self) -> Option<String> {
        let part = self.part.as_deref()?;
        let short = |text: &str| text.len() <= 2 && text.bytes().all(|b| b.is_ascii_alphanumeric());
        let level = self.conformance.as_deref().unwrap_or_default();
        let possible = !part.is_empty() && short(part) && short(level);
        possible.then(|| format!("PDF/A-{part}{}", level.to_ascii_lowercase()))
    }
}

const PROPERTIES: [&str; 6] = [
    "pdfaid:part",
    "pdfaid:conformance",
    "pdf:Producer",
    "xmp:CreatorTool",
    "xmp:CreateDate",
    "xmp:ModifyDate",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(xml: &str) -> Option<String> {
        Said::read(xml.as_bytes()).claim()
    }

    #[test]
    fn the_claim_is_read_in_both_forms() {
        let element = "<r:RDF xmlns:r='r' xmlns:pdfaid='p'><r:Description><pdfaid:part> 2\
                       </pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></r:Description>";
        assert_eq!(claim(element).as_deref(), Some("PDF/A-2b"));
        let attribute = "<r:Description xmlns:r='r' xmlns:pdfaid='p' pdfaid:part='1' \
                         pdfaid:conformance='A'/>";
        assert_eq!(claim(attribute).as_deref(), Some("PDF/A-1a"));
        let fourth = "<r:Description xmlns:r='r' xmlns:pdfaid='p' pdfaid:part='4'/>";
        assert_eq!(claim(fourth).as_deref(), Some("PDF/A-4"));
        let other = "<r:Description xmlns:r='r' xmlns:pdfuaid='p' pdfuaid:part='1'/>";
        assert_eq!(claim(other), None);
        let long = "<pdfaid:part xmlns:pdfaid='p'>everything</pdfaid:part>";
        assert_eq!(claim(long), None);
    }

    #[test]
    fn what_is_described_inside_is_not_the_file() {
        let xml = "<r:Description xmlns:r='r'><m:DerivedFrom><x:part>3</x:part></m:DerivedFrom>";
        assert_eq!(claim(xml), None);
    }
}
