//! `simars serve`: the library, the API and the verification page over HTTP.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use simars_archive::DataFolder;
use simars_ingest::bulk::Bulk;
use simars_ingest::{Holdings, ImportList, Status, walk};
use simars_record::Publication;
use tokio::net::TcpListener;

use crate::command::Data;
use crate::door::{Create, Door, settings};
use crate::surroundings::{self, LogFormat};

/// Serve the library, the API and the verification page over HTTP.
///
/// Ends cleanly on SIGINT and SIGTERM: requests under way are answered first.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    data: Data,
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
    /// Refuse files larger than this many bytes
    #[arg(long, value_name = "BYTES", default_value_t = crate::door::MAX_FILE_BYTES)]
    max_size: u64,
    /// How log lines look
    #[arg(long, value_enum, default_value_t)]
    log_format: LogFormat,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(arguments.log_format, "info");
    let samples = arguments.samples.as_deref().map(samples).transpose()?;
    let mut settings = settings()?;
    settings.max_file_bytes = arguments.max_size;
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
        holdings.wait_until_searchable(|_| ())?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let web = simars_web::Settings {
        owner_token,
        office_id: arguments.office.clone(),
        office_en: arguments.office_en.as_ref().unwrap_or(&arguments.office).clone(),
        public_address: arguments.public_address.clone(),
        upload_limit_bytes: arguments.max_size,
    };
    let state = simars_web::State { holdings: Arc::new(*holdings), settings: web };
    runtime.block_on(serve(arguments.listen, Arc::new(state)))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(listen: SocketAddr, state: Arc<simars_web::State>) -> anyhow::Result<()> {
    let holdings = &state.holdings;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen at {listen}; hint: is another server there? --listen names another")
    })?;
    let address = listener.local_addr().context("the listening address is unknown")?;
    holdings.archive().announce(address.to_string())?;
    tracing::info!(
        address = %format!("http://{address}"),
        documents = holdings.archive().applied().documents,
        data = %holdings.archive().folder().root().display(),
        "serving"
    );
    simars_web::serve(listener, Arc::clone(&state), ended()).await?;
    tracing::info!("stopped");
    Ok(())
}

/// Ends when the process is asked to.
async fn ended() {
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

fn file_samples(holdings: &Holdings, files: &[PathBuf], list: &ImportList) {
    let bulk = Bulk {
        list,
        publication: Publication::Published,
        workers: std::thread::available_parallelism().map_or(1, usize::from),
    };
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
