//! Many files at once: workers receive, extract and describe; one committer registers in groups.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use simars_access::Who;
use simars_archive::Placed;
use simars_record::Publication;

use crate::metadata::{ImportList, Stated};
use crate::pipeline::{self, Filing, Prepared, Stacks};
use crate::stack::{Taken, Waiting};
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
    /// What becomes of stacks of papers with separator sheets between them.
    pub stacks: Stacks,
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
            if sender.send(self.place_taken(self.take_file(path, bulk))).is_err() {
                return;
            }
        }
    }

    fn take_file(&self, path: &Path, bulk: &Bulk<'_>) -> Taken {
        let shown = path.display().to_string();
        let refused = |reason: String| {
            Taken::One(Prepared::Known(Box::new(Report::refused(&shown, None, reason))))
        };
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
                let (publication, stacks) = (bulk.publication, bulk.stacks);
                let who = Who::Owner;
                let filing = Filing { path: &shown, stated, publication, by: None, who, stacks };
                self.take_apart(received, &filing)
            }
            Err(refusal) => refused(refusal.to_string()),
        }
    }

    /// The workers also put the objects in their places: that takes most of the disk's attention
    /// and needs no order.
    fn place_taken(&self, taken: Taken) -> Ready {
        match taken {
            Taken::One(Prepared::Known(report)) => Ready::Settled(report),
            Taken::One(prepared) => self.ready(None, vec![prepared]),
            Taken::Stack(report, parts) => self.ready(Some(*report), parts),
        }
    }

    fn ready(&self, stack: Option<Report>, documents: Vec<Prepared>) -> Ready {
        let (placed, waiting) = self.place_all(stack, documents);
        if placed.is_empty() {
            return Ready::Settled(Box::new(waiting.settled(self, &mut std::iter::empty())));
        }
        Ready::Placed(placed, Box::new(waiting))
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
                Ok(Ready::Placed(placed, waiting)) => {
                    group.add(placed, *waiting);
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
        let Group { placed, files, .. } = std::mem::take(group);
        if placed.is_empty() {
            return;
        }
        match self.archive().register_all(&placed) {
            Ok(outcomes) => {
                self.wake();
                let mut outcomes = outcomes.into_iter();
                for file in files {
                    tell(&file.settled(self, &mut outcomes));
                }
            }
            Err(error) => {
                for file in files {
                    tell(&file.refused(&error.to_string()));
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
    /// The objects of its documents are in their places.
    Placed(Vec<Placed>, Box<Waiting>),
}

#[derive(Default)]
struct Group {
    placed: Vec<Placed>,
    /// Whose documents these are, in the same order.
    files: Vec<Waiting>,
    begun: Option<Instant>,
}

impl Group {
    /// The documents of a file stay together: a stack is registered whole.
    fn add(&mut self, placed: Vec<Placed>, file: Waiting) {
        self.placed.extend(placed);
        self.files.push(file);
        self.begun.get_or_insert_with(Instant::now);
    }

    fn is_full(&self) -> bool {
        self.placed.len() >= GROUP_DOCUMENTS
    }

    fn deadline(&self) -> Option<Instant> {
        self.begun.map(|begun| begun + GROUP_AGE)
    }
}
