//! Documents as bytes: what resumes, compares and caches must be right.

use axum::http::{Method, StatusCode};
use simars_record::Digest;

use crate::site::{DECISION, Site};

#[test]
fn the_original_comes_as_it_went_in() {
    let (site, id) = Site::with_decision();
    let address = format!("/api/v1/documents/{id}/content");
    let reply = site.get(&address);
    assert_eq!(reply.body, DECISION.as_bytes());
    let digest = Digest::of(DECISION.as_bytes());
    assert_eq!(reply.header("etag"), format!("\"sha256:{digest}\""));
    assert!(reply.header("repr-digest").starts_with("sha-256=:"));
    assert_eq!(reply.header("content-length"), DECISION.len().to_string());
    assert!(reply.header("content-type").starts_with("text/plain"));
    assert_eq!(reply.header("content-disposition"), "inline; filename=\"SK-12-2024.txt\"");
    assert_eq!(reply.header("last-modified"), "Tue, 24 Nov 2026 08:33:45 GMT");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert!(reply.header("content-security-policy").contains("sandbox"));
    assert_eq!(reply.header("cache-control"), "public, no-cache");

    let head = site.ask_with(Method::HEAD, &address, &[]);
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    for name in ["etag", "repr-digest", "content-length", "content-type", "accept-ranges"] {
        assert_eq!(head.header(name), reply.header(name), "{name}");
    }
}

#[test]
fn parts_and_preconditions() {
    let (site, id) = Site::with_decision();
    let address = format!("/api/v1/documents/{id}/content");
    let etag = site.get(&address).header("etag").to_owned();
    let get = |headers: &[(&str, &str)]| site.ask_with(Method::GET, &address, headers);

    let part = get(&[("range", "bytes=10-18")]);
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.body, &DECISION.as_bytes()[10..=18]);
    assert_eq!(part.header("content-range"), format!("bytes 10-18/{}", DECISION.len()));
    assert_eq!(get(&[("range", "bytes=-5"), ("if-range", &etag)]).body.len(), 5);
    assert_eq!(get(&[("range", "bytes=0-1"), ("if-range", "\"old\"")]).status, StatusCode::OK);
    assert_eq!(get(&[("range", "bytes=999999-")]).status, StatusCode::RANGE_NOT_SATISFIABLE);

    let unchanged = get(&[("if-none-match", &etag)]);
    assert_eq!((unchanged.status, unchanged.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(unchanged.header("etag"), etag);
    assert_eq!(get(&[("if-match", "\"old\"")]).status, StatusCode::PRECONDITION_FAILED);
}

#[test]
fn documents_are_never_compressed_and_pages_are() {
    let (site, id) = Site::with_decision();
    let accept = [("accept-encoding", "gzip, br")];
    for path in ["content", "text"] {
        let address = format!("/api/v1/documents/{id}/{path}");
        let reply = site.ask_with(Method::GET, &address, &accept);
        assert_eq!(reply.header("content-encoding"), "");
        assert_eq!(reply.body, DECISION.as_bytes(), "{path}");
    }
    for address in [format!("/dokumen/{id}"), "/api/v1/search?q=kursi".to_owned()] {
        let reply = site.ask_with(Method::GET, &address, &accept);
        assert_eq!(reply.header("content-encoding"), "gzip", "{address}");
    }
}

#[test]
fn text_is_plain_and_keeps_its_pages() {
    let (site, id) = Site::with_decision();
    let reply = site.get(&format!("/api/v1/documents/{id}/text"));
    assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(reply.header("content-disposition"), "inline; filename=\"SK-12-2024.txt\"");
    assert_eq!(reply.text().split('\u{c}').count(), 2);
}

#[test]
fn what_could_carry_a_script_is_only_saved() {
    let site = Site::new();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>";
    let html = b"<!doctype html><html><body><script>1</script>isi contoh</body></html>";
    for (name, bytes) in [("a.svg", &svg[..]), ("a.html", &html[..])] {
        let id = site.file(&format!("name={name}"), bytes);
        let reply = site.get(&format!("/api/v1/documents/{id}/content"));
        assert_eq!(reply.body, bytes);
        let shown = reply.header("content-disposition").starts_with("inline");
        let media_type = reply.header("content-type");
        assert!(!shown || media_type.starts_with("text/plain"), "{name}: {media_type}");
        assert!(reply.header("content-security-policy").contains("sandbox"));
    }
}

#[test]
fn an_older_version_is_asked_for_by_its_number() {
    let (site, id) = Site::with_decision();
    let address = format!("/api/v1/documents/{id}/content");
    assert_eq!(site.get(&format!("{address}?version=1")).body, DECISION.as_bytes());
    for wrong in ["2", "0", "x"] {
        let reply = site.get(&format!("{address}?version={wrong}"));
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}
