//! Made signed files, and attacks on them.

use proptest::prelude::*;
use simars_record::signature::{ChainVerdict, Check, IntegrityVerdict, SignatureKind};
use simars_record::{RevisionClass, Signature};
use simars_testkit::paper::{self, Paper, page, stream};
use simars_testkit::signing::{Hash, Key, Person, Role};

use super::revisions::History;
use crate::Limits;
use crate::budget::Budget;

const MODERN: &str = "ETSI.CAdES.detached";
const TEXT: &str = "Partai A 5 suara";

fn read(bytes: &[u8], anchors: &[Vec<u8>]) -> Vec<Signature> {
    let limits = Limits::default();
    super::read(bytes, anchors, &limits, Budget::new(&limits)).unwrap()
}

/// A root, and somebody it issued a certificate to.
struct Office {
    root: Person,
    signer: Person,
    stamper: Person,
}

impl Office {
    fn with(key: Key) -> Self {
        let root = Person::new("Akar Uji", Key::p256(1), Role::Issuer, None);
        let signer = Person::new("Penanda Tangan Uji", key, Role::Signer, Some(&root));
        let stamper = Person::new("Penanda Waktu Uji", Key::p256(3), Role::Stamper, Some(&root));
        Self { root, signer, stamper }
    }

    fn new() -> Self {
        Self::with(Key::p256(2))
    }

    fn message(&self, content: &[u8]) -> Vec<u8> {
        self.signer.sign(Hash::Sha256, content, &[], Some(&self.stamper))
    }

    fn signed(&self) -> Paper {
        let mut paper = Paper::new(TEXT);
        paper.sign(MODERN, "", |content| self.message(content));
        paper
    }

    fn certified(&self, permits: u8) -> Paper {
        let mut paper = Paper::new(TEXT);
        let reference = format!(
            "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</P {permits}>>>>]"
        );
        paper.sign(MODERN, &reference, |content| self.message(content));
        paper
    }
}

/// Classes of all that came after the first signature.
fn later(bytes: &[u8]) -> Vec<RevisionClass> {
    let signatures = read(bytes, &[]);
    assert_eq!(signatures[0].integrity.verdict, IntegrityVerdict::Intact, "{signatures:#?}");
    assert!(!signatures[0].coverage.whole_file);
    signatures[0].later.iter().map(|later| later.class).collect()
}

#[test]
fn a_signed_file_says_four_things() {
    let office = Office::new();
    let signed = office.signed();
    let [signature] =
        read(&signed.bytes, std::slice::from_ref(&office.root.certificate)).try_into().unwrap();
    assert_eq!(signature.field.as_deref(), Some("ttd1"));
    assert_eq!(signature.kind, SignatureKind::Approval);
    assert!(signature.coverage.whole_file && signature.later.is_empty());
    let integrity = &signature.integrity;
    assert_eq!(integrity.verdict, IntegrityVerdict::Intact, "{integrity:?}");
    assert_eq!((integrity.binding, integrity.problems.len()), (Check::Good, 0));
    assert_eq!(integrity.algorithms, "SHA-256, ECDSA");
    let signer = signature.signer.unwrap();
    assert_eq!(signer.name, "Penanda Tangan Uji");
    assert_eq!(signer.subject, "O=Kantor Contoh\\, Unit Uji, CN=Penanda Tangan Uji");
    assert_eq!(signature.chain.verdict, ChainVerdict::Anchored);
    assert_eq!(signature.chain.issuers[0].name, "Akar Uji");
    assert_eq!(signature.chain.valid_then, Some(true));
    let stamp = signature.time.stamped.unwrap();
    assert_eq!(
        (stamp.verdict, stamp.chain.verdict),
        (IntegrityVerdict::Intact, ChainVerdict::Anchored)
    );
    assert_eq!(signature.time.claimed.unwrap().to_string(), "2026-11-24T08:30:00Z");
    assert_eq!(signature.time.best.unwrap().to_string(), "2026-11-24T08:30:05Z");
}

#[test]
fn all_algorithms_are_known() {
    for (key, hash, algorithms) in [
        (Key::p256(7), Hash::Sha384, "SHA-384, ECDSA"),
        (Key::p384(7), Hash::Sha384, "SHA-384, ECDSA"),
        (Key::p384(7), Hash::Sha512, "SHA-512, ECDSA"),
        (Key::rsa(), Hash::Sha1, "SHA-1, RSA"),
        (Key::rsa(), Hash::Sha256, "SHA-256, RSA"),
        (Key::rsa(), Hash::Sha384, "SHA-384, RSA"),
        (Key::rsa(), Hash::Sha512, "SHA-512, RSA"),
        (Key::rsa_pss(), Hash::Sha256, "SHA-256, RSA-PSS"),
        (Key::rsa_pss(), Hash::Sha1, "SHA-1, RSA-PSS"),
    ] {
        let office = Office::with(key);
        let mut paper = Paper::new(TEXT);
        paper.sign(MODERN, "", |content| office.signer.sign(hash, content, &[], None));
        let signatures = read(&paper.bytes, &[]);
        let integrity = &signatures[0].integrity;
        assert_eq!(integrity.verdict, IntegrityVerdict::Intact, "{algorithms}: {integrity:?}");
        assert_eq!(integrity.algorithms, algorithms);
        // A byte of the signed text is another.
        let at = paper.bytes.windows(TEXT.len()).position(|at| at == TEXT.as_bytes()).unwrap();
        paper.bytes[at + 9] = b'9';
        let integrity = &read(&paper.bytes, &[])[0].integrity;
        assert_eq!((integrity.verdict, integrity.digest), (IntegrityVerdict::Broken, Check::Bad));
        assert_eq!(integrity.signature, Check::Good);
    }
}

#[test]
fn chains_lead_to_anchors_by_issuers_only() {
    let root = Person::new("Akar Uji", Key::p256(1), Role::Issuer, None);
    let middle = Person::new("Penerbit Uji", Key::p384(4), Role::Issuer, Some(&root));
    let signer = Person::new("Penanda Tangan Uji", Key::p256(2), Role::Signer, Some(&middle));
    let forged = Person::new("Pemalsu Uji", Key::p256(5), Role::Signer, Some(&signer));
    let chain = |who: &Person, with: &[&Person], anchors: &[Vec<u8>]| {
        let mut paper = Paper::new(TEXT);
        paper.sign(MODERN, "", |content| who.sign(Hash::Sha256, content, with, None));
        read(&paper.bytes, anchors)[0].chain.clone()
    };
    let anchors = [root.certificate.clone()];
    let anchored = chain(&signer, &[&middle], &anchors);
    assert_eq!((anchored.verdict, anchored.issuers.len()), (ChainVerdict::Anchored, 2));
    // Without anchors, without the issuer between, and with another root of the same name.
    let unanchored = chain(&signer, &[&middle, &root], &[]);
    assert_eq!((unanchored.verdict, unanchored.issuers.len()), (ChainVerdict::NotChecked, 2));
    assert_eq!(chain(&signer, &[], &anchors).verdict, ChainVerdict::NotAnchored);
    let other = Person::new("Akar Uji", Key::p256(6), Role::Issuer, None);
    let other = chain(&signer, &[&middle], &[other.certificate]);
    assert_eq!((other.verdict, other.issuers.len()), (ChainVerdict::NotAnchored, 1));
    // A signer who issues a certificate.
    let broken = chain(&forged, &[&signer, &middle], &anchors);
    assert_eq!((broken.verdict, broken.issuers.len()), (ChainVerdict::Broken, 0), "{broken:?}");
}

#[test]
fn lawful_additions_are_named() {
    let office = Office::new();
    let mut paper = office.signed();
    paper.sign(MODERN, "", |content| office.message(content));
    assert_eq!(later(&paper.bytes), [RevisionClass::FurtherSignature]);
    assert!(read(&paper.bytes, &[])[1].coverage.whole_file);

    let mut paper = office.signed();
    let certificate = stream("", "x");
    paper.add(&[paper.catalogue("/DSS<</Certs[60 0 R]>>"), (60, certificate)]);
    paper.sign("ETSI.RFC3161", "/Type/DocTimeStamp", |content| office.stamper.stamp(content));
    let classes = later(&paper.bytes);
    assert_eq!(classes[0], RevisionClass::ValidationData);
    let signatures = read(&paper.bytes, &[]);
    let stamp = &signatures[1];
    assert_eq!(stamp.kind, SignatureKind::DocumentTimestamp);
    assert_eq!(stamp.integrity.verdict, IntegrityVerdict::Intact, "{stamp:#?}");
    assert_eq!(stamp.time.best.unwrap().to_string(), "2026-11-24T08:30:05Z");

    let mut paper = office.signed();
    let note = "<</Type/Annot/Subtype/FreeText/Rect[70 690 200 720]/Contents(9)>>".to_owned();
    paper.add(&[(3, page("/Annots[10 0 R 61 0 R]")), (61, note)]);
    assert_eq!(later(&paper.bytes), [RevisionClass::FormFillingOrAnnotations]);
}

#[test]
fn pages_drawn_differently_are_told_from_changed_ones() {
    let office = Office::new();
    let mut paper = office.signed();
    let line = format!("0 0 m 10 10 l S BT /F 12 Tf 72 700 Td ({TEXT}) Tj ET");
    paper.add(&[(4, stream("", &line))]);
    assert_eq!(later(&paper.bytes), [RevisionClass::RedrawnSameText]);
    assert_eq!(read(&paper.bytes, &[])[0].later[0].pages, [1]);

    let mut paper = office.signed();
    paper.say("Partai A 9 suara");
    assert_eq!(later(&paper.bytes), [RevisionClass::ChangedContent]);

    // A page without text cannot be told to say the same.
    let mut paper = Paper::new("");
    paper.sign(MODERN, "", |content| office.message(content));
    paper.add(&[(4, stream("", "0 0 m 10 10 l S"))]);
    assert_eq!(later(&paper.bytes), [RevisionClass::ChangedContent]);

    let mut paper = office.signed();
    paper.add(&[paper.catalogue("/OpenAction<</S/JavaScript/JS(x)>>")]);
    assert_eq!(later(&paper.bytes), [RevisionClass::ChangedContent]);

    let mut paper = office.signed();
    paper.add(&[(70, "(nothing refers to it)".to_owned())]);
    assert_eq!(later(&paper.bytes), [RevisionClass::NothingShown]);
}

#[test]
fn bytes_after_the_last_revision_are_told() {
    let office = Office::new();
    let paper = office.signed();
    for tail in ["\n\n", "sisa", "4 0 obj\n<<>>\nendobj\n"] {
        let mut bytes = paper.bytes.clone();
        bytes.extend(tail.bytes());
        assert_eq!(later(&bytes), [RevisionClass::TrailingBytes], "{tail:?}");
    }
    // An update without a cross-reference, for readers that look for objects by themselves.
    let mut bytes = paper.bytes.clone();
    let changed = format!("4 0 obj\n{}\nendobj\n", paper::content("Partai A 9 suara"));
    bytes.extend(changed.bytes());
    assert!(later(&bytes)[0] >= RevisionClass::TrailingBytes);
    bytes.extend(b"startxref\n0\n%%EOF\n");
    assert!(later(&bytes)[0] >= RevisionClass::TrailingBytes, "{:?}", later(&bytes));
}

#[test]
fn a_certification_forbids_what_it_does_not_permit() {
    let office = Office::new();
    for (permits, forbidden) in [(1, true), (2, false), (3, false)] {
        let mut paper = office.certified(permits);
        paper.sign(MODERN, "", |content| office.message(content));
        let signatures = read(&paper.bytes, &[]);
        assert_eq!(signatures[0].kind, SignatureKind::Certification);
        assert_eq!(signatures[0].permits, Some(permits));
        assert_eq!(signatures[0].later[0].forbidden, forbidden);
    }
    let mut paper = office.certified(3);
    paper.say("Partai A 9 suara");
    assert!(read(&paper.bytes, &[])[0].later[0].forbidden);
}

/// Replaces the first `from` by `to`, which is as long.
fn replaced(paper: &Paper, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = paper.bytes.clone();
    let at = bytes.windows(from.len()).position(|at| at == from.as_bytes()).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    bytes
}

fn verdict(bytes: &[u8]) -> IntegrityVerdict {
    read(bytes, &[])[0].integrity.verdict
}

#[test]
fn a_signature_of_something_else_is_broken() {
    let office = Office::new();
    let mut paper = office.signed();
    let start = paper.bytes.windows(10).position(|at| at == b"/Contents<").unwrap() + 10;
    // Of another file by the same signer.
    paper.fill(start, &office.message(b"Partai A 9 suara"));
    let integrity = read(&paper.bytes, &[])[0].integrity.clone();
    assert_eq!((integrity.verdict, integrity.digest), (IntegrityVerdict::Broken, Check::Bad));
    // No message at all.
    paper.bytes[start..start + 8].copy_from_slice(b"deadbeef");
    assert_eq!(verdict(&paper.bytes), IntegrityVerdict::Broken);
    // Something behind the message.
    let mut paper = office.signed();
    let last = paper.bytes.windows(2).rposition(|at| at == b"0>").unwrap();
    paper.bytes[last] = b'1';
    assert_eq!(verdict(&paper.bytes), IntegrityVerdict::Broken);
}

#[test]
fn a_signature_by_another_key_or_bound_to_another_certificate_is_broken() {
    let office = Office::new();
    let mut other =
        Person::new("Penanda Tangan Uji", Key::p256(8), Role::Signer, Some(&office.root));
    // The certificate of somebody else with the same name and number.
    other.certificate.clone_from(&office.signer.certificate);
    let mut paper = Paper::new(TEXT);
    paper.sign(MODERN, "", |content| other.sign(Hash::Sha256, content, &[], None));
    let integrity = read(&paper.bytes, &[])[0].integrity.clone();
    assert_eq!((integrity.verdict, integrity.signature), (IntegrityVerdict::Broken, Check::Bad));

    let renewed =
        Person::new("Penanda Tangan Uji", Key::p256(2), Role::Signer, Some(&office.stamper));
    let mut paper = Paper::new(TEXT);
    paper.sign(MODERN, "", |content| {
        let message = office.signer.sign(Hash::Sha256, content, &[], None);
        let bound = Hash::Sha256.of(&office.signer.certificate);
        let at = message.windows(32).position(|at| at == bound).unwrap();
        let mut message = message;
        message[at..at + 32].copy_from_slice(&Hash::Sha256.of(&renewed.certificate));
        message
    });
    let integrity = read(&paper.bytes, &[])[0].integrity.clone();
    assert_eq!((integrity.verdict, integrity.binding), (IntegrityVerdict::Broken, Check::Bad));
}

#[test]
fn a_time_stamp_of_something_else_is_broken() {
    let office = Office::new();
    let mut paper = office.signed();
    paper.sign("ETSI.RFC3161", "/Type/DocTimeStamp", |_| office.stamper.stamp(b"another file"));
    let signatures = read(&paper.bytes, &[]);
    assert_eq!(signatures[1].integrity.verdict, IntegrityVerdict::Broken);
    // What is left is the claim.
    assert_eq!(signatures[1].time.best, signatures[1].time.claimed);
    // Somebody who may not stamp.
    let mut paper = Paper::new(TEXT);
    paper.sign(MODERN, "", |content| {
        office.signer.sign(Hash::Sha256, content, &[], Some(&office.signer))
    });
    let stamp = read(&paper.bytes, &[])[0].time.stamped.clone().unwrap();
    assert!(stamp.problems.iter().any(|problem| problem.contains("not meant for time stamps")));
}

#[test]
fn byte_ranges_that_leave_out_something_else_are_broken() {
    let office = Office::new();
    let paper = office.signed();
    let signatures = read(&paper.bytes, &[]);
    let [_, before, after, rest] = signatures[0].coverage.byte_range;
    let range = |[a, b, c, d]: [u64; 4]| format!("[{a} {b:010} {c:010} {d:010}]");
    let good = range([0, before, after, rest]);
    assert_eq!(verdict(&replaced(&paper, &good, &good)), IntegrityVerdict::Intact);
    for wrong in [
        [0, before, after + 1, rest - 1],
        [0, before - 1, after, rest],
        [0, before, after, rest - 10],
        [0, before, after, rest + 10],
        [1, before - 1, after, rest],
        [0, after, before, rest],
        [0, before, after, 9_999_999_999],
    ] {
        let signatures = read(&replaced(&paper, &good, &range(wrong)), &[]);
        let integrity = &signatures[0].integrity;
        assert_eq!(integrity.verdict, IntegrityVerdict::Broken, "{wrong:?}");
        assert_eq!(integrity.byte_range, Check::Bad, "{wrong:?}");
        assert!(!signatures[0].coverage.whole_file);
    }
}

/// The signer is made to sign a file that is prepared for the attack.
#[test]
fn a_second_string_is_no_signature() {
    let office = Office::new();
    for prepared in ["/Contents<00>", "/Con#74ents<00>", "/ByteRange[0 1 2 3]"] {
        let mut paper = Paper::new(TEXT);
        paper.sign(MODERN, prepared, |content| office.message(content));
        let [signature] = read(&paper.bytes, &[]).try_into().unwrap();
        assert_eq!(signature.integrity.verdict, IntegrityVerdict::Broken, "{prepared}");
    }
}

/// A later revision points the field to a copy of the dictionary with the old byte range, and
/// changes the page.
#[test]
fn a_copied_signature_is_broken() {
    let office = Office::new();
    let mut paper = office.signed();
    let at = paper.bytes.windows(8).position(|at| at == b"11 0 obj").unwrap() + 9;
    let end = paper.bytes[at..].windows(6).position(|at| at == b"endobj").unwrap() + at - 1;
    let copy = String::from_utf8(paper.bytes[at..end].to_vec()).unwrap();
    let field = "<</Type/Annot/Subtype/Widget/FT/Sig/T(ttd1)/Rect[0 0 0 0]/V 80 0 R>>".to_owned();
    paper.add(&[(10, field), (80, copy), (4, paper::content("Partai A 9 suara"))]);
    let signatures = read(&paper.bytes, &[]);
    let led = signatures.iter().find(|signature| signature.field.is_some()).unwrap();
    assert_eq!(led.integrity.verdict, IntegrityVerdict::Broken);
    assert_eq!(led.later[0].class, RevisionClass::ChangedContent);
}

#[test]
fn a_signature_taken_out_is_told() {
    let office = Office::new();
    let mut paper = office.signed();
    let field = "<</Type/Annot/Subtype/Widget/FT/Sig/T(ttd1)/Rect[0 0 0 0]>>".to_owned();
    paper.add(&[(10, field), (11, "null".to_owned())]);
    let [signature] = read(&paper.bytes, &[]).try_into().unwrap();
    assert_eq!(signature.integrity.verdict, IntegrityVerdict::Intact);
    assert!(signature.integrity.problems.iter().any(|problem| problem.contains("takes it out")));
    assert_eq!(signature.later[0].class, RevisionClass::ChangedContent);
}

#[test]
fn a_cut_file_has_no_intact_signature() {
    let office = Office::new();
    let paper = office.signed();
    let limits = Limits::default();
    for cut in [1, 10, 100, 1_000, 8_000] {
        let bytes = &paper.bytes[..paper.bytes.len() - cut];
        let read = super::read(bytes, &[], &limits, Budget::new(&limits));
        let intact = |found: &Signature| found.integrity.verdict == IntegrityVerdict::Intact;
        assert!(!read.is_ok_and(|found| found.iter().any(intact)), "{cut}");
    }
}

#[test]
fn files_without_signatures_have_none() {
    assert_eq!(read(&Paper::new(TEXT).bytes, &[]), []);
    let limits = Limits::default();
    let wrong = super::read(&Paper::new(TEXT).bytes, &[vec![1]], &limits, Budget::new(&limits));
    assert!(wrong.unwrap_err().detail.contains("trust anchor"));
    assert!(super::read(b"%PDF-1.7", &[], &limits, Budget::new(&limits)).is_err());
}

/// The reader that looks for changes is made to see none.
#[test]
fn readers_that_disagree_are_told() {
    let office = Office::new();
    let mut paper = office.signed();
    let signed = paper.bytes.len();
    let limits = Limits::default();
    let again = |paper: &Paper| {
        let history = History::new(&paper.bytes, &limits, Budget::new(&limits));
        let (_, mut revisions) = history.states(&[signed, paper.bytes.len()]);
        revisions[0].class = RevisionClass::NothingShown;
        revisions[0].pages.clear();
        history.read_again(signed, true, &mut revisions);
        revisions.remove(0)
    };
    paper.add(&[(70, "(nothing refers to it)".to_owned())]);
    assert_eq!(again(&paper).class, RevisionClass::NothingShown);
    paper.say("Partai A 9 suara");
    let revision = again(&paper);
    assert_eq!((revision.class, revision.forbidden), (RevisionClass::ChangedContent, true));
    assert_eq!(revision.pages, [1]);
}

#[test]
fn usage_rights_are_no_approval() {
    let office = Office::new();
    let mut paper = Paper::new(TEXT);
    let reference = "/Reference[<</Type/SigRef/TransformMethod/UR3>>]";
    paper.sign("adbe.pkcs7.detached", reference, |content| office.message(content));
    assert_eq!(read(&paper.bytes, &[])[0].kind, SignatureKind::UsageRights);
}

#[test]
fn without_time_nothing_is_concluded() {
    let office = Office::new();
    let mut paper = office.signed();
    paper.say("Partai A 9 suara");
    let limits = Limits { wall: std::time::Duration::ZERO, ..Limits::default() };
    let signatures = super::read(&paper.bytes, &[], &limits, Budget::new(&limits)).unwrap();
    assert_eq!(signatures[0].integrity.verdict, IntegrityVerdict::Unknown);
    assert_eq!(signatures[0].later[0].class, RevisionClass::NotCompared);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is changed, nothing panics, and a change of covered bytes is never intact.
    #[test]
    fn changed_bytes_are_noticed(changes in prop::collection::vec((any::<u32>(), any::<u8>()), 1..6)) {
        let office = Office::new();
        let mut paper = office.signed();
        let original = paper.bytes.clone();
        for (at, byte) in changes {
            let at = at as usize % original.len();
            paper.bytes[at] = byte;
        }
        let limits = Limits::default();
        let read = super::read(&paper.bytes, &[], &limits, Budget::new(&limits));
        // What is not covered is the string: its certificates and its time stamp are not signed.
        let start = original.windows(10).position(|at| at == b"/Contents<").unwrap() + 10;
        let end = start + original[start..].iter().position(|&byte| byte == b'>').unwrap();
        let covered = |bytes: &[u8]| [&bytes[..start], &bytes[end..]].concat();
        if covered(&paper.bytes) != covered(&original) {
            for signature in read.unwrap_or_default() {
                prop_assert_ne!(signature.integrity.verdict, IntegrityVerdict::Intact);
            }
        }
    }

    /// The message of a signature can be anything.
    #[test]
    fn messages_never_panic(changes in prop::collection::vec((any::<u16>(), any::<u8>()), 1..20)) {
        let office = Office::new();
        let mut paper = Paper::new(TEXT);
        paper.sign(MODERN, "", |content| {
            let mut message = office.message(content);
            for (at, byte) in &changes {
                let at = usize::from(*at) % message.len();
                message[at] = *byte;
            }
            message
        });
        prop_assert_eq!(read(&paper.bytes, std::slice::from_ref(&office.root.certificate)).len(), 1);
    }
}
