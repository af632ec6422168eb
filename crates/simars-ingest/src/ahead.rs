//! Page images drawn before anybody asks: the first pages of what has just been registered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};

use simars_archive::Archive;
use simars_record::DocumentId;

use crate::{Images, IngestError};

/// Documents that may wait; of more the images are drawn when they are asked for.
const WAITING: usize = 1_000;
/// How far drawing steps back when the processors are busy (`nice(2)`).
const NICENESS: i32 = 15;

/// The thread that draws. Ends, after the image under way, when dropped.
#[derive(Debug)]
pub(crate) struct Ahead {
    stop: Arc<AtomicBool>,
    sender: Option<SyncSender<DocumentId>>,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    /// Starts the thread, or nothing at all if it is not `wanted`.
    pub(crate) fn start(
        wanted: bool,
        archive: Arc<Archive>,
        images: Arc<Images>,
    ) -> Result<Self, IngestError> {
        let stop = Arc::new(AtomicBool::new(false));
        if !wanted {
            return Ok(Self { stop, sender: None, thread: None });
        }
        let stopped = Arc::clone(&stop);
        let (sender, receiver) = mpsc::sync_channel::<DocumentId>(WAITING);
        let thread = thread::Builder::new()
            .name("images".to_owned())
            .spawn(move || {
                if let Err(error) = rustix::process::nice(NICENESS) {
                    tracing::debug!(%error, "images are drawn at the usual priority");
                }
                for id in receiver {
                    if stopped.load(Ordering::Relaxed) {
                        return;
                    }
                    match archive.document(&id) {
                        Ok(Some(document)) => images.make_ahead(&document),
                        Ok(None) => {}
                        Err(error) => tracing::debug!(%error, %id, "no images ahead"),
                    }
                }
            })
            .map_err(IngestError::read(std::path::Path::new("a new thread")))?;
        Ok(Self { stop, sender: Some(sender), thread: Some(thread) })
    }

    /// A document was registered. Never waits.
    pub(crate) fn add(&self, id: DocumentId) {
        if let Some(sender) = &self.sender {
            // A full queue only means that these are drawn when asked for.
            let _ = sender.try_send(id);
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(self.sender.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
