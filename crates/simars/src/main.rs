//! The program: `simars COMMAND …`, one file per command in `command/`.
//!
//! Standard output carries data only; progress, hints and errors go to standard error. The exit
//! code is 0 only when everything asked for was done; each command says which others it has.

mod client;
mod command;
mod door;
mod progress;
mod surroundings;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use command::{check, ingest, rebuild, search, serve, verify};

/// Archive and public library for public bodies: files documents once and for good, finds the
/// page, and tells whether a copy is genuine.
#[derive(Debug, Parser)]
#[command(name = "simars", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the library, the API and the verification page over HTTP
    Serve(serve::Arguments),
    /// File documents: receive, extract, describe, register
    Ingest(ingest::Arguments),
    /// Find pages
    Search(search::Arguments),
    /// Tell whether a copy is what was registered
    Verify(verify::Arguments),
    /// Check the whole store against itself
    Check(check::Arguments),
    /// Build the views (catalogue and index) again from the store
    Rebuild(rebuild::Arguments),
    /// Read one foreign file within limits (started by the program itself)
    #[command(name = simars_extract::CHILD_COMMAND, hide = true)]
    ExtractChild {
        #[arg(long, hide = true)]
        simple: bool,
    },
}

fn main() -> ExitCode {
    // The child that reads foreign files must not do anything before its limits are set, not even
    // parse arguments at leisure.
    if std::env::args_os().nth(1).is_some_and(|first| first == simars_extract::CHILD_COMMAND) {
        return simars_extract::child_main();
    }
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Ingest(arguments) => ingest::run(&arguments),
        Command::Search(arguments) => search::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Rebuild(arguments) => rebuild::run(&arguments),
        Command::ExtractChild { .. } => return simars_extract::child_main(),
    };
    outcome.unwrap_or_else(|error| {
        progress::say(&format!("simars: {error:#}"));
        ExitCode::FAILURE
    })
}
