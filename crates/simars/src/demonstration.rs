//! What comes with the samples, so that there is something to try: a classification scheme and
//! retention schedule made for show.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use simars_ingest::Holdings;
use simars_record::Date;

/// Made for show, and marked as such in every row.
const FILE: &str = "jadwal-contoh.csv";
/// The day from which it is valid: long enough ago for every sample.
const VALID_FROM: &str = "1990-01-01";

/// Takes the schedule of the samples, unless there is one already.
pub(crate) fn take_schedule(holdings: &Holdings, samples: Option<&Path>) -> anyhow::Result<()> {
    let Some(path) = samples.map(|folder| folder.join(FILE)).filter(|path| path.is_file()) else {
        return Ok(());
    };
    if !holdings.archive().schedules()?.is_empty() {
        return Ok(());
    }
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let file = holdings.read_schedule(&bytes, FILE).map_err(anyhow::Error::msg)?;
    if let Some(error) = file.errors.first() {
        bail!("{}: {error}", path.display());
    }
    let from: Date = VALID_FROM.parse()?;
    holdings.take_schedule(&file.scheme, FILE, (from, None), None)?;
    holdings.wait_until_placed()?;
    tracing::info!(
        codes = file.scheme.len(),
        "the schedule of the samples was taken: made for show"
    );
    Ok(())
}
