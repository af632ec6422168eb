//! What any answer of a reader must be, whatever the file was.

use std::collections::BTreeSet;

use simars_record::layout::{Layout, PARTS, Structure, Table, WordBox, read_layout};
use simars_record::{Extracted, Finding, FindingCode, Page};

/// Findings beyond this number, and one for each page, are a flood.
const MOST_FINDINGS: usize = 200;
/// A detail is a line for people.
const MOST_DETAIL_BYTES: usize = 2000;

/// What is wrong with an answer; `None` for one that makes sense: pages that are what pages are,
/// boxes that lie on them, and a finding where there is no text.
pub fn nonsense(extracted: &Extracted) -> Option<String> {
    if extracted.pages.is_empty() && extracted.findings.is_empty() {
        return Some("neither a page nor a finding".to_owned());
    }
    if !extracted.media_type.contains('/') || extracted.reader.is_empty() {
        return Some("no media type or no reader".to_owned());
    }
    if extracted.embedded_title.as_deref().is_some_and(has_control) {
        return Some("a title with control characters".to_owned());
    }
    if extracted.findings.len() > MOST_FINDINGS + extracted.pages.len() {
        return Some(format!("{} findings", extracted.findings.len()));
    }
    let pages = extracted.pages.len();
    let findings = extracted.findings.iter();
    let about_findings = findings.map(|finding| wrong_finding(finding, pages));
    let about_pages = extracted.pages.iter().zip(1..).map(|(page, number): (&Page, u32)| {
        wrong_page(page).map(|wrong| format!("page {number}: {wrong}"))
    });
    about_findings
        .chain(about_pages)
        .flatten()
        .next()
        .or_else(|| extracted.structure.as_deref().and_then(|one| wrong_structure(one, pages)))
        .or_else(|| wrong_object(extracted))
}

/// How often, and in which words, a child died instead of answering.
pub fn deaths(findings: &[Finding]) -> impl Iterator<Item = &str> {
    let failed = findings.iter().filter(|finding| finding.code == FindingCode::ReaderFailed);
    failed.map(|finding| finding.detail.as_str()).filter(|detail| detail.contains("ended"))
}

fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

fn wrong_finding(finding: &Finding, pages: usize) -> Option<String> {
    let Finding { page, detail, .. } = finding;
    if detail.is_empty() || detail.len() > MOST_DETAIL_BYTES || has_control(detail) {
        return Some(format!("a finding in {} bytes: {detail:.100?}", detail.len()));
    }
    let inside = page.is_none_or(|page| page >= 1 && (pages == 0 || page as usize <= pages));
    (!inside).then(|| format!("a finding about page {page:?} of {pages}: {detail}"))
}

fn wrong_page(page: &Page) -> Option<String> {
    let odd = |one: char| one.is_control() && !matches!(one, '\n' | '\t');
    if page.text.contains(odd) {
        return Some("control characters in the text".to_owned());
    }
    if page.has_text() == page.text.trim().is_empty() {
        return Some(format!("text of {} bytes from {:?}", page.text.len(), page.source));
    }
    page.layout.as_deref().and_then(|layout| wrong_layout(layout, &page.text))
}

fn wrong_layout(layout: &Layout, text: &str) -> Option<String> {
    let Layout { width, height, words, tables, confidence, other, .. } = layout;
    let possible = |size: f32| size.is_finite() && size >= 0.0;
    if !possible(*width) || !possible(*height) {
        return Some(format!("a size of {width} x {height}"));
    }
    if words.len() != text.split_whitespace().count() {
        return Some(format!("{} boxes for other words", words.len()));
    }
    if let Some(wrong) = words.iter().find(|one| !is_box(one)) {
        return Some(format!("an impossible box: {wrong:?}"));
    }
    let sure = |confidence: Option<u8>| confidence.is_none_or(|sure| sure <= 100);
    if !sure(*confidence) {
        return Some(format!("a confidence of {confidence:?}"));
    }
    if let Some(other) = other {
        let whole =
            other.words.is_empty() || other.words.len() == other.text.split_whitespace().count();
        if !whole || !sure(other.confidence) || !other.words.iter().all(is_box) {
            return Some("another reading that is not whole".to_owned());
        }
    }
    tables.iter().find_map(wrong_table)
}

fn is_box(one: &WordBox) -> bool {
    let ordered = one.left <= one.right && one.top <= one.bottom;
    let sure = one.confidence.is_none_or(|confidence| confidence <= 100);
    ordered && sure && one.right <= PARTS && one.bottom <= PARTS
}

fn wrong_table(table: &Table) -> Option<String> {
    let Table { area, rows, doubtful, wrong_sums, .. } = table;
    if !is_box(area) {
        return Some(format!("a table in {area:?}"));
    }
    let columns: BTreeSet<usize> = rows.iter().map(Vec::len).collect();
    let columns = match columns.len() {
        1 => columns.first().copied().unwrap_or(0),
        count => return Some(format!("a table with rows of {count} lengths")),
    };
    if columns == 0 || rows.iter().flatten().any(|cell| has_control(cell)) {
        return Some("a table whose cells are not one line".to_owned());
    }
    let places = doubtful.iter().chain(wrong_sums.iter().map(|sum| &sum.cell));
    let mut outside =
        places.filter(|cell| cell.row as usize >= rows.len() || cell.column as usize >= columns);
    outside.next().map(|cell| format!("{cell:?} of {} rows, {columns} columns", rows.len()))
}

fn wrong_structure(structure: &Structure, pages: usize) -> Option<String> {
    let texts = [
        &structure.format_version,
        &structure.producer,
        &structure.creator,
        &structure.created,
        &structure.modified,
        &structure.pdf_a_claim,
        &structure.encryption,
    ];
    let names = structure.outline.iter().map(|entry| &entry.title);
    let names = names.chain(structure.attachments.iter().map(|attachment| &attachment.name));
    let mut texts = texts.into_iter().flatten().chain(names).chain(&structure.page_labels);
    if let Some(text) = texts.find(|text| has_control(text)) {
        return Some(format!("control characters in what the file says of itself: {text:.60?}"));
    }
    if structure.outline.len() > 1000 {
        return Some(format!("an outline of {} entries", structure.outline.len()));
    }
    let labels = structure.page_labels.len();
    if labels != 0 && labels != pages && pages != 0 {
        return Some(format!("{labels} labels for {pages} pages"));
    }
    let mut leads = structure.outline.iter().filter_map(|entry| entry.page);
    let outside = leads.find(|page| *page == 0 || (pages > 0 && *page as usize > pages));
    outside.map(|page| format!("an outline that leads to page {page} of {pages}"))
}

/// What is kept must be readable again.
fn wrong_object(extracted: &Extracted) -> Option<String> {
    let object = String::from_utf8(extracted.layout_object()?).unwrap_or_default();
    let Some((structure, pages)) = read_layout(&object) else {
        return Some("a layout object that cannot be read again".to_owned());
    };
    let same = structure.as_ref() == extracted.structure.as_deref()
        && pages.len() == extracted.pages.len()
        && pages.iter().zip(&extracted.pages).all(|(kept, page)| {
            kept.source == page.source && kept.layout.as_ref() == page.layout.as_deref()
        });
    (!same).then(|| "a layout object that reads as something else".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use simars_record::TextSource;

    fn extracted(pages: Vec<Page>, findings: Vec<Finding>) -> Extracted {
        Extracted {
            media_type: "application/pdf".to_owned(),
            pages,
            findings,
            embedded_title: None,
            reader: "hayro".to_owned(),
            structure: None,
        }
    }

    #[test]
    fn sense_and_nonsense_are_told_apart() {
        let page = || Page::new("satu", TextSource::Layer);
        assert_eq!(nonsense(&extracted(vec![page()], vec![])), None);
        let finding = |page| Finding { page, ..Finding::file(FindingCode::Damaged, "cut") };
        assert_eq!(nonsense(&extracted(vec![], vec![finding(Some(9))])), None);
        let with = |layout| Page { layout: Some(Box::new(layout)), ..page() };
        let words = vec![WordBox::default()];
        let good = Layout { words: words.clone(), ..Layout::default() };
        assert_eq!(nonsense(&extracted(vec![with(good.clone())], vec![])), None);
        let upside = WordBox { top: 9, ..WordBox::default() };
        for wrong in [
            extracted(vec![], vec![]),
            extracted(vec![page()], vec![finding(Some(2))]),
            extracted(vec![page()], vec![Finding::file(FindingCode::Damaged, "a\nb")]),
            extracted(vec![Page { text: "a\u{c}b".to_owned(), ..page() }], vec![]),
            extracted(vec![Page { source: TextSource::None, ..page() }], vec![]),
            extracted(vec![with(Layout::default())], vec![]),
            extracted(vec![with(Layout { width: f32::NAN, ..good.clone() })], vec![]),
            extracted(vec![with(Layout { words: vec![upside], ..good.clone() })], vec![]),
            extracted(vec![with(Layout { confidence: Some(101), ..good })], vec![]),
        ] {
            assert!(nonsense(&wrong).is_some(), "{wrong:?}");
        }
    }

    #[test]
    fn deaths_are_told_from_other_failures() {
        let failed = |detail: &str| Finding::file(FindingCode::ReaderFailed, detail);
        let findings = [failed("the reader was ended by signal 6"), failed("the answer is cut")];
        assert_eq!(deaths(&findings).count(), 1);
    }
}
