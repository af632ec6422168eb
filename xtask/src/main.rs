//! Developer commands of the project, run as `cargo xtask <command>`.
//!
//! One module per command; this file only chooses between them.

mod samples;

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
    /// Write the sample documents and what is known about them into `samples/`.
    Samples {
        /// Write nothing; fail and name each file that differs from what would be written.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Samples { check: true } => samples::check(&samples::folder()),
        Command::Samples { check: false } => samples::write(&samples::folder()),
    }
}
