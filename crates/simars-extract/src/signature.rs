//! Embedded signatures of PDFs (PAdES, ISO 32000-2, 12.8): found, checked, and what came after.
//!
//! Four statements are kept apart: integrity, chain, revocation and time. Whether a signature
//! covers the whole file is a fifth; real official files are changed lawfully after signing, so
//! what was added later is named and classed instead of condemned.

mod anchors;
mod certificate;
mod chain;
mod changes;
mod check;
mod cms;
mod crypto;
mod find;
mod judge;
mod message;
mod moment;
mod outline;
mod place;
mod revisions;
mod stamp;
mod tlv;

use lopdf::{Document, Object};
use simars_record::{Finding, FindingCode, Signature};

use crate::Limits;
use crate::budget::Budget;

pub use self::anchors::Anchors;
pub(crate) use self::anchors::decoded as decoded_anchors;
use self::certificate::Certificate;
pub(crate) use self::check::check;
use self::find::{Found, dictionary, entry, resolved};
use self::judge::File;
use self::revisions::{History, State};
use self::tlv::Tlv;

/// The most certificates that are taken from the file's validation data.
const MOST_CERTIFICATES: usize = 500;

/// The most bytes of one certificate.
const MOST_CERTIFICATE_BYTES: usize = 64 << 10;

/// Finds and checks all signatures of a PDF, in the order of the bytes they cover. `anchors` are
/// the certificates, in DER, that are trusted. A file that cannot be opened is the finding.
pub(crate) fn read(
    bytes: &[u8],
    anchors: &[Vec<u8>],
    limits: &Limits,
    budget: Budget,
) -> Result<Vec<Signature>, Finding> {
    let document = match revisions::open(bytes) {
        Ok(document) => document,
        Err(lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_)) => {
            return Err(Finding::file(FindingCode::Encrypted, "a password is needed to read it"));
        }
        Err(error) => {
            let detail = format!("no reader opens it: {error}");
            return Err(Finding::file(FindingCode::Damaged, detail));
        }
    };
    let anchors: Option<Vec<Certificate<'_>>> =
        anchors.iter().map(|der| certificate(der)).collect();
    let anchors = anchors.ok_or_else(anchors::wrong)?;
    let present = find::all(&document);
    // Where no byte range stands, no signature is or was.
    let first = match crate::sniff::find(bytes, b"ByteRange") {
        None if present.is_empty() => return Ok(Vec::new()),
        first => first.unwrap_or(0),
    };
    let stored = stored_certificates(&document);
    let signed = present.iter().map(|found| find::end(found.byte_range));
    let mut ends = revisions::ends(bytes, signed.filter_map(|end| usize::try_from(end).ok()));
    ends.retain(|&end| end > first);
    let history = History::new(bytes, limits, budget);
    let (states, mut revisions) = history.states(&ends);
    let first_signed = present.iter().map(|found| find::end(found.byte_range)).min();
    if let Some(end) =
        states.iter().map(|state| state.end).find(|&end| Some(end as u64) == first_signed)
    {
        let is_certified = present.iter().any(|found| found.permits.is_some());
        history.read_again(end, is_certified, &mut revisions);
    }
    let removed = removed(&states, &present);
    let file = File {
        bytes,
        is_encrypted: document.was_encrypted() || document.is_encrypted(),
        states,
        revisions,
        stored: stored.iter().filter_map(|der| certificate(der)).collect(),
        anchors,
    };
    let mut signatures: Vec<Signature> =
        present.iter().map(|found| file.judge(found, false)).collect();
    signatures.extend(removed.iter().map(|found| file.judge(found, true)));
    signatures.sort_by_key(|signature| find::end(signature.coverage.byte_range));
    Ok(signatures)
}

/// Whether a PDF is signed, or ever was: then it stays as it is.
pub(crate) fn is_signed(document: &Document, bytes: &[u8]) -> bool {
    crate::sniff::find(bytes, b"ByteRange").is_some() || !find::all(document).is_empty()
}

fn certificate(der: &[u8]) -> Option<Certificate<'_>> {
    Certificate::read(Tlv::first(der)?.0)
}

/// The certificates in the document's security store (ISO 32000-2, 12.8.4.3).
fn stored_certificates(document: &Document) -> Vec<Vec<u8>> {
    let store = document.catalog().ok().and_then(|catalog| entry(document, catalog, b"DSS"));
    let certificates =
        store.and_then(dictionary).and_then(|store| entry(document, store, b"Certs"));
    let certificates = certificates.and_then(|found| found.as_array().ok());
    let content = |object: &Object| {
        let stream = resolved(document, object)?.as_stream().ok()?;
        stream.get_plain_content_with_limit(MOST_CERTIFICATE_BYTES).ok()
    };
    let certificates = certificates.into_iter().flatten().take(MOST_CERTIFICATES);
    certificates.filter_map(content).collect()
}

/// Signatures that an earlier state of the file had and the file has no more.
fn removed(states: &[State], present: &[Found]) -> Vec<Found> {
    let mut removed: Vec<Found> = Vec::new();
    for found in states.iter().flat_map(|state| state.found.iter().flatten()) {
        if removed.len() < find::MOST_SIGNATURES
            && !present.iter().chain(&removed).any(|other| other.is(found))
        {
            removed.push(found.clone());
        }
    }
    removed
}

#[cfg(test)]
mod tests;
