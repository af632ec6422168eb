//! What was noticed, and which exit code it makes.

use std::collections::BTreeMap;

use serde::Serialize;
use simars_record::Digest;
use simars_tlog::policy::Judged;

use super::follow::Follower;

/// So many findings and notices are told in words; the rest is counted.
const MOST_TOLD: usize = 100;

/// What is wrong, from the gravest to the least; each has an exit code of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Alarm {
    /// The log contradicts itself, or its tiles contradict what it signed.
    Inconsistent,
    /// Others were shown another log.
    SplitView,
    /// A statement is malformed, out of place, or states a wrong root.
    BadStatement,
    /// A public document has other bytes than were stated, or is withheld.
    BytesDiffer,
    /// Nobody has witnessed the log for too long.
    Stale,
    /// Something could not be looked at.
    NotSeen,
}

impl Alarm {
    /// The exit code.
    pub(crate) const fn exit(self) -> u8 {
        match self {
            Self::Inconsistent => 30,
            Self::BadStatement => 31,
            Self::BytesDiffer => 32,
            Self::SplitView => 33,
            Self::Stale => 34,
            Self::NotSeen => 1,
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Finding {
    /// What kind of wrong.
    pub(crate) alarm: Alarm,
    /// Which statement of the log, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) statement: Option<u64>,
    /// In words.
    pub(crate) detail: String,
    /// Signed checkpoints that contradict each other: whoever has both can show it to anybody.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) evidence: Vec<String>,
}

/// Something lawful that somebody may want to know.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Notice {
    /// Which kind.
    pub(crate) kind: &'static str,
    /// Which statement of the log, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) statement: Option<u64>,
    /// In words.
    pub(crate) detail: String,
}

/// The result of one round.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    origin: String,
    size: u64,
    root: Option<Digest>,
    /// From which statement on they were read.
    followed_from: u64,
    /// The witnesses whose good signature the checkpoint has, and when they saw it.
    witnesses: BTreeMap<String, u64>,
    policy_met: bool,
    /// How many statements of each kind were read.
    statements: BTreeMap<&'static str, u64>,
    /// How many documents were fetched and hashed.
    pub(super) rehashed: u64,
    findings: Vec<Finding>,
    notices: Vec<Notice>,
    /// Findings and notices beyond those that are told.
    untold: u64,
}

impl Report {
    pub(super) fn add(&mut self, alarm: Alarm, statement: Option<u64>, detail: String) {
        self.push(Finding { alarm, statement, detail, evidence: Vec::new() });
    }

    pub(super) fn contradiction(&mut self, alarm: Alarm, detail: String, notes: &[String; 2]) {
        self.push(Finding { alarm, statement: None, detail, evidence: notes.to_vec() });
    }

    fn push(&mut self, finding: Finding) {
        // The first of each kind is always told: it decides the exit code.
        let new = self.findings.iter().all(|told| told.alarm != finding.alarm);
        if new || self.findings.len() < MOST_TOLD {
            self.findings.push(finding);
        } else {
            self.untold += 1;
        }
    }

    pub(super) fn notice(&mut self, kind: &'static str, statement: Option<u64>, detail: String) {
        if self.notices.len() < MOST_TOLD {
            self.notices.push(Notice { kind, statement, detail });
        } else {
            self.untold += 1;
        }
    }

    pub(super) fn believed(&mut self, judged: &Judged<'_>) {
        self.origin = judged.checkpoint.origin().to_owned();
        self.size = judged.checkpoint.head().size;
        self.root = Some(judged.checkpoint.head().root);
        self.policy_met = judged.quorum_met;
        let seen =
            judged.seen.iter().map(|seen| (seen.witness.name.to_string(), seen.unix_seconds));
        self.witnesses = seen.collect();
    }

    pub(super) fn followed(&mut self, follower: &Follower) {
        self.followed_from = follower.from;
        self.statements = follower.counts.clone();
    }

    /// Whether anything is wrong with the statements themselves.
    pub(super) fn has(&self, alarm: Alarm) -> bool {
        self.findings.iter().any(|finding| finding.alarm == alarm)
    }

    /// The gravest alarm; `None` if all is well.
    pub(crate) fn gravest(&self) -> Option<Alarm> {
        self.findings.iter().map(|finding| finding.alarm).min()
    }

    /// The report for people, line by line.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(root) = self.root {
            lines.push(format!("log {}: {} statements, root {root}", self.origin, self.size));
            let met = if self.policy_met { "the policy is met" } else { "waiting for witnesses" };
            lines.push(format!("witnesses {}: {met}", self.witnesses.len()));
        }
        let count: u64 = self.statements.values().sum();
        lines.push(format!("read {count} statements from {} on", self.followed_from));
        lines.extend(self.statements.iter().map(|(kind, count)| format!("  {kind} {count}")));
        if self.rehashed > 0 {
            lines.push(format!("hashed {} documents", self.rehashed));
        }
        for Notice { kind, statement, detail } in &self.notices {
            lines.push(format!("notice {kind}{}: {detail}", at(*statement)));
        }
        for Finding { alarm, statement, detail, .. } in &self.findings {
            lines.push(format!("ALARM {}{}: {detail}", alarm.exit(), at(*statement)));
        }
        if self.untold > 0 {
            lines.push(format!("and {} more", self.untold));
        }
        if self.findings.is_empty() {
            lines.push("nothing contradicts what was seen before".to_owned());
        }
        lines
    }
}

fn at(statement: Option<u64>) -> String {
    statement.map(|index| format!(" (statement {index})")).unwrap_or_default()
}
