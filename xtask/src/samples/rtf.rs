//! Blocks to RTF 1.9, as small as the format allows.

use super::definition::Facts;
use super::forms::MARK;
use super::markup::{Block, Table};

/// An RTF file; all of it is ASCII.
pub(crate) fn rtf(facts: &Facts, blocks: &[Block]) -> String {
    let title = escaped(facts.title.as_deref().unwrap_or_default());
    let body: String = blocks.iter().map(block).collect();
    format!(
        "{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0\\froman Times New Roman;}}}}\n\
         {{\\info{{\\title {title}}}}}\n\\fs24\n{body}{}}}\n",
        paragraph(MARK, "\\qc", false)
    )
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(text) => paragraph(text, "\\qc", true),
        Block::Centre { text, bold } => paragraph(text, "\\qc", *bold),
        Block::Paragraph(text) => paragraph(text, "\\qj", false),
        Block::Item { mark, text, .. } => paragraph(&format!("{mark}\t{text}"), "\\qj", false),
        Block::Part { label, mark, text } => {
            paragraph(&format!("{label}\t{mark}\t{text}"), "\\qj", false)
        }
        Block::Table(table) => self::table(table),
        Block::Aside { right, lines } => {
            let side = if *right { "\\qr" } else { "\\ql" };
            lines.iter().map(|line| paragraph(line, side, false)).collect()
        }
        Block::Gap | Block::Rule => paragraph("", "\\ql", false),
        Block::PageBreak => "\\page\n".to_owned(),
        Block::Columns(_) | Block::Contents => String::new(),
    }
}

fn paragraph(text: &str, side: &str, bold: bool) -> String {
    let text = escaped(text);
    let text = if bold { format!("{{\\b {text}}}") } else { text };
    format!("\\pard{side} {text}\\par\n")
}

fn table(table: &Table) -> String {
    let width = 9_000 / table.columns.len();
    let ends: String =
        (1..=table.columns.len()).map(|column| format!("\\cellx{}", column * width)).collect();
    let row = |cells: &Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("{}\\cell ", escaped(cell))).collect();
        format!("\\trowd{ends}\\pard\\intbl {cells}\\row\n")
    };
    table.rows.iter().map(row).collect::<String>() + "\\pard\n"
}

/// Text with what means something to RTF marked, and what is not ASCII written by its number.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\\' | '{' | '}' => escaped.extend(['\\', character]),
            '\t' => escaped.push_str("\\tab "),
            ' '..='~' => escaped.push(character),
            other => {
                let mut units = [0; 2];
                for unit in other.encode_utf16(&mut units) {
                    // The number is signed; the mark after it is for readers that know no other.
                    escaped.push_str(&format!("\\u{}?", *unit as i16));
                }
            }
        }
    }
    escaped
}
