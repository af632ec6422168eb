//! `simars check`: the whole store against itself.

use std::process::ExitCode;

use clap::Args;
use simars_archive::DataFolder;
use simars_archive::check::check_folder;

use crate::command::{Data, Exit};
use crate::progress::{bar, put};
use crate::surroundings::{self, LogFormat};

/// Check the whole store against itself: every object is hashed, every statement compared with
/// what it commits to, the log derived again.
///
/// Exit code: 0 if all is well, 3 if there is damage.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(LogFormat::Text, "warn");
    let folder = DataFolder::new(&arguments.data.data);
    let bar = bar(0, "checked");
    let report = check_folder(&folder, |segment, last| {
        bar.set_length(last);
        bar.set_position(segment);
    })?;
    bar.finish_and_clear();
    if arguments.json {
        put(&serde_json::to_string(&report)?)?;
    } else {
        for damage in &report.damage {
            put(&format!("damaged: {}: {}", damage.path, damage.detail))?;
        }
        put(&format!(
            "{} segments, {} statements, {} objects: {}",
            report.segments,
            report.statements,
            report.objects,
            match report.damage.len() {
                0 => "all is well".to_owned(),
                count => format!("{count} damaged"),
            }
        ))?;
        if let Some(root) = report.log_root {
            put(&format!("log root {root}"))?;
        }
    }
    Ok(if report.damage.is_empty() { ExitCode::SUCCESS } else { Exit::Incomplete.into() })
}
