//! From a file to its pages: look, choose the reader, have it read.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use rustix::fs::{MemfdFlags, memfd_create};
use simars_record::{Extracted, Finding, FindingCode};

use crate::answer::Task;
use crate::sniff::{Kind, Sniffed, disagreement, sniff};
use crate::{Limits, child, image, text};

/// As much of a file as is looked at to tell its type. Most texts are shorter and so are read
/// once.
const HEAD_BYTES: usize = 64 << 10;

/// Reads files. Can be shared between threads; each call has its own child process.
#[derive(Debug, Clone)]
pub struct Extractor {
    program: PathBuf,
    limits: Limits,
}

impl Extractor {
    /// An extractor that starts `program` as its child: a program that calls
    /// [`crate::child_main`] when its first argument is [`crate::CHILD_COMMAND`].
    pub fn new(program: PathBuf, limits: Limits) -> Self {
        Self { program, limits }
    }

    /// Reads the file at `file`, which was handed in under the name `file_name`. Whatever goes
    /// wrong is among the findings; a file that gives nothing has no pages.
    pub fn extract(&self, file: &Path, file_name: &str) -> Extracted {
        match self.read(file, file_name) {
            Ok(extracted) => extracted,
            Err(error) => unreadable(&error),
        }
    }

    /// Reads a file whose bytes are in memory already.
    pub fn extract_bytes(&self, bytes: &[u8], file_name: &str) -> Extracted {
        let Sniffed { media_type, kind } = sniff(&bytes[..bytes.len().min(HEAD_BYTES)], file_name);
        let mut extracted = match kind {
            Kind::Text => {
                let read = &bytes[..bytes.len().min(self.limits.text_bytes)];
                text::read(read, read.len() == bytes.len(), media_type, &self.limits)
            }
            Kind::Image | Kind::Empty | Kind::Other => without_reader(kind, media_type),
            Kind::Pdf | Kind::Html | Kind::Package | Kind::Tiff => match memory_file(bytes) {
                Ok(file) => self.read_in_child(&file, bytes.len() as u64, kind, media_type),
                Err(error) => unreadable(&error),
            },
        };
        extracted.findings.extend(disagreement(&extracted.media_type, file_name));
        extracted
    }

    fn read(&self, path: &Path, file_name: &str) -> io::Result<Extracted> {
        let metadata = std::fs::metadata(path)?;
        if !metadata.is_file() {
            // Opening a pipe or a device could wait for ever.
            return Err(io::Error::other("it is not a regular file"));
        }
        let file = File::open(path)?;
        let head = read_at_most(&file, metadata.len(), HEAD_BYTES)?;
        let Sniffed { media_type, kind } = sniff(&head, file_name);
        let mut extracted = match kind {
            Kind::Text => self.read_text(&file, metadata.len(), head, media_type)?,
            Kind::Image | Kind::Empty | Kind::Other => without_reader(kind, media_type),
            Kind::Pdf | Kind::Html | Kind::Package | Kind::Tiff => {
                self.read_in_child(&file, metadata.len(), kind, media_type)
            }
        };
        extracted.findings.extend(disagreement(&extracted.media_type, file_name));
        Ok(extracted)
    }

    fn read_text(
        &self,
        file: &File,
        length: u64,
        mut bytes: Vec<u8>,
        media_type: &'static str,
    ) -> io::Result<Extracted> {
        if bytes.len() == HEAD_BYTES {
            let left = self.limits.text_bytes.saturating_sub(HEAD_BYTES);
            let rest = read_at_most(file, length.saturating_sub(HEAD_BYTES as u64), left)?;
            bytes.extend_from_slice(&rest);
        }
        bytes.truncate(self.limits.text_bytes);
        let complete = length <= bytes.len() as u64;
        Ok(text::read(&bytes, complete, media_type, &self.limits))
    }

    /// Reads in a child and, when the child dies and a simpler reader exists, once more with
    /// that one.
    fn read_in_child(
        &self,
        file: &File,
        file_bytes: u64,
        kind: Kind,
        media_type: &'static str,
    ) -> Extracted {
        let task = Task { kind, file_bytes, limits: self.limits };
        let wall = self.limits.wall;
        let started = Instant::now();
        let first = match child::run(&self.program, file, &task, false, wall) {
            Ok(extracted) => return extracted,
            Err(finding) => finding,
        };
        tracing::debug!(finding = %first.detail, "the first reader failed");
        if kind != Kind::Pdf {
            return without_pages(media_type, vec![first]);
        }
        let left = wall.saturating_sub(started.elapsed()).max(wall / 4);
        let task = Task { limits: Limits { wall: left, ..self.limits }, ..task };
        match child::run(&self.program, file, &task, true, left) {
            Ok(mut extracted) => {
                extracted.findings.insert(0, first);
                extracted
            }
            Err(second) => {
                let detail = format!("the simpler reader failed too: {}", second.detail);
                let second = Finding::file(second.code, detail);
                without_pages(media_type, vec![first, second])
            }
        }
    }
}

/// Reads up to `most` bytes from where the file stands; `length` is what is expected.
fn read_at_most(file: &File, length: u64, most: usize) -> io::Result<Vec<u8>> {
    let expected = usize::try_from(length).unwrap_or(most).min(most);
    // One byte more than expected lets the read that meets the end fit without growing.
    let mut bytes = Vec::with_capacity(expected + 1);
    file.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A file in memory only, for a child that expects a file as its standard input.
fn memory_file(bytes: &[u8]) -> io::Result<File> {
    let mut file = File::from(memfd_create("document", MemfdFlags::CLOEXEC)?);
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

fn unreadable(error: &io::Error) -> Extracted {
    let detail = format!("the file could not be read: {error}");
    let finding = Finding::file(FindingCode::ReaderFailed, detail);
    without_pages("application/octet-stream", vec![finding])
}

/// The answer for what needs no reader.
fn without_reader(kind: Kind, media_type: &'static str) -> Extracted {
    match kind {
        Kind::Image => image::pages(media_type, 1, Vec::new()),
        Kind::Empty => {
            let finding = Finding::file(FindingCode::Damaged, "the file is empty");
            without_pages(media_type, vec![finding])
        }
        Kind::Other | Kind::Text | Kind::Pdf | Kind::Html | Kind::Package | Kind::Tiff => {
            unsupported(media_type)
        }
    }
}

/// The answer for a type that no reader exists for.
pub(crate) fn unsupported(media_type: &str) -> Extracted {
    let detail = format!("no reader for {media_type}");
    without_pages(media_type, vec![Finding::file(FindingCode::Unsupported, detail)])
}

/// The answer when nothing could be read.
pub(crate) fn without_pages(media_type: &str, findings: Vec<Finding>) -> Extracted {
    Extracted {
        media_type: media_type.to_owned(),
        pages: Vec::new(),
        findings,
        embedded_title: None,
        reader: "none".to_owned(),
    }
}
