//! `simars change`: acts on a document that is registered.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use simars_ingest::retention::holding;
use simars_ingest::{Acted, Change, Holdings, Relating, Report, Stated, Status, pipeline};
use simars_record::retention::PhaseName;
use simars_record::{AccessClass, Date, DocumentId, RelationKind, UnitChoice};

use crate::command::Exit;
use crate::door::{Create, Door, MAX_FILE_BYTES, processors, settings};
use crate::progress::{put, say};
use crate::recognise;
use crate::surroundings::{self, LogFormat};

/// Change how a registered document stands. Each act becomes a statement in the log; what was
/// stated before stays, and so do files that were replaced.
///
/// Exit code: 0 if the document stands as ordered, 3 if it is not in the archive or the file was
/// not taken.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The document
    #[arg(value_name = "ID")]
    id: DocumentId,
    #[command(subcommand)]
    act: Act,
    /// The data folder
    #[arg(long, value_name = "DIR", default_value = "./simars-data", global = true)]
    data: PathBuf,
    /// One JSON object on standard output
    #[arg(long, global = true)]
    json: bool,
    /// How many seconds to wait while another command uses the data folder
    #[arg(long, value_name = "SECONDS", default_value_t = 600, global = true)]
    wait: u64,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Put it before the public
    Publish,
    /// Take it back from the public; copies of it are still known as genuine
    Withdraw,
    /// Give it another access class
    Access {
        /// biasa (open), terbatas, rahasia or sangat-rahasia
        #[arg(value_name = "CLASS")]
        class: AccessClass,
    },
    /// Keep it closed until a day on which the archive itself opens it
    Embargo {
        /// The day, for example 2026-12-31; it opens when that day begins in UTC
        #[arg(value_name = "DAY")]
        opens: Date,
    },
    /// Give it to another unit
    Unit {
        /// For example TEKNIS; `-` for the office as a whole
        #[arg(value_name = "UNIT")]
        unit: UnitChoice,
    },
    /// Correct what is said of it
    Correct {
        /// For example: title="Penetapan hasil" year=2024
        #[arg(value_name = "FIELD=VALUE", required = true)]
        fields: Vec<String>,
    },
    /// State that it does something to another act, or confirm what was recognised
    Relate(Relate),
    /// State that it does not do what was recognised
    Unrelate(Relate),
    /// Give it a code of the classification scheme in force
    Classify {
        /// For example XX.01.2
        #[arg(value_name = "CODE")]
        code: String,
    },
    /// State when the event took place from which its retention is counted
    Trigger {
        /// A day, for example 2024-12-31, or - to take back what was stated
        #[arg(value_name = "DATE", allow_hyphen_values = true)]
        date: String,
        /// The event of the inactive phase, if that has one of its own
        #[arg(long)]
        inactive: bool,
    },
    /// Hold it: whatever falls due, nothing may become of it
    Hold {
        /// Why
        #[arg(value_name = "REASON")]
        reason: String,
    },
    /// End the hold
    Release,
    /// Let another file take the place of the newest version
    Replace {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
struct Relate {
    /// revokes, amends, implements, annexes or cites
    #[arg(value_name = "KIND", value_parser = relation)]
    kind: RelationKind,
    /// The other act, for example "Peraturan KPU Nomor 6 Tahun 2024"
    #[arg(value_name = "ACT")]
    target: String,
    /// Only a part of that act is meant
    #[arg(long)]
    in_part: bool,
}

fn relation(name: &str) -> Result<RelationKind, String> {
    let found = RelationKind::ALL.into_iter().find(|kind| kind.as_str() == name);
    found.ok_or_else(|| "use revokes, amends, implements, annexes or cites".to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    surroundings::log(LogFormat::Text, "warn");
    let mut settings = settings()?;
    if let Act::Replace { .. } = arguments.act {
        settings.recognition_workers = processors();
    }
    if let Act::Correct { fields } = &arguments.act {
        // A misspelled field is told before anything is opened.
        stated(fields)?;
    }
    let patience = Duration::from_secs(arguments.wait);
    let door = Door::open(&arguments.data, Create::No, patience, &settings)?;
    let id = &arguments.id;
    let done = match &arguments.act {
        Act::Replace { file } => {
            replace(&door, id, file)?.map(|report| tell_report(arguments, &report))
        }
        act => acted(&door, id, act)?.map(|acted| tell(arguments, &acted)),
    };
    let Some(done) = done else {
        say(&format!("simars: {id}: no such document"));
        return Ok(Exit::Incomplete.into());
    };
    if let Door::Here(holdings) = &door {
        match arguments.act {
            Act::Replace { .. } => recognise::here(holdings)?,
            _ => holdings.wait_until_searchable(|_| {})?,
        }
    }
    done
}

fn acted(door: &Door, id: &DocumentId, act: &Act) -> anyhow::Result<Option<Acted>> {
    match door {
        Door::Here(holdings) => here(holdings, id, act),
        Door::There(client) => client.act(id, &sent(act)?),
    }
}

fn here(holdings: &Holdings, id: &DocumentId, act: &Act) -> anyhow::Result<Option<Acted>> {
    let change = match act {
        Act::Publish => Change::Publish,
        Act::Withdraw => Change::Withdraw,
        Act::Access { class } => Change::Access(*class),
        Act::Embargo { opens } => Change::Embargo(*opens),
        Act::Unit { unit } => Change::Unit(unit.0),
        Act::Correct { fields } => Change::Correct(Box::new(stated(fields)?.description)),
        Act::Relate(relate) | Act::Unrelate(relate) => {
            let Some(document) = holdings.archive().document(id)? else { return Ok(None) };
            let Relate { kind, target, in_part } = relate;
            let holds = matches!(act, Act::Relate(_));
            let relating = Relating { kind: *kind, target, in_part: *in_part, holds };
            relating.onto(&document.description).map_err(anyhow::Error::msg)?
        }
        Act::Classify { code } => holdings.classifying_as(code).map_err(anyhow::Error::msg)?,
        Act::Trigger { date, inactive } => {
            let day = match date.as_str() {
                "-" => None,
                day => Some(day.parse()?),
            };
            Change::Event(phase(*inactive), day)
        }
        Act::Hold { reason } => holding(reason).map_err(anyhow::Error::msg)?,
        Act::Release => Change::Release,
        Act::Replace { .. } => bail!("a replacement is a file"),
    };
    Ok(holdings.change(id, &change, None)?)
}

/// The act as the API takes it.
fn sent(act: &Act) -> anyhow::Result<Value> {
    Ok(match act {
        Act::Publish => json!({ "act": "publish" }),
        Act::Withdraw => json!({ "act": "withdraw" }),
        Act::Access { class } => json!({ "act": "access", "access": class }),
        Act::Embargo { opens } => json!({ "act": "embargo", "opens": opens }),
        Act::Unit { unit } => json!({ "act": "unit", "unit": unit }),
        Act::Correct { fields } => {
            let fields = fields.iter().map(|field| pair(field));
            let fields: anyhow::Result<std::collections::BTreeMap<&str, &str>> = fields.collect();
            json!({ "act": "correct", "description": fields? })
        }
        Act::Relate(relate) => sent_relation("relate", relate),
        Act::Unrelate(relate) => sent_relation("unrelate", relate),
        Act::Classify { code } => json!({ "act": "classify", "code": code }),
        Act::Trigger { date, inactive } => {
            json!({ "act": "trigger", "date": date, "phase": phase(*inactive) })
        }
        Act::Hold { reason } => json!({ "act": "hold", "reason": reason }),
        Act::Release => json!({ "act": "release" }),
        Act::Replace { .. } => bail!("a replacement is a file"),
    })
}

const fn phase(inactive: bool) -> PhaseName {
    if inactive { PhaseName::Inactive } else { PhaseName::Active }
}

fn sent_relation(act: &str, relate: &Relate) -> Value {
    let Relate { kind, target, in_part } = relate;
    json!({ "act": act, "relation": kind, "target": target, "in_part": in_part })
}

fn pair(field: &str) -> anyhow::Result<(&str, &str)> {
    let pair = field.split_once('=');
    pair.with_context(|| format!("{field:?} says nothing; hint: write FIELD=VALUE"))
}

fn stated(fields: &[String]) -> anyhow::Result<Stated> {
    let mut stated = Stated::default();
    for field in fields {
        let (name, value) = pair(field)?;
        if ["path", "access", "opens", "unit"].contains(&name) {
            bail!("{name} is no field of a description; hint: access is an act of its own");
        }
        stated.set(name, value).map_err(|detail| anyhow::anyhow!("{name}: {detail}"))?;
    }
    Ok(stated)
}

fn replace(door: &Door, id: &DocumentId, file: &Path) -> anyhow::Result<Option<Report>> {
    let name = file.display().to_string();
    let mut opened = pipeline::open(file, MAX_FILE_BYTES).with_context(|| name.clone())?;
    match door {
        Door::Here(holdings) => {
            Ok(holdings.replace(id, &mut opened, &name, &Stated::default(), None))
        }
        Door::There(client) => client.replace(id, &name, &opened),
    }
}

fn tell(arguments: &Arguments, acted: &Acted) -> anyhow::Result<ExitCode> {
    if arguments.json {
        put(&serde_json::to_string(acted)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let what = if acted.changed { "stated" } else { "stands so already" };
    let publication = json!(acted.publication);
    let publication = publication.as_str().unwrap_or_default();
    put(&format!(
        "{}: {what}; {publication}, {}, version {}, {} statements",
        acted.id, acted.access, acted.version, acted.statements
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn tell_report(arguments: &Arguments, report: &Report) -> anyhow::Result<ExitCode> {
    let reason = report.reason.as_deref().unwrap_or_default();
    if arguments.json {
        put(&serde_json::to_string(report)?)?;
    } else if report.status == Status::Replaced {
        put(&format!("{}: replaced; {} pages; {reason}", report.path, report.pages))?;
    } else {
        let id = report.id.map(|id| id.to_string()).unwrap_or_default();
        say(&format!("simars: {}: not taken: {reason} {id}", report.path));
    }
    let taken = report.status == Status::Replaced;
    Ok(if taken { ExitCode::SUCCESS } else { Exit::Incomplete.into() })
}
