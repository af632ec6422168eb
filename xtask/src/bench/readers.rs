//! Readers of the public library at a hundred thousand documents, alone and while robots pull.
//!
//! A reader opens the first page, types and gets suggestions, searches, reads a page of results and
//! some pages of documents, and looks at what came in between (a few seconds each time). A robot asks
//! for one page after the other without a pause. Each reader has an address of its own, ten robots
//! share one; a proxy on the same machine tells them.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::corpus::{self, Chance, Passage, words};
use super::extract::files;
use super::process::{Server, memory, quantile, run};
use super::{Bench, Table};

const DOCUMENTS: usize = 100_000;
const READERS: u64 = 200;
const ROBOTS: u64 = 500;
/// Robots that share an address.
const SWARM: u64 = 10;
const KINDS: [&str; 5] =
    ["keputusan", "berita-acara", "surat-edaran", "peraturan-kpu", "pengumuman"];
/// How long each part is measured.
const MEASURED: Duration = Duration::from_secs(60);
/// A reader looks at a page for so long, in milliseconds.
const LOOKS: std::ops::Range<u64> = 2_000..8_000;
/// Between two letters that are typed.
const TYPES: Duration = Duration::from_millis(250);

pub(super) fn measure(bench: &Bench, keep: bool, table: &mut Table) -> anyhow::Result<()> {
    let beside = bench.work.parent().context("a folder for what is kept")?;
    let folder = beside.join("readers");
    let passages = corpus::passages(&bench.data, DOCUMENTS)?;
    if !keep || !folder.join("data/views").exists() {
        drop(fs::remove_dir_all(&folder));
        file(bench, &folder, &passages)?;
    }
    let begun = Instant::now();
    // What is still to be recognised waits: that is measured elsewhere.
    let server = Server::start_with(&bench.program, &folder.join("data"), &["--recognition", "0"])?;
    let ready = begun.elapsed().as_secs_f64();
    table.row("start to ready at 100,000 documents", format!("{ready:.2} s"), "", "", "≤ 1 s");
    let library = Library::of(&server, &passages)?;
    let _ = library.people(Duration::from_secs(5), 0);
    for robots in [0, ROBOTS] {
        let seen = library.people(MEASURED, robots);
        seen.tell(robots, table)?;
    }
    table.row(
        "memory of the server, most during that",
        format!(
            "{:.0} MiB",
            library.most_memory.load(Ordering::Relaxed) as f64 / f64::from(1 << 20)
        ),
        "",
        "",
        "≤ 512 MiB",
    );
    drop(server);
    if !keep {
        drop(fs::remove_dir_all(&folder));
    }
    Ok(())
}

/// Files passages as documents with descriptions, and real PDFs where there are any.
fn file(bench: &Bench, folder: &Path, passages: &[Passage]) -> anyhow::Result<()> {
    let files_in = folder.join("files");
    let mut list = "path,kind,number,year,title,issuer\n".to_owned();
    for number in 0..DOCUMENTS {
        let passage = &passages[number % passages.len()];
        let below = format!("{:03}", number / 1_000);
        if number % 1_000 == 0 {
            fs::create_dir_all(files_in.join(&below))?;
        }
        let path = format!("{below}/{number}.txt");
        fs::write(files_in.join(&path), format!("{}\n{number}\n{}\n", passage.id, passage.text))?;
        let title: Vec<String> = words(&passage.text).take(9).collect();
        let (kind, year) = (KINDS[number % KINDS.len()], 1990 + number % 36);
        let (title, issuer) = (title.join(" "), number % 40);
        list += &format!("{path},{kind},{number},{year},{title},Kantor Contoh {issuer}\n");
    }
    fs::write(files_in.join("list.csv"), list)?;
    let data = folder.join("data");
    let mut command = Command::new(&bench.program);
    command.args(["ingest", "--json", "--later", "--metadata"]).arg(files_in.join("list.csv"));
    let ran = run(command.arg(&files_in).arg("--data").arg(&data))?;
    let registered =
        ran.lines.iter().filter(|(_, line)| line.contains("\"status\":\"registered\""));
    let filed = registered.count();
    if filed < DOCUMENTS {
        bail!("{filed} of {DOCUMENTS} documents were filed");
    }
    fs::remove_dir_all(&files_in)?;
    let pdfs = files(&bench.data.join("documents"), "pdf").unwrap_or_default();
    if !pdfs.is_empty() {
        let mut command = Command::new(&bench.program);
        run(command.args(["ingest", "--json", "--later", "--data"]).arg(&data).args(&pdfs))?;
    }
    Ok(())
}

/// What readers and robots know of the library.
struct Library<'a> {
    server: &'a Server,
    agent: ureq::Agent,
    /// Words to search for.
    words: Vec<String>,
    /// Addresses of documents.
    documents: Vec<String>,
    most_memory: AtomicU64,
}

/// What they saw.
#[derive(Default)]
struct Seen {
    /// How long answers to readers took, in milliseconds.
    readers: Mutex<Vec<f64>>,
    /// The largest home or result page, in bytes over the wire.
    largest: AtomicU64,
    /// Answers to readers that were none.
    failed: AtomicU64,
    /// Answers to robots, and those that told them to come back.
    robots: AtomicU64,
    refused: AtomicU64,
    seconds: f64,
}

impl<'a> Library<'a> {
    fn of(server: &'a Server, passages: &[Passage]) -> anyhow::Result<Self> {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_idle_connections((READERS + ROBOTS) as usize)
            .max_idle_connections_per_host((READERS + ROBOTS) as usize)
            .build()
            .new_agent();
        let part = agent.get(format!("{}/sitemap.xml?bagian=1", server.base)).call()?;
        let part = part.into_body().into_with_config().limit(64 << 20).read_to_string()?;
        let documents: Vec<String> = part
            .split("<loc>")
            .filter_map(|rest| {
                Some(format!("/dokumen/{}", rest.split_once("/dokumen/")?.1.split('<').next()?))
            })
            .collect();
        if documents.is_empty() {
            bail!("the sitemap names no documents");
        }
        let words = passages.iter().step_by(37).filter_map(|passage| words(&passage.text).nth(5));
        let words = words.filter(|word| word.len() > 4).collect();
        Ok(Self { server, agent, words, documents, most_memory: AtomicU64::new(0) })
    }

    /// Lets all readers, and so many robots, use the library for a while.
    fn people(&self, long: Duration, robots: u64) -> Seen {
        let (seen, done, begun) = (Seen::default(), AtomicBool::new(false), Instant::now());
        thread::scope(|scope| {
            let (seen, done) = (&seen, &done);
            for number in 0..READERS {
                scope.spawn(move || self.reader(number, seen, done));
            }
            for number in 0..robots {
                scope.spawn(move || self.robot(number, seen, done));
            }
            while begun.elapsed() < long {
                self.most_memory.fetch_max(memory(self.server.pid()), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(500));
            }
            done.store(true, Ordering::Relaxed);
        });
        Seen { seconds: long.as_secs_f64(), ..seen }
    }

    /// What is at an address, and how long it took to come.
    fn get(&self, path: &str, address: &str) -> (u16, u64, f64) {
        let begun = Instant::now();
        let request = self.agent.get(format!("{}{path}", self.server.base));
        let request = request.header("x-forwarded-for", address).header("accept-encoding", "gzip");
        let (status, bytes) = match request.call() {
            Ok(answer) => {
                let status = answer.status().as_u16();
                let body = answer.into_body().into_with_config().limit(64 << 20).read_to_vec();
                body.map_or((0, 0), |body| (status, body.len() as u64))
            }
            Err(_) => (0, 0),
        };
        (status, bytes, begun.elapsed().as_secs_f64() * 1e3)
    }

    fn reader(&self, number: u64, seen: &Seen, done: &AtomicBool) {
        let mut chance = Chance(number);
        let address = format!("10.1.{}.{}", number / 250, number % 250);
        let ask = |path: &str| {
            // Nobody looks at a page any more: all would ask at once.
            if done.load(Ordering::Relaxed) {
                return;
            }
            let (status, bytes, took) = self.get(path, &address);
            if status == 200 {
                seen.readers.lock().map(|mut readers| readers.push(took)).unwrap_or_default();
            } else {
                seen.failed.fetch_add(1, Ordering::Relaxed);
            }
            if path == "/" || path.starts_with("/cari") {
                seen.largest.fetch_max(bytes, Ordering::Relaxed);
            }
        };
        let pause = |chance: &mut Chance| {
            let until = Instant::now()
                + Duration::from_millis(LOOKS.start + chance.below(LOOKS.end - LOOKS.start));
            while Instant::now() < until && !done.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(50));
            }
        };
        thread::sleep(Duration::from_millis(chance.below(5_000)));
        while !done.load(Ordering::Relaxed) {
            ask("/");
            pause(&mut chance);
            let word = &self.words[chance.below(self.words.len() as u64) as usize];
            for letters in 2..=word.chars().count().min(5) {
                let typed: String = word.chars().take(letters).collect();
                ask(&format!("/api/v1/suggest?q={typed}"));
                thread::sleep(TYPES);
            }
            ask(&format!("/cari?q={word}"));
            pause(&mut chance);
            for _ in 0..2 {
                let document = &self.documents[chance.below(self.documents.len() as u64) as usize];
                ask(document);
                pause(&mut chance);
                ask(&format!("{document}/halaman/1?q={word}"));
                pause(&mut chance);
                if done.load(Ordering::Relaxed) {
                    break;
                }
            }
        }
    }

    fn robot(&self, number: u64, seen: &Seen, done: &AtomicBool) {
        let mut chance = Chance(number << 32);
        let address = format!("10.2.0.{}", number / SWARM);
        while !done.load(Ordering::Relaxed) {
            let document = &self.documents[chance.below(self.documents.len() as u64) as usize];
            let word = &self.words[chance.below(self.words.len() as u64) as usize];
            let path = match chance.below(4) {
                0 => format!("/cari?q={word}&halaman={}", 1 + chance.below(5)),
                1 => format!("{document}/halaman/1"),
                _ => document.clone(),
            };
            match self.get(&path, &address).0 {
                200 => seen.robots.fetch_add(1, Ordering::Relaxed),
                _ => seen.refused.fetch_add(1, Ordering::Relaxed),
            };
        }
    }
}

impl Seen {
    fn tell(self, robots: u64, table: &mut Table) -> anyhow::Result<()> {
        let mut times = self.readers.into_inner().ok().context("a reader ended early")?;
        let (answers, failed) = (times.len(), self.failed.into_inner());
        let while_robots = match robots {
            0 => String::new(),
            robots => format!(", while {robots} connections pull without a pause"),
        };
        let bar = match robots {
            0 => "p99 ≤ 30 ms, none failed",
            _ => "usable, none failed",
        };
        let mut quantile = |share| quantile(&mut times, share);
        table.row(
            format!("{READERS} readers, {answers} answers, over HTTP{while_robots}"),
            format!(
                "p50 {:.1} ms, p99 {:.1} ms, slowest {:.0} ms; {failed} failed",
                quantile(0.5),
                quantile(0.99),
                quantile(1.0)
            ),
            "",
            "",
            bar,
        );
        if robots > 0 {
            table.row(
                "… meanwhile the robots got",
                format!(
                    "{:.0} pages/s, {} told to come back",
                    self.robots.into_inner() as f64 / self.seconds,
                    self.refused.into_inner()
                ),
                "",
                "",
                "",
            );
        } else {
            table.row(
                "… largest home or result page over the wire",
                format!("{:.1} kB", self.largest.into_inner() as f64 / 1e3),
                "",
                "",
                "≤ 50 kB",
            );
        }
        Ok(())
    }
}
