//! Tables drawn on pages, ruled in the ways in which programs rule them.

use simars_record::Table;

use super::*;

/// A cell's place: column and row of a table of 4 rows and 3 columns.
const CELLS: [[&str; 3]; 4] = [
    ["Partai", "Utara", "Selatan"],
    ["Anggrek", "1.204", "310"],
    ["Melati", "96", "2.000"],
    ["Jumlah", "1.300", "2.311"],
];

fn left(column: i32) -> i32 {
    100 + 100 * column
}

fn bottom(row: i32) -> i32 {
    680 - 20 * row
}

fn words() -> String {
    let mut content = String::new();
    for (row, cells) in (0..).zip(CELLS) {
        for (column, cell) in (0..).zip(cells) {
            content += &at(left(column) + 5, bottom(row) + 6, cell);
        }
    }
    content
}

fn tables(content: &str, page: &Dictionary) -> (Vec<Table>, Vec<Finding>) {
    let extracted = read_bytes(bytes(document(&[content], page)), false);
    let layout = extracted.pages[0].layout.clone().unwrap_or_default();
    (layout.tables, extracted.findings)
}

/// Strokes from edge to edge.
fn strokes() -> String {
    let mut content = String::from("0.5 w\n");
    for row in 0..=4 {
        content += &format!("100 {0} m 400 {0} l S\n", bottom(row) + 20);
    }
    for column in 0..=3 {
        content += &format!("{0} 620 m {0} 700 l S\n", left(column));
    }
    content
}

/// One rectangle around each cell, with strokes.
fn boxes() -> String {
    let mut content = String::new();
    for row in 0..4 {
        for column in 0..3 {
            content += &format!("{} {} 100 20 re S\n", left(column), bottom(row));
        }
    }
    content
}

/// Thin rectangles, filled: piece by piece, all of a row in one path, with squares at corners.
fn slivers() -> String {
    let mut content = String::new();
    for row in 0..=4 {
        for column in 0..=3 {
            let (x, y) = (left(column), bottom(row) + 20);
            content += &format!("{x} {y} 0.5 0.5 re\n");
            if column < 3 {
                content += &format!("{}.5 {y} 99.5 0.5 re\n", x);
            }
            if row < 4 {
                content += &format!("{x} {} 0.5 19.5 re\n", bottom(row));
            }
        }
        content += "f\n";
    }
    content
}

#[test]
fn tables_are_found_however_they_are_ruled() {
    for (way, lines) in [("strokes", strokes()), ("boxes", boxes()), ("slivers", slivers())] {
        let (tables, findings) = tables(&(words() + &lines), &Dictionary::new());
        assert_eq!(tables.len(), 1, "{way}");
        assert!(tables[0].ruled, "{way}");
        assert_eq!(tables[0].rows, CELLS, "{way}");
        let area = tables[0].area;
        let tenths = [area.left, area.top, area.right, area.bottom].map(|side| (side + 5) / 10);
        assert_eq!(tenths, [167, 125, 667, 225], "{way}");
        let details: Vec<&str> = findings.iter().map(|one| one.detail.as_str()).collect();
        assert_eq!(details, ["page 1, table 1, row 4, column 3: stated 2.311, counted 2.310"]);
        assert_eq!(codes_of(&findings), [FindingCode::WrongSum]);
    }
}

fn codes_of(findings: &[Finding]) -> Vec<FindingCode> {
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_table_without_lines_is_found_by_its_columns() {
    let (tables, findings) = tables(&words(), &Dictionary::new());
    assert_eq!(tables.len(), 1);
    assert!(!tables[0].ruled);
    assert_eq!(tables[0].rows, CELLS);
    assert_eq!(codes_of(&findings), [FindingCode::WrongSum]);
}

#[test]
fn a_turned_page_and_a_table_set_sideways_are_read() {
    let sideways = format!("q 0 1 -1 0 800 0 cm {}{} Q", words(), strokes());
    let wide = vec![0.into(), 0.into(), 800.into(), 800.into()];
    for page in [
        dictionary! { "MediaBox" => wide.clone() },
        dictionary! { "MediaBox" => wide.clone(), "Rotate" => 90 },
        dictionary! { "MediaBox" => wide, "Rotate" => 180 },
    ] {
        let (tables, _) = tables(&sideways, &page);
        assert_eq!(tables.len(), 1, "{page:?}");
        assert_eq!(tables[0].rows, CELLS, "{page:?}");
    }
}

#[test]
fn a_drawing_of_very_many_lines_is_no_table() {
    let mut content = words() + &strokes();
    for line in 0..30_000 {
        content += &format!("{0} 100 m {0} 500 l S\n", line % 600);
    }
    let (tables, _) = tables(&content, &Dictionary::new());
    assert!(tables.iter().all(|table| !table.ruled));
}
