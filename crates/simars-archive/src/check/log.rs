//! The public log beside the journal: its files are derived again and compared byte for byte.

use std::fs;
use std::path::{Path, PathBuf};

use simars_record::Digest;
use simars_tlog::{Checkpoint, Frontier, Note, Policy, Tile, TreeHead};

use super::report::{Part, Report};
use super::statements::Statements;
use crate::backup::LogManifest;
use crate::folder::read_if_there;
use crate::log::derive::{Content, Derived};
use crate::log::files::{CHECKPOINT, Files, POLICY};
use crate::log::keys::{SIGNED, read_note};
use crate::{ArchiveError, DataFolder};

/// The log on its way through a check.
pub(crate) struct LogCheck {
    files: Files,
    folder: PathBuf,
    shown: Option<Signed>,
    signed: Option<Signed>,
    policy: Result<Vec<u8>, String>,
    derived: Derived,
    faults: Vec<Fault>,
    tiles: u64,
}

/// A signed checkpoint that lies on the disk.
pub(crate) struct Signed {
    part: Part,
    path: PathBuf,
    pub(crate) note: Note,
    pub(crate) head: TreeHead,
    /// What the journal's own tree has as its root at this size.
    root: Option<Digest>,
}

/// A file of the log that is not what the journal says it must be.
pub(crate) struct Fault {
    pub(crate) path: PathBuf,
    /// How many entries or hashes it must have; `None` if it reaches beyond the checkpoint.
    pub(crate) width: Option<u16>,
    detail: String,
}

impl Signed {
    /// Reads one. What is damaged is reported.
    fn read(part: Part, path: &Path, report: &mut Report) -> Option<Self> {
        let bytes = read_if_there(path).transpose()?;
        let read =
            bytes.and_then(|bytes| Self::from_text(part, path, &String::from_utf8_lossy(&bytes)));
        read.map_err(|error| report.damaged(part, path, error.detail())).ok()
    }

    fn from_text(part: Part, path: &Path, text: &str) -> Result<Self, ArchiveError> {
        let note = read_note(text.as_bytes(), path)?;
        let checkpoint: Checkpoint = note.text().parse().map_err(|error| {
            ArchiveError::Damaged { path: path.to_owned(), detail: format!("{error}") }
        })?;
        Ok(Self { part, path: path.to_owned(), note, head: *checkpoint.head(), root: None })
    }

    fn see(&mut self, frontier: &Frontier) {
        if frontier.size() == self.head.size {
            self.root = Some(frontier.root());
        }
    }

    /// What is wrong with it, by the journal; `None` if nothing is.
    pub(crate) fn wrong(&self, journal: &Statements) -> Option<String> {
        let (size, statements) = (self.head.size, journal.frontier.size());
        if size > statements {
            return Some(format!(
                "it was signed over {size} statements, the journal has only {statements}"
            ));
        }
        // Whoever signs with a new key has stated it before.
        let key = journal.keys.iter().rev().find(|(index, _)| *index < size);
        let Some((_, key)) = key else {
            return Some("no statement of the journal names the key that signed it".to_owned());
        };
        match self.note.signed_by(key) {
            Ok(Some(_)) => {}
            Ok(None) => return Some(format!("it is not signed by {}", key.name().as_str())),
            Err(error) => return Some(error.to_string()),
        }
        (self.root != Some(self.head.root))
            .then(|| format!("the journal's first {size} statements have another root"))
    }
}

impl LogCheck {
    /// Reads what was signed. To be called before the end of the journal is looked for, so that the
    /// journal has everything the checkpoint covers, even while others go on.
    pub(crate) fn read(folder: &DataFolder, report: &mut Report) -> Self {
        let log = folder.log();
        let shown = Signed::read(Part::Log, &log.join(CHECKPOINT), report);
        let signed = Signed::read(Part::Keys, &folder.keys().join(SIGNED), report);
        let policy = Files::new(log.clone()).policy().map_err(|error| error.to_string());
        let policy = policy.and_then(|bytes| bytes.ok_or_else(|| "it is missing".to_owned()));
        Self::new(log, shown, signed, policy)
    }

    /// The log of a backup, whose checkpoint and policy stand in the manifest.
    pub(crate) fn of_backup(
        folder: &DataFolder,
        manifest: Option<&LogManifest>,
        report: &mut Report,
    ) -> Self {
        let log = folder.log();
        let path = log.join(CHECKPOINT);
        let shown = manifest.and_then(|manifest| {
            Signed::from_text(Part::Log, &path, &manifest.checkpoint)
                .map_err(|error| report.damaged(Part::Log, &path, error.detail()))
                .ok()
        });
        let policy = manifest.map(|manifest| manifest.policy.clone().into_bytes());
        Self::new(log, shown, None, Ok(policy.unwrap_or_default()))
    }

    fn new(
        folder: PathBuf,
        shown: Option<Signed>,
        signed: Option<Signed>,
        policy: Result<Vec<u8>, String>,
    ) -> Self {
        Self {
            files: Files::new(folder.clone()),
            folder,
            shown,
            signed,
            policy,
            derived: Derived::new(),
            faults: Vec::new(),
            tiles: 0,
        }
    }

    /// Takes in the statement that was appended to the journal's tree last.
    pub(crate) fn see(&mut self, frontier: &Frontier, entry: &str, leaf: Digest) {
        for signed in self.shown.iter_mut().chain(&mut self.signed) {
            signed.see(frontier);
        }
        let size = self.shown.as_ref().map_or(0, |shown| shown.head.size);
        if frontier.size() > size {
            return;
        }
        let Self { files, derived, faults, tiles, .. } = self;
        let mut compare = |content: &Content| {
            *tiles += 1;
            faults.extend(faults_of(files, content));
        };
        derived.push(entry, leaf, &mut compare);
        if frontier.size() == size {
            derived.edge().for_each(compare);
        }
    }

    /// Says what is wrong, now that the whole journal was taken in.
    pub(crate) fn finish(mut self, journal: &Statements, report: &mut Report) {
        report.tiles = self.tiles;
        report.log_size = self.shown.as_ref().map(|shown| shown.head.size);
        // Where the journal itself is damaged, what is derived from it says nothing.
        if !report.is_sound(Part::Journal) {
            if self.shown.is_some() || self.signed.is_some() {
                report.note(&self.folder, "not compared, because the journal is damaged");
            }
            return;
        }
        self.compare_signed(journal, report);
        let Some(shown) = &self.shown else {
            if !journal.keys.is_empty() && report.is_sound(Part::Log) {
                report.note(&self.folder, "the log was begun, and nothing is shown of it yet");
            }
            return;
        };
        if let Some(detail) = shown.wrong(journal) {
            report.damaged(Part::Log, &shown.path, detail);
        }
        self.judge_by_policy(&shown.note, report);
        for fault in std::mem::take(&mut self.faults) {
            report.damaged(Part::Log, &fault.path, fault.detail);
        }
        self.note_others(&self.folder, shown.head.size, report);
    }

    fn compare_signed(&self, journal: &Statements, report: &mut Report) {
        let Some(signed) = &self.signed else { return };
        if let Some(detail) = signed.wrong(journal) {
            report.damaged(Part::Keys, &signed.path, detail);
        }
        if let Some(shown) = &self.shown
            && shown.head.size > signed.head.size
        {
            let detail = format!(
                "it knows of {} statements that were signed, the store shows {}",
                signed.head.size, shown.head.size
            );
            report.damaged(signed.part, &signed.path, detail);
        }
    }

    fn judge_by_policy(&self, note: &Note, report: &mut Report) {
        let path = self.folder.join(POLICY);
        let judged = self.policy.as_ref().map_err(Clone::clone).and_then(|bytes| {
            let policy = Policy::from_bytes(bytes).map_err(|error| error.to_string())?;
            policy.judge(note).map(drop).map_err(|error| error.to_string())
        });
        if let Err(detail) = judged {
            report.damaged(Part::Log, &path, format!("the checkpoint is not believed: {detail}"));
        }
    }

    /// Notes files that are none of the log's, or are not signed for yet.
    fn note_others(&self, folder: &Path, size: u64, report: &mut Report) {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            if path.is_dir() {
                self.note_others(&path, size, report);
                continue;
            }
            let name = path.strip_prefix(&self.folder).unwrap_or(&path).to_string_lossy();
            match name.parse::<Tile>() {
                Ok(tile) if Tile::at_size(tile.level(), tile.index(), size).is_some() => {}
                Ok(_) => report.note(&path, "it reaches beyond the checkpoint"),
                Err(_) if name == CHECKPOINT || name == POLICY => {}
                Err(_) => report.note(&path, "it is no file of the log"),
            }
        }
    }

    /// A signed checkpoint that holds by the journal: the one that is shown, or else the key's own
    /// record.
    pub(crate) fn sound_checkpoint(&self, journal: &Statements) -> Option<&Signed> {
        let mut both = [self.shown.as_ref(), self.signed.as_ref()].into_iter().flatten();
        both.find(|signed| signed.wrong(journal).is_none())
    }

    /// Whether the checkpoint that is shown holds by the journal; what is wrong, if not.
    pub(crate) fn shown_is_sound(&self, journal: &Statements) -> Result<(), String> {
        let wrong = self.shown.as_ref().map(|shown| shown.wrong(journal));
        wrong.unwrap_or_else(|| Some("there is none".to_owned())).map_or(Ok(()), Err)
    }

    /// Whether this is the checkpoint that is shown.
    pub(crate) fn shows(&self, signed: &Signed) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.note == signed.note)
    }
}

/// What of a tile lies on the disk and is not what it must be. All widths of it are looked at,
/// since all of them are served.
pub(crate) fn faults_of(files: &Files, content: &Content) -> Vec<Fault> {
    let Some(tile) = content.tile() else { return Vec::new() };
    let mut faults = Vec::new();
    let mut there = false;
    let mut compare = |path: PathBuf, width: u16| {
        let expected = content.first(width);
        let detail = match read_if_there(&path) {
            Ok(None) => return,
            Ok(Some(bytes)) => {
                there |= width >= tile.width();
                let same = match expected {
                    Some(expected) => bytes == expected,
                    None => bytes.starts_with(&content.bytes),
                };
                if same {
                    return;
                }
                "it is not what the journal's statements make of it".to_owned()
            }
            Err(error) => error.to_string(),
        };
        faults.push(Fault { path, width: expected.map(|_| width), detail });
    };
    compare(files.path(&tile.full()), tile.full().width());
    for width in partial_widths(files, &tile) {
        if let Some(partial) = Tile::new(tile.level(), tile.index(), width) {
            compare(files.path(&partial), width);
        }
    }
    if !there && faults.is_empty() {
        let (path, width) = (files.path(&tile), Some(tile.width()));
        faults.push(Fault { path, width, detail: "it is missing".to_owned() });
    }
    faults
}

/// The widths in which a tile lies there beside its full form.
pub(crate) fn partial_widths(files: &Files, tile: &Tile) -> Vec<u16> {
    let Some(first) = Tile::new(tile.level(), tile.index(), 1) else { return Vec::new() };
    let folder = files.path(&first).parent().map(Path::to_owned).unwrap_or_default();
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter_map(|name| name.parse().ok()).filter(|width| *width < 256).collect()
}
