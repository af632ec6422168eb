//! The real program, run to its end or as a server.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What a run of the program left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Output {
    /// Standard output as JSON, line by line.
    ///
    /// # Panics
    /// If a line is not JSON.
    pub fn json(&self) -> Vec<serde_json::Value> {
        let read = |line: &str| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
        };
        self.stdout.lines().map(read).collect()
    }
}

/// Runs the program to its end.
///
/// # Panics
/// If it cannot be started.
pub fn run<S: AsRef<OsStr>>(program: &Path, arguments: &[S]) -> Output {
    let output = command(program).args(arguments).output().expect("the program can be started");
    Output {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A command for the program in an environment that tells it nothing.
#[allow(clippy::disallowed_methods, reason = "tests start the program")]
pub fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_remove("SIMARS_LOG").env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    base: String,
    data: PathBuf,
    log: Arc<Mutex<String>>,
}

/// An answer over HTTP.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is not JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

impl Server {
    /// Starts a server on a free port of the loopback address and waits until it serves.
    ///
    /// # Panics
    /// If it ends before it serves.
    pub fn start<S: AsRef<OsStr>>(program: &Path, data: &Path, more: &[S]) -> Self {
        let mut child = command(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--data"])
            .arg(data)
            .args(more)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program can be started");
        let stderr = child.stderr.take().expect("standard error is piped");
        let mut lines = BufReader::new(stderr).lines();
        let log = Arc::new(Mutex::new(String::new()));
        let mut base = None;
        for line in lines.by_ref().map_while(Result::ok) {
            base = serving_at(&line);
            append(&log, &line);
            if base.is_some() {
                break;
            }
        }
        let Some(base) = base else {
            let status = child.wait();
            let log = log.lock().unwrap_or_else(PoisonError::into_inner);
            panic!("the server ended ({status:?}) before it served:\n{log}");
        };
        let theirs = Arc::clone(&log);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                append(&theirs, &line);
            }
        });
        Self { child, base, data: data.to_owned(), log }
    }

    /// The address, `http://127.0.0.1:…`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The log so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The token that makes a client the owner.
    ///
    /// # Panics
    /// If there is none.
    pub fn token(&self) -> String {
        let token = std::fs::read_to_string(self.data.join("token")).expect("a token is kept");
        token.trim().to_owned()
    }

    /// Gets a path, with more headers.
    ///
    /// # Panics
    /// If the server does not answer.
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = agent().get(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(request.call())
    }

    /// Gets a path.
    ///
    /// # Panics
    /// If the server does not answer.
    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    /// Posts a body.
    ///
    /// # Panics
    /// If the server does not answer.
    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = agent().post(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(request.send(body))
    }

    /// Asks it to end (SIGTERM) and waits until it has.
    ///
    /// # Panics
    /// If it cannot be asked.
    #[allow(clippy::disallowed_methods, reason = "tests stop what they started, by process id")]
    pub fn stop(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(asked.is_ok_and(|status| status.success()), "kill -TERM {pid}");
        self.child.wait().ok().and_then(|status| status.code())
    }

    /// Ends it at once (SIGKILL).
    pub fn kill(mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn append(log: &Mutex<String>, line: &str) {
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    log.push_str(line);
    log.push('\n');
}

/// The address in the log line that says where the server serves.
fn serving_at(line: &str) -> Option<String> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let fields = line.get("fields")?;
    let serving = fields.get("message")?.as_str()? == "serving";
    serving.then(|| fields.get("address")?.as_str().map(str::to_owned)).flatten()
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().new_agent()
}

fn answer(answered: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let mut response = answered.expect("the server answers");
    let headers = response.headers().iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let headers = headers.collect();
    let status = response.status().as_u16();
    let mut body = Vec::new();
    let read = response.body_mut().as_reader().read_to_end(&mut body);
    read.expect("the answer can be read");
    Answer { status, headers, body }
}
