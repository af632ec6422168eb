//! The vectors in `tests/vectors/` at the root of the project: that they are what this code makes
//! of fixed seeds, and that this code and the shell script answer each as it should be answered.
//!
//! `UPDATE_EXPECT=1 cargo test -p simars-verify --test vectors` writes them again.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
mod bad;
mod cases;
mod flips;
mod formats;
mod log;
mod shell;
mod status;

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The folder of the vectors.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

/// All files of the folder that this code makes, by their path within it.
fn made() -> BTreeMap<String, Vec<u8>> {
    let mut files = cases::files();
    files.extend(formats::files());
    files
}

#[test]
fn the_vectors_are_what_this_code_makes() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    for (path, bytes) in made() {
        let path = folder().join(path);
        if update {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &bytes).unwrap();
        }
        let held = std::fs::read(&path).unwrap_or_default();
        let same = held == bytes;
        assert!(same, "{} is not up to date; run with UPDATE_EXPECT=1", path.display());
    }
}

#[test]
fn no_vector_is_left_over() {
    let made = made();
    for kind in ["files", "proofs", "policies"] {
        for entry in std::fs::read_dir(folder().join(kind)).unwrap() {
            let name = format!("{kind}/{}", entry.unwrap().file_name().display());
            assert!(made.contains_key(&name), "nothing makes {name} any more");
        }
    }
}
