//! Measures how altered copies are found: how often the original of a copy with one changed number
//! comes first, how near different documents come, and how long that takes.
//!
//! `extract --json FILE… > READ.jsonl`, then
//! `cargo run --release -p simars-search --example altered -- READ.jsonl`

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use simars_record::Extracted;
use simars_search::{Entry, Index, Options, Sketch};
use simars_verify::{Comparison, TextPage, compare};

/// Texts with fewer words say too little.
const LEAST_WORDS: usize = 50;
const CANDIDATES: usize = 5;

/// What came of one copy.
struct Tried {
    first_by_share: bool,
    first_by_text: bool,
    exactly_one: bool,
    /// The resemblance of the copy and of the nearest other document.
    own: f32,
    other: f32,
    took: Duration,
}

#[expect(clippy::print_stdout, reason = "a program that reports to who started it")]
fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name a file of read documents")?;
    let lines = fs::read_to_string(path)?;
    let read: Vec<Extracted> = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let mut texts: Vec<Vec<String>> = read
        .into_iter()
        .map(|read| read.pages.into_iter().map(|page| page.text).collect())
        .filter(|pages: &Vec<String>| words(pages) >= LEAST_WORDS)
        .collect();
    texts.sort();
    texts.dedup();
    let folder = std::env::temp_dir().join(format!("simars-altered-{}", std::process::id()));
    let began = Instant::now();
    let index = build(&texts, &folder)?;
    println!(
        "{} documents, {} words, {} bytes of index, in {:.1} s",
        texts.len(),
        texts.iter().map(|pages| words(pages)).sum::<usize>(),
        bytes(&folder)?,
        began.elapsed().as_secs_f64()
    );
    let mut tried = Vec::new();
    for (own, pages) in texts.iter().enumerate() {
        if let Some(copy) = with_another_number(pages) {
            tried.push(attempt(&index, &texts, own, &copy)?);
        }
    }
    report(&tried);
    drop(index);
    fs::remove_dir_all(&folder)?;
    Ok(())
}

fn words(pages: &[String]) -> usize {
    pages.iter().map(|page| page.split_whitespace().count()).sum()
}

fn build(texts: &[Vec<String>], folder: &Path) -> Result<Index, Box<dyn Error>> {
    let index = Index::open(folder, Options::default())?;
    let mut writer = index.writer()?;
    for (ordinal, pages) in texts.iter().enumerate() {
        let id = format!("dokumen-{ordinal}");
        let pages = pages.iter().map(String::as_str).collect();
        writer.put_new(&Entry { ordinal: ordinal as u64, id: &id, pages, ..Entry::default() })?;
    }
    writer.commit(1, true)?;
    writer.finish()?;
    Ok(index)
}

fn bytes(folder: &Path) -> Result<u64, Box<dyn Error>> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        sum += if metadata.is_dir() { bytes(&entry.path())? } else { metadata.len() };
    }
    Ok(sum)
}

/// The text with one digit changed, in the number nearest to its middle.
fn with_another_number(pages: &[String]) -> Option<Vec<String>> {
    let mut copy = pages.to_vec();
    let middle = pages.len() / 2;
    let order = (middle..pages.len()).chain((0..middle).rev());
    for page in order {
        let text = &pages[page];
        let half = text.floor_char_boundary(text.len() / 2);
        let three = text.as_bytes()[half..]
            .windows(3)
            .position(|three| three.iter().all(u8::is_ascii_digit));
        if let Some(at) = three {
            let at = half + at + 1;
            let digit = (text.as_bytes()[at] - b'0' + 5) % 10;
            copy[page].replace_range(at..at + 1, &digit.to_string());
            return Some(copy);
        }
    }
    None
}

fn attempt(
    index: &Index,
    texts: &[Vec<String>],
    own: usize,
    copy: &[String],
) -> Result<Tried, Box<dyn Error>> {
    let began = Instant::now();
    let sketch = Sketch::of(copy.iter().map(String::as_str));
    let near = index.nearest(&sketch, 1, CANDIDATES)?;
    let mut found: Vec<(usize, Comparison)> = Vec::new();
    for one in &near {
        let ordinal = one.ordinal as usize;
        found.push((ordinal, compare(&pages(&texts[ordinal]), &pages(copy))));
    }
    let took = began.elapsed();
    found.sort_by(|one, other| other.1.resemblance().total_cmp(&one.1.resemblance()));
    let of_own = found.iter().find(|(ordinal, _)| *ordinal == own).map(|(_, found)| found);
    let other = found.iter().find(|(ordinal, _)| *ordinal != own);
    Ok(Tried {
        first_by_share: near.first().is_some_and(|one| one.ordinal as usize == own),
        first_by_text: found.first().is_some_and(|(ordinal, _)| *ordinal == own),
        exactly_one: of_own.is_some_and(|found| {
            found.differences.len() == 1 && found.with_numbers == 1 && found.further == 0
        }),
        own: of_own.map_or(0.0, Comparison::resemblance),
        other: other.map_or(0.0, |(_, found)| found.resemblance()),
        took,
    })
}

fn pages(texts: &[String]) -> Vec<TextPage<'_>> {
    texts.iter().map(|text| TextPage { text, recognised: false }).collect()
}

#[expect(clippy::print_stdout, reason = "a program that reports to who started it")]
fn report(tried: &[Tried]) {
    let count = |what: fn(&Tried) -> bool| tried.iter().filter(|one| what(one)).count();
    println!("{} copies with one changed digit", tried.len());
    println!("original first by share: {}", count(|one| one.first_by_share));
    println!("original first by text: {}", count(|one| one.first_by_text));
    println!("exactly that number told: {}", count(|one| one.exactly_one));
    let least = tried.iter().map(|one| one.own).fold(1.0, f32::min);
    println!("least resemblance of a copy: {least:.4}");
    let mut others: Vec<f32> = tried.iter().map(|one| one.other).collect();
    others.sort_by(|one, other| other.total_cmp(one));
    println!("nearest other documents: {:.3?}", &others[..others.len().min(12)]);
    for near in [0.5, 0.6, 0.7, 0.8] {
        let above = others.iter().filter(|other| **other >= near).count();
        println!("another document at {near} or nearer: {above}");
    }
    let mut times: Vec<Duration> = tried.iter().map(|one| one.took).collect();
    times.sort();
    let at = |part: f64| times.get((times.len() as f64 * part) as usize).copied();
    println!(
        "time for looking up and comparing with up to {CANDIDATES}: median {:?}, 99 % {:?}",
        at(0.5).unwrap_or_default(),
        at(0.99).or(times.last().copied()).unwrap_or_default()
    );
}
