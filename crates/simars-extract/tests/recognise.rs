//! Recognition of a made scan through real child processes. Where the engine is not installed,
//! what is tested is that each page says so.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use simars_extract::{Extractor, Limits, Recognised};
use simars_record::{FindingCode, Page, TextSource};

fn extractor() -> Extractor {
    let test = std::env::current_exe().expect("the path of this test");
    let profile = test.parent().and_then(Path::parent).expect("a folder two up");
    // An unoptimised child takes many times as long for a picture.
    let long = Duration::from_secs(100);
    let limits = Limits { wall: long, cpu: long, ..Limits::default() };
    Extractor::new(profile.join("examples").join("extract"), limits)
}

fn sample() -> File {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    File::open(folder.join("keputusan-6-2009-pindaian.pdf")).expect("the sample")
}

fn is_ready(extractor: &Extractor) -> bool {
    extractor.engine().is_some_and(simars_extract::Engine::reads_indonesian)
}

fn codes(recognised: &Recognised) -> Vec<FindingCode> {
    recognised.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_scan_is_read_or_says_what_is_missing() {
    let extractor = extractor();
    let read = extractor.recognise(&sample(), "application/pdf", 1, None);
    if !is_ready(&extractor) {
        assert_eq!(codes(&read), [FindingCode::RecognitionMissing]);
        assert!(read.findings[0].detail.contains("tesseract-ocr-ind"));
        assert!(read.page.recognise && !read.page.has_text());
        return;
    }
    assert_eq!(read.page.source, TextSource::Ocr);
    assert!(read.page.text.contains("PENETAPAN LOKASI GUDANG"), "{}", read.page.text);
    let layout = read.page.layout.expect("places");
    assert_eq!(layout.words.len(), read.page.text.split_whitespace().count());
    assert!(layout.confidence.is_some_and(|sure| sure > 80));
    assert!(layout.engine.is_some_and(|engine| engine.starts_with("tesseract ")));
    assert!((550.0..650.0).contains(&layout.width), "{}", layout.width);
    // Words that stand below each other on the paper do so in their boxes.
    assert!(layout.words[0].top < layout.words[layout.words.len() - 1].top);
}

#[test]
fn the_better_of_two_readings_is_given_and_the_other_kept() {
    let extractor = extractor();
    let broken = Page::new("K0M1SI PEM1L1HAN UMVM l2#4", TextSource::Layer);
    let read = extractor.recognise(&sample(), "application/pdf", 1, Some(&broken));
    if !is_ready(&extractor) {
        assert_eq!(read.page.text, broken.text);
        return;
    }
    assert!(codes(&read).contains(&FindingCode::LayerReplaced));
    let other = read.page.layout.and_then(|layout| layout.other).expect("the other reading");
    assert_eq!((other.source, other.text), (TextSource::Layer, broken.text));
    let fine = "yang dan di untuk dengan dalam pada ini itu oleh".repeat(40);
    let fine = Page::new(&fine.replace("oleh", "oleh "), TextSource::Layer);
    let kept = extractor.recognise(&sample(), "application/pdf", 1, Some(&fine));
    assert_eq!(kept.page.text, fine.text);
    assert!(!kept.page.recognise && kept.findings.is_empty());
}

#[test]
fn what_cannot_be_recognised_is_a_finding_of_its_page() {
    let extractor = extractor();
    for (media_type, page) in [("application/pdf", 99), ("text/html", 1)] {
        let read = extractor.recognise(&sample(), media_type, page, None);
        assert!(!read.page.has_text());
        assert_eq!((read.findings.len(), read.findings[0].page), (1, Some(page)));
    }
}
