//! The house's own rules, read from ARCHITECTURE.md and the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use simars_testkit::{project, samples};

/// Cells of the table rows below a heading of ARCHITECTURE.md.
fn table(heading: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(project().join("ARCHITECTURE.md")).unwrap();
    let section = text.split("\n## ").find(|section| section.contains(heading));
    let section = section.unwrap_or_else(|| panic!("ARCHITECTURE.md has no section {heading:?}"));
    let rows = section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    let cells = |row: &str| {
        row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()
    };
    rows.skip(1).map(cells).collect()
}

fn unquoted(cell: &str) -> String {
    cell.trim_matches('`').to_owned()
}

/// The members' manifests, by package name.
fn manifests() -> BTreeMap<String, toml::Table> {
    let root = project();
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.push(root.join("xtask"));
    let read = |folder: PathBuf| {
        let text = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let manifest: toml::Table = toml::from_str(&text).unwrap();
        (manifest["package"]["name"].as_str().unwrap().to_owned(), manifest)
    };
    folders.into_iter().map(read).collect()
}

fn dependencies(manifest: &toml::Table, section: &str) -> BTreeSet<String> {
    let table = manifest.get(section).and_then(toml::Value::as_table);
    table.map(|table| table.keys().cloned().collect()).unwrap_or_default()
}

#[test]
fn crates_depend_on_lower_ranks_only() {
    let rows = table("5. Crates");
    // What is for development comes last, each after what it may use.
    let rank = |row: &[String], place: usize| row[0].parse().unwrap_or(1_000 + place);
    let ranks: BTreeMap<String, usize> =
        (0..).zip(&rows).map(|(place, row)| (unquoted(&row[1]), rank(row, place))).collect();
    let manifests = manifests();
    let listed: BTreeSet<&String> = ranks.keys().collect();
    assert_eq!(listed, manifests.keys().collect(), "ARCHITECTURE.md §5 lists other crates");
    for (name, manifest) in &manifests {
        for dependency in dependencies(manifest, "dependencies") {
            if let Some(rank) = ranks.get(&dependency) {
                assert!(*rank < ranks[name], "{name} may not depend on {dependency}");
            }
        }
    }
}

#[test]
fn only_the_owner_depends_on_what_it_owns() {
    let manifests = manifests();
    for row in table("5. Crates") {
        let owner = unquoted(&row[1]);
        for owned in row[2].split(", ").filter(|owned| *owned != "–") {
            assert!(
                dependencies(&manifests[&owner], "dependencies").contains(owned),
                "{owner} does not use {owned}"
            );
            for (name, manifest) in &manifests {
                let development = name == "xtask" || name == "simars-testkit" || *name == owner;
                let uses = dependencies(manifest, "dependencies").contains(owned);
                let shared = shared().iter().any(|row| row[..3] == [owned, &owner, name]);
                assert!(development || shared || !uses, "{name} uses {owned}, which {owner} owns");
            }
        }
    }
}

/// What a second crate may use: the dependency, its owner, the other crate and the only file there.
fn shared() -> Vec<[String; 4]> {
    let row = |row: Vec<String>| std::array::from_fn(|column| unquoted(&row[column]));
    table("5a. Shared").into_iter().map(row).collect()
}

/// A dependency that reaches the code by another one's door is a use all the same.
#[test]
fn what_is_shared_is_used_in_one_file() {
    let shared = shared();
    assert!(!shared.is_empty(), "ARCHITECTURE.md §5a lists nothing");
    for [owned, owner, user, file] in shared {
        let manifest = &manifests()[&user];
        assert!(dependencies(manifest, "dependencies").contains(&owned), "{user} has no {owned}");
        let path = format!("{owned}::");
        let users: Vec<PathBuf> = sources()
            .into_iter()
            .filter(|source| {
                let shown = source.strip_prefix(project()).unwrap().to_str().unwrap();
                let is_program = shown.starts_with("crates/")
                    && !shown.starts_with("crates/simars-testkit/")
                    && !shown.contains("/tests");
                is_program && !shown.starts_with(&format!("crates/{owner}/"))
            })
            .filter(|source| fs::read_to_string(source).unwrap().contains(&path))
            .collect();
        assert_eq!(users, [project().join(&file)], "{owned} is used elsewhere");
    }
}

#[test]
fn every_dependency_is_explained() {
    let explained: BTreeSet<String> =
        table("7. Why each dependency").iter().map(|row| unquoted(&row[0])).collect();
    let mut used = BTreeSet::new();
    for manifest in manifests().values() {
        used.extend(dependencies(manifest, "dependencies"));
        used.extend(dependencies(manifest, "dev-dependencies"));
    }
    used.retain(|name| !name.starts_with("simars-"));
    let missing: Vec<_> = used.difference(&explained).collect();
    let stale: Vec<_> = explained.difference(&used).collect();
    assert!(missing.is_empty() && stale.is_empty(), "missing: {missing:?}, stale: {stale:?}");
}

#[test]
fn every_crate_takes_the_workspace_lints() {
    for (name, manifest) in manifests() {
        let lints = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        assert_eq!(lints.and_then(toml::Value::as_bool), Some(true), "{name}");
    }
}

fn sources() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path.file_name().is_none_or(|name| name != "target") {
                    walk(&path, found);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for folder in ["crates", "xtask", "tests", "benches"] {
        walk(&project().join(folder), &mut found);
    }
    found
}

#[test]
fn files_say_what_they_are_for_and_stay_short() {
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        let shown = path.display();
        assert!(text.starts_with("//!"), "{shown} does not begin with what it is for");
        let table = text.lines().take(12).any(|line| line.contains("A table of"));
        let lines = text.lines().count();
        assert!(table || lines <= 500, "{shown} has {lines} lines");
        let name = path.file_name().unwrap().to_str().unwrap();
        for vague in ["mod.rs", "utils.rs", "util.rs", "common.rs", "helpers.rs", "misc.rs"] {
            assert_ne!(name, vague, "{shown}: the name says nothing");
        }
    }
}

#[test]
fn the_code_map_names_files_that_exist() {
    let text = fs::read_to_string(project().join("ARCHITECTURE.md")).unwrap();
    let named = text.split('`').filter(|part| part.starts_with("crates/"));
    let mut count = 0;
    for path in named {
        assert!(project().join(path).exists(), "ARCHITECTURE.md names {path}");
        count += 1;
    }
    assert!(count >= 5, "the code map has only {count} paths");
}

#[test]
fn links_between_documents_lead_somewhere() {
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"] {
        let text = fs::read_to_string(project().join(name)).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(project().join(target).exists(), "{name} links to {target}");
        }
    }
}

#[test]
fn every_sample_tells_its_provenance() {
    let samples = samples();
    assert!(samples.len() >= 25, "{} samples", samples.len());
    for sample in samples {
        assert!(sample.path.is_file(), "{} is missing", sample.path.display());
        let provenance = &sample.expected.provenance;
        assert!(provenance.contains("MIT OR Apache-2.0"), "{}", sample.path.display());
    }
}
