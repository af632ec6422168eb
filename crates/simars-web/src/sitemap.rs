//! `/sitemap.xml`: the addresses of all that is open, for search engines (sitemaps.org, version 0.9).
//!
//! An index names the parts; each part is written while the catalogue is read, a few documents at a
//! time, so that its length does not matter.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body;
use axum::extract;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use simars_access::{Action, may};
use simars_ingest::Holdings;
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio_util::io::ReaderStream;

use crate::auth::standing;
use crate::document::page_address;
use crate::fresh::Made;
use crate::problem::{Code, Problem};
use crate::public::READER;
use crate::query;
use crate::shell::Visit;
use crate::state::State;
use crate::work::{blocking, failed};

/// Places in the order of registration that one part covers, so that it never holds more addresses
/// than that; search engines take 50,000.
const PART: u64 = 10_000;
/// Documents read from the catalogue at a time.
const AT_A_TIME: usize = 500;
/// How much may wait to be sent, in bytes.
const BUFFER: usize = 64 << 10;
/// The part with the pages that are there in any archive.
const PAGES: &str = "halaman";
/// Those pages.
const OWN: [&str; 7] = [
    "/",
    "/koleksi",
    "/koleksi/terbaru",
    "/koleksi/terbanyak-dibaca",
    "/verifikasi",
    "/statistik",
    "/tentang",
];

const XML: &str = "application/xml; charset=utf-8";
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
const CACHING: &str = "public, max-age=3600";

/// Answers `GET /sitemap.xml`: the index; with `?bagian=` a part of it.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Result<Response, Problem> {
    let origin = escaped(&visit.origin(&state.settings));
    match query::value(&visit.pairs, &["bagian"]) {
        None => index(&state, &origin).await.map_err(Code::problem),
        Some(PAGES) => {
            let shelves =
                state.shelves.all().into_iter().map(|shelf| format!("/koleksi/{}", shelf.slug));
            let paths = OWN.iter().map(|path| (*path).to_owned()).chain(shelves);
            let addresses = paths.map(|path| format!("<url><loc>{origin}{path}</loc></url>\n"));
            Ok(whole(begin("urlset") + &addresses.collect::<String>() + "</urlset>\n"))
        }
        Some(number) => match number.parse::<u64>() {
            Ok(number) if number > 0 && number <= parts(&state) => Ok(part(state, origin, number)),
            _ => Err(Code::NotFound.problem().detail("the index names the parts that there are")),
        },
    }
}

/// How many parts the documents come to.
fn parts(state: &State) -> u64 {
    state.holdings.archive().applied().documents.div_ceil(PART)
}

fn begin(element: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{element} xmlns=\"{NAMESPACE}\">\n")
}

fn whole(text: String) -> Response {
    let made = Made { media_type: XML, text, modified: None, caching: CACHING, varies_by: "" };
    made.into_response()
}

async fn index(state: &Arc<State>, origin: &str) -> Result<Response, Code> {
    let (holdings, parts) = (Arc::clone(&state.holdings), parts(state));
    let there = blocking(move || {
        let there = (1..=parts).filter_map(|number| match any(&holdings, number) {
            Ok(there) => there.then_some(Ok(number)),
            Err(code) => Some(Err(code)),
        });
        there.collect::<Result<Vec<u64>, Code>>()
    });
    let mut text = begin("sitemapindex");
    let numbers = there.await??;
    let names = numbers.iter().map(ToString::to_string);
    for name in std::iter::once(PAGES.to_owned()).chain(names) {
        // Writing to a string cannot fail.
        let address = format!("{origin}/sitemap.xml?bagian={name}");
        let _ = writeln!(text, "<sitemap><loc>{address}</loc></sitemap>");
    }
    text.push_str("</sitemapindex>\n");
    Ok(whole(text))
}

/// Whether a part has any document that is open.
fn any(holdings: &Holdings, number: u64) -> Result<bool, Code> {
    let end = number * PART;
    for document in holdings.archive().from(end - PART) {
        let document = document.map_err(failed("read the catalogue for the sitemap"))?;
        if document.ordinal >= end {
            break;
        }
        if may(READER, Action::Find, standing(&document)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A part, sent while it is written.
fn part(state: Arc<State>, origin: String, number: u64) -> Response {
    let (writer, reader) = tokio::io::duplex(BUFFER);
    tokio::spawn(async move {
        if let Err(error) = write(&state, &origin, number, writer).await {
            tracing::debug!(%error, number, "a part of the sitemap was not read to its end");
        }
    });
    let headers = [(header::CONTENT_TYPE, XML), (header::CACHE_CONTROL, CACHING)];
    (headers, Body::from_stream(ReaderStream::new(reader))).into_response()
}

async fn write(
    state: &Arc<State>,
    origin: &str,
    number: u64,
    mut to: DuplexStream,
) -> std::io::Result<()> {
    to.write_all(begin("urlset").as_bytes()).await?;
    let (mut next, end) = ((number - 1) * PART, number * PART);
    while next < end {
        let (holdings, from) = (Arc::clone(&state.holdings), origin.to_owned());
        let read = blocking(move || lines(&holdings, &from, next, end)).await;
        // What ends in the middle is no whole file, and is not taken for one.
        let broken = |_| std::io::Error::other("the catalogue could not be read");
        let (text, after) = read.and_then(|read| read).map_err(broken)?;
        to.write_all(text.as_bytes()).await?;
        next = after;
    }
    to.write_all(b"</urlset>\n").await
}

/// The next documents, and the ordinal at which they go on.
fn lines(holdings: &Holdings, origin: &str, from: u64, end: u64) -> Result<(String, u64), Code> {
    let mut text = String::new();
    let mut after = end;
    for (read, document) in holdings.archive().from(from).enumerate() {
        let document = document.map_err(failed("read the catalogue for the sitemap"))?;
        if document.ordinal >= end {
            break;
        }
        if read == AT_A_TIME {
            after = document.ordinal;
            break;
        }
        if may(READER, Action::Find, standing(&document)) {
            let (address, time) = (page_address(&document.id.to_string()), document.changed());
            let _ =
                writeln!(text, "<url><loc>{origin}{address}</loc><lastmod>{time}</lastmod></url>");
        }
    }
    Ok((text, after))
}

/// A text as it may stand in XML.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(sign),
        }
    }
    escaped
}
