//! `/metrics`: how the server fares, for those who watch it (the text format of Prometheus, 0.0.4).
//!
//! Told only to whoever asks on this machine without a proxy, or may look after the archive.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{self, ConnectInfo};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, http::HeaderName};
use simars_access::Action;

use crate::auth::Asker;
use crate::problem::{Code, Problem};
use crate::serve::Connections;
use crate::state::State;
use crate::turns::Turns;
use crate::work::blocking;

/// Bounds of the histogram of durations, in seconds.
const BOUNDS: [f64; 9] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
/// Headers by which a proxy says that somebody else is asking.
const PROXIED: [HeaderName; 3] =
    [HeaderName::from_static("x-forwarded-for"), header::FORWARDED, header::VIA];

/// What was answered so far; every copy counts in the same place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metrics(Arc<Mutex<Answers>>);

#[derive(Debug, Clone, Default)]
struct Answers {
    /// By route, method and status.
    counts: BTreeMap<(String, String, u16), u64>,
    /// By route.
    durations: BTreeMap<String, Histogram>,
}

#[derive(Debug, Clone, Default)]
struct Histogram {
    /// How many took no longer than each bound, each counted once, in its own place.
    counts: [u64; BOUNDS.len() + 1],
    sum: f64,
}

impl Metrics {
    /// Notes an answer.
    pub(crate) fn note(&self, route: &str, method: &str, status: u16, took: Duration) {
        let route = if route.is_empty() { "(none)" } else { route };
        // Methods are whatever a client writes: those that mean nothing here are one.
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
        let method = if known.contains(&method) { method } else { "(other)" };
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (route.to_owned(), method.to_owned(), status);
        *answers.counts.entry(key).or_default() += 1;
        let histogram = answers.durations.entry(route.to_owned()).or_default();
        let seconds = took.as_secs_f64();
        let place = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        histogram.counts[place] += 1;
        histogram.sum += seconds;
    }

    fn answers(&self) -> Answers {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Answers `GET /metrics`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    Extension(metrics): Extension<Metrics>,
    connections: Option<Extension<Connections>>,
    Extension(turns): Extension<Turns>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    asker: Result<Asker, Problem>,
) -> Result<Response, Problem> {
    if !is_here(peer.map(|Extension(ConnectInfo(peer))| peer), &headers) {
        asker?.require(Action::Administer)?;
    }
    let mut text = String::new();
    answered(&mut text, &metrics.answers());
    let open = connections.map(|Extension(connections)| connections.open());
    let state = Arc::clone(&state);
    let gauges = blocking(move || gauges(&state, open)).await.map_err(Code::problem)?;
    for (name, help, value) in gauges {
        gauge(&mut text, name, help, value);
    }
    let help = "Requests that wait for their turn.";
    gauge(&mut text, "simars_http_requests_waiting", help, turns.waiting() as f64);
    let headers = [
        (header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

/// Whether somebody on this machine asks for themselves.
fn is_here(peer: Option<SocketAddr>, headers: &HeaderMap) -> bool {
    let here = peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    here && !PROXIED.iter().any(|name| headers.contains_key(name))
}

/// Writing to a string cannot fail, so what it says of that is left aside below.
fn answered(text: &mut String, answers: &Answers) {
    begin(text, "simars_http_requests_total", "counter", "Requests by route, method and status.");
    for ((route, method, status), count) in &answers.counts {
        let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
        let _ = writeln!(text, "simars_http_requests_total{{{labels}}} {count}");
    }
    let name = "simars_http_request_duration_seconds";
    begin(text, name, "histogram", "Time until an answer began, by route.");
    for (route, histogram) in &answers.durations {
        let mut sum = 0;
        let bounds = BOUNDS.iter().map(ToString::to_string).chain(["+Inf".to_owned()]);
        for (bound, count) in bounds.zip(histogram.counts) {
            sum += count;
            let _ = writeln!(text, "{name}_bucket{{route=\"{route}\",le=\"{bound}\"}} {sum}");
        }
        let _ = writeln!(text, "{name}_sum{{route=\"{route}\"}} {}", histogram.sum);
        let _ = writeln!(text, "{name}_count{{route=\"{route}\"}} {sum}");
    }
}

fn begin(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn gauge(text: &mut String, name: &str, help: &str, value: f64) {
    begin(text, name, "gauge", help);
    let _ = writeln!(text, "{name} {value}");
}

type Gauge = (&'static str, &'static str, f64);

fn gauges(state: &State, open: Option<usize>) -> Vec<Gauge> {
    let holdings = &state.holdings;
    let (applied, progress) = (holdings.archive().applied(), holdings.progress());
    let recognition = holdings.recognition();
    let waiting = recognition.pages_total.saturating_sub(recognition.pages_done);
    let behind = progress.journal.saturating_sub(progress.indexed);
    let flag = |on: bool| f64::from(u8::from(on));
    let mut gauges: Vec<Gauge> = vec![
        ("simars_documents", "Documents that are registered.", applied.documents as f64),
        ("simars_statements", "Statements in the journal.", applied.end.statements as f64),
        ("simars_journal_segments", "Segments of the journal.", progress.journal as f64),
        ("simars_index_behind_segments", "Segments that cannot be searched yet.", behind as f64),
        (
            "simars_index_failed",
            "1 while the index does not go on.",
            flag(progress.failed.is_some()),
        ),
        (
            "simars_log_failed",
            "1 while the log does not go on.",
            flag(holdings.log_failed().is_some()),
        ),
        (
            "simars_recognition_documents_waiting",
            "Documents with pages that wait for recognition.",
            recognition.documents as f64,
        ),
        (
            "simars_recognition_pages_waiting",
            "Pages of these that are not recognised yet.",
            waiting as f64,
        ),
    ];
    if let Some(open) = open {
        gauges.push(("simars_connections_open", "Open connections.", open as f64));
    }
    if let Some(bytes) = resident_bytes() {
        gauges.push(("process_resident_memory_bytes", "Memory in use.", bytes as f64));
    }
    gauges
}

/// What the process has in memory, where the system tells it (Linux).
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_is_here_and_no_proxy_is_here() {
        let at = |peer: &str, proxied: bool| {
            let mut headers = HeaderMap::new();
            if proxied {
                headers.insert("x-forwarded-for", "127.0.0.1".parse().unwrap());
            }
            is_here(Some(peer.parse().unwrap()), &headers)
        };
        assert!(at("127.0.0.1:9", false) && at("[::1]:9", false));
        assert!(at("[::ffff:127.0.0.1]:9", false));
        assert!(!at("127.0.0.1:9", true) && !at("192.0.2.1:9", false));
        assert!(!is_here(None, &HeaderMap::new()));
    }

    #[test]
    fn answers_are_counted_and_timed() {
        let metrics = Metrics::default();
        for milliseconds in [1, 20, 20_000] {
            metrics.note("/cari", "GET", 200, Duration::from_millis(milliseconds));
        }
        metrics.note("", "BREW", 404, Duration::ZERO);
        let mut text = String::new();
        answered(&mut text, &metrics.answers());
        for line in [
            "simars_http_requests_total{route=\"/cari\",method=\"GET\",status=\"200\"} 3",
            "simars_http_requests_total{route=\"(none)\",method=\"(other)\",status=\"404\"} 1",
            "simars_http_request_duration_seconds_bucket{route=\"/cari\",le=\"0.001\"} 1",
            "simars_http_request_duration_seconds_bucket{route=\"/cari\",le=\"0.03\"} 2",
            "simars_http_request_duration_seconds_bucket{route=\"/cari\",le=\"10\"} 2",
            "simars_http_request_duration_seconds_bucket{route=\"/cari\",le=\"+Inf\"} 3",
            "simars_http_request_duration_seconds_count{route=\"/cari\"} 3",
        ] {
            assert!(text.lines().any(|known| known == line), "{line}: {text}");
        }
    }
}
