//! What is said before anything else of a file, and in which language its parts are.

use simars_verify::{Reason, verdict};

use super::*;

#[test]
fn a_doubtful_file_says_so_before_anything_else() {
    let mut closed = document();
    closed.statements[2].kind = "retensi".to_owned();
    let html = document_page("/dokumen/x", &closed, &told());
    let at = |html: &str, words: &str| html.find(words).unwrap();
    assert!(at(&html, "Berkas ini rusak.") < at(&html, "<p class=\"actions\">"));
    assert!(!html.contains("Retensi: peristiwa"), "what only the archive has to do with");
    let found = document();
    let mut verdict = verdict(found.current().original.sha256, Some(&found));
    let detail = String::new();
    verdict.reasons.push(Reason { check: "changed-after-signing", holds: false, detail });
    let judged = Judged { verdict, document: Some(found), findable: true, force: None };
    let page = |given| {
        let judged = Some((&judged, given));
        verify::view(&visit("/verifikasi"), &settings(), "", judged, None).render().unwrap()
    };
    let pages = [verify::Given::File, verify::Given::Fingerprint].map(page);
    assert!(
        pages.iter().all(|html| at(html, "diubah sesudah ditandatangani") < at(html, "Artinya"))
    );
    let of_a_file = pages.map(|html| html.matches("Setiap bit berkas Anda sama dengan").count());
    assert_eq!(of_a_file[0], of_a_file[1] + 1, "no word of a file where none was given");
}

#[test]
fn what_is_indonesian_says_so_on_an_english_page() {
    let results = search_page("/cari?q=kursi&bahasa=en", answer());
    assert!(
        results.contains("<h2 lang=\"id\">") && results.contains("<span lang=\"id\">menetapkan")
    );
    let html = document_page("/dokumen/x?bahasa=en", &document(), &told());
    assert!(html.contains("<h1 lang=\"id\">") && html.contains("ID<span class=\"hidden-label\">"));
}
