//! A strip below each page, as an incremental update.
//!
//! Pages are looked at through hayro, as everywhere; the objects that change are taken from and
//! written by lopdf. A page becomes longer at its foot, as the eye sees it, by the height of the
//! strip. What the page drew is kept inside the old page by a clip, so that what was cut off before
//! does not come to light, and its graphics state ends where it ended.

mod balance;
mod place;
mod resources;
mod strip;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hayro_syntax::Pdf;
use hayro_syntax::page::Page as PdfPage;
use lopdf::{Dictionary, Document, IncrementalDocument, LoadOptions, Object, ObjectId, Stream};
use simars_record::{Finding, FindingCode};

use super::full;
use crate::Limits;
use place::Place;
use resources::Holder;
use strip::Strip;

/// The most one stream of objects may unpack to.
const MOST_STREAM_BYTES: usize = 128 << 20;
/// How far the size of a page may be off, in points.
const TOLERANCE: f32 = 0.1;
/// The content between these is no part of what the document says (ISO 32000-2, 14.8.2.2).
const ARTIFACT: &str = "/Artifact <</Type /Pagination /Subtype /Footer>> BDC";

/// What is to be appended to `original` so that each page carries the strip; see
/// [`crate::Extractor::stamp`].
pub(crate) fn stamp(original: Vec<u8>, strip: &[u8], limits: &Limits) -> Result<Vec<u8>, Finding> {
    let stamped = catch_unwind(AssertUnwindSafe(|| try_stamp(original, strip, limits)));
    stamped.unwrap_or_else(|_| {
        Err(Finding::file(FindingCode::ReaderFailed, "the reader failed on this file"))
    })
}

fn damaged(detail: impl Into<String>) -> Finding {
    Finding::file(FindingCode::Damaged, detail)
}

fn try_stamp(original: Vec<u8>, strip: &[u8], limits: &Limits) -> Result<Vec<u8>, Finding> {
    let options = LoadOptions::with_max_decompressed_size(MOST_STREAM_BYTES);
    let document = Document::load_mem_with_options(&original, options);
    let document = sound(&original, document)?;
    let shared = Arc::new(original);
    let pdf = Pdf::new(Arc::clone(&shared)).map_err(|_| damaged("the file cannot be opened"))?;
    let pages = pdf.pages();
    if pages.is_empty() || pages.len() > limits.pages as usize {
        let detail = format!("copies have 1 to {} pages; this file {}", limits.pages, pages.len());
        return Err(Finding::file(FindingCode::LimitReached, detail));
    }
    let mut work = Stamping::new((*shared).clone(), document, strip)?;
    let mut seen = Vec::with_capacity(pages.len());
    for (page, number) in pages.iter().zip(1..) {
        seen.push(work.page(page).map_err(|what| {
            Finding::page(
                FindingCode::Damaged,
                number,
                format!("the page cannot be stamped: {what}"),
            )
        })?);
    }
    let length = shared.len();
    let copy = Arc::new(work.write(length)?);
    check(&copy, &seen)?;
    Ok(copy[length..].to_vec())
}

/// The document, if something can be appended to it that every reader finds.
fn sound(original: &[u8], loaded: lopdf::Result<Document>) -> Result<Document, Finding> {
    let encrypted =
        || Finding::file(FindingCode::Encrypted, "copies are not made of encrypted files");
    let document = match loaded {
        Ok(document) => document,
        Err(lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_)) => return Err(encrypted()),
        Err(error) => return Err(damaged(format!("the file cannot be opened: {error}"))),
    };
    if document.is_encrypted() || document.was_encrypted() {
        return Err(encrypted());
    }
    if document.xref_recovery.is_some() || document.xref_start == 0 {
        return Err(damaged("the table of its objects is damaged, so nothing can be appended"));
    }
    if !original.starts_with(b"%PDF-") {
        return Err(damaged("something stands before the PDF, so nothing can be appended"));
    }
    Ok(document)
}

/// Looks at the copy as a stranger would: the same pages, each as long as it was made.
fn check(copy: &Arc<Vec<u8>>, wanted: &[Place]) -> Result<(), Finding> {
    let pdf = Pdf::new(Arc::clone(copy)).map_err(|_| damaged("the copy cannot be opened"))?;
    let pages = pdf.pages();
    if pages.len() != wanted.len() {
        let detail = format!("the copy would have {} pages, not {}", pages.len(), wanted.len());
        return Err(damaged(detail));
    }
    for ((page, place), number) in pages.iter().zip(wanted).zip(1..) {
        let (width, height) = page.render_dimensions();
        let (wanted_width, wanted_height) = place.size();
        let differs = |one: f32, other: f32| (one - other).abs() > TOLERANCE;
        if differs(width, wanted_width) || differs(height, wanted_height) {
            let detail = format!(
                "the page of the copy would have {width} × {height} points, not {wanted_width} × \
                 {wanted_height}"
            );
            return Err(Finding::page(FindingCode::Damaged, number, detail));
        }
    }
    Ok(())
}

/// A copy under way.
struct Stamping {
    document: IncrementalDocument,
    strip: Strip,
    form: ObjectId,
    /// The pages as they are to be, in the order of their objects.
    pages: BTreeMap<ObjectId, (Place, usize)>,
    /// Where the form is to be named.
    holders: Vec<(ObjectId, Holder)>,
}

impl Stamping {
    fn new(bytes: Vec<u8>, original: Document, strip: &[u8]) -> Result<Self, Finding> {
        let mut document = IncrementalDocument::create_from(bytes, original);
        let strip = Strip::read(strip).ok_or_else(|| {
            Finding::file(FindingCode::ReaderFailed, "the strip is no PDF that can be drawn")
        })?;
        let form = strip.add_to(&mut document.new_document);
        Ok(Self { document, strip, form, pages: BTreeMap::new(), holders: Vec::new() })
    }

    /// Plans one page; gives how it is going to be, or what is wrong with it. A page that is
    /// listed twice is stamped once.
    fn page(&mut self, page: &PdfPage<'_>) -> Result<Place, &'static str> {
        let id = page.raw().obj_id().ok_or("it has no object of its own")?;
        let generation = u16::try_from(id.gen_number).map_err(|_| "its object is impossible")?;
        let id = (id.obj_number, generation);
        if let Some((place, _)) = self.pages.get(&id) {
            return Ok(*place);
        }
        let place = Place::of(page, self.strip.size())?;
        let open = balance::left_open(&full::content(page));
        let holder = resources::holder(self.document.get_prev_documents(), id)?;
        self.pages.insert(id, (place, open));
        self.holders.push((id, holder));
        Ok(place)
    }

    /// The whole copy of an original of this many bytes.
    fn write(mut self, original: usize) -> Result<Vec<u8>, Finding> {
        let name = self.name_of_form();
        let mut streams = BTreeMap::new();
        let pages = std::mem::take(&mut self.pages);
        for (id, (place, open)) in pages {
            let head = self.stream(&mut streams, place.head());
            let ends = "\nQ".repeat(open + 1);
            let [a, b, c, d, e, f] = place.matrix();
            let tail =
                format!("{ends}\n{ARTIFACT}\nq {a} {b} {c} {d} {e} {f} cm /{name} Do Q\nEMC\n");
            let tail = self.stream(&mut streams, tail);
            self.set_page(id, place, (head, tail)).map_err(|error| damaged(error.to_string()))?;
        }
        for (page, holder) in std::mem::take(&mut self.holders) {
            holder
                .name(&mut self.document, page, name.as_bytes(), self.form)
                .map_err(|error| damaged(format!("its resources are damaged: {error}")))?;
        }
        self.trailer();
        let mut written = Vec::with_capacity(original + (64 << 10));
        self.document.save_to(&mut written).map_err(|error| damaged(error.to_string()))?;
        written.push(b'\n');
        Ok(written)
    }

    /// A stream of drawing instructions; the same ones are written once.
    fn stream(&mut self, known: &mut BTreeMap<String, ObjectId>, content: String) -> ObjectId {
        if let Some(&id) = known.get(&content) {
            return id;
        }
        let stream = Stream::new(Dictionary::new(), content.clone().into_bytes());
        let id = self.document.new_document.add_object(stream);
        known.insert(content, id);
        id
    }

    fn set_page(
        &mut self,
        id: ObjectId,
        place: Place,
        (head, tail): (ObjectId, ObjectId),
    ) -> lopdf::Result<()> {
        let previous = self.document.get_prev_documents();
        let mut page = previous.get_dictionary(id)?.clone();
        let mut contents = vec![Object::Reference(head)];
        match page.get(b"Contents") {
            Ok(Object::Array(parts)) => contents.extend(parts.iter().cloned()),
            Ok(&Object::Reference(part)) => match previous.get_object(part) {
                Ok(Object::Array(parts)) => contents.extend(parts.iter().cloned()),
                Ok(_) => contents.push(Object::Reference(part)),
                // A reference to nothing draws nothing.
                Err(_) => {}
            },
            _ => {}
        }
        contents.push(Object::Reference(tail));
        page.set("Contents", contents);
        for (name, rectangle) in place.boxes() {
            page.set(name, rectangle.map(Object::Real).to_vec());
        }
        self.document.new_document.set_object(id, page);
        Ok(())
    }

    /// A name for the form that nobody uses.
    fn name_of_form(&self) -> String {
        let previous = self.document.get_prev_documents();
        let taken = |name: &str| {
            self.holders.iter().any(|(_, holder)| holder.has(previous, name.as_bytes()))
        };
        let mut name = "SimarsKaki".to_owned();
        let mut number = 0;
        while taken(&name) {
            number += 1;
            name = format!("SimarsKaki{number}");
        }
        name
    }

    /// Leaves in the trailer only what belongs to the whole file: that of a stream of references
    /// says how that stream is packed, too.
    fn trailer(&mut self) {
        let trailer = &mut self.document.new_document.trailer;
        let kept = ["Root", "Info", "ID", "Prev"];
        let entries = kept
            .into_iter()
            .filter_map(|key| Some((key, trailer.get(key.as_bytes()).ok()?.clone())));
        *trailer = entries.fold(Dictionary::new(), |mut kept, (key, value)| {
            kept.set(key, value);
            kept
        });
    }
}

#[cfg(test)]
mod tests;
