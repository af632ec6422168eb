//! Checking the whole store against itself: every object, every statement, the log, the catalogue.
//!
//! A round begins with the journal, from which everything else is derived again: the files of the
//! log are compared byte by byte, the catalogue document by document. Then every object that a
//! statement names is hashed. What was found lies in `views/check.json`, so that a round that was
//! stopped can be resumed.

mod catalogue;
#[cfg(test)]
mod flips;
pub(crate) mod log;
mod objects;
mod pace;
pub mod repair;
pub mod report;
pub mod rounds;
pub(crate) mod statements;

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use simars_record::statement::ARCHIVE;
use simars_record::{DocumentId, Timestamp};

pub use report::{Damage, Note, Part, Report};
pub use rounds::Rounds;

use crate::catalogue::{Applied, Catalogue};
use crate::journal::Journal;
use crate::object::Objects;
use crate::{Archive, ArchiveError, DataFolder, FolderLock};
use catalogue::Fresh;
use log::LogCheck;
use objects::ObjectCheck;
use pace::Pace;
use statements::Statements;

/// How a round of checking is done.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "a closure has none")]
pub struct Options<'a> {
    /// So many objects are hashed at the same time; at least one.
    pub threads: usize,
    /// So many bytes of objects are read in a second at most; `None` for as many as there are.
    pub bytes_per_second: Option<u64>,
    /// Whether to go on with a round that was stopped: the objects that it has found sound are not
    /// looked at again.
    pub resume: bool,
    /// Once it is true, the round stops at the next opportunity, and can be resumed.
    pub stop: &'a AtomicBool,
    /// The time now.
    pub now: fn() -> Timestamp,
    /// Is told how far the round has come, from any thread.
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

/// How far a round has come with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being checked.
    pub part: Part,
    /// How much of it was: segments of the journal, bytes of the objects.
    pub done: u64,
    /// How much there is.
    pub of: u64,
}

impl Archive {
    /// Reads the whole store and says what is damaged, as fast as one thread can. `progress` is
    /// called after each segment with its number and the number of the last one.
    ///
    /// # Errors
    /// As [`Archive::check_round`].
    pub fn check(&self, progress: impl Fn(u64, u64) + Sync) -> Result<Report, ArchiveError> {
        self.check_round(&Options {
            threads: 1,
            bytes_per_second: None,
            resume: false,
            stop: &AtomicBool::new(false),
            now: self.clock(),
            progress: &|step| {
                if step.part == Part::Journal {
                    progress(step.done, step.of);
                }
            },
        })
    }

    /// A round of checking while the archive is in use. Whoever registers or reads is kept waiting
    /// only while the documents that seemed to differ are looked at again.
    ///
    /// # Errors
    /// If the journal folder cannot be read, or there is no room for the fresh catalogue; damage is
    /// reported, not returned.
    pub fn check_round(&self, options: &Options<'_>) -> Result<Report, ArchiveError> {
        let check = Check::new(self.folder(), self.journal(), self.objects(), options);
        check.round(|| Ok(self.applied().end.segment), View::Open(self))
    }
}

/// The same for a data folder that is not open, however damaged it is: needs no view, and changes
/// nothing but the note of what was checked.
///
/// # Errors
/// If there is no archive, or its journal cannot be listed.
pub fn check_folder(
    folder: &DataFolder,
    _lock: &FolderLock,
    options: &Options<'_>,
) -> Result<Report, ArchiveError> {
    if !folder.exists() {
        return Err(ArchiveError::Missing { folder: folder.root().to_owned() });
    }
    let journal = Journal::new(folder.journal());
    let objects = Objects::new(folder.objects(), folder.staging());
    let check = Check::new(folder, &journal, &objects, options);
    check.round(|| journal.highest(), View::Closed)
}

/// How the catalogue is reached.
#[derive(Clone, Copy)]
enum View<'a> {
    /// It is open and may change meanwhile.
    Open(&'a Archive),
    /// It is opened for the check, if it is there.
    Closed,
}

/// The parts of a store that are compared with each other.
pub(crate) struct Check<'a> {
    folder: &'a DataFolder,
    journal: &'a Journal,
    objects: &'a Objects,
    options: &'a Options<'a>,
    pace: Pace,
}

impl<'a> Check<'a> {
    pub(crate) fn new(
        folder: &'a DataFolder,
        journal: &'a Journal,
        objects: &'a Objects,
        options: &'a Options<'a>,
    ) -> Self {
        let pace = Pace::new(options.bytes_per_second);
        Self { folder, journal, objects, options, pace }
    }

    fn round(
        &self,
        last: impl FnOnce() -> Result<u64, ArchiveError>,
        view: View<'_>,
    ) -> Result<Report, ArchiveError> {
        let now = self.options.now;
        let mut rounds = Rounds::load(self.folder, now())?;
        let mut report = Report::begun(rounds.begin(self.options.resume, now()));
        let mut log = LogCheck::read(self.folder, &mut report);
        let last = last()?;
        let mut beside = Beside::open(self.folder, view, &mut report)?;
        let statements = self.read_journal(last, &mut log, beside.as_mut(), &mut report);
        if self.stopped() {
            rounds.keep();
            return Ok(report);
        }
        log.finish(&statements, &mut report);
        if let Some(beside) = beside {
            beside.compare(self.folder, self.journal, view, &mut report);
        }
        let others_write = matches!(view, View::Open(_));
        if self.objects(statements.named, others_write, &mut rounds, &mut report) {
            report.finished = Some(now());
        }
        rounds.end(&report, now());
        Ok(report)
    }

    /// Hashes what the statements name. False if it was stopped.
    pub(crate) fn objects(
        &self,
        named: Vec<simars_record::ObjectRef>,
        others_write: bool,
        rounds: &mut Rounds,
        report: &mut Report,
    ) -> bool {
        let Self { objects, options, pace, .. } = self;
        let check = ObjectCheck { objects, options, pace, others_write };
        check.run(named, rounds, report)
    }

    pub(crate) fn read_journal(
        &self,
        last: u64,
        log: &mut LogCheck,
        mut beside: Option<&mut Beside>,
        report: &mut Report,
    ) -> Statements {
        let mut statements = Statements::default();
        for number in 1..=last {
            if self.stopped() {
                return statements;
            }
            let path = self.journal.path(number);
            let size = std::fs::metadata(&path).map_or(0, |segment| segment.len());
            self.pace.wait(size as usize);
            match self.journal.read(number) {
                Ok(segment) => {
                    report.segments += 1;
                    report.statements += segment.lines.len() as u64;
                    let wrong = statements.take(&segment, |statements, line, leaf| {
                        log.see(&statements.frontier, &line.statement.to_string(), leaf);
                    });
                    for detail in wrong {
                        report.damaged(Part::Journal, &path, detail);
                    }
                    if let Some(beside) = beside.as_deref_mut() {
                        beside.take(&segment, report);
                    }
                }
                Err(error) => report.damaged(Part::Journal, &path, error.detail()),
            }
            (self.options.progress)(Progress { part: Part::Journal, done: number, of: last });
        }
        report.log_root = Some(statements.frontier.root());
        self.note_others(last, report);
        statements
    }

    pub(crate) fn stopped(&self) -> bool {
        self.options.stop.load(Ordering::Relaxed)
    }

    /// Notes what lies among the segments and is none.
    fn note_others(&self, last: u64, report: &mut Report) {
        let entries = std::fs::read_dir(self.folder.journal()).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let number = name.strip_suffix(".jsonl").and_then(|number| number.parse::<u64>().ok());
            if name == "damaged" {
                report.note(&path, "segments that were not whole and were set aside");
            } else if number
                .is_none_or(|number| number <= last && self.journal.path(number) != path)
            {
                report.note(&path, "it is no segment of the journal");
            }
        }
    }
}

/// The catalogue, and a fresh one to compare it with.
pub(crate) struct Beside {
    fresh: Fresh,
    catalogue: Catalogue,
    applied: Applied,
}

impl Beside {
    /// `None` if there is no catalogue, which the next start mends, or it cannot be opened.
    fn open(
        folder: &DataFolder,
        view: View<'_>,
        report: &mut Report,
    ) -> Result<Option<Self>, ArchiveError> {
        let opened = match view {
            View::Open(archive) => Ok((archive.catalogue().clone(), archive.applied())),
            View::Closed if !folder.catalogue().exists() => return Ok(None),
            View::Closed => Catalogue::open(&folder.catalogue()).and_then(|catalogue| {
                catalogue.learn_placed(&Objects::new(folder.objects(), folder.staging()));
                catalogue.applied().map(|applied| (catalogue, applied))
            }),
        };
        match opened {
            Ok((catalogue, applied)) => {
                Ok(Some(Self { fresh: Fresh::new(folder)?, catalogue, applied }))
            }
            Err(error) => {
                report.damaged(Part::Catalogue, &folder.catalogue(), error.detail());
                Ok(None)
            }
        }
    }

    /// Follows the journal as far as the catalogue has.
    fn take(&mut self, segment: &crate::journal::Segment, report: &mut Report) {
        let wanted = segment.header.segment <= self.applied.end.segment;
        if wanted
            && report.is_sound(Part::Journal)
            && let Err(error) = self.fresh.take(segment)
        {
            // The statements do not follow from each other: the journal speaks of what is not there.
            let path = std::path::PathBuf::from(format!("segment {}", segment.header.segment));
            report.damaged(Part::Journal, &path, error.to_string());
        }
    }

    fn compare(
        mut self,
        folder: &DataFolder,
        journal: &Journal,
        view: View<'_>,
        report: &mut Report,
    ) {
        if !report.is_sound(Part::Journal) {
            report.note(&folder.catalogue(), "not compared, because the journal is damaged");
            return;
        }
        let compared = match view {
            View::Open(archive) => self.compare_open(archive, journal, report),
            View::Closed => self.compare_closed(folder, journal, report),
        };
        match compared {
            Ok(differing) => Fresh::tell(&differing, folder, report),
            Err(error) => report.damaged(Part::Catalogue, &folder.catalogue(), error.detail()),
        }
    }

    /// A process that was killed while it took in a segment has left a part of that in the catalogue,
    /// beyond what the catalogue says of itself; the next start takes it in again. So what that
    /// segment speaks of is not compared.
    fn compare_closed(
        &self,
        folder: &DataFolder,
        journal: &Journal,
        report: &mut Report,
    ) -> Result<Vec<DocumentId>, ArchiveError> {
        self.fresh.compare_end(&self.applied, folder, report);
        let (at, last) = (self.applied.end.segment, journal.highest()?);
        let mut unsettled = HashSet::new();
        if at < last {
            report.note(
                &folder.catalogue(),
                format!("it is at segment {at} of {last} and will follow"),
            );
            unsettled.extend(journal.read(at + 1)?.lines.iter().map(|line| line.statement.object));
        }
        if !unsettled.contains(&ARCHIVE) {
            self.fresh.compare_schedules(&self.catalogue, folder, report)?;
        }
        let mut differing = self.fresh.differing(&self.catalogue)?;
        differing.retain(|id| !unsettled.contains(id));
        Ok(differing)
    }

    /// What changed meanwhile seems to differ; it is looked at again while nobody writes.
    fn compare_open(
        &mut self,
        archive: &Archive,
        journal: &Journal,
        report: &mut Report,
    ) -> Result<Vec<DocumentId>, ArchiveError> {
        let mut differing = self.fresh.differing(&self.catalogue)?;
        self.fresh.follow(journal, archive.applied().end.segment)?;
        let writer = archive.writer();
        self.fresh.follow(journal, writer.applied.end.segment)?;
        self.fresh.compare_end(&writer.applied, archive.folder(), report);
        self.fresh.compare_schedules(&self.catalogue, archive.folder(), report)?;
        let mut wrong = Vec::new();
        for id in differing.drain(..) {
            if !self.fresh.agrees(&self.catalogue, &id)? {
                wrong.push(id);
            }
        }
        Ok(wrong)
    }
}

#[cfg(test)]
pub(crate) mod tests;
