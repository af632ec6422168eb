//! `simars monitor`: looking over a log's shoulder.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use simars_tlog::Policy;

use crate::command::witness;
use crate::progress::{put, say};
use crate::source::Source;
use crate::surroundings::{self, LogFormat};
use crate::watch::{Alarm, HowMany, Memory, MemoryFolder, Rehash, Report, Watch, look};

/// Follow a public log and tell when it contradicts itself, from its checkpoint and tiles alone.
///
/// One call is one round; let a timer call it. Exit code: 0 nothing is wrong; 1 something could not
/// be looked at; 2 wrong usage; 30 the log contradicts itself or what it showed before; 31 a statement
/// is malformed, out of place or states a wrong root; 32 a public document has other bytes than were
/// stated, or is withheld; 33 a witness was shown another log; 34 no witness has seen it for too long.
/// The gravest counts: 30, 33, 31, 32, 34, 1.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where the log is: `https://…/log`, or a folder with a copy of its files
    #[arg(value_name = "URL")]
    address: String,
    /// What is remembered between rounds; without it everything is read each time
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Whom to believe; without it the log's own policy is, as it was on first sight
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Ask this witness, too, what it was shown; those of the policy are asked anyway
    #[arg(long, value_name = "URL")]
    witness: Vec<String>,
    /// Fetch so many public documents, or `all`, and compare their bytes
    #[arg(long, value_name = "N|all", default_value = "0")]
    rehash: HowMany,
    /// Where the documents are; the log's address without `/log` if left out
    #[arg(long, value_name = "URL")]
    site: Option<String>,
    /// Read everything again, not only what is new
    #[arg(long)]
    again: bool,
    /// Alarm when no witness saw the log for so many minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 1440)]
    max_age: u64,
    /// The result as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(LogFormat::Text, "warn");
    let source = Source::new(&arguments.address)?;
    let folder = arguments.state.as_deref().map(MemoryFolder::open).transpose()?;
    let policy = policy(arguments, &source, folder.as_ref())?;
    let before = folder.as_ref().map_or_else(|| Ok(Memory::default()), MemoryFolder::load)?;
    let watch = Watch {
        source: &source,
        policy: &policy,
        witnesses: &arguments.witness,
        rehash: rehash(arguments)?,
        again: arguments.again,
        now: (surroundings::system().now)().unix(),
        max_age: arguments.max_age.saturating_mul(60),
    };
    let (report, memory) = look(&watch, before)?;
    // What was believed is kept before it is told, so that nobody relies on what may be forgotten.
    if let (Some(folder), Some(memory)) = (&folder, &memory) {
        folder.save(memory)?;
    }
    tell(arguments, &report)?;
    Ok(ExitCode::from(report.gravest().map_or(0, Alarm::exit)))
}

fn policy(
    arguments: &Arguments,
    source: &Source,
    folder: Option<&MemoryFolder>,
) -> anyhow::Result<Policy> {
    if let Some(path) = &arguments.policy {
        return witness::policy(path);
    }
    if let Some(kept) = folder.map(MemoryFolder::policy).transpose()?.flatten() {
        return Policy::from_bytes(&kept).context("the policy that was kept");
    }
    let shown =
        source.text("policy").context("the log shows no policy; hint: give one by --policy")?;
    let policy = Policy::from_bytes(shown.as_bytes()).context("the log's own policy")?;
    say("simars: the log's own policy is believed; --policy gives one from elsewhere");
    if let Some(folder) = folder {
        folder.keep_policy(shown.as_bytes())?;
    }
    Ok(policy)
}

fn rehash(arguments: &Arguments) -> anyhow::Result<Rehash> {
    let address = arguments.address.trim_end_matches('/');
    let of_log = address.strip_suffix("/log").filter(|site| site.starts_with("http://"));
    let site = arguments.site.as_deref().map(|site| site.trim_end_matches('/')).or(of_log);
    let none = arguments.rehash == HowMany::Drawn(0);
    if site.is_none() && !none {
        bail!("where are the documents? hint: --site names the address of the archive");
    }
    let site = site.filter(|_| !none).map(str::to_owned);
    Ok(Rehash { site, how_many: arguments.rehash, random: surroundings::system().random })
}

fn tell(arguments: &Arguments, report: &Report) -> anyhow::Result<()> {
    if arguments.json {
        let mut json = serde_json::to_value(report)?;
        json["exit"] = report.gravest().map_or(0, Alarm::exit).into();
        return put(&json.to_string());
    }
    report.lines().iter().try_for_each(|line| put(line))
}
