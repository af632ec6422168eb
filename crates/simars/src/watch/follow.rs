//! Reading the entries of a log, in order: each as a statement, the tree and the map over all.

use std::collections::BTreeMap;
use std::thread;

use simars_record::statement::{ARCHIVE, leaf_hash};
use simars_record::{ContentMark, Digest, Statement, StatementKind};
use simars_tlog::status_map::object_key;
use simars_tlog::tile::{Level, WIDTH};
use simars_tlog::{Frontier, StatusMap, Tile, TreeHead, bundle};

use super::report::{Alarm, Report};
use super::{Memory, Watch};
use crate::source::{Source, Unfetched};

/// A statement has at most this many bytes.
const LONGEST_STATEMENT: usize = 1024;
/// So many bundles are fetched at the same time.
const TOGETHER: u64 = 8;

/// What has been read so far.
#[derive(Debug)]
pub(crate) struct Follower {
    frontier: Frontier,
    pub(super) map: StatusMap,
    of_archive: Option<Digest>,
    /// The public keys that the policy has for the log.
    keys: Vec<Digest>,
    /// The statement it began with.
    pub(super) from: u64,
    pub(super) counts: BTreeMap<&'static str, u64>,
}

impl Follower {
    pub(super) fn new(watch: &Watch<'_>, before: &mut Memory) -> Self {
        let (mut frontier, mut map) = (Frontier::new(), StatusMap::new());
        if !watch.again {
            // Taken, not copied: the map may be large.
            frontier = std::mem::take(&mut before.frontier);
            map = std::mem::take(&mut before.map);
        }
        let keys = watch.policy.logs().iter().map(|log| Digest::from_bytes(*log.key.public()));
        Self {
            from: frontier.size(),
            frontier,
            map,
            of_archive: before.of_archive.filter(|_| !watch.again),
            keys: keys.collect(),
            counts: BTreeMap::new(),
        }
    }

    /// Reads what the log has beyond what was read. False, with findings, if anything is wrong.
    ///
    /// # Errors
    /// If the log cannot be fetched.
    pub(super) fn read(
        &mut self,
        watch: &Watch<'_>,
        old: &TreeHead,
        head: &TreeHead,
        report: &mut Report,
    ) -> anyhow::Result<bool> {
        let bundles = head.size.div_ceil(u64::from(WIDTH));
        let mut next = self.frontier.size() / u64::from(WIDTH);
        while next < bundles {
            let end = bundles.min(next + TOGETHER);
            for (index, fetched) in (next..).zip(fetch(watch.source, next..end, head.size)) {
                let Fetched { tile, entries, hashes } = match fetched {
                    Err(error @ Unfetched::Trouble { .. }) => return Err(error.into()),
                    Err(error) => {
                        let detail = format!("the log signed what it does not show: {error}");
                        report.add(Alarm::Inconsistent, Some(index * u64::from(WIDTH)), detail);
                        return Ok(false);
                    }
                    Ok(fetched) => fetched,
                };
                if !self.take(&tile, &entries, &hashes, old, report) {
                    return Ok(false);
                }
            }
            next = end;
        }
        if self.frontier.root() != head.root {
            let detail = "the entries have another root than the log signed".to_owned();
            report.add(Alarm::Inconsistent, None, detail);
            return Ok(false);
        }
        Ok(!report.has(Alarm::BadStatement))
    }

    /// Takes in a bundle; false if its entries are not those of the tree.
    fn take(
        &mut self,
        tile: &Tile,
        entries: &[u8],
        hashes: &[u8],
        old: &TreeHead,
        report: &mut Report,
    ) -> bool {
        let first = tile.index() * u64::from(WIDTH);
        let read = bundle::read(entries, tile.width()).or_else(|error| {
            // The full bundle stands in for a partial one that was cleared away.
            let whole = bundle::read(entries, WIDTH).map_err(|_| error)?;
            Ok::<_, bundle::BundleError>(whole[..usize::from(tile.width())].to_vec())
        });
        let held = match read {
            Ok(held) => held,
            Err(error) => {
                report.add(Alarm::Inconsistent, Some(first), format!("{tile}: {error}"));
                return false;
            }
        };
        let (hashes, _) = hashes.as_chunks::<32>();
        for (index, entry) in (first..).zip(held) {
            let leaf = leaf_hash(entry);
            let place = usize::try_from(index - first).unwrap_or(usize::MAX);
            if hashes.get(place) != Some(leaf.as_bytes()) {
                let detail = "the entry is not the one in the tree; it was rewritten".to_owned();
                report.add(Alarm::Inconsistent, Some(index), detail);
                return false;
            }
            if index < self.frontier.size() {
                continue;
            }
            self.see(index, entry, leaf, report);
            // Whoever reads everything again passes by what was believed before.
            if self.frontier.size() == old.size && self.frontier.root() != old.root {
                let detail = "the entries up to here are not those of before".to_owned();
                report.add(Alarm::Inconsistent, Some(index), detail);
                return false;
            }
        }
        true
    }

    /// Takes in one entry. What is wrong with it is told; the tree goes on in any case.
    fn see(&mut self, index: u64, entry: &[u8], leaf: Digest, report: &mut Report) {
        self.frontier.append(leaf);
        let text = std::str::from_utf8(entry).unwrap_or_default();
        if entry.len() > LONGEST_STATEMENT {
            let detail =
                format!("the entry has {} bytes; a statement has at most 1024", entry.len());
            return report.add(Alarm::BadStatement, Some(index), detail);
        }
        let statement: Statement = match text.parse() {
            Ok(statement) => statement,
            Err(error) => return report.add(Alarm::BadStatement, Some(index), format!("{error}")),
        };
        *self.counts.entry(statement.kind.as_str()).or_default() += 1;
        let before = self.latest(&statement);
        if let Some(detail) = self.wrong(index, &statement, before) {
            report.add(Alarm::BadStatement, Some(index), detail);
        }
        self.tell(index, &statement, report);
        self.map.follow(&statement, leaf);
        if statement.object == ARCHIVE {
            self.of_archive = Some(leaf);
        }
    }

    /// The latest statement about the same object.
    fn latest(&self, statement: &Statement) -> Option<Digest> {
        if statement.object == ARCHIVE {
            return self.of_archive;
        }
        self.map.get(&object_key(&statement.object)).copied()
    }

    /// What is wrong with a statement in its place; `None` if nothing is.
    fn wrong(
        &mut self,
        index: u64,
        statement: &Statement,
        before: Option<Digest>,
    ) -> Option<String> {
        if statement.previous != before {
            let name = |leaf: Option<Digest>| leaf.map_or("-".to_owned(), |leaf| leaf.to_string());
            return Some(format!(
                "it names {} as the statement before it about {}, but that is {}",
                name(statement.previous),
                statement.object,
                name(before)
            ));
        }
        let about_archive = statement.object == ARCHIVE;
        let fits = match statement.content {
            ContentMark::Index { .. } => statement.kind == StatementKind::Indexed && about_archive,
            ContentMark::Key(_) => statement.kind == StatementKind::KeyChanged && about_archive,
            ContentMark::Schedule { .. } => {
                statement.kind == StatementKind::Scheduled && about_archive
            }
            ContentMark::Public { .. } | ContentMark::Closed(_) => {
                let of_archive =
                    [StatementKind::Indexed, StatementKind::KeyChanged, StatementKind::Scheduled];
                !of_archive.contains(&statement.kind) && !about_archive
            }
        };
        if !fits || statement.version == 0 {
            let kind = statement.kind.as_str();
            return Some(format!("a statement {kind} does not speak of such a thing"));
        }
        let ContentMark::Index { root, statements } = statement.content else { return None };
        if statements != index {
            return Some(format!("the map is said to cover {statements} statements, not {index}"));
        }
        let computed = self.map.root();
        (computed != root).then(|| format!("the map's root is stated as {root}, but is {computed}"))
    }

    /// Tells of acts that are lawful and rare.
    fn tell(&self, index: u64, statement: &Statement, report: &mut Report) {
        let object = statement.object;
        match (statement.kind, statement.content) {
            (StatementKind::KeyChanged, ContentMark::Key(key)) if !self.keys.contains(&key) => {
                let detail = format!("the log signs with the key {key}, which the policy has not");
                report.notice("kunci", Some(index), detail);
            }
            (StatementKind::KeyChanged, _) if index > 0 => {
                let detail = "the log's key was stated again".to_owned();
                report.notice("kunci", Some(index), detail);
            }
            (StatementKind::Scheduled, _) => {
                let detail = "a classification scheme and retention schedule was stated";
                report.notice("jadwal", Some(index), detail.to_owned());
            }
            (StatementKind::Withdrawn, _) => {
                report.notice("cabut", Some(index), format!("{object} was withdrawn"));
            }
            (StatementKind::Disposed, _) => {
                report.notice("musnah", Some(index), format!("{object} was destroyed"));
            }
            _ => {}
        }
    }

    /// What is to be remembered of a log that was read up to `head`.
    pub(super) fn remembered(self, origin: String, note: String, head: TreeHead) -> Memory {
        Memory {
            origin,
            note,
            head,
            frontier: self.frontier,
            map: self.map,
            of_archive: self.of_archive,
            first_seen: None,
            witnessed: None,
        }
    }
}

/// A bundle of entries, and the tile with their hashes.
#[derive(Debug)]
struct Fetched {
    tile: Tile,
    entries: Vec<u8>,
    hashes: Vec<u8>,
}

/// Fetches bundles and their tiles, several at a time: most of the time is spent waiting.
fn fetch(
    source: &Source,
    indices: std::ops::Range<u64>,
    size: u64,
) -> Vec<Result<Fetched, Unfetched>> {
    let one = |index: u64| {
        let named = |level| Tile::at_size(level, index, size);
        let missing = || Unfetched::Missing(format!("bundle {index}"));
        let tile = named(Level::Entries).ok_or_else(missing)?;
        let entries = source.tile(&tile)?;
        let hashes = source.tile(&named(Level::Hashes(0)).ok_or_else(missing)?)?;
        Ok(Fetched { tile, entries, hashes })
    };
    thread::scope(|scope| {
        let begun: Vec<_> = indices.map(|index| scope.spawn(move || one(index))).collect();
        let ended = begun.into_iter().map(|fetching| {
            let panicked = |_| {
                let detail = "a thread ended early".to_owned();
                Err(Unfetched::Trouble { path: "bundle".to_owned(), detail })
            };
            fetching.join().unwrap_or_else(panicked)
        });
        ended.collect()
    })
}
