//! The API: filing, finding, reading.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;
use tower::ServiceExt;

use simars_record::Digest;

use crate::site::{DECISION, LIMIT_BYTES, Site, TOKEN, assert_members};

#[test]
fn filing_gives_the_report_of_the_command_line() {
    let site = Site::new();
    let first = site.upload("name=folder%2FSK-12-2024.txt", DECISION.as_bytes());
    assert_eq!(first.status, StatusCode::CREATED);
    let report = first.json();
    assert_eq!(report["status"], "registered");
    assert_eq!(report["path"], "folder/SK-12-2024.txt");
    assert_eq!((&report["kind"], &report["year"]), (&"keputusan".into(), &2024.into()));
    assert_eq!((&report["pages"], &report["pages_without_text"]), (&2.into(), &0.into()));
    let location = first.header("location").to_owned();
    assert_eq!(location, format!("/api/v1/documents/{}", report["id"].as_str().unwrap()));

    let second = site.upload("name=copy.txt", DECISION.as_bytes());
    assert_eq!(second.status, StatusCode::OK);
    assert_eq!(second.json()["status"], "duplicate");
    assert_eq!(second.json()["id"], report["id"]);
    assert_eq!(site.get(&location).json()["versions"][0]["file_name"], "SK-12-2024.txt");
}

#[test]
fn what_is_stated_goes_before_what_is_recognised() {
    let site = Site::new();
    let query = "name=a.txt&title=Judul%20contoh&year=2023&kind=SE&collection=Contoh";
    let id = site.file(query, DECISION.as_bytes());
    let document = site.get(&format!("/api/v1/documents/{id}")).json();
    assert_eq!(document["title"], "Judul contoh");
    assert_eq!(document["year"], 2023);
    assert_eq!(document["kind"], "surat-edaran");
    assert_eq!(document["description"]["title"]["source"], "stated");
}

#[test]
fn bad_uploads_are_refused_with_the_reason() {
    let site = Site::new();
    for (query, parameter) in [
        ("", "name"),
        ("name=", "name"),
        ("name=a.txt&acces=rahasia", "acces"),
        ("name=a.txt&access=publik", "access"),
        ("name=a.txt&year=20x4", "year"),
        ("name=a.txt&draft=maybe", "draft"),
    ] {
        let reply = site.upload(query, b"text");
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.json()["parameter"], parameter, "{query}");
    }
    let empty = site.upload("name=a.txt", b"");
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(empty.header("content-type"), "application/problem+json");
    let problem = empty.json();
    assert_eq!((&problem["code"], &problem["status"]), (&"refused".into(), &422.into()));
    assert!(problem["detail"].as_str().unwrap().contains("empty"));
    assert_eq!(problem["report"]["status"], "refused");
    assert_eq!(problem["report"]["path"], "a.txt");
    let large = site.upload("name=a.txt", &vec![b'a'; LIMIT_BYTES as usize + 1]);
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(large.json()["limit_bytes"], LIMIT_BYTES);
    let allowed = site.upload("name=a.txt", &vec![b'a'; LIMIT_BYTES as usize]);
    assert_eq!(allowed.status, StatusCode::CREATED);
    assert_eq!(site.state.holdings.archive().applied().documents, 1);
}

#[test]
fn an_upload_that_is_cut_off_registers_nothing() {
    let site = Site::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // Pieces of 64 bytes: far more of them than may wait, so the pipeline is at work when the
        // client goes away.
        let (mut client, server) = tokio::io::duplex(64);
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/v1/documents?name=a.txt")
            .header("authorization", format!("Bearer {TOKEN}"))
            .body(Body::from_stream(ReaderStream::new(server)))
            .unwrap();
        let sent = DECISION.repeat(20);
        tokio::select! {
            answer = simars_web::router(Arc::clone(&site.state)).oneshot(request) => {
                panic!("answered before the end: {answer:?}")
            }
            written = client.write_all(sent.as_bytes()) => written.unwrap(),
        }
    });
    // Waits for the threads of the pipeline.
    drop(runtime);
    assert_eq!(site.state.holdings.archive().applied().documents, 0);
}

#[test]
fn a_search_answers_in_the_promised_shape() {
    let (site, id) = Site::with_decision();
    let reply = site.get("/api/v1/search?q=perolehan+kursi&kind=keputusan&year=2024");
    assert_eq!(reply.status, StatusCode::OK);
    let found = reply.json();
    assert_members(
        &found,
        &[
            "total",
            "took_ms",
            "hits",
            "facets",
            "relaxed",
            "complete",
            "corrected",
            "did_you_mean",
            "next_cursor",
        ],
    );
    let facets = ["kind", "year", "issuer", "subject", "collection", "legal_status"];
    assert_members(&found["facets"], &facets);
    assert_eq!((&found["total"], &found["complete"]), (&1.into(), &true.into()));
    let hit = &found["hits"][0];
    let names = ["id", "title", "kind", "number", "year", "date", "sha256", "score", "coverage"];
    assert_members(hit, &[&names[..], &["legal_status", "pages"]].concat());
    assert_eq!(hit["id"], id.as_str());
    assert_eq!(hit["date"], "2024-05-20");
    assert_members(&hit["pages"][0], &["page", "snippet"]);
    let last = hit["pages"].as_array().unwrap().last().unwrap();
    assert_eq!(last["page"], 2);
    let snippet = last["snippet"].as_str().unwrap();
    assert!(
        snippet.contains("<mark>perolehan</mark>") && !snippet.contains("<contoh>"),
        "{snippet}"
    );
    assert_eq!(found["facets"]["kind"][0]["value"], "keputusan");
    assert_eq!(found["facets"]["year"][0]["count"], 1);
}

#[test]
fn any_query_is_answered() {
    let (site, _) = Site::with_decision();
    let long = "a%20".repeat(3_000);
    for q in ["", "%22", "%ff%00", "((((", "-", "a:b:c", "%F0%9F%98%80", "nomor:", "*", &long] {
        let api = site.get(&format!("/api/v1/search?q={q}"));
        assert_eq!(api.status, StatusCode::OK, "{q}");
        assert_eq!(site.get(&format!("/cari?q={q}")).status, StatusCode::OK, "{q}");
    }
}

#[test]
fn a_parameter_that_is_not_understood_is_named() {
    let (site, _) = Site::with_decision();
    for (query, parameter) in [
        ("year=20x4", "year"),
        ("from=kemarin", "from"),
        ("to=2024-13-01", "to"),
        ("page=0", "page"),
        ("per_page=1000", "per_page"),
        ("sort=x", "sort"),
    ] {
        let reply = site.get(&format!("/api/v1/search?q=a&{query}"));
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{query}");
        let problem = reply.json();
        assert_eq!(problem["code"], "bad-parameter");
        assert_eq!(problem["parameter"], parameter);
        assert_eq!(problem["status"], 400);
    }
    // A kind that nobody knows is a filter that nothing passes.
    assert_eq!(site.get("/api/v1/search?kind=xyz").json()["total"], 0);
}

#[test]
fn a_document_is_told_with_what_it_rests_on() {
    let (site, id) = Site::with_decision();
    let document = site.get(&format!("/api/v1/documents/{id}")).json();
    assert_eq!(document["id"], id.as_str());
    assert_eq!((&document["status"], &document["access"]), (&"published".into(), &"biasa".into()));
    assert!(document["number"].as_str().unwrap().starts_with("12"));
    let number = &document["description"]["number"];
    assert!(number["confidence"].as_f64().unwrap() > 0.5);
    assert_eq!(number["evidence"]["page"], 1);
    let version = &document["versions"][0];
    assert_eq!(version["size_bytes"], DECISION.len());
    assert_eq!(version["pages"], 2);
    assert_eq!(document["statements"][0]["kind"], "terbit");
    assert_eq!(document["links"]["page"], format!("/dokumen/{id}"));
    for link in ["self", "content", "text", "verify", "page"] {
        let address = document["links"][link].as_str().unwrap();
        assert_eq!(site.get(address).status, StatusCode::OK, "{link}");
    }
}

#[test]
fn pages_are_told_one_by_one() {
    let (site, id) = Site::with_decision();
    let page = site.get(&format!("/api/v1/documents/{id}/pages/2"));
    let page = page.json();
    let names = ["id", "page", "pages", "text", "has_text", "sha256", "source", "confidence"];
    assert_members(&page, &[&names[..], &["engine", "tables"]].concat());
    assert_eq!((&page["page"], &page["pages"]), (&2.into(), &2.into()));
    assert!(page["text"].as_str().unwrap().contains("LAMPIRAN"));
    assert_eq!(page["has_text"], true);
    for wrong in ["0", "3", "-1", "x", "99999999999"] {
        let reply = site.get(&format!("/api/v1/documents/{id}/pages/{wrong}"));
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{wrong}");
        assert_eq!(reply.json()["code"], "page-not-found");
    }
}

#[test]
fn what_needs_a_look_is_listed_for_the_owner() {
    let site = Site::new();
    let id = site.file("name=catatan.txt", b"sebuah catatan tanpa nomor");
    let list = site.get_as_owner("/api/v1/review").json();
    assert_eq!(list["documents"][0]["id"], id.as_str());
    let review = list["documents"][0]["review"].as_array().unwrap();
    assert!(review.contains(&"number".into()));
    assert!(list["next"].is_null());
    let reply = site.get_as_owner("/api/v1/review?from=x");
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        site.get_as_owner("/api/v1/review?from=1").json()["documents"].as_array().unwrap().len(),
        0
    );
}

#[test]
fn what_is_not_there_is_a_problem() {
    let site = Site::new();
    let unknown = site.get("/api/v1/nothing");
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert_eq!(unknown.json()["code"], "not-found");
    for address in [
        "/api/v1/documents/%FF",
        "/api/v1/documents/%FF/content",
        "/api/v1/documents/%FF/text",
        "/api/v1/documents/x/pages/%FF",
        "/api/v1/documents/x/pages/%FF/image",
        "/api/v1/documents/x/pages/%FF/tables",
        "/api/v1/documents/x/pages/1/tables/%FF",
        "/api/v1/documents/%FF/events",
        "/api/v1/verify/%FF",
    ] {
        let undecodable = site.get(address);
        assert_eq!(undecodable.status, StatusCode::NOT_FOUND, "{address}");
        assert_eq!(undecodable.header("content-type"), "application/problem+json");
        assert_eq!(undecodable.json()["code"], "not-found");
    }
    let method = site.ask_with(Method::DELETE, "/api/v1/search", &[]);
    assert_eq!(method.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(method.json()["code"], "method-not-allowed");
    assert!(method.header("allow").contains("GET"));
}

#[test]
fn watchers_are_answered() {
    let (site, _) = Site::with_decision();
    assert_eq!(site.get("/healthz").text(), "ok\n");
    assert_eq!(site.get("/readyz").status, StatusCode::OK);
    let robots = site.get("/robots.txt");
    assert!(robots.text().starts_with("User-agent: *\nAllow: /api/v1/documents/\n"));
    assert!(robots.text().contains("\nDisallow: /verifikasi?\n"));
    assert!(robots.text().ends_with("/sitemap.xml\n"));
}

#[test]
fn acts_change_how_a_document_stands() {
    let (site, id) = Site::with_decision();
    let acts = format!("/api/v1/documents/{id}/acts");
    let act = |body: &str| site.post_as_owner(&acts, body.as_bytes());
    let members = ["id", "changed", "publication", "access", "version", "statements"];
    let withdrawn = act(r#"{"act": "withdraw"}"#);
    assert_eq!(withdrawn.status, StatusCode::OK, "{}", withdrawn.text());
    assert_members(&withdrawn.json(), &members);
    assert_eq!(site.get(&format!("/dokumen/{id}")).status, StatusCode::NOT_FOUND);
    assert_eq!(act(r#"{"act": "withdraw"}"#).json()["changed"], false);
    assert_eq!(act(r#"{"act": "publish"}"#).json()["publication"], "published");
    let corrected = act(r#"{"act": "correct", "description": {"title": "Judul yang benar"}}"#);
    assert_eq!(corrected.json()["statements"], 4);
    let document = site.get(&format!("/api/v1/documents/{id}")).json();
    assert_eq!(document["title"], "Judul yang benar");
    assert_eq!(document["year"], 2024, "what is not corrected stays");
    for (body, parameter) in [
        ("", "act"),
        (r#"{"act": "burn"}"#, "act"),
        (r#"{"act": "publish", "why": "x"}"#, "act"),
        (r#"{"act": "access", "access": "publik"}"#, "act"),
        (r#"{"act": "correct", "description": {"tittle": "x"}}"#, "tittle"),
        (r#"{"act": "correct", "description": {"access": "terbuka"}}"#, "access"),
    ] {
        let refused = act(body);
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(refused.json()["parameter"], parameter, "{body}");
    }
    let anyone = site.post(&acts, &[], br#"{"act": "withdraw"}"#);
    assert_eq!(anyone.status, StatusCode::UNAUTHORIZED);
    let nowhere = "/api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaa/acts";
    assert_eq!(site.post_as_owner(nowhere, b"{}").status, StatusCode::NOT_FOUND);
}

#[test]
fn a_new_version_takes_the_place_of_the_old() {
    let (site, id) = Site::with_decision();
    let put = |query: &str, token: &str, body: &[u8]| {
        let request = Request::put(format!("/api/v1/documents/{id}/content?{query}"))
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(body.to_vec()));
        site.ask(request.unwrap())
    };
    let new = DECISION.replace("20 Mei", "21 Mei");
    assert_eq!(put("name=b.txt", "salah", new.as_bytes()).status, StatusCode::UNAUTHORIZED);
    assert_eq!(put("name=b.txt&draft=1", TOKEN, new.as_bytes()).status, StatusCode::BAD_REQUEST);
    let replaced = put("name=b.txt", TOKEN, new.as_bytes());
    assert_eq!(replaced.status, StatusCode::OK, "{}", replaced.text());
    assert_eq!(
        (&replaced.json()["status"], &replaced.json()["id"]),
        (&"replaced".into(), &id.clone().into())
    );
    assert_eq!(put("name=b.txt", TOKEN, DECISION.as_bytes()).json()["status"], "duplicate");
    site.state.holdings.wait_until_searchable(|_| {}).unwrap();
    let document = site.get(&format!("/api/v1/documents/{id}")).json();
    assert_eq!(document["versions"].as_array().unwrap().len(), 2);
    assert_eq!(site.get(&format!("/api/v1/documents/{id}/content")).text(), new);
    let older = site.get(&format!("/api/v1/documents/{id}/content?version=1"));
    assert_eq!(older.text(), DECISION, "the older version stays");
    let verdict = site.get(&format!("/api/v1/verify/{}", Digest::of(DECISION.as_bytes()))).json();
    assert_eq!(verdict["outcome"], "older-version");
    assert_eq!(site.get("/api/v1/search?q=kursi").json()["total"], 1, "it is found once");
}

#[test]
fn documents_and_lists_are_cited() {
    let (site, id) = Site::with_decision();
    let hidden = site.file("name=b.txt&access=rahasia", DECISION.replace("12", "13").as_bytes());
    for (form, media_type, part) in [
        ("bibtex", "application/x-bibtex", "@misc{keputusan-12-2024-"),
        ("ris", "application/x-research-info-systems", "TY  - LEGAL"),
        ("csl-json", "application/vnd.citationstyles.csl+json", "\"type\":\"legislation\""),
        ("csv", "text/csv", "id,kind,number"),
    ] {
        let cited = site.get(&format!("/api/v1/documents/{id}/citation/{form}"));
        assert_eq!(cited.status, StatusCode::OK, "{form}");
        assert!(cited.header("content-type").starts_with(media_type), "{form}");
        assert!(cited.text().contains(part), "{form}: {}", cited.text());
        let closed = site.get(&format!("/api/v1/documents/{hidden}/citation/{form}"));
        assert_eq!(closed.status, StatusCode::NOT_FOUND, "{form}");
        let list = site.get(&format!("/api/v1/search/export/{form}?q=kursi&jenis=keputusan"));
        assert!(list.text().contains(&id) && !list.text().contains(&hidden), "{form}");
        assert_eq!(list.header("simars-total"), "1", "{form}");
    }
    let list = "/api/v1/search/export/csv?q=kursi";
    assert_eq!(site.get_as_owner(list).text().lines().count(), 3);
    assert_eq!(site.get(&format!("{list}&year=20x4")).status, StatusCode::BAD_REQUEST);
    assert_eq!(site.get("/api/v1/search/export/docx").status, StatusCode::BAD_REQUEST);
    let page = site.get("/cari?q=kursi&tahun=2024");
    assert!(page.text().contains("formaction=\"/api/v1/search/export/bibtex\""));
}
