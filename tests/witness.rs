//! The witness as a program: killed, raced, asked by the program's own client.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use simars_record::Digest;
use simars_testkit::{Output, program::command, run};
use simars_tlog::witness::Request;
use simars_tlog::{Checkpoint, Note};
use ureq::Agent;

use crate::made_log::{MadeLog, ORIGIN, log_key, served};
use crate::scene::{Scene, decision, program};

/// A running witness; killed when dropped.
pub(crate) struct RunningWitness {
    child: Child,
    pub(crate) base: String,
}

/// Makes a witness and gives its line for policies, without an address.
pub(crate) fn made(data: &Path, name: &str) -> String {
    let output = run(program(), &["witness", "init", "--name", name, "--data", shown(data)]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    output.stdout.trim_end().to_owned()
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub(crate) fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).proxy(None).build().new_agent()
}

impl RunningWitness {
    pub(crate) fn start(data: &Path) -> Self {
        Self::following(data, &[&log_key().verifier().to_string()])
    }

    /// A witness of the logs with these keys.
    pub(crate) fn following(data: &Path, keys: &[&str]) -> Self {
        let mut child = command(program())
            .args(["witness", "--listen", "127.0.0.1:0", "--log-format", "json", "--data"])
            .arg(data)
            .args(keys.iter().flat_map(|key| ["--log", key]))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut told = String::new();
        let base = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let json: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
            told.push_str(&line);
            json["fields"]["address"].as_str().map(str::to_owned)
        });
        let Some(base) = base else { panic!("the witness did not start: {told}") };
        // What it says further is read, so that it never waits for a reader.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, base }
    }

    pub(crate) fn post(&self, request: &Request) -> (u16, String) {
        post(&self.base, request).unwrap()
    }

    /// What it cosigned last; `None` if nothing.
    pub(crate) fn newest(&self) -> Option<Note> {
        let url = format!("{}/{}/checkpoint", self.base, Digest::of(ORIGIN.as_bytes()));
        let mut answer = agent().get(url).call().unwrap();
        if answer.status() != 200 {
            return None;
        }
        Some(answer.body_mut().read_to_string().unwrap().parse().unwrap())
    }

    fn newest_size(&self) -> u64 {
        let size = |note: Note| note.text().parse::<Checkpoint>().unwrap().head().size;
        self.newest().map_or(0, size)
    }
}

impl Drop for RunningWitness {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn post(base: &str, request: &Request) -> Option<(u16, String)> {
    let answer = agent().post(format!("{base}/add-checkpoint")).send(request.to_string());
    let mut answer = answer.ok()?;
    let text = answer.body_mut().read_to_string().ok()?;
    Some((answer.status().as_u16(), text))
}

/// A log that grows by one document for each step, and the request for each.
fn requests(folder: &Path, count: u32) -> Vec<Request> {
    let mut log = MadeLog::new(folder);
    (0..count)
        .map(|number| {
            let old = if number == 0 { 0 } else { log.size() };
            log.publish_document(number);
            Request { old, proof: log.proof(old), note: log.note() }
        })
        .collect()
}

#[test]
fn killed_in_the_middle_it_never_goes_back() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("witness");
    made(&data, "saksi.example");
    let requests = requests(&folder.path().join("log"), 400);
    let mut next = 0;
    let mut cosigned = 0;
    for round in 0..20 {
        let mut witness = RunningWitness::start(&data);
        let seen = witness.newest_size();
        assert!(seen >= cosigned, "round {round}: it went back from {cosigned} to {seen}");
        // A request that was not answered may have been taken, or not.
        while next < requests.len() && requests[next].old < seen {
            next += 1;
        }
        let (sender, receiver) = mpsc::channel();
        let base = witness.base.clone();
        let rest: Vec<Request> = requests[next..].to_vec();
        let asking = thread::spawn(move || {
            for request in rest {
                let Some((200, _)) = post(&base, &request) else { break };
                if sender.send(request).is_err() {
                    break;
                }
            }
        });
        // After so many answers it is killed, while the next request is under way.
        for _ in 0..=round % 7 {
            let Ok(request) = receiver.recv() else { break };
            cosigned = request.note.text().parse::<Checkpoint>().unwrap().head().size;
        }
        witness.child.kill().unwrap();
        witness.child.wait().unwrap();
        asking.join().unwrap();
        for request in receiver.try_iter() {
            cosigned = request.note.text().parse::<Checkpoint>().unwrap().head().size;
        }
    }
    assert!(cosigned > 40, "the rounds did nothing");
}

#[test]
fn a_hundred_requests_at_once_through_the_network() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("witness");
    made(&data, "saksi.example");
    let witness = RunningWitness::start(&data);
    // A hundred logs of the same size and name that differ in their last statement.
    let asked: Vec<_> = (0..100)
        .map(|number| {
            let mut log = MadeLog::new(&folder.path().join(format!("log{number}")));
            log.publish_document(number);
            let request = Request { old: 0, proof: Vec::new(), note: log.note() };
            let base = witness.base.clone();
            thread::spawn(move || (post(&base, &request).unwrap().0, request))
        })
        .collect();
    let answers: Vec<_> = asked.into_iter().map(|asked| asked.join().unwrap()).collect();
    let cosigned: Vec<_> = answers.iter().filter(|(status, _)| *status == 200).collect();
    assert_eq!(cosigned.len(), 1, "one tree of this size was signed, and no other");
    assert!(answers.iter().all(|(status, _)| [200, 409].contains(status)));
    assert_eq!(witness.newest().unwrap().text(), cosigned[0].1.note.text());
}

#[test]
fn a_second_process_and_a_second_key_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("witness");
    made(&data, "saksi.example");
    let _witness = RunningWitness::start(&data);
    let key = log_key().verifier().to_string();
    let second = run(
        program(),
        &["witness", "--listen", "127.0.0.1:0", "--data", shown(&data), "--log", &key],
    );
    assert_eq!(second.code, Some(1));
    assert!(second.stderr.contains("another process"), "{}", second.stderr);
    let again = run(program(), &["witness", "init", "--name", "x.example", "--data", shown(&data)]);
    assert_eq!(again.code, Some(1), "{}", again.stdout);
}

/// A policy with these witnesses, all of which are needed.
pub(crate) fn policy(place: &Path, witnesses: &[String]) -> PathBuf {
    let mut text = format!("log {}\n", log_key().verifier());
    let mut names = Vec::new();
    for line in witnesses {
        text.push_str(line);
        text.push('\n');
        names.push(line.split(' ').nth(1).unwrap());
    }
    match names.is_empty() {
        true => text.push_str("quorum none\n"),
        false => text.push_str(&format!("group all all {}\nquorum all\n", names.join(" "))),
    }
    std::fs::write(place, text).unwrap();
    place.to_owned()
}

fn ask(address: &str, policy: &Path) -> Output {
    run(program(), &["witness", "ask", address, "--policy", shown(policy)])
}

/// A policy with a witness that answers everything by a size that nobody ever signed.
fn policy_of_liar(root: &Path, line: &str) -> PathBuf {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut connection in listener.incoming().map_while(Result::ok) {
            // The request is read as far as its length is told, so that the answer is not cut off.
            let mut lines = BufReader::new(connection.try_clone().unwrap());
            let mut line = String::new();
            let mut length = 0;
            while lines.read_line(&mut line).is_ok_and(|read| read > 2) {
                let told = line.to_lowercase();
                length = told
                    .strip_prefix("content-length:")
                    .map_or(length, |told| told.trim().parse().unwrap());
                line.clear();
            }
            let mut body = vec![0; length];
            drop(lines.read_exact(&mut body));
            let answer =
                "HTTP/1.1 409 Conflict\r\ncontent-length: 7\r\nconnection: close\r\n\r\n999999\n";
            drop(connection.write_all(answer.as_bytes()));
        }
    });
    let line = format!("{} http://{address}", line.rsplit_once(' ').unwrap().0);
    policy(&root.join("liar.policy"), &[line])
}

#[test]
fn the_client_gets_signatures_of_all_witnesses_and_tells_who_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let lines =
        [made(&root.join("a"), "saksi-a.example"), made(&root.join("b"), "saksi-b.example")];
    let (a, b) = (RunningWitness::start(&root.join("a")), RunningWitness::start(&root.join("b")));
    let lines: Vec<String> =
        lines.iter().zip([&a, &b]).map(|(line, one)| format!("{line} {}", one.base)).collect();
    let policy = policy(&root.join("policy"), &lines);
    let mut log = MadeLog::new(&root.join("served/log"));
    let site = served(&root.join("served"));
    let address = format!("{site}/log");
    for round in 0..3 {
        for number in 0..150 {
            log.publish_document(round * 150 + number);
        }
        log.write();
        let output = ask(&address, &policy);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        let note: Note = output.stdout.parse().unwrap();
        assert_eq!((note.text(), note.signatures().len()), (log.note().text(), 3));
        for witness in [&a, &b] {
            assert_eq!(witness.newest().unwrap().text(), log.note().text());
        }
        log.show(&note);
    }
    // Back to an older copy: the witnesses have seen more, and say so.
    let mut older = MadeLog::new(&root.join("older/log"));
    older.publish_document(0);
    older.write();
    let output = ask(shown(older.folder()), &policy);
    assert_eq!(output.code, Some(3), "{}", output.stdout);
    assert!(output.stderr.contains("has cosigned 451 statements"), "{}", output.stderr);
    // One that only says so: whoever believed it could be halted by anybody.
    let liar = policy_of_liar(root, &lines[0]);
    log.publish_document(9998);
    log.write();
    let output = ask(&address, &liar);
    assert_eq!(output.code, Some(3), "{}", output.stdout);
    assert!(output.stderr.contains("shows no checkpoint for them"), "{}", output.stderr);
    // One whose key is another.
    drop(b);
    let swapped =
        lines[1].replace(&lines[1][lines[1].rfind(' ').unwrap()..], &format!(" {}", a.base));
    let policy = self::policy(&root.join("policy"), &[lines[0].clone(), swapped]);
    log.publish_document(9999);
    log.write();
    let output = ask(&address, &policy);
    assert_eq!(output.code, Some(3), "{}", output.stdout);
    assert!(output.stderr.contains("no signature that is good"), "{}", output.stderr);
}

#[test]
fn the_witnesses_of_a_log_at_rest_are_asked_again() {
    let scene = Scene::new();
    let file = scene.file("a.txt", decision(3, 2024, "penetapan kursi"));
    scene.ingest(&[&file], &[]);
    let begun = scene.simars(&["log", "init", "--origin", "arsip.example/log", "--json"]);
    let key = begun.json()[0]["verifier_key"].as_str().unwrap().to_owned();
    let data = scene.root().join("witness");
    let line = made(&data, "saksi.example");
    let witness = RunningWitness::following(&data, &[&key]);
    let policy = format!("log {key}\n{line} {}\nquorum saksi.example\n", witness.base);
    std::fs::write(scene.data().join("store/log/policy"), policy).unwrap();
    let server = scene.serve(&["--witness-every", "1"]);
    let mut shown: Vec<Note> = Vec::new();
    let begun = Instant::now();
    while shown.len() < 3 && begun.elapsed() < Duration::from_secs(60) {
        // Before the log was read there is none.
        let note = server.get("/log/checkpoint").text().parse();
        if let Ok(note) = note
            && Note::signatures(&note).len() == 2
            && !shown.contains(&note)
        {
            shown.push(note);
        }
        thread::yield_now();
    }
    let texts: Vec<&str> = shown.iter().map(Note::text).collect();
    assert!(texts.len() == 3 && texts.iter().all(|text| *text == texts[0]), "{texts:?}");
}
