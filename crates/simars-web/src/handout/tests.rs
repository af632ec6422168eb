//! One version, one standing, one strip.

use simars_record::{AccessClass, Description, DocumentId, Field, StatementRef};

use super::*;

fn document() -> Document {
    let object = |text: &[u8]| ObjectRef { sha256: Digest::of(text), size_bytes: 12 };
    let time = Timestamp::from_unix(1_795_509_225);
    let version = |number| Version {
        number,
        original: object(&[number as u8]),
        text: object(b"text"),
        layout: None,
        media_type: "application/pdf".to_owned(),
        file_name: "sk.pdf".to_owned(),
        pages: 2,
        pages_without_text: 0,
        pages_recognised: 0,
        confidence: None,
        pages_to_recognise: Vec::new(),
        findings: Vec::new(),
        reader: "hayro".to_owned(),
        registered: time,
    };
    let title = Field::stated("Penetapan Kursi".to_owned());
    let statement = |kind: &str| StatementRef {
        index: 0,
        kind: kind.to_owned(),
        leaf: Digest::of(b"leaf"),
        time,
        by: None,
    };
    Document {
        id: DocumentId::from_bytes([3; 16]),
        ordinal: 0,
        versions: vec![version(1), version(2)],
        description: Description { title: Some(title), ..Description::default() },
        access: AccessClass::Open,
        unit: None,
        opens: None,
        rendition: None,
        stack: None,
        publication: Publication::Published,
        statements: vec![statement("daftar"), statement("terbit")],
        copies: Vec::new(),
        retention: simars_record::Retention::default(),
    }
}

fn settings() -> Settings {
    Settings {
        owner_token: String::new(),
        office_id: "Komisi Contoh".to_owned(),
        office_en: "Example Commission".to_owned(),
        public_address: Some("https://arsip.example".to_owned()),
        two_persons: false,
        contact: None,
        upload_limit_bytes: 1,
        sign_on: None,
    }
}

fn proof() -> ProofParts {
    ProofParts {
        proof: "c2sp.org/tlog-proof@v1\n".to_owned(),
        index: 4,
        origin: "arsip.example/log".to_owned(),
        size: 9,
        root: Digest::of(b"root"),
        witnesses: Witnesses { seen: 1, known: 3, enough: false },
        as_of: Timestamp::from_unix(1_795_509_226),
    }
}

#[test]
fn a_certificate_is_of_one_version_and_one_standing() {
    let document = document();
    let written = |document: &Document, version: usize| {
        let version = &document.versions[version];
        written(&settings(), "https://arsip.example", (document, version), &proof()).unwrap()
    };
    let newest = written(&document, 1);
    assert_eq!(written(&document, 1), newest);
    assert_ne!(written(&document, 0), newest);
    let withdrawn = Document { publication: Publication::Withdrawn, ..document.clone() };
    assert_ne!(written(&withdrawn, 1), newest);
    let proof = proof().proof;
    assert!(newest.windows(proof.len()).any(|window| window == proof.as_bytes()));
}

#[test]
fn a_strip_stays_when_the_description_is_corrected() {
    let document = document();
    let strip = |document: &Document, version: usize| {
        let address = public_address(&settings()).unwrap().to_owned();
        strip(&settings(), &address, document, &document.versions[version]).unwrap()
    };
    let corrected = Document { description: Description::default(), ..document.clone() };
    assert_eq!(strip(&corrected, 1), strip(&document, 1));
    assert_ne!(strip(&document, 0), strip(&document, 1));
    let unknown = Settings { public_address: None, ..settings() };
    assert_eq!(public_address(&unknown).unwrap_err().code, Code::NotSetUp);
}
