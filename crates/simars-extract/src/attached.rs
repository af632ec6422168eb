//! The proof file inside a certificate, taken out in the child.

use std::fs::File;
use std::io;

use simars_record::{Finding, FindingCode};

use crate::answer::Work;
use crate::{Extractor, Kind, made, pdf};

/// What the name of a proof file ends with.
pub(crate) const PROOF_ENDING: &str = ".tlog-proof";
/// The largest proof file that is taken out, in bytes; most have some thousand.
pub(crate) const MOST_PROOF: usize = 1 << 20;

impl Extractor {
    /// The bytes of the one file inside a PDF whose name ends with `.tlog-proof`.
    ///
    /// # Errors
    /// The finding: the file is no PDF or cannot be opened, has no such file inside or several, or
    /// that one is damaged or larger than 1 MiB.
    pub fn proof_in(&self, certificate: &File) -> Result<Vec<u8>, Finding> {
        let _place = self.pool.enter();
        let taken = self.have_done(certificate, Kind::Pdf, Work::Proof, made::decode)??;
        if taken.len() > MOST_PROOF {
            let detail = "the proof inside is larger than the limits allow";
            return Err(Finding::file(FindingCode::LimitReached, detail));
        }
        Ok(taken)
    }
}

/// The child's side: the body of its answer.
pub(crate) fn work(bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    made::encode(&pdf::attached(bytes, PROOF_ENDING, MOST_PROOF))
}
