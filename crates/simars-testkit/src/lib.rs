//! Help for tests: the samples with what is expected of them, files made wrong on purpose, and
//! the real program, running.
//!
//! **What it does.** Finds the project's files, runs the program to its end or as a server, and
//! stops what it started.
//!
//! **Takes and gives.** The path of the program; outputs, answers, expectations.
//!
//! **Never.** It replaces nothing of the program by something simpler.
//!
//! **Start at** [`Server`] and [`run`].

pub mod authenticator;
pub mod mutation;
pub mod paper;
pub mod program;
pub mod sample;
pub mod scan;
pub mod sense;
pub mod signing;

pub use program::{Answer, Output, Server, run};
pub use sample::{Sample, samples};

use std::path::{Path, PathBuf};

/// The project's folder.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new(".")).to_owned()
}
