//! Walking through XML as it stands in office documents.

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};

/// What a walk meets. Names are without their namespace prefix.
#[derive(Debug)]
pub(crate) enum Node<'a> {
    /// An element begins.
    Open(Element<'a>),
    /// An element ends.
    Close(&'a str),
    /// Characters, references resolved. One text may come in several pieces.
    Text(&'a str),
}

/// An element's begin.
#[derive(Debug)]
pub(crate) struct Element<'a> {
    start: &'a BytesStart<'a>,
}

impl Element<'_> {
    /// The name without its prefix.
    pub(crate) fn name(&self) -> &str {
        self.start.local_name().into_inner()
    }

    /// The name with its prefix, as it is written.
    pub(crate) fn full_name(&self) -> &str {
        self.start.name().into_inner()
    }

    /// The value of the attribute with this name, whatever its prefix.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        self.find(|written| written.rsplit(':').next() == Some(name))
    }

    /// The same with references resolved, for a value that is text.
    pub(crate) fn text_attribute(&self, name: &str) -> Option<String> {
        let value = self.attribute(name)?;
        Some(unescape(&value).map_or_else(|_| value.clone(), |text| text.into_owned()))
    }

    /// The value of the attribute that has this name after a prefix.
    pub(crate) fn prefixed_attribute(&self, name: &str) -> Option<String> {
        self.find(|written| written.split_once(':').is_some_and(|(_, after)| after == name))
    }

    /// The value of the attribute with exactly this name, prefix included, as text.
    pub(crate) fn full_attribute(&self, name: &str) -> Option<String> {
        let value = self.find(|written| written == name)?;
        Some(unescape(&value).map_or_else(|_| value.clone(), |text| text.into_owned()))
    }

    fn find(&self, wanted: impl Fn(&str) -> bool) -> Option<String> {
        // Looking for doubled names would compare each attribute with each other one.
        let mut attributes = self.start.attributes();
        let found =
            attributes.with_checks(false).flatten().find(|one| wanted(one.key.into_inner()));
        found.map(|one| one.value.into_owned())
    }
}

/// Walks through a document in order. On an error everything before it has been visited.
pub(crate) fn walk(xml: &[u8], mut visit: impl FnMut(Node<'_>)) -> Result<(), String> {
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().allow_dangling_amp = true;
    let mut buffer = Vec::new();
    let mut unknown: Option<String> = None;
    loop {
        buffer.clear();
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|error| format!("at byte {}: {error}", reader.error_position()))?;
        match event {
            Event::Start(start) => visit(Node::Open(Element { start: &start })),
            Event::Empty(start) => {
                visit(Node::Open(Element { start: &start }));
                visit(Node::Close(start.local_name().into_inner()));
            }
            Event::End(end) => visit(Node::Close(end.local_name().into_inner())),
            Event::Text(text) => visit(Node::Text(&text.xml10_content())),
            Event::CData(text) => visit(Node::Text(&text.xml10_content())),
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content();
                let character = reference.resolve_char_ref().ok().flatten().map(String::from);
                let known = || resolve_predefined_entity(&name).map(str::to_owned);
                // Entities that the document defines itself are never expanded: they can be bombs.
                match character.or_else(known) {
                    Some(text) => visit(Node::Text(&text)),
                    None => drop(unknown.get_or_insert_with(|| name.into_owned())),
                }
            }
            Event::Eof => {
                let detail = |name| format!("the entity {name:?} is none of XML's own; left out");
                return unknown.map(detail).map_or(Ok(()), Err);
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

/// The text of the first element with this name.
pub(crate) fn text_of(xml: &[u8], name: &str) -> Option<String> {
    let mut inside = false;
    let mut found: Option<String> = None;
    let mut done = false;
    let walked = walk(xml, |node| match node {
        Node::Open(element) if element.name() == name && !done => inside = true,
        Node::Close(closed) if closed == name && inside => (inside, done) = (false, true),
        Node::Text(text) if inside => found.get_or_insert_default().push_str(text),
        Node::Open(_) | Node::Close(_) | Node::Text(_) => {}
    });
    if walked.is_err() && !done {
        return None;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_references_and_prefixes() {
        let xml = b"<a:r xmlns:a='x'><a:t>1 &lt; 2 &#233;<![CDATA[ & ]]></a:t></a:r>";
        assert_eq!(text_of(xml, "t").as_deref(), Some("1 < 2 \u{e9} & "));
        assert_eq!(text_of(xml, "missing"), None);
    }

    #[test]
    fn an_error_comes_after_what_was_before_it() {
        let mut seen = String::new();
        let result = walk(b"<a><b>satu</b><b>dua</c>", |node| {
            if let Node::Text(text) = node {
                seen.push_str(text);
            }
        });
        assert!(result.is_err());
        assert_eq!(seen, "satudua");
    }
}
