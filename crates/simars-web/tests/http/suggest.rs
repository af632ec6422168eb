//! Suggestions while somebody types.

use axum::http::StatusCode;
use serde_json::{Value, json};
use simars_archive::Change;
use simars_record::{AccessClass, Description, Field};

use crate::site::{DECISION, Site};

fn suggestions(site: &Site, query: &str) -> Vec<Value> {
    let reply = site.get(&format!("/api/v1/suggest?{query}"));
    assert_eq!(reply.status, StatusCode::OK, "{query}: {}", reply.text());
    reply.json()["suggestions"].as_array().unwrap().clone()
}

/// Says what a document is about.
fn about(site: &Site, id: &str, subject: &str) {
    let subject = Some(Field::stated(subject.to_owned()));
    let description = Description { subject, ..Description::default() };
    let change = Change::Correct(Box::new(description));
    site.state.holdings.archive().change(&id.parse().unwrap(), &change).unwrap();
    site.state.holdings.wake();
    site.state.holdings.wait_until_searchable(|_| {}).unwrap();
}

#[test]
fn a_number_and_a_title_suggest_the_document() {
    let (site, id) = Site::with_decision();
    let [by_number] = &suggestions(&site, "q=kep+1")[..] else { panic!("one document") };
    let expected = json!({
        "type": "document", "by": "number", "id": id,
        "label": "Keputusan Nomor 12 Tahun 2024",
        "title": "Penetapan Perolehan Kursi Partai Politik Contoh",
        "kind": "keputusan", "number": "12", "year": 2024,
        "href": format!("/dokumen/{id}"),
    });
    let title = |value: &Value| value["title"].as_str().unwrap().to_lowercase();
    assert_eq!(title(by_number), title(&expected));
    for member in ["type", "by", "id", "label", "kind", "number", "year", "href"] {
        assert_eq!(by_number[member], expected[member], "{member}");
    }
    let by_title = &suggestions(&site, "q=perolehan+kur")[0];
    assert_eq!((&by_title["by"], &by_title["id"]), (&json!("title"), &json!(id)));
    let english = &suggestions(&site, "q=12&bahasa=en")[0];
    assert_eq!(english["label"], "Decision Number 12 of 2024");
    for query in ["", "q=", "q=+", "q=zzz", "q=%ff%00", "q=12+zzz"] {
        assert!(suggestions(&site, query).is_empty(), "{query}");
    }
    assert_eq!(site.get("/api/v1/suggest?q=1&limit=0").status, StatusCode::BAD_REQUEST);
}

#[test]
fn a_subject_leads_to_the_documents_that_have_it() {
    let site = Site::new();
    let id = site.file("name=a.txt", b"Kotak suara contoh dihitung kembali.");
    about(&site, &id, "Logistik Pemilu; Arsip");
    let found = suggestions(&site, "q=logis");
    let href = "/cari?subjek=Logistik%20Pemilu";
    assert_eq!(found, [json!({"type": "subject", "subject": "Logistik Pemilu", "href": href})]);
    let page = site.get(href);
    assert!(page.text().contains(&format!("/dokumen/{id}")));
    assert!(page.text().contains("Hapus saringan Logistik Pemilu"));
    let all = site.get("/api/v1/search").json();
    assert_eq!(all["facets"]["subject"][0], json!({"value": "Arsip", "count": 1}));
    assert!(site.get("/cari").text().contains("href=\"/cari?subjek=Arsip\""));
    assert_eq!(site.get("/api/v1/search?subject=Arsip").json()["total"], 1);
    assert_eq!(site.get("/api/v1/search?subject=arsip").json()["total"], 0);
    // Another subject, and the old one is suggested no more.
    about(&site, &id, "Pengadaan");
    assert!(suggestions(&site, "q=logis").is_empty());
}

#[test]
fn what_is_closed_is_not_suggested_even_before_the_index_knows() {
    let queries = ["q=12", "q=kep+12", "q=perolehan", "q=sandi", "q=gud"];
    let site = Site::new();
    let id = site.file("name=a.txt&access=rahasia", DECISION.as_bytes());
    about(&site, &id, "Sandi Gudang");
    for query in queries {
        assert!(suggestions(&site, query).is_empty(), "{query}");
        let owner = site.get_as_owner(&format!("/api/v1/suggest?{query}")).json();
        assert_eq!(owner["suggestions"].as_array().unwrap().len(), 1, "{query}");
    }
    let site = Site::new();
    let id = site.file("name=a.txt", DECISION.as_bytes());
    about(&site, &id, "Sandi Gudang");
    assert!(queries.iter().all(|query| suggestions(&site, query).len() == 1));
    // The index is not told: the catalogue has the last word.
    let change = Change::Access(AccessClass::Secret);
    site.state.holdings.archive().change(&id.parse().unwrap(), &change).unwrap();
    assert!(queries.iter().all(|query| suggestions(&site, query).is_empty()));
}
