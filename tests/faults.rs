//! The disk says no: each call that writes, syncs, names or opens something in the data folder fails
//! once, at each point of filing a document and publishing the log (injected by `strace`).
//!
//! Whatever fails, the program says so, nothing acknowledged is lost, the log is never forked and
//! the next start is sound.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use simars_archive::{Archive, DataFolder, Surroundings};
use simars_record::Timestamp;
use simars_testkit::{Output, program::command};
use simars_tlog::{Checkpoint, Note, TreeHead, check_consistency};

use crate::scene::{Scene, decision, program};

/// What is made to fail.
const CALLS: [&str; 9] =
    ["openat", "write", "fsync", "fdatasync", "syncfs", "rename", "renameat2", "linkat", "mkdir"];

fn strace(options: &[&str], trace: &Path, arguments: &[&str]) -> Output {
    let mut all = vec!["-f", "-y", "-qq", "-o", trace.to_str().unwrap()];
    all.extend(options);
    all.push(program().to_str().unwrap());
    all.extend(arguments);
    let output = command(Path::new("strace")).args(&all).output().unwrap();
    Output {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Which calls of each kind, counted for each thread from 1, touch the data folder.
fn points(trace: &Path, data: &Path) -> BTreeMap<&'static str, BTreeSet<u32>> {
    let text = fs::read(trace).unwrap();
    let text = String::from_utf8_lossy(&text);
    let mut counts: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let mut found: BTreeMap<&'static str, BTreeSet<u32>> = BTreeMap::new();
    for line in text.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        let of = |name: &&&str| call.strip_prefix(**name).is_some_and(|rest| rest.starts_with('('));
        let Some(name) = CALLS.iter().find(of) else { continue };
        let count = counts.entry((thread, *name)).or_default();
        *count += 1;
        if call.contains(data.to_str().unwrap()) {
            found.entry(*name).or_default().insert(*count);
        }
    }
    found
}

/// A data folder with a log, and what was seen of it so far.
pub(crate) struct Place {
    pub(crate) scene: Scene,
    trace: PathBuf,
    /// How many documents were filed; the last one has this number.
    pub(crate) filed: u32,
    /// Heads of the log that were signed.
    pub(crate) heads: Vec<TreeHead>,
    /// What was acknowledged: digest → id.
    pub(crate) acknowledged: BTreeMap<String, String>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let scene = Scene::new();
        let begun = scene.simars(&["log", "init", "--origin", "arsip.example/log"]);
        assert_eq!(begun.code, Some(0), "{}", begun.stderr);
        let trace = scene.root().join("trace");
        let (heads, acknowledged) = (Vec::new(), BTreeMap::new());
        Self { scene, trace, filed: 0, heads, acknowledged }
    }

    /// Files one more document while something is injected.
    fn file(&mut self, options: &[&str]) -> Output {
        self.filed += 1;
        let words = format!("perkara nomor {}", self.filed);
        let name = format!("{}.txt", self.filed);
        let file = self.scene.file(&name, decision(self.filed, 2024, &words));
        let data = self.scene.data();
        let arguments = [
            "ingest",
            "--json",
            "--later",
            file.to_str().unwrap(),
            "--data",
            data.to_str().unwrap(),
        ];
        strace(options, &self.trace, &arguments)
    }

    fn note(&mut self, output: &Output) {
        for line in output.stdout.lines() {
            let Ok(report) = serde_json::from_str::<serde_json::Value>(line) else { continue };
            if report["status"] == "registered" {
                let text = |name: &str| report[name].as_str().unwrap().to_owned();
                self.acknowledged.insert(text("sha256"), text("id"));
            }
        }
        self.note_signed();
    }

    /// Takes over which heads of the log were signed.
    pub(crate) fn note_signed(&mut self) {
        for signed in ["store/log/checkpoint", "keys/log.signed"] {
            let text = fs::read_to_string(self.scene.data().join(signed)).unwrap();
            let note: Note = text.parse().unwrap();
            let head = *note.text().parse::<Checkpoint>().unwrap().head();
            if !self.heads.contains(&head) {
                self.heads.push(head);
            }
        }
    }
}

/// Opens the archive as the next start does, and sees that nothing is lost or forked.
pub(crate) fn is_sound(
    data: &Path,
    heads: &[TreeHead],
    acknowledged: &BTreeMap<String, String>,
    point: &str,
) {
    let surroundings = Surroundings { now: || Timestamp::from_unix(1_795_509_225), random };
    let archive = Archive::open(DataFolder::new(data), surroundings)
        .unwrap_or_else(|error| panic!("after {point}: {error}"));
    let published = archive.publish().unwrap_or_else(|error| panic!("after {point}: {error}"));
    for old in heads {
        let head = published.as_ref().unwrap_or_else(|| panic!("after {point}: no log")).head;
        let path = archive.log_consistency(old.size).unwrap();
        let path = path.unwrap_or_else(|| panic!("after {point}: {old:?} is forgotten"));
        assert!(check_consistency(old, &head, &path), "after {point}: the log was forked");
    }
    for (digest, id) in acknowledged {
        let document = archive.find(&digest.parse().unwrap()).unwrap();
        let found = document.map(|document| document.id.to_string());
        assert_eq!(found.as_ref(), Some(id), "after {point}: {digest} was acknowledged");
    }
    let report = archive.check(|_, _| ()).unwrap();
    assert_eq!(report.damage, [], "after {point}");
}

fn random(bytes: &mut [u8]) {
    use std::io::Read;
    fs::File::open("/dev/urandom").unwrap().read_exact(bytes).unwrap();
}

#[test]
fn whatever_call_fails_nothing_acknowledged_is_lost() {
    let there = command(Path::new("strace")).arg("-V").output().is_ok();
    if !there {
        eprintln!("skipped: strace is missing; on Debian: apt-get install strace");
        return;
    }
    let mut place = Place::new();
    let output = place.file(&["-e", "trace=%file,%desc"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    place.note(&output);
    // Once more: the first start builds views that the others find.
    let output = place.file(&["-e", &format!("trace={}", CALLS.join(","))]);
    place.note(&output);
    let points = points(&place.trace, &place.scene.data());
    assert!(points.len() >= 4, "{points:?}");
    let mut failed = 0;
    for (call, numbers) in &points {
        for number in thinned(numbers) {
            let point = format!("{call} {number}");
            let inject = format!("inject={call}:error=EIO:when={number}");
            let output = place.file(&["-e", &format!("trace={call}"), "-e", &inject]);
            assert!(output.code.is_some(), "{point}: ended by a signal: {output:?}");
            if output.code != Some(0) {
                failed += 1;
                // What fails may be the very writing of the words.
                let told = !output.stderr.trim().is_empty() || output.stdout.contains("cannot");
                let told = told || *call == "write";
                assert!(told, "{point}: failed without a word: {output:?}");
            }
            place.note(&output);
            is_sound(&place.scene.data(), &place.heads, &place.acknowledged, &point);
        }
    }
    eprintln!("{points:?}; {failed} runs failed");
    assert!(failed > 0, "nothing that was injected made a difference");
}

/// All points, or so many of each call as `SIMARS_FAULTS` says; 6 if it says nothing.
fn thinned(numbers: &BTreeSet<u32>) -> Vec<u32> {
    let wanted = std::env::var("SIMARS_FAULTS").ok().and_then(|text| text.parse().ok());
    let step = numbers.len().div_ceil(wanted.unwrap_or(6)).max(1);
    numbers.iter().copied().step_by(step).collect()
}
