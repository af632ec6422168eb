//! A stack of papers that was scanned in one: separator sheets between them tell where each
//! document begins, and each becomes a document of its own.
//!
//! The sheets belong to no document. Where anything is doubtful, nothing is taken apart: the file
//! is filed as it is, and a finding says why. The parts of a stack are registered in one commit, and
//! the same stack gives the same parts to the last byte, so that it is known when it comes again.

use std::fs::File;

use simars_access::{Action, Standing, Who, may};
use simars_archive::{Outcome, Placed, Received};
use simars_extract::Sheets;
use simars_record::{Finding, FindingCode, Publication, Separator, StackPart};

use crate::pipeline::{Filing, Prepared, ReadFile, Stacks};
use crate::{Holdings, Report, Stated};

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

    /// Step 4 for a stack: all its documents in one commit, or none.
    pub(crate) fn register_stack(&self, report: Report, parts: Vec<Prepared>) -> Report {
        let (placed, waiting) = self.place_all(Some(report), parts);
        if placed.is_empty() {
            return waiting.settled(self, &mut std::iter::empty());
        }
        match self.archive().register_all(&placed) {
            Ok(outcomes) => {
                self.wake();
                waiting.settled(self, &mut outcomes.into_iter())
            }
            Err(error) => waiting.refused(&error.to_string()),
        }
    }

    /// Puts the objects of a file's documents in their places. Of a stack, either all can be put
    /// there or none is registered.
    pub(crate) fn place_all(
        &self,
        stack: Option<Report>,
        documents: Vec<Prepared>,
    ) -> (Vec<Placed>, Waiting) {
        let mut placed = Vec::with_capacity(documents.len());
        let mut failed = None;
        let mut place = |prepared| match prepared {
            Prepared::Known(report) => (false, *report),
            Prepared::New(submission, report) => {
                match self.archive().place(*submission) {
                    Ok(one) => placed.push(one),
                    Err(error) => drop(failed.get_or_insert(error.to_string())),
                }
                (true, *report)
            }
        };
        let parts = documents.into_iter().map(&mut place).collect();
        let mut waiting = Waiting { stack, parts };
        if let Some(failed) = failed {
            placed.clear();
            waiting.give_up(&failed);
        }
        (placed, waiting)
    }
}

/// The documents of one file, on their way into a commit.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// The report on the stack, if it is one.
    stack: Option<Report>,
    /// The reports, and whether each waits for an outcome.
    parts: Vec<(bool, Report)>,
}

impl Waiting {
    /// The report, with an outcome for each document that waits for one, in their order.
    pub(crate) fn settled(
        self,
        holdings: &Holdings,
        outcomes: &mut impl Iterator<Item = Outcome>,
    ) -> Report {
        let settle =
            |(waits, report): (bool, Report)| match waits.then(|| outcomes.next()).flatten() {
                Some(outcome) => holdings.settled(report, outcome),
                None => report,
            };
        Self::told(self.stack, self.parts.into_iter().map(settle).collect())
    }

    /// The report when nothing of it could be registered.
    pub(crate) fn refused(mut self, why: &str) -> Report {
        self.give_up(why);
        Self::told(self.stack, self.parts.into_iter().map(|(_, report)| report).collect())
    }

    fn give_up(&mut self, why: &str) {
        for (waits, report) in self.parts.iter_mut().filter(|(waits, _)| *waits) {
            *waits = false;
            *report = Report::refused(&report.path, report.sha256, why);
        }
    }

    fn told(stack: Option<Report>, mut parts: Vec<Report>) -> Report {
        match (stack, parts.pop()) {
            (None, Some(only)) => only,
            (None, None) => Report::refused("", None, "there is nothing in it"),
            (Some(stack), last) => {
                parts.extend(last);
                stack.of_stack(parts)
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
mod tests {
    use simars_access::{Grant, Role};
    use simars_record::{AccessClass, Field};

    use super::*;

    fn sheet(text: &str) -> Separator {
        format!("SIMARS-PISAH/1{text}").parse().unwrap()
    }

    #[test]
    fn documents_lie_between_sheets_and_none_is_empty() {
        let at = |sheets: &[u32], pages| {
            let sheets: Vec<_> = sheets.iter().map(|&page| (page, sheet(""))).collect();
            let between = runs(&sheets, pages);
            between.iter().map(|run| (run.first, run.last, run.sheet.is_some())).collect::<Vec<_>>()
        };
        assert_eq!(at(&[1, 4], 6), [(2, 3, true), (5, 6, true)]);
        assert_eq!(at(&[3], 4), [(1, 2, false), (4, 4, true)]);
        assert_eq!(at(&[1, 2, 5, 6], 6), [(3, 4, true)], "two in a row, and at the end");
        assert_eq!(at(&[1, 2], 2), []);
        assert_eq!(at(&[], 3), [(1, 3, false)]);
    }

    #[test]
    fn what_is_given_wins_and_what_is_closed_stays_closed() {
        let printed = sheet("/K:KEPUTUSAN/U:TEKNIS/C:PL.01/A:TERBATAS");
        let nothing = merged(&Stated::default(), Some(&printed)).unwrap();
        let told = |field: &Option<Field<String>>| field.as_ref().map(|field| field.value.clone());
        assert_eq!(told(&nothing.description.kind).as_deref(), Some("keputusan"));
        assert_eq!(told(&nothing.description.classification).as_deref(), Some("PL.01"));
        assert_eq!(nothing.unit, "TEKNIS".parse().ok());
        assert_eq!(nothing.access, Some(AccessClass::Restricted));
        let mut given = Stated::default();
        for (column, value) in [
            ("kind", "berita-acara"),
            ("unit", "HUKUM"),
            ("access", "biasa"),
            ("classification", "X"),
        ] {
            given.set(column, value).unwrap();
        }
        let both = merged(&given, Some(&printed)).unwrap();
        assert_eq!(told(&both.description.kind).as_deref(), Some("berita-acara"));
        assert_eq!(told(&both.description.classification).as_deref(), Some("X"));
        assert_eq!((both.unit, both.access), (given.unit, Some(AccessClass::Restricted)));
        given.set("access", "rahasia").unwrap();
        assert_eq!(merged(&given, Some(&printed)).unwrap().access, Some(AccessClass::Secret));
        assert!(merged(&Stated::default(), Some(&sheet("/K:BUKAN-JENIS"))).is_err());
        assert_eq!(merged(&given, None), Ok(given));
    }

    #[test]
    fn a_sheet_states_no_more_than_whoever_files_the_stack_may() {
        let person = |role, clearance| {
            let roles = [role].into_iter().collect();
            Who::Person(Grant { roles, clearance, unit: "TEKNIS".parse().ok() })
        };
        let officer = person(Role::Officer, AccessClass::Restricted);
        let archivist = person(Role::Archivist, AccessClass::TopSecret);
        let may = |who, text: &str, publication| {
            let given = Stated { unit: "TEKNIS".parse().ok(), ..Stated::default() };
            let stated = merged(&given, Some(&sheet(text))).unwrap();
            let (by, stacks) = (None, Stacks::Split);
            let filing = Filing { path: "a.pdf", stated: &given, publication, by, who, stacks };
            allowed(who, &stated, &filing)
        };
        let draft = Publication::Draft;
        assert!(may(officer, "/K:KEPUTUSAN/U:HUKUM/A:TERBATAS", draft), "the given unit counts");
        assert!(!may(officer, "/A:RAHASIA", draft), "more closed than they may see");
        assert!(!may(officer, "/C:PL.01", draft), "codes are for archivists");
        assert!(!may(officer, "", Publication::Published), "and so is publishing");
        assert!(may(archivist, "/C:PL.01/A:SANGAT-RAHASIA", Publication::Published));
        assert!(may(Who::Owner, "/U:HUKUM/C:PL.01/A:RAHASIA", Publication::Published));
        assert!(!may(Who::Anyone, "", draft));
    }

    #[test]
    fn a_part_is_named_after_its_stack() {
        assert_eq!(part_name("scan/a.PDF", 2), "scan/a-bagian-2.PDF");
        assert_eq!(part_name("b.tif", 1), "b-bagian-1.tif");
        assert_eq!(part_name("surat no. 3", 1), "surat no. 3-bagian-1");
    }
}
