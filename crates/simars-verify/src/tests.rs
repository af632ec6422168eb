//! Every outcome from the record that leads to it.

use simars_record::{
    AccessClass, Description, Digest, Document, DocumentId, ObjectRef, Publication, Timestamp,
    Version,
};

use super::*;

fn version(number: u32, bytes: &[u8]) -> Version {
    let object = ObjectRef { sha256: Digest::of(bytes), size_bytes: bytes.len() as u64 };
    Version {
        number,
        original: object,
        text: object,
        media_type: "text/plain".to_owned(),
        file_name: "contoh.txt".to_owned(),
        pages: 1,
        pages_without_text: 0,
        pages_recognised: 0,
        confidence: None,
        pages_to_recognise: Vec::new(),
        layout: None,
        findings: Vec::new(),
        reader: "text".to_owned(),
        registered: Timestamp::from_unix(u64::from(number)),
    }
}

fn document(publication: Publication) -> Document {
    Document {
        id: DocumentId::from_bytes([1; 16]),
        ordinal: 0,
        versions: vec![version(1, b"lama"), version(2, b"baru")],
        description: Description::default(),
        access: AccessClass::Open,
        unit: None,
        opens: None,
        rendition: None,
        stack: None,
        publication,
        statements: Vec::new(),
        copies: Vec::new(),
        retention: simars_record::Retention::default(),
    }
}

#[test]
fn each_record_leads_to_its_outcome() {
    for (publication, copy, outcome) in [
        (Publication::Published, &b"baru"[..], Outcome::Genuine),
        (Publication::Published, b"lama", Outcome::OlderVersion),
        (Publication::Withdrawn, b"baru", Outcome::Withdrawn),
        (Publication::Draft, b"baru", Outcome::NotPublished),
        (Publication::Published, b"baru ", Outcome::NotRegistered),
    ] {
        let verdict = verdict(Digest::of(copy), Some(&document(publication)));
        assert_eq!(verdict.outcome, outcome);
        assert_eq!(verdict.registered_at.is_some(), outcome.is_registered());
        assert!(!verdict.reasons.is_empty());
    }
}

#[test]
fn nothing_registered_is_not_called_a_forgery() {
    let verdict = verdict(Digest::of(b"x"), None);
    assert_eq!(verdict.outcome, Outcome::NotRegistered);
    assert!(verdict.reasons[0].detail.contains("scan"));
}

#[test]
fn an_authenticated_copy_stands_for_its_version() {
    let mut published = document(Publication::Published);
    let file = ObjectRef { sha256: Digest::of(b"salinan"), size_bytes: 7 };
    published.copies.push(simars_record::AuthenticatedCopy { version: 2, file });
    let of = |bytes: &[u8]| verdict(Digest::of(bytes), Some(&published));
    assert_eq!(of(b"salinan").outcome, Outcome::Genuine);
    assert!(of(b"salinan").reasons[0].detail.contains("authenticated copy"));
    assert!(!of(b"baru").reasons[0].detail.contains("authenticated copy"));
    published.copies[0].version = 1;
    assert_eq!(verdict(file.sha256, Some(&published)).outcome, Outcome::OlderVersion);
}
