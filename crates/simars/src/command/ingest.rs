//! `simars ingest`: files and folders into the archive.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args;
use indicatif::ProgressBar;
use simars_ingest::bulk::Bulk;
use simars_ingest::pipeline::Stacks;
use simars_ingest::{Holdings, ImportList, Report, Stated, Status, Totals, pipeline, walk};
use simars_record::Publication;

use crate::client::Client;
use crate::command::{Data, Exit};
use crate::door::{Create, Door, processors, settings};
use crate::progress::{bar, put, say};
use crate::recognise;
use crate::surroundings::{self, LogFormat};

/// File documents: receive, extract, describe, register.
///
/// Folders are walked; names that begin with a dot are passed over. A file that cannot be read
/// for text is kept all the same; only empty and too large files are refused. What is registered
/// is public unless --draft, or an access class in the metadata, says otherwise. A scan with
/// separator sheets in it (`simars sheets` prints them) becomes one document for each part.
///
/// Exit code: 0 if every file is registered or was already, 3 if some were refused.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Files and folders; may be left out if --metadata names the files
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    data: Data,
    /// What is known beforehand: a .csv with a head, or .jsonl
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// Register without publishing
    #[arg(long)]
    draft: bool,
    /// File each file as one document, also a stack of papers with separator sheets
    #[arg(long)]
    no_split: bool,
    /// Do not wait for recognition: `simars serve` or `simars extract` goes on with it
    #[arg(long)]
    later: bool,
    /// One JSON object per file on standard output, and totals last
    #[arg(long)]
    json: bool,
    /// Refuse files larger than this many bytes
    #[arg(long, value_name = "BYTES", default_value_t = crate::door::MAX_FILE_BYTES)]
    max_size: u64,
    /// How many seconds to wait while another command uses the data folder
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    wait: u64,
}

/// How many uploads run at the same time when a server does the work.
const UPLOADS: usize = 8;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(LogFormat::Text, "warn");
    let list = match &arguments.metadata {
        Some(path) => ImportList::read(path)?,
        None => ImportList::default(),
    };
    if arguments.paths.is_empty() && arguments.metadata.is_none() {
        bail!("nothing to ingest; hint: name files or folders, or a list with --metadata");
    }
    let named = if arguments.paths.is_empty() { &list.files } else { &arguments.paths };
    let files = walk::files(named)?;
    let unused = unused(&list.files, &files);
    if unused > 0 {
        say(&format!("simars: {unused} rows of the list name files that are not among the paths"));
    }
    for error in &list.errors {
        say(&format!("simars: {}: {error}", display(arguments.metadata.as_deref())));
    }
    let mut settings = settings()?;
    settings.max_file_bytes = arguments.max_size;
    if !arguments.later {
        settings.recognition_workers = processors();
    }
    let patience = Duration::from_secs(arguments.wait);
    let door = Door::open(&arguments.data.data, Create::Yes, patience, &settings)?;

    let bar = bar(files.len() as u64, "registered");
    let mut broken = None;
    let mut tell = |report: &Report| {
        bar.inc(1);
        if let Err(error) = show(report, arguments.json, &bar) {
            broken.get_or_insert(error);
        }
    };
    let publication = if arguments.draft { Publication::Draft } else { Publication::Published };
    let stacks = if arguments.no_split { Stacks::Whole } else { Stacks::Split };
    let totals = match &door {
        Door::Here(holdings) => {
            let bulk = Bulk { list: &list, publication, stacks, workers: processors() };
            holdings.ingest_files(&files, &bulk, tell)
        }
        Door::There(client) => {
            let how = (publication, stacks);
            let upload = |path: &PathBuf| upload(client, path, &list, how, arguments.max_size);
            say(&format!("simars: the data folder is served at {}, uploading", client.base()));
            there(&upload, &files, list.errors.len() as u64, &mut tell)
        }
    };
    bar.finish_and_clear();
    if let Some(error) = broken {
        return Err(error);
    }
    let indexed = match &door {
        Door::Here(holdings) => index(holdings),
        Door::There(_) => Ok(()),
    };
    summarise(&totals, arguments.json)?;
    indexed?;
    if !arguments.later && totals.pages_to_recognise > 0 {
        match &door {
            Door::Here(holdings) => recognise::here(holdings)?,
            Door::There(client) => recognise::there(client)?,
        }
    }
    let complete = totals.refused == 0 && totals.bad_rows == 0;
    Ok(if complete { ExitCode::SUCCESS } else { Exit::Incomplete.into() })
}

/// How many files of the list (in their canonical form) are not among the files to be ingested.
fn unused(listed: &[PathBuf], files: &[PathBuf]) -> usize {
    let mut unused: HashSet<&PathBuf> = listed.iter().collect();
    for path in files.iter().take_while(|_| !listed.is_empty()) {
        if !unused.remove(path)
            && let Ok(path) = path.canonicalize()
        {
            unused.remove(&path);
        }
    }
    unused.len()
}

fn display(path: Option<&Path>) -> String {
    path.map(|path| path.display().to_string()).unwrap_or_default()
}

/// Lets a server do the work: several uploads at a time, so that it can commit them in groups.
fn there(
    upload: &(dyn Fn(&PathBuf) -> Report + Sync),
    files: &[PathBuf],
    bad_rows: u64,
    tell: &mut dyn FnMut(&Report),
) -> Totals {
    let begun = Instant::now();
    let mut totals = Totals { bad_rows, ..Totals::default() };
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::sync_channel(UPLOADS);
    std::thread::scope(|scope| {
        for _ in 0..UPLOADS {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                let paths = std::iter::from_fn(|| files.get(next.fetch_add(1, Ordering::Relaxed)));
                // The receiver stays until all senders are gone.
                paths.map(upload).for_each(|report| drop(sender.send(report)));
            });
        }
        drop(sender);
        for report in receiver {
            totals.add(&report);
            tell(&report);
        }
    });
    totals.seconds = begun.elapsed().as_secs_f64();
    totals
}

fn upload(
    client: &Client,
    path: &Path,
    list: &ImportList,
    how: (Publication, Stacks),
    max_bytes: u64,
) -> Report {
    let shown = path.display().to_string();
    let nothing = Stated::default();
    let stated = match list.find(path) {
        None => &nothing,
        Some(Ok(stated)) => stated,
        Some(Err(error)) => {
            let reason = format!("its row in the import list: {error}");
            return Report::refused(&shown, None, reason);
        }
    };
    let sent = pipeline::open(path, max_bytes).map(|file| {
        client
            .file(&shown, &file, stated, how)
            .unwrap_or_else(|error| Report::refused(&shown, None, format!("{error:#}")))
    });
    sent.unwrap_or_else(|refusal| Report::refused(&shown, None, refusal.to_string()))
}

fn index(holdings: &Holdings) -> anyhow::Result<()> {
    let progress = holdings.progress();
    let bar = bar(progress.journal, "indexed");
    holdings.wait_until_searchable(|progress| bar.set_position(progress.indexed))?;
    bar.finish_and_clear();
    Ok(())
}

fn show(report: &Report, json: bool, bar: &ProgressBar) -> anyhow::Result<()> {
    if json {
        return bar.suspend(|| put(&serde_json::to_string(report)?));
    }
    for part in &report.parts {
        show_line(part, bar, true);
    }
    show_line(report, bar, false);
    Ok(())
}

/// Tells people what became of a file or of a part of it; nothing of a file that simply went well.
fn show_line(report: &Report, bar: &ProgressBar, is_part: bool) {
    let line = match (report.status, &report.reason) {
        (Status::Registered | Status::Replaced, None) if is_part => {
            format!("{}: registered", report.path)
        }
        (Status::Registered | Status::Replaced, None) => return,
        (Status::Registered | Status::Replaced, Some(reason)) => {
            format!("{}: registered; {reason}", report.path)
        }
        (Status::Duplicate, Some(reason)) if !report.parts.is_empty() => {
            format!("{}: registered before; {reason}", report.path)
        }
        (Status::Duplicate, _) => format!("{}: registered before", report.path),
        (Status::Refused, reason) => {
            format!("{}: refused: {}", report.path, reason.as_deref().unwrap_or_default())
        }
    };
    bar.suspend(|| say(&line));
}

fn summarise(totals: &Totals, json: bool) -> anyhow::Result<()> {
    if json {
        let totals = serde_json::json!({ "totals": totals });
        return put(&totals.to_string());
    }
    let Totals { files, registered, duplicate, refused, pages, pages_without_text, .. } = totals;
    put(&format!(
        "{files} files in {:.1} s: {registered} registered ({pages} pages, {pages_without_text} \
         without text yet), {duplicate} registered before, {refused} refused",
        totals.seconds
    ))
}
