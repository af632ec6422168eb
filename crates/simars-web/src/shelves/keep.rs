//! The shelves, kept in one small file that is replaced as a whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use simars_replace::{Readable, replace};

use super::{BadShelf, MOST_SHELVES, Shelf, built_in};

/// The shelves of a data folder, in memory and on the disk.
#[derive(Debug)]
pub struct Shelves {
    path: PathBuf,
    shelves: Mutex<Vec<Shelf>>,
}

/// Why shelves cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The disk, or what is in the file.
    #[error("cannot {doing} {}: {cause}", path.display())]
    Disk {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it did not work.
        cause: io::Error,
    },
    /// What was to be kept.
    #[error(transparent)]
    Bad(#[from] BadShelf),
}

impl Shelves {
    /// Reads the file at this place; if there is none, the shelves are those that every archive begins
    /// with.
    ///
    /// # Errors
    /// If it is there and cannot be read: what staff put together is not forgotten in silence.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, ShelfError> {
        let path = path.into();
        let failed = |doing, cause| ShelfError::Disk { doing, path: path.clone(), cause };
        let shelves = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                failed("understand", io::Error::new(io::ErrorKind::InvalidData, error))
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => built_in(),
            Err(cause) => return Err(failed("read", cause)),
        };
        Ok(Self { path, shelves: Mutex::new(shelves) })
    }

    /// All shelves in their order.
    pub(crate) fn all(&self) -> Vec<Shelf> {
        self.lock().clone()
    }

    /// The shelf at this address.
    pub(crate) fn find(&self, slug: &str) -> Option<Shelf> {
        self.lock().iter().find(|shelf| shelf.slug == slug).cloned()
    }

    /// Adds a shelf at the end.
    pub(crate) fn add(&self, mut shelf: Shelf) -> Result<(), ShelfError> {
        self.change(|shelves| {
            shelf.tidy();
            shelf.check()?;
            if shelves.iter().any(|other| other.slug == shelf.slug) {
                return Err(BadShelf::Taken);
            }
            if shelves.len() >= MOST_SHELVES {
                return Err(BadShelf::Full);
            }
            shelves.push(shelf);
            Ok(())
        })
    }

    /// Changes one shelf; its address stays.
    pub(crate) fn edit(&self, slug: &str, edit: impl FnOnce(&mut Shelf)) -> Result<(), ShelfError> {
        self.change(|shelves| {
            let shelf = shelves.iter_mut().find(|shelf| shelf.slug == slug);
            let shelf = shelf.ok_or(BadShelf::Unknown)?;
            edit(shelf);
            slug.clone_into(&mut shelf.slug);
            shelf.tidy();
            shelf.check()
        })
    }

    /// Moves a shelf one place up or down.
    pub(crate) fn move_by(&self, slug: &str, up: bool) -> Result<(), ShelfError> {
        self.change(|shelves| {
            let at = shelves.iter().position(|shelf| shelf.slug == slug);
            swap(shelves, at.ok_or(BadShelf::Unknown)?, up);
            Ok(())
        })
    }

    /// Takes a shelf away; the documents on it stay where they are.
    pub(crate) fn remove(&self, slug: &str) -> Result<(), ShelfError> {
        self.change(|shelves| {
            let before = shelves.len();
            shelves.retain(|shelf| shelf.slug != slug);
            if shelves.len() < before { Ok(()) } else { Err(BadShelf::Unknown) }
        })
    }

    /// Changes the shelves and writes them down durably; if either fails, they stay as they were.
    fn change(
        &self,
        change: impl FnOnce(&mut Vec<Shelf>) -> Result<(), BadShelf>,
    ) -> Result<(), ShelfError> {
        let mut shelves = self.lock();
        let mut changed = shelves.clone();
        change(&mut changed)?;
        if changed != *shelves {
            write(&self.path, &changed)?;
            *shelves = changed;
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Shelf>> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Moves one of several a place up or down; at the end it stays.
pub(crate) fn swap<T>(list: &mut [T], at: usize, up: bool) {
    let other = if up { at.checked_sub(1) } else { at.checked_add(1) };
    if let Some(other) = other.filter(|other| *other < list.len() && at < list.len()) {
        list.swap(at, other);
    }
}

/// Replaces the file, so that after a crash it is the one before or the new one, whole.
fn write(path: &Path, shelves: &[Shelf]) -> Result<(), ShelfError> {
    let failed = |cause| ShelfError::Disk { doing: "write", path: path.to_owned(), cause };
    let bytes = serde_json::to_vec_pretty(shelves).map_err(io::Error::from);
    let mut bytes = bytes.map_err(failed)?;
    bytes.push(b'\n');
    replace(path, &bytes, Readable::AsUsual).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(slug: &str) -> Shelf {
        Shelf { slug: slug.to_owned(), name_id: "Contoh".to_owned(), ..Shelf::default() }
    }

    #[test]
    fn shelves_are_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shelves.json");
        let shelves = Shelves::open(&path).unwrap();
        let begun = shelves.all().len();
        assert!(begun >= 8 && !path.exists(), "nothing is written before something is changed");
        shelves.add(shelf("baru")).unwrap();
        assert!(matches!(shelves.add(shelf("baru")), Err(ShelfError::Bad(BadShelf::Taken))));
        shelves.edit("baru", |shelf| shelf.slug = "lain".to_owned()).unwrap();
        shelves.edit("baru", |shelf| shelf.documents = vec!["a".to_owned()]).unwrap();
        shelves.move_by("baru", true).unwrap();
        shelves.remove("keputusan").unwrap();
        let again = Shelves::open(&path).unwrap().all();
        assert_eq!((again.len(), again[begun - 2].slug.as_str()), (begun, "baru"));
        assert_eq!(again, shelves.all());
        assert!(matches!(shelves.remove("keputusan"), Err(ShelfError::Bad(BadShelf::Unknown))));
    }

    #[test]
    fn what_cannot_be_written_did_not_happen() {
        let folder = tempfile::tempdir().unwrap();
        let shelves = Shelves::open(folder.path().join("gone/shelves.json")).unwrap();
        let before = shelves.all();
        assert!(matches!(shelves.add(shelf("baru")), Err(ShelfError::Disk { .. })));
        assert_eq!(shelves.all(), before);
    }

    #[test]
    fn a_damaged_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shelves.json");
        fs::write(&path, b"[{").unwrap();
        let error = Shelves::open(&path).unwrap_err().to_string();
        assert!(error.contains("shelves.json"), "{error}");
    }

    #[test]
    fn the_first_does_not_go_up_nor_the_last_down() {
        let mut list = [1, 2, 3];
        swap(&mut list, 0, true);
        swap(&mut list, 2, false);
        swap(&mut list, 9, true);
        assert_eq!(list, [1, 2, 3]);
        swap(&mut list, 0, false);
        assert_eq!(list, [2, 1, 3]);
    }
}
