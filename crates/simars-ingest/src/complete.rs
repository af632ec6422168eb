//! Descriptions of older rules, filled in from the texts in the store: relations and whatever
//! else the rules have learnt to tell since. No statement is needed: it is a view.

use simars_archive::{Archive, ArchiveError, Completed};
use simars_describe::{RULES, describe};
use simars_record::layout::read_layout;
use simars_record::page::split_pages;
use simars_record::{Description, Document, TextSource, Version};

use crate::again::SUREST;

/// After so many documents it is noted how far it went.
const NOTED: u64 = 100;

/// The document with a description as these rules make it, from its `text`; as it is if its rules
/// are as new. Says whether it changed.
pub(crate) fn complete(
    archive: &Archive,
    document: Document,
    text: &str,
) -> Result<(Document, bool), ArchiveError> {
    if document.description.rules >= RULES || text.is_empty() {
        return Ok((document, false));
    }
    let recognised = recognised(archive, document.current(), text)?;
    let completed = archive.complete(&document.id, recognised)?;
    Ok(completed.map_or((document, false), |completed| (completed, true)))
}

/// What these rules tell of a version from its text.
fn recognised(
    archive: &Archive,
    version: &Version,
    text: &str,
) -> Result<Description, ArchiveError> {
    let pages: Vec<&str> = split_pages(text).collect();
    let mut recognised = describe(&pages, &version.file_name, None);
    if version.pages_recognised > 0
        && let Some(layout) = &version.layout
    {
        let layout = archive.text(layout)?;
        let (_, pages) = read_layout(&layout).unwrap_or_default();
        let from_picture = |page: u32| {
            let page = page.checked_sub(1).and_then(|index| pages.get(index as usize));
            page.is_some_and(|page| page.source == TextSource::Ocr)
        };
        recognised.doubt(from_picture, SUREST);
    }
    Ok(recognised)
}

/// Looks through all documents once for descriptions of older rules; each that is to be filled in
/// is handed to `fill`. Goes on where the last time ended, up to the first one that `end` tells. Says
/// whether that was reached; `stop` ends it before.
pub(crate) fn look_through<E: From<ArchiveError>>(
    archive: &Archive,
    stop: impl Fn() -> bool,
    end: impl Fn(&Document) -> bool,
    mut fill: impl FnMut(&Document) -> Result<(), E>,
) -> Result<bool, E> {
    let noted = archive.completed()?;
    let mut next = if noted.rules == RULES { noted.next } else { 0 };
    for document in archive.from(next) {
        if stop() {
            return Ok(false);
        }
        let document = document?;
        if end(&document) {
            break;
        }
        if document.description.rules < RULES {
            fill(&document)?;
        }
        next = document.ordinal + 1;
        if next.is_multiple_of(NOTED) {
            archive.note_completed(Completed { rules: RULES, next })?;
        }
    }
    let completed = Completed { rules: RULES, next };
    if completed != noted {
        archive.note_completed(completed)?;
    }
    Ok(true)
}
