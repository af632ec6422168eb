//! Content-addressed objects: bytes that are named by their SHA-256 and never change.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use simars_record::{Digest, Hasher, ObjectRef};

use crate::ArchiveError;
use crate::sync::Unsynced;

/// What is received up to this size stays in memory until it is registered; more goes to a
/// staging file as it comes.
const KEEP_IN_MEMORY: usize = 256 * 1024;

/// Bytes on their way in: hashed as they come, in memory while they are few, in a staging file
/// once they are many. Dropped without [`Incoming::finish`], it leaves nothing behind.
#[derive(Debug)]
pub struct Incoming {
    hasher: Hasher,
    buffer: Vec<u8>,
    file: Option<File>,
    path: PathBuf,
}

impl Incoming {
    /// Prepares to receive; `path` is a fresh name in the staging folder, used if needed.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { hasher: Hasher::new(), buffer: Vec::new(), file: None, path }
    }

    /// How many bytes came so far.
    pub fn size_bytes(&self) -> u64 {
        self.hasher.size_bytes()
    }

    /// Ends the receiving.
    ///
    /// # Errors
    /// If the staging file cannot be written.
    pub fn finish(mut self) -> Result<Received, ArchiveError> {
        let size_bytes = self.hasher.size_bytes();
        let sha256 = std::mem::take(&mut self.hasher).finish();
        let place = match self.file.take() {
            None => Place::Memory(std::mem::take(&mut self.buffer)),
            Some(mut file) => {
                file.write_all(&self.buffer).map_err(ArchiveError::io("write", &self.path))?;
                Place::Staged(StagedFile { path: std::mem::take(&mut self.path) })
            }
        };
        Ok(Received { object: ObjectRef { sha256, size_bytes }, place })
    }
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hasher.update(bytes);
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() > KEEP_IN_MEMORY {
            let file = match &mut self.file {
                Some(file) => file,
                none => none.insert(File::create_new(&self.path)?),
            };
            file.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if self.file.is_some() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A file that was received whole.
#[derive(Debug)]
pub struct Received {
    object: ObjectRef,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Memory(Vec<u8>),
    Staged(StagedFile),
    /// In its final place; the bytes are no longer at hand.
    Stored,
}

/// A staging file that goes away unless it is moved to its final place.
#[derive(Debug)]
struct StagedFile {
    path: PathBuf,
}

impl Drop for StagedFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl Received {
    /// Bytes that are in memory already.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        let object = ObjectRef { sha256: Digest::of(&bytes), size_bytes: bytes.len() as u64 };
        Self { object, place: Place::Memory(bytes) }
    }

    /// Its digest and size.
    pub fn object(&self) -> ObjectRef {
        self.object
    }

    /// The bytes, if they are in memory.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.place {
            Place::Memory(bytes) => Some(bytes),
            Place::Staged(_) | Place::Stored => None,
        }
    }

    /// The staging file, if the bytes are not in memory.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::Memory(_) | Place::Stored => None,
            Place::Staged(file) => Some(&file.path),
        }
    }
}

/// The folder of objects.
#[derive(Debug)]
pub struct Objects {
    folder: PathBuf,
    staging: PathBuf,
    replacements: AtomicU64,
}

impl Objects {
    /// Objects in this folder; what must be written beside them goes to the staging folder.
    pub fn new(folder: PathBuf, staging: PathBuf) -> Self {
        Self { folder, staging, replacements: AtomicU64::new(0) }
    }

    /// The folder itself.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where an object lies: `ab/cd/<sha256>`.
    pub fn path(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        self.folder.join(&name[..2]).join(&name[2..4]).join(name)
    }

    /// Opens an object for reading.
    ///
    /// # Errors
    /// If it is not there or cannot be read.
    pub fn open(&self, digest: &Digest) -> Result<File, ArchiveError> {
        let path = self.path(digest);
        File::open(&path).map_err(ArchiveError::io("open", &path))
    }

    /// Reads a whole object and makes sure that it is what its name says.
    ///
    /// # Errors
    /// If it cannot be read, or [`ArchiveError::Damaged`] if its bytes are not those of its name.
    pub fn read(&self, object: &ObjectRef) -> Result<Vec<u8>, ArchiveError> {
        let path = self.path(&object.sha256);
        let bytes = fs::read(&path).map_err(ArchiveError::io("read", &path))?;
        let found = Digest::of(&bytes);
        if found != object.sha256 {
            let detail = format!("its SHA-256 is {found}, not that of its name");
            return Err(ArchiveError::Damaged { path, detail });
        }
        Ok(bytes)
    }

    /// Puts a received file in its place and lets go of its bytes. It is not durable before
    /// `unsynced` is synced.
    ///
    /// What lies there already is not trusted: it may be the leftover of a crash, or of a sync that
    /// failed after the system had marked the bytes as written. It is replaced, in one step, by
    /// bytes that are durable.
    ///
    /// # Errors
    /// If it cannot be written; what lies there already is never damaged.
    pub(crate) fn place(
        &self,
        received: &mut Received,
        unsynced: &mut Unsynced,
    ) -> Result<(), ArchiveError> {
        let path = self.path(&received.object.sha256);
        unsynced.file(&path);
        match std::mem::replace(&mut received.place, Place::Stored) {
            Place::Memory(bytes) => self.place_bytes(&path, &bytes),
            Place::Staged(file) => {
                make_folder(&path)?;
                if path.exists() {
                    replace(&file.path, &path)
                } else {
                    fs::rename(&file.path, &path).map_err(ArchiveError::io("move to", &path))
                }
            }
            Place::Stored => Ok(()),
        }
    }

    /// Writes straight to the final name where that is free: until the journal speaks of the
    /// object nobody looks there.
    fn place_bytes(&self, path: &Path, bytes: &[u8]) -> Result<(), ArchiveError> {
        let mut created = create_new(path);
        if matches!(&created, Err(error) if error.kind() == io::ErrorKind::NotFound) {
            make_folder(path)?;
            created = create_new(path);
        }
        match created {
            Ok(mut file) => file.write_all(bytes).map_err(ArchiveError::io("write", path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let number = self.replacements.fetch_add(1, Ordering::Relaxed);
                let beside = self.staging.join(format!("{number}.object"));
                fs::write(&beside, bytes).map_err(ArchiveError::io("write", &beside))?;
                replace(&beside, path)
            }
            Err(error) => Err(ArchiveError::io("create", path)(error)),
        }
    }
}

/// Puts a file in the place of another, durable before it takes the name.
fn replace(new: &Path, path: &Path) -> Result<(), ArchiveError> {
    let file = File::open(new).map_err(ArchiveError::io("open", new))?;
    file.sync_data().map_err(ArchiveError::io("sync", new))?;
    fs::rename(new, path).map_err(ArchiveError::io("move to", path))
}

fn make_folder(path: &Path) -> Result<(), ArchiveError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    fs::create_dir_all(folder).map_err(ArchiveError::io("create", folder))
}

fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Hashes a file in constant memory.
///
/// # Errors
/// If it cannot be read.
pub fn digest_of_file(path: &Path) -> io::Result<Digest> {
    let mut file = File::open(path)?;
    let mut hasher = Hasher::new();
    // Small enough to stay in the processor's nearest cache between reading and hashing.
    let mut buffer = [0; 32 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finish()),
            count => hasher.update(&buffer[..count]),
        }
    }
}
