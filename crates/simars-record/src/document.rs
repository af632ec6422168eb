//! A document as the archive knows it: what its statements add up to.

use serde::{Deserialize, Serialize};

use crate::{
    AccessClass, Date, Description, Digest, DocumentId, Finding, Publication, Retention,
    StatementKind, Timestamp, Unit,
};

/// A registered document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Its permanent name.
    pub id: DocumentId,
    /// Its place in the order of registration, counted from 0 without gaps.
    pub ordinal: u64,
    /// Its versions, oldest first; never empty.
    pub versions: Vec<Version>,
    /// What is known about it.
    pub description: Description,
    /// Who may see it, once published.
    pub access: AccessClass,
    /// The unit it belongs to; `None` for the office as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// The day on which the archive itself opens it for everybody (the end of an embargo).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Date>,
    /// What it leaves out parts of, if it was made for readers from a closed document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rendition: Option<Rendition>,
    /// Whether it is before the public.
    pub publication: Publication,
    /// Its history, oldest first; never empty.
    pub statements: Vec<StatementRef>,
    /// Authenticated copies of it that were given out and stated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<AuthenticatedCopy>,
    /// What people stated about its retention.
    #[serde(default, skip_serializing_if = "Retention::is_empty")]
    pub retention: Retention,
}

impl Document {
    /// The newest version.
    ///
    /// # Panics
    /// Never for a document built by the archive, which has at least one version.
    pub fn current(&self) -> &Version {
        self.versions.last().expect("a document has at least one version")
    }

    /// What to call it: its title, or, where none is known, the name its file came with.
    pub fn title(&self) -> &str {
        self.description
            .title
            .as_ref()
            .map_or(self.current().file_name.as_str(), |field| field.value.as_str())
    }

    /// When something was stated last that changes what readers are shown of it; what is stated for
    /// the office alone, or of a copy, does not count.
    pub fn changed(&self) -> Timestamp {
        let shown = |statement: &&StatementRef| {
            statement.kind.parse().map_or(true, StatementKind::changes_what_is_shown)
        };
        let last = self.statements.iter().rev().find(shown);
        last.map_or(self.current().registered, |statement| statement.time)
    }
}

/// From what a document was made that leaves out parts of another (a redacted rendition). It stands
/// in what the statement of its registration commits to, so that whoever has the sealed original can
/// prove that this was made from it and from no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendition {
    /// The document.
    pub of: DocumentId,
    /// Its version at that time.
    pub version: u32,
    /// The bytes of that version.
    pub sha256: Digest,
}

/// A copy of a version, marked page by page as one; a file of its own beside the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthenticatedCopy {
    /// The version it was made from.
    pub version: u32,
    /// Its bytes. They are not stored: making it again gives the same.
    pub file: ObjectRef,
}

/// One version of a document: an original, what was read from it, and what was noticed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// Counted from 1.
    pub number: u32,
    /// The file as it was received.
    pub original: ObjectRef,
    /// Its text: UTF-8, pages separated by form feeds.
    pub text: ObjectRef,
    /// Where the words of its pages stand, and what the file says about itself (see
    /// [`crate::layout`]); `None` for what has neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<ObjectRef>,
    /// The type found by looking at the content.
    pub media_type: String,
    /// The name the file came with, without folders; a hint for downloads, nothing more.
    pub file_name: String,
    /// How many pages it has.
    pub pages: u32,
    /// How many of them have no text.
    pub pages_without_text: u32,
    /// How many of them have their text from recognition.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pages_recognised: u32,
    /// How sure recognition was of those, 0 to 100, on average.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// The pages that still wait for recognition, counted from 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages_to_recognise: Vec<u32>,
    /// What was noticed while reading.
    pub findings: Vec<Finding>,
    /// Which reader answered.
    pub reader: String,
    /// When it was registered.
    pub registered: Timestamp,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// A stored object: its name and its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ObjectRef {
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// How many bytes.
    pub size_bytes: u64,
}

/// Where a statement about a document stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementRef {
    /// Its place among all statements, counted from 0: its index in the log.
    pub index: u64,
    /// What kind of act (written form, for example `terbit`).
    pub kind: String,
    /// Its leaf hash.
    pub leaf: Digest,
    /// When it was stated.
    pub time: Timestamp,
    /// The name of the person who acted, for those who work here: never part of what is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Somebody who acts on a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The name they sign in with. It stands in what a statement commits to, not in the statement.
    pub login: String,
    /// The role they act in: lower-case letters, digits and hyphens, at most 64. It stands in the
    /// statement.
    pub role: String,
}
