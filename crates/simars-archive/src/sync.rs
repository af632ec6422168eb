//! Making bytes durable: files, the folders that name them, and whole groups at once.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::ArchiveError;

/// Files that were written since the last sync.
#[derive(Debug, Clone, Default)]
pub struct Unsynced {
    files: Vec<PathBuf>,
}

impl Unsynced {
    /// Notes a file.
    pub fn file(&mut self, path: &Path) {
        self.files.push(path.to_owned());
    }

    /// Takes over what another has noted.
    pub fn join(&mut self, other: &Self) {
        self.files.extend_from_slice(&other.files);
    }

    /// Returns once everything noted, and every folder that names it up to the disk's root, is on the disk.
    ///
    /// The whole file system is synced at once: one wait for the disk, where each file and each
    /// folder above it would cost one of its own. Where the system has no such call: the files
    /// first, then the folders, because a name must never be durable before what it names.
    ///
    /// # Errors
    /// The first file or folder that could not be synced; nothing may be acknowledged then, nor
    /// later without writing it anew, because the system reports such an error only once.
    pub fn sync(self, disk: &Disk) -> Result<(), ArchiveError> {
        let root = disk.root.as_path();
        if disk.sync()? {
            return Ok(());
        }
        let mut folders = BTreeSet::new();
        for path in self.files.iter().collect::<BTreeSet<_>>() {
            let file = File::open(path).map_err(ArchiveError::io("open", path))?;
            file.sync_data().map_err(ArchiveError::io("sync", path))?;
            folders.extend(path.ancestors().skip(1).take_while(|above| above.starts_with(root)));
        }
        // The longest first: a folder before the one that names it.
        folders.into_iter().rev().try_for_each(sync_folder)
    }
}

/// Makes a folder's entries durable.
///
/// # Errors
/// If the folder cannot be opened or synced.
pub fn sync_folder(path: &Path) -> Result<(), ArchiveError> {
    simars_replace::sync_folder(path).map_err(ArchiveError::io("sync", path))
}

/// The file system that a folder lies on, held open: the system tells a write error once to each
/// handle that was open when it happened, so a handle opened later could miss it.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    handle: File,
}

impl Disk {
    /// Holds the file system of this folder.
    ///
    /// # Errors
    /// If the folder cannot be opened.
    pub fn open(root: &Path) -> Result<Self, ArchiveError> {
        let handle = File::open(root).map_err(ArchiveError::io("open", root))?;
        Ok(Self { root: root.to_owned(), handle })
    }

    /// Syncs the whole file system (`syncfs(2)`; since Linux 5.8 it reports write errors). `false`
    /// where the system has no such call.
    ///
    /// # Errors
    /// If anything written since the handle was opened or last synced could not be written.
    pub fn sync(&self) -> Result<bool, ArchiveError> {
        match rustix::fs::syncfs(&self.handle) {
            Ok(()) => Ok(true),
            Err(rustix::io::Errno::NOSYS) => Ok(false),
            Err(errno) => Err(ArchiveError::io("sync", &self.root)(io::Error::from(errno))),
        }
    }
}
