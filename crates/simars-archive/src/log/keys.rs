//! The keys that sign the log, and what they signed last.
//!
//! They lie beside the store, not in it: a copy of the store must not be able to sign, and a store
//! that was put back from an old copy must not make the archive forget what it has signed since.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use simars_replace::{Readable, replace};
use simars_tlog::{Checkpoint, KeyKind, KeyName, Note, SignerKey, TreeHead, VerifierKey};

use crate::ArchiveError;
use crate::folder::read_if_there;
use crate::sync::sync_folder;

/// The key in use.
pub(crate) const CURRENT: &str = "log";
/// The key that takes its place; both sign as long as both are there.
pub(crate) const NEXT: &str = "log.next";
/// The newest checkpoint that was signed.
pub(crate) const SIGNED: &str = "log.signed";

/// Why a log without keys signs nothing.
pub(super) const MISSING: &str = "the log's key is missing, and the log is shown as it was left; \
    hint: put the key into keys/ of the data folder, then `simars log resume`";

/// What a checkpoint says of which no key tells whether it is good. Whoever is shown it checks that.
pub(super) fn shown(note: &Note) -> Result<TreeHead, ArchiveError> {
    let checkpoint: Checkpoint = note.text().parse().map_err(|error| refused(&error))?;
    Ok(*checkpoint.head())
}

/// The log's keys.
#[derive(Debug)]
pub(super) struct Keys {
    folder: PathBuf,
    current: SignerKey,
    next: Option<SignerKey>,
    last: Option<TreeHead>,
}

impl Keys {
    /// Makes the log's first key from 32 random bytes.
    pub(super) fn create(
        folder: &Path,
        name: KeyName,
        seed: &[u8; 32],
    ) -> Result<Self, ArchiveError> {
        let mut private = fs::DirBuilder::new();
        let made = private.recursive(true).mode(0o700).create(folder);
        made.map_err(ArchiveError::io("create", folder))?;
        sync_folder(folder.parent().unwrap_or(folder))?;
        let current = new_key(name, seed)?;
        put(folder, CURRENT, &format!("{}\n", current.to_secret_text()))?;
        Ok(Self { folder: folder.to_owned(), current, next: None, last: None })
    }

    /// The keys as they lie on the disk; `None` if there is none.
    pub(super) fn load(folder: &Path) -> Result<Option<Self>, ArchiveError> {
        let Some(current) = read_key(&folder.join(CURRENT))? else { return Ok(None) };
        let next = read_key(&folder.join(NEXT))?;
        let mut keys = Self { folder: folder.to_owned(), current, next, last: None };
        if let Some(signed) = read_if_there(&folder.join(SIGNED))? {
            let note = read_note(&signed, &folder.join(SIGNED))?;
            keys.last = Some(keys.head_of(&note)?);
        }
        Ok(Some(keys))
    }

    /// The key by which the log is checked.
    pub(super) fn verifier(&self) -> &VerifierKey {
        self.current.verifier()
    }

    /// The name of the log.
    pub(super) fn origin(&self) -> &str {
        self.verifier().name().as_str()
    }

    /// The newest tree that was signed.
    pub(super) fn last(&self) -> Option<&TreeHead> {
        self.last.as_ref()
    }

    /// What a checkpoint says that was signed by one of these keys.
    pub(super) fn head_of(&self, note: &Note) -> Result<TreeHead, ArchiveError> {
        let keys = [Some(&self.current), self.next.as_ref()].into_iter().flatten();
        let mut signed = false;
        for key in keys {
            let by_it = note.signed_by(key.verifier()).map_err(|error| refused(&error))?;
            signed |= by_it.is_some();
        }
        let checkpoint: Checkpoint = note.text().parse().map_err(|error| refused(&error))?;
        if !signed || checkpoint.origin() != self.origin() {
            let detail = format!("a checkpoint that is not signed by the key of {}", self.origin());
            return Err(ArchiveError::Unsigned { detail });
        }
        Ok(*checkpoint.head())
    }

    /// Signs with every key there is.
    pub(super) fn sign(&self, checkpoint: &Checkpoint) -> Result<Note, ArchiveError> {
        let mut note = checkpoint.sign(&self.current).map_err(|error| refused(&error))?;
        if let Some(signature) = self.next.as_ref().and_then(|key| key.sign_text(note.text())) {
            note.add(signature);
        }
        Ok(note)
    }

    /// Keeps, durably, that this was signed.
    pub(super) fn remember(&mut self, note: &Note) -> Result<(), ArchiveError> {
        let head = self.head_of(note)?;
        put(&self.folder, SIGNED, &note.to_string())?;
        self.last = Some(head);
        Ok(())
    }

    /// Takes over what another record says was signed last; never less than what is known here.
    pub(super) fn resume(&mut self, note: &Note) -> Result<TreeHead, ArchiveError> {
        let head = self.head_of(note)?;
        match &self.last {
            Some(last) if last.size > head.size => Err(unsigned(format!(
                "a checkpoint of {} statements was signed already, this one has only {}",
                last.size, head.size
            ))),
            _ => self.remember(note).map(|()| head),
        }
    }

    /// Makes the key that is to take the place of the present one; both sign from now on.
    pub(super) fn add_next(&mut self, seed: &[u8; 32]) -> Result<VerifierKey, ArchiveError> {
        if let Some(next) = &self.next {
            return Err(unsigned(format!(
                "the key is being changed already, to {}; hint: `simars log key finish` ends it",
                next.verifier()
            )));
        }
        let next = new_key(self.verifier().name().clone(), seed)?;
        put(&self.folder, NEXT, &format!("{}\n", next.to_secret_text()))?;
        let verifier = next.verifier().clone();
        self.next = Some(next);
        Ok(verifier)
    }

    /// Lets the next key take the place of the present one, which is gone then.
    pub(super) fn finish(&mut self) -> Result<VerifierKey, ArchiveError> {
        let Some(next) = self.next.take() else {
            let hint = "no key waits to take over; hint: `simars log key add` makes one";
            return Err(unsigned(hint.to_owned()));
        };
        let (from, to) = (self.folder.join(NEXT), self.folder.join(CURRENT));
        fs::rename(&from, &to).map_err(ArchiveError::io("move to", &to))?;
        sync_folder(&self.folder)?;
        self.current = next;
        Ok(self.verifier().clone())
    }

    /// A log that was shown to others has signed before: if nobody remembers what, nothing is signed.
    pub(super) fn refuse_unknown_past(&self, shown: Option<&TreeHead>) -> Result<(), ArchiveError> {
        match (shown, &self.last) {
            (Some(shown), None) => Err(unsigned(format!(
                "what was signed last is not known, only a checkpoint of {} statements in the store; \
                 hint: get the newest checkpoint from a witness or a monitor and give it to `simars \
                 log resume`",
                shown.size
            ))),
            (Some(shown), Some(last)) if shown.size > last.size => Err(unsigned(format!(
                "the store shows a checkpoint of {} statements, of which the key's own record, with \
                 {}, knows nothing; hint: give it to `simars log resume` if it is the newest there is",
                shown.size, last.size
            ))),
            _ => Ok(()),
        }
    }

    /// A journal that is shorter than what was signed is an old copy.
    pub(super) fn refuse_when_behind(&self, statements: u64) -> Result<(), ArchiveError> {
        match &self.last {
            Some(last) if last.size > statements => Err(unsigned(format!(
                "a checkpoint of {} statements was signed, the journal has only {statements}; hint: \
                 an older copy was put in its place, restore the newest one (docs/keys.md)",
                last.size
            ))),
            _ => Ok(()),
        }
    }
}

fn new_key(name: KeyName, seed: &[u8; 32]) -> Result<SignerKey, ArchiveError> {
    SignerKey::from_seed(name, KeyKind::Ed25519, seed).map_err(|error| refused(&error))
}

fn read_key(path: &Path) -> Result<Option<SignerKey>, ArchiveError> {
    let Some(bytes) = read_if_there(path)? else { return Ok(None) };
    let text = String::from_utf8(bytes).unwrap_or_default();
    let read = SignerKey::from_secret_text(text.trim_end());
    read.map(Some)
        .map_err(|error| ArchiveError::Damaged { path: path.to_owned(), detail: error.to_string() })
}

pub(crate) fn read_note(bytes: &[u8], path: &Path) -> Result<Note, ArchiveError> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    text.parse().map_err(|error| ArchiveError::Damaged {
        path: path.to_owned(),
        detail: format!("{error}"),
    })
}

/// Writes a file that only its owner may read, durably and in one step.
fn put(folder: &Path, name: &str, text: &str) -> Result<(), ArchiveError> {
    let path = folder.join(name);
    replace(&path, text.as_bytes(), Readable::ByOwner).map_err(ArchiveError::io("write", &path))
}

fn unsigned(detail: String) -> ArchiveError {
    ArchiveError::Unsigned { detail }
}

fn refused(error: &dyn std::fmt::Display) -> ArchiveError {
    unsigned(error.to_string())
}
