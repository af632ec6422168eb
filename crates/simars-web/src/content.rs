//! The bytes of a document, for people and for machines that resume, compare and verify.
//!
//! These answers are never compressed or changed on the way: the digest in their headers is that
//! of exactly these bytes.

use std::fs::File;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use simars_record::{Digest, Timestamp};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::problem::{Code, Problem};

pub(crate) mod disposition;
pub(crate) mod http_date;
pub(crate) mod plan;

use plan::{Meta, Plan, plan};

/// How much is read from the disk at a time.
const CHUNK: usize = 64 * 1024;

/// Where the bytes of an answer lie.
#[derive(Debug)]
pub(crate) enum Source {
    /// In a file, which is read piece by piece.
    File(File),
    /// In memory.
    Bytes(Bytes),
    /// In a file, and what follows it in memory.
    Both(File, Bytes),
}

/// A file to be sent.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) source: Source,
    pub(crate) sha256: Digest,
    pub(crate) size_bytes: u64,
    pub(crate) modified: Timestamp,
    /// What Content-Type says.
    pub(crate) media_type: String,
    /// The name to save it under.
    pub(crate) file_name: String,
    /// Whether anyone at all may have it: then caches in between may keep it.
    pub(crate) public: bool,
}

/// Answers a request for a file.
pub(crate) async fn send(method: &Method, headers: &HeaderMap, content: Content) -> Response {
    let Content { source, sha256, size_bytes, modified, media_type, file_name, public } = content;
    let meta = Meta { sha256, size_bytes, modified };
    let common = common_headers(&meta, public);
    let whole = (0, size_bytes);
    let (status, (first, length)) = match plan(method, headers, &meta) {
        Plan::Whole => (StatusCode::OK, whole),
        Plan::Part { first, last } => (StatusCode::PARTIAL_CONTENT, (first, last - first + 1)),
        Plan::NotModified => return (StatusCode::NOT_MODIFIED, common).into_response(),
        Plan::PreconditionFailed => return Code::PreconditionFailed.problem().into_response(),
        Plan::Unsatisfiable => return unsatisfiable(size_bytes),
    };
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        match body(source, first, length, size_bytes).await {
            Ok(body) => body,
            Err(problem) => return problem.into_response(),
        }
    };
    let mut response = (status, common, body).into_response();
    let headers = response.headers_mut();
    describe(headers, &media_type, &file_name, &sha256);
    headers.insert(header::CONTENT_LENGTH, length.into());
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {first}-{}/{size_bytes}", first + length - 1);
        insert(headers, header::CONTENT_RANGE, &range);
    }
    response
}

/// What stands on every answer about the file, also on one without its bytes.
fn common_headers(meta: &Meta, public: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    insert(&mut headers, header::ETAG, &meta.etag());
    insert(&mut headers, header::LAST_MODIFIED, &http_date::write(meta.modified));
    // The bytes never change, but whether they may be had can: so a cache asks each time, which
    // costs a few bytes and no download.
    let caching = if public { "public, no-cache" } else { "private, no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("authorization"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers
}

fn describe(headers: &mut HeaderMap, media_type: &str, file_name: &str, sha256: &Digest) {
    let media_type = disposition::content_type(media_type);
    let shown = disposition::is_shown(media_type);
    insert(headers, header::CONTENT_TYPE, media_type);
    insert(headers, header::CONTENT_DISPOSITION, &disposition::disposition(shown, file_name));
    let digest = format!("sha-256=:{}:", base64(sha256.as_bytes()));
    if let Ok(value) = HeaderValue::from_str(&digest) {
        headers.insert("repr-digest", value);
    }
    // Whatever the file is, it acts in a world of its own. Chromium's PDF viewer works in it.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox; \
                  frame-ancestors 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
}

/// Sets a header whose value is made of plain characters.
fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The part that is wanted; of a file as a stream that holds one chunk in memory at a time.
async fn body(source: Source, first: u64, length: u64, size_bytes: u64) -> Result<Body, Problem> {
    let (file, rest) = match source {
        Source::File(file) => (file, Bytes::new()),
        Source::Both(file, rest) => (file, rest),
        Source::Bytes(bytes) => {
            let start = usize::try_from(first).unwrap_or(usize::MAX).min(bytes.len());
            let end = start.saturating_add(length as usize).min(bytes.len());
            return Ok(Body::from(bytes.slice(start..end)));
        }
    };
    let failed = |error: std::io::Error| {
        tracing::error!(%error, "a stored file cannot be read");
        Code::Internal.problem()
    };
    let mut file = tokio::fs::File::from_std(file);
    let found = file.metadata().await.map_err(failed)?.len();
    if found + rest.len() as u64 != size_bytes {
        tracing::error!(found, size_bytes, "a stored file has another size than was registered");
        return Err(Code::Internal.problem());
    }
    if first > 0 {
        file.seek(std::io::SeekFrom::Start(first.min(found))).await.map_err(failed)?;
    }
    // Empty unless the part begins behind the file.
    let skipped = usize::try_from(first.saturating_sub(found)).unwrap_or(usize::MAX);
    let rest = rest.slice(skipped.min(rest.len())..);
    let both = file.chain(std::io::Cursor::new(rest));
    Ok(Body::from_stream(ReaderStream::with_capacity(both.take(length), CHUNK)))
}

fn unsatisfiable(size_bytes: u64) -> Response {
    let mut response = Code::RangeNotSatisfiable.problem().into_response();
    insert(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{size_bytes}"));
    response
}

/// Base64 with padding (RFC 4648 §4), as structured fields write bytes.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for position in 0..4 {
            if position <= group.len() {
                let index = bits >> (18 - 6 * position) & 63;
                text.push(char::from(ALPHABET[index as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests;
