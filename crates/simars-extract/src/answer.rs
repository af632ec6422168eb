//! What goes over the pipe between the parent and its child: a task there, an answer back.
//!
//! The answer is `SMXA`, the length of what follows (8 bytes, little-endian), and what was asked
//! for; for [`Work::Read`] an [`Extracted`] in JSON. The child has parsed a hostile file and may be in its hands, so the
//! parent believes nothing about the answer that it has not checked.

mod checked;
mod fit;
mod signed;

use serde::{Deserialize, Serialize};
use simars_record::Extracted;

use crate::{Kind, Limits, attached, page_image, part, stamp};

pub(crate) use checked::tidy;
pub(crate) use signed::decode as decode_signatures;

const MARK: &[u8; 4] = b"SMXA";
const HEADER_BYTES: usize = 12;

/// Every media type a child may answer with.
const MEDIA_TYPES: [&str; 15] = [
    "application/rtf",
    "message/rfc822",
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
const READERS: [&str; 13] = [
    "hayro", "lopdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "html", "rtf", "mail", "image",
    "none",
];
const TITLE_BYTES: usize = 4096;

/// What a child is to do, as its last argument.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) work: Work,
    pub(crate) kind: Kind,
    /// The length of the file in bytes, for the memory limit.
    pub(crate) file_bytes: u64,
    pub(crate) limits: Limits,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Work {
    /// All text.
    Read,
    /// All text, by the simplest reader there is.
    ReadSimply,
    /// All signatures; the arguments after the task are the trust anchors.
    Signatures,
    /// One page, counted from 1, as a picture that is ready for recognition, turned clockwise by
    /// quarters of a full turn before.
    Scan { page: u32, quarters: u8 },
    /// One page, counted from 1, as an image file of this width in pixels.
    Image { page: u32, width: u32 },
    /// What is to be appended to the file so that a strip stands below each page; the strip is
    /// these last bytes of the input.
    Stamp { strip_bytes: u32 },
    /// The separator sheets among some pages; the argument after the task lists them.
    Separators,
    /// Some pages, counted from 1, as a file of their own.
    Part { first: u32, last: u32 },
    /// The proof file inside.
    Proof,
    /// What the child can no longer do, and nothing of any file.
    Probe,
}

/// The most bytes an answer may have: text with every character escaped, and room for findings.
pub(crate) fn most_bytes(task: &Task) -> usize {
    let made = match task.work {
        Work::Image { .. } => Some(page_image::MOST_BYTES),
        Work::Stamp { .. } => Some(stamp::MOST_APPENDED),
        Work::Proof => Some(attached::MOST_PROOF),
        Work::Part { .. } => Some(part::most_bytes(task.file_bytes)),
        _ => None,
    };
    if let Some(most) = made {
        return most + HEADER_BYTES + 1;
    }
    let limits = &task.limits;
    limits.text_bytes.saturating_mul(2).saturating_add(16 << 20)
}

/// What stands before an answer of this many bytes: the mark and the length.
pub(crate) fn header(length: usize) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    let (mark, number) = header.split_at_mut(MARK.len());
    mark.copy_from_slice(MARK);
    number.copy_from_slice(&(length as u64).to_le_bytes());
    header
}

/// Takes it off again; what is wrong with the message otherwise.
pub(crate) fn unframe(message: &[u8]) -> Result<&[u8], &'static str> {
    let (header, body) = message.split_at_checked(HEADER_BYTES).ok_or("the answer is cut")?;
    let length = header.strip_prefix(MARK).ok_or("the answer has no mark")?;
    if length != (body.len() as u64).to_le_bytes() {
        return Err("the answer is not as long as it says");
    }
    Ok(body)
}

/// What was read, as the body of a message of at most `most` bytes: see [`fit`].
pub(crate) fn encode(mut extracted: Extracted, most: usize) -> Result<Vec<u8>, serde_json::Error> {
    let length = fit::fit(&mut extracted, most.saturating_sub(HEADER_BYTES))?;
    // Grown as needed, a long body would stand there twice.
    let mut body = Vec::with_capacity(length);
    serde_json::to_writer(&mut body, &extracted)?;
    Ok(body)
}

/// Reads a body that [`encode`] wrote and checks it; what is wrong with it otherwise.
pub(crate) fn decode(body: &[u8], limits: &Limits) -> Result<Extracted, &'static str> {
    let extracted: Extracted =
        serde_json::from_slice(body).map_err(|_| "the answer is not readable")?;
    let known = MEDIA_TYPES.contains(&extracted.media_type.as_str())
        && READERS.contains(&extracted.reader.as_str());
    if !known || extracted.pages.len() > limits.pages as usize {
        return Err("the answer is not possible");
    }
    if extracted.pages.is_empty() && extracted.findings.is_empty() {
        return Err("the answer says nothing");
    }
    Ok(checked::believable(extracted))
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
    use simars_record::layout::{OutlineEntry, Structure};
    use simars_record::{Page, TextSource};

    fn frame(body: &[u8]) -> Vec<u8> {
        [header(body.len()).as_slice(), body].concat()
    }

    fn extracted(text: &str) -> Extracted {
        Extracted {
            media_type: "application/pdf".to_owned(),
            pages: vec![Page { text: text.to_owned(), ..Page::new("", TextSource::Layer) }],
            findings: Vec::new(),
            embedded_title: Some(" a\n\u{0}b ".to_owned()),
            reader: "hayro".to_owned(),
            structure: None,
        }
    }

    #[test]
    fn an_answer_comes_back_clean() {
        let message = frame(&encode(extracted("a\u{c}b"), usize::MAX).unwrap());
        let answer = decode(unframe(&message).unwrap(), &Limits::default()).unwrap();
        assert_eq!(answer.pages[0].text, "ab");
        assert_eq!(answer.embedded_title.as_deref(), Some("a b"));
    }

    #[test]
    fn a_structure_keeps_its_bounds() {
        let labelled = |labels: usize| {
            let page_labels = vec!["i".to_owned(); labels];
            let entry = OutlineEntry { title: "bab".to_owned(), level: 0, page: None };
            let outline = vec![entry; 1_001];
            let structure = Structure { page_labels, outline, ..Structure::default() };
            let told = Extracted { structure: Some(Box::new(structure)), ..extracted("teks") };
            *decode(&encode(told, usize::MAX).unwrap(), &Limits::default())
                .unwrap()
                .structure
                .unwrap()
        };
        assert_eq!(labelled(1).page_labels, ["i"]);
        assert!(labelled(2).page_labels.is_empty());
        assert_eq!(labelled(1).outline.len(), 1_000);
    }

    #[test]
    fn every_cut_and_every_lie_is_noticed() {
        let limits = Limits::default();
        let body = encode(extracted("teks"), usize::MAX).unwrap();
        let message = frame(&body);
        for length in 0..message.len() {
            assert!(unframe(&message[..length]).is_err());
        }
        let mut longer = message.clone();
        longer.push(b' ');
        assert!(unframe(&longer).is_err());
        assert!(decode(&body, &Limits { pages: 0, ..limits }).is_err());
        let lie = Extracted { media_type: "text/x-evil".to_owned(), ..extracted("teks") };
        assert!(decode(&encode(lie, usize::MAX).unwrap(), &limits).is_err());
    }
}
