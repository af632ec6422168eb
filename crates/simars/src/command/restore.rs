//! `simars restore`: the way back from a backup.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use simars_archive::DataFolder;
use simars_archive::backup::restore::{Restored, restore};

use crate::command::Exit;
use crate::command::check::tell_damage;
use crate::progress::{bar, put, say};
use crate::surroundings::{self, LogFormat};

/// Put a backup back into an empty folder. Every object is hashed on the way, the journal must be
/// whole, and the log is derived from it again. The views come back at the first start.
///
/// Exit code: 0 if everything was put back, 3 if some of the backup is damaged; the rest was put back.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder of the backup
    from: PathBuf,
    /// The new data folder: empty, or not there yet
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The result as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(LogFormat::Text, "warn");
    let bar = bar(0, "restored");
    let into = DataFolder::new(&arguments.data);
    let restored = restore(&arguments.from, &into, |segment, last| {
        bar.set_length(last);
        bar.set_position(segment);
    })?;
    bar.finish_and_clear();
    if arguments.json {
        put(&serde_json::to_string(&restored)?)?;
    } else {
        tell_damage(&restored.damage)?;
        put(&format!(
            "put back {} statements, {} objects, {} bytes, as of {}",
            restored.manifest.statements, restored.objects, restored.bytes, restored.manifest.made
        ))?;
    }
    tell_steps(&restored, &into);
    Ok(if restored.damage.is_empty() { ExitCode::SUCCESS } else { Exit::Incomplete.into() })
}

/// What is to be done before the log can go on: an old copy must not sign what contradicts what was
/// signed since.
fn tell_steps(restored: &Restored, into: &DataFolder) {
    let data = into.root().display();
    say(&format!("the views are built at the first start: simars serve --data {data}"));
    if restored.manifest.log.is_none() {
        return;
    }
    if !restored.keys {
        let keys = into.keys();
        say(&format!(
            "nothing is signed yet: put the key of the log into {}, mode 600",
            keys.display()
        ));
    }
    say(
        "then get the newest checkpoint that a witness, a monitor or anybody else knows, and give it to",
    );
    say(&format!("  simars log resume --checkpoint FILE --data {data}"));
    say(
        "if it knows more statements than this backup, the log cannot go on under its name: look for a newer backup",
    );
}
