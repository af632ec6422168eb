//! What a proof file says of a copy, without asking anybody.
//!
//! The proof file carries the statement it is for in its line `extra`. Nothing vouches for that
//! line by itself: it is believed because its hash is the leaf from which the path leads to a root
//! that the log signed. The same line may tell how the document stood when the log was signed, or
//! that a file was not in the archive. `docs/proof.md` tells the whole in words.

use simars_record::{Commitment, ContentMark, Digest, Statement, Timestamp};
use simars_tlog::policy::{Judged, Refused};
use simars_tlog::status::After;
use simars_tlog::{Absence, Extra, Note, Policy, ProofFile, Status};

use crate::standing::Standing;
use crate::{Outcome, Reason, Verdict};

/// What somebody holds who wants to know.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The digest of the copy.
    pub copy: Digest,
    /// The text of the proof file.
    pub proof: &'a str,
    /// The nonce that opens the commitment of a document that is not public; handed over with the
    /// file by whoever may.
    pub nonce: Option<&'a [u8; 32]>,
    /// Proof files of later statements about the same document, in any order; they tell how it
    /// stood later.
    pub later: &'a [&'a str],
}

/// The proof file for a statement: what the archive gives out.
pub fn proof_of(statement: &Statement, index: u64, path: Vec<Digest>, note: Note) -> ProofFile {
    let extra = Extra::alone(statement.clone());
    ProofFile { extra: Some(extra.to_string().into_bytes()), index, path, note }
}

/// Whether a statement is about the bytes with this digest. `None` if it names them by a
/// commitment only and there is no nonce to open it.
pub fn is_about(statement: &Statement, copy: &Digest, nonce: Option<&[u8; 32]>) -> Option<bool> {
    match &statement.content {
        ContentMark::Public { digest, .. } => Some(digest == copy),
        ContentMark::Closed(commitment) => {
            nonce.map(|nonce| *commitment == Commitment::new(nonce, copy))
        }
        // About the archive, not about any file.
        ContentMark::Index { .. } | ContentMark::Key(_) | ContentMark::Schedule { .. } => {
            Some(false)
        }
    }
}

impl Evidence<'_> {
    /// Judges the copy by what is shown and whom the policy trusts. When more than one thing is
    /// wrong, the outcome is the first of: the proof does not hold, it is of another log, it is of
    /// another file, too few witnesses.
    pub fn judge(&self, policy: &Policy) -> Verdict {
        self.try_judge(policy).unwrap_or_else(|failure| Verdict {
            sha256: self.copy,
            outcome: failure.outcome,
            registered_at: None,
            reasons: vec![failure.reason],
        })
    }

    fn try_judge(&self, policy: &Policy) -> Result<Verdict, Failure> {
        let proven = Proven::read(self.proof, policy)?;
        if let Some(absence) = &proven.absence {
            return self.absent(&proven, absence, policy);
        }
        let mut later = Vec::with_capacity(self.later.len());
        for text in self.later {
            later.push(Proven::read(text, policy)?.after(&proven)?);
        }
        later.sort_by_key(|proven| proven.index);
        let integrity = self.integrity(&proven.statement)?;
        // Each proof has its own checkpoint; the one that was seen by too few is the one to name.
        let unseen = later.iter().find(|one| !one.judged.quorum_met);
        let witnesses = match unseen {
            Some(unseen) if proven.judged.quorum_met => unseen.witnesses(policy),
            _ => proven.witnesses(policy),
        };
        let standing = Standing::of(&proven, &later)?;
        let outcome = if !integrity.holds {
            Outcome::Altered
        } else if !witnesses.holds {
            Outcome::PolicyNotMet
        } else {
            standing.outcome()
        };
        let statement = &proven.statement;
        let reasons = vec![
            integrity,
            proven.inclusion(),
            witnesses,
            standing.publication(),
            standing.status(),
        ];
        let registered_at = statement.previous.is_none().then_some(statement.time);
        let registered_at = registered_at.filter(|_| outcome.is_registered());
        Ok(Verdict { sha256: self.copy, outcome, registered_at, reasons })
    }

    /// The proof is that the file is not in the archive: the answer speaks against the copy, and is
    /// proved as well as any that speaks for one.
    fn absent(
        &self,
        proven: &Proven<'_>,
        absence: &Absence,
        policy: &Policy,
    ) -> Result<Verdict, Failure> {
        absence
            .check(&self.copy, &proven.statement, proven.index)
            .map_err(|error| Failure::damaged(format!("{error}")))?;
        let witnesses = proven.witnesses(policy);
        let outcome = if witnesses.holds { Outcome::NotRegistered } else { Outcome::PolicyNotMet };
        let reason = Reason {
            check: "absence",
            holds: false,
            detail: format!(
                "the index of {} proves that no public document among the first {} statements has \
                 this SHA-256; a scan, a print or a re-saved file of a genuine document has another \
                 one",
                proven.statement.time, proven.index
            ),
        };
        let reasons = vec![reason, proven.inclusion(), witnesses];
        Ok(Verdict { sha256: self.copy, outcome, registered_at: None, reasons })
    }

    fn integrity(&self, statement: &Statement) -> Result<Reason, Failure> {
        let holds = is_about(statement, &self.copy, self.nonce).ok_or_else(|| {
            Failure::damaged(
                "the document is not public, so the proof alone does not name its bytes; hand \
                 over the nonce as well"
                    .to_owned(),
            )
        })?;
        let closed = matches!(statement.content, ContentMark::Closed(_));
        let detail = match (holds, closed) {
            (true, false) => "the SHA-256 of the copy stands in the statement",
            (true, true) => "the commitment in the statement opens to the SHA-256 of the copy",
            (false, false) => "the statement names another SHA-256 than that of the copy",
            (false, true) => {
                "the commitment in the statement opens to something else: the copy or \
                              the nonce is another"
            }
        };
        Ok(Reason { check: "integrity", holds, detail: detail.to_owned() })
    }
}

/// Why nothing can be said.
pub(crate) struct Failure {
    outcome: Outcome,
    reason: Reason,
}

impl Failure {
    fn new(outcome: Outcome, detail: String) -> Self {
        Self { outcome, reason: Reason { check: "proof", holds: false, detail } }
    }

    pub(crate) fn damaged(detail: String) -> Self {
        Self::new(Outcome::ProofDamaged, detail)
    }
}

/// A statement that is proved to be in a log of the policy.
pub(crate) struct Proven<'p> {
    pub(crate) statement: Statement,
    pub(crate) leaf: Digest,
    pub(crate) index: u64,
    pub(crate) judged: Judged<'p>,
    /// How its document stood when the log was signed, if the proof tells; checked.
    pub(crate) status: Option<Box<Status>>,
    absence: Option<Absence>,
}

impl<'p> Proven<'p> {
    fn read(text: &str, policy: &'p Policy) -> Result<Self, Failure> {
        let proof: ProofFile =
            text.parse().map_err(|error| Failure::damaged(format!("{error}")))?;
        let Extra { statement, after } = extra_in(&proof)?;
        let judged = policy.judge(&proof.note).map_err(|refused| {
            let outcome = match refused {
                Refused::UnknownLog(_) | Refused::UnknownKey(_) => Outcome::NotInLog,
                Refused::NoCheckpoint(_) | Refused::Signature(_) => Outcome::ProofDamaged,
            };
            Failure::new(outcome, format!("{refused}"))
        })?;
        // A statement is read only from the one text that it is written as, so that this is its leaf.
        let leaf = statement.leaf_hash();
        if !proof.leads_from(&leaf, &judged.checkpoint) {
            return Err(Failure::damaged(
                "the path of the proof does not lead from the statement to the root that the log \
                 signed"
                    .to_owned(),
            ));
        }
        let (status, absence) = match after {
            After::Nothing => (None, None),
            After::Status(status) => (Some(status), None),
            After::Absence(absence) => (None, Some(absence)),
        };
        if let Some(status) = &status {
            let checked = status.check(&statement, &judged.checkpoint);
            checked.map_err(|error| Failure::damaged(format!("{error}")))?;
        }
        Ok(Self { statement, leaf, index: proof.index, judged, status, absence })
    }

    /// This one, if it can be a later statement about the same document.
    fn after(self, first: &Self) -> Result<Self, Failure> {
        let same = self.statement.object == first.statement.object
            && self.judged.checkpoint.origin() == first.judged.checkpoint.origin();
        if !same {
            return Err(Failure::damaged("a later proof is about another document".to_owned()));
        }
        if self.index <= first.index {
            return Err(Failure::damaged("a later proof is not of a later statement".to_owned()));
        }
        Ok(self)
    }

    fn inclusion(&self) -> Reason {
        let head = self.judged.checkpoint.head();
        let detail = format!(
            "the statement of {} is number {} of the {} that {} had signed for",
            self.statement.time,
            self.index + 1,
            head.size,
            self.judged.log.name(),
        );
        Reason { check: "inclusion", holds: true, detail }
    }

    fn witnesses(&self, policy: &Policy) -> Reason {
        let Judged { seen, quorum_met, .. } = &self.judged;
        let counted = format!("{} of {} witnesses", seen.len(), policy.witnesses().len());
        let newest = seen.iter().map(|seen| seen.unix_seconds).max();
        let detail = match (quorum_met, newest) {
            (true, None) => "the policy asks for no witness".to_owned(),
            (true, Some(time)) => format!(
                "{counted} have seen the checkpoint, last at {}; the policy is met",
                Timestamp::from_unix(time)
            ),
            (false, _) => format!(
                "{counted} have seen the checkpoint, fewer than the policy asks for; a newer \
                 proof may have more"
            ),
        };
        Reason { check: "witnesses", holds: *quorum_met, detail }
    }
}

fn extra_in(proof: &ProofFile) -> Result<Extra, Failure> {
    let extra = proof.extra.as_deref().ok_or_else(|| {
        Failure::damaged("the proof carries no statement in its line extra".to_owned())
    })?;
    Extra::from_bytes(extra).map_err(|error| Failure::damaged(format!("{error}")))
}
