//! The open archive: what can be asked of it, and how it mends itself when it opens.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File};
use std::ops::Range;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use simars_record::{
    ActName, Digest, Document, DocumentId, ObjectRef, Relation, RelationKind, Timestamp,
};

use crate::catalogue::monthly::{Acts, Month};
use crate::catalogue::{Applied, Catalogue, List, Place};
use crate::folder::read_if_there;
use crate::journal::{End, Journal};
use crate::log::Log;
use crate::object::{Incoming, Objects};
use crate::register::Waiting;
use crate::sync::{Disk, sync_folder};
use crate::{ArchiveError, DataFolder, FolderLock};

/// What the archive needs from outside: the time, and randomness for ids and nonces.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings {
    /// The time now.
    pub now: fn() -> Timestamp,
    /// Fills the bytes with unpredictable ones.
    pub random: fn(&mut [u8]),
}

/// An archive in a data folder that this process owns.
#[derive(Debug)]
pub struct Archive {
    folder: DataFolder,
    disk: Disk,
    lock: Mutex<FolderLock>,
    surroundings: Surroundings,
    objects: Objects,
    journal: Journal,
    catalogue: Catalogue,
    writer: Mutex<Writer>,
    waiting: Mutex<VecDeque<Waiting>>,
    log: Mutex<Option<Log>>,
    /// A copy of the writer's place, so that readers need not wait for it.
    applied: RwLock<Applied>,
    history_changed: bool,
    opened_at: End,
    /// Whether the catalogue was written beyond what the journal says.
    derived: AtomicBool,
}

/// What whoever commits must know.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) applied: Applied,
    pub(crate) behind: Option<String>,
}

impl Writer {
    pub(crate) fn refuse_when_behind(&self) -> Result<(), ArchiveError> {
        match &self.behind {
            None => Ok(()),
            Some(detail) => Err(ArchiveError::Behind { detail: detail.clone() }),
        }
    }
}

impl Archive {
    /// Opens the archive in a folder, creating what is missing. What was left half-done is
    /// cleared away, a last segment that is not whole is repaired, and a catalogue that is
    /// missing, damaged or from another history is built again from the journal; each repair is
    /// told in the log.
    ///
    /// # Errors
    /// If another process owns the folder, the disk refuses, or the journal itself is damaged
    /// before its last segment.
    pub fn open(folder: DataFolder, surroundings: Surroundings) -> Result<Self, ArchiveError> {
        folder.create()?;
        let lock = folder.lock()?;
        let disk = Disk::open(folder.root())?;
        clear_staging(&folder)?;
        let journal = Journal::new(folder.journal());
        let (end, repaired) = journal.end(&folder.staging())?;
        forget_unsynced_catalogue(&folder)?;
        let (catalogue, applied, rebuilt) = open_catalogue(&folder, &journal, end.segment)?;
        mark_catalogue(&folder)?;
        let archive = Self {
            objects: Objects::new(folder.objects(), folder.staging()),
            journal,
            catalogue,
            writer: Mutex::new(Writer { applied: applied.clone(), behind: None }),
            waiting: Mutex::default(),
            log: Mutex::default(),
            opened_at: applied.end,
            applied: RwLock::new(applied),
            lock: Mutex::new(lock),
            disk,
            folder,
            surroundings,
            history_changed: repaired || rebuilt,
            derived: AtomicBool::new(false),
        };
        archive.learn_scheme_or_warn()?;
        archive.follow(&mut archive.writer())?;
        archive.learn_scheme_or_warn()?;
        Ok(archive)
    }

    /// The data folder.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// Whether, at opening, the journal was repaired or the catalogue knew another history: then
    /// no other view can be trusted to follow this journal either.
    pub fn history_changed(&self) -> bool {
        self.history_changed
    }

    /// Tells other processes where this one serves.
    ///
    /// # Errors
    /// If the lock file cannot be written.
    pub fn announce(&self, listen: String) -> Result<(), ArchiveError> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).announce(Some(listen))
    }

    /// Begins to receive a file.
    pub fn receive(&self) -> Incoming {
        Incoming::new(self.folder.staging().join(self.fresh_id().to_string()))
    }

    /// The document with this id.
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub fn document(&self, id: &DocumentId) -> Result<Option<Document>, ArchiveError> {
        self.catalogue.document(id)
    }

    /// The document that has a version with this digest.
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub fn find(&self, digest: &Digest) -> Result<Option<Document>, ArchiveError> {
        self.catalogue.find(digest)
    }

    /// All documents, newest first.
    pub fn newest(&self) -> impl Iterator<Item = Result<Document, ArchiveError>> {
        self.catalogue.newest()
    }

    /// All documents from an ordinal on, oldest first.
    pub fn from(&self, ordinal: u64) -> impl Iterator<Item = Result<Document, ArchiveError>> {
        self.catalogue.from(ordinal)
    }

    /// What was made from a document for readers; see [`Catalogue::renditions`].
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub fn renditions(&self, sealed: &Document) -> Result<Vec<Document>, ArchiveError> {
        self.catalogue.renditions(sealed.ordinal)
    }

    /// What was done in each month; see [`Catalogue::acts_by_month`].
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub fn acts_by_month(
        &self,
        first: Month,
        last: Month,
    ) -> Result<BTreeMap<Month, Acts>, ArchiveError> {
        self.catalogue.acts_by_month(first, last)
    }

    /// The documents whose description needs a person's eye; see [`Catalogue::to_review`].
    pub fn to_review(&self, ordinal: u64) -> impl Iterator<Item = Result<Document, ArchiveError>> {
        self.catalogue.to_review(ordinal)
    }

    /// The documents of a list by the time of what was stated last; see [`Catalogue::timed`].
    pub fn timed(
        &self,
        list: List<'_>,
        between: Range<Place>,
    ) -> impl DoubleEndedIterator<Item = Result<(Place, Document), ArchiveError>> {
        self.catalogue.timed(list, between)
    }

    /// The documents that are the act with this name; see [`Catalogue::acts_called`].
    pub fn acts_called<'a>(
        &'a self,
        name: &'a ActName,
    ) -> impl Iterator<Item = Result<Document, ArchiveError>> + 'a {
        self.catalogue.acts_called(name)
    }

    /// The documents that name this act in this way; see [`Catalogue::naming`].
    pub fn naming<'a>(
        &'a self,
        act: &'a Document,
        kind: RelationKind,
    ) -> impl Iterator<Item = Result<(Document, Relation), ArchiveError>> + 'a {
        self.catalogue.naming(act, kind)
    }

    /// The documents on whose force this one bears; see [`Catalogue::touched_in_force`].
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub fn touched_in_force(&self, document: &Document) -> Result<Vec<Document>, ArchiveError> {
        self.catalogue.touched_in_force(document)
    }

    /// How far the archive has come: segments, statements, documents, the log's tree.
    pub fn applied(&self) -> Applied {
        self.applied.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Opens an object.
    ///
    /// # Errors
    /// If it is not there.
    pub fn open_object(&self, object: &ObjectRef) -> Result<File, ArchiveError> {
        self.objects.open(&object.sha256)
    }

    /// Where an object lies, for readers that want a path. What lies there never changes.
    pub fn object_path(&self, object: &ObjectRef) -> std::path::PathBuf {
        self.objects.path(&object.sha256)
    }

    /// Reads a text or layout object, and makes sure that it is what was registered.
    ///
    /// # Errors
    /// If it cannot be read or is damaged.
    pub fn text(&self, object: &ObjectRef) -> Result<String, ArchiveError> {
        let bytes = self.objects.read(object)?;
        String::from_utf8(bytes).map_err(|_| ArchiveError::Damaged {
            path: self.objects.path(&object.sha256),
            detail: "a text that is not UTF-8".to_owned(),
        })
    }

    /// The documents that a segment speaks of, each once, in the order of the statements.
    ///
    /// # Errors
    /// If the segment cannot be read.
    pub fn touched_by(&self, segment: u64) -> Result<Vec<DocumentId>, ArchiveError> {
        let mut seen = std::collections::HashSet::new();
        let segment = self.journal.read(segment)?;
        let changes = segment.lines.iter().filter(|line| !line.statement.kind.leaves_as_it_is());
        let ids = changes.map(|line| line.statement.object);
        Ok(ids.filter(|id| seen.insert(*id)).collect())
    }

    /// How many statements there are up to the end of a segment.
    ///
    /// # Errors
    /// If the segment cannot be read.
    pub fn statements_through(&self, segment: u64) -> Result<u64, ArchiveError> {
        Ok(self.journal.read(segment)?.end().statements)
    }

    /// Lets the catalogue follow the journal to its end.
    pub(crate) fn follow(&self, writer: &mut Writer) -> Result<(), ArchiveError> {
        let mut next = writer.applied.end.segment + 1;
        while self.journal.path(next).exists() {
            let segment = self.journal.read(next)?;
            let end = writer.applied.end;
            if segment.header.previous != end.sha256 || segment.header.first != end.statements {
                let detail = "it does not continue the segment before it".to_owned();
                return Err(ArchiveError::Damaged { path: self.journal.path(next), detail });
            }
            writer.applied = self.catalogue.apply(&writer.applied, &segment)?;
            next += 1;
        }
        *self.applied.write().unwrap_or_else(PoisonError::into_inner) = writer.applied.clone();
        Ok(())
    }

    pub(crate) fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn waiting_queue(&self) -> &Mutex<VecDeque<Waiting>> {
        &self.waiting
    }

    pub(crate) fn log(&self) -> &Mutex<Option<Log>> {
        &self.log
    }

    pub(crate) fn disk(&self) -> &Disk {
        &self.disk
    }

    pub(crate) fn objects(&self) -> &Objects {
        &self.objects
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }

    pub(crate) fn derived(&self) -> &AtomicBool {
        &self.derived
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The clock that the archive was given.
    pub fn clock(&self) -> fn() -> Timestamp {
        self.surroundings.now
    }

    /// The time, as the archive's surroundings tell it.
    pub fn now(&self) -> Timestamp {
        (self.surroundings.now)()
    }

    pub(crate) fn fresh_id(&self) -> DocumentId {
        let mut bytes = [0; 16];
        (self.surroundings.random)(&mut bytes);
        DocumentId::from_bytes(bytes)
    }

    pub(crate) fn nonce(&self) -> Digest {
        let mut bytes = [0; 32];
        (self.surroundings.random)(&mut bytes);
        Digest::from_bytes(bytes)
    }
}

impl Drop for Archive {
    /// Leaves a catalogue that the next start can trust without looking.
    fn drop(&mut self) {
        let as_it_was = self.applied().end == self.opened_at && !*self.derived.get_mut();
        let written = match as_it_was {
            true => Ok(true),
            false => self.catalogue.flush().and_then(|()| self.disk.sync()),
        };
        match written {
            Ok(_) => drop(fs::remove_file(self.folder.catalogue_mark())),
            Err(error) => tracing::warn!(%error, "the catalogue will be built again"),
        }
    }
}

/// Removes what a process that ended in the middle left in the staging folder.
fn clear_staging(folder: &DataFolder) -> Result<(), ArchiveError> {
    let staging = folder.staging();
    let entries = fs::read_dir(&staging).map_err(ArchiveError::io("read", &staging))?;
    let mut cleared = 0;
    for entry in entries {
        let path = entry.map_err(ArchiveError::io("read", &staging))?.path();
        fs::remove_file(&path).map_err(ArchiveError::io("remove", &path))?;
        cleared += 1;
    }
    if cleared > 0 {
        tracing::warn!(files = cleared, "removed files that were never registered from staging");
    }
    Ok(())
}

/// The run of the machine: another one after each start (Linux).
fn this_boot() -> Vec<u8> {
    fs::read("/proc/sys/kernel/random/boot_id").unwrap_or_default()
}

/// Takes away a catalogue that was open when the machine went down. It is written without waiting
/// for the disk, so it may have lost what its own note says it has. The end of a process alone
/// does it no harm: the system still writes what it was given.
fn forget_unsynced_catalogue(folder: &DataFolder) -> Result<(), ArchiveError> {
    let mark = read_if_there(&folder.catalogue_mark())?;
    if mark.is_some_and(|mark| mark != this_boot()) && folder.catalogue().exists() {
        tracing::warn!("the machine went down while the catalogue was open; building it again");
        remove(&folder.catalogue())?;
    }
    Ok(())
}

fn mark_catalogue(folder: &DataFolder) -> Result<(), ArchiveError> {
    let path = folder.catalogue_mark();
    fs::write(&path, this_boot()).map_err(ArchiveError::io("write", &path))?;
    sync_folder(&folder.root().join("views"))
}

/// Opens the catalogue; one that cannot be used, or that knows another history than the
/// journal's, is deleted and begun anew. The last value says whether that happened.
fn open_catalogue(
    folder: &DataFolder,
    journal: &Journal,
    last: u64,
) -> Result<(Catalogue, Applied, bool), ArchiveError> {
    let path = folder.catalogue();
    let new = !path.exists();
    let opened = Catalogue::open(&path).and_then(|catalogue| {
        let applied = catalogue.applied()?;
        match differs(&applied, journal, last)? {
            None => Ok((catalogue, applied, false)),
            Some(detail) => Err(ArchiveError::Catalogue { path: path.clone(), detail }),
        }
    });
    match opened {
        Err(ArchiveError::Catalogue { detail, .. }) => {
            tracing::warn!(detail, "the catalogue cannot be used; building it again");
            remove(&path)?;
            Ok((Catalogue::open(&path)?, Applied::default(), true))
        }
        opened => {
            if new && last > 0 {
                tracing::warn!(segments = last, "the catalogue is missing; building it again");
            }
            opened
        }
    }
}

/// Why a catalogue does not belong to this journal, if it does not.
fn differs(
    applied: &Applied,
    journal: &Journal,
    last: u64,
) -> Result<Option<String>, ArchiveError> {
    let segment = applied.end.segment;
    if segment > last {
        return Ok(Some(format!("it knows segment {segment}, the journal ends at {last}")));
    }
    if segment == 0 {
        return Ok(None);
    }
    let path = journal.path(segment);
    let bytes = read_if_there(&path)?.unwrap_or_default();
    let same = applied.end.sha256 == Some(Digest::of(&bytes)) && applied.frontier().is_some();
    Ok((!same).then(|| format!("its segment {segment} is not the journal's")))
}

fn remove(path: &std::path::Path) -> Result<(), ArchiveError> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.map_err(ArchiveError::io("remove", path))
}

#[cfg(test)]
pub(crate) mod tests;
