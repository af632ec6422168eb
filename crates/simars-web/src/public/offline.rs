//! `/verifikasi/luring`: the page that checks a copy by its proof file without asking anybody. All it
//! needs stands in it, so it can be kept and opened from a disk.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use simars_record::Digest;
use simars_verify::Outcome;

use crate::assets;
use crate::checker::{SCRIPTS, sentences};
use crate::shell::{Shell, Visit};
use crate::state::State;
use crate::work::{blocking, failed};

/// What the page is called when it is saved.
const ATTACHMENT: &str = "attachment; filename=\"simars-periksa.html\"";

#[derive(Template)]
#[template(path = "offline.html")]
struct OfflinePage {
    shell: Shell,
    style: &'static str,
    scripts: Vec<Script>,
    texts: String,
    outcomes: [&'static str; Outcome::ALL.len()],
    /// The policy of this archive's log; empty if it has none.
    policy: String,
    policy_of_page: String,
}

struct Script {
    name: &'static str,
    text: &'static str,
}

/// Answers `GET /verifikasi/luring`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Response {
    let scripts = SCRIPTS.into_iter().chain(["offline.js"]);
    let scripts: Vec<Script> =
        scripts.map(|name| Script { name, text: assets::text(name) }).collect();
    let policy_of_page = policy_of_page(&scripts);
    let page = OfflinePage {
        shell: visit.shell(&state.settings, visit.t("offline.title"), ""),
        style: assets::text("simars.css"),
        scripts,
        texts: sentences(visit.language),
        outcomes: Outcome::ALL.map(Outcome::as_str),
        policy: policy(&state).await,
        policy_of_page: policy_of_page.clone(),
    };
    let mut response = visit.answer(StatusCode::OK, &page);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(ATTACHMENT));
    if let Ok(policy) = HeaderValue::from_str(&format!("{policy_of_page}; frame-ancestors 'none'"))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The policy of this archive's log as text; empty if there is none, or none that can be read. The
/// page is of use without it.
async fn policy(state: &Arc<State>) -> String {
    let holdings = Arc::clone(&state.holdings);
    let read = blocking(move || holdings.archive().log_policy()).await;
    let read = read.and_then(|read| read.map_err(failed("read the policy of the log")));
    let bytes = read.ok().flatten().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// What the saved page may do: run these very scripts and a worker made of one of them. It can reach
/// no address at all.
fn policy_of_page(scripts: &[Script]) -> String {
    let hashes = scripts.iter().map(|script| {
        let hash = Digest::of(script.text.as_bytes());
        format!("'sha256-{}'", STANDARD.encode(hash.as_bytes()))
    });
    let hashes: Vec<String> = hashes.collect();
    format!(
        "default-src 'none'; script-src {}; worker-src blob:; style-src 'unsafe-inline'; \
         form-action 'none'; base-uri 'none'",
        hashes.join(" ")
    )
}
