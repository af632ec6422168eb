//! Reading a policy file.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use super::{Group, Label, Log, Member, Policy, Quorum, Witness};
use crate::encoding::decimal;
use crate::key::{KeyError, KeyKind, VerifierKey};

/// The name that stands for "no witness needed".
pub(super) const NONE: &[u8] = b"none";
/// The longest policy that is read, in bytes.
const LONGEST: usize = 1 << 18;

/// What is wrong with a policy file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the policy: {problem}")]
pub struct PolicyError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: PolicyProblem,
}

/// What is wrong with a line of a policy file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyProblem {
    /// The file is too long.
    #[error("the file is longer than 262144 bytes")]
    Long,
    /// The last line has no newline.
    #[error("the line does not end with a newline")]
    Unended,
    /// A control character.
    #[error("a control character; only tabs and newlines are allowed")]
    Control,
    /// The line begins with an unknown word.
    #[error("a line begins with log, witness, group, quorum or #")]
    Word,
    /// A line has too few or too many items.
    #[error("too few or too many items; write {0}")]
    Items(&'static str),
    /// A key cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A key cannot be read as text.
    #[error("the key is not text")]
    KeyText,
    /// A key is of the wrong kind for its place.
    #[error("a log has a key of type 1, a witness one of type 4")]
    KeyKind,
    /// A key stands there twice.
    #[error("this public key stands in an earlier line")]
    KeyTwice,
    /// A name is defined twice or reserved.
    #[error("the name {0} is taken")]
    Taken(Label),
    /// A name is not defined.
    #[error("the name {0} is not defined in an earlier line")]
    Unknown(Label),
    /// A name is a member twice.
    #[error("{0} is a member of a group already")]
    Member(Label),
    /// The threshold.
    #[error("a group needs any, all or a number from 1 to the number of its members")]
    Threshold,
    /// The quorum line.
    #[error("there is one quorum line, not {0}")]
    Quorum(usize),
}

/// What was read so far.
#[derive(Default)]
struct Draft {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    names: HashMap<Label, Member>,
    members: HashSet<Label>,
    log_keys: HashSet<[u8; 32]>,
    witness_keys: HashSet<[u8; 32]>,
    quorum: Option<Quorum>,
}

impl Policy {
    /// Reads a policy file. Octets above 127 are taken as they are.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PolicyError> {
        let at = |line, problem| PolicyError { line, problem };
        if bytes.len() > LONGEST {
            return Err(at(1, PolicyProblem::Long));
        }
        let mut draft = Draft::default();
        let mut count = 0;
        for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            count = number + 1;
            draft.line(line).map_err(|problem| at(count, problem))?;
        }
        let quorum = draft.quorum.ok_or_else(|| at(count.max(1), PolicyProblem::Quorum(0)))?;
        let Draft { logs, witnesses, groups, .. } = draft;
        Ok(Self { logs, witnesses, groups, quorum })
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_bytes(text.as_bytes())
    }
}

impl Draft {
    fn line(&mut self, line: &[u8]) -> Result<(), PolicyProblem> {
        let line = line.strip_suffix(b"\n").ok_or(PolicyProblem::Unended)?;
        if line.iter().any(|byte| (*byte < 0x20 && *byte != b'\t') || *byte == 0x7f) {
            return Err(PolicyProblem::Control);
        }
        let items = line.split(|byte| matches!(byte, b' ' | b'\t'));
        let items: Vec<&[u8]> = items.filter(|item| !item.is_empty()).collect();
        match items.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", rest @ ..] => self.log(rest),
            [b"witness", rest @ ..] => self.witness(rest),
            [b"group", rest @ ..] => self.group(rest),
            [b"quorum", rest @ ..] => self.quorum(rest),
            _ => Err(PolicyProblem::Word),
        }
    }

    fn log(&mut self, items: &[&[u8]]) -> Result<(), PolicyProblem> {
        let (key, url) = match items {
            [key] => (key, None),
            [key, url] => (key, Some(label(url))),
            _ => return Err(PolicyProblem::Items("log <key> [<url>]")),
        };
        let key = read_key(key, KeyKind::Ed25519, &mut self.log_keys)?;
        self.logs.push(Log { key, url });
        Ok(())
    }

    fn witness(&mut self, items: &[&[u8]]) -> Result<(), PolicyProblem> {
        let (name, key, url) = match items {
            [name, key] => (label(name), key, None),
            [name, key, url] => (label(name), key, Some(label(url))),
            _ => return Err(PolicyProblem::Items("witness <name> <key> [<url>]")),
        };
        let key = read_key(key, KeyKind::Cosignature, &mut self.witness_keys)?;
        self.define(&name, Member::Witness(self.witnesses.len()))?;
        self.witnesses.push(Witness { name, key, url });
        Ok(())
    }

    fn group(&mut self, items: &[&[u8]]) -> Result<(), PolicyProblem> {
        let [name, needed, names @ ..] = items else {
            return Err(PolicyProblem::Items("group <name> <any, all or number> <member>..."));
        };
        let mut members = Vec::with_capacity(names.len());
        for member in names.iter().map(|name| label(name)) {
            let found = self.names.get(&member).copied();
            members.push(found.ok_or_else(|| PolicyProblem::Unknown(member.clone()))?);
            if !self.members.insert(member.clone()) {
                return Err(PolicyProblem::Member(member));
            }
        }
        let needed = match *needed {
            b"any" => Some(1),
            b"all" => Some(members.len()),
            number => std::str::from_utf8(number)
                .ok()
                .and_then(decimal)
                .and_then(|number| usize::try_from(number).ok()),
        };
        let in_range = |needed: &usize| (1..=members.len()).contains(needed);
        let needed = needed.filter(in_range).ok_or(PolicyProblem::Threshold)?;
        let name = label(name);
        self.define(&name, Member::Group(self.groups.len()))?;
        self.groups.push(Group { name, needed, members });
        Ok(())
    }

    fn quorum(&mut self, items: &[&[u8]]) -> Result<(), PolicyProblem> {
        let [name] = items else { return Err(PolicyProblem::Items("quorum <name or none>")) };
        if self.quorum.is_some() {
            return Err(PolicyProblem::Quorum(2));
        }
        self.quorum = Some(if *name == NONE {
            Quorum::None
        } else {
            let found = self.names.get(&label(name)).copied();
            Quorum::Of(found.ok_or_else(|| PolicyProblem::Unknown(label(name)))?)
        });
        Ok(())
    }

    fn define(&mut self, name: &Label, member: Member) -> Result<(), PolicyProblem> {
        if name.0 == NONE || self.names.contains_key(name) {
            return Err(PolicyProblem::Taken(name.clone()));
        }
        self.names.insert(name.clone(), member);
        Ok(())
    }
}

fn label(item: &[u8]) -> Label {
    Label(item.to_vec())
}

fn read_key(
    item: &[u8],
    kind: KeyKind,
    taken: &mut HashSet<[u8; 32]>,
) -> Result<VerifierKey, PolicyProblem> {
    let text = std::str::from_utf8(item).map_err(|_| PolicyProblem::KeyText)?;
    let key: VerifierKey = text.parse()?;
    if key.kind() != kind {
        return Err(PolicyProblem::KeyKind);
    }
    if !taken.insert(*key.public()) {
        return Err(PolicyProblem::KeyTwice);
    }
    Ok(key)
}
