//! Signed notes: a text and who signed it (C2SP signed-note v1.0.0, tlog-cosignature v1).

use std::fmt;
use std::str::FromStr;

use crate::encoding::{LARGEST, from_base64, to_base64};
use crate::key::{KeyId, KeyKind, KeyName, SignerKey, VerifierKey};

/// The longest note that is read, in bytes. A hundred post-quantum signatures would fit.
pub const LONGEST_NOTE: usize = 1 << 20;
/// The most signatures that are read.
pub const MOST_SIGNATURES: usize = 100;

/// A text with signatures. What the signatures are worth is only known after
/// [`Note::signed_by`] or [`crate::Policy::judge`]; until then nothing of it is to be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line: `— name base64(id ‖ signature)`. Lines of unknown keys are kept as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Whose key it claims to be.
    pub name: KeyName,
    /// The id of that key.
    pub id: KeyId,
    /// What follows the id: 64 bytes for Ed25519, 8 bytes of time before them for a cosignature.
    pub bytes: Vec<u8>,
}

/// A signature that was checked and is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// The text was signed.
    Text,
    /// The text was signed together with a time, in seconds since 1970.
    At(u64),
}

/// Why a text is no signed note, or its signatures do not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Too long.
    #[error("the note has {0} bytes; at most 1048576 are read")]
    Long(usize),
    /// Too many signatures.
    #[error("the note has more than 100 signatures")]
    Many,
    /// A control character.
    #[error("line {0} of the note has a control character; a carriage return is one, too")]
    Control(usize),
    /// The text does not end with a newline.
    #[error("the text of a note ends with a newline")]
    Unended,
    /// There is no empty line between text and signatures, or nothing after it.
    #[error("there is no empty line with signatures after it")]
    Unsigned,
    /// A signature line is malformed.
    #[error("{0:?} is no signature line; write — <name> <base64>")]
    Line(String),
    /// A signature of a known key does not fit.
    #[error("the signature of {name} ({id}) does not fit the text; the note was altered")]
    Wrong {
        /// The name of the key.
        name: KeyName,
        /// Its id.
        id: KeyId,
    },
    /// A known key signed twice.
    #[error("{0} signed twice; one signature per key is allowed")]
    Twice(KeyName),
}

impl Note {
    /// A note that nobody has signed yet. It cannot be read back before someone has.
    pub fn new(text: String) -> Result<Self, NoteError> {
        check_characters(&text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::Unended);
        }
        Ok(Self { text, signatures: Vec::new() })
    }

    /// What is signed, with its last newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, in their order.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature at the end, for example the cosignature that a witness sent.
    pub fn add(&mut self, signature: NoteSignature) {
        self.signatures.push(signature);
    }

    /// Adds a signature in place of those that the same key gave before, for example a newer
    /// cosignature.
    pub fn renew(&mut self, signature: NoteSignature) {
        self.signatures.retain(|line| line.id != signature.id || line.name != signature.name);
        self.signatures.push(signature);
    }

    /// Whether this key signed. `None` if there is no signature of it. An error if there is one
    /// and it does not fit, or more than one: then the whole note is to be refused.
    pub fn signed_by(&self, key: &VerifierKey) -> Result<Option<Signed>, NoteError> {
        let mut lines =
            self.signatures.iter().filter(|line| line.id == key.id() && line.name == *key.name());
        let Some(line) = lines.next() else { return Ok(None) };
        if lines.next().is_some() {
            return Err(NoteError::Twice(line.name.clone()));
        }
        let wrong = || NoteError::Wrong { name: line.name.clone(), id: line.id };
        check(key, &self.text, &line.bytes).map(Some).ok_or_else(wrong)
    }
}

impl SignerKey {
    /// Signs a text: the line that a log adds to its checkpoint. `None` for the key of a witness,
    /// which signs a time as well: [`SignerKey::cosign`].
    pub fn sign_text(&self, text: &str) -> Option<NoteSignature> {
        let plain = self.verifier().kind() == KeyKind::Ed25519;
        plain.then(|| self.line(self.sign(text.as_bytes()).to_vec()))
    }

    /// Signs a checkpoint's text and a time, in seconds since 1970 and at most 2^63 − 1: the line
    /// that a witness answers. `None` for the key of a log or a later time.
    pub fn cosign(&self, text: &str, unix_seconds: u64) -> Option<NoteSignature> {
        if self.verifier().kind() != KeyKind::Cosignature || unix_seconds > LARGEST {
            return None;
        }
        let signature = self.sign(timed(text, unix_seconds).as_bytes());
        Some(self.line([&unix_seconds.to_be_bytes()[..], &signature[..]].concat()))
    }

    fn line(&self, bytes: Vec<u8>) -> NoteSignature {
        NoteSignature { name: self.verifier().name().clone(), id: self.verifier().id(), bytes }
    }
}

/// What a witness signs (C2SP tlog-cosignature v1).
fn timed(text: &str, unix_seconds: u64) -> String {
    format!("cosignature/v1\ntime {unix_seconds}\n{text}")
}

fn check(key: &VerifierKey, text: &str, bytes: &[u8]) -> Option<Signed> {
    match key.kind() {
        KeyKind::Ed25519 => {
            key.signs(text.as_bytes(), bytes.try_into().ok()?).then_some(Signed::Text)
        }
        KeyKind::Cosignature => {
            let (time, signature) = bytes.split_first_chunk::<8>()?;
            let time = u64::from_be_bytes(*time);
            let message = timed(text, time);
            let good = time <= LARGEST && key.signs(message.as_bytes(), signature.try_into().ok()?);
            good.then_some(Signed::At(time))
        }
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id.as_bytes()[..], &self.bytes].concat();
        write!(f, "— {} {}", self.name, to_base64(&bytes))
    }
}

impl FromStr for NoteSignature {
    type Err = NoteError;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (name, data) = line.strip_prefix("— ")?.split_once(' ')?;
            let data = from_base64(data)?;
            let (id, bytes) = data.split_first_chunk::<4>()?;
            let name = name.parse().ok()?;
            (!bytes.is_empty()).then(|| Self {
                name,
                id: KeyId::from_bytes(*id),
                bytes: bytes.to_vec(),
            })
        };
        read().ok_or_else(|| NoteError::Line(line.chars().take(80).collect()))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl FromStr for Note {
    type Err = NoteError;

    /// Reads exactly what `Display` writes.
    fn from_str(whole: &str) -> Result<Self, Self::Err> {
        if whole.len() > LONGEST_NOTE {
            return Err(NoteError::Long(whole.len()));
        }
        check_characters(whole)?;
        // The text may hold empty lines, so the last one is where it ends.
        let end = whole.rfind("\n\n").ok_or(NoteError::Unsigned)?;
        let (text, rest) = whole.split_at(end + 1);
        let lines = rest[1..].strip_suffix('\n').ok_or(NoteError::Unsigned)?;
        if lines.split('\n').nth(MOST_SIGNATURES).is_some() {
            return Err(NoteError::Many);
        }
        let signatures = lines.split('\n').map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), signatures })
    }
}

fn check_characters(text: &str) -> Result<(), NoteError> {
    let wrong = text.bytes().position(|byte| byte < 0x20 && byte != b'\n');
    let line = |at: usize| text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    wrong.map_or(Ok(()), |at| Err(NoteError::Control(line(at))))
}

#[cfg(test)]
mod tests;
