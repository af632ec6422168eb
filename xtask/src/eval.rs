//! `cargo xtask eval`: how well the archive finds and describes, in figures that may not fall.
//!
//! The search is asked through its own library, without a server. Figures are percentages; a stored
//! figure (`benches/eval.toml`) that falls by more than half a point is an error. What is measured
//! on real data is left out, and said to be, where there is none.

mod acts;
mod ask;
mod described;
mod fuzz;
mod known;
mod questions;
mod report;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use self::report::Report;

/// Measure relevance and descriptions, and compare them with benches/eval.toml.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A folder with real documents (documents/MANIFEST.tsv), questions with the passages that
    /// answer them (search/*.queries.tsv, *.passages.jsonl.gz) and articles of laws
    /// (search/*.jsonl.gz)
    #[arg(long, value_name = "DIR", default_value = "../shared/data")]
    data: PathBuf,
    /// Only these parts: samples, questions, documents, acts, fuzz
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Queries that make no sense, each of which must be answered
    #[arg(long, default_value_t = 2_000)]
    fuzz: usize,
    /// Keep the figures in benches/eval.toml and the table in benches/README.md
    #[arg(long)]
    store: bool,
    /// Show what was not found first, with what stood in its place, at most so many of each figure
    #[arg(long, default_value_t = 0)]
    misses: usize,
}

/// What every part works with.
struct Eval {
    /// Real data, if there is any.
    data: PathBuf,
    /// Indexes are kept here: one that nothing has changed for is used again.
    work: PathBuf,
    misses: usize,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let root = crate::project();
    let work = root.join("target/eval");
    fs::create_dir_all(&work).with_context(|| format!("cannot create {}", work.display()))?;
    let eval = Eval { data: root.join(&arguments.data), work, misses: arguments.misses };
    let wanted =
        |part: &str| arguments.only.is_empty() || arguments.only.iter().any(|name| name == part);
    let mut report = Report::default();
    if wanted("samples") {
        described::samples(&eval, &mut report)?;
    }
    if wanted("documents") {
        described::real(&eval, &mut report)?;
    }
    if wanted("questions") {
        questions::measure(&eval, &mut report)?;
    }
    if wanted("acts") {
        acts::measure(&eval, &mut report)?;
    }
    if wanted("fuzz") {
        fuzz::measure(&eval, arguments.fuzz, &mut report)?;
    }
    let kept = root.join("benches/eval.toml");
    let fallen = report.compare(&kept)?;
    report.print();
    if arguments.store {
        report.store(&kept, &root.join("benches/README.md"))?;
        return Ok(());
    }
    anyhow::ensure!(
        fallen.is_empty(),
        "figures fell by more than {} points:\n  {}\nif that is meant, `cargo xtask eval --store`",
        report::TOLERANCE,
        fallen.join("\n  ")
    );
    Ok(())
}

/// The files in `folder` whose name ends so, in the order of their names.
fn ending(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(end))
        .collect();
    found.sort();
    found
}
