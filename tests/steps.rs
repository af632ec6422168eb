//! `kill -9` within each step of the life of a document (ARCHITECTURE.md §3), one case for each:
//! whatever step it hits, the next start is sound and the file goes in once.
//!
//! `strace` tells each call of the program as it is made, and holds the program for a moment after
//! those of the step; that is when it is killed.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use simars_testkit::program::command;

use crate::faults::{Place, is_sound};
use crate::scene::{decision, program, sha256};

/// A step, and the call after which the program is killed.
struct Step {
    name: &'static str,
    call: &'static str,
    /// What stands in that call.
    of: &'static str,
    /// Whether the document must be registered by then; before that it may be or not.
    registered: bool,
}

/// In the order in which they come: each is looked for after those before that it [needs](needed).
const STEPS: [Step; 12] = [
    step("1 receive", "write", "/staging/", false),
    step("2 extract", "read", "<pipe:[", false),
    step("3 describe", "read", "]>, \"\", ", false),
    step("4 register: objects", "rename", "/store/objects/", false),
    step("4 register: the segment", "openat", ".segment", false),
    step("4 register: its number", "renameat2", "/store/journal/", true),
    step("4 register: the folder of the number", "fsync", "/store/journal>", true),
    step("5 apply", "pwrite64", "/views/catalogue/", true),
    step("5b publish: tiles", "write", "/store/log/", true),
    step("5b publish: what was signed", "rename", "log.signed", true),
    step("5b publish: checkpoint", "rename", "store/log/checkpoint", true),
    step("6 index", "write", "/views/index/", true),
];

/// The steps that come before another for certain, so that it is looked for after them. Where the
/// description begins is no mark for others: when a read has to wait, its end is told apart from its
/// file and may be told late. The index follows beside the log.
fn needed(step: usize) -> impl Iterator<Item = &'static Step> {
    const DESCRIBE: usize = 2;
    const APPLY: usize = 7;
    let last = if step == STEPS.len() - 1 { APPLY + 1 } else { step };
    let before = STEPS[..last].iter().enumerate();
    before.filter(move |(number, _)| *number != DESCRIBE).map(|(_, step)| step)
}

const fn step(name: &'static str, call: &'static str, of: &'static str, registered: bool) -> Step {
    Step { name, call, of, registered }
}

/// How long the program is held after a call of the step, in microseconds.
const HELD: u32 = 40_000;

/// Large enough to be staged, and nothing that is read without a process of its own.
fn file(number: u32) -> String {
    let text = decision(number, 2024, &format!("langkah nomor {number}"));
    let filling = "uraian langkah demi langkah yang panjang ".repeat(8_000);
    format!("<html><body><pre>{text}</pre><p>{filling}</p></body></html>")
}

#[test]
fn a_kill_within_any_step_loses_nothing() {
    if command(Path::new("strace")).arg("-V").output().is_err() {
        eprintln!("skipped: strace is missing; on Debian: apt-get install strace");
        return;
    }
    let mut place = Place::new();
    for (number, step) in STEPS.iter().enumerate() {
        let path = one_more(&mut place);
        assert!(killed(&place, &path, number), "{} was never reached", step.name);
        goes_in_once(&mut place, &path, step);
    }
}

fn one_more(place: &mut Place) -> PathBuf {
    place.filed += 1;
    place.scene.file(&format!("{}.html", place.filed), file(place.filed))
}

/// Files a document and kills the program within a step; false if that step was never reached.
fn killed(place: &Place, path: &Path, step: usize) -> bool {
    let pipe = place.scene.root().join(format!("calls-{step}"));
    assert!(command(Path::new("mkfifo")).arg(&pipe).status().unwrap().success());
    let calls = "trace=openat,read,write,pwrite64,fsync,rename,renameat2";
    let held = format!("inject={}:delay_exit={HELD}", STEPS[step].call);
    let mut traced = command(Path::new("strace"))
        .args(["-f", "-y", "-qq", "-e", calls, "-e", &held, "-o"])
        .arg(&pipe)
        .arg(program())
        .args(["ingest", "--later", "--data"])
        .args([&place.scene.data(), path])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(File::open(&pipe).unwrap()).lines().map_while(Result::ok);
    let mut ahead = needed(step).chain([&STEPS[step]]).peekable();
    let mut process = None;
    for line in lines {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let process = process.get_or_insert_with(|| thread.to_owned());
        while ahead.next_if(|step| is_of(call.trim_start(), step)).is_some() {
            if ahead.peek().is_none() {
                let killed = command(Path::new("kill")).args(["-9", process]).status().unwrap();
                assert!(killed.success(), "it ended before it could be killed");
            }
        }
    }
    traced.wait().unwrap();
    ahead.peek().is_none()
}

/// Whether a call is of a step: as it is told in one line, or what is told of its end alone when
/// another thread called something meanwhile.
fn is_of(call: &str, step: &Step) -> bool {
    if let Some(ended) = call.strip_prefix("<... ") {
        let result = ended.strip_prefix(step.call).and_then(|rest| rest.strip_prefix(" resumed>"));
        let expected = step.of.strip_prefix("]>, ");
        return result.zip(expected).is_some_and(|(result, of)| result.starts_with(of));
    }
    let made = call.strip_prefix(step.call).is_some_and(|rest| rest.starts_with('('));
    made && call.contains(step.of)
}

/// The next start is sound; the same file goes in once, whatever happened before, and is found.
fn goes_in_once(place: &mut Place, path: &Path, step: &Step) {
    let (data, name) = (place.scene.data(), step.name);
    is_sound(&data, &place.heads, &place.acknowledged, name);
    let again = place.scene.ingest(&[path], &["--later"]);
    let (status, id) = (again[0]["status"].as_str().unwrap(), again[0]["id"].as_str().unwrap());
    assert!(!step.registered || status == "duplicate", "after {name}: {status}");
    place.acknowledged.insert(sha256(file(place.filed)), id.to_owned());
    place.note_signed();
    is_sound(&data, &place.heads, &place.acknowledged, name);
    let query = format!("\"langkah nomor {}\"", place.filed);
    let found = place.scene.simars(&["search", "--json", &query]);
    assert!(found.stdout.contains(id), "after {name}: {found:?}");
}
