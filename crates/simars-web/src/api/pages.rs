//! `/api/v1/documents/{id}/pages/{n}` and what lies below it.

use std::sync::Arc;

use axum::extract;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use simars_record::{Digest, DocumentId, Table, TextSource};

use crate::auth::Asker;
use crate::content::send;
use crate::parts;
use crate::problem::Problem;
use crate::segments::Segments;
use crate::shell::Visit;
use crate::state::State;
use crate::work::Places;

/// One page of a document.
#[derive(Debug, Serialize)]
pub(crate) struct PageJson {
    id: DocumentId,
    page: u32,
    pages: u32,
    text: String,
    has_text: bool,
    /// SHA-256 of the text.
    sha256: Digest,
    /// Where the text comes from.
    source: TextSource,
    /// How sure recognition was, 0 to 100; null for a text that the file carries.
    confidence: Option<u8>,
    /// Which engine recognised the page.
    engine: Option<String>,
    /// How many tables were found on the page.
    tables: usize,
}

/// The tables of a page.
#[derive(Debug, Serialize)]
pub(crate) struct TablesJson {
    id: DocumentId,
    page: u32,
    pages: u32,
    /// SHA-256 of the page's text, as in the rows of the files.
    page_sha256: Digest,
    tables: Vec<TableJson>,
}

#[derive(Debug, Serialize)]
struct TableJson {
    /// Its place on the page, from 1.
    number: usize,
    #[serde(flatten)]
    table: Table,
    /// The table as a file.
    csv: String,
}

/// Answers `GET /api/v1/documents/{id}/pages/{n}`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    Asker(who): Asker,
    Segments((id, n)): Segments<(String, String)>,
) -> Result<Json<PageJson>, Problem> {
    let (found, page) = parts::find(&state, who, &id, &n).await?;
    let read = parts::read(&state, found.current(), page).await?;
    let layout = read.layout.as_ref();
    Ok(Json(PageJson {
        id: found.id,
        page,
        pages: found.current().pages,
        has_text: !read.text.trim().is_empty(),
        sha256: read.sha256(),
        source: read.source,
        confidence: layout.and_then(|layout| layout.confidence),
        engine: layout.and_then(|layout| layout.engine.clone()),
        tables: layout.map_or(0, |layout| layout.tables.len()),
        text: read.text,
    }))
}

/// Answers `GET /api/v1/documents/{id}/pages/{n}/tables`.
pub(crate) async fn tables(
    extract::State(state): extract::State<Arc<State>>,
    Asker(who): Asker,
    Segments((id, n)): Segments<(String, String)>,
) -> Result<Json<TablesJson>, Problem> {
    let (found, page) = parts::find(&state, who, &id, &n).await?;
    let read = parts::read(&state, found.current(), page).await?;
    let page_sha256 = read.sha256();
    let tables = read.layout.map(|layout| layout.tables).unwrap_or_default();
    let tables = tables.into_iter().zip(1..).map(|(table, number)| TableJson {
        number,
        table,
        csv: format!("/api/v1/documents/{}/pages/{page}/tables/{number}.csv", found.id),
    });
    Ok(Json(TablesJson {
        id: found.id,
        page,
        pages: found.current().pages,
        page_sha256,
        tables: tables.collect(),
    }))
}

/// Answers `GET` and `HEAD /api/v1/documents/{id}/pages/{n}/tables/{k}.csv`.
pub(crate) async fn table(
    extract::State(state): extract::State<Arc<State>>,
    asker: Result<Asker, Problem>,
    method: Method,
    headers: HeaderMap,
    Segments((id, n, name)): Segments<(String, String, String)>,
) -> Response {
    let content = match asker {
        Ok(Asker(who)) => parts::table(&state, who, (&id, &n), &name).await,
        Err(problem) => Err(problem),
    };
    match content {
        Ok(content) => send(&method, &headers, content).await,
        Err(problem) => problem.into_response(),
    }
}

/// Answers `GET` and `HEAD /api/v1/documents/{id}/pages/{n}/image?width=`.
pub(crate) async fn image(
    extract::State(state): extract::State<Arc<State>>,
    Extension(drawers): Extension<Places>,
    asker: Result<Asker, Problem>,
    visit: Visit,
    method: Method,
    headers: HeaderMap,
    Segments((id, n)): Segments<(String, String)>,
) -> Response {
    let content = match asker {
        Ok(Asker(who)) => parts::image(&state, &drawers, who, &visit.pairs, (&id, &n)).await,
        Err(problem) => Err(problem),
    };
    match content {
        Ok(content) => send(&method, &headers, content).await,
        Err(problem) => problem.into_response(),
    }
}
