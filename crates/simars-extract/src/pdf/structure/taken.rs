//! One of the files inside the file, with its bytes.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hayro_syntax::Pdf;
use hayro_syntax::object::{Dict, Stream, String as PdfString};
use simars_record::{Finding, FindingCode};

use super::super::title;
use super::attachments::NAMES;
use super::{Source, tree};

/// The bytes of the one file of the whole document whose name has this ending, at most `most` of
/// them. Files that are pinned to a page do not count.
pub(crate) fn attached(bytes: Vec<u8>, ending: &str, most: usize) -> Result<Vec<u8>, Finding> {
    let taken = catch_unwind(AssertUnwindSafe(|| take(bytes, ending, most)));
    taken.unwrap_or_else(|_| {
        Err(Finding::file(FindingCode::ReaderFailed, "the reader failed on this file"))
    })
}

fn take(bytes: Vec<u8>, ending: &str, most: usize) -> Result<Vec<u8>, Finding> {
    let damaged = |detail: &str| Finding::file(FindingCode::Damaged, detail);
    let pdf =
        Pdf::new(Arc::new(bytes)).map_err(|_| damaged("the file cannot be opened as a PDF"))?;
    let source = Source::new(&pdf, 0);
    let names = source.catalog.get::<Dict<'_>>("Names");
    let files = names.and_then(|names| names.get::<Dict<'_>>("EmbeddedFiles"));
    let mut found = Vec::new();
    if let Some(files) = files {
        tree::walk(&source, files, "Names", |(_, file)| {
            if let Some(stream) = source.dictionary(file).and_then(|file| stream(&file, ending)) {
                found.push(stream);
            }
            // Two are as bad as many.
            if found.len() > 1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    }
    let [stream] = found.as_slice() else {
        let detail = match found.len() {
            0 => format!("no file *{ending} is inside it"),
            _ => format!("several files *{ending} are inside it"),
        };
        return Err(Finding::file(FindingCode::Unsupported, detail));
    };
    let taken = stream.decoded_data().map_err(|_| damaged("the file inside it is damaged"))?;
    if taken.len() > most {
        let detail = format!("the file inside has {} bytes; limit {most}", taken.len());
        return Err(Finding::file(FindingCode::LimitReached, detail));
    }
    Ok(taken.into())
}

/// The bytes of a file specification whose name has this ending.
fn stream<'a>(file: &Dict<'a>, ending: &str) -> Option<Stream<'a>> {
    let mut names = NAMES.into_iter().filter_map(|name| file.get::<PdfString<'_>>(name));
    let name = names.find_map(|name| title(&name))?;
    let embedded = file.get::<Dict<'_>>("EF").filter(|_| name.ends_with(ending))?;
    NAMES.into_iter().find_map(|place| embedded.get::<Stream<'_>>(place))
}
