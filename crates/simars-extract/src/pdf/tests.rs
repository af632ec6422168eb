//! Small files made for one question each.

use std::time::Duration;

use lopdf::encryption::crypt_filters::{Aes128CryptFilter, CryptFilter};
use lopdf::{
    Dictionary, Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream,
    StringFormat, dictionary,
};
use simars_record::{Extracted, FindingCode};

use super::*;

/// A PDF with one page for each content stream, in Helvetica as `/F`.
fn document(contents: &[&str], page: &Dictionary) -> Document {
    let mut document = Document::with_version("1.7");
    let tree = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
        "Encoding" => dictionary! {
            "BaseEncoding" => "WinAnsiEncoding",
            "Differences" => vec![Object::Integer(1), "fi".into(), Object::Integer(2), "g999".into()],
        },
    });
    let mut kids: Vec<Object> = Vec::new();
    for content in contents {
        let bytes: Vec<u8> = content.chars().map(|character| character as u8).collect();
        let content = document.add_object(Stream::new(Dictionary::new(), bytes));
        let mut page = page.clone();
        page.set("Type", "Page");
        page.set("Parent", tree);
        page.set("Contents", content);
        page.set("Resources", dictionary! { "Font" => dictionary! { "F" => font } });
        if !page.has(b"MediaBox") {
            page.set("MediaBox", vec![0.into(), 0.into(), 600.into(), 800.into()]);
        }
        kids.push(document.add_object(page).into());
    }
    let count = kids.len() as i64;
    let pages = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
    document.objects.insert(tree, Object::Dictionary(pages));
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    let id = Object::String(vec![7; 16], StringFormat::Hexadecimal);
    document.trailer.set("ID", vec![id.clone(), id]);
    document
}

fn bytes(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

/// Time enough for any of these files, however many tests run beside this one.
fn ample() -> Budget {
    let long = Duration::from_secs(3600);
    Budget::new(&Limits { wall: long, cpu: long, ..Limits::default() })
}

fn read_bytes(bytes: Vec<u8>, simple: bool) -> Extracted {
    read(bytes, &Limits::default(), simple, ample())
}

fn read_page(content: &str) -> Extracted {
    read_bytes(bytes(document(&[content], &Dictionary::new())), false)
}

fn text(content: &str) -> String {
    let extracted = read_page(content);
    assert_eq!(extracted.findings, []);
    assert_eq!(extracted.reader, "hayro");
    extracted.pages[0].text.clone()
}

fn codes(extracted: &Extracted) -> Vec<FindingCode> {
    extracted.findings.iter().map(|finding| finding.code).collect()
}

/// Draws a text at a place, 10 points large.
fn at(x: i32, y: i32, text: &str) -> String {
    format!("BT /F 10 Tf {x} {y} Td ({text}) Tj ET\n")
}

#[test]
fn words_come_from_spaces_and_from_gaps() {
    let content = "BT /F 10 Tf 50 700 Td [(Kepu) -20 (tusan) -600 (Nomor)] TJ ( 12) Tj ET";
    assert_eq!(text(content), "Keputusan Nomor 12\n");
}

#[test]
fn order_on_the_page_beats_order_in_the_file() {
    let content = at(50, 600, "ketiga") + &at(300, 700, "kedua") + &at(50, 700, "pertama");
    assert_eq!(text(&content), "pertama kedua\nketiga\n");
}

#[test]
fn columns_are_read_one_after_the_other_and_tables_row_by_row() {
    let line = |x, y, word: &str| at(x, y, &format!("{word} baris yang mengisi kolomnya {y}"));
    let mut columns = at(
        50,
        750,
        "Judul yang melintasi kedua kolom sampai ke tepi kanan halaman ini, panjang sekali",
    );
    let mut table = String::new();
    for row in 0..10 {
        columns += &(line(50, 700 - 14 * row, "kiri") + &line(320, 694 - 14 * row, "kanan"));
        table += &(at(50, 700 - 14 * row, "Suara") + &at(320, 700 - 14 * row, "1.234"));
    }
    let columns = text(&columns);
    let sides: Vec<&str> = columns.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(sides, [vec!["Judul"], vec!["kiri"; 10], vec!["kanan"; 10]].concat());
    assert_eq!(text(&table), "Suara 1.234\n".repeat(10));
}

#[test]
fn superscripts_stay_in_line_even_under_a_near_row() {
    let content = at(20, 706, "22")
        + &at(50, 700, "10")
        + "BT /F 6 Tf 61.2 704 Td (6) Tj ET\n"
        + &at(80, 700, "Bq");
    assert_eq!(text(&content), "22\n106 Bq\n");
}

#[test]
fn what_is_drawn_twice_is_read_once() {
    let bold = at(50, 700, "TEBAL SEKALI") + "BT /F 10 Tf 50.3 700 Td (TEBAL SEKALI) Tj ET\n";
    assert_eq!(text(&bold), "TEBAL SEKALI\n");
    assert_eq!(text("BT /F 10 Tf 2 Tr 50 700 Td (garis dan isi) Tj ET"), "garis dan isi\n");
}

#[test]
fn spread_words_are_words() {
    let content = "BT /F 10 Tf 3 Tc 50 700 Td (MEMUTUSKAN:) Tj ET";
    assert_eq!(text(content), "MEMUTUSKAN:\n");
    let loose: String = (0..8)
        .map(|row| {
            format!("BT /F 10 Tf 1.2 Tc 50 {} Td (satu dua tiga empat) Tj ET\n", 700 - 14 * row)
        })
        .collect();
    assert_eq!(text(&loose), "satu dua tiga empat\n".repeat(8));
}

#[test]
fn ligatures_and_soft_hyphens_are_spelt_out() {
    assert_eq!(
        text("BT /F 10 Tf 50 700 Td (de\\001nisi undang\\255undang) Tj ET"),
        "definisi undang-undang\n"
    );
}

#[test]
fn invisible_text_is_the_text_of_a_scan() {
    assert_eq!(text("BT /F 10 Tf 3 Tr 50 700 Td (lapisan) Tj ET"), "lapisan\n");
}

#[test]
fn turned_pages_and_turned_text_are_read_along_their_direction() {
    let turned = dictionary! { "Rotate" => 90 };
    let content = "BT /F 10 Tf 0 1 -1 0 100 50 Tm (baris satu) Tj ET\n\
                   BT /F 10 Tf 0 1 -1 0 120 50 Tm (baris dua) Tj ET\n";
    let extracted = read_bytes(bytes(document(&[content], &turned)), false);
    assert_eq!(extracted.pages[0].text, "baris satu\nbaris dua\n");
    let upright = at(50, 700, "lebih banyak tulisan tegak") + content;
    assert_eq!(text(&upright), "lebih banyak tulisan tegak\nbaris satu\nbaris dua\n");
}

#[test]
fn what_lies_outside_of_the_page_is_not_on_it() {
    assert_eq!(text(&(at(50, 700, "dalam") + &at(50, 900, "luar"))), "dalam\n");
}

/// The boxes of a page's words in points, rounded.
fn boxes(extracted: &Extracted) -> Vec<(f32, f32, f32, f32)> {
    let layout = extracted.pages[0].layout.as_ref().unwrap();
    let points = |part: u16, of: f32| (f32::from(part) * of / 10_000.0).round();
    let sides = layout.words.iter().map(|word| {
        let (width, height) = (layout.width, layout.height);
        (
            points(word.left, width),
            points(word.top, height),
            points(word.right, width),
            points(word.bottom, height),
        )
    });
    sides.collect()
}

#[test]
fn every_word_has_a_box_on_the_page_as_it_is_shown() {
    let content = at(50, 700, "ii HH");
    let upright = read_page(&content);
    // Helvetica: i is .222 wide, H .722, a space .278; 10 points large, 100 below the top.
    assert_eq!(boxes(&upright), [(50.0, 92.0, 54.0, 102.0), (57.0, 92.0, 72.0, 102.0)]);
    let turned = dictionary! { "Rotate" => 90 };
    let turned = read_bytes(bytes(document(&[&content], &turned)), false);
    assert_eq!(turned.pages[0].text, "ii HH\n");
    assert_eq!(boxes(&turned), [(698.0, 50.0, 708.0, 54.0), (698.0, 57.0, 708.0, 72.0)]);
    let cropped = dictionary! { "CropBox" => vec![40.into(), 600.into(), 340.into(), 750.into()] };
    let cropped = read_bytes(bytes(document(&[&content], &cropped)), false);
    assert_eq!(boxes(&cropped), [(10.0, 42.0, 14.0, 52.0), (17.0, 42.0, 32.0, 52.0)]);
}

/// An image that covers the page, in its own syntax.
const SCAN: &str = "q 600 0 0 800 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \u{80} EI Q\n";

#[test]
fn scans_and_unusable_layers_are_to_be_recognised() {
    let recognise = |content: &str| read_page(content).pages[0].recognise;
    let lines: String = (0..20).map(|row| at(50, 700 - 14 * row, "tulisan biasa")).collect();
    let layer = format!("3 Tr\n{lines}");
    assert!(recognise(SCAN));
    assert!(recognise(&(SCAN.to_owned() + &at(50, 20, "ditandatangani"))));
    assert!(recognise(&(SCAN.to_owned() + &layer)));
    assert!(recognise("BT /F 10 Tf 50 700 Td (ab\\002cd) Tj ET"));
    assert!(!recognise(&(SCAN.to_owned() + &lines)));
    assert!(!recognise(&layer));
    assert!(!recognise(&lines));
    assert!(!recognise(""));
}

#[test]
fn lines_around_cells_are_a_table_and_its_sum_is_checked() {
    let mut content = String::new();
    for (row, (name, votes)) in
        [("Partai", "Suara"), ("Anggrek", "1.200"), ("Melati", "34"), ("JUMLAH", "1.235")]
            .iter()
            .enumerate()
    {
        let y = 700 - 20 * row as i32;
        content += &(at(55, y, name) + &at(155, y, votes));
        content += &format!("50 {} 200 .5 re f\n", y - 6);
    }
    content += "50 714 200 .5 re f 50 634 m 50 714 l 150 634 m 150 714 l 250 634 m 250 714 l S";
    let extracted = read_page(&content);
    let table = &extracted.pages[0].layout.as_ref().unwrap().tables[0];
    assert!(table.ruled);
    assert_eq!(table.rows[1], ["Anggrek", "1.200"]);
    assert_eq!(codes(&extracted), [FindingCode::WrongSum]);
    assert_eq!(
        extracted.findings[0].detail,
        "page 1, table 1, row 4, column 2: stated 1.235, counted 1.234"
    );
}

#[test]
fn every_page_is_there_and_bare_ones_are_named() {
    let page = at(50, 700, "isi");
    let extracted = read_bytes(bytes(document(&[&page, "", &page], &Dictionary::new())), false);
    assert_eq!(extracted.pages.len(), 3);
    assert_eq!(codes(&extracted), [FindingCode::NoText]);
    assert_eq!(extracted.findings[0].page, Some(2));
    let bare = read_bytes(bytes(document(&["", "", ""], &Dictionary::new())), false);
    assert_eq!(bare.pages.len(), 3);
    assert_eq!((codes(&bare), bare.findings[0].page), (vec![FindingCode::NoText], None));
}

#[test]
fn glyphs_without_characters_are_found() {
    let extracted = read_page("BT /F 10 Tf 50 700 Td (ab\\002cd \\002\\002) Tj ET");
    assert_eq!(extracted.pages[0].text, "ab\u{fffd}cd\n");
    assert_eq!(codes(&extracted), [FindingCode::UnmappedGlyphs]);
    assert_eq!(extracted.findings[0].detail, "3 of 7 glyphs have no character");
}

#[test]
fn a_page_of_impossible_size_is_not_interpreted() {
    let size = dictionary! { "MediaBox" => vec![0.into(), 0.into(), 1e9.into(), 10.into()] };
    let extracted = read_bytes(bytes(document(&[&at(5, 5, "x")], &size)), false);
    assert_eq!(codes(&extracted), [FindingCode::Damaged, FindingCode::NoText]);
}

#[test]
fn the_title_is_decoded() {
    for title in [&b"\xfe\xff\0K\0\xe9"[..], b"\xff\xfeK\0\xe9\0", b" K\xe9\n"] {
        let mut document = document(&[&at(5, 5, "x")], &Dictionary::new());
        let title = Object::String(title.to_vec(), StringFormat::Literal);
        let info = document.add_object(dictionary! { "Title" => title });
        document.trailer.set("Info", info);
        let bytes = bytes(document);
        for simple in [false, true] {
            let extracted = read_bytes(bytes.clone(), simple);
            assert_eq!(extracted.embedded_title.as_deref(), Some("K\u{e9}"));
        }
    }
}

#[test]
fn the_simpler_reader_gives_the_same_pages() {
    let bytes = bytes(document(&[&at(50, 700, "satu"), &at(50, 700, "dua")], &Dictionary::new()));
    let extracted = read_bytes(bytes, true);
    assert_eq!(extracted.reader, "lopdf");
    let texts: Vec<&str> = extracted.pages.iter().map(|page| page.text.trim()).collect();
    assert_eq!(texts, ["satu", "dua"]);
    assert_eq!(codes(&extracted), [FindingCode::FallbackReader]);
}

fn encrypted(user_password: &str) -> Vec<u8> {
    let mut document = document(&[&at(50, 700, "rahasia")], &Dictionary::new());
    let filter: Arc<dyn CryptFilter> = Arc::new(Aes128CryptFilter);
    let version = EncryptionVersion::V4 {
        document: &document,
        encrypt_metadata: true,
        crypt_filters: [(b"StdCF".to_vec(), filter)].into(),
        stream_filter: b"StdCF".to_vec(),
        string_filter: b"StdCF".to_vec(),
        owner_password: "pemilik",
        user_password,
        permissions: Permissions::empty(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    bytes(document)
}

#[test]
fn only_a_real_password_locks_a_file() {
    assert_eq!(read_bytes(encrypted(""), false).pages[0].text, "rahasia\n");
    for simple in [false, true] {
        let locked = read_bytes(encrypted("kunci"), simple);
        assert_eq!((codes(&locked), locked.pages.len()), (vec![FindingCode::Encrypted], 0));
    }
}

#[test]
fn cut_files_and_garbage_are_damaged() {
    let whole = bytes(document(&[&at(50, 700, "isi")], &Dictionary::new()));
    for length in (0..whole.len()).step_by(37) {
        let extracted = read_bytes(whole[..length].to_vec(), false);
        assert!(codes(&extracted).contains(&FindingCode::Damaged), "cut at {length}");
    }
}

#[test]
fn limits_and_deadlines_keep_what_was_read() {
    let page = at(50, 700, "isi");
    let bytes = bytes(document(&[&page, &page, &page], &Dictionary::new()));
    let few = Limits { pages: 2, ..Limits::default() };
    let extracted = read(bytes.clone(), &few, false, ample());
    assert_eq!((extracted.pages.len(), codes(&extracted)), (2, vec![FindingCode::LimitReached]));
    let short = Limits { text_bytes: 9, ..Limits::default() };
    let extracted = read(bytes.clone(), &short, false, ample());
    assert_eq!(
        (extracted.pages_without_text(), codes(&extracted)),
        (1, vec![FindingCode::LimitReached])
    );
    let spent = Budget::new(&Limits { wall: Duration::ZERO, ..Limits::default() });
    let extracted = read(bytes, &Limits::default(), false, spent);
    assert_eq!((extracted.pages.len(), codes(&extracted)), (3, vec![FindingCode::TimedOut]));
}

#[test]
fn a_tree_that_claims_more_pages_than_memory_is_told() {
    let mut document = document(&["BT /F 12 Tf 72 700 Td (Pasal) Tj ET"], &Dictionary::new());
    let lie = dictionary! { "Type" => "Pages", "Kids" => Vec::new(), "Count" => 1_i64 << 40 };
    let lie = document.add_object(lie);
    for object in document.objects.values_mut() {
        if let Object::Dictionary(tree) = object
            && let Ok(Object::Array(kids)) = tree.get_mut(b"Kids")
            && !kids.is_empty()
        {
            kids.push(lie.into());
        }
    }
    let read = read(bytes(document), &Limits::default(), true, ample());
    assert_eq!((read.pages.len(), read.findings[0].code), (0, FindingCode::Damaged));
    assert!(read.findings[0].detail.contains("claims"), "{:?}", read.findings);
}

mod tables;
