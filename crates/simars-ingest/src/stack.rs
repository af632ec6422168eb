//! A stack of papers that was scanned in one: separator sheets between them tell where each
//! document begins, and each becomes a document of its own.
//!
//! The sheets belong to no document. Where anything is doubtful, nothing is taken apart: the file
//! is filed as it is, and a finding says why. The parts of a stack are registered in one commit, and
//! the same stack gives the same parts to the last byte, so that it is known when it comes again.

mod waiting;

use std::fs::File;

use simars_access::{Action, Standing, Who, may};
use simars_archive::Received;
use simars_extract::Sheets;
use simars_record::{Finding, FindingCode, Publication, Separator, StackPart};

use crate::pipeline::{Filing, Prepared, ReadFile, Stacks};
use crate::{Holdings, Report, Stated};

pub(crate) use waiting::Waiting;

const PDF: &str = "application/pdf";
const TIFF: &str = "image/tiff";
/// So many pages are named where sheets are told of.
const NAMED: usize = 5;

/// A file that was read and looked through for separator sheets.
#[derive(Debug)]
pub(crate) enum Taken {
    /// One document.
    One(Prepared),
    /// Several; the report is that on the stack, and lacks them.
    Stack(Box<Report>, Vec<Prepared>),
}

/// A run of pages between separator sheets, with the sheet before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run<'a> {
    first: u32,
    last: u32,
    sheet: Option<&'a Separator>,
}

/// A part of a stack that is a file of its own now.
struct Part {
    received: Received,
    stated: Stated,
    origin: StackPart,
}

impl Holdings {
    /// Steps 2 and 3 for a file that may be a stack.
    pub(crate) fn take_apart(&self, received: Received, filing: &Filing<'_>) -> Taken {
        let mut read = match self.read(received, filing) {
            Ok(read) => read,
            Err(report) => return Taken::One(Prepared::Known(report)),
        };
        let Some((file, sheets)) = self.sheets(&read, filing) else {
            return Taken::One(self.described(read, filing, None));
        };
        match self.parts(&read, &file, &sheets, filing) {
            Ok(parts) => {
                let prepared = (1..).zip(parts).map(|(n, part)| self.prepare_part(n, part, filing));
                let prepared = prepared.collect();
                Taken::Stack(Box::new(read.report), prepared)
            }
            Err(why) => {
                read.extracted.findings.insert(0, not_split(&sheets, &why));
                // What a sheet closes stays closed.
                let mut stated = filing.stated.clone();
                let closed = sheets.found.iter().filter_map(|(_, sheet)| sheet.access).max();
                stated.access = stated.access.max(closed);
                let filing = Filing { stated: &stated, ..filing.clone() };
                Taken::One(self.described(read, &filing, None))
            }
        }
    }

    /// The separator sheets of a file, and the file opened for whoever takes it apart; `None` if
    /// there are none, or nobody is to look for them.
    fn sheets(&self, read: &ReadFile, filing: &Filing<'_>) -> Option<(File, Sheets)> {
        let extracted = &read.extracted;
        let kind = matches!(extracted.media_type.as_str(), PDF | TIFF);
        if filing.stacks == Stacks::Whole || read.rendition.is_some() || !kind {
            return None;
        }
        // Of pages with text of their own, none was scanned.
        let pictures = extracted.pages_to_recognise();
        if extracted.pages.len() < 2 || pictures.is_empty() {
            return None;
        }
        let file = match (read.received.bytes(), read.received.path()) {
            (Some(bytes), _) => self.extractor().in_memory(bytes),
            (None, Some(path)) => File::open(path),
            (None, None) => return None,
        };
        let file = file.inspect_err(|error| tracing::warn!(%error, "a scan cannot be looked at"));
        let file = file.ok()?;
        let sheets = self.extractor().separators(&file, &extracted.media_type, &pictures);
        (!sheets.found.is_empty()).then_some((file, sheets))
    }

    /// The parts of a stack, each received as a file; or why it stays one document.
    fn parts(
        &self,
        read: &ReadFile,
        file: &File,
        sheets: &Sheets,
        filing: &Filing<'_>,
    ) -> Result<Vec<Part>, String> {
        let pages = read.extracted.pages.len() as u32;
        if let Some(finding) = read.extracted.findings.iter().find(|one| loses(one.code)) {
            return Err(finding.detail.clone());
        }
        if let Some(unseen) = &sheets.unseen {
            return Err(format!("not every page could be looked at: {unseen}"));
        }
        let given = &filing.stated.description;
        if given.number.is_some() || given.title.is_some() {
            let detail = "the number or title that is stated is that of one document";
            return Err(detail.to_owned());
        }
        let runs = runs(&sheets.found, pages);
        if runs.is_empty() {
            return Err("there are no pages between them".to_owned());
        }
        // Everything is judged before anything is made.
        let mut stated = Vec::with_capacity(runs.len());
        for run in &runs {
            let merged = merged(filing.stated, run.sheet)
                .map_err(|why| format!("the sheet before page {}: {why}", run.first))?;
            if !allowed(filing.who, &merged, filing) {
                return Err(format!(
                    "whoever files it may not file what the sheet before page {} states",
                    run.first
                ));
            }
            stated.push(merged);
        }
        let sha256 = read.received.object().sha256;
        let part = |(run, stated): (Run<'_>, Stated)| {
            let Run { first, last, .. } = run;
            let made = self.extractor().part(file, &read.extracted.media_type, (first, last));
            let bytes = made.map_err(|why| why.detail)?;
            let received = self.receive(&mut &*bytes).map_err(|why| why.to_string())?;
            let file_name = read.file_name.clone();
            let origin = StackPart { file_name, sha256, first, last, pages };
            Ok(Part { received, stated, origin })
        };
        runs.into_iter().zip(stated).map(part).collect()
    }

    /// Steps 2 and 3 for the part with this number, from 1.
    fn prepare_part(&self, number: usize, part: Part, filing: &Filing<'_>) -> Prepared {
        let path = part_name(filing.path, number);
        let filing = Filing { path: &path, stated: &part.stated, ..filing.clone() };
        match self.read(part.received, &filing) {
            Ok(read) => self.described(read, &filing, Some(part.origin)),
            Err(mut report) => {
                report.stack = Some(part.origin);
                Prepared::Known(report)
            }
        }
    }
}

/// The runs of pages that are no sheets, in a file of so many pages: those before the first sheet
/// too, and none that would be empty.
fn runs<'a>(sheets: &'a [(u32, Separator)], pages: u32) -> Vec<Run<'a>> {
    let starts =
        std::iter::once((0, None)).chain(sheets.iter().map(|(at, sheet)| (*at, Some(sheet))));
    let ends = sheets.iter().map(|(at, _)| *at).chain([pages + 1]);
    let runs = starts.zip(ends).map(|((sheet_at, sheet), end)| Run {
        first: sheet_at + 1,
        last: end - 1,
        sheet,
    });
    runs.filter(|run: &Run<'a>| run.first <= run.last).collect()
}

/// What is stated of a part: what was given for the whole file, and where nothing was, what its
/// sheet says. Of two access classes the more closed one counts.
fn merged(given: &Stated, sheet: Option<&Separator>) -> Result<Stated, String> {
    let mut stated = given.clone();
    let Some(Separator { kind, unit, code, access }) = sheet else { return Ok(stated) };
    if let (Some(kind), None) = (kind, &given.description.kind) {
        stated.set("kind", kind.as_str())?;
    }
    if let (Some(code), None) = (code, &given.description.classification) {
        stated.set("classification", code.as_str())?;
    }
    stated.unit = given.unit.or(*unit);
    stated.access = given.access.max(*access);
    Ok(stated)
}

/// Whether somebody may file a part with what is stated of it.
fn allowed(who: Who, stated: &Stated, filing: &Filing<'_>) -> bool {
    let (access, unit) = (stated.class(), stated.unit);
    let standing = Standing { access, publication: Publication::Draft, unit };
    // How long it is kept follows from its code.
    let classifies = stated.description.classification.is_some();
    let publishes = filing.publication == Publication::Published;
    may(who, Action::File, standing)
        && (!classifies || may(who, Action::Classify, standing))
        && (!publishes || may(who, Action::Publish, standing))
}

/// Whether something of a file would be in none of its parts, for all that is known: the whole is not
/// kept beside them.
const fn loses(code: FindingCode) -> bool {
    matches!(
        code,
        FindingCode::Encrypted
            | FindingCode::Damaged
            | FindingCode::TimedOut
            | FindingCode::ReaderFailed
            | FindingCode::FallbackReader
            | FindingCode::LimitReached
            | FindingCode::Attachments
    )
}

/// What is to be known about a stack that was filed as one document.
fn not_split(sheets: &Sheets, why: &str) -> Finding {
    let mut pages: Vec<String> =
        sheets.found.iter().take(NAMED).map(|(page, _)| page.to_string()).collect();
    if sheets.found.len() > NAMED {
        pages.push("…".to_owned());
    }
    let detail = format!("separator sheets on pages {}, but {why}", pages.join(", "));
    Finding::file(FindingCode::NotSplit, detail)
}

/// The name of a part: that of the stack, with its number.
fn part_name(path: &str, number: usize) -> String {
    let known = |ending: &str| ["pdf", "tif", "tiff"].contains(&&*ending.to_ascii_lowercase());
    match path.rsplit_once('.') {
        Some((stem, ending)) if known(ending) => format!("{stem}-bagian-{number}.{ending}"),
        _ => format!("{path}-bagian-{number}"),
    }
}

#[cfg(test)]
mod tests;
