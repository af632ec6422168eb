//! What is said about each file: one JSON line, the same from the command line and the API.

use serde::{Deserialize, Serialize};
use simars_record::{Description, Digest, DocumentId, FindingCode, StackPart};

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
    /// The stack that it was taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<StackPart>,
    /// The documents that it was taken apart into, if it is a stack: everything else sums up
    /// these. Empty for any other file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Report>,
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
            stack: None,
            parts: Vec::new(),
        }
    }

    /// The report on a stack: the first document stands for all where there is room for one, the
    /// pages are those of all.
    #[must_use]
    pub fn of_stack(self, parts: Vec<Self>) -> Self {
        let status = [Status::Registered, Status::Duplicate]
            .into_iter()
            .find(|status| parts.iter().any(|part| part.status == *status));
        let status = match status {
            Some(status) if parts.iter().all(|part| part.status != Status::Refused) => status,
            _ => Status::Refused,
        };
        let Some(first) = parts.first() else { return self };
        let sum = |count: fn(&Self) -> u32| parts.iter().map(count).sum();
        let mut findings: Vec<FindingCode> =
            parts.iter().flat_map(|part| part.findings.iter().copied()).collect();
        findings.sort_unstable();
        findings.dedup();
        let why = parts.iter().find(|part| part.status == Status::Refused);
        let reason = match why.and_then(|part| part.reason.clone()) {
            Some(reason) => reason,
            None => format!("a stack, taken apart into {} documents", parts.len()),
        };
        Self {
            id: parts.iter().find_map(|part| part.id),
            status,
            kind: first.kind.clone(),
            number: first.number.clone(),
            year: first.year,
            title: first.title.clone(),
            pages: sum(|part| part.pages),
            pages_without_text: sum(|part| part.pages_without_text),
            pages_to_recognise: sum(|part| part.pages_to_recognise),
            reason: Some(reason),
            findings,
            review: first.review.clone(),
            parts,
            ..self
        }
    }

    /// The documents that it is about: the parts of a stack, or itself.
    pub fn documents(&self) -> &[Self] {
        if self.parts.is_empty() { std::slice::from_ref(self) } else { &self.parts }
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
    /// Documents registered: a stack gives several.
    pub registered: u64,
    /// Documents that were there already.
    pub duplicate: u64,
    /// Documents not taken.
    pub refused: u64,
    /// Pages of the registered documents.
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
        for document in report.documents() {
            match document.status {
                Status::Registered | Status::Replaced => {
                    self.registered += 1;
                    self.pages += u64::from(document.pages);
                    self.pages_without_text += u64::from(document.pages_without_text);
                    self.pages_to_recognise += u64::from(document.pages_to_recognise);
                }
                Status::Duplicate => self.duplicate += 1,
                Status::Refused => self.refused += 1,
            }
        }
    }
}
