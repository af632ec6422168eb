//! `simars log`: beginning the public log, and going on with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use simars_archive::{Archive, DataFolder, Published};
use simars_ingest::Holdings;
use simars_tlog::{KeyName, Note, Policy};

use crate::command::Data;
use crate::door::{Create, Door, settings};
use crate::progress::{put, say};
use crate::surroundings::{self, LogFormat};

/// The public log, by which anyone can check a copy without having to trust this server.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Begin the log: once, before anything can be proved
    ///
    /// Makes the key that signs the log, states it, and prints the key by which everybody checks it.
    /// Publish that key where people will find it, independently of this server.
    Init(Init),
    /// Tell how the log stands
    Status(Status),
    /// Change the key by overlap: `add` a new one, publish it, and when all know it, `finish`
    Key(Key),
    /// Go on signing after the key's record was lost, from the newest checkpoint anybody knows
    Resume(Resume),
}

#[derive(Debug, Args)]
struct Init {
    #[command(flatten)]
    data: Data,
    /// The log's name, for ever: an address without scheme, such as `arsip.example.id/log`
    #[arg(long, value_name = "NAME")]
    origin: String,
    /// Where the log will be served; noted in the policy
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Status {
    #[command(flatten)]
    data: Data,
    /// The result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Key {
    /// Which step
    #[arg(value_enum)]
    step: Step,
    #[command(flatten)]
    data: Data,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Step {
    /// Make a new key; both sign from now on
    Add,
    /// The old key does not sign any more
    Finish,
}

#[derive(Debug, Args)]
struct Resume {
    #[command(flatten)]
    data: Data,
    /// The newest checkpoint, as a witness or a monitor keeps it
    #[arg(long, value_name = "FILE")]
    checkpoint: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(LogFormat::Text, "warn");
    match &arguments.what {
        What::Init(init) => begin(init),
        What::Status(status) => tell(status),
        What::Key(key) => change_key(key),
        What::Resume(resume) => go_on(resume),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// The holdings, which must not be served meanwhile.
fn here(data: &Path, create: Create) -> anyhow::Result<Box<Holdings>> {
    match Door::open(data, create, Duration::ZERO, &settings()?)? {
        Door::Here(holdings) => Ok(holdings),
        Door::There(_) => bail!(
            "a server owns {}; hint: stop it, this concerns the key of the log",
            data.display()
        ),
    }
}

fn begin(init: &Init) -> anyhow::Result<()> {
    let name: KeyName = init.origin.parse().with_context(|| format!("--origin {}", init.origin))?;
    let holdings = here(&init.data.data, Create::Yes)?;
    let key = holdings.archive().create_log(name, init.url.as_deref())?;
    let size = holdings.archive().published().map_or(0, |published| published.head.size);
    if init.json {
        return put(&serde_json::json!({
            "origin": init.origin, "verifier_key": key.to_string(), "statements": size,
        })
        .to_string());
    }
    put(&key.to_string())?;
    let keys = holdings.archive().folder().keys();
    say(&format!("the log {} has begun with {size} statements", init.origin));
    say(&format!("its secret key lies in {}; keep a copy apart from backups", keys.display()));
    say("publish the key above where people find it without this server");
    Ok(())
}

fn change_key(key: &Key) -> anyhow::Result<()> {
    let holdings = here(&key.data.data, Create::No)?;
    let (verifier, next) = match key.step {
        Step::Add => (
            holdings.archive().add_log_key()?,
            "both keys sign now; publish the one above, then `simars log key finish`",
        ),
        Step::Finish => (holdings.archive().finish_log_key()?, "only the key above signs now"),
    };
    put(&verifier.to_string())?;
    say(next);
    Ok(())
}

fn tell(status: &Status) -> anyhow::Result<()> {
    let data = &status.data.data;
    let folder = DataFolder::new(data);
    let read = |name: &str| fs::read(folder.log().join(name)).ok();
    let (Some(checkpoint), Some(policy)) = (read("checkpoint"), read("policy")) else {
        bail!("there is no log in {}; hint: `simars log init` begins one", data.display());
    };
    let note: Note = String::from_utf8_lossy(&checkpoint).parse().context("the checkpoint")?;
    let policy = Policy::from_bytes(&policy).context("the policy of the log")?;
    let judged = policy.judge(&note).context("the checkpoint")?;
    let (head, seen) = (judged.checkpoint.head(), judged.seen.len());
    let witnesses = policy.witnesses().len();
    if status.json {
        return put(&serde_json::json!({
            "origin": judged.checkpoint.origin(), "verifier_key": judged.log.to_string(),
            "statements": head.size, "root": head.root, "witnesses": witnesses, "seen": seen,
            "policy_met": judged.quorum_met,
        })
        .to_string());
    }
    put(&format!("log {}", judged.checkpoint.origin()))?;
    put(&format!("key {}", judged.log))?;
    put(&format!("statements {}", head.size))?;
    put(&format!("root {}", head.root))?;
    let met = if judged.quorum_met { "the policy is met" } else { "waiting for witnesses" };
    put(&format!("witnesses {seen} of {witnesses}: {met}"))
}

fn go_on(resume: &Resume) -> anyhow::Result<()> {
    let path = resume.checkpoint.display();
    let text =
        fs::read_to_string(&resume.checkpoint).with_context(|| format!("cannot read {path}"))?;
    let note: Note = text.parse().with_context(|| format!("{path} is no checkpoint"))?;
    let holdings = here(&resume.data.data, Create::No)?;
    let archive: &Archive = holdings.archive();
    let known = archive.resume_log(&note)?;
    let published: Option<Published> = archive.publish()?;
    let size = published.map_or(known.size, |published| published.head.size);
    put(&format!("the log goes on from {} statements; it has {size} now", known.size))
}
