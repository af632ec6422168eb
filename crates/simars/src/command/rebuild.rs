//! `simars rebuild`: the views again, from the store.

use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use simars_archive::{ArchiveError, DataFolder};

use crate::command::Data;
use crate::door::{Create, Door, settings};
use crate::progress::{bar, put};
use crate::surroundings::{self, LogFormat};

/// Build the views (catalogue and index) again from the store. Never needed after a crash, which
/// mends itself; useful when a disk is suspected.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    data: Data,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(LogFormat::Text, "error");
    let folder = DataFolder::new(&arguments.data.data);
    if !folder.exists() {
        bail!(ArchiveError::Missing { folder: arguments.data.data.clone() });
    }
    // The lock is held only while the views are taken away: opening takes it again.
    let lock = folder.lock()?;
    let views = folder.root().join("views");
    if views.exists() {
        fs::remove_dir_all(&views).with_context(|| format!("cannot remove {}", views.display()))?;
    }
    drop(lock);
    let door = Door::open(folder.root(), Create::No, Duration::ZERO, &settings()?)?;
    let Door::Here(holdings) = door else { bail!("a server has taken the data folder") };
    let bar = bar(holdings.progress().journal, "indexed");
    holdings.wait_until_searchable(|progress| bar.set_position(progress.indexed))?;
    bar.finish_and_clear();
    holdings.wait_until_placed()?;
    let applied = holdings.archive().applied();
    put(&format!("{} documents from {} segments", applied.documents, applied.end.segment))?;
    Ok(ExitCode::SUCCESS)
}
