//! Every case, answered from the files on disk.

use simars_record::Digest;
use simars_tlog::Policy;
use simars_verify::{Evidence, Outcome, Verdict};

use crate::cases::Case;
use crate::folder;

pub(crate) fn cases() -> Vec<Case> {
    let json = std::fs::read(folder().join("cases.json")).unwrap();
    serde_json::from_slice(&json).unwrap()
}

fn text(path: &str) -> String {
    String::from_utf8(std::fs::read(folder().join(path)).unwrap()).unwrap()
}

fn judge(case: &Case) -> Verdict {
    let copy = Digest::of(&std::fs::read(folder().join(&case.file)).unwrap());
    let policy = Policy::from_bytes(text(&case.policy).as_bytes()).unwrap();
    let nonce = case.nonce.as_ref().map(|hex| *hex.parse::<Digest>().unwrap().as_bytes());
    let later: Vec<String> = case.later.iter().map(|path| text(path)).collect();
    let later: Vec<&str> = later.iter().map(String::as_str).collect();
    let proof = text(&case.proof);
    Evidence { copy, proof: &proof, nonce: nonce.as_ref(), later: &later }.judge(&policy)
}

#[test]
fn every_case_is_answered_as_it_should_be() {
    let cases = cases();
    assert!(cases.len() >= 60, "{} cases", cases.len());
    for case in &cases {
        let Verdict { outcome, reasons, registered_at, .. } = judge(case);
        assert_eq!(outcome.as_str(), case.outcome, "{}: {reasons:#?}", case.name);
        assert_eq!(outcome.exit_code(), case.exit, "{}", case.name);
        assert!(outcome.is_registered() || registered_at.is_none(), "{}", case.name);
        assert!(reasons.iter().any(|reason| !reason.holds) || outcome == Outcome::Genuine);
        for reason in reasons {
            let detail = reason.detail;
            assert!(!detail.is_empty() && !detail.ends_with('.'), "{}: {detail}", case.name);
        }
    }
}

#[test]
fn each_thing_that_was_checked_has_its_own_reason() {
    let find = |name: &str| cases().into_iter().find(|case| case.name == name).unwrap();
    let reasons = |name: &str| {
        let reasons = judge(&find(name)).reasons;
        reasons.into_iter().map(|reason| (reason.check, reason.holds, reason.detail))
    };
    let said: Vec<_> = reasons("witnessed-by-two").collect();
    let checks: Vec<_> = said.iter().map(|(check, holds, _)| (*check, *holds)).collect();
    let expected = [
        ("integrity", true),
        ("inclusion", true),
        ("witnesses", true),
        ("publication", true),
        ("status", false),
    ];
    assert_eq!(checks, expected);
    assert!(said[1].2.contains("number 4 of the 21"), "{}", said[1].2);
    assert!(said[2].2.starts_with("2 of 3 witnesses"), "{}", said[2].2);
    assert!(said[4].2.contains("not told by this proof"), "{}", said[4].2);
    let unmet: Vec<_> = reasons("one-witness-of-two").collect();
    assert!(unmet[2].2.starts_with("1 of 3 witnesses") && !unmet[2].1, "{}", unmet[2].2);
    let still: Vec<_> = reasons("still-published").collect();
    assert_eq!((still[4].0, still[4].1), ("status", true));
    let damaged: Vec<_> = reasons("path-swapped").collect();
    assert_eq!((damaged[0].0, damaged.len()), ("proof", 1));
}

#[test]
fn the_written_forms_and_exit_codes_stay() {
    let all: Vec<_> = Outcome::ALL.map(|outcome| (outcome.as_str(), outcome.exit_code())).to_vec();
    let expected = [
        ("genuine", 0),
        ("older-version", 10),
        ("withdrawn", 10),
        ("not-published", 10),
        ("not-registered", 21),
        ("disposed", 11),
        ("altered", 20),
        ("not-in-log", 21),
        ("policy-not-met", 22),
        ("proof-damaged", 23),
    ];
    assert_eq!(all, expected);
    for outcome in Outcome::ALL {
        let json = serde_json::to_string(&outcome).unwrap();
        assert_eq!(json, format!("{:?}", outcome.as_str()));
    }
}
