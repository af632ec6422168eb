//! Images of pages: drawn on demand or ahead, each once, and kept on disk within a size limit.
//!
//! `views/images/<2 hex>/<sha256>-<page>-<width>.png` (or `.jpg`) is a view like the others: it
//! may be deleted at any time and is made again.

mod cache;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use simars_archive::{Archive, ArchiveError};
use simars_extract::{Converted, Extractor, PageImage};
use simars_record::{Digest, Document, Finding, FindingCode, ObjectRef};

use crate::Holdings;
use crate::conversions::{ConversionError, Conversions};
use cache::Cache;

/// Width in pixels of the small image in lists.
pub const THUMBNAIL_WIDTH: u32 = 240;
/// Width in pixels of a page to read on a small screen, or on a poor line.
pub const SMALL_WIDTH: u32 = 640;
/// Width in pixels of a page to read.
pub const READING_WIDTH: u32 = 1000;
/// Width in pixels of a page to look at closely.
pub const LARGE_WIDTH: u32 = 1800;
/// What the images may take on disk unless the operator says otherwise, in bytes.
pub const IMAGE_CACHE_BYTES: u64 = 1 << 30;

/// The first pages of a new document, which are drawn ahead for reading.
const PAGES_AHEAD: u32 = 2;
/// A page that could not be drawn is not tried again for this long.
const FAILURE_KEPT: Duration = Duration::from_secs(600);
/// So many failures are remembered.
const MOST_FAILURES: usize = 10_000;
/// Somebody who asks for an image waits this long while others are drawn.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most drawing processes at a time; each may take what the limits of reading allow.
const MOST_AT_ONCE: usize = 4;

/// Why there is no image of a page.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// It cannot be drawn; the same is answered for some minutes without trying again.
    #[error("page {page} cannot be drawn: {detail}", page = .0.page.unwrap_or(0), detail = .0.detail)]
    NotDrawn(Finding),
    /// The original cannot be opened.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The page is that of an office document, of which there is no PDF, or none with this page.
    #[error(transparent)]
    NotConverted(#[from] ConversionError),
    /// Too many others are waited for.
    #[error("too many page images are asked for at once; hint: ask again in a few seconds")]
    Busy,
}

/// What an image is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    original: Digest,
    page: u32,
    width: u32,
}

#[derive(Debug, Default)]
struct State {
    making: HashSet<Key>,
    failed: HashMap<Key, (Instant, Finding)>,
}

/// The images of an archive's pages. Shared by everybody who asks for one.
#[derive(Debug)]
pub struct Images {
    archive: Arc<Archive>,
    extractor: Extractor,
    conversions: Arc<Conversions>,
    cache: Mutex<Cache>,
    state: Mutex<State>,
    changed: Condvar,
    most_at_once: usize,
}

impl Images {
    /// The images in `folder`, which together take up to `limit_bytes`.
    pub(crate) fn new(
        archive: Arc<Archive>,
        extractor: Extractor,
        conversions: Arc<Conversions>,
        folder: PathBuf,
        limit_bytes: u64,
    ) -> Self {
        Self {
            archive,
            extractor,
            conversions,
            cache: Mutex::new(Cache::new(folder, limit_bytes)),
            state: Mutex::default(),
            changed: Condvar::new(),
            most_at_once: available_parallelism().map_or(1, usize::from).min(MOST_AT_ONCE),
        }
    }

    /// The image of a page, counted from 1, `width` pixels wide: from disk, or drawn now; that of an
    /// office document is drawn from the PDF that it is converted to. Whoever
    /// asks for the same at the same time gets the same. Which pages and widths may be asked for
    /// is the caller's business: each new one costs a process and room on disk.
    ///
    /// # Errors
    /// If the page cannot be drawn, its original is missing, or too many others wait.
    pub fn page(
        &self,
        original: &ObjectRef,
        media_type: &str,
        page: u32,
        width: u32,
    ) -> Result<PageImage, ImageError> {
        let key = Key { original: original.sha256, page, width };
        if let Some(image) = self.kept(&key) {
            return Ok(image);
        }
        // Before the turn: those who only wait for a drawing are not to wait for a conversion.
        let converted = self.converted(original, media_type, page)?;
        let _turn = self.turn(key)?;
        // Somebody else may have made it while this one waited.
        if let Some(image) = self.kept(&key) {
            return Ok(image);
        }
        let drawn = match converted {
            Some(Converted { pdf, .. }) => self.extractor.page_image_of_pdf(&pdf, page, width),
            None => {
                let file = self.archive.open_object(original)?;
                self.extractor.page_image(&file, media_type, page, width)
            }
        };
        match drawn {
            Ok(image) => {
                self.keep(key, &image);
                Ok(image)
            }
            Err(finding) => {
                self.state().remember(key, &finding);
                Err(ImageError::NotDrawn(finding))
            }
        }
    }

    /// The PDF to draw from, for an office document; such a file has no pages of its own.
    fn converted(
        &self,
        original: &ObjectRef,
        media_type: &str,
        page: u32,
    ) -> Result<Option<Converted>, ImageError> {
        if !self.conversions.has(media_type) {
            return Ok(None);
        }
        let converted = self.conversions.pdf(original, media_type)?;
        if page <= converted.pages {
            return Ok(Some(converted));
        }
        let detail = format!(
            "the document has {} pages when converted; they need not be those of its text",
            converted.pages
        );
        let finding = Finding::page(FindingCode::Unsupported, page, detail);
        Err(ConversionError::NotMade(finding).into())
    }

    /// Draws what will be asked for first of a new document, unless it is there already or the
    /// images on disk are so many that others would have to go. Failures are remembered and told
    /// to whoever asks.
    pub fn make_ahead(&self, document: &Document) {
        let current = document.current();
        let first = (current.pages > 0).then_some((1, THUMBNAIL_WIDTH));
        let reading = (1..=current.pages.min(PAGES_AHEAD)).map(|page| (page, READING_WIDTH));
        for (page, width) in first.into_iter().chain(reading) {
            let key = Key { original: current.original.sha256, page, width };
            let mut cache = self.cache();
            if !cache.has_room() {
                return;
            }
            let there = cache.contains(&key);
            drop(cache);
            if there {
                continue;
            }
            let made = self.page(&current.original, &current.media_type, page, width);
            if let Err(error) = made {
                tracing::debug!(%error, id = %document.id, "no page image ahead");
                return;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The image on disk. One that is damaged or gone is forgotten.
    fn kept(&self, key: &Key) -> Option<PageImage> {
        let path = self.cache().used(key)?;
        // Read without the lock: the disk may be slow.
        let image = cache::read(&path).and_then(PageImage::from_bytes);
        if image.is_none() {
            tracing::debug!(path = %path.display(), "a page image is damaged or gone");
            self.cache().forget(key);
        }
        image
    }

    fn keep(&self, key: Key, image: &PageImage) {
        let path = self.cache().path(&key, image.media_type);
        match cache::write(&path, &image.bytes) {
            Ok(()) => self.cache().add(key, path, image.bytes.len() as u64),
            Err(error) => {
                tracing::warn!(%error, path = %path.display(), "a page image is not kept");
            }
        }
    }

    /// Waits until nobody draws this image and there is a place to draw; then it is the caller's
    /// turn until the answer is dropped.
    fn turn(&self, key: Key) -> Result<Turn<'_>, ImageError> {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.state();
        loop {
            if let Some(finding) = state.failure(&key) {
                return Err(ImageError::NotDrawn(finding));
            }
            if state.making.len() < self.most_at_once && state.making.insert(key) {
                return Ok(Turn { images: self, key });
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ImageError::Busy);
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl State {
    fn failure(&self, key: &Key) -> Option<Finding> {
        let (since, finding) = self.failed.get(key)?;
        (since.elapsed() < FAILURE_KEPT).then(|| finding.clone())
    }

    fn remember(&mut self, key: Key, finding: &Finding) {
        if self.failed.len() >= MOST_FAILURES {
            self.failed.retain(|_, (since, _)| since.elapsed() < FAILURE_KEPT);
        }
        if self.failed.len() < MOST_FAILURES {
            self.failed.insert(key, (Instant::now(), finding.clone()));
        }
    }
}

/// The right to draw an image; given back when dropped.
struct Turn<'a> {
    images: &'a Images,
    key: Key,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.images.state().making.remove(&self.key);
        self.images.changed.notify_all();
    }
}

impl Holdings {
    /// The image of a page; see [`Images::page`].
    ///
    /// # Errors
    /// If the page cannot be drawn, its original is missing, or too many others wait.
    pub fn page_image(
        &self,
        original: &ObjectRef,
        media_type: &str,
        page: u32,
        width: u32,
    ) -> Result<PageImage, ImageError> {
        self.images().page(original, media_type, page, width)
    }
}
