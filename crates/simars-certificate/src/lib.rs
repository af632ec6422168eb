//! What an office prints for its documents: certificates, the foot of its copies, separator sheets.
//!
//! **What it does.** Writes the *surat keterangan autentifikasi* of a document as one page of
//! PDF/A-3 with the proof file inside, and the strip that stands at the foot of each page of an
//! authenticated copy; makes the QR codes of both. Prints separator sheets for stacks of papers.
//!
//! **Takes and gives.** Plain words, numbers and digests; the bytes of a PDF. The same values give
//! the same bytes: the time is one of the values.
//!
//! **Never.** No disk, no network, no clock, no archive. It judges nothing: what stands on the page
//! is what it was told.
//!
//! **Start at** [`Certificate::pdf`]; [`Link`] is what the QR codes say.

mod certificate;
mod face;
mod foot;
mod link;
mod qr;
mod separator;
mod sheet;
mod words;

pub use certificate::{Certificate, Checkpoint, Standing, Witnesses};
pub use foot::{FOOT_HEIGHT, FOOT_WIDTH, Foot};
pub use link::{Link, LinkError};
pub use qr::Qr;
pub use separator::{MOST_SHEETS, SeparatorSheet};

/// Why no PDF was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// More text than a QR code holds, about 4,000 characters.
    #[error(
        "{0} characters do not fit into a QR code; hint: is the public address of the server \
             as short as it could be?"
    )]
    Qr(usize),
    /// The writer refuses; what is asked for would not be PDF/A.
    #[error("the PDF cannot be written: {0}")]
    Pdf(String),
}
