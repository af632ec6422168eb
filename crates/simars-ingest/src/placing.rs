//! When another retention schedule comes into force, every document is placed anew in the lists
//! of what falls due: beside everything else, a few at a time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use simars_archive::Archive;

use crate::IngestError;

/// A schedule that was stated beforehand comes into force by itself: it is looked for this often.
const LOOK: Duration = Duration::from_secs(600);

#[derive(Debug, Default)]
struct Shared {
    woken: Mutex<bool>,
    changed: Condvar,
    stop: AtomicBool,
}

/// The thread that places. Ends when dropped; what is left goes on at the next start.
#[derive(Debug)]
pub(crate) struct Placer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Placer {
    pub(crate) fn start(archive: Arc<Archive>) -> Result<Self, IngestError> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("schedule".to_owned())
            .spawn(move || run(&archive, &theirs))
            .map_err(IngestError::read(std::path::Path::new("a new thread")))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    pub(crate) fn wake(&self) {
        *self.shared.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.shared.changed.notify_all();
    }
}

impl Drop for Placer {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.wake();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(archive: &Archive, shared: &Shared) {
    let stopped = || shared.stop.load(Ordering::Relaxed);
    while !stopped() {
        if let Err(error) = archive.reschedule(stopped) {
            tracing::error!(%error, "the lists of what falls due do not follow the schedule");
        }
        let woken = shared.woken.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = shared.changed.wait_timeout_while(woken, LOOK, |woken| !*woken);
        let (mut woken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *woken = false;
    }
}
