//! Work that would hold up other requests goes to threads of its own.

use std::fmt::Display;

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
