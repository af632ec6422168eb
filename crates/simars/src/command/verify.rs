//! `simars verify`: is this copy what was registered?

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use serde::Deserialize;
use simars_archive::object::digest_of_file;
use simars_record::Digest;
use simars_verify::{Outcome, verdict};

use crate::command::{Data, Exit};
use crate::door::{Create, Door, settings};
use crate::progress::put;
use crate::surroundings::{self, LogFormat};

/// Tell whether a copy is, bit for bit, what was registered.
///
/// Exit code: 0 genuine and current, 10 genuine but superseded or withdrawn, 21 not in this
/// archive.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The copy
    file: PathBuf,
    #[command(flatten)]
    data: Data,
    /// The verdict as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(LogFormat::Text, "warn");
    let file = &arguments.file;
    let digest = digest_of_file(file).with_context(|| format!("cannot read {}", file.display()))?;
    let patience = Duration::from_secs(600);
    let door = Door::open(&arguments.data.data, Create::No, patience, &settings()?)?;
    let judged = match &door {
        Door::Here(holdings) => {
            let document = holdings.archive().find(&digest)?;
            let title = document.as_ref().map(|document| document.title().to_owned());
            let id = document.as_ref().map(|document| document.id.to_string());
            let verdict = verdict(digest, document.as_ref());
            Judged {
                outcome: verdict.outcome.as_str().to_owned(),
                registered_at: verdict.registered_at.map(|time| time.to_string()),
                title,
                id,
            }
        }
        Door::There(client) => {
            let path = format!("/api/v1/verify/{digest}");
            client.get(&path, &[])?.unwrap_or_else(|| Judged {
                outcome: Outcome::NotRegistered.as_str().to_owned(),
                registered_at: None,
                title: None,
                id: None,
            })
        }
    };
    tell(file, digest, &judged, arguments.json)?;
    Ok(match judged.outcome.as_str() {
        "genuine" => ExitCode::SUCCESS,
        "not-registered" => Exit::NotHere.into(),
        _ => Exit::Superseded.into(),
    })
}

/// What the archive says of a digest, from here or from the server's answer.
#[derive(Debug, Deserialize)]
struct Judged {
    outcome: String,
    registered_at: Option<String>,
    title: Option<String>,
    id: Option<String>,
}

fn tell(file: &Path, digest: Digest, judged: &Judged, json: bool) -> anyhow::Result<()> {
    let Judged { outcome, registered_at, title, id } = judged;
    if json {
        let registered = outcome != "not-registered";
        return put(&serde_json::json!({
            "path": file.display().to_string(), "sha256": digest, "registered": registered,
            "outcome": outcome, "registered_at": registered_at, "id": id, "title": title,
        })
        .to_string());
    }
    let words = match outcome.as_str() {
        "genuine" => "genuine: bit for bit the newest published version",
        "older-version" => "genuine, but a newer version is published",
        "withdrawn" => "genuine, but withdrawn from publication",
        "not-published" => "registered, but never published",
        _ => {
            "not registered here. That does not prove a forgery: a scan, a print or a re-saved \
             file of a genuine document has another SHA-256"
        }
    };
    put(&format!("{}: {words}", file.display()))?;
    put(&format!("sha256 {digest}"))?;
    if let (Some(id), Some(title)) = (id, title) {
        put(&format!("document {id} {title}"))?;
    }
    if let Some(time) = registered_at {
        put(&format!("registered {time}"))?;
    }
    Ok(())
}
