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
    let mut walk =
        Walk { rest: &source, text: String::new(), title: None, preformatted: 0, unended: None };
    walk.run();
    let Walk { text: seen, title, unended, .. } = walk;
    // Of a file that was cut, the end is missing anyway.
    if let Some(what) = unended.filter(|_| !cut) {
        let detail = format!("{what} has no end; what comes after it is not read as text");
        findings.push(Finding::file(FindingCode::Damaged, detail));
    }
    if seen.trim().is_empty() {
        findings.push(Finding::file(FindingCode::NoText, "no text on any of 1 pages"));
    }
    Extracted {
        media_type: "text/html".to_owned(),
        pages: text::paged(&seen, limits, &mut findings),
        findings,
        embedded_title: title.and_then(|title| clean_title(&title)),
        reader: "html".to_owned(),
        structure: None,
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
    /// What has no end and took all the rest.
    unended: Option<String>,
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

    /// Skips `what` up to and with the mark of its end.
    fn skip(&mut self, mark: &str, what: &str) {
        self.take_until(mark);
        match self.rest.strip_prefix(mark) {
            Some(rest) => self.rest = rest,
            None => self.note_unended(what),
        }
    }

    /// It takes all that is left, so there is no second.
    fn note_unended(&mut self, what: &str) {
        self.unended = Some(what.to_owned());
    }

    /// Reads what begins with `<`.
    fn markup(&mut self) {
        if self.rest.starts_with("<!--") {
            return self.skip("-->", "a comment");
        }
        if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
            return self.skip(">", "a declaration");
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
        let closed = self.skip_tag(&name);
        if closing { self.close(&name) } else { self.open(&name, closed) }
    }

    /// Skips to the end of the tag and says whether it ends with `/>`.
    fn skip_tag(&mut self, name: &str) -> bool {
        let end = tag_end(self.rest);
        let Some((tag, rest)) = end.and_then(|end| self.rest.split_at_checked(end)) else {
            self.note_unended(&format!("the tag <{name}"));
            self.rest = "";
            return false;
        };
        self.rest = rest.strip_prefix('>').unwrap_or(rest);
        tag.ends_with('/')
    }

    /// `closed` says that the tag ended itself, with `/>`.
    fn open(&mut self, name: &str, closed: bool) {
        let raw = name == "title" || HIDDEN.contains(&name);
        if raw && closed {
            // Nothing is in it, and no end tag follows.
        } else if raw {
            let content = self.take_raw(name);
            if name == "title" {
                // A second title (an image's) changes nothing.
                self.title.get_or_insert_with(|| resolve(content).into_owned());
            }
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
        if end.is_none() {
            self.note_unended(&format!("<{name}>"));
        }
        let (taken, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn push(&mut self, raw: &str) {
        for character in resolve(raw).chars() {
            match character {
                '\u{ad}' => {}
                '\n' if self.preformatted > 0 => self.text.push('\n'),
                ' ' | '\n' | '\t' | '\r' | '\u{b}' | '\u{c}' if self.preformatted == 0 => {
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

/// Where the `>` stands that ends the tag. Within quotes it does not; but a quote is one only where
/// the value of an attribute begins, and only if it is closed: a stray one must not swallow the page.
fn tag_end(tag: &str) -> Option<usize> {
    let bytes = tag.as_bytes();
    let mut value_begins = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'>' => return Some(at),
            b'"' | b'\'' if value_begins => {
                let quoted = bytes[at + 1..].iter().position(|other| *other == byte);
                at += quoted.map_or(0, |length| length + 1);
                value_begins = false;
            }
            b'=' => value_begins = true,
            _ if byte.is_ascii_whitespace() => {}
            _ => value_begins = false,
        }
        at += 1;
    }
    None
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
    fn stray_quotes_swallow_nothing() {
        for html in [
            "<p class=a\">isi</p>",
            "<p \" class='a'>isi</p>",
            "<p it's>isi</p>",
            "<p title=\"a>isi</p>",
            "<p title = 'a>b' x>isi</p>",
        ] {
            let extracted = read(html.as_bytes(), &Limits::default());
            assert_eq!(extracted.pages[0].text, "isi\n", "{html}");
            assert_eq!(extracted.findings, [], "{html}");
        }
        // A later quote does not close a stray one.
        assert_eq!(text("<p class=a\">isi</p><p class=\"b\">lagi</p>"), "isi\nlagi\n");
        // The quote is closed, far away: so browsers read it, too.
        assert_eq!(text("<p title='a>b</p><p class='c'>isi</p>"), "isi\n");
    }

    #[test]
    fn what_ends_itself_takes_nothing() {
        for name in ["svg", "script", "iframe", "object", "title"] {
            let extracted =
                read(format!("<p>a</p><{name} x='y'/><p>b</p>").as_bytes(), &Limits::default());
            assert_eq!(extracted.pages[0].text, "a\nb\n", "{name}");
            assert_eq!((extracted.findings, extracted.embedded_title), (vec![], None), "{name}");
        }
    }

    #[test]
    fn what_has_no_end_is_noted() {
        for (html, what) in [
            ("<p>a<script>x", "<script>"),
            ("<p>a<svg><g/>x", "<svg>"),
            ("<p>a<title>x", "<title>"),
            ("<p>a<!-- x", "a comment"),
            ("<p>a<!doctype x", "a declaration"),
            ("<p>a<b class='x' ", "the tag <b"),
        ] {
            let extracted = read(html.as_bytes(), &Limits::default());
            assert_eq!(extracted.pages[0].text, "a", "{html}");
            let found: Vec<FindingCode> = extracted.findings.iter().map(|one| one.code).collect();
            assert_eq!(found, [FindingCode::Damaged], "{html}");
            assert!(extracted.findings[0].detail.starts_with(what), "{html}");
        }
        let limits = Limits { text_bytes: 11, ..Limits::default() };
        let cut = read(b"<p>a<script>x</script>", &limits);
        assert_eq!(cut.findings.len(), 1);
        assert_eq!(cut.findings[0].code, FindingCode::LimitReached);
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
