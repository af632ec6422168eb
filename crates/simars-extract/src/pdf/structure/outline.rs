//! The table of contents (ISO 32000-2, 12.3.3) and the pages it leads to.

use std::collections::{HashMap, HashSet};
use std::ops::{ControlFlow, Deref};

use hayro_syntax::object::{
    Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, String as PdfString,
};
use simars_record::layout::OutlineEntry;
use simars_record::{Finding, FindingCode};

use super::super::title;
use super::{Source, tree};

/// So many entries are kept.
const MOST_ENTRIES: usize = 1_000;
/// So many items are looked at, those without a title among them.
const MOST_ITEMS: usize = 10_000;
/// So many named places are looked through for those that are needed.
const MOST_PLACES: usize = 200_000;

/// The entries in order.
pub(super) fn read(source: &Source<'_>, findings: &mut Vec<Finding>) -> Vec<OutlineEntry> {
    let mut outline = Outline::new(source);
    outline.walk();
    if outline.is_cut {
        let detail =
            format!("only the first {MOST_ENTRIES} lines of the table of contents are kept");
        findings.push(Finding::file(FindingCode::LimitReached, detail));
    }
    outline.find_named_places();
    outline.entries
}

struct Outline<'s, 'a> {
    source: &'s Source<'a>,
    pages: HashMap<ObjectIdentifier, u32>,
    entries: Vec<OutlineEntry>,
    /// The entries that lead to a place by its name.
    named: HashMap<Vec<u8>, Vec<usize>>,
    is_cut: bool,
}

impl<'s, 'a> Outline<'s, 'a> {
    fn new(source: &'s Source<'a>) -> Self {
        Self {
            source,
            pages: HashMap::new(),
            entries: Vec::new(),
            named: HashMap::new(),
            is_cut: false,
        }
    }

    fn walk(&mut self) {
        let root = self.source.catalog.get::<Dict<'_>>("Outlines");
        let Some(first) = root.and_then(|root| root.get_ref("First")) else { return };
        self.pages = self.source.page_numbers();
        let mut seen: HashSet<ObjectIdentifier> = HashSet::new();
        let mut waiting = vec![(first, 0_u8)];
        while let Some((item, level)) = waiting.pop() {
            if seen.len() >= MOST_ITEMS || !seen.insert(item.into()) {
                continue;
            }
            let Some(item) = self.source.at(item) else { continue };
            if let Some(next) = item.get_ref("Next") {
                waiting.push((next, level));
            }
            if let Some(first) = item.get_ref("First") {
                waiting.push((first, level.saturating_add(1)));
            }
            let Some(title) = item.get::<PdfString<'_>>("Title").and_then(|text| title(&text))
            else {
                continue;
            };
            if self.entries.len() == MOST_ENTRIES {
                self.is_cut = true;
                return;
            }
            let page = self.page_of_item(&item);
            self.entries.push(OutlineEntry { title, level, page });
        }
    }

    /// The page to which an item leads; one that it names is looked up later.
    fn page_of_item(&mut self, item: &Dict<'a>) -> Option<u32> {
        let place = item.get::<Object<'_>>("Dest").or_else(|| {
            let action = item.get::<Dict<'_>>("A")?;
            let kind = action.get::<Name<'_>>("S")?;
            action.get::<Object<'_>>("D").filter(|_| kind.deref() == b"GoTo")
        })?;
        let name = match place {
            Object::Name(name) => name.to_vec(),
            Object::String(name) => name.to_vec(),
            place => return self.page_of(place),
        };
        let places = self.source.catalog.get::<Dict<'_>>("Dests");
        if let Some(place) = places.and_then(|places| places.get::<Object<'_>>(&name)) {
            return self.page_of(place);
        }
        self.named.entry(name).or_default().push(self.entries.len());
        None
    }

    /// The page of a place that is written out (ISO 32000-2, 12.3.2).
    fn page_of(&self, place: Object<'a>) -> Option<u32> {
        let place = match place {
            Object::Dict(dictionary) => dictionary.get::<Array<'_>>("D")?,
            Object::Array(place) => place,
            _ => return None,
        };
        match place.raw_iter().next()? {
            MaybeRef::Ref(page) => self.pages.get(&page.into()).copied(),
            // Only right for a place in another file, but written for this one as well.
            MaybeRef::NotRef(Object::Number(index)) => {
                let number = u32::try_from(index.as_i64().checked_add(1)?).ok()?;
                (1..=self.source.pages).contains(&(number as usize)).then_some(number)
            }
            MaybeRef::NotRef(_) => None,
        }
    }

    /// One walk through all named places, for those that entries lead to.
    fn find_named_places(&mut self) {
        let names = self.source.catalog.get::<Dict<'_>>("Names");
        let Some(places) = names.and_then(|names| names.get::<Dict<'_>>("Dests")) else { return };
        let mut wanted = std::mem::take(&mut self.named);
        let mut looked_at = 0;
        tree::walk(self.source, places, "Names", |(name, place)| {
            looked_at += 1;
            if wanted.is_empty() || looked_at > MOST_PLACES {
                return ControlFlow::Break(());
            }
            let name = name.into_string();
            if let Some(entries) = name.and_then(|name| wanted.remove(&*name)) {
                let page = self.source.resolved(place).and_then(|place| self.page_of(place));
                for entry in entries {
                    self.entries[entry].page = page;
                }
            }
            ControlFlow::Continue(())
        });
    }
}
