//! The public log follows the journal: what was stated is signed for within a second.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use simars_archive::{Archive, Published};

use crate::IngestError;

/// After the first statement, others are waited for this long: they share a checkpoint.
const GATHER: Duration = Duration::from_millis(200);
/// From one checkpoint to the next at least this long.
const RHYTHM: Duration = Duration::from_millis(500);
/// After a failure, the next attempt waits this long.
const RETRY: Duration = Duration::from_secs(5);

/// What is done after each new checkpoint, for example asking witnesses for their signatures. It says
/// when it wants to be called again even if there is no newer one.
pub type AfterPublishing = Box<dyn Fn(&Archive, &Published) -> Option<Duration> + Send>;

#[derive(Default)]
struct State {
    woken: bool,
    stop: bool,
    failed: Option<String>,
    after: Option<AfterPublishing>,
    /// When to go on even if nobody wakes.
    again: Option<Instant>,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("failed", &self.failed).finish_non_exhaustive()
    }
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

    fn wake(&self) {
        self.state().woken = true;
        self.changed.notify_all();
    }

    /// Waits until there is something to publish; then, unless this is the end, a little longer.
    /// False when there is nothing and the end has come.
    fn wait(&self, not_before: Instant) -> bool {
        let mut state = self.state();
        while !state.woken && !state.stop {
            let left = state.again.map_or(Duration::from_secs(3600), |again| {
                again.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                state.woken = true;
                break;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.again = None;
        let due = not_before.max(Instant::now() + GATHER);
        while !state.stop {
            let Some(left) = due.checked_duration_since(Instant::now()) else { break };
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        std::mem::take(&mut state.woken)
    }
}

/// The thread that publishes. Ends, with everything published, when dropped.
#[derive(Debug)]
pub(crate) struct Publisher {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Publisher {
    /// `grown` is told when a checkpoint has added to the journal.
    pub(crate) fn start(
        archive: Arc<Archive>,
        grown: Box<dyn Fn() + Send + Sync>,
    ) -> Result<Self, IngestError> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("publish".to_owned())
            .spawn(move || run(&archive, &theirs, &*grown))
            .map_err(IngestError::read(std::path::Path::new("a new thread")))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    pub(crate) fn wake(&self) {
        self.shared.wake();
    }

    /// What others call when the journal has grown.
    pub(crate) fn waker(&self) -> Box<dyn Fn() + Send + Sync> {
        let shared = Arc::clone(&self.shared);
        Box::new(move || shared.wake())
    }

    pub(crate) fn after_publishing(&self, after: AfterPublishing) {
        self.shared.state().after = Some(after);
    }

    /// Why the log does not go on, if it does not.
    pub(crate) fn failed(&self) -> Option<String> {
        self.shared.state().failed.clone()
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.shared.state().stop = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(archive: &Archive, shared: &Shared, grown: &dyn Fn()) {
    let mut not_before = Instant::now();
    while shared.wait(not_before) {
        let before = archive.applied().end.segment;
        let published = catch_unwind(AssertUnwindSafe(|| archive.publish()));
        let failed = match published {
            Ok(Ok(published)) => {
                after(archive, shared, published);
                None
            }
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("the thread that publishes panicked".to_owned()),
        };
        not_before = Instant::now() + RHYTHM;
        let mut state = shared.state();
        if let Some(error) = &failed {
            if state.failed.as_ref() != Some(error) {
                tracing::error!(error, "the public log cannot follow the journal; trying again");
            }
            state.woken |= !state.stop;
            not_before = Instant::now() + RETRY;
        }
        state.failed = failed;
        drop(state);
        if archive.applied().end.segment != before {
            grown();
        }
    }
}

fn after(archive: &Archive, shared: &Shared, published: Option<Published>) {
    let Some(published) = published else { return };
    // Taken out while it works: it may take seconds, and nobody must wait for it to wake us.
    let after = shared.state().after.take();
    if let Some(after) = after {
        let again = after(archive, &published).map(|wait| Instant::now() + wait);
        let mut state = shared.state();
        (state.after, state.again) = (Some(after), again);
    }
}
