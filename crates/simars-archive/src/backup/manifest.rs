//! The manifest of a backup: what a whole backup holds. It is written last, so that the one before
//! it stays true until then.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use simars_record::{Digest, ObjectRef, Timestamp};
use simars_replace::{Readable, replace};

use crate::ArchiveError;
use crate::folder::read_if_there;

const NAME: &str = "backup.json";
/// The only form there is.
const FORMAT: u32 = 1;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of this file, 1.
    pub(super) format: u32,
    /// When the backup was made.
    pub made: Timestamp,
    /// The number of the last journal segment.
    pub segments: u64,
    /// The SHA-256 of that segment, and so of the whole history.
    pub end: Option<Digest>,
    /// How many statements the segments hold.
    pub statements: u64,
    /// How many objects they name.
    pub objects: u64,
    /// The bytes of those objects.
    pub bytes: u64,
    /// The public log, if there is one.
    pub log: Option<LogManifest>,
    /// Objects that were damaged or missing in the archive when the backup was made.
    pub missing: Vec<ObjectRef>,
}

/// What the public log showed: never more than the segments hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogManifest {
    /// How many statements the checkpoint covers.
    pub size: u64,
    /// Its root.
    pub root: Digest,
    /// The checkpoint, as it was shown.
    pub checkpoint: String,
    /// The policy, as it was shown.
    pub policy: String,
}

impl Manifest {
    /// A manifest of the present form.
    pub(super) fn new(made: Timestamp) -> Self {
        Self {
            format: FORMAT,
            made,
            segments: 0,
            end: None,
            statements: 0,
            objects: 0,
            bytes: 0,
            log: None,
            missing: Vec::new(),
        }
    }

    /// The manifest of the backup in a folder; `None` if there is none.
    ///
    /// # Errors
    /// If it cannot be read, or is of another form.
    pub fn read(folder: &Path) -> Result<Option<Self>, ArchiveError> {
        let path = Self::path(folder);
        let Some(bytes) = read_if_there(&path)? else { return Ok(None) };
        let damaged = |detail: String| ArchiveError::Backup { path: path.clone(), detail };
        let manifest: Self =
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        match manifest.format {
            FORMAT => Ok(Some(manifest)),
            other => Err(damaged(format!("a backup of form {other}; hint: use a newer program"))),
        }
    }

    fn path(folder: &Path) -> PathBuf {
        folder.join(NAME)
    }

    /// Writes it in place of the one before, durably and in one step.
    pub(super) fn write(&self, folder: &Path) -> Result<(), ArchiveError> {
        let path = Self::path(folder);
        let bytes = serde_json::to_vec_pretty(self).map_err(std::io::Error::from);
        let written = bytes.and_then(|bytes| replace(&path, &bytes, Readable::AsUsual));
        written.map_err(ArchiveError::io("write", &path))
    }
}
