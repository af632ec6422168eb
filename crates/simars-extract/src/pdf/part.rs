//! Some pages of a PDF as a PDF of their own.
//!
//! Pages are looked at through hayro, as everywhere; their objects are taken from and written by
//! lopdf. What a page draws is moved as it is, packed as it is. Nothing is taken along that does not
//! belong to one of the pages.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hayro_syntax::Pdf;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, dictionary};
use simars_record::{Finding, FindingCode};

use crate::{Limits, signature};

/// The most one stream of objects may unpack to.
const MOST_STREAM_BYTES: usize = 128 << 20;
/// How far the size of a page may be off, in points.
const TOLERANCE: f32 = 0.1;
/// How far above a page its resources and boxes may stand.
const DEEPEST: usize = 64;

/// What a page has that shows on it (ISO 32000-2, table 31). The rest belongs to the whole file, or
/// says what nobody sees.
const SHOWN: [&[u8]; 13] = [
    b"Annots",
    b"ArtBox",
    b"BleedBox",
    b"BoxColorInfo",
    b"Contents",
    b"CropBox",
    b"Group",
    b"MediaBox",
    b"Resources",
    b"Rotate",
    b"TrimBox",
    b"UserUnit",
    b"VP",
];
/// What pages inherit (ISO 32000-2, 7.7.3.4).
const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
/// What the file as a whole has that changes how pages look.
const OF_CATALOGUE: [&[u8]; 3] = [b"OCProperties", b"OutputIntents", b"Lang"];

/// The pages from `first` to `last`; see [`crate::Extractor::part`].
pub(crate) fn part(
    bytes: Vec<u8>,
    first: u32,
    last: u32,
    limits: &Limits,
) -> Result<Vec<u8>, Finding> {
    let made = catch_unwind(AssertUnwindSafe(|| try_part(bytes, first, last, limits)));
    made.unwrap_or_else(|_| {
        Err(Finding::file(FindingCode::ReaderFailed, "the reader failed on this file"))
    })
}

fn damaged(detail: impl Into<String>) -> Finding {
    Finding::file(FindingCode::Damaged, detail)
}

fn try_part(bytes: Vec<u8>, first: u32, last: u32, limits: &Limits) -> Result<Vec<u8>, Finding> {
    let document = sound(&bytes)?;
    let pages = Seen::of(bytes, limits)?;
    let wanted = (first as usize).checked_sub(1).and_then(|from| pages.get(from..last as usize));
    let wanted = wanted.filter(|wanted| !wanted.is_empty()).ok_or_else(|| {
        damaged(format!("there are no pages {first} to {last}; the file has {}", pages.len()))
    })?;
    let ids: BTreeSet<ObjectId> = pages.iter().map(|page| page.id).collect();
    let written = Moving::new(document, ids).write(wanted)?;
    let written = Arc::new(written);
    check(&written, wanted)?;
    Ok(Arc::unwrap_or_clone(written))
}

/// The document, if it may be taken apart.
fn sound(bytes: &[u8]) -> Result<Document, Finding> {
    let encrypted = || Finding::file(FindingCode::Encrypted, "the file is encrypted");
    let options = LoadOptions::with_max_decompressed_size(MOST_STREAM_BYTES);
    let document = match Document::load_mem_with_options(bytes, options) {
        Ok(document) => document,
        Err(lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_)) => return Err(encrypted()),
        Err(error) => return Err(damaged(format!("the file cannot be opened: {error}"))),
    };
    if document.is_encrypted() || document.was_encrypted() {
        return Err(encrypted());
    }
    if document.xref_recovery.is_some() {
        return Err(damaged("the table of its objects is damaged"));
    }
    if signature::is_signed(&document, bytes) {
        return Err(Finding::file(FindingCode::Unsupported, "the file is signed"));
    }
    Ok(document)
}

/// A page as hayro sees it.
struct Seen {
    id: ObjectId,
    size: (f32, f32),
}

impl Seen {
    fn of(bytes: Vec<u8>, limits: &Limits) -> Result<Vec<Self>, Finding> {
        let pdf = Pdf::new(Arc::new(bytes)).map_err(|_| damaged("the file cannot be opened"))?;
        let pages = pdf.pages();
        if pages.len() > limits.pages as usize {
            let detail = format!("files of up to {} pages are taken apart", limits.pages);
            return Err(Finding::file(FindingCode::LimitReached, detail));
        }
        let seen = pages.iter().zip(1..).map(|(page, number)| {
            let id = page.raw().obj_id();
            let id = id.and_then(|id| Some((id.obj_number, u16::try_from(id.gen_number).ok()?)));
            let id = id.ok_or_else(|| {
                Finding::page(FindingCode::Damaged, number, "it has no object of its own")
            })?;
            Ok(Self { id, size: page.render_dimensions() })
        });
        seen.collect()
    }
}

/// Looks at what was written as a stranger would: the same pages.
fn check(written: &Arc<Vec<u8>>, wanted: &[Seen]) -> Result<(), Finding> {
    let pdf = Pdf::new(Arc::clone(written)).map_err(|_| damaged("the part cannot be opened"))?;
    let sizes: Vec<(f32, f32)> = pdf.pages().iter().map(|page| page.render_dimensions()).collect();
    let near = |one: f32, other: f32| (one - other).abs() <= TOLERANCE;
    let same = sizes.len() == wanted.len()
        && sizes
            .iter()
            .zip(wanted)
            .all(|(size, page)| near(size.0, page.size.0) && near(size.1, page.size.1));
    if same { Ok(()) } else { Err(damaged("the part would have other pages")) }
}

/// Objects on their way from one file to another.
struct Moving {
    from: Document,
    to: Document,
    /// All pages of the old file.
    pages: BTreeSet<ObjectId>,
    /// The new names of what is taken along.
    names: BTreeMap<ObjectId, ObjectId>,
    /// What is still to be moved.
    waiting: VecDeque<ObjectId>,
}

impl Moving {
    fn new(from: Document, pages: BTreeSet<ObjectId>) -> Self {
        let to = Document::with_version(from.version.clone());
        Self { from, to, pages, names: BTreeMap::new(), waiting: VecDeque::new() }
    }

    fn write(mut self, wanted: &[Seen]) -> Result<Vec<u8>, Finding> {
        let catalogue = self.to.new_object_id();
        let tree = self.to.new_object_id();
        let mut kids = Vec::with_capacity(wanted.len());
        // All names first: pages lead to each other.
        for page in wanted {
            let id = self.to.new_object_id();
            self.names.insert(page.id, id);
            kids.push(Object::Reference(id));
        }
        for page in wanted {
            if let Some(&id) = self.names.get(&page.id) {
                let page = self.page(page.id, tree)?;
                self.to.set_object(id, page);
            }
        }
        let mut root = dictionary! { "Type" => "Catalog", "Pages" => tree };
        let old = self.from.catalog().cloned().unwrap_or_default();
        for key in OF_CATALOGUE {
            if let Ok(value) = old.get(key) {
                root.set(key, self.moved(value.clone()));
            }
        }
        while let Some(id) = self.waiting.pop_front() {
            // Taken out rather than copied: pictures are large.
            let object = self.from.objects.remove(&id).unwrap_or(Object::Null);
            let object = self.moved(object);
            if let Some(&name) = self.names.get(&id) {
                self.to.set_object(name, object);
            }
        }
        let count = kids.len() as i64;
        self.to
            .set_object(tree, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count });
        self.to.set_object(catalogue, root);
        self.to.trailer.set("Root", catalogue);
        let mut to = self.to;
        drop(self.from);
        let mut written = Vec::new();
        to.save_to(&mut written).map_err(|error| damaged(error.to_string()))?;
        Ok(written)
    }

    /// A page with what it shows, be it stated above it.
    fn page(&mut self, id: ObjectId, tree: ObjectId) -> Result<Dictionary, Finding> {
        let lost = |_| damaged("a page is not where the file says");
        let old = self.from.get_dictionary(id).map_err(lost)?.clone();
        let mut page = dictionary! { "Type" => "Page", "Parent" => tree };
        for key in SHOWN {
            let value = match old.get(key) {
                Ok(value) => Some(value.clone()),
                Err(_) if INHERITED.contains(&key) => self.inherited(&old, key),
                Err(_) => None,
            };
            if let Some(value) = value {
                page.set(key, self.moved(value));
            }
        }
        Ok(page)
    }

    fn inherited(&self, page: &Dictionary, key: &[u8]) -> Option<Object> {
        let mut node = page;
        for _ in 0..DEEPEST {
            node = self.from.get_dictionary(node.get(b"Parent").ok()?.as_reference().ok()?).ok()?;
            if let Ok(value) = node.get(key) {
                return Some(value.clone());
            }
        }
        None
    }

    /// An object with the names that it names made new ones.
    fn moved(&mut self, object: Object) -> Object {
        match object {
            Object::Reference(id) => self.renamed(id),
            Object::Array(items) => {
                Object::Array(items.into_iter().map(|item| self.moved(item)).collect())
            }
            Object::Dictionary(entries) => Object::Dictionary(self.moved_entries(entries)),
            Object::Stream(mut stream) => {
                stream.dict = self.moved_entries(std::mem::take(&mut stream.dict));
                stream.dict.set("Length", stream.content.len() as i64);
                Object::Stream(stream)
            }
            other => other,
        }
    }

    fn moved_entries(&mut self, entries: Dictionary) -> Dictionary {
        let mut moved = Dictionary::new();
        for (key, value) in entries {
            moved.set(key, self.moved(value));
        }
        moved
    }

    /// What a reference becomes: nothing, if it leads to a page that stays behind, or out of the
    /// pages into the file as a whole.
    fn renamed(&mut self, id: ObjectId) -> Object {
        if let Some(&name) = self.names.get(&id) {
            return Object::Reference(name);
        }
        let whole = |object: &Object| {
            matches!(object.type_name(), Ok(b"Catalog" | b"Pages" | b"StructTreeRoot"))
        };
        match self.from.objects.get(&id) {
            Some(object) if !self.pages.contains(&id) && !whole(object) => {
                let name = self.to.new_object_id();
                self.names.insert(id, name);
                self.waiting.push_back(id);
                Object::Reference(name)
            }
            _ => Object::Null,
        }
    }
}

#[cfg(test)]
mod tests;
