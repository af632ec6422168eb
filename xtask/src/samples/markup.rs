//! The small markup of the definitions: one line, one block.
//!
//! | line | block |
//! | --- | --- |
//! | `# text` | heading, centred, large; listed in the table of contents |
//! | `^ text`, `~ text` | centred line, bold or plain |
//! | `label \| mark \| text` | a part of a decision: *Menimbang*, *KESATU*; `-` for an empty field |
//! | `mark \| text`, `> mark \| text` | list item, deeper by one for each `>` |
//! | `@table 1 l, 4 l, 2 r` | a table: relative widths and alignment; its rows follow as `\| a \| b \|` |
//! | `@kanan`, `@kiri` | signature block at the right or left; its lines follow up to a blank one |
//! | `@halaman`, `@jarak`, `@garis`, `@kolom 2`, `@isi` | page break, gap, rule, columns, contents |
//! | anything else | paragraph |
//!
//! In a table, a column of alignment `s` holds the sum of the `r` columns before it, and a row
//! `|+ JUMLAH |` is filled with the sums of the rows above, so that figures always add up.

use anyhow::{Context as _, Result, bail};

/// One block of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    /// A heading that the table of contents lists.
    Heading(String),
    /// A centred line.
    Centre {
        /// What it says.
        text: String,
        /// Whether in bold.
        bold: bool,
    },
    /// Running text.
    Paragraph(String),
    /// An item of a list.
    Item {
        /// Levels of nesting, 0 for the outermost.
        depth: usize,
        /// Its number, letter or bullet.
        mark: String,
        /// What it says.
        text: String,
    },
    /// A part of a decision in three columns.
    Part {
        /// For example `Menimbang`; empty in a part that goes on.
        label: String,
        /// For example `a.`; may be empty.
        mark: String,
        /// What it says.
        text: String,
    },
    /// A table.
    Table(Table),
    /// Lines that stay together at one side: closing, signature, address.
    Aside {
        /// Whether at the right.
        right: bool,
        /// The lines; an empty one leaves room.
        lines: Vec<String>,
    },
    /// From here on text runs in so many columns.
    Columns(usize),
    /// The table of contents.
    Contents,
    /// Some white space.
    Gap,
    /// A line across the page.
    Rule,
    /// A new page.
    PageBreak,
}

/// A table; its first row is the header.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    /// Width relative to the others, and alignment.
    pub(crate) columns: Vec<(f32, Align)>,
    /// The cells, row by row.
    pub(crate) rows: Vec<Vec<String>>,
}

/// How the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    /// At the left.
    Left,
    /// At the right: figures.
    Right,
}

/// Reads a body. `form` answers to a directive that is not of this markup.
pub(crate) fn parse(
    body: &str,
    form: impl Fn(&str) -> Option<Result<Vec<Block>>>,
) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut lines = body.lines().enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let context = || format!("line {} of the body: {line}", index + 1);
        let line = line.trim();
        let mut rest_while = |wanted: fn(&str) -> bool| {
            let mut taken = Vec::new();
            while let Some((_, line)) = lines.next_if(|(_, line)| wanted(line)) {
                taken.push(line.trim());
            }
            taken
        };
        if line.is_empty() {
            continue;
        } else if let Some(columns) = line.strip_prefix("@table ") {
            let rows = rest_while(|line| line.starts_with('|'));
            blocks.push(Block::Table(table(columns, &rows).with_context(context)?));
        } else if let Some(right) = side(line) {
            let lines = rest_while(|line| !line.trim().is_empty());
            let lines = lines.iter().map(|&line| if line == "." { "" } else { line });
            blocks.push(Block::Aside { right, lines: lines.map(str::to_owned).collect() });
        } else if let Some(directive) = line.strip_prefix('@') {
            blocks.extend(self::directive(directive, &form).with_context(context)?);
        } else {
            blocks.push(simple(line));
        }
    }
    Ok(blocks)
}

fn side(line: &str) -> Option<bool> {
    match line {
        "@kanan" => Some(true),
        "@kiri" => Some(false),
        _ => None,
    }
}

fn directive(text: &str, form: impl Fn(&str) -> Option<Result<Vec<Block>>>) -> Result<Vec<Block>> {
    let block = match text {
        "halaman" => Block::PageBreak,
        "jarak" => Block::Gap,
        "garis" => Block::Rule,
        "isi" => Block::Contents,
        "kolom 1" => Block::Columns(1),
        "kolom 2" => Block::Columns(2),
        _ => return form(text).context("no such directive")?,
    };
    Ok(vec![block])
}

fn simple(line: &str) -> Block {
    if let Some(text) = line.strip_prefix("# ") {
        return Block::Heading(text.to_owned());
    }
    if let Some(text) = line.strip_prefix("^ ") {
        return Block::Centre { text: text.to_owned(), bold: true };
    }
    if let Some(text) = line.strip_prefix("~ ") {
        return Block::Centre { text: text.to_owned(), bold: false };
    }
    let field = |text: &str| if text == "-" { String::new() } else { text.to_owned() };
    match line.split(" | ").collect::<Vec<_>>()[..] {
        [label, mark, text] => {
            Block::Part { label: field(label), mark: field(mark), text: text.to_owned() }
        }
        [mark, text] => {
            let depth = mark.bytes().take_while(|&byte| byte == b'>').count();
            let mark = mark[depth..].trim();
            Block::Item { depth, mark: field(mark), text: text.to_owned() }
        }
        _ => Block::Paragraph(line.to_owned()),
    }
}

fn table(columns: &str, lines: &[&str]) -> Result<Table> {
    let mut parsed = Vec::new();
    for column in columns.split(',') {
        let (weight, align) =
            column.trim().split_once(' ').context("a column needs width and alignment")?;
        parsed.push((weight.parse::<f32>()?, align));
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in lines {
        let total = line.starts_with("|+");
        let cells = line.trim_start_matches("|+").trim_matches('|').split('|');
        let mut cells: Vec<String> = cells.map(|cell| cell.trim().to_owned()).collect();
        cells.resize(parsed.len(), String::new());
        for (index, (_, align)) in parsed.iter().enumerate() {
            if total && matches!(*align, "r" | "s") {
                cells[index] = grouped(sum(rows.iter().skip(1).map(|row| &row[index])));
            } else if *align == "s" && !rows.is_empty() {
                let figures = parsed.iter().zip(&cells).take(index);
                let figures = figures.filter(|((_, align), _)| *align == "r");
                cells[index] = grouped(sum(figures.map(|(_, cell)| cell)));
            }
        }
        rows.push(cells);
    }
    if rows.len() < 2 {
        bail!("a table needs a header and a row");
    }
    let columns = parsed
        .into_iter()
        .map(|(weight, align)| (weight, if align == "l" { Align::Left } else { Align::Right }));
    Ok(Table { columns: columns.collect(), rows })
}

/// The sum of cells that hold figures such as `12.345`; other cells count nothing.
fn sum<'a>(cells: impl Iterator<Item = &'a String>) -> u64 {
    cells.filter_map(|cell| cell.replace('.', "").parse::<u64>().ok()).sum()
}

/// A number with a point before each three digits, as written in Indonesian.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Vec<Block>> {
        parse(body, |_| None)
    }

    #[test]
    fn figures_are_summed_across_and_down() {
        let body = "@table 1 l, 1 r, 1 r, 1 s\n| a | b | c | d |\n| x | 900 | 150 |\n| y | 1.000 | 1 |\n|+ JUMLAH |";
        let [Block::Table(table)] = &read(body).unwrap()[..] else { panic!("one table") };
        assert_eq!(table.rows[1], ["x", "900", "150", "1.050"]);
        assert_eq!(table.rows[3], ["JUMLAH", "1.900", "151", "2.051"]);
    }

    #[test]
    fn parts_and_items_are_told_apart() {
        let blocks =
            read("Menimbang | a. | bahwa\n> 1) | satu\n@kanan\nKETUA,\n.\nNama\n\nakhir").unwrap();
        let part =
            Block::Part { label: "Menimbang".into(), mark: "a.".into(), text: "bahwa".into() };
        assert_eq!(blocks[0], part);
        assert_eq!(blocks[1], Block::Item { depth: 1, mark: "1)".into(), text: "satu".into() });
        let lines = vec!["KETUA,".to_owned(), String::new(), "Nama".to_owned()];
        assert_eq!(blocks[2], Block::Aside { right: true, lines });
        assert_eq!(blocks[3], Block::Paragraph("akhir".into()));
    }

    #[test]
    fn an_unknown_directive_is_named_with_its_line() {
        let error = format!("{:#}", read("teks\n@salah").unwrap_err());
        assert!(error.contains("line 2") && error.contains("@salah"), "{error}");
    }
}
