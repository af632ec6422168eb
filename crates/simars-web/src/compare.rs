//! A file that is not registered, beside the registered document it comes nearest to.
//!
//! It is read in memory, compared and forgotten: nothing of it is kept, and nothing of it is logged.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Multipart, Request};
use simars_access::{Action, Who, may};
use simars_describe::furniture::blanked;
use simars_ingest::Holdings;
use simars_record::layout::read_layout;
use simars_record::page::split_pages;
use simars_record::{Digest, Document, DocumentId, Extracted, TextSource, Version};
use simars_search::Sketch;
use simars_verify::{Comparison, TextPage};
use tokio::sync::OwnedSemaphorePermit;

use crate::State;
use crate::auth::{scope, standing};
use crate::body::{IDLE, Incoming, Source, in_time};
use crate::limit::{Limiter, Rate};
use crate::problem::Code;
use crate::verdict::{Judged, judge};
use crate::work::{Places, blocking, failed};

/// The part of a form that holds the file.
const FILE_PART: &str = "file";
/// Larger files are not compared, in bytes: they are held in memory.
const MOST_BYTES: u64 = 32_000_000;
/// Documents of which the nearest is chosen by comparing their whole texts.
const CANDIDATES: usize = 3;
/// A candidate whose share is less than this part of the best one's is not compared.
const WORTH_A_LOOK: f32 = 0.6;
/// Texts larger than this are not compared, in bytes.
const MOST_TEXT_BYTES: u64 = 16 << 20;
/// From this resemblance on, a document is near enough to show what differs: half of a document is
/// near it (0.67), and of different ones only those made from the same form (`benches/README.md`).
const NEAR: f32 = 0.5;
/// Below this resemblance it may be another document made from the same form: such came to 0.81 of
/// each other's text, copies with an altered number to 0.99.
pub(crate) const A_COPY: f32 = 0.9;
/// How much one address may ask for, and all together.
const EACH: Rate = Rate { burst: 6, interval: Duration::from_secs(10) };
const ALL: Rate = Rate { burst: 30, interval: Duration::from_secs(2) };
/// How many files are compared at the same time, and how long one waits for that.
const PLACES: usize = 2;
const PATIENCE: Duration = Duration::from_secs(5);
/// After this the asker is told that it took too long.
const WITHIN: Duration = Duration::from_secs(60);

/// Where files are compared: how many, how often.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    limiter: Limiter,
    places: Places,
}

impl Default for Desk {
    fn default() -> Self {
        Self { limiter: Limiter::new(EACH, ALL), places: Places::new(PLACES, PATIENCE) }
    }
}

impl Desk {
    /// Lets a request of this asker pass, or says after how many seconds to come again. Those who
    /// work here are not limited.
    pub(crate) fn admit(&self, who: Who, request: &Request) -> Result<(), u64> {
        match who {
            Who::Owner | Who::Person(_) => Ok(()),
            Who::Anyone => {
                self.limiter.take(request).map_err(|wait| wait.as_secs_f64().ceil() as u64)
            }
        }
    }
}

/// A file that somebody brings along.
pub(crate) struct Given {
    pub(crate) bytes: Vec<u8>,
    /// What it is called, to tell its type.
    pub(crate) name: String,
}

impl Given {
    /// The file in a form.
    pub(crate) async fn from_form(mut form: Multipart, limit_bytes: u64) -> Result<Self, Code> {
        loop {
            let part = async { form.next_field().await.map_err(|_| Code::UnreadableBody) };
            let Some(part) = in_time(IDLE, part).await? else {
                return Err(Code::UnreadableBody);
            };
            if part.name() == Some(FILE_PART) {
                let name = part.file_name().unwrap_or_default().to_owned();
                let source = Source::Part(Box::new(part));
                return Self::from_source(source, name, limit_bytes).await;
            }
        }
    }

    /// A file as it comes.
    pub(crate) async fn from_source(
        source: Source<'_>,
        name: String,
        limit_bytes: u64,
    ) -> Result<Self, Code> {
        let mut incoming = Incoming::new(source, limit_bytes);
        let mut bytes = Vec::new();
        while let Some(more) = incoming.next().await? {
            bytes.extend_from_slice(&more);
        }
        if bytes.is_empty() { Err(Code::UnreadableBody) } else { Ok(Self { bytes, name }) }
    }
}

/// How large a file may be that is to be compared, in bytes.
pub(crate) fn limit_bytes(state: &State) -> u64 {
    state.settings.upload_limit_bytes.min(MOST_BYTES)
}

/// What is said of a file that was compared.
#[derive(Debug)]
pub(crate) struct Compared {
    /// The digest of the file.
    pub(crate) sha256: Digest,
    pub(crate) found: Found,
}

/// What comparing found.
#[derive(Debug)]
pub(crate) enum Found {
    /// The file itself is registered.
    Registered(Box<Judged>),
    /// There is no text in it to compare.
    NoText {
        /// Pages that would have to be recognised.
        to_recognise: usize,
    },
    /// It took too long.
    TooLong,
    /// No document that the asker may read comes near.
    Nothing,
    /// This is the nearest one.
    Near(Box<Nearest>),
}

/// The nearest document, and what differs.
#[derive(Debug)]
pub(crate) struct Nearest {
    pub(crate) document: Document,
    pub(crate) comparison: Comparison,
    /// Pages of the file that have no text, and so were not compared.
    pub(crate) unread_given: u32,
    /// The same of the registered document.
    pub(crate) unread_registered: u32,
}

/// Compares a file for this asker.
pub(crate) async fn compare(
    state: &Arc<State>,
    desk: &Desk,
    who: Who,
    given: Given,
) -> Result<Compared, Code> {
    let place = desk.places.take().await?;
    let (given, sha256) = blocking(move || {
        let sha256 = Digest::of(&given.bytes);
        (given, sha256)
    })
    .await?;
    let judged = judge(state, who, sha256).await?;
    if judged.document.is_some() {
        return Ok(Compared { sha256, found: Found::Registered(Box::new(judged)) });
    }
    let holdings = Arc::clone(&state.holdings);
    let work = blocking(move || nearest(&holdings, who, &given, place));
    let found = match tokio::time::timeout(WITHIN, work).await {
        Ok(found) => found??,
        Err(_) => Found::TooLong,
    };
    Ok(Compared { sha256, found })
}

/// Reads the file and finds what comes nearest. The place is held until this ends, also when the
/// asker has gone away.
fn nearest(
    holdings: &Holdings,
    who: Who,
    given: &Given,
    _place: OwnedSemaphorePermit,
) -> Result<Found, Code> {
    let read = holdings.glance(&given.bytes, &given.name);
    if read.pages.iter().all(|page| !page.has_text()) {
        return Ok(Found::NoText { to_recognise: read.pages_to_recognise().len() });
    }
    // As the index has its documents: without what only a page has.
    let texts: Vec<&str> = read.pages.iter().map(|page| page.text.as_str()).collect();
    let texts = blanked(&texts);
    let sketch = Sketch::of(texts.iter().map(AsRef::as_ref));
    if sketch.is_empty() {
        return Ok(Found::Nothing);
    }
    let near = holdings.index().nearest(&sketch, scope(who), CANDIDATES);
    let near = near.map_err(failed("look for the nearest document"))?;
    let least = near.first().map_or(0.0, |first| first.share * WORTH_A_LOOK);
    let mut best: Option<Nearest> = None;
    for candidate in near.iter().filter(|candidate| candidate.share >= least) {
        let Some(found) = beside(holdings, who, &candidate.id, &read)? else { continue };
        let better = best
            .as_ref()
            .is_none_or(|best| found.comparison.resemblance() > best.comparison.resemblance());
        if better {
            best = Some(found);
        }
    }
    let near = best.filter(|best| best.comparison.resemblance() >= NEAR);
    Ok(near.map_or(Found::Nothing, |near| Found::Near(Box::new(near))))
}

/// The file beside one document; `None` if the asker may not read it: the index may lag behind.
fn beside(
    holdings: &Holdings,
    who: Who,
    id: &str,
    read: &Extracted,
) -> Result<Option<Nearest>, Code> {
    let Ok(id) = id.parse::<DocumentId>() else { return Ok(None) };
    let document = holdings.archive().document(&id).map_err(failed("look up what was found"))?;
    let document = document.filter(|document| may(who, Action::Read, standing(document)));
    let Some(document) = document else { return Ok(None) };
    let version = document.current();
    if version.text.size_bytes > MOST_TEXT_BYTES {
        return Ok(None);
    }
    let text = holdings.archive().text(&version.text);
    let text = text.map_err(failed("read a document's text"))?;
    let recognised = recognised(holdings, version)?;
    let page =
        |(at, text)| TextPage { text, recognised: recognised.get(at).copied().unwrap_or_default() };
    let registered: Vec<TextPage<'_>> = split_pages(&text).enumerate().map(page).collect();
    let pages = read.pages.iter();
    let given: Vec<TextPage<'_>> = pages
        .map(|page| TextPage { text: &page.text, recognised: page.source == TextSource::Ocr })
        .collect();
    let comparison = simars_verify::compare(&registered, &given);
    let unread_registered = version.pages_without_text;
    let unread_given = read.pages_without_text();
    Ok(Some(Nearest { comparison, unread_given, unread_registered, document }))
}

/// For each page of a version, whether it was recognised from its picture. Empty if none was.
fn recognised(holdings: &Holdings, version: &Version) -> Result<Vec<bool>, Code> {
    let Some(object) = version.layout.filter(|_| version.pages_recognised > 0) else {
        return Ok(Vec::new());
    };
    let layout = holdings.archive().text(&object).map_err(failed("read a document's layout"))?;
    let pages = read_layout(&layout).map(|(_, pages)| pages).unwrap_or_default();
    Ok(pages.iter().map(|page| page.source == TextSource::Ocr).collect())
}
