//! Files for machines that watch or crawl.

use std::sync::Arc;

use axum::extract;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::State;
use crate::problem::Code;
use crate::shell::Visit;

/// `GET /healthz`: the process answers.
pub(crate) async fn health() -> Response {
    ([(header::CACHE_CONTROL, "no-store")], "ok\n").into_response()
}

/// `GET /readyz`: everything registered can be found.
pub(crate) async fn ready(extract::State(state): extract::State<Arc<State>>) -> Response {
    if state.holdings.caught_up() {
        return ([(header::CACHE_CONTROL, "no-store")], "ready\n").into_response();
    }
    Code::NotReady.problem().into_response()
}

/// `GET /robots.txt`: documents may be crawled, endless lists of results may not.
pub(crate) async fn robots(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Response {
    // Allowed before disallowed: some crawlers obey the first rule that fits, not the longest.
    let rules = format!(
        "User-agent: *\nAllow: /api/v1/documents/\nDisallow: /cari\nDisallow: /api/\n\
         Disallow: /verifikasi?\nDisallow: /petugas\n\
         Disallow: /api/v1/documents/*/copy.pdf\nDisallow: /api/v1/documents/*/certificate.pdf\n\nSitemap: {}/sitemap.xml\n",
        visit.origin(&state.settings)
    );
    ([(header::CACHE_CONTROL, "public, max-age=3600")], rules).into_response()
}
