//! The classification scheme and retention schedule: stated in versions, and what follows from the
//! one in force for every document.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use simars_record::retention::{Due, Step, due};
use simars_record::schedule::{Scheme, StatedSchedule, in_force};
use simars_record::statement::ARCHIVE;
use simars_record::{
    AccessClass, Actor, Code, ContentMark, Date, Digest, Document, ObjectRef, Publication,
    Schedule, StatementKind, Unit,
};

use crate::catalogue::scheduled::{self, InForce, PlacedUnder};
use crate::journal::{Act, Committed};
use crate::sync::Unsynced;
use crate::{Archive, ArchiveError, Received};

/// So many documents are placed anew before others may state something.
const CHUNK: usize = 256;

/// A list of documents that wait for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum List {
    /// With a day on which something is to be done.
    Due,
    /// The same, but held.
    Held,
    /// Waiting for an event that nobody stated yet.
    Waiting,
    /// Without a code.
    NoCode,
    /// With a code for which the scheme in force has no rule.
    NoRule,
    /// With this code.
    Code(Code),
    /// Given a code by people, of one kind and issuer.
    Alike(Digest),
}

impl List {
    pub(crate) const fn number(&self) -> u8 {
        match self {
            Self::Due => 0,
            Self::Held => 1,
            Self::Waiting => 2,
            Self::NoCode => 3,
            Self::NoRule => 4,
            Self::Code(_) => 5,
            Self::Alike(_) => 6,
        }
    }

    pub(crate) fn alike(document: &Document) -> Self {
        let text = |field: &Option<simars_record::Field<String>>| {
            field.as_ref().map(|field| field.value.to_lowercase()).unwrap_or_default()
        };
        let description = &document.description;
        let series = format!("{}\n{}", text(&description.kind), text(&description.issuer));
        Self::Alike(Digest::of(series.as_bytes()))
    }
}

/// How documents may stand that are asked for; others are not even counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standings {
    standings: Vec<(AccessClass, Publication)>,
    /// Whose documents alone; `None` for those of all units and of none.
    unit: Option<Unit>,
}

/// Documents that stand alike, of all units or of one: they lie together in each list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group {
    pub(crate) unit: Option<Unit>,
    pub(crate) access: AccessClass,
    pub(crate) publication: Publication,
}

impl Group {
    /// The groups that a document is in: that of all units, and that of its own if it has one.
    pub(crate) fn of(document: &Document) -> impl Iterator<Item = Self> {
        let Document { unit, access, publication, .. } = *document;
        let group = move |unit| Self { unit, access, publication };
        std::iter::once(group(None)).chain(unit.map(|unit| group(Some(unit))))
    }
}

impl FromIterator<(AccessClass, Publication)> for Standings {
    fn from_iter<I: IntoIterator<Item = (AccessClass, Publication)>>(standings: I) -> Self {
        Self { standings: standings.into_iter().collect(), unit: None }
    }
}

impl Standings {
    /// However documents stand.
    pub fn all() -> Self {
        let published = [Publication::Draft, Publication::Published, Publication::Withdrawn];
        let each = |access| published.map(|publication| (access, publication));
        AccessClass::ALL.into_iter().flat_map(each).collect()
    }

    /// The same of one unit's documents alone, if there is one.
    #[must_use]
    pub fn within(self, unit: Option<Unit>) -> Self {
        Self { unit, ..self }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Group> {
        let group = |&(access, publication)| Group { unit: self.unit, access, publication };
        self.standings.iter().map(group)
    }
}

/// Days, the last one not included; `None` is open on that side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub from: Option<Date>,
    /// The day after the last one.
    pub to: Option<Date>,
}

impl Days {
    /// The days of a month; `None` if the calendar has no such month.
    pub fn of_month(year: u16, month: u8) -> Option<Self> {
        let from = Date::new(year, month, 1)?;
        let to = if month == 12 { (year.checked_add(1)?, 1) } else { (year, month + 1) };
        Some(Self { from: Some(from), to: Date::new(to.0, to.1, 1) })
    }

    /// All days before this one. What has no day is not among them.
    pub fn before(day: Date) -> Self {
        Self { from: Date::new(1000, 1, 1), to: Some(day) }
    }
}

/// Where a document stands in a list: lists are in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The day on which something is to be done.
    pub day: Option<Date>,
    /// What.
    pub step: Option<Step>,
    /// The document's place in the order of registration.
    pub ordinal: u64,
}

impl Place {
    /// Bytes of a place in a key.
    const BYTES: usize = 13;
    /// Behind every place.
    pub(crate) const LAST: [u8; Self::BYTES] = [0xff; Self::BYTES];

    pub(crate) const fn of(ordinal: u64) -> Self {
        Self { day: None, step: None, ordinal }
    }

    /// Before every place of this day.
    pub(crate) fn first(day: Option<Date>) -> [u8; Self::BYTES] {
        Self { day, ..Self::of(0) }.to_bytes()
    }

    pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        if let Some(day) = self.day {
            bytes[..2].copy_from_slice(&day.year().to_be_bytes());
            bytes[2..4].copy_from_slice(&[day.month(), day.day()]);
        }
        bytes[4] = self.step.map_or(0, |step| step as u8 + 1);
        bytes[5..].copy_from_slice(&self.ordinal.to_be_bytes());
        bytes
    }

    pub(crate) fn from_key(key: &[u8]) -> Option<Self> {
        let bytes = key.last_chunk::<{ Self::BYTES }>()?;
        let (day, rest) = bytes.split_first_chunk::<4>()?;
        let (step, ordinal) = rest.split_first()?;
        Some(Self {
            day: Date::new(u16::from_be_bytes([day[0], day[1]]), day[2], day[3]),
            step: scheduled::step(*step),
            ordinal: u64::from_be_bytes(ordinal.try_into().ok()?),
        })
    }
}

impl std::fmt::Display for Place {
    /// As the end of a part of a list is written in an address.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::str::FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut bytes = [0; Self::BYTES];
        if text.len() != 2 * Self::BYTES || !text.is_ascii() {
            return Err(());
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).map_err(|_| ())?;
        }
        Self::from_key(&bytes).ok_or(())
    }
}

/// How many there are, by what is to be done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    steps: [u64; 4],
    others: u64,
    /// Whether there are more than were counted.
    pub more: bool,
}

impl Counted {
    pub(crate) fn add(&mut self, step: Option<Step>) {
        match step {
            Some(step) => self.steps[step as usize] += 1,
            None => self.others += 1,
        }
    }

    /// All that were counted.
    pub fn total(&self) -> u64 {
        self.steps.iter().sum::<u64>() + self.others
    }

    /// Those of which this is to be done.
    pub const fn of(&self, step: Step) -> u64 {
        self.steps[step as usize]
    }
}

/// How far the lists follow a scheme that has come into force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// So many documents are placed under it.
    pub placed: u64,
    /// Of so many.
    pub of: u64,
}

impl Archive {
    /// States a version of the scheme. The lists follow with the next [`Archive::reschedule`].
    ///
    /// # Errors
    /// If it cannot be made durable.
    pub fn state_schedule(
        &self,
        scheme: &Scheme,
        file_name: &str,
        (valid_from, valid_to): (Date, Option<Date>),
        by: Option<&Actor>,
    ) -> Result<StatedSchedule, ArchiveError> {
        let lines = scheme.to_lines();
        let lines = lines.map_err(|error| ArchiveError::Behind { detail: error.to_string() })?;
        let mut received = Received::from_bytes(lines.into_bytes());
        let entries = received.object();
        let schedule = Schedule {
            entries,
            count: scheme.len() as u64,
            file_name: file_name.to_owned(),
            valid_from,
            valid_to,
            demonstration: scheme.is_demonstration(),
        };
        let mut unsynced = Unsynced::default();
        self.objects().place(&mut received, &mut unsynced)?;
        let ObjectRef { sha256: digest, size_bytes } = entries;
        let act = Act::Scheduled { schedule };
        let mut writer = self.writer();
        writer.refuse_when_behind()?;
        loop {
            let (previous, kind) = (writer.applied.of_archive, StatementKind::Scheduled);
            let content = ContentMark::Schedule { digest, size_bytes };
            let line = self.line(ARCHIVE, 1, previous, kind, |_| content, (&act, by))?;
            let mut objects = Unsynced::default();
            objects.join(&unsynced);
            let committed = self.append(&mut writer, &[line], objects)?;
            self.follow(&mut writer)?;
            if committed == Committed::Yes {
                break;
            }
        }
        drop(writer);
        self.learn_scheme_or_warn()?;
        let stated = self.schedules()?.pop();
        stated.ok_or_else(|| ArchiveError::Behind {
            detail: "the catalogue does not know the schedule that was stated".to_owned(),
        })
    }

    /// All versions of the scheme, oldest first.
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub fn schedules(&self) -> Result<Vec<StatedSchedule>, ArchiveError> {
        self.catalogue().schedules()
    }

    /// The version that is in force today.
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub fn schedule_in_force(&self) -> Result<Option<StatedSchedule>, ArchiveError> {
        Ok(in_force(&self.schedules()?, self.now().date()).cloned())
    }

    /// The entries of a version.
    ///
    /// # Errors
    /// If the object cannot be read or is damaged.
    pub fn scheme_of(&self, entries: &ObjectRef) -> Result<Scheme, ArchiveError> {
        let damaged = |detail| ArchiveError::Damaged { path: self.object_path(entries), detail };
        Scheme::from_lines(&self.text(entries)?).map_err(damaged)
    }

    /// The scheme by which the lists are made; empty if there is none.
    pub fn scheme(&self) -> Arc<Scheme> {
        self.catalogue().in_force().scheme
    }

    /// What the scheme says of a document: when what falls due. `None` if it has no rule for it.
    pub fn due(&self, document: &Document) -> Option<Due> {
        let scheme = self.scheme();
        let rule = scheme.get(&self.code_of(document)?)?.rule.as_ref()?;
        Some(due(rule, &document.retention, scheduled::own_date(document)))
    }

    /// The code of a document, if what it is classified as is one.
    pub fn code_of(&self, document: &Document) -> Option<Code> {
        scheduled::code_of(document)
    }

    /// Learns which scheme is in force today.
    pub(crate) fn learn_scheme(&self) -> Result<(), ArchiveError> {
        let version = self.schedule_in_force()?;
        let object = version.map(|version| version.schedule.entries);
        if self.catalogue().in_force().object == object {
            return Ok(());
        }
        let scheme = object.as_ref().map(|object| self.scheme_of(object)).transpose()?;
        let scheme = Arc::new(scheme.unwrap_or_default());
        // Nobody places a document by the one scheme and notes it under the other.
        let _writer = self.writer();
        self.catalogue().set_in_force(InForce { object, scheme });
        Ok(())
    }

    /// The same at opening: a scheme that cannot be read keeps nobody from their documents. Once
    /// it can, everything is placed anew.
    pub(crate) fn learn_scheme_or_warn(&self) -> Result<(), ArchiveError> {
        match self.learn_scheme() {
            Err(error) if error.is_lasting() => {
                tracing::error!(%error, "the retention schedule in force cannot be read");
                self.catalogue().note_placed(PlacedUnder::default())
            }
            learnt => learnt,
        }
    }

    /// Places all documents in the lists by the scheme that is in force today, if they are not
    /// yet; goes on where it ended. False if `stop` ended it before.
    ///
    /// # Errors
    /// If the catalogue or the scheme cannot be read.
    pub fn reschedule(&self, stop: impl Fn() -> bool) -> Result<bool, ArchiveError> {
        self.learn_scheme()?;
        loop {
            if stop() {
                return Ok(false);
            }
            // Nobody states anything meanwhile.
            let writer = self.writer();
            let object = self.catalogue().in_force().object;
            let noted = self.catalogue().placed_under()?;
            let next = if noted.object == object { noted.next } else { 0 };
            if noted == (PlacedUnder { object, next: u64::MAX }) {
                return Ok(true);
            }
            let placed = self.catalogue().place_again(next, CHUNK)?;
            // Whatever is registered from the end on is placed as it comes.
            let done = placed == next || placed >= writer.applied.documents;
            let next = if done { u64::MAX } else { placed };
            self.catalogue().note_placed(PlacedUnder { object, next })?;
            self.derived().store(true, Ordering::Relaxed);
        }
    }

    /// How far the lists follow the scheme in force; `None` if they do.
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub fn rescheduling(&self) -> Result<Option<Progress>, ArchiveError> {
        let (noted, of) = (self.catalogue().placed_under()?, self.applied().documents);
        let today = self.schedule_in_force()?.map(|version| version.schedule.entries);
        let placed = if noted.object == today { noted.next.min(of) } else { 0 };
        Ok((placed < of).then_some(Progress { placed, of }))
    }

    /// Counts a list within these days, but no more than `most`.
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub fn count_listed(
        &self,
        list: &List,
        days: Days,
        standings: &Standings,
        most: u64,
    ) -> Result<Counted, ArchiveError> {
        match list {
            List::Code(code) => self.catalogue().with_code(code, standings, most),
            _ => self.catalogue().count(list, days, standings, most),
        }
    }

    /// A part of a list within these days, behind a place.
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub fn listed(
        &self,
        list: &List,
        days: Days,
        standings: &Standings,
        part: (Option<Place>, usize),
    ) -> Result<Vec<(Place, Document)>, ArchiveError> {
        let places = self.catalogue().part(list, days, standings, part)?;
        let found = places.into_iter().map(|place| {
            let document = self.catalogue().at(place)?;
            Ok(document.map(|document| (place, document)))
        });
        found.filter_map(Result::transpose).collect()
    }

    /// The newest documents of the same kind and issuer that people gave a code.
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub fn classified_alike(
        &self,
        document: &Document,
        standings: &Standings,
        most: usize,
    ) -> Result<Vec<Document>, ArchiveError> {
        self.catalogue().alike(document, standings, most)
    }
}

#[cfg(test)]
mod tests;
