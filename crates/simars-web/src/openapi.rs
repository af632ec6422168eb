//! `/openapi.json`: the API described for programs (OpenAPI 3.1). The description is written by hand,
//! as data; tests hold it beside the routes and beside what is really answered.

use axum::response::{IntoResponse, Response};

use crate::fresh::Made;

/// The description.
const TEXT: &str = include_str!("openapi.json");

/// Answers `GET /openapi.json`.
pub(crate) async fn get() -> Response {
    let made = Made {
        media_type: "application/json",
        text: TEXT.to_owned(),
        modified: None,
        caching: "public, max-age=300",
        varies_by: "",
    };
    made.into_response()
}
