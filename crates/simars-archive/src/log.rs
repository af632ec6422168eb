//! The public log: the journal's statements as files that anybody can check (C2SP tlog-tiles).
//!
//! [`Archive::publish`] is the whole of it, in the order in which things become durable. The log
//! follows the journal; it is begun by [`Archive::create_log`] and by nothing else. What must never
//! happen is that two checkpoints are signed that contradict each other, so nothing is signed that
//! does not continue what was signed last.

pub(crate) mod derive;
pub(crate) mod files;
pub(crate) mod keys;
mod proofs;
mod steps;

use std::sync::{MutexGuard, PoisonError};

use simars_record::statement::ARCHIVE;
use simars_record::{ContentMark, Digest, Statement, StatementKind};
use simars_tlog::{
    Checkpoint, Frontier, Note, NoteSignature, StatusMap, TileReader, TreeHead, check_consistency,
};

use crate::archive::Writer;
use crate::journal::{Act, Committed};
use crate::sync::Unsynced;
use crate::{Archive, ArchiveError};
use files::Files;
use keys::Keys;

/// So many statements are written into tiles at once; a multiple of what a full tile holds.
const STEP: usize = 1 << 16;

/// The log as this process has it in hand.
#[derive(Debug)]
pub(crate) struct Log {
    /// Without keys the log is shown as it was left.
    keys: Option<Keys>,
    files: Files,
    /// The entries that have tiles.
    size: u64,
    /// The segment of the journal that is looked at next.
    next_segment: u64,
    /// The map over all statements looked at.
    map: StatusMap,
    /// Statements looked at that have no tiles yet.
    pending: Vec<(String, Digest)>,
    /// Whether a key was stated: without that the log was not begun, only its key made.
    begun: bool,
    /// Whether the map has changed since its root was stated last.
    unstated: bool,
    /// The latest statement about the archive.
    of_archive: Option<Digest>,
    /// The latest statement of the map's root, and where it stands.
    indexed: Option<(u64, Statement)>,
    /// The newest checkpoint, with every signature there is.
    note: Option<Note>,
    head: TreeHead,
    /// Why nothing is signed: somebody has proved that it must not be, or what was signed last is
    /// not known here.
    halted: Option<String>,
}

/// What the log says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The newest checkpoint, with every signature there is.
    pub note: Note,
    /// Its size and root.
    pub head: TreeHead,
}

impl Archive {
    /// Lets the log follow the journal: whatever was stated since is put into tiles, and a checkpoint
    /// is signed over it. `Ok(None)` if there is no log.
    ///
    /// # Errors
    /// [`ArchiveError::Unsigned`] if what would be signed does not continue what was signed last, or
    /// if the disk refuses. The journal is not affected; the next call begins anew.
    pub fn publish(&self) -> Result<Option<Published>, ArchiveError> {
        let mut held = self.log_in_hand();
        let mut log = match held.take() {
            Some(log) => log,
            None => match Log::load(self)? {
                Some(log) => log,
                None => return Ok(None),
            },
        };
        if let Some(detail) = log.halted.clone() {
            *held = Some(log);
            return Err(ArchiveError::Unsigned { detail });
        }
        // Whatever is wrong after an error is looked at anew from the disk: it is not put back.
        self.publish_with(&mut log)?;
        let published = log.published();
        *held = Some(log);
        Ok(published)
    }

    fn publish_with(&self, log: &mut Log) -> Result<(), ArchiveError> {
        // 1. Most of what is new, without keeping anybody from registering.
        let mut unsynced = Unsynced::default();
        log.follow(self, &mut unsynced)?;
        if !log.begun {
            return Ok(());
        }
        // 2. The rest, and a statement of the map's root over all of it, as one step.
        let root = {
            let mut writer = self.writer();
            log.follow(self, &mut unsynced)?;
            if log.unstated {
                self.state_index(&mut writer, log)?;
                log.follow(self, &mut unsynced)?;
            }
            writer.applied.frontier().map(|frontier| frontier.root())
        };
        log.write_tiles(&mut unsynced)?;
        if log.note.is_some() && log.size == log.head.size {
            return Ok(());
        }
        // 3. All tiles are on the disk.
        unsynced.sync(self.disk())?;
        // 4. Read back, they have the root of the journal's own tree …
        let head = log.read_back(root)?;
        // 5. … and continue what was signed last. Only then is anything signed.
        log.refuse_unless_continued(&head)?;
        let keys = log.keys()?;
        let checkpoint = Checkpoint::new(keys.origin(), head, Vec::new())
            .map_err(|error| ArchiveError::Unsigned { detail: error.to_string() })?;
        let note = keys.sign(&checkpoint)?;
        // 6. What is signed is remembered before anybody can see it.
        keys.remember(&note)?;
        // 7. Everybody can see it.
        log.files.write_checkpoint(&note)?;
        log.files.clear_partial(log.head.size, head.size);
        (log.note, log.head) = (Some(note), head);
        Ok(())
    }

    /// States the root of the map over everything before.
    fn state_index(&self, writer: &mut Writer, log: &mut Log) -> Result<(), ArchiveError> {
        writer.refuse_when_behind()?;
        let content =
            ContentMark::Index { root: log.map.root(), statements: writer.applied.end.statements };
        let previous = log.of_archive;
        self.state_of_archive(writer, StatementKind::Indexed, content, previous, &Act::Indexed)
    }

    pub(crate) fn state_of_archive(
        &self,
        writer: &mut Writer,
        kind: StatementKind,
        content: ContentMark,
        previous: Option<Digest>,
        act: &Act,
    ) -> Result<(), ArchiveError> {
        let line = self.line(ARCHIVE, 1, previous, kind, |_| content, (act, None))?;
        let committed = self.append(writer, &[line], Unsynced::default())?;
        self.follow(writer)?;
        if committed == Committed::Taken {
            let detail = "another process writes to the same journal".to_owned();
            return Err(ArchiveError::Unsigned { detail });
        }
        Ok(())
    }

    /// The newest checkpoint; `None` if there is no log, or nothing was published by this process yet.
    pub fn published(&self) -> Option<Published> {
        self.log_in_hand().as_ref()?.published()
    }

    /// Adds signatures of witnesses to the newest checkpoint, if it is still this one, in place of
    /// older ones of theirs, and shows it with them. The caller has checked them.
    ///
    /// # Errors
    /// If the checkpoint cannot be written.
    pub fn add_cosignatures(
        &self,
        of: &TreeHead,
        signatures: Vec<NoteSignature>,
    ) -> Result<(), ArchiveError> {
        let mut held = self.log_in_hand();
        let Some(log) = held.as_mut().filter(|log| log.head == *of) else { return Ok(()) };
        let Some(note) = log.note.as_mut() else { return Ok(()) };
        signatures.into_iter().for_each(|signature| note.renew(signature));
        log.files.write_checkpoint(note)
    }

    /// Signs nothing any more until the archive is opened again: somebody, for example a witness, has
    /// seen a newer checkpoint than this archive knows of.
    pub fn halt_log(&self, detail: String) {
        if let Some(log) = self.log_in_hand().as_mut() {
            log.halted = Some(detail);
        }
    }

    /// The proof that the log of `old` entries is the beginning of the newest checkpoint's, for
    /// witnesses. `None` if there is no such log.
    ///
    /// # Errors
    /// If the tiles cannot be read.
    pub fn log_consistency(&self, old: u64) -> Result<Option<Vec<Digest>>, ArchiveError> {
        let (files, size) = match self.log_in_hand().as_ref() {
            Some(log) if old <= log.head.size => (log.files.clone(), log.head.size),
            _ => return Ok(None),
        };
        let mut reader = TileReader::new(size, |tile: &_| files.read(tile));
        reader.consistency(old).map(Some).map_err(|error| files.damaged(&error))
    }

    pub(crate) fn log_in_hand(&self) -> MutexGuard<'_, Option<Log>> {
        self.log().lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    /// The log as it lies on the disk; `None` if none was begun. One that must not sign, as after it
    /// was put back from a backup, is loaded all the same: what it showed can be proved further.
    fn load(archive: &Archive) -> Result<Option<Self>, ArchiveError> {
        let files = Files::new(archive.folder().log());
        let keys = Keys::load(&archive.folder().keys())?;
        let note = files.checkpoint()?;
        let end = archive.applied().end;
        let (shown, halted) = match (&keys, &note) {
            (None, None) => return Ok(None),
            (None, Some(note)) => (Some(keys::shown(note)?), Some(keys::MISSING.to_owned())),
            (Some(keys), note) => {
                let shown = note.as_ref().map(|note| keys.head_of(note)).transpose()?;
                keys.refuse_when_behind(end.statements)?;
                let unknown = keys.refuse_unknown_past(shown.as_ref()).err();
                (shown, unknown.map(|error| error.to_string()))
            }
        };
        let head = shown.unwrap_or(TreeHead { size: 0, root: simars_tlog::root(&[]) });
        if head.size > end.statements {
            let detail = format!(
                "its checkpoint has {} statements, the journal only {}; hint: an older copy of the \
                 journal was put in place, restore the newest one",
                head.size, end.statements
            );
            return Err(ArchiveError::Unsigned { detail });
        }
        let mut log = Self {
            next_segment: archive.journal().beginning_with(head.size, end)?,
            keys,
            size: 0,
            map: StatusMap::new(),
            pending: Vec::new(),
            begun: false,
            unstated: false,
            of_archive: None,
            indexed: None,
            note,
            head,
            halted,
            files,
        };
        let files = log.files.clone();
        let mut frontier = Frontier::new();
        files.entries(head.size, |index, text| {
            frontier.append(log.see(index, text)?);
            Ok(())
        })?;
        if (frontier.size(), frontier.root()) != (head.size, head.root) {
            return Err(files.damaged(&"its entries do not have the root that was signed"));
        }
        log.size = head.size;
        log.map.root();
        Ok(Some(log))
    }

    /// Looks at what the journal has beyond what was looked at.
    fn follow(&mut self, archive: &Archive, unsynced: &mut Unsynced) -> Result<(), ArchiveError> {
        let last = archive.applied().end.segment;
        while self.next_segment <= last {
            for line in archive.journal().read(self.next_segment)?.lines {
                let index = self.size + self.pending.len() as u64;
                let text = line.statement.to_string();
                let leaf = self.see(index, &text)?;
                self.pending.push((text, leaf));
            }
            self.next_segment += 1;
            if self.pending.len() >= STEP {
                self.write_tiles(unsynced)?;
            }
        }
        Ok(())
    }

    /// Takes in the statement with this index; gives its leaf hash.
    fn see(&mut self, index: u64, text: &str) -> Result<Digest, ArchiveError> {
        let statement: Statement = text.parse().map_err(|error| {
            self.files.damaged(&format!("entry {index} is no statement: {error}"))
        })?;
        let leaf = statement.leaf_hash();
        self.map.follow(&statement, leaf);
        self.unstated = statement.kind != StatementKind::Indexed;
        self.begun |= statement.kind == StatementKind::KeyChanged;
        if statement.object == ARCHIVE {
            self.of_archive = Some(leaf);
        }
        if statement.kind == StatementKind::Indexed {
            self.indexed = Some((index, statement));
        }
        Ok(leaf)
    }

    fn write_tiles(&mut self, unsynced: &mut Unsynced) -> Result<(), ArchiveError> {
        let pending = std::mem::take(&mut self.pending);
        for step in pending.chunks(STEP) {
            self.files.grow(self.size, step, unsynced)?;
            self.size += step.len() as u64;
        }
        Ok(())
    }

    /// The root of the tiles, which must be that of the journal's own tree.
    fn read_back(&self, expected: Option<Digest>) -> Result<TreeHead, ArchiveError> {
        let size = self.size;
        let mut reader = TileReader::new(size, |tile: &_| self.files.read(tile));
        let root = reader.root().map_err(|error| self.files.damaged(&error))?;
        if expected == Some(root) {
            return Ok(TreeHead { size, root });
        }
        let detail = format!(
            "the tiles up to statement {size} have another root than the journal; hint: `simars \
             check` tells which files are damaged"
        );
        Err(ArchiveError::Unsigned { detail })
    }

    fn refuse_unless_continued(&self, head: &TreeHead) -> Result<(), ArchiveError> {
        let Some(last) = self.keys.as_ref().and_then(Keys::last) else { return Ok(()) };
        let mut reader = TileReader::new(head.size, |tile: &_| self.files.read(tile));
        let path = reader.consistency(last.size).map_err(|error| self.files.damaged(&error))?;
        if check_consistency(last, head, &path) {
            return Ok(());
        }
        let detail = format!(
            "the journal's first {} statements are not those that were signed before; hint: an \
             older or another copy of the journal was put in place, see docs/keys.md",
            last.size
        );
        Err(ArchiveError::Unsigned { detail })
    }

    /// The keys, if they may be used.
    fn keys(&mut self) -> Result<&mut Keys, ArchiveError> {
        let halted = self.halted.clone();
        match (&mut self.keys, halted) {
            (Some(keys), None) => Ok(keys),
            (_, detail) => {
                let detail = detail.unwrap_or_else(|| keys::MISSING.to_owned());
                Err(ArchiveError::Unsigned { detail })
            }
        }
    }

    fn published(&self) -> Option<Published> {
        Some(Published { note: self.note.clone()?, head: self.head })
    }
}

#[cfg(test)]
mod tests;
