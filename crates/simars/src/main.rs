//! The program: `simars COMMAND …`, one file per command in `command/`.
//!
//! Standard output carries data only; progress, hints and errors go to standard error. The exit
//! code is 0 only when everything asked for was done; each command says which others it has.

mod background;
mod client;
mod command;
mod config;
mod cosign;
mod demonstration;
mod door;
mod progress;
mod recognise;
mod sign_on;
mod source;
mod surroundings;
mod watch;

use std::process::ExitCode;

use anyhow::Context;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use command::{
    backup, change, check, extract, ingest, log, monitor, rebuild, restore, schedule, search,
    serve, sheets, user, verify, witness,
};

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
    Serve(Box<serve::Arguments>),
    /// File documents: receive, extract, describe, register
    Ingest(ingest::Arguments),
    /// Print separator sheets to lay between the papers of a stack
    Sheets(sheets::Arguments),
    /// Publish a document, take it back, open or close it, correct it, replace its file
    Change(change::Arguments),
    /// Import a classification scheme and retention schedule, and tell what falls due
    Schedule(schedule::Arguments),
    /// Read documents again: by better readers, by recognition
    Extract(extract::Arguments),
    /// Find pages
    Search(search::Arguments),
    /// Tell whether a copy is what was registered
    Verify(verify::Arguments),
    /// Begin the public log, or tell how it stands
    Log(log::Arguments),
    /// Follow a public log and tell when it contradicts itself
    Monitor(monitor::Arguments),
    /// Look after the people who work here
    User(user::Arguments),
    /// Cosign the checkpoints of logs, or ask witnesses to
    Witness(witness::Arguments),
    /// Check the whole store against itself
    Check(check::Arguments),
    /// Bring a backup up to date, beside a running server
    Backup(backup::Arguments),
    /// Put a backup back into an empty folder
    Restore(restore::Arguments),
    /// Build the views (catalogue and index) again from the store
    Rebuild(rebuild::Arguments),
    /// Read one foreign file within limits (started by the program itself)
    #[command(name = simars_extract::CHILD_COMMAND, hide = true)]
    ExtractChild,
}

fn main() -> ExitCode {
    // The child that reads foreign files must not do anything before its limits are set, not even
    // parse arguments at leisure.
    if std::env::args_os().nth(1).is_some_and(|first| first == simars_extract::CHILD_COMMAND) {
        return simars_extract::child_main();
    }
    let outcome = read().and_then(run);
    outcome.unwrap_or_else(|error| {
        progress::say(&format!("simars: {error:#}"));
        ExitCode::FAILURE
    })
}

/// Reads the arguments, and for the server what file and environment say.
fn read() -> anyhow::Result<(Arguments, ArgMatches)> {
    let settings = serve_settings();
    let given = std::env::args_os().collect();
    let given = config::arguments(given, &settings, |name| std::env::var_os(name))?;
    let matches = Arguments::command().get_matches_from(given);
    Ok((Arguments::from_arg_matches(&matches)?, matches))
}

/// What can be set for the server.
fn serve_settings() -> clap::Command {
    serve::Arguments::augment_args(clap::Command::new("serve"))
}

fn run((arguments, matches): (Arguments, ArgMatches)) -> anyhow::Result<ExitCode> {
    match arguments.command {
        Command::Serve(arguments) if arguments.print_config => {
            let (_, matches) = matches.subcommand().context("no command was given")?;
            config::print(&serve_settings(), matches)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Ingest(arguments) => ingest::run(&arguments),
        Command::Sheets(arguments) => sheets::run(&arguments),
        Command::Change(arguments) => change::run(&arguments),
        Command::Schedule(arguments) => schedule::run(&arguments),
        Command::Extract(arguments) => extract::run(&arguments),
        Command::Search(arguments) => search::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Log(arguments) => log::run(&arguments),
        Command::Monitor(arguments) => monitor::run(&arguments),
        Command::User(arguments) => user::run(&arguments),
        Command::Witness(arguments) => witness::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Restore(arguments) => restore::run(&arguments),
        Command::Rebuild(arguments) => rebuild::run(&arguments),
        Command::ExtractChild => Ok(simars_extract::child_main()),
    }
}
