//! Images: pages without text, until recognition reads them.

use std::collections::BTreeSet;

use simars_record::{Extracted, Finding, FindingCode, Page, TextSource};

use crate::Limits;

/// An image of `count` pages.
pub(crate) fn pages(media_type: &str, count: u32, mut findings: Vec<Finding>) -> Extracted {
    let detail = match count {
        1 => "image; no text yet".to_owned(),
        _ => format!("image of {count} pages; no text yet"),
    };
    findings.push(Finding::file(FindingCode::NoText, detail));
    Extracted {
        media_type: media_type.to_owned(),
        pages: (0..count).map(|_| page()).collect(),
        findings,
        embedded_title: None,
        reader: "image".to_owned(),
        structure: None,
    }
}

/// A page that recognition is to read.
fn page() -> Page {
    Page { recognise: true, ..Page::new("", TextSource::None) }
}

/// Counts the directories of a TIFF, each of which is one page.
pub(crate) fn read_tiff(bytes: &[u8], limits: &Limits) -> Extracted {
    let mut findings = Vec::new();
    let count = match directories(bytes, limits.pages) {
        Directories::Counted(count) => count,
        Directories::Broken(count) => {
            let detail = format!("the list of pages breaks off after page {count}");
            findings.push(Finding::file(FindingCode::Damaged, detail));
            count.max(1)
        }
        Directories::TooMany => {
            let detail = format!("only the first {} pages were counted", limits.pages);
            findings.push(Finding::file(FindingCode::LimitReached, detail));
            limits.pages
        }
    };
    pages("image/tiff", count, findings)
}

enum Directories {
    Counted(u32),
    Broken(u32),
    TooMany,
}

/// Follows the chain of image file directories (TIFF 6.0, section 2): the header's bytes 4..8
/// point to the first; each has a count, 12 bytes an entry, and the offset of the next or zero.
/// A `BigTIFF` (version 43) is counted as one page.
fn directories(bytes: &[u8], most: u32) -> Directories {
    let little = bytes.starts_with(b"II");
    let read_u16 = |at: usize| {
        let pair: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let read_u32 = |at: usize| {
        let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    };
    if read_u16(2) != Some(42) {
        return Directories::Counted(1);
    }
    let mut seen = BTreeSet::new();
    let mut count = 0;
    let mut next = read_u32(4);
    while next != Some(0) {
        let entries = next.and_then(|offset| Some((offset, read_u16(offset as usize)?)));
        let Some((offset, entries)) = entries else { return Directories::Broken(count) };
        if !seen.insert(offset) {
            return Directories::Broken(count);
        }
        if count == most {
            return Directories::TooMany;
        }
        count += 1;
        next = read_u32(offset as usize + 2 + 12 * usize::from(entries));
    }
    if count == 0 { Directories::Broken(0) } else { Directories::Counted(count) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A TIFF whose directories are empty; `last` is what the last one points to.
    fn tiff(directories: u32, last: u32) -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        for index in 0..directories {
            bytes.extend_from_slice(&0_u16.to_le_bytes());
            let next = if index + 1 == directories { last } else { 8 + 6 * (index + 1) };
            bytes.extend_from_slice(&next.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn each_directory_is_a_page() {
        let extracted = read_tiff(&tiff(3, 0), &Limits::default());
        assert_eq!(extracted.pages.len(), 3);
        assert_eq!(extracted.findings.len(), 1);
    }

    #[test]
    fn loops_cuts_and_floods_end() {
        let looped = read_tiff(&tiff(3, 8), &Limits::default());
        assert_eq!(looped.pages.len(), 3);
        assert_eq!(looped.findings[0].code, FindingCode::Damaged);
        let cut = read_tiff(&tiff(2, 9_999), &Limits::default());
        assert_eq!((cut.pages.len(), cut.findings[0].code), (2, FindingCode::Damaged));
        let many = read_tiff(&tiff(9, 0), &Limits { pages: 4, ..Limits::default() });
        assert_eq!((many.pages.len(), many.findings[0].code), (4, FindingCode::LimitReached));
        assert_eq!(read_tiff(b"II*", &Limits::default()).pages.len(), 1);
    }
}
