//! Statistics: what is counted, what is shown of it, and what is not.

use axum::http::{Method, StatusCode};
use simars_archive::Change;

use crate::site::Site;

const PERSON: (&str, &str) = ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0");
const ROBOT: (&str, &str) = ("user-agent", "contohbot/1.0");

fn csv(site: &Site, name: &str) -> Vec<String> {
    let reply = site.get(&format!("/statistik/{name}.csv"));
    assert_eq!(reply.status, StatusCode::OK, "{name}");
    assert!(reply.header("content-type").starts_with("text/csv"), "{name}");
    reply.text().lines().map(str::to_owned).collect()
}

#[test]
fn what_is_held_and_done_is_counted() {
    let (site, id) = Site::with_decision();
    let closed = site.file("name=b.txt&access=terbatas&kind=laporan&year=2019", b"Surat tertutup");
    for headers in [[PERSON], [PERSON], [ROBOT]] {
        for path in [
            &*format!("/dokumen/{id}"),
            &format!("/dokumen/{closed}"),
            &format!("/api/v1/documents/{id}/content"),
            "/cari?q=kursi",
            "/verifikasi?sha256=00",
        ] {
            site.ask_with(Method::GET, path, &headers);
        }
    }
    assert_eq!(csv(&site, "jenis"), ["jenis,nama,dokumen", "keputusan,Keputusan,1"]);
    assert_eq!(csv(&site, "tahun"), ["tahun,dokumen,sampai_tahun_ini", "2024,1,1"]);
    for name in ["dibaca", "unduhan", "pencarian", "verifikasi"] {
        assert_eq!(csv(&site, name), ["bulan,orang,robot", "2026-11,2,1"], "{name}");
    }
    let label = "Keputusan Nomor 12 Tahun 2024: PENETAPAN PEROLEHAN KURSI PARTAI POLITIK CONTOH";
    let read = csv(&site, "terbanyak-dibaca");
    assert_eq!(read, ["id,dokumen,dibaca_30_hari", &format!("{id},{label},2")]);
    // The file keeps the record's capitals; people read the case of titles.
    let shown = "Keputusan Nomor 12 Tahun 2024: Penetapan Perolehan Kursi Partai Politik Contoh";
    let page = site.get("/statistik");
    for told in
        ["<rect class=\"people\"", "<title id=\"jenis-nama\">", "/statistik/dibaca.csv", shown]
    {
        assert!(page.text().contains(told), "{told}");
    }
    for name in ["jenis", "x.csv", "dibaca.xml"] {
        assert_eq!(site.get(&format!("/statistik/{name}")).status, StatusCode::NOT_FOUND);
    }
    // What was open when it was read, and is not any more, is told no longer.
    let archive = site.state.holdings.archive();
    archive.change(&id.parse().unwrap(), &Change::Withdraw).unwrap();
    assert_eq!(csv(&site, "terbanyak-dibaca").len(), 1);
    assert!(!site.get("/statistik").text().contains(shown));
}

#[test]
fn nothing_is_kept_of_who_asked() {
    let (site, _) = Site::with_decision();
    let root = site.state.holdings.archive().folder().root().to_owned();
    let headers = [PERSON, ("x-forwarded-for", "203.0.113.9"), ("cookie", "bahasa=en")];
    site.ask_with(Method::GET, "/cari?q=zamrud", &headers);
    // The first count is written at once.
    let file = root.join("counts.json");
    for _ in 0..100 {
        if file.exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    for kept_secret in ["203.0.113.9", "zamrud", "Firefox", "bahasa"] {
        assert!(!kept.contains(kept_secret), "{kept}");
    }
    assert!(kept.contains("\"2026-11\""), "{kept}");
}
