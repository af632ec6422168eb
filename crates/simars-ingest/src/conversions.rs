//! Office documents as PDFs to look at: made on demand or ahead, each once, and kept on disk
//! within a size limit.
//!
//! `views/conversions/<2 hex>/<sha256>.part` holds the PDF behind a check sum and its count of
//! pages. It is a view like the others; neither the original nor its text depends on it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use simars_archive::{Archive, ArchiveError};
use simars_extract::{Converted, Extractor};
use simars_record::{Digest, Finding, Hasher, ObjectRef};

use crate::Holdings;
use crate::shelf::{Failures, Shelf};

/// What the PDFs may take on disk, in bytes.
pub const CONVERSION_CACHE_BYTES: u64 = 512 << 20;

/// Somebody who asks waits this long while another document is converted.
const PATIENCE: Duration = Duration::from_secs(20);
/// The check sum, before the count of pages.
const SUM_BYTES: usize = 32;
/// The count of pages, before the PDF.
const COUNT_BYTES: usize = 4;

/// Why there is no PDF of an office document.
#[derive(Debug, thiserror::Error)]
pub enum ConversionError {
    /// It cannot be converted; the same is answered for some minutes without trying again.
    #[error("no PDF for reading can be made: {detail}", detail = .0.detail)]
    NotMade(Finding),
    /// The original cannot be opened.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// Another document is being converted, and takes long.
    #[error("another document is being converted; hint: ask again in a minute")]
    Busy,
}

/// The PDFs of an archive's office documents.
#[derive(Debug)]
pub(crate) struct Conversions {
    archive: Arc<Archive>,
    extractor: Extractor,
    shelf: Shelf,
    failures: Failures,
    /// Where documents are converted; empty between conversions.
    workplaces: PathBuf,
    /// Whether a document is being converted: one at a time.
    making: Mutex<bool>,
    made: Condvar,
}

impl Conversions {
    pub(crate) fn new(archive: Arc<Archive>, extractor: Extractor, limit_bytes: u64) -> Self {
        let folder = archive.folder().conversions();
        let workplaces = folder.join("at-work");
        // What a crash has left there.
        if let Err(error) = fs::remove_dir_all(&workplaces)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, folder = %workplaces.display(), "cannot be cleared away");
        }
        Self {
            archive,
            extractor,
            shelf: Shelf::new(folder, limit_bytes),
            failures: Failures::default(),
            workplaces,
            making: Mutex::new(false),
            made: Condvar::new(),
        }
    }

    /// Whether files of this media type can be converted here.
    pub(crate) fn has(&self, media_type: &str) -> bool {
        self.extractor.converts(media_type)
    }

    /// The PDF of an office document: from disk, or made now.
    pub(crate) fn pdf(
        &self,
        original: &ObjectRef,
        media_type: &str,
    ) -> Result<Converted, ConversionError> {
        if let Some(kept) = self.kept(original) {
            return Ok(kept);
        }
        let _turn = self.turn()?;
        // Somebody else may have made it while this one waited.
        if let Some(kept) = self.kept(original) {
            return Ok(kept);
        }
        if let Some(finding) = self.failures.of(&original.sha256) {
            return Err(ConversionError::NotMade(finding));
        }
        let file = self.archive.open_object(original)?;
        match self.extractor.convert(&file, media_type, &self.workplaces) {
            Ok(made) => {
                self.shelf.keep(&self.path(original), &written(&made));
                Ok(made)
            }
            Err(finding) => {
                self.failures.remember(original.sha256, &finding);
                Err(ConversionError::NotMade(finding))
            }
        }
    }

    /// The PDF on disk, if it has been made. One that is damaged is as good as none.
    pub(crate) fn kept(&self, original: &ObjectRef) -> Option<Converted> {
        self.shelf.read(&self.path(original)).and_then(|bytes| read(&bytes))
    }

    /// How many pages the PDF on disk says it has. Only a hint: nothing is checked.
    fn pages(&self, original: &ObjectRef) -> Option<u32> {
        let mut head = [0; SUM_BYTES + COUNT_BYTES];
        let mut file = File::open(self.path(original)).ok()?;
        file.read_exact(&mut head).ok()?;
        head.last_chunk().map(|count| u32::from_le_bytes(*count))
    }

    fn path(&self, original: &ObjectRef) -> PathBuf {
        self.shelf.place(&original.sha256, "")
    }

    fn making(&self) -> MutexGuard<'_, bool> {
        self.making.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self) -> Result<Turn<'_>, ConversionError> {
        let deadline = Instant::now() + PATIENCE;
        let mut making = self.making();
        while *making {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ConversionError::Busy);
            }
            let waited = self.made.wait_timeout(making, left);
            making = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *making = true;
        Ok(Turn { conversions: self })
    }
}

/// The right to convert; given back when dropped.
struct Turn<'a> {
    conversions: &'a Conversions,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.conversions.making() = false;
        self.conversions.made.notify_one();
    }
}

impl Holdings {
    /// Whether files of this media type are office documents that can be converted here.
    pub fn converts(&self, media_type: &str) -> bool {
        self.conversions().has(media_type)
    }

    /// An office document as a PDF to look at: a view, whose pages need not be those of the text.
    ///
    /// # Errors
    /// If the document cannot be converted, its original is missing, or others are converted for
    /// long.
    pub fn reading_pdf(
        &self,
        original: &ObjectRef,
        media_type: &str,
    ) -> Result<Converted, ConversionError> {
        self.conversions().pdf(original, media_type)
    }

    /// How many pages the PDF of an office document has, if one has been made. Never waits.
    pub fn reading_pages(&self, original: &ObjectRef) -> Option<u32> {
        self.conversions().pages(original)
    }
}

fn sum(rest: &[u8]) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(rest);
    hasher.finish()
}

fn written(made: &Converted) -> Vec<u8> {
    let rest = [&made.pages.to_le_bytes()[..], &made.pdf].concat();
    [sum(&rest).as_bytes(), &rest[..]].concat()
}

/// Reads what [`written`] wrote; `None` if it is anything else.
fn read(bytes: &[u8]) -> Option<Converted> {
    let (kept, rest) = bytes.split_at_checked(SUM_BYTES)?;
    let (count, pdf) = rest.split_first_chunk::<COUNT_BYTES>()?;
    let pages = u32::from_le_bytes(*count);
    (sum(rest).as_bytes() == kept).then(|| Converted { pdf: pdf.to_vec(), pages })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_every_flipped_bit_is_noticed() {
        let made = Converted { pdf: b"%PDF".to_vec(), pages: 3 };
        let kept = written(&made);
        assert_eq!(read(&kept), Some(made));
        for bit in 0..kept.len() * 8 {
            let mut flipped = kept.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(&flipped), None);
        }
        for length in 0..kept.len() {
            assert_eq!(read(&kept[..length]), None);
        }
    }
}
