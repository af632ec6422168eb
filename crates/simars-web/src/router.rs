//! Every address of the server, on one page.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get, post};
use axum::{Extension, Router};

use crate::State;
use crate::compare::Desk;
use crate::counts::Counts;
use crate::ledger::Ledger;
use crate::metrics::Metrics;
use crate::staff::elsewhere::Journeys;
use crate::staff::passkey::Passkeys;
use crate::trail::Trail;
use crate::turns::{Size, Turns};
use crate::work::Places;
use crate::{
    api, assets, events, feed, fresh, layers, machine, metrics, oai, open_search, openapi, parts,
    public, public_log, resumable, sitemap, staff, trail, turns,
};

/// The whole server as one service.
pub fn router(state: Arc<State>) -> Router {
    let uploads = Extension(api::upload::slots());
    let counts = Counts::open(state.holdings.archive().folder().root());
    let metrics = Metrics::default();
    let watched = (Arc::clone(&state), counts.clone(), metrics.clone());
    let answers = Turns::new(Size::of_machine());
    let in_turn = || from_fn_with_state((Arc::clone(&state), answers.clone()), turns::layer);
    let making = (Arc::clone(&state), Turns::new(Size::of_machine()));
    pages()
        .merge(data(uploads.clone()))
        .merge(harvest())
        .layer(in_turn())
        .merge(machines())
        .layer(from_fn(fresh::layer))
        .merge(staff_pages(uploads.clone()))
        .layer(layers::compression())
        // Joined after the compression, so that it never touches the bytes of a document.
        .merge(resumable(uploads.clone()))
        .merge(bytes(uploads).layer(in_turn()))
        .merge(made().layer(from_fn_with_state(making, turns::layer)))
        .fallback(public::error::no_such_address)
        .method_not_allowed_fallback(public::error::no_such_method)
        .layer(from_fn_with_state(Arc::clone(&state), trail::layer))
        .layer(Extension(Arc::new(Trail::default())))
        .layer(Extension(Arc::new(Journeys::default())))
        .layer(Extension(Arc::new(Passkeys::default())))
        .layer(Extension(Ledger::default()))
        .layer(Extension(Desk::default()))
        .layer(from_fn_with_state(watched, layers::count))
        .layer(Extension(metrics))
        .layer(Extension(answers))
        .layer(Extension(counts))
        .layer(from_fn(layers::protect))
        .layer(from_fn(layers::log))
        .with_state(state)
}

/// Pages for people.
fn pages() -> Router<Arc<State>> {
    Router::new()
        .route("/", get(public::home::get))
        .route("/cari", get(public::search::get))
        .route("/cari/feed.atom", get(feed::search))
        .route("/dokumen/{id}", get(public::document::get))
        .route("/dokumen/{id}/halaman", get(public::page::go_to))
        .route("/dokumen/{id}/halaman/{n}", get(public::page::get))
        .route("/koleksi", get(public::collections::get))
        .route("/koleksi/{by}/{value}/feed.atom", get(feed::collection))
        .route("/koleksi/terbaru", get(public::shelf::newest))
        .route("/koleksi/terbanyak-dibaca", get(public::shelf::most_read))
        .route("/koleksi/jenis/{kind}", get(public::browse::get))
        .route("/koleksi/{slug}", get(public::shelf::get))
        .route("/koleksi/{slug}/feed.atom", get(feed::shelf))
        .route("/cakupan", get(public::coverage::get))
        .route("/statistik", get(public::statistics::get))
        .route("/statistik/{name}", get(public::statistics::file))
        .route("/tentang", get(public::about::get))
        .route("/D/{id}/{sha256}", get(public::scanned::get))
        .route("/D/{id}/{sha256}/{index}", get(public::scanned::get_with_index))
        .route("/d/{id}/{sha256}", get(public::scanned::get))
        .route("/d/{id}/{sha256}/{index}", get(public::scanned::get_with_index))
        .route("/verifikasi", get(public::verify::get).post(public::verify::post))
        .route("/verifikasi/luring", get(public::offline::get))
        .route("/verifikasi/banding", get(public::compare::get).post(public::compare::post))
        // The handlers that take files hold their own, larger limit.
        .layer(DefaultBodyLimit::disable())
}

/// Pages for those who work here.
fn staff_pages(uploads: Extension<Places>) -> Router<Arc<State>> {
    Router::new()
        .route("/petugas", get(staff::desk::get))
        .route("/petugas/masuk", get(staff::sign_in::get).post(staff::sign_in::post))
        .route("/petugas/masuk/luar", get(staff::elsewhere::leave))
        .route("/petugas/masuk/luar/kembali", get(staff::elsewhere::arrive))
        .route("/petugas/masuk/passkey", post(staff::passkey::enter))
        .route("/petugas/masuk/passkey/mulai", post(staff::passkey::begin_entering))
        .route("/petugas/keluar", post(staff::sign_in::leave))
        .route(
            "/petugas/undangan/{secret}",
            get(staff::invitation::get).post(staff::invitation::post),
        )
        .route("/petugas/akun", get(staff::account::get))
        .route("/petugas/akun/sandi", post(staff::account::password))
        .route("/petugas/akun/faktor", post(staff::account::second))
        .route("/petugas/akun/passkey", post(staff::passkey::change))
        .route("/petugas/akun/passkey/mulai", post(staff::passkey::begin_adding))
        .route("/petugas/akun/sesi", post(staff::account::sessions))
        .route("/petugas/akun/kunci", post(staff::account::keys))
        .route("/petugas/orang", get(staff::people::get).post(staff::people::add))
        .route("/petugas/orang/{login}", post(staff::people::change))
        .route("/petugas/laporan", get(staff::report::get))
        .route("/petugas/riwayat", get(staff::audit::get))
        .route("/petugas/tinjau", get(staff::review::get).post(staff::bulk::post))
        .route("/petugas/dokumen/{id}/banding/{other}", get(staff::alike::get))
        .route("/petugas/dokumen/{id}/konsep", post(staff::unsaved::post))
        .route("/petugas/rak", get(staff::shelves::get).post(staff::shelves::post))
        .route("/petugas/rak/{slug}", get(staff::shelf::get).post(staff::shelf::post))
        .route("/petugas/dokumen/{id}", get(staff::document::get).post(staff::document::post))
        .route("/petugas/dokumen/{id}/retensi", post(staff::retention::post))
        .route(
            "/petugas/klasifikasi",
            get(staff::classification::get).post(staff::classification::take),
        )
        .route("/petugas/jatuh-tempo", get(staff::due::get))
        .route("/petugas/lembar-pemisah", get(staff::separators::get))
        .route("/petugas/lembar-pemisah.pdf", get(staff::separators::pdf))
        .layer(staff::hashing())
        // What comes before this line takes forms only.
        .layer(DefaultBodyLimit::max(64 << 10))
        .merge(
            Router::new()
                .route("/petugas/unggah", get(staff::upload::get).post(staff::upload::post))
                .layer(DefaultBodyLimit::disable())
                .layer(uploads),
        )
        .merge(
            Router::new()
                .route("/petugas/klasifikasi/periksa", post(staff::classification::look))
                .layer(DefaultBodyLimit::disable()),
        )
        .layer(staff::classification::pending())
}

/// Uploads that go on where they were cut off; each method is told apart there.
fn resumable(uploads: Extension<Places>) -> Router<Arc<State>> {
    Router::new()
        .route("/api/v1/uploads", any(resumable::for_programs))
        .route("/api/v1/uploads/{id}", any(resumable::for_programs))
        .route("/petugas/unggahan", any(resumable::for_staff))
        .route("/petugas/unggahan/{id}", any(resumable::for_staff))
        .layer(DefaultBodyLimit::disable())
        .layer(uploads)
        .layer(Extension(resumable::AtWork::default()))
}

/// The API.
fn data(uploads: Extension<Places>) -> Router<Arc<State>> {
    Router::new()
        .route("/api/v1/search", get(api::search::get))
        .route("/api/v1/suggest", get(api::suggest::get))
        .route("/api/v1/search/export/{form}", get(api::citations::of_search))
        .route("/api/v1/documents", post(api::upload::post).layer(uploads))
        .route("/api/v1/documents/{id}", get(api::documents::get))
        .route("/api/v1/documents/{id}/acts", post(api::acts::post))
        .route("/api/v1/documents/{id}/jsonld", get(api::linked::get))
        .route("/api/v1/documents/{id}/citation/{form}", get(api::citations::of_document))
        .route("/api/v1/documents/{id}/search", get(api::beside::within))
        .route("/api/v1/documents/{id}/similar", get(api::beside::similar))
        .route("/api/v1/documents/{id}/extract", post(api::recognition::extract))
        .route("/api/v1/documents/{id}/pages/{n}", get(api::pages::get))
        .route("/api/v1/documents/{id}/pages/{n}/tables", get(api::pages::tables))
        .route("/api/v1/compare", post(api::compare::post))
        .route("/api/v1/audit", get(api::audit::get))
        .route("/api/v1/coverage", get(api::coverage::get))
        .route("/api/v1/people", get(api::people::get).post(api::people::post))
        .route("/api/v1/recognition", get(api::recognition::get))
        .route("/api/v1/review", get(api::review::get))
        .route("/api/v1/schedule", get(api::schedule::get).post(api::schedule::post))
        .route("/api/v1/schedule/due", get(api::schedule::due))
        .route("/api/v1/documents/{id}/retention", get(api::schedule::of_document))
        .route("/api/v1/verify", post(api::verify::post))
        .route("/api/v1/verify/{sha256}", get(api::verify::get))
        .route("/api/v1/verify/{sha256}/proof", get(public_log::of_copy))
        .route("/api/v1/documents/{id}/proof", get(public_log::of_document))
        .layer(DefaultBodyLimit::disable())
}

/// Documents and what was read of them as they are, never compressed and never changed; and what must
/// come through at once.
fn bytes(uploads: Extension<Places>) -> Router<Arc<State>> {
    let watchers = Extension(events::watchers());
    let content = get(api::documents::content).put(api::upload::put).layer(uploads);
    Router::new()
        .route("/api/v1/documents/{id}/content", content)
        .route("/api/v1/documents/{id}/text", get(api::documents::text))
        .route("/api/v1/documents/{id}/events", get(api::recognition::events).layer(watchers))
        .route("/api/v1/documents/{id}/pages/{n}/tables/{name}", get(api::pages::table))
        .route("/petugas/dokumen/{id}/berkas", get(staff::document::content))
        .route("/dokumen/{id}/halaman/{n}/tabel/{name}", get(public::page::table))
}

/// Pictures of pages and papers, which may have to be made first.
fn made() -> Router<Arc<State>> {
    let copiers = Extension(api::handout::copiers());
    Router::new()
        .route("/api/v1/documents/{id}/certificate.pdf", get(api::handout::certificate))
        .route("/api/v1/documents/{id}/copy.pdf", get(api::handout::copy).layer(copiers))
        .route("/api/v1/documents/{id}/reading.pdf", get(api::handout::reading))
        .route("/api/v1/documents/{id}/pages/{n}/image", get(api::pages::image))
        .route("/petugas/dokumen/{id}/halaman/{n}/gambar", get(staff::document::image))
        .route("/dokumen/{id}/halaman/{n}/gambar", get(public::page::image))
        .layer(Extension(parts::drawers()))
}

/// What programs collect: feeds, lists, records.
fn harvest() -> Router<Arc<State>> {
    Router::new()
        .route("/feed.atom", get(feed::newest))
        .route("/sitemap.xml", get(sitemap::get))
        .route("/opensearch.xml", get(open_search::get))
        .route("/openapi.json", get(openapi::get))
        .route("/oai", get(oai::get).post(oai::post))
        .route("/robots.txt", get(machine::robots))
}

/// What is always answered at once, and the parts pages are made of.
fn machines() -> Router<Arc<State>> {
    Router::new()
        .route("/healthz", get(machine::health))
        .route("/readyz", get(machine::ready))
        .route("/metrics", get(metrics::get))
        .route("/log/checkpoint", get(public_log::checkpoint))
        .route("/log/policy", get(public_log::policy))
        .route("/log/tile/{*rest}", get(public_log::tile))
        .route("/favicon.ico", get(assets::favicon))
        .route("/static/{hash}/{name}", get(assets::get))
}
