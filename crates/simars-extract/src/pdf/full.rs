//! The full PDF reader: interprets each page's drawing and puts its glyphs into reading order.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::content::TypedIter;
use hayro_interpret::hayro_syntax::object::dict::keys::CONTENTS;
use hayro_interpret::hayro_syntax::object::{Array, Stream};
use hayro_interpret::hayro_syntax::page::Page as PdfPage;
use hayro_interpret::kurbo::Rect;
use hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, RectExt, RenderContent, TransformExt,
    interpret, interpret_page,
};
use simars_record::{Extracted, Finding, FindingCode, Layout, Page, TextSource, WordBox};

use super::collect::Collector;
use super::rows::{self, Written};
use super::{PDF, structure, title, without_text};
use crate::Limits;
use crate::budget::Budget;
use crate::table::{self, Placed, wrong_sums};

/// A page of more points a side than this is no page; the format's own limit is 14,400.
const LONGEST_SIDE: f32 = 20_000_000.0;

/// A page with a larger share of glyphs without characters has no usable text layer.
const UNMAPPED_SHARE: f32 = 0.05;

/// Images that cover this share of a page are the page, if there is little text beside them …
const MOST_OF_PAGE: f32 = 0.5;
/// … that is, fewer glyphs than this: a scan with a line added by a registry or a signature.
const FEW_GLYPHS: u32 = 150;
/// Without any text, a smaller image may have some.
const SOME_OF_PAGE: f32 = 0.1;
/// A page without text but with as many shapes may have its letters drawn as outlines.
const MANY_SHAPES: u32 = 50;

/// Reads every page; each gives a [`Page`], also when it has no text or could not be read.
pub(super) fn read(
    pdf: &Pdf,
    limits: &Limits,
    budget: Budget,
    mut findings: Vec<Finding>,
) -> Extracted {
    let all = pdf.pages();
    let mut reading = Reading::new();
    let mut pages = Vec::with_capacity(all.len().min(limits.pages as usize));
    let mut image_shares = Vec::with_capacity(pages.capacity());
    let mut text_left = limits.text_bytes;
    let mut stopped = None;
    for (index, page) in all.iter().take(limits.pages as usize).enumerate() {
        let number = index as u32 + 1;
        if stopped.is_none() && budget.is_spent() {
            stopped = Some((FindingCode::TimedOut, index));
        }
        if stopped.is_some() {
            pages.push(Page::new("", TextSource::None));
            continue;
        }
        let read = reading.page(page, number, &mut findings);
        image_shares.push(read.image_share);
        if read.page.text.len() > text_left {
            stopped = Some((FindingCode::LimitReached, index));
            pages.push(Page::new("", TextSource::None));
            continue;
        }
        text_left -= read.page.text.len();
        let tables = read.page.layout.iter().flat_map(|layout| &layout.tables).zip(1..);
        findings.extend(tables.flat_map(|(table, place)| wrong_sums(table, place, number)));
        pages.push(read.page);
    }
    let counted = stopped.map_or(pages.len(), |(_, index)| index);
    findings.extend(without_text(&pages[..counted], &image_shares));
    if let Some((code, index)) = stopped {
        let detail = format!("reading stopped after page {index} of {}", all.len());
        findings.push(Finding::file(code, detail));
    }
    if all.len() > pages.len() {
        let detail = format!("only the first {} of {} pages were read", pages.len(), all.len());
        findings.push(Finding::file(FindingCode::LimitReached, detail));
    }
    let structure = structure::read(pdf, pages.len(), &mut findings);
    Extracted {
        media_type: PDF.to_owned(),
        pages,
        findings,
        embedded_title: pdf.metadata().title.as_deref().and_then(title),
        reader: "hayro".to_owned(),
        structure,
    }
}

struct Reading<'a> {
    cache: InterpreterCache<'a>,
    settings: InterpreterSettings,
}

struct Read {
    page: Page,
    /// How much of the page images cover, from 0 to 1 and over where they overlap.
    image_share: f32,
}

impl Read {
    fn nothing() -> Self {
        Self { page: Page::new("", TextSource::None), image_share: 0.0 }
    }
}

/// Whether a page is to be recognised (see [`Page::recognise`]).
fn asks_for_recognition(page: &Collector, image_share: f32) -> bool {
    let unmapped = page.unmapped as f32 > UNMAPPED_SHARE * page.glyphs as f32;
    let image = (page.glyphs < FEW_GLYPHS && image_share >= MOST_OF_PAGE)
        || (page.glyphs == 0 && image_share >= SOME_OF_PAGE);
    let outlines = page.glyphs == 0 && page.lines.shapes >= MANY_SHAPES;
    let recognised = page.invisible * 2 > page.glyphs && image_share >= MOST_OF_PAGE;
    unmapped || image || outlines || recognised
}

/// The page with its text, the places of its words and its tables.
fn laid_out(collected: Collector, size: (f32, f32)) -> Page {
    let Collector { text, fragments, lines, .. } = collected;
    let Written { text, boxes, .. } = rows::written(&text, fragments);
    let words = text.split_whitespace().zip(&boxes);
    let placed = words.map(|(text, &(left, top, right, bottom))| Placed {
        text,
        left,
        top,
        right,
        bottom,
        confidence: None,
    });
    let placed: Vec<Placed<'_>> = placed.collect();
    let mut tables = table::find(&placed, &lines.rules, size);
    tables.iter_mut().for_each(table::check_sums);
    let words = boxes.iter().map(|&sides| WordBox::on_page(sides, size, None)).collect();
    let (width, height) = size;
    let layout = Layout { width, height, words, tables, ..Layout::default() };
    Page::new(&text, TextSource::Layer).with_layout(layout)
}

impl<'a> Reading<'a> {
    fn new() -> Self {
        // The page's own drawing is run by `run_page`, see there.
        let render_content = RenderContent::ANNOTATIONS;
        let settings = InterpreterSettings { render_content, ..InterpreterSettings::default() };
        Self { cache: InterpreterCache::new(), settings }
    }

    fn page(&mut self, page: &PdfPage<'a>, number: u32, findings: &mut Vec<Finding>) -> Read {
        let (width, height) = page.render_dimensions();
        let possible = |side: f32| side.is_finite() && side <= LONGEST_SIDE;
        if !possible(width) || !possible(height) {
            let detail = format!("impossible page size: {width} by {height} points");
            findings.push(Finding::page(FindingCode::Damaged, number, detail));
            return Read::nothing();
        }
        let collected = catch_unwind(AssertUnwindSafe(|| self.run_page(page, width, height)));
        let Ok(collected) = collected else {
            // What the panic left behind in the cache is not trusted.
            self.cache = InterpreterCache::new();
            let detail = "the reader failed on this page";
            findings.push(Finding::page(FindingCode::ReaderFailed, number, detail));
            return Read::nothing();
        };
        let share = collected.unmapped as f32 / collected.glyphs.max(1) as f32;
        if share > UNMAPPED_SHARE {
            let detail =
                format!("{} of {} glyphs have no character", collected.unmapped, collected.glyphs);
            findings.push(Finding::page(FindingCode::UnmappedGlyphs, number, detail));
        }
        let area = (width * height).max(1.0);
        let image_share = collected.image_area / area;
        let recognise = asks_for_recognition(&collected, image_share);
        let page = Page { recognise, ..laid_out(collected, (width, height)) };
        Read { page, image_share }
    }

    fn run_page(&self, page: &PdfPage<'a>, width: f32, height: f32) -> Collector {
        let transform = page.initial_transform(true).to_kurbo();
        let bounds = transform.transform_rect_bbox(page.media_box().to_kurbo());
        let area = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let new_context =
            || Context::new(transform, area, &self.cache, page.xref(), self.settings.clone());
        let mut collector = Collector::new(bounds);
        let content = content(page);
        let resources = page.resources();
        interpret(TypedIter::new(&content), resources, &mut new_context(), &mut collector);
        interpret_page(page, &mut new_context(), &mut collector);
        collector
    }
}

/// A page's drawing instructions. The page itself could give them, but would keep them until the
/// whole file is read: too much for a file of thousands of pages.
pub(super) fn content(page: &PdfPage<'_>) -> Vec<u8> {
    let mut content = Vec::new();
    let mut add = |stream: &Stream<'_>| {
        if let Ok(part) = stream.decoded_data() {
            content.extend_from_slice(&part);
            // Parts are separated by white space even where none stands in them.
            content.push(b'\n');
        }
    };
    if let Some(stream) = page.raw().get::<Stream<'_>>(CONTENTS) {
        add(&stream);
    } else if let Some(parts) = page.raw().get::<Array<'_>>(CONTENTS) {
        parts.iter::<Stream<'_>>().for_each(|stream| add(&stream));
    }
    content
}
