//! Asking witnesses for their signatures (C2SP tlog-witness v1.0.0), as a log does it.
//!
//! Nothing here decides what is signed: the checkpoint is signed already, the proof comes from the
//! caller, and what a witness answers counts only if its signature is good.

use std::time::Duration;

use simars_archive::{Archive, Published};
use simars_record::Digest;
use simars_tlog::note::Signed;
use simars_tlog::policy::Witness;
use simars_tlog::witness::Request;
use simars_tlog::{Checkpoint, Note, NoteSignature, Policy};
use ureq::Agent;

use crate::source::{Source, agent};
use crate::surroundings;

/// An answer of a witness has a few lines.
const LONGEST_ANSWER: u64 = 1 << 16;

/// When witnesses that did not sign are asked again.
const AGAIN: Duration = Duration::from_secs(60);

/// Asks the witnesses of the archive's own policy to sign its newest checkpoint, and shows it with
/// their signatures. Signatures older than `every` are asked for anew, so that the checkpoint of a
/// log to which nothing is added does not look forgotten. Says when to ask again.
pub(crate) fn after_publishing(
    archive: &Archive,
    published: &Published,
    every: Duration,
) -> Option<Duration> {
    let policy = match archive.log_policy() {
        Ok(policy) => Policy::from_bytes(&policy?),
        Err(error) => {
            tracing::error!(%error, "witnesses are not asked");
            return Some(AGAIN);
        }
    };
    let policy = match policy {
        Ok(policy) => policy,
        Err(error) => {
            tracing::error!(%error, "witnesses are not asked: the policy of the log cannot be read");
            return Some(AGAIN);
        }
    };
    let size = published.head.size;
    if policy.witnesses().iter().all(|witness| witness.url.is_none()) {
        return None;
    }
    let now = (surroundings::system().now)().unix();
    let since = now.saturating_sub(every.as_secs().saturating_sub(1));
    let gathered =
        gather(&policy, &published.note, since, |old| match archive.log_consistency(old) {
            Ok(Some(path)) => Ok(path),
            Ok(None) => Err(format!("the log has no {old} statements")),
            Err(error) => Err(error.to_string()),
        });
    for (witness, unsigned) in &gathered.silent {
        tracing::warn!(witness, size, error = %unsigned, "a witness did not sign");
        if let Unsigned::Ahead { .. } = unsigned {
            archive.halt_log(format!("witness {witness}: {unsigned}"));
        }
    }
    let again = if gathered.silent.is_empty() { every } else { AGAIN.min(every) };
    if let Err(error) = archive.add_cosignatures(&published.head, gathered.signatures) {
        tracing::error!(%error, "the signatures of witnesses are not shown");
        return Some(AGAIN);
    }
    Some(again)
}

/// What the witnesses of a policy said to one checkpoint.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// Their signatures, checked.
    pub(crate) signatures: Vec<NoteSignature>,
    /// Those that did not sign, and why.
    pub(crate) silent: Vec<(String, Unsigned)>,
}

/// Why a witness did not sign.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsigned {
    /// It cannot be asked.
    #[error("cannot ask {url}: {detail}")]
    Unreached {
        /// The witness's address.
        url: String,
        /// What happened.
        detail: String,
    },
    /// It answered something else.
    #[error("the answer is {status}: {text}")]
    Refused {
        /// The status.
        status: u16,
        /// The beginning of what it said.
        text: String,
    },
    /// It has cosigned more than this log has: the log went back, or has a double.
    #[error(
        "it has cosigned {seen} statements, and this checkpoint has only {size}; hint: an older \
         copy of the archive may have been put in place, see docs/keys.md"
    )]
    Ahead {
        /// The size that it cosigned.
        seen: u64,
        /// The size of the checkpoint.
        size: u64,
    },
    /// What it sent is no good signature of its key.
    #[error("it sent no signature that is good for its key in the policy")]
    NotItsKey,
    /// The caller could not make the proof.
    #[error("cannot prove that the log continues its first {old} statements: {detail}")]
    Unproved {
        /// The size from which it was to be proved.
        old: u64,
        /// Why not.
        detail: String,
    },
}

/// Asks all witnesses of the policy that have an address and have not signed `since` that time, in
/// seconds since 1970. `prove` gives the
/// proof that the log of so many statements is the beginning of this one.
pub(crate) fn gather<E: std::fmt::Display>(
    policy: &Policy,
    note: &Note,
    since: u64,
    mut prove: impl FnMut(u64) -> Result<Vec<Digest>, E>,
) -> Gathered {
    let mut gathered = Gathered::default();
    for witness in policy.witnesses() {
        let signed = note.signed_by(&witness.key);
        let signed = matches!(signed, Ok(Some(Signed::At(time))) if time >= since);
        if signed || witness.url.is_none() {
            continue;
        }
        match ask(policy, witness, note, &mut prove) {
            Ok(signature) => gathered.signatures.push(signature),
            Err(unsigned) => gathered.silent.push((witness.name.to_string(), unsigned)),
        }
    }
    gathered
}

/// Asks one witness: first as if it had seen nothing, then from the size that it names.
fn ask<E: std::fmt::Display>(
    policy: &Policy,
    witness: &Witness,
    note: &Note,
    prove: &mut impl FnMut(u64) -> Result<Vec<Digest>, E>,
) -> Result<NoteSignature, Unsigned> {
    let base = witness.url.as_ref().map(ToString::to_string).unwrap_or_default();
    let url = format!("{}/add-checkpoint", base.trim_end_matches('/'));
    let checkpoint: Checkpoint = note
        .text()
        .parse()
        .map_err(|error| Unsigned::Unproved { old: 0, detail: format!("{error}") })?;
    let size = checkpoint.head().size;
    let agent = agent(&url);
    let mut old = 0;
    // The second round is the usual one; a third is needed if somebody else asked between.
    for _ in 0..3 {
        let proof =
            prove(old).map_err(|error| Unsigned::Unproved { old, detail: error.to_string() })?;
        let request = Request { old, proof, note: note.clone() };
        let (status, text) = post(&agent, &url, &request.to_string())?;
        match status {
            200 => return good_signature(witness, note, &text),
            409 => {
                let seen = text.strip_suffix('\n').and_then(|text| text.parse::<u64>().ok());
                let shortened = || text.chars().take(200).collect();
                let seen = seen.ok_or_else(|| Unsigned::Refused { status, text: shortened() })?;
                if seen > size {
                    return Err(ahead(policy, &base, checkpoint.origin(), seen, size));
                }
                old = seen;
            }
            _ => {
                let text = text.trim_end().chars().take(200).collect();
                return Err(Unsigned::Refused { status, text });
            }
        }
    }
    Err(Unsigned::Refused { status: 409, text: "others ask it at the same time".to_owned() })
}

/// A witness says that it has cosigned more than there is. Anybody can say so, and a log that halts
/// for it could be halted by anybody: what counts is a checkpoint with the log's own signature.
fn ahead(policy: &Policy, base: &str, origin: &str, seen: u64, size: u64) -> Unsigned {
    let path = format!("{}/checkpoint", Digest::of(origin.as_bytes()));
    let shown = Source::new(base).ok().and_then(|source| source.text(&path).ok());
    let note = shown.and_then(|text| text.parse::<Note>().ok());
    let judged = note.as_ref().and_then(|note| policy.judge(note).ok());
    let theirs = judged.filter(|judged| judged.checkpoint.origin() == origin);
    match theirs.map(|judged| judged.checkpoint.head().size) {
        Some(seen) if seen > size => Unsigned::Ahead { seen, size },
        _ => Unsigned::Refused {
            status: 409,
            text: format!("it says {seen} statements, and shows no checkpoint for them"),
        },
    }
}

fn post(agent: &Agent, url: &str, body: &str) -> Result<(u16, String), Unsigned> {
    let unreached =
        |error: ureq::Error| Unsigned::Unreached { url: url.to_owned(), detail: error.to_string() };
    let request = agent.post(url).header("content-type", "text/plain; charset=utf-8");
    let mut answer = request.send(body).map_err(unreached)?;
    let text = answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec();
    let text = String::from_utf8_lossy(&text.map_err(unreached)?).into_owned();
    Ok((answer.status().as_u16(), text))
}

/// The line that is signed by the witness's key for this text; other lines are ignored.
fn good_signature(witness: &Witness, note: &Note, answer: &str) -> Result<NoteSignature, Unsigned> {
    let lines = answer.lines().filter_map(|line| line.parse::<NoteSignature>().ok());
    for line in lines.filter(|line| line.id == witness.key.id()) {
        let Ok(mut alone) = Note::new(note.text().to_owned()) else { continue };
        alone.add(line.clone());
        if let Ok(Some(Signed::At(_))) = alone.signed_by(&witness.key) {
            return Ok(line);
        }
    }
    Err(Unsigned::NotItsKey)
}
