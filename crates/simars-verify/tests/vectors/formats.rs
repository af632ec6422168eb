//! The smaller formats and the tree, for whoever reads them in another language.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use simars_record::Digest;
use simars_record::statement::leaf_hash;
use simars_tlog::{
    Checkpoint, Note, Policy, ProofFile, Tile, TreeHead, VerifierKey, check_consistency,
    check_inclusion, consistency, inclusion, root,
};

use crate::log::{self, SIZE, log_key, policies, proof, witness};
use crate::{folder, made};

/// The entries of the tree's vectors: one letter each.
const LETTERS: [&str; 11] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];

pub(crate) fn files() -> BTreeMap<String, Vec<u8>> {
    // Built beside a crate that asks `serde_json` to keep the order of insertion, fields would
    // otherwise stand in another order than when built alone.
    let written = |mut value: Value| {
        value.sort_all_objects();
        (serde_json::to_string_pretty(&value).unwrap() + "\n").into_bytes()
    };
    BTreeMap::from([
        ("tree.json".to_owned(), written(tree())),
        ("formats.json".to_owned(), written(json!(formats()))),
    ])
}

fn tree() -> Value {
    let leaves: Vec<Digest> = LETTERS.iter().map(|letter| leaf_hash(letter.as_bytes())).collect();
    let roots: Vec<Digest> = (0..=leaves.len()).map(|size| root(&leaves[..size])).collect();
    let mut included = Vec::new();
    let mut consistent = Vec::new();
    for size in [1, 2, 3, 7, 8, 11] {
        for (index, entry) in LETTERS[..size].iter().enumerate() {
            let path = inclusion(&leaves[..size], index).unwrap();
            included.extend(inclusion_cases(entry, index as u64, size as u64, &path, &roots));
        }
        for old in 0..=size {
            let path = consistency(&leaves[..size], old).unwrap();
            consistent.extend(consistency_cases(old, size, &path, &roots));
        }
    }
    json!({ "entries": LETTERS, "roots": roots, "inclusion": included, "consistency": consistent })
}

/// A good proof of inclusion and what becomes of it when something is changed.
fn inclusion_cases(
    entry: &str,
    index: u64,
    size: u64,
    path: &[Digest],
    roots: &[Digest],
) -> Vec<Value> {
    let longer = [path, &[roots[0]]].concat();
    let shorter = path.split_last().map_or(&[][..], |(_, rest)| rest).to_vec();
    let case = |what: &str, entry: &str, index: u64, size: u64, path: &[Digest], root: Digest| {
        let holds = check_inclusion(&leaf_hash(entry.as_bytes()), index, size, path, &root);
        json!({
            "what": what, "entry": entry, "index": index, "size": size, "path": path,
            "root": root, "holds": holds,
        })
    };
    let right = roots[size as usize];
    let mut cases = vec![
        case("good", entry, index, size, path, right),
        case("another entry", "z", index, size, path, right),
        case("index beyond", entry, size, size, path, right),
        case("extra node", entry, index, size, &longer, right),
        case("another root", entry, index, size, path, roots[size as usize - 1]),
    ];
    if size > 1 {
        cases.push(case("truncated", entry, index, size, &shorter, right));
        cases.push(case("next index", entry, (index + 1) % size, size, path, right));
    }
    assert_eq!(cases.iter().filter(|case| case["holds"] == true).count(), 1, "{entry} {size}");
    cases
}

fn consistency_cases(old: usize, size: usize, path: &[Digest], roots: &[Digest]) -> Vec<Value> {
    let longer = [path, &[roots[0]]].concat();
    let case = |what: &str, old: usize, path: &[Digest], old_root: Digest| {
        let then = TreeHead { size: old as u64, root: old_root };
        let now = TreeHead { size: size as u64, root: roots[size] };
        json!({
            "what": what, "old_size": old, "old_root": old_root, "size": size,
            "root": roots[size], "path": path, "holds": check_consistency(&then, &now, path),
        })
    };
    let cases = vec![
        case("good", old, path, roots[old]),
        case("extra node", old, &longer, roots[old]),
        case("another past", old, path, Digest::of(b"another past")),
    ];
    assert_eq!(cases.iter().filter(|case| case["holds"] == true).count(), 1, "{old} {size}");
    cases
}

/// Whether a text is accepted as what it claims to be.
fn accepts(format: &str, text: &str) -> bool {
    match format {
        "verifier key" => text.parse::<VerifierKey>().is_ok(),
        "note" => text.parse::<Note>().is_ok(),
        "checkpoint" => text.parse::<Checkpoint>().is_ok(),
        "proof" => text.parse::<ProofFile>().is_ok(),
        "policy" => text.parse::<Policy>().is_ok(),
        "tile path" => text.parse::<Tile>().is_ok(),
        other => panic!("no format {other}"),
    }
}

/// Each format with texts that are to be accepted and others that are not.
fn formats() -> Vec<Value> {
    let mut list = Vec::new();
    let mut add = |format: &str, expected: bool, texts: Vec<String>| {
        for text in texts {
            let accepted = accepts(format, &text);
            assert_eq!(accepted, expected, "{format}: {text:?}");
            list.push(json!({ "format": format, "text": text, "accepted": accepted }));
        }
    };
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let key = log_key().verifier().to_string();
    let id = log_key().verifier().id().to_string();
    add("verifier key", true, vec![key.clone(), witness(1).verifier().to_string()]);
    let changed = [("arsip.", "arsib."), ("/log+", "/ log+"), ("+AY", "+CY"), ("=", "")];
    add("verifier key", false, vec![key.replacen(&id, &id.to_uppercase(), 1), format!("{key}\n")]);
    let changed = changed.iter().filter(|(from, _)| key.contains(from));
    add("verifier key", false, changed.map(|(from, to)| key.replacen(from, to, 1)).collect());

    let checkpoint = log::checkpoint(SIZE, Vec::new()).to_string();
    let note = log::cosigned(&log::checkpoint(SIZE, Vec::new()), &[1]).to_string();
    add("checkpoint", true, vec![checkpoint.clone(), format!("{checkpoint}tambahan\n")]);
    add("note", true, vec![note.clone(), note.replacen("arsip", "\narsip", 1)]);
    for (from, to) in [("\n", "\r\n"), ("\n21\n", "\n021\n"), ("\n21\n", "\n-21\n"), ("=\n", "\n")]
    {
        add("checkpoint", false, vec![checkpoint.replacen(from, to, 1)]);
    }
    add("checkpoint", false, vec![format!("{checkpoint}\n"), checkpoint.trim_end().to_owned()]);
    for (from, to) in
        [("\n\n— ", "\n— "), ("— ", "- "), ("— ", "—"), ("\n", "\r\n"), ("\n", "\t\n")]
    {
        add("note", false, vec![note.replacen(from, to, 1)]);
    }
    add("note", false, vec![format!("{note}\n"), note.trim_end().to_owned(), String::new()]);

    let proof = proof(log::PUBLISHED.1, SIZE, &[1]);
    add("proof", true, vec![proof.clone()]);
    for (from, to) in [("@v1", "@v2"), ("index 3", "index 03"), ("index", "Index"), ("\n\n", "\n")]
    {
        add("proof", false, vec![proof.replacen(from, to, 1)]);
    }
    add("policy", true, policies().into_iter().map(|(_, text)| text).collect());
    let two = policies()[1].1.clone();
    for (from, to) in [
        ("group saksi 2", "group saksi 4"),
        ("quorum saksi", "quorum lain"),
        ("group saksi", "group none"),
        ("witness saksi-2", "witness saksi-1"),
        ("quorum saksi\n", ""),
        ("\n", "\r\n"),
    ] {
        add("policy", false, vec![two.replacen(from, to, 1)]);
    }
    add(
        "tile path",
        true,
        texts(&[
            "tile/0/005",
            "tile/1/x001/x234/067",
            "tile/0/273.p/112",
            "tile/entries/x001/000.p/1",
            "tile/63/000",
        ]),
    );
    add(
        "tile path",
        false,
        texts(&[
            "tile/8/0/005",
            "tile/0/5",
            "tile/0/x000/005",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/64/000",
            "tile/data/000",
            "/tile/0/005",
            "tile/00/005",
        ]),
    );
    list
}

#[test]
fn every_text_on_disk_is_accepted_or_refused_as_it_says() {
    let list: Vec<Value> =
        serde_json::from_slice(&std::fs::read(folder().join("formats.json")).unwrap()).unwrap();
    assert!(list.len() >= 40, "{} texts", list.len());
    for entry in list {
        let accepted = accepts(entry["format"].as_str().unwrap(), entry["text"].as_str().unwrap());
        assert_eq!(Some(accepted), entry["accepted"].as_bool(), "{entry}");
    }
}

#[test]
fn no_secret_key_is_among_the_vectors() {
    for (path, bytes) in made() {
        let secret = bytes.windows(11).any(|window| window == b"PRIVATE+KEY");
        assert!(!secret, "{path}");
    }
}
