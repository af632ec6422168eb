//! From a file to its pages: look, choose the reader, have it read.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustix::fs::{MemfdFlags, memfd_create};
use simars_record::{Extracted, Finding, FindingCode, Signature};

use crate::answer::{self, Task, Work};
use crate::pool::Pool;
use crate::sandbox::{self, SystemReport};
use crate::sniff::{Kind, Sniffed, disagreement, sniff};
use crate::{Anchors, Converter, Engine, Limits, child, image, signature, text};

/// As much of a file as is looked at to tell its type. Most texts are shorter and so are read
/// once.
const HEAD_BYTES: usize = 64 << 10;

/// The simpler reader gets this part of the time: a file that was too much for the first is not to
/// cost as much again.
const RETRY_TIME: u32 = 4;
/// It is tried with all of the memory, and where no page comes of that with this part of it: some
/// files are read only if there is room to unpack them, and some only if there is none to unpack
/// what is in their way.
const RETRY_MEMORY: [u64; 2] = [1, 2];

/// Reads files. Can be shared between threads; each call has its own child process, and no more
/// of them run at once than [`Limits::children`]. Clones share that number.
#[derive(Debug, Clone)]
pub struct Extractor {
    pub(crate) program: PathBuf,
    pub(crate) limits: Limits,
    /// Found when it is first asked for.
    pub(crate) engine: Arc<OnceLock<Option<Engine>>>,
    pub(crate) pool: Arc<Pool>,
    /// Found when it is first asked for.
    pub(crate) converter: Arc<OnceLock<Option<Converter>>>,
    /// One place: an office program takes much memory.
    pub(crate) conversions: Arc<Pool>,
    anchors: Anchors,
}

impl Extractor {
    /// An extractor that starts `program` as its child: a program that calls
    /// [`crate::child_main`] when its first argument is [`crate::CHILD_COMMAND`].
    pub fn new(program: PathBuf, limits: Limits) -> Self {
        let pool = Arc::new(Pool::new(limits.children));
        Self {
            program,
            limits,
            engine: Arc::default(),
            pool,
            converter: Arc::default(),
            conversions: Arc::new(Pool::new(1)),
            anchors: Anchors::default(),
        }
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
            Kind::Pdf | Kind::Html | Kind::Package | Kind::Tiff | Kind::Rtf | Kind::Mail => {
                match memory_file(bytes) {
                    Ok(file) => self.read_in_child(&file, bytes.len() as u64, kind, media_type),
                    Err(error) => unreadable(&error),
                }
            }
        };
        extracted.findings.extend(disagreement(&extracted.media_type, file_name));
        extracted
    }

    /// A file in memory only, for whoever has bytes where a file is asked for.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn in_memory(&self, bytes: &[u8]) -> io::Result<File> {
        memory_file(bytes)
    }

    /// The same, trusting these certificates when signatures are checked.
    #[must_use]
    pub fn with_anchors(self, anchors: Anchors) -> Self {
        Self { anchors, ..self }
    }

    /// The same, converting with this program instead of the one that is installed.
    #[must_use]
    pub fn with_converter(self, converter: Option<Converter>) -> Self {
        Self { converter: Arc::new(converter.into()), ..self }
    }

    /// Finds and checks the signatures embedded in a PDF, in the order of the bytes they cover; a
    /// file of another type has none. Without anchors, no chain is judged.
    ///
    /// # Errors
    /// The finding says why there is no answer: the file cannot be opened, needs a password, or
    /// takes too long.
    pub fn signatures(&self, file: &File) -> Result<Vec<Signature>, Finding> {
        let failed = |error: io::Error| {
            let detail = format!("the file could not be read: {error}");
            Finding::file(FindingCode::ReaderFailed, detail)
        };
        let mut from_start = file;
        from_start.rewind().map_err(failed)?;
        let file_bytes = file.metadata().map_err(failed)?.len();
        let head = read_at_most(file, file_bytes, HEAD_BYTES).map_err(failed)?;
        if sniff(&head, "").kind != Kind::Pdf {
            return Ok(Vec::new());
        }
        let _place = self.pool.enter();
        self.signatures_of_pdf(file, file_bytes)
    }

    /// The same for a file that is a PDF, by somebody who has a place in the pool.
    fn signatures_of_pdf(&self, file: &File, file_bytes: u64) -> Result<Vec<Signature>, Finding> {
        let (work, kind) = (Work::Signatures, Kind::Pdf);
        let task = Task { work, kind, file_bytes, limits: self.limits };
        let arguments = self.anchors.arguments();
        child::run_with(&self.program, file, &task, arguments, answer::decode_signatures)?
    }

    /// Has a child do something with a file and gives what `decode` makes of its answer.
    pub(crate) fn have_done<T>(
        &self,
        file: &File,
        kind: Kind,
        work: Work,
        decode: impl FnOnce(&[u8]) -> Result<T, &'static str>,
    ) -> Result<T, Finding> {
        let failed = |error: io::Error| {
            let detail = format!("the file could not be read: {error}");
            Finding::file(FindingCode::ReaderFailed, detail)
        };
        let file_bytes = file.metadata().map_err(failed)?.len();
        let task = Task { work, kind, file_bytes, limits: self.limits };
        child::run(&self.program, file, &task, decode)
    }

    /// Finds out what protects this machine, as [`crate::system_report`] does, with this
    /// extractor's program and limits.
    pub fn system_report(&self) -> SystemReport {
        let _place = self.pool.enter();
        let task =
            Task { work: Work::Probe, kind: Kind::Empty, file_bytes: 0, limits: self.limits };
        let answer = memory_file(b"").map_err(|error| error.to_string()).and_then(|file| {
            child::run(&self.program, &file, &task, sandbox::decode_findings)
                .map_err(|finding| finding.detail)
        });
        answer.unwrap_or_else(|why| SystemReport::unknown(&why))
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
            Kind::Pdf | Kind::Html | Kind::Package | Kind::Tiff | Kind::Rtf | Kind::Mail => {
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
        // A long text is held in memory here: it waits in line like what is read in a child.
        let long = bytes.len() == HEAD_BYTES;
        let _place = long.then(|| self.pool.enter());
        if long {
            let left = self.limits.text_bytes.saturating_sub(HEAD_BYTES);
            let rest = read_at_most(file, length.saturating_sub(HEAD_BYTES as u64), left)?;
            bytes.extend_from_slice(&rest);
        }
        bytes.truncate(self.limits.text_bytes);
        let complete = length <= bytes.len() as u64;
        Ok(text::read(&bytes, complete, media_type, &self.limits))
    }

    /// Reads in a child and, when it is a PDF that is signed, checks its signatures in another.
    fn read_in_child(
        &self,
        file: &File,
        file_bytes: u64,
        kind: Kind,
        media_type: &'static str,
    ) -> Extracted {
        let _place = self.pool.enter();
        let mut extracted = self.read_pages(file, file_bytes, kind, media_type);
        if kind == Kind::Pdf {
            let ask = || self.signatures_of_pdf(file, file_bytes);
            signature::check(&mut extracted, file, self.anchors.digests(), ask);
        }
        extracted
    }

    /// Reads in a child and, when the child dies and a simpler reader exists, once more with
    /// that one.
    fn read_pages(
        &self,
        file: &File,
        file_bytes: u64,
        kind: Kind,
        media_type: &'static str,
    ) -> Extracted {
        let task = Task { work: Work::Read, kind, file_bytes, limits: self.limits };
        let decode = |body: &[u8]| answer::decode(body, &self.limits);
        let first = match child::run(&self.program, file, &task, decode) {
            Ok(extracted) => return extracted,
            Err(finding) => finding,
        };
        tracing::debug!(finding = %first.detail, "the first reader failed");
        if !matches!(kind, Kind::Pdf | Kind::Mail) {
            return without_pages(media_type, vec![first]);
        }
        self.read_simply(file, &task, media_type, first)
    }

    /// Reads with the simpler reader what the first one failed on with this finding.
    fn read_simply(
        &self,
        file: &File,
        task: &Task,
        media_type: &'static str,
        first: Finding,
    ) -> Extracted {
        let decode = |body: &[u8]| answer::decode(body, &self.limits);
        let mut without: Option<Extracted> = None;
        for part in RETRY_MEMORY {
            let limits = Limits {
                wall: self.limits.wall / RETRY_TIME,
                cpu: self.limits.cpu / RETRY_TIME,
                memory_bytes: self.limits.memory_bytes / part,
                ..self.limits
            };
            let task = Task { work: Work::ReadSimply, limits, ..*task };
            let read = child::run(&self.program, file, &task, decode).unwrap_or_else(|second| {
                let detail = format!("the simpler reader failed too: {}", second.detail);
                without_pages(media_type, vec![Finding::file(second.code, detail)])
            });
            let any = !read.pages.is_empty();
            let read = if any { read } else { without.take().unwrap_or(read) };
            without = Some(read);
            if any {
                break;
            }
        }
        let mut read = without.unwrap_or_else(|| without_pages(media_type, Vec::new()));
        read.findings.insert(0, first);
        read
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
pub(crate) fn memory_file(bytes: &[u8]) -> io::Result<File> {
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
        _ => unsupported(media_type),
    }
}

/// The answer for a type that no reader exists for.
pub(crate) fn unsupported(media_type: &str) -> Extracted {
    let detail = match media_type {
        "image/heif" | "image/heic" => {
            "no reader for HEIC photographs (image/heif); hint: save it as JPEG or PDF".to_owned()
        }
        _ => format!("no reader for {media_type}"),
    };
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
        structure: None,
    }
}
