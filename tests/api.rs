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

/// Has a copy compared, as anyone or as the owner.
fn compared(server: &Server, owner: bool, bytes: &[u8]) -> serde_json::Value {
    let bearer = format!("Bearer {}", server.token());
    let headers = [("authorization", bearer.as_str())];
    let headers = if owner { &headers[..] } else { &[] };
    let answer = server.post("/api/v1/compare?name=salinan", headers, bytes);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn an_altered_copy_is_shown_beside_the_original() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let page = |votes: &str| {
        format!(
            "<html><body><h1>Rekapitulasi perolehan suara contoh</h1>\
             <p>Partai Mangga memperoleh 12.345 suara sah di seluruh kecamatan contoh.</p>\
             <p>Partai Jeruk memperoleh {votes} suara sah di seluruh kecamatan contoh.</p>\
             <p>Ditetapkan di Kota Contoh pada tanggal 20 Mei 2024.</p></body></html>"
        )
    };
    let (original, altered) = (page("9.876"), page("9.976"));
    upload(&server, "terbuka.html", "", original.as_bytes());
    search_when_ready(&server, "q=mangga");
    let found = compared(&server, false, altered.as_bytes());
    assert_eq!(found["verdict"], "near", "{found}");
    let differences = found["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 1, "{found}");
    assert_eq!(differences[0]["registered"]["words"], "9.876");
    assert_eq!(differences[0]["given"]["words"], "9.976");
    assert_eq!(compared(&server, false, original.as_bytes())["verdict"], "identical");

    // The same words in another format are the same text.
    let text = "Rekapitulasi perolehan suara contoh\n\
                Partai Mangga memperoleh 12.345 suara sah di seluruh kecamatan contoh.\n\
                Partai Jeruk memperoleh 9.876 suara sah di seluruh kecamatan contoh.\n\
                Ditetapkan di Kota Contoh pada tanggal 20 Mei 2024.\n";
    assert_eq!(compared(&server, false, text.as_bytes())["verdict"], "same-text");

    let closed = decision(78, 2025, "penetapan daftar pemilih tertutup");
    upload(&server, "tertutup.txt", "&access=rahasia", closed.as_bytes());
    search_when_ready(&server, "q=mangga");
    let altered = closed.replace("78", "79");
    assert_eq!(compared(&server, false, altered.as_bytes())["verdict"], "nothing-near");
    assert_eq!(compared(&server, true, altered.as_bytes())["verdict"], "near");
    assert!(!server.log().contains("salinan"), "what is only compared is not logged");
}

#[test]
fn an_act_is_revoked_by_another_that_arrives_later() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let old = decision(5, 2024, "jadwal layanan contoh");
    let filed = upload(&server, "lama.txt", "", old.as_bytes());
    let id = filed["id"].as_str().unwrap();
    let document = || server.get(&format!("/api/v1/documents/{id}")).json();
    assert_eq!(document()["legal_status"]["state"], "in-force");
    assert_eq!(document()["status"], "published", "another thing than being in force");

    let revoking = |number: u32| {
        decision(number, 2025, "pencabutan jadwal").replace(
            "KESATU : Menetapkan pencabutan jadwal.",
            "KESATU : Keputusan Komisi Pemilihan Umum Provinsi Contoh Nomor 5 Tahun 2024 dicabut \
             dan dinyatakan tidak berlaku.",
        )
    };
    // A closed act changes nothing for the public, and is not told of.
    upload(&server, "tertutup.txt", "&access=rahasia", revoking(8).as_bytes());
    let untouched = document();
    assert_eq!(untouched["legal_status"]["state"], "in-force");
    assert_eq!(untouched["relations"]["named_by"], serde_json::json!([]));

    let filed = upload(&server, "baru.txt", "", revoking(9).as_bytes());
    let by = filed["id"].as_str().unwrap();
    let revoked = document();
    assert_eq!(revoked["legal_status"]["state"], "revoked", "{revoked}");
    assert_eq!(revoked["legal_status"]["since"], "2025-05-20");
    assert_eq!(revoked["legal_status"]["by"][0]["id"], by);
    assert_eq!(revoked["relations"]["named_by"][0]["relation"], "revokes");
    let other = server.get(&format!("/api/v1/documents/{by}")).json();
    let named = &other["relations"]["names"][0];
    assert_eq!(named["documents"][0]["id"], id, "{other}");
    assert_eq!(named["evidence"]["page"], 1);

    let verified = server.get(&format!("/api/v1/verify/{}", sha256(&old))).json();
    assert_eq!(verified["outcome"], "genuine", "the copy is what it is");
    assert_eq!(verified["legal_status"]["state"], "revoked");
    let reasons = verified["reasons"].as_array().unwrap();
    assert!(reasons.iter().any(|reason| reason["check"] == "force" && reason["holds"] == false));
    let page = server.get(&format!("/dokumen/{id}")).text();
    for shown in ["Dicabut sejak 20 Mei 2025", "Dicabut oleh", "<svg class=\"relations\""] {
        assert!(page.contains(shown), "{shown}");
    }
    let page = server.get(&format!("/verifikasi?sha256={}", sha256(&old))).text();
    assert!(page.contains("Dicabut sejak 20 Mei 2025"));

    // The index has it too, though the revoked act was there before.
    let found = |query: &str| {
        let answer = search_when_ready(&server, &format!("q=jadwal&{query}"));
        let ids = answer["hits"].as_array().unwrap().iter();
        let ids: Vec<String> = ids.map(|hit| hit["id"].as_str().unwrap().to_owned()).collect();
        (ids, answer)
    };
    assert!(found("in_force_on=2025-05-19").0.contains(&id.to_owned()));
    assert!(!found("in_force_on=2025-05-20").0.contains(&id.to_owned()));
    assert!(!found("in_force_on=2024-05-19").0.contains(&id.to_owned()), "before it was made");
    let (revoked, answer) = found("legal_status=revoked");
    assert_eq!(revoked, [id], "{answer}");
    assert_eq!(answer["hits"][0]["legal_status"], "revoked");
    let counted = found("").1["facets"]["legal_status"].clone();
    assert_eq!(counted[0]["value"], "in-force");
    assert_eq!(counted[1], serde_json::json!({ "value": "revoked", "count": 1 }));
    let page = server.get("/cari?q=jadwal&keberlakuan=revoked").text();
    assert!(page.contains("<a class=\"badge warm\" href=\"/dokumen/"), "{page}");
    assert!(page.contains(">Dicabut"), "{page}");
}

#[test]
fn a_find_leads_to_its_article() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let act = "PERATURAN BUPATI CONTOH\nNOMOR 3 TAHUN 2024\nTENTANG\nARSIP CONTOH\n\
               Menimbang : bahwa perlu;\nMEMUTUSKAN:\nBAB I\nUMUM\nPasal 1\nArsip adalah arsip.\n\
               Pasal 2\n(1) Boks disusun.\n(2) Pemusnahan memerlukan berita acara.\n\
               Ditetapkan di Contoh\npada tanggal 20 Mei 2024\n";
    let filed = upload(&server, "perbup.txt", "", act.as_bytes());
    let id = filed["id"].as_str().unwrap();
    let found = search_when_ready(&server, "q=pemusnahan");
    let anchor = &found["hits"][0]["pages"][0]["anchor"];
    assert_eq!(anchor["label"], "Pasal 2 ayat (2)", "{found}");
    assert_eq!(anchor["id"], "pasal-2-ayat-2");
    let results = server.get("/cari?q=pemusnahan").text();
    assert!(results.contains("Pasal 2 ayat (2), hlm. 1"), "{results}");
    let page = server.get(&format!("/dokumen/{id}/halaman/1?q=pemusnahan")).text();
    assert!(page.contains("<span id=\"pasal-2-ayat-2\"></span>(2) <mark>Pemusnahan</mark>"));
    let document = server.get(&format!("/dokumen/{id}")).text();
    assert!(document.contains(&format!("href=\"/dokumen/{id}/halaman/1#pasal-2\"")));
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

#[test]
fn a_page_is_looked_at_and_read_again() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let sample = simars_testkit::project().join("samples/keputusan-47-2020-relawan-demokrasi.pdf");
    let report = upload(&server, "keputusan-47.pdf", "", &std::fs::read(sample).unwrap());
    let id = report["id"].as_str().unwrap();
    assert!(report.get("events").is_none(), "nothing of it waits");
    let page = format!("/api/v1/documents/{id}/pages/1");
    for (width, expected) in [("240", 240), ("1000", 1_000), ("1800", 1_800)] {
        let image = server.get(&format!("{page}/image?width={width}"));
        assert_eq!(image.status, 200, "{}", image.text());
        assert!(image.header("content-type").unwrap().starts_with("image/"));
        assert_eq!(image.header("cache-control"), Some("public, no-cache"));
        if image.body.starts_with(b"\x89PNG") {
            assert_eq!(image.body[16..20], u32::to_be_bytes(expected));
        }
        let public = server.get(&format!("/dokumen/{id}/halaman/1/gambar?lebar={width}"));
        assert!(public.body == image.body, "the same for people");
        let etag = [("if-none-match", image.header("etag").unwrap())];
        assert_eq!(server.get_with(&format!("{page}/image?width={width}"), &etag).status, 304);
    }
    assert_eq!(server.get(&format!("{page}/tables")).status, 200);

    let bearer = format!("Bearer {}", server.token());
    let owner = [("authorization", bearer.as_str())];
    let ordered = server.post(&format!("/api/v1/documents/{id}/extract"), &owner, b"");
    assert_eq!(ordered.status, 202, "{}", ordered.text());
    let events = server.get(ordered.header("location").unwrap());
    assert_eq!(events.header("content-type"), Some("text/event-stream"));
    let last = events.text().rsplit("event: ").next().unwrap().to_owned();
    assert!(last.starts_with("done\ndata: {\"pages\":"), "{last}");
    let document = server.get(&format!("/api/v1/documents/{id}")).json();
    assert_eq!(document["coverage"]["complete"], true);
}

#[test]
fn a_scan_is_followed_until_it_is_recognised() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let sample = simars_testkit::project().join("samples/surat-keterangan-12-2008-pindaian.png");
    let report = upload(&server, "pindaian.png", "", &std::fs::read(sample).unwrap());
    assert_eq!(report["pages_to_recognise"], 1);
    let events = server.get(report["events"].as_str().unwrap());
    let last = events.text().rsplit("event: done\ndata: ").next().unwrap().to_owned();
    let coverage: serde_json::Value = serde_json::from_str(last.trim_end()).unwrap();
    let id = report["id"].as_str().unwrap();
    let document = server.get(&format!("/api/v1/documents/{id}")).json();
    assert_eq!(document["coverage"], coverage);
    // Where no engine is installed the page goes on waiting, and that is told.
    let read = (&coverage["pages_recognised"], &coverage["pages_to_recognise"]);
    assert!(read == (&1.into(), &0.into()) || read == (&0.into(), &1.into()), "{coverage}");
}

#[test]
fn a_table_of_votes_is_downloaded_with_the_digest_of_its_page() {
    let scene = Scene::new();
    let server = scene.serve(&[]);
    let sample = simars_testkit::project().join("samples/keputusan-457-2024-perolehan-kursi.pdf");
    let report = upload(&server, "kursi.pdf", "", &std::fs::read(sample).unwrap());
    let document = format!("/api/v1/documents/{}", report["id"].as_str().unwrap());
    let mut found = 0;
    for page in 1..=report["pages"].as_u64().unwrap() {
        let tables = server.get(&format!("{document}/pages/{page}/tables")).json();
        let digest = sha256(
            server.get(&format!("{document}/pages/{page}")).json()["text"].as_str().unwrap(),
        );
        assert_eq!(tables["page_sha256"], *digest);
        for table in tables["tables"].as_array().unwrap() {
            let csv = server.get(table["csv"].as_str().unwrap());
            assert_eq!(csv.status, 200);
            let rows = table["rows"].as_array().unwrap().len();
            let end = format!(",{page},{digest}\r\n");
            assert_eq!(csv.text().matches(&end).count(), rows, "{}", csv.text());
            found += 1;
        }
    }
    assert!(found >= 2, "{found} tables in the annexes");
}
