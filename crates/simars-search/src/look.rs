//! A look at an index that nobody has open, which changes nothing and mends nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::analyze::Language;
use crate::folder::{self, Folder};
use crate::schema::Rules;
use crate::{Request, SearchError, search};

/// What an index says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// The journal number that its last commit carries.
    pub applied: u64,
    /// How many documents can be found in it.
    pub documents: u64,
    /// Files that are damaged or belong to nothing, and why; with any, the rest counts for nothing.
    pub wrong: Vec<(PathBuf, String)>,
}

/// Reads everything that the answering index in `folder` holds. `None` if there is no index. One
/// process owns the folder; that is the caller's to see to.
///
/// # Errors
/// The folder cannot be read.
pub fn look(folder: &Path) -> Result<Option<Looked>, SearchError> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let language = Language::new(Arc::new(Rules::load()?));
    let Some(name) = Folder::open(folder, "")?.current()? else { return Ok(None) };
    let path = folder.join(name);
    let damaged =
        |detail: String| Looked { wrong: vec![(path.clone(), detail)], ..Looked::default() };
    let generation = match folder::open(&path, &language) {
        Ok(Some(generation)) => generation,
        Ok(None) => return Ok(Some(damaged("it is empty".to_owned()))),
        Err(detail) => return Ok(Some(damaged(detail))),
    };
    let looked = folder::check(&generation).and_then(|wrong| {
        let wrong = wrong.into_iter().map(|path| (path, "it is damaged or a stray".to_owned()));
        let all = search::answer(&Request::new("", u16::MAX), &generation, &language)?;
        let (applied, documents) = (generation.applied(), all.total);
        Ok(Looked { applied, documents, wrong: wrong.collect() })
    });
    Ok(Some(looked.unwrap_or_else(|error| damaged(error.to_string()))))
}
