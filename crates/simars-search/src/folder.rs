//! The folder of the index: one folder per fingerprint, and `CURRENT`, which names the one that
//! answers.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use simars_record::Digest;
use tantivy::IndexSettings;
use tantivy::store::{Compressor, ZstdCompressor};

use crate::SearchError;
use crate::analyze::Language;
use crate::index::Generation;
use crate::schema::fingerprint;

const CURRENT: &str = "CURRENT";
const DAMAGED: &str = "damaged-";
/// Length of a fingerprint in hexadecimal digits.
const NAME_LENGTH: usize = 64;

#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    wanted: String,
}

impl Folder {
    /// Creates the folder if it is not there.
    pub(crate) fn open(path: &Path, salt: &str) -> Result<Self, SearchError> {
        fs::create_dir_all(path).map_err(SearchError::io("create", path))?;
        let print = fingerprint();
        let wanted = if salt.is_empty() {
            print
        } else {
            Digest::of(format!("{print}{salt}").as_bytes()).to_string()
        };
        Ok(Self { path: path.to_owned(), wanted })
    }

    /// The name of the index that this program builds.
    pub(crate) fn wanted(&self) -> String {
        self.wanted.clone()
    }

    /// The name of the index that answers, if there is one. A name that is none (a damaged file)
    /// counts as none.
    pub(crate) fn current(&self) -> Result<Option<String>, SearchError> {
        let path = self.path.join(CURRENT);
        match fs::read(&path) {
            Ok(bytes) => {
                let name = String::from_utf8_lossy(&bytes).trim().to_owned();
                Ok(is_name(&name).then_some(name))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(SearchError::io("read", &path)(error)),
        }
    }

    /// Names the index that answers. Replaced in one step, so that a power cut leaves the old name
    /// or the new one.
    pub(crate) fn set_current(&self, name: &str) -> Result<(), SearchError> {
        let (path, new) = (self.path.join(CURRENT), self.path.join("CURRENT.new"));
        let write = || -> io::Result<()> {
            let mut file = fs::File::create(&new)?;
            file.write_all(name.as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            fs::File::open(&self.path)?.sync_all()
        };
        write().map_err(SearchError::io("write", &path))
    }

    /// The index `name` of another fingerprint, if it can still answer.
    pub(crate) fn open_old(&self, name: &str, language: &Language) -> Option<Generation> {
        let path = self.path.join(name);
        match open(&path, language) {
            Ok(Some(old)) => Some(old),
            Ok(None) => {
                tracing::warn!(path = %path.display(), "the search index that answered is gone; a new one is begun");
                None
            }
            Err(detail) => {
                tracing::warn!(path = %path.display(), detail, "the former search index cannot answer; a new one is begun");
                None
            }
        }
    }

    /// Opens the index `name`, or begins it. One that cannot be read is set aside.
    pub(crate) fn open_or_begin(
        &self,
        name: &str,
        language: &Language,
    ) -> Result<Generation, SearchError> {
        let path = self.path.join(name);
        // Of the same name, it has the same fields, unless something is wrong with it.
        let found = open(&path, language).and_then(|found| match found {
            Some(other) if other.index.schema() != language.rules.schema => {
                Err("its fields are not those of this program".to_owned())
            }
            found => Ok(found),
        });
        match found {
            Ok(Some(generation)) => return Ok(generation),
            Ok(None) => tracing::info!(path = %path.display(), "a new search index is begun"),
            Err(detail) => {
                tracing::warn!(path = %path.display(), detail, "the search index is damaged: it is set aside and built again");
                self.set_aside(name)?;
            }
        }
        fs::create_dir_all(&path).map_err(SearchError::io("create", &path))?;
        let index = tantivy::Index::builder()
            .schema(language.rules.schema.clone())
            .settings(settings())
            .create_in_dir(&path)
            .map_err(SearchError::index("create", &path))?;
        Generation::new(&path, index, language).map_err(SearchError::index("create", &path))
    }

    fn set_aside(&self, name: &str) -> Result<(), SearchError> {
        let aside = self.path.join(format!("{DAMAGED}{name}"));
        remove(&aside)?;
        let path = self.path.join(name);
        fs::rename(&path, &aside).map_err(SearchError::io("set aside", &path))
    }

    /// Removes the indexes that are not among `kept`: those of older programs and interrupted
    /// builds. Files of others are left alone.
    pub(crate) fn remove_strays(&self, kept: &[String]) -> Result<(), SearchError> {
        self.remove_where(|name| is_name(name) && !kept.iter().any(|kept| kept == name))
    }

    /// Removes what was set aside.
    pub(crate) fn remove_damaged(&self) -> Result<(), SearchError> {
        self.remove_where(|name| name.strip_prefix(DAMAGED).is_some_and(is_name))
    }

    fn remove_where(&self, goes: impl Fn(&str) -> bool) -> Result<(), SearchError> {
        let error = || SearchError::io("list", &self.path);
        for entry in fs::read_dir(&self.path).map_err(error())? {
            let entry = entry.map_err(error())?;
            if entry.file_name().to_str().is_some_and(&goes) {
                remove(&entry.path())?;
            }
        }
        Ok(())
    }
}

/// The texts of pages are most of an index: packed with zstd they take three fifths of what they
/// take with lz4, and the few that an answer shows are unpacked in less than a millisecond.
fn settings() -> IndexSettings {
    let docstore_compression = Compressor::Zstd(ZstdCompressor::default());
    IndexSettings { docstore_compression, ..IndexSettings::default() }
}

fn is_name(name: &str) -> bool {
    name.len() == NAME_LENGTH && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Removes a file or folder, if it is there.
fn remove(path: &Path) -> Result<(), SearchError> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(SearchError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// Opens an index with all its segments. `None` if there is none, `Err` if it cannot be used: one
/// with other fields can, as long as those that searching needs are among them.
pub(crate) fn open(path: &Path, language: &Language) -> Result<Option<Generation>, String> {
    match fs::read_dir(path).map(|mut entries| entries.next().is_none()) {
        Ok(false) => {}
        Ok(true) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    }
    let index = tantivy::Index::open_in_dir(path).map_err(|error| error.to_string())?;
    Generation::new(path, index, language).map(Some).map_err(|error| error.to_string())
}

/// The files of an index that are damaged or belong to nothing.
pub(crate) fn check(generation: &Generation) -> Result<Vec<PathBuf>, SearchError> {
    let path = &generation.path;
    let damaged = generation.index.validate_checksum();
    let mut wrong = damaged.map_err(SearchError::index("check", path))?;
    // What the index knows of but no longer needs goes at the next commit.
    let known: HashSet<PathBuf> = generation.index.directory().list_managed_files();
    for entry in fs::read_dir(path).map_err(SearchError::io("list", path))? {
        let name = PathBuf::from(entry.map_err(SearchError::io("list", path))?.file_name());
        let own = name.to_string_lossy();
        if !own.starts_with('.') && own != "meta.json" && !known.contains(&name) {
            wrong.insert(name);
        }
    }
    let mut wrong: Vec<PathBuf> = wrong.into_iter().map(|name| path.join(name)).collect();
    wrong.sort();
    Ok(wrong)
}
