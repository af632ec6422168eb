//! What search engines and browsers are told: the sitemap and its parts, robots.txt, OpenSearch.

use axum::http::StatusCode;

use crate::site::{DECISION, Site};

fn addresses(text: &str) -> Vec<&str> {
    text.split("<loc>").skip(1).map(|rest| rest.split("</loc>").next().unwrap()).collect()
}

#[test]
fn all_that_is_open_is_in_the_sitemap() {
    let site = Site::known_as(Some("https://arsip.example.id"));
    assert_eq!(
        addresses(site.get("/sitemap.xml").text()),
        ["https://arsip.example.id/sitemap.xml?bagian=halaman"]
    );
    let open = site.file("name=a.txt", DECISION.as_bytes());
    let closed = site.file("name=b.txt&access=terbatas", b"Surat tertutup");
    let index = site.get("/sitemap.xml");
    assert!(index.header("content-type").starts_with("application/xml"));
    let parts: Vec<String> = addresses(index.text())
        .into_iter()
        .map(|part| part.strip_prefix("https://arsip.example.id").unwrap().to_owned())
        .collect();
    assert_eq!(parts, ["/sitemap.xml?bagian=halaman", "/sitemap.xml?bagian=1"]);
    let own = site.get(&parts[0]);
    for page in addresses(own.text()) {
        let path = page.strip_prefix("https://arsip.example.id").unwrap();
        assert_eq!(site.get(path).status, StatusCode::OK, "{path}");
    }
    let part = site.get(&parts[1]);
    assert_eq!(
        part.text(),
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n\
             <url><loc>https://arsip.example.id/dokumen/{open}</loc>\
             <lastmod>2026-11-24T08:33:45Z</lastmod></url>\n</urlset>\n"
        )
    );
    assert!(!part.text().contains(&closed));
    for none in ["0", "2", "x", "-1", "99999999999999999999"] {
        let reply = site.get(&format!("/sitemap.xml?bagian={none}"));
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{none}");
    }
    let robots = site.get("/robots.txt");
    assert!(robots.text().contains("\nSitemap: https://arsip.example.id/sitemap.xml\n"));
}

#[test]
fn an_address_is_written_as_xml_takes_it() {
    let site = Site::known_as(Some("https://arsip.example.id/a&b"));
    let part = site.get("/sitemap.xml?bagian=halaman");
    assert!(part.text().contains("<loc>https://arsip.example.id/a&amp;b/</loc>"));
}

#[test]
fn browsers_learn_how_to_search() {
    let (site, id) = Site::with_decision();
    let description = site.get("/opensearch.xml");
    assert!(
        description.header("content-type").starts_with("application/opensearchdescription+xml")
    );
    assert!(site.get("/").text().contains("href=\"/opensearch.xml\""));
    let text = description.text();
    assert!(text.contains("/cari?q={searchTerms}&amp;halaman={startPage?}"), "{text}");
    let suggested = site.get("/api/v1/suggest?form=opensearch&q=per");
    assert_eq!(suggested.header("content-type"), "application/x-suggestions+json");
    let told = suggested.json();
    assert_eq!(told[0], "per");
    assert_eq!(told[1][0], "PENETAPAN PEROLEHAN KURSI PARTAI POLITIK CONTOH");
    assert_eq!(told[2][0], "Keputusan Nomor 12 Tahun 2024");
    assert!(told[3][0].as_str().unwrap().ends_with(&id));
    assert_eq!(site.get("/api/v1/suggest?form=x&q=per").status, StatusCode::BAD_REQUEST);
}
