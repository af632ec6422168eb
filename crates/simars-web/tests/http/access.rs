//! What is not open is answered like what does not exist, on every way in.

use axum::http::StatusCode;
use simars_archive::Change;
use simars_record::{AccessClass, Digest, Publication};

use crate::compare;
use crate::made::tally;
use crate::site::{DECISION, Site, TOKEN};

const NOBODY: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Every address that speaks of a document.
fn addresses(id: &str) -> Vec<String> {
    [
        "/dokumen/{id}",
        "/dokumen/{id}?q=kursi",
        "/dokumen/{id}/halaman/1",
        "/dokumen/{id}/halaman/1?q=kursi",
        "/api/v1/documents/{id}",
        "/api/v1/documents/{id}/jsonld",
        "/api/v1/documents/{id}/content",
        "/api/v1/documents/{id}/text",
        "/api/v1/documents/{id}/search?q=kursi",
        "/api/v1/documents/{id}/similar",
        "/api/v1/documents/{id}/pages/1",
        "/api/v1/documents/{id}/pages/1/tables",
        "/api/v1/documents/{id}/events",
        "/dokumen/{id}/halaman/1?bacaan=lain",
        "/dokumen/{id}/halaman/2/gambar?lebar=240",
        "/dokumen/{id}/halaman/2/tabel/1.csv",
    ]
    .map(|address| address.replace("{id}", id))
    .into()
}

/// Addresses of files made of a page, which not every document has.
fn files(id: &str) -> [String; 2] {
    ["image?width=240", "tables/1.csv"].map(|file| format!("/api/v1/documents/{id}/pages/2/{file}"))
}

/// Addresses of what is handed out with a document, which the server is not set up for here.
fn handouts(id: &str) -> [String; 3] {
    ["certificate.pdf", "copy.pdf", "reading.pdf"]
        .map(|file| format!("/api/v1/documents/{id}/{file}"))
}

fn assert_hidden(site: &Site, id: &str) {
    let all = |id: &str| {
        addresses(id).into_iter().chain(files(id)).chain(handouts(id)).collect::<Vec<_>>()
    };
    for (hidden, absent) in all(id).iter().zip(all(NOBODY)) {
        let (hidden_reply, absent_reply) = (site.get(hidden), site.get(&absent));
        assert_eq!(hidden_reply.status, StatusCode::NOT_FOUND, "{hidden}");
        let same = hidden_reply.text().replace(id, NOBODY);
        assert_eq!(same, absent_reply.text(), "{hidden}");
        let names = |reply: &crate::site::Reply| {
            reply.headers.keys().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(names(&hidden_reply), names(&absent_reply), "{hidden}");
    }
    for form in [
        "application/ld+json",
        "application/json",
        "application/x-bibtex",
        "application/vnd.citationstyles.csl+json",
        "application/x-research-info-systems",
    ] {
        let [hidden_reply, absent_reply] = [id, NOBODY].map(|id| {
            let address = format!("/dokumen/{id}");
            site.ask_with(axum::http::Method::GET, &address, &[("accept", form)])
        });
        assert_eq!(hidden_reply.status, StatusCode::NOT_FOUND, "{form}");
        assert_eq!(hidden_reply.text().replace(id, NOBODY), absent_reply.text(), "{form}");
        assert_eq!(hidden_reply.headers, absent_reply.headers, "{form}");
    }
    for list in ["/feed.atom", "/koleksi/tahun/2024/feed.atom", "/cari/feed.atom?q=kursi"] {
        assert!(!site.get(list).text().contains(id), "{list}");
    }
    assert!(!site.get("/sitemap.xml?bagian=1").text().contains(id));
    let found = site.get("/api/v1/search?q=kursi").json();
    assert_eq!(found["total"], 0);
    assert_eq!(found["facets"]["kind"].as_array().unwrap().len(), 0);
    assert!(!site.get("/cakupan").text().contains(id));
    assert!(!site.get("/").text().contains(id));
    assert!(!site.get("/cari?q=kursi").text().contains(id));
    assert!(!site.get("/koleksi").text().contains("Keputusan"));
    for shelf in ["terbaru", "keputusan", "hasil"] {
        assert!(!site.get(&format!("/koleksi/{shelf}")).text().contains(id), "{shelf}");
    }
}

/// An altered copy of what is hidden finds what a copy of nothing finds, on both ways in.
fn assert_far(site: &Site) {
    let altered = DECISION.replace("20 Mei", "21 Mei");
    let absent = "Panduan merawat taman kota yang asri dan hijau sepanjang tahun ini.";
    let ask = |text: &str| compare::ask(site, text.as_bytes());
    let (of_hidden, of_absent) = (ask(&altered), ask(absent));
    let same = |reply: &crate::site::Reply, text: &str| {
        reply.text().replace(&Digest::of(text.as_bytes()).to_string(), "")
    };
    assert_eq!(of_hidden.json()["verdict"], "nothing-near");
    assert_eq!(same(&of_hidden, &altered), same(&of_absent, absent));
    let send = |text: &str| compare::send(site, text.as_bytes());
    let (of_hidden, of_absent) = (send(&altered), send(absent));
    assert!(of_hidden.text().contains("Tidak ada dokumen terbuka yang mirip"));
    assert_eq!(same(&of_hidden, &altered), same(&of_absent, absent));
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
        assert_far(&site);
        let owner = compare::ask_as_owner(&site, DECISION.replace("20 Mei", "21 Mei").as_bytes());
        assert_eq!(owner.json()["document"]["id"], id.as_str());
        // The owner sees it all the same, but through the API only: pages are public.
        for address in addresses(&id).iter().filter(|address| address.starts_with("/api/")) {
            let reply = site.get_as_owner(address);
            assert_eq!(reply.status, StatusCode::OK, "{query} {address}");
        }
        for address in handouts(&id) {
            let reply = site.get_as_owner(&address);
            let code = &reply.json()["code"];
            let none = ["not-set-up", "no-log", "no-image"].iter().any(|none| code == none);
            assert!(none, "{query} {address}: {code}");
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
fn images_and_tables_of_a_closed_document_are_the_owners() {
    let closed = [
        (AccessClass::Restricted, Publication::Published),
        (AccessClass::TopSecret, Publication::Published),
        (AccessClass::Open, Publication::Draft),
        (AccessClass::Open, Publication::Withdrawn),
    ];
    for (access, publication) in closed {
        let site = Site::new();
        let id = site.register(tally(), access, publication);
        assert_hidden(&site, &id);
        let [image, table] = files(&id).map(|address| site.get_as_owner(&address));
        // There is no reader in these tests: the image is asked for, and cannot be drawn.
        assert_eq!(image.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(table.status, StatusCode::OK);
        assert_eq!(table.header("cache-control"), "private, no-cache");
        assert_eq!(table.header("vary"), "authorization");
    }
    let site = Site::new();
    let [_, table] = files(&site.publish(tally())).map(|address| site.get(&address));
    assert_eq!(table.header("cache-control"), "public, no-cache");
}

#[test]
fn a_withdrawn_document_answers_only_who_brings_it_along() {
    let (site, id) = Site::with_decision();
    let archive = site.state.holdings.archive();
    archive.change(&id.parse().unwrap(), &Change::Withdraw).unwrap();
    site.state.holdings.wake();
    site.state.holdings.wait_until_searchable(|_| {}).unwrap();
    assert_hidden(&site, &id);
    assert_far(&site);
    let digest = Digest::of(DECISION.as_bytes());
    let verdict = site.get(&format!("/api/v1/verify/{digest}")).json();
    assert_eq!(verdict["outcome"], "withdrawn");
    let compared = compare::ask(&site, DECISION.as_bytes()).json();
    assert_eq!(compared["outcome"], "withdrawn");
    assert!(compared["document"].is_null());
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
    assert_far(&site);
    let found = site.get("/api/v1/search?q=kursi").json();
    for facet in ["kind", "year", "issuer", "subject", "collection", "legal_status"] {
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
        let get = |path: &str| site.ask_with(axum::http::Method::GET, path, &headers);
        let (covered, stands) = (get("/api/v1/coverage"), get("/api/v1/recognition"));
        let ordered = site.post(&format!("/api/v1/documents/{NOBODY}/extract"), &headers, b"");
        for reply in [filed, listed, covered, stands, ordered] {
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{authorization:?}");
            assert_eq!(reply.json()["code"], "unauthorized");
            assert!(reply.header("www-authenticate").starts_with("Bearer"));
        }
    }
    assert_eq!(site.state.holdings.archive().applied().documents, 0);
}
