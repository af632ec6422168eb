//! What can go wrong around the pipeline.

use std::io;
use std::path::{Path, PathBuf};

use simars_archive::ArchiveError;
use simars_search::SearchError;

/// An error that concerns more than one file; what concerns one file stands in its report.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The archive refused.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The search index refused.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// A path on the command line or an import list cannot be read.
    #[error("cannot read {path}: {cause}", path = path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// A file that is to be a trusted certificate is none, or there are too many.
    #[error("{path}: {detail}", path = path.display())]
    Trust {
        /// The file, or the folder.
        path: PathBuf,
        /// What is wrong, with a hint.
        detail: String,
    },
    /// An import list has no usable head.
    #[error("{path}: {detail}", path = path.display())]
    List {
        /// The list.
        path: PathBuf,
        /// What is wrong, with a hint.
        detail: String,
    },
}

impl IngestError {
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::Read { path, cause }
    }
}
