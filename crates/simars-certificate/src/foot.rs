//! The strip at the foot of each page of an authenticated copy.

use krilla::configure::Archival;
use krilla::metadata::Metadata;
use simars_record::{Digest, DocumentId, Timestamp};

use crate::certificate::{archival, date_time, domain, finish};
use crate::face::Face;
use crate::sheet::{Ink, Sheet, Style};
use crate::words::{self, fill};
use crate::{CertificateError, Link, Qr};

/// How wide the strip is, in points: the width of A4 less a margin on both sides.
pub const FOOT_WIDTH: f32 = 500.0;
/// How high the strip is, in points. A QR code of 41 squares has squares of a third of a
/// millimetre then, which a telephone reads at arm's length.
pub const FOOT_HEIGHT: f32 = 46.0;

/// What stands at the foot of each page. It says nothing that a later act could change, such as a
/// title: the same version of a document gives the same strip for ever.
#[derive(Debug, Clone)]
pub struct Foot<'a> {
    /// The office's name in Indonesian.
    pub office: &'a str,
    /// The address of the server, such as `https://arsip.example`.
    pub public_address: &'a str,
    /// The document.
    pub id: DocumentId,
    /// The SHA-256 of its original, to which the copy is bound.
    pub sha256: Digest,
    /// Which of its versions that is, from 1.
    pub version: u32,
}

impl Foot<'_> {
    /// The strip as a PDF of one page of [`FOOT_WIDTH`] by [`FOOT_HEIGHT`], with its typeface and
    /// its colours inside. The same values give the same bytes.
    ///
    /// # Errors
    /// If the public address does not fit into a QR code, or the writer refuses.
    pub fn pdf(&self) -> Result<Vec<u8>, CertificateError> {
        let link = Link { id: self.id, sha256: self.sha256, index: None };
        let qr = Qr::of(&link.address(self.public_address))?;
        let mut document = archival(Archival::A2_U)?;
        let (regular, bold) = (Face::regular()?, Face::bold()?);
        Sheet::add(&mut document, (FOOT_WIDTH, FOOT_HEIGHT), |sheet| {
            self.draw(sheet, &regular, &bold, &qr);
        })?;
        // The standard asks for a date; only the drawing goes into copies.
        let dated = Metadata::new().creation_date(date_time(Timestamp::from_unix(0)));
        document.set_metadata(dated.language("id".to_owned()).title(words::COPY.en.to_owned()));
        finish(document)
    }

    fn draw(&self, sheet: &mut Sheet<'_>, regular: &Face, bold: &Face, qr: &Qr) {
        sheet.rule(0.0, 0.0, FOOT_WIDTH, Ink::Pale);
        sheet.qr(qr, 0.0, 0.0, FOOT_HEIGHT);
        let x = FOOT_HEIGHT + 4.0;
        let width = FOOT_WIDTH - x;
        let strong = Style { face: bold, size: 7.0, leading: 9.0, ink: Ink::Black };
        let plain = Style { face: regular, ..strong };
        let office = fill(words::COPY.id, &[("office", self.office)]);
        let made = format!("{office} / {}", words::COPY.en);
        let y = sheet.text(&made, (x, 3.0), width, 1, strong);
        let (id, version) = (self.id.to_string(), self.version.to_string());
        let document = fill(words::COPY_OF.id, &[("id", &id), ("version", &version)]);
        let y = sheet.text(&document, (x, y), width, 1, plain);
        let sha256 = format!("SHA-256 {}", self.sha256);
        let y = sheet.text(&sha256, (x, y), width, 1, Style { size: 6.2, ..plain });
        let check = words::COPY_CHECK;
        let check = format!("{} / {}: {}", check.id, check.en, domain(self.public_address));
        sheet.text(&check, (x, y), width, 1, strong);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foot(office: &str, version: u32) -> Foot<'_> {
        Foot {
            office,
            public_address: "https://arsip.example",
            id: DocumentId::from_bytes([3; 16]),
            sha256: Digest::of(b"x"),
            version,
        }
    }

    #[test]
    fn a_strip_is_small_and_always_the_same() {
        let made = foot("Komisi Contoh", 1).pdf().unwrap();
        assert_eq!(foot("Komisi Contoh", 1).pdf().unwrap(), made);
        assert_ne!(foot("Komisi Contoh", 2).pdf().unwrap(), made);
        assert!(made.starts_with(b"%PDF-1.") && made.len() < 40_000, "{}", made.len());
        assert!(foot(&"sangat panjang ".repeat(100), u32::MAX).pdf().is_ok());
    }
}
