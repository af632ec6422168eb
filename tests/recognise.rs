//! Recognition through the whole program: after the acknowledgement, over a kill, and without an
//! engine.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use simars_testkit::{Server, program::command};

use crate::scene::{Scene, program, sha256};

const SCAN: &str = "keputusan-6-2009-pindaian.pdf";

fn scan() -> PathBuf {
    simars_testkit::project().join("samples").join(SCAN)
}

/// Whether there is an engine; says so if not.
fn engine(scene: &Scene) -> bool {
    let system = scene.simars(&["check", "--system", "--json"]);
    let there = system.json()[0]["recognition"]["engine"].is_string();
    if !there {
        eprintln!("tesseract is not present: recognition is not tested");
    }
    there
}

fn id_of(report: &Value) -> String {
    report["id"].as_str().unwrap().to_owned()
}

fn document(server: &Server, id: &str) -> Value {
    server.get(&format!("/api/v1/documents/{id}")).json()
}

fn coverage(server: &Server, id: &str) -> Value {
    document(server, id)["coverage"].clone()
}

fn first_hit(server: &Server, query: &str) -> Value {
    server.get(&format!("/api/v1/search?q={query}")).json()["hits"][0]["id"].clone()
}

#[test]
fn a_scan_is_acknowledged_first_and_recognised_then() {
    let scene = Scene::new();
    if !engine(&scene) {
        return;
    }
    let report = &scene.ingest(&[&scan()], &[])[0];
    assert!(report["pages_to_recognise"].as_u64().unwrap() > 0, "{report}");
    let id = id_of(report);
    let server = scene.serve(&[]);
    let found = document(&server, &id);
    let covered = &found["coverage"];
    assert_eq!(covered["pages_recognised"], report["pages"], "{found}");
    assert_eq!(covered["pages_without_text"], 0);
    assert!(covered["confidence"].as_u64().unwrap() > 60, "{found}");
    let number = found["description"]["number"]["value"].as_str().unwrap_or_default();
    assert!(number.starts_with("6/"), "{}", found["description"]);
    assert_eq!(found["description"]["year"]["value"], 2009);
    assert_eq!(first_hit(&server, "pindaian+6+2009"), id);
    let original = server.get(&format!("/api/v1/documents/{id}/content"));
    assert_eq!(sha256(original.body), sha256(std::fs::read(scan()).unwrap()));
    drop(server);
    assert_eq!(scene.simars(&["check"]).code, Some(0));
}

#[test]
fn recognition_goes_on_where_it_was_killed() {
    let scene = Scene::new();
    if !engine(&scene) {
        return;
    }
    let report = &scene.ingest(&[&scan()], &["--later"])[0];
    let (id, pages) = (id_of(report), report["pages"].as_u64().unwrap());
    assert_eq!(pages, report["pages_to_recognise"], "{report}");
    assert!(pages >= 2, "the sample has more than one page");

    // One page at a time, so that there is a moment between the first and the second.
    let server = scene.serve(&["--recognition", "1"]);
    let kept = scene.data().join("views/recognised").join(sha256(std::fs::read(scan()).unwrap()));
    let first = (0..60_000).find_map(|_| {
        std::thread::park_timeout(Duration::from_millis(1));
        (1..=pages).map(|page| kept.join(format!("{page}.json"))).find(|path| path.exists())
    });
    server.kill();
    let first = first.expect("a page is kept as soon as it is read");

    // If the kept page is used, what is written into it is in the document afterwards.
    let mut page: Value = serde_json::from_slice(&std::fs::read(&first).unwrap()).unwrap();
    page["page"]["text"] = json!("halaman yang tersimpan");
    page["page"]["layout"] = Value::Null;
    std::fs::write(&first, page.to_string()).unwrap();

    let again = scene.simars(&["extract"]);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(!kept.exists(), "kept pages are cleared away");
    let server = scene.serve(&[]);
    let covered = coverage(&server, &id);
    assert_eq!(covered["pages_recognised"], pages, "{covered}");
    assert_eq!(first_hit(&server, "%22halaman+yang+tersimpan%22"), id);
    drop(server);

    // Reading it again forgets what was read before.
    let again = scene.simars(&["extract", "--json", &id]);
    assert_eq!(again.json()[0]["pages_recognised"], pages, "{}", again.stdout);
    let server = scene.serve(&[]);
    let text = server.get(&format!("/api/v1/documents/{id}/text")).text();
    assert!(!text.contains("halaman yang tersimpan") && text.contains("gudang"), "{text}");
}

#[test]
fn without_an_engine_each_page_says_so_and_waits() {
    let scene = Scene::new();
    let ingested = command(program())
        .env("PATH", scene.root())
        .args(["ingest", "--json", "--data"])
        .arg(scene.data())
        .arg(scan())
        .output()
        .unwrap();
    let line = String::from_utf8(ingested.stdout).unwrap();
    let report: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!(report["status"], "registered");
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.contains(&json!("recognition-missing")), "{report}");

    let extract = command(program())
        .env("PATH", scene.root())
        .args(["extract", "--data"])
        .arg(scene.data())
        .output()
        .unwrap();
    assert_eq!(extract.status.code(), Some(1));
    let said = String::from_utf8(extract.stderr).unwrap();
    assert!(said.contains("hint: install tesseract-ocr"), "{said}");
    if engine(&scene) {
        assert_eq!(scene.simars(&["extract"]).code, Some(0));
        let server = scene.serve(&[]);
        let found = document(&server, &id_of(&report));
        assert_eq!(found["coverage"]["pages_without_text"], 0, "{found}");
        assert!(!found["versions"].to_string().contains("recognition-missing"), "{found}");
    }
}

#[test]
fn an_id_that_is_not_there_is_told() {
    let scene = Scene::new();
    scene.ingest(&[&scan()], &["--later"]);
    let wrong = scene.simars(&["extract", "nonsense"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.stderr);
    let missing = scene.simars(&["extract", "aaaaaaaaaaaaaaaaaaaaaaaaaa"]);
    assert_eq!(missing.code, Some(3), "{}", missing.stderr);
    assert!(missing.stderr.contains("no such document"), "{}", missing.stderr);
}
