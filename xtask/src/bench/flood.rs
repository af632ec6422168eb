//! A hundred hostile files at once, while somebody searches.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::extract::files;
use super::process::{Server, memory, quantile};
use super::{Bench, Table};

const UPLOADS: usize = 100;

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> anyhow::Result<()> {
    let hostile = files(&bench.data.join("hostile"), "")?;
    if hostile.is_empty() {
        eprintln!("no hostile files are present: floods are not measured");
        return Ok(());
    }
    let server = Server::start(&bench.program, &bench.folder("flood")?.join("data"))?;
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_idle_connections_per_host(UPLOADS)
        .build()
        .new_agent();
    let upload = |name: &str, bytes: &[u8]| {
        let url = format!("{}/api/v1/documents?name={name}", server.base);
        // Who finds no place is told to come again, and does.
        loop {
            let request = agent.post(&url);
            let request = request.header("authorization", format!("Bearer {}", server.token));
            match request.send(bytes).map(|answer| answer.status().as_u16()) {
                Ok(503) => thread::sleep(Duration::from_secs(1)),
                answered => break answered,
            }
        }
    };
    upload("awal.txt", "Keputusan contoh tentang pencarian.\n".as_bytes())?;
    server.wait_until_ready()?;

    let (answered, done) = (AtomicU64::new(0), AtomicBool::new(false));
    let begun = Instant::now();
    let (mut times, peak, other) = thread::scope(|scope| {
        for number in 0..UPLOADS {
            let file = &hostile[number % hostile.len()];
            let (upload, answered) = (&upload, &answered);
            scope.spawn(move || {
                // Different bytes each time, so that each is read.
                let mut bytes = std::fs::read(file).unwrap_or_default();
                bytes.extend_from_slice(format!("\n%{number}\n").as_bytes());
                if matches!(upload(&format!("{number}.pdf"), &bytes), Ok(200..=299)) {
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let searching = scope.spawn(|| {
            let (mut times, mut peak, mut other) = (Vec::new(), 0, 0);
            while !done.load(Ordering::Relaxed) {
                let started = Instant::now();
                let answer = agent.get(format!("{}/api/v1/search?q=keputusan", server.base)).call();
                times.push(started.elapsed().as_secs_f64() * 1e3);
                other += u64::from(!matches!(answer, Ok(answer) if answer.status() == 200));
                peak = peak.max(memory(server.pid()));
                thread::sleep(Duration::from_millis(20));
            }
            (times, peak, other)
        });
        while answered.load(Ordering::Relaxed) < UPLOADS as u64
            && begun.elapsed() < Duration::from_secs(1_800)
        {
            thread::sleep(Duration::from_millis(50));
        }
        done.store(true, Ordering::Relaxed);
        searching.join().unwrap_or_default()
    });
    let answered = answered.load(Ordering::Relaxed);
    tell(table, answered, begun.elapsed(), &mut times, (peak, other));
    Ok(())
}

fn tell(
    table: &mut Table,
    answered: u64,
    took: Duration,
    times: &mut [f64],
    (peak, other): (u64, u64),
) {
    table.row(
        format!("{UPLOADS} hostile uploads at once: answered"),
        format!("{answered} in {:.0} s", took.as_secs_f64()),
        "",
        "",
        "all, and the server goes on",
    );
    table.row(
        "… searches meanwhile, p50, p99; not answered",
        format!("{:.1} ms, {:.1} ms; {other}", quantile(times, 0.5), quantile(times, 0.99)),
        "",
        "",
        "p99 < 100 ms",
    );
    table.row(
        "… peak memory, server and children",
        format!("{:.0} MiB", peak as f64 / f64::from(1 << 20)),
        "",
        "",
        "bounded",
    );
}
