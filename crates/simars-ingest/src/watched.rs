//! A folder into which a scanner or a colleague puts files: each is taken once it is whole, as a
//! draft, and then put aside.
//!
//! A file is whole when it has stayed as it is for a while; whether it still is as it was then is
//! looked at once more when it has been read. It is put aside only after it is registered durably, so
//! that a crash in between finds the same bytes registered and takes nothing twice.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use simars_access::Who;
use simars_record::Publication;

use crate::pipeline::{Filing, Stacks};
use crate::{Holdings, ImportList, IngestError, Report, Stated, Status, walk};

/// Where files go that were taken, and those that were not.
const TAKEN: &str = "diterima";
const REFUSED: &str = "ditolak";
/// What is known about the files beforehand, if it lies beside them.
const LISTS: [&str; 2] = ["metadata.csv", "metadata.jsonl"];
/// What is wrong with such a list, written beside it.
const PROBLEMS: &str = "metadata.masalah.txt";
/// Names of files that are still being written.
const UNFINISHED: [&str; 4] = [".part", ".tmp", ".crdownload", ".filepart"];

/// A folder that is watched.
#[derive(Debug)]
pub struct Watched {
    folder: PathBuf,
    /// How long a file has to stay as it is.
    settle: Duration,
    seen: HashMap<PathBuf, Seen>,
    /// What was taken since it began, by where it lay.
    taken: HashSet<PathBuf>,
    stacks: Stacks,
}

/// How a file looked, and since when it has looked so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    size_bytes: u64,
    modified: Option<SystemTime>,
    since: SystemTime,
}

impl Seen {
    fn of(metadata: &Metadata, since: SystemTime) -> Self {
        Self { size_bytes: metadata.len(), modified: metadata.modified().ok(), since }
    }

    fn is_as(&self, other: &Self) -> bool {
        (self.size_bytes, self.modified) == (other.size_bytes, other.modified)
    }
}

impl Watched {
    /// Watches `folder`, which must be there; a file is whole when it stayed as it is for `settle`.
    ///
    /// # Errors
    /// If the folder is not there, or nothing can be put aside in it.
    pub fn new(folder: &Path, settle: Duration) -> Result<Self, IngestError> {
        for aside in [TAKEN, REFUSED] {
            let aside = folder.join(aside);
            fs::create_dir_all(&aside).map_err(IngestError::read(&aside))?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            settle,
            seen: HashMap::new(),
            taken: HashSet::new(),
            stacks: Stacks::Split,
        })
    }

    /// The same, with this to become of stacks of papers with separator sheets.
    #[must_use]
    pub fn with_stacks(self, stacks: Stacks) -> Self {
        Self { stacks, ..self }
    }

    /// Looks into the folder and takes what is whole; gives a report of each file that was taken or
    /// refused. Ends between two files when `stop` is set.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn look(
        &mut self,
        holdings: &Holdings,
        now: SystemTime,
        stop: &AtomicBool,
    ) -> Result<Vec<Report>, IngestError> {
        let files = self.files()?;
        let whole = self.settled(&files, now);
        let Some(list) = self.list(&files, &whole)? else { return Ok(Vec::new()) };
        let mut reports = Vec::new();
        for path in whole.iter().filter(|path| !is_list(path)) {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let nothing = Stated::default();
            let stated = match list.find(path) {
                Some(Ok(stated)) => stated,
                None => &nothing,
                // Its row is wrong: it waits until somebody has put it right.
                Some(Err(_)) => continue,
            };
            if let Some(report) = self.take(holdings, path, stated) {
                self.put_aside(path, &report, now)?;
                self.taken.insert(path.clone());
                reports.push(report);
            }
        }
        self.put_list_aside(&files, &list, now)?;
        Ok(reports)
    }

    /// The files that lie there and are not put aside.
    fn files(&self) -> Result<Vec<PathBuf>, IngestError> {
        let mut files = walk::files(std::slice::from_ref(&self.folder))?;
        let aside = [TAKEN, REFUSED].map(|name| self.folder.join(name));
        files.retain(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let unfinished = UNFINISHED.iter().any(|end| name.ends_with(end));
            // Links are not followed: they would let whoever may write here read anything.
            let plain = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file());
            let other = name.starts_with("~$") || unfinished || name == PROBLEMS || !plain;
            !other && !aside.iter().any(|aside| path.starts_with(aside))
        });
        Ok(files)
    }

    /// Those of the files that have stayed as they are for long enough.
    fn settled(&mut self, files: &[PathBuf], now: SystemTime) -> Vec<PathBuf> {
        let mut seen = HashMap::new();
        let mut settled = Vec::new();
        for path in files {
            let Ok(metadata) = fs::symlink_metadata(path) else { continue };
            let mut looks = Seen::of(&metadata, now);
            if let Some(before) = self.seen.get(path).filter(|before| before.is_as(&looks)) {
                looks.since = before.since;
            }
            let stayed = now.duration_since(looks.since).unwrap_or_default();
            if stayed >= self.settle && looks.size_bytes > 0 {
                settled.push(path.clone());
            }
            seen.insert(path.clone(), looks);
        }
        self.seen = seen;
        settled
    }

    /// What is known about the files; `None` as long as a list is still being written or cannot be
    /// read, since a file must not be taken without what the list says of it.
    fn list(
        &self,
        files: &[PathBuf],
        whole: &[PathBuf],
    ) -> Result<Option<ImportList>, IngestError> {
        let Some(path) = files.iter().find(|path| is_list(path)) else {
            return Ok(Some(ImportList::default()));
        };
        if !whole.contains(path) {
            return Ok(None);
        }
        let read = ImportList::read(path);
        let problems: Vec<String> = match &read {
            // A file that is not there may still come, or was taken.
            Ok(list) => {
                let wrong = list.errors.iter().filter(|error| error.absent.is_none());
                wrong.map(ToString::to_string).collect()
            }
            Err(error) => vec![error.to_string()],
        };
        let beside = self.folder.join(PROBLEMS);
        if problems.is_empty() {
            drop(fs::remove_file(&beside));
        } else {
            let told = problems.join("\n") + "\n";
            if fs::read_to_string(&beside).ok().as_deref() != Some(told.as_str()) {
                tracing::warn!(list = %path.display(), problems = problems.len(), "not all can be taken");
                fs::write(&beside, told).map_err(IngestError::read(&beside))?;
            }
        }
        Ok(read.ok())
    }

    /// Registers a file; `None` if it is not whole after all.
    fn take(&self, holdings: &Holdings, path: &Path, stated: &Stated) -> Option<Report> {
        let looked = *self.seen.get(path)?;
        let shown = path.strip_prefix(&self.folder).unwrap_or(path).display().to_string();
        let filing = Filing {
            path: &shown,
            stated,
            publication: Publication::Draft,
            by: None,
            who: Who::Owner,
            stacks: self.stacks,
        };
        let opened = File::open(path);
        let mut changed = false;
        let report = match opened {
            Ok(file) => {
                let mut source = Unchanged { file, looked, changed: &mut changed };
                holdings.ingest(&mut source, &filing)
            }
            Err(error) => Report::refused(&shown, None, format!("cannot be read: {error}")),
        };
        (!changed).then_some(report)
    }

    /// Moves a file to where it belongs now; beside one that was refused stands why.
    fn put_aside(&self, path: &Path, report: &Report, now: SystemTime) -> Result<(), IngestError> {
        let refused = report.status == Status::Refused;
        let to = self.place_aside(path, if refused { REFUSED } else { TAKEN }, now)?;
        fs::rename(path, &to).map_err(IngestError::read(path))?;
        if refused {
            let mut why = to.into_os_string();
            why.push(".txt");
            let reason = report.reason.as_deref().unwrap_or("not taken");
            fs::write(&why, format!("{reason}\n")).map_err(IngestError::read(Path::new(&why)))?;
        }
        Ok(())
    }

    /// A free place below `aside`, in a folder of the day.
    fn place_aside(
        &self,
        path: &Path,
        aside: &str,
        now: SystemTime,
    ) -> Result<PathBuf, IngestError> {
        let seconds = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let day = simars_record::Timestamp::from_unix(seconds).date().to_string();
        let within = path.strip_prefix(&self.folder).unwrap_or(path);
        let wanted = self.folder.join(aside).join(day).join(within);
        if let Some(folder) = wanted.parent() {
            fs::create_dir_all(folder).map_err(IngestError::read(folder))?;
        }
        let name = wanted.file_name().unwrap_or_default().to_os_string();
        let mut place = wanted.clone();
        let mut next = 2;
        while place.exists() {
            let mut other = std::ffi::OsString::from(format!("{next}-"));
            other.push(&name);
            place = wanted.with_file_name(other);
            next += 1;
        }
        Ok(place)
    }

    /// A list has done its work when every file that it names was taken since this began.
    fn put_list_aside(
        &self,
        files: &[PathBuf],
        list: &ImportList,
        now: SystemTime,
    ) -> Result<(), IngestError> {
        let Some(path) = files.iter().find(|path| is_list(path)) else { return Ok(()) };
        let gone = |file: &PathBuf| !file.exists();
        let taken = |path: &String| self.taken.contains(&self.folder.join(path));
        let done = list.files.iter().all(gone)
            && list.errors.iter().all(|error| error.absent.as_ref().is_some_and(taken));
        if !done || list.is_empty() && list.errors.is_empty() {
            return Ok(());
        }
        let to = self.place_aside(path, TAKEN, now)?;
        fs::rename(path, &to).map_err(IngestError::read(path))
    }
}

fn is_list(path: &Path) -> bool {
    path.file_name().is_some_and(|name| LISTS.iter().any(|list| name == *list))
}

/// A file that fails at its end if it is not what it was when it was looked at.
struct Unchanged<'a> {
    file: File,
    looked: Seen,
    changed: &'a mut bool,
}

impl Read for Unchanged<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        if count == 0 && !Seen::of(&self.file.metadata()?, self.looked.since).is_as(&self.looked) {
            *self.changed = true;
            return Err(io::Error::other("it is still being written"));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
