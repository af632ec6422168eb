//! Rounds of checking: the whole store against itself, now and then, while it is served.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use simars_archive::check::{Options, Part, Report, Rounds};
use simars_archive::{Archive, DataFolder};
use simars_search::{Index, Looked, Request, look};

use crate::{Holdings, IngestError};

/// How far a round steps back when the processors are busy (`nice(2)`): behind everything else.
const ROUND_NICENESS: i32 = 15;
/// After a failure, the next attempt waits this long; and no rest is longer.
const RETRY: Duration = Duration::from_secs(3_600);

/// How rounds are made while serving.
#[derive(Debug, Clone, Copy)]
pub struct Care {
    /// From the end of one round to the beginning of the next.
    pub every: Duration,
    /// So many bytes of objects are read in a second at most.
    pub bytes_per_second: u64,
}

#[derive(Debug, Default)]
struct Shared {
    stop: AtomicBool,
    rounds: Mutex<u64>,
    changed: Condvar,
}

/// The thread that makes rounds. A round under way is stopped when it is dropped, and goes on where
/// it was when another is started.
#[derive(Debug)]
pub struct Caretaker {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Caretaker {
    /// Begins. What is found is told in the log, and kept for `simars check --last`.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn start(holdings: Arc<Holdings>, care: Care) -> Result<Self, IngestError> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("check".to_owned())
            .spawn(move || run(&holdings, care, &theirs))
            .map_err(IngestError::read(Path::new("a new thread")))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Waits until so many rounds have ended; false if that takes longer than `patience`.
    pub fn wait_for(&self, rounds: u64, patience: Duration) -> bool {
        let ended = self.shared.rounds.lock().unwrap_or_else(PoisonError::into_inner);
        let waited =
            self.shared.changed.wait_timeout_while(ended, patience, |ended| *ended < rounds);
        *waited.unwrap_or_else(PoisonError::into_inner).0 >= rounds
    }
}

impl Drop for Caretaker {
    fn drop(&mut self) {
        // Under the lock, so that it cannot come between the looking and the waiting.
        let held = self.shared.rounds.lock().unwrap_or_else(PoisonError::into_inner);
        self.shared.stop.store(true, Ordering::Relaxed);
        drop(held);
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(holdings: &Holdings, care: Care, shared: &Shared) {
    if let Err(error) = rustix::process::nice(ROUND_NICENESS) {
        tracing::debug!(%error, "rounds of checking at the usual priority");
    }
    let archive = holdings.archive();
    loop {
        let rest = match due_in(archive, care.every) {
            Ok(None) => match round(holdings, care, shared) {
                Ok(()) => Duration::ZERO,
                Err(error) => {
                    tracing::error!(%error, "a round of checking could not be made");
                    RETRY
                }
            },
            Ok(Some(rest)) => rest.min(RETRY),
            Err(error) => {
                tracing::error!(%error, "when to check next is not known");
                RETRY
            }
        };
        let held = shared.rounds.lock().unwrap_or_else(PoisonError::into_inner);
        let going_on = |_: &mut u64| !shared.stop.load(Ordering::Relaxed);
        drop(shared.changed.wait_timeout_while(held, rest, going_on));
        if shared.stop.load(Ordering::Relaxed) {
            return;
        }
    }
}

/// How long until the next round; `None` if it is time, or one was begun and not finished.
fn due_in(archive: &Archive, every: Duration) -> Result<Option<Duration>, IngestError> {
    let now = (archive.clock())();
    let rounds = Rounds::load(archive.folder(), now)?;
    if rounds.last.is_none() {
        // From now on it is known since when a first round is waited for.
        rounds.keep();
    }
    let due = rounds.last_end().unix().saturating_add(every.as_secs());
    let left = due.saturating_sub(now.unix());
    Ok((left > 0 && !rounds.unfinished()).then(|| Duration::from_secs(left)))
}

fn round(holdings: &Holdings, care: Care, shared: &Shared) -> Result<(), IngestError> {
    let archive = holdings.archive();
    let mut report = archive.check_round(&Options {
        threads: 1,
        bytes_per_second: Some(care.bytes_per_second),
        resume: true,
        stop: &shared.stop,
        now: archive.clock(),
        progress: &|_| (),
    })?;
    let Some(finished) = report.finished else { return Ok(()) };
    compare_open_index(archive, holdings.index(), &mut report)?;
    Rounds::load(archive.folder(), finished)?.complete(&report, finished);
    match report.damage.first() {
        None => tracing::info!(
            objects = report.objects,
            statements = report.statements,
            documents = report.documents,
            "the archive was checked: all is well"
        ),
        Some(first) => tracing::error!(
            damaged = report.damage.len(),
            first = %first.path,
            detail = first.detail,
            "the archive was checked: there is damage; `simars check --last` tells all of it"
        ),
    }
    *shared.rounds.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    shared.changed.notify_all();
    Ok(())
}

/// Compares an index that is in use with the journal.
fn compare_open_index(
    archive: &Archive,
    index: &Index,
    report: &mut Report,
) -> Result<(), IngestError> {
    // What is written at this moment may look like a stray; twice it does not.
    let before = index.check()?;
    let again = if before.is_empty() { Vec::new() } else { index.check()? };
    let wrong = again.into_iter().filter(|path| before.contains(path));
    let wrong = wrong.map(|path| (path, "it is damaged or a stray".to_owned())).collect();
    let applied = index.applied();
    let documents = index.search(&Request::new("", u16::MAX))?.total;
    let known = archive.applied();
    // Counted between two commits, or not to be compared.
    let still = applied == index.applied() && !index.building();
    let expected = (still && applied == known.end.segment).then_some(known.documents);
    let looked = Looked { applied, documents, wrong };
    judge_index(&looked, (known.end.segment, expected), archive.folder(), report);
    Ok(())
}

/// Compares the index of a folder that is not open with the journal, and adds what is wrong to the
/// report on the rest of it.
///
/// # Errors
/// If the folder cannot be read.
pub fn compare_index(folder: &DataFolder, report: &mut Report) -> Result<(), IngestError> {
    match look(&folder.index())? {
        None => report.note(&folder.index(), "there is no index; the next start builds it"),
        Some(looked) => {
            let documents = report.is_sound(Part::Catalogue).then_some(report.documents);
            let expected = documents.filter(|documents| *documents > 0);
            judge_index(&looked, (report.segments, expected), folder, report);
        }
    }
    if let Some(finished) = report.finished {
        Rounds::load(folder, finished)?.complete(report, finished);
    }
    Ok(())
}

/// Compares what an index says of itself with the last segment of the journal and, if it is known,
/// the number of documents.
fn judge_index(
    looked: &Looked,
    (segments, expected): (u64, Option<u64>),
    folder: &DataFolder,
    report: &mut Report,
) {
    let path = folder.index();
    for (path, detail) in &looked.wrong {
        report.damaged(Part::Index, path, detail.clone());
    }
    if !looked.wrong.is_empty() || !report.is_sound(Part::Journal) {
        return;
    }
    let (applied, documents) = (looked.applied, looked.documents);
    if applied < segments {
        report.note(&path, format!("it is at segment {applied} of {segments} and will follow"));
    } else if applied > segments {
        let detail = format!("it knows segment {applied}, the journal ends at {segments}");
        report.damaged(Part::Index, &path, detail);
    } else if let Some(expected) = expected
        && documents != expected
    {
        let detail = format!("it has {documents} documents, the catalogue {expected}");
        report.damaged(Part::Index, &path, detail);
    }
}
