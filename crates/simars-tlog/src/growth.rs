//! What changes on disk when a log grows: the new tiles and bundles, with their bytes.
//!
//! A tile that was partial gets a new name with its new width, so nothing written before is ever
//! written again; whoever stores the result only adds files.

use simars_record::Digest;

use crate::bundle::{self, BundleError};
use crate::root;
use crate::tile::{HASH_BYTES, Level, Tile, WIDTH, count_at};

/// A file of the log, to be stored under the path of its tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileFile {
    /// Its name.
    pub tile: Tile,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Why a log could not be grown or read.
#[derive(Debug, thiserror::Error)]
pub enum TilesError<E> {
    /// A tile could not be fetched.
    #[error("cannot fetch {tile}: {error}")]
    Fetch {
        /// The tile that was asked for.
        tile: Tile,
        /// What the fetching closure said.
        error: E,
    },
    /// A tile that was fetched has another length than its name says.
    #[error("{tile} has {bytes} bytes, which does not fit its width; fetch it again")]
    Length {
        /// The tile that was asked for.
        tile: Tile,
        /// How many bytes came.
        bytes: usize,
    },
    /// A bundle that was fetched, or entries that should become one, do not hold together.
    #[error("{tile}: {error}")]
    Bundle {
        /// The bundle.
        tile: Tile,
        /// What is wrong with it.
        error: BundleError,
    },
    /// The question asks for more than the log has.
    #[error("the log has {size} entries, so there is no {asked}")]
    Beyond {
        /// How many entries the log has.
        size: u64,
        /// The entry or the size that was asked for.
        asked: u64,
    },
}

/// The hash tiles that a log of `size` entries gains when `leaves` are appended: for each level
/// the full tiles that were completed and the partial one at the new edge. `fetch` is asked for
/// the partial tiles at the old edge, one per level at most, and gives their bytes.
pub fn hash_tiles<E>(
    size: u64,
    leaves: &[Digest],
    mut fetch: impl FnMut(&Tile) -> Result<Vec<u8>, E>,
) -> Result<Vec<TileFile>, TilesError<E>> {
    let mut files = Vec::new();
    let mut added = leaves.to_vec();
    for level in 0..=u8::MAX {
        if added.is_empty() {
            break;
        }
        let level = Level::Hashes(level);
        let before = count_at(level, size);
        let mut hashes = edge(level, before, &mut fetch)?;
        hashes.append(&mut added);
        let first = before / u64::from(WIDTH);
        for (index, held) in (first..).zip(hashes.chunks(usize::from(WIDTH))) {
            let Some(tile) = Tile::new(level, index, held.len() as u16) else { continue };
            files.push(TileFile { tile, bytes: to_bytes(held) });
            if tile.is_full() {
                added.push(root(held));
            }
        }
    }
    Ok(files)
}

/// The hashes of the partial tile at the right edge of a level that has `count` of them.
fn edge<E>(
    level: Level,
    count: u64,
    fetch: &mut impl FnMut(&Tile) -> Result<Vec<u8>, E>,
) -> Result<Vec<Digest>, TilesError<E>> {
    let width = (count % u64::from(WIDTH)) as u16;
    let Some(tile) = Tile::new(level, count / u64::from(WIDTH), width) else {
        return Ok(Vec::new());
    };
    let bytes = fetch(&tile).map_err(|error| TilesError::Fetch { tile, error })?;
    hashes_of(&tile, &bytes).ok_or(TilesError::Length { tile, bytes: bytes.len() })
}

/// The entry bundles that a log of `size` entries gains when `entries` are appended. `fetch` is
/// asked for the partial bundle at the old edge, if there is one.
pub fn bundles<T: AsRef<[u8]>, E>(
    size: u64,
    entries: &[T],
    fetch: impl FnOnce(&Tile) -> Result<Vec<u8>, E>,
) -> Result<Vec<TileFile>, TilesError<E>> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let first = size / u64::from(WIDTH);
    let old;
    let mut held: Vec<&[u8]> = Vec::new();
    if let Some(tile) = Tile::new(Level::Entries, first, (size % u64::from(WIDTH)) as u16) {
        old = fetch(&tile).map_err(|error| TilesError::Fetch { tile, error })?;
        held =
            bundle::read(&old, tile.width()).map_err(|error| TilesError::Bundle { tile, error })?;
    }
    held.extend(entries.iter().map(AsRef::as_ref));
    let chunks = (first..).zip(held.chunks(usize::from(WIDTH)));
    let files = chunks.filter_map(|(index, held)| {
        let tile = Tile::new(Level::Entries, index, held.len() as u16)?;
        let bytes = bundle::write(held).map_err(|error| TilesError::Bundle { tile, error });
        Some(bytes.map(|bytes| TileFile { tile, bytes }))
    });
    files.collect()
}

/// The hashes in the bytes of a tile; `None` unless there are as many as its width says.
pub(crate) fn hashes_of(tile: &Tile, bytes: &[u8]) -> Option<Vec<Digest>> {
    let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
    let fits = rest.is_empty() && hashes.len() == usize::from(tile.width());
    fits.then(|| hashes.iter().copied().map(Digest::from_bytes).collect())
}

fn to_bytes(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}
