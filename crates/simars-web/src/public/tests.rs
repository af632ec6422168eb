//! Every page rendered from made-up values: complete, light, well formed, in both languages.

mod doubtful;
pub(crate) mod made;

use crate::auth::scope;
use askama::Template;
use simars_record::{Digest, Document, FindingCode, ForceState};
use simars_search::{Answer, Request};
use simars_verify::verdict;

use self::made::{
    answer, bare_document, document, opened, reading, recognised, settings, text_document, told,
    version, visit,
};
use super::*;
use crate::compare::{Compared, Found as Nearest};
use crate::coverage::Coverage;
use crate::find::{Found, Told};
use crate::ledger::Totals;
use crate::parts::Look;
use crate::query::{self, BadParameter};
use crate::reading::PageRead;
use crate::verdict::Judged;

fn coverage_page(address: &str, documents: u64) -> String {
    let listed = coverage::Listed {
        totals: Totals { documents, documents_incomplete: documents, ..Totals::default() },
        recognition: simars_ingest::Recognition::default(),
        documents: (0..documents).map(|_| (document(), reading())).collect(),
        page: 2,
        pages: 3,
    };
    coverage::view(&visit(address), &settings(), &listed).render().unwrap()
}

fn found(answer: Answer) -> Found {
    let told = |part: u32| Told {
        coverage: Coverage::of(&version(part)),
        has_images: part < 9,
        force: ForceState::ALL.get(part as usize % 5).copied(),
        by: part.is_multiple_of(2).then(made::act),
    };
    let told = answer.hits.iter().zip(0..).map(|(_, part)| told(part)).collect();
    Found { answer, told, milliseconds: 3, complete: true }
}

fn search_page(address: &str, answer: Answer) -> String {
    let visit = visit(address);
    let (request, bad) = query::read(&visit.pairs, 10, scope(READER));
    let first = (request.page as u64 - 1) * 10 + 1;
    let found = found(Answer { first, ..answer });
    let search = search::Search { request, bad, found };
    search::view(&visit, &settings(), &search).render().unwrap()
}

fn verify_page(address: &str, document: Option<Document>) -> String {
    let visit = visit(address);
    let copy = Digest::of(&[1]);
    let judged =
        Judged { verdict: verdict(copy, document.as_ref()), findable: true, document, force: None };
    let judged = Some((&judged, verify::Given::Fingerprint));
    verify::view(&visit, &settings(), &copy.to_string(), judged, None).render().unwrap()
}

fn compare_page(address: &str, found: Option<Nearest>) -> String {
    let compared = found.map(|found| Compared { sha256: Digest::of(&[9]), found });
    compare::view(&visit(address), &settings(), 1_000_000, compared.as_ref(), None)
        .render()
        .unwrap()
}

fn collections_page(visit: &Visit, found: &Found) -> String {
    let nothing = found.answer.total == 0;
    let shelves = if nothing { Vec::new() } else { vec![made::glance()] };
    collections::view(visit, &settings(), found, &shelves).render().unwrap()
}

fn browse_page(visit: &Visit, found: &Found) -> String {
    browse::view(visit, &settings(), "keputusan", found).render().unwrap()
}

fn shelf_page(address: &str, ruled: bool) -> String {
    let visit = visit(address);
    let (asked, _) = query::read(&visit.pairs, 20, scope(READER));
    let coverage = Coverage::of(&version(1));
    let told = Told { coverage, has_images: true, force: None, by: None };
    let opened = shelf::Opened {
        shelf: made::glance().shelf,
        listed: vec![(document(), told)],
        asked,
        found: ruled.then(|| found(answer())),
        complete: true,
        more: !ruled,
    };
    shelf::view(&visit, &settings(), &opened).render().unwrap()
}

fn identical() -> Nearest {
    let found = document();
    let judged = Judged {
        verdict: verdict(found.current().original.sha256, Some(&found)),
        document: Some(found),
        findable: true,
        force: Some(made::force()),
    };
    Nearest::Registered(Box::new(judged))
}

fn document_page(address: &str, document: &Document, told: &document::Told) -> String {
    document::view(&visit(address), &settings(), document, told).render().unwrap()
}

fn read_page(address: &str, document: Document, read: PageRead) -> String {
    page::view(&visit(address), &settings(), &opened(document, 9, read)).render().unwrap()
}

fn statistics_page(address: &str, known: &statistics::Known) -> String {
    statistics::view(&visit(address), &settings(), known).render().unwrap()
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
    let bare = document::Told::default();
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
        ("document", document_page(&at("/dokumen/x"), &document(), &told())),
        ("document-bare", document_page(&at("/dokumen/x"), &bare_document(), &bare)),
        ("page", read_page(&at(&page), text_document(), PageRead::plain(text.to_owned()))),
        ("page-blank", read_page(&at(&page), text_document(), PageRead::plain(" \n".to_owned()))),
        ("page-image", read_page(&at(&page), document(), recognised())),
        ("page-other", read_page(&at(&format!("{page}&bacaan=lain")), document(), recognised())),
        ("coverage", coverage_page(&at("/cakupan"), 25)),
        ("coverage-none", coverage_page(&at("/cakupan"), 0)),
        (
            "verify",
            verify::view(&plain("/verifikasi"), &settings, "", None, None).render().unwrap(),
        ),
        ("verify-known", verify_page(&at("/verifikasi"), Some(document()))),
        ("verify-unknown", verify_page(&at("/verifikasi"), None)),
        ("compare", compare_page(&at("/verifikasi/banding"), None)),
        ("compare-near", compare_page(&at("/verifikasi/banding"), Some(made::near()))),
        ("compare-same", compare_page(&at("/verifikasi/banding"), Some(made::same()))),
        ("compare-identical", compare_page(&at("/verifikasi/banding"), Some(identical()))),
        ("compare-nothing", compare_page(&at("/verifikasi/banding"), Some(Nearest::Nothing))),
        (
            "compare-no-text",
            compare_page(&at("/verifikasi/banding"), Some(Nearest::NoText { to_recognise: 9 })),
        ),
        ("collections", collections_page(&plain("/koleksi"), &full)),
        ("browse", browse_page(&plain("/koleksi/jenis/keputusan"), &full)),
        ("browse-empty", browse_page(&plain("/koleksi/jenis/%3Ccontoh%3E"), &empty)),
        ("shelf", shelf_page(&at("/koleksi/contoh?jenis=keputusan&halaman=2"), true)),
        ("shelf-first", shelf_page(&at("/koleksi/contoh"), true)),
        ("shelf-list", shelf_page(&at("/koleksi/contoh?urut=title"), false)),
        ("collections-empty", collections_page(&plain("/koleksi"), &empty)),
        ("collections-behind", collections_page(&plain("/koleksi"), &behind)),
        ("statistics", statistics_page(&at("/statistik"), &made::known())),
        ("statistics-none", statistics_page(&at("/statistik"), &statistics::Known::default())),
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
const VOID: [&str; 6] = ["meta", "link", "input", "img", "br", "source"];

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
            // What is no script in a script's place is data: nothing runs it.
            let data = tag == "script type=\"application/ld+json\"";
            if !data && loads.iter().any(|loading| tag.starts_with(loading)) {
                let own = ["=\"/static/", "=\"/dokumen/"].iter().any(|start| tag.contains(start));
                assert!(own, "{name}: {tag}");
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
fn what_differs_stands_side_by_side() {
    let html = compare_page("/verifikasi/banding", Some(made::near()));
    assert!(html.contains("<h3>Halaman 2: 12.345 → 12.845</h3>"), "{html}");
    assert!(html.contains("<strong>12.345</strong>") && html.contains("<strong>12.845</strong>"));
    assert!(html.contains(&format!("/dokumen/{}/halaman/2", document().id)));
    assert!(html.contains("di berkas Anda halaman 3") && html.contains("meragukan"));
    assert!(html.contains("4 halaman dokumen terdaftar yang tidak memuat teks"));
    let same = compare_page("/verifikasi/banding?bahasa=en", Some(made::same()));
    assert!(same.contains("The same text, another file") && same.contains("where pages end"));
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
        "href=\"/dokumen/aaaaaaaaaaaaaaaaaaaaaaaaaa/halaman/7?q=kursi#pasal-12-ayat-3\"",
        "Pasal 12 ayat (3), hlm. 7",
        "href=\"/cari?q=kursi&#38;jenis=keputusan&#38;tahun=2024&#38;urut=newest&#38;keberlakuan=revoked\"",
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
    answer.facets.subject = (0..40).map(|n| (format!("Subjek Contoh {n}"), 9)).collect();
    answer.facets.collection = answer.facets.subject.clone();
    for typed in ["a", "a%20", "%22", "%3C", "%F0%9F%98%80"] {
        // An address holds 65,534 bytes at most.
        let q = typed.repeat(10_000.min(60_000 / typed.len()));
        let part = typed.repeat(1_000);
        let filters = format!("jenis={part}&penerbit={part}&koleksi={part}&tahun=2024&dari=2023");
        for address in [format!("/cari?q={q}"), format!("/cari?q={part}&{filters}&x={part}")] {
            let html = search_page(&address, answer.clone());
            // Most of it is the query in every link, which compresses well.
            assert!(html.len() < 93_000, "{typed}: {} bytes", html.len());
        }
    }
    let html = search_page("/cari?q=kursi", answer);
    assert_eq!(html.matches("jenis=jenis-contoh-").count(), 12);
    assert_eq!(html.matches("penerbit=Kantor").count(), 12);
    assert_eq!(html.matches("subjek=Subjek").count(), 8);
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
fn relations_are_a_list_with_and_without_links() {
    let html = document_page("/dokumen/x", &document(), &told());
    for heading in ["Mencabut", "Dicabut oleh", "Merujuk", "Dirujuk oleh", "Lampirannya"] {
        assert!(html.contains(&format!("<h3>{heading}</h3>")), "{heading}");
    }
    assert!(html.contains("<li>Undang-Undang Nomor 8 Tahun 2017"), "what is not here has no link");
    assert!(html.contains("Dicabut sejak 2 Januari 2025 oleh") && html.contains("sulit dibaca"));
    let bare = document_page("/dokumen/x", &bare_document(), &document::Told::default());
    assert!(!bare.contains("<svg class=\"relations\"") && !bare.contains("id=\"hubungan\""));
}

#[test]
fn doubtful_fields_are_marked_and_findings_told() {
    let html = document_page("/dokumen/x", &document(), &told());
    // Two fields, the line that says what their mark means, and a relation in both directions.
    assert_eq!(html.matches("class=\"unsure\"").count(), 5);
    assert!(html.contains("/verifikasi?sha256="));
    let bare = document_page("/dokumen/x", &bare_document(), &document::Told::default());
    for code in FindingCode::ALL {
        let key = format!("finding.{}", code.as_str());
        let text = crate::texts::text(Language::Indonesian, &key);
        assert!(bare.contains(text), "{code:?}");
    }
    assert!(!bare.contains("class=\"unsure\""));
    assert!(bare.contains("Unduh berkas asli") && !bare.contains("Buka berkas asli"));
}

#[test]
fn a_document_tells_what_was_read_and_what_not() {
    let html = document_page("/dokumen/x?bahasa=en", &document(), &told());
    for expected in [
        "8 pages read from the file’s own text",
        "2 pages recognised from images",
        "confidence 91 % on average",
        "1 page waiting for recognition <span class=\"soft\">(page 9)</span>",
        "2 pages without text that could be read <span class=\"soft\">(pages 3–4)</span>",
        "1 page without text that could be read <span class=\"soft\">(page 10)</span>",
        "3 of 30 pages done",
        "/events\"",
        "PDF/A-2b <span class=\"soft small\">(as the file claims, not checked)",
        "present in the file; not judged here",
        "/halaman/2\"><span lang=\"id\">BAB &#60;contoh&#62;",
    ] {
        assert!(html.contains(expected), "{expected}");
    }
    assert!(!html.contains("/halaman/15\""), "the outline leads to pages there are");
    let alone = covered::Reading { progress: None, engine: false, ..reading() };
    let alone = document::Told { reading: alone, ..document::Told::default() };
    let html = document_page("/dokumen/x?bahasa=en", &document(), &alone);
    assert!(html.contains("No recognition program (OCR) is installed"));
    assert!(!html.contains("/events\""));
}

#[test]
fn what_was_searched_for_is_marked_on_the_image_too() {
    let html = read_page("/x?q=kursi", document(), recognised());
    assert_eq!(html.matches("<rect ").count(), 1);
    assert!(html.contains("<rect x=\"990\" y=\"480\" width=\"1020\" height=\"240\">"));
    assert!(html.contains("<mark>kursi</mark>"));
    assert!(html.contains("width=\"1000\" height=\"1500\""), "the shape of the layout");
    assert!(html.contains("keyakinan 91 %") && html.contains("(contoh 1.0)"));
    assert!(html.contains("?bacaan=lain&#38;q=kursi\""));
    let other = read_page("/x?q=pero1ehan&bacaan=lain", document(), recognised());
    assert!(other.contains("<mark>pero1ehan</mark>") && other.contains("tidak dipakai"));
    assert!(!other.contains("<table>"), "its tables belong to the other reading");
    let text = read_page("/x?q=kursi", text_document(), recognised());
    assert!(!text.contains("<figure") && text.contains("<mark>kursi</mark>"));
}

#[test]
fn a_converted_page_says_so_and_marks_nothing_on_its_image() {
    let show = |pages: Option<u32>| {
        let look = Look::Converted { pages };
        let shown = page::Opened { look, ..opened(text_document(), 2, recognised()) };
        page::view(&visit("/x?q=kursi"), &settings(), &shown).render().unwrap()
    };
    for pages in [None, Some(2)] {
        let html = show(pages);
        assert!(html.contains("<figure") && !html.contains("<rect"));
        assert!(html.contains("Tampilan hasil konversi; urutan halaman dapat berbeda"));
    }
    let less = show(Some(1));
    assert!(!less.contains("<figure") && less.contains("hanya memiliki 1 halaman"));
}

#[test]
fn a_table_says_what_is_doubtful() {
    let html = read_page("/x", document(), recognised());
    for expected in [
        "<caption id=\"tabel-1\">Tabel 1 di halaman 9 (bergaris)</caption>",
        "<th scope=\"col\">Suara</th>",
        "<td class=\"number\">1.204 <span class=\"unsure\">meragukan</span></td>",
        "<span class=\"unsure\">bukan jumlah kolomnya</span>",
        "tertulis 1.300, padahal jumlah angka di atasnya 1.204",
        "/halaman/9/tabel/1.csv\"",
    ] {
        assert!(html.contains(expected), "{expected}");
    }
}
