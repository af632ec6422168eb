//! Is this copy what was published?

use axum::http::StatusCode;
use simars_record::Digest;

use crate::site::{DECISION, LIMIT_BYTES, Site, form};

#[test]
fn a_digest_is_recognised_however_it_is_written() {
    let (site, id) = Site::with_decision();
    let digest = Digest::of(DECISION.as_bytes()).to_string();
    for written in [digest.clone(), digest.to_uppercase()] {
        let reply = site.get(&format!("/api/v1/verify/{written}"));
        assert_eq!(reply.status, StatusCode::OK);
        let verdict = reply.json();
        assert_eq!(verdict["sha256"], digest.as_str());
        assert_eq!(verdict["registered"], true);
        assert_eq!(verdict["outcome"], "genuine");
        assert_eq!(verdict["id"], id.as_str());
        assert_eq!(verdict["status"], "published");
        assert_eq!(verdict["registered_at"], "2026-11-24T08:33:45Z");
        assert_eq!(verdict["links"]["page"], format!("/dokumen/{id}"));
        assert_eq!(verdict["year"], 2024);
    }
}

#[test]
fn an_unknown_digest_says_what_that_does_not_mean() {
    let (site, _) = Site::with_decision();
    let digest = Digest::of(b"something else");
    let reply = site.get(&format!("/api/v1/verify/{digest}"));
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert_eq!(reply.header("content-type"), "application/problem+json");
    let problem = reply.json();
    assert_eq!(problem["code"], "not-registered");
    assert_eq!(problem["registered"], false);
    assert!(problem["detail"].as_str().unwrap().contains("does not make it a forgery"));
}

#[test]
fn a_malformed_digest_is_a_bad_request() {
    let site = Site::new();
    for wrong in ["abc", "zz", &"g".repeat(64), &"a".repeat(65), "%20"] {
        let reply = site.get(&format!("/api/v1/verify/{wrong}"));
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert_eq!(reply.json()["code"], "malformed-digest");
    }
}

#[test]
fn a_file_is_hashed_and_not_kept() {
    let (site, id) = Site::with_decision();
    let post = |media_type: &str, body: &[u8]| {
        site.post("/api/v1/verify", &[("content-type", media_type)], body)
    };
    let (form_type, body) = form("file", DECISION.as_bytes());
    for reply in [
        post("application/pdf", DECISION.as_bytes()),
        post("application/x-www-form-urlencoded", DECISION.as_bytes()),
        post(&form_type, &body),
    ] {
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        assert_eq!(reply.json()["id"], id.as_str());
    }
    let unknown = post("application/pdf", b"another file");
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert_eq!(unknown.json()["sha256"], Digest::of(b"another file").to_string());
    assert_eq!(site.state.holdings.archive().applied().documents, 1);

    let (form_type, body) = form("other", b"x");
    assert_eq!(post(&form_type, &body).json()["code"], "unreadable-body");
    let cut = &body[..body.len() / 2];
    assert_eq!(post(&form_type, cut).json()["code"], "unreadable-body");
    let large = post("application/pdf", &vec![0; LIMIT_BYTES as usize + 1]);
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn the_page_gives_the_verdict_in_words_without_a_script() {
    let (site, id) = Site::with_decision();
    let digest = Digest::of(DECISION.as_bytes());
    let shown = |text: &str| text.split("id=\"results\"").next().unwrap().to_owned();

    let known = site.get(&format!("/verifikasi?sha256=%20{digest}%0A"));
    assert_eq!(known.status, StatusCode::OK);
    let words = shown(known.text());
    assert!(words.contains("Asli: sama persis") && words.contains(&format!("/dokumen/{id}")));

    let unknown = site.get(&format!("/verifikasi?sha256={}&bahasa=en", Digest::of(b"x")));
    assert!(shown(unknown.text()).contains("It does not mean a forgery"));

    let malformed = site.get("/verifikasi?sha256=%3Ci%3E");
    assert_eq!(malformed.status, StatusCode::BAD_REQUEST);
    assert!(malformed.text().contains("role=\"alert\"") && !malformed.text().contains("<i>"));

    let (form_type, body) = form("file", DECISION.as_bytes());
    let headers = [("content-type", form_type.as_str())];
    let uploaded = site.post("/verifikasi", &headers, &body);
    assert!(shown(uploaded.text()).contains("Asli: sama persis"));

    let (form_type, body) = form("file", b"");
    let headers = [("content-type", form_type.as_str())];
    let empty = site.post("/verifikasi", &headers, &body);
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
    assert!(empty.text().contains("Tidak ada berkas yang diterima"));
    assert_eq!(site.post("/verifikasi", &[], b"x").status, StatusCode::BAD_REQUEST);
}
