//! `simars sheets`: separator sheets, to be printed and laid between the papers of a stack.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use simars_certificate::{MOST_SHEETS, SeparatorSheet};
use simars_describe::kinds;
use simars_record::{AccessClass, Code, KindKey, Separator, Unit};

use crate::progress::say;

/// Print separator sheets to lay between the papers of a stack.
///
/// Lay one before each document, scan the whole stack into one PDF, and file that: each part becomes
/// a document of its own. What a sheet states (kind, unit, code, class) holds for the document behind
/// it, unless something else is stated when the stack is filed; of two access classes the more closed
/// one counts. Needs no data folder.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// How many sheets
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_SHEETS)))]
    count: u32,
    /// What kind of document lies behind each, for example `keputusan`
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// The unit it belongs to
    #[arg(long, value_name = "UNIT")]
    unit: Option<Unit>,
    /// Its classification code
    #[arg(long, value_name = "CODE")]
    code: Option<Code>,
    /// Its access class
    #[arg(long, value_name = "CLASS")]
    access: Option<AccessClass>,
    /// The office's name, as it stands on the sheets
    #[arg(long, value_name = "NAME", default_value = "Komisi Pemilihan Umum")]
    office: String,
    /// Where the PDF goes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { count, kind, unit, code, access, office, out } = arguments;
    let kind = kind.as_deref().map(known).transpose()?;
    let key = kind.map(|kind| kind.key.parse::<KindKey>()).transpose();
    let separator = Separator {
        kind: key.context("this kind cannot stand on a sheet")?,
        unit: *unit,
        code: code.clone(),
        access: *access,
    };
    let names = kind.map(|kind| (kind.name_id.as_str(), kind.name_en.as_str()));
    let pdf = SeparatorSheet { office, separator: &separator, kind: names }.pdf(*count)?;
    std::fs::write(out, pdf).with_context(|| format!("cannot write {}", out.display()))?;
    say(&format!("{}: {count} sheets that say {separator}", out.display()));
    Ok(ExitCode::SUCCESS)
}

fn known(name: &str) -> anyhow::Result<&'static kinds::Kind> {
    match kinds::find(name).or_else(|| kinds::recognise(name)) {
        Some(kind) => Ok(kind),
        None => bail!("no kind {name:?}; hint: a key such as keputusan or berita-acara"),
    }
}
