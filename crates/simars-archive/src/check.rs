//! Checking the whole store against itself: every object, every statement, the log.

use serde::Serialize;
use simars_record::{Commitment, ContentMark, Digest};
use simars_tlog::Frontier;

use crate::catalogue::{Applied, Catalogue};
use crate::journal::{Act, End, Journal, Line};
use crate::object::{Objects, digest_of_file};
use crate::{Archive, ArchiveError, DataFolder};

/// What was checked and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Journal segments read.
    pub segments: u64,
    /// Statements checked.
    pub statements: u64,
    /// Objects hashed.
    pub objects: u64,
    /// The root of the log over all statements.
    pub log_root: Option<Digest>,
    /// All damage found; empty is good.
    pub damage: Vec<Damage>,
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// The file.
    pub path: String,
    /// What is wrong.
    pub detail: String,
}

impl Report {
    fn damaged(&mut self, path: impl AsRef<std::path::Path>, detail: impl Into<String>) {
        let path = path.as_ref().display().to_string();
        self.damage.push(Damage { path, detail: detail.into() });
    }
}

impl Archive {
    /// Reads the whole store and says what is damaged. `progress` is called after each segment
    /// with its number and the number of the last one.
    ///
    /// # Errors
    /// Only if the journal folder cannot be read; damage is reported, not returned.
    pub fn check(&self, progress: impl FnMut(u64, u64)) -> Result<Report, ArchiveError> {
        let check = Check { journal: self.journal(), objects: self.objects() };
        let applied = self.applied();
        let (mut report, frontier) = check.run(applied.end.segment, progress);
        compare(&mut report, self.folder(), &applied, &frontier);
        Ok(report)
    }
}

/// The same for a data folder that is not open, however damaged it is: needs no view and repairs
/// nothing.
///
/// # Errors
/// If there is no archive, another process owns it, or its journal cannot be listed.
pub fn check_folder(
    folder: &DataFolder,
    progress: impl FnMut(u64, u64),
) -> Result<Report, ArchiveError> {
    if !folder.exists() {
        return Err(ArchiveError::Missing { folder: folder.root().to_owned() });
    }
    let lock = folder.lock()?;
    let journal = Journal::new(folder.journal());
    let objects = Objects::new(folder.objects(), folder.staging());
    let (last, missing) = match journal.last() {
        Ok(last) => (last, None),
        Err(ArchiveError::Damaged { detail, .. }) => (journal.highest()?, Some(detail)),
        Err(error) => return Err(error),
    };
    let (mut report, frontier) = Check { journal: &journal, objects: &objects }.run(last, progress);
    if let Some(detail) = missing {
        report.damaged(folder.journal(), detail);
    }
    if folder.catalogue().exists() {
        match Catalogue::open(&folder.catalogue()).and_then(|catalogue| catalogue.applied()) {
            Ok(applied) if applied.end.segment == last => {
                compare(&mut report, folder, &applied, &frontier);
            }
            // It is behind, which the next start mends.
            Ok(_) => {}
            Err(error) => report.damaged(folder.catalogue(), error.to_string()),
        }
    }
    drop(lock);
    Ok(report)
}

fn compare(report: &mut Report, folder: &DataFolder, applied: &Applied, frontier: &Frontier) {
    if applied.frontier().is_none_or(|known| known != *frontier) {
        let detail = "the log it holds is not that of the journal; delete views/ to rebuild";
        report.damaged(folder.catalogue(), detail);
    }
}

/// The parts of a store that are compared with each other.
struct Check<'a> {
    journal: &'a Journal,
    objects: &'a Objects,
}

impl Check<'_> {
    fn run(&self, last: u64, mut progress: impl FnMut(u64, u64)) -> (Report, Frontier) {
        let mut report = Report::default();
        let mut frontier = Frontier::new();
        let mut end = End::default();
        for number in 1..=last {
            let path = self.journal.path(number);
            let segment = match self.journal.read(number) {
                Ok(segment) => segment,
                Err(error) => {
                    report.damaged(&path, error.to_string());
                    continue;
                }
            };
            report.segments += 1;
            if number == end.segment + 1
                && (segment.header.previous != end.sha256 || segment.header.first != end.statements)
            {
                report.damaged(&path, "it does not continue the segment before it");
            }
            end = segment.end();
            for line in &segment.lines {
                report.statements += 1;
                frontier.append(line.statement.leaf_hash());
                for detail in self.check_line(line, &mut report) {
                    report.damaged(&path, format!("{}: {detail}", line.statement.object));
                }
            }
            progress(number, last);
        }
        report.log_root = Some(frontier.root());
        (report, frontier)
    }

    /// Checks one line and the objects it names; gives what is wrong with the line itself. A line
    /// that is wrong in one thing is still checked for the others.
    fn check_line(&self, line: &Line, report: &mut Report) -> Vec<String> {
        let mut wrong = Vec::new();
        let body = Digest::of(line.body.get().as_bytes());
        if line.statement.metadata != Commitment::new(line.nonces.metadata.as_bytes(), &body) {
            wrong.push("its body is not the one the statement commits to".to_owned());
        }
        let version = match line.act() {
            Ok(Act::Registered { version, .. }) => version,
            Ok(_) => return wrong,
            Err(detail) => {
                wrong.push(detail);
                return wrong;
            }
        };
        let original = version.original;
        let committed = match line.statement.content {
            ContentMark::Public { digest, size_bytes } => {
                digest == original.sha256 && size_bytes == original.size_bytes
            }
            ContentMark::Closed(commitment) => {
                commitment == Commitment::new(line.nonces.content.as_bytes(), &original.sha256)
            }
        };
        if !committed {
            wrong.push("its original is not the one the statement names".to_owned());
        }
        let both = [original, version.text];
        for object in &both[..if original == version.text { 1 } else { 2 }] {
            report.objects += 1;
            let path = self.objects.path(&object.sha256);
            match digest_of_file(&path) {
                Ok(digest) if digest == object.sha256 => {}
                Ok(digest) => report.damaged(&path, format!("its SHA-256 is {digest}")),
                Err(error) => report.damaged(&path, error.to_string()),
            }
        }
        wrong
    }
}
