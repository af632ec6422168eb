//! Measures what people wait for, on made-up documents: suggestions while typing, lists that go on,
//! searching inside a document, similar documents.
//!
//! `cargo run --release -p simars-search --example finding -- [DOCUMENTS [PAGES [WORDS]]]`

use std::time::{Duration, Instant};

use simars_search::{Entry, Index, Inside, Options, Request, Sort};

type Failure = Box<dyn std::error::Error>;

/// Standings: 0 is open, 1 is not.
const OPEN: u16 = 1;
const ROUNDS: usize = 100;

/// Numbers without an end, the same every time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A rank among `most`, small ones often, as words of a language are used.
    fn rank(&mut self, most: usize) -> usize {
        let part = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((most as f64).powf(part) as usize).min(most - 1)
    }
}

/// A word for each rank: syllables, the frequent ones short.
fn word(rank: usize) -> String {
    const SYLLABLES: [&str; 32] = [
        "ka", "ri", "pe", "mu", "lan", "ter", "su", "do", "bang", "ha", "ni", "ko", "ta", "wi",
        "ser", "pin", "gu", "la", "men", "ya", "tu", "rak", "ba", "si", "nda", "ol", "jer", "uk",
        "ma", "pi", "ran", "ce",
    ];
    let (mut word, mut rest) = (String::new(), rank + 32);
    while rest > 0 {
        word.push_str(SYLLABLES[rest % 32]);
        rest /= 32;
    }
    word
}

fn text(chance: &mut Chance, words: &[String], length: usize) -> String {
    let mut text = String::new();
    for _ in 0..length {
        text.push_str(&words[chance.rank(words.len())]);
        text.push(' ');
    }
    text
}

#[expect(clippy::print_stdout, reason = "a program that reports to who started it")]
fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let documents = arguments.next().transpose()?.unwrap_or(100_000);
    let pages = arguments.next().transpose()?.unwrap_or(10);
    let folder = std::env::temp_dir().join(format!("simars-finding-{}", std::process::id()));
    let words: Vec<String> = (0..60_000).map(word).collect();
    let began = Instant::now();
    let length = arguments.next().transpose()?.unwrap_or(120) as usize;
    let index = build(&folder, &words, documents, pages, length)?;
    println!(
        "{documents} documents, {} pages in {:.0} s",
        documents * pages,
        began.elapsed().as_secs_f64()
    );
    suggestions(&index, &words)?;
    lists(&index, &words)?;
    beside(&index, &words, documents)?;
    drop(index);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn build(
    folder: &std::path::Path,
    words: &[String],
    documents: u64,
    pages: u64,
    length: usize,
) -> Result<Index, Failure> {
    let index = Index::open(folder, Options::default())?;
    let mut writer = index.writer()?;
    let mut chance = Chance(42);
    for ordinal in 1..=documents {
        let texts: Vec<String> = (0..pages).map(|_| text(&mut chance, words, length)).collect();
        let title = format!("penetapan {}", text(&mut chance, words, 8));
        let number = (chance.next() % 2_000 + 1).to_string();
        let date = format!("{}-05-20", 2000 + ordinal % 27);
        let subject = words[chance.rank(3_000)].clone();
        writer.put_new(&Entry {
            ordinal,
            id: "aaaaaaaaaaaaaaaaaaaaaaaaaa",
            standing: u8::from(ordinal % 10 == 0),
            kind: Some(
                ["keputusan", "surat", "berita-acara", "peraturan-kpu"][ordinal as usize % 4],
            ),
            number: Some(&number),
            year: date[..4].parse().ok(),
            title: &title,
            date: Some(&date),
            subject: Some(&subject),
            pages: texts.iter().map(String::as_str).collect(),
            ..Entry::default()
        })?;
    }
    writer.commit(1, true)?;
    writer.finish()?;
    Ok(index)
}

/// The shortest of a few goes: on a busy machine it says more than one.
fn took<T, E>(mut work: impl FnMut() -> Result<T, E>) -> Result<(T, Duration), E> {
    const GOES: usize = 4;
    let mut best = Duration::MAX;
    let mut done = None;
    for _ in 0..GOES {
        let began = Instant::now();
        done = Some(work()?);
        best = best.min(began.elapsed());
    }
    match done {
        Some(done) => Ok((done, best)),
        None => work().map(|done| (done, best)),
    }
}

#[expect(clippy::print_stdout, reason = "a program that reports to who started it")]
fn tell(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |part: f64| took[((took.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    println!("{what:<44} p50 {:7.2}  p99 {:7.2}  max {:7.2} ms", at(0.5), at(0.99), at(1.0));
}

/// Every key stroke of people who type numbers and titles.
fn suggestions(index: &Index, words: &[String]) -> Result<(), Failure> {
    let mut chance = Chance(7);
    let mut typed: Vec<String> = Vec::new();
    for _ in 0..ROUNDS {
        let number = chance.next() % 2_000 + 1;
        typed.push(format!("kep {number}"));
        typed.push(format!("{number}/20{}", 10 + chance.next() % 17));
        typed.push(format!("penetapan {}", text(&mut chance, words, 2).trim_end()));
        typed.push(text(&mut chance, words, 2).trim_end().to_owned());
    }
    let mut all = Vec::new();
    let mut slowest = (Duration::ZERO, String::new());
    for typed in &typed {
        for (end, letter) in typed.char_indices() {
            let strokes = &typed[..end + letter.len_utf8()];
            let (_, best) = took(|| index.suggest(strokes, OPEN, 8))?;
            all.push(best);
            slowest = slowest.max((best, strokes.to_owned()));
        }
    }
    tell(&format!("suggest, {} key strokes", all.len()), all);
    tell(&format!("  the slowest of them: {:?}", slowest.1), vec![slowest.0]);
    Ok(())
}

/// Pages far down a list, by cursor and by number.
fn lists(index: &Index, words: &[String]) -> Result<(), Failure> {
    let typed = ["".to_owned(), words[40].clone(), format!("{} {}", words[40], words[300])];
    for (q, sort) in typed.iter().flat_map(|q| [Sort::Relevance, Sort::Title].map(|sort| (q, sort)))
    {
        let start = Request { sort, ..Request::new(q.as_str(), OPEN) };
        let (mut request, mut all) = (start.clone(), Vec::new());
        for page in 1..=2_020 {
            let shown = [1..=10, 101..=110, 981..=990, 2_011..=2_020];
            let (answer, best) = match shown.iter().any(|shown| shown.contains(&page)) {
                true => took(|| index.search(&request))?,
                false => (index.search(&request)?, Duration::ZERO),
            };
            match shown.iter().find(|shown| shown.contains(&page)) {
                Some(shown) if *shown.end() == page => {
                    all.push(best);
                    let what = format!("{q:?} {sort:?}, pages {shown:?}");
                    tell(&what, std::mem::take(&mut all));
                }
                Some(_) => all.push(best),
                None => {}
            }
            let Some(next) = answer.next else { break };
            request.cursor = Some(next);
        }
        let numbered = (981..=985).map(|page| {
            let request = Request { page, ..start.clone() };
            took(|| index.search(&request)).map(|(_, best)| best)
        });
        tell("  by number, pages 981..=985", numbered.collect::<Result<_, _>>()?);
    }
    Ok(())
}

fn beside(index: &Index, words: &[String], documents: u64) -> Result<(), Failure> {
    let mut chance = Chance(9);
    let (mut similar, mut within, mut slips) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let ordinal = chance.next() % documents + 1;
        similar.push(took(|| index.similar(ordinal, OPEN, 5))?.1);
        let q = text(&mut chance, words, 2);
        let inside =
            Inside { ordinal, q: &q, exact: false, scope: OPEN.into(), skip: 0, limit: 20 };
        within.push(took(|| index.within(&inside))?.1);
        let slip =
            format!("{}x {}", words[chance.rank(words.len())], words[chance.rank(words.len())]);
        let request = Request::new(slip, OPEN);
        slips.push(took(|| index.search(&request))?.1);
    }
    tell("similar documents", similar);
    tell("inside a document", within);
    tell("a search with a slip", slips);
    Ok(())
}
