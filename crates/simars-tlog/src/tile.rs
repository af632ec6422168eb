//! Names of the files that a log consists of (C2SP tlog-tiles v0.1.0).
//!
//! A tile holds up to 256 hashes side by side, a bundle up to 256 entries. Full ones never change;
//! the newest ones are partial, and are named with their width so that they do not change either.

use std::fmt;
use std::str::FromStr;

/// How many hashes or entries a full tile holds.
pub const WIDTH: u16 = 256;
/// How many levels of the tree one level of tiles stands for: 2^8 = 256.
pub(crate) const HEIGHT: u32 = 8;
/// Bytes of a hash.
pub(crate) const HASH_BYTES: usize = 32;
/// The highest level that a path may name.
const TOP_LEVEL: u8 = 63;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The entries themselves.
    Entries,
    /// Hashes: those of the leaves at level 0; at each level above, the roots of the full tiles
    /// of the level below. 0 to 63.
    Hashes(u8),
}

/// A tile: what it holds, which one it is, and how much of it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: Level,
    index: u64,
    width: u16,
}

impl Tile {
    /// A tile with `width` hashes or entries, 1 to 256. `None` if the width or the level is out of
    /// range.
    pub const fn new(level: Level, index: u64, width: u16) -> Option<Self> {
        let level_fits = match level {
            Level::Entries => true,
            Level::Hashes(level) => level <= TOP_LEVEL,
        };
        if level_fits && width >= 1 && width <= WIDTH {
            Some(Self { level, index, width })
        } else {
            None
        }
    }

    /// The tile as it is in a log with `size` entries; `None` if such a log has nothing there.
    pub fn at_size(level: Level, index: u64, size: u64) -> Option<Self> {
        let held = count_at(level, size).checked_sub(index.checked_mul(u64::from(WIDTH))?)?;
        let width = u16::try_from(held.min(u64::from(WIDTH))).ok()?;
        Self::new(level, index, width)
    }

    /// What it holds.
    pub const fn level(&self) -> Level {
        self.level
    }

    /// Which tile of its level, counted from 0.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries, 1 to 256.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Whether the tile is full and will never get another name.
    pub const fn is_full(&self) -> bool {
        self.width == WIDTH
    }

    /// The same tile when full: where to look if a partial one was cleared away.
    pub const fn full(&self) -> Self {
        Self { width: WIDTH, ..*self }
    }
}

/// How many hashes (or entries) a level has in a log with `size` entries.
pub(crate) fn count_at(level: Level, size: u64) -> u64 {
    match level {
        Level::Entries => size,
        Level::Hashes(level) => size.checked_shr(HEIGHT * u32::from(level)).unwrap_or(0),
    }
}

impl fmt::Display for Tile {
    /// The path below the log's prefix: `tile/0/x001/067`, `tile/entries/000.p/5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Level::Entries => f.write_str("tile/entries/")?,
            Level::Hashes(level) => write!(f, "tile/{level}/")?,
        }
        write_index(f, self.index)?;
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

/// The index in groups of three digits, all but the last marked by an `x`.
fn write_index(f: &mut fmt::Formatter<'_>, index: u64) -> fmt::Result {
    let mut groups = [0u64; 7];
    let mut used = 0;
    let mut rest = index;
    loop {
        groups[used] = rest % 1000;
        used += 1;
        rest /= 1000;
        if rest == 0 {
            break;
        }
    }
    for group in groups[1..used].iter().rev() {
        write!(f, "x{group:03}/")?;
    }
    write!(f, "{:03}", groups[0])
}

/// What is wrong with a tile's path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no path of a tile: {0:?}; write tile/<level>/<index> or tile/entries/<index>, with the index \
     in groups of three digits (x001/067) and .p/<width> for a partial tile"
)]
pub struct TileError(String);

impl FromStr for Tile {
    type Err = TileError;

    /// Reads exactly what `Display` writes. Safe for addresses from outside.
    fn from_str(path: &str) -> Result<Self, Self::Err> {
        let read = read_path(path).filter(|tile| tile.to_string() == path);
        read.ok_or_else(|| TileError(path.chars().take(80).collect()))
    }
}

fn read_path(path: &str) -> Option<Tile> {
    let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
    let level = match level {
        "entries" => Level::Entries,
        number => Level::Hashes(number.parse().ok()?),
    };
    let (index, width) = match rest.split_once(".p/") {
        // A full tile has no width in its name.
        Some((index, width)) => (index, width.parse().ok().filter(|width| *width < WIDTH)?),
        None => (rest, WIDTH),
    };
    let mut number = 0u64;
    for group in index.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        number = number.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    Tile::new(level, number, width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_paths() {
        let full = |level, index| Tile::new(level, index, WIDTH).unwrap().to_string();
        assert_eq!(full(Level::Hashes(0), 5), "tile/0/005");
        assert_eq!(full(Level::Hashes(1), 1_234_067), "tile/1/x001/x234/067");
        assert_eq!(full(Level::Entries, 1_000), "tile/entries/x001/000");
        assert_eq!(full(Level::Hashes(63), 0), "tile/63/000");
        assert_eq!(Tile::new(Level::Hashes(0), 67, 1).unwrap().to_string(), "tile/0/067.p/1");
    }

    #[test]
    fn known_widths() {
        let width = |level, index| {
            Tile::at_size(Level::Hashes(level), index, 70_000).map(|tile| tile.width())
        };
        assert_eq!((width(0, 272), width(0, 273), width(0, 274)), (Some(256), Some(112), None));
        assert_eq!((width(1, 0), width(1, 1), width(1, 2)), (Some(256), Some(17), None));
        assert_eq!((width(2, 0), width(2, 1), width(3, 0)), (Some(1), None, None));
        assert_eq!(Tile::at_size(Level::Hashes(9), 0, u64::MAX), None);
        assert_eq!(Tile::at_size(Level::Entries, u64::MAX, 5), None);
    }

    #[test]
    fn one_path_for_one_tile() {
        for wrong in [
            "",
            "tile",
            "tile/0/5",
            "tile/00/005",
            "tile/+0/005",
            "tile/64/000",
            "tile/8/0/000",
            "tile/0/x000/005",
            "tile/0/001/005",
            "tile/0/x001",
            "tile/0/x001/x005",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/0/000/",
            "/tile/0/000",
            "tile/data/000",
            "tile/entries/../000",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert!(wrong.parse::<Tile>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(level in 0u8..65, index: u64, width in 1u16..=256) {
            let level = if level == 64 { Level::Entries } else { Level::Hashes(level) };
            let tile = Tile::new(level, index, width).unwrap();
            prop_assert_eq!(tile.to_string().parse::<Tile>(), Ok(tile));
        }

        #[test]
        fn never_panics(path in "(tile/)?[0-9ex.p/]{0,30}|.{0,40}") {
            if let Ok(tile) = path.parse::<Tile>() {
                prop_assert_eq!(tile.to_string(), path);
            }
        }
    }
}
