//! HTML: the text a reader sees, without scripts and styles.
//!
//! A small walk over the tags, not a browser: any bytes are read to their end in one pass.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};
use quick_xml::escape::resolve_html5_entity;
use simars_record::{Extracted, Finding, FindingCode};

use crate::answer::clean_title;
use crate::{Limits, text};

/// Elements whose content is no text of the page.
const HIDDEN: [&str; 7] = ["script", "style", "noscript", "template", "iframe", "object", "svg"];

/// Elements that begin and end a line.
const BLOCKS: [&str; 41] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "legend",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
];

/// How far into a file a declaration of its encoding may stand.
const DECLARED_WITHIN: usize = 2048;

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Extracted {
    let mut findings = Vec::new();
    let (bytes, cut) = match bytes.get(..limits.text_bytes) {
        Some(first) if first.len() < bytes.len() => (first, true),
        _ => (bytes, false),
    };
    if cut {
        let detail = format!("only the first {} bytes were read", bytes.len());
        findings.push(Finding::file(FindingCode::LimitReached, detail));
    }
    let source = decode(bytes, &mut findings);
    let mut walk = Walk { rest: &source, text: String::new(), title: None, preformatted: 0 };
    walk.run();
    let (seen, title) = (walk.text, walk.title);
    if seen.trim().is_empty() {
        findings.push(Finding::file(FindingCode::NoText, "no text on any of 1 pages"));
    }
    Extracted {
        media_type: "text/html".to_owned(),
        pages: text::paged(&seen, limits, &mut findings),
        findings,
        embedded_title: title.and_then(|title| clean_title(&title)),
        reader: "html".to_owned(),
    }
}

/// Decodes as declared, unless a byte order mark says better; undeclared as any text.
fn decode<'a>(bytes: &'a [u8], findings: &mut Vec<Finding>) -> Cow<'a, str> {
    let declared = declared_encoding(&bytes[..bytes.len().min(DECLARED_WITHIN)]);
    match declared {
        Some(encoding) if encoding != UTF_8 && Encoding::for_bom(bytes).is_none() => {
            text::decode_as(encoding, bytes, findings)
        }
        _ => text::decode(bytes, findings),
    }
}

/// The encoding after the first `charset=` or `encoding=`.
fn declared_encoding(head: &[u8]) -> Option<&'static Encoding> {
    let head = head.to_ascii_lowercase();
    let mark = [b"charset=".as_slice(), b"encoding="].into_iter();
    let after =
        mark.filter_map(|mark| Some(crate::sniff::find(&head, mark)? + mark.len())).min()?;
    let label = head.get(after..)?.trim_ascii_start();
    let label = label.strip_prefix(b"\"").or(label.strip_prefix(b"'")).unwrap_or(label);
    let end =
        label.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"-_:.".contains(byte)));
    Encoding::for_label(&label[..end.unwrap_or(label.len())])
}

struct Walk<'a> {
    rest: &'a str,
    text: String,
    title: Option<String>,
    /// How many `pre` elements we are in: there white space counts.
    preformatted: u32,
}

impl<'a> Walk<'a> {
    fn run(&mut self) {
        while !self.rest.is_empty() {
            let text = self.take_until("<");
            self.push(text);
            if !self.rest.is_empty() {
                self.markup();
            }
        }
    }

    /// Takes what stands before `mark`, or all that is left.
    fn take_until(&mut self, mark: &str) -> &'a str {
        let end = self.rest.find(mark).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn skip(&mut self, mark: &str) {
        self.take_until(mark);
        self.rest = self.rest.strip_prefix(mark).unwrap_or(self.rest);
    }

    /// Reads what begins with `<`.
    fn markup(&mut self) {
        if self.rest.starts_with("<!--") {
            return self.skip("-->");
        }
        if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
            return self.skip(">");
        }
        let inside = &self.rest[1..];
        let (closing, inside) = match inside.strip_prefix('/') {
            Some(inside) => (true, inside),
            None => (false, inside),
        };
        let end =
            inside.find(|character: char| !character.is_ascii_alphanumeric() && character != ':');
        let name = inside[..end.unwrap_or(inside.len())].to_ascii_lowercase();
        if !name.starts_with(|character: char| character.is_ascii_alphabetic()) {
            // A `<` that begins no tag is a character like any other.
            self.push("<");
            self.rest = &self.rest[1..];
            return;
        }
        self.skip_tag();
        if closing { self.close(&name) } else { self.open(&name) }
    }

    /// Skips to the end of the tag; a `>` within quotes does not end it.
    fn skip_tag(&mut self) {
        let mut quote = None;
        let end = self.rest.bytes().position(|byte| match (quote, byte) {
            (None, b'>') => true,
            (None, b'"' | b'\'') => {
                quote = Some(byte);
                false
            }
            (Some(open), byte) if open == byte => {
                quote = None;
                false
            }
            _ => false,
        });
        self.rest = end.map_or("", |end| &self.rest[end + 1..]);
    }

    fn open(&mut self, name: &str) {
        if name == "title" {
            let title = self.take_raw(name);
            // A second title (an image's) changes nothing.
            self.title.get_or_insert_with(|| resolve(title).into_owned());
        } else if HIDDEN.contains(&name) {
            self.take_raw(name);
        } else if name == "br" {
            self.end_line();
        } else if name == "td" || name == "th" {
            if !self.text.is_empty() && !self.text.ends_with(['\n', '\t']) {
                self.text.push('\t');
            }
        } else if BLOCKS.contains(&name) {
            self.end_block();
            self.preformatted += u32::from(name == "pre");
        }
    }

    fn close(&mut self, name: &str) {
        if BLOCKS.contains(&name) {
            self.end_block();
            if name == "pre" {
                self.preformatted = self.preformatted.saturating_sub(1);
            }
        }
    }

    /// Takes all up to the end tag of this name.
    fn take_raw(&mut self, name: &str) -> &'a str {
        let bytes = self.rest.as_bytes();
        let ends = |at: &usize| {
            let after = bytes.get(at + 2..at + 2 + name.len());
            bytes[*at..].starts_with(b"</")
                && after.is_some_and(|after| after.eq_ignore_ascii_case(name.as_bytes()))
        };
        let end = self.rest.match_indices('<').map(|(at, _)| at).find(ends);
        let (taken, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn push(&mut self, raw: &str) {
        for character in resolve(raw).chars() {
            match character {
                '\u{ad}' => {}
                '\n' if self.preformatted > 0 => self.text.push('\n'),
                ' ' | '\n' | '\t' | '\r' | '\u{c}' if self.preformatted == 0 => {
                    if !self.text.is_empty() && !self.text.ends_with([' ', '\n', '\t']) {
                        self.text.push(' ');
                    }
                }
                _ => self.text.push(character),
            }
        }
    }

    fn end_line(&mut self) {
        while self.text.ends_with([' ', '\t']) {
            self.text.pop();
        }
        self.text.push('\n');
    }

    fn end_block(&mut self) {
        while self.text.ends_with([' ', '\t']) {
            self.text.pop();
        }
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}

/// Resolves character references; what is none stays as it is.
fn resolve(raw: &str) -> Cow<'_, str> {
    const LONGEST_NAME: usize = 32;
    if !raw.contains('&') {
        return Cow::Borrowed(raw);
    }
    let mut resolved = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        resolved.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.bytes().take(LONGEST_NAME).position(|byte| byte == b';');
        let known = end.and_then(|end| Some((end, resolve_one(&rest[..end])?)));
        match known {
            Some((end, text)) => {
                resolved.push_str(&text);
                rest = &rest[end + 1..];
            }
            None => resolved.push('&'),
        }
    }
    resolved.push_str(rest);
    Cow::Owned(resolved)
}

fn resolve_one(name: &str) -> Option<Cow<'static, str>> {
    let Some(number) = name.strip_prefix('#') else {
        return resolve_html5_entity(name).map(Cow::Borrowed);
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    Some(Cow::Owned(char::from_u32(code)?.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        read(html.as_bytes(), &Limits::default()).pages.remove(0).text
    }

    #[test]
    fn blocks_tables_and_references() {
        let html = "<!DOCTYPE html><html><head><title>Judul &amp; nama</title><style>p{}</style>\
                    </head><body><h1>Satu</h1><p>dua\n  tiga <b>empat</b>&nbsp;&#x35;<br>enam</p>\
                    <table><tr><td>a</td><td>b</td></tr><tr><td>c</table><script>x<y</script>";
        let extracted = read(html.as_bytes(), &Limits::default());
        assert_eq!(extracted.pages[0].text, "Satu\ndua tiga empat\u{a0}5\nenam\na\tb\nc\n");
        assert_eq!(extracted.embedded_title.as_deref(), Some("Judul & nama"));
        assert_eq!(extracted.findings, []);
    }

    #[test]
    fn odd_markup_is_read_to_its_end() {
        assert_eq!(text("<p title='a>b'>satu < dua & tiga</p"), "satu < dua & tiga\n");
        assert_eq!(text("<pre>a\n  b</pre>"), "a\n  b\n");
        assert_eq!(text("<p>a<!-- x > -->b<script>never closed"), "ab");
        assert_eq!(text("<p>&unknown; &#xfffffff; &"), "&unknown; &#xfffffff; &");
    }

    #[test]
    fn the_declared_encoding_counts() {
        let html = b"<meta charset=\"windows-1252\"><p>caf\xe9</p>";
        let extracted = read(html, &Limits::default());
        assert_eq!(extracted.pages[0].text, "café\n");
        assert_eq!(extracted.findings, []);
        let undeclared = read(b"<p>caf\xe9</p>", &Limits::default());
        assert_eq!(undeclared.findings[0].code, FindingCode::EncodingGuessed);
    }

    #[test]
    fn a_page_without_text_says_so() {
        let extracted = read(b"<html><script>x</script></html>", &Limits::default());
        assert_eq!(extracted.findings[0].code, FindingCode::NoText);
    }
}
