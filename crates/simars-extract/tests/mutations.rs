//! Files made wrong in thousands of ways, read by real children: whatever they are, the caller
//! gets an answer that makes sense, in time, and never a panic. The example program `mutate` does
//! the same with any files for as long as wanted.

#[path = "mutations/made.rs"]
mod made;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use simars_extract::{Extractor, Limits, PageImage, sniff};

use simars_record::layout::{Cell, WrongSum, read_layout, read_layout_page, read_structure};
use simars_record::{Extracted, FindingCode, Table, WordBox};

use simars_testkit::mutation::{Base, Random, mutated, renumbered};
use simars_testkit::sense::{deaths, nonsense};

const SEED: u64 = 2024;
/// The children's time; the simpler reader gets a quarter more.
const WALL: Duration = Duration::from_secs(6);
/// What the machine may be busy with beside.
const PATIENCE: Duration = Duration::from_secs(30);
/// The share of children that may die of a library's fault, of a hundred.
const MOST_DEATHS: usize = 3;

fn program() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let profile = test.parent().and_then(Path::parent).expect("a folder two up");
    profile.join("examples").join("extract")
}

/// A program that answers with the file that it is given.
fn echo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/children/echoes.sh")
}

fn extractor(program: PathBuf) -> Extractor {
    let limits = Limits {
        wall: WALL,
        cpu: Duration::from_secs(3),
        memory_bytes: 256 << 20,
        text_bytes: 4 << 20,
        ..Limits::default()
    };
    Extractor::new(program, limits)
}

/// What came of many cases.
#[derive(Debug, Default)]
struct Tally {
    cases: usize,
    with_text: usize,
    timed_out: usize,
    deaths: BTreeMap<String, Vec<u64>>,
}

/// Has every case looked at; each is told by its number.
fn run(
    kind: &str,
    bases: &[Base],
    cases: u64,
    look: impl Fn(&Base, Vec<u8>, &mut Random) -> Extracted,
) {
    let mut tally = Tally::default();
    for number in 0..cases {
        let mut random = Random::case(SEED, number);
        let base = random.one_of(bases);
        let bytes = base.mutated(bases, &mut random);
        let started = Instant::now();
        let looked = catch_unwind(AssertUnwindSafe(|| look(base, bytes, &mut random)));
        let extracted = looked.unwrap_or_else(|_| panic!("{kind} {number}: the caller panics"));
        assert!(
            started.elapsed() < WALL * 2 + PATIENCE,
            "{kind} {number}: {:?}",
            started.elapsed()
        );
        assert_eq!(nonsense(&extracted), None, "{kind} {number}, a changed {}", base.name);
        tally.cases += 1;
        tally.with_text += usize::from(extracted.pages.iter().any(|page| page.has_text()));
        let late = |code| code == FindingCode::TimedOut;
        tally.timed_out += usize::from(extracted.findings.iter().any(|one| late(one.code)));
        for death in deaths(&extracted.findings) {
            tally.deaths.entry(death.to_owned()).or_default().push(number);
        }
    }
    let dead: usize = tally.deaths.values().map(Vec::len).sum();
    // Past what a test's output is hidden by: the share of deaths is worth a line each time.
    let told = writeln!(io::stdout(), "{kind}: {dead} deaths of {} cases: {tally:?}", tally.cases);
    told.expect("an open output");
    assert!(dead * 100 <= tally.cases * MOST_DEATHS, "{kind}: {tally:?}");
}

#[test]
fn changed_pdfs_are_read_and_drawn() {
    let extractor = extractor(program());
    run("pdf", &made::pdfs(), 300, |base, bytes, random| {
        let mut extracted = extractor.extract_bytes(&bytes, &base.name);
        let page = 1 + random.below(3) as u32;
        if random.below(3) == 0 {
            draw(&extractor, &bytes, "application/pdf", page, &mut extracted);
        }
        extracted
    });
}

#[test]
fn changed_office_files_are_read() {
    let extractor = extractor(program());
    run("package", &made::packages(), 900, |base, bytes, _| {
        extractor.extract_bytes(&bytes, &base.name)
    });
}

#[test]
fn changed_markup_and_messages_are_read() {
    let extractor = extractor(program());
    run("markup", &made::markup(), 900, |base, bytes, _| {
        extractor.extract_bytes(&bytes, &base.name)
    });
}

#[test]
fn changed_pictures_are_drawn() {
    let extractor = extractor(program());
    run("picture", &made::pictures(), 500, |base, bytes, random| {
        let mut extracted = extractor.extract_bytes(&bytes, &base.name);
        let media_type = sniff(&bytes, &base.name).media_type;
        let page = 1 + random.below(2) as u32;
        draw(&extractor, &bytes, media_type, page, &mut extracted);
        extracted
    });
}

/// Draws a page of these bytes; a finding about it goes to the others.
fn draw(extractor: &Extractor, bytes: &[u8], media_type: &str, page: u32, to: &mut Extracted) {
    let file = written(bytes);
    match extractor.page_image(&file, media_type, page, 120) {
        Ok(image) => assert!(image.width <= 120, "{} points wide", image.width),
        // It may well be about a page that the file has not.
        Err(finding) => to.findings.push(simars_record::Finding { page: None, ..finding }),
    }
}

fn written(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(bytes).expect("a written file");
    file
}

#[test]
fn changed_texts_are_read_by_the_caller_itself() {
    let extractor = extractor(program());
    run("text", &made::texts(), 3000, |base, bytes, _| {
        let extracted = extractor.extract_bytes(&bytes, &base.name);
        let most = bytes.len() * 3;
        let length: usize = extracted.pages.iter().map(|page| page.text.len()).sum();
        assert!(length <= most, "{length} bytes of text from {} of file", bytes.len());
        extracted
    });
}

/// The answer of a child that has read a PDF; it looks like a PDF itself to who only looks.
fn answer() -> Vec<u8> {
    let mut read =
        extractor(program()).extract_bytes(&made::pdfs().pop().expect("one").bytes, "a.pdf");
    assert_eq!(read.reader, "hayro", "{:?}", read.findings);
    // A table with something noticed in it, so that changes meet that too.
    let layout = read.pages.iter_mut().find_map(|page| page.layout.as_deref_mut());
    let cell = Cell { row: 1, column: 1 };
    layout.expect("a page with places").tables.push(Table {
        area: WordBox { left: 100, top: 100, right: 900, bottom: 400, confidence: None },
        ruled: true,
        rows: vec![vec!["Desa".to_owned(), "1.137".to_owned()]; 3],
        doubtful: vec![cell],
        wrong_sums: vec![WrongSum { cell, stated: 1_137, counted: 2_274 }],
    });
    let mark = simars_record::Page::new("%PDF-", simars_record::TextSource::Layer);
    read.pages.insert(0, mark);
    serde_json::to_vec(&read).expect("an answer")
}

/// As a child frames it: a mark, the length, the body.
fn framed(body: &[u8]) -> Vec<u8> {
    [b"SMXA", (body.len() as u64).to_le_bytes().as_slice(), body].concat()
}

#[test]
fn changed_answers_are_believed_only_where_they_make_sense() {
    let (extractor, body) = (extractor(echo()), answer());
    let whole = extractor.extract_bytes(&framed(&body), "a.pdf");
    assert_eq!((whole.reader.as_str(), whole.pages.len()), ("hayro", 3));
    let bases = [Base::new("a.pdf", body)];
    run("answer", &bases, 700, |base, bytes, random| {
        let message = match random.below(8) {
            0 => mutated(&framed(&base.bytes), &bytes, random),
            1..4 => framed(&bytes),
            _ => framed(&renumbered(&base.bytes, random)),
        };
        extractor.extract_bytes(&message, "a.pdf")
    });
}

#[test]
fn changed_images_and_layouts_are_no_harm() {
    let extractor = extractor(echo());
    let layout = {
        let read: Extracted = serde_json::from_slice(&answer()).expect("an answer");
        String::from_utf8(read.layout_object().expect("a layout")).expect("text")
    };
    let pictures = made::pictures();
    let pictures: Vec<&Base> = pictures.iter().filter(|one| one.name != "a.gif").collect();
    for number in 0..1000 {
        let mut random = Random::case(SEED, number);
        let picture = mutated(&random.one_of(&pictures).bytes, layout.as_bytes(), &mut random);
        if let Some(image) = PageImage::from_bytes(picture.clone()) {
            assert!(image.width > 0 && image.height > 0);
        }
        if number % 8 == 0 {
            let file = written(&framed(&[&[1], picture.as_slice()].concat()));
            let drawn = extractor.page_image(&file, "image/png", 1, 120).map(|image| image.bytes);
            let known = PageImage::from_bytes(picture).map(|image| image.bytes);
            assert_eq!(drawn.ok(), known);
        }
        let object = mutated(layout.as_bytes(), layout.as_bytes(), &mut random);
        let object = String::from_utf8_lossy(&object);
        let pages = read_layout(&object).map_or(0, |(_, pages)| pages.len());
        assert!(pages <= object.lines().count());
        assert_eq!(read_layout_page(&object, 0), None);
        let _ = (read_structure(&object), read_layout_page(&object, 2));
    }
}
