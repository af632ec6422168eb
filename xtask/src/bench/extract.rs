//! Reading real and strange files, beside the tools of poppler and mupdf on the same ones.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::Context;
use simars_extract::{Extractor, Limits};
use simars_record::{Extracted, FindingCode};

use super::process::quantile;
use super::{Bench, Table};

/// Two readers of a file agree when they share this much; only then are they a measure.
const AGREE: f64 = 0.9;
/// A file with fewer words says nothing about a reader.
const LEAST_WORDS: usize = 30;

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> anyhow::Result<()> {
    let extractor = Extractor::new(bench.program.clone(), Limits::default());
    let documents = bench.data.join("documents");
    if !documents.is_dir() {
        eprintln!("{} is not present: reading is not measured", documents.display());
        return Ok(());
    }
    born_digital(&extractor, &documents.join("born-digital"), table)?;
    speed(&extractor, &documents, table)?;
    strange(&extractor, &bench.data.join("pdfjs"), table)?;
    hostile(&extractor, &bench.data, table)
}

fn born_digital(extractor: &Extractor, folder: &Path, table: &mut Table) -> anyhow::Result<()> {
    let (mut scores, mut raw, mut below) = (Vec::new(), Vec::new(), Vec::new());
    for file in files(folder, "pdf")? {
        let ours = words(&text(&extract(extractor, &file)));
        let theirs = words(&poppler(&file, "-layout")?);
        if theirs.len() < LEAST_WORDS {
            continue;
        }
        let score = f1(&ours, &theirs);
        if score < AGREE {
            // Names of other people's files are for the terminal, not for a page of the project.
            eprintln!("  under {AGREE}: {} {score:.3}", name(&file));
            below.push(format!("{score:.3}"));
        }
        scores.push(score);
        raw.push(f1(&ours, &words(&poppler(&file, "-raw")?)));
    }
    table.row(
        format!("words of {} born-digital PDFs: mean F1", scores.len()),
        format!("{:.4}", mean(&scores)),
        format!("against `pdftotext -layout`; against `-raw` {:.4}", mean(&raw)),
        "",
        "≥ .995",
    );
    let none = below.is_empty();
    let below = if none { "none".to_owned() } else { below.join(", ") };
    table.row("… under .90", below, "", "", "none, unless a look at the page shows we are right");
    Ok(())
}

/// Wall time of one process after the other, both ways on every file in turn.
fn speed(extractor: &Extractor, folder: &Path, table: &mut Table) -> anyhow::Result<()> {
    let (mut ours, mut theirs, mut pages) = (0.0, 0.0, 0);
    for file in files(folder, "pdf")? {
        let begun = Instant::now();
        let extracted = extract(extractor, &file);
        let taken = begun.elapsed().as_secs_f64();
        if extracted.pages.len() <= 20 {
            continue;
        }
        let begun = Instant::now();
        poppler(&file, "-layout")?;
        theirs += begun.elapsed().as_secs_f64();
        ours += taken;
        pages += extracted.pages.len();
    }
    table.row(
        format!("pages/s of one core, PDFs of more than 20 pages ({pages} pages), child included"),
        format!("{:.0}", pages as f64 / ours),
        format!("`pdftotext -layout` {:.0}", pages as f64 / theirs),
        format!("{:.2}", theirs / ours),
        "≥ 1.5",
    );
    Ok(())
}

fn strange(extractor: &Extractor, folder: &Path, table: &mut Table) -> anyhow::Result<()> {
    let (mut scores, mut times) = (Vec::new(), Vec::new());
    let (mut with_text, mut to_recognise, mut told, mut silent) = (0, 0, 0, 0);
    for file in files(folder, "pdf")? {
        let begun = Instant::now();
        let extracted = extract(extractor, &file);
        times.push(begun.elapsed().as_secs_f64());
        let read = text(&extracted);
        match extracted {
            _ if !read.trim().is_empty() => with_text += 1,
            _ if extracted.pages.iter().any(|page| page.recognise) => to_recognise += 1,
            _ if !extracted.findings.is_empty() => told += 1,
            _ => silent += 1,
        }
        let (poppler, mupdf) = (words(&poppler(&file, "-layout")?), words(&mupdf(&file)?));
        if poppler.len() >= LEAST_WORDS && f1(&poppler, &mupdf) >= AGREE {
            scores.push((f1(&words(&read), &poppler), name(&file)));
        }
    }
    table.row(
        format!("{} strange PDFs: text, for recognition, named finding, nothing said", times.len()),
        format!("{with_text}, {to_recognise}, {told}, {silent}"),
        "",
        "",
        "none without a word",
    );
    scores.sort_by(|one, other| one.0.total_cmp(&other.0));
    scores.iter().take(5).for_each(|(score, name)| eprintln!("  worst: {name} {score:.2}"));
    let worst: Vec<String> =
        scores.iter().take(5).map(|(score, _)| format!("{score:.2}")).collect();
    let values: Vec<f64> = scores.iter().map(|(score, _)| *score).collect();
    table.row(
        format!("… mean F1 of the {} on which poppler and mupdf agree", values.len()),
        format!("{:.3}", mean(&values)),
        format!("worst: {}", worst.join(", ")),
        "",
        "≥ .96",
    );
    table.row(
        "… longest, p99",
        format!("{:.2} s, {:.2} s", quantile(&mut times, 1.0), quantile(&mut times, 0.99)),
        "",
        "",
        "no hang",
    );
    Ok(())
}

fn hostile(extractor: &Extractor, data: &Path, table: &mut Table) -> anyhow::Result<()> {
    let mut files = files(&data.join("hostile"), "")?;
    files.extend(self::files(&data.join("encrypted"), "")?);
    let (mut longest, mut silent) = ((0.0, String::new()), Vec::new());
    for file in &files {
        let begun = Instant::now();
        let extracted = extract(extractor, file);
        let taken = begun.elapsed().as_secs_f64();
        if taken > longest.0 {
            longest = (taken, name(file));
        }
        let to_recognise = extracted.pages.iter().any(|page| page.recognise);
        if text(&extracted).trim().is_empty() && extracted.findings.is_empty() && !to_recognise {
            silent.push(name(file));
        }
    }
    eprintln!("  longest: {}; without a word: {silent:?}", longest.1);
    let locked = data.join("encrypted");
    let encrypted = self::files(&locked, "pdf")?
        .iter()
        .filter(|file| {
            let findings = extract(extractor, file).findings;
            findings.iter().any(|finding| finding.code == FindingCode::Encrypted)
        })
        .count();
    table.row(
        format!("{} hostile and encrypted files: longest; without a word", files.len()),
        format!("{:.1} s; {}", longest.0, silent.len()),
        "",
        "",
        "each within 25 s",
    );
    table.row("… locked by a password that is not empty", encrypted.to_string(), "", "", "");
    Ok(())
}

fn extract(extractor: &Extractor, file: &Path) -> Extracted {
    extractor.extract(file, &name(file))
}

fn text(extracted: &Extracted) -> String {
    extracted.joined_text()
}

fn poppler(file: &Path, mode: &str) -> anyhow::Result<String> {
    let mut command = Command::new("timeout");
    let output = command.args(["20", "pdftotext", mode]).arg(file).arg("-").output();
    Ok(String::from_utf8_lossy(&output.context("pdftotext")?.stdout).into_owned())
}

/// Empty where `mutool` is not installed.
fn mupdf(file: &Path) -> anyhow::Result<String> {
    let mut command = Command::new("timeout");
    let output = command.args(["20", "mutool", "draw", "-F", "txt"]).arg(file).output();
    Ok(String::from_utf8_lossy(&output.context("timeout")?.stdout).into_owned())
}

/// All regular files below a folder with this ending, in order.
pub(crate) fn files(folder: &Path, ending: &str) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder).with_context(|| format!("{}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, ending)?);
        } else if ending.is_empty() || path.extension().is_some_and(|given| given == ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The words of a text, with their counts.
#[derive(Debug, Default)]
pub(crate) struct Words {
    counts: HashMap<String, u32>,
    total: usize,
}

impl Words {
    fn len(&self) -> usize {
        self.total
    }
}

pub(crate) fn words(text: &str) -> Words {
    let mut words = Words::default();
    for word in text.split_whitespace() {
        *words.counts.entry(word.to_owned()).or_default() += 1;
        words.total += 1;
    }
    words
}

/// How much two bags of words share: the harmonic mean of precision and recall.
pub(crate) fn f1(ours: &Words, theirs: &Words) -> f64 {
    let shared: u32 = ours
        .counts
        .iter()
        .map(|(word, count)| (*count).min(theirs.counts.get(word).copied().unwrap_or(0)))
        .sum();
    match ours.total + theirs.total {
        0 => 1.0,
        all => 2.0 * f64::from(shared) / all as f64,
    }
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
