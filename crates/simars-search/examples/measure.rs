//! Measures the search view on a file of passages: how quickly it indexes and answers, beside plain
//! tantivy on the same words; and how well it ranks, if there are questions with known answers.
//!
//! `cargo run --release -p simars-search --example measure -- PASSAGES.jsonl [QUESTIONS.tsv]`
//!
//! A passage is a line of JSON with `id` and `text`; `jenis`, `nomor`, `tahun` are used if they are
//! there. A question is a line `id<TAB>text<TAB>id of the passage that answers it`.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Deserialize;
use simars_search::{Entry, Index, Options, Request};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{IndexRecordOption, STORED, Schema, TEXT};
use tantivy::{TantivyDocument, Term};

type Failure = Box<dyn std::error::Error>;

#[derive(Deserialize)]
struct Passage {
    id: String,
    text: String,
    #[serde(default)]
    jenis: Option<String>,
    #[serde(default)]
    nomor: Option<String>,
    #[serde(default)]
    tahun: Option<String>,
}

#[expect(clippy::print_stdout, reason = "a program that reports to who started it")]
fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let passages = arguments.next().ok_or("name a file of passages")?;
    let questions = arguments.next();
    let lines = fs::read_to_string(&passages)?;
    let passages: Vec<Passage> =
        lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let folder = std::env::temp_dir().join(format!("simars-measure-{}", std::process::id()));
    let index = build(&passages, &folder.join("index"))?;
    match questions {
        Some(path) => rank(&index, &fs::read_to_string(path)?)?,
        None => {
            let began = Instant::now();
            let plain = Plain::build(&passages, &folder.join("plain"))?;
            let seconds = began.elapsed().as_secs_f64();
            println!("plain tantivy in {seconds:.1} s: {:.0}/s", passages.len() as f64 / seconds);
            compare(&index, &plain, &passages)?;
        }
    }
    drop(index);
    fs::remove_dir_all(&folder)?;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a program that reports to who started it")]
fn build(passages: &[Passage], folder: &Path) -> Result<Index, Failure> {
    let began = Instant::now();
    let index = Index::open(folder, Options::default())?;
    let mut writer = index.writer()?;
    for (ordinal, passage) in (1_u64..).zip(passages) {
        writer.put_new(&Entry {
            ordinal,
            id: &passage.id,
            kind: passage.jenis.as_deref().map(kind),
            number: passage.nomor.as_deref(),
            year: passage.tahun.as_deref().and_then(|year| year.parse().ok()),
            pages: vec![&passage.text],
            ..Entry::default()
        })?;
    }
    writer.commit(1, true)?;
    let committed = began.elapsed().as_secs_f64();
    writer.finish()?;
    let all = began.elapsed().as_secs_f64();
    let rate = passages.len() as f64 / committed;
    println!("committed in {committed:.1} s: {rate:.0}/s; merged after {all:.1} s");
    Ok(index)
}

fn kind(short: &str) -> &str {
    match short {
        "uu" => "undang-undang",
        "pp" => "peraturan-pemerintah",
        "permenkeu" => "peraturan-menteri",
        other => other,
    }
}

/// tantivy as it comes: one field, its own analyser, its own ten best.
struct Plain {
    searcher: tantivy::Searcher,
    text: tantivy::schema::Field,
}

impl Plain {
    fn build(passages: &[Passage], folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder)?;
        let mut schema = Schema::builder();
        let text = schema.add_text_field("text", TEXT | STORED);
        let index = tantivy::Index::create_in_dir(folder, schema.build())?;
        let mut writer = index.writer_with_num_threads(2, 100_000_000)?;
        for passage in passages {
            let mut document = TantivyDocument::new();
            document.add_text(text, &passage.text);
            writer.add_document(document)?;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        Ok(Self { searcher: index.reader()?.searcher(), text })
    }

    fn ask(&self, words: &[&str]) -> Result<usize, Failure> {
        let terms = words.iter().map(|word| -> Box<dyn Query> {
            let term = Term::from_field_text(self.text, word);
            Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
        });
        let query = BooleanQuery::intersection(terms.collect());
        Ok(self.searcher.search(&query, &TopDocs::with_limit(10).order_by_score())?.len())
    }
}

/// Queries of one to three words that occur together, drawn evenly over the passages.
fn queries(passages: &[Passage]) -> Vec<Vec<String>> {
    let mut queries = Vec::new();
    for (number, passage) in passages.iter().step_by(passages.len() / 600 + 1).enumerate() {
        let mut words: Vec<String> = passage
            .text
            .split(|letter: char| !letter.is_ascii_alphabetic())
            .filter(|word| word.len() > 4)
            .map(str::to_lowercase)
            .collect();
        words.dedup();
        let count = number % 3 + 1;
        if words.len() > 3 * count {
            let step = words.len() / count;
            // Not from the start: nearly all passages begin with the same word.
            queries.push(words.into_iter().skip(step / 2).step_by(step).take(count).collect());
        }
    }
    queries
}

#[expect(clippy::print_stdout, reason = "a program that reports to who started it")]
fn compare(index: &Index, plain: &Plain, passages: &[Passage]) -> Result<(), Failure> {
    let queries = queries(passages);
    let mut times: HashMap<(usize, &str), Vec<Duration>> = HashMap::new();
    for round in 0..3 {
        for query in &queries {
            let words: Vec<&str> = query.iter().map(String::as_str).collect();
            let began = Instant::now();
            plain.ask(&words)?;
            let plain_time = began.elapsed();
            let request = Request::new(words.join(" "), 1);
            let began = Instant::now();
            index.search(&request)?;
            let own_time = began.elapsed();
            if round > 0 {
                for count in [0, words.len()] {
                    times.entry((count, "plain")).or_default().push(plain_time);
                    times.entry((count, "simars")).or_default().push(own_time);
                }
            }
        }
    }
    println!("{} queries; milliseconds p50 / p90 / p99", queries.len());
    let mut rows: Vec<_> = times.into_iter().collect();
    rows.sort_by_key(|(key, _)| *key);
    for ((count, who), mut times) in rows {
        times.sort_unstable();
        let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
        let what = if count == 0 { "all".to_owned() } else { format!("{count} words") };
        println!("{what:8} {who:7} {:.3} / {:.3} / {:.3}", at(50), at(90), at(99));
    }
    for query in [
        "uu 7/2017",
        "undang-undang nomor 14 tahun 2008",
        "\"komisi pemilihan umum\"",
        "",
        "pemilihan umum -presiden",
    ] {
        let began = Instant::now();
        let answer = index.search(&Request::new(query, 1))?;
        let first = answer.hits.first().map_or("-", |hit| hit.id.as_str());
        println!(
            "{query:40} {:.3} ms, {} found, first {first}",
            began.elapsed().as_secs_f64() * 1e3,
            answer.total
        );
    }
    Ok(())
}

/// Ranks as the program does (all words, else any), and with any word from the start.
#[expect(clippy::print_stdout, reason = "a program that reports to who started it")]
fn rank(index: &Index, questions: &str) -> Result<(), Failure> {
    for any in [false, true] {
        let (mut count, mut reciprocal, mut first, mut found, mut relaxed) = (0, 0.0, 0, 0, 0);
        for line in questions.lines() {
            let mut cells = line.split('\t').skip(1);
            let (Some(text), Some(id)) = (cells.next(), cells.next()) else { continue };
            let words = if any {
                text.split_whitespace().collect::<Vec<_>>().join(" OR ")
            } else {
                text.to_owned()
            };
            let answer = index.search(&Request::new(words, 1))?;
            count += 1;
            relaxed += usize::from(answer.relaxed);
            if let Some(place) = answer.hits.iter().position(|hit| hit.id == id) {
                reciprocal += 1.0 / (place + 1) as f64;
                first += usize::from(place == 0);
                found += 1;
            }
        }
        let share = |part: usize| part as f64 / f64::from(count);
        println!(
            "{count} questions, any word: {any}; MRR@10 {:.4}, R@1 {:.4}, R@10 {:.4}, relaxed {:.3}",
            reciprocal / f64::from(count),
            share(first),
            share(found),
            share(relaxed)
        );
    }
    Ok(())
}
