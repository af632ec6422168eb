//! `simars verify`: is this copy what was registered?

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{ArgGroup, Args};
use serde::Deserialize;
use simars_archive::object::digest_of_file;
use simars_record::Digest;
use simars_verify::{Outcome, verdict};

use crate::command::verify_offline::{Language, Offline};
use crate::command::{Data, Exit, signatures, verify_certificate, verify_offline};
use crate::door::{Create, Door, settings};
use crate::progress::put;
use crate::surroundings::{self, LogFormat};

/// Tell whether a copy is, bit for bit, what was registered.
///
/// With --proof and --policy nobody is asked: neither an archive nor the network is needed. The
/// proof may also come inside a certificate: verify CERTIFICATE --against FILE --policy POLICY.
/// Nor is anybody asked with --signatures, which checks the electronic signatures inside a PDF.
///
/// Exit code: 0 genuine and current, 10 genuine but superseded or withdrawn, 11 lawfully disposed
/// of, 20 altered (not the file of the proof), 21 not in this archive or log, 22 too few witnesses
/// for the policy, 23 the proof is damaged. With --signatures: 0 every signature is intact and
/// nothing after it changed the content, 20 altered, 24 a person has to look, 25 not signed, 26
/// nobody trusted vouches for a signer.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("offline").args(["proof", "against"])))]
pub(crate) struct Arguments {
    /// The copy; with --against, the certificate
    file: PathBuf,
    #[command(flatten)]
    data: Data,
    /// The copy's proof file; checked without asking anybody
    #[arg(long, value_name = "FILE", requires = "policy")]
    proof: Option<PathBuf>,
    /// The copy that is to be checked by the proof inside a certificate
    #[arg(long, value_name = "FILE", requires = "policy", conflicts_with = "proof")]
    against: Option<PathBuf>,
    /// Proof files of later statements about the same document
    #[arg(long, value_name = "FILE", requires = "policy")]
    later: Vec<PathBuf>,
    /// Whom to believe: keys of logs and witnesses, in a file that does not come from the server
    #[arg(long, value_name = "FILE", requires = "offline")]
    policy: Option<PathBuf>,
    /// The nonce of a document that is not public, 64 hexadecimal digits
    #[arg(long, value_name = "HEX", requires = "policy")]
    nonce: Option<Digest>,
    /// The language of the answer in words
    #[arg(long, value_enum, default_value_t)]
    language: Language,
    /// The verdict as JSON
    #[arg(long)]
    json: bool,
    /// Check the electronic signatures inside a PDF instead; needs no archive
    #[arg(long, conflicts_with = "offline")]
    signatures: bool,
    /// Certificates to trust, a folder of PEM or DER files [default: trust/ in the data folder]
    #[arg(long, value_name = "DIR", requires = "signatures")]
    anchors: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(LogFormat::Text, "warn");
    if arguments.signatures {
        let anchors = arguments.anchors.as_deref();
        let how = (arguments.language, arguments.json);
        return signatures::run(&arguments.file, anchors, &arguments.data.data, how);
    }
    // With a certificate, the copy is the other file.
    let file = arguments.against.as_ref().unwrap_or(&arguments.file);
    let digest = digest_of_file(file).with_context(|| format!("cannot read {}", file.display()))?;
    if let Some(policy) = &arguments.policy {
        let proof = match &arguments.proof {
            Some(proof) => verify_offline::proof_of(proof)?,
            None => verify_certificate::proof_in(&arguments.file)?,
        };
        let offline = Offline {
            file,
            proof,
            policy,
            later: &arguments.later,
            nonce: arguments.nonce,
            language: arguments.language,
            json: arguments.json,
        };
        return offline.answer(digest);
    }
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
