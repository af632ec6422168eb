//! How long after its acknowledgement a document stands in a signed checkpoint, while a thousand a
//! second come in.

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;

use super::process::{Server, quantile, run};
use super::{Bench, Table};

/// How many documents come in.
const UPLOADS: usize = 10_000;
/// How many come in each second, if the server takes them.
const RATE: usize = 1_000;
const CLIENTS: usize = 12;
/// Of so many uploads one is followed into the log.
const SAMPLE: usize = 25;

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> anyhow::Result<()> {
    let data = bench.folder("log")?.join("data");
    let mut begin = Command::new(&bench.program);
    run(begin.args(["log", "init", "--origin", "arsip.example/log", "--data"]).arg(&data))?;
    let server = Server::start(&bench.program, &data)?;
    let (next, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (filed, sizes) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let start = Instant::now();
    thread::scope(|scope| -> anyhow::Result<()> {
        let watcher = scope.spawn(|| watch(&server, &done, &sizes));
        let clients: Vec<_> =
            (0..CLIENTS).map(|_| scope.spawn(|| file(&server, &next, start, &filed))).collect();
        for client in clients {
            client.join().map_err(|_| anyhow::anyhow!("a client panicked"))??;
        }
        let rate = UPLOADS as f64 / start.elapsed().as_secs_f64();
        // The last ones are followed to their checkpoint, too.
        thread::sleep(Duration::from_secs(3));
        done.store(true, Ordering::Relaxed);
        watcher.join().map_err(|_| anyhow::anyhow!("the watcher panicked"))??;
        let sizes = sizes.lock().map_err(|_| anyhow::anyhow!("the watcher panicked"))?;
        let filed = filed.lock().map_err(|_| anyhow::anyhow!("a client panicked"))?;
        let mut waits = Vec::new();
        for (acknowledged, index) in filed.iter() {
            let seen = sizes.iter().find(|(_, size)| size > index);
            let (seen, _) =
                seen.with_context(|| format!("statement {index} is in no checkpoint"))?;
            waits.push(seen.saturating_duration_since(*acknowledged).as_secs_f64() * 1e3);
        }
        let longest = waits.iter().copied().fold(0.0, f64::max);
        table.row(
            format!("acknowledged → signed checkpoint, p50 (longest), {rate:.0} statements/s"),
            format!("{:.0} ms ({longest:.0})", quantile(&mut waits, 0.5)),
            "",
            "",
            "≤ 1,000 ms at 1,000 statements/s",
        );
        Ok(())
    })
}

/// Files documents at the rate; notes for some when they were acknowledged and where they stand.
fn file(
    server: &Server,
    next: &AtomicUsize,
    start: Instant,
    filed: &Mutex<Vec<(Instant, u64)>>,
) -> anyhow::Result<()> {
    let agent = agent();
    let authorization = format!("Bearer {}", server.token);
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= UPLOADS {
            return Ok(());
        }
        let due = start + Duration::from_secs_f64(number as f64 / RATE as f64);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let url = format!("{}/api/v1/documents?name={number}.txt", server.base);
        let text = format!("Surat contoh nomor {number} untuk pengukuran.\n");
        let mut answer =
            agent.post(&url).header("authorization", &authorization).send(text.as_bytes())?;
        let acknowledged = Instant::now();
        if answer.status() != 201 {
            bail!("an upload was answered with {}", answer.status());
        }
        if number.is_multiple_of(SAMPLE) {
            let report: Value = serde_json::from_str(&answer.body_mut().read_to_string()?)?;
            let id = report["id"].as_str().context("no id in the report")?;
            let url = format!("{}/api/v1/documents/{id}", server.base);
            let document: Value =
                serde_json::from_str(&agent.get(&url).call()?.body_mut().read_to_string()?)?;
            let index = document["statements"][0]["index"].as_u64().context("no index")?;
            let mut filed = filed.lock().map_err(|_| anyhow::anyhow!("a client panicked"))?;
            filed.push((acknowledged, index));
        }
    }
}

/// Notes when which size of the log was first seen.
fn watch(
    server: &Server,
    done: &AtomicBool,
    sizes: &Mutex<Vec<(Instant, u64)>>,
) -> anyhow::Result<()> {
    let agent = agent();
    let mut last = 0;
    while !done.load(Ordering::Relaxed) {
        let url = format!("{}/log/checkpoint", server.base);
        let text = agent.get(&url).call()?.body_mut().read_to_string()?;
        let size = text.lines().nth(1).and_then(|size| size.parse().ok()).unwrap_or(last);
        if size != last {
            last = size;
            let mut sizes = sizes.lock().map_err(|_| anyhow::anyhow!("the watcher panicked"))?;
            sizes.push((Instant::now(), size));
        }
        thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().new_agent()
}
