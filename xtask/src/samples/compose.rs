//! The typesetter: blocks in, pages out.

mod table;

use anyhow::Result;

use super::definition::Facts;
use super::font::Font;
use super::furniture;
use super::markup::Block;
use super::page::{Mark, Sheet, TextMark};

/// Sets a document. The table of contents needs the page numbers of the headings, so the text is
/// set twice.
pub(crate) fn sheets(facts: &Facts, blocks: &[Block]) -> Result<Vec<Sheet>> {
    let unnumbered = blocks.iter().filter_map(|block| match block {
        Block::Heading(text) => Some((text.clone(), 0)),
        _ => None,
    });
    let first = Composer::set(facts, blocks, unnumbered.collect());
    let mut second = Composer::set(facts, blocks, first.headings);
    furniture::add(facts, &mut second.sheets);
    Ok(second.sheets)
}

/// The space between columns, in points.
const GUTTER: f32 = 20.0;

struct Composer<'a> {
    facts: &'a Facts,
    /// Headings and the pages they stand on, from the setting before this one.
    contents: Vec<(String, usize)>,
    headings: Vec<(String, usize)>,
    sheets: Vec<Sheet>,
    columns: usize,
    column: usize,
    /// Where the columns of this page begin.
    column_top: f32,
    /// The upper edge of the next line.
    y: f32,
}

/// How the lines of a paragraph are set.
#[derive(Clone, Copy)]
struct Style {
    indent: f32,
    first_indent: f32,
    font: Font,
    justified: bool,
}

impl<'a> Composer<'a> {
    fn set(facts: &'a Facts, blocks: &[Block], contents: Vec<(String, usize)>) -> Self {
        let mut composer = Self {
            facts,
            contents,
            headings: Vec::new(),
            sheets: vec![Sheet::default()],
            columns: 1,
            column: 0,
            column_top: 0.0,
            y: 0.0,
        };
        composer.column_top = composer.top();
        composer.y = composer.top();
        for block in blocks {
            composer.block(block);
        }
        composer
    }

    fn block(&mut self, block: &Block) {
        let plain = Style {
            indent: 0.0,
            first_indent: 0.0,
            font: Font { face: self.facts.face, bold: false },
            justified: true,
        };
        match block {
            Block::Heading(text) => self.heading(text),
            Block::Centre { text, bold } => {
                // A heading stays with what it heads.
                self.need(self.leading() * if *bold { 4.0 } else { 3.0 });
                self.centre(text, *bold, self.facts.size);
            }
            Block::Paragraph(text) => {
                let first_indent = if self.columns > 1 { 10.0 } else { 28.0 };
                self.paragraph(text, Style { first_indent, ..plain });
                self.y += self.facts.size * 0.35;
            }
            Block::Item { depth, mark, text } => {
                let indent = *depth as f32 * 22.0;
                self.beside(indent, mark);
                self.paragraph(text, Style { indent: indent + 24.0, first_indent: 0.0, ..plain });
                self.y += self.facts.size * 0.2;
            }
            Block::Part { label, mark, text } => self.part(label, mark, text, plain),
            Block::Table(table) => self.table(table),
            Block::Aside { right, lines } => self.aside(*right, lines),
            Block::Columns(count) => {
                self.columns = *count;
                self.column = 0;
                self.column_top = self.y;
            }
            Block::Contents => self.contents(),
            Block::Gap => self.y += self.leading() * 0.8,
            Block::Rule => self.rule(),
            Block::PageBreak => self.page_break(),
        }
    }

    fn top(&self) -> f32 {
        if self.facts.paper.points().0 < 500.0 { 54.0 } else { 64.0 }
    }

    fn bottom(&self) -> f32 {
        self.facts.paper.points().1 - if self.facts.catch_words { 78.0 } else { 54.0 }
    }

    fn side(&self) -> f32 {
        if self.facts.paper.points().0 < 500.0 { 48.0 } else { 68.0 }
    }

    fn leading(&self) -> f32 {
        self.facts.size * 1.3
    }

    /// The width of the column.
    fn width(&self) -> f32 {
        let whole = self.facts.paper.points().0 - 2.0 * self.side();
        (whole - GUTTER * (self.columns - 1) as f32) / self.columns as f32
    }

    /// The left edge of the column.
    fn left(&self) -> f32 {
        self.side() + self.column as f32 * (self.width() + GUTTER)
    }

    fn sheet(&mut self) -> &mut Sheet {
        let last = self.sheets.len() - 1;
        &mut self.sheets[last]
    }

    fn page_break(&mut self) {
        self.sheets.push(Sheet::default());
        self.column = 0;
        self.column_top = self.top();
        self.y = self.top();
    }

    /// Goes on in the next column or page unless `height` points are left here.
    fn need(&mut self, height: f32) {
        if self.y + height <= self.bottom() {
            return;
        }
        if self.column + 1 < self.columns {
            self.column += 1;
            self.y = self.column_top;
        } else {
            self.page_break();
        }
    }

    /// Draws a line of text `x` points from the left edge of the column, without going down.
    fn draw(&mut self, x: f32, text: &str, font: Font, size: f32, stretch: f32) {
        let mark = TextMark {
            x: self.left() + x,
            y: self.y + size,
            font,
            size,
            stretch,
            text: text.to_owned(),
        };
        self.sheet().say(text);
        self.sheet().marks.push(Mark::Text(mark));
    }

    fn bar(&mut self, x: f32, y: f32, width: f32, height: f32) {
        self.sheet().marks.push(Mark::Bar { x, y, width, height });
    }

    fn heading(&mut self, text: &str) {
        self.need(self.leading() * 5.0);
        self.headings.push((text.to_owned(), self.sheets.len()));
        self.centre(text, true, self.facts.size + 2.0);
        self.y += self.leading() * 0.4;
    }

    fn centre(&mut self, text: &str, bold: bool, size: f32) {
        let font = Font { face: self.facts.face, bold };
        for line in font.wrap(text, size, self.width() * 0.94) {
            self.need(size * 1.3);
            let x = (self.width() - font.width(&line, size)) / 2.0;
            self.draw(x, &line, font, size, 0.0);
            self.y += size * 1.3;
        }
    }

    /// Draws the number or letter that stands beside a paragraph.
    fn beside(&mut self, x: f32, mark: &str) {
        self.need(self.leading());
        if !mark.is_empty() {
            let font = Font { face: self.facts.face, bold: false };
            self.draw(x, mark, font, self.facts.size, 0.0);
        }
    }

    fn paragraph(&mut self, text: &str, style: Style) {
        let (size, room) = (self.facts.size, self.width() - style.indent);
        let lines = style.font.wrap_indented(text, size, room, style.first_indent);
        let last = lines.len() - 1;
        for (index, words) in lines.iter().enumerate() {
            self.need(self.leading());
            let indent = if index == 0 { style.first_indent } else { 0.0 };
            let spare = room - indent - style.font.width(words, size);
            let spaces = words.matches(' ').count() as f32;
            let stretches = style.justified && index < last && spare > 0.0 && spare < 10.0 * spaces;
            let stretch = if stretches { spare / spaces } else { 0.0 };
            self.draw(style.indent + indent, words, style.font, size, stretch);
            self.y += self.leading();
        }
    }

    fn part(&mut self, label: &str, mark: &str, text: &str, plain: Style) {
        let stops = self.facts.size * 7.6;
        self.need(self.leading() * 2.0);
        if !label.is_empty() {
            self.beside(0.0, label);
            self.beside(stops, ":");
        }
        let mut indent = stops + 12.0;
        if !mark.is_empty() {
            self.beside(indent, mark);
            indent += 22.0;
        }
        self.paragraph(text, Style { indent, ..plain });
        self.y += self.facts.size * 0.3;
    }

    fn aside(&mut self, right: bool, lines: &[String]) {
        let (font, size) = (Font { face: self.facts.face, bold: false }, self.facts.size);
        let x = if right { self.width() * 0.48 } else { 0.0 };
        let room = if right { self.width() - x } else { self.width() * 0.6 };
        let mut wrapped = Vec::new();
        for line in lines {
            wrapped.extend(font.wrap(line, size, room));
        }
        self.need(wrapped.len() as f32 * self.leading());
        for line in &wrapped {
            if !line.is_empty() {
                // A single line, such as the mark of a copy, stands in the corner.
                let corner = right && wrapped.len() == 1;
                let x = if corner { self.width() - font.width(line, size) } else { x };
                self.draw(x, line, font, size, 0.0);
            }
            self.y += self.leading();
        }
    }

    fn rule(&mut self) {
        self.need(12.0);
        let (x, y, width) = (self.left(), self.y + 3.0, self.width());
        self.bar(x, y, width, 1.8);
        self.bar(x, y + 3.0, width, 0.6);
        self.y += 14.0;
    }

    fn contents(&mut self) {
        let (font, size) = (Font { face: self.facts.face, bold: false }, self.facts.size);
        for (text, page) in self.contents.clone() {
            self.need(self.leading());
            let number = page.to_string();
            let end = self.width() - font.width(&number, size);
            let dots = ((end - font.width(&text, size) - 10.0) / font.width(" .", size)) as usize;
            self.draw(0.0, &format!("{text}{}", " .".repeat(dots)), font, size, 0.0);
            self.draw(end, &number, font, size, 0.0);
            self.y += self.leading() * 1.1;
        }
    }
}
