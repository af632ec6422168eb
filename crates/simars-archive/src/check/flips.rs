//! Single bits that turn over, one at a time, in whatever is kept for ever or given away: the check
//! finds each of them in the store, the verifier each of them in a proof file.
//!
//! `SIMARS_FLIPS` says how many; the figures in benches/README.md were made with 1,000.

use std::fs;
use std::path::{Path, PathBuf};

use simars_record::Digest;
use simars_tlog::Policy;
use simars_verify::{Evidence, Outcome};

use super::tests::Place;
use crate::archive::tests::{checked, open};

/// A small generator (SplitMix64): the same bits in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}

/// What bits are turned over in.
const KINDS: [&str; 6] = ["objects", "journal", "tiles", "bundles", "checkpoint", "proof files"];

/// The files of one kind.
fn files(kind: &str, place: &Place) -> Vec<PathBuf> {
    let store = place.path().join("store");
    let mut found = match kind {
        "objects" => walk(&store.join("objects")),
        "journal" => walk(&store.join("journal")),
        "tiles" => [walk(&store.join("log/tile/0")), walk(&store.join("log/tile/1"))].concat(),
        "bundles" => walk(&store.join("log/tile/entries")),
        "checkpoint" => vec![store.join("log/checkpoint")],
        _ => walk(&place.path().join("proofs")),
    };
    found.sort();
    assert!(!found.is_empty(), "no {kind}");
    found
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let walked = entries.map(|path| if path.is_dir() { walk(&path) } else { vec![path] });
    walked.flatten().collect()
}

/// Writes a proof file for each of some documents, named by the digest of its file.
fn give_proofs(place: &Place) -> Policy {
    let archive = open(place.path());
    archive.publish().unwrap();
    let folder = place.path().join("proofs");
    fs::create_dir(&folder).unwrap();
    for id in place.ids.iter().step_by(30) {
        let document = archive.document(id).unwrap().unwrap();
        let digest = document.current().original.sha256;
        let proof = archive.proof(&document, &digest).unwrap().unwrap();
        fs::write(folder.join(digest.to_string()), proof.to_string()).unwrap();
    }
    Policy::from_bytes(&archive.log_policy().unwrap().unwrap()).unwrap()
}

fn outcome(path: &Path, policy: &Policy) -> Outcome {
    let copy: Digest = path.file_name().unwrap().to_str().unwrap().parse().unwrap();
    let bytes = fs::read(path).unwrap();
    // What is no text is no proof, as the program says too.
    let Ok(proof) = std::str::from_utf8(&bytes) else { return Outcome::ProofDamaged };
    Evidence { copy, proof, nonce: None, later: &[] }.judge(policy).outcome
}

/// Whether nothing seems to be wrong.
fn unnoticed(kind: &str, path: &Path, place: &Place, policy: &Policy) -> bool {
    match kind {
        "proof files" => outcome(path, policy).is_registered(),
        _ => checked(&place.data()).damage.is_empty(),
    }
}

#[test]
fn every_single_bit_that_turns_over_is_found() {
    let wanted = std::env::var("SIMARS_FLIPS").ok().and_then(|text| text.parse().ok());
    let wanted: usize = wanted.unwrap_or(150);
    let place = Place::new(280);
    let policy = give_proofs(&place);
    assert_eq!(checked(&place.data()).damage, []);
    for path in files("proof files", &place) {
        assert!(outcome(&path, &policy).is_registered(), "{}", path.display());
    }
    let mut chance = Chance(20_261_124);
    let mut missed = Vec::new();
    let mut found = [0; KINDS.len()];
    for number in 0..wanted {
        let turn = number % KINDS.len();
        let files = files(KINDS[turn], &place);
        let path = &files[chance.below(files.len())];
        let whole = fs::read(path).unwrap();
        let mut bytes = whole.clone();
        let bit = chance.below(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(path, &bytes).unwrap();
        match unnoticed(KINDS[turn], path, &place, &policy) {
            true => missed.push(format!("bit {bit} of {}", path.display())),
            false => found[turn] += 1,
        }
        fs::write(path, &whole).unwrap();
    }
    println!("of {wanted} bits found: {found:?} in {KINDS:?}");
    assert_eq!(missed, [""; 0]);
    assert_eq!(checked(&place.data()).damage, []);
}
