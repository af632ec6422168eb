//! One case: a changed file, and everything that is done with it.

use std::any::Any;
use std::fs::File;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use simars_extract::{Extractor, Limits, PageImage, sniff};
use simars_record::layout::{read_layout, read_layout_page, read_structure};
use simars_record::{Extracted, FindingCode, Page, TextSource};
use simars_testkit::mutation::{Base, Random, mutated, renumbered};
use simars_testkit::sense::{deaths, nonsense};

/// A reader may take the wall time, and the simpler one a quarter of it; the machine may be busy.
const WALL: Duration = Duration::from_secs(8);
const MOST_TIME: Duration = Duration::from_secs(20);
/// Every so many cases answers are changed too, and every so many pages recognised.
const ANSWERS_EVERY: usize = 6;
const RECOGNISED_EVERY: usize = 60;

/// What came of something that was done with a file.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) kind: String,
    pub(crate) detail: String,
    /// Whether it is worth a line.
    pub(crate) told: bool,
    /// Whether it is the fault of the project itself.
    pub(crate) wrong: bool,
}

impl Outcome {
    fn quiet(kind: &str) -> Self {
        Self { kind: kind.to_owned(), detail: String::new(), told: false, wrong: false }
    }

    fn wrong(kind: &str, detail: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), detail: detail.into(), told: true, wrong: true }
    }

    fn death(detail: &str) -> Self {
        let kind = format!("death: {detail}");
        Self { kind, detail: detail.to_owned(), told: true, wrong: false }
    }

    /// A case without an end.
    pub(crate) fn hang() -> Self {
        Self::wrong("hang", "the caller waits and waits")
    }
}

/// The files and those who read them.
#[derive(Debug)]
pub(crate) struct Bench {
    bases: Vec<Base>,
    reader: Extractor,
    /// Answers with the file itself.
    echo: Extractor,
}

impl Bench {
    pub(crate) fn new(program: PathBuf, bases: Vec<Base>) -> io::Result<Self> {
        let limits = Limits {
            wall: WALL,
            cpu: Duration::from_secs(5),
            children: 1,
            pages: 2000,
            text_bytes: 8 << 20,
            ..Limits::default()
        };
        let echo = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/children/echoes.sh");
        if !echo.is_file() {
            return Err(io::Error::other(format!("{} is missing", echo.display())));
        }
        let (reader, echo) = (Extractor::new(program, limits), Extractor::new(echo, limits));
        Ok(Self { bases, reader, echo })
    }

    /// The changed file of a case, and the name it is handed in as.
    pub(crate) fn input(&self, random: &mut Random) -> (String, Vec<u8>) {
        let base = random.one_of(&self.bases);
        (base.name.clone(), base.mutated(&self.bases, random))
    }

    /// Does everything with it.
    pub(crate) fn run(&self, name: &str, bytes: &[u8], random: &mut Random) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        let looked =
            catch_unwind(AssertUnwindSafe(|| self.look(name, bytes, random, &mut outcomes)));
        if let Err(panic) = looked {
            outcomes.push(Outcome::wrong("panic of the caller", message(&*panic)));
        }
        outcomes
    }

    fn look(&self, name: &str, bytes: &[u8], random: &mut Random, to: &mut Vec<Outcome>) {
        let started = Instant::now();
        let extracted = self.reader.extract_bytes(bytes, name);
        judge("read", &extracted, started.elapsed(), to);
        self.draw(name, bytes, random, to);
        if random.below(ANSWERS_EVERY) == 0 {
            self.answer(extracted, random, to);
        }
    }

    /// Draws a page, and at times recognises it.
    fn draw(&self, name: &str, bytes: &[u8], random: &mut Random, to: &mut Vec<Outcome>) {
        let media_type = sniff(bytes, name).media_type;
        let (page, width) = (1 + random.below(3) as u32, 1 + random.below(700) as u32);
        if media_type != "application/pdf" && !media_type.starts_with("image/") {
            return;
        }
        let file = match written(bytes) {
            Ok(file) => file,
            Err(error) => return to.push(Outcome::wrong("no file", error.to_string())),
        };
        let started = Instant::now();
        match self.reader.page_image(&file, media_type, page, width) {
            Ok(image) => {
                to.push(Outcome::quiet("drawn"));
                if image.width > width {
                    let detail = format!("{} points wide instead of {width}", image.width);
                    to.push(Outcome::wrong("too wide", detail));
                }
                let changed = mutated(&image.bytes, bytes, random);
                let _ = PageImage::from_bytes(changed);
            }
            Err(finding) => {
                to.push(Outcome::quiet(&format!("not drawn: {}", finding.code.as_str())));
                to.extend(
                    deaths(&[finding]).map(|death| Outcome::death(&format!("drawing: {death}"))),
                );
            }
        }
        late("drawing", started.elapsed(), to);
        if random.below(RECOGNISED_EVERY) == 0 {
            let recognised = self.reader.recognise(&file, media_type, page, None);
            let findings = recognised.findings.into_iter();
            // It is one page of a file whose number of pages nobody knows here.
            let findings = findings.map(|finding| simars_record::Finding { page: None, ..finding });
            let extracted = made_up(recognised.page, findings.collect());
            judge("recognised", &extracted, Duration::ZERO, to);
        }
    }

    /// Believes a child that is out of its mind.
    fn answer(&self, mut extracted: Extracted, random: &mut Random, to: &mut Vec<Outcome>) {
        let object = extracted.layout_object().unwrap_or_default();
        let object = mutated(&object, &object, random);
        let object = String::from_utf8_lossy(&object);
        let _ = (read_layout(&object), read_structure(&object), read_layout_page(&object, 2));
        // An answer that looks like a PDF to who only looks.
        extracted.pages.insert(0, Page::new("%PDF-", TextSource::Layer));
        let Ok(body) = serde_json::to_vec(&extracted) else { return };
        let body = match random.below(2) {
            0 => mutated(&body, &body, random),
            _ => renumbered(&body, random),
        };
        let mut message = [b"SMXA", (body.len() as u64).to_le_bytes().as_slice(), &body].concat();
        if random.below(8) == 0 {
            message = mutated(&message, &body, random);
        }
        let started = Instant::now();
        judge("answer", &self.echo.extract_bytes(&message, "a.pdf"), started.elapsed(), to);
    }
}

fn made_up(page: Page, findings: Vec<simars_record::Finding>) -> Extracted {
    Extracted {
        media_type: "application/pdf".to_owned(),
        pages: vec![page],
        findings,
        embedded_title: None,
        reader: "recognition".to_owned(),
        structure: None,
    }
}

/// What there is to say about an answer.
fn judge(work: &str, extracted: &Extracted, took: Duration, to: &mut Vec<Outcome>) {
    let text = extracted.pages.iter().any(Page::has_text);
    to.push(Outcome::quiet(&format!("{work}: {}", if text { "text" } else { "findings only" })));
    if let Some(wrong) = nonsense(extracted) {
        to.push(Outcome::wrong("nonsense", format!("{work}: {wrong}")));
    }
    to.extend(deaths(&extracted.findings).map(|death| Outcome::death(&format!("{work}: {death}"))));
    let stopped = extracted.findings.iter().find(|one| one.code == FindingCode::TimedOut);
    to.extend(stopped.map(|finding| Outcome {
        kind: format!("{work}: timed out"),
        detail: finding.detail.clone(),
        told: true,
        wrong: false,
    }));
    late(work, took, to);
}

fn late(work: &str, took: Duration, to: &mut Vec<Outcome>) {
    if took > MOST_TIME {
        to.push(Outcome::wrong("late", format!("{work} took {:.1} s", took.as_secs_f32())));
    }
}

fn written(bytes: &[u8]) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(bytes)?;
    Ok(file)
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".to_owned())
}
