//! Listening, and ending in order.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

use crate::{State, router};

/// How long requests that are under way may take to end after the shutdown began.
const GRACE: Duration = Duration::from_secs(10);

/// Tells answers without an end of their own that the server ends.
#[derive(Debug, Clone)]
pub(crate) struct Ending(watch::Receiver<bool>);

impl Ending {
    /// Waits for the end.
    pub(crate) async fn wait(&mut self) {
        // That nobody is left who could tell is an end as well.
        let _ = self.0.wait_for(|ended| *ended).await;
    }
}

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
    let (end, ended) = watch::channel(false);
    let shutdown = async move {
        shutdown.await;
        let _ = end.send(true);
        let _ = begun.send(());
    };
    let service = router(state).layer(Extension(Ending(ended)));
    // Who asks too often is told by the address.
    let service = service.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(shutdown);
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
