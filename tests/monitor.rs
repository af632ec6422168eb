//! `simars monitor` against honest logs and against cheating ones.

use std::fs;
use std::path::Path;

use serde_json::Value;
use simars_record::statement::ARCHIVE;
use simars_record::{ContentMark, Digest, StatementKind};
use simars_testkit::run;
use simars_tlog::witness::Request;

use crate::made_log::{MadeLog, file, object, public, served};
use crate::scene::{Scene, decision, program};
use crate::witness::{RunningWitness, made, policy};

/// One round; the exit code and the report.
fn look(address: &str, more: &[&str]) -> (i32, Value) {
    let mut arguments = vec!["monitor", address, "--json"];
    arguments.extend(more);
    let output = run(program(), &arguments);
    let json = serde_json::from_str(&output.stdout)
        .unwrap_or_else(|_| serde_json::json!({ "stderr": output.stderr }));
    (output.code.unwrap(), json)
}

fn findings(report: &Value) -> Vec<(String, Option<u64>)> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            (finding["alarm"].as_str().unwrap().to_owned(), finding["statement"].as_u64())
        })
        .collect()
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// A folder with a log of 301 statements, `state` and a policy without witnesses.
struct Watched {
    root: tempfile::TempDir,
    log: MadeLog,
    policy: String,
    state: String,
}

impl Watched {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut log = MadeLog::new(&root.path().join("served/log"));
        for number in 0..299 {
            log.publish_document(number);
        }
        log.index();
        log.write();
        let policy = text(&policy(&root.path().join("policy"), &[]));
        let state = text(&root.path().join("state"));
        Self { root, log, policy, state }
    }

    fn round(&self, more: &[&str]) -> (i32, Value) {
        self.round_at(&text(self.log.folder()), more)
    }

    fn round_at(&self, address: &str, more: &[&str]) -> (i32, Value) {
        let fixed = ["--policy", &self.policy, "--state", &self.state];
        look(address, &[&fixed[..], more].concat())
    }
}

mod honest {
    use super::*;

    #[test]
    fn a_growing_log_is_followed_and_only_what_is_new_is_read() {
        let mut watched = Watched::new();
        let (code, report) = watched.round(&[]);
        assert_eq!(code, 0, "{report}");
        assert_eq!((&report["size"], &report["followed_from"]), (&301.into(), &0.into()));
        for round in 0..3 {
            let from = watched.log.size();
            for number in 0..40 {
                watched.log.publish_document(1000 + 40 * round + number);
            }
            watched.log.state(StatementKind::Withdrawn, object(round), public(&file(round)));
            watched.log.state(StatementKind::Disposed, object(round + 50), public(&file(50)));
            watched.log.index();
            watched.log.write();
            let (code, report) = watched.round(&[]);
            assert_eq!((code, &report["followed_from"]), (0, &from.into()), "{report}");
            assert_eq!(report["statements"]["terbit"], 40);
            let notices = report["notices"].as_array().unwrap();
            let kinds: Vec<_> = notices.iter().map(|notice| &notice["kind"]).collect();
            assert!(["cabut", "musnah"].iter().all(|kind| kinds.iter().any(|it| *it == kind)));
        }
        let (code, report) = watched.round(&["--again"]);
        assert_eq!((code, &report["statements"]["indeks"]), (0, &4.into()), "{report}");
        let people =
            run(program(), &["monitor", &text(watched.log.folder()), "--policy", &watched.policy]);
        assert!(people.stdout.contains("nothing contradicts"), "{}", people.stdout);
    }

    #[test]
    fn a_key_that_the_policy_has_not_is_noticed() {
        let mut watched = Watched::new();
        watched.log.state(StatementKind::KeyChanged, ARCHIVE, ContentMark::Key(Digest::of(b"key")));
        watched.log.index();
        watched.log.write();
        let (code, report) = watched.round(&[]);
        assert_eq!(code, 0, "{report}");
        let kunci = |notice: &&Value| notice["kind"] == "kunci";
        let notice = report["notices"].as_array().unwrap().iter().find(kunci).unwrap();
        assert_eq!(notice["statement"], 301);
    }

    #[test]
    fn documents_are_fetched_and_compared() {
        let watched = Watched::new();
        let served_folder = watched.root.path().join("served");
        let site = served(&served_folder);
        let place = |number: u32| {
            served_folder.join(format!("api/v1/documents/{}/content", object(number)))
        };
        for number in 0..299 {
            fs::create_dir_all(place(number).parent().unwrap()).unwrap();
            fs::write(place(number), file(number)).unwrap();
        }
        let address = format!("{site}/log");
        let (code, report) = watched.round_at(&address, &["--rehash", "all"]);
        assert_eq!((code, &report["rehashed"]), (0, &299.into()), "{report}");
        let (code, report) = watched.round_at(&address, &["--rehash", "5"]);
        assert_eq!((code, &report["rehashed"]), (0, &5.into()), "{report}");
        fs::write(place(7), file(8)).unwrap();
        fs::remove_file(place(9)).unwrap();
        let (code, report) = watched.round_at(&address, &["--rehash", "all"]);
        assert_eq!(code, 32, "{report}");
        let differ = |index: u64| ("bytes-differ".to_owned(), Some(index));
        assert_eq!(findings(&report), [differ(8), differ(10)]);
    }

    #[test]
    fn a_real_archive_over_http_with_a_witness() {
        let scene = Scene::new();
        let (first, second) = (decision(1, 2024, "tahapan"), decision(2, 2024, "logistik"));
        scene.ingest(&[&scene.file("one.txt", first), &scene.file("two.txt", second)], &[]);
        let begun = scene.simars(&["log", "init", "--origin", "arsip.example/log"]);
        assert_eq!(begun.code, Some(0), "{}", begun.stderr);
        // The operator puts a witness into the policy; from then on each checkpoint is sent to it.
        let place = scene.data().join("store/log/policy");
        let own = fs::read_to_string(&place).unwrap();
        let key = own.split_whitespace().nth(1).unwrap();
        let saksi = scene.root().join("saksi");
        let line = made(&saksi, "saksi.example");
        let witness = RunningWitness::following(&saksi, &[key]);
        let line = format!("{line} {}\nquorum saksi.example", witness.base);
        fs::write(&place, own.replace("quorum none", &line)).unwrap();
        let server = scene.serve(&[]);
        let state = text(&scene.root().join("state"));
        let address = format!("{}/log", server.base());
        let signed = || server.get("/log/checkpoint").text().contains("\n— saksi.example ");
        while !signed() {
            std::thread::yield_now();
        }
        let (code, report) = look(&address, &["--state", &state, "--rehash", "all"]);
        assert_eq!((code, &report["rehashed"]), (0, &2.into()), "{report}");
        assert_eq!(report["statements"]["terbit"], 2, "{report}");
        assert_eq!(report["policy_met"], true, "{report}");
        assert!(report["witnesses"]["saksi.example"].is_u64(), "{report}");
        // The policy of the first sight is kept.
        assert!(Path::new(&state).join("policy").is_file());
        let (code, report) = look(&address, &["--state", &state]);
        assert_eq!((code, &report["followed_from"]), (0, &report["size"]), "{report}");
    }
}

mod rollback {
    use super::*;

    #[test]
    fn an_older_log_is_told_and_not_remembered() {
        let mut watched = Watched::new();
        let older = watched.root.path().join("older");
        watched.log.rewritten(&older, |_, entry| entry.to_vec());
        watched.log.publish_document(5000);
        watched.log.index();
        watched.log.write();
        assert_eq!(watched.round(&[]).0, 0);
        for _ in 0..2 {
            let (code, report) = watched.round_at(&text(&older), &[]);
            assert_eq!(code, 30, "{report}");
            assert_eq!(report["findings"][0]["evidence"].as_array().unwrap().len(), 2);
        }
        assert_eq!(watched.round(&[]).0, 0, "the true one is still known");
    }

    #[test]
    fn a_witness_does_not_sign_an_older_log() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("witness");
        made(&data, "saksi.example");
        let witness = RunningWitness::start(&data);
        let mut log = MadeLog::new(&folder.path().join("log"));
        let yesterday = Request { old: 0, proof: Vec::new(), note: log.note() };
        log.publish_document(1);
        let today = Request { old: 0, proof: Vec::new(), note: log.note() };
        assert_eq!(witness.post(&today).0, 200);
        assert_eq!(witness.post(&yesterday), (409, "2\n".to_owned()));
    }
}

mod split_view {
    use super::*;

    #[test]
    fn two_logs_of_the_same_size_for_two_witnesses() {
        let watched = Watched::new();
        let root = watched.root.path();
        let forged = watched.log.rewritten(&root.join("forged"), |index, entry| match index {
            299 => String::from_utf8_lossy(entry).replace("waktu 2026", "waktu 2025").into(),
            _ => entry.to_vec(),
        });
        assert_eq!(forged.size(), watched.log.size());
        let mut lines = Vec::new();
        let mut witnesses = Vec::new();
        for (name, log) in [("saksi-a.example", &watched.log), ("saksi-b.example", &forged)] {
            let line = made(&root.join(name), name);
            let witness = RunningWitness::start(&root.join(name));
            let request = Request { old: 0, proof: Vec::new(), note: log.note() };
            assert_eq!(witness.post(&request).0, 200);
            lines.push(format!("{line} {}", witness.base));
            witnesses.push(witness);
        }
        policy(Path::new(&watched.policy), &lines);
        let (code, report) = watched.round(&[]);
        assert_eq!(code, 33, "{report}");
        let finding = &report["findings"][0];
        assert!(finding["detail"].as_str().unwrap().starts_with("saksi-b.example was shown"));
        let evidence: Vec<String> = serde_json::from_value(finding["evidence"].clone()).unwrap();
        assert!(evidence[0].starts_with(watched.log.note().text()));
        assert!(evidence[1].starts_with(forged.note().text()));
        // A witness that is only named by its address is compared as well.
        policy(Path::new(&watched.policy), &[]);
        let url = witnesses[1].base.clone();
        assert_eq!(watched.round(&["--witness", &url]).0, 33);
        assert_eq!(watched.round(&["--witness", &witnesses[0].base]).0, 0);
    }

    #[test]
    fn a_log_that_keeps_back_what_a_witness_saw() {
        let mut watched = Watched::new();
        let root = watched.root.path().to_owned();
        let shorter = root.join("shorter");
        watched.log.rewritten(&shorter, |_, entry| entry.to_vec());
        watched.log.publish_document(5000);
        watched.log.index();
        let data = root.join("saksi");
        made(&data, "saksi.example");
        let witness = RunningWitness::start(&data);
        let request = Request { old: 0, proof: Vec::new(), note: watched.log.note() };
        assert_eq!(witness.post(&request).0, 200);
        let (code, report) = watched.round_at(&text(&shorter), &["--witness", &witness.base]);
        assert_eq!(code, 33, "{report}");
    }

    #[test]
    fn a_witness_that_is_silent_is_no_good_news() {
        let watched = Watched::new();
        let (code, report) = watched.round(&["--witness", "http://127.0.0.1:1"]);
        assert_eq!(code, 1, "{report}");
        assert_eq!(findings(&report), [("not-seen".to_owned(), None)]);
    }
}

mod rewritten_entry {
    use super::*;

    fn other_time(entry: &[u8]) -> Vec<u8> {
        String::from_utf8_lossy(entry).replace("waktu 2026", "waktu 2025").into()
    }

    #[test]
    fn in_a_bundle_alone() {
        let watched = Watched::new();
        let path = watched.log.folder().join("tile/entries/000");
        let mut bytes = fs::read(&path).unwrap();
        let years = bytes.windows(10).enumerate().filter(|(_, it)| it == b"waktu 2026");
        let at = years.map(|(at, _)| at).nth(100).unwrap();
        bytes[at + 9] = b'5';
        fs::write(&path, bytes).unwrap();
        let (code, report) = watched.round(&[]);
        assert_eq!((code, findings(&report)), (30, vec![("inconsistent".to_owned(), Some(100))]));
    }

    #[test]
    fn and_everything_signed_again() {
        let watched = Watched::new();
        assert_eq!(watched.round(&[]).0, 0);
        let forged = watched.root.path().join("forged");
        watched.log.rewritten(&forged, |index, entry| match index {
            100 => other_time(entry),
            _ => entry.to_vec(),
        });
        // Who was there before sees that the past was changed …
        let (code, report) = watched.round_at(&text(&forged), &[]);
        assert_eq!(code, 30, "{report}");
        // … who comes new sees that the map does not fit the statements.
        let (code, report) = look(&text(&forged), &["--policy", &watched.policy]);
        assert_eq!((code, findings(&report)), (31, vec![("bad-statement".to_owned(), Some(300))]));
    }

    #[test]
    fn what_is_no_statement_or_out_of_place() {
        type Change = fn(&mut MadeLog);
        let cases: [(Change, &str); 6] = [
            (|log| log.put(b"free text"), "not a statement"),
            (|log| log.put(&vec![b'x'; 1025]), "at most 1024"),
            (
                |log| {
                    let mut double = MadeLog::new(&log.folder().join("double"));
                    double.publish_document(3);
                    double.state(StatementKind::Corrected, object(3), public(b"x"));
                    double.state(StatementKind::Withdrawn, object(3), public(b"x"));
                    // A withdrawal that continues a correction which this log does not have.
                    log.put(double.last_entry());
                },
                "as the statement before it",
            ),
            (|log| log.state(StatementKind::Published, ARCHIVE, public(b"x")), "does not speak of"),
            (
                |log| {
                    let root = Digest::of(b"x");
                    let content = ContentMark::Index { root, statements: log.size() };
                    log.state(StatementKind::Indexed, ARCHIVE, content);
                },
                "the map's root",
            ),
            (
                |log| {
                    let content = ContentMark::Index { root: Digest::of(b"x"), statements: 1 };
                    log.state(StatementKind::Indexed, ARCHIVE, content);
                },
                "cover 1 statements",
            ),
        ];
        for (change, said) in cases {
            let mut watched = Watched::new();
            change(&mut watched.log);
            watched.log.write();
            let (code, report) = watched.round(&[]);
            assert_eq!(
                (code, findings(&report)),
                (31, vec![("bad-statement".to_owned(), Some(301))])
            );
            let detail = report["findings"][0]["detail"].as_str().unwrap();
            assert!(detail.contains(said), "{detail}");
        }
    }

    #[test]
    fn a_checkpoint_of_another_key_or_a_missing_tile() {
        let watched = Watched::new();
        let checkpoint = watched.log.folder().join("checkpoint");
        let good = fs::read_to_string(&checkpoint).unwrap();
        for wrong in
            [good.replace("\n301\n", "\n300\n"), good.replace("arsip.", "lain."), "x".to_owned()]
        {
            fs::write(&checkpoint, wrong).unwrap();
            assert_eq!(watched.round(&[]).0, 30);
        }
        fs::write(&checkpoint, &good).unwrap();
        let tile = watched.log.folder().join("tile/0/000");
        let bytes = fs::read(&tile).unwrap();
        fs::remove_file(&tile).unwrap();
        assert_eq!(watched.round(&[]).0, 30);
        fs::write(&tile, bytes).unwrap();
        assert_eq!(watched.round(&[]).0, 0);
        assert_eq!(look("http://127.0.0.1:1/log", &["--policy", &watched.policy]).0, 1);
        assert_eq!(look("ftp://127.0.0.1/log", &["--policy", &watched.policy]).0, 1);
    }
}

mod stale {
    use super::*;
    use crate::made_log::log_key;
    use simars_tlog::{KeyKind, SignerKey};

    fn signer() -> SignerKey {
        SignerKey::from_seed("saksi.example".parse().unwrap(), KeyKind::Cosignature, &[5; 32])
            .unwrap()
    }

    #[test]
    fn a_witnessed_checkpoint_ages() {
        let watched = Watched::new();
        let line = format!("witness saksi.example {}", signer().verifier());
        policy(Path::new(&watched.policy), &[line]);
        // Not witnessed yet: from the first look on the time runs.
        let (code, report) = watched.round(&[]);
        assert_eq!((code, &report["policy_met"]), (0, &false.into()), "{report}");
        for (time, code) in [(1_000_000_000, 34), (i64::MAX as u64, 0)] {
            let mut note = watched.log.note();
            assert!(note.signed_by(log_key().verifier()).unwrap().is_some());
            note.add(signer().cosign(note.text(), time).unwrap());
            watched.log.show(&note);
            let (found, report) = watched.round(&[]);
            assert_eq!((found, &report["policy_met"]), (code, &true.into()), "{report}");
        }
    }
}
