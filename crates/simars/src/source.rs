//! Where a log is read from: over HTTP, or from a folder that holds a copy of its files.
//!
//! What comes from there is believed in nothing: every answer is limited in size and time, and
//! redirects are refused, because a log is where its policy says it is.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::bail;
use simars_tlog::Tile;
use simars_tlog::bundle::LONGEST_ENTRY;
use simars_tlog::note::LONGEST_NOTE;
use simars_tlog::tile::{Level, WIDTH};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// Small answers are there within this time, or not at all.
const PATIENCE: Duration = Duration::from_secs(30);
/// Whole documents may take longer.
const LONG_PATIENCE: Duration = Duration::from_secs(600);
/// So often something is asked for before the network is blamed.
const ATTEMPTS: usize = 3;

/// A place with the files of a log.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// A prefix over HTTP.
    Http {
        /// The client.
        agent: Agent,
        /// The prefix, without a slash at its end.
        base: String,
    },
    /// A folder.
    Folder(PathBuf),
}

/// Why something was not fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unfetched {
    /// It is not there; the place itself answers.
    #[error("{0} is not there")]
    Missing(String),
    /// It is larger than such a file may be.
    #[error("{path} is larger than {limit} bytes")]
    Large {
        /// What.
        path: String,
        /// How large it may be.
        limit: u64,
    },
    /// The place does not answer, or not as it should.
    #[error("{path}: {detail}")]
    Trouble {
        /// What.
        path: String,
        /// What happened.
        detail: String,
    },
}

/// A client that follows no redirects and waits for nobody too long. Whom it believes over HTTPS
/// is what the system believes.
pub(crate) fn agent(address: &str) -> Agent {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    let mut config = Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_global(Some(PATIENCE));
    let host = address.split_once("://").map_or(address, |(_, host)| host);
    if ["127.", "localhost", "[::1]"].iter().any(|local| host.starts_with(local)) {
        config = config.proxy(None);
    }
    config.build().new_agent()
}

impl Source {
    /// A source by its address: `https://…` or `http://…`, or the path of a folder.
    ///
    /// # Errors
    /// If it is an address of another kind, or no folder.
    pub(crate) fn new(address: &str) -> anyhow::Result<Self> {
        if let Some((scheme, _)) = address.split_once("://") {
            if !["https", "http"].contains(&scheme) {
                bail!(
                    "{scheme} is not spoken by this program; hint: use https or http, or copy the \
                     log's files and name the folder"
                );
            }
            let base = address.trim_end_matches('/').to_owned();
            return Ok(Self::Http { agent: agent(&base), base });
        }
        if !Path::new(address).is_dir() {
            bail!("{address} is no address that begins with https:// or http:// and no folder");
        }
        Ok(Self::Folder(PathBuf::from(address)))
    }

    /// The bytes of a file below the prefix, at most `limit` of them.
    ///
    /// # Errors
    /// If it is not there, larger, or cannot be had.
    pub(crate) fn get(&self, path: &str, limit: u64) -> Result<Vec<u8>, Unfetched> {
        let trouble = |detail: String| Unfetched::Trouble { path: path.to_owned(), detail };
        match self {
            Self::Folder(folder) => match File::open(folder.join(path)) {
                Ok(file) => {
                    let mut bytes = Vec::new();
                    let read = file.take(limit + 1).read_to_end(&mut bytes);
                    read.map_err(|error| trouble(error.to_string()))?;
                    if bytes.len() as u64 > limit {
                        return Err(Unfetched::Large { path: path.to_owned(), limit });
                    }
                    Ok(bytes)
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    Err(Unfetched::Missing(path.to_owned()))
                }
                Err(error) => Err(trouble(error.to_string())),
            },
            Self::Http { agent, base } => {
                let url = format!("{base}/{path}");
                let mut last = String::new();
                for _ in 0..ATTEMPTS {
                    match get(agent, &url, limit) {
                        Err(Unfetched::Trouble { detail, .. }) => last = detail,
                        done => return done,
                    }
                }
                Err(Unfetched::Trouble { path: url, detail: last })
            }
        }
    }

    /// The bytes of a tile or bundle; the full one if the partial one was cleared away.
    ///
    /// # Errors
    /// If neither is there, or cannot be had.
    pub(crate) fn tile(&self, tile: &Tile) -> Result<Vec<u8>, Unfetched> {
        let each = match tile.level() {
            Level::Entries => LONGEST_ENTRY as u64 + 2,
            Level::Hashes(_) => 32,
        };
        let limit = each * u64::from(WIDTH);
        match self.get(&tile.to_string(), limit) {
            Err(Unfetched::Missing(_)) if !tile.is_full() => {
                self.get(&tile.full().to_string(), limit)
            }
            fetched => fetched,
        }
    }

    /// A small text: a checkpoint or a policy.
    ///
    /// # Errors
    /// If it is not there, or cannot be had.
    pub(crate) fn text(&self, path: &str) -> Result<String, Unfetched> {
        let bytes = self.get(path, LONGEST_NOTE as u64)?;
        let detail = "it is no text".to_owned();
        String::from_utf8(bytes).map_err(|_| Unfetched::Trouble { path: path.to_owned(), detail })
    }
}

fn get(agent: &Agent, url: &str, limit: u64) -> Result<Vec<u8>, Unfetched> {
    let trouble = |detail: String| Unfetched::Trouble { path: url.to_owned(), detail };
    let mut answer = agent.get(url).call().map_err(|error| trouble(error.to_string()))?;
    match answer.status().as_u16() {
        200 => {}
        404 | 410 => return Err(Unfetched::Missing(url.to_owned())),
        status => return Err(trouble(format!("the answer is {status}"))),
    }
    match answer.body_mut().with_config().limit(limit).read_to_vec() {
        Ok(bytes) => Ok(bytes),
        Err(ureq::Error::BodyExceedsLimit(_)) => {
            Err(Unfetched::Large { path: url.to_owned(), limit })
        }
        Err(error) => Err(trouble(error.to_string())),
    }
}

/// A file over HTTP, to be read piece by piece.
///
/// # Errors
/// If it is not there, or cannot be had.
pub(crate) fn open(agent: &Agent, url: &str) -> Result<impl Read + use<>, Unfetched> {
    let trouble = |detail: String| Unfetched::Trouble { path: url.to_owned(), detail };
    let request = agent.get(url).config().timeout_global(Some(LONG_PATIENCE)).build();
    let answer = request.call().map_err(|error| trouble(error.to_string()))?;
    match answer.status().as_u16() {
        200 => Ok(answer.into_body().into_reader()),
        // What may not be read is not there for the public.
        401 | 403 | 404 | 410 => Err(Unfetched::Missing(url.to_owned())),
        status => Err(trouble(format!("the answer is {status}"))),
    }
}
