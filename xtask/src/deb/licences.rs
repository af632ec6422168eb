//! The licences of everything that is in the program, as cargo knows them and as their own files say.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::project;

/// The program whose dependencies are meant.
const PROGRAM: &str = "simars";
/// How the files begin that hold licences.
const NAMES: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    license_file: Option<String>,
    manifest_path: String,
    source: Option<String>,
    #[serde(default)]
    authors: Vec<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    /// `None` for what goes into the program, `build` for what makes it, `dev` for its tests.
    kind: Option<String>,
}

/// Writes `copyright` and `licences.txt` into a folder; gives how many dependencies there are.
pub(super) fn write(folder: &Path) -> Result<usize> {
    let metadata = read()?;
    let used = used(&metadata)?;
    let mut list = String::from(
        "SIMARS is licensed under MIT OR Apache-2.0, see LICENSE-MIT and LICENSE-APACHE.\n\
         The program holds the following, each under its own licence. licences.txt has their texts.\n\n",
    );
    // Most have the same few texts: each text once, with who has it.
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in &used {
        let name = format!("{} {}", package.name, package.version);
        let licence = package.license.as_deref().unwrap_or("see licences.txt");
        let found = found(package)?;
        ensure!(
            package.license.is_some() || !found.is_empty(),
            "{name} does not say under which licence it is"
        );
        writeln!(list, "{name}: {licence}")?;
        if found.is_empty() {
            let authors = package.authors.join(", ");
            let stated = format!("No file of its own; it states: {licence}. Authors: {authors}\n");
            texts.entry(stated).or_default().insert(name.clone());
        }
        for text in found {
            texts.entry(text).or_default().insert(name.clone());
        }
    }
    let mut all = String::new();
    for (text, names) in texts {
        let names: Vec<String> = names.into_iter().collect();
        writeln!(all, "==== {}\n\n{}\n", names.join(", "), text.trim_end())?;
    }
    super::write(&folder.join("copyright"), &list)?;
    super::write(&folder.join("licences.txt"), &all)?;
    Ok(used.len())
}

fn read() -> Result<Metadata> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.current_dir(project()).args(["metadata", "--format-version", "1", "--locked"]);
    let host = super::said("rustc", &["-vV"])?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: "));
    cargo.args(["--filter-platform", host.context("rustc does not say its host")?]);
    let output = cargo.output().context("cannot start cargo")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("cargo metadata is not understood")
}

/// What the program is made of or with, apart from the project itself, by name.
fn used(metadata: &Metadata) -> Result<Vec<&Package>> {
    let packages: BTreeMap<&str, &Package> =
        metadata.packages.iter().map(|package| (&*package.id, package)).collect();
    let nodes: BTreeMap<&str, &Node> =
        metadata.resolve.nodes.iter().map(|node| (&*node.id, node)).collect();
    let program = metadata.packages.iter().find(|package| package.name == PROGRAM);
    let mut open = vec![&*program.context("the program is not in the workspace")?.id];
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = nodes.get(id).with_context(|| format!("cargo says nothing of {id}"))?;
        let needed = node.deps.iter().filter(|dependency| {
            dependency.dep_kinds.iter().any(|kind| kind.kind.as_deref() != Some("dev"))
        });
        open.extend(needed.map(|dependency| &*dependency.pkg));
    }
    let mut used: Vec<&Package> = seen.iter().filter_map(|id| packages.get(id).copied()).collect();
    used.retain(|package| package.source.is_some());
    used.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(used)
}

/// The licence files that a dependency brings along.
fn found(package: &Package) -> Result<Vec<String>> {
    let folder =
        Path::new(&package.manifest_path).parent().context("a manifest without a folder")?;
    let mut paths = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        if path.is_file() && NAMES.iter().any(|begin| name.starts_with(begin)) {
            paths.push(path);
        }
    }
    paths.extend(package.license_file.as_ref().map(|file| folder.join(file)));
    paths.sort();
    paths.dedup();
    let mut texts = Vec::new();
    for path in paths.iter().filter(|path| path.is_file()) {
        texts.push(String::from_utf8_lossy(&fs::read(path)?).replace("\r\n", "\n"));
    }
    Ok(texts)
}
