//! What does this file differ in from what is registered?

use axum::http::StatusCode;
use simars_record::{AccessClass, Digest, Extracted, Page, Publication, TextSource};

use crate::site::{DECISION, LIMIT_BYTES, Reply, Site, TOKEN, form};

/// Asks the API, as anyone.
pub(crate) fn ask(site: &Site, bytes: &[u8]) -> Reply {
    site.post("/api/v1/compare?name=salinan.txt", &[], bytes)
}

/// Asks the API, as the owner.
pub(crate) fn ask_as_owner(site: &Site, bytes: &[u8]) -> Reply {
    let authorization = format!("Bearer {TOKEN}");
    site.post("/api/v1/compare?name=salinan.txt", &[("authorization", &authorization)], bytes)
}

/// Sends a form to the page.
pub(crate) fn send(site: &Site, bytes: &[u8]) -> Reply {
    let (media_type, body) = form("file", bytes);
    site.post("/verifikasi/banding", &[("content-type", &media_type)], &body)
}

fn altered() -> String {
    DECISION.replace("NOMOR 12 TAHUN", "NOMOR 17 TAHUN")
}

#[test]
fn an_altered_copy_shows_exactly_what_was_altered() {
    let (site, id) = Site::with_decision();
    let found = ask(&site, altered().as_bytes()).json();
    assert_eq!(found["verdict"], "near");
    assert_eq!(found["document"]["id"], id.as_str());
    assert_eq!(found["with_numbers"], 1);
    let differences = found["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 1, "{found}");
    let one = &differences[0];
    assert_eq!((&one["registered"]["words"], &one["given"]["words"]), (&"12".into(), &"17".into()));
    assert_eq!((&one["registered"]["page"], &one["is_number"]), (&1.into(), &true.into()));
    assert_eq!(one["page"], format!("/dokumen/{id}/halaman/1"));
    assert!(one["image"].is_null(), "a text has no images");
    assert!(found["resemblance"].as_f64().unwrap() > 0.9);

    let page = send(&site, altered().as_bytes());
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("<h3>Halaman 1: 12 → 17</h3>"), "{}", page.text());
    assert!(page.text().contains(&format!("href=\"/dokumen/{id}/halaman/1\"")));
}

#[test]
fn the_file_itself_and_its_text_in_another_file_are_told_apart() {
    let (site, id) = Site::with_decision();
    let same = ask(&site, DECISION.as_bytes()).json();
    assert_eq!((&same["verdict"], &same["outcome"]), (&"identical".into(), &"genuine".into()));
    assert_eq!(same["document"]["id"], id.as_str());
    let page = send(&site, DECISION.as_bytes());
    let verdict = format!("/verifikasi?sha256={}#hasil", Digest::of(DECISION.as_bytes()));
    assert!(page.text().contains(&verdict));

    let again = DECISION.replace('\n', "\r\n").replace('\u{c}', "");
    let text = ask(&site, again.as_bytes()).json();
    assert_eq!(text["verdict"], "same-text", "{text}");
    assert_eq!(text["folded"], serde_json::json!(["page-breaks"]));
    assert_eq!(text["differences"].as_array().unwrap().len(), 0);
    assert!(send(&site, again.as_bytes()).text().contains("Teksnya sama, berkasnya lain"));
}

#[test]
fn what_is_far_from_everything_is_said_to_be() {
    let (site, _) = Site::with_decision();
    let far = ask(&site, b"Panduan merawat taman kota yang asri dan hijau sepanjang tahun.").json();
    assert_eq!(far["verdict"], "nothing-near");
    assert!(far["document"].is_null() && far["resemblance"].is_null());
    assert_eq!(ask(&site, b"dua kata").json()["verdict"], "nothing-near");
    let picture = ask(&site, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").json();
    assert_eq!(picture["verdict"], "not-compared", "{picture}");
    let page = send(&site, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    assert!(page.text().contains("Berkas ini tidak dapat dibandingkan"));
}

#[test]
fn a_difference_on_a_recognised_page_is_doubtful() {
    let site = Site::new();
    let pages = DECISION.split('\u{c}').map(|text| Page::new(text, TextSource::Ocr));
    let extracted = Extracted { pages: pages.collect(), ..crate::made::tally() };
    site.register(extracted, AccessClass::Open, Publication::Published);
    let text = site.get("/api/v1/search?q=kursi").json();
    assert_eq!(text["total"], 1);
    let found = ask(&site, altered().as_bytes()).json();
    let first = &found["differences"][0];
    assert_eq!((&first["registered"]["words"], &first["doubtful"]), (&"12".into(), &true.into()));
}

#[test]
fn nothing_is_kept_and_bad_uploads_are_told() {
    let (site, _) = Site::with_decision();
    ask(&site, altered().as_bytes());
    assert_eq!(site.state.holdings.archive().applied().documents, 1);
    assert_eq!(site.get("/api/v1/search?q=17").json()["total"], 0);
    assert_eq!(ask(&site, b"").json()["code"], "unreadable-body");
    let large = ask(&site, &vec![b'a'; LIMIT_BYTES as usize + 1]);
    assert_eq!(large.json()["limit_bytes"], LIMIT_BYTES);
    let large = send(&site, &vec![b'a'; LIMIT_BYTES as usize + 1]);
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(large.text().contains("terlalu besar"));
    let empty = send(&site, b"");
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
    assert!(empty.text().contains("Tidak ada berkas yang diterima"));
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again() {
    let (site, _) = Site::with_decision();
    let replies: Vec<Reply> = (0..7).map(|_| ask(&site, DECISION.as_bytes())).collect();
    assert!(replies[..6].iter().all(|reply| reply.status == StatusCode::OK));
    let refused = &replies[6];
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=10).contains(&seconds));
    assert_eq!(refused.json()["retry_after_seconds"], seconds);
    let page = send(&site, DECISION.as_bytes());
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!page.header("retry-after").is_empty());
    assert!(page.text().contains("Terlalu banyak permintaan"));
    assert_eq!(ask_as_owner(&site, DECISION.as_bytes()).status, StatusCode::OK);
    assert_eq!(site.get("/verifikasi/banding").status, StatusCode::OK);
}

#[test]
fn the_unknown_lead_to_the_comparison() {
    let site = Site::new();
    let unknown = site.get(&format!("/verifikasi?sha256={}", Digest::of(b"x")));
    assert!(unknown.text().contains("href=\"/verifikasi/banding\""));
}
