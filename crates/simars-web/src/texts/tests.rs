//! The table of texts against everything that asks for one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use simars_record::signature::{ChainVerdict, IntegrityVerdict, SignatureKind};
use simars_record::{
    AccessClass, FindingCode, Publication, RelationKind, RevisionClass, StatementKind,
};
use simars_verify::Folding;

use super::*;

/// Every `.rs` and `.html` file of this crate except the tests.
fn sources() -> Vec<(PathBuf, String)> {
    fn collect(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "rs" || extension == "html")
                && path.file_name().is_some_and(|name| name != "tests.rs")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    collect(&root.join("src"), &mut found);
    collect(&root.join("templates"), &mut found);
    found
}

/// What stands in double quotes and looks like a key.
fn quoted(source: &str) -> impl Iterator<Item = &str> {
    source.split('"').filter(|literal| {
        literal.split_once('.').is_some_and(|(section, key)| {
            let word = |text: &str| {
                !text.is_empty()
                    && text.bytes().all(|byte| byte.is_ascii_lowercase() || b"_-".contains(&byte))
            };
            word(section) && word(key)
        })
    })
}

fn sections() -> BTreeSet<&'static str> {
    TEXTS.keys().filter_map(|key| key.split_once('.')).map(|(section, _)| section).collect()
}

/// Keys that are put together at run time, each family from the list it must cover.
fn families() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    keys.extend(FindingCode::ALL.map(|code| format!("finding.{}", code.as_str())));
    keys.extend(AccessClass::ALL.map(|class| format!("access.{class}")));
    keys.extend(StatementKind::ALL.map(|kind| format!("statement.{}", kind.as_str())));
    let signature = |part: &str, written: &str| format!("signature.{part}_{written}");
    keys.extend(SignatureKind::ALL.map(|kind| signature("kind", kind.as_str())));
    keys.extend(IntegrityVerdict::ALL.map(|verdict| signature("integrity", verdict.as_str())));
    keys.extend(ChainVerdict::ALL.map(|verdict| signature("chain", verdict.as_str())));
    for direction in ["names", "by"] {
        let key = |kind: RelationKind| format!("relation.{direction}_{}", kind.as_str());
        keys.extend(RelationKind::ALL.map(key));
    }
    keys.extend(RevisionClass::ALL.map(|class| signature("later", class.as_str())));
    for field in simars_record::description::REVIEWED {
        keys.insert(format!("field.{field}"));
    }
    for publication in [Publication::Draft, Publication::Published, Publication::Withdrawn] {
        keys.insert(crate::names::publication_key(publication).to_owned());
    }
    for outcome in simars_verify::Outcome::ALL.map(simars_verify::Outcome::as_str) {
        keys.extend(["title", "means", "not"].map(|part| format!("verdict.{outcome}_{part}")));
    }
    let alone = |outcome: &simars_verify::Outcome| {
        outcome.is_registered() || *outcome == simars_verify::Outcome::NotRegistered
    };
    for outcome in simars_verify::Outcome::ALL.into_iter().filter(alone) {
        keys.insert(format!("verdict.{}_typed", outcome.as_str()));
    }
    keys.extend(Folding::ALL.map(|folding| format!("compare.{}", folding.as_str())));
    for thing in ["documents", "pages"] {
        keys.extend(["one", "many"].map(|form| format!("count.{thing}_{form}")));
    }
    keys
}

#[test]
fn every_text_speaks_both_languages() {
    for (key, entry) in TEXTS.iter() {
        assert!(!entry.id.trim().is_empty(), "{key} lacks Indonesian");
        assert!(!entry.en.trim().is_empty(), "{key} lacks English");
        let places = |text: &str| -> BTreeSet<String> {
            text.split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}'))
                .map(|(name, _)| name.to_owned())
                .collect()
        };
        assert_eq!(places(&entry.id), places(&entry.en), "{key} fills in different things");
    }
}

#[test]
fn no_page_asks_for_a_text_that_is_not_there() {
    let sections = sections();
    for (path, source) in sources() {
        for key in quoted(&source) {
            let section = key.split_once('.').unwrap().0;
            let is_file = ["html", "toml", "css", "js", "svg", "txt", "csv"]
                .iter()
                .any(|ending| key.ends_with(&format!(".{ending}")));
            if sections.contains(section) && !is_file {
                assert!(is_known(key), "{} asks for {key}", path.display());
            }
        }
    }
    for key in families() {
        assert!(is_known(&key), "{key} is missing");
    }
}

#[test]
fn no_text_is_left_over() {
    let sources = sources();
    let mut used: BTreeSet<&str> = sources.iter().flat_map(|(_, source)| quoted(source)).collect();
    let families = families();
    used.extend(families.iter().map(String::as_str));
    let left_over: Vec<&String> = TEXTS.keys().filter(|key| !used.contains(key.as_str())).collect();
    assert!(left_over.is_empty(), "nobody uses {left_over:?}");
}

#[test]
fn filling_takes_values_as_they_are() {
    let filled = fill(Language::English, "search.page_of", &[("n", "{total}"), ("total", "3")]);
    assert_eq!(filled, "Page {total} of 3");
    assert_eq!(fill(Language::English, "no.such{key", &[]), "no.such{key");
}
