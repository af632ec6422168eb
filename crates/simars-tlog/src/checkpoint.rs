//! Checkpoints: what a log says about itself at some size (C2SP tlog-checkpoint v1.0.0).

use std::fmt;
use std::str::FromStr;

use crate::consistency::TreeHead;
use crate::encoding::{LARGEST, decimal, hash_from_base64, to_base64};
use crate::key::SignerKey;
use crate::note::Note;

/// The text of a checkpoint: three lines, and further ones if the log adds any. It becomes worth
/// something as the text of a signed [`Note`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    head: TreeHead,
    extensions: Vec<String>,
}

/// Why a text is no checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The first line.
    #[error("line 1 of a checkpoint names the log and is not empty")]
    Origin,
    /// The second line.
    #[error("line 2 of a checkpoint is the size of the log, without sign or leading zero")]
    Size,
    /// The third line.
    #[error("line 3 of a checkpoint is the root, 32 bytes in base64")]
    Root,
    /// Another line.
    #[error("a further line of a checkpoint is not empty and has no control characters")]
    Extension,
    /// The end.
    #[error("a checkpoint ends with a newline")]
    Unended,
}

/// Why a checkpoint was not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key of {key} cannot sign for the log {origin}; use the log's own key")]
pub struct NotThisLog {
    key: String,
    origin: String,
}

impl Checkpoint {
    /// What the log `origin` says of its tree. `extensions` are further lines; auditors cannot
    /// check them, so a log has better none.
    pub fn new(
        origin: &str,
        head: TreeHead,
        extensions: Vec<String>,
    ) -> Result<Self, CheckpointError> {
        let line = |text: &str| !text.is_empty() && !text.contains(char::is_control);
        if !line(origin) {
            return Err(CheckpointError::Origin);
        }
        if head.size > LARGEST {
            return Err(CheckpointError::Size);
        }
        if !extensions.iter().all(|text| line(text)) {
            return Err(CheckpointError::Extension);
        }
        Ok(Self { origin: origin.to_owned(), head, extensions })
    }

    /// Which log speaks.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Size and root of the tree.
    pub const fn head(&self) -> &TreeHead {
        &self.head
    }

    /// The further lines.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// The checkpoint signed by its log. Whoever calls this has made sure that it is consistent
    /// with every checkpoint ever signed.
    pub fn sign(&self, key: &SignerKey) -> Result<Note, NotThisLog> {
        let name = key.verifier().name().as_str();
        let refused = || NotThisLog { key: name.to_owned(), origin: self.origin.clone() };
        if name != self.origin {
            return Err(refused());
        }
        let text = self.to_string();
        let signature = key.sign_text(&text).ok_or_else(refused)?;
        let mut note = Note::new(text).map_err(|_| refused())?;
        note.add(signature);
        Ok(note)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}", self.origin, self.head.size)?;
        writeln!(f, "{}", to_base64(self.head.root.as_bytes()))?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    /// Reads exactly what `Display` writes.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_suffix('\n').ok_or(CheckpointError::Unended)?;
        let mut lines = text.split('\n');
        let origin = lines.next().ok_or(CheckpointError::Origin)?;
        let size = lines.next().and_then(decimal).ok_or(CheckpointError::Size)?;
        let root = lines.next().and_then(hash_from_base64).ok_or(CheckpointError::Root)?;
        Self::new(origin, TreeHead { size, root }, lines.map(str::to_owned).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{KeyKind, SignerKey};
    use crate::note::Signed;
    use proptest::prelude::*;
    use simars_record::Digest;

    const EMPTY: &str = "arsip.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

    #[test]
    fn known_checkpoint() {
        let checkpoint: Checkpoint = EMPTY.parse().unwrap();
        assert_eq!(checkpoint.origin(), "arsip.example/log");
        assert_eq!(*checkpoint.head(), TreeHead { size: 0, root: Digest::of(b"") });
        assert_eq!(checkpoint.to_string(), EMPTY);
    }

    #[test]
    fn what_is_no_checkpoint_is_refused() {
        for (wrong, error) in [
            (EMPTY.trim_end().to_owned(), CheckpointError::Unended),
            (EMPTY.replace("arsip.example/log", ""), CheckpointError::Origin),
            (EMPTY.replace("\n0\n", "\n00\n"), CheckpointError::Size),
            (EMPTY.replace("\n0\n", "\n-1\n"), CheckpointError::Size),
            (EMPTY.replace("\n0\n", "\n9223372036854775808\n"), CheckpointError::Size),
            (EMPTY.replace("\n0\n", "\n"), CheckpointError::Size),
            (EMPTY.replace("FU=", "FU"), CheckpointError::Root),
            (EMPTY.replace("FU=", "FV="), CheckpointError::Root),
            (EMPTY.replace("/TImW+5", "_TImW-5"), CheckpointError::Root),
            (EMPTY.replace('\n', "\r\n"), CheckpointError::Size),
            (format!("{EMPTY}\n"), CheckpointError::Extension),
        ] {
            assert_eq!(wrong.parse::<Checkpoint>(), Err(error), "{wrong:?}");
        }
    }

    #[test]
    fn only_the_log_signs_for_itself() {
        let checkpoint: Checkpoint = EMPTY.parse().unwrap();
        let signer =
            |name: &str, kind| SignerKey::from_seed(name.parse().unwrap(), kind, &[7; 32]).unwrap();
        let log = signer("arsip.example/log", KeyKind::Ed25519);
        let note = checkpoint.sign(&log).unwrap();
        assert_eq!(note.text(), EMPTY);
        assert_eq!(note.signed_by(log.verifier()), Ok(Some(Signed::Text)));
        assert!(checkpoint.sign(&signer("other.example/log", KeyKind::Ed25519)).is_err());
        assert!(checkpoint.sign(&signer("arsip.example/log", KeyKind::Cosignature)).is_err());
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(
            origin in "[a-z./é-]{1,20}", size in 0u64..1 << 63, root: [u8; 32],
            extensions in prop::collection::vec("[ -~]{1,20}", 0..3),
        ) {
            let head = TreeHead { size, root: Digest::from_bytes(root) };
            let checkpoint = Checkpoint::new(&origin, head, extensions).unwrap();
            prop_assert_eq!(checkpoint.to_string().parse(), Ok(checkpoint));
        }

        #[test]
        fn never_panics(text in "[a-z\n]{0,9}[0-9]{0,22}\n?[A-Za-z+/=]{40,46}[\n a]{0,3}") {
            if let Ok(checkpoint) = text.parse::<Checkpoint>() {
                prop_assert_eq!(checkpoint.to_string(), text);
            }
        }
    }
}
