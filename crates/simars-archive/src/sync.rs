//! Making bytes durable: files, the folders that name them, and whole groups at once.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::ArchiveError;

/// Up to this many files are synced one by one; a larger group by one sync of the whole file
/// system, which costs one flush instead of one per file.
const ONE_BY_ONE: usize = 8;

/// Files that were written and folders that were changed since the last sync.
#[derive(Debug, Clone, Default)]
pub struct Unsynced {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Unsynced {
    /// Notes a file and the folder that names it.
    pub fn file(&mut self, path: &Path) {
        self.files.push(path.to_owned());
        if let Some(folder) = path.parent() {
            self.folders.push(folder.to_owned());
        }
    }

    /// Notes a folder whose entries changed.
    pub fn folder(&mut self, path: &Path) {
        self.folders.push(path.to_owned());
    }

    /// Takes over what another has noted.
    pub fn join(&mut self, other: &Self) {
        self.files.extend_from_slice(&other.files);
        self.folders.extend_from_slice(&other.folders);
    }

    /// Returns once everything noted is on the disk. Files first, then the folders that name
    /// them: a name must never be durable before what it names.
    ///
    /// # Errors
    /// The first file or folder that could not be synced; nothing may be acknowledged then.
    pub fn sync(self, root: &Path) -> Result<(), ArchiveError> {
        if self.files.len() > ONE_BY_ONE && sync_file_system(root)? {
            return Ok(());
        }
        for path in self.files.iter().collect::<BTreeSet<_>>() {
            let file = File::open(path).map_err(ArchiveError::io("open", path))?;
            file.sync_data().map_err(ArchiveError::io("sync", path))?;
        }
        for path in self.folders.iter().collect::<BTreeSet<_>>() {
            sync_folder(path)?;
        }
        Ok(())
    }
}

/// Makes a folder's entries durable.
///
/// # Errors
/// If the folder cannot be opened or synced.
pub fn sync_folder(path: &Path) -> Result<(), ArchiveError> {
    let folder = File::open(path).map_err(ArchiveError::io("open", path))?;
    folder.sync_all().map_err(ArchiveError::io("sync", path))
}

/// Syncs the file system that holds `root` (`syncfs(2)`; since Linux 5.8 it reports write
/// errors). `false` where the system has no such call.
fn sync_file_system(root: &Path) -> Result<bool, ArchiveError> {
    let folder = File::open(root).map_err(ArchiveError::io("open", root))?;
    match rustix::fs::syncfs(&folder) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::NOSYS) => Ok(false),
        Err(errno) => Err(ArchiveError::io("sync", root)(io::Error::from(errno))),
    }
}
