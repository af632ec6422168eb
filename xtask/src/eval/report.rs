//! The figures: kept, compared, shown as a table.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::ask::Ranks;
use crate::bench::replace_between;

/// Points by which a figure may fall.
pub(super) const TOLERANCE: f64 = 0.5;
const BEGIN: &str = "<!-- relevance begin -->\n";
const END: &str = "<!-- relevance end -->";

/// A figure and what it was measured on.
#[derive(Debug)]
struct Row {
    name: String,
    cases: usize,
    percent: f64,
    bar: Option<f64>,
    before: Option<f64>,
}

/// All figures of a run.
#[derive(Debug, Default)]
pub(super) struct Report {
    rows: Vec<Row>,
    notes: Vec<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// Percentages, by name.
    figures: BTreeMap<String, f64>,
}

impl Report {
    /// Adds a figure: `good` of `cases`, and what it should reach.
    pub(super) fn share(&mut self, name: &str, good: f64, cases: usize, bar: Option<f64>) {
        if cases > 0 {
            let percent = (good / cases as f64 * 10_000.0).round() / 100.0;
            let row = Row { name: name.to_owned(), cases, percent, bar, before: None };
            eprintln!("  {name}: {percent:.2} of {cases}");
            self.rows.push(row);
        }
    }

    /// Adds the usual three figures of a list of ranks, with their bars.
    pub(super) fn ranks(&mut self, name: &str, ranks: &Ranks, bars: [Option<f64>; 3]) {
        let cases = ranks.len();
        self.share(&format!("{name}: MRR@10"), ranks.mean_reciprocal(), cases, bars[0]);
        self.share(&format!("{name}: success@1"), ranks.within(1), cases, bars[1]);
        self.share(&format!("{name}: recall@10"), ranks.within(10), cases, bars[2]);
    }

    /// Says something below the table.
    pub(super) fn note(&mut self, text: String) {
        eprintln!("  {text}");
        self.notes.push(text);
    }

    /// Compares with what was kept; the figures that fell too far.
    pub(super) fn compare(&mut self, kept: &Path) -> anyhow::Result<Vec<String>> {
        let kept = read(kept)?;
        let mut fallen = Vec::new();
        for row in &mut self.rows {
            row.before = kept.figures.get(&row.name).copied();
            if let Some(before) = row.before.filter(|before| row.percent < before - TOLERANCE) {
                fallen.push(format!("{}: {:.2}, was {before:.2}", row.name, row.percent));
            }
        }
        Ok(fallen)
    }

    pub(super) fn print(&self) {
        println!("{}", self.text());
    }

    fn text(&self) -> String {
        let mut text =
            "| figure | cases | % | kept before | bar |\n| --- | --- | --- | --- | --- |\n"
                .to_owned();
        for row in &self.rows {
            let shown = |value: Option<f64>, sign: &str| {
                value.map_or(String::new(), |value| format!("{sign}{value:.2}"))
            };
            let (before, bar) = (shown(row.before, ""), shown(row.bar, "≥ "));
            let (name, cases, percent) = (&row.name, row.cases, row.percent);
            text.push_str(&format!("| {name} | {cases} | {percent:.2} | {before} | {bar} |\n"));
        }
        for note in &self.notes {
            text.push_str(&format!("\n{note}\n"));
        }
        text
    }

    /// Keeps the figures; those of parts that were not measured stay as they are.
    pub(super) fn store(&self, kept: &Path, readme: &Path) -> anyhow::Result<()> {
        let mut all = read(kept)?;
        for row in &self.rows {
            all.figures.insert(row.name.clone(), row.percent);
        }
        let text = format!(
            "# Percentages that `cargo xtask eval` compares with; written by `--store`.\n\n{}",
            toml::to_string(&all)?
        );
        fs::write(kept, text).with_context(|| format!("cannot write {}", kept.display()))?;
        replace_between(readme, BEGIN, END, &self.text())
    }
}

fn read(path: &Path) -> anyhow::Result<Kept> {
    if !path.exists() {
        return Ok(Kept::default());
    }
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is not what it was", path.display()))
}
