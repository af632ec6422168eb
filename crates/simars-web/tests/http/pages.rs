//! Pages as a browser without JavaScript gets them.

use axum::http::{Method, StatusCode};

use crate::site::Site;

fn every_address(id: &str) -> Vec<String> {
    let document = format!("/dokumen/{id}");
    vec![
        "/".to_owned(),
        "/cari".to_owned(),
        "/cari?q=perolehan+kursi&jenis=keputusan&tahun=2024".to_owned(),
        "/cari?q=tidakadasamasekali".to_owned(),
        document.clone(),
        format!("{document}/halaman/1?q=kursi"),
        "/verifikasi".to_owned(),
        "/koleksi".to_owned(),
        "/koleksi/keputusan".to_owned(),
        "/koleksi/terbaru".to_owned(),
        "/koleksi/terbanyak-dibaca".to_owned(),
        "/koleksi/jenis/keputusan".to_owned(),
        "/tentang".to_owned(),
        "/cakupan".to_owned(),
        "/statistik".to_owned(),
    ]
}

#[test]
fn every_page_is_protected_light_and_in_the_readers_language() {
    let (site, id) = Site::with_decision();
    for address in every_address(&id) {
        let reply = site.get(&address);
        assert_eq!(reply.status, StatusCode::OK, "{address}");
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
        assert!(reply.body.len() < 60_000, "{address}");
        assert!(reply.header("content-security-policy").starts_with("default-src 'none'; "));
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("content-language"), "id");
        assert_eq!(reply.header("set-cookie"), "");
        assert!(reply.text().contains("<html lang=\"id\">"));
    }
}

#[test]
fn the_language_is_chosen_once_and_remembered() {
    let (site, id) = Site::with_decision();
    for address in every_address(&id) {
        let separator = if address.contains('?') { '&' } else { '?' };
        let chosen = site.get(&format!("{address}{separator}bahasa=en"));
        assert!(chosen.text().contains("<html lang=\"en\">"), "{address}");
        assert!(chosen.header("set-cookie").starts_with("bahasa=en; Path=/"));
        let cookie = [("cookie", "a=b; bahasa=en")];
        let later = site.ask_with(Method::GET, &address, &cookie);
        assert!(later.text().contains("<html lang=\"en\">"), "{address}");
        assert!(later.header("vary").to_lowercase().contains("cookie"));
    }
    let odd = site.ask_with(Method::GET, "/?bahasa=xx", &[("cookie", "bahasa=yy")]);
    assert!(odd.text().contains("<html lang=\"id\">"));
}

#[test]
fn a_reader_gets_from_a_word_to_the_page_and_back() {
    let (site, id) = Site::with_decision();
    let results = site.get("/cari?q=suara+sah");
    let page = format!("/dokumen/{id}/halaman/2?q=suara%20sah");
    // It may lead to the heading above the find.
    assert!(results.text().contains(&format!("href=\"{page}")));
    let text = site.get(&page);
    assert!(text.text().contains("<mark>suara</mark> <mark>sah</mark>"));
    assert!(text.text().contains("&lt;contoh&gt; &amp;"));
    assert!(text.text().contains("href=\"/cari?q=suara%20sah\""));
    assert!(text.text().contains(&format!("href=\"/dokumen/{id}/halaman/1?q=suara%20sah\"")));
    assert!(!text.text().contains("halaman/3"));
}

#[test]
fn a_form_leads_to_the_page_it_names() {
    let (site, id) = Site::with_decision();
    let reply = site.get(&format!("/dokumen/{id}/halaman?n=2"));
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    assert_eq!(reply.header("location"), format!("/dokumen/{id}/halaman/2"));
    // Whatever stands in the address, it leads nowhere else.
    let odd = site.get("/dokumen/%2F%2Fexample.org%0d%0a/halaman?n=2");
    assert_eq!(odd.header("location"), "/dokumen/%2F%2Fexample.org%0D%0A/halaman/2");
}

#[test]
fn every_link_on_every_page_leads_somewhere() {
    let (site, id) = Site::with_decision();
    let mut followed = std::collections::BTreeSet::new();
    for address in every_address(&id) {
        let reply = site.get(&address);
        let links =
            reply.text().split("href=\"").skip(1).chain(reply.text().split("src=\"").skip(1));
        for link in links.filter_map(|rest| rest.split('"').next()) {
            let link = link.replace("&#38;", "&");
            let path = link.split('#').next().unwrap().to_owned();
            if path.starts_with('/') && followed.insert(path.clone()) {
                assert_eq!(site.get(&path).status, StatusCode::OK, "{path} on {address}");
            }
        }
    }
    assert!(followed.len() > 30, "{followed:?}");
}

#[test]
fn built_in_files_may_be_kept_for_ever_and_only_by_their_own_name() {
    let site = Site::new();
    let home = site.get("/");
    let style = home.text().split("stylesheet\" href=\"").nth(1).unwrap();
    let address = style.split('"').next().unwrap();
    let reply = site.get(address);
    assert_eq!(reply.header("content-type"), "text/css; charset=utf-8");
    assert!(reply.header("cache-control").contains("immutable"));
    let older = site.get("/static/000000000000/simars.css");
    assert_eq!((older.status, older.header("cache-control")), (StatusCode::OK, "no-cache"));
    assert_eq!(site.get("/static/000000000000/other.css").status, StatusCode::NOT_FOUND);
}

#[test]
fn what_is_not_there_is_said_kindly_in_both_languages() {
    let (site, id) = Site::with_decision();
    for address in [
        "/nothing".to_owned(),
        "/dokumen/aaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned(),
        "/dokumen/x".to_owned(),
        format!("/dokumen/{id}/halaman/0"),
        format!("/dokumen/{id}/halaman/3"),
        format!("/dokumen/{id}/halaman/x"),
        format!("/dokumen/{id}/halaman/%FF"),
        format!("/dokumen/{id}/halaman/1/gambar"),
        format!("/dokumen/{id}/halaman/1/tabel/1.csv"),
        format!("/dokumen/{id}/halaman/1/tabel/%FF"),
        "/dokumen/%FF".to_owned(),
        "/dokumen/%FF/halaman".to_owned(),
        "/static/%FF/x".to_owned(),
        "//evil.example/x".to_owned(),
    ] {
        let reply = site.get(&address);
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{address}");
        assert!(reply.text().contains("Halaman ini tidak ada"), "{address}");
        assert!(!reply.text().contains("href=\"//"), "{address}");
        let english = site.get(&format!("{address}?bahasa=en"));
        assert!(english.text().contains("There is no such page"));
    }
    let method = site.ask_with(Method::POST, "/koleksi", &[]);
    assert_eq!(method.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(method.text().contains("<html lang=\"id\">"));
}

#[test]
fn an_empty_archive_has_pages_too() {
    let site = Site::new();
    for address in ["/", "/cari", "/koleksi", "/verifikasi", "/tentang", "/cakupan"] {
        assert_eq!(site.get(address).status, StatusCode::OK, "{address}");
    }
    assert!(site.get("/").text().contains("Belum ada dokumen"));
}

/// Search engines are told one address for each language, and it says so of itself.
#[test]
fn each_language_has_an_address_of_its_own() {
    let (site, id) = Site::with_decision();
    for page in [format!("/dokumen/{id}"), format!("/dokumen/{id}/halaman/1")] {
        let link = |html: &str, mark: &str| {
            let link = html.split(mark).nth(1).unwrap_or_default();
            link.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
        };
        for (asked, tag, ends) in
            [(page.clone(), "id", ""), (format!("{page}?bahasa=en"), "en", "?bahasa=en")]
        {
            let reply = site.get(&asked);
            let canonical = link(reply.text(), "rel=\"canonical\"");
            let alternate = link(reply.text(), &format!("hreflang=\"{tag}\""));
            assert!(canonical.ends_with(&format!("{page}{ends}")), "{canonical}");
            assert!(alternate.ends_with(&format!("{page}{ends}")), "{alternate}");
            assert!(link(reply.text(), "x-default").ends_with(&page));
        }
    }
}
