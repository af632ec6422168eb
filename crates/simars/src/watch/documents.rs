//! Fetching public documents and comparing their bytes with what was stated.

use std::collections::BTreeSet;
use std::io::Read;

use simars_record::statement::leaf_hash;
use simars_record::{ContentMark, Digest, Hasher, Statement, StatementKind};
use simars_tlog::status_map::object_key;
use simars_tlog::tile::{Level, WIDTH};
use simars_tlog::{Tile, TileReader, TreeHead, bundle, check_inclusion};
use ureq::Agent;

use super::Watch;
use super::follow::Follower;
use super::report::{Alarm, Report};
use crate::source::{Unfetched, agent, open};

/// A place in the log is drawn so many times for each document that is wanted: many statements are
/// about documents that are not public.
const DRAWS: u64 = 16;

/// How many documents are fetched, and from where.
#[derive(Debug, Clone)]
pub(crate) struct Rehash {
    /// The address below which `/api/v1/documents/…` lies; nothing is fetched without one.
    pub(crate) site: Option<String>,
    /// How many.
    pub(crate) how_many: HowMany,
    /// Random bytes, so that nobody knows beforehand which ones.
    pub(crate) random: fn(&mut [u8]),
}

/// How many documents are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HowMany {
    /// So many, drawn by lot.
    Drawn(u64),
    /// Every one.
    All,
}

impl std::str::FromStr for HowMany {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "all" => Ok(Self::All),
            number => number
                .parse()
                .map(Self::Drawn)
                .map_err(|_| "give a number of documents, or all".to_owned()),
        }
    }
}

/// A round of comparing.
struct Round<'a> {
    watch: &'a Watch<'a>,
    follower: &'a Follower,
    head: &'a TreeHead,
    agent: Agent,
    site: &'a str,
    done: BTreeSet<Digest>,
}

/// Fetches documents and compares them.
///
/// # Errors
/// If the log or the documents cannot be fetched.
pub(super) fn look(
    watch: &Watch<'_>,
    follower: &Follower,
    head: &TreeHead,
    report: &mut Report,
) -> anyhow::Result<()> {
    let Some(site) = watch.rehash.site.as_deref() else { return Ok(()) };
    let done = BTreeSet::new();
    let mut round = Round { watch, follower, head, agent: agent(site), site, done };
    let width = u64::from(WIDTH);
    match watch.rehash.how_many {
        HowMany::All => {
            for first in (0..head.size).step_by(usize::from(WIDTH)) {
                round.bundle(first / width, None, report)?;
            }
        }
        HowMany::Drawn(wanted) => {
            for _ in 0..wanted.saturating_mul(DRAWS) {
                if report.rehashed >= wanted || head.size == 0 {
                    break;
                }
                let mut bytes = [0; 8];
                (watch.rehash.random)(&mut bytes);
                let index = u64::from_le_bytes(bytes) % head.size;
                round.bundle(index / width, Some(index), report)?;
            }
        }
    }
    Ok(())
}

impl Round<'_> {
    /// Looks at the statements of a bundle, or at one of them.
    fn bundle(
        &mut self,
        number: u64,
        only: Option<u64>,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let size = self.head.size;
        let Some(tile) = Tile::at_size(Level::Entries, number, size) else { return Ok(()) };
        let bytes = self.watch.source.tile(&tile)?;
        let held = bundle::read(&bytes, tile.width()).or_else(|_| bundle::read(&bytes, WIDTH))?;
        let mut reader = TileReader::new(size, |tile: &_| self.watch.source.tile(tile));
        let first = number * u64::from(WIDTH);
        for (index, entry) in (first..size).zip(held) {
            let text = std::str::from_utf8(entry).unwrap_or_default();
            let Ok(statement) = text.parse::<Statement>() else { continue };
            let ContentMark::Public { digest, size_bytes } = statement.content else { continue };
            let chosen = only.is_none_or(|only| only == index) && shows_its_file(statement.kind);
            if !chosen || self.done.contains(&digest) {
                continue;
            }
            let leaf = leaf_hash(entry);
            let path = reader.inclusion(index)?;
            if !check_inclusion(&leaf, index, size, &path, &self.head.root) {
                let detail = "the entry is not the one in the tree; it was rewritten".to_owned();
                report.add(Alarm::Inconsistent, Some(index), detail);
                continue;
            }
            self.document(index, &statement, (digest, size_bytes), report)?;
        }
        Ok(())
    }

    fn document(
        &mut self,
        index: u64,
        statement: &Statement,
        (digest, size_bytes): (Digest, u64),
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let Statement { object, version, .. } = statement;
        let url = format!("{}/api/v1/documents/{object}/content?version={version}", self.site);
        let body = match open(&self.agent, &url) {
            Err(Unfetched::Missing(_)) => {
                self.withheld(index, statement, report);
                return Ok(());
            }
            opened => opened?,
        };
        self.done.insert(digest);
        report.rehashed += 1;
        let (found, length) = hash(body.take(size_bytes.saturating_add(1)))?;
        if (found, length) != (digest, size_bytes) {
            let detail = format!(
                "{object} version {version} is stated as {digest} with {size_bytes} bytes, but what \
                 is served is {found}"
            );
            report.add(Alarm::BytesDiffer, Some(index), detail);
        }
        Ok(())
    }

    /// Not every document that was public once still is; but the one whose latest act is that it was
    /// published must be there.
    fn withheld(&self, index: u64, statement: &Statement, report: &mut Report) {
        let published = [StatementKind::Published, StatementKind::Replaced];
        let latest = self.follower.map.get(&object_key(&statement.object));
        let detail = format!("{} is not given out", statement.object);
        if published.contains(&statement.kind) && latest == Some(&statement.leaf_hash()) {
            report.add(Alarm::BytesDiffer, Some(index), detail);
        } else {
            report.notice("withheld", Some(index), detail);
        }
    }
}

/// Whether the document's file is expected to be there after such an act.
fn shows_its_file(kind: StatementKind) -> bool {
    match kind {
        StatementKind::Published
        | StatementKind::Corrected
        | StatementKind::AccessChanged
        | StatementKind::Extracted
        | StatementKind::Replaced
        | StatementKind::Retained => true,
        StatementKind::Registered
        | StatementKind::Withdrawn
        | StatementKind::Copied
        | StatementKind::Viewed
        | StatementKind::Disposed
        | StatementKind::KeyChanged
        | StatementKind::Indexed
        | StatementKind::Scheduled => false,
    }
}

/// Digest and length of what can be read.
fn hash(mut from: impl Read) -> std::io::Result<(Digest, u64)> {
    let mut hasher = Hasher::new();
    let mut piece = vec![0; 1 << 16];
    let mut length = 0;
    loop {
        match from.read(&mut piece)? {
            0 => return Ok((hasher.finish(), length)),
            read => {
                hasher.update(&piece[..read]);
                length += read as u64;
            }
        }
    }
}
