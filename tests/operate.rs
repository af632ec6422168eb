//! What whoever looks after a server relies on: settings from everywhere, signs of life, counts that
//! outlive a restart, harvests that miss nothing while documents come and go.

use std::collections::BTreeMap;
use std::os::unix::net::UnixDatagram;
use std::process::Stdio;
use std::time::Duration;

use simars_testkit::program::command;
use simars_testkit::run;

use crate::scene::{Scene, decision, program};

#[test]
fn settings_come_from_a_file_the_environment_and_the_command_line() {
    let scene = Scene::new();
    let file = scene.file(
        "simars.toml",
        "office = \"Kantor \\\"Contoh\\\"\"\ncheck-every = 3\ncheck-rate = 5\ntwo-persons = true\n",
    );
    let config = file.to_str().unwrap();
    let asked = |more: &[&str]| {
        let mut serve = command(program());
        serve.env("SIMARS_CHECK_RATE", "9").args(["serve", "--config", config, "--print-config"]);
        let output = serve.args(more).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let printed = asked(&["--max-size", "77"]);
    for line in [
        "check-every = 3",
        "check-rate = 9",
        "max-size = 77",
        "two-persons = true",
        "listen = \"127.0.0.1:8080\"",
        "# public-address =",
    ] {
        assert!(printed.lines().any(|known| known == line), "{line}: {printed}");
    }
    // What is printed is such a file itself.
    let again = scene.file("lagi.toml", &printed);
    let again = run(program(), &["serve", "--print-config", "--config", again.to_str().unwrap()]);
    assert_eq!(again.stdout, printed);
    let wrong = scene.file("salah.toml", "ofice = \"x\"\n");
    let wrong = run(program(), &["serve", "--config", wrong.to_str().unwrap()]);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.stderr.contains("ofice is no setting"), "{}", wrong.stderr);
}

#[test]
fn who_starts_the_server_is_told_when_it_serves() {
    let scene = Scene::new();
    let path = scene.root().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut server = command(program())
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(scene.root().join("data"))
        .env("NOTIFY_SOCKET", &path)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut told = [0; 64];
    let length = socket.recv(&mut told);
    drop(server.kill());
    drop(server.wait());
    assert_eq!(&told[..length.unwrap()], b"READY=1\n");
}

#[test]
fn counts_outlive_a_restart() {
    let scene = Scene::new();
    let person = [("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0")];
    for round in 1..=2 {
        let server = scene.serve(&[]);
        assert_eq!(server.get_with("/cari?q=kursi", &person).status, 200);
        let told = server.get("/statistik/pencarian.csv").text();
        assert!(told.ends_with(&format!(",{round},0\r\n")), "{told}");
        assert_eq!(server.stop(), Some(0));
    }
}

/// What stands between the tags of an element, each time it comes.
fn all<'a>(text: &'a str, element: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    text.split(&open).skip(1).map(|part| part.split(&close).next().unwrap()).collect()
}

/// A harvest through a real server; documents are filed and taken back between its parts.
#[test]
fn a_harvest_misses_nothing_while_documents_come_and_go() {
    let scene = Scene::new();
    for number in 0..250 {
        scene.file(&format!("{number}.txt"), decision(number, 2024, "perolehan kursi contoh"));
    }
    scene.ingest(&[&scene.root().join("files")], &[]);
    let server = scene.serve(&[]);
    let bearer = format!("Bearer {}", server.token());
    let owner = [("authorization", bearer.as_str())];
    // Of each document what was told last: true if it is there.
    let mut told: BTreeMap<String, bool> = BTreeMap::new();
    let mut query = "verb=ListRecords&metadataPrefix=oai_dc".to_owned();
    let mut withdrawn = Vec::new();
    for round in 0.. {
        assert!(round < 20, "a harvest without an end");
        let text = server.get(&format!("/oai?{query}")).text();
        for header in text.split("<header").skip(1) {
            let id = all(header, "identifier")[0].rsplit(':').next().unwrap().to_owned();
            told.insert(id, !header.starts_with(" status=\"deleted\""));
        }
        let token = text.split("<resumptionToken").nth(1).unwrap();
        let token = token.split('>').nth(1).unwrap().split('<').next().unwrap();
        if token.is_empty() {
            break;
        }
        query = format!("verb=ListRecords&resumptionToken={token}");
        if round < 2 {
            // Times are told apart by the second.
            std::thread::sleep(Duration::from_millis(1_100));
            let id = told.keys().nth(7 * round).unwrap().clone();
            let path = format!("/api/v1/documents/{id}/acts");
            let acted = server.post(&path, &owner, br#"{"act":"withdraw"}"#);
            assert_eq!(acted.status, 200, "{}", acted.text());
            withdrawn.push(id);
            let text = decision(900 + round as u32, 2025, "hal baru contoh");
            let filed = server.post("/api/v1/documents?name=baru.txt", &owner, text.as_bytes());
            assert_eq!(filed.status, 201, "{}", filed.text());
        }
    }
    assert_eq!(told.len(), 252);
    let gone: Vec<&String> = told.iter().filter(|(_, there)| !**there).map(|(id, _)| id).collect();
    withdrawn.sort();
    assert_eq!(gone, withdrawn.iter().collect::<Vec<_>>());
}
