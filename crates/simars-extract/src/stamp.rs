//! Authenticated copies: a PDF with a strip below each of its pages, made in the child.
//!
//! A copy is the original with something appended (an incremental update, ISO 32000-2, 7.5.6): its
//! first bytes are the original's, all of them, so that what is appended can be taken off again and
//! signatures of the original stay as good as they were for what they cover. The child gives only
//! what is to be appended, so that it could not change the original if it wanted to.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use rustix::fs::{MemfdFlags, memfd_create};
use simars_record::{Finding, FindingCode};

use crate::answer::Work;
use crate::{Extractor, Kind, made, pdf};

/// The largest original that is copied, in bytes: it lies in memory while it is worked on.
pub(crate) const MOST_ORIGINAL: u64 = 256 << 20;
/// The most bytes that are appended.
pub(crate) const MOST_APPENDED: usize = 64 << 20;
/// The largest strip, in bytes.
const MOST_STRIP: usize = 1 << 20;

impl Extractor {
    /// What is to be appended to a PDF so that each of its pages is longer by a strip at its foot:
    /// the first page of the PDF `strip`, drawn in its own size where the page is wide enough.
    /// Nothing of the page is covered. The same files give the same bytes.
    ///
    /// # Errors
    /// The finding: the original is no PDF, is encrypted, damaged, too large or has too many pages,
    /// or the limits are reached.
    pub fn stamp(&self, original: &File, strip: &[u8]) -> Result<Vec<u8>, Finding> {
        let failed = |error: io::Error| {
            let detail = format!("the file could not be read: {error}");
            Finding::file(FindingCode::ReaderFailed, detail)
        };
        let length = original.metadata().map_err(failed)?.len();
        if length > MOST_ORIGINAL || strip.len() > MOST_STRIP {
            let detail = format!("copies are made of files up to {MOST_ORIGINAL} bytes");
            return Err(Finding::file(FindingCode::LimitReached, detail));
        }
        let both = joined(original, strip).map_err(failed)?;
        let work = Work::Stamp { strip_bytes: strip.len() as u32 };
        let _place = self.pool.enter();
        self.have_done(&both, Kind::Pdf, work, made::decode)?
    }
}

/// The original and the strip, one after the other, in memory only.
fn joined(mut original: &File, strip: &[u8]) -> io::Result<File> {
    let mut both = File::from(memfd_create("copy", MemfdFlags::CLOEXEC)?);
    original.seek(SeekFrom::Start(0))?;
    io::copy(&mut original, &mut both)?;
    both.write_all(strip)?;
    both.rewind()?;
    Ok(both)
}

/// The child's side: the body of its answer for the original and the strip in one.
pub(crate) fn work(
    mut both: Vec<u8>,
    strip_bytes: u32,
    limits: &crate::Limits,
) -> io::Result<Vec<u8>> {
    let length = both.len().checked_sub(strip_bytes as usize);
    let strip = both.split_off(length.ok_or(io::ErrorKind::InvalidInput)?);
    let appended = pdf::stamp(both, &strip, limits).and_then(|appended| {
        if appended.len() <= MOST_APPENDED {
            return Ok(appended);
        }
        let detail = format!("{} bytes are to be appended; limit {MOST_APPENDED}", appended.len());
        Err(Finding::file(FindingCode::LimitReached, detail))
    });
    made::encode(&appended)
}
