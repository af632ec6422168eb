//! Pages that were recognised before their document was finished: `views/recognised/`.
//!
//! A view: it may be deleted at any time, and the pages are recognised again.

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use simars_archive::DataFolder;
use simars_record::{Digest, Finding, Page};

/// A recognised page and what was noticed on it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) page: Page,
    pub(crate) findings: Vec<Finding>,
}

fn folder(data: &DataFolder, original: &Digest) -> PathBuf {
    data.views().join("recognised").join(original.to_string())
}

/// The page as it was recognised; `None` if it was not, or if what is there cannot be read.
pub(crate) fn find(data: &DataFolder, original: &Digest, page: u32) -> Option<Kept> {
    let bytes = fs::read(folder(data, original).join(format!("{page}.json"))).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Keeps a page. What is half-written when the process ends has another name.
pub(crate) fn keep(
    data: &DataFolder,
    original: &Digest,
    page: u32,
    kept: &Kept,
) -> std::io::Result<()> {
    let folder = folder(data, original);
    fs::create_dir_all(&folder)?;
    let (path, partial) =
        (folder.join(format!("{page}.json")), folder.join(format!("{page}.partial")));
    fs::write(&partial, serde_json::to_vec(kept)?)?;
    fs::rename(partial, path)
}

/// Forgets all pages of an original.
pub(crate) fn forget(data: &DataFolder, original: &Digest) {
    let folder = folder(data, original);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%error, folder = %folder.display(), "cannot be cleared away");
        }
        _ => {}
    }
}
