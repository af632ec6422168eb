//! What is known of rounds of checking: when each part was found sound, how far the present round
//! has come, and what the last whole one found. A small file among the views.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use simars_record::Timestamp;

use super::report::{Part, Report};
use crate::folder::read_if_there;
use crate::{ArchiveError, DataFolder};

/// The file of rounds, `views/check.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounds {
    /// When rounds were thought of first.
    pub since: Timestamp,
    /// What the last whole round found.
    pub last: Option<Report>,
    /// When each part was found sound last: `journal`, `log`, `objects/00` … `objects/ff`, ….
    pub sound: BTreeMap<String, Timestamp>,
    /// The round that was begun and not finished.
    present: Option<Round>,
    /// Where it is kept; `None` for rounds that are not.
    #[serde(skip)]
    path: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Round {
    begun: Timestamp,
    objects: BTreeMap<usize, Counted>,
}

/// How much was checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counted {
    pub(super) objects: u64,
    pub(super) bytes: u64,
}

impl Rounds {
    /// What is known in a data folder. A file that cannot be read counts as none: it is a view.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn load(folder: &DataFolder, now: Timestamp) -> Result<Self, ArchiveError> {
        let path = folder.rounds();
        let bytes = read_if_there(&path)?.unwrap_or_default();
        let known = serde_json::from_slice::<Self>(&bytes).ok();
        Ok(Self { path: Some(path), ..known.unwrap_or_else(|| Self::unkept(now)) })
    }

    /// Rounds of which nothing is kept.
    pub(crate) fn unkept(now: Timestamp) -> Self {
        Self { since: now, last: None, sound: BTreeMap::new(), present: None, path: None }
    }

    /// Whether a round was begun and not finished.
    pub fn unfinished(&self) -> bool {
        self.present.is_some()
    }

    /// When the last whole round ended, or else when rounds were thought of first.
    pub fn last_end(&self) -> Timestamp {
        self.last.as_ref().and_then(|last| last.finished).unwrap_or(self.since)
    }

    /// Writes the file, if that is possible: it is of use and not needed.
    pub fn keep(&self) {
        let Some(path) = &self.path else { return };
        let new = path.with_extension("new");
        let written = serde_json::to_vec(self).map_err(std::io::Error::from).and_then(|bytes| {
            if let Some(views) = path.parent() {
                fs::create_dir_all(views)?;
            }
            fs::File::create(&new)?.write_all(&bytes)?;
            fs::rename(&new, path)
        });
        if let Err(error) = written {
            tracing::warn!(%error, path = %path.display(), "the state of checking is not kept");
        }
    }

    /// Notes what was found besides, after a round has ended whole: what only others can compare.
    pub fn complete(&mut self, report: &Report, now: Timestamp) {
        if report.is_sound(Part::Index) {
            self.sound.insert(Part::Index.as_str().to_owned(), now);
        }
        self.last = Some(report.clone());
        self.keep();
    }

    /// Begins a round, or goes on with the one that was not finished; gives when it was begun.
    pub(super) fn begin(&mut self, resume: bool, now: Timestamp) -> Timestamp {
        let present = self.present.take().filter(|_| resume);
        let present = present.unwrap_or(Round { begun: now, objects: BTreeMap::new() });
        self.present.insert(present).begun
    }

    /// What this round has counted in a part of the objects that it has found sound already.
    pub(super) fn counted(&self, part: usize) -> Option<Counted> {
        self.present.as_ref()?.objects.get(&part).copied()
    }

    pub(super) fn found_sound(&mut self, part: usize, counted: Counted, now: Timestamp) {
        if let Some(present) = &mut self.present {
            present.objects.insert(part, counted);
        }
        self.sound.insert(format!("objects/{part:02x}"), now);
    }

    /// Ends a round: whole if the report is finished.
    pub(super) fn end(&mut self, report: &Report, now: Timestamp) {
        for part in [Part::Journal, Part::Log, Part::Keys, Part::Catalogue] {
            if report.is_sound(part) {
                self.sound.insert(part.as_str().to_owned(), now);
            }
        }
        if report.finished.is_some() {
            self.present = None;
            self.last = Some(report.clone());
        }
        self.keep();
    }
}
