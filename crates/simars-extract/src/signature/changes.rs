//! What one revision of a file changes of what the revision before shows.

use std::collections::{BTreeMap, BTreeSet};

use simars_record::RevisionClass;

use super::outline::{Note, Outline, PagePrint, Print};

/// What was found; the class is the gravest of all.
#[derive(Debug)]
pub(super) struct Changes {
    pub(super) class: RevisionClass,
    /// Pages that are drawn differently, counted from 1. Whether their text is the same is not
    /// known here.
    pub(super) redrawn: BTreeSet<u32>,
    /// Pages with other annotations.
    pub(super) noted: BTreeSet<u32>,
    /// Whether more than filling in fields was done with annotations.
    pub(super) annotated: bool,
    /// How many fields of signatures were added or changed.
    pub(super) signing: usize,
    pub(super) details: Vec<String>,
}

impl Changes {
    /// No change.
    pub(super) fn none() -> Self {
        Self {
            class: RevisionClass::NothingShown,
            redrawn: BTreeSet::new(),
            noted: BTreeSet::new(),
            annotated: false,
            signing: 0,
            details: Vec::new(),
        }
    }

    /// Adds a change.
    pub(super) fn add(&mut self, class: RevisionClass, detail: impl Into<String>) {
        self.class = self.class.max(class);
        self.details.push(detail.into());
    }

    /// Compares two revisions.
    pub(super) fn between(old: &Outline, new: &Outline) -> Self {
        let mut changes = Self::none();
        if !(old.complete && new.complete) {
            changes.add(RevisionClass::NotCompared, "not all of it could be compared");
        }
        changes.catalogue(&old.catalogue, &new.catalogue);
        changes.form(old, new);
        if old.pages.len() != new.pages.len() {
            let detail = format!("{} pages became {}", old.pages.len(), new.pages.len());
            changes.add(RevisionClass::ChangedContent, detail);
        }
        for (number, (old, new)) in (1..).zip(old.pages.iter().zip(&new.pages)) {
            changes.page(number, old, new);
        }
        changes
    }

    fn page(&mut self, number: u32, old: &PagePrint, new: &PagePrint) {
        if old.drawn != new.drawn {
            self.redrawn.insert(number);
            if !new.used.is_subset(&old.used) {
                let detail = format!("page {number} uses images or fonts it did not use before");
                self.details.push(detail);
            }
        }
        for (key, note) in &new.notes {
            match old.notes.get(key) {
                None => self.note(number, note, "added"),
                Some(before) if before != note => self.note(number, note, "changed"),
                Some(_) => {}
            }
        }
        for (_, note) in old.notes.iter().filter(|(key, _)| !new.notes.contains_key(key)) {
            self.note(number, note, "taken away");
        }
    }

    fn note(&mut self, number: u32, note: &Note, done: &str) {
        self.noted.insert(number);
        let (class, what) = if note.signs && done != "taken away" {
            // What kind of change that is depends on whether there is one more signature in it.
            self.signing += 1;
            let shown = if note.has_area { "visible" } else { "invisible" };
            (RevisionClass::NothingShown, format!("the {shown} field of a signature"))
        } else {
            self.annotated |= note.subtype != "Widget";
            let kind = if note.subtype.is_empty() { "unknown" } else { &note.subtype };
            (RevisionClass::FormFillingOrAnnotations, format!("an annotation ({kind})"))
        };
        self.add(class, format!("page {number}: {what} was {done}"));
    }

    fn form(&mut self, old: &Outline, new: &Outline) {
        for name in different(&old.fields, &new.fields) {
            let detail = format!("the field {name:?} was added, filled in or taken away");
            self.add(RevisionClass::FormFillingOrAnnotations, detail);
        }
        for key in different(&old.form, &new.form) {
            match key {
                // Fonts for filling in fields, and whether there are signatures.
                "DA" | "DR" | "SigFlags" => {}
                "XFA" => self.add(RevisionClass::ChangedContent, "the dynamic form was changed"),
                _ => {
                    let detail = format!("the form's entry {key:?} was changed");
                    self.add(RevisionClass::FormFillingOrAnnotations, detail);
                }
            }
        }
    }

    fn catalogue(&mut self, old: &BTreeMap<String, Print>, new: &BTreeMap<String, Print>) {
        for key in different(old, new) {
            match key {
                "DSS" => self.add(RevisionClass::ValidationData, "validation data was added"),
                "Extensions" | "Perms" | "Version" => {}
                "Lang" | "LastModified" | "MarkInfo" | "Metadata" | "PieceInfo"
                | "StructTreeRoot" => {
                    let detail = format!("what does not show was changed: {key}");
                    self.add(RevisionClass::NothingShown, detail);
                }
                _ => {
                    let detail = format!("the catalogue's entry {key:?} was changed");
                    self.add(RevisionClass::ChangedContent, detail);
                }
            }
        }
    }
}

/// The keys whose values are not the same in both, or that are in one only.
fn different<'a>(
    old: &'a BTreeMap<String, Print>,
    new: &'a BTreeMap<String, Print>,
) -> impl Iterator<Item = &'a str> {
    let changed = new.iter().filter(|(key, print)| old.get(*key) != Some(print));
    let gone = old.iter().filter(|(key, _)| !new.contains_key(*key));
    changed.chain(gone).map(|(key, _)| key.as_str())
}
