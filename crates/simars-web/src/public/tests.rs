//! Every page rendered from made-up values: complete, light, well formed, in both languages.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::Request as HttpRequest;
use simars_access::scope;
use simars_record::{
    AccessClass, Description, Digest, Document, DocumentId, Evidence, Field, Finding, FindingCode,
    ObjectRef, Publication, StatementRef, Timestamp, Version,
};
use simars_search::{Answer, Facets, Hit, PageHit, Request};
use simars_verify::verdict;

use super::*;
use crate::find::Found;
use crate::query::{self, BadParameter};
use crate::shell::Visit;
use crate::state::Settings;
use crate::verdict::Judged;

const TITLE: &str = "PENETAPAN REKAPITULASI DAFTAR PEMILIH TETAP TINGKAT PROVINSI CONTOH DALAM \
                     PEMILIHAN SERENTAK <TAHUN> 2024";

pub(crate) fn settings() -> Settings {
    Settings {
        owner_token: "rahasia-contoh".to_owned(),
        office_id: "Komisi Pemilihan Umum Provinsi Contoh".to_owned(),
        office_en: "General Election Commission of Contoh Province".to_owned(),
        public_address: Some("https://arsip.example.id/".to_owned()),
        upload_limit_bytes: 1_000_000,
    }
}

fn visit(address: &str) -> Visit {
    let (mut parts, ()) = HttpRequest::builder().uri(address).body(()).unwrap().into_parts();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let Ok(visit) = runtime.block_on(Visit::from_request_parts(&mut parts, &()));
    visit
}

fn version(number: u32) -> Version {
    let original = ObjectRef { sha256: Digest::of(&[number as u8]), size_bytes: 1_234_567 };
    Version {
        number,
        original,
        text: ObjectRef { sha256: Digest::of(b"text"), size_bytes: 12 },
        media_type: "application/pdf".to_owned(),
        file_name: "SK-12-2024_<contoh>.pdf".to_owned(),
        pages: 14,
        pages_without_text: 4,
        findings: vec![
            Finding::page(FindingCode::NoText, 3, "no text layer"),
            Finding::page(FindingCode::NoText, 4, "no text layer"),
            Finding::page(FindingCode::NoText, 9, "no text layer"),
            Finding::file(FindingCode::Damaged, "cross-reference table rebuilt"),
        ],
        reader: "hayro".to_owned(),
        registered: Timestamp::from_unix(1_795_509_225),
    }
}

fn document() -> Document {
    let evidence = |text: &str| Evidence { page: 1, start: 0, end: 9, text: text.to_owned() };
    let description = Description {
        kind: Some(Field::recognised("keputusan".to_owned(), 0.97, evidence("KEPUTUSAN"))),
        number: Some(Field::recognised(
            "12/HK.03.1-Kpt/99/2024".to_owned(),
            0.6,
            evidence("12/HK"),
        )),
        year: Some(Field::recognised(2024, 0.97, evidence("2024"))),
        title: Some(Field::recognised(TITLE.to_owned(), 0.7, evidence("PENETAPAN"))),
        date: Some(Field::stated("2024-05-20".parse().unwrap())),
        place: Some(Field::stated("Kota Contoh".to_owned())),
        issuer: Some(Field::stated("Komisi Pemilihan Umum Provinsi Contoh".to_owned())),
        ..Description::default()
    };
    let statement = |index, kind: &str| StatementRef {
        index,
        kind: kind.to_owned(),
        leaf: Digest::of(kind.as_bytes()),
        time: Timestamp::from_unix(1_795_509_225 + index),
    };
    Document {
        id: DocumentId::from_bytes([7; 16]),
        ordinal: 0,
        versions: vec![version(1), version(2)],
        description,
        access: AccessClass::Open,
        publication: Publication::Published,
        statements: vec![
            statement(1_233, "daftar"),
            statement(1_300, "terbit"),
            statement(9_999, "lain"),
        ],
    }
}

fn bare_document() -> Document {
    let mut bare = document();
    bare.description = Description::default();
    bare.versions.truncate(1);
    bare.versions[0].findings = FindingCode::ALL.map(|code| Finding::file(code, "detail")).into();
    bare.versions[0].media_type = "text/html".to_owned();
    bare.versions[0].pages = 0;
    bare.versions[0].pages_without_text = 0;
    bare
}

fn answer() -> Answer {
    let snippet = "menetapkan <mark>perolehan</mark> <mark>kursi</mark> partai politik peserta \
                   pemilihan umum anggota dewan perwakilan rakyat daerah &amp; calon terpilih, \
                   sebagaimana tercantum dalam lampiran yang tidak terpisahkan dari keputusan ini";
    let page = |page| PageHit { page, snippet: snippet.to_owned() };
    let hit = |ordinal: u64| Hit {
        ordinal,
        id: DocumentId::from_bytes([ordinal as u8; 16]).to_string(),
        title: TITLE.to_owned(),
        kind: Some("keputusan".to_owned()),
        number: Some("12/HK.03.1-Kpt/99/2024".to_owned()),
        year: Some(2024),
        date: Some("2024-05-20".to_owned()),
        sha256: Digest::of(b"x").to_string(),
        score: 3.5,
        pages: vec![page(1), page(7), page(128)],
    };
    let keys = ["keputusan", "peraturan-kpu", "berita-acara", "undang-undang", "surat-edaran"];
    let kinds = keys.into_iter().zip([1_204, 312, 88, 12, 1]);
    Answer {
        total: 124_128,
        hits: (0..10).map(hit).collect(),
        facets: Facets {
            kind: kinds.map(|(key, amount)| (key.to_owned(), amount)).collect(),
            year: (2004..=2026).rev().map(|year| (year, u64::from(year))).collect(),
            issuer: vec![
                ("Komisi Pemilihan Umum Provinsi Contoh".to_owned(), 800),
                ("Komisi Pemilihan Umum Kabupaten Contoh Utara".to_owned(), 30),
            ],
        },
        relaxed: true,
    }
}

fn found(answer: Answer) -> Found {
    Found { answer, milliseconds: 3, complete: true }
}

fn search_page(address: &str, answer: Answer) -> String {
    let visit = visit(address);
    let (request, bad) = query::read(&visit.pairs, 10, scope(READER));
    let search = search::Search { request, bad, found: found(answer) };
    search::view(&visit, &settings(), &search).render().unwrap()
}

fn verify_page(address: &str, document: Option<Document>) -> String {
    let visit = visit(address);
    let copy = Digest::of(&[1]);
    let judged = Judged { verdict: verdict(copy, document.as_ref()), findable: true, document };
    verify::view(&visit, &settings(), &copy.to_string(), Some(&judged), None).render().unwrap()
}

/// Every page in one language, by name.
fn pages(language: Language) -> Vec<(&'static str, String)> {
    let at = |path: &str| {
        let separator = if path.contains('?') { '&' } else { '?' };
        format!("{path}{separator}bahasa={}", language.tag())
    };
    let plain = |path: &str| visit(&at(path));
    let settings = settings();
    let (full, empty) = (found(answer()), found(Answer::default()));
    let behind = Found { complete: false, ..empty.clone() };
    let text = "KOMISI PEMILIHAN UMUM\n\nMenimbang : a. bahwa <contoh> perolehan kursi & suara;\n";
    let id = document().id;
    let page = format!("/dokumen/{id}/halaman/3?q=perolehan%20kursi");
    let query = "/cari?q=perolehan+kursi&jenis=keputusan&dari=2024-01-01&tahun=abc&halaman=3";
    vec![
        ("home", home::view(&plain("/"), &settings, &full).render().unwrap()),
        ("home-empty", home::view(&plain("/"), &settings, &empty).render().unwrap()),
        ("home-behind", home::view(&plain("/"), &settings, &behind).render().unwrap()),
        ("search", search_page(&at(query), answer())),
        ("search-browse", search_page(&at("/cari"), answer())),
        ("search-empty", search_page(&at("/cari?q=%3Cscript%3E&tahun=2024"), Answer::default())),
        (
            "document",
            document::view(&plain("/dokumen/x"), &settings, &document()).render().unwrap(),
        ),
        (
            "document-bare",
            document::view(&plain("/dokumen/x"), &settings, &bare_document()).render().unwrap(),
        ),
        ("page", page::view(&plain(&page), &settings, &document(), 3, text).render().unwrap()),
        (
            "page-blank",
            page::view(&plain(&page), &settings, &document(), 14, " \n").render().unwrap(),
        ),
        (
            "verify",
            verify::view(&plain("/verifikasi"), &settings, "", None, None).render().unwrap(),
        ),
        ("verify-known", verify_page(&at("/verifikasi"), Some(document()))),
        ("verify-unknown", verify_page(&at("/verifikasi"), None)),
        ("collections", collections::view(&plain("/koleksi"), &settings, &full).render().unwrap()),
        (
            "collections-empty",
            collections::view(&plain("/koleksi"), &settings, &empty).render().unwrap(),
        ),
        (
            "collections-behind",
            collections::view(&plain("/koleksi"), &settings, &behind).render().unwrap(),
        ),
        ("about", about::view(&plain("/tentang"), &settings).render().unwrap()),
    ]
}

fn every_page() -> Vec<(&'static str, Language, String)> {
    let all = Language::ALL.into_iter().flat_map(|language| {
        pages(language).into_iter().map(move |(name, html)| (name, language, html))
    });
    all.collect()
}

#[test]
fn every_page_is_light() {
    for (name, _, html) in every_page() {
        assert!(html.len() < 60_000, "{name} weighs {} bytes", html.len());
    }
}

#[test]
fn every_page_says_its_language_and_has_one_heading() {
    for (name, language, html) in every_page() {
        let start = format!("<!doctype html>\n<html lang=\"{}\">", language.tag());
        assert!(html.starts_with(&start), "{name}");
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert_eq!(html.matches("<main").count(), 1, "{name}");
        assert!(html.contains(&format!("bahasa={}", language.other().tag())), "{name}");
    }
}

/// The elements without an end tag.
const VOID: [&str; 5] = ["meta", "link", "input", "img", "br"];

/// The tags of a page in their order, with their attributes.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag)
}

#[test]
fn every_element_is_closed() {
    for (name, _, html) in every_page() {
        let mut open = Vec::new();
        for tag in tags(&html).filter(|tag| !tag.starts_with('!')) {
            let word = tag.split([' ', '\n']).next().unwrap();
            match word.strip_prefix('/') {
                Some(word) => assert_eq!(open.pop(), Some(word), "{name}: {tag}"),
                None if VOID.contains(&word) => {}
                None => open.push(word),
            }
        }
        assert!(open.is_empty(), "{name}: {open:?}");
    }
}

#[test]
fn nothing_is_loaded_from_elsewhere_and_nothing_is_inline() {
    for (name, _, html) in every_page() {
        for tag in tags(&html) {
            let loads = ["script", "img", "link rel=\"stylesheet\"", "link rel=\"icon\""];
            if loads.iter().any(|loading| tag.starts_with(loading)) {
                assert!(tag.contains("=\"/static/"), "{name}: {tag}");
                assert!(!tag.contains("/static/-/"), "{name} asks for a file that is not there");
            }
            assert!(!tag.contains(" style=") && !tag.contains(" onclick="), "{name}: {tag}");
        }
        assert!(!html.contains("<style") && !html.contains("<script>"), "{name}");
    }
}

#[test]
fn every_field_has_a_label_and_every_id_is_unique() {
    for (name, _, html) in every_page() {
        let value = |tag: &str, attribute: &str| {
            let start = tag.find(&format!(" {attribute}=\""))? + attribute.len() + 3;
            Some(tag[start..].split('"').next().unwrap().to_owned())
        };
        let mut ids: Vec<String> = tags(&html).filter_map(|tag| value(tag, "id")).collect();
        let labelled: Vec<String> = tags(&html).filter_map(|tag| value(tag, "for")).collect();
        for tag in tags(&html).filter(|tag| tag.starts_with("input") && !tag.contains("hidden")) {
            let id = value(tag, "id");
            assert!(id.is_some_and(|id| labelled.contains(&id)), "{name}: {tag}");
        }
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name} names two things alike");
    }
}

#[test]
fn what_was_typed_or_read_is_never_markup() {
    for (name, _, html) in every_page() {
        for foreign in ["<script>", "<contoh>", "<TAHUN>"] {
            assert!(!html.contains(foreign), "{name} holds {foreign}");
        }
    }
}

#[test]
fn a_search_shows_its_filters_and_how_to_leave_them() {
    let html = search_page(
        "/cari?q=kursi&jenis=keputusan&tahun=2024&urut=newest&halaman=2",
        Answer { total: 25, ..answer() },
    );
    for expected in [
        // Leaving the kind keeps the year and goes back to the first page.
        "href=\"/cari?q=kursi&#38;tahun=2024&#38;urut=newest\"",
        "href=\"/cari?q=kursi&#38;jenis=keputusan&#38;tahun=2024&#38;urut=newest&#38;halaman=3\"",
        "href=\"/dokumen/aaaaaaaaaaaaaaaaaaaaaaaaaa/halaman/7?q=kursi\"",
        "<mark>kursi</mark>",
        "<ol class=\"results\" start=\"11\">",
    ] {
        assert!(html.contains(expected), "{expected}");
    }
    assert!(!html.contains("halaman=4"));
}

#[test]
fn a_parameter_that_is_not_understood_is_told() {
    let bad = BadParameter { name: "year", value: "20x4".to_owned(), hint: "" };
    let visit = visit("/cari?bahasa=en");
    let search = search::Search {
        request: Request::new("", scope(READER)),
        bad: vec![bad],
        found: Found::default(),
    };
    let html = search::view(&visit, &settings(), &search).render().unwrap();
    assert!(html.contains("The filter “Year” was ignored") && html.contains("20x4"));
    assert!(html.contains("The index is being built"), "it was not said to be complete");
}

#[test]
fn a_page_of_results_is_light_whatever_was_asked_and_found() {
    let mut answer = answer();
    answer.facets.kind = (0..40).map(|n| (format!("jenis-contoh-{n}"), 9)).collect();
    answer.facets.issuer = (0..40).map(|n| (format!("Kantor Contoh Nomor {n}"), 9)).collect();
    for typed in ["a", "a%20", "%22", "%3C", "%F0%9F%98%80"] {
        // An address holds 65,534 bytes at most.
        let q = typed.repeat(10_000.min(60_000 / typed.len()));
        let part = typed.repeat(1_000);
        let filters = format!("jenis={part}&penerbit={part}&koleksi={part}&tahun=2024&dari=2023");
        for address in [format!("/cari?q={q}"), format!("/cari?q={part}&{filters}&x={part}")] {
            let html = search_page(&address, answer.clone());
            assert!(html.len() < 60_000, "{typed}: {} bytes", html.len());
        }
    }
    let html = search_page("/cari?q=kursi", answer);
    assert_eq!(html.matches("jenis=jenis-contoh-").count(), 12);
    assert_eq!(html.matches("penerbit=Kantor").count(), 12);
}

#[test]
fn nothing_is_said_to_be_there_only_when_that_is_certain() {
    for language in Language::ALL {
        let pages = pages(language);
        let says = |name: &str, key: &str| {
            let (_, html) = pages.iter().find(|(known, _)| *known == name).unwrap();
            html.contains(crate::texts::text(language, key))
        };
        for page in ["home", "collections"] {
            for (state, nothing, behind) in
                [("", false, false), ("-empty", true, false), ("-behind", false, true)]
            {
                let name = format!("{page}{state}");
                assert_eq!(says(&name, "home.nothing_yet"), nothing, "{name}");
                assert_eq!(says(&name, "search.incomplete"), behind, "{name}");
            }
        }
    }
}

#[test]
fn changing_the_language_never_leads_to_another_server() {
    for path in ["//evil.example/x", "///evil.example/x", "/\\evil.example/x"] {
        let html = about::view(&visit(path), &settings()).render().unwrap();
        assert!(html.contains("href=\"/evil.example/x?bahasa=en\""), "{path}");
    }
}

#[test]
fn doubtful_fields_are_marked_and_findings_told() {
    let visit = visit("/dokumen/x");
    let html = document::view(&visit, &settings(), &document()).render().unwrap();
    assert_eq!(html.matches("class=\"unsure\"").count(), 2);
    assert!(html.contains("halaman 3–4, 9"));
    assert!(html.contains("/verifikasi?sha256="));
    let bare = document::view(&visit, &settings(), &bare_document()).render().unwrap();
    assert_eq!(bare.matches("<li>").count(), 4 + FindingCode::ALL.len() + 3 + 1);
    assert!(!bare.contains("class=\"unsure\""));
    assert!(bare.contains("Unduh berkas asli") && !bare.contains("Buka berkas asli"));
}
