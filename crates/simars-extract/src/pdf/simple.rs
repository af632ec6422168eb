//! The simpler PDF reader: text in the order in which the file draws it, without its layout.

use lopdf::{Document, LoadOptions};
use simars_record::layout::Structure;
use simars_record::{Extracted, Finding, FindingCode, Page, TextSource};

use super::{PDF, locked, structure, title, without_text};
use crate::Limits;
use crate::budget::Budget;
use crate::extractor::without_pages;

/// The most one stream may unpack to.
const MOST_STREAM_BYTES: usize = 128 << 20;

/// More pages than this are a lie.
const MOST_CLAIMED: usize = 1_000_000;

/// Reads what the full reader could not.
pub(super) fn read(
    bytes: &[u8],
    limits: &Limits,
    budget: Budget,
    mut findings: Vec<Finding>,
) -> Extracted {
    let options = LoadOptions::with_max_decompressed_size(MOST_STREAM_BYTES);
    let document = match Document::load_mem_with_options(bytes, options) {
        Ok(document) => document,
        Err(lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_)) => {
            return locked(bytes, findings);
        }
        Err(error) => {
            findings
                .push(Finding::file(FindingCode::Damaged, format!("no reader opens it: {error}")));
            return without_pages(PDF, findings);
        }
    };
    if document.is_encrypted() {
        return locked(bytes, findings);
    }
    let pages = read_pages(&document, limits, budget, &mut findings);
    if pages.is_empty() {
        findings.push(Finding::file(FindingCode::Damaged, "no page was found in it"));
        return without_pages(PDF, findings);
    }
    let detail = "read without its layout, by the simpler reader";
    findings.push(Finding::file(FindingCode::FallbackReader, detail));
    findings.extend(without_text(&pages, &[]));
    let structure = Structure {
        producer: info(&document, b"Producer"),
        creator: info(&document, b"Creator"),
        created: info(&document, b"CreationDate"),
        modified: info(&document, b"ModDate"),
        signatures: signatures(&document),
        ..structure::without_objects(bytes)
    };
    Extracted {
        media_type: PDF.to_owned(),
        pages,
        findings,
        embedded_title: info(&document, b"Title"),
        reader: "lopdf".to_owned(),
        structure: Some(Box::new(structure)),
    }
}

fn read_pages(
    document: &Document,
    limits: &Limits,
    budget: Budget,
    findings: &mut Vec<Finding>,
) -> Vec<Page> {
    let mut pages = Vec::new();
    if claims_too_much(document) {
        let detail = "its tree of pages claims more pages than a file can have";
        findings.push(Finding::file(FindingCode::Damaged, detail));
        return pages;
    }
    let mut text_left = limits.text_bytes;
    for (index, _) in document.page_iter().enumerate() {
        let late = budget.is_spent();
        if pages.len() >= limits.pages as usize || text_left == 0 || late {
            let code = if late { FindingCode::TimedOut } else { FindingCode::LimitReached };
            let detail = format!("only the first {index} pages were read");
            findings.push(Finding::file(code, detail));
            break;
        }
        let number = index as u32 + 1;
        let text = match document.extract_text_with_limit(&[number], MOST_STREAM_BYTES) {
            Ok(text) if text.len() <= text_left => text,
            Ok(_) => {
                let detail = "the page has more text than the limits allow";
                findings.push(Finding::page(FindingCode::LimitReached, number, detail));
                text_left = 0;
                String::new()
            }
            Err(error) => {
                findings.push(Finding::page(FindingCode::Damaged, number, error.to_string()));
                String::new()
            }
        };
        text_left = text_left.saturating_sub(text.len());
        pages.push(Page::new(&text, TextSource::Layer));
    }
    pages
}

/// Whether the tree says that it has so many pages that making room for them, as lopdf does before
/// it has seen them, takes more memory than there is.
fn claims_too_much(document: &Document) -> bool {
    let mut pages = document.page_iter();
    let mut seen = 0_usize;
    while pages.next().is_some() {
        seen += 1;
        // Counting looks at all that is left, so that it is done rarely.
        if seen.is_power_of_two() && pages.size_hint().0 > MOST_CLAIMED {
            return true;
        }
    }
    false
}

fn info(document: &Document, key: &[u8]) -> Option<String> {
    let info = document.trailer.get(b"Info").ok()?;
    let (_, info) = document.dereference(info).ok()?;
    let (_, found) = document.dereference(info.as_dict().ok()?.get(key).ok()?).ok()?;
    title(found.as_str().ok()?)
}

/// How many dictionaries sign a part of the file (ISO 32000-2, 12.8.1).
fn signatures(document: &Document) -> u32 {
    let dictionaries = document.objects.values().filter_map(|object| object.as_dict().ok());
    dictionaries.filter(|one| one.has(b"ByteRange") && one.has(b"Contents")).count() as u32
}
