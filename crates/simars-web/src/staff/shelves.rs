//! `/petugas/rak`: the shelves of the public library, their order, and a new one.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use simars_access::Action;

use super::frame::Frame;
use super::{Fields, Staff};
use crate::language::Language;
use crate::problem::Code;
use crate::public::error;
use crate::shell::Shell;
use crate::shelves::{BadShelf, Shelf, ShelfError};
use crate::state::State;
use crate::work::failed;

#[derive(Template)]
#[template(path = "staff_shelves.html")]
struct ShelvesPage {
    shell: Shell,
    frame: Frame,
    problem: &'static str,
    shelves: Vec<Line>,
    /// What was typed for a new one.
    typed: Shelf,
}

struct Line {
    slug: String,
    name: String,
    first: bool,
    last: bool,
}

/// Answers `GET /petugas/rak`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
) -> Response {
    match staff.refused(&state, Action::Publish) {
        Some(refused) => refused,
        None => page(&state, &staff, "", Shelf::default()),
    }
}

/// Answers `POST /petugas/rak`: another order, one less, or one more.
pub(crate) async fn post(
    extract::State(state): extract::State<Arc<State>>,
    staff: Staff,
    fields: Fields,
) -> Response {
    if let Some(refused) = staff.refused(&state, Action::Publish) {
        return refused;
    }
    let typed = Shelf {
        slug: fields.get("alamat").to_owned(),
        name_id: fields.get("nama").to_owned(),
        ..Shelf::default()
    };
    let act = |name: &str| Some(fields.get(name)).filter(|slug| !slug.is_empty());
    let (done, to) = if let Some(slug) = act("naik") {
        (state.shelves.move_by(slug, true), "/petugas/rak".to_owned())
    } else if let Some(slug) = act("turun") {
        (state.shelves.move_by(slug, false), "/petugas/rak".to_owned())
    } else if let Some(slug) = act("hapus") {
        (state.shelves.remove(slug), "/petugas/rak".to_owned())
    } else {
        let to = format!("/petugas/rak/{}", typed.slug);
        (state.shelves.add(typed.clone()), to)
    };
    match done {
        Ok(()) => {
            tracing::info!(by = %staff.login, "shelves were changed");
            Redirect::to(&to).into_response()
        }
        Err(ShelfError::Bad(bad)) => page(&state, &staff, problem_key(bad), typed),
        Err(error) => {
            let code: Code = failed("keep the shelves")(error);
            error::page(&staff.visit, &state.settings, code)
        }
    }
}

/// The text that says why a shelf is not kept.
pub(super) const fn problem_key(bad: BadShelf) -> &'static str {
    match bad {
        BadShelf::Slug => "rack.bad_slug",
        BadShelf::Taken => "rack.taken",
        BadShelf::Name => "rack.nameless",
        BadShelf::Unknown => "rack.unknown",
        BadShelf::Full => "rack.full",
    }
}

fn page(state: &State, staff: &Staff, problem: &'static str, typed: Shelf) -> Response {
    let (shell, frame) = staff.frame(state, staff.visit.t("rack.title"), "rack.title");
    let english = staff.visit.language == Language::English;
    let all = state.shelves.all();
    let lines = all.iter().enumerate().map(|(at, shelf)| Line {
        slug: shelf.slug.clone(),
        name: shelf.name(english).to_owned(),
        first: at == 0,
        last: at + 1 == all.len(),
    });
    let problem = if problem.is_empty() { "" } else { staff.visit.t(problem) };
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = ShelvesPage { shell, frame, problem, shelves: lines.collect(), typed };
    staff.answer(status, &page)
}
