//! The map that tells what stands *now*: from each document to its latest statement, from the
//! digest of each public file to its document.
//!
//! A log proves that something was said. Only a map over the whole of it proves what was said
//! last, and that something was never said. Its root stands in the log as a statement of its own
//! (*indeks*), so whoever follows the log can compute it again.
//!
//! The map has 65,536 buckets, chosen by the first two bytes of the key. A bucket's hash is
//! SHA-256(`0x02` ‖ key ‖ value ‖ key ‖ value …) with its entries in ascending order of the keys; the
//! buckets are the leaves of a full binary tree 16 levels high whose inner nodes are hashed like
//! those of the log. A proof is a whole bucket and its 16 siblings: it shows what a key maps to as
//! well as that a key is not there.

use std::collections::{BTreeMap, BTreeSet};

use simars_record::statement::ARCHIVE;
use simars_record::{ContentMark, Digest, DocumentId, Hasher, Statement};

use crate::node_hash;

/// Levels of the tree above the buckets.
pub const DEPTH: usize = 16;
/// How many buckets there are.
const BUCKETS: usize = 1 << DEPTH;

/// The key of a document: SHA-256(`objek ` ‖ its id ‖ newline). It maps to the leaf hash of the
/// latest statement about it.
pub fn object_key(id: &DocumentId) -> Digest {
    Digest::of(format!("objek {id}\n").as_bytes())
}

/// The key of a public file: SHA-256(`konten sha256:` ‖ its digest ‖ newline). It maps to the key
/// of its document.
pub fn file_key(digest: &Digest) -> Digest {
    Digest::of(format!("konten sha256:{digest}\n").as_bytes())
}

/// What a statement puts into the map. Statements about the archive itself put nothing.
pub fn entries_of(statement: &Statement, leaf: Digest) -> impl Iterator<Item = (Digest, Digest)> {
    let about_document = statement.object != ARCHIVE;
    let object = object_key(&statement.object);
    let file = match statement.content {
        ContentMark::Public { digest, .. } => Some((file_key(&digest), object)),
        ContentMark::Closed(_)
        | ContentMark::Index { .. }
        | ContentMark::Key(_)
        | ContentMark::Schedule { .. } => None,
    };
    [Some((object, leaf)), file].into_iter().flatten().filter(move |_| about_document)
}

/// Which bucket a key belongs to.
fn bucket_of(key: &Digest) -> u16 {
    let [high, low, ..] = *key.as_bytes();
    u16::from_be_bytes([high, low])
}

fn bucket_hash<'a>(entries: impl IntoIterator<Item = (&'a Digest, &'a Digest)>) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(&[2]);
    for (key, value) in entries {
        hasher.update(key.as_bytes());
        hasher.update(value.as_bytes());
    }
    hasher.finish()
}

/// The map in memory: about 100 bytes for each entry and 4 MB for the tree.
#[derive(Debug, Clone)]
pub struct StatusMap {
    entries: BTreeMap<Digest, Digest>,
    /// From the buckets (65,536) up to the root (one).
    levels: Vec<Vec<Digest>>,
    /// Buckets whose hashes are not up to date.
    changed: BTreeSet<u16>,
}

impl Default for StatusMap {
    fn default() -> Self {
        let mut levels = vec![vec![bucket_hash([]); BUCKETS]];
        let mut hash = bucket_hash([]);
        for level in 1..=DEPTH {
            hash = node_hash(&hash, &hash);
            levels.push(vec![hash; BUCKETS >> level]);
        }
        Self { entries: BTreeMap::new(), levels, changed: BTreeSet::new() }
    }
}

impl StatusMap {
    /// The empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// The map as it was kept: the entries that [`StatusMap::entries`] gave.
    pub fn from_entries(entries: impl IntoIterator<Item = (Digest, Digest)>) -> Self {
        let mut map = Self::new();
        map.entries = entries.into_iter().collect();
        map.changed = map.entries.keys().map(bucket_of).collect();
        map
    }

    /// All entries, in ascending order of the keys.
    pub fn entries(&self) -> impl Iterator<Item = (&Digest, &Digest)> {
        self.entries.iter()
    }

    /// How many keys it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Takes in the next statement of the log, whose leaf hash is known already.
    pub fn follow(&mut self, statement: &Statement, leaf: Digest) {
        for (key, value) in entries_of(statement, leaf) {
            self.entries.insert(key, value);
            self.changed.insert(bucket_of(&key));
        }
    }

    /// What a key maps to.
    pub fn get(&self, key: &Digest) -> Option<&Digest> {
        self.entries.get(key)
    }

    /// The root over everything taken in.
    pub fn root(&mut self) -> Digest {
        let mut changed = std::mem::take(&mut self.changed);
        for bucket in &changed {
            let hash = bucket_hash(self.bucket(*bucket));
            self.levels[0][usize::from(*bucket)] = hash;
        }
        for level in 1..=DEPTH {
            changed = changed.into_iter().map(|node| node >> 1).collect();
            let (below, above) = self.levels.split_at_mut(level);
            for node in changed.iter().map(|node| usize::from(*node)) {
                above[0][node] =
                    node_hash(&below[level - 1][2 * node], &below[level - 1][2 * node + 1]);
            }
        }
        self.levels[DEPTH][0]
    }

    /// What the map, as it was when its root was last asked for, says about a key.
    pub fn proof(&self, key: &Digest) -> MapProof {
        let bucket = bucket_of(key);
        let entries = self.bucket(bucket).map(|(key, value)| (*key, *value)).collect();
        let mut node = usize::from(bucket);
        let siblings = self.levels[..DEPTH].iter().map(|level| {
            let sibling = level[node ^ 1];
            node >>= 1;
            sibling
        });
        MapProof { siblings: siblings.collect(), entries }
    }

    fn bucket(&self, bucket: u16) -> impl Iterator<Item = (&Digest, &Digest)> {
        let edge = |filler: u8| {
            let mut bytes = [filler; 32];
            bytes[..2].copy_from_slice(&bucket.to_be_bytes());
            Digest::from_bytes(bytes)
        };
        self.entries.range(edge(0)..=edge(u8::MAX))
    }
}

/// A whole bucket of the map and the way from it to the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapProof {
    /// The sibling hashes from the bucket upward; [`DEPTH`] of them.
    pub siblings: Vec<Digest>,
    /// All entries of the bucket, in ascending order of the keys.
    pub entries: Vec<(Digest, Digest)>,
}

impl MapProof {
    /// The root that this leads to, seen as the bucket of `key`. `None` if it cannot be that bucket:
    /// an entry belongs elsewhere or stands out of order, or the way has another length.
    pub fn root(&self, key: &Digest) -> Option<Digest> {
        let bucket = bucket_of(key);
        let belong = self.entries.iter().all(|(key, _)| bucket_of(key) == bucket);
        let ascend = self.entries.is_sorted_by(|(before, _), (after, _)| before < after);
        if !belong || !ascend || self.siblings.len() != DEPTH {
            return None;
        }
        let mut hash = bucket_hash(self.entries.iter().map(|(key, value)| (key, value)));
        for (level, sibling) in self.siblings.iter().enumerate() {
            hash = match bucket >> level & 1 {
                0 => node_hash(&hash, sibling),
                _ => node_hash(sibling, &hash),
            };
        }
        Some(hash)
    }

    /// What the bucket maps a key to.
    pub fn get(&self, key: &Digest) -> Option<Digest> {
        let found = self.entries.iter().find(|(held, _)| held == key);
        found.map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use simars_record::{Commitment, StatementKind, Timestamp};

    fn statement(object: u8, file: Option<u8>, time: u64) -> Statement {
        let commitment = Commitment::new(&[0; 32], &Digest::of(b"body"));
        Statement {
            kind: StatementKind::Published,
            object: DocumentId::from_bytes([object; 16]),
            version: 1,
            previous: None,
            content: match file {
                Some(file) => ContentMark::Public { digest: Digest::of(&[file]), size_bytes: 1 },
                None => ContentMark::Closed(commitment),
            },
            metadata: commitment,
            role: None,
            time: Timestamp::from_unix(time),
        }
    }

    /// The root by the definition: all buckets, one after the other.
    fn root_by_definition(entries: &BTreeMap<Digest, Digest>) -> Digest {
        let mut level: Vec<Digest> = (0..=u16::MAX)
            .map(|bucket| bucket_hash(entries.iter().filter(|(key, _)| bucket_of(key) == bucket)))
            .collect();
        while level.len() > 1 {
            level = level.chunks(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
        }
        level[0]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn proves_what_is_there_and_what_is_not(
            steps in prop::collection::vec((1u8..6, prop::option::of(any::<u8>())), 1..24),
        ) {
            let mut map = StatusMap::new();
            let mut expected = BTreeMap::new();
            for (time, (object, file)) in steps.iter().enumerate() {
                let statement = statement(*object, *file, time as u64);
                let leaf = statement.leaf_hash();
                map.follow(&statement, leaf);
                expected.insert(object_key(&statement.object), leaf);
                if let Some(file) = file {
                    let key = file_key(&Digest::of(&[*file]));
                    expected.insert(key, object_key(&statement.object));
                }
                if time % 5 == 0 {
                    map.root();
                }
            }
            let root = map.root();
            prop_assert_eq!(root, root_by_definition(&expected));
            let keys = (0..8).map(|object| object_key(&DocumentId::from_bytes([object; 16])));
            for key in keys.chain((0..=255).map(|file| file_key(&Digest::of(&[file])))) {
                let proof = map.proof(&key);
                prop_assert_eq!(proof.root(&key), Some(root));
                prop_assert_eq!(proof.get(&key), expected.get(&key).copied());
            }
        }
    }

    #[test]
    fn a_bucket_that_was_touched_up_leads_elsewhere() {
        let mut map = StatusMap::new();
        let statement = statement(1, None, 0);
        map.follow(&statement, statement.leaf_hash());
        let root = map.root();
        let key = object_key(&statement.object);
        let good = map.proof(&key);
        let mut emptied = good.clone();
        emptied.entries.clear();
        assert_ne!(emptied.root(&key), Some(root));
        let mut doubled = good.clone();
        doubled.entries.push(good.entries[0]);
        assert_eq!(doubled.root(&key), None);
        let mut short = good.clone();
        short.siblings.pop();
        assert_eq!(short.root(&key), None);
        let mut other = *key.as_bytes();
        other[0] ^= 1;
        assert_eq!(good.root(&Digest::from_bytes(other)), None, "of another bucket");
    }

    #[test]
    fn statements_about_the_archive_are_not_in_the_map() {
        let mut map = StatusMap::new();
        let empty = map.root();
        let statement = statement(0, None, 0);
        map.follow(&statement, statement.leaf_hash());
        assert_eq!(map.root(), empty);
    }
}
