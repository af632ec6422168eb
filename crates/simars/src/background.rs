//! What goes on beside serving: embargoes that end, files that come into a watched folder.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use simars_ingest::watched::Watched;
use simars_ingest::{Holdings, Report};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::interval;

/// How often it is asked whether an embargo has ended.
const OPEN_EVERY: Duration = Duration::from_secs(60);
/// How often a watched folder is looked into.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The tasks that go on.
#[derive(Debug)]
pub(crate) struct Background {
    tasks: Vec<JoinHandle<()>>,
    stop: Arc<AtomicBool>,
}

impl Background {
    /// Begins, on the runtime that this is called on.
    pub(crate) fn start(holdings: &Arc<Holdings>, watched: Option<Watched>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let opening = tokio::spawn(open_when_due(Arc::clone(holdings)));
        let watching = watched.map(|watched| {
            tokio::spawn(take_what_comes(Arc::clone(holdings), watched, Arc::clone(&stop)))
        });
        Self { tasks: std::iter::once(opening).chain(watching).collect(), stop }
    }

    /// Ends them; what is under way comes to its end first.
    pub(crate) fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Opens documents on the day on which their embargo ends.
async fn open_when_due(holdings: Arc<Holdings>) {
    let mut moments = interval(OPEN_EVERY);
    loop {
        moments.tick().await;
        let holdings = Arc::clone(&holdings);
        match spawn_blocking(move || holdings.open_due()).await {
            Ok(Ok(0)) => {}
            Ok(Ok(opened)) => tracing::info!(opened, "embargoes have ended"),
            Ok(Err(error)) => tracing::error!(%error, "documents that are due do not open"),
            Err(error) => tracing::error!(%error, "documents that are due do not open"),
        }
    }
}

/// Takes the files that come into a watched folder.
async fn take_what_comes(holdings: Arc<Holdings>, watched: Watched, stop: Arc<AtomicBool>) {
    let mut moments = interval(LOOK_EVERY);
    let watched = Arc::new(Mutex::new(watched));
    loop {
        moments.tick().await;
        let (holdings, watched) = (Arc::clone(&holdings), Arc::clone(&watched));
        let stop = Arc::clone(&stop);
        let looked = spawn_blocking(move || {
            let mut watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Duration::from_secs(holdings.archive().now().unix());
            watched.look(&holdings, SystemTime::UNIX_EPOCH + now, &stop)
        });
        match looked.await {
            Ok(Ok(reports)) => {
                reports.iter().for_each(tell);
            }
            Ok(Err(error)) => tracing::error!(%error, "the watched folder cannot be read"),
            Err(error) => tracing::error!(%error, "the watched folder cannot be read"),
        }
    }
}

/// Says what became of a scan: of each of its documents, if it was a stack.
fn tell(report: &Report) {
    let reason = report.reason.as_deref().unwrap_or_default();
    tracing::info!(path = report.path, status = ?report.status, reason, "scan");
    for part in &report.parts {
        let id = part.id.map(|id| id.to_string()).unwrap_or_default();
        let reason = part.reason.as_deref().unwrap_or_default();
        tracing::info!(path = part.path, status = ?part.status, id, reason, "part of a scan");
    }
}
