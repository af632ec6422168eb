//! What a proof file of this archive carries in its line `extra`: the statement it is for, and
//! after it what shows how things stood when the log was signed.
//!
//! Three forms, each a text with one spelling:
//!
//! ```text
//! <statement>                     the statement alone
//!
//! <statement>                     … and how its document stood
//!                                 (an empty line)
//! simars/kedudukan@v1
//! <later statement>               any number, oldest first: all that followed about the document
//! indeks <index>
//! <statement of the kind indeks>
//! jalan <hash in base64>          the path of that statement, upward
//! cabang <hash in base64>         16 of them: from the bucket to the root of the map
//! isi <key> <value>               the entries of the bucket, in hexadecimal
//!
//! <statement of the kind indeks>  a file is not in the archive
//!                                 (an empty line)
//! simars/ketiadaan@v1
//! cabang <hash in base64>         16 of them
//! isi <key> <value>
//! ```
//!
//! All of it is checked against the one checkpoint of the proof file.

use std::fmt;
use std::str::FromStr;

use simars_record::{ContentMark, Digest, Statement, StatementKind, statement};

use crate::checkpoint::Checkpoint;
use crate::encoding::{decimal, hash_from_base64, to_base64};
use crate::proof::check_inclusion;
use crate::status_map::{MapProof, file_key, object_key};

/// The first line of what tells how a document stood.
pub const STATUS_HEADER: &str = "simars/kedudukan@v1";
/// The first line of what tells that a file is not there.
pub const ABSENCE_HEADER: &str = "simars/ketiadaan@v1";
/// The longest text that is read, in bytes.
pub const LONGEST_EXTRA: usize = 512 * 1024;
/// Lines of a statement.
const STATEMENT_LINES: usize = 9;

/// The content of the line `extra`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// The statement that the proof file is for.
    pub statement: Statement,
    /// What follows it.
    pub after: After,
}

/// What follows the statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Nothing,
    /// How the document stood.
    Status(Box<Status>),
    /// That a file was not there; the statement is then one of the kind *indeks*.
    Absence(Absence),
}

/// How the document of a statement stood when the log was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// All later statements about the document, oldest first.
    pub later: Vec<Statement>,
    /// Where the statement of the map's root stands in the log.
    pub index: u64,
    /// The statement of the map's root.
    pub indexed: Statement,
    /// Its path.
    pub path: Vec<Digest>,
    /// What the map says about the document.
    pub map: MapProof,
}

/// That a file was not in the archive when the log was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// What the map says about the file.
    pub map: MapProof,
}

/// What is wrong with the line `extra`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtraError {
    /// Too long, or not UTF-8.
    #[error("the line extra of the proof holds {0} bytes that are no text of this archive")]
    Text(usize),
    /// A statement.
    #[error("the line extra of the proof: {0}")]
    Statement(#[from] statement::StatementError),
    /// Another line.
    #[error("the line extra of the proof: the line {0:?} is missing, misplaced or malformed")]
    Line(&'static str),
}

/// Why what is told about the status is not so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// A later statement is about something else or does not follow.
    #[error("statement {0} of those that followed does not continue the one before it")]
    Chain(usize),
    /// What should be the root of the map is something else.
    #[error("the statement of the index is none, or covers another number of statements")]
    NoIndex,
    /// It is not in the log.
    #[error("the path of the index's statement does not lead to the root that the log signed")]
    NotInLog,
    /// The map is another one.
    #[error("the bucket of the index does not lead to the root in the index's statement")]
    Map,
    /// The map names another statement as the latest.
    #[error("the index names another statement as the latest about this document")]
    NotLatest,
    /// The file is in the archive after all.
    #[error("the index has this file, so it is not absent")]
    Present,
}

impl Status {
    /// Checks that, when the log was signed, these were all statements about the document from
    /// `first` on.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check(&self, first: &Statement, checkpoint: &Checkpoint) -> Result<(), StatusError> {
        let mut leaf = first.leaf_hash();
        for (place, later) in self.later.iter().enumerate() {
            if later.object != first.object || later.previous != Some(leaf) {
                return Err(StatusError::Chain(place + 1));
            }
            leaf = later.leaf_hash();
        }
        let root = root_of_map(&self.indexed, self.index)?;
        let head = checkpoint.head();
        let indexed = self.indexed.leaf_hash();
        if !check_inclusion(&indexed, self.index, head.size, &self.path, &head.root) {
            return Err(StatusError::NotInLog);
        }
        let key = object_key(&first.object);
        if self.map.root(&key) != Some(root) {
            return Err(StatusError::Map);
        }
        if self.map.get(&key) == Some(leaf) { Ok(()) } else { Err(StatusError::NotLatest) }
    }
}

impl Absence {
    /// Checks that the file with this digest was not in the archive by the map of `indexed`, which
    /// stands at `index` of the log.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check(&self, file: &Digest, indexed: &Statement, index: u64) -> Result<(), StatusError> {
        let root = root_of_map(indexed, index)?;
        let key = file_key(file);
        if self.map.root(&key) != Some(root) {
            return Err(StatusError::Map);
        }
        if self.map.get(&key).is_none() { Ok(()) } else { Err(StatusError::Present) }
    }
}

/// The root in a statement of the kind *indeks*, which covers all statements before it.
fn root_of_map(indexed: &Statement, index: u64) -> Result<Digest, StatusError> {
    match indexed.content {
        ContentMark::Index { root, statements }
            if indexed.kind == StatementKind::Indexed
                && indexed.object == statement::ARCHIVE
                && statements == index =>
        {
            Ok(root)
        }
        _ => Err(StatusError::NoIndex),
    }
}

impl fmt::Display for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.statement)?;
        match &self.after {
            After::Nothing => Ok(()),
            After::Status(status) => write!(f, "\n{status}"),
            After::Absence(absence) => {
                write!(f, "\n{ABSENCE_HEADER}\n")?;
                write_map(f, &absence.map)
            }
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{STATUS_HEADER}")?;
        self.later.iter().try_for_each(|later| write!(f, "{later}"))?;
        write!(f, "indeks {}\n{}", self.index, self.indexed)?;
        let hashes = self.path.iter();
        hashes.clone().try_for_each(|hash| writeln!(f, "jalan {}", to_base64(hash.as_bytes())))?;
        write_map(f, &self.map)
    }
}

fn write_map(f: &mut fmt::Formatter<'_>, map: &MapProof) -> fmt::Result {
    for hash in &map.siblings {
        writeln!(f, "cabang {}", to_base64(hash.as_bytes()))?;
    }
    map.entries.iter().try_for_each(|(key, value)| writeln!(f, "isi {key} {value}"))
}

impl Extra {
    /// A statement alone.
    pub const fn alone(statement: Statement) -> Self {
        Self { statement, after: After::Nothing }
    }

    /// Reads the bytes of the line `extra`: exactly what `Display` writes.
    ///
    /// # Errors
    /// The line that is not as it should be.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ExtraError> {
        let text = std::str::from_utf8(bytes).map_err(|_| ExtraError::Text(bytes.len()))?;
        if text.len() > LONGEST_EXTRA {
            return Err(ExtraError::Text(text.len()));
        }
        text.parse()
    }
}

impl FromStr for Extra {
    type Err = ExtraError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut lines = Lines(text);
        let statement = lines.statement()?;
        if lines.0.is_empty() {
            return Ok(Self::alone(statement));
        }
        let after = match (lines.next(), lines.next()) {
            (Some(""), Some(STATUS_HEADER)) => After::Status(Box::new(lines.status()?)),
            (Some(""), Some(ABSENCE_HEADER)) => After::Absence(Absence { map: lines.map()? }),
            _ => return Err(ExtraError::Line(STATUS_HEADER)),
        };
        let read = Self { statement, after };
        if read.to_string() == text { Ok(read) } else { Err(ExtraError::Line("isi")) }
    }
}

/// What is left to read.
struct Lines<'a>(&'a str);

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let (line, rest) = self.0.split_once('\n')?;
        self.0 = rest;
        Some(line)
    }

    fn value(&mut self, key: &str) -> Option<&'a str> {
        let found = self.0.split_once('\n')?.0.strip_prefix(key)?.strip_prefix(' ')?;
        self.next();
        Some(found)
    }

    fn statement(&mut self) -> Result<Statement, ExtraError> {
        let ends = self.0.match_indices('\n').map(|(place, _)| place + 1);
        let length = ends.take(STATEMENT_LINES).last().unwrap_or(self.0.len());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        Ok(text.parse()?)
    }

    fn status(&mut self) -> Result<Status, ExtraError> {
        let mut later = Vec::new();
        while self.0.starts_with(statement::HEADER) {
            later.push(self.statement()?);
        }
        let index = self.value("indeks").and_then(decimal).ok_or(ExtraError::Line("indeks"))?;
        let indexed = self.statement()?;
        let path = self.hashes("jalan")?;
        Ok(Status { later, index, indexed, path, map: self.map()? })
    }

    fn map(&mut self) -> Result<MapProof, ExtraError> {
        let siblings = self.hashes("cabang")?;
        let mut entries = Vec::new();
        while let Some(entry) = self.value("isi") {
            let read = entry
                .split_once(' ')
                .and_then(|(key, value)| Some((key.parse().ok()?, value.parse().ok()?)));
            entries.push(read.ok_or(ExtraError::Line("isi"))?);
        }
        Ok(MapProof { siblings, entries })
    }

    fn hashes(&mut self, key: &'static str) -> Result<Vec<Digest>, ExtraError> {
        let mut hashes = Vec::new();
        while let Some(hash) = self.value(key) {
            hashes.push(hash_from_base64(hash).ok_or(ExtraError::Line(key))?);
        }
        Ok(hashes)
    }
}

#[cfg(test)]
mod tests;
