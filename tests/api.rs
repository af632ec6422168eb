//! The running server over HTTP: documents, search, verification, uploads.

use std::process::Stdio;

use simars_testkit::{Server, program::command};

use crate::scene::{Scene, decision, program, sha256};

fn upload(server: &Server, name: &str, more: &str, bytes: &[u8]) -> serde_json::Value {
    let bearer = format!("Bearer {}", server.token());
    let path = format!("/api/v1/documents?name={name}{more}");
    let answer = server.post(&path, &[("authorization", &bearer)], bytes);
    assert!(answer.status < 300, "{}", answer.text());
    answer.json()
}

/// Searches until the index has caught up with what was just filed.
fn search_when_ready(server: &Server, query: &str) -> serde_json::Value {
    for _ in 0..400 {
        if server.get("/readyz").status == 200 {
            return server.get(&format!("/api/v1/search?{query}")).json();
        }
        std::thread::park_timeout(std::time::Duration::from_millis(25));
    }
    panic!("the index never caught up:\n{}", server.log());
}

#[test]
fn an_uploaded_document_can_be_found_read_and_verified() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let text = decision(77, 2025, "penetapan rekapitulasi contoh");
    let report = upload(&server, "keputusan-77.txt", "", text.as_bytes());
    assert_eq!(report["status"], "registered");
    let (id, digest) = (report["id"].as_str().unwrap(), sha256(&text));

    let answer = search_when_ready(&server, "q=keputusan+77+tahun+2025");
    assert_eq!(answer["hits"][0]["id"], id);
    assert!(answer["took_ms"].is_number());
    assert_eq!(answer["facets"]["year"][0]["value"], 2025);
    let snippet = search_when_ready(&server, "q=rekapitulasi");
    let snippet = snippet["hits"][0]["pages"][0]["snippet"].as_str().unwrap().to_owned();
    assert!(snippet.to_lowercase().contains("<mark>rekapitulasi</mark>"), "{snippet}");

    let document = server.get(&format!("/api/v1/documents/{id}")).json();
    assert_eq!(document["statements"][0]["kind"], "terbit");
    assert_eq!(document["versions"][0]["sha256"], *digest);
    let content = server.get(&format!("/api/v1/documents/{id}/content"));
    assert_eq!(content.body, text.as_bytes());
    assert_eq!(content.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(content.header("repr-digest").unwrap().starts_with("sha-256=:"));
    let range = [("range", "bytes=0-8")];
    let part = server.get_with(&format!("/api/v1/documents/{id}/content"), &range);
    assert_eq!((part.status, part.body.as_slice()), (206, &text.as_bytes()[..9]));
    let etag = content.header("etag").unwrap();
    let path = format!("/api/v1/documents/{id}/content");
    assert_eq!(server.get_with(&path, &[("if-none-match", etag)]).status, 304);

    let verdict = server.get(&format!("/api/v1/verify/{digest}"));
    assert_eq!((verdict.status, &verdict.json()["outcome"]), (200, &"genuine".into()));
    let posted = server.post("/api/v1/verify", &[], text.as_bytes());
    assert_eq!((posted.status, &posted.json()["id"]), (200, &id.into()));
    let unknown = server.post("/api/v1/verify", &[], b"lain");
    assert_eq!(unknown.status, 404);
    assert_eq!(unknown.header("content-type"), Some("application/problem+json"));

    for path in ["/", "/cari?q=rekapitulasi", &format!("/dokumen/{id}"), "/verifikasi", "/tentang"]
    {
        let page = server.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.len() < 60_000, "{path} weighs {}", page.body.len());
        assert!(page.text().contains("<html lang=\"id\""), "{path}");
    }
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_closed_document_shows_nowhere_to_the_public() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let text = decision(9, 2025, "perihal rahasiakatakunci");
    let closed = upload(&server, "tertutup.txt", "&access=rahasia", text.as_bytes());
    let draft = decision(10, 2025, "konsep rahasiakatakunci");
    let draft = upload(&server, "konsep.txt", "&draft=1", draft.as_bytes());
    let answer = search_when_ready(&server, "q=rahasiakatakunci");
    assert_eq!(answer["total"], 0);
    assert_eq!(answer["facets"]["kind"], serde_json::json!([]));
    let unknown = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
    for report in [&closed, &draft] {
        let id = report["id"].as_str().unwrap();
        for part in ["", "/content", "/text", "/pages/1"] {
            let hidden = server.get(&format!("/api/v1/documents/{id}{part}"));
            let missing = server.get(&format!("/api/v1/documents/{unknown}{part}"));
            assert_eq!(hidden.status, 404, "{part}");
            assert_eq!(hidden.text().replace(id, unknown), missing.text(), "{part}");
        }
        assert_eq!(server.get(&format!("/dokumen/{id}")).status, 404);
        let digest = report["sha256"].as_str().unwrap();
        assert_eq!(server.get(&format!("/api/v1/verify/{digest}")).status, 404);
    }
    assert!(!server.get("/").text().contains("rahasiakatakunci"));
    let bearer = format!("Bearer {}", server.token());
    let path = format!("/api/v1/documents/{}", closed["id"].as_str().unwrap());
    assert_eq!(server.get_with(&path, &[("authorization", &bearer)]).status, 200);
}

#[test]
fn an_empty_upload_is_a_problem_that_carries_the_report() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let bearer = format!("Bearer {}", server.token());
    let path = "/api/v1/documents?name=kosong.pdf";
    let answer = server.post(path, &[("authorization", &bearer)], b"");
    assert_eq!(answer.status, 422);
    assert_eq!(answer.json()["report"]["reason"], "the file is empty");
}

#[test]
fn only_the_owner_files_documents() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    assert_eq!(server.post("/api/v1/documents?name=a.txt", &[], b"x").status, 401);
    let wrong = [("authorization", "Bearer salah")];
    let answer = server.post("/api/v1/documents?name=a.txt", &wrong, b"x");
    assert!(matches!(answer.status, 401 | 403), "{}", answer.status);
    assert_eq!(server.get("/api/v1/review").status, 401);
}

#[test]
fn ingest_hands_its_files_to_a_running_server() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    for number in 0..40 {
        scene.file(&format!("{number}.txt"), decision(number, 2024, "lewat peladen"));
    }
    let folder = scene.root().join("files");
    let first = scene.ingest(&[&folder], &[]);
    assert!(first.iter().all(|report| report["status"] == "registered"), "{first:?}");
    let second = scene.ingest(&[&folder], &[]);
    assert!(second.iter().all(|report| report["status"] == "duplicate"), "{second:?}");
    assert_eq!(search_when_ready(&server, "q=peladen")["total"], 40);
    let empty = scene.file("kosong.pdf", b"");
    let refused = scene.ingest(&[&empty], &[]);
    assert_eq!(refused[0]["reason"], "the file is empty");
    let file = scene.root().join("files/1.txt");
    assert_eq!(scene.simars(&["verify", file.to_str().unwrap()]).code, Some(0));
    assert_eq!(scene.simars(&["search", "peladen", "--json"]).json()[0]["total"], 40);
    assert_eq!(scene.simars(&["check"]).code, Some(1), "the server owns the folder");

    let second_server = command(program())
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(scene.data())
        .stdout(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(second_server.status.code(), Some(1));
    let told = String::from_utf8_lossy(&second_server.stderr).into_owned();
    assert!(told.contains("another server"), "{told}");
}

#[test]
fn any_query_gets_an_answer() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    upload(&server, "a.txt", "", decision(1, 2024, "apa saja").as_bytes());
    let long = "kata+".repeat(2_000);
    for query in [
        "%22tanpa+penutup",
        "a+OR+",
        "-tidak",
        "nomor%3A",
        "%F0%9F%8E%89",
        "%00",
        "%28%29%5B%5D",
        "12%2FHK.03.1-Kpt%2F52%2F2024",
        "judul%3A%22",
        "-----",
        &long,
    ] {
        let answer = server.get(&format!("/api/v1/search?q={query}"));
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        assert_eq!(server.get(&format!("/cari?q={query}")).status, 200, "{query}");
    }
    assert_eq!(server.get("/api/v1/search?q=a&year=dua").status, 400);
}

#[test]
fn a_large_file_streams_both_ways_in_constant_memory() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let mut bytes = vec![0u8; 200 << 20];
    for (place, chunk) in bytes.chunks_mut(4096).enumerate() {
        chunk[..8].copy_from_slice(&(place as u64).to_le_bytes());
    }
    let report = upload(&server, "besar.bin", "", &bytes);
    assert_eq!(report["status"], "registered");
    let id = report["id"].as_str().unwrap();
    let content = server.get(&format!("/api/v1/documents/{id}/content"));
    assert!(content.body == bytes, "the same bytes come back");
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak_kib: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak_kib < 180 * 1024, "peak memory {peak_kib} KiB for a file of 200 MiB");
}
