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
