//! The progress of recognition as Server-Sent Events (HTML Living Standard, §9.2).

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use simars_access::{Action, Who};
use simars_ingest::Pages;
use simars_record::DocumentId;
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::io::ReaderStream;

use crate::coverage::Coverage;
use crate::document;
use crate::serve::Ending;
use crate::state::State;
use crate::work::{Places, blocking};

/// How many may watch at the same time; each holds a connection.
const WATCHERS: usize = 256;
/// How long somebody waits for another to go.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often is looked whether something has changed.
const LOOK: Duration = Duration::from_millis(500);
/// After so many looks without news a comment is sent, so that nobody in between takes the
/// connection for dead.
const QUIET_LOOKS: u32 = 30;
/// How much may wait to be sent, in bytes.
const BUFFER: usize = 4 * 1024;

/// The places of those who watch, all free.
pub(crate) fn watchers() -> Places {
    Places::new(WATCHERS, PATIENCE)
}

/// A stream of events about a document: `progress` whenever more pages are done, then `done` with
/// its coverage. It ends then, or when the asker may no longer read the document, goes away, or
/// the server ends.
pub(crate) fn stream(
    state: Arc<State>,
    who: Who,
    id: DocumentId,
    place: OwnedSemaphorePermit,
    ending: Option<Ending>,
) -> Response {
    let (writer, reader) = tokio::io::duplex(BUFFER);
    tokio::spawn(async move {
        let _place = place;
        let ended = async {
            match ending {
                Some(mut ending) => ending.wait().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            told = tell(&state, who, id, writer) => {
                if let Err(error) = told {
                    tracing::debug!(%id, %error, "nobody watches any more");
                }
            }
            () = ended => {}
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // Some proxies hold an answer back until it is long enough, unless they are told not to.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(ReaderStream::new(reader))).into_response()
}

async fn tell(
    state: &Arc<State>,
    who: Who,
    id: DocumentId,
    mut to: DuplexStream,
) -> std::io::Result<()> {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told: Option<Pages> = None;
    let mut quiet = 0;
    loop {
        looks.tick().await;
        let holdings = Arc::clone(&state.holdings);
        let Ok(pages) = blocking(move || holdings.recognition_of(&id)).await else {
            return Ok(());
        };
        // Asked each time, and after the progress: what is done is in it, and a document that was
        // closed meanwhile has nothing more to tell.
        let Ok(found) = document::find(state, who, Action::Read, &id.to_string()).await else {
            return Ok(());
        };
        match pages {
            None => {
                let coverage = Coverage::of(found.current());
                return to.write_all(event("done", &coverage).as_bytes()).await;
            }
            Some(pages) if told != Some(pages) => {
                to.write_all(event("progress", &pages).as_bytes()).await?;
                told = Some(pages);
                quiet = 0;
            }
            Some(_) if quiet < QUIET_LOOKS => quiet += 1,
            Some(_) => {
                to.write_all(b": \n\n").await?;
                quiet = 0;
            }
        }
    }
}

fn event(name: &str, data: &impl Serialize) -> String {
    // What is sent here are numbers and names of members: that it cannot be written is not known
    // to happen, and an event without data is none.
    let data = serde_json::to_string(data).unwrap_or_default();
    format!("event: {name}\ndata: {data}\n\n")
}
