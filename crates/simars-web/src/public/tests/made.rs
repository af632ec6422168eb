//! Made-up values for the pages: a document with everything, one with nothing, a recognised page.

use axum::extract::FromRequestParts;
use axum::http::Request as HttpRequest;
use simars_describe::structure::{Anchor, Position};
use simars_ingest::{Force, Related};
use simars_record::layout::{Attachment, Cell, OutlineEntry, Reading as LayoutReading, WrongSum};
use simars_record::{
    AccessClass, ActName, Description, Digest, Document, DocumentId, Evidence, Field, Finding,
    FindingCode, ForceState, Layout, ObjectRef, Publication, Relation, RelationKind, Source,
    StatementRef, Structure, Table, TextSource, Timestamp, Version, WordBox,
};
use simars_search::{Answer, Correction, Facets, Hit, PageHit, Similar, Within};

use simars_verify::{TextPage, compare};

use super::super::{covered, document, page, reader, shelf, statistics};
use crate::beside::Asked;
use crate::compare::{Found, Nearest};
use crate::counts::{Deed, Tally};
use crate::parts::{Look, has_pages};
use crate::reading::PageRead;
use crate::series::Neighbours;
use crate::shell::Visit;
use crate::shelves::{Rule, Shelf};
use crate::state::Settings;

pub(super) const TITLE: &str = "PENETAPAN REKAPITULASI DAFTAR PEMILIH TETAP TINGKAT PROVINSI CONTOH DALAM \
                     PEMILIHAN SERENTAK <TAHUN> 2024";

pub(crate) fn settings() -> Settings {
    Settings {
        owner_token: "rahasia-contoh".to_owned(),
        office_id: "Komisi Pemilihan Umum Provinsi Contoh".to_owned(),
        office_en: "General Election Commission of Contoh Province".to_owned(),
        public_address: Some("https://arsip.example.id/".to_owned()),
        contact: None,
        two_persons: false,
        upload_limit_bytes: 1_000_000,
        sign_on: None,
    }
}

/// Many kinds, years and months, and a document that was read.
pub(super) fn known() -> statistics::Known {
    let month = |place: u64| {
        let tally = |by: u64| Tally { people: place * by, robots: place * by * by };
        let deeds = [Deed::Read, Deed::Download, Deed::Search, Deed::Request];
        let counts = deeds.into_iter().zip(1..).map(|(deed, by)| (deed, tally(by)));
        (format!("{}-{:02}", 2020 + place / 12, place % 12 + 1), counts.collect())
    };
    statistics::Known {
        kinds: (0..40).map(|place| (format!("jenis <contoh> {place}"), 40_000 - place)).collect(),
        years: (1945..2027).map(|year| (year, u64::from(year))).collect(),
        months: (0..40).map(month).collect(),
        most_read: vec![(document(), 12_345)],
        complete: false,
    }
}

pub(super) fn visit(address: &str) -> Visit {
    let (mut parts, ()) = HttpRequest::builder().uri(address).body(()).unwrap().into_parts();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let Ok(visit) = runtime.block_on(Visit::from_request_parts(&mut parts, &()));
    visit
}

pub(crate) fn version(number: u32) -> Version {
    let original = ObjectRef { sha256: Digest::of(&[number as u8]), size_bytes: 1_234_567 };
    Version {
        number,
        original,
        text: ObjectRef { sha256: Digest::of(b"text"), size_bytes: 12 },
        media_type: "application/pdf".to_owned(),
        file_name: "SK-12-2024_<contoh>.pdf".to_owned(),
        pages: 14,
        pages_without_text: 4,
        pages_recognised: 2,
        confidence: Some(91),
        pages_to_recognise: vec![9],
        layout: None,
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

pub(super) fn document() -> Document {
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
        by: None,
    };
    Document {
        id: DocumentId::from_bytes([7; 16]),
        ordinal: 0,
        versions: vec![version(1), version(2)],
        description,
        access: AccessClass::Open,
        unit: None,
        opens: None,
        rendition: None,
        stack: None,
        publication: Publication::Published,
        copies: Vec::new(),
        retention: simars_record::Retention::default(),
        statements: vec![
            statement(1_233, "daftar"),
            statement(1_300, "terbit"),
            statement(9_999, "lain"),
        ],
    }
}

pub(super) fn bare_document() -> Document {
    let mut bare = document();
    bare.description = Description::default();
    bare.versions.truncate(1);
    bare.versions[0].findings = FindingCode::ALL.map(|code| Finding::file(code, "detail")).into();
    bare.versions[0].media_type = "text/html".to_owned();
    bare.versions[0].pages = 0;
    bare.versions[0].pages_without_text = 0;
    bare.versions[0].pages_recognised = 0;
    bare.versions[0].pages_to_recognise.clear();
    bare
}

/// What is known of the reading of [`document`].
pub(super) fn reading() -> covered::Reading {
    let progress = Some(simars_ingest::Pages { done: 3, total: 30 });
    covered::Reading { blank: vec![3, 4, 9, 10], progress, engine: true }
}

pub(super) fn structure() -> Structure {
    let entry = |level, page| OutlineEntry { title: "BAB <contoh>".to_owned(), level, page };
    let attachment =
        |name: &str| Attachment { name: name.to_owned(), size_bytes: Some(9), media_type: None };
    Structure {
        format_version: Some("PDF 1.7".to_owned()),
        pdf_a_claim: Some("PDF/A-2b".to_owned()),
        signatures: 1,
        revisions: 2,
        xmp: true,
        outline: (0..1_000).map(|n| entry((n % 9) as u8, Some(n + 1))).collect(),
        attachments: vec![attachment("<contoh>.xml"); 60],
        ..Structure::default()
    }
}

pub(super) fn told() -> document::Told {
    let offered = crate::handout::Offered {
        certificate: true,
        copy: true,
        log: Some(crate::handout::Seen { seen: 1, known: 3, enough: false }),
    };
    let heading = |page| Anchor {
        id: format!("pasal-{page}"),
        label: format!("Pasal {page}"),
        level: 1,
        start: 0,
    };
    document::Told {
        reading: reading(),
        structure: Some(structure()),
        offered,
        related: related(),
        inside: inside(),
        similar: similar(),
        headings: (1..=14).map(|page| (page, heading(page))).collect(),
        look: Look::Pages,
    }
}

/// What was found inside it, in words that are not what was typed.
fn inside() -> (Asked, Within) {
    let pages = answer().hits.swap_remove(0).pages;
    let correction = Some(Correction { query: "kursi <b>".to_owned(), applied: false });
    let within = Within { total: 45, more: true, pages, relaxed: true, correction };
    (Asked { q: "kursi \"<i>".to_owned(), exact: false, page: 2, per_page: 3 }, within)
}

fn similar() -> Vec<Similar> {
    let hits = answer().hits.into_iter().take(5);
    hits.map(|hit| Similar { same_text: hit.ordinal == 0, hit }).collect()
}

/// Another document, in which `document` is revoked.
fn revoking() -> Document {
    Document { id: DocumentId::from_bytes([8; 16]), ..document() }
}

/// How it stands: revoked, by something that was hard to read.
pub(super) fn force() -> Force {
    let since = "2025-01-02".parse().ok();
    Force { state: ForceState::Revoked, since, by: vec![revoking()], sure: false }
}

/// Every kind of relation in both directions, with acts that are here and one that is not.
pub(super) fn related() -> Related {
    let relation = |kind, number: &str| Relation {
        kind,
        target: ActName {
            kind: Some("undang-undang".to_owned()),
            number: number.to_owned(),
            year: Some(2017),
            issuer: None,
        },
        in_part: kind == RelationKind::Revokes,
        confidence: if kind == RelationKind::Revokes { 0.7 } else { 0.9 },
        evidence: Some(Evidence { page: 1, start: 0, end: 9, text: "KEPUTUSAN".to_owned() }),
        source: Source::Text,
    };
    let mut names: Vec<_> =
        RelationKind::ALL.map(|kind| (relation(kind, "7<contoh>"), vec![revoking()])).into();
    names.push((relation(RelationKind::Cites, "8"), Vec::new()));
    let named_by = RelationKind::ALL.map(|kind| (relation(kind, "12"), revoking())).into();
    Related { names, named_by, more: true, force: Some(force()) }
}

/// A recognised page with another reading beside it, a table, and doubts.
pub(super) fn recognised() -> PageRead {
    let text = "perolehan kursi\n<contoh>".to_owned();
    let word = WordBox { left: 1_000, top: 500, right: 2_000, bottom: 700, confidence: Some(90) };
    let cell = |row, column| Cell { row, column };
    let table = Table {
        area: word,
        ruled: true,
        rows: [["Partai <contoh>", "Suara"], ["Contoh", "1.204"], ["Jumlah", "1.300"]]
            .map(|row| row.map(str::to_owned).to_vec())
            .to_vec(),
        doubtful: vec![cell(1, 1)],
        wrong_sums: vec![WrongSum { cell: cell(2, 1), stated: 1_300, counted: 1_204 }],
    };
    let other = LayoutReading {
        source: TextSource::Layer,
        text: "pero1ehan <contoh>".to_owned(),
        words: vec![word; 2],
        confidence: None,
        engine: None,
    };
    let layout = Layout {
        width: 600.0,
        height: 900.0,
        words: vec![word; 3],
        tables: vec![table],
        confidence: Some(91),
        engine: Some("contoh 1.0".to_owned()),
        other: Some(Box::new(other)),
    };
    PageRead { text, source: TextSource::Ocr, layout: Some(layout) }
}

pub(super) fn opened(document: Document, n: u32, read: PageRead) -> page::Opened {
    let opening = Some(Position::from_text("\t\tPasal 2\t1"));
    let own = has_pages(&document.current().media_type);
    let look = if own { Look::Pages } else { Look::Nothing };
    let known = reader::Known {
        within: inside().1,
        headings: told().headings,
        structure: Some(structure()),
        series: Neighbours { previous: Some(revoking()), next: Some(bare_document()) },
        offered: told().offered,
    };
    let label = Some("<contoh>".to_owned());
    page::Opened { document, n, read, label, opening, look, saves: false, known }
}

/// An act that did something to another: its id and its name.
pub(super) fn act() -> (String, ActName) {
    let name = ActName {
        kind: Some("keputusan".to_owned()),
        number: "7<contoh>".to_owned(),
        year: Some(2022),
        issuer: None,
    };
    (revoking().id.to_string(), name)
}

/// A shelf with everything.
pub(super) fn glance() -> shelf::Glance {
    shelf::Glance {
        shelf: Shelf {
            slug: "contoh".to_owned(),
            name_id: "Rak <contoh>".to_owned(),
            about_id: "Tentang <contoh>".to_owned(),
            rule: Some(Rule { kinds: vec!["keputusan".to_owned()], ..Rule::default() }),
            documents: vec![document().id.to_string()],
            ..Shelf::default()
        },
        documents: 1_234,
        covers: vec![format!("/dokumen/{}/halaman/1/gambar?lebar=240", document().id)],
    }
}

pub(super) fn text_document() -> Document {
    let mut text = document();
    for version in &mut text.versions {
        version.media_type = "text/plain".to_owned();
    }
    text
}

pub(super) fn answer() -> Answer {
    let snippet = "menetapkan <mark>perolehan</mark> <mark>kursi</mark> partai politik peserta \
                   pemilihan umum anggota dewan perwakilan rakyat daerah &amp; calon terpilih, \
                   sebagaimana tercantum dalam lampiran yang tidak terpisahkan dari keputusan ini";
    let anchor = Anchor {
        id: "pasal-12-ayat-3".to_owned(),
        label: "Pasal 12 ayat (3)".to_owned(),
        level: 2,
        start: 0,
    };
    let page = |page| PageHit {
        page,
        anchor: (page > 1).then(|| anchor.clone()),
        snippet: snippet.to_owned(),
    };
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
            collection: vec![("Koleksi Contoh".to_owned(), 2)],
            subject: vec![("Subjek <contoh>".to_owned(), 1)],
            issuer: vec![
                ("Komisi Pemilihan Umum Provinsi Contoh".to_owned(), 800),
                ("Komisi Pemilihan Umum Kabupaten Contoh Utara".to_owned(), 30),
            ],
            force: ForceState::ALL.map(|state| (state, 1_204)).into(),
        },
        relaxed: true,
        first: 1,
        next: Some("01".repeat(46)),
        correction: Some(Correction { query: "kursi <partai>".to_owned(), applied: true }),
    }
}

/// A made-up tally beside a copy.
fn beside(copy: &[&str]) -> Found {
    let page = |text, recognised| TextPage { text, recognised };
    let registered = ["REKAPITULASI <SUARA>", "Partai Contoh 12.345 suara sah & lengkap"];
    let registered = registered.map(|text| page(text, true));
    let given: Vec<TextPage<'_>> = copy.iter().map(|text| page(text, false)).collect();
    let comparison = compare(&registered, &given);
    Found::Near(Box::new(Nearest {
        document: document(),
        comparison,
        unread_given: 0,
        unread_registered: 4,
    }))
}

/// A copy with another number, on another page.
pub(super) fn near() -> Found {
    beside(&["REKAPITULASI", "<SUARA>", "Partai Contoh 12.845 suara sah & lengkap"])
}

/// A copy that says the same on one page.
pub(super) fn same() -> Found {
    beside(&["REKAPITULASI <SUARA> Partai Contoh 12.345 suara sah & lengkap"])
}
