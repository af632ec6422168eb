//! Recognition: from a page as a picture to its words, their places, its tables, and doubts.
//!
//! One child draws the page and makes it ready ([`crate::scan`]); another becomes the engine. What
//! decides here works on values: words with boxes, lines, pictures.

mod compose;
mod digits;
mod engine;
mod grid;
mod judge;
mod mosaic;
#[cfg(test)]
mod mutated;
mod ruled;
mod settle;
mod tsv;
mod vocabulary;

use std::fs::File;
use std::io;
use std::time::{Duration, Instant};

use simars_record::{Finding, FindingCode, Page, TextSource, layout};

use crate::answer::{self, Task, Work};
use crate::extractor::memory_file;
use crate::gray::Gray;
use crate::mail::MAIL;
use crate::raster::{self, Size};
use crate::scan::{self, Notes, Scan};
use crate::table::wrong_sums;
use crate::{Extractor, Kind, Limits, child};

pub use engine::Engine;
pub(crate) use engine::become_engine;

use engine::{DPI, Mode};
use judge::Coverage;
use ruled::Ruled;

/// Time on the wall clock for one page, everything included.
const WALL: Duration = Duration::from_secs(300);
/// What a picture may have at most; the drawing ends at 40 million points, and turning adds some.
const MOST_POINTS: usize = 64_000_000;
/// So many known words are not read by chance on a page that stands on its side or on its head,
/// however much of it was passed over: rows of dots, for example, look like writing.
const UPRIGHT_WORDS: f32 = 12.0;

/// What recognition made of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognised {
    /// The page, with the better of the readings; the other one is in its layout.
    pub page: Page,
    /// What was noticed; each names the page.
    pub findings: Vec<Finding>,
}

impl Extractor {
    /// The engine that recognises text, looked for when first asked; `None` if none is installed.
    pub fn engine(&self) -> Option<&Engine> {
        self.engine.get_or_init(Engine::find).as_ref()
    }

    /// Recognises one page, counted from 1, of the file. `layer` is the page as it was read from
    /// the file itself, if there is any text in it; the better of the two is given. Never fails:
    /// what goes wrong is among the findings, and the page is then `layer`, or empty.
    pub fn recognise(
        &self,
        file: &File,
        media_type: &str,
        page: u32,
        layer: Option<&Page>,
    ) -> Recognised {
        let _place = self.pool.enter();
        // Waiting for a place takes nothing from the time for the page.
        let deadline = Instant::now() + WALL;
        let read = self
            .ready_engine()
            .and_then(|engine| self.read_upright(engine, file, media_type, page, deadline));
        let mut recognised = match read {
            Ok(reading) => choose(reading, layer, page),
            Err(finding) => {
                let page = layer.cloned().unwrap_or_else(|| Page::new("", TextSource::None));
                Recognised { page: Page { recognise: true, ..page }, findings: vec![finding] }
            }
        };
        recognised.findings.iter_mut().for_each(|finding| finding.page = Some(page));
        recognised
    }

    /// [`Extractor::recognise`] for a file whose bytes are in memory; nothing of it goes to a disk.
    pub fn recognise_bytes(
        &self,
        bytes: &[u8],
        media_type: &str,
        page: u32,
        layer: Option<&Page>,
    ) -> Recognised {
        match memory_file(bytes) {
            Ok(file) => self.recognise(&file, media_type, page, layer),
            Err(error) => {
                let detail = format!("the page could not be read: {error}");
                let page = layer.cloned().unwrap_or_else(|| Page::new("", TextSource::None));
                let finding = Finding::file(FindingCode::ReaderFailed, detail);
                Recognised { page, findings: vec![finding] }
            }
        }
    }

    /// Reads the page as it stands and, when that is hopeless, turned by quarters.
    fn read_upright(
        &self,
        engine: &Engine,
        file: &File,
        media_type: &str,
        page: u32,
        deadline: Instant,
    ) -> Result<Reading, Finding> {
        let read = |quarters| -> Result<Reading, Finding> {
            let scan = self.scan(file, media_type, page, quarters)?;
            self.read_scan(engine, &scan, deadline)
        };
        let mut best = read(0)?;
        if !best.is_hopeless() {
            return Ok(best);
        }
        for quarters in [2, 1, 3] {
            let Ok(turned) = read(quarters) else { break };
            // A page on its head is read as nonsense, but nonsense of many letters.
            if turned.worth() > best.worth() * 1.5 + 1.0 {
                best = turned;
            }
            if !best.is_hopeless() {
                break;
            }
        }
        Ok(best)
    }

    fn ready_engine(&self) -> Result<&Engine, Finding> {
        let missing = |detail: &str| Finding::file(FindingCode::RecognitionMissing, detail);
        let engine = self.engine().ok_or_else(|| {
            missing(
                "no recognition engine; install the packages tesseract-ocr and tesseract-ocr-ind",
            )
        })?;
        if engine.reads_indonesian() {
            return Ok(engine);
        }
        Err(missing(
            "the recognition engine has no Indonesian; install the package tesseract-ocr-ind",
        ))
    }

    /// Has a child draw the page and make it ready.
    fn scan(
        &self,
        file: &File,
        media_type: &str,
        page: u32,
        quarters: u8,
    ) -> Result<Scan, Finding> {
        let kind = match media_type {
            "application/pdf" => Kind::Pdf,
            "image/tiff" => Kind::Tiff,
            MAIL => Kind::Mail,
            image if image.starts_with("image/") => Kind::Image,
            other => {
                let detail = format!("pages of {other} cannot be recognised");
                return Err(Finding::file(FindingCode::Unsupported, detail));
            }
        };
        let file_bytes = file.metadata().map_or(0, |metadata| metadata.len());
        // Nobody waits for it: on a busy machine it may take its time, though no more processor.
        let limits = Limits { wall: WALL, ..self.limits };
        let task = Task { work: Work::Scan { page, quarters }, kind, file_bytes, limits };
        child::run(&self.program, file, &task, decode_scan)?
    }

    fn read_scan(
        &self,
        engine: &Engine,
        scan: &Scan,
        deadline: Instant,
    ) -> Result<Reading, Finding> {
        let failed = |detail: String| {
            Finding::file(FindingCode::RecognitionFailed, format!("recognition failed: {detail}"))
        };
        let grids = grid::find(&scan.notes.lines);
        let mut rest = scan.picture.clone();
        grids.iter().for_each(|grid| mosaic::blank(&mut rest, grid.area()));
        let wall = deadline.saturating_duration_since(Instant::now());
        let pictures = std::slice::from_ref(&rest);
        let lines = engine.read(&self.program, pictures, Mode::Column, wall).map_err(failed)?;
        let tables = ruled::read(scan, &grids, engine, &self.program, deadline).map_err(failed)?;
        let page = compose::page(&lines, &tables, &scan.notes.frame, engine);
        let words = lines.iter().flat_map(|line| &line.words);
        let words = words.chain(tables.iter().flat_map(Ruled::words));
        let coverage = Coverage::of(&scan.picture, scan.notes.threshold, words);
        Ok(Reading { page, coverage })
    }
}

/// What was read freshly.
struct Reading {
    page: Page,
    coverage: Coverage,
}

impl Reading {
    fn confidence(&self) -> Option<u8> {
        self.page.layout.as_ref().and_then(|layout| layout.confidence)
    }

    /// Whether another side of the page should be tried as its top.
    fn is_hopeless(&self) -> bool {
        if self.worth() >= UPRIGHT_WORDS {
            return false;
        }
        let letters = self.page.text.chars().filter(|one| one.is_alphanumeric()).count();
        self.coverage.is_hopeless(self.confidence(), letters)
    }

    fn worth(&self) -> f32 {
        vocabulary::worth(&self.page.text)
    }
}

/// The better of the fresh reading and the layer, with the other one kept beside it.
fn choose(reading: Reading, layer: Option<&Page>, number: u32) -> Recognised {
    let fresh = &reading.page;
    let mut findings = doubts(&reading, number);
    let layer = layer.filter(|layer| layer.has_text());
    let Some(layer) = layer else { return Recognised { page: reading.page, findings } };
    let beside = |page: &Page| {
        let layout = page.layout.as_deref();
        let words = layout.map(|layout| layout.words.clone()).unwrap_or_default();
        Some(Box::new(layout::Reading {
            source: page.source,
            text: page.text.clone(),
            words,
            confidence: layout.and_then(|layout| layout.confidence),
            engine: layout.and_then(|layout| layout.engine.clone()),
        }))
    };
    if vocabulary::layer_is_better(&layer.text, &fresh.text) {
        let mut page = Page { recognise: false, ..layer.clone() };
        if let Some(layout) = &mut page.layout {
            layout.other = beside(fresh);
        }
        return Recognised { page, findings: Vec::new() };
    }
    let detail = "the file's own text of the page is worse than what was recognised; both are kept";
    findings.push(Finding::file(FindingCode::LayerReplaced, detail));
    let mut page = reading.page;
    if let Some(layout) = &mut page.layout {
        layout.other = beside(layer);
    }
    Recognised { page, findings }
}

/// What there is to say about a fresh reading.
fn doubts(reading: &Reading, page: u32) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(doubt) = reading.coverage.doubt(reading.confidence()) {
        findings.push(Finding::file(FindingCode::Doubtful, doubt));
    }
    let tables = || reading.page.layout.iter().flat_map(|layout| &layout.tables);
    let doubtful: usize = tables().map(|table| table.doubtful.len()).sum();
    if doubtful > 0 {
        let detail = format!("the digits of {doubtful} table cells are doubtful");
        findings.push(Finding::file(FindingCode::DoubtfulDigits, detail));
    }
    findings.extend(tables().zip(1..).flat_map(|(table, place)| wrong_sums(table, place, page)));
    findings
}

/// The child's part: draws the page, makes it ready and encodes it as the body of an answer: the
/// length of what is known about it (4 bytes, little-endian), that in JSON, the points.
pub(crate) fn scan(bytes: Vec<u8>, kind: Kind, page: u32, quarters: u8) -> io::Result<Vec<u8>> {
    let scan = raster::page(bytes, kind, page, Size::Dpi(DPI as f32))
        .map(|picture| scan::prepare(raster::gray(picture), quarters));
    let (head, points) = match scan {
        Ok(Scan { picture, notes }) => {
            (Ok(Head { notes, size: (picture.width, picture.height) }), picture.points)
        }
        Err(finding) => (Err(finding), Vec::new()),
    };
    let head = serde_json::to_vec(&head)?;
    let mut body = Vec::with_capacity(4 + head.len() + points.len());
    body.extend_from_slice(&(head.len() as u32).to_le_bytes());
    body.extend_from_slice(&head);
    body.extend_from_slice(&points);
    Ok(body)
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Head {
    notes: Notes,
    size: (usize, usize),
}

/// Reads the body that [`fn@scan`] wrote; nothing in it is believed.
fn decode_scan(body: &[u8]) -> Result<Result<Scan, Finding>, &'static str> {
    const CUT: &str = "the picture is cut";
    let (length, rest) = body.split_first_chunk::<4>().ok_or(CUT)?;
    let length = u32::from_le_bytes(*length) as usize;
    let (head, points) = rest.split_at_checked(length).ok_or(CUT)?;
    let head: Result<Head, Finding> =
        serde_json::from_slice(head).map_err(|_| "the picture's head is not readable")?;
    let Head { notes, size: (width, height) } = match head {
        Ok(head) => head,
        Err(finding) => return Ok(Err(answer::tidy(finding))),
    };
    let whole = width.checked_mul(height).is_some_and(|count| count == points.len());
    if !whole || points.is_empty() || points.len() > MOST_POINTS {
        return Err("the picture is not as large as it says");
    }
    let inside = notes.lines.iter().all(|line| {
        line.left <= line.right
            && line.right < width
            && line.top <= line.bottom
            && line.bottom < height
    });
    if !inside || !notes.frame.is_possible() {
        return Err("the picture's lines are not on it");
    }
    Ok(Ok(Scan { picture: Gray { width, height, points: points.to_vec() }, notes }))
}
