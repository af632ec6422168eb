//! Acts about documents that are registered already.

use simars_record::{
    AccessClass, AuthenticatedCopy, Description, Document, DocumentId, ObjectRef, Publication,
    StatementKind, Version,
};

use crate::journal::{Act, Committed, Nonces};
use crate::register::mark;
use crate::sync::Unsynced;
use crate::{Archive, ArchiveError, Reading};

/// A change to a registered document.
#[derive(Debug, Clone)]
pub enum Change {
    /// Put it before the public.
    Publish,
    /// Take it back.
    Withdraw,
    /// Give it another access class.
    Access(AccessClass),
    /// Describe it better.
    Correct(Box<Description>),
}

/// What is to be stated, and how the document stands afterwards.
struct Stated {
    kind: StatementKind,
    act: Act,
    /// The file that the statement names.
    names: ObjectRef,
    access: AccessClass,
    publication: Publication,
}

impl Change {
    fn onto(&self, document: &Document) -> Stated {
        let (access, publication) = (document.access, document.publication);
        let (kind, act, access, publication) = match self.clone() {
            Self::Publish => {
                (StatementKind::Published, Act::Published, access, Publication::Published)
            }
            Self::Withdraw => {
                (StatementKind::Withdrawn, Act::Withdrawn, access, Publication::Withdrawn)
            }
            Self::Access(access) => {
                (StatementKind::AccessChanged, Act::Access { access }, access, publication)
            }
            Self::Correct(description) => {
                let act = Act::Corrected { description };
                (StatementKind::Corrected, act, access, publication)
            }
        };
        Stated { kind, act, names: document.current().original, access, publication }
    }
}

impl Archive {
    /// Changes how a registered document stands or is described.
    ///
    /// # Errors
    /// If the change cannot be made durable. `Ok(None)` if there is no such document.
    pub fn change(
        &self,
        id: &DocumentId,
        change: &Change,
    ) -> Result<Option<Document>, ArchiveError> {
        self.state(id, &Unsynced::default(), |document| Some(change.onto(document)))
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
        self.state(id, &unsynced, |document| {
            let current = document.current();
            (current.number == version).then(|| Stated {
                kind: StatementKind::Extracted,
                act: Act::Extracted {
                    version: Box::new(read_version(current, &reading)),
                    description: Box::new(document.description.clone().renewed(description)),
                },
                names: current.original,
                access: document.access,
                publication: document.publication,
            })
        })
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
        let copied = self.state(id, &Unsynced::default(), |document| {
            let may = is_open(document.access, document.publication)
                && document.current().number == copy.version
                && !document.copies.contains(&copy);
            may.then_some(Stated {
                kind: StatementKind::Copied,
                act: Act::Copied { copy },
                names: copy.file,
                access: document.access,
                publication: document.publication,
            })
        })?;
        Ok(copied.filter(|document| document.copies.contains(&copy)))
    }

    /// Writes one statement about a document, together with the objects it names, and lets the
    /// views follow. `make` decides, from the
    /// document as it is at that moment, what is stated; `None` states nothing.
    fn state(
        &self,
        id: &DocumentId,
        objects: &Unsynced,
        make: impl Fn(&Document) -> Option<Stated>,
    ) -> Result<Option<Document>, ArchiveError> {
        let mut writer = self.writer();
        writer.refuse_when_behind()?;
        loop {
            let Some(document) = self.document(id)? else { return Ok(None) };
            let Some(stated) = make(&document) else { return Ok(Some(document)) };
            let open = is_open(stated.access, stated.publication);
            let current = document.current();
            let previous = document.statements.last().map(|statement| statement.leaf);
            let content = |nonces: &Nonces| mark(&stated.names, open, nonces);
            let line =
                self.line(*id, current.number, previous, stated.kind, content, &stated.act)?;
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
