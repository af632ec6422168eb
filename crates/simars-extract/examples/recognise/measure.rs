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
        let (raw, raw_time) = timed(&samples, |sample| alone::read(&sample.picture));
        let (own, own_time) = timed(&samples, |sample| recognise(&extractor, sample));
        report(damage, &samples, (&raw, raw_time), (&own, own_time));
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

/// Reads all samples, two at once, and tells how long that took.
fn timed(
    samples: &[Sample],
    read: impl Fn(&Sample) -> Result<String> + Sync,
) -> (Vec<String>, Duration) {
    let next = AtomicUsize::new(0);
    let texts = Mutex::new(vec![String::new(); samples.len()]);
    let started = Instant::now();
    let work = || {
        let index = || next.fetch_add(1, Ordering::Relaxed);
        let indexes = std::iter::repeat_with(index).take_while(|&index| index < samples.len());
        for index in indexes {
            let text = read(&samples[index]).unwrap_or_else(|error| format!("error: {error}"));
            let _kept = texts.lock().map(|mut texts| texts[index] = text);
        }
    };
    std::thread::scope(|scope| {
        (0..AT_ONCE).for_each(|_| drop(scope.spawn(work)));
    });
    (texts.into_inner().unwrap_or_default(), started.elapsed())
}

fn recognise(extractor: &Extractor, sample: &Sample) -> Result<String> {
    let file = File::open(&sample.picture)?;
    let recognised = extractor.recognise(&file, "image/jpeg", 1, None);
    for finding in &recognised.findings {
        println!("  {}: {}: {}", sample.name, finding.code.as_str(), finding.detail);
    }
    Ok(recognised.page.text)
}

fn report(
    damage: Damage,
    samples: &[Sample],
    (raw, raw_time): (&[String], Duration),
    (own, own_time): (&[String], Duration),
) {
    let scores = |texts: &[String], score: fn(&str, &str) -> f64| -> Vec<f64> {
        samples.iter().zip(texts).map(|(sample, text)| score(&sample.truth, text)).collect()
    };
    println!("{}: {} pages", damage.name, samples.len());
    println!("| | F1 mean | median | least | strict mean | pages/s |");
    for (name, texts, time) in [("engine alone", raw, raw_time), ("simars", own, own_time)] {
        let (mean, median, least) = score::summary(&scores(texts, score::loose));
        let (strict, ..) = score::summary(&scores(texts, score::strict));
        let speed = samples.len() as f64 / time.as_secs_f64();
        println!("| {name} | {mean:.4} | {median:.3} | {least:.3} | {strict:.4} | {speed:.2} |");
    }
    let (raw, own) = (scores(raw, score::loose), scores(own, score::loose));
    for ((sample, raw), own) in samples.iter().zip(raw).zip(own) {
        if own < 0.93 || own + 0.02 < raw {
            println!("  {}: alone {raw:.3}, simars {own:.3}", sample.name);
        }
    }
}
