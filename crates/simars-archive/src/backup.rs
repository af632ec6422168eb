//! Backups: a copy of the store in another folder, made beside a running server.
//!
//! A backup needs no lock on the archive, because it reads only what never changes: a segment is
//! whole as soon as it has its number, the objects it names lie in their places before that, and
//! what the log shows was stated before. So everything that belongs to the last segment that is
//! seen at the beginning is there, whatever is added meanwhile.
//!
//! [`backup`] is the whole of it, in the order in which things become durable; [`restore`] is the
//! way back.

mod copy;
pub mod manifest;
pub mod restore;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use serde::Serialize;
use simars_record::{Digest, ObjectRef, Timestamp};
use simars_replace::{Readable, replace};
use simars_tlog::{Checkpoint, Frontier, Note, Tile};

pub use manifest::{LogManifest, Manifest};

use crate::check::log::LogCheck;
use crate::check::statements::Statements;
use crate::check::{self, Check, Damage, Options, Part, Report, Rounds};
use crate::folder::read_if_there;
use crate::journal::{Journal, Segment};
use crate::log::derive::{Content, Derived};
use crate::log::files::{CHECKPOINT, Files};
use crate::log::keys::{CURRENT, NEXT};
use crate::object::{Objects, digest_of_file};
use crate::sync::sync_folder;
use crate::{ArchiveError, DataFolder};
use copy::Copies;

/// What a run of the backup did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// What the backup holds now.
    pub manifest: Manifest,
    /// Segments that were copied in this run.
    pub copied_segments: u64,
    /// Objects that were copied in this run.
    pub copied_objects: u64,
    /// The bytes of those objects.
    pub copied_bytes: u64,
    /// Whether the keys that sign the log lie in the backup.
    pub keys: bool,
    /// What could not be copied, because the archive itself is damaged there.
    pub damage: Vec<Damage>,
}

/// A run under way.
struct Run<'a> {
    data: &'a DataFolder,
    from: Objects,
    to: DataFolder,
    objects: Objects,
    before: Manifest,
    copies: Copies,
    seen: HashSet<Digest>,
    done: Backup,
}

/// Brings the backup in a folder up to date: what it has already is not copied again. `progress` is
/// told the number of each segment that was dealt with, and of the last one.
///
/// # Errors
/// [`ArchiveError::Backup`] if the folder holds something else, or the backup of another history;
/// [`ArchiveError::Damaged`] if the journal or the log is damaged; or if a disk refuses. What the
/// backup was before, it still is then.
pub fn backup(
    data: &DataFolder,
    into: &Path,
    with_keys: bool,
    now: Timestamp,
    progress: impl Fn(u64, u64),
) -> Result<Backup, ArchiveError> {
    if !data.exists() {
        return Err(ArchiveError::Missing { folder: data.root().to_owned() });
    }
    let _lock = prepare(data, into)?;
    let before = Manifest::read(into)?.unwrap_or_else(|| Manifest::new(now));
    // 1. What the log shows is read before the end of the journal, so that the journal has it all.
    let log = read_log(data)?;
    // 2. The end. Only what is durable here may be there: it must not be forgotten by a power cut.
    let journal = Journal::new(data.journal());
    let last = journal.last()?;
    sync_folder(&data.journal())?;
    refuse_another_history(&before, &journal, last, into)?;
    let to = DataFolder::new(into);
    let mut run = Run {
        data,
        from: Objects::new(data.objects(), data.staging()),
        objects: Objects::new(to.objects(), to.staging()),
        copies: Copies::into(into)?,
        to,
        before,
        seen: HashSet::new(),
        done: Backup {
            manifest: Manifest { log, ..Manifest::new(now) },
            copied_segments: 0,
            copied_objects: 0,
            copied_bytes: 0,
            keys: false,
            damage: Vec::new(),
        },
    };
    // 3. Segments with the objects they name, and the files of the log as the segments make them.
    run.store(&journal, last, progress)?;
    run.keys(with_keys)?;
    // 4. All of it is on the disk, and was read back.
    run.copies.finish()?;
    // 5. Only now the backup is what this run has made of it.
    run.done.manifest.write(into)?;
    Ok(run.done)
}

impl Run<'_> {
    fn store(
        &mut self,
        journal: &Journal,
        last: u64,
        progress: impl Fn(u64, u64),
    ) -> Result<(), ArchiveError> {
        let size = self.done.manifest.log.as_ref().map_or(0, |log| log.size);
        let mut statements = Statements::default();
        let mut derived = Derived::new();
        for number in 1..=last {
            let segment = journal.read(number)?;
            let mut failed = None;
            let wrong = statements.take(&segment, |statements, line, leaf| {
                if failed.is_none() && statements.frontier.size() <= size {
                    let entry = line.statement.to_string();
                    failed = self.entry(&mut derived, &entry, leaf, &statements.frontier).err();
                }
            });
            failed.map_or(Ok(()), Err)?;
            if let Some(detail) = wrong.into_iter().next() {
                return Err(ArchiveError::Damaged { path: journal.path(number), detail });
            }
            self.segment(journal, number, &segment)?;
            for object in std::mem::take(&mut statements.named) {
                self.object(&object, number)?;
            }
            progress(number, last);
        }
        let manifest = &mut self.done.manifest;
        (manifest.segments, manifest.end) = (statements.end.segment, statements.end.sha256);
        manifest.statements = statements.end.statements;
        Ok(())
    }

    /// Lets the log's files in the backup grow by an entry, up to the checkpoint.
    fn entry(
        &mut self,
        derived: &mut Derived,
        entry: &str,
        leaf: Digest,
        frontier: &Frontier,
    ) -> Result<(), ArchiveError> {
        let log = self.done.manifest.log.as_ref();
        let at_checkpoint = log.filter(|log| log.size == frontier.size()).cloned();
        let mut failed = None;
        let mut place = |content: &Content| failed = failed.take().or(self.tile(content).err());
        derived.push(entry, leaf, &mut place);
        let Some(log) = at_checkpoint else { return failed.map_or(Ok(()), Err) };
        derived.edge().for_each(place);
        if log.root != frontier.root() {
            let detail = format!("the journal's first {} statements have another root", log.size);
            let path = self.data.log().join(CHECKPOINT);
            return Err(ArchiveError::Damaged { path, detail });
        }
        failed.map_or(Ok(()), Err)
    }

    fn segment(
        &mut self,
        journal: &Journal,
        number: u64,
        segment: &Segment,
    ) -> Result<(), ArchiveError> {
        let to = Journal::new(self.to.journal()).path(number);
        // What a run that was not finished has left may not be durable: it is written again.
        if number <= self.before.segments && to.exists() {
            return Ok(());
        }
        self.done.copied_segments += 1;
        self.copies.file(&journal.path(number), &to, &segment.sha256)
    }

    /// Copies an object that a segment names, unless the backup has it.
    fn object(&mut self, object: &ObjectRef, segment: u64) -> Result<(), ArchiveError> {
        if !self.seen.insert(object.sha256) {
            return Ok(());
        }
        let manifest = &mut self.done.manifest;
        (manifest.objects, manifest.bytes) =
            (manifest.objects + 1, manifest.bytes + object.size_bytes);
        let to = self.objects.path(&object.sha256);
        let held = fs::metadata(&to).is_ok_and(|held| held.len() == object.size_bytes);
        let known = held && segment <= self.before.segments;
        if known || held && digest_of_file(&to).is_ok_and(|digest| digest == object.sha256) {
            return Ok(());
        }
        let from = self.from.path(&object.sha256);
        match self.copies.file(&from, &to, &object.sha256) {
            Ok(()) => {
                self.done.copied_objects += 1;
                self.done.copied_bytes += object.size_bytes;
                Ok(())
            }
            // One damaged object must not keep all the others from being saved.
            Err(error) if error.is_lasting() => {
                self.done.manifest.missing.push(*object);
                let path = from.display().to_string();
                self.done.damage.push(Damage { part: Part::Objects, path, detail: error.detail() });
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Writes what a tile must be, in every width in which the archive serves it.
    fn tile(&mut self, content: &Content) -> Result<(), ArchiveError> {
        let Some(tile) = content.tile() else { return Ok(()) };
        let served = check::log::partial_widths(&Files::new(self.data.log()), &tile);
        let target = Files::new(self.to.log());
        for width in served.into_iter().chain([tile.width()]) {
            let named = Tile::new(tile.level(), tile.index(), width);
            let (Some(named), Some(bytes)) = (named, content.first(width)) else { continue };
            let path = target.path(&named);
            if read_if_there(&path)?.as_deref() != Some(bytes) {
                self.copies.bytes(bytes, &path)?;
            }
        }
        Ok(())
    }

    /// The keys, if that is wished; without the record of what they signed, which would be out of
    /// date when the backup is put back: then they sign nothing until somebody tells them.
    fn keys(&mut self, with_keys: bool) -> Result<(), ArchiveError> {
        let folder = self.to.keys();
        // A key that knows of no checkpoint at all would begin another history.
        if with_keys && self.done.manifest.log.is_some() {
            for name in [CURRENT, NEXT] {
                copy_key(&self.data.keys().join(name), &folder.join(name))?;
            }
        }
        self.done.keys = folder.join(CURRENT).exists();
        Ok(())
    }
}

/// Copies a key, if it is there, so that only its owner can read it.
fn copy_key(from: &Path, to: &Path) -> Result<(), ArchiveError> {
    let Some(bytes) = read_if_there(from)? else { return Ok(()) };
    if let Some(folder) = to.parent() {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(ArchiveError::io("create", folder))?;
    }
    replace(to, &bytes, Readable::ByOwner).map_err(ArchiveError::io("write", to))
}

/// Prepares the folder of a backup; the file that is given back keeps a second run out.
fn prepare(data: &DataFolder, into: &Path) -> Result<fs::File, ArchiveError> {
    let refused = |detail: &str| {
        Err(ArchiveError::Backup { path: into.to_owned(), detail: detail.to_owned() })
    };
    let lock = into.join("backup.lock");
    let begun = lock.exists();
    if !begun && fs::read_dir(into).is_ok_and(|mut entries| entries.next().is_some()) {
        return refused("it is not empty, and no backup; hint: name an empty folder");
    }
    fs::create_dir_all(into).map_err(ArchiveError::io("create", into))?;
    let inside = |path: &Path| fs::canonicalize(path).map_err(ArchiveError::io("open", path));
    if inside(into)?.starts_with(inside(data.root())?) {
        return refused("it lies in the data folder; hint: use another disk");
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let file = options.open(&lock).map_err(ArchiveError::io("open", &lock))?;
    if file.try_lock().is_err() {
        return refused("another run is writing to it; hint: wait for its end");
    }
    Ok(file)
}

/// What the log shows now.
fn read_log(data: &DataFolder) -> Result<Option<LogManifest>, ArchiveError> {
    let files = Files::new(data.log());
    let path = data.log().join(CHECKPOINT);
    let Some(bytes) = read_if_there(&path)? else { return Ok(None) };
    let damaged = |detail: String| ArchiveError::Damaged { path: path.clone(), detail };
    let text = String::from_utf8(bytes).map_err(|error| damaged(error.to_string()))?;
    let note: Note = text.parse().map_err(|error| damaged(format!("{error}")))?;
    let checkpoint: Checkpoint =
        note.text().parse().map_err(|error| damaged(format!("{error}")))?;
    let policy = files.policy()?.unwrap_or_default();
    let policy = String::from_utf8(policy).map_err(|error| damaged(error.to_string()))?;
    let (size, root) = (checkpoint.head().size, checkpoint.head().root);
    Ok(Some(LogManifest { size, root, checkpoint: text, policy }))
}

/// A backup goes on with the history that it has, or not at all.
fn refuse_another_history(
    before: &Manifest,
    journal: &Journal,
    last: u64,
    into: &Path,
) -> Result<(), ArchiveError> {
    let refused = |detail: String| Err(ArchiveError::Backup { path: into.to_owned(), detail });
    if before.segments > last {
        return refused(format!(
            "it has {} segments, the archive only {last}; hint: is the archive an older copy? keep \
             this backup and name another folder",
            before.segments
        ));
    }
    if before.segments > 0 && Some(journal.read(before.segments)?.sha256) != before.end {
        return refused(format!(
            "segment {} is another one in the archive; hint: this is the backup of another history, \
             name another folder",
            before.segments
        ));
    }
    Ok(())
}

/// Reads a whole backup again and says what is damaged.
///
/// # Errors
/// [`ArchiveError::Backup`] if there is none.
pub fn verify(folder: &Path, options: &Options<'_>) -> Result<Report, ArchiveError> {
    let manifest = Manifest::read(folder)?.ok_or_else(|| no_backup(folder))?;
    let data = DataFolder::new(folder);
    let journal = Journal::new(data.journal());
    let objects = Objects::new(data.objects(), data.staging());
    let check = Check::new(&data, &journal, &objects, options);
    let mut report = Report::begun((options.now)());
    let mut log = LogCheck::of_backup(&data, manifest.log.as_ref(), &mut report);
    let statements = check.read_journal(manifest.segments, &mut log, None, &mut report);
    if check.stopped() {
        return Ok(report);
    }
    if statements.end.sha256 != manifest.end && report.is_sound(Part::Journal) {
        let path = journal.path(manifest.segments);
        report.damaged(Part::Journal, &path, "it is not the segment that the manifest names");
    }
    log.finish(&statements, &mut report);
    let mut rounds = Rounds::unkept((options.now)());
    if check.objects(statements.named, false, &mut rounds, &mut report) {
        report.finished = Some((options.now)());
    }
    Ok(report)
}

fn no_backup(folder: &Path) -> ArchiveError {
    let detail = "there is no finished backup; hint: `simars backup` makes one".to_owned();
    ArchiveError::Backup { path: folder.to_owned(), detail }
}
