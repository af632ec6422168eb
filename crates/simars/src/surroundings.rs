//! The real world for the archive: the system's clock, the system's randomness, log output.

use std::time::{SystemTime, UNIX_EPOCH};

use clap::ValueEnum;
use simars_archive::Surroundings;
use simars_record::Timestamp;
use tracing_subscriber::EnvFilter;

/// The clock and the randomness of this machine.
pub(crate) fn system() -> Surroundings {
    Surroundings { now, random }
}

#[allow(clippy::disallowed_methods, reason = "this is the clock that the rest is given")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix(since.as_secs())
}

fn random(bytes: &mut [u8]) {
    // Without randomness no id may be given out; Linux only fails here before its first seeding.
    getrandom::fill(bytes).expect("the system gives no random bytes");
}

/// Tells whoever started the server that it serves (`sd_notify(3)`), if they asked to be told.
pub(crate) fn tell_ready() {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    let Some(place) = std::env::var_os("NOTIFY_SOCKET") else { return };
    let address = match place.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name),
        _ => SocketAddr::from_pathname(&place),
    };
    let told = address.and_then(|address| {
        UnixDatagram::unbound()?.send_to_addr(b"READY=1\n", &address).map(drop)
    });
    if let Err(error) = told {
        tracing::warn!(%error, "could not tell who started this server that it serves");
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// Sends log lines to standard error. `SIMARS_LOG` chooses what is told, for example
/// `SIMARS_LOG=debug`.
pub(crate) fn log(format: LogFormat, level: &str) {
    let filter = EnvFilter::try_from_env("SIMARS_LOG").unwrap_or_else(|_| {
        EnvFilter::new(format!("{level},tantivy=warn,sled=warn,html5ever=error"))
    });
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let set = match format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    // A second call (in tests) keeps the first subscriber.
    drop(set);
}
