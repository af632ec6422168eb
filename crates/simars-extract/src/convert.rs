//! Conversion: office documents as a PDF to look at, where an office program is installed.
//!
//! What comes of it is a view. The text that is searched and the original stay what they were; the
//! pages of the PDF need not be those of the text. The office program is large and reads foreign
//! bytes, so it runs alone, without network, without processes of its own, with one folder that is
//! thrown away afterwards, and the ordinary reading process says whether a PDF came of it.

mod office;
mod workplace;

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::time::Instant;

use simars_record::{Finding, FindingCode};

use crate::answer::{self, Task, Work};
use crate::child::End;
use crate::extractor::memory_file;
use crate::{Extractor, Kind, child};

pub use office::Converter;
use office::Part;
pub(crate) use office::{Order, become_converter};
use workplace::Workplace;

/// The largest document that is converted, in bytes.
const MOST_ORIGINAL: u64 = 64 << 20;
/// The largest PDF that is kept, in bytes.
const MOST_PDF: u64 = 64 << 20;
/// The office program ends with this when it has made its profile and wants to be started again.
const AGAIN: i32 = 81;
/// It does so once.
const STARTS: usize = 2;

/// What a document is for the office program. Naming its filter keeps it from guessing, and so
/// from the many old formats that it also reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Form {
    media_type: &'static str,
    extension: &'static str,
    reads: &'static str,
    part: Part,
}

const fn form(
    media_type: &'static str,
    extension: &'static str,
    reads: &'static str,
    part: Part,
) -> Form {
    Form { media_type, extension, reads, part }
}

const FORMS: [Form; 7] = [
    form(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
        "MS Word 2007 XML",
        Part::Writer,
    ),
    form("application/vnd.oasis.opendocument.text", "odt", "writer8", Part::Writer),
    form("application/rtf", "rtf", "Rich Text Format", Part::Writer),
    form(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
        "Calc MS Excel 2007 XML",
        Part::Calc,
    ),
    form("application/vnd.oasis.opendocument.spreadsheet", "ods", "calc8", Part::Calc),
    form(
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "pptx",
        "Impress MS PowerPoint 2007 XML",
        Part::Impress,
    ),
    form("application/vnd.oasis.opendocument.presentation", "odp", "impress8", Part::Impress),
];

/// A PDF that was made of an office document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// The file.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: u32,
}

fn form_of(media_type: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.media_type == media_type)
}

impl Extractor {
    /// The office program that converts, looked for when first asked; `None` if none is installed.
    pub fn converter(&self) -> Option<&Converter> {
        self.converter.get_or_init(Converter::find).as_ref()
    }

    /// Whether files of this media type are office documents of which the office program of this
    /// machine can make a PDF.
    pub fn converts(&self, media_type: &str) -> bool {
        let form = form_of(media_type);
        form.is_some_and(|form| self.converter().is_some_and(|office| office.has(form.part)))
    }

    /// Makes a PDF of an office document. One is made at a time; who comes later waits. `folder`
    /// is where a folder is made for the work, which is gone afterwards.
    ///
    /// # Errors
    /// The finding: no converter, no office document, nothing that the converter can make a PDF of,
    /// or the limits are reached.
    pub fn convert(
        &self,
        file: &File,
        media_type: &str,
        folder: &Path,
    ) -> Result<Converted, Finding> {
        let form = form_of(media_type).ok_or_else(|| {
            let detail = format!("files of the type {media_type} are not converted");
            Finding::file(FindingCode::Unsupported, detail)
        })?;
        let converter = self.converter().ok_or_else(|| {
            let detail = "no office program that converts to PDF; hint: install LibreOffice";
            Finding::file(FindingCode::Unsupported, detail)
        })?;
        if !converter.has(form.part) {
            let name = form.part.name();
            let detail = format!("the office program lacks a part; hint: install {name}");
            return Err(Finding::file(FindingCode::Unsupported, detail));
        }
        let _place = self.conversions.enter();
        let pdf = self.have_converted(converter, file, form, folder)?;
        let pages = self.count_pages(&pdf)?;
        Ok(Converted { pdf, pages })
    }

    fn have_converted(
        &self,
        converter: &Converter,
        mut file: &File,
        form: &Form,
        folder: &Path,
    ) -> Result<Vec<u8>, Finding> {
        let length = file.metadata().map_err(|error| unwritable(&error))?.len();
        if length > MOST_ORIGINAL {
            let detail = format!("documents up to {MOST_ORIGINAL} bytes are converted");
            return Err(Finding::file(FindingCode::LimitReached, detail));
        }
        file.rewind().map_err(|error| unwritable(&error))?;
        let workplace = Workplace::new(folder, form.extension, file.take(MOST_ORIGINAL));
        let workplace = workplace.map_err(|error| unwritable(&error))?;
        let order = converter.order(&workplace, form.reads, form.part.writes());
        let order = serde_json::to_string(&order).map_err(|error| unwritable(&error.into()))?;
        let arguments = [child::CHILD_COMMAND, &order];
        let deadline = Instant::now() + converter.wall;
        let mut end = End::Code(AGAIN);
        for _ in 0..STARTS {
            let left = deadline.saturating_duration_since(Instant::now());
            end = child::run_apart(&self.program, &arguments, left).map_err(|error| {
                let detail = format!("the conversion could not be started: {error}");
                Finding::file(FindingCode::ReaderFailed, detail)
            })?;
            if end != End::Code(AGAIN) {
                break;
            }
        }
        match (workplace.pdf(MOST_PDF), end) {
            (_, End::TooLate) => {
                let seconds = converter.wall.as_secs();
                let detail = format!("conversion was stopped after {seconds} s");
                Err(Finding::file(FindingCode::TimedOut, detail))
            }
            (Ok(pdf), _) => Ok(pdf),
            (Err(error), end) => Err(nothing_made(&error, end)),
        }
    }

    /// Has the ordinary reading process say whether this is a PDF, and of how many pages.
    fn count_pages(&self, pdf: &[u8]) -> Result<u32, Finding> {
        let file = memory_file(pdf).map_err(|error| unwritable(&error))?;
        let _place = self.pool.enter();
        let (file_bytes, limits) = (pdf.len() as u64, self.limits);
        let task = Task { work: Work::Read, kind: Kind::Pdf, file_bytes, limits };
        let decode = |body: &[u8]| answer::decode(body, &limits);
        let read = child::run(&self.program, &file, &task, decode)?;
        if read.pages.is_empty() {
            let detail = "what the converter made is no PDF with pages";
            return Err(Finding::file(FindingCode::Damaged, detail));
        }
        Ok(read.pages.len() as u32)
    }
}

fn unwritable(error: &io::Error) -> Finding {
    let detail = format!("the document could not be handed to the converter: {error}");
    Finding::file(FindingCode::ReaderFailed, detail)
}

/// Why there is no PDF after the converter has ended.
fn nothing_made(error: &io::Error, end: End) -> Finding {
    let (code, why) = match (error.kind(), end) {
        (io::ErrorKind::FileTooLarge, _) => (FindingCode::LimitReached, error.to_string()),
        (io::ErrorKind::NotFound, End::Code(0 | 1)) => {
            (FindingCode::Damaged, "the converter could not open the document".to_owned())
        }
        (_, End::Code(0)) => (FindingCode::ReaderFailed, error.to_string()),
        (_, End::Signal(signal)) => {
            (FindingCode::LimitReached, format!("the converter was ended by signal {signal}"))
        }
        (_, End::Code(code)) => {
            (FindingCode::ReaderFailed, format!("the converter ended with code {code}"))
        }
        (_, End::TooLate) => (FindingCode::TimedOut, error.to_string()),
    };
    Finding::file(code, format!("no PDF was made: {why}"))
}
