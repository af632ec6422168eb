//! Statements: the acts that make up the archive's history, as text anyone can rebuild.
//!
//! A statement is what the journal keeps for ever, even when the document it speaks of is
//! lawfully destroyed. It therefore holds no name, no title and no free text; what is not public
//! stands in it only as a [`Commitment`].

use std::fmt;
use std::str::FromStr;

use crate::{Digest, DocumentId, Timestamp};

/// The first line of every statement of this version.
pub const HEADER: &str = "simars/pernyataan@v1";

/// The object of statements about the archive itself rather than a document: sixteen zero bytes,
/// written as 26 times `a`.
pub const ARCHIVE: DocumentId = DocumentId::from_bytes([0; 16]);

/// One act. Its text has fixed keys in a fixed order, at most 1 KiB, each line ended by `\n`:
///
/// ```text
/// simars/pernyataan@v1
/// jenis terbit
/// objek aaaaaaaaaaaaaaaaaaaaaaaaaa
/// versi 1
/// sebelum -
/// konten sha256:<hex> <bytes>
/// metadata tertutup:<commitment>
/// peran -
/// waktu 2026-11-24T08:33:05Z
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What kind of act.
    pub kind: StatementKind,
    /// The document it concerns.
    pub object: DocumentId,
    /// The version of the document, counted from 1.
    pub version: u32,
    /// The leaf hash of the previous statement about the same document.
    pub previous: Option<Digest>,
    /// The document's bytes: named outright when public, committed to when not.
    pub content: ContentMark,
    /// The description, always committed to.
    pub metadata: Commitment,
    /// The role that acted: lower-case letters, digits and hyphens, at most 64. `None` if whoever
    /// holds the data folder did, or the archive itself.
    pub role: Option<String>,
    /// When it was stated.
    pub time: Timestamp,
}

/// The kinds of acts. The written forms are the Indonesian terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatementKind {
    /// *daftar*: registered, not published.
    Registered,
    /// *terbit*: published.
    Published,
    /// *koreksi*: its description was corrected.
    Corrected,
    /// *cabut*: withdrawn from publication.
    Withdrawn,
    /// *akses*: its access class was changed.
    AccessChanged,
    /// *baca*: the same bytes were read again, for example by recognition; its text is another.
    Extracted,
    /// *ganti*: another version of it took the place of the one before.
    Replaced,
    /// *salinan*: an authenticated copy of it was made; the statement names the copy's bytes.
    Copied,
    /// *lihat*: somebody who works here read it, while it was closed to the public.
    Viewed,
    /// *retensi*: something about its retention was stated: an event, or a hold.
    Retained,
    /// *musnah*: lawfully destroyed; the statement stays, the bytes are gone.
    Disposed,
    /// *kunci*: the archive signs its log with this key from now on.
    KeyChanged,
    /// *indeks*: the root of the map from every document to its latest statement.
    Indexed,
    /// *jadwal*: a version of the classification scheme and retention schedule.
    Scheduled,
}

impl StatementKind {
    /// All kinds.
    pub const ALL: [Self; 14] = [
        Self::Registered,
        Self::Published,
        Self::Corrected,
        Self::Withdrawn,
        Self::AccessChanged,
        Self::Extracted,
        Self::Replaced,
        Self::Copied,
        Self::Viewed,
        Self::Retained,
        Self::Disposed,
        Self::KeyChanged,
        Self::Indexed,
        Self::Scheduled,
    ];

    /// Whether such an act changes nothing about the document it names.
    pub const fn leaves_as_it_is(self) -> bool {
        matches!(self, Self::Copied | Self::Viewed)
    }

    /// Whether readers are shown something else of the document afterwards.
    pub const fn changes_what_is_shown(self) -> bool {
        !matches!(self, Self::Copied | Self::Viewed | Self::Retained)
    }

    /// The written form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "daftar",
            Self::Published => "terbit",
            Self::Corrected => "koreksi",
            Self::Withdrawn => "cabut",
            Self::AccessChanged => "akses",
            Self::Extracted => "baca",
            Self::Replaced => "ganti",
            Self::Copied => "salinan",
            Self::Viewed => "lihat",
            Self::Retained => "retensi",
            Self::Disposed => "musnah",
            Self::KeyChanged => "kunci",
            Self::Indexed => "indeks",
            Self::Scheduled => "jadwal",
        }
    }
}

impl FromStr for StatementKind {
    type Err = StatementError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or(StatementError("jenis"))
    }
}

/// What a statement is about: how it speaks of a document's bytes, or what it says of the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentMark {
    /// The digest and the size, for a public document.
    Public {
        /// SHA-256 of the original.
        digest: Digest,
        /// Its size.
        size_bytes: u64,
    },
    /// A commitment, for a document that is not public.
    Closed(Commitment),
    /// The archive's map over all statements before this one (*indeks*).
    Index {
        /// The root of the map.
        root: Digest,
        /// How many statements it covers: those before this one.
        statements: u64,
    },
    /// A public Ed25519 key (*kunci*), 32 bytes.
    Key(Digest),
    /// A version of the classification scheme and retention schedule (*jadwal*): its entries.
    Schedule {
        /// SHA-256 of the object that holds them.
        digest: Digest,
        /// Its size.
        size_bytes: u64,
    },
}

/// A salted digest: it fixes a value without telling it. It is
/// SHA-256(`simars/v1` ‖ 32-byte nonce ‖ SHA-256(value)); without the nonce nobody can test a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment(Digest);

impl Commitment {
    /// Commits to a value by its digest and a nonce that is random and used once.
    pub fn new(nonce: &[u8; 32], value: &Digest) -> Self {
        let mut hasher = crate::Hasher::new();
        hasher.update(b"simars/v1");
        hasher.update(nonce);
        hasher.update(value.as_bytes());
        Self(hasher.finish())
    }
}

impl Statement {
    /// The leaf hash of this statement in the log: SHA-256(`0x00` ‖ text) (RFC 6962 §2.1).
    pub fn leaf_hash(&self) -> Digest {
        leaf_hash(self.to_string().as_bytes())
    }
}

/// The leaf hash of an entry's bytes: SHA-256(`0x00` ‖ entry) (RFC 6962 §2.1).
pub fn leaf_hash(entry: &[u8]) -> Digest {
    let mut hasher = crate::Hasher::new();
    hasher.update(&[0]);
    hasher.update(entry);
    hasher.finish()
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        writeln!(f, "jenis {}", self.kind.as_str())?;
        writeln!(f, "objek {}", self.object)?;
        writeln!(f, "versi {}", self.version)?;
        match &self.previous {
            Some(leaf) => writeln!(f, "sebelum {leaf}")?,
            None => writeln!(f, "sebelum -")?,
        }
        match &self.content {
            ContentMark::Public { digest, size_bytes } => {
                writeln!(f, "konten sha256:{digest} {size_bytes}")?;
            }
            ContentMark::Closed(commitment) => writeln!(f, "konten tertutup:{}", commitment.0)?,
            ContentMark::Index { root, statements } => {
                writeln!(f, "konten indeks:{root} {statements}")?;
            }
            ContentMark::Key(public) => writeln!(f, "konten kunci:{public}")?,
            ContentMark::Schedule { digest, size_bytes } => {
                writeln!(f, "konten jadwal:{digest} {size_bytes}")?;
            }
        }
        writeln!(f, "metadata tertutup:{}", self.metadata.0)?;
        writeln!(f, "peran {}", self.role.as_deref().unwrap_or("-"))?;
        writeln!(f, "waktu {}", self.time)
    }
}

/// What is wrong with a written statement: the line that is missing, misplaced or malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a statement of this version: the line {0:?} is missing or malformed")]
pub struct StatementError(&'static str);

impl FromStr for Statement {
    type Err = StatementError;

    /// Reads exactly what [`Statement`]'s `Display` writes, nothing more lenient: a leaf that two
    /// spellings could produce would be no leaf.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut lines = text.lines();
        if lines.next() != Some(HEADER) {
            return Err(StatementError("simars/pernyataan@v1"));
        }
        let mut value = |key: &'static str| {
            lines
                .next()
                .and_then(|line| line.strip_prefix(key)?.strip_prefix(' '))
                .ok_or(StatementError(key))
        };
        let statement = Self {
            kind: value("jenis")?.parse()?,
            object: value("objek")?.parse().map_err(|_| StatementError("objek"))?,
            version: value("versi")?.parse().map_err(|_| StatementError("versi"))?,
            previous: match value("sebelum")? {
                "-" => None,
                leaf => Some(leaf.parse().map_err(|_| StatementError("sebelum"))?),
            },
            content: read_content(value("konten")?).ok_or(StatementError("konten"))?,
            metadata: read_closed(value("metadata")?).ok_or(StatementError("metadata"))?,
            role: match value("peran")? {
                "-" => None,
                role if is_role(role) => Some(role.to_owned()),
                _ => return Err(StatementError("peran")),
            },
            time: value("waktu")?.parse().map_err(|_| StatementError("waktu"))?,
        };
        if statement.to_string() == text { Ok(statement) } else { Err(StatementError("waktu")) }
    }
}

/// Key ids of roles are short words: in a statement there is no room for free text, and so for names.
fn is_role(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(word)
}

fn read_closed(text: &str) -> Option<Commitment> {
    Some(Commitment(text.strip_prefix("tertutup:")?.parse().ok()?))
}

fn read_content(text: &str) -> Option<ContentMark> {
    let (form, value) = text.split_once(':')?;
    let counted = || {
        let (digest, count) = value.split_once(' ')?;
        Some((digest.parse().ok()?, count.parse().ok()?))
    };
    Some(match form {
        "sha256" => {
            let (digest, size_bytes) = counted()?;
            ContentMark::Public { digest, size_bytes }
        }
        "tertutup" => ContentMark::Closed(read_closed(text)?),
        "indeks" => {
            let (root, statements) = counted()?;
            ContentMark::Index { root, statements }
        }
        "kunci" => ContentMark::Key(value.parse().ok()?),
        "jadwal" => {
            let (digest, size_bytes) = counted()?;
            ContentMark::Schedule { digest, size_bytes }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn statement() -> impl Strategy<Value = Statement> {
        let digest = any::<[u8; 32]>().prop_map(Digest::from_bytes);
        let content = prop_oneof![
            (digest.clone(), any::<u64>())
                .prop_map(|(digest, size_bytes)| ContentMark::Public { digest, size_bytes }),
            digest.clone().prop_map(|digest| ContentMark::Closed(Commitment(digest))),
            (digest.clone(), any::<u64>())
                .prop_map(|(root, statements)| ContentMark::Index { root, statements }),
            digest.clone().prop_map(ContentMark::Key),
            (digest.clone(), any::<u64>())
                .prop_map(|(digest, size_bytes)| ContentMark::Schedule { digest, size_bytes }),
        ];
        (
            prop::sample::select(&StatementKind::ALL[..]),
            any::<[u8; 16]>(),
            any::<u32>(),
            prop::option::of(digest.clone()),
            content,
            digest,
            prop::option::of("[a-z]{1,12}-[0-9]{1,3}"),
            any::<u64>(),
        )
            .prop_map(|(kind, id, version, previous, content, metadata, role, time)| {
                Statement {
                    kind,
                    object: DocumentId::from_bytes(id),
                    version,
                    previous,
                    content,
                    metadata: Commitment(metadata),
                    role,
                    time: Timestamp::from_unix(time),
                }
            })
    }

    proptest! {
        #[test]
        fn reads_exactly_what_it_writes(statement in statement()) {
            let text = statement.to_string();
            prop_assert!(text.len() <= 1024);
            prop_assert_eq!(text.parse::<Statement>(), Ok(statement));
            let longer = format!("{text}x\n");
            prop_assert!(longer.parse::<Statement>().is_err());
            prop_assert!(text.replace("versi ", "versi 0").parse::<Statement>().is_err());
            prop_assert!(text.replace('\n', "\r\n").parse::<Statement>().is_err());
            prop_assert!(text.replace("peran ", "peran nama orang ").parse::<Statement>().is_err());
        }

        #[test]
        fn never_panics(text: String) {
            let _ = text.parse::<Statement>();
        }
    }

    #[test]
    fn leaf_of_the_empty_entry() {
        // RFC 6962: SHA-256 of a single zero byte.
        let expected = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(leaf_hash(b"").to_string(), expected);
    }
}
