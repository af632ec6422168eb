//! Policies: what is read, what is refused, and which witnesses are enough.

use super::*;
use crate::consistency::TreeHead;
use crate::key::{KeyKind, SignerKey};
use proptest::prelude::*;
use simars_record::Digest;

const ORIGIN: &str = "arsip.example/log";

fn signer(name: &str, kind: KeyKind, seed: u8) -> SignerKey {
    SignerKey::from_seed(name.parse().unwrap(), kind, &[seed; 32]).unwrap()
}

fn log() -> SignerKey {
    signer(ORIGIN, KeyKind::Ed25519, 1)
}

fn witness(number: u8) -> SignerKey {
    signer(&format!("w{number}.example"), KeyKind::Cosignature, 10 + number)
}

/// Two houses of witnesses: two of three, and one of two.
fn two_houses() -> String {
    let mut text = format!("# who is believed\n\n log\t{}  https://x \n", log().verifier());
    for number in 1..=5 {
        text += &format!("witness w{number} {}\n", witness(number).verifier());
    }
    text + "group press 2 w1 w2 w3\ngroup science any w4 w5\ngroup both all press science\n\
            quorum both\n"
}

fn checkpoint() -> Checkpoint {
    let head = TreeHead { size: 5, root: Digest::of(b"root") };
    Checkpoint::new(ORIGIN, head, Vec::new()).unwrap()
}

fn cosigned(by: &[u8]) -> Note {
    let mut note = checkpoint().sign(&log()).unwrap();
    for number in by {
        note.add(witness(*number).cosign(note.text(), 1_000 + u64::from(*number)).unwrap());
    }
    note
}

#[test]
fn enough_witnesses_of_each_house_are_enough() {
    let policy: Policy = two_houses().parse().unwrap();
    for (by, met) in [
        (&[][..], false),
        (&[1, 2, 3], false),
        (&[1, 4, 5], false),
        (&[1, 2, 4], true),
        (&[5, 3, 2], true),
        (&[1, 2, 3, 4, 5], true),
        // A stranger's cosignature counts for nothing.
        (&[1, 2, 9], false),
    ] {
        let note = cosigned(by);
        let judged = policy.judge(&note).unwrap();
        assert_eq!(judged.quorum_met, met, "{by:?}");
        let known = by.iter().filter(|number| **number <= 5).count();
        assert_eq!(judged.seen.len(), known, "{by:?}");
        assert_eq!(judged.checkpoint, checkpoint());
    }
    let note = cosigned(&[3]);
    let judged = policy.judge(&note).unwrap();
    assert_eq!(judged.seen[0].witness.name.to_string(), "w3");
    assert_eq!(judged.seen[0].unix_seconds, 1_003);
    assert_eq!(judged.log, log().verifier());
}

#[test]
fn a_log_that_is_not_known_is_refused() {
    let policy: Policy = format!("log {}\nquorum none\n", log().verifier()).parse().unwrap();
    assert!(policy.judge(&cosigned(&[])).unwrap().quorum_met);
    let other = Checkpoint::new("other.example", *checkpoint().head(), Vec::new()).unwrap();
    let note = other.sign(&signer("other.example", KeyKind::Ed25519, 1)).unwrap();
    assert_eq!(policy.judge(&note), Err(Refused::UnknownLog("other.example".to_owned())));
    let note = checkpoint().sign(&signer(ORIGIN, KeyKind::Ed25519, 2)).unwrap();
    assert_eq!(policy.judge(&note), Err(Refused::UnknownKey(ORIGIN.parse().unwrap())));
    let note = Note::new("text\n".to_owned()).unwrap();
    assert_eq!(policy.judge(&note), Err(Refused::NoCheckpoint(CheckpointError::Size)));
}

#[test]
fn both_keys_of_a_rotation_are_believed() {
    let new = signer(ORIGIN, KeyKind::Ed25519, 2);
    let text = format!("log {}\nlog {}\nquorum none\n", log().verifier(), new.verifier());
    let policy: Policy = text.parse().unwrap();
    let mut note = checkpoint().sign(&new).unwrap();
    assert_eq!(policy.judge(&note).unwrap().log, new.verifier());
    // A wrong signature by one known key condemns what the other one signed.
    note.add(log().sign_text("another text\n").unwrap());
    assert!(matches!(policy.judge(&note), Err(Refused::Signature(NoteError::Wrong { .. }))));
}

#[test]
fn a_wrong_or_doubled_cosignature_condemns_the_checkpoint() {
    let policy: Policy = two_houses().parse().unwrap();
    let mut note = cosigned(&[1, 2, 4]);
    note.add(witness(5).cosign("another text\n", 5).unwrap());
    assert!(matches!(policy.judge(&note), Err(Refused::Signature(NoteError::Wrong { .. }))));
    let note = cosigned(&[1, 2, 4, 4]);
    assert!(matches!(policy.judge(&note), Err(Refused::Signature(NoteError::Twice(_)))));
}

#[test]
fn what_is_no_policy_is_refused_with_its_line() {
    let (log, w1, w2) = (log(), witness(1), witness(2));
    let (log, w1, w2) = (log.verifier(), w1.verifier(), w2.verifier());
    let witnesses = format!("witness a {w1}\nwitness b {w2}\n");
    for (text, line, told) in [
        (String::new(), 1, "one quorum line"),
        ("quorum none".to_owned(), 1, "newline"),
        ("quorum none\nquorum none\n".to_owned(), 2, "one quorum line"),
        ("quorum none\r\n".to_owned(), 1, "control"),
        ("Quorum none\n".to_owned(), 1, "begins with"),
        ("quorum none none\n".to_owned(), 1, "items"),
        ("quorum a\n".to_owned(), 1, "not defined"),
        (format!("log {w1}\nquorum none\n"), 1, "type 1"),
        (format!("witness a {log}\nquorum none\n"), 1, "type 4"),
        (format!("log {log}\nlog {log}\nquorum none\n"), 2, "earlier line"),
        (format!("witness a {w1}\nwitness b {w1}\nquorum a\n"), 2, "earlier line"),
        (format!("witness a {w1}\nwitness a {w2}\nquorum a\n"), 2, "taken"),
        (format!("witness none {w1}\nquorum none\n"), 1, "taken"),
        (format!("log {log}x\nquorum none\n"), 1, "written"),
        (format!("{witnesses}group g 3 a b\nquorum g\n"), 3, "from 1"),
        (format!("{witnesses}group g 0 a b\nquorum g\n"), 3, "from 1"),
        (format!("{witnesses}group g 01 a b\nquorum g\n"), 3, "from 1"),
        (format!("{witnesses}group g any\nquorum g\n"), 3, "from 1"),
        (format!("{witnesses}group g any a a\nquorum g\n"), 3, "already"),
        (format!("{witnesses}group g any a\ngroup h any a b\nquorum h\n"), 4, "already"),
        (format!("{witnesses}group g any a g\nquorum g\n"), 3, "not defined"),
        (format!("{witnesses}group g any a none\nquorum g\n"), 3, "not defined"),
        (format!("{witnesses}group a any b\nquorum a\n"), 3, "taken"),
    ] {
        let error = text.parse::<Policy>().unwrap_err();
        assert_eq!(error.line, line, "{text}");
        assert!(error.to_string().contains(told), "{text}: {error}");
    }
    assert!(Policy::from_bytes(&vec![b'\n'; (1 << 18) + 1]).is_err());
}

#[test]
fn names_are_octets() {
    let key = witness(1).verifier().to_string();
    let parts = [b"witness \xe2\x84\xaa\xff ", key.as_bytes(), b"\nquorum \xe2\x84\xaa\xff\n"];
    let text = parts.concat();
    let policy = Policy::from_bytes(&text).unwrap();
    assert_eq!(policy.to_bytes(), text);
    assert_eq!(policy.witnesses()[0].name.as_bytes(), b"\xe2\x84\xaa\xff");
}

#[test]
fn large_policies_are_read() {
    let mut text = String::new();
    for number in 0..100u8 {
        text += &format!("witness w{number} {}\n", witness(number).verifier());
        text += &format!("group g{number} any w{number}\n");
    }
    text += "quorum g99\n";
    let policy: Policy = text.parse().unwrap();
    assert_eq!(policy.witnesses().len(), 100);
    assert_eq!(policy.to_bytes().len(), text.len() - "any".len() * 100 + 100);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn reads_what_it_writes(needed in 1usize..4, inner in 1usize..3, url: bool, none: bool) {
        let url = if url { " https://log.example/" } else { "" };
        let mut text = format!("log {}{url}\n", log().verifier());
        for number in 1..=4 {
            text += &format!("witness w{number} {}{url}\n", witness(number).verifier());
        }
        text += &format!("group g {inner} w1 w2\ngroup h {needed} g w3 w4\n");
        text += if none { "quorum none\n" } else { "quorum h\n" };
        let policy: Policy = text.parse().unwrap();
        prop_assert_eq!(policy.to_bytes(), text.into_bytes());
    }

    #[test]
    fn never_panics_and_reads_back_what_it_took(place: prop::sample::Index, byte: u8) {
        let mut bytes = two_houses().into_bytes();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(policy) = Policy::from_bytes(&bytes) {
            prop_assert_eq!(Policy::from_bytes(&policy.to_bytes()), Ok(policy));
        }
    }
}
