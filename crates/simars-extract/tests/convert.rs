//! Conversion of office documents, by the office program of the machine where there is one, and by
//! scripts in its place that misbehave. The child is the example program `convert`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on says so by ending"
)]

use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use simars_extract::{Converted, Converter, Extractor, Limits};
use simars_record::{Finding, FindingCode};
use simars_testkit::mutation::packed;

const OPEN: &str = "application/vnd.oasis.opendocument";
const OFFICE: &str = "application/vnd.openxmlformats-officedocument";

/// An extractor, and the folder in which it converts.
struct Desk {
    extractor: Extractor,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let test = std::env::current_exe().unwrap();
        let profile = test.parent().and_then(Path::parent).unwrap();
        // An unoptimised child takes many times as long.
        let long = Duration::from_secs(100);
        let limits = Limits { wall: long, cpu: long, ..Limits::default() };
        let extractor = Extractor::new(profile.join("examples").join("convert"), limits);
        Self { extractor, folder: tempfile::tempdir().unwrap() }
    }

    /// With one of the scripts beside this test as the office program.
    fn with_script(name: &str, wall: Duration) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/children").join(name);
        Self::new().with(Converter { path, version: "0".to_owned(), wall })
    }

    fn with(self, converter: Converter) -> Self {
        let extractor = self.extractor.with_converter(Some(converter));
        Self { extractor, ..self }
    }

    /// With the machine's own office program, which has so much time; `None` if there is none.
    fn real(seconds: u64) -> Option<Self> {
        let converter = Converter::find();
        if converter.is_none() {
            eprintln!("LIBREOFFICE IS NOT INSTALLED: CONVERSION IS NOT TESTED");
        }
        let wall = Duration::from_secs(seconds);
        Some(Self::new().with(Converter { wall, ..converter? }))
    }

    fn convert(&self, bytes: &[u8], media_type: &str) -> Result<Converted, Finding> {
        let path = self.folder.path().join("document");
        fs::write(&path, bytes).unwrap();
        let file = File::open(path).unwrap();
        let work = self.folder.path().join("work");
        let made = self.extractor.convert(&file, media_type, &work);
        let left: Vec<_> = fs::read_dir(&work).map_or_else(|_| Vec::new(), Iterator::collect);
        let left: Vec<PathBuf> = left.into_iter().map(|entry| entry.unwrap().path()).collect();
        assert!(left.iter().all(|path| !path.is_dir()), "{left:?}");
        made
    }
}

fn sample(name: &str) -> Vec<u8> {
    fs::read(simars_testkit::project().join("samples").join(name)).unwrap()
}

#[test]
fn office_documents_become_pdfs_whose_pages_can_be_drawn() {
    let Some(desk) = Desk::real(300) else { return };
    for (name, media_type) in [
        ("undangan-118-2019-rapat-koordinasi.docx", format!("{OFFICE}.wordprocessingml.document")),
        ("nota-dinas-31-2019-persiapan-rapat.odt", format!("{OPEN}.text")),
        ("surat-edaran-6-2017-penomoran-naskah.rtf", "application/rtf".to_owned()),
        ("laporan-2023-penerimaan-kotak-arsip.xlsx", format!("{OFFICE}.spreadsheetml.sheet")),
        ("laporan-2022-daftar-penyusutan.ods", format!("{OPEN}.spreadsheet")),
        ("paparan-2024-layanan-arsip.pptx", format!("{OFFICE}.presentationml.presentation")),
        ("paparan-2021-pemindaian-berkas.odp", format!("{OPEN}.presentation")),
    ] {
        let made = desk.convert(&sample(name), &media_type).unwrap_or_else(|finding| {
            panic!("{name}: {}", finding.detail);
        });
        assert!(made.pages >= 1 && made.pdf.starts_with(b"%PDF-"), "{name}");
        let image = desk.extractor.page_image_of_pdf(&made.pdf, made.pages, 300).unwrap();
        assert_eq!(image.width, 300, "{name}");
        let beyond = desk.extractor.page_image_of_pdf(&made.pdf, made.pages + 1, 300);
        assert_eq!(beyond.unwrap_err().code, FindingCode::Damaged, "{name}");
    }
}

#[test]
fn what_is_no_such_document_is_a_finding() {
    let Some(desk) = Desk::real(300) else { return };
    let found = desk.convert(b"%PDF-1.4", "application/pdf").unwrap_err();
    assert_eq!(found.code, FindingCode::Unsupported);
    let found = desk.convert(b"PK\x03\x04 rusak", &format!("{OPEN}.text")).unwrap_err();
    assert_eq!(found.code, FindingCode::Damaged, "{}", found.detail);
    // A text by its name, and a sheet inside.
    let disguised = desk.convert(
        &sample("laporan-2022-daftar-penyusutan.ods"),
        &format!("{OFFICE}.wordprocessingml.document"),
    );
    assert!(disguised.is_err(), "a sheet was read as a text");
}

#[test]
fn without_an_office_program_the_finding_says_what_to_install() {
    let desk = Desk::new();
    let desk = Desk { extractor: desk.extractor.with_converter(None), ..desk };
    let found = desk.convert(b"{\\rtf1 Isi}", "application/rtf").unwrap_err();
    assert_eq!(found.code, FindingCode::Unsupported);
    assert!(found.detail.contains("install LibreOffice"));
}

/// An open document of this type with this body.
fn open_document(kind: &str, body: &str) -> Vec<u8> {
    let media_type = format!("{OPEN}.{kind}");
    let manifest = format!(
        "<m:manifest xmlns:m='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'>\
         <m:file-entry m:full-path='/' m:media-type='{media_type}'/>\
         <m:file-entry m:full-path='content.xml' m:media-type='text/xml'/></m:manifest>"
    );
    let content = format!(
        "<o:document-content xmlns:o='urn:oasis:names:tc:opendocument:xmlns:office:1.0' \
         xmlns:t='urn:oasis:names:tc:opendocument:xmlns:text:1.0' \
         xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0' \
         xmlns:d='urn:oasis:names:tc:opendocument:xmlns:drawing:1.0' \
         xmlns:s='urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0' \
         xmlns:x='http://www.w3.org/1999/xlink' o:version='1.2'><o:body>{body}</o:body>\
         </o:document-content>"
    );
    packed(&[
        ("mimetype", media_type),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", content),
    ])
}

#[test]
fn links_to_elsewhere_are_not_followed() {
    let Some(desk) = Desk::real(300) else { return };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let body = format!(
        "<o:text><t:p>Gambar dari tempat lain</t:p><t:p><d:frame s:width='5cm' s:height='5cm'>\
         <d:image x:href='http://{address}/gambar.png' x:type='simple' x:show='embed' \
         x:actuate='onLoad'/></d:frame></t:p></o:text>"
    );
    let made = desk.convert(&open_document("text", &body), &format!("{OPEN}.text")).unwrap();
    assert_eq!(made.pages, 1);
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn a_bomb_ends_in_time() {
    let Some(desk) = Desk::real(8) else { return };
    let row = "<table:table-row table:number-rows-repeated='1000000'><table:table-cell \
               table:number-columns-repeated='1000' o:value-type='string'><t:p>isi</t:p>\
               </table:table-cell></table:table-row>";
    let body = format!("<o:spreadsheet><table:table>{row}</table:table></o:spreadsheet>");
    let started = Instant::now();
    let found = desk.convert(&open_document("spreadsheet", &body), &format!("{OPEN}.spreadsheet"));
    let found = found.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
    let expected = [FindingCode::TimedOut, FindingCode::LimitReached, FindingCode::ReaderFailed];
    assert!(expected.contains(&found.code), "{}", found.detail);
}

#[test]
fn an_office_program_that_hangs_is_stopped() {
    let desk = Desk::with_script("office-hangs.sh", Duration::from_secs(1));
    let started = Instant::now();
    let found = desk.convert(b"{\\rtf1 Isi}", "application/rtf").unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(30));
    // On a busy machine its processor time may end first.
    let expected = [FindingCode::TimedOut, FindingCode::LimitReached];
    assert!(expected.contains(&found.code), "{}", found.detail);
}

#[test]
fn an_office_program_in_foreign_hands_reaches_nothing() {
    let system = Desk::new().extractor.system_report();
    for script in ["office-links.sh", "office-lies.sh", "office-escapes.sh", "office-forks.sh"] {
        let desk = Desk::with_script(script, Duration::from_secs(60));
        fs::create_dir(desk.folder.path().join("work")).unwrap();
        fs::write(desk.folder.path().join("work/secret.pdf"), "%PDF-1.4 rahasia\n").unwrap();
        let found = desk.convert(b"{\\rtf1 Isi}", "application/rtf").unwrap_err();
        assert!(!found.detail.contains("rahasia"), "{script}: {}", found.detail);
        if system.landlock.available {
            assert!(!desk.folder.path().join("work/escaped").exists());
        }
        if system.seccomp.available && script == "office-forks.sh" {
            assert!(!found.detail.contains("code 7"), "{}", found.detail);
        }
    }
}
