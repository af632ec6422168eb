//! What a child answered, made such that the rest of the house may rely on it.
//!
//! Words that a file may well carry (a name with a line break in it) are cleaned; what no reader
//! makes (a table with rows of different lengths) is left out.

use simars_record::layout::{Attachment, Layout, OutlineEntry, Structure, Table};
use simars_record::{Extracted, Finding, FindingCode, Page, TextSource};

use super::clean_title;

/// A finding's detail is a line for people.
const MOST_DETAIL_BYTES: usize = 1000;
/// So many findings, and one for each page beside, say enough.
const MOST_FINDINGS: usize = 100;
const MOST_OUTLINE: usize = 1000;
const MOST_ATTACHMENTS: usize = 1000;
/// What a file says about itself in one word or line.
const MOST_NAME_BYTES: usize = 1000;

/// The answer with nothing in it that cannot be.
pub(super) fn believable(mut extracted: Extracted) -> Extracted {
    // Rebuilt, so that no page carries what a page may not.
    extracted.pages = extracted.pages.into_iter().map(rebuilt).collect();
    let pages = extracted.pages.len();
    extracted.findings = few(extracted.findings, pages);
    extracted.embedded_title = extracted.embedded_title.and_then(|title| clean_title(&title));
    if let Some(structure) = &mut extracted.structure {
        tidy_structure(structure, pages);
    }
    extracted
}

/// A finding whose words fit on a line.
pub(crate) fn tidy(mut finding: Finding) -> Finding {
    finding.detail = line(&finding.detail, MOST_DETAIL_BYTES);
    if finding.detail.is_empty() {
        finding.code.as_str().clone_into(&mut finding.detail);
    }
    finding
}

/// Text without control characters, cut to this many bytes.
pub(super) fn line(text: &str, most: usize) -> String {
    let end = text.floor_char_boundary(most);
    text[..end].replace(char::is_control, " ").trim().to_owned()
}

fn few(mut findings: Vec<Finding>, pages: usize) -> Vec<Finding> {
    let (count, most) = (findings.len(), MOST_FINDINGS + pages);
    findings.truncate(most);
    if count > most {
        let detail = format!("only the first {most} of {count} findings are kept");
        findings.push(Finding::file(FindingCode::LimitReached, detail));
    }
    let on_page = |page: &u32| inside(*page, pages);
    let tidied = findings.into_iter().map(tidy);
    tidied.map(|finding| Finding { page: finding.page.filter(on_page), ..finding }).collect()
}

/// Whether the number of a page can be right; without pages nobody knows how many there are.
fn inside(page: u32, pages: usize) -> bool {
    page >= 1 && (pages == 0 || page as usize <= pages)
}

fn rebuilt(page: Page) -> Page {
    // Text comes from somewhere; a page without any is told as such whatever was said.
    let source = if page.has_text() { page.source } else { TextSource::Layer };
    let mut rebuilt = Page::new(&page.text, source);
    rebuilt.recognise = page.recognise;
    match page.layout {
        Some(layout) if layout.width >= 0.0 && layout.height >= 0.0 => {
            rebuilt.with_layout(tidy_layout(*layout))
        }
        _ => rebuilt,
    }
}

fn tidy_layout(mut layout: Layout) -> Layout {
    layout.confidence = layout.confidence.map(|sure| sure.min(100));
    layout.tables = layout.tables.into_iter().filter_map(tidy_table).collect();
    // Only recognition has read a page twice, and that does not come from here.
    (layout.other, layout.engine) = (None, None);
    layout
}

/// A table whose rows are all as long as the first; `None` for what is none.
fn tidy_table(mut table: Table) -> Option<Table> {
    let (rows, columns) = (table.rows.len(), table.rows.first().map_or(0, Vec::len));
    if columns == 0 || table.rows.iter().any(|row| row.len() != columns) {
        return None;
    }
    for cell in table.rows.iter_mut().flatten() {
        if cell.contains(char::is_control) {
            *cell = line(cell, cell.len());
        }
    }
    let there = |row: u32, column: u32| (row as usize) < rows && (column as usize) < columns;
    table.doubtful.retain(|cell| there(cell.row, cell.column));
    table.wrong_sums.retain(|sum| there(sum.cell.row, sum.cell.column));
    Some(table)
}

fn tidy_structure(structure: &mut Structure, pages: usize) {
    // Signatures are checked by another child, which is asked later.
    structure.checked = None;
    let texts = [
        &mut structure.format_version,
        &mut structure.producer,
        &mut structure.creator,
        &mut structure.created,
        &mut structure.modified,
        &mut structure.pdf_a_claim,
        &mut structure.encryption,
    ];
    for text in texts {
        *text =
            text.take().map(|text| line(&text, MOST_NAME_BYTES)).filter(|text| !text.is_empty());
    }
    structure.outline.truncate(MOST_OUTLINE);
    for OutlineEntry { title, page, .. } in &mut structure.outline {
        *title = line(title, MOST_NAME_BYTES);
        *page = page.filter(|page| inside(*page, pages));
    }
    if structure.page_labels.len() != pages {
        structure.page_labels.clear();
    }
    for label in &mut structure.page_labels {
        *label = line(label, MOST_NAME_BYTES);
    }
    structure.attachments.truncate(MOST_ATTACHMENTS);
    for Attachment { name, media_type, .. } in &mut structure.attachments {
        *name = line(name, MOST_NAME_BYTES);
        *media_type = media_type.take().map(|named| line(&named, MOST_NAME_BYTES));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use simars_record::layout::{Cell, WordBox};

    fn page(layout: Layout) -> Page {
        Page { layout: Some(Box::new(layout)), ..Page::new("satu", TextSource::Layer) }
    }

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
    fn what_a_table_cannot_have_is_left_out() {
        let row = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>();
        let outside = Cell { row: 0, column: 2 };
        let table = |rows| Table {
            area: WordBox::default(),
            ruled: true,
            rows,
            doubtful: vec![Cell { row: 0, column: 1 }, outside],
            wrong_sums: Vec::new(),
        };
        let tables = vec![
            table(vec![row(&["a\n", "b"])]),
            table(vec![row(&["a", "b"]), row(&["a"])]),
            table(vec![row(&[])]),
            table(Vec::new()),
        ];
        let layout = Layout { words: vec![WordBox::default()], tables, ..Layout::default() };
        let pages = believable(extracted(vec![page(layout)], Vec::new())).pages;
        let tables = &pages[0].layout.as_ref().unwrap().tables;
        assert_eq!(tables.len(), 1);
        assert_eq!(tables[0].rows, [row(&["a", "b"])]);
        assert_eq!(tables[0].doubtful, [Cell { row: 0, column: 1 }]);
    }

    #[test]
    fn findings_are_few_short_and_about_pages_that_exist() {
        let finding = Finding::page(FindingCode::Damaged, 7, format!("a\u{1e}{}", "é".repeat(900)));
        let pages = vec![Page::new("satu", TextSource::Layer)];
        let read = believable(extracted(pages, vec![finding; 500]));
        assert_eq!(read.findings.len(), MOST_FINDINGS + 2);
        assert_eq!(read.findings.last().unwrap().code, FindingCode::LimitReached);
        let Finding { page, detail, .. } = &read.findings[0];
        assert!(detail.starts_with("a é") && detail.len() <= MOST_DETAIL_BYTES);
        assert_eq!(*page, None);
        assert_eq!(tidy(Finding::file(FindingCode::Damaged, "\n")).detail, "damaged");
    }

    #[test]
    fn text_comes_from_somewhere() {
        let page = Page { source: TextSource::None, ..Page::new("satu", TextSource::Layer) };
        let empty = Page { source: TextSource::Layer, ..Page::new("", TextSource::None) };
        let pages = believable(extracted(vec![page, empty], Vec::new())).pages;
        assert_eq!((pages[0].source, pages[1].source), (TextSource::Layer, TextSource::None));
    }

    #[test]
    fn what_a_file_says_of_itself_is_shown_in_lines() {
        let entry = |page| OutlineEntry { title: "Bab\u{0}I".to_owned(), level: 0, page };
        let structure = Structure {
            producer: Some("\u{1}".to_owned()),
            outline: vec![entry(Some(1)), entry(Some(2)), entry(Some(0))],
            page_labels: vec!["i".to_owned(), "ii".to_owned()],
            ..Structure::default()
        };
        let mut read = extracted(vec![Page::new("satu", TextSource::Layer)], Vec::new());
        read.structure = Some(Box::new(structure));
        let structure = believable(read).structure.unwrap();
        assert_eq!((structure.producer, structure.page_labels.len()), (None, 0));
        let leads: Vec<_> = structure.outline.iter().map(|entry| entry.page).collect();
        assert_eq!(leads, [Some(1), None, None]);
        assert_eq!(structure.outline[0].title, "Bab I");
    }
}
