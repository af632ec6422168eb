//! Filing real documents, and filing very many small ones.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::Context;

use super::corpus::Passage;
use super::extract::files;
use super::process::{Run, quantile, run};
use super::{Bench, Table, bytes_on_disk};

/// The real PDFs through the whole pipeline, beside `pdftotext` on the same files.
pub(crate) fn real_pdfs(bench: &Bench, table: &mut Table) -> anyhow::Result<()> {
    let folder = bench.data.join("documents");
    if !folder.is_dir() {
        eprintln!("{} is not present: real PDFs are left out", folder.display());
        return Ok(());
    }
    let files = files(&folder, "pdf")?;
    let begun = Instant::now();
    for file in &files {
        Command::new("pdftotext").arg(file).arg("/dev/null").output().context("pdftotext")?;
    }
    let theirs = begun.elapsed().as_secs_f64();

    let data = bench.work.join("pdf/data");
    let mut command = Command::new(&bench.program);
    command.args(["ingest", "--later", "--json", "--data"]).arg(&data).args(&files);
    let ran = run(&mut command)?;
    let reports: Vec<serde_json::Value> =
        ran.lines.iter().filter_map(|(_, line)| serde_json::from_str(line).ok()).collect();
    let totals = reports.last().map(|report| report["totals"].clone()).unwrap_or_default();
    let count = |name: &str| totals[name].as_f64().unwrap_or_default();
    let slowest = slowest_gap(&ran);
    table.row(
        format!("{} real PDFs, {} pages: registered, refused", count("files"), count("pages")),
        format!("{}, {}", count("registered"), count("refused")),
        "",
        "",
        "every file registered or refused with a reason",
    );
    table.row(
        "… pages/s, whole pipeline, to searchable",
        format!("{:.0}", count("pages") / ran.seconds),
        format!("`pdftotext` {:.0}, one file after the other", count("pages") / theirs),
        format!("{:.2}", theirs / ran.seconds),
        "",
    );
    table.row(
        "… longest wait between two reports",
        format!("{slowest:.1} s"),
        "",
        "",
        "no file over 20 s",
    );
    table.row(
        "… peak memory, children included",
        format!("{:.0} MiB", ran.peak_bytes as f64 / f64::from(1 << 20)),
        "",
        "",
        "< 600 MiB",
    );
    Ok(())
}

fn slowest_gap(ran: &Run) -> f64 {
    let times = ran.lines.iter().map(|(time, _)| *time);
    let earlier = std::iter::once(0.0).chain(times.clone());
    times.zip(earlier).map(|(time, before)| time - before).fold(0.0, f64::max)
}

/// Many small texts as one file each; gives the data folder, which the search is measured on.
pub(crate) fn passages(
    bench: &Bench,
    passages: &[Passage],
    table: &mut Table,
) -> anyhow::Result<PathBuf> {
    let folder = bench.folder("passages/files")?;
    let mut text_bytes = 0;
    for (number, passage) in passages.iter().enumerate() {
        let below = folder.join(format!("{:03}", number / 1_000));
        if number % 1_000 == 0 {
            fs::create_dir_all(&below)?;
        }
        // The id makes equal passages different documents.
        let text = format!("{}\n{}\n", passage.id, passage.text);
        text_bytes += text.len() as u64;
        fs::write(below.join(format!("{number}.txt")), text)?;
    }
    let data = bench.work.join("passages/data");
    let mut command = Command::new(&bench.program);
    let ran = run(command.args(["ingest", "--json"]).arg(&folder).arg("--data").arg(&data))?;
    let registered: Vec<f64> = ran
        .lines
        .iter()
        .filter(|(_, line)| line.contains("\"status\":\"registered\""))
        .map(|(time, _)| *time)
        .collect();
    let last = registered.last().copied().unwrap_or(f64::NAN);
    table.row(
        format!("{} passages as files: documents/s, durable", registered.len()),
        format!("{:.0}", registered.len() as f64 / last),
        "",
        "",
        "≥ 3,000",
    );
    table.row(
        "… documents/s, until all can be searched",
        format!("{:.0}", registered.len() as f64 / ran.seconds),
        "",
        "",
        "",
    );
    let mut gaps: Vec<f64> = groups(&registered).windows(2).map(|two| two[1] - two[0]).collect();
    table.row(
        "… time between commits, p50 (p99)",
        format!(
            "{:.0} ms ({:.0})",
            quantile(&mut gaps, 0.5) * 1e3,
            quantile(&mut gaps, 0.99) * 1e3
        ),
        "",
        "",
        "",
    );
    let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    table.row(
        "… peak memory while filing",
        format!("{:.0} MiB", mebibytes(ran.peak_bytes)),
        "",
        "",
        "< 600 MiB",
    );
    let ratio =
        |part: &str| format!("{:.2}", bytes_on_disk(&data.join(part)) as f64 / text_bytes as f64);
    table.row(
        format!("… bytes on disk per byte of text ({:.0} MiB)", mebibytes(text_bytes)),
        format!(
            "index {}, catalogue {}, journal {}, objects {} (blocks of 4 KiB for texts of 600 bytes)",
            ratio("views/index"),
            ratio("views/catalogue"),
            ratio("store/journal"),
            ratio("store/objects")
        ),
        "",
        "",
        "",
    );
    Ok(data)
}

/// The moments at which groups of reports came: a pause of 10 ms separates two groups.
fn groups(times: &[f64]) -> Vec<f64> {
    let mut groups = Vec::new();
    let mut before = f64::NEG_INFINITY;
    for &time in times {
        if time - before > 0.010 {
            groups.push(time);
        }
        before = time;
    }
    groups
}
