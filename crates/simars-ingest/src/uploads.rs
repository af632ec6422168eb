//! Uploads that survive a dropped line and a restart: what has come stays on the disk until the
//! rest does, and only a whole file is filed.
//!
//! Each upload is two files in a folder of their own: `<id>.part` holds what has come, `<id>.json`
//! what it is to become. Once it is whole it is filed like any other file, and the report takes
//! the place of the bytes, so that a client that missed the answer can ask for it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use simars_access::Who;
use simars_record::{Actor, Digest, Publication, Timestamp};
use simars_replace::{Readable, replace};

use crate::pipeline::{Filing, Stacks};
use crate::{Holdings, Report, Stated};

/// An upload that nobody went on with for so many seconds is forgotten: a week.
pub const FORGOTTEN: u64 = 7 * 86_400;
/// Uploads of one person that may be under way or remembered.
const MOST_EACH: usize = 1_000;

/// The name of an upload: 64 hexadecimal digits that nobody can guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UploadId(Digest);

impl std::fmt::Display for UploadId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for UploadId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.parse().map(Self).map_err(|_| ())
    }
}

/// What an upload is to become.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// How many bytes it will have.
    pub length: u64,
    /// The name of the file.
    pub name: String,
    /// What is known of it: columns of import lists and their values.
    pub stated: Vec<(String, String)>,
    /// Whether it is to be a draft.
    pub draft: bool,
    /// Whether it stays one document, also if it is a stack with separator sheets.
    #[serde(default)]
    pub whole: bool,
    /// Whose it is: only they may go on with it.
    pub owner: String,
    /// What the log says of who files it: name and role; `None` for the owner of the folder.
    pub by: Option<(String, String)>,
    /// When it was last gone on with.
    pub touched: Timestamp,
    /// What became of it.
    #[serde(default)]
    pub report: Option<Report>,
}

/// How an upload stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// How many bytes have come.
    pub offset: u64,
    /// What it is to become.
    pub plan: Plan,
}

/// The folder of uploads.
#[derive(Debug, Clone)]
pub struct Uploads {
    folder: PathBuf,
}

impl Uploads {
    /// Uploads in this folder, which is made if it is missing.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Begins an upload. When this returns, it can be gone on with after a restart.
    ///
    /// # Errors
    /// If the disk refuses, or `owner` has too many already ([`io::ErrorKind::QuotaExceeded`]).
    pub fn begin(&self, id: [u8; 32], plan: &Plan) -> io::Result<UploadId> {
        fs::create_dir_all(&self.folder)?;
        self.forget(plan.touched)?;
        let own = self.plans()?.filter(|(_, known)| known.owner == plan.owner).count();
        if own >= MOST_EACH {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        let id = UploadId(Digest::from_bytes(id));
        File::create_new(self.part(id))?.sync_all()?;
        self.keep(id, plan)?;
        Ok(id)
    }

    /// How an upload of `owner` stands; `None` if there is none of this name, or it is not theirs.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn progress(&self, id: UploadId, owner: &str) -> io::Result<Option<Progress>> {
        let Some(plan) = self.plan(id)?.filter(|plan| plan.owner == owner) else {
            return Ok(None);
        };
        let offset = match (&plan.report, fs::metadata(self.part(id))) {
            (Some(_), _) => plan.length,
            (None, Ok(part)) => part.len().min(plan.length),
            (None, Err(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            (None, Err(error)) => return Err(error),
        };
        Ok(Some(Progress { offset, plan }))
    }

    /// Adds bytes at `offset`, which must be where the upload ends now. What had come before the
    /// source failed stays. Gives how many bytes there are afterwards.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] if it ends elsewhere; or if the disk refuses. That the
    /// source fails is no error: it is gone on with later.
    pub fn append(
        &self,
        id: UploadId,
        offset: u64,
        length: u64,
        source: &mut dyn Read,
    ) -> io::Result<u64> {
        let mut part = OpenOptions::new().write(true).open(self.part(id))?;
        let end = part.seek(io::SeekFrom::End(0))?;
        if end != offset {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut end = end;
        let mut buffer = vec![0; 64 << 10];
        while end < length {
            let room = usize::try_from(length - end).unwrap_or(buffer.len()).min(buffer.len());
            let read = match source.read(&mut buffer[..room]) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // The line was dropped: what came is kept.
                Err(_) => break,
            };
            part.write_all(&buffer[..read])?;
            end += read as u64;
        }
        part.sync_data()?;
        Ok(end)
    }

    /// Files an upload that has come to its end for `who`, once: a second call gives the report of
    /// the first. After a crash between the two it is filed again, and is then known to be there
    /// already.
    ///
    /// # Errors
    /// If the disk refuses. `Ok(None)` if it is not whole.
    pub fn finish(
        &self,
        id: UploadId,
        holdings: &Holdings,
        who: Who,
    ) -> io::Result<Option<Report>> {
        let Some(mut plan) = self.plan(id)? else { return Ok(None) };
        if let Some(report) = plan.report {
            return Ok(Some(report));
        }
        let mut part = File::open(self.part(id))?;
        if part.metadata()?.len() != plan.length {
            return Ok(None);
        }
        let mut stated = Stated::default();
        for (column, value) in &plan.stated {
            // They were read when the upload began.
            stated.set(column, value).map_err(io::Error::other)?;
        }
        let publication = if plan.draft { Publication::Draft } else { Publication::Published };
        let by = plan.by.clone().map(|(login, role)| Actor { login, role });
        let stacks = if plan.whole { Stacks::Whole } else { Stacks::Split };
        let (path, stated, by) = (&plan.name, &stated, by.as_ref());
        let filing = Filing { path, stated, publication, by, who, stacks };
        let report = holdings.ingest(&mut part, &filing);
        plan.report = Some(report.clone());
        plan.touched = holdings.archive().now();
        self.keep(id, &plan)?;
        fs::remove_file(self.part(id))?;
        Ok(Some(report))
    }

    /// Ends an upload: what has come of it is gone.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn end(&self, id: UploadId) -> io::Result<()> {
        for path in [self.part(id), self.note(id)] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Forgets uploads that nobody went on with.
    fn forget(&self, now: Timestamp) -> io::Result<()> {
        for (id, plan) in self.plans()? {
            let part = fs::metadata(self.part(id)).and_then(|part| part.modified()).ok();
            let grown = part.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
            let touched = plan.touched.unix().max(grown.map_or(0, |since| since.as_secs()));
            if touched + FORGOTTEN < now.unix() {
                self.end(id)?;
            }
        }
        Ok(())
    }

    fn plans(&self) -> io::Result<impl Iterator<Item = (UploadId, Plan)> + '_> {
        let entries = fs::read_dir(&self.folder)?;
        Ok(entries.filter_map(Result::ok).filter_map(|entry| {
            let name = entry.file_name();
            let id = name.to_str()?.strip_suffix(".json")?.parse().ok()?;
            Some((id, self.plan(id).ok()??))
        }))
    }

    fn plan(&self, id: UploadId) -> io::Result<Option<Plan>> {
        match fs::read(self.note(id)) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes the note down so that after a crash it is the one before or the new one.
    fn keep(&self, id: UploadId, plan: &Plan) -> io::Result<()> {
        replace(&self.note(id), &serde_json::to_vec(plan)?, Readable::AsUsual)
    }

    fn part(&self, id: UploadId) -> PathBuf {
        self.folder.join(format!("{id}.part"))
    }

    fn note(&self, id: UploadId) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }
}

impl Holdings {
    /// The uploads that are under way.
    pub fn uploads(&self) -> Uploads {
        Uploads::new(self.archive().folder().uploads())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(length: u64, touched: u64) -> Plan {
        Plan {
            length,
            name: "a.txt".to_owned(),
            stated: Vec::new(),
            draft: true,
            whole: false,
            owner: "ani".to_owned(),
            by: None,
            touched: Timestamp::from_unix(touched),
            report: None,
        }
    }

    /// Gives some bytes, then fails like a dropped line.
    struct Dropped<'a>(&'a [u8]);

    impl Read for Dropped<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(io::ErrorKind::ConnectionReset.into()),
                read => Ok(read),
            }
        }
    }

    #[test]
    fn what_came_stays_and_the_rest_follows() {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Uploads::new(folder.path().join("uploads"));
        let id = uploads.begin([1; 32], &plan(10, 5)).unwrap();
        assert_eq!(uploads.append(id, 0, 10, &mut Dropped(b"abcd")).unwrap(), 4);
        // As after a restart.
        let uploads = Uploads::new(folder.path().join("uploads"));
        assert_eq!(uploads.progress(id, "ani").unwrap().unwrap().offset, 4);
        assert_eq!(uploads.progress(id, "budi").unwrap(), None, "it is not his");
        let wrong = uploads.append(id, 3, 10, &mut &b"xxx"[..]).unwrap_err();
        assert_eq!(wrong.kind(), io::ErrorKind::InvalidInput);
        assert_eq!(uploads.append(id, 4, 10, &mut &b"efghijKLM"[..]).unwrap(), 10, "no more");
        let part = fs::read(folder.path().join(format!("uploads/{id}.part"))).unwrap();
        assert_eq!(part, b"abcdefghij");
        uploads.end(id).unwrap();
        assert_eq!(uploads.progress(id, "ani").unwrap(), None);
        assert_eq!(fs::read_dir(folder.path().join("uploads")).unwrap().count(), 0);
    }

    #[test]
    fn nobody_fills_the_disk_with_beginnings() {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Uploads::new(folder.path().to_owned());
        let id = |n: usize| {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&n.to_le_bytes());
            bytes
        };
        // They came into being now, by the clock of the file system.
        let now = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
        for n in 0..3 {
            uploads.begin(id(n), &plan(1, now)).unwrap();
        }
        uploads.forget(Timestamp::from_unix(now + FORGOTTEN - 60)).unwrap();
        assert_eq!(uploads.plans().unwrap().count(), 3);
        uploads.forget(Timestamp::from_unix(now + FORGOTTEN + 60)).unwrap();
        assert_eq!(uploads.plans().unwrap().count(), 0);
    }
}
