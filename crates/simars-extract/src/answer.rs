//! What goes over the pipe between the parent and its child: a task there, an answer back.
//!
//! The answer is `SMXA`, the length of what follows (8 bytes, little-endian), and an
//! [`Extracted`] in JSON. The child has parsed a hostile file and may be in its hands, so the
//! parent believes nothing about the answer that it has not checked.

use serde::{Deserialize, Serialize};
use simars_record::{Extracted, Page};

use crate::{Kind, Limits};

const MARK: &[u8; 4] = b"SMXA";
const HEADER_BYTES: usize = 12;

/// Every media type a child may answer with.
const MEDIA_TYPES: [&str; 13] = [
    "application/epub+zip",
    "application/pdf",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/zip",
    "image/tiff",
    "text/html",
    "text/plain",
    "application/octet-stream",
];
const READERS: [&str; 7] = ["hayro", "lopdf", "docx", "odt", "html", "image", "none"];
const TITLE_BYTES: usize = 4096;

/// What a child is to do, as its last argument.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) kind: Kind,
    /// The length of the file in bytes, for the memory limit.
    pub(crate) file_bytes: u64,
    pub(crate) limits: Limits,
}

/// The most bytes an answer may have: text with every character escaped, and room for findings.
pub(crate) fn most_bytes(limits: &Limits) -> usize {
    limits.text_bytes.saturating_mul(2).saturating_add(16 << 20)
}

/// Writes an answer.
pub(crate) fn encode(extracted: &Extracted) -> Result<Vec<u8>, serde_json::Error> {
    let mut message = vec![0; HEADER_BYTES];
    serde_json::to_writer(&mut message, extracted)?;
    let length = (message.len() - HEADER_BYTES) as u64;
    message[..4].copy_from_slice(MARK);
    message[4..HEADER_BYTES].copy_from_slice(&length.to_le_bytes());
    Ok(message)
}

/// Reads an answer and checks it; what is wrong with it otherwise.
pub(crate) fn decode(message: &[u8], limits: &Limits) -> Result<Extracted, &'static str> {
    let (header, body) = message.split_at_checked(HEADER_BYTES).ok_or("the answer is cut")?;
    let length = header.strip_prefix(MARK).ok_or("the answer has no mark")?;
    if length != (body.len() as u64).to_le_bytes() {
        return Err("the answer is not as long as it says");
    }
    let mut extracted: Extracted =
        serde_json::from_slice(body).map_err(|_| "the answer is not readable")?;
    let known = MEDIA_TYPES.contains(&extracted.media_type.as_str())
        && READERS.contains(&extracted.reader.as_str());
    if !known || extracted.pages.len() > limits.pages as usize {
        return Err("the answer is not possible");
    }
    // Rebuilt, so that no page carries what a page may not.
    extracted.pages =
        extracted.pages.iter().map(|page| Page::new(&page.text, page.source)).collect();
    extracted.embedded_title = extracted.embedded_title.and_then(|title| clean_title(&title));
    Ok(extracted)
}

/// A title in one line, without control characters; `None` when nothing is left.
pub(crate) fn clean_title(title: &str) -> Option<String> {
    let mut clean = String::with_capacity(title.len().min(TITLE_BYTES));
    let words = title.split(|character: char| character.is_whitespace() || character.is_control());
    for word in words.filter(|word| !word.is_empty()) {
        if clean.len() + word.len() >= TITLE_BYTES {
            break;
        }
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(word);
    }
    (!clean.is_empty()).then_some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use simars_record::TextSource;

    fn extracted(text: &str) -> Extracted {
        Extracted {
            media_type: "application/pdf".to_owned(),
            pages: vec![Page { text: text.to_owned(), source: TextSource::Layer }],
            findings: Vec::new(),
            embedded_title: Some(" a\n\u{0}b ".to_owned()),
            reader: "hayro".to_owned(),
        }
    }

    #[test]
    fn an_answer_comes_back_clean() {
        let message = encode(&extracted("a\u{c}b")).unwrap();
        let answer = decode(&message, &Limits::default()).unwrap();
        assert_eq!(answer.pages[0].text, "ab");
        assert_eq!(answer.embedded_title.as_deref(), Some("a b"));
    }

    #[test]
    fn every_cut_and_every_lie_is_noticed() {
        let limits = Limits::default();
        let message = encode(&extracted("teks")).unwrap();
        for length in 0..message.len() {
            assert!(decode(&message[..length], &limits).is_err());
        }
        let mut longer = message.clone();
        longer.push(b' ');
        assert!(decode(&longer, &limits).is_err());
        assert!(decode(&message, &Limits { pages: 0, ..limits }).is_err());
        let lie = Extracted { media_type: "text/x-evil".to_owned(), ..extracted("teks") };
        assert!(decode(&encode(&lie).unwrap(), &limits).is_err());
    }
}
