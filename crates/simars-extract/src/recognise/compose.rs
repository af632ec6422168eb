//! Words with places on a picture become a page.

use simars_record::layout::PARTS;
use simars_record::{Layout, Page, Table, TextSource, WordBox};

use super::Engine;
use super::engine::DPI;
use super::ruled::Ruled;
use super::tsv::{Line, Word};
use crate::scan::Frame;
use crate::table::{self, Placed};

/// The page that these lines and tables are. The lines keep their order; a table stands before
/// the first line that begins below its top.
pub(super) fn page(lines: &[Line], tables: &[Ruled], frame: &Frame, engine: &Engine) -> Page {
    let mut rows: Vec<Vec<&Word>> = Vec::new();
    let mut tables_left = tables.iter().peekable();
    for line in lines {
        let top = line.words.iter().map(|word| word.top).fold(f32::MAX, f32::min);
        while let Some(table) = tables_left.next_if(|table| table.top() <= top) {
            rows.extend(table.rows());
        }
        rows.push(line.words.iter().collect());
    }
    tables_left.for_each(|table| rows.extend(table.rows()));
    let texts = rows.iter().map(|row| {
        let words: Vec<&str> = row.iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    });
    let text = texts.collect::<Vec<_>>().join("\n");
    let points = |length: f32| length * 72.0 / DPI as f32;
    let layout = Layout {
        width: points(frame.shown().0),
        height: points(frame.shown().1),
        words: rows.iter().flatten().map(|word| place(word, frame)).collect(),
        tables: all_tables(lines, tables, frame),
        confidence: confidence(rows.iter().flatten().copied()),
        engine: Some(engine.name()),
        ..Layout::default()
    };
    Page::new(&text, TextSource::Ocr).with_layout(layout)
}

/// The ruled tables, and those whose columns are only aligned, from top to bottom.
fn all_tables(lines: &[Line], ruled: &[Ruled], frame: &Frame) -> Vec<Table> {
    let words = lines.iter().flat_map(|line| &line.words).map(|word| Placed {
        text: &word.text,
        left: word.left,
        top: word.top,
        right: word.right,
        bottom: word.bottom,
        confidence: Some(word.confidence.round() as u8),
    });
    let words: Vec<Placed<'_>> = words.collect();
    let (width, height) = frame.picture;
    let mut tables = table::find(&words, &[], frame.picture);
    for table in &mut tables {
        // Found on the picture; told on the page.
        let (across, down) = (width / f32::from(PARTS), height / f32::from(PARTS));
        let WordBox { left, top, right, bottom, .. } = table.area;
        let [left, top, right, bottom] = [left, top, right, bottom].map(f32::from);
        let sides = (left * across, top * down, right * across, bottom * down);
        table.area = WordBox::on_page(frame.box_on_page(sides), frame.shown(), None);
        table::check_sums(table);
    }
    tables.extend(ruled.iter().map(|table| table.table(frame)));
    tables.sort_by_key(|table| (table.area.top, table.area.left));
    tables
}

/// A word's place on the page as it is shown.
fn place(word: &Word, frame: &Frame) -> WordBox {
    let sides = frame.box_on_page((word.left, word.top, word.right, word.bottom));
    WordBox::on_page(sides, frame.shown(), Some(word.confidence.round() as u8))
}

/// How sure the engine was, as a mean over letters; `None` when it read none.
fn confidence<'a>(words: impl Iterator<Item = &'a Word>) -> Option<u8> {
    let (sum, letters) = words.fold((0.0, 0.0), |(sum, letters), word| {
        let count = word.text.chars().count() as f32;
        (sum + word.confidence * count, letters + count)
    });
    (letters > 0.0).then(|| (sum / letters).round() as u8)
}
