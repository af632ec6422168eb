//! Feeds: what they list, how they go on, when they have not changed, and what they never tell.

use axum::http::{Method, StatusCode};
use simars_archive::Change;

use crate::site::{DECISION, Reply, Site};

const TYPE: &str = "application/atom+xml; charset=utf-8";

fn feed(site: &Site, address: &str) -> Reply {
    let reply = site.get(address);
    assert_eq!((reply.status, reply.header("content-type")), (StatusCode::OK, TYPE), "{address}");
    reply
}

/// The ids of the entries, in their order.
fn entries(reply: &Reply) -> Vec<&str> {
    let entries = reply.text().split("<entry>\n<id>").skip(1);
    entries.map(|entry| entry.split("</id>").next().unwrap()).collect()
}

/// Where a link of this relation leads, without the host; empty if there is none.
fn link<'a>(reply: &'a Reply, relation: &str) -> &'a str {
    let head = reply.text().split("<entry>").next().unwrap();
    let link = head.split(&format!("<link rel=\"{relation}\"")).nth(1).unwrap_or_default();
    let href = link.split("href=\"").nth(1).unwrap_or_default();
    let href = href.split('"').next().unwrap();
    href.strip_prefix("https://arsip.example.id").unwrap_or_default()
}

fn many(count: usize) -> (Site, Vec<String>) {
    let site = Site::known_as(Some("https://arsip.example.id"));
    let ids = (0..count).map(|number| {
        let text = DECISION.replace("NOMOR 12", &format!("NOMOR {number}"));
        let reply = site.upload(&format!("name={number}.txt&issuer=A%20%26%20B"), text.as_bytes());
        assert_eq!(reply.status, StatusCode::CREATED);
        format!("https://arsip.example.id/dokumen/{}", reply.json()["id"].as_str().unwrap())
    });
    let ids = ids.collect();
    site.state.holdings.wait_until_searchable(|_| {}).unwrap();
    (site, ids)
}

#[test]
fn a_feed_lists_what_is_new_in_parts() {
    let (site, mut ids) = many(120);
    ids.reverse();
    for address in [
        "/feed.atom",
        "/koleksi/jenis/keputusan/feed.atom",
        "/koleksi/tahun/2024/feed.atom",
        "/koleksi/penerbit/A%20%26%20B/feed.atom",
        "/cari/feed.atom?q=perolehan%20kursi",
    ] {
        let first = feed(&site, address);
        assert_eq!(link(&first, "self"), address);
        let mut all: Vec<String> = entries(&first).into_iter().map(str::to_owned).collect();
        let mut next = link(&first, "next").replace("&#38;", "&");
        for _ in 0..3 {
            if next.is_empty() {
                break;
            }
            let part = feed(&site, &next);
            assert_eq!(link(&part, "first"), address);
            all.extend(entries(&part).into_iter().map(str::to_owned));
            next = link(&part, "next").replace("&#38;", "&");
        }
        assert_eq!(all, ids, "{address}");
    }
    let newest = feed(&site, "/feed.atom");
    for told in [
        "<title>Keputusan Nomor 119 Tahun 2024: PENETAPAN PEROLEHAN KURSI PARTAI POLITIK CONTOH",
        "<updated>2026-11-24T08:33:45Z</updated>",
        "<category term=\"keputusan\" label=\"Keputusan\"/>",
        "<link rel=\"enclosure\" type=\"text/plain\" length=\"",
        "<summary>A &#38; B · 20 Mei 2024 · 2 halaman</summary>",
    ] {
        assert!(newest.text().contains(told), "{told}: {}", &newest.text()[..1500]);
    }
    let english = feed(&site, "/feed.atom?bahasa=en");
    assert!(english.text().contains("xml:lang=\"en\""));
    assert!(link(&english, "next").contains("bahasa=en"));
}

#[test]
fn who_has_a_feed_already_is_told_so() {
    let (site, _) = many(2);
    let first = feed(&site, "/feed.atom");
    let (tag, modified) = (first.header("etag"), first.header("last-modified"));
    assert_eq!(modified, "Tue, 24 Nov 2026 08:33:45 GMT");
    for header in [("if-none-match", tag), ("if-modified-since", modified)] {
        let again = site.ask_with(Method::GET, "/feed.atom", &[header]);
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{header:?}");
        assert_eq!(again.header("etag"), tag);
    }
    site.file("name=lagi.txt", b"Surat contoh");
    let later = site.ask_with(Method::GET, "/feed.atom", &[("if-none-match", tag)]);
    assert_eq!(later.status, StatusCode::OK);
}

#[test]
fn what_is_closed_is_in_no_feed() {
    let site = Site::known_as(Some("https://arsip.example.id"));
    let empty = |address: &str| feed(&site, address).text().to_owned();
    let addresses = [
        "/feed.atom",
        "/koleksi/jenis/keputusan/feed.atom",
        "/koleksi/tahun/2024/feed.atom",
        "/cari/feed.atom?q=kursi",
        "/sitemap.xml",
    ];
    let before = addresses.map(|address| site.get(address).text().to_owned());
    let mut closed = Vec::new();
    for (number, query) in ["access=terbatas", "access=rahasia", "draft=1", ""].iter().enumerate() {
        let text = DECISION.replace("NOMOR 12", &format!("NOMOR {number}"));
        closed.push(site.file(&format!("name={number}.txt&{query}"), text.as_bytes()));
    }
    assert_eq!(entries(&feed(&site, "/feed.atom")).len(), 1, "one is open");
    let withdrawn = closed.pop().unwrap().parse().unwrap();
    site.state.holdings.archive().change(&withdrawn, &Change::Withdraw).unwrap();
    assert_eq!(addresses.map(|address| site.get(address).text().to_owned()), before);
    assert!(!empty("/feed.atom").contains("<entry>"));
}

#[test]
fn what_is_no_feed_is_told() {
    let (site, _) = many(1);
    for (address, status) in [
        ("/koleksi/warna/merah/feed.atom", StatusCode::NOT_FOUND),
        ("/koleksi/tahun/02024/feed.atom", StatusCode::NOT_FOUND),
        ("/feed.atom?sebelum=x", StatusCode::BAD_REQUEST),
        ("/cari/feed.atom?tahun=x", StatusCode::BAD_REQUEST),
    ] {
        let reply = site.get(address);
        assert_eq!(reply.status, status, "{address}");
        assert_eq!(reply.header("content-type"), "application/problem+json", "{address}");
    }
    assert!(entries(&feed(&site, "/koleksi/jenis/%00%3Cx/feed.atom")).is_empty());
}

#[test]
fn pages_name_their_feeds() {
    let (site, _) = many(1);
    for (page, feed_address) in [
        ("/", "/feed.atom"),
        ("/koleksi", "/koleksi/jenis/keputusan/feed.atom"),
        ("/koleksi", "/koleksi/tahun/2024/feed.atom"),
        ("/cari?q=kursi&tahun=2024&halaman=1", "/cari/feed.atom?q=kursi&#38;tahun=2024"),
    ] {
        let named = format!("href=\"{feed_address}\">");
        assert!(site.get(page).text().contains(&named), "{page} {named}");
        feed(&site, &feed_address.replace("&#38;", "&"));
    }
}

/// An old act that is filed today is news, wherever its day puts it in a list.
#[test]
fn what_was_filed_last_comes_first_whatever_its_day() {
    let site = Site::known_as(Some("https://arsip.example.id"));
    let mut ids: Vec<String> = ["2024-05-20", "2025-01-01", "1998-03-02", "2010-07-07"]
        .into_iter()
        .enumerate()
        .map(|(number, day)| {
            let text = format!("Pengumuman tentang papan tulis {number}");
            let query = format!(
                "name={number}.txt&kind=keputusan&date={day}&issuer=Kantor&title=Papan%20{number}"
            );
            format!("https://arsip.example.id/dokumen/{}", site.file(&query, text.as_bytes()))
        })
        .collect();
    ids.reverse();
    for address in [
        "/feed.atom",
        "/koleksi/jenis/keputusan/feed.atom",
        "/koleksi/penerbit/Kantor/feed.atom",
        "/koleksi/keputusan/feed.atom",
        "/cari/feed.atom?q=papan",
        "/cari/feed.atom?q=papan&sort=title",
    ] {
        assert_eq!(entries(&feed(&site, address)), ids, "{address}");
    }
}
