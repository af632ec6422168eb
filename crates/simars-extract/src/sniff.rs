//! What a file is, told from its content; its name is only a hint.

use serde::{Deserialize, Serialize};
use simars_record::{Finding, FindingCode};

/// Which reader a file needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Plain text or Markdown, decoded without a child process.
    Text,
    /// HTML.
    Html,
    /// PDF.
    Pdf,
    /// RTF.
    Rtf,
    /// A message with what is attached to it.
    Mail,
    /// A zip archive: an office document or something else, told apart by the names inside.
    Package,
    /// An image with one page.
    Image,
    /// A TIFF image, which may hold several pages.
    Tiff,
    /// Nothing in it.
    Empty,
    /// Anything else.
    Other,
}

/// What looking at the first bytes and at the name told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sniffed {
    /// The media type of the content, for example `application/pdf`.
    pub media_type: &'static str,
    /// Which reader it needs.
    pub kind: Kind,
}

const fn sniffed(media_type: &'static str, kind: Kind) -> Sniffed {
    Sniffed { media_type, kind }
}

const EMPTY: &str = "application/x-empty";

/// How far into a file the `%PDF-` mark may stand; readers accept leading junk.
const PDF_MARK_WITHIN: usize = 1024;

/// Tells the type of a file from its first bytes (`head`, at best 64 KiB of it) and, where the
/// content leaves it open (which kind of text), from `file_name`.
pub fn sniff(head: &[u8], file_name: &str) -> Sniffed {
    if head.is_empty() {
        return sniffed(EMPTY, Kind::Empty);
    }
    if find(&head[..head.len().min(PDF_MARK_WITHIN)], b"%PDF-").is_some() {
        return sniffed("application/pdf", Kind::Pdf);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return sniffed("application/zip", Kind::Package);
    }
    if is_text(head) {
        return sniff_text(head, file_name);
    }
    if head.starts_with(b"II*\0") || head.starts_with(b"MM\0*") {
        return sniffed("image/tiff", Kind::Tiff);
    }
    let Some(found) = infer::get(head) else {
        if named_types(file_name).any(|named| named.starts_with("text/")) && is_nearly_text(head) {
            return sniff_text(head, file_name);
        }
        return sniffed("application/octet-stream", Kind::Other);
    };
    match found.mime_type() {
        image @ ("image/jpeg" | "image/png" | "image/gif" | "image/webp") => {
            sniffed(image, Kind::Image)
        }
        other => sniffed(other, Kind::Other),
    }
}

/// Whether bytes are text: UTF-16 with its mark, or free of the control characters that no text
/// uses. Binary formats do not get far without one.
fn is_text(head: &[u8]) -> bool {
    let marked = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    marked || !head.iter().any(is_foreign) || crate::text::unmarked_utf_16(head).is_some()
}

/// Whether less than one byte in a hundred is a control character that no text uses: a text with a
/// few stray ones, if nothing else speaks against it.
fn is_nearly_text(head: &[u8]) -> bool {
    head.iter().filter(|byte| is_foreign(byte)).count() * 100 < head.len()
}

/// A control character that no text uses. Vertical tabs and the separators of files, groups,
/// records and units do occur.
fn is_foreign(byte: &u8) -> bool {
    matches!(byte, 0..=8 | 0x0e..=0x19)
}

fn sniff_text(head: &[u8], file_name: &str) -> Sniffed {
    let start = head.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(head).trim_ascii_start();
    if start.starts_with(b"{\\rtf") {
        return sniffed("application/rtf", Kind::Rtf);
    }
    if start.starts_with(b"%!PS") {
        return sniffed("application/postscript", Kind::Other);
    }
    let hint = named_types(file_name).next().unwrap_or_default();
    if start.first() == Some(&b'<') && is_html(start, hint) {
        return sniffed("text/html", Kind::Html);
    }
    if starts_with_ignoring_case(start, b"<?xml") || starts_with_ignoring_case(start, b"<svg") {
        return sniffed("application/xml", Kind::Other);
    }
    if is_mail(start, hint) {
        return sniffed("message/rfc822", Kind::Mail);
    }
    match hint {
        "text/markdown" => sniffed("text/markdown", Kind::Text),
        "text/csv" => sniffed("text/csv", Kind::Text),
        _ => sniffed("text/plain", Kind::Text),
    }
}

fn is_html(start: &[u8], hint: &str) -> bool {
    const MARKS: [&[u8]; 5] = [b"<!doctype html", b"<html", b"<head", b"<body", b"<title"];
    let marked = MARKS.iter().any(|mark| starts_with_ignoring_case(start, mark));
    let near = &start[..start.len().min(1024)];
    let inside = || near.windows(5).any(|five| five.eq_ignore_ascii_case(b"<html"));
    marked || hint == "text/html" || hint == "application/xhtml+xml" || inside()
}

/// Whether a text begins with the head of a message: under a message's name one line of it is
/// enough, under a text's name none, since people keep texts that begin like one.
fn is_mail(start: &[u8], hint: &str) -> bool {
    const NAMES: [&[u8]; 9] = [
        b"from:",
        b"to:",
        b"date:",
        b"subject:",
        b"received:",
        b"return-path:",
        b"message-id:",
        b"mime-version:",
        b"content-type:",
    ];
    if hint.starts_with("text/") {
        return false;
    }
    let head = start.split(|byte| *byte == b'\n').take(200);
    let head = head.take_while(|line| !line.trim_ascii().is_empty());
    let known = head.filter(|line| NAMES.iter().any(|name| starts_with_ignoring_case(line, name)));
    let opens = start.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-');
    let opened = start.get(opens.count()) == Some(&b':');
    opened && known.count() >= if hint == "message/rfc822" { 1 } else { 3 }
}

fn starts_with_ignoring_case(bytes: &[u8], prefix: &[u8]) -> bool {
    bytes.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Where `needle` begins in `bytes`.
pub(crate) fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

/// The media types that a file name suggests.
fn named_types(file_name: &str) -> impl Iterator<Item = &'static str> {
    let extension = file_name.rsplit_once('.').map_or("", |(_, extension)| extension);
    mime_guess::from_ext(extension).iter_raw()
}

/// The finding when the name suggests another type than the content has; `None` when they agree
/// or the name suggests nothing. An empty file disagrees with no name.
pub(crate) fn disagreement(media_type: &str, file_name: &str) -> Option<Finding> {
    if media_type == EMPTY {
        return None;
    }
    let first = named_types(file_name).next()?;
    if named_types(file_name).any(|named| agrees(named, media_type)) {
        return None;
    }
    let detail = format!("the name suggests {first}, the content is {media_type}");
    Some(Finding::file(FindingCode::TypeMismatch, detail))
}

/// Text has no marks of its own, so any textual name fits it.
fn agrees(named: &str, found: &str) -> bool {
    let textual = |media: &str| {
        media.starts_with("text/")
            || media.ends_with("json")
            || media.ends_with("xml")
            || matches!(media, "application/javascript" | "application/x-sh" | "application/sql")
    };
    named == found
        || (named == "text/rtf" && found == "application/rtf")
        || (named == "image/heic" && found == "image/heif")
        || (named.starts_with("text/html") && found == "application/xml")
        || (found != "text/html" && textual(named) && textual(found))
        || (named == "application/xhtml+xml" && found == "text/html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        assert_eq!(sniff(b"%PDF-1.7\n", "a.txt").kind, Kind::Pdf);
        assert_eq!(sniff(b"junk\n%PDF-1.4\n", "a").kind, Kind::Pdf);
        assert_eq!(sniff(b"PK\x03\x04\x14\0", "a.pdf").kind, Kind::Package);
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a").media_type, "image/png");
        assert_eq!(sniff(b"II*\0\x08\0\0\0", "a").kind, Kind::Tiff);
        assert_eq!(sniff(b"\x7fELF\x02\x01\x01\0\0", "a").kind, Kind::Other);
        assert_eq!(sniff(b"", "a.pdf").kind, Kind::Empty);
    }

    #[test]
    fn a_text_that_begins_like_a_binary_format_is_text() {
        assert_eq!(sniff(b"BM hari ini", "a.txt").kind, Kind::Text);
        assert_eq!(sniff(b"MZ adalah singkatan", "a.txt").media_type, "text/plain");
    }

    #[test]
    fn a_few_control_characters_do_not_hide_a_text() {
        assert_eq!(sniff(b"satu\x0bdua\x1ctiga\x1f", "a").kind, Kind::Text);
        let mut text = "Pasal satu. ".repeat(20).into_bytes();
        text[120] = 0;
        assert_eq!(sniff(&text, "a.txt").media_type, "text/plain");
        assert_eq!(sniff(&text, "a.md").media_type, "text/markdown");
        assert_eq!(sniff(&text, "a.bin").kind, Kind::Other);
        text[120..123].fill(1);
        assert_eq!(sniff(&text, "a.txt").kind, Kind::Other);
        let mut binary = b"\x7fELF\x02\x01\x01\0\0".to_vec();
        binary.extend_from_slice(&[b'x'; 1000]);
        assert_eq!(sniff(&binary, "a.txt").kind, Kind::Other);
    }

    #[test]
    fn kinds_of_text() {
        assert_eq!(sniff(b"# Judul", "a.md").media_type, "text/markdown");
        assert_eq!(sniff(b"\xff\xfeH\0i\0", "a.txt").kind, Kind::Text);
        assert_eq!(sniff(b"\n <!DOCTYPE HTML><p>", "a").kind, Kind::Html);
        assert_eq!(sniff(b"<?xml version='1.0'?><html>", "a").kind, Kind::Html);
        assert_eq!(sniff(b"<?xml version='1.0'?><rss>", "a").media_type, "application/xml");
        assert_eq!(sniff(b"{\\rtf1", "a.doc").media_type, "application/rtf");
        let mail = b"Received: x\r\nFrom: a\r\nDate: b\r\n\r\nisi";
        assert_eq!(sniff(mail, "a").kind, Kind::Mail);
        assert_eq!(sniff(mail, "a.txt").kind, Kind::Text);
        assert_eq!(sniff(b"Subject: a\n\nisi", "a.eml").media_type, "message/rfc822");
        assert_eq!(sniff(b"Subject: a\n\nisi", "a").kind, Kind::Text);
    }

    #[test]
    fn names_that_disagree_are_found() {
        assert!(disagreement("application/pdf", "surat.docx").is_some());
        assert!(disagreement("text/html", "surat.txt").is_some());
        assert!(disagreement("application/pdf", "SURAT.PDF").is_none());
        assert!(disagreement("text/plain", "data.json").is_none());
        assert!(disagreement("application/pdf", "no-extension").is_none());
    }
}
