//! `GET /tentang`: how this works, and how to check it by hand.

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::http::StatusCode;
use axum::response::Response;

use crate::problem::Code;
use crate::shell::{Shell, Visit};
use crate::state::{Settings, State};

#[derive(Template)]
#[template(path = "about.html")]
pub(super) struct AboutPage {
    shell: Shell,
    origin: String,
    /// Where the office is reached, and the link that leads there; empty if it did not say.
    contact: String,
    contact_href: String,
    problems: Vec<Code>,
}

/// Answers `GET /tentang`.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Response {
    visit.answer(StatusCode::OK, &view(&visit, &state.settings))
}

/// What the page shows.
pub(super) fn view(visit: &Visit, settings: &Settings) -> AboutPage {
    let contact = settings.contact.clone().unwrap_or_default();
    AboutPage {
        contact_href: if contact.starts_with("https://") || contact.starts_with("http://") {
            contact.clone()
        } else if contact.contains('@') && !contact.contains(char::is_whitespace) {
            format!("mailto:{contact}")
        } else {
            String::new()
        },
        contact,
        shell: visit.shell(settings, visit.t("about.title"), "nav.about"),
        origin: visit.origin(settings),
        problems: Code::all().collect(),
    }
}
