//! PDF: the full reader first, a simpler one when that cannot open the file.

mod collect;
mod columns;
mod full;
mod lines;
mod part;
mod rows;
mod simple;
mod stamp;
mod structure;

use std::sync::Arc;

use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use simars_record::{Extracted, Finding, FindingCode, Page};

use crate::Limits;
use crate::answer::clean_title;
use crate::budget::Budget;
use crate::extractor::without_pages;

pub(crate) use part::part;
pub(crate) use stamp::stamp;
pub(crate) use structure::attached;

pub(crate) const PDF: &str = "application/pdf";

/// Where the end mark has to stand, counted from the end of the file.
const END_MARK_WITHIN: usize = 2048;

/// Reads a PDF. `simple` asks for the simpler reader at once; `budget` ends the reading
/// between two pages.
pub(crate) fn read(bytes: Vec<u8>, limits: &Limits, simple: bool, budget: Budget) -> Extracted {
    let mut findings = Vec::new();
    let tail = &bytes[bytes.len().saturating_sub(END_MARK_WITHIN)..];
    if crate::sniff::find(tail, b"%%EOF").is_none() {
        let detail = "no end mark (%%EOF); the file may be cut off";
        findings.push(Finding::file(FindingCode::Damaged, detail));
    }
    if simple {
        return simple::read(&bytes, limits, budget, findings);
    }
    let bytes = Arc::new(bytes);
    match Pdf::new(Arc::clone(&bytes)) {
        Ok(pdf) if !pdf.pages().is_empty() => full::read(&pdf, limits, budget, findings),
        Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)) => {
            locked(&bytes, findings)
        }
        Ok(_) | Err(_) => simple::read(&bytes, limits, budget, findings),
    }
}

fn locked(bytes: &[u8], mut findings: Vec<Finding>) -> Extracted {
    findings.push(Finding::file(FindingCode::Encrypted, "a password is needed to read it"));
    let structure = Some(Box::new(structure::without_objects(bytes)));
    Extracted { structure, ..without_pages(PDF, findings) }
}

/// Decodes a text string of the file (ISO 32000-2, 7.9.2.2) that is to be a title.
fn title(bytes: &[u8]) -> Option<String> {
    clean_title(&decoded(bytes)?)
}

/// Decodes a text string of the file.
fn decoded(bytes: &[u8]) -> Option<String> {
    if let Some(text) = bytes.strip_prefix(b"\xff\xfe") {
        // The order of bytes that the standard does not have, but some programs write.
        return Some(encoding_rs::UTF_16LE.decode_without_bom_handling(text).0.into_owned());
    }
    lopdf::decode_text_string(&lopdf::Object::string_literal(bytes)).ok()
}

/// Why a page has no text.
fn without_text(pages: &[Page], image_shares: &[f32]) -> Vec<Finding> {
    let bare = || pages.iter().enumerate().filter(|(_, page)| !page.has_text());
    if !pages.is_empty() && bare().count() == pages.len() {
        let detail = format!("no text on any of {} pages", pages.len());
        return vec![Finding::file(FindingCode::NoText, detail)];
    }
    let finding = |(index, page): (usize, &Page)| {
        let share = image_shares.get(index).copied().unwrap_or(0.0).min(1.0);
        let detail = if page.recognise {
            format!("no text yet; images cover {:.0} % of the page", share * 100.0)
        } else {
            "nothing to read on the page".to_owned()
        };
        Finding::page(FindingCode::NoText, index as u32 + 1, detail)
    };
    bare().map(finding).collect()
}

#[cfg(test)]
mod tests;
