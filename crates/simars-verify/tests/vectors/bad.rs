//! Proofs that must not be believed, each made from a good one by one change.

use simars_tlog::{Checkpoint, KeyKind, Note, ProofFile, TreeHead, root};

use crate::cases::{ALTERED, DAMAGED, Made, NOT_IN_LOG, NOT_MET, made};
use crate::log::{
    self, ORIGIN, SIZE, checkpoint, cosigned, leaves, log_key, proof, proof_with, signer,
    statements,
};

const FILE: &str = log::PUBLISHED.0;
const INDEX: usize = log::PUBLISHED.1;

/// All of them.
pub(crate) fn all() -> Vec<Made> {
    let mut cases = other_files();
    cases.extend(spellings());
    cases.extend(paths());
    cases.extend(signatures());
    cases.extend(statements_changed());
    cases
}

fn good() -> String {
    proof(INDEX, SIZE, &[1, 2, 3])
}

fn parsed() -> ProofFile {
    good().parse().unwrap()
}

fn other_files() -> Vec<Made> {
    let wrong_nonce = [0x5b; 32];
    let closed = proof(log::CLOSED.1, SIZE, &[]);
    vec![
        made("flipped-file", &format!("flipped-{FILE}"), good(), "all", ALTERED, 20),
        made("proof-of-another-file", "jadwal-2.txt", good(), "all", ALTERED, 20),
        made(
            "other-file-and-no-witness",
            "jadwal-2.txt",
            proof(INDEX, SIZE, &[]),
            "two",
            ALTERED,
            20,
        ),
        made("nonce-missing", log::CLOSED.0, closed.clone(), "none", DAMAGED, 23),
        made("nonce-wrong", log::CLOSED.0, closed.clone(), "none", ALTERED, 23).nonce(&wrong_nonce),
        made("closed-other-file", FILE, closed, "none", ALTERED, 23).nonce(&log::NONCE),
    ]
}

/// Changes that a lenient reader would not notice.
fn spellings() -> Vec<Made> {
    let good = good();
    let path = good.lines().nth(3).unwrap().to_owned();
    let (head, _) = path.split_at(path.len() - 2);
    // The last digit before the padding holds two unused bits; this sets one of them.
    let odd = format!("{head}{}=", next_digit(&path));
    let hex: String = leaves(1)[0].as_bytes().iter().map(|byte| format!("{byte:02X}")).collect();
    let damaged = |name: &str, text: String| made(name, FILE, text, "all", DAMAGED, 23);
    vec![
        damaged("empty", String::new()),
        damaged("version-2", good.replace("tlog-proof@v1", "tlog-proof@v2")),
        damaged("carriage-returns", good.replace('\n', "\r\n")),
        damaged("one-carriage-return", good.replacen("index 3\n", "index 3\r\n", 1)),
        damaged("no-last-newline", good.trim_end().to_owned()),
        damaged("empty-line-at-the-end", format!("{good}\n")),
        damaged("empty-line-at-the-start", format!("\n{good}")),
        damaged("index-with-zero", good.replace("index 3\n", "index 03\n")),
        damaged("index-with-sign", good.replace("index 3\n", "index +3\n")),
        damaged("index-in-hexadecimal", good.replace("index 3\n", "index 0x3\n")),
        damaged("index-too-large", good.replace("index 3\n", "index 9223372036854775808\n")),
        damaged("index-with-blank", good.replace("index 3\n", "index 3 \n")),
        damaged("size-with-zero", good.replace("\n21\n", "\n021\n")),
        damaged("path-in-hexadecimal", good.replace(&path, &hex)),
        damaged("path-with-unused-bits", good.replace(&path, &odd)),
        damaged("path-without-padding", good.replace(&path, path.trim_end_matches('='))),
        damaged(
            "path-for-addresses",
            good.replace(&path, &path.replace('+', "-").replace('/', "_")),
        ),
        damaged(
            "two-hashes-in-a-line",
            good.replacen(&format!("{path}\n"), &format!("{path} "), 1),
        ),
        damaged("tab-in-extra", good.replace("extra ", "extra\t")),
        damaged("hyphen-for-dash", good.replace("— ", "- ")),
    ]
}

/// The base64 digit after the last one before the padding: the same bytes to a lenient reader.
fn next_digit(text: &str) -> char {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let last = text.chars().rev().nth(1).unwrap();
    let place = DIGITS.find(last).unwrap();
    char::from(DIGITS.as_bytes()[place + 1])
}

fn paths() -> Vec<Made> {
    let altered = |name: &str, change: &dyn Fn(&mut ProofFile)| {
        let mut proof = parsed();
        change(&mut proof);
        made(name, FILE, proof.to_string(), "all", DAMAGED, 23)
    };
    let extra = leaves(1)[0];
    let longest = [extra; simars_tlog::proof_file::LONGEST_PATH];
    vec![
        altered("wrong-index", &|proof| proof.index = 2),
        altered("index-of-another-side", &|proof| proof.index = 4),
        altered("index-beyond-the-log", &|proof| proof.index = SIZE as u64),
        altered("index-far-beyond", &|proof| proof.index = i64::MAX as u64),
        altered("path-cut-at-the-root", &|proof| proof.path.truncate(proof.path.len() - 1)),
        altered("path-cut-at-the-leaf", &|proof| proof.path = proof.path.split_off(1)),
        altered("path-missing", &|proof| proof.path.clear()),
        altered("path-longer", &|proof| proof.path.push(extra)),
        altered("path-longest", &|proof| proof.path = longest.to_vec()),
        altered("path-swapped", &|proof| proof.path.swap(0, 1)),
        altered("path-doubled", &|proof| proof.path.insert(0, proof.path[0])),
        altered("checkpoint-of-another-size", &|proof| {
            proof.note = cosigned(&checkpoint(12, Vec::new()), &[1, 2, 3]);
        }),
        altered("checkpoint-of-an-empty-log", &|proof| {
            let head = TreeHead { size: 0, root: root(&[]) };
            let empty = Checkpoint::new(ORIGIN, head, Vec::new()).unwrap();
            proof.note = cosigned(&empty, &[1, 2, 3]);
        }),
        altered("path-of-another-entry", &|proof| {
            proof.path = simars_tlog::inclusion(&leaves(SIZE), 8).unwrap();
        }),
    ]
}

fn with_note(name: &str, note: Note, policy: &str, outcome: (&str, u8), shell: u8) -> Made {
    made(name, FILE, proof_with(INDEX, SIZE, note), policy, outcome, shell)
}

fn signatures() -> Vec<Made> {
    let now = checkpoint(SIZE, Vec::new());
    let head = *now.head();
    let elsewhere = Checkpoint::new("arsip-lain.example/log", head, Vec::new()).unwrap();
    let elsewhere_key = signer("arsip-lain.example/log", KeyKind::Ed25519, 1);
    let other_key = signer(ORIGIN, KeyKind::Ed25519, 2);
    let mut twice = cosigned(&now, &[1, 2, 3]);
    twice.add(log_key().sign_text(twice.text()).unwrap());
    let mut witness_twice = cosigned(&now, &[1, 2]);
    witness_twice.add(log::witness(2).cosign(witness_twice.text(), 7).unwrap());
    let mut false_witness = cosigned(&now, &[1, 2]);
    false_witness
        .add(log::witness(3).cosign(checkpoint(12, vec![]).to_string().as_str(), 7).unwrap());
    let mut other_text = Note::new(now.to_string()).unwrap();
    other_text.add(log_key().sign_text(&checkpoint(12, Vec::new()).to_string()).unwrap());
    let mut witnesses_only = Note::new(now.to_string()).unwrap();
    witnesses_only.add(log::witness(1).cosign(witnesses_only.text(), 7).unwrap());
    let unsigned = good().split_once("\n— ").unwrap().0.to_owned();
    let grown = good().replace("\n21\n", "\n22\n");
    let later_time = {
        let mut proof = parsed();
        let mut note = Note::new(proof.note.text().to_owned()).unwrap();
        for mut line in proof.note.signatures().to_vec() {
            if line.name.as_str() == "saksi-3.example" {
                line.bytes[7] ^= 1;
            }
            note.add(line);
        }
        proof.note = note;
        proof.to_string()
    };
    vec![
        with_note("wrong-origin", elsewhere.sign(&elsewhere_key).unwrap(), "none", NOT_IN_LOG, 21),
        with_note("wrong-key", now.sign(&other_key).unwrap(), "none", NOT_IN_LOG, 21),
        with_note("witnesses-only", witnesses_only, "none", NOT_IN_LOG, 21),
        with_note("signature-of-another-text", other_text, "none", DAMAGED, 23),
        with_note("signed-twice", twice, "none", DAMAGED, 23),
        with_note("witness-twice", witness_twice, "two", DAMAGED, 0),
        with_note("false-witness", false_witness, "two", DAMAGED, 0),
        with_note("no-witness", cosigned(&now, &[]), "two", NOT_MET, 0),
        with_note("one-witness-of-two", cosigned(&now, &[2]), "two", NOT_MET, 0),
        with_note("two-witnesses-of-all", cosigned(&now, &[1, 3]), "all", NOT_MET, 0),
        made("unsigned", FILE, unsigned, "none", DAMAGED, 23),
        made("size-changed", FILE, grown, "none", DAMAGED, 23),
        made("witness-time-changed", FILE, later_time, "all", DAMAGED, 0),
        made(
            "origin-changed",
            FILE,
            good().replace(&format!("\n{ORIGIN}\n"), "\nx\n"),
            "none",
            NOT_IN_LOG,
            21,
        ),
        made("line-added", FILE, good().replace("\n\n— ", "\ntambahan\n\n— "), "none", DAMAGED, 23),
    ]
}

/// The statement that travels along is not the one that the log holds.
fn statements_changed() -> Vec<Made> {
    let with = |name: &str, extra: Option<Vec<u8>>| {
        let mut proof = parsed();
        proof.extra = extra;
        made(name, FILE, proof.to_string(), "all", DAMAGED, 23)
    };
    let text = statements()[INDEX].to_string();
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        Some(text.replacen(from, to, 1).into_bytes())
    };
    let digest = text.split_once("sha256:").unwrap().1[..64].to_owned();
    let forged = {
        let bytes = log::file("jadwal-2.txt");
        let digest = simars_record::Digest::of(&bytes).to_string();
        let mut proof = parsed();
        proof.extra =
            Some(text.replace(&text[text.find("sha256:").unwrap() + 7..][..64], &digest).into());
        made("statement-forged", "jadwal-2.txt", proof.to_string(), "all", DAMAGED, 23)
    };
    vec![
        forged,
        with("statement-missing", None),
        with("statement-empty", Some(Vec::new())),
        with("statement-of-another", Some(statements()[INDEX + 2].to_string().into_bytes())),
        with("statement-version-2", changed("@v1", "@v2")),
        with("statement-later", changed("versi 1", "versi 2")),
        with("statement-upper-case", changed(&digest, &digest.to_uppercase())),
        with("statement-carriage-return", changed("jenis terbit\n", "jenis terbit\r\n")),
        with("statement-with-more", Some(format!("{text}tambahan\n").into_bytes())),
        with("statement-without-newline", Some(text.trim_end().as_bytes().to_vec())),
        with("statement-not-text", Some(vec![0xff; 40])),
        with(
            "statement-too-long",
            Some(text.replacen("peran -", &format!("peran {}", "a".repeat(900)), 1).into_bytes()),
        ),
    ]
}
