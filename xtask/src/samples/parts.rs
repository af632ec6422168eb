//! A definition cut at its page breaks into what becomes a sheet, a slide or a file each.

use simars_record::FindingCode;

use super::definition::Facts;
use super::forms::MARK;
use super::markup::{Align, Block};

/// A sheet or a slide.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// Its heading: the sheet's name, the slide's title.
    pub(crate) name: String,
    /// Its lines, each in cells.
    pub(crate) rows: Vec<Vec<Cell>>,
    /// Whether the file hides it.
    pub(crate) hidden: bool,
}

/// A cell of a line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    /// What it shows.
    pub(crate) text: String,
    /// The number it holds, in a column of figures.
    pub(crate) number: Option<u64>,
}

impl Cell {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned(), number: None }
    }

    fn figure(text: &str) -> Self {
        Self { text: text.to_owned(), number: text.replace('.', "").parse().ok() }
    }
}

/// The parts. Where a reader must report something hidden, the last of them is.
pub(crate) fn parts(facts: &Facts, blocks: &[Block]) -> Vec<Part> {
    let mut parts: Vec<Part> = blocks.split(|block| *block == Block::PageBreak).map(part).collect();
    if let Some(last) = parts.last_mut() {
        last.hidden = facts.findings.contains(&FindingCode::Hidden);
    }
    parts
}

fn part(blocks: &[Block]) -> Part {
    let mut part = Part { name: String::new(), rows: Vec::new(), hidden: false };
    for block in blocks {
        match block {
            Block::Heading(text) => text.clone_into(&mut part.name),
            Block::Paragraph(text) | Block::Centre { text, .. } => {
                part.rows.push(vec![Cell::new(text)]);
            }
            Block::Item { mark, text, .. } => {
                part.rows.push(vec![Cell::new(mark), Cell::new(text)]);
            }
            Block::Part { label, mark, text } => {
                let cells = [label, mark, text].into_iter().filter(|text| !text.is_empty());
                part.rows.push(cells.map(|text| Cell::new(text)).collect());
            }
            Block::Table(table) => part.rows.extend(table.rows.iter().map(|row| {
                let cells = row.iter().zip(&table.columns).map(|(text, (_, align))| match align {
                    Align::Right => Cell::figure(text),
                    Align::Left => Cell::new(text),
                });
                cells.collect()
            })),
            Block::Aside { lines, .. } => {
                let lines = lines.iter().filter(|line| !line.is_empty());
                part.rows.extend(lines.map(|line| vec![Cell::new(line)]));
            }
            _ => {}
        }
    }
    part.rows.push(vec![Cell::new(MARK)]);
    part
}

impl Part {
    /// What it shows, on one line.
    pub(crate) fn text(&self) -> String {
        let cells = self.rows.iter().flatten().map(|cell| cell.text.as_str());
        let words: Vec<&str> = std::iter::once(self.name.as_str()).chain(cells).collect();
        words.join(" ")
    }
}
