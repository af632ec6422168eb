//! Whole answers about files.

use std::io::Write;

use axum::body::to_bytes;
use proptest::prelude::*;

use super::*;

fn content(bytes: &[u8]) -> Content {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    Content {
        source: Source::File(file),
        sha256: Digest::of(bytes),
        size_bytes: bytes.len() as u64,
        modified: Timestamp::from_unix(1_700_000_000),
        media_type: "application/pdf".to_owned(),
        file_name: "Keputusan 12.pdf".to_owned(),
        public: true,
    }
}

fn ask(method: &Method, bytes: &[u8], range: Option<&str>) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut headers = HeaderMap::new();
    if let Some(range) = range {
        headers.insert(header::RANGE, HeaderValue::from_str(range).unwrap());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let response = send(method, &headers, content(bytes)).await;
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
    })
}

#[test]
fn base64_as_in_the_standard() {
    for (bytes, text) in
        [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
    {
        assert_eq!(base64(bytes.as_bytes()), text);
    }
}

#[test]
fn the_whole_file_with_all_that_is_known_of_it() {
    let (status, headers, body) = ask(&Method::GET, b"abc", None);
    assert_eq!((status, body.as_slice()), (StatusCode::OK, &b"abc"[..]));
    let value = |name: &str| headers[name].to_str().unwrap();
    assert_eq!(value("content-length"), "3");
    assert_eq!(value("content-type"), "application/pdf");
    assert_eq!(value("content-disposition"), "inline; filename=\"Keputusan 12.pdf\"");
    assert_eq!(value("repr-digest"), "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:");
    assert_eq!(
        value("etag"),
        "\"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\""
    );
    assert_eq!(value("last-modified"), "Tue, 14 Nov 2023 22:13:20 GMT");
    assert_eq!(value("accept-ranges"), "bytes");
}

#[test]
fn head_tells_the_size_and_sends_nothing() {
    let (status, headers, body) = ask(&Method::HEAD, b"abc", Some("bytes=0-0"));
    assert_eq!((status, body.len()), (StatusCode::OK, 0));
    assert_eq!(headers["content-length"], "3");
}

#[test]
fn a_range_outside_tells_the_size() {
    let (status, headers, _) = ask(&Method::GET, b"abc", Some("bytes=3-"));
    assert_eq!(status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(headers["content-range"], "bytes */3");
}

#[test]
fn a_stored_file_that_lost_bytes_is_an_error_not_a_short_answer() {
    let mut short = content(b"abc");
    short.size_bytes = 4;
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let response = runtime.block_on(send(&Method::GET, &HeaderMap::new(), short));
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_part_holds_exactly_its_bytes(
        bytes in prop::collection::vec(any::<u8>(), 1..200_000),
        first in 0..200_000usize,
        length in 1..200_000usize,
    ) {
        let first = first % bytes.len();
        let last = (first + length - 1).min(bytes.len() - 1);
        let range = format!("bytes={first}-{last}");
        let (status, headers, body) = ask(&Method::GET, &bytes, Some(&range));
        prop_assert_eq!(status, StatusCode::PARTIAL_CONTENT);
        prop_assert_eq!(&body, &bytes[first..=last]);
        let content_range = format!("bytes {first}-{last}/{}", bytes.len());
        prop_assert_eq!(headers["content-range"].to_str().unwrap(), content_range);
        prop_assert_eq!(headers["content-length"].to_str().unwrap(), body.len().to_string());
    }
}
