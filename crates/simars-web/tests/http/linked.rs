//! Documents for other programs at their own address: linked data, forms, and the signs between them.

use axum::http::{Method, StatusCode};
use serde_json::Value;

use crate::site::{Reply, Site};

const OLD: &str = "\
KEPUTUSAN KOMISI PEMILIHAN UMUM PROVINSI CONTOH
NOMOR 5 TAHUN 2023
TENTANG
PENETAPAN JADWAL <LAMA>

MEMUTUSKAN:
Ditetapkan di Kota Contoh
pada tanggal 3 Mei 2023
";

const NEW: &str = "\
KEPUTUSAN KOMISI PEMILIHAN UMUM PROVINSI CONTOH
NOMOR 6 TAHUN 2024
TENTANG
PENCABUTAN KEPUTUSAN KOMISI PEMILIHAN UMUM PROVINSI CONTOH NOMOR 5 TAHUN 2023

MEMUTUSKAN:
KESATU : Mencabut Keputusan Komisi Pemilihan Umum Provinsi Contoh Nomor 5 Tahun 2023.
Ditetapkan di Kota Contoh
pada tanggal 4 Mei 2024
";

fn site() -> (Site, String, String) {
    let site = Site::known_as(Some("https://arsip.example.id"));
    let old = site.file("name=lama.txt&subject=jadwal;pemilu", OLD.as_bytes());
    let new = site.file("name=baru.txt", NEW.as_bytes());
    (site, old, new)
}

fn accepting(site: &Site, id: &str, accept: &str) -> Reply {
    site.ask_with(Method::GET, &format!("/dokumen/{id}"), &[("accept", accept)])
}

/// The linked data in a page.
fn embedded(html: &str) -> Value {
    let data = html.split("<script type=\"application/ld+json\">").nth(1).unwrap();
    serde_json::from_str(data.split("</script>").next().unwrap()).unwrap()
}

#[test]
fn an_act_is_told_in_the_words_of_schema_org() {
    let (site, old, new) = site();
    let told = embedded(site.get(&format!("/dokumen/{old}")).text());
    let page = format!("https://arsip.example.id/dokumen/{old}");
    for (member, value) in [
        ("@context", "https://schema.org"),
        ("@type", "Legislation"),
        ("@id", &*page),
        ("name", "PENETAPAN JADWAL <LAMA>"),
        ("legislationType", "Keputusan"),
        ("legislationDate", "2023-05-03"),
        ("dateModified", "2026-11-24T08:33:45Z"),
    ] {
        assert_eq!(told[member], value, "{member}: {told:#}");
    }
    assert_eq!(told["keywords"], serde_json::json!(["jadwal", "pemilu"]));
    assert!(told["legislationIdentifier"].as_str().unwrap().ends_with("Nomor 5 Tahun 2023"));
    assert_eq!(told["legislationLegalForce"]["@id"], "https://schema.org/NotInForce");
    let file = &told["encoding"][0];
    assert_eq!(file["@type"], "LegislationObject");
    assert_eq!(file["sha256"], simars_record::Digest::of(OLD.as_bytes()).to_string());
    let repealing = accepting(&site, &new, "application/ld+json").json();
    assert_eq!(repealing["legislationRepeals"][0]["@id"], page);
    assert_eq!(repealing, embedded(site.get(&format!("/dokumen/{new}")).text()));
    assert_eq!(repealing, site.get(&format!("/api/v1/documents/{new}/jsonld")).json());
}

#[test]
fn what_is_no_act_is_a_document_or_a_book() {
    let site = Site::new();
    for (query, kind) in [("kind=publikasi", "Book"), ("kind=surat", "DigitalDocument")] {
        let id = site.file(&format!("name={kind}.txt&{query}"), kind.as_bytes());
        let told = site.get(&format!("/api/v1/documents/{id}/jsonld"));
        assert_eq!(told.header("content-type"), "application/ld+json");
        assert_eq!(told.json()["@type"], kind);
        assert!(told.json().get("legislationIdentifier").is_none());
    }
}

#[test]
fn an_address_answers_in_the_form_that_is_asked_for() {
    let (site, old, _) = site();
    for (accept, media_type, place) in [
        ("text/html", "text/html; charset=utf-8", ""),
        ("image/png", "text/html; charset=utf-8", ""),
        ("application/ld+json", "application/ld+json", "/jsonld"),
        ("text/html;q=0.5, application/json", "application/json", "/"),
        ("application/x-bibtex", "application/x-bibtex; charset=utf-8", "/citation/bibtex"),
        (
            "application/vnd.citationstyles.csl+json",
            "application/vnd.citationstyles.csl+json",
            "/citation/csl-json",
        ),
    ] {
        let reply = accepting(&site, &old, accept);
        assert_eq!(reply.status, StatusCode::OK, "{accept}");
        assert_eq!(reply.header("content-type"), media_type, "{accept}");
        assert!(reply.header("vary").starts_with("accept, cookie"), "{accept}");
        let links = reply.header("link");
        assert!(
            links.contains(&format!("<https://arsip.example.id/dokumen/{old}>; rel=\"cite-as\""))
        );
        if place.is_empty() {
            continue;
        }
        let address = format!("/api/v1/documents/{old}{place}");
        let address = address.trim_end_matches('/');
        assert_eq!(reply.header("content-location"), address);
        assert_eq!(reply.text(), site.get(address).text(), "{accept}");
    }
}

#[test]
fn the_signs_lead_to_what_they_say() {
    let (site, old, _) = site();
    let page = site.ask_with(Method::HEAD, &format!("/dokumen/{old}"), &[]);
    let mut relations = Vec::new();
    for link in page.header("link").split(", ") {
        let (address, rest) = link.strip_prefix('<').unwrap().split_once('>').unwrap();
        relations.push(rest.split('"').nth(1).unwrap());
        let Some(path) = address.strip_prefix("https://arsip.example.id") else { continue };
        let reply = site.get(path);
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        if let Some(media_type) = rest.split("type=\"").nth(1) {
            let media_type = media_type.trim_end_matches('"');
            assert!(reply.header("content-type").starts_with(media_type), "{link}");
        }
    }
    relations.dedup();
    assert_eq!(relations, ["cite-as", "item", "describedby", "type"]);
    let content = site.get(&format!("/api/v1/documents/{old}/content"));
    let back = format!("<https://arsip.example.id/dokumen/{old}>; rel=\"collection\"");
    assert!(content.header("link").starts_with(&back));
}
