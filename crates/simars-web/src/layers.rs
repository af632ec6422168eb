//! What stands around every answer: protective headers, compression, a line in the log.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::compression::CompressionLayer;

use crate::counts::{Counts, answered};
use crate::metrics::Metrics;

/// Pages may use what this server serves, and nothing else; nobody may frame them.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' data:; connect-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

/// Adds the protective headers; an answer that brings its own policy keeps it.
pub(crate) async fn protect(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Writes one line per request, without what was searched for: what people look for is theirs.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let started = std::time::Instant::now();
    let response = next.run(request).await;
    let milliseconds = started.elapsed().as_millis() as u64;
    let status = response.status().as_u16();
    tracing::debug!(%method, path, status, milliseconds, "answered");
    response
}

/// Counts and times what was answered; see [`counts`](crate::counts) and [`metrics`](crate::metrics).
pub(crate) async fn count(
    State((state, counts, metrics)): State<(Arc<crate::State>, Counts, Metrics)>,
    request: Request,
    next: Next,
) -> Response {
    let begun = std::time::Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let asked = request.headers().clone();
    let response = next.run(request).await;
    let route = route.as_ref().map(MatchedPath::as_str).unwrap_or_default();
    metrics.note(route, method.as_str(), response.status().as_u16(), begun.elapsed());
    let place = (route, uri.path(), uri.query().unwrap_or_default());
    if let Some(answered) = answered(&method, place, &asked, response.status())
        && counts.note(state.holdings.archive().now(), &answered)
    {
        // Whether it was written is told in the log; nobody waits for it.
        drop(tokio::task::spawn_blocking(move || counts.write()));
    }
    response
}

/// Compression for pages, data, style and script. The bytes of documents are never put through
/// it: a compressed answer would no longer be what its digest and its ranges speak of.
pub(crate) fn compression() -> CompressionLayer {
    CompressionLayer::new().gzip(true)
}
