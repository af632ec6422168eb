//! Sums that are right, wrong, and none of ours to judge.

use simars_record::WordBox;

use super::*;

fn table(rows: &[&[&str]]) -> Table {
    let row = |row: &&[&str]| row.iter().map(|&cell| cell.to_owned()).collect();
    Table {
        area: WordBox::default(),
        ruled: true,
        rows: rows.iter().map(row).collect(),
        doubtful: Vec::new(),
        wrong_sums: Vec::new(),
    }
}

fn wrong(rows: &[&[&str]]) -> Vec<(u32, u32)> {
    let mut table = table(rows);
    check_sums(&mut table);
    table.wrong_sums.iter().map(|wrong| (wrong.cell.row, wrong.cell.column)).collect()
}

#[test]
fn row_numbers_years_and_shares_are_not_added_up() {
    let rows: &[&[&str]] = &[
        &["No", "Nama", "Tahun", "Persen", "Suara"],
        &["1", "2", "3", "4", "5"],
        &["1", "Anggrek", "2019", "60", "1.000"],
        &["2", "Melati", "2024", "40", "-"],
        &["3", "Jumlah", "2024", "99", "1.000"],
    ];
    assert_eq!(wrong(rows), []);
}

#[test]
fn totals_of_parts_and_of_the_whole_are_told_apart() {
    let right: &[&[&str]] = &[
        &["Desa", "Suara"],
        &["A", "10"],
        &["B", "20"],
        &["Jumlah I", "30"],
        &["C", "5"],
        &["D", "6"],
        &["Jumlah II", "11"],
        &["Jumlah Akhir", "41"],
    ];
    assert_eq!(wrong(right), []);
    let mut bad: Vec<&[&str]> = right.to_vec();
    bad[6] = &["Jumlah II", "12"];
    assert_eq!(wrong(&bad), [(6, 1)]);
}

#[test]
fn an_unnamed_last_row_is_a_sum_only_where_others_are_right() {
    let sums: &[&[&str]] =
        &[&["A", "1", "5"], &["B", "2", "9"], &["C", "4", "2"], &["", "7", "15"]];
    assert_eq!(wrong(sums), [(3, 2)]);
    let none: &[&[&str]] = &[&["A", "1", "5"], &["B", "2", "9"], &["", "4", "2"]];
    assert_eq!(wrong(none), []);
}

#[test]
fn what_cannot_be_read_or_lies_elsewhere_is_not_judged() {
    let gap: &[&[&str]] =
        &[&["Desa", "Suara", "Sah"], &["A", "1?", "5"], &["B", "2", ""], &["Jumlah", "9", "9"]];
    assert_eq!(wrong(gap), []);
    let second_page: &[&[&str]] =
        &[&["No", "Desa", "Suara"], &["11", "A", "5"], &["12", "B", "6"], &["", "Jumlah", "99"]];
    assert_eq!(wrong(second_page), []);
    let carried: &[&[&str]] = &[
        &["Desa", "Suara"],
        &["Jumlah pindahan", "88"],
        &["A", "5"],
        &["B", "6"],
        &["Jumlah", "99"],
    ];
    assert_eq!(wrong(carried), []);
    let seats: &[&[&str]] =
        &[&["Partai", "Suara"], &["A", "500"], &["B", "600"], &["Jumlah kursi", "7"]];
    assert_eq!(wrong(seats), []);
    let headless: &[&[&str]] = &[&["A", "500"], &["B", "600"], &["Jumlah", "1.500"]];
    assert_eq!(wrong(headless), []);
    let shares: &[&[&str]] =
        &[&["Desa", "Hasil"], &["A", "60,5"], &["B", "39,5"], &["Jumlah", "99"]];
    assert_eq!(wrong(shares), []);
}

#[test]
fn labels_between_the_rows_have_no_numbers() {
    let rows: &[&[&str]] = &[
        &["No", "Desa", "L", "P"],
        &["I", "Kecamatan Timur", "", ""],
        &["1", "A", "1.000", "5"],
        &["2", "B", "2.000", "6"],
        &["", "Jumlah", "3.000", "12"],
    ];
    assert_eq!(wrong(rows), [(4, 3)]);
}

#[test]
fn a_last_column_of_sums_is_checked_where_most_rows_are_right() {
    let rows: &[&[&str]] = &[
        &["No", "Desa", "Laki-laki", "Perempuan", "Jumlah"],
        &["1", "A", "10", "20", "30"],
        &["2", "B", "11", "21", "33"],
        &["3", "C", "1", "2", "3"],
        &["4", "D", "5", "5", "10"],
    ];
    assert_eq!(wrong(rows), [(2, 4)]);
    let other: &[&[&str]] = &[
        &["Desa", "TPS", "Suara", "Jumlah"],
        &["A", "10", "20", "3"],
        &["B", "11", "21", "4"],
        &["C", "1", "2", "9"],
    ];
    assert_eq!(wrong(other), []);
}

#[test]
fn a_finding_says_where_and_what() {
    let mut table =
        table(&[&["Desa", "Suara"], &["A", "1.000"], &["B", "235"], &["Jumlah", "1.234"]]);
    check_sums(&mut table);
    let findings = wrong_sums(&table, 2, 7);
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].code, findings[0].page), (FindingCode::WrongSum, Some(7)));
    let detail = "page 7, table 2, row 4, column 2: stated 1.234, counted 1.235";
    assert_eq!(findings[0].detail, detail);
}
