//! Sheets as they are printed, scanned in many ways; and what is no sheet.

use std::time::Duration;

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};
use simars_certificate::{Qr, SeparatorSheet};
use simars_testkit::scan::{self, Picture};

use super::*;
use crate::Limits;

const FULL: &str = "SIMARS-PISAH/1/K:BERITA-ACARA/U:TEKNIS/C:PL.01.8/A:SANGAT-RAHASIA";

/// A printed sheet, scanned at so many dots per inch.
fn printed(text: &str, dpi: u32) -> Picture {
    let separator = text.parse().unwrap();
    let sheet = SeparatorSheet { office: "Komisi Contoh", separator: &separator, kind: None };
    let pdf = sheet.pdf(1).unwrap();
    let drawn = raster::gray(raster::page(pdf, Kind::Pdf, 1, Size::Dpi(dpi as f32)).unwrap());
    Picture { width: drawn.width, height: drawn.height, points: drawn.points }
}

/// A page with any text as a code, as large as on a sheet, times `scale`.
fn coded(text: &str, scale: f64) -> Picture {
    let qr = Qr::of(text).unwrap();
    Picture::with_code(100, qr.side(), scale, |x, y| qr.is_dark(x, y))
}

fn compressed(page: &Picture, quality: u8) -> Picture {
    let (width, height) = (page.width as u32, page.height as u32);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, quality)
        .write_image(&page.points, width, height, ExtendedColorType::L8)
        .unwrap();
    let points = image::load_from_memory(&jpeg).unwrap().into_luma8().into_raw();
    Picture { points, ..*page }
}

/// What is seen on a page of a scan, by the way that a child takes.
fn seen(page: &Picture, dpi: u32) -> Option<String> {
    let file = scan::pdf(std::slice::from_ref(page), dpi);
    let file = Pages::open(file, Kind::Pdf, 1).unwrap();
    on_page(&file, 1).unwrap().map(|separator| separator.to_string())
}

#[test]
fn a_sheet_is_found_however_it_lies() {
    for (text, dpi) in [(FULL, 150), ("SIMARS-PISAH/1", 150), (FULL, 300)] {
        let sheet = printed(text, dpi);
        for degrees in [0.0, 90.0, 180.0, 270.0, 2.0, -4.0, 182.0, 33.0] {
            assert_eq!(seen(&sheet.turned(degrees), dpi).as_deref(), Some(text), "{degrees}°");
        }
    }
}

#[test]
fn a_sheet_is_found_however_badly_it_was_scanned() {
    let sheet = printed(FULL, 150).turned(1.5);
    let worn = sheet.worn(7, 40);
    for (page, how) in [
        (sheet.bilevel(), "black and white"),
        (worn.clone(), "worn"),
        (worn.bilevel(), "worn, black and white"),
        (compressed(&worn, 30), "worn and compressed"),
        (compressed(&sheet, 10), "compressed"),
    ] {
        assert_eq!(seen(&page, 150).as_deref(), Some(FULL), "{how}");
    }
    // Punched, stamped and written on: a tenth of the code is gone.
    let mut damaged = printed(FULL, 150);
    let (from, size) = (damaged.width * 45 / 100, damaged.width * 15 / 100);
    for y in from + 200..from + 200 + size {
        damaged.points[y * damaged.width + from..][..size].fill(0);
    }
    assert_eq!(seen(&damaged, 150).as_deref(), Some(FULL));
}

#[test]
fn only_our_text_on_a_code_as_large_as_printed_makes_a_sheet() {
    assert_eq!(seen(&coded("SIMARS-PISAH/1", 1.0), 100).as_deref(), Some("SIMARS-PISAH/1"));
    for other in [
        "HTTPS://ARSIP.EXAMPLE/D/AMBQGAYDAMBQGAYDAMBQGAYDAM/0",
        "SIMARS-PISAH/2",
        "simars-pisah/1",
        "SIMARS-PISAH/1/A:UMUM",
        "SIMARS-PISAH/1 ",
    ] {
        assert_eq!(seen(&coded(other, 1.0), 100), None, "{other}");
    }
    // A document that shows a sheet.
    assert_eq!(seen(&coded("SIMARS-PISAH/1", 0.4), 100), None);
    assert_eq!(seen(&Picture::written(150, 3), 150), None);
    assert_eq!(seen(&Picture::blank(100), 100), None);
}

#[test]
fn a_child_looks_at_the_pages_it_is_told_and_says_which_it_could_not() {
    let pages = [coded(FULL, 1.0), Picture::written(100, 1), coded("SIMARS-PISAH/1", 1.0)];
    let file = scan::pdf(&pages, 100);
    let long = Duration::from_secs(3600);
    let budget = Budget::new(&Limits { wall: long, cpu: long, ..Limits::default() });
    let look = |file: &[u8], kind, wanted: &[u32], budget| {
        decode(&work(file.to_vec(), kind, wanted, budget).unwrap(), wanted).unwrap()
    };
    let all = look(&file, Kind::Pdf, &[1, 2, 3], budget);
    let found = [(1, FULL.to_owned()), (3, "SIMARS-PISAH/1".to_owned())];
    assert_eq!((all.count, all.found.as_slice()), (3, &found[..]));
    assert!(all.failed.is_none());
    let some = look(&file, Kind::Pdf, &[2, 3, 9], budget);
    assert_eq!((some.count, some.found.as_slice()), (3, &found[1..]));
    assert_eq!(some.failed.unwrap().page, Some(9));
    let tiff = look(&scan::tiff(&pages, 100), Kind::Tiff, &[1, 2, 3], budget);
    assert_eq!(tiff.found, found);
    // Without time, one page is looked at and the rest left to another child.
    let spent = Budget::new(&Limits { wall: Duration::ZERO, ..Limits::default() });
    assert_eq!(look(&file, Kind::Pdf, &[1, 2, 3], spent).count, 1);
    let broken = look(b"bukan PDF", Kind::Pdf, &[4, 5], budget);
    assert_eq!((broken.count, broken.failed.unwrap().page), (2, Some(4)));
}

#[test]
fn an_answer_is_believed_only_when_it_is_possible() {
    for wrong in [
        "",
        "{}",
        r#"{"count":0,"found":[],"failed":null}"#,
        r#"{"count":4,"found":[],"failed":null}"#,
        r#"{"count":1,"found":[[2,"x"]],"failed":null}"#,
        r#"{"count":3,"found":[[9,"x"]],"failed":null}"#,
        r#"{"count":3,"found":[[2,"x"],[1,"x"]],"failed":null}"#,
        r#"{"count":3,"found":[[2,"x"],[2,"x"]],"failed":null}"#,
    ] {
        assert!(decode(wrong.as_bytes(), &[1, 2, 5]).is_err(), "{wrong}");
    }
    assert!(decode(br#"{"count":3,"found":[[5,"x"]],"failed":null}"#, &[1, 2, 5]).is_ok());
    assert_eq!(pages(&["1,2,30".to_owned()]), Some(vec![1, 2, 30]));
    assert_eq!(pages(&["1,,2".to_owned()]), None);
    assert_eq!(pages(&[]), None);
}
