//! Answers that are made anew each time and seldom differ: who has the same already is told so, and
//! nothing is sent again (RFC 9110 §13).

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use simars_record::{Digest, Timestamp};

use crate::content::http_date;
use crate::content::plan::{date, list};

/// Larger answers are no pages, and are not compared.
const MOST_BYTES: u64 = 4 << 20;

/// An answer that was made.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) media_type: &'static str,
    pub(crate) text: String,
    /// When what it tells was changed last, if that is known.
    pub(crate) modified: Option<Timestamp>,
    /// How long others may keep it.
    pub(crate) caching: &'static str,
    /// The headers of the request that it depends on; empty for none.
    pub(crate) varies_by: &'static str,
}

impl IntoResponse for Made {
    fn into_response(self) -> Response {
        let media_type = HeaderValue::from_static(self.media_type);
        let mut response = ([(header::CONTENT_TYPE, media_type)], self.text).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.caching));
        if !self.varies_by.is_empty() {
            headers.insert(header::VARY, HeaderValue::from_static(self.varies_by));
        }
        let modified = self.modified.map(http_date::write);
        if let Some(Ok(modified)) = modified.map(HeaderValue::try_from) {
            headers.insert(header::LAST_MODIFIED, modified);
        }
        response
    }
}

/// Gives each whole answer a tag, the digest of what it says, and sends it only to whoever does not
/// have it. An answer that says nothing of caching may be kept, and is asked for again each time.
pub(crate) async fn layer(mut request: Request, next: Next) -> Response {
    // Whoever asks for the head alone is told what would come with the answer.
    let head = *request.method() == Method::HEAD;
    let get = head || *request.method() == Method::GET;
    if head {
        *request.method_mut() = Method::GET;
    }
    let mut asked = HeaderMap::new();
    for name in [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE] {
        if let Some(value) = request.headers().get(&name) {
            asked.insert(name, value.clone());
        }
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if headers.get(header::CACHE_CONTROL).is_none() {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.entry(header::VARY).or_insert(HeaderValue::from_static("authorization, cookie"));
    }
    if get && response.status() == StatusCode::OK && is_for_comparing(&response) {
        response = compared(&asked, response).await;
    }
    if head { without_body(response) } else { response }
}

/// The answer with its tag, or the news that the asker has it.
async fn compared(asked: &HeaderMap, response: Response) -> Response {
    let (parts, body) = response.into_parts();
    match to_bytes(body, MOST_BYTES as usize).await {
        Ok(bytes) => {
            let digest = Digest::of(&bytes).to_string();
            answer(asked, parts, &digest[..32], bytes.into())
        }
        // Cannot be: its size is known and it is in memory.
        Err(error) => {
            tracing::error!(%error, "an answer could not be read before it was sent");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The same head, which tells how long the body is that is left out.
fn without_body(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    if parts.status == StatusCode::OK
        && let Some(size) = body.size_hint().exact()
    {
        parts.headers.entry(header::CONTENT_LENGTH).or_insert(HeaderValue::from(size));
    }
    Response::from_parts(parts, Body::empty())
}

/// Whether an answer is in memory, is not too large, and may be kept at all.
fn is_for_comparing(response: &Response) -> bool {
    let caching = response.headers().get(header::CACHE_CONTROL);
    let kept = caching.is_none_or(|caching| !caching.as_bytes().starts_with(b"no-store"));
    let size = response.body().size_hint().exact();
    kept && size.is_some_and(|size| size <= MOST_BYTES)
        && !response.headers().contains_key(header::ETAG)
}

/// Sends an answer of this digest, or says that the asker has it.
fn answer(asked: &HeaderMap, mut parts: Parts, digest: &str, body: Body) -> Response {
    // Weak: compressing it changes the bytes and nothing that is said.
    let tag = format!("W/\"{digest}\"");
    let has = match list(asked, header::IF_NONE_MATCH) {
        Some(tags) => tags.split(',').map(str::trim).any(|one| one == "*" || same(one, &tag)),
        None => {
            let modified = date(&parts.headers, header::LAST_MODIFIED);
            match (modified, date(asked, header::IF_MODIFIED_SINCE)) {
                (Some(modified), Some(since)) => modified <= since,
                _ => false,
            }
        }
    };
    if let Ok(tag) = HeaderValue::try_from(tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    if !has {
        return Response::from_parts(parts, body);
    }
    parts.status = StatusCode::NOT_MODIFIED;
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_LANGUAGE] {
        parts.headers.remove(name);
    }
    Response::from_parts(parts, Body::empty())
}

/// Whether two tags are the same but for being weak.
fn same(one: &str, other: &str) -> bool {
    let bare = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    bare(one) == bare(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: header::HeaderName, value: &str) -> StatusCode {
        let made = Made {
            media_type: "text/plain",
            text: "isi".to_owned(),
            modified: Some(Timestamp::from_unix(784_111_777)),
            caching: "public, max-age=60",
            varies_by: "",
        };
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        let (parts, body) = made.into_response().into_parts();
        answer(&headers, parts, &Digest::of(b"isi").to_string()[..32], body).status()
    }

    #[test]
    fn who_has_it_is_told_so() {
        let tag = format!("\"{}\"", &Digest::of(b"isi").to_string()[..32]);
        for (value, status) in [
            (format!("W/{tag}"), 304),
            (format!("\"x\", {tag}"), 304),
            ("*".to_owned(), 304),
            ("\"x\"".to_owned(), 200),
        ] {
            assert_eq!(asked(header::IF_NONE_MATCH, &value), status, "{value}");
        }
        for (value, status) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 304),
            ("Sun, 06 Nov 1994 08:49:36 GMT", 200),
            ("yesterday", 200),
        ] {
            assert_eq!(asked(header::IF_MODIFIED_SINCE, value), status, "{value}");
        }
    }
}
