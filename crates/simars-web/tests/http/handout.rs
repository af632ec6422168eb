//! Certificates, authenticated copies, and where their QR codes lead.

use axum::http::StatusCode;
use simars_certificate::Link;
use simars_record::Digest;

use crate::made::plain;
use crate::site::{DECISION, Site};

const ADDRESS: &str = "https://arsip.example";

#[test]
fn a_certificate_carries_the_proof_that_is_given_out() {
    let site = Site::known_as(Some(ADDRESS));
    let id = site.file("name=a.txt", DECISION.as_bytes());
    let path = format!("/api/v1/documents/{id}/certificate.pdf");
    let none = site.get(&path);
    assert_eq!((none.status, &none.json()["code"]), (StatusCode::NOT_FOUND, &"no-log".into()));

    let archive = site.state.holdings.archive();
    archive.create_log("arsip.example/log".parse().unwrap(), None).unwrap();
    let reply = site.get(&path);
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("content-type"), "application/pdf");
    assert!(reply.body.starts_with(b"%PDF-1.7") && reply.body.len() < 150_000);
    let proof = site.get(&format!("/api/v1/documents/{id}/proof")).body;
    assert!(reply.body.windows(proof.len()).any(|window| window == proof));
    assert_eq!(site.get(&path).body, reply.body, "nothing was stated in between");
    assert!(site.get(&format!("/dokumen/{id}")).text().contains("certificate.pdf"));
    let other = site.get(&format!("{path}?version=9"));
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[test]
fn a_certificate_needs_a_public_address() {
    let (site, id) = Site::with_decision();
    let archive = site.state.holdings.archive();
    archive.create_log("arsip.example/log".parse().unwrap(), None).unwrap();
    let reply = site.get(&format!("/api/v1/documents/{id}/certificate.pdf"));
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(reply.header("content-type"), "application/problem+json");
    assert_eq!(reply.json()["code"], "not-set-up");
    assert!(reply.json()["detail"].as_str().unwrap().contains("--public-address"));
}

#[test]
fn copies_need_a_public_address_and_a_pdf() {
    let copy = |site: &Site, id: &str| {
        let reply = site.get(&format!("/api/v1/documents/{id}/copy.pdf"));
        (reply.status, reply.json()["code"].as_str().unwrap().to_owned())
    };
    let unknown = Site::new();
    let id = unknown.publish(plain());
    assert_eq!(copy(&unknown, &id), (StatusCode::SERVICE_UNAVAILABLE, "not-set-up".to_owned()));

    let site = Site::known_as(Some(ADDRESS));
    let text = site.file("name=a.txt", DECISION.as_bytes());
    assert_eq!(copy(&site, &text), (StatusCode::NOT_FOUND, "no-copy".to_owned()));
    // There is no reader in these tests: the copy is asked for, and cannot be made.
    let pdf = site.publish(plain());
    assert_eq!(copy(&site, &pdf), (StatusCode::SERVICE_UNAVAILABLE, "copy-failed".to_owned()));
    let nothing = "a".repeat(26);
    assert_eq!(copy(&site, &nothing), (StatusCode::NOT_FOUND, "document-not-found".to_owned()));
}

#[test]
fn a_page_offers_only_what_can_be_had() {
    let site = Site::known_as(Some(ADDRESS));
    let (text, pdf) = (site.file("name=a.txt", DECISION.as_bytes()), site.publish(plain()));
    let offers = |site: &Site, id: &str| {
        let page = site.get(&format!("/dokumen/{id}"));
        ["copy.pdf", "certificate.pdf"].map(|name| page.text().contains(name))
    };
    assert_eq!(offers(&site, &text), [false, false]);
    assert_eq!(offers(&site, &pdf), [true, false]);
    let unknown = Site::new();
    let id = unknown.publish(plain());
    assert_eq!(offers(&unknown, &id), [false, false]);
}

#[test]
fn a_scanned_code_leads_to_the_verdict() {
    let (site, id) = Site::with_decision();
    let sha256 = Digest::of(DECISION.as_bytes());
    for index in [None, Some(3)] {
        let link = Link { id: id.parse().unwrap(), sha256, index };
        let address = link.address("https://arsip.example");
        let path = address.strip_prefix("HTTPS://ARSIP.EXAMPLE").unwrap();
        for path in [path.to_owned(), path.to_lowercase()] {
            let reply = site.get(&path);
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{path}");
            let verdict = format!("/verifikasi?sha256={sha256}");
            assert_eq!(reply.header("location"), format!("{verdict}#hasil"));
            assert!(site.get(&verdict).text().contains(&id));
        }
        for wrong in [path.replace("/D/", "/D/x"), format!("{path}x")] {
            assert_eq!(site.get(&wrong).status, StatusCode::NOT_FOUND, "{wrong}");
        }
    }
}
