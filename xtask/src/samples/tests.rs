//! The samples as a whole: reproducible, complete, and true to what they claim.

use std::sync::{Arc, LazyLock};

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, interpret_page,
};
use hayro::hayro_syntax::Pdf;
use hayro::kurbo::{Affine, BezPath, Rect};

use super::*;

/// Made once: drawing the scans takes a while.
static FILES: LazyLock<Files> = LazyLock::new(|| generate().unwrap());

fn documents() -> impl Iterator<Item = (&'static String, &'static Vec<u8>)> {
    let beside = ["README.md", "metadata.csv", "metadata.jsonl", "jadwal-contoh.csv"];
    FILES.iter().filter(move |(name, _)| {
        !name.ends_with(".expected.toml") && !beside.contains(&name.as_str())
    })
}

fn expected(file: &str) -> toml::Table {
    let bytes = &FILES[&expected::file_name(file)];
    std::str::from_utf8(bytes).unwrap().parse().unwrap()
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn two_runs_give_the_same_bytes() {
    let again = generate().unwrap();
    let names: Vec<&String> = again.keys().collect();
    assert_eq!(names, FILES.keys().collect::<Vec<_>>());
    for (name, bytes) in &again {
        assert!(FILES[name] == *bytes, "{name} differs between two runs");
    }
}

#[test]
fn every_document_has_an_expectation_and_no_expectation_stands_alone() {
    let mut count = 0;
    for (name, _) in documents() {
        assert!(FILES.contains_key(&expected::file_name(name)), "{name}");
        count += 1;
    }
    assert!(count >= 28, "{count} documents");
    for name in FILES.keys() {
        if let Some(document) = name.strip_suffix(".expected.toml") {
            assert!(FILES.contains_key(document), "{name}");
        }
    }
}

#[test]
fn no_two_documents_are_the_same_and_all_are_small() {
    let digests: std::collections::BTreeSet<_> =
        documents().map(|(_, bytes)| simars_record::Digest::of(bytes)).collect();
    assert_eq!(digests.len(), documents().count());
    assert!(FILES.values().map(Vec::len).sum::<usize>() < 1_500_000);
}

/// Reads back with another reader than the one that wrote, where there is text to read.
#[test]
fn phrases_stand_on_the_pages_that_are_named() {
    let mut found = 0;
    for (name, bytes) in documents().filter(|(_, bytes)| bytes.starts_with(b"%PDF")) {
        let expected = expected(name);
        let Some(phrases) = expected.get("text_contains") else { continue };
        let document = lopdf::Document::load_mem(bytes).unwrap();
        if let Some(pages) = expected.get("pages") {
            assert_eq!(pages.as_integer(), Some(document.get_pages().len() as i64), "{name}");
        }
        for phrase in phrases.as_array().unwrap() {
            let page = phrase["page"].as_integer().unwrap() as u32;
            let text = folded(&document.extract_text(&[page]).unwrap());
            let phrase = phrase["text"].as_str().unwrap();
            assert!(text.contains(phrase), "{name}, page {page}: {phrase:?} not in {text:?}");
            found += 1;
        }
    }
    assert!(found > 40, "{found} phrases");
}

#[test]
fn what_a_document_says_of_itself_stands_in_it() {
    for definition in
        definition::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content")).unwrap()
    {
        let facts = &definition.facts;
        let blocks = forms::blocks(&definition).unwrap();
        let text = folded(&plain::flowing_text(&blocks)).to_lowercase();
        let fields = [&facts.number, &facts.title, &facts.place, &facts.signatory, &facts.issuer];
        for value in fields.into_iter().flatten() {
            assert!(
                text.contains(&value.to_lowercase()),
                "{}: {value:?} not in the text",
                facts.file
            );
        }
    }
}

#[test]
fn kinds_are_those_that_the_archive_knows() {
    let kinds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../index-schema/kinds.toml");
    let kinds: toml::Table = fs::read_to_string(kinds).unwrap().parse().unwrap();
    let known: Vec<&str> =
        kinds["kind"].as_array().unwrap().iter().filter_map(|kind| kind["key"].as_str()).collect();
    for (name, _) in documents() {
        let expected = expected(name);
        // Slides say nothing of what kind of document they are.
        let Some(kind) = expected.get("kind") else { continue };
        let kind = kind.as_str().unwrap();
        assert!(known.contains(&kind), "{name}: {kind}");
    }
}

#[test]
fn metadata_rows_name_documents_and_hide_one() {
    let csv = std::str::from_utf8(&FILES["metadata.csv"]).unwrap();
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some(metadata::COLUMNS.join(",").as_str()));
    let mut rows = 0;
    for line in lines {
        let path = line.split(',').next().unwrap();
        assert!(documents().any(|(name, _)| name == path), "{path}");
        rows += 1;
    }
    for line in std::str::from_utf8(&FILES["metadata.jsonl"]).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let path = row["path"].as_str().unwrap();
        assert!(documents().any(|(name, _)| name == path), "{path}");
        rows += 1;
    }
    assert!(rows >= 6, "{rows} rows");
    let both = csv.to_owned() + std::str::from_utf8(&FILES["metadata.jsonl"]).unwrap();
    assert!(both.contains("terbatas"));
}

#[test]
fn the_locked_file_opens_with_its_password_only() {
    let (name, bytes) = documents().find(|(name, _)| name.contains("terkunci")).unwrap();
    assert!(lopdf::Document::load_mem(bytes).unwrap().is_encrypted(), "{name}");
    let open = |password: &str| {
        let options = lopdf::LoadOptions::with_password(password);
        lopdf::Document::load_mem_with_options(bytes, options)
    };
    let opened = open(pdf::PASSWORD).unwrap();
    assert!(!opened.extract_text(&[1]).unwrap().trim().is_empty());
    assert!(open("salah").is_err());
}

/// Cut short it has no trailer; what comes before the cut is whole.
#[test]
fn the_damaged_file_can_be_read_in_part() {
    let (name, bytes) = documents().find(|(name, _)| name.contains("rusak")).unwrap();
    assert!(!bytes.ends_with(b"%%EOF"), "{name} is whole");
    assert!(expected(name).get("pages").is_none());
    let repaired = Pdf::new(bytes.clone()).unwrap();
    let (left, whole) = (repaired.pages().len(), 4);
    assert!((1..whole).contains(&left), "{name}: {left} of {whole} pages left");
}

#[test]
fn a_folder_that_differs_is_told_file_by_file() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = tempfile::tempdir().unwrap();
    for (place, name, text) in [
        (&folder, "sama.txt", "x"),
        (&fresh, "sama.txt", "x"),
        (&folder, "beda.txt", "x"),
        (&fresh, "beda.txt", "y"),
        (&folder, "lebih.txt", "x"),
        (&fresh, "kurang.txt", "x"),
    ] {
        fs::write(place.path().join(name), text).unwrap();
    }
    let found = differences(folder.path(), fresh.path()).unwrap().join("\n");
    assert!(!found.contains("sama.txt"));
    for line in ["beda.txt: differs", "kurang.txt: missing", "lebih.txt: not made"] {
        assert!(found.contains(line), "{found}");
    }
}

/// The table of widths against the metrics that the PDF interpreter knows.
#[test]
fn widths_are_those_of_the_fonts() {
    let facts = "file = 'x.pdf'\nformat = 'pdf'\nshows = ''\nphrases = []";
    let facts: Facts = toml::from_str(facts).unwrap();
    let special = widths::SPECIAL.iter().map(|(character, ..)| *character);
    let text: String = (' '..='~').chain(special).collect();
    let sheets = font::Font::ALL.map(|font| {
        let text = text.clone();
        let mark = page::TextMark { x: 0.0, y: 20.0, font, size: 10.0, stretch: 0.0, text };
        page::Sheet { marks: vec![page::Mark::Text(mark)], ..page::Sheet::default() }
    });
    let pdf = Pdf::new(Arc::new(pdf::in_format(&facts, &sheets).unwrap())).unwrap();
    let cache = InterpreterCache::new();
    for (font, page) in font::Font::ALL.into_iter().zip(pdf.pages().iter()) {
        let bounds = Rect::new(0.0, 0.0, 1000.0, 1000.0);
        let settings = InterpreterSettings::default();
        let mut context = Context::new(Affine::IDENTITY, bounds, &cache, pdf.xref(), settings);
        let mut advances = Advances(Vec::new());
        interpret_page(page, &mut context, &mut advances);
        let expected: Vec<f32> =
            text.chars().map(|character| f32::from(font.character_width(character))).collect();
        assert_eq!(advances.0, expected, "{}", font.name());
    }
}

/// Notes how far each glyph moves the pen, in thousandths of the type size.
struct Advances(Vec<f32>);

impl<'a> Device<'a> for Advances {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            if let Glyph::Outline(outline) = &**glyph {
                self.0.push(outline.advance_width().unwrap_or_default().round());
            }
        }
    }
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
