//! The way back from a backup: into an empty folder, everything hashed on the way.

use std::fs;
use std::path::Path;

use serde::Serialize;
use simars_record::ObjectRef;
use simars_tlog::Tile;

use super::copy::Copies;
use super::manifest::{LogManifest, Manifest};
use super::{copy_key, no_backup};
use crate::check::log::{LogCheck, partial_widths};
use crate::check::statements::Statements;
use crate::check::{Damage, Part, Report};
use crate::journal::Journal;
use crate::log::derive::{Content, Derived};
use crate::log::files::{CHECKPOINT, Files, POLICY};
use crate::log::keys::{CURRENT, NEXT};
use crate::object::Objects;
use crate::sync::sync_folder;
use crate::{ArchiveError, DataFolder};

/// Where the journal lies until everything it speaks of is there: as long as there is no journal
/// there is no archive that anybody could open.
const UNFINISHED: &str = "journal.restoring";

/// What was put back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// What the backup held.
    pub manifest: Manifest,
    /// Objects that were put back.
    pub objects: u64,
    /// The bytes of those objects.
    pub bytes: u64,
    /// Whether the keys that sign the log were in the backup. They sign nothing until they are told
    /// the newest checkpoint that anybody knows.
    pub keys: bool,
    /// What the backup has damaged or does not have.
    pub damage: Vec<Damage>,
}

/// Puts a backup back into a folder that is empty or not there. The views come back by themselves at
/// the first start. `progress` is told the number of each segment, and of the last one.
///
/// # Errors
/// [`ArchiveError::Backup`] if there is no backup or the folder is not empty;
/// [`ArchiveError::Damaged`] if the backup's journal is damaged; or if a disk refuses. Damaged
/// objects are told, and the others put back.
pub fn restore(
    from: &Path,
    into: &DataFolder,
    progress: impl Fn(u64, u64),
) -> Result<Restored, ArchiveError> {
    let manifest = Manifest::read(from)?.ok_or_else(|| no_backup(from))?;
    refuse_unless_empty(into.root())?;
    let store = into.root().join("store");
    let unfinished = store.join(UNFINISHED);
    for folder in [&unfinished, &into.objects()] {
        fs::create_dir_all(folder).map_err(ArchiveError::io("create", folder))?;
    }
    let source = DataFolder::new(from);
    let mut way = Way {
        copies: Copies::into(into.root())?,
        restored: Restored { manifest, objects: 0, bytes: 0, keys: false, damage: Vec::new() },
        source: &source,
        into,
    };
    let (mut statements, sound) = way.journal(&Journal::new(unfinished.clone()), &progress)?;
    let mut named = std::mem::take(&mut statements.named);
    named.sort_unstable_by_key(|object| object.sha256);
    named.dedup_by_key(|object| object.sha256);
    for object in &named {
        way.object(object)?;
    }
    let shown = way.log(sound)?;
    way.copies.finish()?;
    if shown {
        for name in [CURRENT, NEXT] {
            copy_key(&source.keys().join(name), &into.keys().join(name))?;
        }
        way.restored.keys = into.keys().join(CURRENT).exists();
    }
    // From here on there is an archive.
    fs::rename(&unfinished, into.journal()).map_err(ArchiveError::io("move to", &unfinished))?;
    sync_folder(&store)?;
    sync_folder(into.root())?;
    Ok(way.restored)
}

struct Way<'a> {
    copies: Copies,
    restored: Restored,
    source: &'a DataFolder,
    into: &'a DataFolder,
}

impl Way<'_> {
    /// The segments, each of which must continue the one before it and say what it commits to.
    fn journal(
        &mut self,
        target: &Journal,
        progress: &impl Fn(u64, u64),
    ) -> Result<(Statements, Result<(), String>), ArchiveError> {
        let source = Journal::new(self.source.journal());
        let last = self.restored.manifest.segments;
        let log = self.restored.manifest.log.clone();
        let mut unread = Report::begun(self.restored.manifest.made);
        let mut check = LogCheck::of_backup(self.source, log.as_ref(), &mut unread);
        let mut statements = Statements::default();
        for number in 1..=last {
            let segment = source.read(number)?;
            let path = source.path(number);
            let wrong = statements.take(&segment, |statements, line, leaf| {
                check.see(&statements.frontier, &line.statement.to_string(), leaf);
            });
            if let Some(detail) = wrong.into_iter().next() {
                return Err(ArchiveError::Damaged { path, detail });
            }
            self.copies.file(&path, &target.path(number), &segment.sha256)?;
            progress(number, last);
        }
        if statements.end.sha256 != self.restored.manifest.end {
            let detail = "it is not the segment that the manifest names".to_owned();
            return Err(ArchiveError::Damaged { path: source.path(last), detail });
        }
        let sound = check.shown_is_sound(&statements);
        Ok((statements, sound))
    }

    fn object(&mut self, object: &ObjectRef) -> Result<(), ArchiveError> {
        let place =
            |data: &DataFolder| Objects::new(data.objects(), data.staging()).path(&object.sha256);
        let from = place(self.source);
        match self.copies.file(&from, &place(self.into), &object.sha256) {
            Ok(()) => {
                self.restored.objects += 1;
                self.restored.bytes += object.size_bytes;
            }
            Err(error) if error.is_lasting() => self.restored.damage.push(Damage {
                part: Part::Objects,
                path: from.display().to_string(),
                detail: error.detail(),
            }),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The log, as the journal makes it. Its files in the backup are not needed, so damage of theirs
    /// does no harm. False if no checkpoint could be put back.
    fn log(&mut self, sound: Result<(), String>) -> Result<bool, ArchiveError> {
        let Some(log) = self.restored.manifest.log.clone() else { return Ok(false) };
        if let Err(detail) = sound {
            let path = self.source.log().join(CHECKPOINT).display().to_string();
            self.restored.damage.push(Damage { part: Part::Log, path, detail });
            return Ok(false);
        }
        self.tiles(&log)?;
        let folder = self.into.log();
        self.copies.bytes(log.policy.as_bytes(), &folder.join(POLICY))?;
        self.copies.bytes(log.checkpoint.as_bytes(), &folder.join(CHECKPOINT))?;
        Ok(true)
    }

    fn tiles(&mut self, log: &LogManifest) -> Result<(), ArchiveError> {
        let journal = Journal::new(self.source.journal());
        let mut derived = Derived::new();
        let (mut count, mut number) = (0, 1);
        let mut failed = None;
        let mut place = |content: &Content| {
            failed = failed.take().or(self.tile(content).err());
        };
        while count < log.size {
            for line in journal.read(number)?.lines {
                if count < log.size {
                    let leaf = line.statement.leaf_hash();
                    derived.push(&line.statement.to_string(), leaf, &mut place);
                    count += 1;
                }
            }
            number += 1;
        }
        derived.edge().for_each(place);
        failed.map_or(Ok(()), Err)
    }

    fn tile(&mut self, content: &Content) -> Result<(), ArchiveError> {
        let Some(tile) = content.tile() else { return Ok(()) };
        let target = Files::new(self.into.log());
        let mut widths = partial_widths(&Files::new(self.source.log()), &tile);
        widths.push(tile.width());
        widths.sort_unstable();
        widths.dedup();
        for width in widths {
            let named = Tile::new(tile.level(), tile.index(), width);
            if let (Some(named), Some(bytes)) = (named, content.first(width)) {
                self.copies.bytes(bytes, &target.path(&named))?;
            }
        }
        Ok(())
    }
}

fn refuse_unless_empty(folder: &Path) -> Result<(), ArchiveError> {
    match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(ArchiveError::Backup {
            path: folder.to_owned(),
            detail: "it is not empty; hint: a backup is put back into an empty folder only"
                .to_owned(),
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            fs::create_dir_all(folder).map_err(ArchiveError::io("create", folder))
        }
        Err(error) => Err(ArchiveError::io("read", folder)(error)),
    }
}
