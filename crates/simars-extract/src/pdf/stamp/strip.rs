//! The strip: a page of another PDF, taken over as a form.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

/// A strip ready to be put into documents.
pub(super) struct Strip {
    size: (f32, f32),
    content: Vec<u8>,
    resources: Object,
    /// What the resources refer to.
    objects: BTreeMap<ObjectId, Object>,
}

impl Strip {
    /// Takes the first page of a PDF; `None` if there is none that can be drawn.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let document = Document::load_mem(bytes).ok()?;
        let page = document.page_iter().next()?;
        let content = document.get_page_content(page);
        let page = document.get_dictionary(page).ok()?;
        let media = page.get(b"MediaBox").and_then(Object::as_array).ok()?;
        let [left, bottom, right, top] = media.as_slice() else { return None };
        let side = |from: &Object, to: &Object| Some(to.as_float().ok()? - from.as_float().ok()?);
        let size = (side(left, right)?, side(bottom, top)?);
        let possible = |side: f32| (1.0..=2_000.0).contains(&side);
        let resources = page.get(b"Resources").cloned().unwrap_or(Dictionary::new().into());
        let objects = reachable(&document, &resources);
        (possible(size.0) && possible(size.1)).then_some(Self { size, content, resources, objects })
    }

    /// Width and height in points.
    pub(super) const fn size(&self) -> (f32, f32) {
        self.size
    }

    /// Puts it into a document as a form with everything it needs; gives the form.
    pub(super) fn add_to(&self, document: &mut Document) -> ObjectId {
        let ids: BTreeMap<ObjectId, ObjectId> =
            self.objects.keys().map(|&old| (old, document.new_object_id())).collect();
        for (old, object) in &self.objects {
            let mut object = object.clone();
            rename(&mut object, &ids);
            if let Some(&id) = ids.get(old) {
                document.objects.insert(id, object);
            }
        }
        let mut resources = self.resources.clone();
        rename(&mut resources, &ids);
        let form = dictionary! {
            "Type" => "XObject", "Subtype" => "Form", "FormType" => 1, "Resources" => resources,
            "BBox" => vec![0.into(), 0.into(), Object::Real(self.size.0), Object::Real(self.size.1)],
        };
        let mut form = Stream::new(form, self.content.clone());
        // What cannot be packed stays as it is.
        let _packed = form.compress();
        document.add_object(form)
    }
}

/// Everything that an object leads to.
fn reachable(document: &Document, from: &Object) -> BTreeMap<ObjectId, Object> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![from.clone()];
    while let Some(object) = waiting.pop() {
        match object {
            Object::Reference(id) => {
                if let Ok(object) = document.get_object(id)
                    && found.insert(id, object.clone()).is_none()
                {
                    waiting.push(object.clone());
                }
            }
            Object::Array(parts) => waiting.extend(parts),
            Object::Dictionary(parts) => waiting.extend(parts.iter().map(|(_, one)| one.clone())),
            Object::Stream(stream) => {
                waiting.extend(stream.dict.iter().map(|(_, one)| one.clone()));
            }
            _ => {}
        }
    }
    found
}

/// Gives the references inside an object their new numbers.
fn rename(object: &mut Object, ids: &BTreeMap<ObjectId, ObjectId>) {
    match object {
        Object::Reference(id) => {
            if let Some(&new) = ids.get(id) {
                *id = new;
            }
        }
        Object::Array(parts) => parts.iter_mut().for_each(|part| rename(part, ids)),
        Object::Dictionary(parts) => parts.iter_mut().for_each(|(_, part)| rename(part, ids)),
        Object::Stream(stream) => {
            stream.dict.iter_mut().for_each(|(_, part)| rename(part, ids));
        }
        _ => {}
    }
}
