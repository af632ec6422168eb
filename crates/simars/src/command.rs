//! One file per command; here only what several of them share.

pub(crate) mod backup;
pub(crate) mod change;
pub(crate) mod check;
pub(crate) mod extract;
pub(crate) mod ingest;
pub(crate) mod log;
pub(crate) mod monitor;
pub(crate) mod rebuild;
pub(crate) mod restore;
pub(crate) mod schedule;
pub(crate) mod search;
pub(crate) mod serve;
pub(crate) mod sheets;
pub(crate) mod signatures;
pub(crate) mod user;
pub(crate) mod verify;
mod verify_certificate;
mod verify_offline;
pub(crate) mod witness;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

/// The option that every command on an archive has.
#[derive(Debug, Args)]
pub(crate) struct Data {
    /// The data folder
    #[arg(long, value_name = "DIR", default_value = "./simars-data")]
    pub(crate) data: PathBuf,
}

/// The exit codes beyond 0 (done), 1 (failed) and 2 (wrong usage).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, but some files or rows were not taken, or damage was found.
    Incomplete = 3,
    /// The copy is genuine, but superseded or withdrawn.
    Superseded = 10,
    /// The copy is not in this archive.
    NotHere = 21,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
