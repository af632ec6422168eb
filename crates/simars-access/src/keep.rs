//! Who works here, kept in one small file that is replaced as a whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use simars_replace::{Readable, replace};

use crate::people::People;

/// The people of a data folder, in memory and on the disk.
#[derive(Debug)]
pub struct Kept {
    path: PathBuf,
    people: Mutex<People>,
}

/// Why people cannot be read or kept.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {}: {cause}", path.display())]
pub struct KeepError {
    doing: &'static str,
    path: PathBuf,
    cause: io::Error,
}

impl Kept {
    /// Reads the file at this place; if there is none, nobody works here yet.
    ///
    /// # Errors
    /// If it is there and cannot be read: nobody is let in by mistake.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, KeepError> {
        let path = path.into();
        let people = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| KeepError {
                doing: "understand",
                path: path.clone(),
                cause: io::Error::new(io::ErrorKind::InvalidData, error),
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => People::default(),
            Err(cause) => return Err(KeepError { doing: "read", path, cause }),
        };
        Ok(Self { path, people: Mutex::new(people) })
    }

    /// Looks at the people. What this changes (when a session was used last) is not written down.
    pub fn look<T>(&self, look: impl FnOnce(&mut People) -> T) -> T {
        look(&mut self.lock())
    }

    /// Changes the people, and writes them down durably if the change was made. If they cannot be
    /// written, they stay as they were.
    ///
    /// # Errors
    /// Of the change, or of the disk.
    pub fn change<T, E: From<KeepError>>(
        &self,
        change: impl FnOnce(&mut People) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut people = self.lock();
        let before = people.clone();
        let done = change(&mut people);
        let written = match &done {
            Ok(_) => write(&self.path, &people),
            Err(_) => Ok(()),
        };
        if done.is_err() || written.is_err() {
            people.take_back(before);
        }
        let done = done?;
        written?;
        Ok(done)
    }

    fn lock(&self) -> MutexGuard<'_, People> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Replaces the file, so that after a crash it is the one before or the new one, whole. Only the
/// owner of the folder may read it.
fn write(path: &Path, people: &People) -> Result<(), KeepError> {
    let failed = |doing| move |cause| KeepError { doing, path: path.to_owned(), cause };
    let bytes = serde_json::to_vec_pretty(people).map_err(io::Error::from);
    let mut bytes = bytes.map_err(failed("write"))?;
    bytes.push(b'\n');
    replace(path, &bytes, Readable::ByOwner).map_err(failed("write"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use simars_record::{AccessClass, Timestamp};

    use super::*;
    use crate::{AccessError, Grant};

    #[derive(Debug)]
    enum Failed {
        Keep,
        Access,
    }

    impl From<KeepError> for Failed {
        fn from(_: KeepError) -> Self {
            Self::Keep
        }
    }

    impl From<AccessError> for Failed {
        fn from(_: AccessError) -> Self {
            Self::Access
        }
    }

    fn add(kept: &Kept, name: &str) -> Result<(), Failed> {
        let roles = "administrator".parse().unwrap();
        let rights = Grant { roles, clearance: AccessClass::Open, unit: None };
        let mut random = |bytes: &mut [u8]| bytes.fill(1);
        kept.change(|people| {
            let login = name.parse().unwrap();
            people.add(login, name, rights, Timestamp::from_unix(1), &mut random)?;
            Ok(())
        })
    }

    #[test]
    fn people_are_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.json");
        let kept = Kept::open(&path).unwrap();
        add(&kept, "ani").unwrap();
        assert!(matches!(add(&kept, "ani"), Err(Failed::Access)));
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = Kept::open(&path).unwrap();
        assert_eq!(again.look(|people| people.all().count()), 1);
    }

    #[test]
    fn what_cannot_be_written_did_not_happen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gone/people.json");
        let kept = Kept::open(&path).unwrap();
        assert!(matches!(add(&kept, "ani"), Err(Failed::Keep)));
        assert_eq!(kept.look(|people| people.all().count()), 0);
    }

    #[test]
    fn a_damaged_file_lets_nobody_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.json");
        fs::write(&path, b"{\"people\": ").unwrap();
        let error = Kept::open(&path).unwrap_err().to_string();
        assert!(error.contains("people.json"), "{error}");
    }
}
