//! Everything one process owns about a data folder: the archive, its index, the reader of files.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use simars_archive::{Archive, DataFolder, Published, Surroundings};
use simars_extract::{Extractor, Limits};
use simars_search::{Index, Options};

use simars_record::DocumentId;

use crate::ahead::Ahead;
use crate::conversions::{CONVERSION_CACHE_BYTES, Conversions};
use crate::copies::{COPY_CACHE_BYTES, Copies};
use crate::follow::{Follower, Progress};
use crate::placing::Placer;
use crate::publish::{AfterPublishing, Publisher};
use crate::recognition::{Pages, Recogniser, Recognition};
use crate::retention::Classifying;
use crate::{Images, IngestError, glance, trust};

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
    /// Whether the first pages of a new document are drawn before anybody asks.
    pub images_ahead: bool,
    /// How many pages are recognised at the same time; none lets all of them wait.
    pub recognition_workers: usize,
    /// What the images of pages may take on disk, in bytes; see
    /// [`IMAGE_CACHE_BYTES`](crate::images::IMAGE_CACHE_BYTES).
    pub image_cache_bytes: u64,
}

/// An open archive with its views.
#[derive(Debug)]
pub struct Holdings {
    archive: Arc<Archive>,
    index: Arc<Index>,
    extractor: Extractor,
    /// For files that are not filed.
    visitors: Extractor,
    images: Arc<Images>,
    conversions: Arc<Conversions>,
    copies: Copies,
    ahead: Ahead,
    settings: Settings,
    // Before the follower: its end may still add to the journal.
    recogniser: Recogniser,
    // Before the follower: a checkpoint adds to the journal.
    publisher: Publisher,
    follower: Follower,
    classifying: Classifying,
    placer: Placer,
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
        let placer = Placer::start(Arc::clone(&archive))?;
        let follower = Follower::start(Arc::clone(&archive), Arc::clone(&index))?;
        let publisher = Publisher::start(Arc::clone(&archive), follower.waker())?;
        let extractor = Extractor::new(settings.program.clone(), settings.limits)
            .with_anchors(trust::read(&archive.folder().trust())?);
        let visitors = glance::extractor(&settings);
        let workers = settings.recognition_workers;
        let (index_wakes, log_wakes) = (follower.waker(), publisher.waker());
        let grown = Box::new(move || {
            index_wakes();
            log_wakes();
        });
        let recogniser = Recogniser::start(&archive, &extractor, workers, grown)?;
        let conversions =
            Conversions::new(Arc::clone(&archive), extractor.clone(), CONVERSION_CACHE_BYTES);
        let conversions = Arc::new(conversions);
        let images = Arc::new(Images::new(
            Arc::clone(&archive),
            extractor.clone(),
            Arc::clone(&conversions),
            archive.folder().images(),
            settings.image_cache_bytes,
        ));
        let ahead = Ahead::start(settings.images_ahead, Arc::clone(&archive), Arc::clone(&images))?;
        let copies = Copies::new(Arc::clone(&archive), extractor.clone(), COPY_CACHE_BYTES);
        Ok(Self {
            archive,
            index,
            extractor,
            visitors,
            images,
            conversions,
            copies,
            ahead,
            settings,
            recogniser,
            publisher,
            follower,
            classifying: Classifying::default(),
            placer,
        })
    }

    /// The archive.
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// The search index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The images of pages.
    pub fn images(&self) -> &Arc<Images> {
        &self.images
    }

    /// Office documents as PDFs.
    pub(crate) fn conversions(&self) -> &Conversions {
        &self.conversions
    }

    /// The authenticated copies.
    pub(crate) fn copies(&self) -> &Copies {
        &self.copies
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

    /// How recognition stands.
    pub fn recognition(&self) -> Recognition {
        self.recogniser.recognition()
    }

    /// How far recognition is with a document; `None` if nothing of it waits or is under way in
    /// this process.
    pub fn recognition_of(&self, id: &DocumentId) -> Option<Pages> {
        self.recogniser.pages_of(id)
    }

    /// Orders that a document is read again from its original: by the readers of this version of
    /// the program, and then by recognition where a page needs it, or on `all_pages`. False if
    /// there is no such document.
    ///
    /// # Errors
    /// If the catalogue cannot be read.
    pub fn extract_again(&self, id: &DocumentId, all_pages: bool) -> Result<bool, IngestError> {
        let known = self.archive.document(id)?.is_some();
        if known {
            self.recogniser.read_again(*id, all_pages);
        }
        Ok(known)
    }

    /// Waits until nothing is left to recognise; `tell` is called now and then.
    pub fn wait_until_recognised(&self, tell: impl FnMut(&Recognition)) {
        self.recogniser.wait(tell);
    }

    /// Sets to work what goes on after a registration.
    pub(crate) fn after_registration(&self, id: DocumentId, pages_to_recognise: u32) {
        self.ahead.add(id);
        if pages_to_recognise > 0 {
            self.recogniser.add(id);
        }
    }

    /// Tells the index and the public log that the journal has grown.
    pub fn wake(&self) {
        self.follower.wake();
        self.publisher.wake();
    }

    /// Publishes what was stated so far in the public log, and waits for it. `Ok(None)` if there is
    /// no log.
    ///
    /// # Errors
    /// Why the log does not go on.
    pub fn publish_now(&self) -> Result<Option<Published>, IngestError> {
        let published = self.archive.publish()?;
        self.follower.wake();
        Ok(published)
    }

    /// Why the public log does not go on, if it does not.
    pub fn log_failed(&self) -> Option<String> {
        self.publisher.failed()
    }

    /// Sets what is done after each new checkpoint; it works on the thread that publishes.
    pub fn after_publishing(&self, after: AfterPublishing) {
        self.publisher.after_publishing(after);
    }

    /// What suggests codes.
    pub(crate) fn classifying(&self) -> &Classifying {
        &self.classifying
    }

    /// What places documents anew under another retention schedule.
    pub(crate) fn placer(&self) -> &Placer {
        &self.placer
    }

    pub(crate) fn extractor(&self) -> &Extractor {
        &self.extractor
    }

    pub(crate) fn visitors(&self) -> &Extractor {
        &self.visitors
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
