//! A file checked by the certificate that came with it, and by nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use simars_certificate::{Certificate, Checkpoint, Standing, Witnesses};
use simars_record::{Digest, DocumentId, Timestamp};
use simars_testkit::{Output, run};

use crate::scene::{Scene, program, sha256};

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

/// A certificate with one of the proofs of the vectors inside.
fn certificate(proof: &str) -> Vec<u8> {
    let proof = fs::read_to_string(vectors().join("proofs").join(proof)).unwrap();
    let certificate = Certificate {
        office: "Komisi Contoh",
        office_en: "Example Commission",
        public_address: "https://arsip.example",
        id: DocumentId::from_bytes([3; 16]),
        sha256: Digest::of(b"what is printed does not count"),
        index: 3,
        title: "Contoh",
        number: None,
        date: None,
        pages: 1,
        size_bytes: 1,
        published: None,
        standing: Standing::Current,
        as_of: Timestamp::from_unix(0),
        as_of_words: "1 Januari 1970",
        checkpoint: Checkpoint { origin: "arsip.example/log", size: 1, root: Digest::of(b"") },
        witnesses: Witnesses { seen: 0, known: 0, enough: true },
        proof: &proof,
    };
    certificate.pdf().unwrap()
}

fn verify(scene: &Scene, certificate: &[u8], file: &str, policy: &str) -> Output {
    let (file, policy) =
        (vectors().join("files").join(file), vectors().join("policies").join(policy));
    let certificate = scene.file("surat.pdf", certificate);
    let paths = [&certificate, &file, &policy].map(|path| path.to_str().unwrap());
    let [certificate, file, policy] = paths;
    let arguments = ["verify", certificate, "--against", file, "--policy", policy, "--json"];
    run(program(), &arguments)
}

#[test]
fn a_certificate_speaks_for_its_file_and_for_no_other() {
    let scene = Scene::new();
    for (proof, file, policy, code, outcome) in [
        ("witnessed-by-two.tlog-proof", "penetapan.txt", "two.policy", 0, "genuine"),
        ("witnessed-by-two.tlog-proof", "lampiran.txt", "two.policy", 20, "altered"),
        ("wrong-key.tlog-proof", "penetapan.txt", "two.policy", 21, "not-in-log"),
        ("no-witness.tlog-proof", "penetapan.txt", "two.policy", 22, "policy-not-met"),
        ("path-missing.tlog-proof", "penetapan.txt", "two.policy", 23, "proof-damaged"),
    ] {
        let answer = verify(&scene, &certificate(proof), file, policy);
        assert_eq!(answer.code, Some(code), "{proof} {file}: {answer:?}");
        let [verdict] = answer.json().try_into().unwrap();
        assert_eq!(verdict["outcome"], outcome, "{proof} {file}");
        assert!(!verdict["reasons"].as_array().unwrap().is_empty());
    }
}

#[test]
fn what_is_no_certificate_or_was_changed_says_nothing() {
    let scene = Scene::new();
    let whole = certificate("witnessed-by-two.tlog-proof");
    let statement = whole.windows(6).position(|window| window == b"extra ").unwrap();
    let mut changed = whole.clone();
    changed[statement + 40] ^= 1;
    for wrong in [changed.as_slice(), &whole[..200], b"no pdf at all", b""] {
        let answer = verify(&scene, wrong, "penetapan.txt", "two.policy");
        assert_eq!(answer.code, Some(23), "{answer:?}");
    }
    let path = scene.file("surat.pdf", &whole);
    let against = vectors().join("files/penetapan.txt");
    let arguments = ["verify", path.to_str().unwrap(), "--against", against.to_str().unwrap()];
    let without_policy = run(program(), &arguments);
    assert_eq!(without_policy.code, Some(2));
    assert!(without_policy.stderr.contains("--policy"), "{}", without_policy.stderr);
}

#[test]
fn a_copy_is_the_original_with_a_foot_and_always_the_same() {
    let scene = Scene::new();
    let sample = samples().join("keputusan-457-2024-perolehan-kursi.pdf");
    let locked = samples().join("keputusan-30-2021-terenkripsi.pdf");
    let reports = scene.ingest(&[&sample, &locked], &[]);
    let address = |path: &Path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let of = |report: &&serde_json::Value| report["path"].as_str().unwrap().ends_with(name);
        let id = reports.iter().find(of).unwrap()["id"].as_str().unwrap();
        format!("/api/v1/documents/{id}/copy.pdf")
    };
    let server = scene.serve(&["--public-address", "https://arsip.example"]);
    let copy = server.get(&address(&sample));
    assert_eq!(copy.status, 200, "{}", copy.text());
    let original = fs::read(&sample).unwrap();
    assert!(copy.body.starts_with(&original) && copy.body.len() > original.len());
    assert_eq!(copy.header("etag"), Some(&*format!("\"sha256:{}\"", sha256(&copy.body))));

    // Kept, in part, and made again when what was kept is damaged or gone: the same bytes.
    let kept = kept_copy(&scene);
    let again = |why: &str| assert_eq!(server.get(&address(&sample)).body, copy.body, "{why}");
    again("kept");
    let edge = original.len();
    for (first, last) in [(0, 9), (edge - 5, edge + 4), (edge, edge), (edge + 7, edge + 9)] {
        let range = format!("bytes={first}-{last}");
        let part = server.get_with(&address(&sample), &[("range", &range)]);
        assert_eq!((part.status, part.body.as_slice()), (206, &copy.body[first..=last]), "{range}");
    }
    fs::write(&kept, b"damaged").unwrap();
    again("damaged");
    fs::remove_dir_all(scene.data().join("views/copies")).unwrap();
    again("gone");

    // It was stated, once, and is proved like the original.
    let id = address(&sample).split('/').nth(4).unwrap().to_owned();
    let document = server.get(&format!("/api/v1/documents/{id}")).json();
    let copied = |statement: &&serde_json::Value| statement["kind"] == "salinan";
    assert_eq!(document["statements"].as_array().unwrap().iter().filter(copied).count(), 1);

    let refused = server.get(&address(&locked));
    assert_eq!((refused.status, &refused.json()["code"]), (404, &"no-copy".into()));
    assert_eq!(refused.json()["finding"], "encrypted");
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples")
}

/// The one file among the copies.
fn kept_copy(scene: &Scene) -> PathBuf {
    let only = |folder: &Path| {
        let [entry] = fs::read_dir(folder).unwrap().collect::<Vec<_>>().try_into().unwrap();
        entry.unwrap().path()
    };
    only(&only(&scene.data().join("views/copies")))
}
