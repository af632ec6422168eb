//! The data folder: where everything lies, and the lock that lets one process own it.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::ArchiveError;
use crate::sync::sync_folder;

/// The parts of a data folder.
///
/// ```text
/// store/objects/ab/cd/<sha256>    originals and text, written once
/// store/journal/00000042.jsonl    statements, one segment per commit
/// store/log/                      the public log: tiles, checkpoint, policy
/// keys/                           the keys that sign the log, and what they signed last
/// views/catalogue/                sled, follows the journal
/// views/index/                    the search index, follows the journal
/// views/images/                   images of pages, made on demand
/// views/conversions/              office documents as PDFs to look at
/// views/copies/                   what authenticated copies add to their originals
/// staging/                        files on their way in
/// uploads/                        files of which the rest is still to come
/// trust/                          certificates that the operator trusts; put there by hand
/// people.json                     who works here, and what tells whether a password is right
/// shelves.json                    what staff put together for readers
/// lock, token                     who owns the folder; the key to its owner's API
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFolder {
    root: PathBuf,
}

impl DataFolder {
    /// A data folder at this place; nothing is touched.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Objects: originals and text.
    pub fn objects(&self) -> PathBuf {
        self.root.join("store/objects")
    }

    /// Journal segments.
    pub fn journal(&self) -> PathBuf {
        self.root.join("store/journal")
    }

    /// The public log: tiles, bundles, checkpoint and policy, as they are served.
    pub fn log(&self) -> PathBuf {
        self.root.join("store/log")
    }

    /// The keys that sign the log, and beside them what they signed last: not part of the store,
    /// because a copy of the store must not be able to sign.
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// The catalogue view.
    pub fn catalogue(&self) -> PathBuf {
        self.root.join("views/catalogue")
    }

    /// Everything that can be deleted and comes back by itself.
    pub fn views(&self) -> PathBuf {
        self.root.join("views")
    }

    /// Says in which run of the machine the catalogue was open last; gone after an orderly end.
    pub(crate) fn catalogue_mark(&self) -> PathBuf {
        self.root.join("views/catalogue.open")
    }

    /// The search view.
    pub fn index(&self) -> PathBuf {
        self.root.join("views/index")
    }

    /// Images of pages.
    pub fn images(&self) -> PathBuf {
        self.root.join("views/images")
    }

    /// What authenticated copies have beyond their originals.
    pub fn copies(&self) -> PathBuf {
        self.root.join("views/copies")
    }

    /// Office documents as PDFs to look at.
    pub fn conversions(&self) -> PathBuf {
        self.root.join("views/conversions")
    }

    /// What is known of rounds of checking.
    pub fn rounds(&self) -> PathBuf {
        self.root.join("views/check.json")
    }

    /// Files on their way in.
    pub fn staging(&self) -> PathBuf {
        self.root.join("staging")
    }

    /// Files of which a part has come; the rest is still to come.
    pub fn uploads(&self) -> PathBuf {
        self.root.join("uploads")
    }

    /// What people who work here typed and did not save yet.
    pub fn unsaved(&self) -> PathBuf {
        self.root.join("unsaved")
    }

    /// Certificates that the operator trusts when signatures are checked; need not be there.
    pub fn trust(&self) -> PathBuf {
        self.root.join("trust")
    }

    /// Who works here: names, roles, and what is kept of passwords and sessions. Not part of the
    /// store: a copy of the store lets nobody in.
    pub fn people(&self) -> PathBuf {
        self.root.join("people.json")
    }

    /// What staff put together for readers. Not part of the store: it says nothing about a document.
    pub fn shelves(&self) -> PathBuf {
        self.root.join("shelves.json")
    }

    /// The token that lets a program on this machine act as the folder's owner.
    pub fn token(&self) -> PathBuf {
        self.root.join("token")
    }

    /// Whether an archive was created here.
    pub fn exists(&self) -> bool {
        self.journal().is_dir()
    }

    /// Creates the folders that are missing, durably.
    ///
    /// # Errors
    /// If the place cannot be written to.
    pub fn create(&self) -> Result<(), ArchiveError> {
        for folder in [self.objects(), self.journal(), self.staging(), self.root.join("views")] {
            fs::create_dir_all(&folder).map_err(ArchiveError::io("create", &folder))?;
        }
        sync_folder(&self.root.join("store"))?;
        sync_folder(&self.root)
    }

    /// Takes the folder's lock, which the system gives back when the process ends, however it
    /// ends.
    ///
    /// # Errors
    /// [`ArchiveError::Locked`] with the present owner if somebody else holds it.
    pub fn lock(&self) -> Result<FolderLock, ArchiveError> {
        let path = self.root.join("lock");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(ArchiveError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {
                let mut lock = FolderLock { file, path };
                lock.announce(None)?;
                Ok(lock)
            }
            Err(TryLockError::WouldBlock) => Err(ArchiveError::Locked {
                folder: self.root.clone(),
                owner: self.owner().unwrap_or_default(),
            }),
            Err(TryLockError::Error(source)) => Err(ArchiveError::io("lock", &path)(source)),
        }
    }

    /// Who wrote the lock file last. Only worth something while the lock is held.
    pub fn owner(&self) -> Option<Owner> {
        let text = fs::read(self.root.join("lock")).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

/// Who owns a data folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The process.
    pub pid: u32,
    /// The address it serves HTTP at, if it is a server.
    pub listen: Option<String>,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.listen {
            Some(listen) => write!(f, "{} (serving at http://{listen})", self.pid),
            None => write!(f, "{}", self.pid),
        }
    }
}

/// The lock on a data folder; given back when dropped.
#[derive(Debug)]
pub struct FolderLock {
    file: File,
    path: PathBuf,
}

impl FolderLock {
    /// Writes into the lock file who holds it, so that others can say so or talk to the server.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn announce(&mut self, listen: Option<String>) -> Result<(), ArchiveError> {
        let owner = Owner { pid: std::process::id(), listen };
        let text = serde_json::to_vec(&owner).unwrap_or_default();
        let written = self
            .file
            .set_len(0)
            .and_then(|()| self.file.rewind())
            .and_then(|()| self.file.write_all(&text));
        written.map_err(ArchiveError::io("write", &self.path))
    }
}

/// Reads a small file if it is there.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, ArchiveError> {
    match File::open(path) {
        Ok(mut file) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(ArchiveError::io("read", path))?;
            Ok(Some(bytes))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ArchiveError::io("open", path)(error)),
    }
}
