//! Words right on spoiled pages of real documents, by the project's path and by the engine alone.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use simars_extract::Extractor;

use crate::spoil::{BAD, Chance, Damage, SCAN, jpeg};
use crate::{Result, alone, draw, extractor, score};

/// As many pages at once as the machine of the figures has cores.
const AT_ONCE: usize = 2;

struct Sample {
    name: String,
    truth: String,
    picture: PathBuf,
}

/// Measures on about `wanted` pages, every n-th of all pages in the folder's PDFs.
pub(crate) fn run(folder: &Path, wanted: u32) -> Result<()> {
    let pages = choose(folder, wanted)?;
    let extractor = extractor()?;
    let scratch = tempfile::tempdir()?;
    for damage in [SCAN, BAD] {
        let samples = make(&pages, damage, scratch.path())?;
        let raw = timed(&samples, |sample| alone::read(&sample.picture));
        let own = timed(&samples, |sample| recognise(&extractor, sample));
        report(damage, &samples, &raw, &own);
    }
    Ok(())
}

fn choose(folder: &Path, wanted: u32) -> Result<Vec<(PathBuf, u32)>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "pdf"));
    files.sort();
    let all: Vec<(PathBuf, u32)> = files
        .iter()
        .flat_map(|file| (1..=draw::count(file)).map(|page| (file.clone(), page)))
        .collect();
    let step = (all.len() / wanted.max(1) as usize).max(1);
    Ok(all.into_iter().skip(step / 2).step_by(step).collect())
}

fn make(pages: &[(PathBuf, u32)], damage: Damage, scratch: &Path) -> Result<Vec<Sample>> {
    let mut chance = Chance(0x5eed_1945);
    let mut samples = Vec::new();
    for (index, (file, page)) in pages.iter().enumerate() {
        let picture = scratch.join(format!("{}-{index}.jpg", damage.name));
        std::fs::write(&picture, jpeg(&draw::page(file, *page)?, damage, &mut chance)?)?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let name = format!("{} page {page}", name.chars().take(40).collect::<String>());
        samples.push(Sample { name, truth: draw::text(file, *page)?, picture });
    }
    Ok(samples)
}

/// What was read of each sample, in what time.
struct Readings {
    texts: Vec<String>,
    times: Vec<Duration>,
    whole: Duration,
    /// Of the processor, by the processes that were started, in seconds: what counts on a machine
    /// that others use too, since reading gives way to them.
    processor: f64,
}

/// Processor seconds of all ended children (`proc_pid_stat(5)`, fields 16 and 17).
fn processor() -> f64 {
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(13).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / TICKS
}

/// Reads all samples, two at once, and tells how long that took.
fn timed(samples: &[Sample], read: impl Fn(&Sample) -> Result<String> + Sync) -> Readings {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(vec![(String::new(), Duration::ZERO); samples.len()]);
    let (started, before) = (Instant::now(), processor());
    let work = || {
        let index = || next.fetch_add(1, Ordering::Relaxed);
        let indexes = std::iter::repeat_with(index).take_while(|&index| index < samples.len());
        for index in indexes {
            let started = Instant::now();
            let text = read(&samples[index]).unwrap_or_else(|error| format!("error: {error}"));
            let _kept = done.lock().map(|mut done| done[index] = (text, started.elapsed()));
        }
    };
    std::thread::scope(|scope| {
        (0..AT_ONCE).for_each(|_| drop(scope.spawn(work)));
    });
    let (texts, times) = done.into_inner().unwrap_or_default().into_iter().unzip();
    Readings { texts, times, whole: started.elapsed(), processor: processor() - before }
}

fn recognise(extractor: &Extractor, sample: &Sample) -> Result<String> {
    let file = File::open(&sample.picture)?;
    let recognised = extractor.recognise(&file, "image/jpeg", 1, None);
    for finding in &recognised.findings {
        println!("  {}: {}: {}", sample.name, finding.code.as_str(), finding.detail);
    }
    Ok(recognised.page.text)
}

fn report(damage: Damage, samples: &[Sample], raw: &Readings, own: &Readings) {
    let scores = |texts: &[String], score: fn(&str, &str) -> f64| -> Vec<f64> {
        samples.iter().zip(texts).map(|(sample, text)| score(&sample.truth, text)).collect()
    };
    println!("{}: {} pages", damage.name, samples.len());
    println!("| | F1 mean | median | least | strict mean | pages/s | processor s |");
    for (name, readings) in [("engine alone", raw), ("simars", own)] {
        let (mean, median, least) = score::summary(&scores(&readings.texts, score::loose));
        let (strict, ..) = score::summary(&scores(&readings.texts, score::strict));
        let speed = samples.len() as f64 / readings.whole.as_secs_f64();
        print!("| {name} | {mean:.4} | {median:.3} | {least:.3} | {strict:.4} ");
        println!("| {speed:.2} | {:.1} |", readings.processor);
    }
    let scored = scores(&raw.texts, score::loose).into_iter().zip(scores(&own.texts, score::loose));
    let times = raw.times.iter().zip(&own.times);
    for ((sample, (raw, own)), (raw_time, own_time)) in samples.iter().zip(scored).zip(times) {
        if own < 0.93 || own + 0.02 < raw {
            println!("  {}: alone {raw:.3}, simars {own:.3}", sample.name);
        }
        if *own_time > *raw_time * 13 / 10 {
            println!("  {}: alone {raw_time:.2?}, simars {own_time:.2?}", sample.name);
        }
    }
}
