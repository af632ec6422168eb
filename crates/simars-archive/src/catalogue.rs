//! The catalogue: a sled view of the journal. The only place that names sled.
//!
//! It can be deleted at any time. It is written without waiting for the disk, because the journal
//! is what counts; each change carries the place in the journal up to which it is complete.

pub mod monthly;
mod named;
mod opening;
pub(crate) mod scheduled;
mod timed;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use simars_record::statement::ARCHIVE;
use simars_record::{Digest, Document, DocumentId, Publication, Rendition, StatementRef};
use simars_tlog::Frontier;

use crate::ArchiveError;
use crate::complete::Completed;
use crate::journal::{Act, End, Line, Segment};

pub use timed::{List, Place};

/// Bytes of memory that sled may use for its cache.
const CACHE_BYTES: u64 = 48 * 1024 * 1024;

/// How far the catalogue has followed the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The place in the journal.
    pub end: End,
    /// How many documents it knows.
    pub documents: u64,
    /// The subtree roots of the log over all statements so far.
    pub subtrees: Vec<Digest>,
    /// The leaf hash of the latest statement about the archive itself.
    #[serde(default)]
    pub of_archive: Option<Digest>,
}

impl Applied {
    /// The log's tree at this place.
    pub fn frontier(&self) -> Option<Frontier> {
        Frontier::from_parts(self.end.statements, self.subtrees.clone())
    }
}

/// The open catalogue.
#[derive(Debug, Clone)]
pub struct Catalogue {
    path: PathBuf,
    database: sled::Db,
    documents: sled::Tree,
    ids: sled::Tree,
    digests: sled::Tree,
    named: named::Named,
    /// day, ordinal: the documents that open by themselves. What is no longer so is passed over.
    opening: sled::Tree,
    /// ordinal of a document, ordinal of what was made from it for readers.
    renditions: sled::Tree,
    /// month, segment: how many acts of each kind.
    monthly: sled::Tree,
    /// ordinal: the documents whose description needs a person's eye.
    to_review: sled::Tree,
    scheduled: scheduled::Scheduled,
    /// list, time, ordinal: where each document stands in the lists by time.
    timed: sled::Tree,
}

const APPLIED: &str = "applied";
const FORMAT: &str = "format";
const COMPLETED: &str = "completed";
/// Raised when the catalogue holds something that an older one lacks: such a one is built again.
const THIS_FORMAT: &[u8] = b"4";

impl Catalogue {
    /// Opens the catalogue, empty if it is new.
    ///
    /// # Errors
    /// [`ArchiveError::Catalogue`] if sled cannot open it, or panics while trying.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        let error = |detail: String| ArchiveError::Catalogue { path: path.to_owned(), detail };
        // sled 0.34 panics on some kinds of damage; for a view that is only a reason to rebuild.
        let opened = catch_unwind(AssertUnwindSafe(|| -> sled::Result<Self> {
            let database = sled::Config::new()
                .path(path)
                .cache_capacity(CACHE_BYTES)
                .flush_every_ms(Some(2_000))
                .open()?;
            Ok(Self {
                path: path.to_owned(),
                documents: database.open_tree("documents")?,
                ids: database.open_tree("ids")?,
                digests: database.open_tree("digests")?,
                timed: database.open_tree("timed")?,
                named: named::Named::open(&database)?,
                opening: database.open_tree("opening")?,
                renditions: database.open_tree("renditions")?,
                monthly: database.open_tree("monthly")?,
                to_review: database.open_tree("to review")?,
                scheduled: scheduled::Scheduled::open(&database)?,
                database,
            })
        }));
        match opened {
            Ok(Ok(catalogue)) => catalogue.of_this_format(),
            Ok(Err(source)) => Err(error(source.to_string())),
            Err(_) => Err(error("sled panicked while opening it".to_owned())),
        }
    }

    /// Refuses a catalogue that holds something and was written by another version.
    fn of_this_format(self) -> Result<Self, ArchiveError> {
        let read = |key| self.database.get(key).map_err(|error| self.error(&error));
        let (format, applied) = (read(FORMAT)?, read(APPLIED)?);
        match format {
            Some(format) if format == THIS_FORMAT => Ok(self),
            None if applied.is_none() => {
                let noted = self.database.insert(FORMAT, THIS_FORMAT);
                noted.map_err(|error| self.error(&error))?;
                Ok(self)
            }
            _ => Err(self.error(&"it was written by another version of the program")),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn error(&self, detail: &dyn std::fmt::Display) -> ArchiveError {
        ArchiveError::Catalogue { path: self.path.clone(), detail: detail.to_string() }
    }

    /// Hands everything to the system; sled's own flush is no more than that.
    ///
    /// # Errors
    /// If sled refuses.
    pub fn flush(&self) -> Result<(), ArchiveError> {
        self.database.flush().map(drop).map_err(|error| self.error(&error))
    }

    /// How far it has followed the journal.
    ///
    /// # Errors
    /// If the note cannot be read.
    pub fn applied(&self) -> Result<Applied, ArchiveError> {
        match self.database.get(APPLIED).map_err(|error| self.error(&error))? {
            None => Ok(Applied::default()),
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|error| self.error(&error)),
        }
    }

    /// Follows the journal by one segment. Applying a segment twice changes nothing.
    ///
    /// # Errors
    /// If sled refuses, or the segment does not fit what is known.
    pub fn apply(&self, before: &Applied, segment: &Segment) -> Result<Applied, ArchiveError> {
        let mut frontier =
            before.frontier().ok_or_else(|| self.error(&"its note of the log is damaged"))?;
        let mut changed = Changed::default();
        let (mut documents, mut of_archive) = (before.documents, before.of_archive);
        for (offset, line) in segment.lines.iter().enumerate() {
            let index = segment.header.first + offset as u64;
            let leaf = line.statement.leaf_hash();
            frontier.append(leaf);
            if line.statement.object == ARCHIVE {
                self.note_schedule(index, line)?;
                of_archive = Some(leaf);
                continue;
            }
            let known = match changed.get(&line.statement.object) {
                Some(document) => Some(document.clone()),
                None => self.document(&line.statement.object)?,
            };
            let document = apply_line(known, line, index).map_err(|detail| self.error(&detail))?;
            documents = documents.max(document.ordinal + 1);
            changed.put(document);
        }
        self.write(&changed)?;
        self.count_acts(segment)?;
        let subtrees = frontier.subtrees().to_vec();
        let applied = Applied { end: segment.end(), documents, subtrees, of_archive };
        let note = serde_json::to_vec(&applied).map_err(|error| self.error(&error))?;
        self.database.insert(APPLIED, note).map_err(|error| self.error(&error))?;
        Ok(applied)
    }

    /// How far descriptions of older rules were filled in; see [`Archive::complete`](crate::Archive::complete).
    ///
    /// # Errors
    /// If the note cannot be read.
    pub(crate) fn completed(&self) -> Result<Completed, ArchiveError> {
        match self.database.get(COMPLETED).map_err(|error| self.error(&error))? {
            None => Ok(Completed::default()),
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|error| self.error(&error)),
        }
    }

    pub(crate) fn note_completed(&self, completed: Completed) -> Result<(), ArchiveError> {
        let note = serde_json::to_vec(&completed).map_err(|error| self.error(&error))?;
        self.database.insert(COMPLETED, note).map(drop).map_err(|error| self.error(&error))
    }

    /// Puts a document in the place of what is known of it.
    pub(crate) fn put(&self, document: &Document) -> Result<(), ArchiveError> {
        let mut changed = Changed::default();
        changed.put(document.clone());
        self.write(&changed)
    }

    fn write(&self, changed: &Changed) -> Result<(), ArchiveError> {
        let (mut documents, mut ids, mut digests) =
            (sled::Batch::default(), sled::Batch::default(), sled::Batch::default());
        let (mut named, mut timed) = (named::Batches::default(), sled::Batch::default());
        let (mut opening, mut to_review) = (sled::Batch::default(), sled::Batch::default());
        let mut scheduled = scheduled::Batches::new(self);
        for document in &changed.documents {
            let ordinal = &document.ordinal.to_be_bytes();
            let before = self.by_key(ordinal)?;
            named.replace(before.as_ref(), document);
            timed::replace(&mut timed, before.as_ref(), document);
            scheduled.place(document)?;
            let value = serde_json::to_vec(document).map_err(|error| self.error(&error))?;
            documents.insert(ordinal, value);
            ids.insert(document.id.as_bytes(), ordinal);
            if document.description.fields_to_review().is_empty() {
                to_review.remove(ordinal);
            } else {
                to_review.insert(ordinal, b"");
            }
            if let Some(Rendition { of, .. }) = document.rendition
                && let Some(sealed) =
                    self.ids.get(of.as_bytes()).map_err(|error| self.error(&error))?
            {
                let key = [&sealed[..], &ordinal[..]].concat();
                self.renditions.insert(key, b"").map_err(|error| self.error(&error))?;
            }
            if let Some(day) = document.opens {
                opening.insert(&opening::key(day, document.ordinal)[..], b"");
            }
            for version in &document.versions {
                digests.insert(version.original.sha256.as_bytes(), ordinal);
            }
            for copy in &document.copies {
                digests.insert(copy.file.sha256.as_bytes(), ordinal);
            }
        }
        let written = self.documents.apply_batch(documents);
        let written = written.and_then(|()| self.ids.apply_batch(ids));
        let written = written.and_then(|()| self.named.write(named));
        let written = written.and_then(|()| self.opening.apply_batch(opening));
        let written = written.and_then(|()| self.to_review.apply_batch(to_review));
        let written = written.and_then(|()| scheduled.write());
        let written = written.and_then(|()| self.timed.apply_batch(timed));
        written.and_then(|()| self.digests.apply_batch(digests)).map_err(|error| self.error(&error))
    }

    /// The document with this id.
    ///
    /// # Errors
    /// If sled cannot read it.
    pub fn document(&self, id: &DocumentId) -> Result<Option<Document>, ArchiveError> {
        match self.ids.get(id.as_bytes()).map_err(|error| self.error(&error))? {
            Some(ordinal) => self.by_key(&ordinal),
            None => Ok(None),
        }
    }

    /// The document that has a version with this digest.
    ///
    /// # Errors
    /// If sled cannot read it.
    pub fn find(&self, digest: &Digest) -> Result<Option<Document>, ArchiveError> {
        match self.digests.get(digest.as_bytes()).map_err(|error| self.error(&error))? {
            Some(ordinal) => self.by_key(&ordinal),
            None => Ok(None),
        }
    }

    fn by_key(&self, ordinal: &[u8]) -> Result<Option<Document>, ArchiveError> {
        let found = self.documents.get(ordinal).map_err(|error| self.error(&error))?;
        found.map(|bytes| self.read(&bytes)).transpose()
    }

    fn read(&self, bytes: &[u8]) -> Result<Document, ArchiveError> {
        serde_json::from_slice(bytes).map_err(|error| self.error(&error))
    }

    /// Loses an entry, as a power cut may.
    #[cfg(test)]
    pub(crate) fn forget(&self, digest: &Digest) {
        drop(self.digests.remove(digest.as_bytes()).expect("sled removes"));
        self.database.flush().expect("sled flushes");
    }

    /// All documents from an ordinal on, oldest first.
    pub fn from(&self, ordinal: u64) -> impl Iterator<Item = Result<Document, ArchiveError>> {
        let this = self.clone();
        let found = self.documents.range(ordinal.to_be_bytes()..);
        found.map(move |entry| {
            let (_, bytes) = entry.map_err(|error| this.error(&error))?;
            this.read(&bytes)
        })
    }

    /// The documents whose description needs a person's eye, from an ordinal on, oldest first.
    pub fn to_review(&self, ordinal: u64) -> impl Iterator<Item = Result<Document, ArchiveError>> {
        let this = self.clone();
        let found = self.to_review.range(ordinal.to_be_bytes()..);
        found.filter_map(move |entry| match entry {
            Ok((ordinal, _)) => this.by_key(&ordinal).transpose(),
            Err(error) => Some(Err(this.error(&error))),
        })
    }

    /// What was made from a document for readers, oldest first.
    ///
    /// # Errors
    /// If sled cannot read it.
    pub fn renditions(&self, sealed: u64) -> Result<Vec<Document>, ArchiveError> {
        let mut made = Vec::new();
        for entry in self.renditions.scan_prefix(sealed.to_be_bytes()) {
            let (key, _) = entry.map_err(|error| self.error(&error))?;
            made.extend(key.get(8..).map(|ordinal| self.by_key(ordinal)).transpose()?.flatten());
        }
        Ok(made)
    }

    /// All documents, newest first.
    pub fn newest(&self) -> impl Iterator<Item = Result<Document, ArchiveError>> {
        let this = self.clone();
        self.documents.iter().rev().map(move |entry| {
            let (_, bytes) = entry.map_err(|error| this.error(&error))?;
            this.read(&bytes)
        })
    }
}

/// Documents that a segment touches, each once.
#[derive(Default)]
struct Changed {
    documents: Vec<Document>,
    places: std::collections::HashMap<DocumentId, usize>,
}

impl Changed {
    fn get(&self, id: &DocumentId) -> Option<&Document> {
        self.places.get(id).map(|&place| &self.documents[place])
    }

    fn put(&mut self, document: Document) {
        match self.places.get(&document.id) {
            Some(&place) => self.documents[place] = document,
            None => {
                self.places.insert(document.id, self.documents.len());
                self.documents.push(document);
            }
        }
    }
}

/// What a document becomes by one more statement.
fn apply_line(known: Option<Document>, line: &Line, index: u64) -> Result<Document, String> {
    let statement = &line.statement;
    let entry = StatementRef {
        index,
        kind: statement.kind.as_str().to_owned(),
        leaf: statement.leaf_hash(),
        time: statement.time,
        by: line.by(),
    };
    let act = line.act()?;
    if let Act::Registered {
        ordinal,
        access,
        unit,
        opens,
        rendition,
        publication,
        description,
        version,
    } = act
    {
        return Ok(Document {
            id: statement.object,
            ordinal,
            versions: vec![*version],
            description: *description,
            access,
            unit,
            opens,
            rendition,
            publication,
            statements: vec![entry],
            copies: Vec::new(),
            retention: simars_record::Retention::default(),
        });
    }
    let mut document = known
        .ok_or_else(|| format!("statement {index} speaks of an unknown {}", statement.object))?;
    if document.statements.iter().any(|known| known.index == index) {
        return Ok(document);
    }
    match act {
        Act::Registered { .. } => {}
        Act::Corrected { description } => document.description = *description,
        Act::Extracted { version, description } => {
            let number = version.number;
            let known = document.versions.iter_mut().find(|known| known.number == number);
            *known.ok_or_else(|| format!("statement {index} speaks of an unknown version"))? =
                *version;
            document.description = *description;
        }
        Act::Replaced { version, description } => {
            if version.number != document.current().number + 1 {
                return Err(format!("statement {index} skips a version"));
            }
            document.versions.push(*version);
            document.description = *description;
        }
        Act::Published => document.publication = Publication::Published,
        Act::Withdrawn => document.publication = Publication::Withdrawn,
        Act::Access { access, opens } => (document.access, document.opens) = (access, opens),
        Act::Unit { unit } => document.unit = unit,
        Act::Copied { copy } => document.copies.push(copy),
        Act::Viewed => {}
        Act::Retained { retention } => document.retention = retention,
        Act::Key { .. } | Act::Indexed | Act::Scheduled { .. } => {
            return Err(format!("statement {index} is about the archive and names a document"));
        }
    }
    document.statements.push(entry);
    Ok(document)
}
