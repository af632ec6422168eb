//! The child's side: limit oneself, read the file from stdin, answer on stdout.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::thread;

use simars_record::{Extracted, Finding, FindingCode};

use crate::answer::{self, Task, Work};
use crate::budget::Budget;
use crate::extractor::without_pages;
use crate::sandbox::{self, Profile, Refusal};
use crate::{
    Kind, Limits, attached, convert, html, image, mail, package, page_image, part, pdf, recognise,
    rtf, separators, signature, stamp,
};

/// The parser's stack. Deeply nested input recurses deeply; when even this is too little, only
/// this process dies.
const STACK_BYTES: usize = 64 << 20;

/// A file larger than this is not read into memory.
const MOST_FILE_BYTES: u64 = 1 << 30;

/// What the program runs when it was started as `program extract-child …` by an
/// [`crate::Extractor`]: sets its own limits, reads the file from stdin, writes the answer to
/// stdout. Any other exit code than success means that there is no answer.
pub fn child_main() -> ExitCode {
    let Some((task, further)) = parse_arguments(std::env::args_os().skip(2)) else {
        return match convert::Order::read(std::env::args_os().skip(2)) {
            Some(order) => convert::become_converter(&order),
            None => recognise::become_engine(std::env::args_os().skip(2)),
        };
    };
    if task.work == Work::Probe {
        return probe(&task);
    }
    let profile = Profile::Reader { file_bytes: task.file_bytes.min(MOST_FILE_BYTES) };
    if sandbox::confine(profile, &task.limits, Refusal::Kill).is_err() {
        // Better no answer than a parser without limits.
        return ExitCode::from(3);
    }
    let budget = Budget::new(&task.limits);
    let parser = thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || work(&task, &further, budget).and_then(|body| reply(&body)));
    match parser.map(thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(_))) => ExitCode::from(4),
        Ok(Err(_)) | Err(_) => ExitCode::from(5),
    }
}

/// Tells what this process can no longer do. On the main thread, since it confines that one.
fn probe(task: &Task) -> ExitCode {
    let told = sandbox::probe(&task.limits)
        .and_then(|report| Ok(serde_json::to_vec(&report)?))
        .and_then(|body| reply(&body));
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(4),
    }
}

/// The task, and what further arguments it takes.
fn parse_arguments(mut arguments: impl Iterator<Item = OsString>) -> Option<(Task, Vec<String>)> {
    let task: Task = serde_json::from_str(arguments.next()?.to_str()?).ok()?;
    let further: Vec<String> =
        arguments.map(OsString::into_string).collect::<Result<_, _>>().ok()?;
    let more = matches!(task.work, Work::Signatures | Work::Separators);
    (further.is_empty() || more).then_some((task, further))
}

/// Does what is asked for and gives the body of the answer.
fn work(task: &Task, further: &[String], budget: Budget) -> io::Result<Vec<u8>> {
    let extracted = match task.work {
        Work::Read => read(task, false, budget)?,
        Work::ReadSimply => read(task, true, budget)?,
        Work::Signatures => return signatures(task, further, budget),
        Work::Image { page, width } => {
            return page_image::draw(read_input(task)?, task.kind, page, width);
        }
        Work::Separators => {
            let pages = separators::pages(further).ok_or(io::ErrorKind::InvalidInput)?;
            return separators::work(read_input(task)?, task.kind, &pages, budget);
        }
        Work::Part { first, last } => {
            return part::work(read_input(task)?, task.kind, (first, last), &task.limits);
        }
        Work::Scan { page, quarters } => return scan(task, page, quarters, budget),
        Work::Stamp { strip_bytes } => {
            return stamp::work(read_input(task)?, strip_bytes, &task.limits);
        }
        Work::Proof => return attached::work(read_input(task)?),
        // Answered before any thread is started.
        Work::Probe => return Err(io::ErrorKind::Unsupported.into()),
    };
    Ok(answer::encode(extracted, answer::most_bytes(task))?)
}

/// Makes a page ready for recognition, be it in the file or in what is attached to it.
fn scan(task: &Task, page: u32, quarters: u8, budget: Budget) -> io::Result<Vec<u8>> {
    let bytes = read_input(task)?;
    if task.kind != Kind::Mail {
        return recognise::scan(bytes, task.kind, page, quarters);
    }
    match mail::page_inside(&bytes, page, &task.limits, budget) {
        Some(inside) => recognise::scan(inside.bytes, inside.kind, inside.page, quarters),
        // The message has no such page, or it is no picture: as with any file of that kind.
        None => recognise::scan(Vec::new(), task.kind, page, quarters),
    }
}

fn signatures(task: &Task, anchors: &[String], budget: Budget) -> io::Result<Vec<u8>> {
    let anchors = signature::decoded_anchors(anchors).ok_or(io::ErrorKind::InvalidInput)?;
    let answer = signature::read(&read_input(task)?, &anchors, &task.limits, budget);
    Ok(serde_json::to_vec(&answer)?)
}

fn read(task: &Task, simple: bool, budget: Budget) -> io::Result<Extracted> {
    if task.file_bytes > MOST_FILE_BYTES {
        let detail = format!("files over {MOST_FILE_BYTES} bytes are not read");
        let finding = Finding::file(FindingCode::LimitReached, detail);
        return Ok(without_pages("application/octet-stream", vec![finding]));
    }
    let bytes = read_input(task)?;
    parse(task.kind, bytes, &task.limits, simple, budget)
        .ok_or_else(|| io::ErrorKind::Unsupported.into())
}

/// Has the reader for this kind read; `None` for those that the parent reads and never asks for.
pub(crate) fn parse(
    kind: Kind,
    bytes: Vec<u8>,
    limits: &Limits,
    simple: bool,
    budget: Budget,
) -> Option<Extracted> {
    Some(match kind {
        Kind::Pdf => pdf::read(bytes, limits, simple, budget),
        Kind::Html => html::read(&bytes, limits),
        Kind::Package => package::read(&bytes, limits),
        Kind::Tiff => image::read_tiff(&bytes, limits),
        Kind::Rtf => rtf::read(&bytes, limits),
        Kind::Mail => mail::read(&bytes, limits, simple, budget),
        Kind::Text | Kind::Image | Kind::Empty | Kind::Other => return None,
    })
}

/// The file, from standard input.
fn read_input(task: &Task) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let expected = usize::try_from(task.file_bytes).unwrap_or(0).saturating_add(1);
    bytes.try_reserve_exact(expected)?;
    io::stdin().lock().take(MOST_FILE_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn reply(body: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    // One after the other: a long answer has no room beside a copy of itself.
    stdout.write_all(&answer::header(body.len()))?;
    stdout.write_all(body)?;
    stdout.flush()
}
