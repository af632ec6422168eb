//! Reading through a real child process. The child is the example program `extract`, which
//! cargo builds beside the tests.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use simars_extract::{Extractor, Limits};
use simars_record::{Extracted, FindingCode};

/// `target/<profile>/examples/extract`, from the test's own place in `target/<profile>/deps`.
fn program() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let profile = test.parent().and_then(Path::parent).expect("a folder two up");
    let program = profile.join("examples").join("extract");
    assert!(
        program.is_file(),
        "{} is missing: run the tests of the whole crate",
        program.display()
    );
    program
}

fn extractor(limits: Limits) -> Extractor {
    Extractor::new(program(), limits)
}

fn codes(extracted: &Extracted) -> Vec<FindingCode> {
    extracted.findings.iter().map(|finding| finding.code).collect()
}

/// The smallest PDF with a text, without a table of its objects: readers find them by looking.
fn pdf(text: &str) -> String {
    let content = format!("BT /F 12 Tf 72 700 Td ({text}) Tj ET");
    format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
         2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R\
         /Resources<</Font<</F 5 0 R>>>>>>endobj\n\
         4 0 obj<</Length {}>>stream\n{content}\nendstream endobj\n\
         5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n\
         trailer<</Root 1 0 R>>\n%%EOF\n",
        content.len()
    )
}

fn written(content: impl AsRef<[u8]>) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    fs::write(file.path(), content).expect("a written file");
    file
}

/// A child that misbehaves: one of the scripts beside this test, with the real program at hand.
/// They are linked and not written, because a file that another thread's child still holds open
/// for writing cannot be run.
fn misbehaving(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/children").join(name);
    let link = folder.path().join(name);
    symlink(script, &link).expect("a link to the script");
    symlink(program(), folder.path().join("extract")).expect("a link to the program");
    (folder, link)
}

#[test]
fn formats_go_through_the_child() {
    let extractor = extractor(Limits::default());
    let extracted = extractor.extract(written(pdf("Keputusan")).path(), "a.pdf");
    assert_eq!((extracted.pages[0].text.as_str(), codes(&extracted)), ("Keputusan\n", vec![]));
    let extracted = extractor.extract(written("<html><p>Berita").path(), "a.html");
    assert_eq!((extracted.pages[0].text.as_str(), codes(&extracted)), ("Berita", vec![]));
    let extracted = extractor.extract(written(b"II*\0\x08\0\0\0\0\0\0\0\0\0").path(), "a.tif");
    assert_eq!((extracted.pages.len(), codes(&extracted)), (1, vec![FindingCode::NoText]));
}

#[test]
fn bytes_in_memory_read_as_a_file_does() {
    let extractor = extractor(Limits::default());
    for (content, name) in
        [(pdf("Keputusan"), "a.pdf"), ("Pasal 1".to_owned(), "a.txt"), (String::new(), "a.docx")]
    {
        let from_file = extractor.extract(written(&content).path(), name);
        assert_eq!(extractor.extract_bytes(content.as_bytes(), name), from_file);
    }
}

#[test]
fn names_are_only_hints() {
    let extracted = extractor(Limits::default()).extract(written(pdf("x")).path(), "a.docx");
    assert_eq!(extracted.media_type, "application/pdf");
    assert_eq!(codes(&extracted), [FindingCode::TypeMismatch]);
}

#[test]
fn texts_need_no_child() {
    let extractor = Extractor::new(PathBuf::from("/nowhere"), Limits::default());
    let long = "Pasal demi pasal.\n".repeat(20_000);
    let extracted = extractor.extract(written(&long).path(), "a.txt");
    let joined: String = extracted.pages.iter().map(|page| page.text.as_str()).collect();
    assert_eq!(joined, long);
    assert_eq!(codes(&extracted), []);
    let short = Limits { text_bytes: 100_000, ..Limits::default() };
    let cut = Extractor::new(PathBuf::from("/nowhere"), short).extract(written(&long).path(), "a");
    assert_eq!(cut.pages.iter().map(|page| page.text.len()).sum::<usize>(), 100_000);
    assert_eq!(codes(&cut), [FindingCode::LimitReached]);
}

#[test]
fn what_cannot_be_read_is_a_finding() {
    let extractor = extractor(Limits::default());
    let folder = tempfile::tempdir().unwrap();
    for (path, code) in [
        (folder.path().to_owned(), FindingCode::ReaderFailed),
        (folder.path().join("missing.pdf"), FindingCode::ReaderFailed),
    ] {
        assert_eq!(codes(&extractor.extract(&path, "x")), [code]);
    }
    assert_eq!(codes(&extractor.extract(written("").path(), "a.pdf")), [FindingCode::Damaged]);
    let program = extractor.extract(written(b"\x7fELF\x02\x01\x01\0\0").path(), "a.bin");
    assert_eq!(codes(&program), [FindingCode::Unsupported]);
    let image = extractor.extract(written(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").path(), "a.png");
    assert_eq!((image.pages.len(), codes(&image)), (1, vec![FindingCode::NoText]));
}

#[test]
fn too_little_memory_costs_only_the_child() {
    // The page alone takes all that the child may have beside the file.
    let limits = Limits { memory_bytes: 160 << 20, ..Limits::default() };
    let mut xml = b"<html><p>".to_vec();
    xml.resize(60 << 20, b'x');
    let extracted = extractor(limits).extract(written(&xml).path(), "a.html");
    assert_eq!((extracted.pages.len(), codes(&extracted)), (0, vec![FindingCode::ReaderFailed]));
}

#[test]
fn a_child_that_hangs_is_stopped() {
    let (_folder, program) = misbehaving("hangs.sh");
    let limits = Limits { wall: Duration::from_millis(300), ..Limits::default() };
    let started = Instant::now();
    let extracted = Extractor::new(program, limits).extract(written(pdf("x")).path(), "a.pdf");
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(codes(&extracted), [FindingCode::TimedOut, FindingCode::TimedOut]);
    assert!(extracted.pages.is_empty());
}

#[test]
fn a_child_that_dies_is_asked_once_more_in_its_simpler_form() {
    let (_folder, program) = misbehaving("dies.sh");
    let extractor = Extractor::new(program, Limits::default());
    let extracted = extractor.extract(written(pdf("Keputusan")).path(), "a.pdf");
    assert_eq!(codes(&extracted), [FindingCode::ReaderFailed, FindingCode::FallbackReader]);
    assert_eq!(extracted.pages[0].text.trim(), "Keputusan");
    assert_eq!(extracted.findings[0].detail, "the reader was ended by signal 11");
}

#[test]
fn nonsense_and_floods_are_no_answers() {
    let small = Limits { text_bytes: 0, ..Limits::default() };
    for name in ["babbles.sh", "floods.sh", "fails.sh", "says-nothing.sh"] {
        let (_folder, program) = misbehaving(name);
        let extracted = Extractor::new(program, small).extract(written("<html>x").path(), "a.html");
        assert_eq!(codes(&extracted), [FindingCode::ReaderFailed], "{name}");
    }
    let missing = Extractor::new(PathBuf::from("/nowhere"), small);
    let extracted = missing.extract(written("<html>x").path(), "a.html");
    assert_eq!(codes(&extracted), [FindingCode::ReaderFailed]);
}

#[test]
fn one_extractor_serves_many_threads() {
    let extractor = extractor(Limits::default());
    let files: Vec<_> = (0..8).map(|number| written(pdf(&format!("berkas {number}")))).collect();
    std::thread::scope(|scope| {
        for (number, file) in files.iter().enumerate() {
            let extractor = &extractor;
            scope.spawn(move || {
                let extracted = extractor.extract(file.path(), "a.pdf");
                assert_eq!(extracted.pages[0].text, format!("berkas {number}\n"));
            });
        }
    });
}

#[test]
fn a_page_is_drawn_in_a_child() {
    let written = written(pdf("Pasal satu"));
    let file = fs::File::open(written.path()).expect("the file");
    let extractor = extractor(Limits::default());
    for width in [240, 1000] {
        let image = extractor.page_image(&file, "application/pdf", 1, width).expect("an image");
        let height = width * 800 / 600;
        assert_eq!((image.media_type, image.width, image.height), ("image/png", width, height));
    }
    let beyond = extractor.page_image(&file, "application/pdf", 2, 240).expect_err("no page 2");
    assert_eq!((beyond.code, beyond.page), (FindingCode::Damaged, Some(2)));
    let text = extractor.page_image(&file, "text/plain", 1, 240).expect_err("no pages");
    assert_eq!(text.code, FindingCode::Unsupported);
}

#[test]
fn a_child_that_gives_no_image_is_a_finding() {
    let file = tempfile::tempfile().expect("a temporary file");
    for script in ["babbles.sh", "dies.sh", "fails.sh", "floods.sh", "says-nothing.sh"] {
        let (_folder, program) = misbehaving(script);
        let extractor = Extractor::new(program, Limits::default());
        let finding = extractor.page_image(&file, "image/png", 1, 240).expect_err(script);
        assert_eq!((finding.code, finding.page), (FindingCode::ReaderFailed, Some(1)), "{script}");
    }
}

#[test]
fn a_child_that_tries_to_do_harm_is_refused() {
    let report = extractor(Limits::default()).system_report();
    assert_eq!(report.attempts.len(), 4, "{report:?}");
    // Whatever the kernel lacks, nobody opens or writes a file or makes a socket.
    for attempt in &report.attempts[..3] {
        assert!(attempt.refused_by.is_some(), "{attempt:?}");
    }
    let whole = report.landlock.complete && report.seccomp.available;
    assert_eq!(report.missing.is_empty(), whole, "{report:?}");
    let started = report.attempts[3].refused_by.is_none();
    assert!(!started || !(report.landlock.available || report.seccomp.available));
    assert_eq!(report.limits.open_files, Some(3));
    assert_eq!(report.limits.file_bytes, Some(0));
}

#[test]
fn a_program_that_does_not_answer_is_told_as_missing() {
    let (_folder, program) = misbehaving("says-nothing.sh");
    let report = Extractor::new(program, Limits::default()).system_report();
    assert!(report.attempts.is_empty());
    assert_eq!(report.missing.len(), 1);
}

#[test]
fn a_forbidden_system_call_has_its_own_words() {
    let (_folder, program) = misbehaving("forbidden.sh");
    let extracted =
        Extractor::new(program, Limits::default()).extract(written("<html>x").path(), "a.html");
    let detail = "the reader was ended for a system call that no reader makes";
    assert_eq!(extracted.findings[0].detail, detail);
}
