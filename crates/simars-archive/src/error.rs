//! What can go wrong in the archive, each with the place and a hint.

use std::io;
use std::path::{Path, PathBuf};

use crate::folder::Owner;

/// An error of the archive. Nothing that was acknowledged before is affected by any of them.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file system refused something.
    #[error("cannot {doing} {path}: {cause}{hint}", path = path.display(), hint = hint(cause))]
    Io {
        /// What was tried, for example `write`.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said; part of the sentence, so not named as its source.
        cause: io::Error,
    },
    /// Another process owns the data folder.
    #[error("{folder} is in use by process {owner}; stop it first, or let it do the work", folder = folder.display())]
    Locked {
        /// The data folder.
        folder: PathBuf,
        /// Who holds it.
        owner: Owner,
    },
    /// There is no archive where one was expected.
    #[error("there is no archive in {folder}; hint: `simars ingest` or `simars serve` creates one, --data names another", folder = folder.display())]
    Missing {
        /// The folder that was looked at.
        folder: PathBuf,
    },
    /// A part of the store does not read as it was written.
    #[error("{path} is damaged: {detail}; hint: restore it from a backup, `simars check` lists all damage", path = path.display())]
    Damaged {
        /// The damaged file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A backup cannot be made there, or put back from there.
    #[error("{path}: {detail}", path = path.display())]
    Backup {
        /// The folder of the backup, or the one to put it back into.
        path: PathBuf,
        /// Why, with a hint.
        detail: String,
    },
    /// The catalogue view cannot be used.
    #[error("the catalogue in {path} cannot be used: {detail}; hint: it is only a view, delete it and start again", path = path.display())]
    Catalogue {
        /// The catalogue's folder.
        path: PathBuf,
        /// What sled said.
        detail: String,
    },
    /// The log must not be signed.
    #[error("the log is not signed: {detail}")]
    Unsigned {
        /// Why, with a hint.
        detail: String,
    },
    /// The journal is ahead of the catalogue, and the catalogue cannot follow.
    #[error(
        "the catalogue could not follow the journal ({detail}); nothing is lost, start the program again to repair it"
    )]
    Behind {
        /// What stopped it.
        detail: String,
    },
}

impl ArchiveError {
    /// For `map_err`: an I/O error with what was tried and where.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::Io { doing, path, cause }
    }

    /// What is wrong, for a list that names the place itself.
    pub(crate) fn detail(&self) -> String {
        match self {
            Self::Damaged { detail, .. } | Self::Catalogue { detail, .. } => detail.clone(),
            other => other.to_string(),
        }
    }

    /// Whether trying again cannot help: what was asked for is damaged or gone.
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Damaged { .. } | Self::Missing { .. } => true,
            Self::Io { cause, .. } => cause.kind() == io::ErrorKind::NotFound,
            Self::Locked { .. }
            | Self::Backup { .. }
            | Self::Catalogue { .. }
            | Self::Unsigned { .. }
            | Self::Behind { .. } => false,
        }
    }
}

fn hint(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; hint: make room on the disk, what was registered before is safe"
        }
        io::ErrorKind::PermissionDenied => "; hint: check who owns the folder and its permissions",
        io::ErrorKind::ReadOnlyFilesystem => "; hint: the disk is mounted read-only",
        io::ErrorKind::NotFound => "; hint: check the path",
        _ => "",
    }
}
