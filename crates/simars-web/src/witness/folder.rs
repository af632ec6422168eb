//! What a witness keeps: its key, and for each log the checkpoint that it cosigned last.
//!
//! ```text
//! key                    the secret key (0600)
//! lock                   held by the one process that may cosign
//! checkpoints/<hex>      one for each log, named by SHA-256 of the log's name
//! ```

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use simars_record::Digest;
use simars_replace::{Readable, replace, sync_folder};
use simars_tlog::note::Signed;
use simars_tlog::witness::{Refusal, Request, decide};
use simars_tlog::{
    Checkpoint, KeyKind, KeyName, Note, NoteSignature, SignerKey, TreeHead, VerifierKey,
};

const KEY: &str = "key";
const LOCK: &str = "lock";
const CHECKPOINTS: &str = "checkpoints";

/// A witness, alone in its folder.
#[derive(Debug)]
pub struct Witness {
    folder: PathBuf,
    key: Secret,
    logs: BTreeMap<String, Log>,
    now: fn() -> u64,
    /// Held as long as this lives.
    _lock: File,
}

/// A secret key, which no debug output shows.
struct Secret(SignerKey);

/// A log that the witness follows.
#[derive(Debug)]
struct Log {
    keys: Vec<VerifierKey>,
    place: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: Option<TreeHead>,
    /// The checkpoint as it is shown, with the witness's own signature.
    shown: Option<String>,
    /// The disk failed while this was kept: what lies there is not known until it is read again.
    unknown: bool,
}

/// Why a witness cannot begin, or go on.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// The disk refuses.
    #[error("cannot {doing} {path}: {error}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With what.
        path: String,
        /// Why not.
        error: io::Error,
    },
    /// Another process is the witness.
    #[error("another process is the witness of {0}; hint: stop it, a witness must be one")]
    Locked(String),
    /// There is a key already.
    #[error("there is a witness in {0} already; hint: give another --data for another one")]
    Begun(String),
    /// There is no key.
    #[error("there is no witness in {0}; hint: `simars witness init --name NAME` makes its key")]
    Missing(String),
    /// A file is not what the witness wrote.
    #[error(
        "{path} is damaged: {detail}; hint: restore it, never delete it: a witness that forgets \
             what it cosigned can be made to contradict itself"
    )]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong.
        detail: String,
    },
    /// The state could not be kept before.
    #[error("the disk failed before; hint: start the witness again when it is sound")]
    Unknown,
}

/// Why there is no cosignature.
#[derive(Debug)]
pub enum Answered {
    /// The request is not one to be cosigned.
    Refused(Refusal),
    /// The witness cannot keep what it would sign.
    Failed(WitnessError),
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({})", self.0.verifier())
    }
}

fn io_error(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> WitnessError {
    let path = path.display().to_string();
    move |error| WitnessError::Io { doing, path, error }
}

impl Witness {
    /// Makes a witness in this folder: its key, from 32 random bytes. Gives the key by which
    /// everybody checks it.
    ///
    /// # Errors
    /// [`WitnessError::Begun`] if there is a key already; or if the disk refuses.
    pub fn create(
        folder: &Path,
        name: KeyName,
        seed: &[u8; 32],
    ) -> Result<VerifierKey, WitnessError> {
        let place = folder.join(KEY);
        let mut private = DirBuilder::new();
        private.recursive(true).mode(0o700);
        let checkpoints = folder.join(CHECKPOINTS);
        private.create(&checkpoints).map_err(io_error("create", &checkpoints))?;
        if place.exists() {
            return Err(WitnessError::Begun(folder.display().to_string()));
        }
        let key = SignerKey::from_seed(name, KeyKind::Cosignature, seed)
            .map_err(|error| damaged(&place, &error))?;
        put(&place, &format!("{}\n", key.to_secret_text()))?;
        let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
        let above = above.unwrap_or(Path::new("."));
        sync_folder(above).map_err(io_error("sync", above))?;
        Ok(key.verifier().clone())
    }

    /// Opens a witness that follows the logs of these keys; `now` gives the seconds since 1970.
    ///
    /// # Errors
    /// If it was never made, another process has it, or what it cosigned cannot be read.
    pub fn open(
        folder: &Path,
        logs: &[VerifierKey],
        now: fn() -> u64,
    ) -> Result<Self, WitnessError> {
        let place = folder.join(KEY);
        let text = match fs::read_to_string(&place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(WitnessError::Missing(folder.display().to_string()));
            }
            read => read.map_err(io_error("read", &place))?,
        };
        let key = SignerKey::from_secret_text(text.trim_end())
            .map_err(|error| damaged(&place, &error))?;
        if key.verifier().kind() != KeyKind::Cosignature {
            return Err(damaged(&place, &"it is not the key of a witness"));
        }
        let lock = lock(folder)?;
        let mut followed: BTreeMap<String, Log> = BTreeMap::new();
        for log in logs.iter().filter(|key| key.kind() == KeyKind::Ed25519) {
            let origin = log.name().as_str();
            let place = folder.join(CHECKPOINTS).join(Digest::of(origin.as_bytes()).to_string());
            let entry = followed.entry(origin.to_owned());
            let held = entry.or_insert(Log {
                keys: Vec::new(),
                place,
                state: Mutex::new(State::default()),
            });
            if !held.keys.contains(log) {
                held.keys.push(log.clone());
            }
        }
        for (origin, log) in &mut followed {
            log.state = Mutex::new(State::read(&log.place, origin, key.verifier())?);
        }
        Ok(Self { folder: folder.to_owned(), key: Secret(key), logs: followed, now, _lock: lock })
    }

    /// The key by which everybody checks this witness.
    pub fn verifier(&self) -> &VerifierKey {
        self.key.0.verifier()
    }

    /// The names of the logs that it follows, and the sizes that it cosigned last.
    pub fn logs(&self) -> impl Iterator<Item = (&str, u64)> {
        self.logs.iter().map(|(origin, log)| {
            let state = log.state.lock().unwrap_or_else(PoisonError::into_inner);
            (origin.as_str(), state.last.map_or(0, |last| last.size))
        })
    }

    /// Cosigns what is asked for, if it continues what was cosigned last: the new state is durable
    /// before the signature is given.
    ///
    /// # Errors
    /// [`Answered::Refused`] with the reason; [`Answered::Failed`] if the disk refuses, and ever after
    /// until the witness is opened anew.
    pub fn add(&self, request: &str) -> Result<NoteSignature, Answered> {
        let malformed = |error| Answered::Refused(Refusal::Malformed(error));
        let request: Request = request.parse().map_err(malformed)?;
        let origin = request.checkpoint().map_err(malformed)?.origin().to_owned();
        let Some(log) = self.logs.get(&origin) else {
            return Err(Answered::Refused(Refusal::UnknownLog(origin)));
        };
        // Held until the new state is on the disk: requests for one log pass one after the other.
        let mut state = log.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.unknown {
            return Err(Answered::Failed(WitnessError::Unknown));
        }
        let head = decide(&log.keys, state.last.as_ref(), &request).map_err(Answered::Refused)?;
        let (shown, signature) = self.cosigned(log, &request.note).map_err(Answered::Failed)?;
        state.unknown = true;
        put(&log.place, &shown).map_err(Answered::Failed)?;
        *state = State { last: Some(head), shown: Some(shown), unknown: false };
        Ok(signature)
    }

    /// The checkpoint with the signatures that were checked, and with the witness's own.
    fn cosigned(&self, log: &Log, note: &Note) -> Result<(String, NoteSignature), WitnessError> {
        let wrong = || damaged(&self.folder.join(KEY), &"it does not sign");
        let signature = self.key.0.cosign(note.text(), (self.now)()).ok_or_else(wrong)?;
        let mut shown = Note::new(note.text().to_owned()).map_err(|_| wrong())?;
        let known = |line: &&NoteSignature| {
            log.keys.iter().any(|key| key.id() == line.id && *key.name() == line.name)
        };
        note.signatures().iter().filter(known).for_each(|line| shown.add(line.clone()));
        shown.add(signature.clone());
        Ok((shown.to_string(), signature))
    }

    /// What was cosigned last of the log whose name has this digest, with the signatures.
    pub fn newest(&self, origin: &Digest) -> Option<String> {
        let found = self.logs.iter().find(|(name, _)| Digest::of(name.as_bytes()) == *origin);
        let state = found?.1.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.shown.clone()
    }
}

impl State {
    /// What was kept of a log; it must bear the witness's own signature.
    fn read(place: &Path, origin: &str, own: &VerifierKey) -> Result<Self, WitnessError> {
        let text = match fs::read_to_string(place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            read => read.map_err(io_error("read", place))?,
        };
        let note: Note = text.parse().map_err(|error| damaged(place, &error))?;
        let signed = note.signed_by(own).map_err(|error| damaged(place, &error))?;
        let checkpoint: Checkpoint = note.text().parse().map_err(|error| damaged(place, &error))?;
        if !matches!(signed, Some(Signed::At(_))) || checkpoint.origin() != origin {
            return Err(damaged(place, &"this witness did not sign it for that log"));
        }
        Ok(Self { last: Some(*checkpoint.head()), shown: Some(text), unknown: false })
    }
}

fn damaged(path: &Path, detail: &dyn std::fmt::Display) -> WitnessError {
    WitnessError::Damaged { path: path.display().to_string(), detail: detail.to_string() }
}

fn lock(folder: &Path) -> Result<File, WitnessError> {
    let place = folder.join(LOCK);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(&place).map_err(io_error("open", &place))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(WitnessError::Locked(folder.display().to_string())),
        Err(TryLockError::Error(error)) => Err(io_error("lock", &place)(error)),
    }
}

/// Puts a file in its place so that it is the old one or the new one whatever happens, and durable
/// when this returns.
fn put(place: &Path, text: &str) -> Result<(), WitnessError> {
    replace(place, text.as_bytes(), Readable::ByOwner).map_err(io_error("write", place))
}
