//! Blocks to plain text, Markdown and HTML.

use super::definition::{Face, Facts};
use super::font::Font;
use super::forms::MARK;
use super::markup::{Block, Table};

/// Characters to a line of plain text.
const LINE: usize = 78;

/// What a document shows, on one line: the text in which phrases are looked for.
pub(crate) fn flowing_text(blocks: &[Block]) -> String {
    let mut words: Vec<String> = Vec::new();
    for block in blocks {
        match block {
            Block::Heading(text) | Block::Paragraph(text) | Block::Centre { text, .. } => {
                words.push(text.clone());
            }
            Block::Item { mark, text, .. } => words.extend([mark.clone(), text.clone()]),
            Block::Part { label, mark, text } => {
                words.extend([label.clone(), mark.clone(), text.clone()]);
            }
            Block::Table(table) => words.extend(table.rows.iter().flatten().cloned()),
            Block::Aside { lines, .. } => words.extend(lines.iter().cloned()),
            Block::Columns(_) | Block::Contents | Block::Gap | Block::Rule | Block::PageBreak => {}
        }
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

/// Plain text, wrapped.
pub(crate) fn text(blocks: &[Block]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for block in blocks {
        match block {
            Block::Heading(text) | Block::Centre { text, .. } => {
                for line in wrap(text, LINE) {
                    lines.push(format!("{}{line}", " ".repeat((LINE - line.len()) / 2)));
                }
            }
            Block::Paragraph(text) => {
                lines.extend(wrap(text, LINE));
                lines.push(String::new());
            }
            Block::Item { depth, mark, text } => {
                let indent = " ".repeat(depth * 4);
                hang(&mut lines, &format!("{indent}{mark:<3} "), text);
            }
            Block::Part { label, mark, text } => {
                let colon = if label.is_empty() { "" } else { ":" };
                let mark = if mark.is_empty() { String::new() } else { format!("{mark:<3} ") };
                hang(&mut lines, &format!("{label:<13}{colon:<2}{mark}"), text);
            }
            Block::Table(table) => {
                lines.extend(table.rows.iter().map(|row| row.join("\t")));
                lines.push(String::new());
            }
            Block::Aside { right, lines: side } => {
                let indent = if *right { " ".repeat(LINE / 2) } else { String::new() };
                lines.extend(side.iter().map(|line| format!("{indent}{line}")));
                lines.push(String::new());
            }
            Block::Rule => lines.push("=".repeat(LINE)),
            Block::Gap => lines.push(String::new()),
            Block::Columns(_) | Block::Contents | Block::PageBreak => {}
        }
    }
    ended(&lines)
}

/// A text beside a mark, its further lines below the first.
fn hang(lines: &mut Vec<String>, mark: &str, text: &str) {
    let width = mark.chars().count();
    for (index, line) in wrap(text, LINE - width).into_iter().enumerate() {
        let start = if index == 0 { mark.to_owned() } else { " ".repeat(width) };
        lines.push(format!("{start}{line}"));
    }
}

/// Breaks a text into lines of at most `width` characters.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        if lines[last].is_empty() {
            lines[last] = word.to_owned();
        } else if lines[last].chars().count() + 1 + word.chars().count() <= width {
            lines[last] = format!("{} {word}", lines[last]);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

fn ended(lines: &[String]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    format!("{}\n\n{MARK}\n", lines.join("\n").trim_end())
}

/// Markdown.
pub(crate) fn markdown(blocks: &[Block]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for block in blocks {
        match block {
            Block::Heading(text) => lines.push(format!("## {text}")),
            Block::Centre { text, bold: true } => lines.push(format!("**{text}**")),
            Block::Centre { text, bold: false } | Block::Paragraph(text) => {
                lines.push(text.clone());
            }
            Block::Item { depth, mark, text } => {
                lines.push(format!("{}{mark} {text}", "   ".repeat(*depth)));
            }
            Block::Part { label, mark, text } => {
                lines.push(format!("{label} {mark} {text}").trim().to_owned());
            }
            Block::Table(table) => lines.push(markdown_table(table)),
            Block::Aside { lines: side, .. } => lines.push(side.join("  \n")),
            Block::Rule => lines.push("---".to_owned()),
            Block::Columns(_) | Block::Contents | Block::Gap | Block::PageBreak => continue,
        }
        lines.push(String::new());
    }
    ended(&lines)
}

fn markdown_table(table: &Table) -> String {
    let mut lines: Vec<String> =
        table.rows.iter().map(|row| format!("| {} |", row.join(" | "))).collect();
    lines.insert(1, format!("|{}", " --- |".repeat(table.columns.len())));
    lines.join("\n")
}

/// A web page.
pub(crate) fn html(facts: &Facts, blocks: &[Block]) -> String {
    let title = escaped(facts.title.as_deref().unwrap_or(&facts.file));
    let family = Font { face: facts.face, bold: false }.name();
    let fallback = if facts.face == Face::Times { "serif" } else { "sans-serif" };
    let mut body = String::new();
    for block in blocks {
        body.push_str(&html_block(block));
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"id\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>body {{ font-family: {family}, {fallback}; }} .tengah {{ text-align: center; }}</style>\n\
         <script>document.documentElement.className = \"js\";</script>\n</head>\n<body>\n\
         {body}<footer>{MARK}</footer>\n</body>\n</html>\n"
    )
}

fn html_block(block: &Block) -> String {
    match block {
        Block::Heading(text) => format!("<h2>{}</h2>\n", escaped(text)),
        Block::Centre { text, bold: true } => {
            format!("<p class=\"tengah\"><strong>{}</strong></p>\n", escaped(text))
        }
        Block::Centre { text, bold: false } => {
            format!("<p class=\"tengah\">{}</p>\n", escaped(text))
        }
        Block::Paragraph(text) => format!("<p>{}</p>\n", escaped(text)),
        Block::Item { mark, text, .. } => format!("<p>{} {}</p>\n", escaped(mark), escaped(text)),
        Block::Part { label, mark, text } => {
            let line = format!("{label} {mark} {text}");
            format!("<p>{}</p>\n", escaped(line.trim()))
        }
        Block::Table(table) => html_table(table),
        Block::Aside { lines, .. } => {
            let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
            format!("<p>{}</p>\n", lines.join("<br>\n"))
        }
        Block::Rule => "<hr>\n".to_owned(),
        Block::Columns(_) | Block::Contents | Block::Gap | Block::PageBreak => String::new(),
    }
}

fn html_table(table: &Table) -> String {
    let mut html = "<table>\n".to_owned();
    for (index, row) in table.rows.iter().enumerate() {
        let tag = if index == 0 { "th" } else { "td" };
        let cells = row.iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell)));
        html.push_str(&format!("<tr>{}</tr>\n", cells.collect::<String>()));
    }
    html.push_str("</table>\n");
    html
}

/// Text for HTML and XML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
