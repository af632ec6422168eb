//! Tables: cells, lines around them, and the header again on every page.

use super::Composer;
use crate::samples::font::Font;
use crate::samples::markup::{Align, Table};

impl Composer<'_> {
    /// Sets a table, its header again on every page.
    pub(super) fn table(&mut self, table: &Table) {
        self.y += 4.0;
        for (index, row) in table.rows.iter().enumerate() {
            let header = index == 0;
            let height = self.row_height(table, row, header);
            let first = if header { self.row_height(table, &table.rows[1], false) } else { 0.0 };
            if self.y + height + first > self.bottom() {
                self.need(f32::INFINITY);
                if !header {
                    self.row(table, &table.rows[0], true);
                }
            }
            self.row(table, row, header || row.iter().any(|cell| cell == "JUMLAH"));
        }
        self.y += self.leading() * 0.6;
    }

    fn cells(&self, table: &Table, row: &[String], bold: bool) -> Vec<(f32, f32, Vec<String>)> {
        let weights: f32 = table.columns.iter().map(|(weight, _)| weight).sum();
        let font = Font { face: self.facts.face, bold };
        let mut x = 0.0;
        let mut cells = Vec::new();
        for ((weight, _), cell) in table.columns.iter().zip(row) {
            let width = self.width() * weight / weights;
            cells.push((x, width, font.wrap(cell, self.facts.size - 2.0, width - 8.0)));
            x += width;
        }
        cells
    }

    fn row_height(&self, table: &Table, row: &[String], bold: bool) -> f32 {
        let lines = self.cells(table, row, bold).iter().map(|(_, _, lines)| lines.len()).max();
        lines.unwrap_or(1) as f32 * (self.facts.size - 2.0) * 1.2 + 6.0
    }

    fn row(&mut self, table: &Table, row: &[String], bold: bool) {
        let (font, size) = (Font { face: self.facts.face, bold }, self.facts.size - 2.0);
        let (top, height) = (self.y, self.row_height(table, row, bold));
        let (left, whole) = (self.left(), self.width());
        for ((_, align), (x, width, lines)) in
            table.columns.iter().zip(self.cells(table, row, bold))
        {
            self.bar(left + x, top, 0.5, height);
            for (index, line) in lines.iter().enumerate() {
                let indent = match align {
                    Align::Left => 4.0,
                    Align::Right => width - 4.0 - font.width(line, size),
                };
                self.y = top + 2.0 + index as f32 * size * 1.2;
                self.draw(x + indent, line, font, size, 0.0);
            }
        }
        self.bar(left + whole - 0.5, top, 0.5, height);
        self.bar(left, top, whole, 0.5);
        self.bar(left, top + height, whole, 0.5);
        self.y = top + height;
    }
}
