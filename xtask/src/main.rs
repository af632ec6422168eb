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
mod deb;
mod eval;
mod samples;
mod shell;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use simars_extract::{CHILD_COMMAND, child_main};

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
    /// Measure how well the archive finds and describes, and compare with benches/eval.toml.
    Eval(eval::Arguments),
    /// Pack the program for Debian, with the licences of all that is in it.
    Deb(deb::Arguments),
    /// Write the sample documents and what is known about them into `samples/`.
    Samples {
        /// Write nothing; fail and name each file that differs from what would be written.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> Result<ExitCode> {
    // Files are read by a child process: this program started again.
    if std::env::args_os().nth(1).is_some_and(|argument| argument == CHILD_COMMAND) {
        return Ok(child_main());
    }
    chosen(Arguments::parse().command).map(|()| ExitCode::SUCCESS)
}

fn chosen(command: Command) -> Result<()> {
    match command {
        Command::Test => check::test(),
        Command::Ci => check::ci(),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Eval(arguments) => eval::run(&arguments),
        Command::Deb(arguments) => deb::run(&arguments),
        Command::Samples { check: true } => samples::check(&samples::folder()),
        Command::Samples { check: false } => samples::write(&samples::folder()),
    }
}

/// The project's folder.
fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}
