//! Signatures checked through a real child process: the example program `signatures`, which
//! cargo builds beside the tests.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use simars_extract::{Anchors, Extractor, Limits};
use simars_record::signature::{ChainVerdict, IntegrityVerdict};
use simars_record::{Finding, FindingCode, Signature};
use simars_testkit::paper::Paper;
use simars_testkit::signing::{Hash, Key, Person, Role};

/// `target/<profile>/examples/signatures`, from the test's own place in `target/<profile>/deps`.
fn extractor() -> Extractor {
    let test = std::env::current_exe().expect("the path of this test");
    let profile = test.parent().and_then(Path::parent).expect("a folder two up");
    let program = profile.join("examples").join("signatures");
    assert!(program.is_file(), "run the tests of the whole crate");
    Extractor::new(program, Limits::default())
}

fn signatures(content: &[u8], anchors: &[Vec<u8>]) -> Result<Vec<Signature>, Finding> {
    let mut file: File = tempfile::tempfile().expect("a temporary file");
    file.write_all(content).expect("a written file");
    extractor().with_anchors(Anchors::new(anchors)?).signatures(&file)
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |group: &[u8]| {
        let bits = (0..3)
            .fold(0_u32, |bits, at| bits << 8 | group.get(at).map_or(0, |&byte| u32::from(byte)));
        let digit = |place: usize| {
            let digit = char::from(DIGITS[(bits >> (18 - 6 * place)) as usize & 63]);
            if place > group.len() { '=' } else { digit }
        };
        (0..4).map(digit).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

#[test]
fn a_signed_file_goes_through_the_child_with_its_anchors() {
    let root = Person::new("Akar Uji", Key::p384(1), Role::Issuer, None);
    let signer = Person::new("Penanda Tangan Uji", Key::p256(2), Role::Signer, Some(&root));
    let mut paper = Paper::new("Keputusan");
    paper.sign("ETSI.CAdES.detached", "", |content| signer.sign(Hash::Sha256, content, &[], None));
    let pem = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        base64(&root.certificate)
    );
    for (anchors, verdict) in [
        (vec![], ChainVerdict::NotChecked),
        (vec![root.certificate.clone()], ChainVerdict::Anchored),
        (vec![signer.certificate.clone(), pem.into_bytes()], ChainVerdict::Anchored),
    ] {
        let [signature] = signatures(&paper.bytes, &anchors).unwrap().try_into().unwrap();
        assert_eq!(signature.integrity.verdict, IntegrityVerdict::Intact);
        assert_eq!(signature.chain.verdict, verdict);
        assert!(signature.coverage.whole_file);
    }
}

#[test]
fn files_without_signatures_have_none() {
    assert_eq!(signatures(&Paper::new("Keputusan").bytes, &[]), Ok(vec![]));
    assert_eq!(signatures(b"Keputusan", &[]), Ok(vec![]));
    assert_eq!(signatures(b"", &[]), Ok(vec![]));
}

#[test]
fn what_cannot_be_checked_is_a_finding() {
    let code = |content: &[u8], anchors: &[Vec<u8>]| signatures(content, anchors).unwrap_err().code;
    assert_eq!(code(b"%PDF-1.7\n", &[]), FindingCode::Damaged);
    let paper = Paper::new("Keputusan");
    assert_eq!(code(&paper.bytes, &[b"no certificate".to_vec()]), FindingCode::ReaderFailed);
    // Distinct ones: the same anchor twice is one.
    let many: Vec<Vec<u8>> = (0..1_000u32).map(|number| number.to_be_bytes().to_vec()).collect();
    assert_eq!(code(&paper.bytes, &many), FindingCode::LimitReached);
}
