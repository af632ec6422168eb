//! What reading and describing a sample must give: `<file>.expected.toml`.

use anyhow::{Context as _, Result};
use serde::Serialize;
use simars_record::signature::IntegrityVerdict;
use simars_record::{FindingCode, RevisionClass};

use super::Made;
use super::definition::{Facts, Format};

/// The name of the file that says what is expected of `file`.
pub(crate) fn file_name(file: &str) -> String {
    format!("{file}.expected.toml")
}

/// One expectation. A key that is missing does not apply.
#[derive(Serialize)]
struct Expected<'a> {
    provenance: &'static str,
    shows: &'a str,
    kind: Option<&'a str>,
    number: Option<&'a str>,
    year: Option<u16>,
    title: Option<&'a str>,
    date: Option<String>,
    place: Option<&'a str>,
    signatory: Option<&'a str>,
    issuer: Option<&'a str>,
    /// How many pages a reader finds; unknown for a file that is damaged.
    pages: Option<usize>,
    pages_without_text: Option<usize>,
    findings: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relations: Vec<Relation<'a>>,
    /// The signatures in the file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    signatures: Vec<Signature<'a>>,
    /// Phrases that the extracted text holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    text_contains: Vec<Phrase<'a>>,
    /// Phrases that can be seen on the page, but only recognition can read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    image_shows: Vec<Phrase<'a>>,
}

#[derive(Serialize)]
struct Relation<'a> {
    relation: &'a str,
    kind: &'a str,
    number: &'a str,
    year: u16,
}

#[derive(Serialize)]
struct Signature<'a> {
    signer: &'a str,
    integrity: &'static str,
    whole_file: bool,
    /// The classes of the changes that came after it.
    later: Vec<&'static str>,
}

#[derive(Serialize)]
struct Phrase<'a> {
    page: usize,
    text: &'a str,
}

const PROVENANCE: &str = "made by the project (cargo xtask samples); every office, person and \
                          number is invented; MIT OR Apache-2.0";

/// The expectation of a document, with the pages on which its phrases came to stand.
pub(crate) fn toml(facts: &Facts, made: &Made) -> Result<String> {
    let mut phrases = Vec::new();
    for text in &facts.phrases {
        let page = made.pages.iter().position(|page| page.contains(text.as_str()));
        let page = page.with_context(|| format!("the phrase {text:?} stands on no page"))? + 1;
        phrases.push(Phrase { page, text });
    }
    let is_image = facts.findings.contains(&FindingCode::NoText);
    if facts.format == Format::PdfTruncated {
        // What survives the cut for certain is the first page.
        phrases.retain(|phrase| phrase.page == 1);
    }
    let pages = match facts.format {
        Format::PdfTruncated => None,
        Format::PdfLocked => Some(0),
        Format::Png => Some(1),
        _ => Some(made.pages.len()),
    };
    let relations = facts.relations.iter().map(|relation| Relation {
        relation: &relation.relation,
        kind: &relation.kind,
        number: &relation.number,
        year: relation.year,
    });
    let locked = facts.format == Format::PdfLocked;
    let (image_shows, text_contains) = match (is_image, locked) {
        (true, _) => (phrases, Vec::new()),
        (false, true) => (Vec::new(), Vec::new()),
        (false, false) => (Vec::new(), phrases),
    };
    let expected = Expected {
        provenance: PROVENANCE,
        shows: &facts.shows,
        kind: facts.kind.as_deref(),
        number: facts.number.as_deref(),
        year: facts.year,
        title: facts.title.as_deref(),
        date: facts.date.map(|date| date.to_string()),
        place: facts.place.as_deref(),
        signatory: facts.signatory.as_deref(),
        issuer: facts.issuer.as_deref(),
        pages,
        pages_without_text: pages.map(|pages| if is_image { pages } else { 0 }),
        findings: facts.findings.iter().map(|code| code.as_str()).collect(),
        relations: relations.collect(),
        signatures: signatures(facts),
        text_contains,
        image_shows,
    };
    Ok(toml::to_string(&expected)?)
}

fn signatures(facts: &Facts) -> Vec<Signature<'_>> {
    let signer = facts.signatory.as_deref().filter(|_| facts.format == Format::PdfSigned);
    let change = facts.altered.as_ref().map(|_| RevisionClass::ChangedContent.as_str());
    let signature = |signer| Signature {
        signer,
        integrity: IntegrityVerdict::Intact.as_str(),
        whole_file: change.is_none(),
        later: change.into_iter().collect(),
    };
    signer.map(signature).into_iter().collect()
}
