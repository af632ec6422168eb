//! `simars check`: the whole store against itself.

use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::bail;
use clap::Args;
use serde::Serialize;
use simars_archive::check::repair::{Repaired, repair};
use simars_archive::check::{Damage, Options, Part, Progress, Report, Rounds, check_folder};
use simars_archive::{DataFolder, FolderLock};
use simars_extract::{Converter, Engine, SystemReport, system_report};
use simars_ingest::caretaker::compare_index;

use crate::command::{Data, Exit};
use crate::door::{Create, Door, processors, settings};
use crate::progress::{bar, put};
use crate::surroundings::{self, LogFormat};

/// So many notes are told in words; JSON has all of them.
const NOTES_TOLD: usize = 20;
/// Bytes of a megabyte, as --rate counts.
pub(crate) const MEGABYTE: u64 = 1_000_000;

/// Check the whole store against itself: every object is hashed, every statement compared with
/// what it commits to and continues, the files of the public log derived again and compared byte by
/// byte, catalogue and index compared with the journal.
///
/// A server makes such rounds by itself; --last tells what the last one found. With --system, the
/// machine is checked instead of the store: which limits hold here for reading foreign files, and
/// whether pages can be recognised and office documents be converted.
///
/// Exit code: 0 if all is well, 3 if there is damage or a layer of protection is missing.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// Check the machine instead of the store
    #[arg(long, conflicts_with_all = ["last", "resume", "repair"])]
    system: bool,
    /// Tell what the last whole round found, and check nothing; works beside a server
    #[arg(long, conflicts_with_all = ["resume", "repair"])]
    last: bool,
    /// Go on with a round that was stopped
    #[arg(long)]
    resume: bool,
    /// Read at most so many megabytes of objects in a second
    #[arg(long, value_name = "MB")]
    rate: Option<u64>,
    /// Hash so many objects at the same time; as many as there are processors if left out
    #[arg(long, value_name = "COUNT")]
    threads: Option<usize>,
    /// Mend what is derived: views, and files of the public log. Objects and journal come from a
    /// backup only
    #[arg(long)]
    repair: bool,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(LogFormat::Text, "warn");
    if arguments.system {
        return system(arguments.json);
    }
    let folder = DataFolder::new(&arguments.data.data);
    if arguments.last {
        return last(&folder, arguments.json);
    }
    let lock = folder.exists().then(|| folder.lock()).transpose()?;
    let Some(lock) = lock else {
        bail!(simars_archive::ArchiveError::Missing { folder: folder.root().to_owned() });
    };
    let report = round(&folder, &lock, arguments)?;
    if !arguments.repair || report.damage.is_empty() {
        tell(&report, arguments.json)?;
        return Ok(code(&report.damage));
    }
    let repaired = repair(&folder, &lock, &report)?;
    drop(lock);
    if repaired.left.iter().all(|left| left.part != Part::Journal) {
        build_views(&folder)?;
    }
    let lock = folder.lock()?;
    let after = round(&folder, &lock, arguments)?;
    tell_repair(&report, &repaired, &after, arguments.json)?;
    Ok(code(&after.damage))
}

fn code(damage: &[Damage]) -> ExitCode {
    if damage.is_empty() { ExitCode::SUCCESS } else { Exit::Incomplete.into() }
}

fn round(folder: &DataFolder, lock: &FolderLock, arguments: &Arguments) -> anyhow::Result<Report> {
    let bar = bar(0, "checked");
    let mut report = check_folder(
        folder,
        lock,
        &Options {
            threads: arguments.threads.unwrap_or_else(processors),
            bytes_per_second: arguments.rate.map(|rate| rate.saturating_mul(MEGABYTE)),
            resume: arguments.resume,
            stop: &AtomicBool::new(false),
            now: surroundings::system().now,
            progress: &|Progress { part, done, of }| {
                bar.set_message(part.as_str());
                bar.set_length(of);
                bar.set_position(done);
            },
        },
    )?;
    bar.finish_and_clear();
    compare_index(folder, &mut report)?;
    Ok(report)
}

fn last(folder: &DataFolder, json: bool) -> anyhow::Result<ExitCode> {
    let rounds = Rounds::load(folder, (surroundings::system().now)())?;
    let Some(report) = &rounds.last else {
        bail!("no round of checking has ended yet; hint: `simars check` makes one")
    };
    if json {
        put(&serde_json::to_string(&rounds)?)?;
    } else {
        tell(report, false)?;
        if rounds.unfinished() {
            put("another round has begun and not ended yet")?;
        }
    }
    Ok(code(&report.damage))
}

/// The views that were taken away are built again.
fn build_views(folder: &DataFolder) -> anyhow::Result<()> {
    let door = Door::open(folder.root(), Create::No, Duration::ZERO, &settings()?)?;
    let Door::Here(holdings) = door else { bail!("a server has taken the data folder") };
    let bar = bar(holdings.progress().journal, "indexed");
    holdings.wait_until_searchable(|progress| bar.set_position(progress.indexed))?;
    bar.finish_and_clear();
    Ok(())
}

fn tell(report: &Report, json: bool) -> anyhow::Result<()> {
    if json {
        return put(&serde_json::to_string(report)?);
    }
    tell_damage(&report.damage)?;
    for note in report.notes.iter().take(NOTES_TOLD) {
        put(&format!("note: {}: {}", note.path, note.detail))?;
    }
    if let Some(more) = report.notes.len().checked_sub(NOTES_TOLD + 1) {
        put(&format!("note: {} more; --json has all", more + 1))?;
    }
    put(&summary(report))?;
    if let Some(root) = report.log_root {
        put(&format!("log root {root}"))?;
    }
    Ok(())
}

pub(crate) fn tell_damage(damage: &[Damage]) -> anyhow::Result<()> {
    for Damage { part, path, detail } in damage {
        put(&format!("damaged: {}: {path}: {detail}", part.as_str()))?;
    }
    Ok(())
}

pub(crate) fn summary(report: &Report) -> String {
    let Report { segments, statements, objects, tiles, documents, .. } = report;
    let outcome = match report.damage.len() {
        0 => "all is well".to_owned(),
        count => format!("{count} damaged"),
    };
    let time = report.finished.map(|finished| format!("{finished}: ")).unwrap_or_default();
    format!(
        "{time}{segments} segments, {statements} statements, {objects} objects, {tiles} tiles of the \
         log, {documents} documents of the catalogue: {outcome}"
    )
}

fn tell_repair(
    before: &Report,
    repaired: &Repaired,
    after: &Report,
    json: bool,
) -> anyhow::Result<()> {
    if json {
        return put(&serde_json::json!({
            "before": before, "repaired": repaired, "after": after,
        })
        .to_string());
    }
    tell_damage(&before.damage)?;
    for done in &repaired.done {
        put(&format!("repaired: {done}"))?;
    }
    for damage in &after.damage {
        put(&format!("still damaged: {}: {}", damage.path, damage.detail))?;
    }
    if !after.damage.is_empty() {
        put("what is left cannot be derived from anything; restore it from backup")?;
    }
    put(&summary(after))
}

/// What holds on this machine, found by trying.
#[derive(Debug, Serialize)]
struct System {
    #[serde(flatten)]
    reading: SystemReport,
    recognition: Recognition,
    conversion: Conversion,
}

#[derive(Debug, Serialize)]
struct Conversion {
    /// The office program; `None` if there is none.
    converter: Option<String>,
    /// Packages with parts of it that are not installed.
    lacks: Vec<&'static str>,
    /// What keeps it from doing harm, and what does not.
    confinement: &'static str,
}

/// An office program needs too much of the kernel for the filter that a reader has.
const CONFINEMENT: &str = "it writes to one folder that is thrown away, connects to nothing and starts nothing, as \
     far as this kernel has Landlock and seccomp (above); its filter names what it may not call, \
     since it needs too much for one that names what it may; 2 GiB, 40 s of processor, 60 s";

#[derive(Debug, Serialize)]
struct Recognition {
    /// The engine; `None` if there is none, or none that reads Indonesian.
    engine: Option<String>,
}

fn system(json: bool) -> anyhow::Result<ExitCode> {
    let engine = Engine::find().filter(Engine::reads_indonesian);
    let engine = engine.as_ref().map(Engine::name);
    let converter = Converter::find();
    let lacks = converter.as_ref().map(Converter::lacks).unwrap_or_default();
    let converter = converter.as_ref().map(Converter::name);
    let system = System {
        reading: system_report(),
        recognition: Recognition { engine },
        conversion: Conversion { converter, lacks, confinement: CONFINEMENT },
    };
    if json {
        put(&serde_json::to_string(&system)?)?;
    } else {
        for attempt in &system.reading.attempts {
            let outcome = match &attempt.refused_by {
                Some(by) => format!("refused ({by:?})").to_lowercase(),
                None => "allowed".to_owned(),
            };
            put(&format!("a reader that tries to {}: {outcome}", attempt.what))?;
        }
        for missing in &system.reading.missing {
            put(&format!("missing: {missing}"))?;
        }
        put(&match &system.recognition.engine {
            Some(engine) => format!("recognition: {engine}"),
            None => {
                "recognition: none; hint: install tesseract-ocr and tesseract-ocr-ind".to_owned()
            }
        })?;
        put(&match &system.conversion.converter {
            Some(converter) => format!("conversion: {converter}; {CONFINEMENT}"),
            None => "conversion: none, so office documents have no page images; hint: install \
                     libreoffice-writer-nogui, libreoffice-calc-nogui and libreoffice-impress-nogui"
                .to_owned(),
        })?;
        for part in &system.conversion.lacks {
            put(&format!("missing: {part}, so such documents have no page images"))?;
        }
    }
    let whole = system.reading.missing.is_empty();
    Ok(if whole { ExitCode::SUCCESS } else { Exit::Incomplete.into() })
}
