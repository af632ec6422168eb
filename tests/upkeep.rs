//! Checking, mending, saving and putting back, by the real program.

use std::fs;
use std::path::Path;
use std::time::Duration;

use simars_testkit::{Output, Server, run};

use crate::scene::{Scene, decision, program};

/// An archive with a log and a few documents.
fn filed(scene: &Scene, documents: u32) {
    let begun = scene.simars(&["log", "init", "--origin", "arsip.example/log"]);
    assert_eq!(begun.code, Some(0), "{}", begun.stderr);
    for number in 0..documents {
        scene.file(&format!("{number}.txt"), decision(number, 2024, "tahapan pemilihan contoh"));
    }
    let reports = scene.ingest(&[&scene.root().join("files")], &[]);
    assert_eq!(reports.len() as u32, documents);
}

fn checked(scene: &Scene, more: &[&str]) -> (Option<i32>, serde_json::Value) {
    let output = scene.simars(&[&["check", "--json"], more].concat());
    let json = output.json();
    assert_eq!(json.len(), 1, "{}", output.stderr);
    (output.code, json[0].clone())
}

fn on(data: &Path, arguments: &[&str]) -> Output {
    run(program(), &[arguments, &["--data", data.to_str().unwrap()]].concat())
}

#[test]
fn a_check_tells_damage_and_mends_what_is_derived() {
    let scene = Scene::new();
    filed(&scene, 6);
    let last = scene.simars(&["check", "--last"]);
    assert_eq!(last.code, Some(1), "{}", last.stdout);
    let (code, report) = checked(&scene, &["--threads", "2", "--rate", "500"]);
    assert_eq!((code, report["damage"].as_array().unwrap().len()), (Some(0), 0), "{report}");
    assert_eq!(report["documents"], 6);
    // The index may have a checkpoint's statement still to follow.
    let note = |note: &serde_json::Value| note["detail"].as_str().unwrap().contains("will follow");
    assert!(report["notes"].as_array().unwrap().iter().all(note), "{report}");
    let words = scene.simars(&["check", "--last"]);
    assert!(words.stdout.contains("all is well"), "{}", words.stdout);

    let tile = scene.data().join("store/log/tile/0/000.p");
    let tile = fs::read_dir(tile).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&tile).unwrap();
    fs::write(&tile, &whole[1..]).unwrap();
    fs::remove_dir_all(scene.data().join("views/index")).unwrap();
    fs::create_dir_all(scene.data().join("views/index")).unwrap();
    let (code, report) = checked(&scene, &[]);
    assert_eq!(code, Some(3), "{report}");
    assert_eq!(report["damage"][0]["part"], "log");
    let mended = scene.simars(&["check", "--repair"]);
    assert_eq!(mended.code, Some(0), "{}{}", mended.stdout, mended.stderr);
    assert!(mended.stdout.contains("repaired: wrote 1 files"), "{}", mended.stdout);
    assert_eq!(fs::read(&tile).unwrap(), whole);

    // Index files that are damaged go, and the index comes back.
    let index = scene.data().join("views/index");
    let name = fs::read_to_string(index.join("CURRENT")).unwrap();
    fs::write(index.join(name.trim()).join("meta.json"), b"{}").unwrap();
    let (code, report) = checked(&scene, &[]);
    assert_eq!((code, &report["damage"][0]["part"]), (Some(3), &"index".into()), "{report}");
    let mended = scene.simars(&["check", "--repair", "--json"]);
    assert_eq!(mended.code, Some(0), "{}{}", mended.stdout, mended.stderr);
    let found = scene.simars(&["search", "--json", "tahapan"]);
    assert_eq!(found.code, Some(0), "{}", found.stderr);
}

#[test]
fn a_server_checks_by_itself_and_is_saved_while_it_serves() {
    let scene = Scene::new();
    filed(&scene, 4);
    // As if the last round had been years ago.
    let never = r#"{"since":"2020-01-01T00:00:00Z","last":null,"sound":{},"present":null}"#;
    fs::write(scene.data().join("views/check.json"), never).unwrap();
    let server = scene.serve(&["--check-rate", "200"]);
    assert!(told(&server, "all is well"), "{}", server.log());
    let (code, rounds) = checked(&scene, &["--last"]);
    assert_eq!((code, &rounds["last"]["documents"]), (Some(0), &4.into()), "{rounds}");

    let saved = scene.root().join("saved");
    let backup = ["backup", saved.to_str().unwrap(), "--with-keys", "--json"];
    let first = scene.simars(&backup);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    assert!(first.stderr.contains("holds the keys"), "{}", first.stderr);
    let headers = [("Authorization", &*format!("Bearer {}", server.token()))];
    let text = decision(77, 2024, "sesudah cadangan pertama");
    let path = "/api/v1/documents?name=baru.txt";
    let answer = server.post(path, &headers, text.as_bytes());
    assert!((200..300).contains(&answer.status), "{} {}", answer.status, answer.text());
    let second = scene.simars(&backup).json();
    assert!(second[0]["copied_objects"].as_u64().unwrap() <= 3, "{second:?}");
    let verify = run(program(), &["backup", saved.to_str().unwrap(), "--verify"]);
    assert_eq!(verify.code, Some(0), "{}{}", verify.stdout, verify.stderr);
    assert_eq!(server.stop(), Some(0));
    assert_eq!(scene.simars(&backup).code, Some(0));

    let back = scene.root().join("back");
    let restored = on(&back, &["restore", saved.to_str().unwrap()]);
    assert_eq!(restored.code, Some(0), "{}", restored.stderr);
    assert!(restored.stderr.contains("simars log resume"), "{}", restored.stderr);
    let again = on(&back, &["restore", saved.to_str().unwrap()]);
    assert_eq!(again.code, Some(1), "a folder that is not empty was taken");
    let newest = scene.data().join("store/log/checkpoint");
    let resumed = on(&back, &["log", "resume", "--checkpoint", newest.to_str().unwrap()]);
    assert_eq!(resumed.code, Some(0), "{}{}", resumed.stdout, resumed.stderr);
    let whole = on(&back, &["check"]);
    assert_eq!(whole.code, Some(0), "{}{}", whole.stdout, whole.stderr);
    let shown = fs::read(back.join("store/log/checkpoint")).unwrap();
    assert_eq!(shown, fs::read(&newest).unwrap(), "another checkpoint was signed");
}

/// Waits until the server's log has these words.
fn told(server: &Server, words: &str) -> bool {
    (0..1_200).any(|_| {
        let told = server.log().contains(words);
        if !told {
            std::thread::park_timeout(Duration::from_millis(50));
        }
        told
    })
}
