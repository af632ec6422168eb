//! Every sample document is read as its expectation says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use simars_extract::{Extractor, Limits};
use simars_testkit::Sample;

/// `target/<profile>/examples/extract`, which cargo builds beside the tests.
fn program() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let profile = test.parent().and_then(Path::parent).expect("a folder two up");
    let program = profile.join("examples").join("extract");
    assert!(program.is_file(), "{} is missing: test the whole crate", program.display());
    program
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What differs from the expectation.
fn differences(extractor: &Extractor, sample: &Sample) -> Vec<String> {
    let name = sample.path.file_name().unwrap_or_default().to_string_lossy();
    let read = extractor.extract(&sample.path, &name);
    let expected = &sample.expected;
    let mut wrong = Vec::new();
    let pages = read.pages.len() as u32;
    if expected.pages.is_some_and(|count| count != pages) {
        wrong.push(format!("{name}: {pages} pages"));
    }
    let bare = read.pages_without_text();
    if expected.pages_without_text.is_some_and(|count| count != bare) {
        wrong.push(format!("{name}: {bare} pages without text"));
    }
    let found: BTreeSet<&str> = read.findings.iter().map(|one| one.code.as_str()).collect();
    if found != expected.findings.iter().map(String::as_str).collect() {
        wrong.push(format!("{name}: {:?}", read.findings));
    }
    for passage in &expected.text_contains {
        let page = read.pages.get(passage.page as usize - 1);
        if !page.is_some_and(|page| folded(&page.text).contains(&passage.text)) {
            wrong.push(format!("{name}, page {}: no {:?}", passage.page, passage.text));
        }
    }
    wrong
}

#[test]
fn a_photograph_that_nobody_decodes_is_named() {
    let extractor = Extractor::new(program(), Limits::default());
    let head = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\0meta";
    let read = extractor.extract_bytes(head, "foto.heic");
    assert_eq!(read.findings.len(), 1, "{:?}", read.findings);
    assert_eq!(read.findings[0].code, simars_record::FindingCode::Unsupported);
    assert!(read.findings[0].detail.contains("HEIC photographs"), "{}", read.findings[0].detail);
}

#[test]
fn samples_are_read_as_expected() {
    let extractor = Extractor::new(program(), Limits::default());
    let samples = simars_testkit::samples();
    let wrong: Vec<String> =
        samples.iter().flat_map(|sample| differences(&extractor, sample)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(samples.len() > 30, "{} samples", samples.len());
}
