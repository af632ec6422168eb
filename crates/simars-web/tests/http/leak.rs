//! What somebody may not see shows nowhere, whichever way they ask.

use axum::http::{Method, StatusCode};

use crate::matrix::{ASKERS, SIGNED, sign_in};
use crate::site::Site;

/// Where something of a document is told: of one that may not be found, the same as of one that is not
/// there.
const OF_THE_DOCUMENT: [&str; 10] = [
    "/api/v1/documents/{id}",
    "/api/v1/documents/{id}/content",
    "/api/v1/documents/{id}/text",
    "/api/v1/documents/{id}/pages/1",
    "/api/v1/documents/{id}/search?q=zamrud",
    "/api/v1/documents/{id}/similar",
    "/api/v1/documents/{id}/citation/ris",
    "/api/v1/documents/{id}/jsonld",
    "/api/v1/documents/{id}/events",
    "/api/v1/documents/{id}/retention",
];

/// Where documents are told of that nobody named.
const OF_ALL: [&str; 34] = [
    "/api/v1/search?q=zamrud",
    "/api/v1/search?q=zamrut",
    "/api/v1/search?q=",
    "/api/v1/search?subject=zamrud",
    "/api/v1/search/export/csv?q=zamrud",
    "/api/v1/suggest?q=zam",
    "/api/v1/suggest?q=kep+77",
    "/api/v1/review",
    "/api/v1/schedule",
    "/api/v1/schedule/due",
    "/api/v1/schedule/due?list=no-code",
    "/api/v1/schedule/due?list=held",
    "/petugas/jatuh-tempo?daftar=tanpa-kode",
    "/petugas/klasifikasi",
    "/api/v1/coverage",
    "/api/v1/audit",
    "/petugas",
    "/petugas/tinjau",
    "/petugas/riwayat",
    "/oai?verb=ListRecords&metadataPrefix=oai_dc",
    "/feed.atom",
    "/cari/feed.atom?q=zamrud",
    "/koleksi/tahun/2024/feed.atom",
    "/sitemap.xml?bagian=1",
    "/",
    "/koleksi",
    "/koleksi/terbaru",
    "/koleksi/terbanyak-dibaca",
    "/koleksi/keputusan/feed.atom",
    "/koleksi/jenis/keputusan",
    "/statistik/terbanyak-dibaca.csv",
    "/petugas/tinjau?apa=konsep",
    "/petugas/rak",
    "/petugas/laporan",
];

/// Nothing that somebody without the clearance is answered tells of a closed document.
#[test]
fn whoever_is_not_cleared_learns_nothing_of_a_closed_document() {
    let site = Site::new();
    let text = "KEPUTUSAN KOMISI CONTOH\nNOMOR 77 TAHUN 2024\nTENTANG\nPENGGELAPAN ZAMRUD\n";
    let id =
        site.file("name=rahasia.txt&access=rahasia&unit=TEKNIS&subject=zamrud", text.as_bytes());
    let digest = simars_record::Digest::of(text.as_bytes());
    let nobody = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
    for role in &ASKERS[SIGNED] {
        // Cleared for *terbatas* only, or for another unit.
        let signed = sign_in(&site, role);
        let bearer = format!("Bearer {}", signed.key);
        let get = |path: &str| site.ask_with(Method::GET, path, &[("authorization", &bearer)]);
        let by_cookie =
            |path: &str| site.ask_with(Method::GET, path, &[("cookie", &signed.cookie)]);
        for path in OF_THE_DOCUMENT {
            let (here, absent) =
                (get(&path.replace("{id}", &id)), get(&path.replace("{id}", nobody)));
            assert_eq!(here.status, StatusCode::NOT_FOUND, "{role} {path}");
            assert_eq!(here.text().replace(&id, nobody), absent.text(), "{role} {path}");
        }
        for path in ["/petugas/dokumen/{id}", "/petugas/dokumen/{id}/berkas"] {
            let here = by_cookie(&path.replace("{id}", &id));
            assert_eq!(here.status, StatusCode::NOT_FOUND, "{role} {path}");
        }
        // Each is asked for what only the closed document has, and has to answer as for nothing.
        let verify = format!("/api/v1/verify/{digest}");
        for path in OF_ALL.into_iter().chain([verify.as_str()]) {
            let staff_page = path.starts_with("/petugas");
            let told = if staff_page { by_cookie(path) } else { get(path) };
            let told = told.text().to_lowercase();
            let asked_for = path.contains("zamrud") || path.contains("zam");
            assert!(!told.contains(&id) && !told.contains("penggelapan"), "{role} {path}: {told}");
            assert!(asked_for || !told.contains("zamrud"), "{role} {path}: {told}");
        }
        let found = get("/api/v1/search?q=zamrud").json();
        assert_eq!(
            (&found["total"], &found["facets"]["kind"]),
            (&0.into(), &serde_json::json!([]))
        );
        // The same bytes once more: they are here already, and nothing else is said.
        let again = site.post(
            "/api/v1/documents?name=lain.txt&draft=1",
            &[("authorization", &bearer)],
            text.as_bytes(),
        );
        if again.status == StatusCode::OK {
            let told = again.json();
            assert_eq!(told["status"], "duplicate", "{role}");
            assert!(told["id"].is_null() && told["title"].is_null(), "{role}: {told}");
        }
    }
}
