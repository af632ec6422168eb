//! Pages to look at, their tables, and what could not be read.

use axum::http::{Method, StatusCode};
use simars_record::{AccessClass, Digest, Publication};

use crate::made::{TALLY, plain, tally};
use crate::site::{Site, assert_members};

#[test]
fn a_page_tells_where_its_text_comes_from() {
    let site = Site::new();
    let id = site.publish(tally());
    let page = |n: u32| site.get(&format!("/api/v1/documents/{id}/pages/{n}")).json();
    let recognised = page(2);
    assert_eq!((&recognised["source"], &recognised["confidence"]), (&"ocr".into(), &88.into()));
    assert_eq!((&recognised["engine"], &recognised["tables"]), (&"contoh 1.0".into(), &1.into()));
    assert_eq!(recognised["sha256"], Digest::of(TALLY.as_bytes()).to_string());
    assert_eq!((&page(1)["source"], &page(1)["confidence"]), (&"layer".into(), &().into()));
    assert_eq!((&page(3)["source"], &page(3)["has_text"]), (&"none".into(), &false.into()));

    let address = format!("/dokumen/{id}/halaman/2");
    let shown = site.get(&format!("{address}?q=suara"));
    for expected in [
        "<mark>suara</mark>",
        "<rect x=\"2490\" y=\"480\" width=\"1020\" height=\"240\">",
        "keyakinan 88 %",
        "tertulis sebagai halaman ii",
        "fetchpriority=\"high\"",
        "gambar?lebar=1800 1800w",
        "<td class=\"number\">1.204 <span class=\"unsure\">meragukan</span></td>",
    ] {
        assert!(shown.text().contains(expected), "{expected}");
    }
    let other = site.get(&format!("{address}?bacaan=lain"));
    assert!(other.text().contains("Rekapitu1asi") && !other.text().contains("<table"));
    let waits = site.get(&format!("/dokumen/{id}/halaman/3"));
    assert!(waits.text().contains("menunggu dikenali hurufnya"));
    let failed = site.get(&format!("/dokumen/{id}/halaman/4"));
    assert!(failed.text().contains("tidak berhasil dikenali"));
}

#[test]
fn a_table_is_listed_and_downloaded_with_its_provenance() {
    let site = Site::new();
    let id = site.publish(tally());
    let list = site.get(&format!("/api/v1/documents/{id}/pages/2/tables")).json();
    assert_members(&list, &["id", "page", "pages", "page_sha256", "tables"]);
    let digest = Digest::of(TALLY.as_bytes()).to_string();
    assert_eq!(list["page_sha256"], digest);
    let table = &list["tables"][0];
    assert_eq!((&table["number"], &table["ruled"]), (&1.into(), &true.into()));
    assert_eq!(table["rows"][2][1], "1.300");
    assert_eq!(table["wrong_sums"][0]["counted"], 1_204);
    let address = table["csv"].as_str().unwrap();
    let file = site.get(address);
    let expected = format!(
        "kolom_1,kolom_2,halaman,sha256_halaman\r\nPartai,Suara,2,{digest}\r\n\
         \"'=Contoh, \"\"A\"\"\",1.204,2,{digest}\r\nJumlah,1.300,2,{digest}\r\n"
    );
    assert_eq!(file.text(), expected);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8; header=present");
    let name = format!("attachment; filename=\"simars-{}-hlm-2-tabel-1.csv\"", &id[..8]);
    assert_eq!(file.header("content-disposition"), name);
    let etag = format!("\"sha256:{}\"", Digest::of(expected.as_bytes()));
    assert_eq!(file.header("etag"), etag);
    let public = format!("/dokumen/{id}/halaman/2/tabel/1.csv");
    for address in [address, &public] {
        let head = site.ask_with(Method::HEAD, address, &[]);
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0), "{address}");
        let known = site.ask_with(Method::GET, address, &[("if-none-match", &etag)]);
        assert_eq!(known.status, StatusCode::NOT_MODIFIED, "{address}");
    }
    let none = site.get(&format!("/api/v1/documents/{id}/pages/1/tables")).json();
    assert_eq!(none["tables"].as_array().unwrap().len(), 0);
    for wrong in ["2/tables/2.csv", "2/tables/0.csv", "2/tables/1", "1/tables/1.csv"] {
        let reply = site.get(&format!("/api/v1/documents/{id}/pages/{wrong}"));
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{wrong}");
        assert_eq!(reply.json()["code"], "table-not-found", "{wrong}");
    }
    let page = site.get(&format!("/api/v1/documents/{id}/pages/9/tables/1.csv"));
    assert_eq!(page.json()["code"], "page-not-found");
}

#[test]
fn an_image_that_cannot_be_had_says_why() {
    let site = Site::new();
    let id = site.publish(tally());
    let text = site.file("name=catatan.txt", b"sebuah catatan");
    let api = format!("/api/v1/documents/{id}/pages");
    for (address, status, code) in [
        (format!("{api}/1/image"), StatusCode::SERVICE_UNAVAILABLE, "image-failed"),
        (format!("{api}/1/image?width=240"), StatusCode::SERVICE_UNAVAILABLE, "image-failed"),
        (format!("{api}/1/image?width=300"), StatusCode::BAD_REQUEST, "bad-parameter"),
        (format!("{api}/5/image"), StatusCode::NOT_FOUND, "page-not-found"),
        (format!("{api}/x/image"), StatusCode::NOT_FOUND, "page-not-found"),
        (format!("/api/v1/documents/{text}/pages/1/image"), StatusCode::NOT_FOUND, "no-image"),
    ] {
        let reply = site.get(&address);
        assert_eq!(reply.status, status, "{address}");
        let problem = reply.json();
        assert_eq!(problem["code"], code, "{address}");
        assert!(!problem["detail"].as_str().unwrap().is_empty(), "{address}");
    }
    for (lebar, status) in [("1000", 503), ("1001", 400)] {
        let reply = site.get(&format!("/dokumen/{id}/halaman/1/gambar?lebar={lebar}"));
        assert_eq!(reply.status.as_u16(), status);
        assert!(reply.text().contains("<html lang=\"id\">"));
    }
}

#[test]
fn a_document_tells_what_was_read_and_what_not() {
    let site = Site::new();
    let id = site.publish(tally());
    let document = site.get(&format!("/api/v1/documents/{id}")).json();
    let coverage = &document["coverage"];
    for (name, value) in [
        ("pages", 4),
        ("pages_from_file", 1),
        ("pages_recognised", 1),
        ("confidence", 88),
        ("pages_to_recognise", 1),
        ("pages_without_text", 2),
    ] {
        assert_eq!(coverage[name], value, "{name}");
    }
    assert_eq!(coverage["complete"], false);
    let version = &document["versions"][0];
    assert_eq!(version["pages_to_recognise"], serde_json::json!([3]));
    assert_eq!(version["layout_sha256"].as_str().unwrap().len(), 64);
    let page = site.get(&format!("/dokumen/{id}?bahasa=en"));
    for expected in [
        "1 page read from the file’s own text",
        "1 page recognised from images",
        "1 page waiting for recognition <span class=\"soft\">(page 3)</span>",
        "1 page without text that could be read <span class=\"soft\">(page 4)</span>",
        "A total in a table is not the sum",
        "PDF 1.7",
        "lampiran.xml",
        "gambar?lebar=240",
    ] {
        assert!(page.text().contains(expected), "{expected}");
    }
    let found = site.get("/cari?q=rekapitulasi");
    assert!(found.text().contains("2 dari 4 halaman tidak terbaca"));
    let hit = &site.get("/api/v1/search?q=rekapitulasi").json()["hits"][0];
    assert_eq!(hit["coverage"]["pages_without_text"], 2);
}

#[test]
fn what_was_not_read_is_listed_for_the_owner_in_parts() {
    let site = Site::new();
    let first = site.publish(tally());
    let closed = site.register(tally(), AccessClass::Secret, Publication::Published);
    site.publish(plain());
    let all = site.get_as_owner("/api/v1/coverage").json();
    assert_members(&all, &["totals", "documents", "next"]);
    let totals = &all["totals"];
    assert_eq!((&totals["documents"], &totals["documents_incomplete"]), (&3.into(), &2.into()));
    assert_eq!((&totals["pages"], &totals["pages_without_text"]), (&9.into(), &4.into()));
    let listed = &all["documents"];
    assert_eq!((&listed[0]["id"], &listed[1]["id"]), (&(*closed).into(), &(*first).into()));
    assert_eq!(listed[0]["waiting"], serde_json::json!([3]));
    assert_eq!(listed[0]["findings"][0]["code"], "wrong-sum");
    let part = site.get_as_owner("/api/v1/coverage?limit=1").json();
    assert_eq!(part["documents"].as_array().unwrap().len(), 1);
    let rest = site.get_as_owner(part["next"].as_str().unwrap()).json();
    assert_eq!(rest["documents"][0]["id"], first.as_str());
    assert!(rest["next"].is_null());
    for (wrong, parameter) in [("limit=0", "limit"), ("limit=101", "limit"), ("after=x", "after")] {
        let reply = site.get_as_owner(&format!("/api/v1/coverage?{wrong}"));
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert_eq!(reply.json()["parameter"], parameter);
    }
    assert_eq!(site.get("/api/v1/coverage").status, StatusCode::UNAUTHORIZED);
}

#[test]
fn the_public_list_follows_what_is_open() {
    let site = Site::new();
    let id = site.publish(tally());
    site.register(tally(), AccessClass::Restricted, Publication::Published);
    site.register(tally(), AccessClass::Open, Publication::Draft);
    let shown = site.get("/cakupan?bahasa=en");
    assert!(shown.text().contains("1 document of which a part was not read"));
    assert!(shown.text().contains(&format!("href=\"/dokumen/{id}\"")));
    let engine = site.state.holdings.recognition().engine;
    let stands = engine.as_deref().unwrap_or("No recognition program (OCR) is installed");
    assert!(shown.text().contains(stands));
    let secret = simars_archive::Change::Access(AccessClass::Secret);
    site.state.holdings.archive().change(&id.parse().unwrap(), &secret).unwrap();
    let shown = site.get("/cakupan?bahasa=en");
    assert!(shown.text().contains("All open documents were read completely"));
    assert!(!shown.text().contains(&id));
    let far = site.get("/cakupan?halaman=99999999999999999999");
    assert_eq!(far.status, StatusCode::OK);
    assert!(site.get("/tentang").text().contains("href=\"/cakupan\""));
}

#[test]
fn progress_ends_with_the_coverage() {
    let site = Site::new();
    let id = site.publish(tally());
    let reply = site.get(&format!("/api/v1/documents/{id}/events"));
    assert_eq!(reply.header("content-type"), "text/event-stream");
    assert_eq!(reply.header("cache-control"), "no-store");
    let data = reply.text().strip_prefix("event: done\ndata: ").unwrap();
    let coverage: serde_json::Value = serde_json::from_str(data.trim_end()).unwrap();
    assert_eq!((&coverage["pages"], &coverage["pages_to_recognise"]), (&4.into(), &1.into()));
}

#[test]
fn a_new_reading_is_ordered_by_the_owner() {
    let site = Site::new();
    let id = site.publish(tally());
    let address = format!("/api/v1/documents/{id}/extract");
    for body in [&b""[..], b" \n", b"{}", b"{\"all\": true}"] {
        let reply = site.post_as_owner(&address, body);
        assert_eq!(reply.status, StatusCode::ACCEPTED);
        let events = format!("/api/v1/documents/{id}/events");
        assert_eq!(reply.header("location"), events);
        assert_eq!(reply.json()["events"], events);
    }
    let stands = site.get_as_owner("/api/v1/recognition").json();
    assert_members(&stands, &["engine", "documents", "pages_done", "pages_total"]);
    assert_eq!(stands["documents"], 2, "the same order twice is one");
    for body in [&b"{\"al\": true}"[..], b"true", b"{", &[b' '; 2_000], &[b'x'; 2_000]] {
        let reply = site.post_as_owner(&address, body);
        assert!(reply.status.is_client_error(), "{}", reply.status);
    }
    let nobody = "/api/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaa/extract";
    assert_eq!(site.post_as_owner(nobody, b"").status, StatusCode::NOT_FOUND);
    assert_eq!(site.post(&address, &[], b"").status, StatusCode::UNAUTHORIZED);
    assert_eq!(site.get("/api/v1/recognition").status, StatusCode::UNAUTHORIZED);
}
