//! The sample documents and what is expected of them.

use std::fs;
use std::path::PathBuf;

use serde::Deserialize;

/// A sample document.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The document.
    pub path: PathBuf,
    /// What is expected of it.
    pub expected: Expected,
}

/// What a `.expected.toml` says. A field that is missing does not apply.
#[derive(Debug, Clone, Deserialize)]
pub struct Expected {
    /// Where the sample comes from and its licence.
    pub provenance: String,
    /// The kind of document.
    pub kind: Option<String>,
    /// Its own number, as written.
    pub number: Option<String>,
    /// The year of the number.
    pub year: Option<u16>,
    /// The title.
    pub title: Option<String>,
    /// The date of enactment.
    pub date: Option<String>,
    /// The place of enactment.
    pub place: Option<String>,
    /// Who signed.
    pub signatory: Option<String>,
    /// The issuing body.
    pub issuer: Option<String>,
    /// How many pages; missing where a damaged file leaves it open.
    pub pages: Option<u32>,
    /// How many of them have no text.
    pub pages_without_text: Option<u32>,
    /// The findings, by code, in any order.
    #[serde(default)]
    pub findings: Vec<String>,
    /// The acts that it amends or revokes: all of those, and no others.
    #[serde(default)]
    pub relations: Vec<ExpectedRelation>,
    /// The signatures in the file, in the order of the bytes they cover.
    #[serde(default)]
    pub signatures: Vec<ExpectedSignature>,
    /// Passages that must be found on their page.
    #[serde(default)]
    pub text_contains: Vec<Passage>,
    /// Passages that stand on the picture of a page without text: what recognition should read.
    #[serde(default)]
    pub image_shows: Vec<Passage>,
}

/// What a sample does to another act.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ExpectedRelation {
    /// What it does: `mencabut` or `mengubah`.
    pub relation: String,
    /// The kind of the other act.
    pub kind: String,
    /// Its number, as written.
    pub number: String,
    /// The year of the number.
    pub year: u16,
}

/// What is expected of a signature.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ExpectedSignature {
    /// The name in its certificate.
    pub signer: String,
    /// The verdict on its bytes.
    pub integrity: String,
    /// Whether it covers all of the file.
    pub whole_file: bool,
    /// The classes of the changes that came after it.
    pub later: Vec<String>,
}

/// A passage on a page.
#[derive(Debug, Clone, Deserialize)]
pub struct Passage {
    /// The page, counted from 1.
    pub page: u32,
    /// The words, with single blanks between them.
    pub text: String,
}

/// All samples, by name.
///
/// # Panics
/// If the samples cannot be read: a test without them would prove nothing.
pub fn samples() -> Vec<Sample> {
    let folder = crate::project().join("samples");
    let entries = fs::read_dir(&folder).expect("the project has a folder samples/");
    let mut samples: Vec<Sample> = entries
        .map(|entry| entry.expect("samples/ can be listed").path())
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.strip_suffix(".expected.toml")?.to_owned();
            let text = fs::read_to_string(&path).expect("an expectation can be read");
            let expected =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            Some(Sample { path: folder.join(name), expected })
        })
        .collect();
    samples.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(!samples.is_empty(), "no samples in {}", folder.display());
    samples
}
