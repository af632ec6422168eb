//! Developer commands of the project, run as `cargo xtask <command>`.
//!
//! One module per command; this file only chooses between them.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "these commands speak to a developer and start other programs"
)]

mod bench;
mod check;
mod samples;
mod shell;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Developer commands of the project.
#[derive(Debug, Parser)]
#[command(name = "xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install what the tests need, if possible, and run all of them.
    Test,
    /// What must pass before anything lands: format, lints, documentation, tests.
    Ci,
    /// Measure the program end to end and write the table into benches/README.md.
    Bench(bench::Arguments),
    /// Write the sample documents and what is known about them into `samples/`.
    Samples {
        /// Write nothing; fail and name each file that differs from what would be written.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Test => check::test(),
        Command::Ci => check::ci(),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Samples { check: true } => samples::check(&samples::folder()),
        Command::Samples { check: false } => samples::write(&samples::folder()),
    }
}

/// The project's folder.
fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}
