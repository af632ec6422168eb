//! Searching, for people: what was meant, how it goes on, inside a document and beside it.

use crate::site::{DECISION, Site};

#[test]
fn what_was_searched_for_instead_is_said() {
    let (site, id) = Site::with_decision();
    let found = site.get("/api/v1/search?q=perolehann+kursi").json();
    assert_eq!((&found["total"], &found["corrected"]), (&1.into(), &"perolehan kursi".into()));
    assert!(found["did_you_mean"].is_null());
    let page = site.get("/cari?q=perolehann+kursi&tahun=2024");
    let page = page.text();
    assert!(page.contains("Menampilkan hasil untuk") && page.contains(&id));
    assert!(page.contains("href=\"/cari?tahun=2024&#38;q=perolehan%20kursi\""), "{page}");
    let literally = "/cari?q=perolehann%20kursi&tahun=2024&persis=1";
    assert!(page.contains(&literally.replace('&', "&#38;")), "{page}");
    let page = site.get(literally);
    assert!(page.text().contains("Tidak ada yang ditemukan") && !page.text().contains(&id));
    assert!(page.text().contains("Maksud Anda") && !page.text().contains("Menampilkan hasil"));
    let found = site.get("/api/v1/search?q=perolehann+kursi&exact=1").json();
    assert_eq!((&found["total"], &found["did_you_mean"]), (&0.into(), &"perolehan kursi".into()));
    assert!(found["corrected"].is_null());
    // A new search is an ordinary one.
    assert!(!page.text().contains("name=\"persis\""));
    assert!(page.text().contains("Hapus saringan Persis seperti diketik"));
    for right in ["perolehan+kursi", "", "zzzz"] {
        let found = site.get(&format!("/api/v1/search?q={right}")).json();
        assert!(found["corrected"].is_null() && found["did_you_mean"].is_null(), "{right}");
    }
}

#[test]
fn a_closed_document_corrects_nothing() {
    let site = Site::new();
    site.file("name=a.txt&access=rahasia", DECISION.as_bytes());
    site.file("name=b.txt", b"Taman kota contoh dirawat bersama oleh warga.");
    for query in ["perolehann", "perolehan", "tamann+perolehann"] {
        let found = site.get(&format!("/api/v1/search?q={query}"));
        assert!(!found.text().contains("\"corrected\":\"perolehan"), "{query}");
        assert!(!found.text().contains("perolehan\""), "{query}");
        assert!(!site.get(&format!("/cari?q={query}")).text().contains("Maksud Anda"), "{query}");
    }
    let found = site.get("/api/v1/search?q=tamann+perolehann").json();
    assert_eq!(found["corrected"], "taman perolehann");
    let owner = site.get_as_owner("/api/v1/search?q=perolehann").json();
    assert_eq!(owner["corrected"], "perolehan");
}

#[test]
fn a_list_goes_on_by_cursor() {
    let site = Site::new();
    for n in 1..=25 {
        let text =
            format!("KEPUTUSAN CONTOH NOMOR {n} TAHUN 2024\nTENTANG LOMBA {n}\nisi kebun {n}");
        site.file("name=a.txt", text.as_bytes());
    }
    let mut ids = Vec::new();
    let mut address = "/api/v1/search?q=kebun&per_page=10".to_owned();
    loop {
        let found = site.get(&address).json();
        assert_eq!(found["total"], 25, "{address}");
        let hits = found["hits"].as_array().unwrap();
        ids.extend(hits.iter().map(|hit| hit["id"].as_str().unwrap().to_owned()));
        let Some(next) = found["next_cursor"].as_str() else { break };
        address = format!("/api/v1/search?q=kebun&per_page=10&cursor={next}");
    }
    let length = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((length, ids.len()), (25, 25));
    let next =
        site.get("/api/v1/search?q=kebun").json()["next_cursor"].as_str().unwrap().to_owned();
    let other = site.get(&format!("/api/v1/search?q=lomba&cursor={next}"));
    assert_eq!(other.status, axum::http::StatusCode::BAD_REQUEST);
    assert_eq!(other.json()["parameter"], "cursor");
    // The page behind it, and what leads back.
    let page = site.get(&format!("/cari?q=kebun&lanjut={next}"));
    assert!(page.text().contains("<ol class=\"results\" start=\"11\">"));
    assert!(page.text().contains("Halaman 2 dari 3") && page.text().contains("Halaman pertama"));
    assert!(page.text().contains("lanjut=") && !page.text().contains("halaman=3"));
    let page = site.get(&format!("/cari?q=lomba&lanjut={next}"));
    assert!(page.text().contains("diabaikan") && page.text().contains("Halaman 1 dari 3"));
}

#[test]
fn a_document_is_searched_inside() {
    let (site, id) = Site::with_decision();
    let address = format!("/api/v1/documents/{id}/search");
    let found = site.get(&format!("{address}?q=kursi")).json();
    assert_eq!((&found["total"], &found["relaxed"]), (&2.into(), &false.into()));
    assert_eq!((&found["pages"][0]["page"], &found["pages"][1]["page"]), (&1.into(), &2.into()));
    assert!(found["pages"][1]["snippet"].as_str().unwrap().contains("<mark>kursi</mark>"));
    let second = site.get(&format!("{address}?q=kursi&per_page=1&page=2")).json();
    assert_eq!((&second["total"], &second["pages"][0]["page"]), (&2.into(), &2.into()));
    let found = site.get(&format!("{address}?q=lampirann")).json();
    assert_eq!((&found["total"], &found["corrected"]), (&1.into(), &"lampiran".into()));
    assert_eq!(site.get(&format!("{address}?q=")).json()["total"], 0);
    assert_eq!(site.get(&format!("{address}?q=a&page=0")).status.as_u16(), 400);
    let page = site.get(&format!("/dokumen/{id}?q=suara+sah"));
    assert!(page.text().contains("Ditemukan di 1 halaman."));
    assert!(page.text().contains(&format!("/dokumen/{id}/halaman/2?q=suara%20sah")));
    assert!(page.text().contains("<mark>suara</mark>"));
    let page = site.get(&format!("/dokumen/{id}?q=layang"));
    assert!(page.text().contains("Tidak ditemukan dalam dokumen ini."));
    let page = site.get(&format!("/dokumen/{id}?q=lampirann"));
    assert!(page.text().contains(&format!("href=\"/dokumen/{id}?q=lampiran#dalam\"")));
}

#[test]
fn what_is_about_the_same_stands_beside_a_document() {
    let (site, id) = Site::with_decision();
    let other = site.file("name=b.txt", DECISION.replace("NOMOR 12", "NOMOR 13").as_bytes());
    let closed =
        site.file("name=c.txt&access=rahasia", DECISION.replace("NOMOR 12", "NOMOR 14").as_bytes());
    for n in 0..8 {
        site.file("name=d.txt", format!("Taman kota contoh nomor {n} dirawat warga.").as_bytes());
    }
    let address = format!("/api/v1/documents/{id}/similar");
    let found = site.get(&address).json();
    let documents = found["documents"].as_array().unwrap();
    assert_eq!(documents.len(), 1, "{found}");
    assert_eq!((&documents[0]["id"], &documents[0]["same_text"]), (&(*other).into(), &true.into()));
    let page = site.get(&format!("/dokumen/{id}"));
    assert!(page.text().contains("Dokumen serupa") && page.text().contains(&other));
    assert!(!page.text().contains(&closed));
    let owner = site.get_as_owner(&address).json();
    assert_eq!(owner["documents"].as_array().unwrap().len(), 2);
    // Closed a moment ago, before the index is told.
    let change = simars_archive::Change::Access(simars_record::AccessClass::Secret);
    site.state.holdings.archive().change(&other.parse().unwrap(), &change).unwrap();
    assert_eq!(site.get(&address).json()["documents"].as_array().unwrap().len(), 0);
    assert!(!site.get(&format!("/dokumen/{id}")).text().contains(&other));
    assert_eq!(site.get(&format!("{address}?limit=99")).status.as_u16(), 400);
}
