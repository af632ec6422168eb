//! `simars witness`: looking after other people's logs.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use simars_tlog::{KeyName, Note, Policy, TileReader, VerifierKey};
use simars_web::witness::{Witness, serve};
use tokio::net::TcpListener;

use crate::command::Exit;
use crate::command::serve::ended;
use crate::cosign;
use crate::progress::{put, say};
use crate::source::Source;
use crate::surroundings::{self, LogFormat};

/// Be a witness: cosign the checkpoints of logs, as long as they only grow.
///
/// A witness belongs outside the office whose log it follows. `init` makes its key, once; without a
/// further word it serves: POST /add-checkpoint for logs, GET /<sha256 of the log's name>/checkpoint
/// for monitors.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    /// The witness's folder: its key, and what it cosigned last
    #[arg(long, value_name = "DIR", default_value = "./simars-witness", global = true)]
    data: PathBuf,
    /// The address to listen at
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// The key of a log to follow; may be given several times, also for one log
    #[arg(long, value_name = "VKEY")]
    log: Vec<VerifierKey>,
    /// Follow the logs of this policy
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,
    /// How log lines look
    #[arg(long, value_enum, default_value_t)]
    log_format: LogFormat,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make the witness's key, once, and print the key by which everybody checks it
    Init(Init),
    /// Ask the witnesses of a policy to cosign the newest checkpoint of a log, and print it
    ///
    /// Exit code: 0 if the policy is met, 3 if it is not.
    Ask(Ask),
}

#[derive(Debug, Args)]
struct Init {
    /// The witness's name, for ever: an address without scheme, such as `saksi.example.id`
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Where the witness will be reached; noted in the line for policies
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

#[derive(Debug, Args)]
struct Ask {
    /// Where the log is: `https://…/log`, or a folder with a copy of its files
    address: String,
    /// The policy that names the log's key and the witnesses with their addresses
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    match &arguments.what {
        Some(What::Init(init)) => begin(arguments, init),
        Some(What::Ask(ask)) => gather(ask),
        None => watch(arguments),
    }
}

fn begin(arguments: &Arguments, init: &Init) -> anyhow::Result<ExitCode> {
    let name: KeyName = init.name.parse().with_context(|| format!("--name {}", init.name))?;
    let mut seed = [0; 32];
    (surroundings::system().random)(&mut seed);
    let key = Witness::create(&arguments.data, name, &seed)?;
    let url = init.url.as_ref().map(|url| format!(" {url}")).unwrap_or_default();
    put(&format!("witness {} {key}{url}", init.name))?;
    say("the line above is for policies; publish it where people find it without any log's server");
    Ok(ExitCode::SUCCESS)
}

fn now() -> u64 {
    (surroundings::system().now)().unix()
}

fn watch(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(arguments.log_format, "info");
    let mut keys = arguments.log.clone();
    for path in &arguments.policy {
        keys.extend(policy(path)?.logs().iter().map(|log| log.key.clone()));
    }
    if keys.is_empty() {
        bail!("no log to follow; hint: --log gives the key of one, --policy a file with its key");
    }
    let witness = Arc::new(Witness::open(&arguments.data, &keys, now)?);
    for (origin, size) in witness.logs() {
        tracing::info!(log = origin, cosigned = size, "following");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let listen = arguments.listen;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen).await.with_context(|| {
            format!("cannot listen at {listen}; hint: --listen names another address")
        })?;
        let address = listener.local_addr().context("the listening address is unknown")?;
        let key = witness.verifier().to_string();
        tracing::info!(address = %format!("http://{address}"), key, "serving");
        serve(listener, witness, ended()).await?;
        tracing::info!("stopped");
        Ok(ExitCode::SUCCESS)
    })
}

/// Reads a policy.
///
/// # Errors
/// If the file cannot be read, or is none.
pub(crate) fn policy(path: &std::path::Path) -> anyhow::Result<Policy> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Policy::from_bytes(&bytes).with_context(|| format!("the policy {}", path.display()))
}

fn gather(ask: &Ask) -> anyhow::Result<ExitCode> {
    let policy = policy(&ask.policy)?;
    let source = Source::new(&ask.address)?;
    let mut note: Note = source.text("checkpoint")?.parse().context("the log's checkpoint")?;
    let size = policy.judge(&note).context("the log's checkpoint")?.checkpoint.head().size;
    let gathered = cosign::gather(&policy, &note, 0, |old| {
        TileReader::new(size, |tile: &_| source.tile(tile)).consistency(old)
    });
    for (name, unsigned) in &gathered.silent {
        say(&format!("simars: {name}: {unsigned}"));
    }
    gathered.signatures.into_iter().for_each(|signature| note.renew(signature));
    put(note.to_string().trim_end())?;
    let met = policy.judge(&note).context("the log's checkpoint")?.quorum_met;
    Ok(if met { ExitCode::SUCCESS } else { Exit::Incomplete.into() })
}
