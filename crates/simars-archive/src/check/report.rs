//! What a check found.

use std::path::Path;

use serde::{Deserialize, Serialize};
use simars_record::{Digest, Timestamp};

/// What was checked and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When the round began.
    pub begun: Timestamp,
    /// When it ended; `None` if it was stopped before, and can be resumed.
    pub finished: Option<Timestamp>,
    /// Journal segments read.
    pub segments: u64,
    /// Statements checked.
    pub statements: u64,
    /// Objects hashed in this round, each once.
    pub objects: u64,
    /// The bytes of those objects.
    pub bytes: u64,
    /// Documents of the catalogue that were compared with the journal.
    pub documents: u64,
    /// Tiles and bundles of the public log that were derived again and compared.
    pub tiles: u64,
    /// The root of the log over all statements of the journal.
    pub log_root: Option<Digest>,
    /// How many statements the signed checkpoint covers; `None` if there is none.
    pub log_size: Option<u64>,
    /// All damage found; empty is good.
    pub damage: Vec<Damage>,
    /// What is unusual and harms nothing: objects that nothing names, files of others.
    pub notes: Vec<Note>,
}

/// A part of a data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The segments of the journal and the statements in them.
    Journal,
    /// Originals, texts and layouts.
    Objects,
    /// Tiles, bundles, checkpoint and policy of the public log.
    Log,
    /// What the log's key signed last.
    Keys,
    /// The catalogue, a view.
    Catalogue,
    /// The search index, a view.
    Index,
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Damage {
    /// What it belongs to.
    pub part: Part,
    /// The file or folder.
    pub path: String,
    /// What is wrong.
    pub detail: String,
}

/// One thing worth knowing that is no damage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The file or folder.
    pub path: String,
    /// What was noticed.
    pub detail: String,
}

impl Part {
    /// The written form, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Journal => "journal",
            Self::Objects => "objects",
            Self::Log => "log",
            Self::Keys => "keys",
            Self::Catalogue => "catalogue",
            Self::Index => "index",
        }
    }
}

impl Report {
    /// A report on a round that begins now, with nothing in it.
    pub(crate) fn begun(now: Timestamp) -> Self {
        Self {
            begun: now,
            finished: None,
            segments: 0,
            statements: 0,
            objects: 0,
            bytes: 0,
            documents: 0,
            tiles: 0,
            log_root: None,
            log_size: None,
            damage: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Adds damage.
    pub fn damaged(&mut self, part: Part, path: &Path, detail: impl Into<String>) {
        self.damage.push(Damage { part, path: path.display().to_string(), detail: detail.into() });
    }

    /// Adds a note.
    pub fn note(&mut self, path: &Path, detail: impl Into<String>) {
        self.notes.push(Note { path: path.display().to_string(), detail: detail.into() });
    }

    /// Whether nothing of a part is damaged.
    pub fn is_sound(&self, part: Part) -> bool {
        self.damage.iter().all(|damage| damage.part != part)
    }
}
