//! `kill -9` at random moments: what was acknowledged is there, whole, and can be found.
//!
//! `SIMARS_CRASH_ROUNDS` says how often; the figures in benches/README.md were made with 200.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use simars_testkit::{Server, program::command};

use crate::scene::{Scene, decision, program, sha256};

/// A small generator (SplitMix64): the same moments in every run.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

fn rounds() -> u64 {
    std::env::var("SIMARS_CRASH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(10)
}

/// Ingests a folder and kills the program after a random while; gives what it acknowledged:
/// digest → id.
fn ingest_and_kill(scene: &Scene, folder: &PathBuf, moment: Duration) -> BTreeMap<String, String> {
    let mut child = command(program())
        .args(["ingest", "--json", "--data"])
        .arg(scene.data())
        .arg(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let (sender, receiver) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut acknowledged = BTreeMap::new();
        for line in out.lines().map_while(Result::ok) {
            // The last line may be cut by the kill.
            let Ok(report) = serde_json::from_str::<serde_json::Value>(&line) else { continue };
            if report["status"] == "registered" {
                let text = |name: &str| report[name].as_str().unwrap().to_owned();
                acknowledged.insert(text("sha256"), text("id"));
            }
        }
        let _ = sender.send(());
        acknowledged
    });
    // Either the moment comes, or the program ends before it.
    let _ = receiver.recv_timeout(moment);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

fn everything_is_there(
    server: &Server,
    acknowledged: &BTreeMap<String, String>,
    files: &BTreeMap<String, Vec<u8>>,
) {
    for (digest, id) in acknowledged {
        let answer = server.get(&format!("/api/v1/documents/{id}/content"));
        assert_eq!(answer.status, 200, "{id} was acknowledged");
        assert_eq!(answer.body, files[digest], "{id} is byte-identical");
    }
}

#[test]
fn kill_at_random_moments_loses_nothing_acknowledged() {
    let scene = Scene::new();
    let mut chance = Chance(20_261_124);
    let mut files = BTreeMap::new();
    let mut acknowledged = BTreeMap::new();
    for round in 0..rounds() {
        let folder = scene.root().join("files").join(format!("{round}"));
        for number in 0..120u32 {
            let text = decision(number, 2024, &format!("putaran{round} berkas{number}x{round}"));
            scene.file(&format!("{round}/{number}.txt"), &text);
            files.insert(sha256(&text), text.into_bytes());
        }
        // Later rounds wait longer, so that some come after an acknowledgement on a busy machine too.
        let moment = Duration::from_millis(chance.below(400) + 100 * round.min(20));
        let new = ingest_and_kill(&scene, &folder, moment);
        acknowledged.extend(new.clone());
        if chance.below(3) == 0 && scene.data().join("views").exists() {
            std::fs::remove_dir_all(scene.data().join("views")).unwrap();
        }
        let server = scene.serve(&[]);
        everything_is_there(&server, &new, &files);
        wait_until_ready(&server);
        if let Some((digest, _)) = new.iter().next() {
            let text = String::from_utf8(files[digest].clone()).unwrap();
            let word = text.split_whitespace().find(|word| word.starts_with("berkas")).unwrap();
            let word = word.trim_end_matches([';', '.']).to_owned();
            let answer = server.get(&format!("/api/v1/search?q={word}")).json();
            assert_eq!(answer["hits"][0]["sha256"], **digest, "{word} can be found");
        }
        let total = server.get("/api/v1/search?q=&per_page=1").json()["total"].as_u64().unwrap();
        assert!(total >= acknowledged.len() as u64, "{total} of {}", acknowledged.len());
        assert_eq!(server.stop(), Some(0));
    }
    assert!(!acknowledged.is_empty(), "no moment came after an acknowledgement");
    let server = scene.serve(&[]);
    everything_is_there(&server, &acknowledged, &files);
    drop(server);
    let check = scene.simars(&["check"]);
    assert_eq!(check.code, Some(0), "{}", check.stdout);
}

/// Asks until the index has caught up; the server makes the asker wait.
fn wait_until_ready(server: &Server) {
    let ready = (0..600).any(|_| {
        let answer = server.get("/readyz");
        if answer.status != 200 {
            std::thread::park_timeout(Duration::from_millis(50));
        }
        answer.status == 200
    });
    assert!(ready, "the index never caught up:\n{}", server.log());
}
