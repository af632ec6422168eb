//! Made files kept on disk within a size limit, and what could not be made, kept for some minutes.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustix::fs::{Timespec, Timestamps, UTIME_NOW, UTIME_OMIT, futimens};
use simars_record::{Digest, Finding};

/// What could not be made is not tried again for this long.
const FAILURE_KEPT: Duration = Duration::from_secs(600);
/// So many failures are remembered.
const MOST_FAILURES: usize = 1_000;
/// How the names of kept files end.
const ENDING: &str = "part";

/// A folder of made files, `<2 hex>/<sha256 of the original>….part`. A view: files may go at any
/// time.
#[derive(Debug)]
pub(crate) struct Shelf {
    folder: PathBuf,
    limit_bytes: u64,
}

impl Shelf {
    pub(crate) fn new(folder: PathBuf, limit_bytes: u64) -> Self {
        Self { folder, limit_bytes }
    }

    /// Where what is made of an original lies; `further` tells several of one original apart.
    pub(crate) fn place(&self, original: &Digest, further: &str) -> PathBuf {
        let name = original.to_string();
        self.folder.join(&name[..2]).join(format!("{name}{further}.{ENDING}"))
    }

    /// What lies there; from now on it is the last to go.
    pub(crate) fn read(&self, path: &Path) -> Option<Vec<u8>> {
        let bytes = fs::read(path).ok()?;
        note_use(path);
        Some(bytes)
    }

    /// Keeps a file so that it is never seen in part, and removes the oldest ones when all are
    /// beyond the limit. Nothing is synced: who reads it must notice what a crash has cut.
    pub(crate) fn keep(&self, path: &Path, bytes: &[u8]) {
        let draft = path.with_extension("draft");
        let kept = path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&draft, bytes))
            .and_then(|()| fs::rename(&draft, path));
        if let Err(error) = kept {
            tracing::warn!(%error, path = %path.display(), "a made file is not kept");
        }
        self.evict(path);
    }

    fn evict(&self, newest: &Path) {
        let mut found: Vec<(SystemTime, u64, PathBuf)> = list(&self.folder)
            .flat_map(|folder| list(&folder))
            .filter_map(|path| {
                let metadata = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
                Some((metadata.modified().ok()?, metadata.len(), path))
            })
            .collect();
        found.sort();
        let mut total: u64 = found.iter().map(|(_, bytes, _)| bytes).sum();
        for (_, bytes, path) in found {
            if total <= self.limit_bytes {
                return;
            }
            if path != newest && fs::remove_file(&path).is_ok() {
                total -= bytes;
            }
        }
    }
}

/// What could not be made lately, and why.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    failed: Mutex<HashMap<Digest, (Instant, Finding)>>,
}

impl Failures {
    /// Why nothing could be made of an original, if that was tried lately.
    pub(crate) fn of(&self, original: &Digest) -> Option<Finding> {
        let failures = self.lock();
        let (since, finding) = failures.get(original)?;
        (since.elapsed() < FAILURE_KEPT).then(|| finding.clone())
    }

    pub(crate) fn remember(&self, original: Digest, finding: &Finding) {
        let mut failures = self.lock();
        if failures.len() >= MOST_FAILURES {
            failures.retain(|_, (since, _)| since.elapsed() < FAILURE_KEPT);
        }
        if failures.len() < MOST_FAILURES {
            failures.insert(original, (Instant::now(), finding.clone()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, (Instant, Finding)>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a file the last to go. If that fails, the order of going is a little wrong.
fn note_use(path: &Path) {
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    let as_it_is = Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT };
    let times = Timestamps { last_access: as_it_is, last_modification: now };
    let _noted = File::open(path).map(|file| futimens(&file, &times));
}

fn list(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_longest_ago_goes_first_and_the_newest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().to_owned(), 20);
        let place = |name: &str| shelf.place(&Digest::of(name.as_bytes()), "");
        for name in ["a", "b"] {
            shelf.keep(&place(name), &[7; 10]);
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(shelf.read(&place("a")), Some(vec![7; 10]));
        shelf.keep(&place("c"), &[7; 10]);
        assert_eq!(shelf.read(&place("b")), None);
        assert!(shelf.read(&place("a")).is_some() && shelf.read(&place("c")).is_some());
        shelf.keep(&place("d"), &[7; 30]);
        assert!(shelf.read(&place("a")).is_none() && shelf.read(&place("d")).is_some());
    }
}
