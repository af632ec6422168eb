//! Running a program and watching how long it takes and how much memory it and its children use.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// What a run cost and said.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) seconds: f64,
    /// Of the process and all its children together, at the worst moment.
    pub(crate) peak_bytes: u64,
    pub(crate) lines: Vec<(f64, String)>,
}

/// Runs a command to its end; keeps its standard output, each line with the second it came.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<Run> {
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {:?}", command.get_program()))?;
    let out = child.stdout.take().context("standard output is piped")?;
    let (pid, done) = (child.id(), AtomicBool::new(false));
    let (lines, peak_bytes, status) = thread::scope(|scope| {
        let watch = scope.spawn(|| watch(pid, &done));
        let lines: Vec<(f64, String)> = BufReader::new(out)
            .lines()
            .map_while(Result::ok)
            .map(|line| (started.elapsed().as_secs_f64(), line))
            .collect();
        let status = child.wait();
        done.store(true, Ordering::Relaxed);
        (lines, watch.join().unwrap_or_default(), status)
    });
    let seconds = started.elapsed().as_secs_f64();
    if !status?.success() {
        eprintln!("{:?} did not end well", command.get_program());
    }
    Ok(Run { seconds, peak_bytes, lines })
}

fn watch(pid: u32, done: &AtomicBool) -> u64 {
    let mut peak = 0;
    while !done.load(Ordering::Relaxed) {
        peak = peak.max(memory(pid));
        thread::sleep(Duration::from_millis(20));
    }
    peak
}

/// Resident bytes of a process and its descendants.
pub(crate) fn memory(pid: u32) -> u64 {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(child) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let status = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name in brackets may hold blanks; what follows it does not.
        let parent = status.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1));
        if let Some(parent) = parent.and_then(|parent| parent.parse().ok()) {
            children.entry(parent).or_default().push(child);
        }
    }
    let mut total = 0;
    let mut waiting = vec![pid];
    while let Some(pid) = waiting.pop() {
        total += resident(pid);
        waiting.extend(children.get(&pid).into_iter().flatten());
    }
    total
}

fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}

/// A running server of the program.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) base: String,
    pub(crate) token: String,
}

impl Server {
    /// Starts the program as a server on a data folder and waits until it is ready.
    pub(crate) fn start(program: &Path, data: &Path) -> anyhow::Result<Self> {
        Self::start_with(program, data, &[])
    }

    /// The same with more arguments.
    pub(crate) fn start_with(program: &Path, data: &Path, more: &[&str]) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--data"])
            .arg(data)
            .args(more)
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start the server")?;
        let log = child.stderr.take().context("standard error is piped")?;
        let mut lines = BufReader::new(log).lines().map_while(Result::ok);
        let base = lines.by_ref().find_map(|line| {
            let line: serde_json::Value = serde_json::from_str(&line).ok()?;
            let fields = line.get("fields")?;
            let serving = fields.get("message")? == "serving";
            serving.then(|| fields.get("address")?.as_str().map(str::to_owned)).flatten()
        });
        thread::spawn(move || lines.for_each(drop));
        let Some(base) = base else {
            drop(child.kill());
            bail!("the server ended before it served");
        };
        let token = fs::read_to_string(data.join("token")).context("the server keeps a token")?;
        let server = Self { child, base, token: token.trim().to_owned() };
        server.wait_until_ready()?;
        Ok(server)
    }

    pub(crate) fn wait_until_ready(&self) -> anyhow::Result<()> {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(600) {
            if agent.get(format!("{}/readyz", self.base)).call()?.status() == 200 {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("the server was not ready within ten minutes")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The value below which this share of the values lies.
pub(crate) fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() as f64 * share) as usize;
    values.get(place.min(values.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}
