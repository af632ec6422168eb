//! The child's side: limit oneself, read the file from stdin, answer on stdout.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};
use simars_record::{Extracted, Finding, FindingCode};

use crate::answer::{self, Task};
use crate::budget::Budget;
use crate::child::SIMPLE;
use crate::extractor::without_pages;
use crate::{Kind, html, image, package, pdf};

/// The parser's stack. Deeply nested input recurses deeply; when even this is too little, only
/// this process dies.
const STACK_BYTES: usize = 64 << 20;

/// A file larger than this is not read into memory.
const MOST_FILE_BYTES: u64 = 1 << 30;

/// What the program runs when it was started as `program extract-child …` by an
/// [`crate::Extractor`]: sets its own limits, reads the file from stdin, writes the answer to
/// stdout. Any other exit code than success means that there is no answer.
pub fn child_main() -> ExitCode {
    let Some((task, simple)) = parse_arguments(std::env::args_os().skip(2)) else {
        return ExitCode::from(2);
    };
    if confine(&task).is_err() {
        // Better no answer than a parser without limits.
        return ExitCode::from(3);
    }
    let budget = Budget::new(&task.limits);
    let parser = thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || read(&task, simple, budget).and_then(|extracted| reply(&extracted)));
    match parser.map(thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(_))) => ExitCode::from(4),
        Ok(Err(_)) | Err(_) => ExitCode::from(5),
    }
}

fn parse_arguments(arguments: impl Iterator<Item = OsString>) -> Option<(Task, bool)> {
    let arguments: Vec<OsString> = arguments.collect();
    let (task, simple) = match arguments.as_slice() {
        [task] => (task, false),
        [flag, task] if flag == SIMPLE => (task, true),
        _ => return None,
    };
    Some((serde_json::from_str(task.to_str()?).ok()?, simple))
}

/// Takes from this process what a parser does not need. Landlock and seccomp belong at the end
/// of this function, once everything before them is set.
fn confine(task: &Task) -> io::Result<()> {
    let limit = |resource, most: u64| {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
    };
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    // Standard input, output and error are open already; nothing else ever is.
    limit(Resource::Nofile, 3)?;
    let file_bytes = task.file_bytes.min(MOST_FILE_BYTES);
    limit(Resource::As, task.limits.memory_bytes.saturating_add(file_bytes))?;
    let cpu = task.limits.cpu.max(Duration::from_secs(1)).as_secs();
    // A second between the two: the soft limit tells its reason by its signal.
    setrlimit(Resource::Cpu, Rlimit { current: Some(cpu), maximum: Some(cpu + 1) })?;
    rustix::thread::set_no_new_privs(true)?;
    Ok(())
}

fn read(task: &Task, simple: bool, budget: Budget) -> io::Result<Extracted> {
    if task.file_bytes > MOST_FILE_BYTES {
        let detail = format!("files over {MOST_FILE_BYTES} bytes are not read");
        let finding = Finding::file(FindingCode::LimitReached, detail);
        return Ok(without_pages("application/octet-stream", vec![finding]));
    }
    let mut bytes = Vec::new();
    let expected = usize::try_from(task.file_bytes).unwrap_or(0).saturating_add(1);
    bytes.try_reserve_exact(expected)?;
    io::stdin().lock().take(MOST_FILE_BYTES).read_to_end(&mut bytes)?;
    Ok(match task.kind {
        Kind::Pdf => pdf::read(bytes, &task.limits, simple, budget),
        Kind::Html => html::read(&bytes, &task.limits),
        Kind::Package => package::read(&bytes, &task.limits),
        Kind::Tiff => image::read_tiff(&bytes, &task.limits),
        // Read by the parent, never asked for.
        Kind::Text | Kind::Image | Kind::Empty | Kind::Other => {
            return Err(io::ErrorKind::Unsupported.into());
        }
    })
}

fn reply(extracted: &Extracted) -> io::Result<()> {
    let message = answer::encode(extracted)?;
    let mut stdout = io::stdout().lock();
    stdout.write_all(&message)?;
    stdout.flush()
}
