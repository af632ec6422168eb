//! Proof files (C2SP tlog-proof): all that is needed to see, without asking anybody, that an entry
//! is in a log.

use std::fmt;
use std::str::FromStr;

use simars_record::Digest;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::encoding::{decimal, from_base64, hash_from_base64, to_base64};
use crate::note::{LONGEST_NOTE, Note, NoteError};
use crate::proof::check_inclusion;

/// The first line of a proof file of this version.
pub const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// The most hashes that a path has: a log has fewer than 2^63 entries.
pub const LONGEST_PATH: usize = 63;

/// A proof that an entry stands at an index of a log, with the log's checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofFile {
    /// Bytes that travel along. Nothing vouches for them: whoever uses them checks them by the leaf.
    pub extra: Option<Vec<u8>>,
    /// Where the entry stands, from 0.
    pub index: u64,
    /// The sibling hashes from the leaf upward.
    pub path: Vec<Digest>,
    /// The checkpoint with its signatures, as the log gave it out.
    pub note: Note,
}

/// Why a text is no proof file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Too long.
    #[error("a proof file of {0} bytes is not read; they have a few thousand")]
    Long(usize),
    /// The first line.
    #[error("a proof file begins with the line c2sp.org/tlog-proof@v1")]
    Header,
    /// The line `extra`.
    #[error("the line extra of the proof file is no base64")]
    Extra,
    /// The line `index`.
    #[error("the line index of the proof file is missing or no number without leading zero")]
    Index,
    /// A line of the path.
    #[error("hash {0} of the proof file's path is not 32 bytes in base64")]
    Hash(usize),
    /// The path does not end.
    #[error("an empty line ends the path of a proof file, after at most 63 hashes")]
    Path,
    /// The checkpoint is no signed note.
    #[error("the checkpoint in the proof file: {0}")]
    Note(#[from] NoteError),
    /// The note is no checkpoint.
    #[error("the checkpoint in the proof file: {0}")]
    Checkpoint(#[from] CheckpointError),
}

impl ProofFile {
    /// Whether the path leads from this leaf to this checkpoint's root. Size and root are taken
    /// from the checkpoint, which the caller has judged: [`crate::Policy::judge`].
    pub fn leads_from(&self, leaf: &Digest, checkpoint: &Checkpoint) -> bool {
        let head = checkpoint.head();
        check_inclusion(leaf, self.index, head.size, &self.path, &head.root)
    }
}

impl fmt::Display for ProofFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", to_base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", to_base64(hash.as_bytes())))?;
        write!(f, "\n{}", self.note)
    }
}

impl FromStr for ProofFile {
    type Err = ProofError;

    /// Reads exactly what `Display` writes, and checks that the note is a checkpoint.
    fn from_str(whole: &str) -> Result<Self, Self::Err> {
        if whole.len() > LONGEST_NOTE {
            return Err(ProofError::Long(whole.len()));
        }
        let (header, mut rest) = whole.split_once('\n').ok_or(ProofError::Header)?;
        if header != HEADER {
            return Err(ProofError::Header);
        }
        let mut line = || {
            let (line, after) = rest.split_once('\n')?;
            rest = after;
            Some(line)
        };
        let mut current = line().ok_or(ProofError::Index)?;
        let extra = match current.strip_prefix("extra ") {
            Some(data) => {
                current = line().ok_or(ProofError::Index)?;
                Some(from_base64(data).ok_or(ProofError::Extra)?)
            }
            None => None,
        };
        let index = current.strip_prefix("index ").and_then(decimal).ok_or(ProofError::Index)?;
        let mut path = Vec::new();
        loop {
            let hash = line().ok_or(ProofError::Path)?;
            if hash.is_empty() {
                break;
            }
            if path.len() == LONGEST_PATH {
                return Err(ProofError::Path);
            }
            path.push(hash_from_base64(hash).ok_or(ProofError::Hash(path.len() + 1))?);
        }
        let note: Note = rest.parse()?;
        note.text().parse::<Checkpoint>()?;
        Ok(Self { extra, index, path, note })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consistency::TreeHead;
    use crate::key::{KeyKind, SignerKey};
    use proptest::prelude::*;

    const ORIGIN: &str = "arsip.example/log";

    fn proof(extra: Option<Vec<u8>>, index: u64, path: Vec<Digest>, size: u64) -> ProofFile {
        let key = SignerKey::from_seed(ORIGIN.parse().unwrap(), KeyKind::Ed25519, &[1; 32]);
        let head = TreeHead { size, root: Digest::of(&size.to_be_bytes()) };
        let checkpoint = Checkpoint::new(ORIGIN, head, Vec::new()).unwrap();
        ProofFile { extra, index, path, note: checkpoint.sign(&key.unwrap()).unwrap() }
    }

    #[test]
    fn what_is_no_proof_is_refused() {
        let good = proof(Some(b"extra".to_vec()), 5, vec![Digest::of(b"x")], 9).to_string();
        assert!(good.parse::<ProofFile>().is_ok());
        let hash = to_base64(Digest::of(b"x").as_bytes());
        for (wrong, error) in [
            (String::new(), ProofError::Header),
            (good.replace("@v1", "@v2"), ProofError::Header),
            (good.replace('\n', "\r\n"), ProofError::Header),
            (good.replace("extra ZX", "extra  ZX"), ProofError::Extra),
            (good.replace("extra ZX", "extra *X"), ProofError::Extra),
            (good.replace("extra ZX", "Extra ZX"), ProofError::Index),
            (good.replace("index 5", "index 05"), ProofError::Index),
            (good.replace("index 5", "index -5"), ProofError::Index),
            (good.replace("index 5\n", ""), ProofError::Index),
            (good.replace(&hash, &hash[1..]), ProofError::Hash(1)),
            (good.replace(&hash, &format!("{hash} ")), ProofError::Hash(1)),
            (good.replace(&hash, &vec![&hash[..]; 64].join("\n")), ProofError::Path),
            (good.replace(&format!("{hash}\n\n"), &format!("{hash}\n")), ProofError::Hash(2)),
            (format!("{HEADER}\nindex 5\n"), ProofError::Path),
            (good.replace("\n9\n", "\n09\n"), CheckpointError::Size.into()),
            (format!("{good}\n"), NoteError::Unsigned.into()),
            ("x".repeat(LONGEST_NOTE + 1), ProofError::Long(LONGEST_NOTE + 1)),
        ] {
            assert_eq!(wrong.parse::<ProofFile>(), Err(error));
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(
            extra: Option<Vec<u8>>, index in 0u64..1 << 63, size in 0u64..1 << 63,
            path in prop::collection::vec(any::<[u8; 32]>(), 0..63),
            place: prop::sample::Index, byte: u8,
        ) {
            let path = path.into_iter().map(Digest::from_bytes).collect();
            let proof = proof(extra, index, path, size);
            let written = proof.to_string();
            prop_assert_eq!(written.parse::<ProofFile>(), Ok(proof));
            // Whatever else is accepted is written the same again: one text for one proof.
            let mut bytes = written.into_bytes();
            let place = place.index(bytes.len());
            bytes[place] = byte;
            let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
            if let Ok(altered) = text.parse::<ProofFile>() {
                prop_assert_eq!(altered.to_string(), text);
            }
        }
    }
}
