//! Following a public log from outside, from its checkpoint and its tiles alone.
//!
//! The order matters: witnesses are asked before the log, so that the log cannot be behind what they
//! saw; the new tree is proved to continue the remembered one before any of its entries is read; and
//! what was seen is remembered only if nothing contradicts it.

mod documents;
mod follow;
mod memory;
mod report;
mod witnesses;

use simars_tlog::policy::Judged;
use simars_tlog::{Note, Policy, TileReader, TilesError, TreeHead, check_consistency};

use crate::source::{Source, Unfetched};
pub(crate) use documents::{HowMany, Rehash};
use follow::Follower;
pub(crate) use memory::{Memory, MemoryFolder};
pub(crate) use report::{Alarm, Report};

/// What is followed, and how closely.
#[derive(Debug)]
pub(crate) struct Watch<'a> {
    /// Where the log is.
    pub(crate) source: &'a Source,
    /// Whom to believe.
    pub(crate) policy: &'a Policy,
    /// Further witnesses to be asked, by address.
    pub(crate) witnesses: &'a [String],
    /// Where documents are, and how many to fetch.
    pub(crate) rehash: Rehash,
    /// Read everything again instead of what is new only.
    pub(crate) again: bool,
    /// The time, in seconds since 1970.
    pub(crate) now: u64,
    /// A checkpoint must have been witnessed within so many seconds.
    pub(crate) max_age: u64,
}

/// Looks at the log once. Gives what was noticed, and what is to be remembered from now on: nothing
/// new if the log contradicts what was remembered before.
///
/// # Errors
/// If the log cannot be fetched.
pub(crate) fn look(
    watch: &Watch<'_>,
    mut before: Memory,
) -> anyhow::Result<(Report, Option<Memory>)> {
    let mut report = Report::default();
    let seen = witnesses::ask(watch, &mut report);
    let text = watch.source.text("checkpoint")?;
    let Some((note, judged)) = judged(watch.policy, &text, &mut report) else {
        return Ok((report, None));
    };
    report.believed(&judged);
    let head = *judged.checkpoint.head();
    if !before.origin.is_empty() && before.origin != judged.checkpoint.origin() {
        report.add(Alarm::Inconsistent, None, format!("it was the log {} before", before.origin));
        return Ok((report, None));
    }
    let continued = continues(watch, &before, &note, &head, &mut report)?;
    witnesses::compare(watch, &seen, (&note, &head), &mut report)?;
    if !continued {
        return Ok((report, None));
    }
    let mut follower = Follower::new(watch, &mut before);
    if !follower.read(watch, &before.head, &head, &mut report)? {
        return Ok((report, None));
    }
    report.followed(&follower);
    documents::look(watch, &follower, &head, &mut report)?;
    let origin = judged.checkpoint.origin().to_owned();
    let memory = follower.remembered(origin, note.to_string(), head);
    let memory = freshness(watch, &judged, &before, memory, &mut report);
    Ok((report, Some(memory)))
}

/// Reads and judges the newest checkpoint; `None`, with a finding, if it is not to be believed.
fn judged<'p>(policy: &'p Policy, text: &str, report: &mut Report) -> Option<(Note, Judged<'p>)> {
    let note: Note = match text.parse() {
        Ok(note) => note,
        Err(error) => {
            report.add(Alarm::Inconsistent, None, format!("the checkpoint: {error}"));
            return None;
        }
    };
    match policy.judge(&note) {
        Ok(judged) => Some((note, judged)),
        Err(refused) => {
            report.add(Alarm::Inconsistent, None, format!("the checkpoint: {refused}"));
            None
        }
    }
}

/// Whether the tree of the new checkpoint continues the remembered one, by the tiles' own hashes.
fn continues(
    watch: &Watch<'_>,
    before: &Memory,
    note: &Note,
    head: &TreeHead,
    report: &mut Report,
) -> anyhow::Result<bool> {
    if head.size < before.head.size {
        let detail = format!(
            "the log went back: it had {} statements and has {}",
            before.head.size, head.size
        );
        report.contradiction(Alarm::Inconsistent, detail, &[before.note.clone(), note.to_string()]);
        return Ok(false);
    }
    let mut reader = TileReader::new(head.size, |tile: &_| watch.source.tile(tile));
    let root = match tolerated(reader.root(), report)? {
        Some(root) => root,
        None => return Ok(false),
    };
    if root != head.root {
        let detail = "the tiles have another root than the log signed".to_owned();
        report.add(Alarm::Inconsistent, None, detail);
        return Ok(false);
    }
    let Some(path) = tolerated(reader.consistency(before.head.size), report)? else {
        return Ok(false);
    };
    let continued = check_consistency(&before.head, head, &path);
    if !continued {
        let detail = format!(
            "the past was changed: the first {} statements are not those of before",
            before.head.size
        );
        report.contradiction(Alarm::Inconsistent, detail, &[before.note.clone(), note.to_string()]);
    }
    Ok(continued)
}

/// What is missing or damaged in the log is a finding about the log; that it cannot be reached is
/// none, and ends the round.
fn tolerated<T>(
    outcome: Result<T, TilesError<Unfetched>>,
    report: &mut Report,
) -> anyhow::Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(TilesError::Fetch { error: error @ Unfetched::Trouble { .. }, .. }) => {
            Err(error.into())
        }
        Err(error) => {
            report.add(
                Alarm::Inconsistent,
                None,
                format!("the log signed what it does not show: {error}"),
            );
            Ok(None)
        }
    }
}

/// Whether enough witnesses have seen the log lately. Only they tell the time; for how long they
/// have been silent is remembered from round to round.
fn freshness(
    watch: &Watch<'_>,
    judged: &Judged<'_>,
    before: &Memory,
    mut memory: Memory,
    report: &mut Report,
) -> Memory {
    // A witness whose clock is ahead cannot vouch for the future.
    let newest = judged.seen.iter().map(|seen| seen.unix_seconds.min(watch.now)).max();
    memory.first_seen = before.first_seen.or(Some(watch.now));
    memory.witnessed = before.witnessed;
    if watch.policy.witnesses().is_empty() {
        report.notice("unwitnessed", None, "no witness stands in the policy".to_owned());
        return memory;
    }
    if judged.quorum_met && newest > memory.witnessed {
        memory.witnessed = newest;
    }
    if !judged.quorum_met {
        let detail = "the newest checkpoint waits for witnesses".to_owned();
        report.notice("waiting", None, detail);
    }
    let last = memory.witnessed.or(memory.first_seen).unwrap_or(watch.now);
    let age = watch.now.saturating_sub(last);
    if age > watch.max_age {
        let detail = format!(
            "no checkpoint with enough witnesses for {} minutes; at most {} are allowed",
            age / 60,
            watch.max_age / 60
        );
        report.add(Alarm::Stale, None, detail);
    }
    memory
}
