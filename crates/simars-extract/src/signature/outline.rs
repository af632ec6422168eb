//! What a PDF shows, as digests: two revisions of a file are compared by these.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use lopdf::{Dictionary, Document, Object, ObjectId};
use simars_record::{Digest, Hasher};

use crate::budget::Budget;

use super::find::{self, dictionary, entry, resolved};

/// Values nested deeper than this, and more objects than this, are not compared, which is told.
const DEEPEST: u32 = 128;
const MOST_OBJECTS: u64 = 20_000_000;

/// The digest of an object and of everything it leads to.
pub(super) type Print = Digest;

/// What a page's dictionary holds beside what it shows.
const NOT_DRAWN: [&[u8]; 10] = [
    b"Annots",
    b"B",
    b"LastModified",
    b"Metadata",
    b"Parent",
    b"PieceInfo",
    b"StructParents",
    b"Tabs",
    b"Thumb",
    b"Type",
];

/// What a page has from its parents if it has none itself (ISO 32000-2, table 31).
const INHERITED: [&[u8]; 4] = [b"CropBox", b"MediaBox", b"Resources", b"Rotate"];

/// A page.
#[derive(Debug)]
pub(super) struct PagePrint {
    /// Its drawing, with all that it uses.
    pub(super) drawn: Print,
    /// The contents of all that its drawing uses and that is no drawing itself: images, fonts.
    pub(super) used: BTreeSet<Print>,
    /// Its annotations.
    pub(super) notes: BTreeMap<NoteKey, Note>,
}

/// What names an annotation on its page: its object, or else its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NoteKey {
    Object(ObjectId),
    Place(usize),
}

/// An annotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) print: Print,
    pub(super) subtype: String,
    /// Whether it is the widget of a signature field.
    pub(super) signs: bool,
    /// Whether it covers any area.
    pub(super) has_area: bool,
}

/// All that is compared of one revision.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) pages: Vec<PagePrint>,
    /// The entries of the catalogue that are neither pages nor form.
    pub(super) catalogue: BTreeMap<String, Print>,
    /// The entries of the form beside its fields.
    pub(super) form: BTreeMap<String, Print>,
    /// The fields that are not for signatures, by name.
    pub(super) fields: BTreeMap<String, Print>,
    /// Whether everything could be looked at.
    pub(super) complete: bool,
}

impl Outline {
    /// Looks at a revision.
    pub(super) fn of(document: &Document, budget: Budget) -> Self {
        let pages: Vec<ObjectId> = document.page_iter().collect();
        let fields = find::fields(document);
        let mut printer = Printer {
            document,
            pages: pages.iter().copied().collect(),
            signing: fields.iter().filter(|(_, field)| field.signs).map(|(_, f)| f.id).collect(),
            contents: HashMap::new(),
            objects_left: MOST_OBJECTS,
            budget,
            complete: !pages.is_empty(),
        };
        let pages = pages.iter().map(|&id| printer.page(id)).collect();
        let catalogue = document.catalog().ok();
        let form = catalogue.and_then(|found| entry(document, found, b"AcroForm"));
        let form = form.and_then(dictionary);
        let others = fields.iter().filter(|(_, field)| !field.signs);
        let others = others.map(|(name, field)| {
            (name.clone(), printer.entries(field.dictionary, |key| !FIELD_LINKS.contains(&key)))
        });
        let others = others.collect();
        Self {
            pages,
            catalogue: printer.each(catalogue, &[b"AcroForm", b"Pages", b"Type"]),
            form: printer.each(form, &[b"Fields"]),
            fields: others,
            complete: printer.complete,
        }
    }
}

/// What a field holds beside its value and its behaviour.
const FIELD_LINKS: [&[u8]; 4] = [b"Kids", b"P", b"Parent", b"StructParent"];

struct Printer<'a> {
    document: &'a Document,
    pages: HashSet<ObjectId>,
    signing: HashSet<ObjectId>,
    /// The digests of streams' contents, which many pages share.
    contents: HashMap<ObjectId, Print>,
    objects_left: u64,
    budget: Budget,
    complete: bool,
}

impl<'a> Printer<'a> {
    fn page(&mut self, id: ObjectId) -> PagePrint {
        let document = self.document;
        self.complete &= !self.budget.is_spent();
        let page = document.get_dictionary(id).ok().filter(|_| self.complete);
        let Some(page) = page else {
            self.complete = false;
            return PagePrint {
                drawn: Digest::of(b""),
                used: BTreeSet::new(),
                notes: BTreeMap::new(),
            };
        };
        let mut walk = Walk::default();
        let upright = matches!(page.get(b"Rotate"), Ok(Object::Integer(angle)) if angle % 360 == 0);
        let drawn = |key: &[u8]| !(NOT_DRAWN.contains(&key) || upright && key == b"Rotate");
        self.add_entries(page, drawn, 0, &mut walk);
        for key in INHERITED.into_iter().filter(|key| !page.has(key)) {
            if let Some(value) = inherited(document, page, key) {
                add_bytes(b'k', key, &mut walk.hasher);
                self.add(value, 0, &mut walk);
            }
        }
        let (drawn, used) = self.finish(walk);
        let notes = entry(document, page, b"Annots").and_then(|notes| notes.as_array().ok());
        let notes = notes.into_iter().flatten().enumerate();
        let notes = notes.map(|(place, object)| {
            let key = object.as_reference().map_or(NoteKey::Place(place), NoteKey::Object);
            (key, self.note(object))
        });
        PagePrint { notes: notes.collect(), drawn, used }
    }

    fn note(&mut self, object: &'a Object) -> Note {
        let note = resolved(self.document, object).and_then(dictionary);
        let Some(note) = note else {
            let subtype = "unreadable".to_owned();
            return Note { print: Digest::of(b""), subtype, signs: false, has_area: false };
        };
        let print = self.entries(note, |key| !matches!(key, b"P" | b"Parent" | b"Popup"));
        let kind = find::name(self.document, note, b"FT");
        let object = object.as_reference().ok();
        let parent = note.get(b"Parent").and_then(Object::as_reference).ok();
        let is_field = |id: Option<ObjectId>| id.is_some_and(|id| self.signing.contains(&id));
        Note {
            print,
            subtype: find::name(self.document, note, b"Subtype").unwrap_or_default(),
            signs: kind.as_deref() == Some("Sig") || is_field(object) || is_field(parent),
            has_area: has_area(self.document, note),
        }
    }

    /// The digests of the entries of a dictionary, without some.
    fn each(
        &mut self,
        dictionary: Option<&'a Dictionary>,
        without: &[&[u8]],
    ) -> BTreeMap<String, Print> {
        let entries = dictionary.into_iter().flat_map(|dictionary| dictionary.iter());
        let wanted = entries.filter(|(key, _)| !without.contains(&key.as_slice()));
        let prints = wanted.map(|(key, value)| {
            let mut walk = Walk::default();
            self.add(value, 0, &mut walk);
            (String::from_utf8_lossy(key).into_owned(), self.finish(walk).0)
        });
        prints.collect()
    }

    /// The digest of the wanted entries of a dictionary.
    fn entries(&mut self, dictionary: &'a Dictionary, wanted: impl Fn(&[u8]) -> bool) -> Print {
        let mut walk = Walk::default();
        self.add_entries(dictionary, wanted, 0, &mut walk);
        self.finish(walk).0
    }

    /// Adds what the walk came across, and what that leads to. Gives the digest and the contents
    /// of images and fonts.
    fn finish(&mut self, mut walk: Walk) -> (Print, BTreeSet<Print>) {
        let mut used = BTreeSet::new();
        while let Some(id) = walk.waiting.pop_front() {
            let Some(left) = self.objects_left.checked_sub(1) else {
                self.complete = false;
                break;
            };
            self.objects_left = left;
            match self.document.get_object(id) {
                Ok(Object::Stream(stream)) => {
                    walk.hasher.update(b"t");
                    self.add_entries(&stream.dict, |key| key != b"Length", 0, &mut walk);
                    let content =
                        *self.contents.entry(id).or_insert_with(|| Digest::of(&stream.content));
                    walk.hasher.update(content.as_bytes());
                    let subtype = stream.dict.get(b"Subtype").and_then(Object::as_name);
                    // The drawing itself is a stream without a subtype or a form.
                    if stream.dict.has(b"Length1") || subtype.is_ok_and(|name| name != b"Form") {
                        used.insert(content);
                    }
                }
                Ok(object) => self.add(object, 0, &mut walk),
                Err(_) => walk.hasher.update(b"0"),
            }
        }
        (walk.hasher.finish(), used)
    }

    fn add_entries(
        &mut self,
        dictionary: &'a Dictionary,
        wanted: impl Fn(&[u8]) -> bool,
        depth: u32,
        walk: &mut Walk,
    ) {
        let mut entries: Vec<_> = dictionary.iter().filter(|(key, _)| wanted(key)).collect();
        entries.sort_by_key(|&(key, _)| key);
        walk.hasher.update(&(entries.len() as u64).to_le_bytes());
        for (key, value) in entries {
            add_bytes(b'k', key, &mut walk.hasher);
            self.add(value, depth + 1, walk);
        }
    }

    fn add(&mut self, object: &'a Object, depth: u32, walk: &mut Walk) {
        if depth > DEEPEST {
            self.complete = false;
            return;
        }
        match object {
            Object::Null => walk.hasher.update(b"0"),
            Object::Boolean(value) => walk.hasher.update(&[b'b', u8::from(*value)]),
            Object::Integer(value) => add_bytes(b'i', &value.to_le_bytes(), &mut walk.hasher),
            Object::Real(value) => add_bytes(b'r', &value.to_le_bytes(), &mut walk.hasher),
            Object::Name(name) => add_bytes(b'n', name, &mut walk.hasher),
            Object::String(text, _) => add_bytes(b's', text, &mut walk.hasher),
            Object::Array(items) => {
                add_bytes(b'a', &(items.len() as u64).to_le_bytes(), &mut walk.hasher);
                items.iter().for_each(|item| self.add(item, depth + 1, walk));
            }
            Object::Dictionary(dictionary) => {
                walk.hasher.update(b"d");
                self.add_entries(dictionary, |_| true, depth, walk);
            }
            // A stream is always an object of its own.
            Object::Stream(_) => self.complete = false,
            // Pages are compared by themselves; what leads to one leads to all.
            Object::Reference(id) if self.pages.contains(id) => {
                add_bytes(b'p', &id.0.to_le_bytes(), &mut walk.hasher);
            }
            Object::Reference(id) => {
                let number = walk.number(*id);
                add_bytes(b'o', &number.to_le_bytes(), &mut walk.hasher);
            }
        }
    }
}

/// One way through the objects of a file, breadth first. Objects are numbered as they are met,
/// so that the digest does not depend on the numbers the file gives them.
#[derive(Default)]
struct Walk {
    hasher: Hasher,
    numbers: HashMap<ObjectId, u64>,
    waiting: VecDeque<ObjectId>,
}

impl Walk {
    fn number(&mut self, id: ObjectId) -> u64 {
        let next = self.numbers.len() as u64;
        *self.numbers.entry(id).or_insert_with(|| {
            self.waiting.push_back(id);
            next
        })
    }
}

fn add_bytes(kind: u8, bytes: &[u8], hasher: &mut Hasher) {
    hasher.update(&[kind]);
    hasher.update(&(bytes.len() as u64).to_le_bytes());
    hasher.update(bytes);
}

fn inherited<'a>(document: &'a Document, page: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let mut node = page;
    for _ in 0..DEEPEST {
        node = dictionary(entry(document, node, b"Parent")?)?;
        if let Ok(value) = node.get(key) {
            return Some(value);
        }
    }
    None
}

fn has_area(document: &Document, note: &Dictionary) -> bool {
    let sides = entry(document, note, b"Rect").and_then(|rect| rect.as_array().ok());
    let number = |side: &Object| resolved(document, side)?.as_float().ok();
    let sides: Option<Vec<f32>> = sides.and_then(|sides| sides.iter().map(number).collect());
    match sides.as_deref() {
        Some(&[left, bottom, right, top]) => left != right && bottom != top,
        _ => false,
    }
}
