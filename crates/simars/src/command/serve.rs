//! `simars serve`: the library, the API and the verification page over HTTP.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use simars_access::{KeepError, Kept};
use simars_archive::DataFolder;
use simars_ingest::bulk::Bulk;
use simars_ingest::pipeline::Stacks;
use simars_ingest::watched::Watched;
use simars_ingest::{Care, Caretaker, Holdings, ImportList, Status, walk};
use simars_record::Publication;
use tokio::net::TcpListener;

use crate::background::Background;
use crate::command::Data;
use crate::command::check::MEGABYTE;
use crate::cosign;
use crate::demonstration;
use crate::door::{Create, Door, processors, settings};
use crate::progress::say;
use crate::sign_on;
use crate::surroundings::{self, LogFormat};

/// Serve the library, the API and the verification page over HTTP.
///
/// Ends cleanly on SIGINT and SIGTERM: requests under way are answered first.
///
/// Each option may also stand in a file (`--config`; `public-address = "…"`) or in the environment
/// (`SIMARS_PUBLIC_ADDRESS`); the command line counts most, then the environment.
#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// Take settings from this file (TOML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the settings in force, as such a file, and end
    #[arg(long)]
    pub(crate) print_config: bool,
    /// The address to listen at
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// File the sample documents first, so that there is something to see
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = "samples")]
    samples: Option<PathBuf>,
    /// The office's name, as pages show it
    #[arg(long, value_name = "NAME", default_value = "Komisi Pemilihan Umum")]
    office: String,
    /// The office's name on English pages; the same if left out
    #[arg(long, value_name = "NAME")]
    office_en: Option<String>,
    /// The address the public knows, such as `https://arsip.example.id`
    #[arg(long, value_name = "URL")]
    public_address: Option<String>,
    /// An e-mail address for those who run other libraries; told to harvesters (OAI-PMH)
    #[arg(long, value_name = "EMAIL", value_parser = contact)]
    contact: Option<String>,
    /// Refuse files larger than this many bytes
    #[arg(long, value_name = "BYTES", default_value_t = crate::door::MAX_FILE_BYTES)]
    max_size: u64,
    /// How many pages are recognised at the same time; 0 lets them wait
    #[arg(long, value_name = "PAGES")]
    recognition: Option<usize>,
    /// Check the whole store every so many days, at low priority; 0 never does
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    check_every: u64,
    /// Read at most so many megabytes in a second for that
    #[arg(long, value_name = "MB", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    check_rate: u64,
    /// Ask the log's witnesses again after so many seconds, even if nothing was added
    #[arg(long, value_name = "SECONDS", default_value_t = 21_600, value_parser = clap::value_parser!(u64).range(1..))]
    witness_every: u64,
    /// Let nobody publish what they filed themselves
    #[arg(long)]
    two_persons: bool,
    /// Take the files that come into this folder, for example from a scanner, as drafts
    #[arg(long, value_name = "DIR")]
    watch: Option<PathBuf>,
    /// A file in that folder is whole when it stayed as it is for so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    watch_settle: u64,
    /// Take each of those files as one document, also a stack with separator sheets
    #[arg(long)]
    no_split: bool,
    #[command(flatten)]
    sign_on: sign_on::Accounts,
    /// Take at most so many connections at the same time; one more is told to come back
    #[arg(long, value_name = "COUNT", default_value_t = simars_web::Limits::USUAL.connections)]
    max_connections: usize,
    /// How log lines look
    #[arg(long, value_enum, default_value_t)]
    log_format: LogFormat,
}

/// An address with a name and a host, as far as a harvester's schema looks at it.
fn contact(text: &str) -> Result<String, String> {
    let plain = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    match text.split_once('@') {
        Some((name, host)) if plain(name) && plain(host) && host.contains('.') => {
            Ok(text.to_owned())
        }
        _ => Err("an e-mail address is needed, for example arsip@contoh.example".to_owned()),
    }
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(arguments.log_format, "info");
    let samples = arguments.samples.as_deref().map(samples).transpose()?;
    let mut settings = settings()?;
    settings.max_file_bytes = arguments.max_size;
    settings.images_ahead = true;
    settings.recognition_workers = arguments.recognition.unwrap_or_else(processors);
    let data = &arguments.data.data;
    let door = Door::open(data, Create::Yes, Duration::ZERO, &settings)?;
    let Door::Here(holdings) = door else {
        bail!(
            "another server owns {}; hint: stop it first, or name another --data",
            data.display()
        );
    };
    let owner_token = token(holdings.archive().folder())?;
    if let Some((files, list)) = samples {
        file_samples(&holdings, &files, &list);
        demonstration::take_schedule(&holdings, arguments.samples.as_deref())?;
        begin_demonstration_log(&holdings)?;
        holdings.wait_until_searchable(|_| ())?;
    }
    let every = Duration::from_secs(arguments.witness_every);
    let ask = move |archive: &_, published: &_| cosign::after_publishing(archive, published, every);
    holdings.after_publishing(Box::new(ask));
    // Proofs can be given as soon as the log was read, which goes on beside serving.
    holdings.wake();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let web = simars_web::Settings {
        owner_token,
        office_id: arguments.office.clone(),
        office_en: arguments.office_en.as_ref().unwrap_or(&arguments.office).clone(),
        public_address: arguments.public_address.clone(),
        contact: arguments.contact.clone(),
        two_persons: arguments.two_persons,
        upload_limit_bytes: arguments.max_size,
        sign_on: arguments.sign_on.sign_on()?,
    };
    let random = surroundings::system().random;
    let people = Kept::open(holdings.archive().folder().people())?;
    let shelves = simars_web::Shelves::open(holdings.archive().folder().shelves())?;
    let holdings = Arc::new(*holdings);
    let memos = simars_web::Memos::default();
    let state = simars_web::State { holdings, people, shelves, memos, settings: web, random };
    let care = Care {
        every: Duration::from_secs(arguments.check_every.saturating_mul(86_400)),
        bytes_per_second: arguments.check_rate.saturating_mul(MEGABYTE),
    };
    let caretaker = match arguments.check_every {
        0 => None,
        _ => Some(Caretaker::start(Arc::clone(&state.holdings), care)?),
    };
    let settle = Duration::from_secs(arguments.watch_settle);
    let stacks = if arguments.no_split { Stacks::Whole } else { Stacks::Split };
    let watched =
        arguments.watch.as_ref().map(|folder| Watched::new(folder, settle)).transpose()?;
    let watched = watched.map(|watched| watched.with_stacks(stacks));
    let limits =
        simars_web::Limits { connections: arguments.max_connections, ..simars_web::Limits::USUAL };
    runtime.block_on(serve(arguments.listen, limits, Arc::new(state), watched))?;
    drop(caretaker);
    Ok(ExitCode::SUCCESS)
}

async fn serve(
    listen: SocketAddr,
    limits: simars_web::Limits,
    state: Arc<simars_web::State>,
    watched: Option<Watched>,
) -> anyhow::Result<()> {
    let holdings = &state.holdings;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen at {listen}; hint: is another server there? --listen names another")
    })?;
    let address = listener.local_addr().context("the listening address is unknown")?;
    holdings.archive().announce(address.to_string())?;
    let origin = state.settings.public_address.clone();
    let origin = origin.unwrap_or_else(|| format!("http://{address}"));
    invite_first(&state, origin.trim_end_matches('/'))?;
    tracing::info!(
        address = %format!("http://{address}"),
        documents = holdings.archive().applied().documents,
        data = %holdings.archive().folder().root().display(),
        "serving"
    );
    surroundings::tell_ready();
    let background = Background::start(holdings, watched);
    let served = simars_web::serve(listener, Arc::clone(&state), limits, ended()).await;
    background.stop();
    served?;
    tracing::info!("stopped");
    Ok(())
}

/// As long as nobody looks after people, whoever starts the server is told the link with which
/// the first administrator chooses a name and a password. There is no password before that.
fn invite_first(state: &simars_web::State, origin: &str) -> anyhow::Result<()> {
    let now = state.holdings.archive().now();
    if !state.people.look(|people| people.needs_administrator()) {
        return Ok(());
    }
    let secret = state.people.change(|people| {
        Ok::<_, KeepError>(people.invite_first(now, &mut |bytes| (state.random)(bytes)))
    })?;
    say(&format!(
        "simars: the first administrator begins at {origin}/petugas/undangan/{}",
        secret.reveal()
    ));
    Ok(())
}

/// Ends when the process is asked to.
pub(crate) async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = async { tokio::signal::ctrl_c().await.ok() };
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => {
            interrupted.await;
        }
    }
}

/// The token that lets a program on this machine act as the folder's owner; made once, readable
/// by the owner of the folder alone.
fn token(folder: &DataFolder) -> anyhow::Result<String> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let path = folder.token();
    if let Ok(token) = fs::read_to_string(&path)
        && token.trim().len() >= 32
    {
        return Ok(token.trim().to_owned());
    }
    let mut bytes = [0; 32];
    (surroundings::system().random)(&mut bytes);
    let token = simars_record::Digest::from_bytes(bytes).to_string();
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let written = options.open(&path).and_then(|mut file| writeln!(file, "{token}"));
    written.with_context(|| format!("cannot write {}", path.display()))?;
    Ok(token)
}

/// The sample documents, each of which has its expected description beside it, and what is known
/// about some of them beforehand.
fn samples(folder: &Path) -> anyhow::Result<(Vec<PathBuf>, ImportList)> {
    let all = walk::files(&[folder.to_owned()]).with_context(|| {
        format!("no samples in {}; hint: start in the project's folder", folder.display())
    })?;
    let expected = |path: &PathBuf| {
        let mut name = path.clone().into_os_string();
        name.push(".expected.toml");
        Path::new(&name).is_file()
    };
    let files: Vec<PathBuf> = all.into_iter().filter(expected).collect();
    if files.is_empty() {
        bail!("no samples in {}; hint: start in the project's folder", folder.display());
    }
    let list = folder.join("metadata.csv");
    let list = if list.is_file() { ImportList::read(&list)? } else { ImportList::default() };
    Ok((files, list))
}

/// Samples are there to be tried out, proofs included, so their log needs no step of its own.
fn begin_demonstration_log(holdings: &Holdings) -> anyhow::Result<()> {
    let archive = holdings.archive();
    if archive.publish()?.is_none() {
        let name = "contoh.example/log".parse().context("the name of the samples' log")?;
        let key = archive.create_log(name, None)?;
        tracing::info!(key = %key, "the samples' log has begun");
    }
    Ok(())
}

fn file_samples(holdings: &Holdings, files: &[PathBuf], list: &ImportList) {
    let (publication, stacks) = (Publication::Published, Stacks::Split);
    let bulk = Bulk { list, publication, stacks, workers: processors() };
    let totals = holdings.ingest_files(files, &bulk, |report| {
        if report.status == Status::Refused {
            let reason = report.reason.as_deref().unwrap_or_default();
            tracing::warn!(path = report.path, reason, "sample refused");
        }
    });
    tracing::info!(
        registered = totals.registered,
        before = totals.duplicate,
        refused = totals.refused,
        "samples filed"
    );
}
