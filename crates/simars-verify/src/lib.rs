//! A digest and a record to a verdict with reasons.
//!
//! **What it does.** Says what the archive's record means for a copy that somebody holds: is it
//! what was published, and how does that document stand now. With a proof file instead of the
//! record it says so without asking anybody.
//!
//! **Takes and gives.** The digest of the copy and the document registered under it, or a proof
//! and a policy; a [`Verdict`] with the reasons spelled out one by one.
//!
//! **Never.** No disk, no network, no clock. It does not decide who may ask: that is
//! `simars-access`.
//!
//! **Start at** [`verdict`] for the archive's own answer, at [`Evidence`] for the one of a stranger,
//! at [`compare`] for what two texts differ in.

pub mod difference;
pub mod offline;
mod standing;

pub use difference::{Comparison, Difference, Folding, Passage, TextPage, compare};
pub use offline::{Evidence, proof_of};

use serde::Serialize;
use simars_record::{Digest, Document, Publication, Timestamp};

/// What can be said of a copy. The written forms are part of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The copy is, bit for bit, the newest version of a published document.
    Genuine,
    /// The copy is, bit for bit, an older version of a published document.
    OlderVersion,
    /// The copy is genuine, but the document was withdrawn.
    Withdrawn,
    /// The copy is registered but was never published, or nothing shown says that it was.
    NotPublished,
    /// No document with this digest is registered. That does not prove a forgery: a scan or a
    /// print of a genuine decision has another digest.
    NotRegistered,
    /// The copy is genuine; the archive's own has since been destroyed lawfully.
    Disposed,
    /// The proof is in order and speaks of other bytes: this is not the file it was given for.
    Altered,
    /// The proof is for a log that the policy does not have, or is not signed by its key.
    NotInLog,
    /// File and proof are in order, but fewer witnesses have seen the checkpoint than the policy
    /// asks for.
    PolicyNotMet,
    /// The proof is damaged, forged or incomplete; nothing can be said of the copy.
    ProofDamaged,
}

impl Outcome {
    /// All outcomes, those of the archive's own answer first.
    pub const ALL: [Self; 10] = [
        Self::Genuine,
        Self::OlderVersion,
        Self::Withdrawn,
        Self::NotPublished,
        Self::NotRegistered,
        Self::Disposed,
        Self::Altered,
        Self::NotInLog,
        Self::PolicyNotMet,
        Self::ProofDamaged,
    ];

    /// Whether the bytes are those of a registered document.
    pub const fn is_registered(self) -> bool {
        match self {
            Self::Genuine
            | Self::OlderVersion
            | Self::Withdrawn
            | Self::NotPublished
            | Self::Disposed => true,
            Self::NotRegistered
            | Self::Altered
            | Self::NotInLog
            | Self::PolicyNotMet
            | Self::ProofDamaged => false,
        }
    }

    /// The exit code of a program that answers with this outcome: 0 genuine, 10 genuine with a
    /// reservation, 11 disposed of, from 20 on nothing that speaks for the copy.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Genuine => 0,
            Self::OlderVersion | Self::Withdrawn | Self::NotPublished => 10,
            Self::Disposed => 11,
            Self::Altered => 20,
            Self::NotRegistered | Self::NotInLog => 21,
            Self::PolicyNotMet => 22,
            Self::ProofDamaged => 23,
        }
    }

    /// The written form, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Genuine => "genuine",
            Self::OlderVersion => "older-version",
            Self::Withdrawn => "withdrawn",
            Self::NotPublished => "not-published",
            Self::NotRegistered => "not-registered",
            Self::Disposed => "disposed",
            Self::Altered => "altered",
            Self::NotInLog => "not-in-log",
            Self::PolicyNotMet => "policy-not-met",
            Self::ProofDamaged => "proof-damaged",
        }
    }
}

/// One thing that was checked and what came out. Each is a statement of its own; none of them is
/// folded into a single tick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// What was checked: `integrity`, `registration`, `publication` or `version`; with a proof also
    /// `proof`, `inclusion`, `witnesses`, `status` or `absence`.
    pub check: &'static str,
    /// Whether it speaks for the copy.
    pub holds: bool,
    /// What was found, in one English sentence.
    pub detail: String,
}

/// The answer to "is this copy what the office published?".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The digest of the copy.
    pub sha256: Digest,
    /// The answer.
    pub outcome: Outcome,
    /// When the version with this digest was registered, if that is told.
    pub registered_at: Option<Timestamp>,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Judges a copy by its digest and the document that is registered under that digest.
pub fn verdict(copy: Digest, document: Option<&Document>) -> Verdict {
    let held = document.and_then(|document| {
        let marked = document.copies.iter().find(|marked| marked.file.sha256 == copy);
        let version = document.versions.iter().find(|held| {
            held.original.sha256 == copy || marked.is_some_and(|one| one.version == held.number)
        })?;
        let size_bytes = marked.map_or(version.original.size_bytes, |one| one.file.size_bytes);
        Some((document, version, marked.is_some(), size_bytes))
    });
    let Some((document, version, marked, size_bytes)) = held else {
        let reason = Reason {
            check: "registration",
            holds: false,
            detail: "no registered document has this SHA-256; a scan, a print or a re-saved file \
                     of a genuine document has another one"
                .to_owned(),
        };
        return Verdict {
            sha256: copy,
            outcome: Outcome::NotRegistered,
            registered_at: None,
            reasons: vec![reason],
        };
    };
    let newest = document.current().number == version.number;
    let outcome = match document.publication {
        Publication::Draft => Outcome::NotPublished,
        Publication::Withdrawn => Outcome::Withdrawn,
        Publication::Published if newest => Outcome::Genuine,
        Publication::Published => Outcome::OlderVersion,
    };
    let reasons = vec![
        Reason {
            check: "integrity",
            holds: true,
            detail: match marked {
                true => format!(
                    "the SHA-256 is that of the authenticated copy of version {} ({size_bytes} \
                     bytes)",
                    version.number
                ),
                false => format!(
                    "the SHA-256 of the copy equals that of the registered file ({size_bytes} \
                     bytes)"
                ),
            },
        },
        Reason {
            check: "registration",
            holds: true,
            detail: format!("registered at {} as {}", version.registered, document.id),
        },
        Reason {
            check: "publication",
            holds: document.publication == Publication::Published,
            detail: match document.publication {
                Publication::Draft => "registered but never published".to_owned(),
                Publication::Published => "published".to_owned(),
                Publication::Withdrawn => "published once, withdrawn since".to_owned(),
            },
        },
        Reason {
            check: "version",
            holds: newest,
            detail: if newest {
                format!("version {}, the newest", version.number)
            } else {
                format!("version {}; the newest is {}", version.number, document.current().number)
            },
        },
    ];
    Verdict { sha256: copy, outcome, registered_at: Some(version.registered), reasons }
}

#[cfg(test)]
mod tests;
