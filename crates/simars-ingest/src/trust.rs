//! The certificates that the operator trusts when signatures are checked: files in a folder.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use simars_extract::Anchors;

use crate::IngestError;

/// What the names of certificates end with; everything else in the folder is left alone.
const ENDINGS: [&str; 4] = ["pem", "crt", "cer", "der"];

/// More than any certificate has, or all that can be used together.
const MOST_BYTES: u64 = 1 << 20;

/// Reads all certificates of a folder, DER or PEM. A folder that is not there has none: then no
/// chain is judged.
///
/// # Errors
/// If a file cannot be read or is no certificate. To go on without it would quietly judge
/// signatures by less than the operator asked for.
pub fn read(folder: &Path) -> Result<Anchors, IngestError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Anchors::default()),
        entries => entries.map_err(IngestError::read(folder))?,
    };
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in entries {
        let path = entry.map_err(IngestError::read(folder))?.path();
        if is_certificate(&path) {
            paths.push(path);
        }
    }
    let mut certificates = Vec::new();
    for path in paths {
        let bytes = read_file(&path).map_err(IngestError::read(&path))?;
        if let Err(finding) = Anchors::new(std::slice::from_ref(&bytes)) {
            return Err(IngestError::Trust { path, detail: finding.detail });
        }
        certificates.push(bytes);
    }
    Anchors::new(&certificates)
        .map_err(|finding| IngestError::Trust { path: folder.to_owned(), detail: finding.detail })
}

fn is_certificate(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use simars_record::Digest;
    use simars_testkit::signing::{Key, Person, Role};

    use super::*;

    #[test]
    fn a_folder_that_is_not_there_trusts_nobody() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(&folder.path().join("trust")).unwrap().digests().is_empty());
    }

    #[test]
    fn certificates_are_found_by_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let root = Person::new("Akar Uji", Key::p256(1), Role::Issuer, None);
        fs::write(folder.path().join("akar.CER"), &root.certificate).unwrap();
        fs::write(folder.path().join("catatan.txt"), "where the root comes from").unwrap();
        assert_eq!(read(folder.path()).unwrap().digests(), [Digest::of(&root.certificate)]);
    }

    #[test]
    fn what_is_no_certificate_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("akar.pem"), "no certificate").unwrap();
        let told = read(folder.path()).unwrap_err().to_string();
        assert!(told.contains("akar.pem: a trust anchor is no certificate"), "{told}");
        fs::remove_file(folder.path().join("akar.pem")).unwrap();
        fs::create_dir(folder.path().join("akar.der")).unwrap();
        assert!(read(folder.path()).is_err());
    }
}
