//! Roots and proofs out of tiles, which a closure fetches: from disk, from memory, from a server.
//!
//! What comes out is only as good as the tiles. Whoever did not write them checks the result: a
//! root against a signed checkpoint, a proof with [`crate::check_inclusion`] or
//! [`crate::check_consistency`].

use std::collections::HashMap;

use simars_record::Digest;

use crate::growth::{TilesError, hashes_of};
use crate::tile::{HEIGHT, Level, Tile, WIDTH};
use crate::{node_hash, root};

/// A log of a given size, read through its tiles. It keeps what it fetched, for the proofs of one
/// request; make a new one for the next.
#[derive(Debug)]
pub struct TileReader<F> {
    size: u64,
    fetch: F,
    held: HashMap<Tile, Vec<Digest>>,
}

/// A full subtree: 2^`level` leaves from `index` × 2^`level` on.
#[derive(Debug, Clone, Copy)]
struct Subtree {
    level: u32,
    index: u64,
}

impl<F, E> TileReader<F>
where
    F: FnMut(&Tile) -> Result<Vec<u8>, E>,
{
    /// A log with `size` entries. `fetch` is asked for tiles with the width they have at this
    /// size. When such a partial tile was cleared away because the full one exists, it may give the
    /// bytes of the full one.
    pub fn new(size: u64, fetch: F) -> Self {
        Self { size, fetch, held: HashMap::new() }
    }

    /// The root over all entries.
    pub fn root(&mut self) -> Result<Digest, TilesError<E>> {
        self.range(0, self.size)
    }

    /// The roots of the full subtrees the log consists of, largest first: the parts of a
    /// [`crate::Frontier`].
    pub fn subtrees(&mut self) -> Result<Vec<Digest>, TilesError<E>> {
        subtrees(0, self.size).into_iter().map(|subtree| self.subtree(subtree)).collect()
    }

    /// The proof that the entry at `index` is in the log: the sibling hashes from the leaf upward.
    pub fn inclusion(&mut self, index: u64) -> Result<Vec<Digest>, TilesError<E>> {
        if index >= self.size {
            return Err(TilesError::Beyond { size: self.size, asked: index });
        }
        let (mut low, mut high) = (0, self.size);
        let mut path = Vec::new();
        while high - low > 1 {
            let middle = low + split(high - low);
            if index < middle {
                path.push(self.range(middle, high)?);
                high = middle;
            } else {
                path.push(self.range(low, middle)?);
                low = middle;
            }
        }
        path.reverse();
        Ok(path)
    }

    /// The proof that the log with `old` entries is the beginning of this one.
    pub fn consistency(&mut self, old: u64) -> Result<Vec<Digest>, TilesError<E>> {
        if old > self.size {
            return Err(TilesError::Beyond { size: self.size, asked: old });
        }
        let mut path = Vec::new();
        if old == 0 || old == self.size {
            return Ok(path);
        }
        let (mut low, mut high) = (0, self.size);
        while old < high {
            let middle = low + split(high - low);
            if old <= middle {
                path.push(self.range(middle, high)?);
                high = middle;
            } else {
                path.push(self.range(low, middle)?);
                low = middle;
            }
        }
        // What remains is told only if the old tree is more than this subtree.
        if low > 0 {
            path.push(self.range(low, high)?);
        }
        path.reverse();
        Ok(path)
    }

    /// The root over the entries from `low` to before `high`, where `low` begins a subtree that is
    /// at least as large as the range.
    fn range(&mut self, low: u64, high: u64) -> Result<Digest, TilesError<E>> {
        let mut joined = None;
        for subtree in subtrees(low, high).into_iter().rev() {
            let left = self.subtree(subtree)?;
            joined = Some(joined.map_or(left, |right| node_hash(&left, &right)));
        }
        Ok(joined.unwrap_or_else(|| Digest::of(b"")))
    }

    fn subtree(&mut self, subtree: Subtree) -> Result<Digest, TilesError<E>> {
        let level = subtree.level / HEIGHT;
        let inner = subtree.level % HEIGHT;
        let first = subtree.index << inner;
        let index = first / u64::from(WIDTH);
        let beyond = TilesError::Beyond { size: self.size, asked: subtree.index };
        // A subtree is full, so its highest tile level is below eight: it always has a name.
        let tile = Tile::at_size(Level::Hashes(level as u8), index, self.size).ok_or(beyond)?;
        let from = (first % u64::from(WIDTH)) as usize;
        let hashes = self.tile(tile)?;
        match hashes.get(from..from + (1 << inner)) {
            Some(hashes) => Ok(root(hashes)),
            None => Err(TilesError::Length { tile, bytes: hashes.len() * 32 }),
        }
    }

    fn tile(&mut self, tile: Tile) -> Result<&[Digest], TilesError<E>> {
        if !self.held.contains_key(&tile) {
            let bytes = (self.fetch)(&tile).map_err(|error| TilesError::Fetch { tile, error })?;
            let hashes = hashes_of(&tile, &bytes).or_else(|| hashes_of(&tile.full(), &bytes));
            let hashes = hashes.ok_or(TilesError::Length { tile, bytes: bytes.len() })?;
            self.held.insert(tile, hashes);
        }
        Ok(self.held.get(&tile).map(Vec::as_slice).unwrap_or_default())
    }
}

/// The largest power of two smaller than `n`, for `n` > 1.
fn split(n: u64) -> u64 {
    1 << (u64::BITS - 1 - (n - 1).leading_zeros())
}

/// The full subtrees that the entries from `low` to before `high` consist of, from left to right.
fn subtrees(low: u64, high: u64) -> Vec<Subtree> {
    let mut found = Vec::new();
    let mut from = low;
    for level in (0..u64::BITS).rev() {
        if (high - low) >> level & 1 == 1 {
            found.push(Subtree { level, index: from >> level });
            from += 1 << level;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::growth::{bundles, hash_tiles};
    use crate::{TreeHead, check_consistency, check_inclusion, consistency, inclusion};
    use proptest::prelude::*;
    use simars_record::statement::leaf_hash;

    type Files = HashMap<String, Vec<u8>>;

    fn from_files(files: &Files) -> impl FnMut(&Tile) -> Result<Vec<u8>, String> + '_ {
        |tile| files.get(&tile.to_string()).cloned().ok_or_else(|| "missing".to_owned())
    }

    fn entries(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("entry {number}")).collect()
    }

    /// A log that grew in these steps; every file is written once.
    fn grown(entries: &[String], steps: &[usize]) -> Files {
        let leaves: Vec<Digest> = entries.iter().map(|entry| leaf_hash(entry.as_bytes())).collect();
        let mut files = Files::new();
        let mut size = 0;
        for step in steps.iter().copied().chain([entries.len()]) {
            let to = (size + step).min(entries.len());
            let mut new = hash_tiles(size as u64, &leaves[size..to], from_files(&files)).unwrap();
            new.extend(bundles(size as u64, &entries[size..to], from_files(&files)).unwrap());
            for file in new {
                let old = files.insert(file.tile.to_string(), file.bytes);
                assert_eq!(old, None, "{} was written twice", file.tile);
            }
            size = to;
        }
        files
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_log_in_tiles_is_the_tree_by_definition(
            count in 1usize..900,
            steps in prop::collection::vec(1usize..400, 0..6),
            choice: prop::sample::Index,
        ) {
            let entries = entries(count);
            let leaves: Vec<Digest> =
                entries.iter().map(|entry| leaf_hash(entry.as_bytes())).collect();
            let files = grown(&entries, &steps);
            let mut log = TileReader::new(count as u64, from_files(&files));
            let tree = root(&leaves);
            prop_assert_eq!(log.root().unwrap(), tree);
            let index = choice.index(count);
            let path = log.inclusion(index as u64).unwrap();
            prop_assert_eq!(&path, &inclusion(&leaves, index).unwrap());
            prop_assert!(check_inclusion(&leaves[index], index as u64, count as u64, &path, &tree));
            let old = TreeHead { size: index as u64, root: root(&leaves[..index]) };
            let path = log.consistency(index as u64).unwrap();
            prop_assert_eq!(&path, &consistency(&leaves, index).unwrap());
            let new = TreeHead { size: count as u64, root: tree };
            prop_assert!(check_consistency(&old, &new, &path));
            let frontier = crate::Frontier::from_parts(count as u64, log.subtrees().unwrap());
            prop_assert_eq!(frontier.unwrap().root(), tree);
        }

        #[test]
        fn bundles_hold_every_entry_in_order(
            count in 1usize..700, steps in prop::collection::vec(1usize..300, 0..5),
        ) {
            let entries = entries(count);
            let files = grown(&entries, &steps);
            let mut read = Vec::new();
            for index in 0.. {
                let Some(tile) = Tile::at_size(Level::Entries, index, count as u64) else { break };
                let bytes = &files[&tile.to_string()];
                let held = crate::bundle::read(bytes, tile.width()).unwrap();
                read.extend(held.into_iter().map(|entry| String::from_utf8(entry.to_vec()).unwrap()));
            }
            prop_assert_eq!(read, entries);
        }
    }

    #[test]
    fn three_levels_of_tiles_hold_together() {
        let count = 66_000;
        let leaves: Vec<Digest> =
            (0..count as u32).map(|number| Digest::of(&number.to_be_bytes())).collect();
        let mut files = Files::new();
        for (from, to) in [(0, 65_530), (65_530, 65_536), (65_536, count)] {
            let new = hash_tiles(from as u64, &leaves[from..to], from_files(&files)).unwrap();
            files.extend(new.into_iter().map(|file| (file.tile.to_string(), file.bytes)));
        }
        assert!(files.contains_key("tile/2/000.p/1"));
        let tree = root(&leaves);
        let mut log = TileReader::new(count as u64, from_files(&files));
        assert_eq!(log.root().unwrap(), tree);
        for index in [0, 255, 256, 65_535, 65_536, 65_999] {
            let path = log.inclusion(index as u64).unwrap();
            assert!(check_inclusion(&leaves[index], index as u64, count as u64, &path, &tree));
        }
    }

    #[test]
    fn a_full_tile_stands_in_for_a_partial_one() {
        let entries = entries(300);
        let files = grown(&entries, &[]);
        let leaves: Vec<Digest> = entries.iter().map(|entry| leaf_hash(entry.as_bytes())).collect();
        let mut log = TileReader::new(10, |tile: &Tile| {
            let full = files.get(&tile.full().to_string());
            Ok::<_, Infallible>(full.cloned().unwrap_or_default())
        });
        assert_eq!(log.root().unwrap(), root(&leaves[..10]));
    }

    #[test]
    fn what_is_missing_or_cut_is_said() {
        let mut missing = TileReader::new(5, |_: &Tile| Err::<Vec<u8>, _>("gone"));
        assert_eq!(missing.root().unwrap_err().to_string(), "cannot fetch tile/0/000.p/5: gone");
        let mut short = TileReader::new(5, |_: &Tile| Ok::<_, Infallible>(vec![0; 4 * 32]));
        assert!(matches!(short.root(), Err(TilesError::Length { bytes: 128, .. })));
        assert!(matches!(short.inclusion(5), Err(TilesError::Beyond { size: 5, asked: 5 })));
        assert!(matches!(short.consistency(6), Err(TilesError::Beyond { size: 5, asked: 6 })));
        let mut empty = TileReader::new(0, |_: &Tile| Err::<Vec<u8>, _>("nothing to fetch"));
        assert_eq!(empty.root().unwrap(), Digest::of(b""));
    }
}
