//! An answer made to fit: text is never left out, the places of words may be.
//!
//! A file of very many pages can have more to say about where its words stand than an answer has
//! room for. The first pages keep all of it, and a finding names the page from which on places
//! and tables are missing.

use std::io::{self, Write};

use simars_record::{Extracted, Finding, FindingCode};

/// Room for the finding that something was left out.
const FINDING_BYTES: usize = 512;

/// Leaves out the layouts of as many last pages as it takes for the answer to have at most `most`
/// bytes, and gives how many it has then.
pub(super) fn fit(extracted: &mut Extracted, most: usize) -> Result<usize, serde_json::Error> {
    let pages = std::mem::take(&mut extracted.pages);
    let beside = size(extracted)?;
    extracted.pages = pages;
    let sizes = extracted.pages.iter().map(size).collect::<Result<Vec<_>, _>>()?;
    // Each page has a comma behind it.
    let mut total = beside + sizes.iter().sum::<usize>() + sizes.len();
    if total <= most {
        return Ok(total);
    }
    let mut first = None;
    for (index, page) in extracted.pages.iter_mut().enumerate().rev() {
        if total + FINDING_BYTES <= most {
            break;
        }
        if page.layout.take().is_some() {
            total = total - sizes[index] + size(page)?;
            first = Some(index as u32 + 1);
        }
    }
    if let Some(page) = first {
        let detail = format!("from page {page} on the places of words and tables are left out");
        extracted.findings.push(Finding::file(FindingCode::Unplaced, detail));
        total += FINDING_BYTES;
    }
    Ok(total)
}

/// How many bytes something has in JSON.
fn size(value: &impl serde::Serialize) -> Result<usize, serde_json::Error> {
    let mut counter = Counter(0);
    serde_json::to_writer(&mut counter, value)?;
    Ok(counter.0)
}

/// Counts what is written.
struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{HEADER_BYTES, decode, encode};
    use crate::{Limits, answer};
    use simars_record::{Layout, Page, TextSource, WordBox};

    fn pages(count: usize) -> Extracted {
        let text = "kata \"demi\" kata\n".repeat(50);
        let place = WordBox { left: 1_204, top: 811, right: 1_530, bottom: 946, confidence: None };
        let words = vec![place; 150];
        let layout = Layout { width: 595.0, height: 842.0, words, ..Layout::default() };
        Extracted {
            media_type: "application/pdf".to_owned(),
            pages: vec![Page::new(&text, TextSource::Layer).with_layout(layout); count],
            findings: Vec::new(),
            embedded_title: None,
            reader: "hayro".to_owned(),
            structure: None,
        }
    }

    #[test]
    fn places_of_later_pages_are_left_out_and_no_text_is() {
        let whole = pages(40);
        let all = encode(whole.clone(), usize::MAX).unwrap().len();
        for most in (60_000..all + 100).step_by(7_001) {
            let body = encode(whole.clone(), most).unwrap();
            assert!(body.len() + HEADER_BYTES <= most, "{} in {most}", body.len());
            let read = decode(&body, &Limits::default()).unwrap();
            assert_eq!(read.joined_text(), whole.joined_text());
            let placed = read.pages.iter().filter(|page| page.layout.is_some()).count();
            assert!(read.pages[..placed].iter().all(|page| page.layout.is_some()));
            match read.findings.as_slice() {
                [] => assert_eq!(placed, 40),
                [finding] => {
                    let said = format!("from page {} on", placed + 1);
                    assert!(finding.detail.starts_with(&said), "{}", finding.detail);
                }
                more => panic!("{more:?}"),
            }
        }
    }

    #[test]
    fn what_fits_is_as_long_as_it_says() {
        let mut whole = pages(3);
        let long = fit(&mut whole, usize::MAX).unwrap();
        let body = encode(whole, usize::MAX).unwrap();
        assert!((body.len()..=body.len() + 1).contains(&long));
        assert!(answer::unframe(&[answer::header(body.len()).as_slice(), &body].concat()).is_ok());
    }
}
