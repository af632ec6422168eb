//! What falls due when, what waits for an event, what has no code: an index over all documents by
//! the scheme that is in force.
//!
//! Every list begins with how a document stands, so that whoever may see only some of them reads
//! only those, and counts nothing else. What belongs to a unit stands in each list once more, among
//! what is of that unit, for people who work for it alone. The keys of a document depend on the scheme; which it has
//! now is kept beside them, and when the scheme changes all documents are placed anew
//! ([`Archive::reschedule`](crate::Archive::reschedule)).

use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use simars_record::retention::{Step, due};
use simars_record::schedule::{Scheme, StatedSchedule};
use simars_record::{Code, Date, Document, ObjectRef, Retention, StatementKind};

use super::Catalogue;
use crate::ArchiveError;
use crate::journal::{Act, Line};
use crate::object::Objects;
use crate::schedule::{Counted, Days, Group, List, Place, Standings};

/// Under which scheme the documents are placed, and how far.
const PLACED: &str = "scheduled";
/// A description with less confidence in its date has none to count from.
const SURE: f32 = simars_record::description::REVIEW_BELOW;
/// Set in the number of a list where its documents are of one unit, whose name comes next.
const OF_UNIT: u8 = 0x80;

/// The trees of the index, and the scheme in force.
#[derive(Debug, Clone)]
pub(super) struct Scheduled {
    /// list, standing, place; and list, unit, standing, place: the documents of each list.
    lists: sled::Tree,
    /// ordinal: the keys that a document has in `lists`.
    keys: sled::Tree,
    /// index of the statement: the versions of the schedule.
    versions: sled::Tree,
    scheme: Arc<RwLock<InForce>>,
}

/// The scheme in force, with the object it was read from; nothing as long as there is none.
#[derive(Debug, Clone, Default)]
pub(crate) struct InForce {
    pub(crate) object: Option<ObjectRef>,
    pub(crate) scheme: Arc<Scheme>,
}

/// How far the documents are placed under a scheme.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlacedUnder {
    /// The scheme.
    pub(crate) object: Option<ObjectRef>,
    /// The first ordinal that is not placed under it yet.
    pub(crate) next: u64,
}

impl Scheduled {
    pub(super) fn open(database: &sled::Db) -> sled::Result<Self> {
        Ok(Self {
            lists: database.open_tree("lists")?,
            keys: database.open_tree("keys")?,
            versions: database.open_tree("versions")?,
            scheme: Arc::default(),
        })
    }
}

/// What is to be written.
pub(super) struct Batches<'a> {
    catalogue: &'a Catalogue,
    scheme: Arc<Scheme>,
    lists: sled::Batch,
    keys: sled::Batch,
}

impl<'a> Batches<'a> {
    pub(super) fn new(catalogue: &'a Catalogue) -> Self {
        let scheme = catalogue.in_force().scheme;
        Self { catalogue, scheme, lists: sled::Batch::default(), keys: sled::Batch::default() }
    }

    /// Takes out where a document stood in the lists, and puts in where it stands now.
    pub(super) fn place(&mut self, document: &Document) -> Result<(), ArchiveError> {
        let ordinal = document.ordinal.to_be_bytes();
        let before = self.catalogue.scheduled.keys.get(ordinal);
        let before = before.map_err(|error| self.catalogue.error(&error))?;
        let now = keys(document, &self.scheme);
        let packed = pack(&now);
        if before.as_ref().is_some_and(|before| **before == *packed) {
            return Ok(());
        }
        for key in before.iter().flat_map(|before| unpack(before)) {
            self.lists.remove(key);
        }
        now.into_iter().for_each(|key| self.lists.insert(key, b""));
        self.keys.insert(&ordinal, packed);
        Ok(())
    }

    pub(super) fn write(self) -> sled::Result<()> {
        // Were the process ended between the two, the document is placed again from the journal:
        // what is to be taken out is known as long as the second is not written.
        self.catalogue.scheduled.lists.apply_batch(self.lists)?;
        self.catalogue.scheduled.keys.apply_batch(self.keys)
    }
}

fn pack(keys: &[Vec<u8>]) -> Vec<u8> {
    let mut packed = Vec::new();
    for key in keys {
        // No key is longer than a unit, a code and a place.
        packed.push(key.len() as u8);
        packed.extend_from_slice(key);
    }
    packed
}

fn unpack(packed: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = packed;
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first()?;
        let (key, after) = after.split_at_checked(usize::from(*length))?;
        rest = after;
        Some(key)
    })
}

/// The date that a document's periods are counted from, for want of another.
pub(crate) fn own_date(document: &Document) -> Option<Date> {
    let date = document.description.date.as_ref();
    date.filter(|field| field.confidence >= SURE).map(|field| field.value)
}

/// The code of a document, if it has one that is written as a code.
pub(crate) fn code_of(document: &Document) -> Option<Code> {
    document.description.classification.as_ref()?.value.parse().ok()
}

/// The keys of a document under a scheme.
fn keys(document: &Document, scheme: &Scheme) -> Vec<Vec<u8>> {
    let places = places(document, scheme);
    let of_group = |group| places.iter().map(move |(list, place)| key(list, group, place));
    Group::of(document).flat_map(of_group).collect()
}

/// The lists that a document is in under a scheme, and where.
fn places(document: &Document, scheme: &Scheme) -> Vec<(List, Vec<u8>)> {
    let at = |list: &List, place: Place| (list.clone(), place.to_bytes().to_vec());
    let bare = Place::of(document.ordinal);
    let Some(classified) = &document.description.classification else {
        return vec![at(&List::NoCode, bare)];
    };
    let mut keys = Vec::new();
    let Some(code) = code_of(document) else { return vec![at(&List::NoRule, bare)] };
    let ordinal = document.ordinal.to_be_bytes();
    keys.push((List::Code(code.clone()), ordinal.to_vec()));
    if classified.source == simars_record::Source::Stated {
        keys.push((List::alike(document), ordinal.to_vec()));
    }
    let rule = scheme.get(&code).and_then(|entry| entry.rule.as_ref());
    let Some(rule) = rule else {
        keys.push(at(&List::NoRule, bare));
        return keys;
    };
    let Retention { hold, .. } = &document.retention;
    let found = due(rule, &document.retention, own_date(document));
    if found.waits.is_some() {
        keys.push(at(&List::Waiting, bare));
    }
    let list = if hold.is_some() { List::Held } else { List::Due };
    let steps = found.steps(rule);
    if hold.is_some() && steps.is_empty() {
        keys.push(at(&List::Held, bare));
    }
    for (day, step) in steps {
        keys.push(at(&list, Place { day: Some(day), step: Some(step), ..bare }));
    }
    keys
}

fn key(list: &List, group: Group, place: &[u8]) -> Vec<u8> {
    let mut key = vec![list.number()];
    if let Some(unit) = group.unit {
        key[0] |= OF_UNIT;
        key.extend_from_slice(&unit.number().to_be_bytes());
    }
    key.extend_from_slice(&[group.access as u8, group.publication as u8]);
    match list {
        List::Code(code) => {
            key.extend_from_slice(code.as_str().as_bytes());
            key.push(0);
        }
        List::Alike(digest) => key.extend_from_slice(&digest.as_bytes()[..8]),
        List::Due | List::Held | List::Waiting | List::NoCode | List::NoRule => {}
    }
    key.extend_from_slice(place);
    key
}

impl Catalogue {
    /// The scheme in force, as far as this process has learnt it.
    pub(crate) fn in_force(&self) -> InForce {
        self.scheduled.scheme.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_in_force(&self, scheme: InForce) {
        *self.scheduled.scheme.write().unwrap_or_else(PoisonError::into_inner) = scheme;
    }

    /// Takes in a version of the schedule, if the statement is one.
    pub(super) fn note_schedule(&self, index: u64, line: &Line) -> Result<(), ArchiveError> {
        if line.statement.kind != StatementKind::Scheduled {
            return Ok(());
        }
        let Act::Scheduled { schedule } = line.act().map_err(|error| self.error(&error))? else {
            return Err(self.error(&format!("statement {index} has no schedule in it")));
        };
        let (time, by) = (line.statement.time, line.by());
        let version = StatedSchedule { number: 0, schedule, index, time, by };
        let value = serde_json::to_vec(&version).map_err(|error| self.error(&error))?;
        let noted = self.scheduled.versions.insert(index.to_be_bytes(), value);
        noted.map(drop).map_err(|error| self.error(&error))
    }

    /// All versions of the schedule, oldest first.
    ///
    /// # Errors
    /// If sled cannot read them.
    pub(crate) fn schedules(&self) -> Result<Vec<StatedSchedule>, ArchiveError> {
        let versions = (1..).zip(self.scheduled.versions.iter());
        let read = versions.map(|(number, entry)| {
            let (_, value) = entry.map_err(|error| self.error(&error))?;
            let version: StatedSchedule =
                serde_json::from_slice(&value).map_err(|error| self.error(&error))?;
            Ok(StatedSchedule { number, ..version })
        });
        read.collect()
    }

    pub(crate) fn placed_under(&self) -> Result<PlacedUnder, ArchiveError> {
        match self.database.get(PLACED).map_err(|error| self.error(&error))? {
            None => Ok(PlacedUnder::default()),
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|error| self.error(&error)),
        }
    }

    pub(crate) fn note_placed(&self, placed: PlacedUnder) -> Result<(), ArchiveError> {
        let note = serde_json::to_vec(&placed).map_err(|error| self.error(&error))?;
        self.database.insert(PLACED, note).map(drop).map_err(|error| self.error(&error))
    }

    /// Places so many documents anew from an ordinal on, under the scheme in force. Gives where to
    /// go on.
    pub(crate) fn place_again(&self, from: u64, most: usize) -> Result<u64, ArchiveError> {
        let mut batches = Batches::new(self);
        let mut next = from;
        for document in self.from(from).take(most) {
            let document = document?;
            batches.place(&document)?;
            next = document.ordinal + 1;
        }
        batches.write().map_err(|error| self.error(&error))?;
        Ok(next)
    }

    /// Learns the scheme under which the documents were placed, to look whether they were.
    pub(crate) fn learn_placed(&self, objects: &Objects) {
        let object = self.placed_under().ok().and_then(|placed| placed.object);
        let bytes = object.and_then(|object| objects.read(&object).ok());
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(scheme) = text.and_then(|text| Scheme::from_lines(&text).ok()) {
            self.set_in_force(InForce { object, scheme: Arc::new(scheme) });
        }
    }

    /// Whether the lists are finished, and made by the scheme that is known here.
    pub(crate) fn lists_are_whole(&self) -> Result<bool, ArchiveError> {
        let whole = PlacedUnder { object: self.in_force().object, next: u64::MAX };
        Ok(self.placed_under()? == whole)
    }

    /// Whether the lists hold a document where it belongs under the scheme in force.
    pub(crate) fn lists(&self, document: &Document) -> Result<bool, ArchiveError> {
        for key in keys(document, &self.in_force().scheme) {
            if !self.scheduled.lists.contains_key(key).map_err(|error| self.error(&error))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Counts a list within these days, by what is to be done; stops at so many.
    ///
    /// # Errors
    /// If sled cannot read it.
    pub(crate) fn count(
        &self,
        list: &List,
        days: Days,
        standings: &Standings,
        most: u64,
    ) -> Result<Counted, ArchiveError> {
        let mut counted = Counted::default();
        for group in standings.iter() {
            for entry in self.range(list, days, group, None) {
                let (key, _) = entry.map_err(|error| self.error(&error))?;
                if counted.total() == most {
                    counted.more = true;
                    return Ok(counted);
                }
                counted.add(Place::from_key(&key).and_then(|place| place.step));
            }
        }
        Ok(counted)
    }

    /// A part of a list within these days, in the order of day, step and registration.
    ///
    /// # Errors
    /// If sled cannot read it.
    pub(crate) fn part(
        &self,
        list: &List,
        days: Days,
        standings: &Standings,
        (after, most): (Option<Place>, usize),
    ) -> Result<Vec<Place>, ArchiveError> {
        let mut places = Vec::new();
        for group in standings.iter() {
            for entry in self.range(list, days, group, after).take(most) {
                let (key, _) = entry.map_err(|error| self.error(&error))?;
                places.extend(Place::from_key(&key));
            }
        }
        places.sort_unstable();
        places.truncate(most);
        Ok(places)
    }

    fn range(&self, list: &List, days: Days, group: Group, after: Option<Place>) -> sled::Iter {
        use std::ops::Bound::{Excluded, Included};
        let low = match after {
            Some(after) => Excluded(key(list, group, &after.to_bytes())),
            None => Included(key(list, group, &Place::first(days.from))),
        };
        let high = match days.to {
            Some(_) => Excluded(key(list, group, &Place::first(days.to))),
            None => Included(key(list, group, &Place::LAST)),
        };
        if matches!((&low, &high), (Excluded(low) | Included(low), Excluded(high)) if low >= high) {
            return self.scheduled.lists.scan_prefix([0xff; 2]);
        }
        self.scheduled.lists.range::<Vec<u8>, _>((low, high))
    }

    /// The newest documents that people gave a code and that are like this one, in kind and
    /// issuer.
    ///
    /// # Errors
    /// If sled cannot read them.
    pub(crate) fn alike(
        &self,
        document: &Document,
        standings: &Standings,
        most: usize,
    ) -> Result<Vec<Document>, ArchiveError> {
        let list = List::alike(document);
        let mut ordinals: Vec<sled::IVec> = Vec::new();
        for group in standings.iter() {
            let prefix = key(&list, group, &[]);
            for entry in self.scheduled.lists.scan_prefix(&prefix).rev().take(most) {
                let (key, _) = entry.map_err(|error| self.error(&error))?;
                ordinals.push(key.subslice(prefix.len(), key.len() - prefix.len()));
            }
        }
        ordinals.sort_unstable_by(|one, other| other.cmp(one));
        let found = ordinals.into_iter().take(most);
        let found = found.filter_map(|ordinal| self.by_key(&ordinal).transpose());
        found.filter(|found| !found.as_ref().is_ok_and(|found| found.id == document.id)).collect()
    }

    /// How many documents have a code, or more than so many.
    ///
    /// # Errors
    /// If sled cannot read them.
    pub(crate) fn with_code(
        &self,
        code: &Code,
        standings: &Standings,
        most: u64,
    ) -> Result<Counted, ArchiveError> {
        let list = List::Code(code.clone());
        let mut counted = Counted::default();
        for group in standings.iter() {
            for entry in self.scheduled.lists.scan_prefix(key(&list, group, &[])) {
                entry.map_err(|error| self.error(&error))?;
                if counted.total() == most {
                    counted.more = true;
                    return Ok(counted);
                }
                counted.add(None);
            }
        }
        Ok(counted)
    }

    /// The document at a place of a list.
    ///
    /// # Errors
    /// If sled cannot read it.
    pub(crate) fn at(&self, place: Place) -> Result<Option<Document>, ArchiveError> {
        self.by_key(&place.ordinal.to_be_bytes())
    }
}

/// The step with this number in a key.
pub(crate) fn step(number: u8) -> Option<Step> {
    number.checked_sub(1).and_then(|index| Step::ALL.get(usize::from(index)).copied())
}
