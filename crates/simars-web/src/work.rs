//! Work that would hold up other requests goes to threads of its own.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Code;

/// Does work that reads the disk or computes for long on a thread made for that.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Code> {
    tokio::task::spawn_blocking(work).await.map_err(failed("work on a thread"))
}

/// For `map_err`: puts an error that is not the asker's fault into the log, and says so.
pub(crate) fn failed<E: Display>(doing: &'static str) -> impl FnOnce(E) -> Code {
    move |error| {
        tracing::error!(%error, "could not {doing}");
        Code::Internal
    }
}

/// Places for those who do something that holds a thread or a connection for long.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    free: Arc<Semaphore>,
    patience: Duration,
}

impl Places {
    /// So many places, all free; who finds none waits for `patience`.
    pub(crate) fn new(places: usize, patience: Duration) -> Self {
        Self { free: Arc::new(Semaphore::new(places)), patience }
    }

    /// A place, held until it is dropped.
    pub(crate) async fn take(&self) -> Result<OwnedSemaphorePermit, Code> {
        let place = tokio::time::timeout(self.patience, Arc::clone(&self.free).acquire_owned());
        // The semaphore is never closed; were it, there would be no place either.
        place.await.ok().and_then(Result::ok).ok_or(Code::Busy)
    }
}
