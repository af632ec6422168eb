//! Some pages of a PDF or a TIFF as a file of their own, made in the child.

mod tiff;

use std::fs::File;
use std::io;

use simars_record::{Finding, FindingCode};

use crate::answer::Work;
use crate::{Extractor, Kind, Limits, made, page_image, pdf};

/// The largest file that is taken apart, in bytes: it lies in memory while it is worked on.
const MOST_FILE: u64 = 256 << 20;
/// What a part may have beside what is in the file: the marks around its objects are written anew.
const ROOM: u64 = 1 << 20;

/// The most bytes of a part of a file of this many bytes. Objects that the file holds packed
/// together are written one by one.
pub(crate) fn most_bytes(file_bytes: u64) -> usize {
    usize::try_from(file_bytes.min(MOST_FILE).saturating_mul(2) + ROOM).unwrap_or(usize::MAX)
}

impl Extractor {
    /// The pages from `first` to `last`, counted from 1, of a PDF or a TIFF as one of their own: what
    /// they draw is taken over as it is, byte for byte; what belongs to the file as a whole (title,
    /// outline, forms, attachments) stays behind. The same file gives the same bytes.
    ///
    /// # Errors
    /// The finding: the file is neither, is signed, encrypted, damaged or too large, has no such
    /// pages, or the limits are reached.
    pub fn part(
        &self,
        file: &File,
        media_type: &str,
        (first, last): (u32, u32),
    ) -> Result<Vec<u8>, Finding> {
        let failed = |error: io::Error| {
            let detail = format!("the file could not be read: {error}");
            Finding::file(FindingCode::ReaderFailed, detail)
        };
        if file.metadata().map_err(failed)?.len() > MOST_FILE {
            let detail = format!("files up to {MOST_FILE} bytes are taken apart");
            return Err(Finding::file(FindingCode::LimitReached, detail));
        }
        let kind = page_image::kind_of(media_type).unwrap_or(Kind::Other);
        let _place = self.pool.enter();
        self.have_done(file, kind, Work::Part { first, last }, made::decode)?
    }
}

/// The child's side: the body of its answer.
pub(crate) fn work(
    bytes: Vec<u8>,
    kind: Kind,
    (first, last): (u32, u32),
    limits: &Limits,
) -> io::Result<Vec<u8>> {
    let made = match kind {
        Kind::Pdf => pdf::part(bytes, first, last, limits),
        Kind::Tiff => tiff::part(&bytes, first, last, most_bytes(bytes.len() as u64)),
        _ => Err(Finding::file(FindingCode::Unsupported, "only PDFs and TIFFs are taken apart")),
    };
    made::encode(&made)
}
