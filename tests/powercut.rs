//! The power is cut: what the real program did to its data folder is recorded call by call, and
//! replayed onto a disk that forgets what was not synced.
//!
//! The disk is worse than real ones: names that were not synced come back for a part of each folder
//! only, whatever the other folders have; bytes that were not synced are there, or not, or cut off,
//! or zeros. `SIMARS_POWER_CUTS` says how many moments are tried; the figures in benches/README.md
//! were made with 1,000.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use simars_testkit::program::command;
use simars_tlog::{Checkpoint, Note, TreeHead};

use crate::crash::Chance;
use crate::faults::is_sound;
use crate::scene::{Scene, decision, program};

/// Every call that can change a folder or make it durable.
const CALLS: &str = "openat,creat,write,writev,pwrite64,pwritev,ftruncate,fallocate,\
                     copy_file_range,sendfile,rename,renameat,renameat2,mkdir,mkdirat,unlink,\
                     unlinkat,rmdir,link,linkat,symlink,fsync,fdatasync,syncfs,sync";

/// A call as strace tells it; times in nanoseconds.
#[derive(Debug)]
struct Call {
    begun: u64,
    ended: u64,
    name: String,
    arguments: String,
    /// What stands in quotation marks.
    strings: Vec<Vec<u8>>,
    /// What the file descriptors are open on.
    open: Vec<PathBuf>,
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.split("\\x").skip(1);
    digits.filter_map(|digits| u8::from_str_radix(digits, 16).ok()).collect()
}

fn path_of(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8(bytes).unwrap())
}

fn nanoseconds(text: &str) -> Option<u64> {
    let (seconds, rest) = text.split_once('.')?;
    let rest = format!("{rest:0<9}");
    Some(seconds.parse::<u64>().ok()? * 1_000_000_000 + rest.parse::<u64>().ok()?)
}

/// Reads a line; `None` for calls that failed and lines that are no calls.
fn read_call(line: &str) -> Option<Call> {
    let (time, rest) = line.split_once(' ')?;
    let (rest, took) = rest.strip_suffix('>')?.rsplit_once(" <")?;
    let (call, result) = rest.rsplit_once(") = ")?;
    if result.starts_with('-') {
        return None;
    }
    let (name, arguments) = call.split_once('(')?;
    let begun = nanoseconds(time)?;
    let strings = arguments.split('"').skip(1).step_by(2).map(unhex).collect();
    let bare: String = arguments.split('"').step_by(2).collect();
    let open = bare.split('<').skip(1).filter_map(|part| part.split_once('>'));
    let open = open.map(|(path, _)| path_of(unhex(path))).collect();
    let (name, arguments) = (name.to_owned(), bare);
    Some(Call { begun, ended: begun + nanoseconds(took)?, name, arguments, strings, open })
}

/// Runs the program and gives its calls in the order in which they ended.
fn record(scene: &Scene, run: &str, arguments: &[&str]) -> Vec<Call> {
    let folder = scene.root().join(run);
    fs::create_dir(&folder).unwrap();
    let (trace, data) = (folder.join("t"), scene.data());
    let output = command(Path::new("strace"))
        .args(["-ff", "-y", "-xx", "-T", "-qq", "-s", "4000000"])
        .args(["--absolute-timestamps=format:unix,precision:ns", "-e", &format!("trace={CALLS}")])
        .arg("-o")
        .arg(&trace)
        .arg(program())
        .args(arguments)
        .arg("--data")
        .arg(&data)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut calls = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        calls.extend(text.lines().filter_map(read_call));
    }
    calls.sort_by_key(|call| call.ended);
    calls
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    Folder,
    File(usize),
}

/// A change of names.
#[derive(Debug, Clone)]
enum Naming {
    Put(PathBuf, Entry),
    Move(PathBuf, PathBuf, Entry),
    Take(PathBuf),
}

impl Naming {
    fn folder(&self) -> &Path {
        let (Self::Put(path, _) | Self::Move(_, path, _) | Self::Take(path)) = self;
        path.parent().unwrap()
    }

    fn apply(&self, names: &mut BTreeMap<PathBuf, Entry>) {
        match self {
            Self::Put(path, entry) => drop(names.insert(path.clone(), *entry)),
            Self::Take(path) => drop(names.remove(path)),
            Self::Move(from, to, entry) => {
                if names.get(from) == Some(entry) {
                    names.remove(from);
                }
                names.insert(to.clone(), *entry);
            }
        }
    }
}

#[derive(Debug, Default)]
struct File {
    bytes: Vec<u8>,
    /// When it had how many bytes.
    lengths: Vec<(u64, usize)>,
    synced: Vec<u8>,
}

impl File {
    fn sync(&mut self, begun: u64) {
        let before = self.lengths.iter().rev().find(|(ended, _)| *ended <= begun);
        let length = before.map_or(0, |(_, length)| *length);
        self.synced = self.bytes[..length].to_vec();
    }
}

/// A disk that forgets.
struct Disk {
    root: PathBuf,
    files: Vec<File>,
    /// The names as the program sees them, and those that are durable.
    seen: BTreeMap<PathBuf, Entry>,
    kept: BTreeMap<PathBuf, Entry>,
    pending: Vec<(u64, Naming)>,
}

impl Disk {
    fn new(root: &Path) -> Self {
        let (seen, kept) = (BTreeMap::new(), BTreeMap::new());
        Self { root: root.to_owned(), files: Vec::new(), seen, kept, pending: Vec::new() }
    }

    /// Whether something is a part of the store; views come back by themselves.
    fn holds(&self, path: &Path) -> bool {
        ["store", "keys", "staging"].iter().any(|part| path.starts_with(self.root.join(part)))
    }

    fn name(&mut self, ended: u64, naming: Naming) {
        naming.apply(&mut self.seen);
        self.pending.push((ended, naming));
    }

    fn sync_names(&mut self, begun: u64, of: impl Fn(&Naming) -> bool) {
        let Self { pending, kept, .. } = self;
        pending.retain(|(ended, naming)| {
            let durable = *ended <= begun && of(naming);
            if durable {
                naming.apply(kept);
            }
            !durable
        });
    }

    fn see(&mut self, call: &Call) {
        let path = || path_of(call.strings[0].clone());
        let on = call.open.last().cloned().unwrap_or_default();
        match call.name.as_str() {
            "openat" if call.arguments.contains("O_CREAT") => self.open(call, path()),
            "write" if self.holds(&on) => {
                let Some(Entry::File(number)) = self.seen.get(&on) else {
                    panic!("{} is written to and was not opened", on.display());
                };
                let file = &mut self.files[*number];
                file.bytes.extend_from_slice(&call.strings[0]);
                file.lengths.push((call.ended, file.bytes.len()));
            }
            "mkdir" if self.holds(&path()) => {
                self.name(call.ended, Naming::Put(path(), Entry::Folder));
            }
            "unlink" | "rmdir" if self.holds(&path()) => {
                self.name(call.ended, Naming::Take(path()));
            }
            "rename" | "renameat2" if self.holds(&path()) => {
                let to = path_of(call.strings[1].clone());
                let entry = self.seen[&path()];
                self.name(call.ended, Naming::Move(path(), to, entry));
            }
            "fsync" | "fdatasync" if on == self.root || self.holds(&on) => {
                match self.seen.get(&on) {
                    Some(Entry::File(number)) => self.files[*number].sync(call.begun),
                    _ => self.sync_names(call.begun, |naming| naming.folder() == on),
                }
            }
            "syncfs" => {
                self.files.iter_mut().for_each(|file| file.sync(call.begun));
                self.sync_names(call.begun, |_| true);
            }
            "openat" | "write" | "mkdir" | "unlink" | "rmdir" | "rename" | "renameat2"
            | "fsync" | "fdatasync" => {}
            other => {
                let touched = call
                    .strings
                    .iter()
                    .map(|text| PathBuf::from(String::from_utf8_lossy(text).into_owned()));
                let mut touched = touched.chain(call.open.iter().cloned());
                assert!(!touched.any(|path| self.holds(&path)), "{other} is not replayed");
            }
        }
    }

    fn open(&mut self, call: &Call, path: PathBuf) {
        if !self.holds(&path) {
            return;
        }
        match self.seen.get(&path) {
            Some(Entry::File(number)) if call.arguments.contains("O_TRUNC") => {
                let file = &mut self.files[*number];
                file.bytes.clear();
                file.lengths.clear();
            }
            Some(_) => {}
            None => {
                let entry = Entry::File(self.files.len());
                self.files.push(File::default());
                self.name(call.ended, Naming::Put(path, entry));
            }
        }
    }

    /// Writes down what is left after a power cut.
    fn cut(&self, chance: &mut Chance, to: &Path) {
        let mut folders: BTreeMap<&Path, (u64, u64)> = BTreeMap::new();
        for (_, naming) in &self.pending {
            folders.entry(naming.folder()).or_default().0 += 1;
        }
        folders.values_mut().for_each(|(all, left)| *left = chance.below(*all + 1));
        let mut names = self.kept.clone();
        for (_, naming) in &self.pending {
            let (_, left) = folders.get_mut(naming.folder()).unwrap();
            if *left > 0 {
                *left -= 1;
                naming.apply(&mut names);
            }
        }
        fs::create_dir(to).unwrap();
        for (path, entry) in &names {
            let target = to.join(path.strip_prefix(&self.root).unwrap());
            // What lies in a folder that was forgotten is forgotten with it.
            if !target.parent().unwrap().is_dir() {
                continue;
            }
            match entry {
                Entry::Folder => fs::create_dir(target).unwrap(),
                Entry::File(number) => {
                    fs::write(target, left_of(&self.files[*number], chance)).unwrap();
                }
            }
        }
    }
}

/// The bytes of a file after a power cut.
fn left_of(file: &File, chance: &mut Chance) -> Vec<u8> {
    if file.bytes == file.synced {
        return file.bytes.clone();
    }
    match chance.below(4) {
        0 => file.synced.clone(),
        1 => file.bytes.clone(),
        2 => file.bytes[..chance.below(file.bytes.len() as u64 + 1) as usize].to_vec(),
        _ => vec![0; file.bytes.len()],
    }
}

/// What others had been told before the power was cut.
#[derive(Default)]
struct Told {
    acknowledged: BTreeMap<String, String>,
    heads: Vec<TreeHead>,
}

impl Told {
    fn see(&mut self, call: &Call, disk: &Disk) {
        let Some(first) = call.strings.first() else { return };
        if call.name == "write" && call.arguments.starts_with("1<") {
            for line in String::from_utf8_lossy(first).lines() {
                let Ok(report) = serde_json::from_str::<serde_json::Value>(line) else { continue };
                if report["status"] == "registered" {
                    let text = |name: &str| report[name].as_str().unwrap().to_owned();
                    self.acknowledged.insert(text("sha256"), text("id"));
                }
            }
        }
        if call.name == "rename" && call.strings[1].ends_with(b"store/log/checkpoint") {
            let Entry::File(number) = disk.seen[&path_of(first.clone())] else { return };
            let text = String::from_utf8(disk.files[number].bytes.clone()).unwrap();
            let note: Note = text.parse().unwrap();
            self.heads.push(*note.text().parse::<Checkpoint>().unwrap().head());
        }
    }
}

/// A log that begins, documents small and large, one of them twice.
fn recorded(scene: &Scene) -> Vec<Call> {
    fs::create_dir(scene.data()).unwrap();
    let mut calls = record(scene, "begin", &["log", "init", "--origin", "arsip.example/log"]);
    for number in 0..4 {
        scene.file(&format!("{number}.txt"), decision(number, 2024, "tahapan pemilihan contoh"));
    }
    scene.file("besar.txt", decision(7, 2024, &"perolehan kursi ".repeat(9_000)));
    let files = scene.root().join("files");
    let arguments = ["ingest", "--json", files.to_str().unwrap()];
    calls.extend(record(scene, "first", &arguments));
    scene.file("lain.txt", decision(8, 2024, "pemungutan suara ulang contoh"));
    calls.extend(record(scene, "second", &arguments));
    calls
}

#[test]
fn a_power_cut_at_any_moment_loses_nothing_acknowledged() {
    if command(Path::new("strace")).arg("-V").output().is_err() {
        eprintln!("skipped: strace is missing; on Debian: apt-get install strace");
        return;
    }
    let cuts = std::env::var("SIMARS_POWER_CUTS").ok().and_then(|text| text.parse().ok());
    let cuts: u64 = cuts.unwrap_or(60);
    let scene = Scene::new();
    let calls = recorded(&scene);
    let (mut with_documents, mut with_heads) = (0, 0);
    for seed in 0..cuts {
        let mut chance = Chance(seed);
        let end = calls[chance.below(calls.len() as u64) as usize].ended;
        let (mut disk, mut told) = (Disk::new(&scene.data()), Told::default());
        for call in calls.iter().filter(|call| call.begun <= end) {
            told.see(call, &disk);
            if call.ended <= end {
                disk.see(call);
            }
        }
        let left = scene.root().join(format!("left {seed}"));
        disk.cut(&mut chance, &left);
        is_sound(&left, &told.heads, &told.acknowledged, &format!("power cut {seed}"));
        fs::remove_dir_all(&left).unwrap();
        with_documents += u64::from(!told.acknowledged.is_empty());
        with_heads += u64::from(!told.heads.is_empty());
    }
    eprintln!("{cuts} cuts in {} calls, {with_documents} after an acknowledgement", calls.len());
    assert!(with_documents > 0 && with_heads > 0);
    assert!((0..20).any(|seed| loses(&scene, &calls, seed)), "the disk forgets nothing");
}

/// Whether something acknowledged is lost when nothing is ever synced: it must be, or the disk above
/// proves nothing.
fn loses(scene: &Scene, calls: &[Call], seed: u64) -> bool {
    let (mut disk, mut told) = (Disk::new(&scene.data()), Told::default());
    for call in calls {
        told.see(call, &disk);
        if !call.name.contains("sync") {
            disk.see(call);
        }
    }
    let left = scene.root().join(format!("never synced {seed}"));
    disk.cut(&mut Chance(seed), &left);
    let there = |digest: &String| {
        let digest: simars_record::Digest = digest.parse().unwrap();
        let objects =
            simars_archive::object::Objects::new(left.join("store/objects"), left.clone());
        simars_archive::object::digest_of_file(&objects.path(&digest)).is_ok_and(|is| is == digest)
    };
    !told.acknowledged.keys().all(there)
}
