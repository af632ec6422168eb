//! Every address of the server, on one page.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use axum::{Extension, Router};

use crate::State;
use crate::{api, assets, layers, machine, public};

/// The whole server as one service.
pub fn router(state: Arc<State>) -> Router {
    pages()
        .merge(data())
        .merge(machines())
        .layer(layers::compression())
        // Joined after the compression, so that it never touches the bytes of a document.
        .merge(bytes())
        .fallback(public::error::no_such_address)
        .method_not_allowed_fallback(public::error::no_such_method)
        .layer(from_fn(layers::protect))
        .layer(from_fn(layers::log))
        .with_state(state)
}

/// Pages for people.
fn pages() -> Router<Arc<State>> {
    Router::new()
        .route("/", get(public::home::get))
        .route("/cari", get(public::search::get))
        .route("/dokumen/{id}", get(public::document::get))
        .route("/dokumen/{id}/halaman", get(public::page::go_to))
        .route("/dokumen/{id}/halaman/{n}", get(public::page::get))
        .route("/koleksi", get(public::collections::get))
        .route("/tentang", get(public::about::get))
        .route("/verifikasi", get(public::verify::get).post(public::verify::post))
        // The handlers that take files hold their own, larger limit.
        .layer(DefaultBodyLimit::disable())
}

/// The API.
fn data() -> Router<Arc<State>> {
    let slots = Extension(api::upload::Slots::new());
    Router::new()
        .route("/api/v1/search", get(api::search::get))
        .route("/api/v1/documents", post(api::upload::post).layer(slots))
        .route("/api/v1/documents/{id}", get(api::documents::get))
        .route("/api/v1/documents/{id}/pages/{n}", get(api::documents::page))
        .route("/api/v1/review", get(api::review::get))
        .route("/api/v1/verify", post(api::verify::post))
        .route("/api/v1/verify/{sha256}", get(api::verify::get))
        .layer(DefaultBodyLimit::disable())
}

/// Documents as they are: never compressed, never changed.
fn bytes() -> Router<Arc<State>> {
    Router::new()
        .route("/api/v1/documents/{id}/content", get(api::documents::content))
        .route("/api/v1/documents/{id}/text", get(api::documents::text))
}

/// Files for machines, and the parts pages are made of.
fn machines() -> Router<Arc<State>> {
    Router::new()
        .route("/healthz", get(machine::health))
        .route("/readyz", get(machine::ready))
        .route("/robots.txt", get(machine::robots))
        .route("/favicon.ico", get(assets::favicon))
        .route("/static/{hash}/{name}", get(assets::get))
}
