//! A log behind HTTPS: followed if the system vouches for its server, and not otherwise.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use simars_testkit::program::command;

use crate::made_log::MadeLog;
use crate::scene::program;
use crate::witness::policy;

/// `openssl s_server`, which serves the files of a folder over TLS.
struct Tls {
    server: Child,
    address: String,
}

impl Tls {
    /// Serves a folder under a certificate for 127.0.0.1 that nobody but itself vouches for.
    fn start(folder: &Path, certificate: &Path, key: &Path) -> Self {
        let openssl = || command(Path::new("openssl"));
        let made = openssl()
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])
            .args(["-nodes", "-days", "2", "-subj", "/CN=arsip.example"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .args(["-addext", "subjectAltName=IP:127.0.0.1", "-keyout"])
            .arg(key)
            .arg("-out")
            .arg(certificate)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut server = openssl()
            .args(["s_server", "-WWW", "-accept", "127.0.0.1:0", "-cert"])
            .arg(certificate)
            .arg("-key")
            .arg(key)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        let said = lines.find_map(|line| line.strip_prefix("ACCEPT ").map(str::to_owned)).unwrap();
        // What it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { server, address: format!("https://{said}/log") }
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn a_log_behind_https_is_followed_if_the_system_vouches_for_it() {
    if command(Path::new("openssl")).arg("version").output().is_err() {
        eprintln!("skipped: openssl is missing; on Debian: apt-get install openssl");
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let mut log = MadeLog::new(&root.path().join("served/log"));
    for number in 0..255 {
        log.publish_document(number);
    }
    log.index();
    log.write();
    let policy = policy(&root.path().join("policy"), &[]);
    let (certificate, key) = (root.path().join("certificate"), root.path().join("key"));
    let tls = Tls::start(&root.path().join("served"), &certificate, &key);
    let monitor = |trusted: &Path| {
        let mut monitor = command(program());
        monitor.args(["monitor", &tls.address, "--policy"]).arg(&policy);
        let output = monitor.env("SSL_CERT_FILE", trusted).output().unwrap();
        let words = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(words).unwrap())
    };
    let (code, words) = monitor(&certificate);
    assert_eq!(code, Some(0), "{words}");
    let others = root.path().join("others");
    std::fs::write(&others, "").unwrap();
    let (code, words) = monitor(&others);
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("certificate"), "{words}");
}
