//! Policies: which logs are believed, and how many witnesses must have seen the same
//! (C2SP tlog-policy).

mod reading;

use std::fmt;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::key::{KeyName, VerifierKey};
use crate::note::{Note, NoteError, Signed};

pub use reading::{PolicyError, PolicyProblem};

/// What somebody trusts; comes from elsewhere than what is checked by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    quorum: Quorum,
}

/// A log whose checkpoints are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Its key; the name is the log's origin.
    pub key: VerifierKey,
    /// Where it is served, if told.
    pub url: Option<Label>,
}

/// A witness whose cosignatures count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Its name within the policy.
    pub name: Label,
    /// Its key.
    pub key: VerifierKey,
    /// Where it is served, if told.
    pub url: Option<Label>,
}

/// A name or address as the policy writes it: octets, which need not be UTF-8.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(Vec<u8>);

/// Witnesses or groups of which so many must have seen a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    name: Label,
    needed: usize,
    members: Vec<Member>,
}

/// One of those that were defined before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Witness(usize),
    Group(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quorum {
    None,
    Of(Member),
}

/// A checkpoint that is signed by a log of the policy, and who else has seen it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged<'p> {
    /// What the log says.
    pub checkpoint: Checkpoint,
    /// The key that signed it.
    pub log: &'p VerifierKey,
    /// The witnesses whose cosignature is good, and when they saw it.
    pub seen: Vec<Seen<'p>>,
    /// Whether those are enough.
    pub quorum_met: bool,
}

/// A good cosignature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen<'p> {
    /// Who.
    pub witness: &'p Witness,
    /// When, in seconds since 1970, by the witness's own clock.
    pub unix_seconds: u64,
}

/// Why a checkpoint is not believed at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The note is no checkpoint.
    #[error(transparent)]
    NoCheckpoint(#[from] CheckpointError),
    /// The log is not in the policy.
    #[error("the log {0:?} is not one of the policy")]
    UnknownLog(String),
    /// No key of the policy signed for the log.
    #[error("the checkpoint is not signed by a key that the policy has for {0}")]
    UnknownKey(KeyName),
    /// A known key's signature is wrong or there twice.
    #[error(transparent)]
    Signature(#[from] NoteError),
}

impl Policy {
    /// The logs.
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// The witnesses, whether the quorum needs them or not.
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Judges a checkpoint: the log's signature, which must be there, and the witnesses'. A wrong
    /// signature by any known key condemns the whole.
    pub fn judge(&self, note: &Note) -> Result<Judged<'_>, Refused> {
        let checkpoint: Checkpoint = note.text().parse()?;
        let log = self.signer_of(&checkpoint, note)?;
        let mut seen = Vec::new();
        let mut present = vec![false; self.witnesses.len()];
        for (witness, present) in self.witnesses.iter().zip(&mut present) {
            if let Some(Signed::At(unix_seconds)) = note.signed_by(&witness.key)? {
                seen.push(Seen { witness, unix_seconds });
                *present = true;
            }
        }
        let quorum_met = self.quorum_met(&present);
        Ok(Judged { checkpoint, log, seen, quorum_met })
    }

    fn signer_of(&self, checkpoint: &Checkpoint, note: &Note) -> Result<&VerifierKey, Refused> {
        let of_origin = |log: &&Log| log.key.name().as_str() == checkpoint.origin();
        let mut known = None;
        let mut signer = None;
        for Log { key, .. } in self.logs.iter().filter(of_origin) {
            known = Some(key);
            if note.signed_by(key)?.is_some() {
                signer = signer.or(Some(key));
            }
        }
        let known = known.ok_or_else(|| Refused::UnknownLog(checkpoint.origin().to_owned()))?;
        signer.ok_or_else(|| Refused::UnknownKey(known.name().clone()))
    }

    /// Groups are made of what was defined before them, so one walk in order is enough.
    fn quorum_met(&self, present: &[bool]) -> bool {
        let mut met: Vec<bool> = Vec::with_capacity(self.groups.len());
        let holds = |met: &[bool], member: Member| match member {
            Member::Witness(index) => present.get(index) == Some(&true),
            Member::Group(index) => met.get(index) == Some(&true),
        };
        for group in &self.groups {
            let members = group.members.iter().filter(|member| holds(&met, **member));
            let reached = members.count() >= group.needed;
            met.push(reached);
        }
        match self.quorum {
            Quorum::None => true,
            Quorum::Of(member) => holds(&met, member),
        }
    }

    fn name_of(&self, member: Member) -> &[u8] {
        match member {
            Member::Witness(index) => &self.witnesses[index].name.0,
            Member::Group(index) => &self.groups[index].name.0,
        }
    }

    /// The policy as a file: logs, witnesses, groups, quorum. [`Policy::from_bytes`] reads it back.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut lines: Vec<Vec<Vec<u8>>> = Vec::new();
        let url = |url: &Option<Label>| url.iter().map(|url| url.0.clone()).collect::<Vec<_>>();
        for Log { key, url: address } in &self.logs {
            lines.push([vec![b"log".to_vec(), key.to_string().into()], url(address)].concat());
        }
        for Witness { name, key, url: address } in &self.witnesses {
            let items = vec![b"witness".to_vec(), name.0.clone(), key.to_string().into()];
            lines.push([items, url(address)].concat());
        }
        for group in &self.groups {
            let needed = group.needed.to_string().into_bytes();
            let members = group.members.iter().map(|member| self.name_of(*member).to_vec());
            let items = vec![b"group".to_vec(), group.name.0.clone(), needed];
            lines.push(items.into_iter().chain(members).collect());
        }
        let quorum = match self.quorum {
            Quorum::None => reading::NONE.to_vec(),
            Quorum::Of(member) => self.name_of(member).to_vec(),
        };
        lines.push(vec![b"quorum".to_vec(), quorum]);
        lines.iter().flat_map(|items| [items.join(&b' '), vec![b'\n']].concat()).collect()
    }
}

impl Label {
    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Label({self})")
    }
}

#[cfg(test)]
mod tests;
