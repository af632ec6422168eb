//! A good proof with something changed anywhere is good no more.

use proptest::prelude::*;
use simars_record::Digest;
use simars_tlog::Policy;
use simars_verify::{Evidence, Outcome};

use crate::log::{self, SIZE, policies, proof};

/// A policy that needs every witness, so that each line of the proof counts.
fn policy() -> Policy {
    let policies = policies();
    let (_, text) = policies.iter().find(|(name, _)| *name == "all.policy").unwrap();
    text.parse().unwrap()
}

fn judge(policy: &Policy, copy: &[u8], proof: &[u8]) -> Option<Outcome> {
    let proof = std::str::from_utf8(proof).ok()?;
    let evidence = Evidence { copy: Digest::of(copy), proof, nonce: None, later: &[] };
    Some(evidence.judge(policy).outcome)
}

#[test]
fn no_flipped_bit_of_a_proof_goes_unnoticed() {
    let policy = policy();
    let (file, index) = log::PUBLISHED;
    let copy = log::file(file);
    let good = proof(index, SIZE, &[1, 2, 3]).into_bytes();
    assert_eq!(judge(&policy, &copy, &good), Some(Outcome::Genuine));
    for place in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[place / 8] ^= 1 << (place % 8);
        let outcome = judge(&policy, &copy, &bad);
        let refused = outcome.is_none_or(|outcome| outcome.exit_code() >= 20);
        assert!(refused, "bit {place}: {outcome:?}");
    }
}

#[test]
fn no_flipped_bit_of_a_file_goes_unnoticed() {
    let policy = policy();
    let (file, index) = log::PUBLISHED;
    let copy = log::file(file);
    let good = proof(index, SIZE, &[1, 2, 3]);
    for place in 0..copy.len() * 8 {
        let mut bad = copy.clone();
        bad[place / 8] ^= 1 << (place % 8);
        assert_eq!(judge(&policy, &bad, good.as_bytes()), Some(Outcome::Altered), "bit {place}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn cut_and_pasted_proofs_are_refused(
        from: prop::sample::Index, length in 1usize..200, to: prop::sample::Index, kept: bool,
    ) {
        let (file, index) = log::PUBLISHED;
        let good = proof(index, SIZE, &[1, 2, 3]).into_bytes();
        let from = from.index(good.len());
        let piece = good[from..(from + length).min(good.len())].to_vec();
        let mut bad = good.clone();
        if !kept {
            bad.drain(from..from + piece.len());
        }
        let to = to.index(bad.len() + 1);
        bad.splice(to..to, piece);
        if bad != good {
            let outcome = judge(&policy(), &log::file(file), &bad);
            prop_assert!(outcome.is_none_or(|outcome| outcome.exit_code() >= 20), "{:?}", outcome);
        }
    }

    #[test]
    fn anything_else_is_no_proof(text in "(c2sp.org/tlog-proof@v1\n)?[ -~\n—]{0,120}") {
        let outcome = judge(&policy(), b"", text.as_bytes());
        prop_assert_eq!(outcome, Some(Outcome::ProofDamaged));
    }
}
