//! The objects: each one that is named is hashed again, in parallel and as slowly as is wished.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use simars_record::{Digest, Hasher, ObjectRef};

use super::pace::Pace;
use super::report::{Part, Report};
use super::rounds::{Counted, Rounds};
use super::{Options, Progress};
use crate::object::Objects;

/// So many parts the store is divided into, by the first byte of the names.
const PARTS: usize = 256;
/// What is read before the pace is looked at again.
const STEP: usize = 64 * 1024;
/// A round is written down this often.
const KEEP: Duration = Duration::from_secs(1);

/// Checks the objects in the order of their names. `young` are files that nobody names yet because
/// they are on their way in: those changed in the last hour, if others write meanwhile.
pub(super) struct ObjectCheck<'a> {
    pub(super) objects: &'a Objects,
    pub(super) options: &'a Options<'a>,
    pub(super) pace: &'a Pace,
    pub(super) others_write: bool,
}

impl ObjectCheck<'_> {
    /// Checks what this round has not checked yet. False if it was stopped.
    pub(super) fn run(
        &self,
        mut named: Vec<ObjectRef>,
        rounds: &mut Rounds,
        report: &mut Report,
    ) -> bool {
        named.sort_unstable_by_key(|object| (object.sha256, object.size_bytes));
        named.dedup();
        let of = named.iter().map(|object| object.size_bytes).sum();
        let done = AtomicU64::new(0);
        let mut kept = Instant::now();
        let mut rest = named.as_slice();
        for part in 0..PARTS {
            let end =
                rest.partition_point(|object| usize::from(object.sha256.as_bytes()[0]) <= part);
            let (here, after) = rest.split_at(end);
            rest = after;
            let before = report.damage.len();
            let counted = match rounds.counted(part) {
                Some(counted) => {
                    done.fetch_add(counted.bytes, Ordering::Relaxed);
                    counted
                }
                None => {
                    let Some(counted) = self.part(here, (&done, of), report) else {
                        return false;
                    };
                    self.note_others(part, here, report);
                    if report.damage.len() == before {
                        rounds.found_sound(part, counted, (self.options.now)());
                    }
                    counted
                }
            };
            report.objects += counted.objects;
            report.bytes += counted.bytes;
            if kept.elapsed() >= KEEP {
                rounds.keep();
                kept = Instant::now();
            }
        }
        true
    }

    /// Checks one part; `None` if it was stopped.
    fn part(
        &self,
        named: &[ObjectRef],
        (done, of): (&AtomicU64, u64),
        report: &mut Report,
    ) -> Option<Counted> {
        let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let work = || {
            while let Some(object) = named.get(next.fetch_add(1, Ordering::Relaxed)) {
                let path = self.objects.path(&object.sha256);
                let detail = match digest_of(&path, self.pace, self.options.stop) {
                    Ok(None) => return,
                    Ok(Some(found)) if found == *object => None,
                    Ok(Some(found)) if found.sha256 == object.sha256 => Some(format!(
                        "it has {} bytes, not {}",
                        found.size_bytes, object.size_bytes
                    )),
                    Ok(Some(found)) => Some(format!("its SHA-256 is {}", found.sha256)),
                    Err(error) => Some(error.to_string()),
                };
                if let Some(detail) = detail {
                    wrong.lock().unwrap_or_else(PoisonError::into_inner).push((path, detail));
                }
                let sum = done.fetch_add(object.size_bytes, Ordering::Relaxed);
                let done = sum + object.size_bytes;
                (self.options.progress)(Progress { part: Part::Objects, done, of });
            }
        };
        match self.options.threads.min(named.len()) {
            0 | 1 => work(),
            threads => std::thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(work);
                }
            }),
        }
        if self.options.stop.load(Ordering::Relaxed) {
            return None;
        }
        let mut wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
        wrong.sort();
        wrong.dedup();
        for (path, detail) in wrong {
            report.damaged(Part::Objects, &path, detail);
        }
        let bytes = named.iter().map(|object| object.size_bytes).sum();
        Some(Counted { objects: named.len() as u64, bytes })
    }

    /// Notes files in this part of the store that nothing names.
    fn note_others(&self, part: usize, named: &[ObjectRef], report: &mut Report) {
        // Which objects are named is known only from a whole journal.
        if !report.is_sound(Part::Journal) {
            return;
        }
        let named: HashSet<&Digest> = named.iter().map(|object| &object.sha256).collect();
        let name = format!("{part:02x}");
        let folder = self.objects.folder().join(&name);
        for path in list(&folder).iter().flat_map(|entry| match entry.is_dir() {
            true => list(entry),
            false => vec![entry.clone()],
        }) {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            let digest = file.parse::<Digest>().ok();
            match digest.filter(|digest| self.objects.path(digest) == path) {
                Some(digest) if named.contains(&digest) => {}
                Some(_) if self.others_write && self.is_young(&path) => {}
                Some(_) => report.note(&path, "no statement names this object"),
                None => report.note(&path, "it is no object"),
            }
        }
    }

    /// Whether a file may still be on its way in.
    fn is_young(&self, path: &Path) -> bool {
        let changed = fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
        let changed = changed.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let now = (self.options.now)().unix();
        changed.is_some_and(|changed| changed.as_secs() + 3_600 > now)
    }
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// Hashes a file in constant memory; `None` if it was stopped.
fn digest_of(path: &Path, pace: &Pace, stop: &AtomicBool) -> io::Result<Option<ObjectRef>> {
    let mut file = File::open(path)?;
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; STEP];
    loop {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        match file.read(&mut buffer)? {
            0 => break,
            count => {
                hasher.update(&buffer[..count]);
                pace.wait(count);
            }
        }
    }
    let size_bytes = hasher.size_bytes();
    Ok(Some(ObjectRef { sha256: hasher.finish(), size_bytes }))
}
