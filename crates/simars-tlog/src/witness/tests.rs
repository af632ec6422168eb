//! Requests for each status, and a witness that is asked in any order.

use super::*;
use crate::key::{KeyKind, SignerKey};
use crate::{consistency, root};
use proptest::prelude::*;

const ORIGIN: &str = "arsip.example/log";

fn signer(name: &str, seed: u8) -> SignerKey {
    SignerKey::from_seed(name.parse().unwrap(), KeyKind::Ed25519, &[seed; 32]).unwrap()
}

fn leaves(count: usize) -> Vec<Digest> {
    (0..count).map(|number| Digest::of(&number.to_be_bytes())).collect()
}

fn head(size: usize) -> TreeHead {
    TreeHead { size: size as u64, root: root(&leaves(size)) }
}

fn note(key: &SignerKey, head: TreeHead) -> Note {
    let name = key.verifier().name().as_str();
    Checkpoint::new(name, head, Vec::new()).unwrap().sign(key).unwrap()
}

fn request(old: usize, new: usize) -> Request {
    let proof = consistency(&leaves(new), old).unwrap_or_default();
    Request { old: old as u64, proof, note: note(&signer(ORIGIN, 1), head(new)) }
}

fn asked(last: Option<TreeHead>, request: &Request) -> Result<TreeHead, Refusal> {
    decide(&[signer(ORIGIN, 1).verifier().clone()], last.as_ref(), request)
}

#[test]
fn growth_is_cosigned() {
    for (last, old, new) in
        [(None, 0, 0), (None, 0, 7), (Some(3), 3, 7), (Some(7), 7, 7), (Some(4), 4, 4096)]
    {
        assert_eq!(asked(last.map(head), &request(old, new)), Ok(head(new)), "{old} to {new}");
    }
}

#[test]
fn every_status_has_its_reason() {
    let mut unsigned = request(3, 7);
    unsigned.note = note(&signer(ORIGIN, 2), head(7));
    let mut broken = request(3, 7);
    broken.note = format!("{}", broken.note).replace("\n7\n", "\n8\n").parse().unwrap();
    let mut unproved = request(3, 7);
    unproved.proof.pop();
    let mut longer = request(0, 7);
    longer.proof.push(Digest::of(b"more"));
    let other = |size| TreeHead { size, root: Digest::of(b"other") };
    let fork =
        |old, size| Request { note: note(&signer(ORIGIN, 1), other(size)), ..request(old, old) };
    for (last, request, status) in [
        (Some(head(3)), Request { old: 8, ..request(7, 7) }, 400),
        (Some(head(3)), unsigned, 403),
        (Some(head(3)), broken, 403),
        (Some(head(3)), request(2, 7), 409),
        (Some(head(7)), request(3, 5), 409),
        (None, request(3, 7), 409),
        (Some(head(3)), unproved, 422),
        (None, longer, 422),
        (Some(head(7)), fork(7, 7), 422),
        (None, fork(0, 0), 422),
        (Some(head(3)), fork(3, 9), 422),
        (Some(other(3)), request(3, 7), 422),
    ] {
        let refusal = asked(last, &request).unwrap_err();
        assert_eq!(refusal.status(), status, "{refusal}");
        if status == 409 {
            assert_eq!(refusal, Refusal::Conflict(last.map_or(0, |last| last.size)));
        }
    }
    let elsewhere = signer("other.example/log", 1);
    let request = Request { note: note(&elsewhere, head(7)), ..request(0, 7) };
    assert_eq!(asked(None, &request), Err(Refusal::Untrusted), "a key for another log");
}

#[test]
fn what_is_no_request_is_refused() {
    let good = request(3, 7).to_string();
    assert_eq!(good.parse(), Ok(request(3, 7)));
    let many =
        good.replace("\n\n", &format!("{}\n\n", format!("\n{}", to_base64(&[0; 32])).repeat(64)));
    for (wrong, error) in [
        (good.replace("old 3", "old 03"), RequestError::Old),
        (good.replace("old 3", "OLD 3"), RequestError::Old),
        (good.replacen("old 3\n", "old 3\nAQ==\n", 1), RequestError::Hash(2)),
        ("old 0\n".to_owned(), RequestError::Unended),
        (many.replacen("\n\n", "\nx\n\n", 1), RequestError::Many),
        (
            format!("old 0\n{}", "x".repeat(LONGEST_REQUEST)),
            RequestError::Long(LONGEST_REQUEST + 6),
        ),
    ] {
        assert_eq!(wrong.parse::<Request>(), Err(error), "{}", &wrong[..wrong.len().min(80)]);
    }
    let no_note: Result<Request, _> = "old 0\n\nx\n".parse();
    assert!(matches!(no_note, Err(RequestError::Note(_))), "{no_note:?}");
    let mut no_checkpoint = Note::new("only a line\n".to_owned()).unwrap();
    no_checkpoint.add(signer(ORIGIN, 1).sign_text("only a line\n").unwrap());
    let request = Request { note: no_checkpoint, ..request(0, 7) };
    assert_eq!(asked(None, &request).unwrap_err().status(), 400);
}

proptest! {
    #[test]
    fn a_witness_never_goes_back(steps in prop::collection::vec((0usize..40, 0usize..40), 1..40)) {
        let mut last: Option<TreeHead> = None;
        for (old, new) in steps {
            if let Ok(next) = asked(last, &request(old.min(new), new)) {
                let before = last.map_or(0, |last| last.size);
                prop_assert!(next.size >= before);
                prop_assert_eq!(next, head(new));
                last = Some(next);
            }
        }
    }

    #[test]
    fn never_panics(text in "(old [0-9]{0,3}\n)?([A-Za-z+/=]{40,46}\n){0,3}\n{0,2}.{0,80}") {
        if let Ok(request) = text.parse::<Request>() {
            prop_assert_eq!(request.to_string(), text);
        }
    }
}
