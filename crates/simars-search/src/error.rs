//! What can go wrong in the search view, each with the place and a hint.

use std::io;
use std::path::{Path, PathBuf};

/// An error of the search view. The store is never affected: the index can be built again.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The file system refused something.
    #[error("cannot {doing} {path}: {cause}; hint: check the disk's free space and the folder's permissions", path = path.display())]
    Io {
        /// What was tried, for example `create`.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The index cannot be read or written.
    #[error("cannot {doing} the search index in {path}: {detail}; hint: it is only a view, delete the folder and start again", path = path.display())]
    Index {
        /// What was tried, for example `search`.
        doing: &'static str,
        /// The index's folder.
        path: PathBuf,
        /// What tantivy said.
        detail: String,
    },
    /// A second writer was asked for.
    #[error("the search index in {path} has a writer already; hint: one process owns it, stop the other or wait until it is done", path = path.display())]
    Busy {
        /// The index's folder.
        path: PathBuf,
    },
    /// A date of the request is none.
    #[error("{field} is {value:?}, which is not a date; hint: write it as 2024-05-20")]
    Date {
        /// `from` or `to`.
        field: &'static str,
        /// What was given.
        value: String,
    },
    /// The data in `index-schema/` does not hold together. A test of this crate rules it out.
    #[error(
        "index-schema/{file} is not usable: {detail}; hint: its rules stand in index-schema/README.md"
    )]
    Schema {
        /// The file.
        file: &'static str,
        /// What is wrong in it.
        detail: String,
    },
}

impl SearchError {
    /// For `map_err`: an I/O error with what was tried and where.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::Io { doing, path, cause }
    }

    /// For `map_err`: an error of tantivy with what was tried and where.
    pub(crate) fn index<E: std::fmt::Display>(
        doing: &'static str,
        path: &Path,
    ) -> impl FnOnce(E) -> Self {
        let path = path.to_owned();
        move |error| Self::Index { doing, path, detail: error.to_string() }
    }
}
