//! Where a page names the forms that it draws, and naming one more.

use lopdf::{Dictionary, Document, IncrementalDocument, Object, ObjectId};

/// Deeper trees of pages are loops.
const MOST_DEPTH: usize = 64;

/// The object that is to change so that a page knows one more form, and the way inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder {
    object: ObjectId,
    path: &'static [&'static [u8]],
}

/// Finds it: what is nearest to the forms changes, so that as little as possible is written again.
pub(super) fn holder(document: &Document, page: ObjectId) -> Result<Holder, &'static str> {
    let mut node = page;
    for _ in 0..MOST_DEPTH {
        let dictionary = document.get_dictionary(node).map_err(|_| "its object is missing")?;
        if let Ok(resources) = dictionary.get(b"Resources") {
            return inside(document, node, resources);
        }
        match dictionary.get(b"Parent") {
            Ok(&Object::Reference(parent)) => node = parent,
            // No resources at all: the page gets its own.
            _ => return Ok(Holder { object: page, path: &[b"Resources", b"XObject"] }),
        }
    }
    Err("its tree of pages is a loop")
}

fn inside(document: &Document, node: ObjectId, resources: &Object) -> Result<Holder, &'static str> {
    let wrong = "its resources are damaged";
    let (id, resolved) = document.dereference(resources).map_err(|_| wrong)?;
    let resources = resolved.as_dict().map_err(|_| wrong)?;
    if let Ok(forms @ Object::Reference(_)) = resources.get(b"XObject") {
        let (forms, resolved) = document.dereference(forms).map_err(|_| wrong)?;
        resolved.as_dict().map_err(|_| wrong)?;
        return Ok(Holder { object: forms.ok_or(wrong)?, path: &[] });
    }
    Ok(match id {
        Some(object) => Holder { object, path: &[b"XObject"] },
        None => Holder { object: node, path: &[b"Resources", b"XObject"] },
    })
}

impl Holder {
    /// Whether a form has this name already.
    pub(super) fn has(&self, document: &Document, name: &[u8]) -> bool {
        let mut dictionary = document.get_dictionary(self.object).ok();
        for step in self.path {
            dictionary = dictionary.and_then(|outer| document.get_dict_in_dict(outer, step).ok());
        }
        dictionary.is_some_and(|forms| forms.has(name))
    }

    /// Names the form there, for this page.
    pub(super) fn name(
        &self,
        document: &mut IncrementalDocument,
        page: ObjectId,
        name: &[u8],
        form: ObjectId,
    ) -> lopdf::Result<()> {
        // The page itself is there already, as it is to be.
        debug_assert!(document.new_document.has_object(page));
        document.opt_clone_object_to_new_document(self.object)?;
        let mut dictionary = document.new_document.get_dictionary_mut(self.object)?;
        for step in self.path {
            if !dictionary.has(step) {
                dictionary.set(*step, Dictionary::new());
            }
            dictionary = dictionary.get_mut(step)?.as_dict_mut()?;
        }
        dictionary.set(name, form);
        Ok(())
    }
}
