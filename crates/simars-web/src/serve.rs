//! Listening, and ending in order.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::{State, router};

/// How long requests that are under way may take to end after the shutdown began.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until `shutdown` is done; then takes no new requests and lets those under way end, but
/// not for ever.
///
/// # Errors
/// If the listener fails.
pub async fn serve(
    listener: TcpListener,
    state: Arc<State>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (begun, ending) = oneshot::channel();
    let shutdown = async move {
        shutdown.await;
        let _ = begun.send(());
    };
    let server = axum::serve(listener, router(state)).with_graceful_shutdown(shutdown);
    let patience = async move {
        match ending.await {
            Ok(()) => tokio::time::sleep(GRACE).await,
            // The server ended by itself: its own result counts.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        result = server.into_future() => result,
        () = patience => {
            tracing::warn!("some requests did not end in time and were cut off");
            Ok(())
        }
    }
}
