//! Which files a list of paths means.

use std::fs;
use std::path::{Path, PathBuf};

use crate::IngestError;

/// All regular files under the given paths, in a stable order, each once. In folders, names that
/// begin with a dot are passed over (editors and file managers leave such files behind), and
/// symbolic links to folders are not followed, so that a link back up cannot go on for ever. A
/// file named outright is always taken.
///
/// # Errors
/// [`IngestError::Read`] for a path that does not exist or a folder that cannot be listed.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, IngestError> {
    let mut found = Vec::new();
    for path in paths {
        let metadata = fs::metadata(path).map_err(IngestError::read(path))?;
        if metadata.is_dir() {
            collect(path, &mut found)?;
        } else {
            found.push(path.clone());
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|path| seen.insert(path.clone()));
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), IngestError> {
    let entries = fs::read_dir(folder).map_err(IngestError::read(folder))?;
    let mut entries: Vec<_> =
        entries.collect::<Result<_, _>>().map_err(IngestError::read(folder))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        let kind = entry.file_type().map_err(IngestError::read(&path))?;
        if kind.is_dir() {
            collect(&path, found)?;
        } else if kind.is_file() || fs::metadata(&path).is_ok_and(|target| target.is_file()) {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_in_order_and_without_hidden_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("b/.git")).unwrap();
        for name in ["b/2.pdf", "b/1.pdf", "a.txt", ".hidden", "b/.git/x"] {
            fs::write(root.join(name), name).unwrap();
        }
        std::os::unix::fs::symlink(root, root.join("b/loop")).unwrap();
        let paths = [root.to_owned(), root.join("a.txt"), root.join(".hidden")];
        let found = files(&paths).unwrap();
        let names: Vec<_> =
            found.iter().map(|path| path.strip_prefix(root).unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["a.txt", "b/1.pdf", "b/2.pdf", ".hidden"]);
    }

    #[test]
    fn a_path_that_is_not_there_is_named() {
        let error = files(&[PathBuf::from("/tidak/ada")]).unwrap_err().to_string();
        assert!(error.contains("/tidak/ada"), "{error}");
    }
}
