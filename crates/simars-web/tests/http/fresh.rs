//! Whoever has an answer already is told so, whatever it is.

use axum::http::{Method, StatusCode};

use crate::person::administrator;
use crate::site::{DECISION, Site};

#[test]
fn every_page_has_a_tag_and_is_sent_once() {
    let (site, id) = Site::with_decision();
    for address in [
        "/".to_owned(),
        "/cari?q=kursi".to_owned(),
        "/koleksi".to_owned(),
        "/koleksi/keputusan".to_owned(),
        format!("/dokumen/{id}"),
        format!("/dokumen/{id}/halaman/1?q=kursi"),
        "/statistik/jenis.csv".to_owned(),
        "/tentang".to_owned(),
        "/verifikasi".to_owned(),
        "/feed.atom".to_owned(),
        "/sitemap.xml".to_owned(),
        "/robots.txt".to_owned(),
        "/openapi.json".to_owned(),
        "/opensearch.xml".to_owned(),
        format!("/api/v1/documents/{id}"),
        format!("/api/v1/documents/{id}/pages/1"),
        format!("/api/v1/documents/{id}/citation/ris"),
        "/api/v1/suggest?q=kur".to_owned(),
    ] {
        let first = site.get(&address);
        assert_eq!(first.status, StatusCode::OK, "{address}");
        let tag = first.header("etag");
        assert!(tag.starts_with("W/\""), "{address}: {tag:?}");
        assert!(!first.header("cache-control").is_empty(), "{address}");
        let again = site.ask_with(Method::GET, &address, &[("if-none-match", tag)]);
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{address}");
        for kept in ["etag", "cache-control", "content-security-policy"] {
            assert_eq!(again.header(kept), first.header(kept), "{address} {kept}");
        }
        let head = site.ask_with(Method::HEAD, &address, &[]);
        assert_eq!((head.status, head.body.len(), head.header("etag")), (StatusCode::OK, 0, tag));
        assert_eq!(head.header("content-length"), first.body.len().to_string(), "{address}");
        let head = site.ask_with(Method::HEAD, &address, &[("if-none-match", tag)]);
        assert_eq!(head.status, StatusCode::NOT_MODIFIED, "HEAD {address}");
        let other = site.ask_with(Method::GET, &address, &[("if-none-match", "\"x\"")]);
        assert_eq!(other.body, first.body, "{address}");
    }
}

#[test]
fn a_page_that_changed_has_another_tag() {
    let (site, id) = Site::with_decision();
    let tags = |addresses: &[&str]| -> Vec<String> {
        addresses.iter().map(|address| site.get(address).header("etag").to_owned()).collect()
    };
    let document = format!("/dokumen/{id}");
    let addresses = ["/", "/cari?q=kursi", "/koleksi", &document];
    let before = tags(&addresses);
    assert_ne!(before, tags(&["/?bahasa=en", "/cari?q=suara", "/koleksi?bahasa=en", &document]));
    assert_eq!(before, tags(&addresses), "nothing changed");
    let text = DECISION.replace("NOMOR 12", "NOMOR 13");
    site.file("name=lagi.txt", text.as_bytes());
    for ((old, new), address) in before.iter().zip(tags(&addresses)).zip(addresses).take(3) {
        assert_ne!(*old, new, "{address}");
    }
}

#[test]
fn what_is_for_one_person_or_for_a_moment_has_none() {
    let (site, _) = Site::with_decision();
    let mut browser = administrator(&site);
    for address in ["/petugas", "/petugas/tinjau", "/petugas/akun"] {
        let page = browser.get(address);
        assert_eq!(
            (page.header("etag"), page.header("cache-control")),
            ("", "no-store"),
            "{address}"
        );
    }
    for address in ["/healthz", "/readyz", "/cari?q=kursi&halaman=x&bahasa=xx", "/tidak-ada"] {
        let reply = site.get(address);
        let moment = reply.status != StatusCode::OK || reply.header("cache-control") == "no-store";
        assert_eq!(moment, reply.header("etag").is_empty(), "{address}");
    }
}

/// The pages about all documents are worked out once; closing one is a reason to do it again.
#[test]
fn what_was_closed_is_gone_from_what_was_worked_out_before() {
    let (site, id) = Site::with_decision();
    let pages = ["/", "/koleksi", "/statistik", "/oai?verb=ListSets"];
    let before = pages.map(|page| site.get(page).text().to_owned());
    assert!(before[0].contains(&id) && before[1].contains("/koleksi/jenis/keputusan"));
    assert_eq!(pages.map(|page| site.get(page).text().to_owned())[..2], before[..2]);
    let acts = format!("/api/v1/documents/{id}/acts");
    let closed = site.post_as_owner(&acts, br#"{"act": "access", "access": "rahasia"}"#);
    assert_eq!(closed.status, StatusCode::OK, "{}", closed.text());
    for (page, before) in pages.into_iter().zip(before) {
        let after = site.get(page);
        assert!(!after.text().contains(&id) && after.text() != before, "{page}");
        assert!(!after.text().contains("jenis/keputusan"), "{page}: {}", after.text());
    }
}
