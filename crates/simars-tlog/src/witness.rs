//! What a witness answers (C2SP tlog-witness v1.0.0): a request, what it cosigned last, and the
//! decision, as values.
//!
//! A witness signs one thing only: that a log grew out of what it saw before. Whoever calls
//! [`decide`] holds a lock on the log's state from reading it until the new state is durable;
//! otherwise two requests at once could take the witness back.

use std::fmt;
use std::str::FromStr;

use simars_record::Digest;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::consistency::{TreeHead, check_consistency};
use crate::encoding::{decimal, hash_from_base64, to_base64};
use crate::key::VerifierKey;
use crate::note::{Note, NoteError};

/// The most hashes that a proof may have: a path in a tree of 2^63 leaves.
pub const MOST_HASHES: usize = 63;
/// The longest request that is read, in bytes.
pub const LONGEST_REQUEST: usize = 1 << 18;

/// A log asks for a cosignature: the body of `POST <prefix>/add-checkpoint`.
///
/// ```text
/// old 20
/// <hash in base64>        zero to 63 lines
///                         (an empty line)
/// <the signed checkpoint>
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The size that the asker believes the witness cosigned last.
    pub old: u64,
    /// The proof that the log of that size is the beginning of the checkpoint's.
    pub proof: Vec<Digest>,
    /// The checkpoint, signed by its log.
    pub note: Note,
}

/// Why a text is no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Too long.
    #[error("the request has {0} bytes; at most 262144 are read")]
    Long(usize),
    /// The first line.
    #[error("line 1 of a request is \"old <size>\", without sign or leading zero")]
    Old,
    /// A line of the proof.
    #[error("line {0} of the request is no hash of 32 bytes in base64")]
    Hash(usize),
    /// Too many lines of proof.
    #[error("the proof has more than 63 hashes")]
    Many,
    /// No empty line after the proof.
    #[error("an empty line and the checkpoint follow the proof")]
    Unended,
    /// The rest is no signed note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The note is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", to_base64(hash.as_bytes())))?;
        write!(f, "\n{}", self.note)
    }
}

impl FromStr for Request {
    type Err = RequestError;

    /// Reads exactly what `Display` writes.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > LONGEST_REQUEST {
            return Err(RequestError::Long(text.len()));
        }
        let (head, note) = text.split_once("\n\n").ok_or(RequestError::Unended)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| decimal(line.strip_prefix("old ")?));
        let old = old.ok_or(RequestError::Old)?;
        let mut proof = Vec::new();
        for (number, line) in (2..).zip(lines) {
            if proof.len() == MOST_HASHES {
                return Err(RequestError::Many);
            }
            proof.push(hash_from_base64(line).ok_or(RequestError::Hash(number))?);
        }
        Ok(Self { old, proof, note: note.parse()? })
    }
}

impl Request {
    /// What the log says of itself, before anybody has looked at a signature.
    ///
    /// # Errors
    /// If the note is no checkpoint.
    pub fn checkpoint(&self) -> Result<Checkpoint, RequestError> {
        Ok(self.note.text().parse()?)
    }
}

/// Why a witness does not cosign; each has a status of its own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request cannot be understood (400).
    #[error(transparent)]
    Malformed(#[from] RequestError),
    /// The old size is larger than the checkpoint's (400).
    #[error("the old size {old} is larger than the checkpoint's, {size}")]
    OldTooLarge {
        /// The old size in the request.
        old: u64,
        /// The checkpoint's size.
        size: u64,
    },
    /// The log is not one that this witness follows (404).
    #[error("this witness does not follow the log {0:?}; ask its operator to add the log's key")]
    UnknownLog(String),
    /// No key that is trusted for this log signed, or a signature is wrong (403).
    #[error("the checkpoint is not signed by a key that this witness trusts for the log")]
    Untrusted,
    /// The old size is not what was cosigned last (409).
    #[error("the size cosigned last is {0}; send a proof from there")]
    Conflict(u64),
    /// What is asked for does not continue what was cosigned (422).
    #[error("the proof does not lead from the tree cosigned last to this one")]
    Inconsistent,
}

impl Refusal {
    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::OldTooLarge { .. } => 400,
            Self::Untrusted => 403,
            Self::UnknownLog(_) => 404,
            Self::Conflict(_) => 409,
            Self::Inconsistent => 422,
        }
    }
}

/// Decides whether the checkpoint of a request may be cosigned: signed by one of `keys`, which are
/// those trusted for its log, and grown out of `last`, what was cosigned last. Gives what it says.
///
/// # Errors
/// The first reason against it, in the order of the specification.
pub fn decide(
    keys: &[VerifierKey],
    last: Option<&TreeHead>,
    request: &Request,
) -> Result<TreeHead, Refusal> {
    let checkpoint = request.checkpoint()?;
    let head = *checkpoint.head();
    let mut trusted = false;
    for key in keys.iter().filter(|key| key.name().as_str() == checkpoint.origin()) {
        let signed = request.note.signed_by(key).map_err(|_| Refusal::Untrusted)?;
        trusted |= signed.is_some();
    }
    if !trusted {
        return Err(Refusal::Untrusted);
    }
    if request.old > head.size {
        return Err(Refusal::OldTooLarge { old: request.old, size: head.size });
    }
    let empty = TreeHead { size: 0, root: Digest::of(b"") };
    let last = last.unwrap_or(&empty);
    if request.old != last.size {
        return Err(Refusal::Conflict(last.size));
    }
    let empty_as_it_is = head.size > 0 || head == empty;
    if empty_as_it_is && check_consistency(last, &head, &request.proof) {
        Ok(head)
    } else {
        Err(Refusal::Inconsistent)
    }
}

#[cfg(test)]
mod tests;
