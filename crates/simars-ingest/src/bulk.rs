//! Many files at once: workers receive, extract and describe; one committer registers in groups.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use simars_archive::Placed;
use simars_record::Publication;

use crate::metadata::{ImportList, Stated};
use crate::pipeline::{self, Filing, Prepared};
use crate::{Holdings, Report, Totals};

/// A group is committed when it has this many documents …
const GROUP_DOCUMENTS: usize = 1_024;
/// … or when its first document has waited this long.
const GROUP_AGE: Duration = Duration::from_millis(300);

/// How a bulk ingest works.
#[derive(Debug, Clone, Copy)]
pub struct Bulk<'a> {
    /// What is known about the files beforehand.
    pub list: &'a ImportList,
    /// Whether the documents are published at once.
    pub publication: Publication,
    /// How many files are read at the same time.
    pub workers: usize,
}

impl Holdings {
    /// Ingests many files. `tell` gets a report for each, in the order in which they are settled;
    /// one that says `registered` is durable by then.
    pub fn ingest_files(
        &self,
        files: &[PathBuf],
        bulk: &Bulk<'_>,
        mut tell: impl FnMut(&Report),
    ) -> Totals {
        let started = Instant::now();
        let mut totals = Totals { bad_rows: bulk.list.errors.len() as u64, ..Totals::default() };
        let next = AtomicUsize::new(0);
        let (sender, receiver) = mpsc::sync_channel(256);
        thread::scope(|scope| {
            for _ in 0..bulk.workers.max(1) {
                let (sender, next) = (sender.clone(), &next);
                scope.spawn(move || self.work(files, bulk, next, &sender));
            }
            drop(sender);
            self.settle(&receiver, |report| {
                totals.add(report);
                tell(report);
            });
        });
        totals.seconds = started.elapsed().as_secs_f64();
        totals
    }

    fn work(
        &self,
        files: &[PathBuf],
        bulk: &Bulk<'_>,
        next: &AtomicUsize,
        sender: &SyncSender<Ready>,
    ) {
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            if sender.send(self.place_prepared(self.prepare_file(path, bulk))).is_err() {
                return;
            }
        }
    }

    fn prepare_file(&self, path: &Path, bulk: &Bulk<'_>) -> Prepared {
        let shown = path.display().to_string();
        let refused =
            |reason: String| Prepared::Known(Box::new(Report::refused(&shown, None, reason)));
        let nothing = Stated::default();
        let stated = match if bulk.list.is_empty() { None } else { bulk.list.find(path) } {
            None => &nothing,
            Some(Ok(stated)) => stated,
            Some(Err(error)) => return refused(format!("its row in the import list: {error}")),
        };
        let received = pipeline::open(path, self.settings().max_file_bytes)
            .and_then(|mut file| self.receive(&mut file));
        match received {
            Ok(received) => {
                let publication = bulk.publication;
                self.prepare(received, &Filing { path: &shown, stated, publication, by: None })
            }
            Err(refusal) => refused(refusal.to_string()),
        }
    }

    /// The workers also put the objects in their places: that takes most of the disk's attention
    /// and needs no order.
    fn place_prepared(&self, prepared: Prepared) -> Ready {
        let (submission, report) = match prepared {
            Prepared::Known(report) => return Ready::Settled(report),
            Prepared::New(submission, report) => (submission, report),
        };
        match self.archive().place(*submission) {
            Ok(placed) => Ready::Placed(Box::new(placed), report),
            Err(error) => {
                let refused = Report::refused(&report.path, report.sha256, error.to_string());
                Ready::Settled(Box::new(refused))
            }
        }
    }

    /// Collects what the workers prepared and commits it in groups.
    fn settle(&self, receiver: &Receiver<Ready>, mut tell: impl FnMut(&Report)) {
        let mut group = Group::default();
        loop {
            let message = match group.deadline() {
                None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    receiver.recv_timeout(left)
                }
            };
            match message {
                Ok(Ready::Settled(report)) => tell(&report),
                Ok(Ready::Placed(placed, report)) => {
                    group.add(*placed, *report);
                    if group.is_full() {
                        self.commit(&mut group, &mut tell);
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.commit(&mut group, &mut tell),
                Err(RecvTimeoutError::Disconnected) => {
                    self.commit(&mut group, &mut tell);
                    return;
                }
            }
        }
    }

    fn commit(&self, group: &mut Group, tell: &mut impl FnMut(&Report)) {
        let Group { placed, reports, .. } = std::mem::take(group);
        if placed.is_empty() {
            return;
        }
        match self.archive().register_all(&placed) {
            Ok(outcomes) => {
                self.wake();
                for (report, outcome) in reports.into_iter().zip(outcomes) {
                    tell(&self.settled(report, outcome));
                }
            }
            Err(error) => {
                for report in reports {
                    tell(&Report::refused(&report.path, report.sha256, error.to_string()));
                }
            }
        }
    }
}

/// What a worker hands to the committer.
#[derive(Debug)]
enum Ready {
    /// Nothing is left to do.
    Settled(Box<Report>),
    /// Its objects are in their places.
    Placed(Box<Placed>, Box<Report>),
}

#[derive(Default)]
struct Group {
    placed: Vec<Placed>,
    reports: Vec<Report>,
    begun: Option<Instant>,
}

impl Group {
    fn add(&mut self, placed: Placed, report: Report) {
        self.placed.push(placed);
        self.reports.push(report);
        self.begun.get_or_insert_with(Instant::now);
    }

    fn is_full(&self) -> bool {
        self.placed.len() >= GROUP_DOCUMENTS
    }

    fn deadline(&self) -> Option<Instant> {
        self.begun.map(|begun| begun + GROUP_AGE)
    }
}
