//! Everything one process owns about a data folder: the archive, its index, the reader of files.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use simars_archive::{Archive, DataFolder, Surroundings};
use simars_extract::{Extractor, Limits};
use simars_search::{Index, Options};

use crate::IngestError;
use crate::follow::{Follower, Progress};

/// How the holdings work; the operator decides.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The program that is started to read foreign files: this program itself.
    pub program: PathBuf,
    /// Limits for reading one file.
    pub limits: Limits,
    /// Files larger than this are refused.
    pub max_file_bytes: u64,
    /// How the search index works.
    pub index: Options,
}

/// An open archive with its views.
#[derive(Debug)]
pub struct Holdings {
    archive: Arc<Archive>,
    index: Arc<Index>,
    extractor: Extractor,
    settings: Settings,
    follower: Follower,
}

impl Holdings {
    /// Opens the archive and the index in a data folder, creating and mending what is needed, and
    /// lets the index follow the journal from now on.
    ///
    /// # Errors
    /// If another process owns the folder, or the disk refuses.
    pub fn open(
        folder: DataFolder,
        surroundings: Surroundings,
        settings: Settings,
    ) -> Result<Self, IngestError> {
        let archive = Arc::new(Archive::open(folder, surroundings)?);
        let index = Arc::new(open_index(&archive, &settings)?);
        let follower = Follower::start(Arc::clone(&archive), Arc::clone(&index))?;
        let extractor = Extractor::new(settings.program.clone(), settings.limits);
        Ok(Self { archive, index, extractor, settings, follower })
    }

    /// The archive.
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// The search index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether everything registered can be found by searching.
    pub fn caught_up(&self) -> bool {
        let progress = self.progress();
        progress.indexed >= progress.journal
    }

    /// How far the index has followed the journal.
    pub fn progress(&self) -> Progress {
        self.follower.progress(&self.archive)
    }

    /// Waits until everything registered so far can be found by searching; `tell` is called now
    /// and then with the state of things.
    ///
    /// # Errors
    /// If the index cannot follow; a restart repairs it.
    pub fn wait_until_searchable(&self, tell: impl FnMut(Progress)) -> Result<(), IngestError> {
        self.follower.wait(&self.archive, tell)
    }

    /// Tells the index that the journal has grown.
    pub fn wake(&self) {
        self.follower.wake();
    }

    pub(crate) fn extractor(&self) -> &Extractor {
        &self.extractor
    }
}

/// Opens the index; one that cannot belong to this journal is deleted and begun anew.
fn open_index(archive: &Archive, settings: &Settings) -> Result<Index, IngestError> {
    let folder = archive.folder().index();
    let missing = !folder.exists();
    let index = Index::open(&folder, settings.index.clone())?;
    let (indexed, journal) = (index.applied(), archive.applied().end.segment);
    if indexed <= journal && !(archive.history_changed() && indexed > 0) {
        if missing && journal > 0 {
            tracing::warn!(segments = journal, "the search index is missing; building it again");
        }
        return Ok(index);
    }
    tracing::warn!(indexed, journal, "the search index is of another history; building it again");
    drop(index);
    fs::remove_dir_all(&folder).map_err(IngestError::read(&folder))?;
    Ok(Index::open(&folder, settings.index.clone())?)
}
