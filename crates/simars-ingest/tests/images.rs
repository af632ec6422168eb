//! Page images through a real archive and a real reading process, which is the example program
//! `reader` that cargo builds beside the tests.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::thread;

use simars_access::Who;
use simars_archive::{DataFolder, Surroundings};
use simars_ingest::images::{ImageError, READING_WIDTH, THUMBNAIL_WIDTH};
use simars_ingest::pipeline::{Filing, Stacks};
use simars_ingest::{Holdings, Settings, Stated};
use simars_record::{Document, FindingCode, Publication, Timestamp};

/// An archive, with a reader that counts how often it is started.
struct Site {
    holdings: Holdings,
    folder: tempfile::TempDir,
}

fn reader() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let profile = test.parent().and_then(Path::parent).expect("a folder two up");
    let reader = profile.join("examples").join("reader");
    assert!(reader.is_file(), "{} is missing: run the tests of the whole crate", reader.display());
    reader
}

fn random(bytes: &mut [u8]) {
    use std::sync::atomic::{AtomicU8, Ordering};
    static NEXT: AtomicU8 = AtomicU8::new(0);
    bytes.iter_mut().for_each(|byte| *byte = NEXT.fetch_add(41, Ordering::Relaxed));
}

impl Site {
    fn new(image_cache_bytes: u64) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/counting-reader.sh");
        let program = folder.path().join("counting-reader.sh");
        symlink(script, &program).expect("a link to the script");
        symlink(reader(), folder.path().join("reader")).expect("a link to the reader");
        let settings = Settings {
            program,
            limits: simars_extract::Limits::default(),
            max_file_bytes: 1 << 20,
            index: simars_search::Options::default(),
            image_cache_bytes,
            recognition_workers: 0,
            images_ahead: false,
        };
        let surroundings = Surroundings { now: || Timestamp::from_unix(1_700_000_000), random };
        let data = DataFolder::new(folder.path().join("data"));
        let holdings = Holdings::open(data, surroundings, settings).expect("an archive");
        Self { holdings, folder }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> Document {
        let stated = Stated::default();
        let filing = Filing {
            path: name,
            stated: &stated,
            publication: Publication::Draft,
            by: None,
            who: Who::Owner,
            stacks: Stacks::Split,
        };
        let report = self.holdings.ingest(&mut &*bytes, &filing);
        let id = report.id.unwrap_or_else(|| panic!("not registered: {:?}", report.reason));
        self.holdings.archive().document(&id).expect("the catalogue").expect("the document")
    }

    /// How often a reading process was started since the last time this was asked.
    fn starts(&self) -> usize {
        let path = self.folder.path().join("starts");
        let count = fs::read_to_string(&path).unwrap_or_default().lines().count();
        let _gone = fs::remove_file(path);
        count
    }

    fn images(&self) -> PathBuf {
        self.folder.path().join("data/views/images")
    }

    fn image_files(&self) -> Vec<PathBuf> {
        let folders = fs::read_dir(self.images()).into_iter().flatten().flatten();
        let files = folders.flat_map(|folder| fs::read_dir(folder.path()).expect("a folder"));
        let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
        files.sort();
        files
    }
}

/// A PDF with `pages` pages of 600 × 800 points, each with a line of text and a bar.
fn pdf(pages: u32) -> Vec<u8> {
    let kids: String = (0..pages).map(|page| format!("{} 0 R ", 4 + 2 * page)).collect();
    let mut file = format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
         2 0 obj<</Type/Pages/Kids[{kids}]/Count {pages}>>endobj\n\
         3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    );
    for page in 0..pages {
        let content = format!(
            "BT /F 24 Tf 72 700 Td (Halaman contoh {page}) Tj ET 72 {} 300 40 re f",
            100 + page * 50
        );
        let (number, contents, length) = (4 + 2 * page, 5 + 2 * page, content.len());
        file += &format!(
            "{number} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {contents} 0 R\
             /Resources<</Font<</F 3 0 R>>>>>>endobj\n\
             {contents} 0 obj<</Length {length}>>stream\n{content}\nendstream endobj\n"
        );
    }
    (file + "trailer<</Root 1 0 R>>\n%%EOF\n").into_bytes()
}

#[test]
fn an_image_is_drawn_once_and_then_read() {
    let site = Site::new(1 << 20);
    let document = site.file("contoh.pdf", &pdf(1));
    let original = document.current().original;
    site.starts();
    let start = Barrier::new(8);
    let ask = || {
        start.wait();
        site.holdings.page_image(&original, "application/pdf", 1, 300).expect("an image")
    };
    let images = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect::<Vec<_>>()
    });
    assert_eq!(site.starts(), 1);
    assert_eq!((images[0].width, images[0].height, images[0].media_type), (300, 400, "image/png"));
    assert!(images.iter().all(|image| *image == images[0]));
    let again = site.holdings.page_image(&original, "application/pdf", 1, 300).expect("an image");
    assert_eq!((again == images[0], site.starts()), (true, 0));
}

#[test]
fn a_damaged_or_deleted_image_is_drawn_again() {
    let site = Site::new(1 << 20);
    let document = site.file("contoh.pdf", &pdf(1));
    let original = document.current().original;
    let ask = || site.holdings.page_image(&original, "application/pdf", 1, 300).expect("an image");
    let image = ask();
    let [path] = &site.image_files()[..] else { panic!("one file") };
    for damaged in [&image.bytes[..image.bytes.len() / 2], b"", b"something else"] {
        fs::write(path, damaged).expect("written");
        assert_eq!(ask(), image);
        assert_eq!(fs::read(path).expect("the image"), image.bytes);
    }
    fs::remove_dir_all(site.images()).expect("removed");
    assert_eq!(ask(), image);
    assert_eq!(site.image_files().len(), 1);
}

#[test]
fn the_folder_keeps_within_its_limit() {
    let probe = Site::new(1 << 20);
    let document = probe.file("contoh.pdf", &pdf(4));
    let ask = |site: &Site, page| {
        let original = document.current().original;
        site.holdings.page_image(&original, "application/pdf", page, 300).expect("an image")
    };
    let sizes: Vec<u64> = (1..=4).map(|page| ask(&probe, page).bytes.len() as u64).collect();
    // Room for any two, never for three.
    let limit = sizes.iter().max().unwrap() * 2 + 8;
    assert!(sizes.iter().min().unwrap() * 3 > limit);

    let site = Site::new(limit);
    site.file("contoh.pdf", &pdf(4));
    for page in [1, 2, 1, 3, 4] {
        ask(&site, page);
        let sizes = site.image_files().into_iter().map(|path| fs::metadata(path).unwrap().len());
        assert!(sizes.sum::<u64>() <= limit);
    }
    site.starts();
    ask(&site, 3);
    ask(&site, 4);
    assert_eq!((site.starts(), site.image_files().len()), (0, 2));
}

#[test]
fn a_page_that_cannot_be_drawn_is_not_tried_again() {
    let site = Site::new(1 << 20);
    let document = site.file("contoh.pdf", &pdf(1));
    let original = document.current().original;
    site.starts();
    for starts in [1, 0, 0] {
        let error = site.holdings.page_image(&original, "application/pdf", 9, 300).unwrap_err();
        let ImageError::NotDrawn(finding) = error else { panic!("{error}") };
        assert_eq!((finding.code, finding.page), (FindingCode::Damaged, Some(9)));
        assert_eq!(site.starts(), starts);
    }
    let text = site.file("contoh.txt", b"Hanya teks.");
    let original = text.current().original;
    let error = site.holdings.page_image(&original, "text/plain", 1, 300).unwrap_err();
    let ImageError::NotDrawn(finding) = error else { panic!("{error}") };
    assert_eq!((finding.code, site.starts()), (FindingCode::Unsupported, 0));
    assert!(site.image_files().is_empty());
}

#[test]
fn the_first_images_are_made_ahead_while_there_is_room() {
    let site = Site::new(1 << 20);
    let document = site.file("contoh.pdf", &pdf(5));
    site.holdings.images().make_ahead(&document);
    let original = document.current().original;
    let wanted = [(1, THUMBNAIL_WIDTH), (1, READING_WIDTH), (2, READING_WIDTH)];
    assert_eq!(site.image_files().len(), wanted.len());
    site.starts();
    for (page, width) in wanted {
        site.holdings.page_image(&original, "application/pdf", page, width).expect("an image");
    }
    site.holdings.images().make_ahead(&document);
    assert_eq!(site.starts(), 0);

    let full = Site::new(0);
    let document = full.file("contoh.pdf", &pdf(5));
    full.starts();
    full.holdings.images().make_ahead(&document);
    assert_eq!(full.starts(), 0);
    let original = document.current().original;
    full.holdings.page_image(&original, "application/pdf", 1, 300).expect("an image");
    assert!(full.image_files().is_empty());
}

#[test]
fn an_office_document_is_converted_once_and_then_drawn() {
    let site = Site::new(1 << 20);
    if !site.holdings.converts("application/rtf") {
        eprintln!("LIBREOFFICE IS NOT INSTALLED: CONVERSION IS NOT TESTED");
        return;
    }
    let document = site.file("undangan.rtf", b"{\\rtf1 Undangan rapat\\page Lampiran}");
    let original = document.current().original;
    let ask = |page, width| site.holdings.page_image(&original, "application/rtf", page, width);
    assert_eq!(site.holdings.reading_pages(&original), None);
    let first = ask(1, 300).expect("an image");
    assert_eq!(site.holdings.reading_pages(&original), Some(2));
    site.starts();
    assert_ne!(ask(2, 300).expect("an image"), first);
    assert_eq!(site.starts(), 1, "only drawn");
    assert_eq!(ask(1, 300).expect("an image"), first);
    let error = ask(3, 300).unwrap_err();
    assert!(matches!(error, ImageError::NotConverted(_)), "{error}");
    assert!(error.to_string().contains("has 2 pages when converted"), "{error}");
    assert_eq!(site.starts(), 0);

    let folder = site.folder.path().join("data/views/conversions");
    let kept = site.holdings.reading_pdf(&original, "application/rtf").expect("a PDF");
    assert!(kept.pdf.starts_with(b"%PDF-"));
    let at_work = fs::read_dir(folder.join("at-work")).expect("a folder").count();
    assert_eq!(at_work, 0, "nothing is left of the work");
    fs::remove_dir_all(folder).expect("removed");
    let again = site.holdings.reading_pdf(&original, "application/rtf").expect("a PDF");
    assert_eq!(again.pages, 2);

    let broken = site.file("rusak.rtf", b"{\\rtf1 teks}");
    let original = broken.current().original;
    // The name of its type decides how it is opened, and as that it cannot be.
    let odt = "application/vnd.oasis.opendocument.text";
    site.starts();
    for tries in [true, false, false] {
        let error = site.holdings.page_image(&original, odt, 1, 300).unwrap_err();
        assert!(matches!(error, ImageError::NotConverted(_)), "{error}");
        assert_eq!(site.starts() > 0, tries, "what failed is not tried again");
    }
}
