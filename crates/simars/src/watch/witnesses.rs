//! What witnesses were shown, compared with what is shown here.

use std::collections::BTreeSet;

use simars_record::Digest;
use simars_tlog::note::Signed;
use simars_tlog::policy::Witness;
use simars_tlog::{Note, TileReader, TilesError, TreeHead, check_consistency};

use super::Watch;
use super::report::{Alarm, Report};
use crate::source::{Source, Unfetched};

/// What a witness cosigned last.
#[derive(Debug)]
pub(super) struct Seen {
    witness: String,
    origin: String,
    note: Note,
    head: TreeHead,
}

/// Asks the witnesses of the policy that have an address, and the others that were named. That one
/// cannot be asked is a finding, but no reason to end.
pub(super) fn ask(watch: &Watch<'_>, report: &mut Report) -> Vec<Seen> {
    let of_policy = watch.policy.witnesses().iter().filter_map(|witness| {
        let url = witness.url.as_ref()?;
        Some((witness.name.to_string(), url.to_string(), Some(witness)))
    });
    let named = watch.witnesses.iter().map(|url| (url.clone(), url.clone(), None));
    let logs = watch.policy.logs().iter();
    let origins: BTreeSet<&str> = logs.map(|log| log.key.name().as_str()).collect();
    let mut seen = Vec::new();
    for (name, url, witness) in of_policy.chain(named) {
        for origin in &origins {
            match one(watch, &url, origin, witness) {
                Ok(Some((note, head))) => seen.push(Seen {
                    witness: name.clone(),
                    origin: (*origin).to_owned(),
                    note,
                    head,
                }),
                Ok(None) => {
                    let detail = format!("{name} has not seen {origin}");
                    report.notice("unseen", None, detail);
                }
                Err(error) => {
                    report.add(Alarm::NotSeen, None, format!("witness {name}: {error:#}"));
                }
            }
        }
    }
    seen
}

/// What one witness shows of one log; `None` if it has seen nothing of it.
fn one(
    watch: &Watch<'_>,
    url: &str,
    origin: &str,
    witness: Option<&Witness>,
) -> anyhow::Result<Option<(Note, TreeHead)>> {
    let path = format!("{}/checkpoint", Digest::of(origin.as_bytes()));
    let text = match Source::new(url)?.text(&path) {
        Err(Unfetched::Missing(_)) => return Ok(None),
        fetched => fetched?,
    };
    let note: Note = text.parse()?;
    // The log's own signature makes it evidence, whoever hands it on.
    let judged = watch.policy.judge(&note)?;
    if judged.checkpoint.origin() != origin {
        anyhow::bail!("it shows another log, {}", judged.checkpoint.origin());
    }
    if let Some(witness) = witness
        && !matches!(note.signed_by(&witness.key), Ok(Some(Signed::At(_))))
    {
        anyhow::bail!("it shows a checkpoint that it did not sign");
    }
    Ok(Some((note, *judged.checkpoint.head())))
}

/// Compares: whoever was shown a tree that is not part of the one here, or of which the one here is
/// not a part, was shown another log.
///
/// # Errors
/// If the log cannot be fetched.
pub(super) fn compare(
    watch: &Watch<'_>,
    seen: &[Seen],
    (note, head): (&Note, &TreeHead),
    report: &mut Report,
) -> anyhow::Result<()> {
    let origin = note.text().lines().next().unwrap_or_default();
    for seen in seen.iter().filter(|seen| seen.origin == origin) {
        let (small, large) = match seen.head.size <= head.size {
            true => (&seen.head, head),
            false => (head, &seen.head),
        };
        let mut reader = TileReader::new(large.size, |tile: &_| watch.source.tile(tile));
        let continued = match reader.consistency(small.size) {
            Ok(path) => check_consistency(small, large, &path),
            Err(TilesError::Fetch { error: error @ Unfetched::Trouble { .. }, .. }) => {
                return Err(error.into());
            }
            Err(_) => false,
        };
        let Seen { witness, head: theirs, .. } = seen;
        if !continued {
            let detail = format!(
                "{witness} was shown another log: {} statements with the root {}, here {} with {}",
                theirs.size, theirs.root, head.size, head.root
            );
            let notes = [note.to_string(), seen.note.to_string()];
            report.contradiction(Alarm::SplitView, detail, &notes);
        } else if theirs.size > head.size {
            let detail = format!(
                "{witness} saw {} statements, the checkpoint here has {}; it comes from a cache, or \
                 the newest one is kept back",
                theirs.size, head.size
            );
            report.notice("behind", None, detail);
        }
    }
    Ok(())
}
