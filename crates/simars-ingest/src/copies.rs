//! Authenticated copies: made on demand, each once, and kept on disk within a size limit.
//!
//! `views/copies/<2 hex>/<sha256>-<strip>.part` holds only what a copy has beyond its original,
//! behind the digest of the whole copy and a check sum of both. It is a view like the others.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use simars_archive::{Archive, ArchiveError};
use simars_extract::Extractor;
use simars_record::{Digest, Finding, FindingCode, Hasher, ObjectRef};

use crate::Holdings;
use crate::shelf::{Failures, Shelf};

/// What the copies may take on disk, in bytes; what the originals take does not count.
pub const COPY_CACHE_BYTES: u64 = 256 << 20;

/// The digest of the whole copy and the check sum, before what is appended.
const HEADER_BYTES: usize = 64;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The original cannot be copied; the same is answered for some minutes without trying again.
    #[error("no authenticated copy can be made: {detail}", detail = .0.detail)]
    NotMade(Finding),
    /// The original cannot be opened.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The original cannot be read.
    #[error("the original cannot be read: {0}")]
    Read(#[from] io::Error),
}

/// An authenticated copy: the bytes of the original, then some more.
#[derive(Debug)]
pub struct MadeCopy {
    /// The original, at its beginning.
    pub original: File,
    /// What follows it.
    pub appended: Vec<u8>,
    /// The SHA-256 of both together.
    pub sha256: Digest,
    /// The bytes of both together.
    pub size_bytes: u64,
}

/// The authenticated copies of an archive's originals.
#[derive(Debug)]
pub(crate) struct Copies {
    archive: Arc<Archive>,
    extractor: Extractor,
    shelf: Shelf,
    failures: Failures,
    /// Held by whoever makes one: a copy takes a process and much memory.
    making: Mutex<()>,
}

impl Copies {
    pub(crate) fn new(archive: Arc<Archive>, extractor: Extractor, limit_bytes: u64) -> Self {
        let shelf = Shelf::new(archive.folder().copies(), limit_bytes);
        Self { archive, extractor, shelf, failures: Failures::default(), making: Mutex::default() }
    }

    fn copy(
        &self,
        original: &ObjectRef,
        media_type: &str,
        strip: &[u8],
    ) -> Result<MadeCopy, CopyError> {
        if media_type != "application/pdf" {
            let detail = format!("copies are made of PDFs, not of {media_type}");
            return Err(CopyError::NotMade(Finding::file(FindingCode::Unsupported, detail)));
        }
        let path = self.path(original, strip);
        if let Some(kept) = self.kept(original, &path)? {
            return Ok(kept);
        }
        let _turn = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have made it while this one waited.
        if let Some(kept) = self.kept(original, &path)? {
            return Ok(kept);
        }
        if let Some(finding) = self.failures.of(&original.sha256) {
            return Err(CopyError::NotMade(finding));
        }
        let file = self.archive.open_object(original)?;
        let appended = self.extractor.stamp(&file, strip).map_err(|finding| {
            self.failures.remember(original.sha256, &finding);
            CopyError::NotMade(finding)
        })?;
        let sha256 = digest_of_both(file, &appended)?;
        self.shelf.keep(&path, &written(sha256, &appended));
        self.whole(original, sha256, appended)
    }

    fn path(&self, original: &ObjectRef, strip: &[u8]) -> PathBuf {
        let strip = Digest::of(strip).to_string();
        self.shelf.place(&original.sha256, &format!("-{}", &strip[..16]))
    }

    fn whole(
        &self,
        original: &ObjectRef,
        sha256: Digest,
        appended: Vec<u8>,
    ) -> Result<MadeCopy, CopyError> {
        let size_bytes = original.size_bytes + appended.len() as u64;
        let original = self.archive.open_object(original)?;
        Ok(MadeCopy { original, appended, sha256, size_bytes })
    }

    /// The copy on disk. One that is damaged is as good as none.
    fn kept(&self, original: &ObjectRef, path: &Path) -> Result<Option<MadeCopy>, CopyError> {
        let Some((sha256, appended)) = self.shelf.read(path).and_then(|bytes| read(&bytes)) else {
            return Ok(None);
        };
        self.whole(original, sha256, appended).map(Some)
    }
}

impl Holdings {
    /// An authenticated copy of an original: the same pages, each with the first page of the PDF
    /// `strip` below its foot. The same original and strip give the same bytes, so the copy can be
    /// registered by its digest.
    ///
    /// # Errors
    /// If the original is no PDF that can be copied (see [`Extractor::stamp`]) or is missing.
    pub fn authenticated_copy(
        &self,
        original: &ObjectRef,
        media_type: &str,
        strip: &[u8],
    ) -> Result<MadeCopy, CopyError> {
        self.copies().copy(original, media_type, strip)
    }
}

fn digest_of_both(mut original: File, appended: &[u8]) -> io::Result<Digest> {
    original.rewind()?;
    let mut hasher = Hasher::new();
    let mut chunk = vec![0; 1 << 16];
    loop {
        match original.read(&mut chunk)? {
            0 => break,
            count => hasher.update(&chunk[..count]),
        }
    }
    hasher.update(appended);
    Ok(hasher.finish())
}

fn check_sum(sha256: &Digest, appended: &[u8]) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(sha256.as_bytes());
    hasher.update(appended);
    hasher.finish()
}

fn written(sha256: Digest, appended: &[u8]) -> Vec<u8> {
    [sha256.as_bytes(), check_sum(&sha256, appended).as_bytes(), appended].concat()
}

/// Reads what [`written`] wrote; `None` if it is anything else.
fn read(bytes: &[u8]) -> Option<(Digest, Vec<u8>)> {
    let (header, appended) = bytes.split_at_checked(HEADER_BYTES)?;
    let (sha256, sum) = header.split_at(HEADER_BYTES / 2);
    let sha256 = Digest::from_bytes(sha256.try_into().ok()?);
    let sum = Digest::from_bytes(sum.try_into().ok()?);
    (check_sum(&sha256, appended) == sum).then(|| (sha256, appended.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_every_flipped_bit_is_noticed() {
        let kept = written(Digest::of(b"copy"), b"appended");
        assert_eq!(read(&kept), Some((Digest::of(b"copy"), b"appended".to_vec())));
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
