//! The life of a document, from a file to an acknowledged registration.
//!
//! receive → extract → describe → register; the index follows the journal afterwards
//! ([`follow`](crate::follow)).

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use simars_access::Who;
use simars_archive::{Incoming, Outcome, Reading, Received, Submission};
use simars_describe::describe;
use simars_record::{Actor, DocumentId, Extracted, Publication, Rendition, StackPart};

use crate::stack::Taken;
use crate::{Holdings, Report, Stated, Status, again};

/// Why a file is not taken. A file that merely cannot be read for text is taken.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It has no bytes.
    #[error("the file is empty")]
    Empty,
    /// It is larger than the archive takes.
    #[error("the file is larger than {limit_bytes} bytes; hint: raise --max-size")]
    TooLarge {
        /// The limit in force.
        limit_bytes: u64,
    },
    /// It cannot be read or received.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
}

/// How a file is to be filed.
#[derive(Debug, Clone, PartialEq)]
pub struct Filing<'a> {
    /// The path or name it came with, for the report; the last part names the document's file.
    pub path: &'a str,
    /// What is known about it beforehand.
    pub stated: &'a Stated,
    /// Whether it is published at once.
    pub publication: Publication,
    /// Who files it; `None` if nobody signed in for it.
    pub by: Option<&'a Actor>,
    /// What they may do: separator sheets state no more than that.
    pub who: Who,
    /// What becomes of a stack of papers with separator sheets between them.
    pub stacks: Stacks,
}

/// What becomes of a stack of papers with separator sheets between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stacks {
    /// Each part is a document of its own.
    Split,
    /// All of it is one document, sheets included; nobody looks for them.
    Whole,
}

impl Holdings {
    /// The whole life of one file up to its acknowledgement. Never fails: what goes wrong stands
    /// in the report.
    pub fn ingest(&self, source: &mut dyn Read, filing: &Filing<'_>) -> Report {
        let received = match self.receive(source) {
            Ok(received) => received,
            Err(refusal) => return Report::refused(filing.path, None, refusal.to_string()),
        };
        match self.take_apart(received, filing) {
            Taken::One(Prepared::Known(report)) => *report,
            Taken::One(Prepared::New(submission, report)) => self.register(*submission, *report),
            Taken::Stack(report, parts) => self.register_stack(*report, parts),
        }
    }

    /// Step 1, receive: the bytes come in and are hashed on the way.
    ///
    /// # Errors
    /// If there are none, too many, or they cannot be read.
    pub fn receive(&self, source: &mut dyn Read) -> Result<Received, Refusal> {
        let mut incoming = self.archive().receive();
        let mut buffer = [0; 64 * 1024];
        loop {
            match source.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => self.take_in(&mut incoming, &buffer[..count])?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Refusal::Unreadable(error)),
            }
        }
        Self::finish(incoming)
    }

    /// One more part of a file that comes piece by piece.
    ///
    /// # Errors
    /// If it grows too large or cannot be written.
    pub fn take_in(&self, incoming: &mut Incoming, part: &[u8]) -> Result<(), Refusal> {
        let limit_bytes = self.settings().max_file_bytes;
        if incoming.size_bytes() + part.len() as u64 > limit_bytes {
            return Err(Refusal::TooLarge { limit_bytes });
        }
        incoming.write_all(part).map_err(Refusal::Unreadable)
    }

    /// The end of a file that came piece by piece.
    ///
    /// # Errors
    /// If there was nothing, or it cannot be written.
    pub fn finish(incoming: Incoming) -> Result<Received, Refusal> {
        if incoming.size_bytes() == 0 {
            return Err(Refusal::Empty);
        }
        incoming.finish().map_err(|error| Refusal::Unreadable(io::Error::other(error.to_string())))
    }

    /// Steps 2 and 3, extract and describe: bytes become pages of text, text becomes a
    /// description. What is registered already is recognised here and not read again. The file is
    /// one document, whatever lies in it.
    pub fn prepare(&self, received: Received, filing: &Filing<'_>) -> Prepared {
        match self.read(received, filing) {
            Ok(read) => self.described(read, filing, None),
            Err(report) => Prepared::Known(report),
        }
    }

    /// Step 2, extract; the report if there is nothing to read.
    pub(crate) fn read(
        &self,
        received: Received,
        filing: &Filing<'_>,
    ) -> Result<ReadFile, Box<Report>> {
        let object = received.object();
        let mut report = Report::refused(filing.path, Some(object.sha256), "");
        if let Ok(Some(known)) = self.archive().find(&object.sha256) {
            report = report.described(&known.description);
            report.status = Status::Duplicate;
            report.id = Some(known.id);
            report.pages = known.current().pages;
            report.pages_without_text = known.current().pages_without_text;
            report.reason = Some("the same bytes are registered already".to_owned());
            return Err(Box::new(report));
        }
        let rendition = match filing.stated.rendition_of.map(|of| self.rendition(of)).transpose() {
            Ok(rendition) => rendition,
            Err(reason) => {
                report.reason = Some(reason);
                return Err(Box::new(report));
            }
        };
        let file_name = file_name(filing.path);
        let mut extracted = self.extract(&received, &file_name);
        let waiting = extracted.pages_to_recognise();
        if !waiting.is_empty() && self.extractor().engine().is_none() {
            extracted.findings.extend(again::without_engine(&waiting));
        }
        Ok(ReadFile { received, file_name, extracted, rendition, report })
    }

    /// Step 3, describe. `stack` is where it was taken from, if it is part of one.
    pub(crate) fn described(
        &self,
        read: ReadFile,
        filing: &Filing<'_>,
        stack: Option<StackPart>,
    ) -> Prepared {
        let ReadFile { received, file_name, extracted, rendition, report } = read;
        let pages: Vec<&str> = extracted.pages.iter().map(|page| page.text.as_str()).collect();
        let mut description = describe(&pages, &file_name, extracted.embedded_title.as_deref());
        description.overlay(filing.stated.description.clone());

        let mut report = report.described(&description);
        report.pages = extracted.pages.len() as u32;
        report.pages_without_text = extracted.pages_without_text();
        report.findings = extracted.findings.iter().map(|finding| finding.code).collect();
        report.findings.dedup();
        report.reason = summary(&extracted);
        report.pages_to_recognise = extracted.pages_to_recognise().len() as u32;
        report.stack.clone_from(&stack);
        let submission = Submission {
            original: received,
            reading: Reading::new(extracted),
            file_name,
            description,
            access: filing.stated.class(),
            unit: filing.stated.unit,
            opens: filing.stated.opens,
            rendition,
            stack,
            publication: filing.publication,
            by: filing.by.cloned(),
        };
        Prepared::New(Box::new(submission), Box::new(report))
    }

    /// What is to be stated of something made from a document for readers.
    fn rendition(&self, of: DocumentId) -> Result<Rendition, String> {
        let found = self.archive().document(&of).map_err(|error| error.to_string())?;
        let document = found.ok_or_else(|| format!("there is no document {of} to be made from"))?;
        let current = document.current();
        Ok(Rendition { of, version: current.number, sha256: current.original.sha256 })
    }

    /// Step 4, register: durable when this returns.
    fn register(&self, submission: Submission, report: Report) -> Report {
        let registered = self.archive().register(submission);
        self.wake();
        match registered {
            Ok(outcome) => self.settled(report, outcome),
            Err(error) => Report::refused(&report.path, report.sha256, error.to_string()),
        }
    }

    fn extract(&self, received: &Received, file_name: &str) -> Extracted {
        match (received.bytes(), received.path()) {
            (Some(bytes), _) => self.extractor().extract_bytes(bytes, file_name),
            (None, path) => self.extractor().extract(path.unwrap_or(Path::new("")), file_name),
        }
    }

    /// Writes the outcome into a report, and sets to work what goes on after registration.
    pub(crate) fn settled(&self, mut report: Report, outcome: Outcome) -> Report {
        match outcome {
            Outcome::Registered(id) => {
                report.status = Status::Registered;
                report.id = Some(id);
                self.after_registration(id, report.pages_to_recognise);
            }
            Outcome::Duplicate(id) => {
                report.status = Status::Duplicate;
                report.id = Some(id);
                report.reason = Some("the same bytes are registered already".to_owned());
            }
        }
        report
    }
}

/// A file after extract.
#[derive(Debug)]
pub(crate) struct ReadFile {
    pub(crate) received: Received,
    pub(crate) file_name: String,
    pub(crate) extracted: Extracted,
    pub(crate) rendition: Option<Rendition>,
    /// As far as it is known.
    pub(crate) report: Report,
}

/// A file after extract and describe.
#[derive(Debug)]
pub enum Prepared {
    /// The same bytes are registered already.
    Known(Box<Report>),
    /// Ready to be registered; the report lacks only the outcome.
    New(Box<Submission>, Box<Report>),
}

/// Opens a file on disk for [`Holdings::receive`].
///
/// # Errors
/// If it cannot be opened, is too large or empty, or is no regular file: a device or a pipe might
/// never end.
pub fn open(path: &Path, limit_bytes: u64) -> Result<File, Refusal> {
    let file = File::open(path).map_err(Refusal::Unreadable)?;
    let metadata = file.metadata().map_err(Refusal::Unreadable)?;
    if !metadata.is_file() {
        return Err(Refusal::Unreadable(io::Error::other("not a regular file")));
    }
    match metadata.len() {
        0 => Err(Refusal::Empty),
        length if length > limit_bytes => Err(Refusal::TooLarge { limit_bytes }),
        _ => Ok(file),
    }
}

/// The last part of a path, whichever way its slashes lean.
fn file_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or("berkas");
    name.chars().filter(|character| !character.is_control()).take(255).collect()
}

/// The findings in one line.
fn summary(extracted: &Extracted) -> Option<String> {
    let first = extracted.findings.first()?;
    let others = extracted.findings.len() - 1;
    let page = first.page.map(|page| format!("page {page}: ")).unwrap_or_default();
    let rest = if others > 0 { format!(" (and {others} more)") } else { String::new() };
    Some(format!("{page}{}{rest}", first.detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_part_of_a_path_names_the_file() {
        for (path, name) in [
            ("/a/b.pdf", "b.pdf"),
            ("C:\\x\\b.pdf", "b.pdf"),
            ("b.pdf/", "b.pdf"),
            ("", "berkas"),
            ("a\nb", "ab"),
        ] {
            assert_eq!(file_name(path), name);
        }
    }
}
