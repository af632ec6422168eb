//! The parent's side: has the signatures of a file checked while it is taken in.

use std::fs::File;
use std::io::{self, Read, Seek};

use simars_record::{Digest, Extracted, Finding, Signature, SignatureCheck};

use crate::sniff::find;

/// Without it nothing is signed: the value says which bytes are covered, so it can stand neither
/// compressed nor encrypted (ISO 32000-2, 12.8.1).
const BYTE_RANGE: &[u8] = b"ByteRange";

/// As much of the file as is looked at in one step.
const STEP_BYTES: usize = 256 << 10;

/// Checks the signatures of a file that was read and writes down what came of it. A file that has
/// none, and never had, costs a look at its bytes only.
pub(crate) fn check(
    extracted: &mut Extracted,
    file: &File,
    anchors: &[Digest],
    signatures: impl FnOnce() -> Result<Vec<Signature>, Finding>,
) {
    let counted = extracted.structure.as_ref().is_some_and(|found| found.signatures > 0);
    // What cannot be read here cannot be read there, which then says so.
    if !counted && !mentions(file, BYTE_RANGE).unwrap_or(true) {
        return;
    }
    let mut check = SignatureCheck { anchors: anchors.to_vec(), ..SignatureCheck::default() };
    match signatures() {
        Ok(found) => check.signatures = found,
        Err(finding) => check.problem = Some(finding.detail),
    }
    // The word alone is no signature: files speak of byte ranges elsewhere, too.
    if counted || !check.signatures.is_empty() {
        let structure = extracted.structure.get_or_insert_default();
        structure.checked = Some(Box::new(check));
    }
}

/// Whether these bytes stand anywhere in the file.
fn mentions(mut file: &File, needle: &[u8]) -> io::Result<bool> {
    file.rewind()?;
    let mut window = Vec::with_capacity(STEP_BYTES + needle.len());
    loop {
        let before = window.len();
        file.take(STEP_BYTES as u64).read_to_end(&mut window)?;
        if window.len() == before {
            return Ok(false);
        }
        if find(&window, needle).is_some() {
            return Ok(true);
        }
        // The end of this step may be the beginning of what is looked for.
        let rest = window.len().saturating_sub(needle.len() - 1);
        window.drain(..rest);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use simars_record::{FindingCode, Structure};

    use super::*;
    use crate::extractor::{memory_file, without_pages};

    fn checked(bytes: &[u8], counted: u32, answer: Result<Vec<Signature>, Finding>) -> Extracted {
        let structure = Structure { signatures: counted, ..Structure::default() };
        let mut extracted = Extracted {
            structure: Some(Box::new(structure)),
            ..without_pages("application/pdf", Vec::new())
        };
        check(&mut extracted, &memory_file(bytes).unwrap(), &[], || answer);
        extracted
    }

    #[test]
    fn the_word_is_found_wherever_it_stands() {
        for place in [0, 1, STEP_BYTES - 9, STEP_BYTES - 4, STEP_BYTES, 2 * STEP_BYTES - 1] {
            let mut bytes = vec![b'B'; 3 * STEP_BYTES];
            bytes[place..place + BYTE_RANGE.len()].copy_from_slice(BYTE_RANGE);
            let file = memory_file(&bytes).unwrap();
            assert!(mentions(&file, BYTE_RANGE).unwrap(), "at {place}");
            assert!(!mentions(&file, b"ByteRangd").unwrap());
        }
    }

    #[test]
    fn nobody_is_asked_about_a_file_that_is_not_signed() {
        let asked = Cell::new(false);
        let mut extracted = without_pages("application/pdf", Vec::new());
        check(&mut extracted, &memory_file(b"%PDF-1.7").unwrap(), &[], || {
            asked.set(true);
            Ok(Vec::new())
        });
        assert!(!asked.get() && extracted.structure.is_none());
        let mention = checked(b"ByteRange", 0, Ok(Vec::new())).structure.unwrap();
        assert_eq!(mention.checked, None);
    }

    #[test]
    fn what_keeps_a_signature_from_being_checked_is_written_down() {
        let finding = Finding::file(FindingCode::TimedOut, "reading was stopped after 9 s");
        let check = checked(b"", 1, Err(finding)).structure.unwrap().checked.unwrap();
        assert_eq!(check.problem.as_deref(), Some("reading was stopped after 9 s"));
        assert!(check.signatures.is_empty());
    }
}
