//! Pages that say what went wrong and how to go on.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};

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

/// Whatever no route answers. An address that was copied with a slash at its end leads to the one
/// without.
pub(crate) async fn no_such_address(
    extract::State(state): extract::State<Arc<State>>,
    method: Method,
    uri: Uri,
    visit: Visit,
) -> Response {
    let reads = matches!(method, Method::GET | Method::HEAD);
    if let Some(address) = without_slash(&uri).filter(|_| reads) {
        return Redirect::permanent(&address).into_response();
    }
    answer(&state.settings, &visit, Code::NotFound)
}

/// What programs ask for is there or not.
const FOR_PROGRAMS: [&str; 3] = ["/api/", "/log/", "/static/"];

/// The same address without slashes at its end; nothing for one that has none, that is for programs, or
/// that begins with two, which would name another server.
fn without_slash(uri: &Uri) -> Option<String> {
    let path = uri.path();
    let bare = path.trim_end_matches('/');
    if bare.len() == path.len()
        || bare.is_empty()
        || bare.starts_with("//")
        || FOR_PROGRAMS.iter().any(|begin| path.starts_with(begin))
    {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Some(format!("{bare}{query}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_too_many_leads_on_and_never_elsewhere() {
        for (given, leads) in [
            ("/dokumen/abc/", Some("/dokumen/abc")),
            ("/koleksi//?q=a%20b", Some("/koleksi?q=a%20b")),
            ("/dokumen/abc", None),
            ("/", None),
            ("//evil.example/", None),
            ("/log/tile/", None),
            ("///", None),
        ] {
            let uri: Uri = given.parse().unwrap();
            assert_eq!(without_slash(&uri).as_deref(), leads, "{given}");
        }
    }
}
