//! `cargo xtask bench`: end-to-end figures of the real program, beside what the same machine does
//! in the same run with well-known tools. Ratios count; absolute times are the machine's.

mod corpus;
mod desk;
mod durable;
mod extract;
mod flood;
mod hash;
mod ingest;
mod log;
mod million;
mod process;
mod readers;
mod search;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

pub(crate) use self::corpus::Chance;
use self::table::Table;
pub(crate) use self::table::replace_between;

/// Measure the program end to end and write the table into benches/README.md.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A folder with real documents (documents/*/*.pdf) and passages (search/*.jsonl.gz); made
    /// texts are used where it is missing
    #[arg(long, value_name = "DIR", default_value = "../shared/data")]
    data: PathBuf,
    /// How many passages to use at most
    #[arg(long, default_value_t = 124_128)]
    passages: usize,
    /// Only these parts: pdf, read, flood, passages, search, hash, upload, log,
    /// readers, desk, million (these three only if they are named)
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// How many pages the million has, or documents the desk
    #[arg(long, default_value_t = 1_000_000)]
    pages: usize,
    /// Use again what a run before has built of these three, and leave it there
    #[arg(long)]
    keep: bool,
    /// Measure this program, which is built already
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Print the table, leave benches/README.md as it is
    #[arg(long)]
    print: bool,
}

/// What stands beside the program must be built as it is: the same command, optimised.
fn optimised(root: &Path) -> anyhow::Result<()> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let mut arguments = vec!["run", "--release", "--quiet", "--package", "xtask", "--"];
    arguments.extend(given.iter().map(String::as_str));
    if !crate::shell::run(root, "cargo", &arguments)? {
        bail!("the measurement did not end well");
    }
    Ok(())
}

/// What every part works with.
pub(crate) struct Bench {
    /// The program, built for release.
    program: PathBuf,
    /// A folder for scratch files, on the disk that is measured.
    work: PathBuf,
    /// Real data, if there is any.
    data: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let root = crate::project();
    if cfg!(debug_assertions) {
        return optimised(&root);
    }
    let build = ["build", "--release", "--package", "simars"];
    if arguments.program.is_none() && !crate::shell::run(&root, "cargo", &build)? {
        bail!("the program does not build");
    }
    let program = arguments.program.clone();
    let work = root.join("target/bench");
    if work.exists() {
        fs::remove_dir_all(&work).with_context(|| format!("cannot clear {}", work.display()))?;
    }
    fs::create_dir_all(&work).with_context(|| format!("cannot create {}", work.display()))?;
    let bench = Bench {
        program: program.unwrap_or_else(|| root.join("target/release/simars")),
        work,
        data: root.join(&arguments.data),
    };
    let wanted =
        |part: &str| arguments.only.is_empty() || arguments.only.iter().any(|name| name == part);
    let mut table = Table::default();
    if wanted("hash") {
        hash::measure(&bench, &mut table)?;
    }
    if wanted("pdf") {
        ingest::real_pdfs(&bench, &mut table)?;
    }
    if wanted("read") {
        extract::measure(&bench, &mut table)?;
    }
    if wanted("flood") {
        flood::measure(&bench, &mut table)?;
    }
    if wanted("upload") {
        durable::measure(&bench, &mut table)?;
    }
    if wanted("log") {
        log::measure(&bench, &mut table)?;
    }
    if wanted("passages") || wanted("search") {
        let passages = corpus::passages(&bench.data, arguments.passages)?;
        let data = ingest::passages(&bench, &passages, &mut table)?;
        if wanted("search") {
            search::measure(&bench, &data, &passages, &mut table)?;
        }
    }
    for part in ["readers", "desk", "million"] {
        if !arguments.only.iter().any(|name| name == part) {
            continue;
        }
        let mut table = Table::default();
        let size = million::Size { pages: arguments.pages, keep: arguments.keep };
        match part {
            "readers" => readers::measure(&bench, arguments.keep, &mut table)?,
            "desk" => desk::measure(&bench, size, &mut table)?,
            _ => million::measure(&bench, size, &mut table)?,
        }
        table.print();
        if !arguments.print {
            table.write_alone(&root.join("benches/README.md"), part)?;
        }
    }
    table.print();
    if !arguments.print && !table.is_empty() {
        table.write(&root.join("benches/README.md"))?;
    }
    drop(fs::remove_dir_all(&bench.work));
    Ok(())
}

impl Bench {
    fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.work.join(name);
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(folder)
    }
}

/// Bytes on disk of all files below a folder (blocks, not lengths).
pub(crate) fn bytes_on_disk(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => {
                metadata.blocks() * 512 + bytes_on_disk(&entry.path())
            }
            Ok(metadata) => metadata.blocks() * 512,
            Err(_) => 0,
        })
        .sum()
}
