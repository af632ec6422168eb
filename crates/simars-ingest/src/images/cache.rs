//! The folder of page images: what is in it, how much that is, and what goes first.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rustix::fs::{Timespec, Timestamps, UTIME_NOW, UTIME_OMIT, futimens};

use super::Key;

/// While the folder is fuller than this share of its limit, nothing is drawn ahead.
const FULL_SHARE: f64 = 0.9;

#[derive(Debug)]
struct Entry {
    path: PathBuf,
    bytes: u64,
    /// When it was used last, in uses of any.
    used: u64,
}

/// What lies in the folder, filled when it is first needed.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    limit_bytes: u64,
    looked: bool,
    entries: HashMap<Key, Entry>,
    /// By last use.
    order: BTreeMap<u64, Key>,
    bytes: u64,
    uses: u64,
}

impl Cache {
    pub(super) fn new(folder: PathBuf, limit_bytes: u64) -> Self {
        Self {
            folder,
            limit_bytes,
            looked: false,
            entries: HashMap::new(),
            order: BTreeMap::new(),
            bytes: 0,
            uses: 0,
        }
    }

    /// Where an image belongs.
    pub(super) fn path(&self, key: &Key, media_type: &str) -> PathBuf {
        let name = key.original.to_string();
        let extension = if media_type == "image/png" { "png" } else { "jpg" };
        let file = format!("{name}-{}-{}.{extension}", key.page, key.width);
        self.folder.join(&name[..2]).join(file)
    }

    /// Where an image lies, if it is there; from now on it is the last to go.
    pub(super) fn used(&mut self, key: &Key) -> Option<PathBuf> {
        self.look();
        let entry = self.entries.get_mut(key)?;
        self.uses += 1;
        self.order.remove(&entry.used);
        self.order.insert(self.uses, *key);
        entry.used = self.uses;
        Some(entry.path.clone())
    }

    pub(super) fn contains(&mut self, key: &Key) -> bool {
        self.look();
        self.entries.contains_key(key)
    }

    /// Whether images may be drawn that nobody has asked for.
    pub(super) fn has_room(&mut self) -> bool {
        self.look();
        (self.bytes as f64) < self.limit_bytes as f64 * FULL_SHARE
    }

    /// Counts an image that was written, and removes those that were not used for longest until
    /// all are within the limit.
    pub(super) fn add(&mut self, key: Key, path: PathBuf, bytes: u64) {
        self.look();
        self.put(key, path, bytes);
        self.evict();
    }

    fn put(&mut self, key: Key, path: PathBuf, bytes: u64) {
        if let Some(old) = self.take(&key)
            && old.path != path
        {
            remove(&old.path);
        }
        self.uses += 1;
        self.bytes += bytes;
        self.order.insert(self.uses, key);
        self.entries.insert(key, Entry { path, bytes, used: self.uses });
    }

    /// Removes an image that is of no use.
    pub(super) fn forget(&mut self, key: &Key) {
        if let Some(entry) = self.take(key) {
            remove(&entry.path);
        }
    }

    fn take(&mut self, key: &Key) -> Option<Entry> {
        let entry = self.entries.remove(key)?;
        self.order.remove(&entry.used);
        self.bytes -= entry.bytes;
        Some(entry)
    }

    fn evict(&mut self) {
        while self.bytes > self.limit_bytes
            && let Some((_, key)) = self.order.first_key_value()
        {
            let key = *key;
            self.forget(&key);
        }
    }

    /// Looks once at what lies in the folder; what does not belong there goes.
    fn look(&mut self) {
        if self.looked {
            return;
        }
        self.looked = true;
        let mut found = Vec::new();
        for folder in list(&self.folder) {
            for path in list(&folder) {
                match (key_of(&path), fs::metadata(&path)) {
                    (Some(key), Ok(metadata)) => {
                        found.push((metadata.modified().ok(), key, path, metadata.len()));
                    }
                    _ => remove(&path),
                }
            }
        }
        found.sort_by_key(|(modified, ..)| *modified);
        for (_, key, path, bytes) in found {
            self.put(key, path, bytes);
        }
        self.evict();
    }
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

/// Reads the name that [`Cache::path`] gave.
fn key_of(path: &Path) -> Option<Key> {
    let name = path.file_name()?.to_str()?;
    let name = name.strip_suffix(".png").or_else(|| name.strip_suffix(".jpg"))?;
    let mut parts = name.split('-');
    let key = Key {
        original: parts.next()?.parse().ok()?,
        page: parts.next()?.parse().ok()?,
        width: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(key)
}

fn remove(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, path = %path.display(), "a page image cannot be removed");
        }
        _ => {}
    }
}

/// Reads an image and notes its use for the next start.
pub(super) fn read(path: &Path) -> Option<Vec<u8>> {
    let mut file = File::open(path).ok()?;
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    let as_it_is = Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT };
    // Not the end of the world: the order of going is then a little wrong after a start.
    let _noted = futimens(&file, &Timestamps { last_access: as_it_is, last_modification: now });
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Writes an image so that it is never seen in part. Nothing is synced: after a crash of the
/// machine an image may be cut, which is noticed when it is read.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let part = path.with_extension("part");
    fs::write(&part, bytes).and_then(|()| fs::rename(&part, path)).inspect_err(|_| remove(&part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use simars_record::Digest;

    fn key(page: u32) -> Key {
        Key { original: Digest::of(b"original"), page, width: 240 }
    }

    fn put(cache: &mut Cache, page: u32, bytes: usize) {
        let path = cache.path(&key(page), "image/png");
        write(&path, &vec![7; bytes]).unwrap();
        cache.add(key(page), path, bytes as u64);
    }

    /// The pages whose images lie in the folder.
    fn pages(folder: &Path) -> Vec<u32> {
        let files = list(folder).into_iter().flat_map(|folder| list(&folder));
        let mut pages: Vec<u32> = files.map(|path| key_of(&path).unwrap().page).collect();
        pages.sort_unstable();
        pages
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::new(folder.path().to_owned(), 300);
        for page in 1..=3 {
            put(&mut cache, page, 100);
        }
        assert!(cache.used(&key(1)).is_some());
        assert!(!cache.has_room());
        put(&mut cache, 4, 100);
        assert_eq!(pages(folder.path()), [1, 3, 4]);
        put(&mut cache, 4, 250);
        assert_eq!((pages(folder.path()), cache.bytes), (vec![4], 250));
        put(&mut cache, 5, 400);
        assert_eq!((pages(folder.path()), cache.bytes), (vec![], 0));
    }

    #[test]
    fn a_start_finds_what_is_there_and_removes_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::new(folder.path().to_owned(), 1000);
        for page in 1..=3 {
            put(&mut cache, page, 100);
        }
        let path = cache.path(&key(2), "image/png");
        let stray = path.with_extension("part");
        fs::write(&stray, "x").unwrap();
        let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(9);
        File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();

        let mut cache = Cache::new(folder.path().to_owned(), 200);
        assert!(cache.contains(&key(1)) && cache.contains(&key(3)));
        assert!(!cache.contains(&key(2)) && !path.exists() && !stray.exists());
        assert_eq!(cache.bytes, 200);
    }

    #[test]
    fn reading_notes_the_use() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "x").unwrap();
        let old = std::time::SystemTime::UNIX_EPOCH;
        File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        assert_eq!(read(&path).unwrap(), b"x");
        assert!(fs::metadata(&path).unwrap().modified().unwrap() > old);
    }
}
