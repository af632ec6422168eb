//! Answers that are made anew each time and seldom differ: who has the same already is told so, and
//! nothing is sent again (RFC 9110 §13).

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use simars_record::{Digest, Timestamp};

use crate::content::http_date;
use crate::content::plan::{date, list};

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

/// Sends it, or says that the asker has it.
pub(crate) fn answer(asked: &HeaderMap, made: Made) -> Response {
    let digest = Digest::of(made.text.as_bytes()).to_string();
    // Weak: compressing it changes the bytes and nothing that is said.
    let tag = format!("W/\"{}\"", &digest[..32]);
    let has = match list(asked, header::IF_NONE_MATCH) {
        Some(tags) => tags.split(',').map(str::trim).any(|one| one == "*" || same(one, &tag)),
        None => match (made.modified, date(asked, header::IF_MODIFIED_SINCE)) {
            (Some(modified), Some(since)) => modified <= since,
            _ => false,
        },
    };
    let media_type = HeaderValue::from_static(made.media_type);
    let mut response = match has {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(header::CONTENT_TYPE, media_type)], made.text).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(made.caching));
    if !made.varies_by.is_empty() {
        headers.insert(header::VARY, HeaderValue::from_static(made.varies_by));
    }
    let modified = made.modified.map(http_date::write);
    for (name, value) in [(header::ETAG, Some(tag)), (header::LAST_MODIFIED, modified)] {
        if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
            headers.insert(name, value);
        }
    }
    response
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
        answer(&headers, made).status()
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
