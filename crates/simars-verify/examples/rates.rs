//! How fast proofs are made and checked, on one core and a log of a million statements in memory:
//! `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo run -p simars-verify --example rates`. Rates are per second of
//! processor time, so that a busy machine does not change them; Linux only.
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use simars_record::{
    Commitment, ContentMark, Digest, DocumentId, Statement, StatementKind, Timestamp,
};
use simars_tlog::growth::hash_tiles;
use simars_tlog::{
    Checkpoint, KeyKind, Note, Policy, ProofFile, SignerKey, Tile, TileReader, TreeHead,
    VerifierKey, check_consistency,
};
use simars_verify::{Evidence, Outcome, proof_of};

const ORIGIN: &str = "arsip.example/log";
/// How many statements the log has.
const SIZE: u64 = 1_000_000;
/// How many statements are appended at once.
const BATCH: u64 = 1_000;
/// How many proofs are made and checked.
const PROOFS: u64 = 5_000;

type Tiles = HashMap<Tile, Vec<u8>>;
type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> Fallible<()> {
    let start = spent()?;
    let leaves: Vec<Digest> = (0..SIZE).map(|index| statement(index).leaf_hash()).collect();
    let hashed = since(start)?;
    println!("statements written and hashed: {:.0} per s", per_second(SIZE, hashed));

    let start = spent()?;
    let tiles = grow(&leaves)?;
    println!(
        "tiles of {SIZE} leaves in batches of {BATCH}: {:.0} leaves per s, {} tiles",
        per_second(SIZE, since(start)?),
        tiles.len()
    );

    let log = SignerKey::from_seed(ORIGIN.parse()?, KeyKind::Ed25519, &[1; 32])?;
    let witness = SignerKey::from_seed("saksi.example".parse()?, KeyKind::Cosignature, &[2; 32])?;
    let note = checkpoint(&tiles, &log, &witness)?;
    let proofs = prove(&tiles, &note)?;
    alone(&note, log.verifier())?;
    let policies = [
        ("log only", format!("log {}\nquorum none\n", log.verifier())),
        (
            "log and witness",
            format!("log {}\nwitness w {}\nquorum w\n", log.verifier(), witness.verifier()),
        ),
    ];
    for (what, policy) in policies {
        check(what, &proofs, &policy.parse()?)?;
    }
    consistency(&tiles)
}

/// Processor time spent by this process so far (proc_pid_schedstat: nanoseconds first).
fn spent() -> Fallible<Duration> {
    let text = std::fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds = text.split(' ').next().ok_or("/proc/self/schedstat is empty")?;
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}

/// Processor time since `start`.
fn since(start: Duration) -> Fallible<Duration> {
    Ok(spent()?.saturating_sub(start))
}

fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn content(index: u64) -> Digest {
    Digest::of(&index.to_be_bytes())
}

fn statement(index: u64) -> Statement {
    Statement {
        kind: StatementKind::Published,
        object: DocumentId::from_bytes(u128::from(index).to_be_bytes()),
        version: 1,
        previous: None,
        content: ContentMark::Public { digest: content(index), size_bytes: 100_000 },
        metadata: Commitment::new(&[3; 32], &content(index)),
        role: None,
        time: Timestamp::from_unix(1_795_500_000 + index),
    }
}

fn fetch(tiles: &Tiles) -> impl FnMut(&Tile) -> Result<Vec<u8>, &'static str> + '_ {
    |tile| tiles.get(tile).cloned().ok_or("missing")
}

fn grow(leaves: &[Digest]) -> Fallible<Tiles> {
    let mut tiles = Tiles::new();
    for (number, batch) in (0u64..).zip(leaves.chunks(BATCH as usize)) {
        for file in hash_tiles(number * BATCH, batch, fetch(&tiles))? {
            tiles.insert(file.tile, file.bytes);
        }
    }
    Ok(tiles)
}

fn checkpoint(tiles: &Tiles, log: &SignerKey, witness: &SignerKey) -> Fallible<Note> {
    let root = TileReader::new(SIZE, fetch(tiles)).root()?;
    let checkpoint = Checkpoint::new(ORIGIN, TreeHead { size: SIZE, root }, Vec::new())?;
    let mut note = checkpoint.sign(log)?;
    let cosignature = witness.cosign(note.text(), 1_796_600_000);
    note.add(cosignature.ok_or("the witness has another kind of key")?);
    Ok(note)
}

/// Proofs for statements all over the log, each read from the tiles on its own.
fn prove(tiles: &Tiles, note: &Note) -> Fallible<Vec<(Digest, String)>> {
    let places: Vec<u64> = (0..PROOFS).map(|number| number * 7_919 % SIZE).collect();
    let start = spent()?;
    let mut paths = Vec::new();
    for index in &places {
        paths.push(TileReader::new(SIZE, fetch(tiles)).inclusion(*index)?);
    }
    let mean = since(start)?.as_secs_f64() * 1e3 / PROOFS as f64;
    println!("inclusion proof from tiles: mean {mean:.3} ms");
    let proof = |(index, path): (u64, Vec<Digest>)| {
        let proof: ProofFile = proof_of(&statement(index), index, path, note.clone());
        (content(index), proof.to_string())
    };
    let proofs: Vec<_> = places.into_iter().zip(paths).map(proof).collect();
    println!("proof file: {} bytes", proofs[0].1.len());
    Ok(proofs)
}

fn check(what: &str, proofs: &[(Digest, String)], policy: &Policy) -> Fallible<()> {
    let start = spent()?;
    for (copy, proof) in proofs {
        let evidence = Evidence { copy: *copy, proof, nonce: None, later: &[] };
        let verdict = evidence.judge(policy);
        if verdict.outcome != Outcome::Genuine {
            return Err(format!("{:?}", verdict.reasons).into());
        }
    }
    let rate = per_second(proofs.len() as u64, since(start)?);
    println!("offline check, {what}: {rate:.0} proofs per s");
    Ok(())
}

/// What checking one signature costs by itself: most of what a proof costs.
fn alone(note: &Note, key: &VerifierKey) -> Fallible<()> {
    let start = spent()?;
    for _ in 0..PROOFS {
        note.signed_by(key)?.ok_or("the log did not sign")?;
    }
    println!("log signature alone: {:.0} per s", per_second(PROOFS, since(start)?));
    Ok(())
}

fn consistency(tiles: &Tiles) -> Fallible<()> {
    let root = TileReader::new(SIZE, fetch(tiles)).root()?;
    let now = TreeHead { size: SIZE, root };
    let (mut took, mut count) = (Duration::ZERO, 0u32);
    // Sizes that were the end of a batch: only those have partial tiles of their own.
    for old in (BATCH..SIZE).step_by(BATCH as usize * 7) {
        let then = TreeHead { size: old, root: TileReader::new(old, fetch(tiles)).root()? };
        let start = spent()?;
        let path = TileReader::new(SIZE, fetch(tiles)).consistency(old)?;
        took += since(start)?;
        count += 1;
        if !check_consistency(&then, &now, &path) {
            return Err(format!("the log of {old} does not begin this one").into());
        }
    }
    println!(
        "consistency proof from tiles: mean {:.3} ms",
        took.as_secs_f64() * 1e3 / f64::from(count)
    );
    Ok(())
}
