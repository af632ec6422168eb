//! The way into a data folder: directly, or through the server that owns it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use simars_archive::{ArchiveError, DataFolder};
use simars_extract::Limits;
use simars_ingest::{Holdings, IngestError, Settings};

use crate::client::Client;
use crate::progress::say;
use crate::surroundings;

/// Files larger than this are refused unless the operator says otherwise.
pub(crate) const MAX_FILE_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// How a data folder is reached.
#[derive(Debug)]
pub(crate) enum Door {
    /// This process owns it.
    Here(Box<Holdings>),
    /// A running server owns it.
    There(Client),
}

impl Door {
    /// Opens a data folder; if a server owns it, talks to the server; if another command owns it,
    /// waits for its end for as long as `patience` lasts.
    ///
    /// # Errors
    /// If it stays in use, or cannot be opened.
    pub(crate) fn open(
        data: &Path,
        create: Create,
        patience: Duration,
        settings: &Settings,
    ) -> anyhow::Result<Self> {
        let folder = DataFolder::new(data);
        if create == Create::No && !folder.exists() {
            return Err(ArchiveError::Missing { folder: data.to_owned() }.into());
        }
        let begun = Instant::now();
        let mut told = false;
        loop {
            match Holdings::open(folder.clone(), surroundings::system(), settings.clone()) {
                Ok(holdings) => return Ok(Self::Here(Box::new(holdings))),
                Err(IngestError::Archive(ArchiveError::Locked { folder: locked, owner })) => {
                    let client = owner.listen.as_ref();
                    let client = client.map(|listen| Client::new(listen, &folder.token()));
                    // A server that was killed may hold the folder a moment longer, by a process
                    // that it was just starting.
                    let over = begun.elapsed() >= patience;
                    if let Some(client) = client.transpose()?.filter(|one| over || one.answers()) {
                        return Ok(Self::There(client));
                    }
                    if begun.elapsed() > patience {
                        bail!(ArchiveError::Locked { folder: locked, owner });
                    }
                    if !told {
                        let folder = locked.display();
                        say(&format!("simars: {folder} is in use by process {owner}, waiting"));
                        told = true;
                    }
                    std::thread::sleep(Duration::from_millis(100));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Whether a data folder may be created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Create {
    /// If it is missing.
    Yes,
    /// It must be there.
    No,
}

/// The settings of the commands: those that recognise pages say so.
///
/// # Errors
/// If the program cannot find itself on the disk, which it must start to read foreign files.
pub(crate) fn settings() -> anyhow::Result<Settings> {
    Ok(Settings {
        program: std::env::current_exe().context("cannot find this program on the disk")?,
        limits: Limits::default(),
        max_file_bytes: MAX_FILE_BYTES,
        index: simars_search::Options::default(),
        recognition_workers: 0,
        images_ahead: false,
        image_cache_bytes: simars_ingest::images::IMAGE_CACHE_BYTES,
    })
}

/// As many pages at the same time as there are processors.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
