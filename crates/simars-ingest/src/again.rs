//! Reading a registered original again: the whole file, or single pages by recognition.

use simars_archive::{Archive, ArchiveError, Reading};
use simars_describe::describe;
use simars_extract::Extractor;
use simars_record::description::REVIEW_BELOW;
use simars_record::layout::{read_layout, read_layout_page};
use simars_record::page::split_pages;
use simars_record::{
    Document, DocumentId, Extracted, Finding, FindingCode, Page, PageLayout, TextSource, Version,
};

use crate::IngestError;
use crate::kept::{self, Kept};

/// Findings about a page that recognition settles, one way or the other.
const SETTLED: [FindingCode; 8] = [
    FindingCode::NoText,
    FindingCode::UnmappedGlyphs,
    FindingCode::RecognitionMissing,
    FindingCode::RecognitionFailed,
    FindingCode::Doubtful,
    FindingCode::DoubtfulDigits,
    FindingCode::WrongSum,
    FindingCode::LayerReplaced,
];

/// How sure a field may be at most that was recognised from a picture: a person looks at it.
pub(crate) const SUREST: f32 = 0.7;
const _: () = assert!(SUREST < REVIEW_BELOW);

/// Reads the whole original again, with the readers of this version of the program.
pub(crate) fn read(
    archive: &Archive,
    extractor: &Extractor,
    id: &DocumentId,
    all_pages: bool,
) -> Result<Option<Document>, IngestError> {
    let Some(document) = archive.document(id)? else { return Ok(None) };
    let current = document.current();
    kept::forget(archive.folder(), &current.original.sha256);
    let path = archive.object_path(&current.original);
    let mut extracted = extractor.extract(&path, &current.file_name);
    if all_pages && extracted.reader != "text" {
        extracted.pages.iter_mut().for_each(|page| page.recognise = true);
    }
    // What is no matter of reading stays said.
    let kept = current.findings.iter().filter(|finding| finding.code == FindingCode::NotSplit);
    extracted.findings.splice(0..0, kept.cloned());
    let title = extracted.embedded_title.clone();
    store(archive, &document, current.number, extracted, title.as_deref())
}

/// Recognises one page and keeps what came of it, unless that was done before.
pub(crate) fn recognise(
    archive: &Archive,
    extractor: &Extractor,
    version: &Version,
    page: u32,
) -> Result<(), IngestError> {
    let (data, original) = (archive.folder(), &version.original.sha256);
    if kept::find(data, original, page).is_some() {
        return Ok(());
    }
    let layer = one_page(archive, version, page)?;
    let file = archive.open_object(&version.original)?;
    let recognised = extractor.recognise(&file, &version.media_type, page, layer.as_ref());
    let missing = |finding: &Finding| finding.code == FindingCode::RecognitionMissing;
    if recognised.findings.iter().any(missing) {
        // The engine went away: the page goes on waiting for one.
        return Ok(());
    }
    // A page on which recognition failed is settled as well: another attempt is for a person to
    // order.
    let page_read = Page { recognise: false, ..recognised.page };
    let kept = Kept { page: page_read, findings: recognised.findings };
    kept::keep(data, original, page, &kept).map_err(IngestError::read(data.root()))
}

/// Puts the recognised pages in their places and states the document's new text.
pub(crate) fn finish(
    archive: &Archive,
    id: &DocumentId,
    version: &Version,
) -> Result<Option<Document>, IngestError> {
    let Some(document) = archive.document(id)? else { return Ok(None) };
    if document.current() != version {
        // Read again or replaced meanwhile: what was recognised belongs to another reading.
        return Ok(Some(document));
    }
    let (structure, mut pages) = pages_of(archive, version)?;
    let mut findings = version.findings.clone();
    let mut any = false;
    for &number in &version.pages_to_recognise {
        let Some(kept) = kept::find(archive.folder(), &version.original.sha256, number) else {
            continue;
        };
        let Some(page) = pages.get_mut(number as usize - 1) else { continue };
        findings.retain(|finding| finding.page != Some(number) || !SETTLED.contains(&finding.code));
        any = true;
        *page = kept.page;
        findings.extend(kept.findings);
    }
    if !any {
        return Ok(Some(document));
    }
    // What was said of the file as a whole, because no page had text.
    findings.retain(|finding| finding.page.is_some() || finding.code != FindingCode::NoText);
    findings.sort_by_key(|finding| finding.page);
    let extracted = Extracted {
        media_type: version.media_type.clone(),
        pages,
        findings,
        embedded_title: None,
        reader: version.reader.clone(),
        structure,
    };
    store(archive, &document, version.number, extracted, None)
}

/// Describes what was read anew and states it.
fn store(
    archive: &Archive,
    document: &Document,
    version: u32,
    extracted: Extracted,
    embedded_title: Option<&str>,
) -> Result<Option<Document>, IngestError> {
    let texts: Vec<&str> = extracted.pages.iter().map(|page| page.text.as_str()).collect();
    let mut description = describe(&texts, &document.current().file_name, embedded_title);
    let from_picture = |page: u32| {
        let page = page.checked_sub(1).and_then(|index| extracted.pages.get(index as usize));
        page.is_some_and(|page| page.source == TextSource::Ocr)
    };
    description.doubt(from_picture, SUREST);
    let reading = Reading::new(extracted);
    Ok(archive.read_again(&document.id, version, reading, &description)?)
}

type Structure = Option<Box<simars_record::Structure>>;

/// The pages of a version, put together again from its text and its layout.
fn pages_of(archive: &Archive, version: &Version) -> Result<(Structure, Vec<Page>), ArchiveError> {
    let text = archive.text(&version.text)?;
    let layout = version.layout.map(|layout| archive.text(&layout)).transpose()?;
    let read = layout.as_deref().and_then(read_layout);
    let (structure, layouts) = read.unwrap_or_default();
    let mut layouts = layouts.into_iter();
    let mut texts = split_pages(&text);
    let pages = (1..=version.pages).map(|number| {
        let text = texts.next().unwrap_or_default();
        rebuilt(text, layouts.next(), version.pages_to_recognise.contains(&number))
    });
    Ok((structure.map(Box::new), pages.collect()))
}

fn rebuilt(text: &str, layout: Option<PageLayout>, recognise: bool) -> Page {
    let (source, layout) = match layout {
        Some(page) => (page.source, page.layout),
        None => (TextSource::Layer, None),
    };
    let mut page = Page::new(text, source);
    page.recognise = recognise;
    match layout {
        Some(layout) => page.with_layout(layout),
        None => page,
    }
}

/// One page of a version, if it has any text of its own.
fn one_page(
    archive: &Archive,
    version: &Version,
    number: u32,
) -> Result<Option<Page>, ArchiveError> {
    let Some(index) = number.checked_sub(1) else { return Ok(None) };
    let text = archive.text(&version.text)?;
    let Some(text) = split_pages(&text).nth(index as usize) else { return Ok(None) };
    // Only this page's line is read: all of them for each page would take a scan of many pages
    // quadratic time.
    let layout = version.layout.map(|layout| archive.text(&layout)).transpose()?;
    let layout = layout.and_then(|object| read_layout_page(&object, number));
    let page = rebuilt(text, layout, version.pages_to_recognise.contains(&number));
    Ok(Some(page).filter(Page::has_text))
}

/// What is said of pages that wait for recognition where no engine is installed.
pub(crate) fn without_engine(pages: &[u32]) -> impl Iterator<Item = Finding> {
    let detail = "waits for recognition; hint: install tesseract-ocr and tesseract-ocr-ind";
    pages.iter().map(move |&page| Finding::page(FindingCode::RecognitionMissing, page, detail))
}
