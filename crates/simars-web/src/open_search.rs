//! `/opensearch.xml`: how browsers search here from their own search field (OpenSearch 1.1).

use std::sync::Arc;

use askama::Template;
use axum::extract;
use axum::response::{IntoResponse, Response};

use crate::assets;
use crate::citation::line;
use crate::fresh::Made;
use crate::language::Language;
use crate::problem::{Code, Problem};
use crate::shell::Visit;
use crate::state::State;
use crate::texts::text;
use crate::work::failed;

/// The longest names that browsers take, in characters.
const SHORT: usize = 16;
const LONG: usize = 48;

#[derive(Template)]
#[template(path = "opensearch.xml", escape = "html")]
struct Description {
    origin: String,
    icon: &'static str,
    short: String,
    long: String,
    description: String,
}

/// Answers it.
pub(crate) async fn get(
    extract::State(state): extract::State<Arc<State>>,
    visit: Visit,
) -> Result<Response, Problem> {
    let office = line(state.settings.office(Language::Indonesian));
    let library = text(Language::Indonesian, "site.library");
    let cut = |text: String, most| text.chars().take(most).collect::<String>();
    let description = Description {
        origin: visit.origin(&state.settings),
        icon: assets::address("icon.svg"),
        short: cut(library.to_owned(), SHORT),
        long: cut(format!("{library} {office}"), LONG),
        description: format!("{} · {office}", text(Language::Indonesian, "site.tagline")),
    };
    let rendered = description.render().map_err(failed("write how to search here"));
    let made = Made {
        media_type: "application/opensearchdescription+xml; charset=utf-8",
        text: rendered.map_err(Code::problem)?,
        modified: None,
        caching: "public, max-age=86400",
        varies_by: "",
    };
    Ok(made.into_response())
}
