//! Small files that are replaced in one step.
//!
//! **What it does.** Writes a file so that after a crash or a power cut it is the one before or the
//! new one, whole, and durable once the call returns.
//!
//! **Takes and gives.** A place and bytes in; nothing or an [`io::Error`] out, to which the caller
//! adds what was being done and where.
//!
//! **Never.** Knows what is in a file. Large files and groups of files, which share one wait for the
//! disk, are the archive's own affair.
//!
//! **Start at** [`replace`].

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Who may read a file besides the owner of the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readable {
    /// Nobody: mode 0600.
    ByOwner,
    /// Whoever the system's usual permissions let.
    AsUsual,
}

/// Puts `bytes` in the place of what is at `path`; the folder has to be there. When this returns, file
/// and name are on the disk.
///
/// The new file is written beside the old one, under its name with `.new` at the end; what a crash
/// leaves there is overwritten the next time.
///
/// # Errors
/// If the disk refuses. The file is then the one before, or the new one.
pub fn replace(path: &Path, bytes: &[u8], readable: Readable) -> io::Result<()> {
    let beside = beside(path);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    if readable == Readable::ByOwner {
        options.mode(0o600);
    }
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&beside, path)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Makes the names in a folder durable.
///
/// # Errors
/// If the folder cannot be opened or synced.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    // A file named without a folder lies in this one.
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(path)?.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".new");
    name.into()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_new_one_is_there_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orang.json");
        fs::write(folder.path().join("orang.json.new"), "left by a crash, and longer").unwrap();
        for bytes in ["first", "second, longer", ""] {
            replace(&path, bytes.as_bytes(), Readable::AsUsual).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), bytes);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_secret_is_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rahasia");
        fs::write(&path, "open to all").unwrap();
        replace(&path, b"closed", Readable::ByOwner).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_cannot_be_written_leaves_what_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "before").unwrap();
        fs::create_dir(folder.path().join("a.new")).unwrap();
        assert!(replace(&path, b"after", Readable::AsUsual).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "before");
        assert!(replace(&folder.path().join("no/where"), b"", Readable::AsUsual).is_err());
    }
}
