//! What is not open is answered like what does not exist, on every way in.

use axum::http::StatusCode;
use simars_archive::archive::Change;
use simars_record::{AccessClass, Digest};

use crate::site::{DECISION, Site, TOKEN};

const NOBODY: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Every address that speaks of a document.
fn addresses(id: &str) -> Vec<String> {
    [
        "/dokumen/{id}",
        "/dokumen/{id}/halaman/1",
        "/dokumen/{id}/halaman/1?q=kursi",
        "/api/v1/documents/{id}",
        "/api/v1/documents/{id}/content",
        "/api/v1/documents/{id}/text",
        "/api/v1/documents/{id}/pages/1",
    ]
    .map(|address| address.replace("{id}", id))
    .into()
}

fn assert_hidden(site: &Site, id: &str) {
    for (hidden, absent) in addresses(id).iter().zip(addresses(NOBODY)) {
        let (hidden_reply, absent_reply) = (site.get(hidden), site.get(&absent));
        assert_eq!(hidden_reply.status, StatusCode::NOT_FOUND, "{hidden}");
        let same = hidden_reply.text().replace(id, NOBODY);
        assert_eq!(same, absent_reply.text(), "{hidden}");
        let names = |reply: &crate::site::Reply| {
            reply.headers.keys().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(names(&hidden_reply), names(&absent_reply), "{hidden}");
    }
    let found = site.get("/api/v1/search?q=kursi").json();
    assert_eq!(found["total"], 0);
    assert_eq!(found["facets"]["kind"].as_array().unwrap().len(), 0);
    assert!(!site.get("/").text().contains(id));
    assert!(!site.get("/cari?q=kursi").text().contains(id));
    assert!(!site.get("/koleksi").text().contains("Keputusan"));
}

fn assert_unverifiable(site: &Site) {
    let digest = Digest::of(DECISION.as_bytes());
    let known = site.get(&format!("/api/v1/verify/{digest}"));
    assert_eq!(known.status, StatusCode::NOT_FOUND);
    let other = Digest::of(b"something else");
    let unknown = site.get(&format!("/api/v1/verify/{other}"));
    assert_eq!(known.text().replace(&digest.to_string(), &other.to_string()), unknown.text());
}

#[test]
fn a_closed_document_is_nowhere() {
    for query in ["name=a.txt&access=terbatas", "name=a.txt&access=rahasia", "name=a.txt&draft=1"] {
        let site = Site::new();
        let id = site.file(query, DECISION.as_bytes());
        assert_hidden(&site, &id);
        assert_unverifiable(&site);
        // The owner sees it all the same, but through the API only: pages are public.
        for address in addresses(&id).iter().filter(|address| address.starts_with("/api/")) {
            let reply = site.get_as_owner(address);
            assert_eq!(reply.status, StatusCode::OK, "{query} {address}");
        }
        let content = site.get_as_owner(&format!("/api/v1/documents/{id}/content"));
        assert_eq!(content.header("cache-control"), "private, no-cache");
        assert_eq!(site.get_as_owner("/api/v1/search?q=kursi").json()["total"], 1);
        let digest = Digest::of(DECISION.as_bytes());
        let verdict = site.get_as_owner(&format!("/api/v1/verify/{digest}"));
        assert_eq!(verdict.status, StatusCode::OK);
    }
}

#[test]
fn a_withdrawn_document_answers_only_who_brings_it_along() {
    let (site, id) = Site::with_decision();
    let archive = site.state.holdings.archive();
    archive.change(&id.parse().unwrap(), &Change::Withdraw).unwrap();
    site.state.holdings.wake();
    site.state.holdings.wait_until_searchable(|_| {}).unwrap();
    assert_hidden(&site, &id);
    let digest = Digest::of(DECISION.as_bytes());
    let verdict = site.get(&format!("/api/v1/verify/{digest}")).json();
    assert_eq!(verdict["outcome"], "withdrawn");
    assert_eq!(verdict["status"], "withdrawn");
    for hidden in ["title", "kind", "number", "year", "label", "links"] {
        assert!(verdict[hidden].is_null(), "{hidden}");
    }
    let page = site.get(&format!("/verifikasi?sha256={digest}"));
    assert!(page.text().contains("class=\"box verdict withdrawn\""));
    let shown = page.text().split("id=\"results\"").next().unwrap();
    assert!(!shown.contains(&id) && !shown.contains("PEROLEHAN KURSI"));
}

#[test]
fn closing_a_document_takes_effect_at_once() {
    let (site, id) = Site::with_decision();
    let address = format!("/api/v1/documents/{id}/content");
    let etag = site.get(&address).header("etag").to_owned();
    let change = Change::Access(AccessClass::Secret);
    site.state.holdings.archive().change(&id.parse().unwrap(), &change).unwrap();
    let revalidated = site.ask_with(axum::http::Method::GET, &address, &[("if-none-match", &etag)]);
    assert_eq!(revalidated.status, StatusCode::NOT_FOUND);
    // The index was not told yet. What it still finds is looked up, and left out everywhere.
    assert_hidden(&site, &id);
    let found = site.get("/api/v1/search?q=kursi").json();
    for facet in ["kind", "year", "issuer"] {
        assert_eq!(found["facets"][facet].as_array().unwrap().len(), 0, "{facet}");
    }
    let owner = site.get_as_owner("/api/v1/search?q=kursi").json();
    assert_eq!(owner["total"], 1, "the owner may find it as before");
}

#[test]
fn an_index_that_is_behind_is_said_to_be() {
    let (site, id) = Site::with_decision();
    assert_eq!(site.get("/api/v1/search").json()["complete"], true);
    assert!(!site.get("/").text().contains("Indeks sedang dibangun"));
    let change = Change::Access(AccessClass::Secret);
    site.state.holdings.archive().change(&id.parse().unwrap(), &change).unwrap();
    let complete = site.get("/api/v1/search").json()["complete"] == true;
    let pages = ["/", "/cari?q=kursi", "/koleksi"].map(|address| site.get(address));
    // Nobody woke the index since the change; should it have caught up all the same, it says so.
    let caught_up = site.state.holdings.caught_up();
    assert!(!complete || caught_up);
    for page in pages {
        let told = page.text().contains("Indeks sedang dibangun; hasil belum lengkap.");
        assert!(told || caught_up);
        assert!(!(told && page.text().contains("Belum ada dokumen")));
    }
}

#[test]
fn only_the_token_files_and_reviews() {
    let site = Site::new();
    let wrong = [
        None,
        Some("Bearer "),
        Some("Bearer x"),
        Some("Basic cmFoYXNpYS1jb250b2g="),
        Some(TOKEN),
        Some("Bearer rahasia-contoh-"),
    ];
    for authorization in wrong {
        let headers: Vec<(&str, &str)> =
            authorization.map(|value| ("authorization", value)).into_iter().collect();
        let filed = site.post("/api/v1/documents?name=a.txt", &headers, b"x");
        let listed = site.ask_with(axum::http::Method::GET, "/api/v1/review", &headers);
        for reply in [filed, listed] {
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{authorization:?}");
            assert_eq!(reply.json()["code"], "unauthorized");
            assert!(reply.header("www-authenticate").starts_with("Bearer"));
        }
    }
    assert_eq!(site.state.holdings.archive().applied().documents, 0);
}
