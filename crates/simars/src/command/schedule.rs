//! `simars schedule`: the classification scheme and retention schedule, and what falls due by it.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use simars_archive::{Days, List, Place, Standings};
use simars_ingest::retention::MOST_BYTES;
use simars_ingest::{Holdings, ScheduleReport};
use simars_record::retention::{Rule, Step};
use simars_record::schedule::Entry;
use simars_record::{Date, StatedSchedule};

use crate::command::Exit;
use crate::door::{Create, Door, settings};
use crate::progress::{put, say};
use crate::surroundings::{self, LogFormat};

/// So many documents are asked for at once.
const PART: usize = 500;

/// The classification scheme and the retention schedule (JRA) are data that you bring along, in
/// versions with days of validity; what falls due is computed from the version in force.
///
/// Exit code: 0 if done, 3 if rows are wrong and nothing was taken.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
    /// The data folder
    #[arg(long, value_name = "DIR", default_value = "./simars-data", global = true)]
    data: PathBuf,
    /// JSON on standard output
    #[arg(long, global = true)]
    json: bool,
    /// How many seconds to wait while another command uses the data folder
    #[arg(long, value_name = "SECONDS", default_value_t = 600, global = true)]
    wait: u64,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check a file (CSV or XLSX) row by row, and take it as a new version
    Import(Import),
    /// Print the entries of the version in force
    Show {
        /// Another version
        #[arg(long, value_name = "N")]
        version: Option<u32>,
    },
    /// List all versions
    List,
    /// List what falls due
    Due {
        /// In this month, for example 2026-12; this month if nothing is said
        #[arg(long, value_name = "MONTH")]
        month: Option<String>,
    },
}

#[derive(Debug, Args)]
struct Import {
    /// The file, with the columns kode, uraian, aktif, inaktif, nasib akhir, keterangan
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The first day of its validity; today if nothing is said
    #[arg(long, value_name = "DATE")]
    valid_from: Option<Date>,
    /// The last day of its validity, if that is known
    #[arg(long, value_name = "DATE")]
    valid_to: Option<Date>,
    /// Only tell what it would change
    #[arg(long)]
    dry_run: bool,
    /// Take it without the rows that are wrong
    #[arg(long)]
    skip_wrong: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(LogFormat::Text, "warn");
    let create = match arguments.what {
        What::Import(_) => Create::Yes,
        _ => Create::No,
    };
    let patience = Duration::from_secs(arguments.wait);
    let door = Door::open(&arguments.data, create, patience, &settings()?)?;
    match &arguments.what {
        What::Import(import) => self::import(arguments, &door, import),
        What::Show { version } => show(arguments, &scheme(&door, *version)?),
        What::List => list(arguments, &scheme(&door, None)?),
        What::Due { month } => due(arguments, &door, month.as_deref()),
    }
}

fn import(arguments: &Arguments, door: &Door, import: &Import) -> anyhow::Result<ExitCode> {
    if let (Some(from), Some(to)) = (import.valid_from, import.valid_to)
        && to < from
    {
        bail!("it would end on {to}, before it begins on {from}");
    }
    let bytes = read(&import.file)?;
    let name = import.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let report = match door {
        Door::Here(holdings) => here(holdings, import, &bytes, &name)?,
        Door::There(client) => {
            let mut query = vec![("name", name)];
            query.extend(import.valid_from.map(|day| ("valid_from", day.to_string())));
            query.extend(import.valid_to.map(|day| ("valid_to", day.to_string())));
            query.extend(import.skip_wrong.then(|| ("skip_wrong", "1".to_owned())));
            // What is wrong with it is told before anything is tried.
            let looked = [query.clone(), vec![("dry_run", "1".to_owned())]].concat();
            let looked = client.schedule(&looked, &bytes)?;
            match import.dry_run || !looked.may_be_taken(import.skip_wrong) {
                true => looked,
                false => client.schedule(&query, &bytes)?,
            }
        }
    };
    tell(arguments, import, &report)
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let opened = fs::File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    opened.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        bail!("{} has more than {MOST_BYTES} bytes, which no schedule has", file.display());
    }
    Ok(bytes)
}

fn here(
    holdings: &Holdings,
    import: &Import,
    bytes: &[u8],
    name: &str,
) -> anyhow::Result<ScheduleReport> {
    let file = holdings.read_schedule(bytes, name).map_err(anyhow::Error::msg)?;
    let mut report = holdings.look_at_schedule(&file, &Standings::all())?;
    if !import.dry_run && report.may_be_taken(import.skip_wrong) {
        let from = import.valid_from.unwrap_or_else(|| holdings.archive().now().date());
        if import.valid_to.is_some_and(|to| to < from) {
            bail!("it would end before it begins on {from}; hint: say --valid-from too");
        }
        let valid = (from, import.valid_to);
        report.stated = Some(holdings.take_schedule(&file.scheme, name, valid, None)?);
        holdings.wait_until_placed()?;
    }
    Ok(report)
}

fn tell(
    arguments: &Arguments,
    import: &Import,
    report: &ScheduleReport,
) -> anyhow::Result<ExitCode> {
    let taken = report.stated.is_some();
    let good = taken || import.dry_run && report.may_be_taken(import.skip_wrong);
    let exit = if good { ExitCode::SUCCESS } else { Exit::Incomplete.into() };
    if arguments.json {
        put(&serde_json::to_string(report)?)?;
        return Ok(exit);
    }
    for error in &report.errors {
        say(&format!("simars: {error}"));
    }
    for note in &report.notes {
        say(&format!("simars: note: {note}"));
    }
    for change in &report.changes {
        let what = match (&change.before, &change.after) {
            (Some(_), Some(_)) => "changed",
            (Some(_), None) => "gone",
            (None, _) => "added",
        };
        let more = if change.more { "more than " } else { "" };
        put(&format!("{}\t{what}\t{more}{} documents", change.code, change.documents))?;
    }
    let ScheduleReport { rows, entries, added, changed, gone, same, .. } = report;
    put(&format!(
        "{entries} of {rows} rows can be used; {added} added, {changed} changed, {gone} gone, {same} \
         the same"
    ))?;
    if report.demonstration {
        say(
            "simars: made for show (contoh, bukan JRA): no retention schedule that anybody adopted",
        );
    }
    match &report.stated {
        Some(stated) => put(&format!(
            "version {} is stated, valid from {}",
            stated.number, stated.schedule.valid_from
        ))?,
        None if !import.dry_run => say("simars: nothing was taken; hint: correct these rows, or \
                                        say --skip-wrong to leave them out"),
        None => {}
    }
    Ok(exit)
}

/// The answer of `GET /api/v1/schedule`.
#[derive(Debug, Serialize, Deserialize)]
struct Shown {
    version: Option<StatedSchedule>,
    in_force: Option<u32>,
    versions: Vec<StatedSchedule>,
    entries: Vec<Entry>,
}

fn scheme(door: &Door, version: Option<u32>) -> anyhow::Result<Shown> {
    let shown = match door {
        Door::There(client) => {
            let number = version.map(|number| number.to_string()).unwrap_or_default();
            let query = [("version", number.as_str())];
            let query = if number.is_empty() { &query[..0] } else { &query[..] };
            client
                .get("/api/v1/schedule", query)?
                .context("the server does not know schedules; hint: is it of this version?")?
        }
        Door::Here(holdings) => {
            let archive = holdings.archive();
            let versions = archive.schedules()?;
            let in_force = archive.schedule_in_force()?.map(|version| version.number);
            let number = version.or(in_force);
            let found = versions.iter().find(|version| Some(version.number) == number).cloned();
            let entries = found.as_ref().map(|one| archive.scheme_of(&one.schedule.entries));
            let entries = entries.transpose()?.unwrap_or_default().entries().cloned().collect();
            Shown { version: found, in_force, versions, entries }
        }
    };
    if let (Some(number), None) = (version, &shown.version) {
        bail!("there is no version {number}; hint: `simars schedule list` lists them");
    }
    Ok(shown)
}

fn show(arguments: &Arguments, shown: &Shown) -> anyhow::Result<ExitCode> {
    if arguments.json {
        put(&serde_json::to_string(shown)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    if shown.version.is_none() {
        say("simars: there is no schedule in force; hint: `simars schedule import` takes one");
    }
    for entry in &shown.entries {
        let rule = entry.rule.as_ref().map(in_a_line).unwrap_or_default();
        let mark = if entry.demonstration { "contoh, bukan JRA" } else { "" };
        put(&format!("{}\t{}\t{rule}\t{mark}", entry.code, entry.title))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn in_a_line(rule: &Rule) -> String {
    let phase = |phase: &Option<simars_record::retention::Phase>| {
        phase.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string)
    };
    let exception = rule.exception.as_ref().map(|words| format!(", {words}")).unwrap_or_default();
    format!("{}; {}; {}{exception}", phase(&rule.active), phase(&rule.inactive), rule.fate)
}

fn list(arguments: &Arguments, shown: &Shown) -> anyhow::Result<ExitCode> {
    if arguments.json {
        put(&serde_json::to_string(&shown.versions)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    for version in &shown.versions {
        let StatedSchedule { number, schedule, time, .. } = version;
        let to = schedule.valid_to.map(|to| to.to_string()).unwrap_or_else(|| "-".to_owned());
        let force = if shown.in_force == Some(*number) { "in force" } else { "" };
        let mark = if schedule.demonstration { "contoh, bukan JRA" } else { "" };
        put(&format!(
            "{number}\t{}\t{to}\t{} codes\t{}\t{time}\t{force}\t{mark}",
            schedule.valid_from, schedule.count, schedule.file_name
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// As much of the answer of `GET /api/v1/schedule/due` as is printed.
#[derive(Debug, Serialize, Deserialize)]
struct DueList {
    documents: Vec<DueItem>,
    #[serde(default, skip_serializing)]
    next: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct DueItem {
    id: String,
    label: String,
    code: Option<String>,
    day: Option<Date>,
    step: Option<Step>,
}

fn due(arguments: &Arguments, door: &Door, month: Option<&str>) -> anyhow::Result<ExitCode> {
    let first = month.map(|month| format!("{month}-01").parse::<Date>()).transpose();
    let first = first.ok().context("no month; write for example --month 2026-12")?;
    let mut all = Vec::new();
    match door {
        Door::Here(holdings) => {
            holdings.wait_until_placed()?;
            let first = first.unwrap_or_else(|| holdings.archive().now().date());
            let days = Days::of_month(first.year(), first.month()).unwrap_or_default();
            due_here(holdings, days, &mut all)?;
        }
        Door::There(client) => {
            let month = first.map(|day| format!("{:04}-{:02}", day.year(), day.month()));
            let mut cursor = String::new();
            loop {
                let mut query: Vec<(&str, &str)> = Vec::new();
                query.extend(month.as_deref().map(|month| ("month", month)));
                query.extend((!cursor.is_empty()).then_some(("cursor", cursor.as_str())));
                let part: Option<DueList> = client.get("/api/v1/schedule/due", &query)?;
                let part = part.context("the server does not know what falls due")?;
                all.extend(part.documents);
                let next = part.next.as_deref().and_then(|next| next.split("cursor=").nth(1));
                let Some(next) = next else { break };
                cursor = next.to_owned();
            }
        }
    }
    if arguments.json {
        put(&serde_json::to_string(&DueList { documents: all, next: None })?)?;
        return Ok(ExitCode::SUCCESS);
    }
    for item in &all {
        let day = item.day.map(|day| day.to_string()).unwrap_or_default();
        let step = item.step.map_or("", Step::as_str);
        let code = item.code.as_deref().unwrap_or_default();
        put(&format!("{day}\t{step}\t{code}\t{}\t{}", item.id, item.label))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn due_here(holdings: &Holdings, days: Days, all: &mut Vec<DueItem>) -> anyhow::Result<()> {
    let archive = holdings.archive();
    let standings = Standings::all();
    let mut after: Option<Place> = None;
    loop {
        let part = archive.listed(&List::Due, days, &standings, (after, PART))?;
        let Some((last, _)) = part.last() else { break };
        after = Some(*last);
        for (place, document) in part {
            all.push(DueItem {
                id: document.id.to_string(),
                label: document.title().to_owned(),
                code: document.description.classification.map(|code| code.value),
                day: place.day,
                step: place.step,
            });
        }
    }
    Ok(())
}
