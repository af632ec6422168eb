//! What is said about each file: one JSON line, the same from the command line and the API.

use serde::{Deserialize, Serialize};
use simars_record::{Description, Digest, DocumentId, FindingCode};

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The path or name it came with.
    pub path: String,
    /// The SHA-256 of its bytes; missing if it could not be read.
    pub sha256: Option<Digest>,
    /// The document it is, or is a copy of.
    pub id: Option<DocumentId>,
    /// What became of it.
    pub status: Status,
    /// The kind of document, as far as recognised.
    pub kind: Option<String>,
    /// Its number.
    pub number: Option<String>,
    /// The year of its number.
    pub year: Option<u16>,
    /// Its title.
    pub title: Option<String>,
    /// How many pages it has.
    pub pages: u32,
    /// How many of them have no text yet.
    pub pages_without_text: u32,
    /// How many of them wait for recognition, which goes on after registration.
    #[serde(default)]
    pub pages_to_recognise: u32,
    /// Why it was refused, or what was noticed, in one English line.
    pub reason: Option<String>,
    /// The codes of what was noticed while reading.
    #[serde(default)]
    pub findings: Vec<FindingCode>,
    /// The fields of the description that a person should look at.
    #[serde(default)]
    pub review: Vec<String>,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Registered, durably.
    Registered,
    /// The same bytes are registered already.
    Duplicate,
    /// It is the newest version of a document that was registered before.
    Replaced,
    /// Not taken; the reason says why.
    Refused,
}

impl Report {
    /// A report on a file that was not taken.
    pub fn refused(path: &str, sha256: Option<Digest>, reason: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            sha256,
            id: None,
            status: Status::Refused,
            kind: None,
            number: None,
            year: None,
            title: None,
            pages: 0,
            pages_without_text: 0,
            pages_to_recognise: 0,
            reason: Some(reason.into()),
            findings: Vec::new(),
            review: Vec::new(),
        }
    }

    /// Takes over what the description says.
    #[must_use]
    pub fn described(mut self, description: &Description) -> Self {
        self.kind = description.kind.as_ref().map(|field| field.value.clone());
        self.number = description.number.as_ref().map(|field| field.value.clone());
        self.year = description.year.as_ref().map(|field| field.value);
        self.title = description.title.as_ref().map(|field| field.value.clone());
        let review = description.fields_to_review();
        self.review = review.into_iter().map(str::to_owned).collect();
        self
    }
}

/// Sums over many reports: the last line of a bulk ingest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// Files looked at.
    pub files: u64,
    /// Files registered.
    pub registered: u64,
    /// Files that were there already.
    pub duplicate: u64,
    /// Files not taken.
    pub refused: u64,
    /// Pages of the registered files.
    pub pages: u64,
    /// Pages of them that have no text yet.
    pub pages_without_text: u64,
    /// Pages of them that wait for recognition.
    #[serde(default)]
    pub pages_to_recognise: u64,
    /// Rows of the import list that could not be used.
    pub bad_rows: u64,
    /// How long it took.
    pub seconds: f64,
}

impl Totals {
    /// Counts one more report.
    pub fn add(&mut self, report: &Report) {
        self.files += 1;
        match report.status {
            Status::Registered | Status::Replaced => {
                self.registered += 1;
                self.pages += u64::from(report.pages);
                self.pages_without_text += u64::from(report.pages_without_text);
                self.pages_to_recognise += u64::from(report.pages_to_recognise);
            }
            Status::Duplicate => self.duplicate += 1,
            Status::Refused => self.refused += 1,
        }
    }
}
