//! Uploads that go on where they were cut off (tus 1.0.0).

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio_util::io::ReaderStream;

use crate::site::{DECISION, LIMIT_BYTES, Reply, Site, TOKEN};

const BYTES: &str = "application/offset+octet-stream";

fn ask(site: &Site, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Reply {
    let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap());
    request = request.uri(path).header("tus-resumable", "1.0.0");
    request = request.header("authorization", format!("Bearer {TOKEN}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.ask(request.body(body).unwrap())
}

/// Begins an upload of so many bytes and gives its address. The name is `a.txt`, the class
/// *terbatas*.
fn begin(site: &Site, length: usize) -> String {
    let metadata = "filename YS50eHQ=,access dGVyYmF0YXM=,filetype dGV4dC9wbGFpbg==";
    let headers = [("upload-length", &*length.to_string()), ("upload-metadata", metadata)];
    let begun = ask(site, "POST", "/api/v1/uploads", &headers, Body::empty());
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text());
    assert_eq!(begun.header("tus-resumable"), "1.0.0");
    begun.header("location").to_owned()
}

fn append(site: &Site, address: &str, offset: usize, body: Body) -> Reply {
    let headers = [("upload-offset", &*offset.to_string()), ("content-type", BYTES)];
    ask(site, "PATCH", address, &headers, body)
}

fn offset(site: &Site, address: &str) -> String {
    let here = ask(site, "HEAD", address, &[], Body::empty());
    assert_eq!(here.status, StatusCode::OK);
    here.header("upload-offset").to_owned()
}

#[test]
fn a_dropped_line_is_gone_on_with() {
    let site = Site::new();
    let whole = DECISION.as_bytes();
    let address = begin(&site, whole.len());
    assert_eq!(offset(&site, &address), "0");
    // Some bytes, then the line is dropped.
    let stream = ReaderStream::new(whole[..100].chain(Dropped));
    let dropped = append(&site, &address, 0, Body::from_stream(stream));
    assert_ne!(dropped.status, StatusCode::NO_CONTENT);
    assert_eq!(offset(&site, &address), "100", "what came has stayed");
    let wrong = append(&site, &address, 7, Body::from(whole[7..].to_vec()));
    assert_eq!(wrong.status, StatusCode::CONFLICT);
    assert_eq!(wrong.json()["offset"], 100);
    let rest = append(&site, &address, 100, Body::from(whole[100..].to_vec()));
    assert_eq!(rest.status, StatusCode::NO_CONTENT, "{}", rest.text());
    assert_eq!(rest.header("upload-offset"), whole.len().to_string());

    let told = ask(&site, "GET", &address, &[], Body::empty()).json();
    assert_eq!(told["report"]["status"], "registered");
    let id = told["report"]["id"].as_str().unwrap();
    let document = site.get_as_owner(&format!("/api/v1/documents/{id}")).json();
    assert_eq!(document["access"], "terbatas");
    assert_eq!(site.get(&format!("/api/v1/documents/{id}")).status, StatusCode::NOT_FOUND);
    let content = site.get_as_owner(&format!("/api/v1/documents/{id}/content"));
    assert_eq!(content.body, whole);
    // A client that missed the answer asks again: nothing is filed twice.
    let again = append(&site, &address, whole.len(), Body::empty());
    assert_eq!(again.status, StatusCode::NO_CONTENT);
    assert_eq!(ask(&site, "GET", &address, &[], Body::empty()).json()["report"]["id"], id);
}

/// A line that was dropped.
struct Dropped;

impl AsyncRead for Dropped {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Poll::Ready(Err(std::io::ErrorKind::ConnectionReset.into()))
    }
}

#[test]
fn what_is_wrong_is_said_before_a_byte_is_sent() {
    let site = Site::new();
    let post = |headers: &[(&str, &str)]| {
        ask(&site, "POST", "/api/v1/uploads", headers, Body::empty()).status
    };
    let name = ("upload-metadata", "filename YS50eHQ=");
    let put = ask(&site, "PUT", "/api/v1/uploads", &[name], Body::empty());
    assert_eq!(
        (put.status, put.header("allow")),
        (StatusCode::METHOD_NOT_ALLOWED, "OPTIONS, POST")
    );
    assert_eq!(post(&[name]), StatusCode::BAD_REQUEST, "no length");
    assert_eq!(post(&[("upload-length", "5")]), StatusCode::BAD_REQUEST, "no name");
    let much = (LIMIT_BYTES + 1).to_string();
    assert_eq!(post(&[name, ("upload-length", &much)]), StatusCode::PAYLOAD_TOO_LARGE);
    // A misspelled class must not open a closed document.
    let misspelled = ("upload-metadata", "filename YS50eHQ=,acces dGVyYmF0YXM=");
    assert_eq!(post(&[misspelled, ("upload-length", "5")]), StatusCode::BAD_REQUEST);
    let bare = site.post_as_owner("/api/v1/uploads", b"");
    assert_eq!(bare.status, StatusCode::PRECONDITION_FAILED, "no version");
    let options = ask(&site, "OPTIONS", "/api/v1/uploads", &[], Body::empty());
    assert_eq!(options.header("tus-extension"), "creation,termination");
    assert_eq!(options.header("tus-max-size"), LIMIT_BYTES.to_string());

    let address = begin(&site, 5);
    let more = append(&site, &address, 0, Body::from("123456"));
    assert_eq!(more.status, StatusCode::PAYLOAD_TOO_LARGE);
    let kind = ask(&site, "PATCH", &address, &[("upload-offset", "0")], Body::from("1"));
    assert_eq!(kind.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let ended = ask(&site, "DELETE", &address, &[], Body::empty());
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(ask(&site, "HEAD", &address, &[], Body::empty()).status, StatusCode::NOT_FOUND);
}
