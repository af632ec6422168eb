//! A small log from fixed seeds, with its keys, witnesses and policies. None of its keys was ever
//! used for anything else.

use simars_record::{
    Commitment, ContentMark, Digest, DocumentId, Statement, StatementKind, Timestamp,
};
use simars_tlog::{Checkpoint, KeyKind, Note, SignerKey, StatusMap, TreeHead, inclusion, root};
use simars_verify::proof_of;

pub(crate) const ORIGIN: &str = "arsip.example/log";
/// How many entries the log has in most cases.
pub(crate) const SIZE: usize = 21;
/// Where the statement of the index over all of those stands.
pub(crate) const INDEXED: usize = SIZE;
/// The nonce that opens the commitments to closed documents.
pub(crate) const NONCE: [u8; 32] = [0x5a; 32];

/// The document on which most cases turn, and where its statement stands.
pub(crate) const PUBLISHED: (&str, usize) = ("penetapan.txt", 3);
/// Withdrawn later, by the second statement.
pub(crate) const WITHDRAWN: (&str, usize, usize) = ("pengumuman.txt", 6, 9);
/// Replaced later.
pub(crate) const REPLACED: (&str, usize) = ("jadwal-1.txt", 11);
/// What replaced it.
pub(crate) const REPLACEMENT: (&str, usize) = ("jadwal-2.txt", 13);
/// Destroyed later.
pub(crate) const DESTROYED: (&str, usize, usize) = ("daftar-hadir.txt", 15, 17);
/// Registered, never published.
pub(crate) const DRAFT: (&str, usize) = ("rancangan.txt", 4);
/// Published, not for everyone.
pub(crate) const CLOSED: (&str, usize) = ("berita-acara.txt", 18);
/// A correction of the description of the first.
pub(crate) const CORRECTION: usize = 19;
/// At the right edge, where paths are short.
pub(crate) const LAST: (&str, usize) = ("lampiran.txt", 20);

/// The bytes of a made file.
pub(crate) fn file(name: &str) -> Vec<u8> {
    let lines = (1..=5).map(|number| format!("Baris {number} dari berkas contoh {name}.\n"));
    lines.collect::<String>().into_bytes()
}

pub(crate) fn signer(name: &str, kind: KeyKind, seed: u8) -> SignerKey {
    SignerKey::from_seed(name.parse().unwrap(), kind, &[seed; 32]).unwrap()
}

pub(crate) fn log_key() -> SignerKey {
    signer(ORIGIN, KeyKind::Ed25519, 1)
}

/// The witnesses 1 to 3.
pub(crate) fn witness(number: u8) -> SignerKey {
    signer(&format!("saksi-{number}.example"), KeyKind::Cosignature, 10 + number)
}

fn statement(
    kind: StatementKind,
    object: u8,
    version: u32,
    content: ContentMark,
    previous: Option<&Statement>,
    hour: u64,
) -> Statement {
    Statement {
        kind,
        object: DocumentId::from_bytes([object; 16]),
        version,
        previous: previous.map(Statement::leaf_hash),
        content,
        metadata: Commitment::new(&[object; 32], &Digest::of(&[object])),
        role: None,
        time: Timestamp::from_unix(1_795_500_000 + 3_600 * hour),
    }
}

fn public(name: &str) -> ContentMark {
    let bytes = file(name);
    ContentMark::Public { digest: Digest::of(&bytes), size_bytes: bytes.len() as u64 }
}

fn closed(name: &str) -> ContentMark {
    ContentMark::Closed(Commitment::new(&NONCE, &Digest::of(&file(name))))
}

/// The statements of the log, in order.
pub(crate) fn statements() -> Vec<Statement> {
    use StatementKind as Kind;
    let mut made: Vec<Statement> = Vec::new();
    for index in 0..=INDEXED {
        let at = index as u64;
        let next = |kind, object: u8, version, content, previous: Option<usize>| {
            statement(kind, object, version, content, previous.map(|index| &made[index]), at)
        };
        let new = |kind, content| next(kind, index as u8, 1, content, None);
        let later = |kind, first: usize, version, content| {
            next(kind, first as u8, version, content, Some(first))
        };
        let statement = match index {
            _ if index == PUBLISHED.1 => new(Kind::Published, public(PUBLISHED.0)),
            _ if index == DRAFT.1 => new(Kind::Registered, closed(DRAFT.0)),
            _ if index == WITHDRAWN.1 => new(Kind::Published, public(WITHDRAWN.0)),
            _ if index == WITHDRAWN.2 => {
                later(Kind::Withdrawn, WITHDRAWN.1, 1, public(WITHDRAWN.0))
            }
            _ if index == REPLACED.1 => new(Kind::Published, public(REPLACED.0)),
            _ if index == REPLACEMENT.1 => {
                later(Kind::Published, REPLACED.1, 2, public(REPLACEMENT.0))
            }
            _ if index == DESTROYED.1 => new(Kind::Published, public(DESTROYED.0)),
            _ if index == DESTROYED.2 => later(Kind::Disposed, DESTROYED.1, 1, public(DESTROYED.0)),
            _ if index == CLOSED.1 => new(Kind::Published, closed(CLOSED.0)),
            CORRECTION => later(Kind::Corrected, PUBLISHED.1, 1, public(PUBLISHED.0)),
            _ if index == LAST.1 => new(Kind::Published, public(LAST.0)),
            INDEXED => {
                let content =
                    ContentMark::Index { root: map_over(&made).root(), statements: INDEXED as u64 };
                next(Kind::Indexed, 0, 1, content, None)
            }
            _ => new(Kind::Published, public(&format!("lain-{index}.txt"))),
        };
        made.push(statement);
    }
    made
}

/// The map over these statements.
pub(crate) fn map_over(statements: &[Statement]) -> StatusMap {
    let mut map = StatusMap::new();
    statements.iter().for_each(|statement| map.follow(statement, statement.leaf_hash()));
    map.root();
    map
}

/// The hashes of the first `size` leaves.
pub(crate) fn leaves(size: usize) -> Vec<Digest> {
    statements().iter().take(size).map(Statement::leaf_hash).collect()
}

pub(crate) fn checkpoint(size: usize, extensions: Vec<String>) -> Checkpoint {
    let head = TreeHead { size: size as u64, root: root(&leaves(size)) };
    Checkpoint::new(ORIGIN, head, extensions).unwrap()
}

/// The log's signed checkpoint, seen by these witnesses.
pub(crate) fn cosigned(checkpoint: &Checkpoint, witnesses: &[u8]) -> Note {
    let mut note = checkpoint.sign(&log_key()).unwrap();
    for number in witnesses {
        let time = 1_795_600_000 + u64::from(*number);
        note.add(witness(*number).cosign(note.text(), time).unwrap());
    }
    note
}

/// The proof file of the statement at `index` in the log of `size` entries.
pub(crate) fn proof(index: usize, size: usize, witnesses: &[u8]) -> String {
    proof_with(index, size, cosigned(&checkpoint(size, Vec::new()), witnesses))
}

/// The same with a given note.
pub(crate) fn proof_with(index: usize, size: usize, note: Note) -> String {
    let path = inclusion(&leaves(size), index).unwrap();
    proof_of(&statements()[index], index as u64, path, note).to_string()
}

/// The policies by the name of their file: the log's key with none, two or all of three witnesses.
pub(crate) fn policies() -> Vec<(&'static str, String)> {
    let log = format!("log {}\n", log_key().verifier());
    let mut named = log.clone();
    for number in 1..=3 {
        named += &format!("witness saksi-{number} {}\n", witness(number).verifier());
    }
    let members = "saksi-1 saksi-2 saksi-3";
    vec![
        ("none.policy", format!("{log}quorum none\n")),
        ("two.policy", format!("{named}group saksi 2 {members}\nquorum saksi\n")),
        ("all.policy", format!("{named}group saksi all {members}\nquorum saksi\n")),
    ]
}

/// Ways of writing the log's key, all but the first of them wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) enum KeyForm {
    Good,
    AnotherName,
    AnotherKey,
    UpperCase,
}

/// The log's key as text.
pub(crate) fn verifier(form: KeyForm) -> String {
    let good = log_key().verifier().to_string();
    let id = log_key().verifier().id().to_string();
    match form {
        KeyForm::Good => good,
        KeyForm::AnotherName => good.replacen("arsip", "arsib", 1),
        KeyForm::AnotherKey => {
            let other = signer(ORIGIN, KeyKind::Ed25519, 2).verifier().to_string();
            other.replacen(&signer(ORIGIN, KeyKind::Ed25519, 2).verifier().id().to_string(), &id, 1)
        }
        KeyForm::UpperCase => {
            assert_ne!(id, id.to_uppercase(), "choose another seed: this id has no letters");
            good.replacen(&id, &id.to_uppercase(), 1)
        }
    }
}
