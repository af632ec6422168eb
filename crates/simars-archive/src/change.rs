//! Acts about documents that are registered already.

use std::cell::Cell;

use simars_record::retention::{Hold, PhaseName};
use simars_record::{
    AccessClass, Actor, AuthenticatedCopy, Date, Description, Document, DocumentId, ObjectRef,
    Publication, Retention, StatementKind, Timestamp, Unit, Version,
};

use crate::journal::{Act, Committed, Nonces};
use crate::register::mark;
use crate::sync::Unsynced;
use crate::{Archive, ArchiveError, Reading, Received};

/// A change to a registered document.
#[derive(Debug, Clone)]
pub enum Change {
    /// Put it before the public.
    Publish,
    /// Take it back.
    Withdraw,
    /// Give it another access class, from now on and for good.
    Access(AccessClass),
    /// Keep it closed until a day on which the archive itself opens it for everybody.
    Embargo(Date),
    /// Give it to another unit; `None` for the office as a whole.
    Unit(Option<Unit>),
    /// Describe it better: the fields that are stated here; the others stay as they are.
    Correct(Box<Description>),
    /// State when the event took place from which a phase of its retention is counted, or that
    /// this is not known.
    Event(PhaseName, Option<Date>),
    /// Hold it, for this reason: nothing may become of it until it is released.
    Hold(String),
    /// End the hold.
    Release,
}

/// A file that takes the place of a document's newest version.
#[derive(Debug)]
pub struct Replacement<'a> {
    /// The file as it came.
    pub original: Received,
    /// What was read from it.
    pub reading: Reading,
    /// The name it came with, without folders.
    pub file_name: &'a str,
    /// What is known about it.
    pub described: &'a Description,
    /// Who does it; `None` if nobody signed in for it.
    pub by: Option<&'a Actor>,
}

/// What became of a replacement.
#[derive(Debug, Clone, PartialEq)]
pub enum Replaced {
    /// It is the newest version of the document.
    Done(Box<Document>),
    /// The same bytes are registered already, in this document.
    Duplicate(DocumentId),
}

/// What is to be stated, and how the document stands afterwards.
struct Stated {
    kind: StatementKind,
    act: Act,
    /// The version that is the newest afterwards.
    version: u32,
    /// The file that the statement names.
    names: ObjectRef,
    access: AccessClass,
    publication: Publication,
}

impl Change {
    /// What is to be stated of this document; nothing if it stands so already. Only what was
    /// published can be taken back.
    fn onto(&self, document: &Document, (now, by): (Timestamp, Option<&Actor>)) -> Option<Stated> {
        let (access, publication) = (document.access, document.publication);
        let changes = match self {
            Self::Publish => publication != Publication::Published,
            Self::Withdraw => publication == Publication::Published,
            Self::Access(other) => *other != access || document.opens.is_some(),
            Self::Embargo(day) => document.opens != Some(*day),
            Self::Unit(unit) => document.unit != *unit,
            Self::Correct(stated) => corrected(document, stated) != document.description,
            Self::Event(..) | Self::Hold(_) | Self::Release => {
                self.retained(document, now, by) != document.retention
            }
        };
        if !changes {
            return None;
        }
        let (kind, act, access, publication) = match self.clone() {
            Self::Publish => {
                (StatementKind::Published, Act::Published, access, Publication::Published)
            }
            Self::Withdraw => {
                (StatementKind::Withdrawn, Act::Withdrawn, access, Publication::Withdrawn)
            }
            Self::Access(access) => {
                let act = Act::Access { access, opens: None };
                (StatementKind::AccessChanged, act, access, publication)
            }
            Self::Embargo(day) => {
                let access = access.max(AccessClass::Restricted);
                let act = Act::Access { access, opens: Some(day) };
                (StatementKind::AccessChanged, act, access, publication)
            }
            Self::Unit(unit) => {
                (StatementKind::AccessChanged, Act::Unit { unit }, access, publication)
            }
            Self::Correct(stated) => {
                let description = Box::new(corrected(document, &stated));
                let act = Act::Corrected { description };
                (StatementKind::Corrected, act, access, publication)
            }
            Self::Event(..) | Self::Hold(_) | Self::Release => {
                let act = Act::Retained { retention: self.retained(document, now, by) };
                (StatementKind::Retained, act, access, publication)
            }
        };
        let current = document.current();
        let (version, names) = (current.number, current.original);
        Some(Stated { kind, act, version, names, access, publication })
    }

    /// What is stated about a document's retention afterwards.
    fn retained(&self, document: &Document, now: Timestamp, by: Option<&Actor>) -> Retention {
        let mut retention = document.retention.clone();
        match self {
            Self::Event(PhaseName::Active, day) => retention.event = *day,
            Self::Event(PhaseName::Inactive, day) => retention.inactive_event = *day,
            Self::Hold(reason) => {
                // The same reason again is no other hold.
                if retention.hold.as_ref().is_none_or(|hold| hold.reason != *reason) {
                    let by = by.map(|by| by.login.clone());
                    retention.hold = Some(Hold { reason: reason.clone(), since: now, by });
                }
            }
            Self::Release => retention.hold = None,
            Self::Publish
            | Self::Withdraw
            | Self::Access(_)
            | Self::Embargo(_)
            | Self::Unit(_)
            | Self::Correct(_) => {}
        }
        retention
    }
}

/// A document's description with fields of it corrected.
fn corrected(document: &Document, stated: &Description) -> Description {
    let mut description = document.description.clone();
    description.overlay(stated.clone());
    description
}

impl Archive {
    /// Changes how a registered document stands or is described. A change that would change
    /// nothing states nothing.
    ///
    /// # Errors
    /// If the change cannot be made durable. `Ok(None)` if there is no such document.
    pub fn change(
        &self,
        id: &DocumentId,
        change: &Change,
    ) -> Result<Option<Document>, ArchiveError> {
        self.change_by(id, change, None)
    }

    /// [`Archive::change`] by somebody who signed in for it.
    ///
    /// # Errors
    /// As there.
    pub fn change_by(
        &self,
        id: &DocumentId,
        change: &Change,
        by: Option<&Actor>,
    ) -> Result<Option<Document>, ArchiveError> {
        let now = self.now();
        self.state(id, &Unsynced::default(), by, |document| change.onto(document, (now, by)))
    }

    /// Opens the documents whose embargo has ended, as many as there are; gives how many. The day
    /// is that of the archive's clock, in UTC.
    ///
    /// # Errors
    /// If the catalogue cannot be read, or an act cannot be made durable.
    pub fn open_due(&self) -> Result<usize, ArchiveError> {
        const AT_A_TIME: usize = 256;
        let today = self.now().date();
        let mut opened = 0;
        loop {
            let due = self.catalogue().due_to_open(today, AT_A_TIME)?;
            if due.is_empty() {
                return Ok(opened);
            }
            for document in due {
                let open = Change::Access(AccessClass::Open);
                self.state(&document.id, &Unsynced::default(), None, |document| {
                    let due = document.opens.is_some_and(|day| day <= today);
                    due.then(|| open.onto(document, (self.now(), None))).flatten()
                })?;
                opened += 1;
            }
        }
    }

    /// The original of a document's version was read again, by recognition or by a better
    /// reader: its text, its layout and its findings are others from now on. The original and
    /// whatever a person stated about it stay as they are; the text before stays in the store,
    /// because the statements before name it.
    ///
    /// # Errors
    /// If it cannot be made durable. `Ok(None)` if there is no such document. If the version is
    /// not the newest any more, the document comes back as it is.
    pub fn read_again(
        &self,
        id: &DocumentId,
        version: u32,
        mut reading: Reading,
        description: &Description,
    ) -> Result<Option<Document>, ArchiveError> {
        let Some(document) = self.document(id)? else { return Ok(None) };
        let mut unsynced = Unsynced::default();
        let original = document.current().original.sha256;
        reading.place(self.objects(), &original, &mut unsynced)?;
        self.state(id, &unsynced, None, |document| {
            let current = document.current();
            (current.number == version).then(|| Stated {
                kind: StatementKind::Extracted,
                act: Act::Extracted {
                    version: Box::new(read_version(current, &reading)),
                    description: Box::new(document.description.clone().renewed(description)),
                },
                version,
                names: current.original,
                access: document.access,
                publication: document.publication,
            })
        })
    }

    /// Another file takes the place of a document's newest version, which stays as an older one.
    /// What a person stated about the document stays; the rest is what is `described` now.
    ///
    /// # Errors
    /// If it cannot be made durable. `Ok(None)` if there is no such document.
    pub fn replace(
        &self,
        id: &DocumentId,
        replacement: Replacement<'_>,
    ) -> Result<Option<Replaced>, ArchiveError> {
        if self.document(id)?.is_none() {
            return Ok(None);
        }
        let Replacement { mut original, mut reading, file_name, described, by } = replacement;
        let mut unsynced = Unsynced::default();
        self.objects().place(&mut original, &mut unsynced)?;
        let original = original.object();
        reading.place(self.objects(), &original.sha256, &mut unsynced)?;
        let registered = self.now();
        let known = Cell::new(None);
        let document = self.state(id, &unsynced, by, |document| {
            // Asked while nobody else can register the same bytes.
            let found = self.find(&original.sha256).transpose();
            if let Some(found) = found {
                known.set(Some(found.map(|document| document.id)));
                return None;
            }
            let number = document.current().number + 1;
            Some(Stated {
                kind: StatementKind::Replaced,
                act: Act::Replaced {
                    version: Box::new(reading.version(number, original, file_name, registered)),
                    description: Box::new(document.description.clone().renewed(described)),
                },
                version: number,
                names: original,
                access: document.access,
                publication: document.publication,
            })
        })?;
        match known.take() {
            Some(known) => Ok(Some(Replaced::Duplicate(known?))),
            None => Ok(document.map(|document| Replaced::Done(Box::new(document)))),
        }
    }

    /// States that an authenticated copy of the newest version was made, so that whoever holds the
    /// copy can check it like the original. Nothing is stated, and `Ok(None)` comes back, unless the
    /// document is before everyone; a copy that was stated already is not stated again.
    ///
    /// # Errors
    /// If it cannot be made durable.
    pub fn state_copy(
        &self,
        id: &DocumentId,
        copy: AuthenticatedCopy,
    ) -> Result<Option<Document>, ArchiveError> {
        let copied = self.state(id, &Unsynced::default(), None, |document| {
            let may = is_open(document.access, document.publication)
                && document.current().number == copy.version
                && !document.copies.contains(&copy);
            may.then_some(Stated {
                kind: StatementKind::Copied,
                act: Act::Copied { copy },
                version: copy.version,
                names: copy.file,
                access: document.access,
                publication: document.publication,
            })
        })?;
        Ok(copied.filter(|document| document.copies.contains(&copy)))
    }

    /// States that somebody who works here read the document, unless it is open to everyone.
    ///
    /// # Errors
    /// If it cannot be made durable. `Ok(None)` if there is no such document.
    pub fn state_view(
        &self,
        id: &DocumentId,
        by: &Actor,
    ) -> Result<Option<Document>, ArchiveError> {
        self.state(id, &Unsynced::default(), Some(by), |document| {
            let current = document.current();
            (document.access != AccessClass::Open).then_some(Stated {
                kind: StatementKind::Viewed,
                act: Act::Viewed,
                version: current.number,
                names: current.original,
                access: document.access,
                publication: document.publication,
            })
        })
    }

    /// Writes one statement about a document, together with the objects it names, and lets the
    /// views follow. `make` decides, from the
    /// document as it is at that moment, what is stated; `None` states nothing.
    fn state(
        &self,
        id: &DocumentId,
        objects: &Unsynced,
        by: Option<&Actor>,
        make: impl Fn(&Document) -> Option<Stated>,
    ) -> Result<Option<Document>, ArchiveError> {
        let mut writer = self.writer();
        writer.refuse_when_behind()?;
        loop {
            let Some(document) = self.document(id)? else { return Ok(None) };
            let Some(stated) = make(&document) else { return Ok(Some(document)) };
            let open = is_open(stated.access, stated.publication);
            let previous = document.statements.last().map(|statement| statement.leaf);
            let content = |nonces: &Nonces| mark(&stated.names, open, nonces);
            let line =
                self.line(*id, stated.version, previous, stated.kind, content, (&stated.act, by))?;
            let mut unsynced = Unsynced::default();
            unsynced.join(objects);
            let committed = self.append(&mut writer, &[line], unsynced)?;
            self.follow(&mut writer)?;
            if committed == Committed::Yes {
                return self.document(id);
            }
        }
    }
}

/// Whether everyone may have it, and so its statements may name it.
fn is_open(access: AccessClass, publication: Publication) -> bool {
    access == AccessClass::Open && publication == Publication::Published
}

fn read_version(current: &Version, reading: &Reading) -> Version {
    reading.version(current.number, current.original, &current.file_name, current.registered)
}

#[cfg(test)]
mod tests;
