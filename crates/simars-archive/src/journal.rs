//! The journal: numbered segments of statements, each created once and never changed.
//!
//! A segment is a text file of JSON lines. The first is a header that names the segment before it
//! by digest and counts the statements; every further line holds one statement (the leaf of the
//! log), the nonces of its commitments, and its body. Each segment appears under its name whole
//! and synced, or not at all.

mod act;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use simars_record::{Digest, Statement};

pub use act::Act;
pub(crate) use act::Body;

use crate::ArchiveError;
use crate::sync::{Disk, Unsynced, sync_folder};

/// The first line of a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The segment's number, counted from 1; also its file name.
    pub segment: u64,
    /// The SHA-256 of the segment before it.
    pub previous: Option<Digest>,
    /// The index of its first statement among all statements, counted from 0.
    pub first: u64,
    /// How many statements follow.
    pub statements: u64,
}

/// One line of a segment.
#[derive(Debug, Clone)]
pub struct Line {
    /// The statement: what the log keeps for ever.
    pub statement: Statement,
    /// What opens the statement's commitments; blanked by a lawful disposal.
    pub nonces: Nonces,
    /// What the statement commits to, as it stands in the file.
    pub body: Box<RawValue>,
}

/// The random values that salt a statement's commitments, 32 bytes each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nonces {
    /// For the content, when the document is not public; unused otherwise.
    pub content: Digest,
    /// For the body.
    pub metadata: Digest,
}

#[derive(Serialize, Deserialize)]
struct LineForm<'a> {
    #[serde(borrow)]
    statement: std::borrow::Cow<'a, str>,
    nonces: Nonces,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// A segment that was read.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Its first line.
    pub header: Header,
    /// Its statements.
    pub lines: Vec<Line>,
    /// The SHA-256 of the file.
    pub sha256: Digest,
}

/// Where the journal ends: what the next segment continues from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// The number of the last segment; 0 for an empty journal.
    pub segment: u64,
    /// Its digest.
    pub sha256: Option<Digest>,
    /// How many statements all segments hold together.
    pub statements: u64,
}

/// The folder of segments.
#[derive(Debug, Clone)]
pub struct Journal {
    folder: PathBuf,
}

impl Journal {
    /// A journal in this folder.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where a segment lies.
    pub fn path(&self, segment: u64) -> PathBuf {
        self.folder.join(format!("{segment:08}.jsonl"))
    }

    /// The number of the last segment, 0 if there is none.
    ///
    /// # Errors
    /// If the folder cannot be read, or [`ArchiveError::Damaged`] if a number is missing.
    pub fn last(&self) -> Result<u64, ArchiveError> {
        let numbers = self.numbers()?;
        let (count, last) = (numbers.len() as u64, numbers.into_iter().max().unwrap_or_default());
        if last != count {
            let detail = format!("it holds {count} segments, but the last is number {last}");
            return Err(ArchiveError::Damaged { path: self.folder.clone(), detail });
        }
        Ok(last)
    }

    /// The highest number there is, whether or not others are missing.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn highest(&self) -> Result<u64, ArchiveError> {
        Ok(self.numbers()?.into_iter().max().unwrap_or_default())
    }

    fn numbers(&self) -> Result<Vec<u64>, ArchiveError> {
        let entries = fs::read_dir(&self.folder).map_err(ArchiveError::io("read", &self.folder))?;
        let mut numbers = Vec::new();
        for entry in entries {
            let name = entry.map_err(ArchiveError::io("read", &self.folder))?.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".jsonl"));
            numbers.extend(number.and_then(|number| number.parse::<u64>().ok()));
        }
        Ok(numbers)
    }

    /// The number of the segment whose first statement is the one with this index, or that would
    /// follow the last one. Segments are looked at by halving: their first statements ascend.
    ///
    /// # Errors
    /// If a segment cannot be read, or [`ArchiveError::Damaged`] if the index lies within one.
    pub(crate) fn beginning_with(&self, index: u64, end: End) -> Result<u64, ArchiveError> {
        if index == end.statements {
            return Ok(end.segment + 1);
        }
        let low = self.containing(index, end)?;
        if self.read(low)?.header.first == index {
            return Ok(low);
        }
        let detail = format!("no segment begins with statement {index}, where the log ends");
        Err(ArchiveError::Damaged { path: self.path(low), detail })
    }

    /// The number of the segment that holds the statement with this index, which there is.
    ///
    /// # Errors
    /// If a segment cannot be read.
    pub(crate) fn containing(&self, index: u64, end: End) -> Result<u64, ArchiveError> {
        let (mut low, mut high) = (1, end.segment);
        while low < high {
            let middle = low + (high - low) / 2;
            let header = self.read(middle)?.header;
            if header.first + header.statements > index { high = middle } else { low = middle + 1 }
        }
        Ok(low)
    }

    /// Reads a segment.
    ///
    /// # Errors
    /// If it cannot be read, or [`ArchiveError::Damaged`] if it is not whole.
    pub fn read(&self, segment: u64) -> Result<Segment, ArchiveError> {
        let path = self.path(segment);
        let bytes = fs::read(&path).map_err(ArchiveError::io("read", &path))?;
        let (read, damage) = read_segment(&bytes);
        match (read, damage) {
            (Some(read), None) if read.header.segment == segment => Ok(read),
            (_, damage) => {
                let detail = damage.unwrap_or_else(|| "its header names another number".to_owned());
                Err(ArchiveError::Damaged { path, detail })
            }
        }
    }

    /// Where the journal ends. A last segment that is not whole (a damaged disk; a crash cannot
    /// do it) is set aside and replaced by what of it is whole, with a warning in the log; the
    /// second value says whether that happened.
    ///
    /// # Errors
    /// If the folder cannot be read or the repair cannot be written.
    pub fn end(&self, staging: &Path) -> Result<(End, bool), ArchiveError> {
        let last = self.last()?;
        if last == 0 {
            return Ok((End::default(), false));
        }
        match self.read(last) {
            Ok(segment) => Ok((segment.end(), false)),
            Err(ArchiveError::Damaged { detail, .. }) => {
                let repaired = self.repair_last(last, &detail, staging)?;
                Ok((repaired, true))
            }
            Err(error) => Err(error),
        }
    }

    /// Keeps the damaged file aside, then puts what of it is whole in its place in one step: a
    /// crash in between leaves the damaged file, which is repaired at the next start.
    fn repair_last(&self, segment: u64, detail: &str, staging: &Path) -> Result<End, ArchiveError> {
        let path = self.path(segment);
        let bytes = fs::read(&path).map_err(ArchiveError::io("read", &path))?;
        let before = match segment {
            1 => End::default(),
            _ => self.read(segment - 1)?.end(),
        };
        let (salvaged, _) = read_segment(&bytes);
        let lines = salvaged.map_or_else(Vec::new, |salvaged| salvaged.lines);
        let aside = self.keep_aside(&bytes, segment)?;
        let end = if lines.is_empty() {
            fs::remove_file(&path).map_err(ArchiveError::io("remove", &path))?;
            before
        } else {
            let mut unsynced = Unsynced::default();
            let draft = Draft::write(before, &lines, staging, &mut unsynced)?;
            unsynced.sync(&Disk::open(staging)?)?;
            fs::rename(&draft.path, &path).map_err(ArchiveError::io("move to", &path))?;
            draft.end
        };
        sync_folder(&self.folder)?;
        tracing::warn!(
            segment,
            detail,
            kept_statements = lines.len(),
            set_aside = %aside.display(),
            "the last journal segment was not whole and has been repaired"
        );
        Ok(end)
    }

    fn keep_aside(&self, bytes: &[u8], segment: u64) -> Result<PathBuf, ArchiveError> {
        let damaged = self.folder.join("damaged");
        fs::create_dir_all(&damaged).map_err(ArchiveError::io("create", &damaged))?;
        let names = (0u32..).map(|attempt| damaged.join(format!("{segment:08}.{attempt}")));
        let free = names.into_iter().find(|name| !name.exists()).unwrap_or_default();
        fs::write(&free, bytes).map_err(ArchiveError::io("write", &free))?;
        let mut unsynced = Unsynced::default();
        unsynced.file(&free);
        unsynced.sync(&Disk::open(&self.folder)?)?;
        Ok(free)
    }

    /// Gives a written and synced segment its name, if the number is still free: the moment
    /// from which everything in it has happened.
    ///
    /// # Errors
    /// If the name cannot be given or made durable.
    pub fn commit(&self, draft: &Draft) -> Result<Committed, ArchiveError> {
        let path = self.path(draft.end.segment);
        match link_if_free(&draft.path, &path) {
            Ok(()) => {
                sync_folder(&self.folder)?;
                Ok(Committed::Yes)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Committed::Taken),
            Err(error) => Err(ArchiveError::io("create", &path)(error)),
        }
    }
}

/// Moves a file to a name that must be free (compare-and-swap on the name).
fn link_if_free(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Some file systems know no such rename; a hard link has the same effect.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            fs::hard_link(from, to)?;
            // It has its name; what is left in staging is cleared at the next start.
            let _ = fs::remove_file(from);
            Ok(())
        }
        outcome => outcome.map_err(io::Error::from),
    }
}

/// What became of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// The segment has its number.
    Yes,
    /// Another writer took the number first; nothing happened.
    Taken,
}

/// A segment that is written but has no name in the journal yet. Dropped without a commit, it
/// goes away.
#[derive(Debug)]
pub struct Draft {
    path: PathBuf,
    /// Where the journal will end once this is committed.
    pub end: End,
}

impl Draft {
    /// Writes the segment that follows `before` into the staging folder.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(
        before: End,
        lines: &[Line],
        staging: &Path,
        unsynced: &mut Unsynced,
    ) -> Result<Self, ArchiveError> {
        let header = Header {
            segment: before.segment + 1,
            previous: before.sha256,
            first: before.statements,
            statements: lines.len() as u64,
        };
        let path = staging.join(format!("{:08}.segment", header.segment));
        let mut text = Vec::with_capacity(1024 * lines.len() + 256);
        let mut push = |value: serde_json::Result<Vec<u8>>| -> Result<(), ArchiveError> {
            let line = value.map_err(|error| io::Error::other(error.to_string()));
            text.extend(line.map_err(ArchiveError::io("write", &path))?);
            text.push(b'\n');
            Ok(())
        };
        push(serde_json::to_vec(&header))?;
        for line in lines {
            let form = LineForm {
                statement: line.statement.to_string().into(),
                nonces: line.nonces,
                body: &line.body,
            };
            push(serde_json::to_vec(&form))?;
        }
        let end = End {
            segment: header.segment,
            sha256: Some(Digest::of(&text)),
            statements: before.statements + header.statements,
        };
        fs::write(&path, &text).map_err(ArchiveError::io("write", &path))?;
        unsynced.file(&path);
        Ok(Self { path, end })
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl Segment {
    /// Where the journal ends if this is its last segment.
    pub fn end(&self) -> End {
        End {
            segment: self.header.segment,
            sha256: Some(self.sha256),
            statements: self.header.first + self.header.statements,
        }
    }
}

/// Reads as much of a segment as is whole, and says what is wrong with the rest.
fn read_segment(bytes: &[u8]) -> (Option<Segment>, Option<String>) {
    let mut rows = bytes.split_inclusive(|&byte| byte == b'\n');
    let header = rows.next().filter(|row| row.ends_with(b"\n"));
    let Some(header) = header.and_then(|row| serde_json::from_slice::<Header>(row).ok()) else {
        return (None, Some("its first line is no header".to_owned()));
    };
    let mut lines = Vec::new();
    let mut damage = None;
    for (number, row) in rows.enumerate() {
        match read_line(row) {
            Ok(line) => lines.push(line),
            Err(detail) => {
                damage = Some(format!("line {}: {detail}", number + 2));
                break;
            }
        }
    }
    if damage.is_none() && lines.len() as u64 != header.statements {
        let found = lines.len();
        damage = Some(format!("{found} statements of {}", header.statements));
    }
    (Some(Segment { header, lines, sha256: Digest::of(bytes) }), damage)
}

fn read_line(row: &[u8]) -> Result<Line, String> {
    if !row.ends_with(b"\n") {
        return Err("cut off".to_owned());
    }
    let form: LineForm<'_> = serde_json::from_slice(row).map_err(|error| error.to_string())?;
    let statement = form.statement.parse::<Statement>().map_err(|error| error.to_string())?;
    Ok(Line { statement, nonces: form.nonces, body: form.body.to_owned() })
}

impl Line {
    /// The act the statement speaks of.
    ///
    /// # Errors
    /// A sentence saying why the body cannot be read.
    pub fn act(&self) -> Result<Act, String> {
        serde_json::from_str(self.body.get()).map_err(|error| error.to_string())
    }

    /// The name of the person who acted; `None` if nobody signed in for it.
    pub fn by(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct By {
            by: Option<String>,
        }
        // Only a statement with a role is somebody's, and only those are looked through.
        self.statement.role.as_ref()?;
        serde_json::from_str::<By>(self.body.get()).ok()?.by
    }
}

#[cfg(test)]
mod tests;
