//! Copying files into a folder, hashed on the way and read back from the disk afterwards.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{Advice, fadvise};
use simars_record::{Digest, Hasher};

use crate::ArchiveError;
use crate::object::digest_of_file;
use crate::sync::{Disk, Unsynced};

/// Bytes that are copied at once.
const STEP: usize = 128 * 1024;

/// Files that are written into a folder, and what they must hold.
#[derive(Debug)]
pub(super) struct Copies {
    disk: Disk,
    unsynced: Unsynced,
    written: Vec<(PathBuf, Digest)>,
}

impl Copies {
    pub(super) fn into(folder: &Path) -> Result<Self, ArchiveError> {
        let disk = Disk::open(folder)?;
        Ok(Self { disk, unsynced: Unsynced::default(), written: Vec::new() })
    }

    /// Copies a file that must have this digest. It has its name only once it is whole.
    ///
    /// # Errors
    /// [`ArchiveError::Damaged`] if the source has another digest; or if a file cannot be read or
    /// written.
    pub(super) fn file(
        &mut self,
        from: &Path,
        to: &Path,
        expected: &Digest,
    ) -> Result<(), ArchiveError> {
        let mut source = File::open(from).map_err(ArchiveError::io("open", from))?;
        let mut hasher = Hasher::new();
        let mut buffer = vec![0; STEP];
        let new = begin(to)?;
        let mut target = File::create(&new).map_err(ArchiveError::io("create", &new))?;
        loop {
            let count = source.read(&mut buffer).map_err(ArchiveError::io("read", from))?;
            if count == 0 {
                break;
            }
            hasher.update(&buffer[..count]);
            target.write_all(&buffer[..count]).map_err(ArchiveError::io("write", &new))?;
        }
        let found = hasher.finish();
        if found != *expected {
            drop(fs::remove_file(&new));
            let detail = format!("its SHA-256 is {found}, not {expected}");
            return Err(ArchiveError::Damaged { path: from.to_owned(), detail });
        }
        self.name(&new, to, found)
    }

    /// Writes a file.
    pub(super) fn bytes(&mut self, bytes: &[u8], to: &Path) -> Result<(), ArchiveError> {
        let new = begin(to)?;
        fs::write(&new, bytes).map_err(ArchiveError::io("write", &new))?;
        self.name(&new, to, Digest::of(bytes))
    }

    fn name(&mut self, new: &Path, to: &Path, digest: Digest) -> Result<(), ArchiveError> {
        fs::rename(new, to).map_err(ArchiveError::io("move to", to))?;
        self.unsynced.file(to);
        self.written.push((to.to_owned(), digest));
        Ok(())
    }

    /// Makes everything durable and then reads it back: what the disk gives must be what was
    /// written.
    ///
    /// # Errors
    /// [`ArchiveError::Damaged`] for the first file that is not.
    pub(super) fn finish(self) -> Result<(), ArchiveError> {
        self.unsynced.sync(&self.disk)?;
        for (path, expected) in &self.written {
            let io = ArchiveError::io("read back", path);
            let read = File::open(path).and_then(|file| {
                // What the system still has in memory says nothing about the disk.
                let _ = fadvise(&file, 0, None, Advice::DontNeed);
                digest_of_file(path)
            });
            let found = read.map_err(io)?;
            if found != *expected {
                let detail = format!("written with SHA-256 {expected}, read back with {found}");
                return Err(ArchiveError::Damaged { path: path.clone(), detail });
            }
        }
        Ok(())
    }
}

/// The name under which a file is written first, in a folder that is there.
fn begin(to: &Path) -> Result<PathBuf, ArchiveError> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(ArchiveError::io("create", folder))?;
    }
    let mut name = to.as_os_str().to_owned();
    name.push(".new");
    Ok(PathBuf::from(name))
}
