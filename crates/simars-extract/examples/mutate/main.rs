//! Looks for files that break reading: `mutate SECONDS SEED FILE…` changes the files at random,
//! has children read, draw and recognise them, answers like a child in a bad state, and prints
//! every death, delay, panic and nonsense with file, seed and number. `--keep DIR` saves what did
//! it, `--only NUMBER` does one case again, `--first NUMBER` goes on from there.

mod case;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use simars_extract::{CHILD_COMMAND, child_main};
use simars_testkit::mutation::{Base, Random};

use case::{Bench, Outcome};

/// Larger files are left out: changes to them rarely meet anything.
const MOST_FILE_BYTES: u64 = 4 << 20;
/// A case that takes longer than this will not end.
const PATIENCE: Duration = Duration::from_secs(120);

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|first| first == CHILD_COMMAND) {
        return child_main();
    }
    let mut out = io::stdout().lock();
    let ended = Order::from_arguments(std::env::args().skip(1)).and_then(|order| {
        let bench = Arc::new(Bench::new(std::env::current_exe()?, bases(&order.files, &mut out)?)?);
        order.run(&bench, &mut out)
    });
    match ended {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "mutate: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What is asked for.
struct Order {
    seconds: u64,
    seed: u64,
    first: u64,
    only: bool,
    keep: Option<PathBuf>,
    files: Vec<PathBuf>,
}

impl Order {
    fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut plain = Vec::new();
        let (mut first, mut only, mut keep) = (0, false, None);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--keep" => keep = Some(PathBuf::from(value()?)),
                "--first" => first = value()?.parse()?,
                "--only" => (first, only) = (value()?.parse()?, true),
                _ => plain.push(argument),
            }
        }
        let [seconds, seed, files @ ..] = plain.as_slice() else {
            return Err("mutate [--keep DIR] [--only NUMBER] SECONDS SEED FILE…".into());
        };
        let files = files.iter().map(PathBuf::from).collect();
        Ok(Self { seconds: seconds.parse()?, seed: seed.parse()?, first, only, keep, files })
    }

    /// Runs the cases and gives how many of them are the project's own fault.
    fn run(&self, bench: &Arc<Bench>, out: &mut impl Write) -> Result<usize, Box<dyn Error>> {
        let end = Instant::now() + Duration::from_secs(self.seconds);
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        let (mut number, mut wrong) = (self.first, 0);
        loop {
            let (bench, seed) = (Arc::clone(bench), self.seed);
            let (name, bytes) = bench.input(&mut Random::case(seed, number));
            let (send, receive) = mpsc::channel();
            let input = (name.clone(), bytes.clone());
            // A case that hangs must not take this thread with it.
            thread::spawn(move || {
                let mut random = Random::case(seed, number);
                send.send(bench.run(&input.0, &input.1, &mut random))
            });
            let outcomes = receive.recv_timeout(PATIENCE).unwrap_or_else(|_| vec![Outcome::hang()]);
            for outcome in &outcomes {
                wrong += usize::from(outcome.wrong);
                *kinds.entry(outcome.kind.clone()).or_default() += 1;
                if outcome.told {
                    writeln!(out, "{name} {seed} {number}: {}: {}", outcome.kind, outcome.detail)?;
                }
            }
            if outcomes.iter().any(|outcome| outcome.told)
                && let Some(folder) = &self.keep
            {
                fs::create_dir_all(folder)?;
                fs::write(folder.join(format!("{seed}-{number}-{name}")), &bytes)?;
            }
            number += 1;
            if self.only || Instant::now() >= end {
                break;
            }
        }
        writeln!(out, "{} cases; what came of them:", number - self.first)?;
        for (kind, count) in kinds {
            writeln!(out, "{count:8} {kind}")?;
        }
        Ok(wrong)
    }
}

/// The files, and the PDFs among them once more with their streams unpacked.
fn bases(files: &[PathBuf], out: &mut impl Write) -> Result<Vec<Base>, Box<dyn Error>> {
    let mut bases = Vec::new();
    for path in files {
        if !path.is_file() || fs::metadata(path)?.len() > MOST_FILE_BYTES {
            writeln!(out, "left out: {}", path.display())?;
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let bytes = fs::read(path)?;
        bases.extend(
            plain_pdf(path, &bytes).map(|plain| Base::new(&format!("plain-{name}"), plain)),
        );
        bases.push(Base::new(&name, bytes));
    }
    if bases.is_empty() { Err("no file that can be used".into()) } else { Ok(bases) }
}

/// A PDF with its streams unpacked; `None` where that is too much or no use.
fn plain_pdf(path: &Path, bytes: &[u8]) -> Option<Vec<u8>> {
    // Made to be too much for whoever opens them.
    let hostile = path.components().any(|part| part.as_os_str() == "hostile");
    if hostile || !bytes.starts_with(b"%PDF-") || bytes.len() > 300_000 {
        return None;
    }
    let mut document = lopdf::Document::load_mem(bytes).ok()?;
    document.decompress();
    let mut plain = Vec::new();
    document.save_to(&mut plain).ok()?;
    (plain.len() < MOST_FILE_BYTES as usize / 4).then_some(plain)
}
