//! The procedures of docs/keys.md, step by step, on real archives.

use std::fs;
use std::path::{Path, PathBuf};

use simars_record::Digest;
use simars_testkit::{Output, project, run};
use simars_tlog::witness::Request;
use simars_tlog::{
    Checkpoint, Note, Policy, SignerKey, Tile, TileReader, TreeHead, check_consistency,
};

use crate::made_log::ORIGIN;
use crate::scene::{Scene, decision, program};
use crate::witness::{RunningWitness, made};

/// An archive with a log, of which some documents are stated.
struct Archive {
    scene: Scene,
    files: u32,
}

impl Archive {
    fn new() -> Self {
        let mut archive = Self { scene: Scene::new(), files: 0 };
        archive.file();
        archive.done(&["log", "init", "--origin", ORIGIN]);
        archive
    }

    /// One more document; whoever opens the archive next signs for it.
    fn file(&mut self) {
        self.files += 1;
        let words = format!("nomor {}", self.files);
        let path = self.scene.file(&format!("{words}.txt"), decision(self.files, 2024, &words));
        let reports = self.scene.ingest(&[&path], &[]);
        assert_eq!(reports[0]["status"], "registered");
    }

    fn done(&self, arguments: &[&str]) -> Output {
        let output = self.scene.simars(arguments);
        assert_eq!(output.code, Some(0), "{arguments:?}: {}", output.stderr);
        output
    }

    /// The newest checkpoint, after a server had the time to sign it.
    fn signed(&self, at_least: u64) -> Note {
        let server = self.scene.serve(&[]);
        loop {
            let answer = server.get("/log/checkpoint");
            if answer.status == 200 {
                let note: Note = answer.text().parse().unwrap();
                if head(&note).size >= at_least {
                    assert_eq!(server.stop(), Some(0));
                    return note;
                }
            }
            std::thread::yield_now();
        }
    }

    fn log(&self) -> PathBuf {
        self.scene.data().join("store/log")
    }

    fn policy(&self) -> Policy {
        Policy::from_bytes(&fs::read(self.log().join("policy")).unwrap()).unwrap()
    }

    fn kept(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.scene.root().join(name);
        fs::write(&path, bytes).unwrap();
        text(&path)
    }

    fn monitor(&self, policy: &str, more: &[&str]) -> (i32, serde_json::Value) {
        let log = text(&self.log());
        let fixed = ["monitor", &log, "--policy", policy, "--json"];
        let output = run(program(), &[&fixed[..], more].concat());
        (output.code.unwrap(), serde_json::from_str(&output.stdout).unwrap_or_default())
    }
}

fn head(note: &Note) -> TreeHead {
    *note.text().parse::<Checkpoint>().unwrap().head()
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_key_is_changed_by_overlap() {
    let mut archive = Archive::new();
    let old = archive.kept("old.policy", fs::read(archive.log().join("policy")).unwrap());
    let state = text(&archive.scene.root().join("watch"));
    let watched = ["--state", state.as_str()];
    assert_eq!(archive.monitor(&old, &watched).0, 0);
    // 1. Both keys sign.
    let new_key = archive.done(&["log", "key", "add"]).stdout;
    let both = archive.policy();
    assert_eq!(both.logs()[1].key.to_string(), new_key.trim_end());
    let new = archive.kept("new.policy", format!("log {new_key}quorum none\n"));
    // 2. Who knows the old key goes on, and is told of the new one.
    let (code, report) = archive.monitor(&old, &watched);
    assert_eq!(code, 0, "{report}");
    let notices = report["notices"].as_array().unwrap();
    assert!(notices.iter().any(|notice| notice["kind"] == "kunci"), "{report}");
    // 3. Who knows the new one alone can check as well.
    assert_eq!(archive.monitor(&new, &[]).0, 0);
    // 4. The old key rests.
    let before = head(&archive.signed(1)).size;
    archive.done(&["log", "key", "finish"]);
    archive.file();
    let note = archive.signed(before + 1);
    assert_eq!(note.signatures().len(), 1);
    // 5. The new policy, and the state of before.
    assert_eq!(archive.monitor(&new, &watched).0, 0);
    assert_eq!(archive.monitor(&old, &[]).0, 30, "the old key does not sign any more");
}

#[test]
fn what_was_signed_last_is_not_known() {
    let mut archive = Archive::new();
    let newest = archive.signed(1);
    fs::remove_file(archive.scene.data().join("keys/log.signed")).unwrap();
    archive.file();
    let shown = |archive: &Archive| fs::read_to_string(archive.log().join("checkpoint")).unwrap();
    assert_eq!(shown(&archive), newest.to_string(), "nothing is signed");
    let kept = archive.kept("newest", newest.to_string());
    archive.done(&["log", "resume", "--checkpoint", &kept]);
    let after: Note = shown(&archive).parse().unwrap();
    assert!(head(&after).size > head(&newest).size);
    let policy = text(&archive.log().join("policy"));
    assert_eq!(archive.monitor(&policy, &[]).0, 0);
}

#[test]
fn after_a_lost_key_a_new_log_continues_the_old_one() {
    let mut archive = Archive::new();
    archive.file();
    let last = archive.signed(4);
    let old = text(&archive.log().join("policy"));
    assert_eq!(archive.monitor(&old, &[]).0, 0);
    // 2. and 3.
    let aside = |name: &str| archive.scene.root().join(name);
    fs::rename(archive.log(), aside("old-log")).unwrap();
    fs::rename(archive.scene.data().join("keys"), aside("old-keys")).unwrap();
    let new_origin = format!("{ORIGIN}/2");
    archive.done(&["log", "init", "--origin", &new_origin]);
    archive.file();
    let note = archive.signed(head(&last).size + 2);
    assert!(note.text().starts_with(&format!("{new_origin}\n")));
    // The end of the old log leads to the new one, by the new one's tiles.
    let log = archive.log();
    let mut reader =
        TileReader::new(head(&note).size, |tile: &Tile| fs::read(log.join(tile.to_string())));
    let path = reader.consistency(head(&last).size).unwrap();
    assert!(check_consistency(&head(&last), &head(&note), &path));
    let new = text(&log.join("policy"));
    let (code, report) = archive.monitor(&new, &[]);
    assert_eq!(code, 0, "{report}");
}

#[test]
fn what_a_thief_signs_is_found_at_the_witnesses() {
    let archive = Archive::new();
    let note = archive.signed(1);
    let stolen = fs::read_to_string(archive.scene.data().join("keys/log")).unwrap();
    let stolen = SignerKey::from_secret_text(stolen.trim_end()).unwrap();
    let forged = TreeHead { root: Digest::of(b"another history"), ..head(&note) };
    let forged = Checkpoint::new(ORIGIN, forged, Vec::new()).unwrap().sign(&stolen).unwrap();
    let policy = archive.policy();
    let key = policy.logs()[0].key.to_string();
    let mut named = Vec::new();
    let mut running = Vec::new();
    for (name, shown) in [("saksi-a.example", &note), ("saksi-b.example", &forged)] {
        let data = archive.scene.root().join(name);
        made(&data, name);
        let witness = RunningWitness::following(&data, &[&key]);
        let request = Request { old: 0, proof: Vec::new(), note: shown.clone() };
        assert_eq!(witness.post(&request).0, 200);
        named.extend(["--witness".to_owned(), witness.base.clone()]);
        running.push(witness);
    }
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    let policy = text(&archive.log().join("policy"));
    let (code, report) = archive.monitor(&policy, &named);
    assert_eq!(code, 33, "{report}");
    let evidence: Vec<String> =
        serde_json::from_value(report["findings"][0]["evidence"].clone()).unwrap();
    assert!(evidence[1].starts_with(forged.text()), "{report}");
    // The witness that saw the true log does not follow the thief.
    let request = Request { old: head(&note).size, proof: Vec::new(), note: forged };
    assert_eq!(running[0].post(&request).0, 422);
}

#[test]
fn every_command_of_the_documents_exists() {
    let mut told = 0;
    for document in ["docs/keys.md", "docs/monitor.md"] {
        let document = fs::read_to_string(project().join(document)).unwrap();
        for line in document.lines().map(str::trim).filter(|line| line.starts_with("simars ")) {
            let words = line.split(' ').skip(1);
            let commands = ["log", "key", "add", "finish", "init", "resume", "status"];
            let commands = [&commands[..], &["witness", "ask", "monitor"]].concat();
            let command: Vec<&str> = words.take_while(|word| commands.contains(word)).collect();
            let help = run(program(), &[&command[..], &["--help"]].concat());
            assert_eq!(help.code, Some(0), "{line}: {}", help.stderr);
            for option in line.split(' ').filter(|word| word.starts_with("--")) {
                assert!(help.stdout.contains(option), "{line}: {option}");
            }
            told += 1;
        }
    }
    assert!(told > 8, "the documents name {told} commands");
}
