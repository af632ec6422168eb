//! Listening, and ending in order.
//!
//! Whoever opens a connection and then says nothing, or says it slowly, holds it for a few seconds and
//! no longer; and where all connections are taken, or one address has half of them, one more is told to
//! come back.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Extension;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::Service;

use crate::limit::network;
use crate::{State, router};

/// After an error of the system that is not the connection's own, the next is waited for so long.
const BREATH: Duration = Duration::from_millis(200);
/// What is said where no connection is left.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\n\
                      content-type: text/plain\r\ncontent-length: 5\r\nconnection: close\r\n\r\nbusy\n";

/// How many connections there may be, and how long they may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at the same time.
    pub connections: usize,
    /// How long a request may take until its head has come, from when the connection is free for it.
    pub head_within: Duration,
    /// How long requests that are under way may take to end after the shutdown began.
    pub grace: Duration,
}

impl Limits {
    /// What suits a public server with one machine to itself.
    pub const USUAL: Self = Self {
        connections: 4_096,
        head_within: Duration::from_secs(20),
        grace: Duration::from_secs(10),
    };
}

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

/// The connections that are open.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    free: Arc<Semaphore>,
    all: usize,
    /// How many each address has.
    by_address: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Connections {
    fn new(all: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(all)), all, by_address: Arc::default() }
    }

    /// How many there are.
    pub(crate) fn open(&self) -> usize {
        self.all.saturating_sub(self.free.available_permits())
    }

    /// A place for one more, if there is one. Those of a proxy on this machine are everybody's; any
    /// other address has no more than half of all.
    fn place(&self, address: IpAddr) -> Option<Held> {
        let address = network(address);
        let free = Arc::clone(&self.free).try_acquire_owned().ok()?;
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let own = by_address.entry(address).or_default();
        if *own >= self.all.div_ceil(2) && !address.is_loopback() {
            return None;
        }
        *own += 1;
        Some(Held { by_address: Arc::clone(&self.by_address), address, _free: free })
    }
}

/// A connection's place, free again when it is dropped.
#[derive(Debug)]
struct Held {
    by_address: Arc<Mutex<HashMap<IpAddr, usize>>>,
    address: IpAddr,
    _free: OwnedSemaphorePermit,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = by_address.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}

/// Serves until `shutdown` is done; then takes no new requests and lets those under way end, but
/// not for ever.
///
/// # Errors
/// If the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    state: Arc<State>,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let (end, ended) = watch::channel(false);
    let connections = Connections::new(limits.connections);
    let service = router(state).layer(Extension(Ending(ended)));
    let service = service.layer(Extension(connections.clone()));
    // Who asks too often is told by the address.
    let mut services = service.into_make_service_with_connect_info::<SocketAddr>();
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.head_within);
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                breathe(&error).await;
                continue;
            }
        };
        let Some(place) = connections.place(peer.ip()) else {
            drop(tokio::spawn(turn_away(stream)));
            continue;
        };
        let Ok(service) = services.call(peer).await;
        let served =
            builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        drop(tokio::spawn(follow(graceful.watcher(), served, place)));
    }
    // From here on nobody is let in; those who are in may finish.
    drop(listener);
    let _ = end.send(true);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(limits.grace) => {
            tracing::warn!("some requests did not end in time and were cut off");
        }
    }
    Ok(())
}

/// Serves one connection to its end.
async fn follow<C>(watcher: Watcher, connection: C, place: Held)
where
    C: hyper_util::server::graceful::GracefulConnection<Error = hyper::Error>,
{
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
    drop(place);
}

/// Says that no connection is left; to somebody who does not listen, not for long.
async fn turn_away(mut stream: TcpStream) {
    let said = async {
        stream.write_all(FULL).await?;
        stream.shutdown().await?;
        // What was sent is read: else the system would take back what was said.
        let mut rest = [0; 1_024];
        while stream.read(&mut rest).await? > 0 {}
        Ok::<(), io::Error>(())
    };
    if let Ok(Err(error)) = tokio::time::timeout(BREATH, said).await {
        tracing::debug!(%error, "a connection too many went away by itself");
    }
}

/// Waits a little after an error that the next attempt would meet as well, such as too many open
/// files; one of the connection itself concerns nobody else.
async fn breathe(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "could not take a connection");
        tokio::time::sleep(BREATH).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_half_of_the_connections_at_most() {
        let connections = Connections::new(4);
        let robot = IpAddr::from([192, 0, 2, 1]);
        let held = [connections.place(robot), connections.place(robot)];
        assert!(held.iter().all(Option::is_some));
        assert!(connections.place(robot).is_none());
        let reader = connections.place(IpAddr::from([192, 0, 2, 2]));
        assert!(reader.is_some());
        drop((held, reader));
        assert_eq!(connections.open(), 0);
        assert!(connections.by_address.lock().unwrap().is_empty());
        let proxied: Vec<_> = (0..4).map(|_| connections.place([127, 0, 0, 1].into())).collect();
        assert!(proxied.iter().all(Option::is_some), "a proxy asks for everybody");
        assert!(connections.place(robot).is_none(), "and then there is none left");
    }
}
