//! What can be had of one page as a file: its image, and its tables.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use simars_access::{Action, Who, may};
use simars_ingest::images::ImageError;
use simars_ingest::{ConversionError, Holdings};
use simars_record::{Digest, Document, FindingCode, Timestamp, Version};

use crate::auth::standing;
use crate::content::{Content, Source};
use crate::problem::{Code, Problem};
use crate::reading::{self, PageRead};
use crate::state::State;
use crate::work::{Places, blocking, failed};
use crate::{document, query, tables};

/// The widths in pixels in which a page's image can be had.
pub(crate) const WIDTHS: [u32; 4] = [
    simars_ingest::images::THUMBNAIL_WIDTH,
    simars_ingest::images::SMALL_WIDTH,
    simars_ingest::images::READING_WIDTH,
    simars_ingest::images::LARGE_WIDTH,
];

/// The width that is sent to whoever does not say.
const READING: u32 = simars_ingest::images::READING_WIDTH;

/// How many page images are looked up or drawn at the same time. Drawing may take long, and each
/// holds a thread of those that also search.
const DRAWERS: usize = 32;
/// How long an image waits for another to be drawn.
const PATIENCE: Duration = Duration::from_secs(10);

/// The places for those who ask for images, all free.
pub(crate) fn drawers() -> Places {
    Places::new(DRAWERS, PATIENCE)
}

/// Whether such a file has pages of its own to look at.
pub(crate) fn has_pages(media_type: &str) -> bool {
    matches!(
        media_type,
        "application/pdf" | "image/png" | "image/jpeg" | "image/tiff" | "image/gif" | "image/webp"
    )
}

/// What there is to look at of a document's pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nothing: the file has a text only.
    #[default]
    Nothing,
    /// The pages of the file.
    Pages,
    /// Those of the PDF that the file is converted to, which need not be those of the text.
    Converted {
        /// How many there are, if that is known by now.
        pages: Option<u32>,
    },
}

impl Look {
    /// What there is of this version.
    pub(crate) fn at(holdings: &Holdings, version: &Version) -> Self {
        match version.media_type.as_str() {
            _ if version.pages == 0 => Self::Nothing,
            own if has_pages(own) => Self::Pages,
            office if holdings.converts(office) => {
                Self::Converted { pages: holdings.reading_pages(&version.original) }
            }
            _ => Self::Nothing,
        }
    }

    /// Whether there is an image of page `n`, as far as is known.
    pub(crate) fn has(self, n: u32) -> bool {
        match self {
            Self::Nothing => false,
            Self::Pages | Self::Converted { pages: None } => true,
            Self::Converted { pages: Some(pages) } => n <= pages,
        }
    }
}

/// The document and the page a request is about, if this asker may read it.
pub(crate) async fn find(
    state: &Arc<State>,
    who: Who,
    id: &str,
    n: &str,
) -> Result<(Document, u32), Problem> {
    let found = document::find(state, who, Action::Read, id).await.map_err(Code::problem)?;
    let pages = found.current().pages;
    match n.parse::<u32>() {
        Ok(page) if (1..=pages).contains(&page) => Ok((found, page)),
        _ => {
            let asked: String = n.chars().take(20).collect();
            let detail = format!("{asked:?} is not one of its {pages} pages");
            Err(Code::PageNotFound.problem().detail(detail))
        }
    }
}

/// The page as it was read; whoever may see the document is to be settled before.
pub(crate) async fn read(
    state: &Arc<State>,
    version: &Version,
    page: u32,
) -> Result<PageRead, Problem> {
    let read = reading::page(state, version, page).await.map_err(Code::problem)?;
    read.ok_or_else(|| Code::PageNotFound.problem())
}

/// A page's image as a file to be sent, in the width that a parameter names.
pub(crate) async fn image(
    state: &Arc<State>,
    drawers: &Places,
    who: Who,
    pairs: &[(String, String)],
    (id, n): (&str, &str),
) -> Result<Content, Problem> {
    let (found, page) = find(state, who, id, n).await?;
    let width = width(pairs)?;
    let place = drawers.take().await.map_err(Code::problem)?;
    let version = found.current();
    let (original, media_type) = (version.original, version.media_type.clone());
    let holdings = Arc::clone(&state.holdings);
    let drawn = blocking(move || {
        // Held until the drawing ends, also when nobody waits for it any more.
        let _place = place;
        holdings.page_image(&original, &media_type, page, width)
    });
    let image = drawn.await.map_err(Code::problem)?.map_err(not_drawn)?;
    let extension = image.media_type.rsplit('/').next().unwrap_or_default();
    let name = format!("simars-{}-hlm-{page}-{width}.{extension}", short(&found));
    Ok(content(&found, image.bytes.into(), image.media_type, name))
}

/// An office document as a PDF to be sent; whoever may read the document is to be settled before.
pub(crate) async fn reading_pdf(
    state: &Arc<State>,
    drawers: &Places,
    document: &Document,
    version: &Version,
) -> Result<Content, Problem> {
    let place = drawers.take().await.map_err(Code::problem)?;
    let (original, media_type) = (version.original, version.media_type.clone());
    let holdings = Arc::clone(&state.holdings);
    let made = blocking(move || {
        // Held until the conversion ends, also when nobody waits for it any more.
        let _place = place;
        holdings.reading_pdf(&original, &media_type)
    });
    let made = made.await.map_err(Code::problem)?.map_err(not_converted)?;
    let name = format!("simars-{}-konversi.pdf", short(document));
    Ok(content(document, made.pdf.into(), "application/pdf", name))
}

/// Says why there is no image.
fn not_drawn(error: ImageError) -> Problem {
    match error {
        ImageError::NotDrawn(finding) if finding.code == FindingCode::Unsupported => {
            Code::NoImage.problem().detail(finding.detail)
        }
        ImageError::NotDrawn(finding) => {
            let code = finding.code.as_str();
            Code::ImageFailed.problem().detail(finding.detail).with("finding", code)
        }
        ImageError::NotConverted(error) => not_converted(error),
        ImageError::Busy => Code::Busy.problem(),
        ImageError::Archive(error) => failed("open an original to draw it")(error).problem(),
    }
}

/// Says why an office document has no PDF to look at, or not this page.
pub(crate) fn not_converted(error: ConversionError) -> Problem {
    match error {
        ConversionError::NotMade(finding) => {
            let code = finding.code.as_str();
            Code::NoImage.problem().detail(finding.detail).with("finding", code)
        }
        ConversionError::Busy => Code::Busy.problem(),
        ConversionError::Archive(error) => {
            failed("open an original to convert it")(error).problem()
        }
    }
}

/// The width that is wanted; the reading width if the request does not say.
fn width(pairs: &[(String, String)]) -> Result<u32, Problem> {
    let Some(asked) = query::value(pairs, &["width", "lebar"]) else { return Ok(READING) };
    let known = WIDTHS.into_iter().find(|width| asked == width.to_string());
    known.ok_or_else(|| {
        let [thumbnail, small, reading, large] = WIDTHS;
        let detail = format!("width takes {thumbnail}, {small}, {reading} or {large}");
        Code::BadParameter.problem().detail(detail).with("parameter", "width")
    })
}

/// A table of a page as a file to be sent; `name` is its place on the page from 1, then `.csv`.
pub(crate) async fn table(
    state: &Arc<State>,
    who: Who,
    (id, n): (&str, &str),
    name: &str,
) -> Result<Content, Problem> {
    let (found, page) = find(state, who, id, n).await?;
    let read = read(state, found.current(), page).await?;
    let place = name.strip_suffix(".csv").and_then(|place| place.parse::<usize>().ok());
    let tables = read.layout.as_ref().map(|layout| layout.tables.as_slice()).unwrap_or_default();
    let table = place.and_then(|place| Some((place, tables.get(place.checked_sub(1)?)?)));
    let Some((place, table)) = table else {
        let detail = format!("page {page} has {} tables", tables.len());
        return Err(Code::TableNotFound.problem().detail(detail));
    };
    let csv = tables::csv(table, page, &read.sha256());
    let name = tables::file_name(&found.id.to_string(), page, place);
    Ok(content(&found, csv.into(), "text/csv; charset=utf-8; header=present", name))
}

/// A made file about a document. What it was made from changes with the document's statements.
fn content(document: &Document, bytes: Bytes, media_type: &str, file_name: String) -> Content {
    let stated = document.statements.last().map(|statement| statement.time);
    Content {
        sha256: Digest::of(&bytes),
        size_bytes: bytes.len() as u64,
        source: Source::Bytes(bytes),
        modified: stated.unwrap_or_else(|| Timestamp::from_unix(0)),
        media_type: media_type.to_owned(),
        file_name,
        public: may(Who::Anyone, Action::Read, standing(document)),
    }
}

fn short(document: &Document) -> String {
    document.id.to_string().chars().take(8).collect()
}
