//! The files of the public log below `store/log/`, as they are served.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use simars_record::Digest;
use simars_tlog::growth::{TileFile, bundles, hash_tiles};
use simars_tlog::tile::WIDTH;
use simars_tlog::{Level, Note, Tile, VerifierKey, bundle};

use crate::ArchiveError;
use crate::folder::read_if_there;
use crate::log::keys::read_note;
use crate::sync::{Unsynced, sync_folder};

pub(crate) const CHECKPOINT: &str = "checkpoint";
pub(crate) const POLICY: &str = "policy";

/// The folder of the log.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    folder: PathBuf,
}

impl Files {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(super) fn create(&self) -> Result<(), ArchiveError> {
        fs::create_dir_all(&self.folder).map_err(ArchiveError::io("create", &self.folder))?;
        sync_folder(self.folder.parent().unwrap_or(&self.folder))
    }

    /// The policy that believes this key and asks for no witness.
    pub(super) fn write_policy(
        &self,
        key: &VerifierKey,
        url: Option<&str>,
    ) -> Result<(), ArchiveError> {
        let address = url.map(|url| format!(" {url}")).unwrap_or_default();
        self.replace(POLICY, format!("log {key}{address}\nquorum none\n").as_bytes())
    }

    /// Adds a key of the log to the policy, after those that stand there.
    pub(super) fn believe_also(&self, key: &VerifierKey) -> Result<(), ArchiveError> {
        let bytes = self.policy()?.unwrap_or_default();
        let text = String::from_utf8(bytes).map_err(|error| self.damaged(&error))?;
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let last = lines.iter().rposition(|line| line.starts_with("log "));
        let address = last.and_then(|last| lines[last].split(' ').nth(2));
        let address = address.map(|url| format!(" {url}")).unwrap_or_default();
        lines.insert(last.map_or(0, |last| last + 1), format!("log {key}{address}"));
        self.replace(POLICY, (lines.join("\n") + "\n").as_bytes())
    }

    /// The policy, as the operator left it.
    pub(crate) fn policy(&self) -> Result<Option<Vec<u8>>, ArchiveError> {
        read_if_there(&self.folder.join(POLICY))
    }

    /// The checkpoint that is shown.
    pub(super) fn checkpoint(&self) -> Result<Option<Note>, ArchiveError> {
        let path = self.folder.join(CHECKPOINT);
        read_if_there(&path)?.map(|bytes| read_note(&bytes, &path)).transpose()
    }

    pub(crate) fn write_checkpoint(&self, note: &Note) -> Result<(), ArchiveError> {
        self.replace(CHECKPOINT, note.to_string().as_bytes())
    }

    /// The bytes of a tile. One that was cleared away is cut from the full one.
    pub(crate) fn read(&self, tile: &Tile) -> Result<Vec<u8>, ArchiveError> {
        match read_if_there(&self.path(tile))? {
            Some(bytes) => Ok(bytes),
            None => {
                let path = self.path(&tile.full());
                fs::read(&path).map_err(ArchiveError::io("read", &path))
            }
        }
    }

    /// A tile exactly as it lies there; `None` if it does not.
    pub(crate) fn exact(&self, tile: &Tile) -> Result<Option<Vec<u8>>, ArchiveError> {
        read_if_there(&self.path(tile))
    }

    /// The entries of a log with `size` entries from `first` to before `end`, with their indices.
    pub(crate) fn entries_between(
        &self,
        (first, end): (u64, u64),
        size: u64,
        mut each: impl FnMut(u64, &str) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        let width = u64::from(WIDTH);
        for index in first / width..end.min(size).div_ceil(width) {
            let Some(tile) = Tile::at_size(Level::Entries, index, size) else { break };
            let (bytes, held) = match self.exact(&tile)? {
                Some(bytes) => (bytes, tile),
                None => (self.read(&tile)?, tile.full()),
            };
            let read = bundle::read(&bytes, held.width()).map_err(|error| self.damaged(&error))?;
            for (place, entry) in read.iter().enumerate().take(usize::from(tile.width())) {
                let number = index * width + place as u64;
                if (first..end).contains(&number) {
                    let text = std::str::from_utf8(entry);
                    each(number, text.map_err(|error| self.damaged(&error))?)?;
                }
            }
        }
        Ok(())
    }

    /// All entries of a log with `size` entries, in their order.
    pub(super) fn entries(
        &self,
        size: u64,
        each: impl FnMut(u64, &str) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        self.entries_between((0, size), size, each)
    }

    /// Writes the tiles and bundles that a log of `size` entries gains by these. What lies at a
    /// tile's place already may be the leftover of a crash, so it is replaced.
    pub(super) fn grow(
        &self,
        size: u64,
        entries: &[(String, Digest)],
        unsynced: &mut Unsynced,
    ) -> Result<(), ArchiveError> {
        let leaves: Vec<Digest> = entries.iter().map(|(_, leaf)| *leaf).collect();
        let texts: Vec<&str> = entries.iter().map(|(text, _)| text.as_str()).collect();
        let tiles = hash_tiles(size, &leaves, |tile| self.read_cut(tile));
        let bundles = bundles(size, &texts, |tile| self.exact_or_missing(tile));
        let tiles = tiles.map_err(|error| self.damaged(&error))?;
        let bundles = bundles.map_err(|error| self.damaged(&error))?;
        for TileFile { tile, bytes } in tiles.into_iter().chain(bundles) {
            let path = self.path(&tile);
            let folder = path.parent().unwrap_or(&self.folder);
            fs::create_dir_all(folder).map_err(ArchiveError::io("create", folder))?;
            place(&path, |file| file.write_all(&bytes))?;
            unsynced.file(&path);
        }
        Ok(())
    }

    /// A hash tile with the width asked for, cut from the full one if need be.
    fn read_cut(&self, tile: &Tile) -> Result<Vec<u8>, ArchiveError> {
        let mut bytes = self.read(tile)?;
        bytes.truncate(usize::from(tile.width()) * 32);
        Ok(bytes)
    }

    fn exact_or_missing(&self, tile: &Tile) -> Result<Vec<u8>, ArchiveError> {
        let path = self.path(tile);
        fs::read(&path).map_err(ArchiveError::io("read", &path))
    }

    /// Clears away the partial tiles of those that became full between two sizes. Whoever asks for
    /// one finds the full one (C2SP tlog-tiles). What cannot be removed stays and does no harm.
    pub(super) fn clear_partial(&self, before: u64, now: u64) {
        let mut full = (before, now);
        for level in [Level::Entries].into_iter().chain((0..8).map(Level::Hashes)) {
            if level != Level::Entries && level != Level::Hashes(0) {
                full = (full.0 / u64::from(WIDTH), full.1 / u64::from(WIDTH));
            }
            for index in full.0 / u64::from(WIDTH)..full.1 / u64::from(WIDTH) {
                let Some(tile) = Tile::new(level, index, 1) else { continue };
                if let Some(partial) = self.path(&tile).parent()
                    && partial.is_dir()
                    && let Err(error) = fs::remove_dir_all(partial)
                {
                    tracing::debug!(%error, path = %partial.display(), "partial tiles stay");
                }
            }
        }
    }

    /// Where a tile lies. Its written form has no parts but digits and fixed words.
    pub(crate) fn path(&self, tile: &Tile) -> PathBuf {
        self.folder.join(tile.to_string())
    }

    pub(crate) fn damaged(&self, detail: &dyn std::fmt::Display) -> ArchiveError {
        ArchiveError::Damaged { path: self.folder.clone(), detail: detail.to_string() }
    }

    /// Puts a file in its place again, durably.
    pub(crate) fn put(&self, path: &Path, bytes: &[u8]) -> Result<(), ArchiveError> {
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(ArchiveError::io("create", folder))?;
        place(path, |file| {
            file.write_all(bytes)?;
            file.sync_data()
        })?;
        sync_folder(folder)
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        let path = self.folder.join(name);
        place(&path, |file| {
            file.write_all(bytes)?;
            file.sync_data()
        })?;
        sync_folder(&self.folder)
    }
}

/// Writes a file under another name and moves it to its place in one step.
fn place(
    path: &Path,
    write: impl FnOnce(&mut fs::File) -> io::Result<()>,
) -> Result<(), ArchiveError> {
    let new = path.with_extension("new");
    let written = fs::File::create(&new).and_then(|mut file| write(&mut file));
    written.map_err(ArchiveError::io("write", &new))?;
    fs::rename(&new, path).map_err(ArchiveError::io("move to", path))
}
