//! The tiles and bundles of the log, derived again from its entries: one unfinished tile for each
//! level is all that is held.

use simars_record::Digest;
use simars_tlog::tile::WIDTH;
use simars_tlog::{Level, Tile, root};

/// Bytes of a hash.
const HASH: usize = 32;

/// A log that is derived entry by entry.
#[derive(Debug)]
pub(crate) struct Derived {
    /// Bundles, then the hash tiles from the leaves upward.
    growing: Vec<Content>,
}

/// What a tile or a bundle holds: as it would lie on the disk, full or partial.
#[derive(Debug)]
pub(crate) struct Content {
    level: Level,
    index: u64,
    /// The bytes of all entries or hashes so far.
    pub(crate) bytes: Vec<u8>,
    /// Where each entry or hash ends.
    ends: Vec<usize>,
}

impl Content {
    fn new(level: Level) -> Self {
        Self { level, index: 0, bytes: Vec::new(), ends: Vec::new() }
    }

    /// Its name with the width it has now; `None` while it is empty.
    pub(crate) fn tile(&self) -> Option<Tile> {
        Tile::new(self.level, self.index, self.ends.len() as u16)
    }

    /// The bytes of the first `width` entries or hashes; `None` if it has fewer.
    pub(crate) fn first(&self, width: u16) -> Option<&[u8]> {
        let end = self.ends.get(usize::from(width).checked_sub(1)?)?;
        self.bytes.get(..*end)
    }

    fn push(&mut self, parts: &[&[u8]]) {
        parts.iter().for_each(|part| self.bytes.extend_from_slice(part));
        self.ends.push(self.bytes.len());
    }

    fn is_full(&self) -> bool {
        self.ends.len() == usize::from(WIDTH)
    }

    /// The root over the hashes, of a full hash tile.
    fn root(&self) -> Digest {
        let (hashes, _) = self.bytes.as_chunks::<HASH>();
        root(&hashes.iter().copied().map(Digest::from_bytes).collect::<Vec<_>>())
    }

    fn begin_next(&mut self) {
        self.index += 1;
        self.bytes.clear();
        self.ends.clear();
    }
}

impl Derived {
    pub(crate) fn new() -> Self {
        Self { growing: vec![Content::new(Level::Entries)] }
    }

    /// Appends an entry with its leaf hash; `full` is given each tile and bundle that it fills.
    pub(crate) fn push(&mut self, entry: &str, leaf: Digest, mut full: impl FnMut(&Content)) {
        // A statement is at most 1 KiB, far below what a bundle's length can say.
        let length = (entry.len() as u16).to_be_bytes();
        self.growing[0].push(&[&length, entry.as_bytes()]);
        if self.growing[0].is_full() {
            full(&self.growing[0]);
            self.growing[0].begin_next();
        }
        let mut hash = Some(leaf);
        let mut level = 0u8;
        while let Some(added) = hash.take() {
            let place = usize::from(level) + 1;
            if place == self.growing.len() {
                self.growing.push(Content::new(Level::Hashes(level)));
            }
            let tile = &mut self.growing[place];
            tile.push(&[added.as_bytes()]);
            if tile.is_full() {
                full(tile);
                hash = Some(tile.root());
                tile.begin_next();
            }
            level += 1;
        }
    }

    /// Gives the partial tiles and bundles at the log's edge.
    pub(crate) fn edge(&self) -> impl Iterator<Item = &Content> {
        self.growing.iter().filter(|content| !content.ends.is_empty())
    }
}
