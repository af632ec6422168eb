//! What a monitor remembers from one round to the next.
//!
//! One file, replaced as a whole: a line that names the form, a line of JSON, the entries of the
//! map (64 bytes each), and SHA-256 over all of it, so that damage is told from a lying log.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use simars_record::Digest;
use simars_replace::{Readable, replace};
use simars_tlog::{Frontier, StatusMap, TreeHead};

const FORM: &[u8] = b"simars/monitor@v1\n";
const MEMORY: &str = "memory";
const POLICY: &str = "policy";

/// What was seen of a log, and when it was witnessed.
#[derive(Debug)]
pub(crate) struct Memory {
    /// The log's name; empty before the first round.
    pub(super) origin: String,
    /// The newest checkpoint that was believed, with its signatures.
    pub(super) note: String,
    pub(super) head: TreeHead,
    pub(super) frontier: Frontier,
    pub(super) map: StatusMap,
    pub(super) of_archive: Option<Digest>,
    /// When it was looked at first, and witnessed last, in seconds since 1970.
    pub(super) first_seen: Option<u64>,
    pub(super) witnessed: Option<u64>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            origin: String::new(),
            note: String::new(),
            head: TreeHead { size: 0, root: Digest::of(b"") },
            frontier: Frontier::new(),
            map: StatusMap::new(),
            of_archive: None,
            first_seen: None,
            witnessed: None,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    origin: String,
    checkpoint: String,
    size: u64,
    root: Digest,
    subtrees: Vec<Digest>,
    of_archive: Option<Digest>,
    first_seen: Option<u64>,
    witnessed: Option<u64>,
    entries: u64,
}

/// A folder for the memory, held by one process.
#[derive(Debug)]
pub(crate) struct MemoryFolder {
    folder: PathBuf,
    _lock: File,
}

impl MemoryFolder {
    /// Opens the folder, and makes it if it is missing.
    ///
    /// # Errors
    /// If another process has it, or the disk refuses.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        let shown = folder.display();
        fs::create_dir_all(folder).with_context(|| format!("cannot create {shown}"))?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let lock = options.open(folder.join("lock"));
        let lock = lock.with_context(|| format!("cannot open the lock in {shown}"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => bail!("another monitor uses {shown}"),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {shown}"))
            }
        }
    }

    /// What was remembered; nothing before the first round.
    ///
    /// # Errors
    /// If it cannot be read or is damaged.
    pub(crate) fn load(&self) -> anyhow::Result<Memory> {
        let place = self.folder.join(MEMORY);
        let bytes = match fs::read(&place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Memory::default()),
            read => read.with_context(|| format!("cannot read {}", place.display()))?,
        };
        read(&bytes).with_context(|| {
            format!(
                "{} is damaged; hint: restore it from a copy, or begin anew with another --state",
                place.display()
            )
        })
    }

    /// Keeps it, durably.
    ///
    /// # Errors
    /// If the disk refuses; then what was kept before is still there.
    pub(crate) fn save(&self, memory: &Memory) -> anyhow::Result<()> {
        self.put(MEMORY, &written(memory)?)
    }

    /// The policy that was believed on first sight.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) fn policy(&self) -> anyhow::Result<Option<Vec<u8>>> {
        let place = self.folder.join(POLICY);
        match fs::read(&place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some).with_context(|| format!("cannot read {}", place.display())),
        }
    }

    /// Keeps a policy that is believed from now on.
    ///
    /// # Errors
    /// If the disk refuses.
    pub(crate) fn keep_policy(&self, policy: &[u8]) -> anyhow::Result<()> {
        self.put(POLICY, policy)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let place = self.folder.join(name);
        replace(&place, bytes, Readable::AsUsual)
            .with_context(|| format!("cannot write {}", place.display()))
    }
}

fn written(memory: &Memory) -> anyhow::Result<Vec<u8>> {
    let head = Head {
        origin: memory.origin.clone(),
        checkpoint: memory.note.clone(),
        size: memory.head.size,
        root: memory.head.root,
        subtrees: memory.frontier.subtrees().to_vec(),
        of_archive: memory.of_archive,
        first_seen: memory.first_seen,
        witnessed: memory.witnessed,
        entries: memory.map.len() as u64,
    };
    let mut bytes = FORM.to_vec();
    serde_json::to_writer(&mut bytes, &head)?;
    bytes.push(b'\n');
    for (key, value) in memory.map.entries() {
        bytes.extend_from_slice(key.as_bytes());
        bytes.extend_from_slice(value.as_bytes());
    }
    let digest = Digest::of(&bytes);
    bytes.extend_from_slice(digest.as_bytes());
    Ok(bytes)
}

fn read(bytes: &[u8]) -> anyhow::Result<Memory> {
    let (content, digest) = bytes.split_last_chunk::<32>().context("it is too short")?;
    if Digest::of(content).as_bytes() != digest {
        bail!("its digest is wrong");
    }
    let rest = content.strip_prefix(FORM).context("it has another form")?;
    let end = rest.iter().position(|byte| *byte == b'\n').context("it is cut")?;
    let head: Head = serde_json::from_slice(&rest[..end])?;
    let (entries, left) = rest[end + 1..].as_chunks::<64>();
    if !left.is_empty() || entries.len() as u64 != head.entries {
        bail!("it has another number of entries");
    }
    let pairs = entries.iter().filter_map(|entry| {
        let (key, value) = entry.split_first_chunk::<32>()?;
        let value: &[u8; 32] = value.try_into().ok()?;
        Some((Digest::from_bytes(*key), Digest::from_bytes(*value)))
    });
    let frontier = Frontier::from_parts(head.size, head.subtrees);
    let frontier = frontier.context("its subtrees do not fit its size")?;
    if frontier.root() != head.root {
        bail!("its subtrees have another root");
    }
    Ok(Memory {
        origin: head.origin,
        note: head.checkpoint,
        head: TreeHead { size: head.size, root: head.root },
        frontier,
        map: StatusMap::from_entries(pairs),
        of_archive: head.of_archive,
        first_seen: head.first_seen,
        witnessed: head.witnessed,
    })
}
