//! Pages that say what went wrong and how to go on.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::problem::Code;
use crate::shell::{Shell, Visit};
use crate::state::{Settings, State};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    status: u16,
    title_key: &'static str,
    text_key: &'static str,
}

/// The page for a problem.
pub(crate) fn page(visit: &Visit, settings: &Settings, code: Code) -> Response {
    let status = code.status();
    let (title_key, text_key) = match status {
        _ if code == Code::Busy => ("error.busy_title", "error.busy"),
        _ if code == Code::TooMany => ("error.crowding_title", "error.crowding"),
        StatusCode::NOT_FOUND => ("error.not_found_title", "error.not_found"),
        StatusCode::METHOD_NOT_ALLOWED => ("error.method_title", "error.method"),
        StatusCode::FORBIDDEN => ("error.forbidden_title", "error.forbidden"),
        status if status.is_server_error() => ("error.internal_title", "error.internal"),
        _ => ("error.bad_request_title", "error.bad_request"),
    };
    let shell = visit.shell(settings, visit.t(title_key), "");
    let page = ErrorPage { shell, status: status.as_u16(), title_key, text_key };
    visit.answer(status, &page)
}

/// Whatever no route answers.
pub(crate) async fn no_such_address(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Response {
    answer(&state.settings, &visit, Code::NotFound)
}

/// A method that a route does not take.
pub(crate) async fn no_such_method(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Response {
    answer(&state.settings, &visit, Code::MethodNotAllowed)
}

/// Machines get a problem, people a page.
pub(crate) fn answer(settings: &Settings, visit: &Visit, code: Code) -> Response {
    if visit.path.starts_with("/api/") {
        code.problem().into_response()
    } else {
        page(visit, settings, code)
    }
}
