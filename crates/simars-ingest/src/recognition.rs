//! Recognition of pages goes on after registration: a scan of a hundred pages is acknowledged at
//! once and read page by page, on all processors, whenever nothing else needs them.
//!
//! What waits is known from the catalogue ([`Version::pages_to_recognise`]), so a restart
//! forgets nothing. Pages that were read before the end of a process are kept in a view and are
//! not read twice. When the last page of a document is read, one statement in the
//! journal gives the document its new text, and the index follows.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use simars_archive::Archive;
use simars_extract::Extractor;
use simars_record::{DocumentId, Version};

use crate::{IngestError, again, kept};

/// How far recognition steps back when the processors are busy (`nice(2)`).
const NICENESS: i32 = 10;

/// How recognition stands as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognition {
    /// The engine in use, for example `tesseract 5.3.0 ind`; `None` if none is installed.
    pub engine: Option<String>,
    /// Documents that wait or are under way.
    pub documents: u64,
    /// Pages of those that are read.
    pub pages_done: u64,
    /// All pages of those.
    pub pages_total: u64,
}

/// How far one document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pages {
    /// Pages that are read.
    pub done: u32,
    /// All pages that are to be recognised.
    pub total: u32,
}

/// What is to be done with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// Recognise the pages that wait for it.
    Recognise,
    /// Read the whole original again first.
    ReadAgain {
        /// Whether all pages are recognised, also those whose own text is good.
        all_pages: bool,
    },
}

/// A document under way.
#[derive(Debug)]
struct Job {
    id: DocumentId,
    order: Order,
    /// `None` until somebody has looked which pages wait.
    pages: Option<PagesOf>,
    /// Somebody is looking, or putting the result together.
    busy: bool,
}

#[derive(Debug)]
struct PagesOf {
    version: Arc<Version>,
    next: usize,
    done: u32,
}

/// What a worker does next.
enum Step {
    Begin(DocumentId, Order),
    Page(DocumentId, Arc<Version>, u32),
    Finish(DocumentId, Arc<Version>),
}

#[derive(Debug, Default)]
struct State {
    jobs: VecDeque<Job>,
    /// Whether all that was left by the process before is among the jobs.
    resumed: bool,
    stop: bool,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, id: DocumentId, order: Order) {
        let mut state = self.state();
        // The same order twice is one; a whole new reading waits for what is under way.
        if !state.jobs.iter().any(|job| job.id == id && job.order == order) {
            state.jobs.push_back(Job { id, order, pages: None, busy: false });
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Waits for something to do; `None` when it is time to end.
    fn next(&self) -> Option<Step> {
        let mut state = self.state();
        loop {
            if state.stop {
                return None;
            }
            if let Some(step) = state.step() {
                return Some(step);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Changes the job of a document that is busy, and wakes whoever waits.
    fn settle(&self, id: &DocumentId, change: impl FnOnce(&mut State, usize)) {
        let mut state = self.state();
        if let Some(place) = state.jobs.iter().position(|job| job.id == *id) {
            change(&mut state, place);
        }
        drop(state);
        self.changed.notify_all();
    }
}

impl State {
    fn step(&mut self) -> Option<Step> {
        for place in 0..self.jobs.len() {
            let id = self.jobs[place].id;
            // One order after the other for the same document.
            let waits = self.jobs.iter().take(place).any(|before| before.id == id);
            if waits || self.jobs[place].busy {
                continue;
            }
            let job = &mut self.jobs[place];
            let Some(pages) = &mut job.pages else {
                job.busy = true;
                return Some(Step::Begin(id, job.order));
            };
            let numbers = &pages.version.pages_to_recognise;
            if let Some(&page) = numbers.get(pages.next) {
                pages.next += 1;
                return Some(Step::Page(id, Arc::clone(&pages.version), page));
            }
            if pages.done as usize >= numbers.len() {
                job.busy = true;
                return Some(Step::Finish(id, Arc::clone(&pages.version)));
            }
        }
        None
    }
}

/// What the workers need.
struct Workshop {
    archive: Arc<Archive>,
    extractor: Extractor,
    shared: Arc<Shared>,
    wake_index: Box<dyn Fn() + Send + Sync>,
}

/// The threads that recognise. They end when this is dropped; what is under way is kept.
#[derive(Debug)]
pub(crate) struct Recogniser {
    extractor: Extractor,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Recogniser {
    /// Starts `workers` threads; with none, what waits goes on waiting.
    pub(crate) fn start(
        archive: &Arc<Archive>,
        extractor: &Extractor,
        workers: usize,
        wake_index: Box<dyn Fn() + Send + Sync>,
    ) -> Result<Self, IngestError> {
        let shared = Arc::new(Shared::default());
        let workshop = Arc::new(Workshop {
            archive: Arc::clone(archive),
            extractor: extractor.clone(),
            shared: Arc::clone(&shared),
            wake_index,
        });
        let mut threads = Vec::new();
        for number in 0..workers {
            let workshop = Arc::clone(&workshop);
            let resume = number == 0;
            let thread = thread::Builder::new()
                .name("recognition".to_owned())
                .spawn(move || workshop.run(resume))
                .map_err(IngestError::read(std::path::Path::new("a new thread")))?;
            threads.push(thread);
        }
        Ok(Self { extractor: extractor.clone(), shared, threads })
    }

    /// A document was registered that has pages to recognise.
    pub(crate) fn add(&self, id: DocumentId) {
        if !self.threads.is_empty() {
            self.shared.add(id, Order::Recognise);
        }
    }

    /// A document is to be read again from its original.
    pub(crate) fn read_again(&self, id: DocumentId, all_pages: bool) {
        self.shared.add(id, Order::ReadAgain { all_pages });
    }

    pub(crate) fn recognition(&self) -> Recognition {
        let state = self.shared.state();
        let pages = || state.jobs.iter().filter_map(|job| job.pages.as_ref());
        Recognition {
            engine: self.extractor.engine().map(simars_extract::Engine::name),
            documents: state.jobs.len() as u64,
            pages_done: pages().map(|pages| u64::from(pages.done)).sum(),
            pages_total: pages().map(|pages| pages.version.pages_to_recognise.len() as u64).sum(),
        }
    }

    pub(crate) fn pages_of(&self, id: &DocumentId) -> Option<Pages> {
        let state = self.shared.state();
        let job = state.jobs.iter().find(|job| job.id == *id)?;
        Some(job.pages.as_ref().map_or(Pages { done: 0, total: 0 }, |pages| Pages {
            done: pages.done,
            total: pages.version.pages_to_recognise.len() as u32,
        }))
    }

    /// Waits until nothing is left to do; `tell` is called now and then.
    pub(crate) fn wait(&self, mut tell: impl FnMut(&Recognition)) {
        loop {
            let recognition = self.recognition();
            tell(&recognition);
            let resumed = self.shared.state().resumed;
            if self.threads.is_empty() || (resumed && recognition.documents == 0) {
                return;
            }
            let state = self.shared.state();
            drop(self.shared.changed.wait_timeout(state, Duration::from_millis(250)));
        }
    }
}

impl Drop for Recogniser {
    fn drop(&mut self) {
        self.shared.state().stop = true;
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Workshop {
    fn run(&self, resume: bool) {
        if let Err(error) = rustix::process::nice(NICENESS) {
            tracing::debug!(%error, "recognition works at the usual priority");
        }
        if resume {
            if self.extractor.engine().is_some() {
                self.resume();
            }
            self.shared.state().resumed = true;
            self.shared.changed.notify_all();
        }
        while let Some(step) = self.shared.next() {
            match step {
                Step::Begin(id, order) => self.begin(id, order),
                Step::Page(id, version, page) => self.page(id, &version, page),
                Step::Finish(id, version) => self.finish(id, &version),
            }
        }
    }

    fn page(&self, id: DocumentId, version: &Version, page: u32) {
        if let Err(error) = again::recognise(&self.archive, &self.extractor, version, page) {
            tracing::error!(%id, page, %error, "a page cannot be recognised");
        }
        self.shared.settle(&id, |state, place| {
            if let Some(pages) = &mut state.jobs[place].pages {
                pages.done += 1;
            }
        });
    }

    /// Takes up what was left when the last process ended.
    fn resume(&self) {
        for document in self.archive.newest() {
            match document {
                Ok(document) if !document.current().pages_to_recognise.is_empty() => {
                    self.shared.add(document.id, Order::Recognise);
                }
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "a document is passed over"),
            }
            if self.shared.state().stop {
                return;
            }
        }
    }

    /// Looks which pages wait; for a whole new reading, reads the original first.
    fn begin(&self, id: DocumentId, order: Order) {
        let read = match order {
            Order::Recognise => self.archive.document(&id).map_err(IngestError::from),
            Order::ReadAgain { all_pages } => {
                let read = again::read(&self.archive, &self.extractor, &id, all_pages);
                (self.wake_index)();
                read
            }
        };
        let waiting = match read {
            Ok(document) => document.map(|document| Arc::new(document.current().clone())),
            Err(error) => {
                tracing::error!(%id, %error, "a document cannot be read again");
                None
            }
        };
        let waiting = waiting.filter(|version| {
            !version.pages_to_recognise.is_empty() && self.extractor.engine().is_some()
        });
        self.shared.settle(&id, |state, place| match waiting {
            None => drop(state.jobs.remove(place)),
            Some(version) => {
                let job = &mut state.jobs[place];
                job.busy = false;
                job.pages = Some(PagesOf { version, next: 0, done: 0 });
            }
        });
    }

    /// Gives the document its new text.
    fn finish(&self, id: DocumentId, version: &Version) {
        match again::finish(&self.archive, &id, version) {
            Ok(_) => {
                kept::forget(self.archive.folder(), &version.original.sha256);
                (self.wake_index)();
            }
            Err(error) => tracing::error!(%id, %error, "what was recognised cannot be kept"),
        }
        self.shared.settle(&id, |state, place| drop(state.jobs.remove(place)));
    }
}
