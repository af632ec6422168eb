//! Tables of a page, as files for spreadsheets.

use simars_record::{Digest, Table};

/// The names of the two columns that every row ends with.
const PROVENANCE: [&str; 2] = ["halaman", "sha256_halaman"];

/// A table as CSV (RFC 4180, UTF-8): one line of names, then the rows as they stand on the page,
/// each with the number of the page and the SHA-256 of its text, so that a row taken out of the
/// file still tells where it comes from.
pub(crate) fn csv(table: &Table, page: u32, page_sha256: &Digest) -> String {
    let columns = table.rows.iter().map(Vec::len).max().unwrap_or_default();
    let names = (1..=columns).map(|column| format!("kolom_{column}"));
    let mut text = String::new();
    line(&mut text, names.chain(PROVENANCE.map(str::to_owned)));
    let provenance = [page.to_string(), page_sha256.to_string()];
    for row in &table.rows {
        let missing = std::iter::repeat_n(String::new(), columns - row.len());
        let cells = row.iter().map(|cell| guarded(cell)).chain(missing);
        line(&mut text, cells.chain(provenance.clone()));
    }
    text
}

/// Adds a line of cells to a text (RFC 4180).
pub(crate) fn line(text: &mut String, cells: impl Iterator<Item = String>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            text.push(',');
        }
        if cell.contains(['"', ',', '\r', '\n']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe before it; a number, also
/// a negative one, and a lone dash stay as they are.
pub(crate) fn guarded(cell: &str) -> String {
    let begins = |marks: &[char]| cell.trim_start().starts_with(marks);
    let number = |rest: &str| rest.chars().all(|one| one.is_ascii_digit() || " .,%-".contains(one));
    let formula = begins(&['=', '+', '@', '＝', '＋', '＠'])
        || cell.starts_with(['\t', '\r'])
        || (begins(&['-', '－']) && !number(cell.trim_start().trim_start_matches(['-', '－'])));
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

/// The name under which a table is saved: the document's short id, the page, and the place of the
/// table on it, from 1.
pub(crate) fn file_name(id: &str, page: u32, place: usize) -> String {
    let short = id.get(..8).unwrap_or(id);
    format!("simars-{short}-hlm-{page}-tabel-{place}.csv")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use simars_record::WordBox;

    use super::*;

    fn table(rows: &[&[&str]]) -> Table {
        let row = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
        Table {
            area: WordBox::default(),
            ruled: true,
            rows: rows.iter().map(row).collect(),
            doubtful: Vec::new(),
            wrong_sums: Vec::new(),
        }
    }

    #[test]
    fn a_table_is_written_with_its_provenance() {
        let digest = Digest::of(b"halaman");
        let rows: [&[&str]; 2] = [&["Partai \"A\", baru", "1.204"], &["Jumlah", "1.204"]];
        let expected = format!(
            "kolom_1,kolom_2,halaman,sha256_halaman\r\n\"Partai \"\"A\"\", baru\",1.204,7,{digest}\r\n\
             Jumlah,1.204,7,{digest}\r\n"
        );
        assert_eq!(csv(&table(&rows), 7, &digest), expected);
        assert_eq!(file_name("abcdefghijkl", 7, 2), "simars-abcdefgh-hlm-7-tabel-2.csv");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+62", "@x", " =A1", "-cmd", "\t=1", "＝1", "-1+A1"] {
            assert_eq!(guarded(cell), format!("'{cell}"));
        }
        for cell in ["", "-", "-12", "-1.204,5 %", "12", "a=b"] {
            assert_eq!(guarded(cell), cell);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read_back(cells in prop::collection::vec(any::<String>(), 1..4)) {
            let row: Vec<&str> = cells.iter().map(String::as_str).collect();
            let written = csv(&table(&[&row]), 1, &Digest::of(b""));
            let body = written.split_once("\r\n").unwrap().1;
            prop_assert_eq!(&read(body)[..cells.len()], cells.iter().map(|cell| guarded(cell)).collect::<Vec<_>>());
        }
    }

    /// The cells of the first record, by the rules of RFC 4180.
    fn read(text: &str) -> Vec<String> {
        let mut cells = vec![String::new()];
        let mut quoted = false;
        let mut rest = text.chars().peekable();
        while let Some(character) = rest.next() {
            let cell = cells.last_mut().unwrap();
            match character {
                '"' if quoted && rest.peek() == Some(&'"') => {
                    rest.next();
                    cell.push('"');
                }
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                '\r' if !quoted => break,
                other => cell.push(other),
            }
        }
        cells
    }
}
