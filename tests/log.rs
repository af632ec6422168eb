//! The public log of the real program: begun once, followed while serving, checked offline.

use std::fs;
use std::time::{Duration, Instant};

use simars_testkit::run;

use crate::scene::{Scene, decision, program};

/// A scene with one document and a log, and the document's file.
fn begun() -> (Scene, std::path::PathBuf) {
    let scene = Scene::new();
    let file = scene.file("a.txt", decision(3, 2024, "penetapan kursi"));
    scene.ingest(&[&file], &[]);
    let output = scene.simars(&["log", "init", "--origin", "arsip.example/log", "--json"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let key = output.json()[0]["verifier_key"].as_str().unwrap().to_owned();
    fs::write(scene.root().join("policy"), format!("log {key}\nquorum none\n")).unwrap();
    (scene, file)
}

fn verify(scene: &Scene, file: &std::path::Path, proof: &str) -> simars_testkit::Output {
    let path = scene.root().join("proof");
    fs::write(&path, proof).unwrap();
    let policy = scene.root().join("policy");
    let arguments = [file, &path, &policy].map(|path| path.to_str().unwrap().to_owned());
    let [file, proof, policy] = &arguments;
    // No data folder is named and none is needed.
    run(program(), &["verify", file, "--proof", proof, "--policy", policy, "--json"])
}

#[test]
fn copies_are_checked_offline_with_their_status() {
    let (scene, file) = begun();
    assert_ne!(scene.simars(&["log", "init", "--origin", "x.example/log"]).code, Some(0));
    let status = scene.simars(&["log", "status", "--json"]).json()[0].clone();
    assert_eq!(status["origin"], "arsip.example/log");
    assert_eq!(status["statements"], 3, "the document, the key, the index");
    let server = scene.serve(&[]);
    let sha256 = crate::scene::sha256(fs::read(&file).unwrap());
    let begun = Instant::now();
    let proof = loop {
        // The server reads the log beside its first answers.
        let answer = server.get(&format!("/api/v1/verify/{sha256}/proof"));
        if answer.status == 200 || begun.elapsed() > Duration::from_secs(20) {
            break answer.text();
        }
        std::thread::yield_now();
    };
    let output = verify(&scene, &file, &proof);
    assert_eq!(output.code, Some(0), "{output:?}");
    let verdict = &output.json()[0];
    assert_eq!(verdict["outcome"], "genuine");
    let status = verdict["reasons"].as_array().unwrap().iter().find(|r| r["check"] == "status");
    assert_eq!(status.unwrap()["holds"], true, "{verdict}");
    let other = scene.file("b.txt", decision(3, 2024, "penetapan kursi yang lain"));
    assert_eq!(verify(&scene, &other, &proof).code, Some(20));
    assert_eq!(verify(&scene, &file, &proof.replace("index ", "index 0")).code, Some(23));
    fs::write(scene.root().join("policy"), "quorum none\n").unwrap();
    assert_eq!(verify(&scene, &file, &proof).code, Some(21));
}

#[test]
fn what_is_filed_is_in_a_checkpoint_within_a_second() {
    let (scene, _) = begun();
    let server = scene.serve(&[]);
    let token = format!("Bearer {}", server.token());
    let size = |text: &str| text.lines().nth(1).and_then(|line| line.parse::<u64>().ok());
    let mut known = 0;
    let mut longest = Duration::ZERO;
    for number in 1..=5 {
        let bytes = decision(number, 2021, "susunan acara");
        let headers = [("authorization", token.as_str())];
        let path = format!("/api/v1/documents?name={number}.txt");
        assert_eq!(server.post(&path, &headers, bytes.as_bytes()).status, 201);
        let filed = Instant::now();
        let grown = loop {
            let size = size(&server.get("/log/checkpoint").text()).unwrap_or_default();
            if size > known.max(3) || filed.elapsed() > Duration::from_secs(20) {
                break size;
            }
            std::thread::yield_now();
        };
        assert!(grown > known, "no checkpoint followed");
        known = grown;
        longest = longest.max(filed.elapsed());
    }
    // One second on a machine with nothing else to do; here others may be working.
    eprintln!("from filing to the checkpoint: at most {longest:?}");
    assert!(longest < Duration::from_secs(10), "{longest:?}");
    assert_eq!(server.stop(), Some(0));
    let checked = scene.simars(&["check", "--json"]);
    assert_eq!(checked.code, Some(0), "{}", checked.stderr);
}

#[test]
fn a_kill_at_any_moment_forks_no_log() {
    let (scene, _) = begun();
    let mut heads: Vec<String> = Vec::new();
    for round in 0..12u32 {
        let server = scene.serve(&[]);
        let token = format!("Bearer {}", server.token());
        // The server reads the log beside its first answers.
        let begun = Instant::now();
        while server.get("/log/checkpoint").status != 200 && begun.elapsed().as_secs() < 20 {
            std::thread::yield_now();
        }
        for number in 0..3 {
            let bytes = decision(round * 10 + number, 2022, "surat edaran");
            let headers = [("authorization", token.as_str())];
            let path = format!("/api/v1/documents?name={round}-{number}.txt");
            assert_eq!(server.post(&path, &headers, bytes.as_bytes()).status, 201);
            heads.push(server.get("/log/checkpoint").text());
        }
        // Killed at another moment of publishing in each round.
        let moment = Instant::now();
        while moment.elapsed() < Duration::from_millis(u64::from(round) * 37) {
            std::thread::yield_now();
        }
        server.kill();
    }
    let status = scene.simars(&["log", "status", "--json"]);
    assert_eq!(status.code, Some(0), "{}", status.stderr);
    let server = scene.serve(&[]);
    let token = format!("Bearer {}", server.token());
    let bytes = decision(999, 2022, "surat penutup");
    let headers = [("authorization", token.as_str())];
    assert_eq!(server.post("/api/v1/documents?name=z.txt", &headers, bytes.as_bytes()).status, 201);
    let begun = Instant::now();
    let mut last = String::new();
    while begun.elapsed() < Duration::from_secs(20) {
        last = server.get("/log/checkpoint").text();
        if last.lines().nth(1).and_then(|line| line.parse::<u64>().ok()) > Some(3 + 36) {
            break;
        }
        std::thread::yield_now();
    }
    // Every checkpoint ever shown is the beginning of the last one: by the tiles alone.
    heads.push(last);
    continued(&server, &heads);
    assert_eq!(server.stop(), Some(0));
    assert_eq!(scene.simars(&["check"]).code, Some(0));
}

/// Checks by the served tiles that each checkpoint continues those before it.
fn continued(server: &simars_testkit::Server, heads: &[String]) {
    use simars_tlog::{Checkpoint, Note, Tile, TileReader, TreeHead, check_consistency};
    let heads: Vec<TreeHead> = heads
        .iter()
        .filter_map(|text| text.parse::<Note>().ok())
        .map(|note| *note.text().parse::<Checkpoint>().unwrap().head())
        .collect();
    assert!(heads.len() > 20, "only {} checkpoints were seen", heads.len());
    let newest = heads.last().unwrap();
    for head in &heads {
        let mut reader = TileReader::new(newest.size, |tile: &Tile| {
            let answer = server.get(&format!("/log/{tile}"));
            if answer.status == 200 { Ok(answer.body) } else { Err(answer.status) }
        });
        let path = reader.consistency(head.size).unwrap();
        assert!(check_consistency(head, newest, &path), "{head:?} is not in {newest:?}");
    }
}
