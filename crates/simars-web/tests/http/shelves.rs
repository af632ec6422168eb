//! Shelves: put together at the desk, looked at by readers, and never a way around access.

use axum::http::StatusCode;
use simars_access::{Grant, Role};
use simars_archive::Change;
use simars_record::AccessClass;

use crate::made::tally;
use crate::person::{Browser, administrator};
use crate::site::Site;

/// Somebody who may put things before the public.
fn archivist(site: &Site) -> Browser<'_> {
    let browser = administrator(site);
    site.state.people.look(|people| {
        let roles = [Role::Administrator, Role::Archivist].into_iter().collect();
        let grant = Grant { roles, clearance: AccessClass::Secret, unit: None };
        people.change(&"ani".parse().unwrap(), grant, true).unwrap();
    });
    browser
}

/// Makes a shelf and puts these on it.
fn shelf(browser: &mut Browser<'_>, slug: &str, ids: &[&str]) {
    let made = browser.send("/petugas/rak", "/petugas/rak", &format!("nama=Pilihan&alamat={slug}"));
    assert_eq!(made.header("location"), format!("/petugas/rak/{slug}"), "{}", made.text());
    let page = format!("/petugas/rak/{slug}");
    for id in ids {
        let put = browser.send(&page, &page, &format!("tambah=/dokumen/{id}"));
        assert_eq!(put.status, StatusCode::SEE_OTHER, "{}", put.text());
    }
}

#[test]
fn a_shelf_is_made_ordered_renamed_and_taken_away() {
    let (site, first) = Site::with_decision();
    let second = site.publish(tally());
    let mut browser = archivist(&site);
    shelf(&mut browser, "bacaan", &[&first, &second, &first]);
    let page = "/petugas/rak/bacaan";
    let named = "nama=Bacaan+%3Ci%3E&nama_en=Reading&tentang=Untuk+pemula&lalu=simpan";
    assert_eq!(browser.send(page, page, named).header("location"), page);
    let order = |site: &Site| {
        let shown = site.get("/koleksi/bacaan");
        let at = |id: &str| shown.text().find(&format!("/dokumen/{id}\"")).unwrap();
        (at(&first) < at(&second), shown.text().matches(&format!("/dokumen/{first}\"")).count())
    };
    assert_eq!(order(&site), (true, 1), "nothing is on it twice");
    browser.send(page, page, &format!("naik={second}"));
    assert_eq!(order(&site), (false, 1));
    let shown = site.get("/koleksi/bacaan");
    assert!(shown.text().contains("<h1>Bacaan &#60;i&#62;</h1>"), "{}", shown.text());
    assert!(site.get("/koleksi/bacaan?bahasa=en").text().contains("<h1>Reading</h1>"));
    let all = site.get("/koleksi");
    assert!(all.text().contains("href=\"/koleksi/bacaan\"") && all.text().contains("2 dokumen"));
    let typed = site.get("/koleksi/bacaan?q=kursi&halaman=3");
    assert!(typed.text().contains(&first), "there is nothing to narrow");
    browser.send(page, page, &format!("keluar={second}"));
    assert!(!site.get("/koleksi/bacaan").text().contains(&second));
    // Found, and put on it from the list of what was found.
    let found = browser.get(&format!("{page}?cari=rekapitulasi"));
    assert!(found.text().contains(&format!("name=\"tambah\" value=\"{second}\"")));
    browser.send("/petugas/rak", "/petugas/rak", "hapus=bacaan");
    assert_eq!(site.get("/koleksi/bacaan").status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get(page).status, StatusCode::NOT_FOUND);
}

#[test]
fn a_shelf_that_cannot_be_is_told() {
    let site = Site::new();
    let mut browser = archivist(&site);
    for (fields, told) in [
        ("nama=A&alamat=keputusan", "sudah dipakai"),
        ("nama=A&alamat=Huruf+Besar", "tidak dapat dipakai"),
        ("nama=A&alamat=terbaru", "tidak dapat dipakai"),
        ("nama=&alamat=a", "memerlukan nama"),
        ("naik=tidak-ada", "sudah tidak ada"),
    ] {
        let reply = browser.send("/petugas/rak", "/petugas/rak", fields);
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields}");
        assert!(reply.text().contains(told), "{fields}: {}", reply.text());
    }
}

#[test]
fn a_rule_finds_and_a_reader_narrows_it() {
    let (site, id) = Site::with_decision();
    let other = site.file("name=b.txt&kind=pengumuman", b"PENGUMUMAN\nperolehan kursi contoh\n");
    let mut browser = archivist(&site);
    shelf(&mut browser, "kursi", &[]);
    let page = "/petugas/rak/kursi";
    browser.send(
        page,
        page,
        "lalu=simpan&nama=Kursi&jenis=keputusan&jenis=pengumuman&jenis=entah&q=kursi",
    );
    assert!(browser.get(page).text().contains("memuat 2 dokumen yang terbuka"));
    let shown = |query: &str| {
        let reply = site.get(&format!("/koleksi/kursi{query}"));
        assert_eq!(reply.status, StatusCode::OK);
        [&id, &other]
            .map(|id| reply.text().contains(&format!("<h2 lang=\"id\"><a href=\"/dokumen/{id}\"")))
    };
    assert_eq!(shown(""), [true, true]);
    assert_eq!(shown("?jenis=pengumuman"), [false, true]);
    assert_eq!(shown("?q=pengumuman"), [false, true]);
    assert_eq!(shown("?q=OR+zzzz"), [false, false], "nothing is widened");
    assert_eq!(shown("?q=tidakadasamasekali"), [false, false]);
    assert!(site.get("/koleksi/kursi?q=zzzz").text().contains("Lihat seluruh rak"));
}

#[test]
fn what_is_closed_is_on_no_shelf() {
    let (site, open) = Site::with_decision();
    let closed = site.file("name=c.txt&access=rahasia", b"KEPUTUSAN\nZAMRUD rahasia kursi\n");
    let draft = site.file("name=d.txt&draft=1", b"KEPUTUSAN\nZAMRUD rancangan kursi\n");
    let mut browser = archivist(&site);
    shelf(&mut browser, "campur", &[&closed, &open, &draft]);
    shelf(&mut browser, "tertutup", &[&closed, &draft]);
    let assert_nothing = || {
        for address in [
            "/koleksi",
            "/koleksi/campur",
            "/koleksi/campur?q=kursi",
            "/koleksi/tertutup",
            "/koleksi/keputusan",
            "/koleksi/keputusan?q=zamrud",
            "/koleksi/terbaru",
            "/koleksi/terbanyak-dibaca",
            "/koleksi/campur/feed.atom",
            "/koleksi/tertutup/feed.atom",
            "/koleksi/keputusan/feed.atom",
        ] {
            let told = site.get(address);
            assert_eq!(told.status, StatusCode::OK, "{address}");
            for id in [&closed, &draft] {
                assert!(!told.text().contains(id.as_str()), "{address}");
            }
            assert!(!told.text().contains("ZAMRUD"), "{address}");
        }
    };
    assert_nothing();
    let all = site.get("/koleksi");
    assert!(all.text().contains("/koleksi/campur\"") && !all.text().contains("/koleksi/tertutup"));
    assert!(all.text().contains("1 dokumen") && !all.text().contains("3 dokumen"));
    // Closing takes effect at once, before the index knows of it.
    let archive = site.state.holdings.archive();
    archive.change(&open.parse().unwrap(), &Change::Access(AccessClass::Secret)).unwrap();
    assert_nothing();
    for address in ["/koleksi", "/koleksi/campur", "/koleksi/keputusan", "/koleksi/terbaru"] {
        let told = site.get(address);
        assert!(!told.text().contains(&open), "{address}");
        assert!(!told.text().contains("1 dokumen"), "{address}");
    }
    // Whoever keeps shelves sees what they may, and of the rest the id that they put there.
    let seen = browser.get("/petugas/rak/campur");
    assert!(seen.text().contains(&closed) && seen.text().contains(&draft));
}

#[test]
fn a_shelf_has_a_feed_and_stands_in_the_sitemap() {
    let (site, first) = Site::with_decision();
    let chosen = site.file("name=b.txt&kind=pengumuman", b"PENGUMUMAN\nsosialisasi contoh\n");
    let mut browser = archivist(&site);
    shelf(&mut browser, "bacaan", &[&chosen]);
    let page = "/petugas/rak/bacaan";
    browser.send(page, page, "lalu=simpan&nama=Bacaan&nama_en=Reading&jenis=keputusan");
    let feed = site.get("/koleksi/bacaan/feed.atom");
    assert_eq!(feed.header("content-type"), "application/atom+xml; charset=utf-8");
    let at = |id: &str| feed.text().find(&format!("/dokumen/{id}\"")).unwrap();
    assert!(at(&chosen) < at(&first), "what was chosen by hand comes first");
    assert_eq!(feed.text().matches("<entry>").count(), 2);
    assert!(site.get("/koleksi/bacaan/feed.atom?bahasa=en").text().contains("Reading · "));
    assert!(site.get("/koleksi/bacaan").text().contains("href=\"/koleksi/bacaan/feed.atom\""));
    assert!(site.get("/sitemap.xml?bagian=halaman").text().contains("/koleksi/bacaan</loc>"));
    assert_eq!(site.get("/koleksi/entah/feed.atom").status, StatusCode::NOT_FOUND);
    browser.send(page, page, "lalu=simpan&nama=Bacaan&daerah=ya");
    let all = site.get("/koleksi");
    let (regions, shelves) = all.text().split_once("id=\"daerah\"").map(|(a, b)| (b, a)).unwrap();
    assert!(regions.contains("/koleksi/bacaan\"") && !shelves.contains("/koleksi/bacaan\""));
}

#[test]
fn what_is_read_most_is_a_shelf() {
    let (site, first) = Site::with_decision();
    let second = site.file("name=b.txt", b"Surat yang banyak dibaca\n");
    let person = ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0");
    for id in [&first, &second, &second] {
        site.ask_with(axum::http::Method::GET, &format!("/dokumen/{id}"), &[person]);
    }
    let shown = site.get("/koleksi/terbanyak-dibaca");
    let at = |id: &str| shown.text().find(&format!("/dokumen/{id}\"")).unwrap();
    assert!(at(&second) < at(&first), "the one that was read more comes first");
    assert!(!shown.text().contains("terbanyak-dibaca/feed.atom"), "what is read most is no news");
    assert!(site.get("/koleksi").text().contains("href=\"/koleksi/terbanyak-dibaca\""));
}
