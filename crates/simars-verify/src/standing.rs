//! How a document stands by the statements that are shown about it.

use simars_record::{ContentMark, Digest, Publication, Statement, StatementKind};

use crate::offline::{Failure, Proven};
use crate::{Outcome, Reason};

/// How the document stands by the statements that are shown.
pub(crate) struct Standing {
    publication: Option<Publication>,
    disposed: bool,
    /// The version of the copy and the newest one.
    versions: (u32, u32),
    told: Told,
}

/// How much the evidence tells about what was stated later.
struct Told {
    /// The kind and the time of the newest statement that is shown.
    newest: String,
    /// Whether anything beside the proof's own statement is shown.
    anything: bool,
    /// By which index it is known that these are all, if it is known.
    complete: Option<String>,
    /// How many statements the newest checkpoint has.
    size: u64,
}

impl Standing {
    /// What the first proof and the later ones add up to, in the order of the log.
    pub(crate) fn of(first: &Proven<'_>, later: &[Proven<'_>]) -> Result<Self, Failure> {
        let newest = later.last().unwrap_or(first);
        let complete = newest.status.as_ref().map(|status| {
            format!("the index of {} over {} statements", status.indexed.time, status.index)
        });
        let mut shown: Vec<(&Statement, Digest)> = Vec::new();
        let mut covered = 0;
        for proven in std::iter::once(first).chain(later) {
            let known = shown.iter().any(|(_, leaf)| *leaf == proven.leaf);
            if !known && proven.index < covered {
                return Err(Failure::damaged(
                    "an index leaves out a statement that a later proof shows".to_owned(),
                ));
            }
            let chain = proven.status.iter().flat_map(|status| &status.later);
            for statement in std::iter::once(&proven.statement).chain(chain) {
                let leaf = statement.leaf_hash();
                if !shown.iter().any(|(_, known)| *known == leaf) {
                    shown.push((statement, leaf));
                }
            }
            covered = proven.status.as_ref().map_or(covered, |status| status.index.max(covered));
        }
        let version = first.statement.version;
        let last = shown.last().map_or(&first.statement, |(statement, _)| statement);
        let told = Told {
            newest: format!("{} of {}", last.kind.as_str(), last.time),
            anything: shown.len() > 1,
            complete,
            size: newest.judged.checkpoint.head().size,
        };
        let mut standing =
            Self { publication: None, disposed: false, versions: (version, version), told };
        let mut before = None;
        for (statement, leaf) in shown {
            let follows = before.is_some() && statement.previous == before;
            standing.hear(statement, follows);
            before = Some(leaf);
        }
        Ok(standing)
    }

    /// Takes in the next statement; `follows` if none was made between it and the one before.
    fn hear(&mut self, statement: &Statement, follows: bool) {
        self.versions.1 = self.versions.1.max(statement.version);
        self.disposed |= statement.kind == StatementKind::Disposed;
        let public = matches!(statement.content, ContentMark::Public { .. });
        self.publication = match statement.kind {
            StatementKind::Registered => Some(Publication::Draft),
            StatementKind::Published => Some(Publication::Published),
            StatementKind::Withdrawn => Some(Publication::Withdrawn),
            StatementKind::Corrected
            | StatementKind::AccessChanged
            | StatementKind::Extracted
            | StatementKind::Replaced
            | StatementKind::Copied
            | StatementKind::Viewed
            | StatementKind::Retained
            | StatementKind::KeyChanged
            | StatementKind::Indexed
            | StatementKind::Scheduled
            | StatementKind::Disposed => match self.publication {
                // Only what is published is named outright.
                _ if public => Some(Publication::Published),
                known if follows => known,
                _ => None,
            },
        };
    }

    pub(crate) fn outcome(&self) -> Outcome {
        let (own, newest) = self.versions;
        match self.publication {
            _ if self.disposed => Outcome::Disposed,
            Some(Publication::Withdrawn) => Outcome::Withdrawn,
            Some(Publication::Draft) | None => Outcome::NotPublished,
            Some(Publication::Published) if newest > own => Outcome::OlderVersion,
            Some(Publication::Published) => Outcome::Genuine,
        }
    }

    pub(crate) fn publication(&self) -> Reason {
        let detail = match self.publication {
            Some(Publication::Draft) => "registered but not published",
            Some(Publication::Published) => "published",
            Some(Publication::Withdrawn) => "withdrawn from publication",
            None => "the statements shown do not say whether it was published",
        };
        let holds = self.publication == Some(Publication::Published);
        Reason { check: "publication", holds, detail: detail.to_owned() }
    }

    pub(crate) fn status(&self) -> Reason {
        let Told { newest, anything, complete, size } = &self.told;
        let (own, version) = self.versions;
        let version_told = match version > own {
            true => format!("version {own} of the document, whose newest is {version}; "),
            false => String::new(),
        };
        let detail = match (complete, anything) {
            (Some(index), _) => format!(
                "{version_told}{newest} is the latest statement about the document, as {index} \
                 proves; what was stated since is not told"
            ),
            (None, true) => format!(
                "{version_told}the newest statement shown is {newest}; whether there are newer ones \
                 among the {size} of the log is not told"
            ),
            (None, false) => format!(
                "how it stood when the log had {size} statements is not told by this proof, which \
                 is for the statement {newest}; ask the archive, or for later proofs"
            ),
        };
        let told = complete.is_some() || *anything;
        Reason { check: "status", holds: told && self.outcome() == Outcome::Genuine, detail }
    }
}
