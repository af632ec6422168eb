//! The steps in which a file came about: where each ends, and what each changes.

use std::collections::BTreeSet;

use lopdf::{Document, LoadOptions};
use simars_record::signature::{Revision, SignatureKind};
use simars_record::{Digest, Hasher, RevisionClass};

use crate::budget::Budget;
use crate::{Limits, pdf};

use super::changes::Changes;
use super::find::{self, Found};
use super::outline::Outline;

/// Of more revisions only the last ones are looked at one by one.
const MOST_REVISIONS: usize = 64;

/// The most one stream may unpack to while a file is opened.
const MOST_STREAM_BYTES: usize = 128 << 20;

/// Opens a file as it was when it ended at some byte.
pub(super) fn open(bytes: &[u8]) -> Result<Document, lopdf::Error> {
    let options = LoadOptions::with_max_decompressed_size(MOST_STREAM_BYTES);
    Document::load_mem_with_options(bytes, options)
}

/// Where revisions end: after each end mark that a readable cross-reference belongs to, at the
/// ends of signatures, and at the end of the file. In order.
pub(super) fn ends(bytes: &[u8], signed: impl Iterator<Item = usize>) -> Vec<usize> {
    let signed: BTreeSet<usize> = signed.filter(|&end| end <= bytes.len()).collect();
    let mut ends = signed.clone();
    let mut from = 0;
    while let Some(at) = crate::sniff::find(&bytes[from..], b"startxref") {
        from += at + b"startxref".len();
        let Some((mark, end)) = end_mark(bytes, from) else { continue };
        // A signature's end may leave out the line end after the mark.
        if signed.range(mark..=end).next().is_none() {
            ends.insert(end);
        }
    }
    let mut ends: Vec<usize> = ends.into_iter().collect();
    let surplus = ends.len().saturating_sub(MOST_REVISIONS);
    let mut index = 0;
    ends.retain(|end| {
        index += 1;
        index > surplus || signed.contains(end)
    });
    if ends.last() != Some(&bytes.len()) {
        ends.push(bytes.len());
    }
    ends
}

/// Where the end mark ends that follows a `startxref`, without and with its line end.
fn end_mark(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let skip = |at: usize, wanted: fn(&u8) -> bool| {
        let rest = bytes.get(at..).unwrap_or_default();
        at + rest.iter().take_while(|byte| wanted(byte)).count()
    };
    at = skip(at, u8::is_ascii_whitespace);
    let digits = at;
    at = skip(at, u8::is_ascii_digit);
    let offset: usize = std::str::from_utf8(&bytes[digits..at]).ok()?.parse().ok()?;
    let table = bytes.get(offset..digits)?.trim_ascii_start();
    if !table.starts_with(b"xref") && !table.first()?.is_ascii_digit() {
        return None;
    }
    at = skip(at, u8::is_ascii_whitespace);
    let mark = bytes.get(at..)?.starts_with(b"%%EOF").then_some(at + 5)?;
    let line_end: &[&[u8]] = &[b"\r\n", b"\n", b"\r"];
    let rest = &bytes[mark..];
    let line_end = line_end.iter().find(|line_end| rest.starts_with(line_end));
    Some((mark, mark + line_end.map_or(0, |line_end| line_end.len())))
}

/// The file as it was at one of its ends.
#[derive(Debug)]
pub(super) struct State {
    pub(super) end: usize,
    pub(super) digest: Digest,
    /// The signatures it has; `None` when it could not be opened, or not in time.
    pub(super) found: Option<Vec<Found>>,
    outline: Option<Outline>,
    texts: Option<Option<Vec<String>>>,
}

/// Goes through the states of a file.
#[derive(Debug)]
pub(super) struct History<'a> {
    bytes: &'a [u8],
    limits: &'a Limits,
    budget: Budget,
}

impl<'a> History<'a> {
    pub(super) fn new(bytes: &'a [u8], limits: &'a Limits, budget: Budget) -> Self {
        Self { bytes, limits, budget }
    }

    /// The states at all ends, in order, and for each but the first what changed since the one
    /// before.
    pub(super) fn states(&self, ends: &[usize]) -> (Vec<State>, Vec<Revision>) {
        let mut hasher = Hasher::new();
        let mut hashed = 0;
        let mut states: Vec<State> = Vec::with_capacity(ends.len());
        let mut revisions = Vec::new();
        for &end in ends {
            hasher.update(&self.bytes[hashed..end]);
            hashed = end;
            let mut state = self.state(end, hasher.clone().finish());
            if let Some(before) = states.last_mut() {
                revisions.push(self.revision(before, &mut state));
                // Nobody compares with it any more.
                before.outline = None;
                before.texts = None;
            }
            states.push(state);
        }
        (states, revisions)
    }

    /// Reads the file as it was at the first signature and as it is, by another reader than the
    /// one that found the changes. A text that is another on a page that no revision changes means
    /// that readers disagree about the file, which is how forgeries work. No certification
    /// permits that.
    pub(super) fn read_again(
        &self,
        first_signed: usize,
        is_certified: bool,
        revisions: &mut [Revision],
    ) {
        let Some((last, before)) = revisions.split_last_mut() else { return };
        if last.from < first_signed as u64 {
            return;
        }
        let (old, new) = (self.texts(first_signed), self.texts(self.bytes.len()));
        let (Some(old), Some(new)) = (old, new) else {
            last.class = last.class.max(RevisionClass::NotCompared);
            last.details.push("the text could not be compared".to_owned());
            return;
        };
        let named: BTreeSet<u32> =
            before.iter().chain([&*last]).flat_map(|later| later.pages.iter().copied()).collect();
        let pages = (1..).zip(old.iter().zip(&new));
        let other = pages.filter(|(number, (old, new))| old != new && !named.contains(number));
        let other: Vec<u32> = other.map(|(number, _)| number).collect();
        if other.is_empty() {
            return;
        }
        last.class = RevisionClass::ChangedContent;
        last.forbidden |= is_certified;
        let detail = format!("readers disagree about what was changed: page {}", list(&other));
        last.details.push(detail);
        last.pages =
            last.pages.iter().chain(&other).copied().collect::<BTreeSet<_>>().into_iter().collect();
    }

    fn state(&self, end: usize, digest: Digest) -> State {
        let document = if self.budget.is_spent() { None } else { open(&self.bytes[..end]).ok() };
        State {
            end,
            digest,
            found: document.as_ref().map(find::all),
            outline: document.as_ref().map(|document| Outline::of(document, self.budget)),
            texts: None,
        }
    }

    fn revision(&self, before: &mut State, after: &mut State) -> Revision {
        let mut changes = match (&before.outline, &after.outline) {
            (Some(before), Some(after)) => Changes::between(before, after),
            _ => {
                let mut changes = Changes::none();
                changes.add(RevisionClass::NotCompared, "it could not be opened or time was up");
                changes
            }
        };
        signatures(before, after, &mut changes);
        let added = &self.bytes[before.end..after.end];
        let trails = after.end == self.bytes.len() && !ends_with_mark(added);
        if trails {
            let blank = if added.trim_ascii().is_empty() { ", all white space" } else { "" };
            let detail = format!("{} bytes follow the last revision{blank}", added.len());
            changes.add(RevisionClass::TrailingBytes, detail);
        }
        if trails || !changes.redrawn.is_empty() {
            self.compare_texts(before, after, &mut changes);
        }
        if changes.details.is_empty() {
            changes.details.push("nothing that is shown was changed".to_owned());
        }
        Revision {
            class: changes.class,
            from: before.end as u64,
            to: after.end as u64,
            digest: after.digest,
            pages: changes.redrawn.union(&changes.noted).copied().collect(),
            details: changes.details,
            forbidden: forbids(
                before.found.as_deref().unwrap_or_default(),
                changes.class,
                changes.annotated,
            ),
        }
    }

    /// Finds out whether redrawn pages still say the same.
    fn compare_texts(&self, before: &mut State, after: &mut State, changes: &mut Changes) {
        let old = before.texts.get_or_insert_with(|| self.texts(before.end));
        let new = after.texts.get_or_insert_with(|| self.texts(after.end));
        let (Some(old), Some(new)) = (old, new) else {
            changes.add(RevisionClass::NotCompared, "the text could not be compared");
            return;
        };
        let mut other: BTreeSet<u32> = (1..)
            .zip(old.iter().zip(new.iter()))
            .filter_map(|(number, (old, new))| (old != new).then_some(number))
            .collect();
        // A page that is an image has no text to be the same.
        let silent = changes.redrawn.iter().copied().filter(|&number| {
            new.get(number as usize - 1).is_none_or(|text| text.trim().is_empty())
        });
        other.extend(silent);
        let same: Vec<u32> = changes.redrawn.difference(&other).copied().collect();
        if !same.is_empty() {
            let detail = format!("drawn differently, with the same text: page {}", list(&same));
            changes.add(RevisionClass::RedrawnSameText, detail);
        }
        let other: Vec<u32> = other.into_iter().collect();
        if !other.is_empty() {
            let detail =
                format!("drawn differently, with other text or none: page {}", list(&other));
            changes.add(RevisionClass::ChangedContent, detail);
            changes.redrawn.extend(other);
        }
        if old.len() != new.len() {
            changes.add(RevisionClass::ChangedContent, "the file has more or fewer pages");
        }
    }

    /// The texts of all pages; `None` when they could not all be read.
    fn texts(&self, end: usize) -> Option<Vec<String>> {
        use simars_record::FindingCode::{LimitReached, ReaderFailed, TimedOut};
        if self.budget.is_spent() {
            return None;
        }
        let read = pdf::read(self.bytes[..end].to_vec(), self.limits, false, self.budget);
        let cut = |code| matches!(code, LimitReached | ReaderFailed | TimedOut);
        let whole =
            !read.pages.is_empty() && !read.findings.iter().any(|finding| cut(finding.code));
        whole.then(|| read.pages.into_iter().map(|page| page.text).collect())
    }
}

/// What became of the signatures.
fn signatures(before: &State, after: &State, changes: &mut Changes) {
    // Where one could not be opened, nothing is compared anyway.
    let (Some(old), Some(now)) = (&before.found, &after.found) else { return };
    let new: Vec<&Found> =
        now.iter().filter(|found| !old.iter().any(|other| other.is(found))).collect();
    if changes.signing > new.len() {
        let detail = "a field for a signature was added or changed without a signature";
        changes.add(RevisionClass::FormFillingOrAnnotations, detail);
    }
    for found in new {
        let name = found.field.as_deref().unwrap_or("");
        if find::end(found.byte_range) > after.end as u64 {
            let detail = format!("a signature that does not fit was added: {name:?}");
            changes.add(RevisionClass::ChangedContent, detail);
        } else if found.kind == SignatureKind::DocumentTimestamp {
            let detail = format!("a time stamp of the document was added: {name:?}");
            changes.add(RevisionClass::ValidationData, detail);
        } else {
            let detail = format!("one more signature was added: {name:?}");
            changes.add(RevisionClass::FurtherSignature, detail);
        }
    }
    if old.iter().any(|old| !now.iter().any(|new| new.is(old))) {
        changes.add(RevisionClass::ChangedContent, "a signature was taken out");
    }
}

/// Whether a certification that was there before forbids a change.
fn forbids(before: &[Found], class: RevisionClass, annotated: bool) -> bool {
    let permits = before.iter().filter_map(|found| found.permits).min();
    permits.is_some_and(|permits| match class {
        RevisionClass::NothingShown | RevisionClass::ValidationData => false,
        RevisionClass::FurtherSignature => permits < 2,
        RevisionClass::FormFillingOrAnnotations => permits < if annotated { 3 } else { 2 },
        RevisionClass::RedrawnSameText
        | RevisionClass::TrailingBytes
        | RevisionClass::NotCompared
        | RevisionClass::ChangedContent => true,
    })
}

/// Whether the last that is not white space is an end mark.
pub(super) fn ends_with_mark(bytes: &[u8]) -> bool {
    bytes.trim_ascii_end().ends_with(b"%%EOF")
}

/// Numbers for reading, not too many.
fn list(numbers: &[u32]) -> String {
    const MOST: usize = 20;
    let shown: Vec<String> = numbers.iter().take(MOST).map(u32::to_string).collect();
    let more = numbers.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}
