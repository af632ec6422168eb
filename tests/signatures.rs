//! Signatures inside PDFs, through the whole program: what it says at registration, on the page,
//! in the data and on the command line.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use simars_testkit::paper::Paper;
use simars_testkit::signing::{Hash, Key, Person, Role, sample_root};
use simars_testkit::{Output, project, run};

use crate::scene::{Scene, program};

const SIGNED: &str = "keputusan-71-2026-bertanda-tangan.pdf";
const ALTERED: &str = "keputusan-72-2026-diubah-sesudahnya.pdf";

fn sample(name: &str) -> PathBuf {
    project().join("samples").join(name)
}

/// A folder with the one certificate that is trusted.
fn anchors(scene: &Scene, root: &Person) -> PathBuf {
    let file = scene.file("jangkar/akar.der", &root.certificate);
    file.parent().unwrap().to_owned()
}

fn verify(file: &Path, more: &[&str]) -> Output {
    let mut arguments = vec!["verify", file.to_str().unwrap(), "--signatures"];
    arguments.extend(more);
    run(program(), &arguments)
}

#[test]
fn a_signature_makes_four_statements_and_no_more() {
    let scene = Scene::new();
    let folder = scene.data().join("trust");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("akar.cer"), sample_root().certificate).unwrap();
    let paths = [sample(SIGNED), sample(ALTERED)];
    let reports = scene.ingest(&[&paths[0], &paths[1]], &[]);
    let server = scene.serve(&[]);
    let document = |name: &str| {
        let told = |report: &&Value| report["path"].as_str().unwrap().ends_with(name);
        let id = reports.iter().find(told).unwrap()["id"].as_str().unwrap().to_owned();
        let data = server.get(&format!("/api/v1/documents/{id}")).json();
        let page = server.get(&format!("/dokumen/{id}?bahasa=en")).text();
        (data["signatures"].clone(), page)
    };
    let (signed, page) = document(SIGNED);
    let signature = &signed["signatures"][0];
    assert_eq!(signed["signatures"].as_array().unwrap().len(), 1, "{signed}");
    assert_eq!(signature["integrity"]["verdict"], "intact", "{signature}");
    assert_eq!(signature["chain"]["verdict"], "anchored", "{signature}");
    assert_eq!(signature["revocation"], "not-checked");
    assert_eq!(signature["time"]["stamped"]["verdict"], "intact");
    assert_eq!(signature["coverage"]["whole_file"], true);
    assert_eq!(signature["later"], serde_json::json!([]));
    for sentence in [
        "Nama Contoh Satu",
        "The covered part has not changed since it was signed.",
        "Leads to an issuer that this archive trusts: Penerbit Sertifikat Contoh.",
        "Not checked: nobody asked the issuer",
        "24 November 2026, 08:30 UTC, according to a time stamp from Stempel Waktu Contoh.",
        "Nothing was added.",
    ] {
        assert!(page.contains(sentence), "{sentence}\n{page}");
    }

    let (altered, page) = document(ALTERED);
    let signature = &altered["signatures"][0];
    assert_eq!(signature["integrity"]["verdict"], "intact", "the covered bytes are the same");
    assert_eq!(signature["coverage"]["whole_file"], false);
    assert_eq!(signature["later"][0]["class"], "changed-content", "{signature}");
    assert_eq!(signature["later"][0]["pages"], serde_json::json!([1]));
    assert!(page.contains("class=\"warn\">The content was changed after signing. (page 1)"));
    assert!(!page.contains("Nothing was added."));
}

#[test]
fn signatures_are_checked_without_an_archive() {
    let scene = Scene::new();
    let trusted = anchors(&scene, &sample_root());
    let trusted = ["--anchors", trusted.to_str().unwrap()];
    let output = verify(&sample(SIGNED), &trusted);
    assert_eq!(output.code, Some(0), "{output:?}");
    for line in ["integrity  intact", "chain      anchored", "revocation not checked", "time  "] {
        assert!(output.stdout.contains(line), "{}", output.stdout);
    }
    let output = verify(&sample(ALTERED), &trusted);
    assert_eq!(output.code, Some(20), "{output:?}");
    assert!(output.stdout.contains("later      changed-content"), "{}", output.stdout);

    let nobody = scene.root().join("tidak-ada");
    let output = verify(&sample(SIGNED), &["--json", "--data", nobody.to_str().unwrap()]);
    assert_eq!(output.code, Some(0), "who trusts nobody asks for no chain: {output:?}");
    let told = &output.json()[0];
    assert_eq!(told["signatures"][0]["chain"]["verdict"], "not-checked", "{told}");
    assert!(!nobody.exists(), "nothing is created");

    let other = Person::new("Akar Lain", Key::p256(9), Role::Issuer, None);
    let other = anchors(&scene, &other);
    let output = verify(&sample(SIGNED), &["--anchors", other.to_str().unwrap()]);
    assert_eq!(output.code, Some(26), "{output:?}");
    let unsigned = sample("keputusan-3-2025-tata-tertib-ruang-baca.pdf");
    assert_eq!(verify(&unsigned, &[]).code, Some(25));
}

/// The attacks of the kind that leaves the signature itself as it was, and the plain one.
#[test]
fn attacks_on_a_signed_file_are_named() {
    let scene = Scene::new();
    let signer = sample_root();
    let mut paper = Paper::new("Partai A 12.345 suara");
    paper.sign("ETSI.CAdES.detached", "", |content| signer.sign(Hash::Sha256, content, &[], None));
    let told = |name: &str, bytes: &[u8]| {
        let output = verify(&scene.file(name, bytes), &["--json"]);
        let told = output.json().remove(0);
        let signature = &told["signatures"][0];
        let verdict = signature["integrity"]["verdict"].as_str().unwrap().to_owned();
        let later = signature["later"][0]["class"].as_str().unwrap_or("nothing").to_owned();
        (output.code.unwrap(), verdict, later)
    };
    let expected = |code, verdict: &str, later: &str| (code, verdict.to_owned(), later.to_owned());
    assert_eq!(told("utuh.pdf", &paper.bytes), expected(0, "intact", "nothing"));

    let mut changed = paper.clone();
    changed.say("Partai A 12.845 suara");
    let found = told("angka.pdf", &changed.bytes);
    assert_eq!(found, expected(20, "intact", "changed-content"));

    let trailing = [&paper.bytes, &b"Partai A 12.845 suara\n"[..]].concat();
    let found = told("buntut.pdf", &trailing);
    assert_eq!(found, expected(20, "intact", "trailing-bytes"));

    let mut replaced = paper.bytes.clone();
    let mut other = Paper::new("Partai A 12.845 suara");
    other.sign("ETSI.CAdES.detached", "", |content| signer.sign(Hash::Sha256, content, &[], None));
    let place = |bytes: &[u8]| {
        let mark = b"/Contents<3";
        bytes.windows(mark.len()).position(|window| window == mark).unwrap() + mark.len() - 1
    };
    let (here, there) = (place(&replaced), place(&other.bytes));
    replaced[here..here + 2_000].copy_from_slice(&other.bytes[there..there + 2_000]);
    let (code, verdict, _) = told("isi.pdf", &replaced);
    assert_eq!((code, verdict.as_str()), (20, "broken"));

    let mut flipped = paper.bytes;
    let digit = flipped.windows(6).position(|window| window == b"12.345").unwrap();
    flipped[digit + 3] = b'8';
    let (code, verdict, _) = told("bita.pdf", &flipped);
    assert_eq!((code, verdict.as_str()), (20, "broken"));
}

#[test]
fn a_trusted_file_that_is_no_certificate_stops_the_start() {
    let scene = Scene::new();
    let folder = scene.data().join("trust");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("akar.pem"), "bukan sertifikat").unwrap();
    let file = scene.file("satu.txt", "Isi contoh.");
    let output = scene.simars(&["ingest", file.to_str().unwrap()]);
    assert_eq!(output.code, Some(1), "{output:?}");
    assert!(output.stderr.contains("akar.pem: a trust anchor is no certificate"), "{output:?}");
}
