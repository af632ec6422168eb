//! From received bytes to an acknowledged document.
//!
//! [`Archive::place`] and [`Archive::register_all`] are the whole of it, in the order in which
//! things become durable. If the power fails before step 6, nothing happened; after it,
//! everything did.

use std::collections::HashMap;
use std::sync::mpsc::{self, TryRecvError};
use std::sync::{Arc, PoisonError};

use serde_json::value::to_raw_value;
use simars_record::{
    AccessClass, Actor, Commitment, ContentMark, Date, Description, Digest, DocumentId, ObjectRef,
    Publication, Rendition, StackPart, Statement, StatementKind, Unit, Version,
};

use crate::archive::Writer;
use crate::journal::{Act, Body, Committed, Draft, Line, Nonces};
use crate::sync::Unsynced;
use crate::{Archive, ArchiveError, Reading, Received};

/// A file that was received, read and described, ready to be registered.
#[derive(Debug)]
pub struct Submission {
    /// The file as it came.
    pub original: Received,
    /// What was read from it.
    pub reading: Reading,
    /// The name it came with, without folders.
    pub file_name: String,
    /// What is known about it.
    pub description: Description,
    /// Its access class.
    pub access: AccessClass,
    /// The unit it belongs to; `None` for the office as a whole.
    pub unit: Option<Unit>,
    /// The day on which it opens for everybody; until then its class must not be the open one.
    pub opens: Option<Date>,
    /// From what it was made, if it leaves out parts of another document.
    pub rendition: Option<Rendition>,
    /// The stack of papers that it was taken from, if it did not come as a file of its own.
    pub stack: Option<StackPart>,
    /// Whether it is published at once.
    pub publication: Publication,
    /// Who files it; `None` if nobody signed in for it.
    pub by: Option<Actor>,
}

/// A submission whose objects lie in their places, but are not durable yet.
#[derive(Debug)]
pub struct Placed {
    submission: Submission,
    unsynced: Unsynced,
}

/// What became of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is registered, durably, under this id.
    Registered(DocumentId),
    /// A document with the same bytes is registered already.
    Duplicate(DocumentId),
}

/// At most this many waiting submissions are committed together.
const GROUP: usize = 256;

/// A submission that waits for whoever commits next, and where its outcome goes.
pub(crate) type Waiting = (Placed, mpsc::SyncSender<Result<Outcome, Arc<ArchiveError>>>);

impl Archive {
    /// Registers one document. Callers that come at the same time are committed as one group, by
    /// whichever of them is first: many uploads then share the waiting for the disk.
    ///
    /// # Errors
    /// As [`Archive::register_all`]; shared, because it concerns the whole group.
    pub fn register(&self, submission: Submission) -> Result<Outcome, Arc<ArchiveError>> {
        let placed = self.place(submission)?;
        let (sender, receiver) = mpsc::sync_channel(1);
        self.waiting().push_back((placed, sender));
        loop {
            let mut writer = self.writer();
            match receiver.try_recv() {
                Ok(outcome) => return outcome,
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => {
                    let detail = "whoever committed it ended before saying so".to_owned();
                    return Err(Arc::new(ArchiveError::Behind { detail }));
                }
            }
            let group: Vec<Waiting> = {
                let mut waiting = self.waiting();
                let count = waiting.len().min(GROUP);
                waiting.drain(..count).collect()
            };
            let (group, senders): (Vec<_>, Vec<_>) = group.into_iter().unzip();
            match self.commit(&mut writer, &group) {
                Ok(outcomes) => {
                    for (sender, outcome) in senders.iter().zip(outcomes) {
                        let _ = sender.send(Ok(outcome));
                    }
                }
                Err(error) => {
                    let error = Arc::new(error);
                    for sender in &senders {
                        let _ = sender.send(Err(Arc::clone(&error)));
                    }
                }
            }
        }
    }

    /// Step 1: original, text and layout go to their places, under the names of their digests. Any number
    /// of callers may do so at the same time; nobody looks there before the journal speaks of it.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn place(&self, mut submission: Submission) -> Result<Placed, ArchiveError> {
        let mut unsynced = Unsynced::default();
        self.objects().place(&mut submission.original, &mut unsynced)?;
        let original = submission.original.object().sha256;
        submission.reading.place(self.objects(), &original, &mut unsynced)?;
        Ok(Placed { submission, unsynced })
    }

    /// Registers a group of documents in one commit. When this returns, every outcome is durable.
    ///
    /// # Errors
    /// If anything cannot be written: then none of the group is registered, and the same call may
    /// be made again. If it cannot be synced, whether it is registered shows after a restart, and
    /// everything further is refused until then ([`ArchiveError::Behind`]).
    pub fn register_all(&self, group: &[Placed]) -> Result<Vec<Outcome>, ArchiveError> {
        self.commit(&mut self.writer(), group)
    }

    fn commit(&self, writer: &mut Writer, group: &[Placed]) -> Result<Vec<Outcome>, ArchiveError> {
        // 2. One writer at a time, and none whose catalogue cannot see what is registered.
        writer.refuse_when_behind()?;
        loop {
            // 3. What is registered already, or stands twice in this group, is not registered.
            let outcomes = self.sort_out(group)?;
            let mut fresh = Vec::new();
            let mut unsynced = Unsynced::default();
            for (placed, outcome) in group.iter().zip(&outcomes) {
                if let Outcome::Registered(id) = outcome {
                    fresh.push((&placed.submission, *id));
                    unsynced.join(&placed.unsynced);
                }
            }
            if fresh.is_empty() {
                return Ok(outcomes);
            }
            // 4. The statements are written down, under no name yet.
            let lines = self.lines(&fresh, writer.applied.documents)?;
            let before = writer.applied.end;
            let draft = Draft::write(before, &lines, &self.folder().staging(), &mut unsynced)?;
            // 5. All of it is on the disk. 6. The segment gets its number, if that is still free:
            // acknowledged. A disk that fails here is not asked again: it may forget that it did.
            let synced = unsynced.sync(self.disk());
            let committed = synced.and_then(|()| self.journal().commit(&draft));
            match committed.inspect_err(|error| writer.behind = Some(error.to_string()))? {
                Committed::Yes => {}
                Committed::Taken => {
                    self.follow(writer)?;
                    continue;
                }
            }
            // 7. The views follow. If they cannot, what was acknowledged stays so.
            if let Err(error) = self.follow(writer) {
                tracing::error!(%error, "registered, but the catalogue cannot follow");
                writer.behind = Some(error.to_string());
            }
            return Ok(outcomes);
        }
    }

    fn sort_out(&self, group: &[Placed]) -> Result<Vec<Outcome>, ArchiveError> {
        let mut in_this_group: HashMap<Digest, DocumentId> = HashMap::new();
        let sort = |placed: &Placed| {
            let digest = placed.submission.original.object().sha256;
            if let Some(document) = self.find(&digest)? {
                return Ok(Outcome::Duplicate(document.id));
            }
            if let Some(id) = in_this_group.get(&digest) {
                return Ok(Outcome::Duplicate(*id));
            }
            let id = self.fresh_id();
            in_this_group.insert(digest, id);
            Ok(Outcome::Registered(id))
        };
        group.iter().map(sort).collect()
    }

    fn lines(
        &self,
        fresh: &[(&Submission, DocumentId)],
        first_ordinal: u64,
    ) -> Result<Vec<Line>, ArchiveError> {
        let lines = fresh.iter().enumerate().map(|(offset, (submission, id))| {
            let act = Act::Registered {
                ordinal: first_ordinal + offset as u64,
                access: submission.access,
                unit: submission.unit,
                opens: submission.opens,
                rendition: submission.rendition,
                stack: submission.stack.clone(),
                publication: submission.publication,
                description: Box::new(submission.description.clone()),
                version: Box::new(self.first_version(submission)),
            };
            let kind = match submission.publication {
                Publication::Published => StatementKind::Published,
                Publication::Draft | Publication::Withdrawn => StatementKind::Registered,
            };
            let open = submission.access == AccessClass::Open
                && submission.publication == Publication::Published;
            let original = submission.original.object();
            let by = submission.by.as_ref();
            self.line(*id, 1, None, kind, |nonces| mark(&original, open, nonces), (&act, by))
        });
        lines.collect()
    }

    fn first_version(&self, submission: &Submission) -> Version {
        let original = submission.original.object();
        submission.reading.version(1, original, &submission.file_name, self.now())
    }

    /// Writes an act down: its body, the nonces, and the statement that commits to both.
    pub(crate) fn line(
        &self,
        object: DocumentId,
        version: u32,
        previous: Option<Digest>,
        kind: StatementKind,
        content: impl FnOnce(&Nonces) -> ContentMark,
        (act, by): (&Act, Option<&Actor>),
    ) -> Result<Line, ArchiveError> {
        let body = to_raw_value(&Body { act, by: by.map(|by| by.login.as_str()) })
            .map_err(|error| ArchiveError::Behind { detail: error.to_string() })?;
        let nonces = Nonces { content: self.nonce(), metadata: self.nonce() };
        let content = content(&nonces);
        let metadata =
            Commitment::new(nonces.metadata.as_bytes(), &Digest::of(body.get().as_bytes()));
        let statement = Statement {
            kind,
            object,
            version,
            previous,
            content,
            metadata,
            role: by.map(|by| by.role.clone()),
            time: self.now(),
        };
        Ok(Line { statement, nonces, body })
    }

    /// Adds a segment to the journal, with whatever it needs on the disk. The caller lets the views
    /// follow.
    ///
    /// # Errors
    /// If it cannot be written; then it did not happen. If it cannot be synced, everything further is
    /// refused until a restart.
    pub(crate) fn append(
        &self,
        writer: &mut Writer,
        lines: &[Line],
        mut unsynced: Unsynced,
    ) -> Result<Committed, ArchiveError> {
        let before = writer.applied.end;
        let draft = Draft::write(before, lines, &self.folder().staging(), &mut unsynced)?;
        let synced = unsynced.sync(self.disk());
        let committed = synced.and_then(|()| self.journal().commit(&draft));
        committed.inspect_err(|error| writer.behind = Some(error.to_string()))
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, std::collections::VecDeque<Waiting>> {
        self.waiting_queue().lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a statement names an original: outright if the document is before everyone.
pub(crate) fn mark(original: &ObjectRef, open: bool, nonces: &Nonces) -> ContentMark {
    match open {
        true => ContentMark::Public { digest: original.sha256, size_bytes: original.size_bytes },
        false => ContentMark::Closed(Commitment::new(nonces.content.as_bytes(), &original.sha256)),
    }
}
