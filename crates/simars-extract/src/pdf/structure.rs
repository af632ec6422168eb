//! What a PDF says about itself beside its pages: who wrote it, what it claims, what is in it.
//!
//! Everything here is optional and bounded. It is read after the pages, through the objects that
//! the page reader has open already, each only when it is asked for. Loading the file once more
//! with a reader that unpacks every object was measured: for signed files, which have many, it
//! added a third to a half to the time.

mod attachments;
mod facts;
mod labels;
mod outline;
mod raw;
mod signatures;
mod taken;
mod tree;
mod xmp;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_syntax::Pdf;
use hayro_syntax::object::{Dict, MaybeRef, ObjRef, Object, ObjectIdentifier};
use hayro_syntax::xref::XRef;
use simars_record::layout::Structure;
use simars_record::{Finding, FindingCode};

pub(super) use facts::without_objects;
pub(crate) use taken::attached;

/// The structure of an open file; `pages` of its pages are read. What is damaged in it is left
/// out.
pub(super) fn read(pdf: &Pdf, pages: usize, findings: &mut Vec<Finding>) -> Option<Box<Structure>> {
    let mut noticed = Vec::new();
    let read = catch_unwind(AssertUnwindSafe(|| Source::new(pdf, pages).read(&mut noticed)));
    let Ok(structure) = read else {
        let detail = "the reader failed on what the file says about itself";
        findings.push(Finding::file(FindingCode::ReaderFailed, detail));
        return None;
    };
    findings.append(&mut noticed);
    Some(Box::new(structure))
}

/// An open file, as the parts of this module see it.
struct Source<'a> {
    pdf: &'a Pdf,
    catalog: Dict<'a>,
    /// How many pages are read.
    pages: usize,
}

impl<'a> Source<'a> {
    fn new(pdf: &'a Pdf, pages: usize) -> Self {
        let catalog = pdf.xref().get(pdf.xref().root_id()).unwrap_or_default();
        Self { pdf, catalog, pages }
    }

    fn xref(&self) -> &'a XRef {
        self.pdf.xref()
    }

    fn read(&self, findings: &mut Vec<Finding>) -> Structure {
        let mut structure = facts::read(self);
        xmp::add(self, &mut structure);
        structure.signatures = signatures::count(self);
        structure.outline = outline::read(self, findings);
        structure.page_labels = labels::read(self);
        structure.attachments = attachments::read(self, findings);
        structure
    }

    /// The object itself, where a reference to it may stand.
    fn resolved(&self, object: MaybeRef<Object<'a>>) -> Option<Object<'a>> {
        match object {
            MaybeRef::Ref(reference) => self.xref().get(reference.into()),
            MaybeRef::NotRef(object) => Some(object),
        }
    }

    /// A dictionary, where a reference to it may stand.
    fn dictionary(&self, object: MaybeRef<Object<'a>>) -> Option<Dict<'a>> {
        match object {
            MaybeRef::Ref(reference) => self.at(reference),
            MaybeRef::NotRef(object) => object.into_dict(),
        }
    }

    fn at(&self, reference: ObjRef) -> Option<Dict<'a>> {
        self.xref().get(reference.into())
    }

    /// The number of each page that has an object of its own, from 1.
    fn page_numbers(&self) -> HashMap<ObjectIdentifier, u32> {
        let mut numbers = HashMap::new();
        for (page, number) in self.pdf.pages().iter().zip(1..) {
            if let Some(id) = page.raw().obj_id() {
                // Of a page that is listed twice, the first place.
                numbers.entry(id).or_insert(number);
            }
        }
        numbers
    }
}

#[cfg(test)]
mod tests;
