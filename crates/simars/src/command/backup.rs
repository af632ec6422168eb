//! `simars backup`: a copy of the store in another folder, beside a running server.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use clap::Args;
use simars_archive::DataFolder;
use simars_archive::backup::{Backup, backup, verify};
use simars_archive::check::{Options, Progress};

use crate::command::check::{MEGABYTE, summary, tell_damage};
use crate::command::{Data, Exit};
use crate::door::processors;
use crate::progress::{bar, put, say};
use crate::surroundings::{self, LogFormat};

/// Bring a backup up to date: what it has already is not copied again. Works beside a running
/// server, since it reads only what never changes. Everything that was written is read back from the
/// disk before the backup counts.
///
/// Keys are left out: whoever has them can sign in the archive's name. Keep a copy of them apart.
///
/// Exit code: 0 if all is well, 3 if the archive or the backup is damaged; the rest was saved.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder of the backup, on another disk
    into: PathBuf,
    #[command(flatten)]
    data: Data,
    /// Copy the keys that sign the log as well
    #[arg(long, conflicts_with = "verify")]
    with_keys: bool,
    /// Copy nothing; read the whole backup again and say what is damaged
    #[arg(long)]
    verify: bool,
    /// Verify at most so many megabytes in a second
    #[arg(long, value_name = "MB", requires = "verify")]
    rate: Option<u64>,
    /// The result as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(LogFormat::Text, "warn");
    if arguments.verify {
        return verify_again(arguments);
    }
    let data = DataFolder::new(&arguments.data.data);
    let now = (surroundings::system().now)();
    let bar = bar(0, "saved");
    let done = backup(&data, &arguments.into, arguments.with_keys, now, |segment, last| {
        bar.set_length(last);
        bar.set_position(segment);
    })?;
    bar.finish_and_clear();
    if arguments.json {
        put(&serde_json::to_string(&done)?)?;
    } else {
        tell(&done)?;
    }
    if done.keys {
        let keys = arguments.into.join("keys");
        say(&format!(
            "simars: {} holds the keys that sign the log; whoever has them can sign in the \
             archive's name: keep the backup as safe as the archive",
            keys.display()
        ));
    } else if arguments.with_keys {
        say("simars: no keys were copied, since nothing was signed with them yet");
    }
    Ok(if done.damage.is_empty() { ExitCode::SUCCESS } else { Exit::Incomplete.into() })
}

fn tell(done: &Backup) -> anyhow::Result<()> {
    tell_damage(&done.damage)?;
    put(&format!(
        "copied {} segments, {} objects, {} bytes",
        done.copied_segments, done.copied_objects, done.copied_bytes
    ))?;
    let manifest = &done.manifest;
    put(&format!(
        "the backup holds {} statements, {} objects, {} bytes, and the log up to statement {}",
        manifest.statements,
        manifest.objects,
        manifest.bytes,
        manifest.log.as_ref().map_or(0, |log| log.size)
    ))
}

fn verify_again(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let bar = bar(0, "verified");
    let report = verify(
        &arguments.into,
        &Options {
            threads: processors(),
            bytes_per_second: arguments.rate.map(|rate| rate.saturating_mul(MEGABYTE)),
            resume: false,
            stop: &AtomicBool::new(false),
            now: surroundings::system().now,
            progress: &|Progress { part, done, of }| {
                bar.set_message(part.as_str());
                bar.set_length(of);
                bar.set_position(done);
            },
        },
    )?;
    bar.finish_and_clear();
    if arguments.json {
        put(&serde_json::to_string(&report)?)?;
    } else {
        tell_damage(&report.damage)?;
        put(&summary(&report))?;
    }
    Ok(if report.damage.is_empty() { ExitCode::SUCCESS } else { Exit::Incomplete.into() })
}
