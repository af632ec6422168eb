//! What documents say of each other: settled by people where it is doubtful, completed where older
//! rules left it open.

use axum::http::StatusCode;
use simars_record::{Extracted, Page, TextSource};

use crate::site::Site;

fn decision(number: u32, text: &str) -> String {
    format!(
        "KEPUTUSAN KOMISI PEMILIHAN UMUM PROVINSI CONTOH\nNOMOR {number} TAHUN 2024\nTENTANG\n\
         HAL CONTOH {number}\n\nMenimbang : bahwa perlu;\nMEMUTUSKAN:\nKESATU : {text}\n\n\
         Ditetapkan di Kota Contoh\npada tanggal 20 Mei 2024\nKETUA KOMISI PEMILIHAN UMUM\n\
         PROVINSI CONTOH,\nttd\nBUDI SAMPEL\n"
    )
}

/// Recognition has read a letter for a digit of the year.
const DOUBTFUL: &str = "Keputusan Komisi Pemilihan Umum Provinsi Contoh Nomor 5 Tahun 2O24 dicabut \
                        dan dinyatakan tidak berlaku.";

#[test]
fn a_doubtful_revocation_bears_on_nothing_before_a_person_has_settled_it() {
    let site = Site::new();
    let old = site.file("name=lama.txt", decision(5, "Hal contoh.").as_bytes());
    let new = site.file("name=baru.txt", decision(9, DOUBTFUL).as_bytes());
    let force = || site.get(&format!("/api/v1/documents/{old}")).json()["legal_status"].clone();
    let review = || site.get_as_owner("/api/v1/review").json()["documents"].clone();
    assert_eq!((&force()["state"], &force()["sure"]), (&"in-force".into(), &false.into()));
    let page = site.get(&format!("/dokumen/{old}"));
    assert!(page.text().contains("belum diperiksa"));

    let listed = review();
    assert_eq!(listed[0]["id"], new.as_str(), "{listed}");
    assert_eq!(listed[0]["review"], serde_json::json!(["relations"]));
    let doubtful = &listed[0]["relations"][0];
    assert_eq!(
        (&doubtful["relation"], &doubtful["target"]["number"]),
        (&"revokes".into(), &"5".into())
    );
    assert!(doubtful["evidence"]["text"].as_str().unwrap().contains("2O24"));

    let acts = format!("/api/v1/documents/{new}/acts");
    let settle = |act: &str, target: &str| {
        let body = serde_json::json!({ "act": act, "relation": "revokes", "target": target });
        site.post_as_owner(&acts, body.to_string().as_bytes())
    };
    let label = doubtful["label"].as_str().unwrap();
    assert_eq!(settle("relate", label).json()["changed"], true);
    assert_eq!((&force()["state"], &force()["sure"]), (&"revoked".into(), &true.into()));
    assert_eq!(review(), serde_json::json!([]));
    let statement = site.get(&format!("/api/v1/documents/{new}")).json()["statements"][1].clone();
    assert_eq!(statement["kind"], "koreksi", "{statement}");

    assert_eq!(settle("unrelate", label).json()["changed"], true);
    assert_eq!((&force()["state"], &force()["sure"]), (&"in-force".into(), &true.into()));
    assert_eq!(review(), serde_json::json!([]));
    let named_by = site.get(&format!("/api/v1/documents/{old}")).json()["relations"].clone();
    assert_eq!(named_by["named_by"], serde_json::json!([]), "what is denied is not told");

    for target in ["bukan apa-apa", "Undang-Undang Nomor 1 Tahun 2019"] {
        let refused = settle("unrelate", target);
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(refused.json()["parameter"], "target");
    }
}

#[test]
fn what_older_rules_left_open_comes_from_the_text_without_a_statement() {
    let site = Site::new();
    let old = site.file("name=lama.txt", decision(5, "Hal contoh.").as_bytes());
    let text = decision(9, &DOUBTFUL.replace("2O24", "2024"));
    let extracted = Extracted {
        media_type: "text/plain".to_owned(),
        pages: vec![Page::new(&text, TextSource::Layer)],
        findings: Vec::new(),
        embedded_title: None,
        reader: "text".to_owned(),
        structure: None,
    };
    let id = site.publish(extracted);
    let document = site.get(&format!("/api/v1/documents/{id}")).json();
    assert_eq!(document["statements"].as_array().unwrap().len(), 1);
    assert!(document["number"].is_null(), "what was registered stays as it was");
    let office = &document["description"]["office"];
    assert_eq!(office["value"], "Ketua Komisi Pemilihan Umum Provinsi Contoh");
    assert_eq!(office["evidence"]["page"], 1);
    assert_eq!(document["relations"]["names"][0]["relation"], "revokes");
    let force = site.get(&format!("/api/v1/documents/{old}")).json()["legal_status"].clone();
    assert_eq!(force["state"], "revoked", "{force}");
    let page = site.get(&format!("/dokumen/{id}"));
    assert!(page.text().contains("Jabatan penanda tangan"));
}

#[test]
fn what_only_a_page_has_is_not_found() {
    let site = Site::new();
    let text = "KEPUTUSAN CONTOH\nisi pertama\nmangga . . .\n\u{c}- 2 -\nmangga manis\n";
    site.file("name=contoh.txt", text.as_bytes());
    let hit = site.get("/api/v1/search?q=mangga").json()["hits"][0].clone();
    let pages: Vec<_> = hit["pages"].as_array().unwrap().iter().map(|page| &page["page"]).collect();
    assert_eq!(pages, [2], "{hit}");
}
